"""Completing a task: against the floor, over HTTP, in an old case, and along the shipped mediation flow."""

from __future__ import annotations

import gc
import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import event, select
from werkzeug.serving import make_server

from bench import floor, models
from mediation import clock, flow, releases
from mediation.demo import people
from mediation.demo.playing import Player
from mediation.demo.stories import STORIES
from mediation.extensions import begin_reading, begin_writing, command, db
from mediation.models import Case, Task, User

CASES = 40
ROUNDS = 200


def settle() -> User:
    """People, the shipped release, and the clerk who does everything here."""
    with command():
        releases.publish(releases.shipped_bundle(), note="shipped", by=None)
        users = people.settle("a password for the bench")
    return users["clerk"]


def bench_release(user: User) -> str:
    with command():
        shipped = releases.current_release_hash()
        made = releases.publish(models.bundle(), note="bench", by=user).hash
        releases.publish(releases.load_bundle(shipped), note="shipped", by=user)
    return made


def new_case(release: str, user_id: int, process: str, number: int) -> Case:
    """A bare case whose flow is one of the bench's own, its first task held by the user."""
    with command():
        user = db.session.get_one(User, user_id)
        case = Case(
            code=f"B{process[:4]}{number}",
            title="bench",
            kind="0201",
            source="window",
            agency_id=user.memberships[0].pool.agency_id,
            release_hash=release,
            registered_by_id=user.id,
            registered_at=clock.now(),
            summary="",
            claims="",
        )
        db.session.add(case)
        db.session.flush()
        flow.start(case, process, {}, by=user)
        _hold(case.id, user)
        return case


def _hold(case_id: int, user: User) -> None:
    for task in db.session.scalars(select(Task).where(Task.case_id == case_id, Task.status == "open")):
        task.claimed_by_id = user.id
    db.session.flush()


def complete_next(case_id: int, user_id: int, answers: dict[str, Any]) -> float:
    """Complete the open task of the case as a view does it; seconds from the lock to the end of the commit."""
    with command():
        _hold(case_id, db.session.get_one(User, user_id))
    db.session.remove()
    begin_writing()
    user = db.session.get_one(User, user_id)
    task = db.session.scalars(select(Task).where(Task.case_id == case_id, Task.status == "open")).one()
    begun = time.perf_counter()
    flow.complete(task, answers, by=user)
    db.session.commit()
    took = time.perf_counter() - begun
    begin_reading()
    db.session.remove()
    return took


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """How many statements and commits happen inside."""
    seen = {"statements": 0, "commits": 0}

    def statement(*_: Any) -> None:
        seen["statements"] += 1

    def commit(*_: Any) -> None:
        seen["commits"] += 1

    event.listen(db.engine, "before_cursor_execute", statement)
    event.listen(db.engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", statement)
        event.remove(db.engine, "commit", commit)


def against_floor(app: Flask, user: User, release: str) -> dict[str, float]:
    """Interleaved: ten tasks of ours, ten of the floor's, case after case; the first cases warm both up."""
    ours: list[float] = []
    theirs: list[float] = []
    url = app.config["DATABASE"]
    base = floor.on_sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else floor.on_postgresql(url)
    user_id = user.id
    gc.collect()
    for number in range(CASES + 4):
        case_id = new_case(release, user_id, "straight", number).id
        base.begin()
        mine = [complete_next(case_id, user_id, {"note": "done"}) for _ in range(10)]
        floors = [base.complete() for _ in range(10)]
        if number >= 4:
            ours += mine
            theirs += floors
    base.close()
    return {"ours_ms": median(ours) * 1000, "floor_ms": median(theirs) * 1000, "ratio": median(ours) / median(theirs)}


def statements(user: User, release: str) -> dict[str, int]:
    """The most that one completion of the straight model needed."""
    case_id, user_id = new_case(release, user.id, "straight", 9000).id, user.id
    most = {"statements": 0, "commits": 0}
    for _ in range(8):
        with command():
            _hold(case_id, db.session.get_one(User, user_id))
        db.session.remove()
        begin_writing()
        person = db.session.get_one(User, user_id)
        task = db.session.scalars(select(Task).where(Task.case_id == case_id, Task.status == "open")).one()
        with counted() as seen:
            flow.complete(task, {"note": "done"}, by=person)
            db.session.commit()
        most = {key: max(most[key], seen[key]) for key in most}
        begin_reading()
        db.session.remove()
    return most


def aged(user: User, release: str) -> dict[str, float]:
    """The first rounds of a loop around a call activity, against its two-hundredth ones, over three cases."""
    young: list[float] = []
    old: list[float] = []
    user_id = user.id
    for number in range(3):
        case_id = new_case(release, user_id, "loop", number).id
        times = [complete_next(case_id, user_id, {"again": True}) for _ in range(ROUNDS)]
        if number:  # the first case warms up
            young += times[:5]
            old += times[-5:]
    return {"first_ms": median(young) * 1000, "last_ms": median(old) * 1000, "ratio": median(old) / median(young)}


def over_http(app: Flask, user: User, release: str) -> dict[str, float]:
    """Post the task's form to a real server on loopback until the redirect is there."""
    app.config["WTF_CSRF_ENABLED"] = False
    cookie = _session_cookie(app, user)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    times = []
    try:
        for number in range(6):
            case_id = new_case(release, user.id, "straight", 7000 + number).id
            for _ in range(10):
                times.append(_post_next(server.port, cookie, case_id, user.id))
    finally:
        server.shutdown()
        app.config["WTF_CSRF_ENABLED"] = True
    return {"http_ms": median(times[10:]) * 1000}


def _session_cookie(app: Flask, user: User) -> str:
    seconds = int(clock.now().timestamp())
    session = {"_user_id": user.get_id(), "_fresh": True, "began": seconds, "seen": seconds, "language": "zh"}
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"mediation={signer.dumps(session)}"


def _post_next(port: int, cookie: str, case_id: int, user_id: int) -> float:
    with command():
        _hold(case_id, db.session.get_one(User, user_id))
    task = db.session.scalars(select(Task).where(Task.case_id == case_id, Task.status == "open")).one()
    path, body = f"/tasks/{task.id}", urlencode({"note": "done", "version": task.version})
    db.session.remove()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    begun = time.perf_counter()
    connection.request("POST", path, body, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - begun
    connection.close()
    if answer.status not in (302, 303):
        raise RuntimeError(f"the form was answered with {answer.status}")
    return took


def shipped(app: Flask) -> dict[str, float]:
    """One story from the window to the last visit along the shipped flows: each completion timed, statements counted."""
    now = clock.now()
    story = next(one for one in STORIES if one.title.startswith("漏水赔偿履行完毕"))
    times: list[float] = []
    statements_of: list[int] = []
    complete = flow.complete

    def timed(*arguments: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        with counted() as seen:
            step = complete(*arguments, **named)
            db.session.flush()
        times.append(time.perf_counter() - begun)
        statements_of.append(seen["statements"])
        return step

    flow.complete = timed
    try:
        for _ in range(4):
            Player(story, {}, now, now - timedelta(days=150)).play()
    finally:
        flow.complete = complete
    return {
        "shipped_ms": median(times) * 1000,
        "shipped_statements": median(statements_of),
        "shipped_steps": len(times) / 4,
    }
