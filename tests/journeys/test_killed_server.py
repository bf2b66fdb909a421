"""The server is killed with SIGKILL at thirty random moments while people complete tasks.

Afterwards no step is half done, none that was acknowledged is lost, none happened twice.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from bench import models
from mediation import clock, flow, journal, releases
from mediation.extensions import command, db
from mediation.mirror import lock_process
from mediation.models import Case, Entry, Process, Task, User
from workflows import runtime
from workflows.model import Environment

KILLS = 30
WORKERS = 4
CASES_EACH = 20


class Desk(threading.Thread):
    """One person who completes task after task over HTTP and remembers what was acknowledged."""

    def __init__(self, base: str, cookie: str, task_ids: Any, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.base, self.next_task, self.stop = base, task_ids, stop
        self.cookie = f"mediation={cookie}"
        self.acknowledged: list[str] = []
        self.interrupted = 0

    def run(self) -> None:
        while not self.stop.is_set():
            task_id = self.next_task()
            if task_id is None:
                return
            self._complete(task_id)

    def _complete(self, task_id: str) -> None:
        try:
            _status, page = self._ask("GET", f"/tasks/{task_id}")
            form = BeautifulSoup(page, "html.parser").select_one("form#form")
            if form is None:
                return  # done already, by a request whose answer was lost
            hidden = form.select("input[type=hidden][name]")
            values = {str(field["name"]): str(field.get("value", "")) for field in hidden}
            status, _page = self._ask("POST", f"/tasks/{task_id}", urlencode({**values, "note": "done"}))
            if status in (302, 303):
                self.acknowledged.append(task_id)
        except (OSError, http.client.HTTPException):
            self.interrupted += 1
            self.stop.wait(0.02)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.base, timeout=20)
        try:
            headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture
def cases(app: Any, house: Any) -> list[int]:
    with command():
        release = releases.publish(models.bundle(), note="straight", by=None).hash
    clock.set_clock(None)  # the server runs in a process of its own, by the real time
    user_id = house.users["clerk"].id
    return [_new_case(release, user_id, number) for number in range(WORKERS * CASES_EACH)]


def _new_case(release: str, user_id: int, number: int) -> int:
    with command():
        user = db.session.get_one(User, user_id)
        case = Case(
            code=f"KILL{number}",
            title="x",
            kind="0201",
            source="window",
            agency_id=user.memberships[0].pool.agency_id,
            release_hash=release,
            registered_by_id=user_id,
            registered_at=clock.now(),
            summary="",
            claims="",
        )
        db.session.add(case)
        db.session.flush()
        flow.start(case, "straight", {}, by=user)
        for task in db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")):
            task.claimed_by_id = user_id
        return case.id


@pytest.fixture
def server(app: Any, cases: list[int]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    release = db.session.get_one(Case, cases[0]).release_hash
    db.session.rollback()
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.killable_server", app.config["DATABASE"], str(port), release],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline().strip() == "ready"
    yield f"127.0.0.1:{port}", parent
    os.killpg(parent.pid, signal.SIGKILL)
    parent.communicate()


def start(parent: subprocess.Popen[str]) -> int:
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write("start\n")
    parent.stdin.flush()
    return int(parent.stdout.readline())


def cookie_of(app: Any, user: User) -> str:
    seconds = int(clock.now().timestamp())
    signer = app.session_interface.get_signing_serializer(app)
    return str(
        signer.dumps({"_user_id": user.get_id(), "_fresh": True, "began": seconds, "seen": seconds, "language": "zh"})
    )


def tasks_of(app: Any, case_ids: list[int]) -> Any:
    """The open task of the first case that still has one; whoever opened it holds it."""

    def next_task() -> str | None:
        with app.app_context(), command():
            for case_id in case_ids:
                task = db.session.scalar(select(Task).where(Task.case_id == case_id, Task.status == "open").limit(1))
                if task is not None:
                    task.claimed_by_id = task.claimed_by_id or db.session.get_one(Case, case_id).registered_by_id
                    return task.id
        return None

    return next_task


def work_a_while(desks: list[Desk], stop: threading.Event, chance: random.Random) -> None:
    """Until something was acknowledged, on a slow machine too, and then to a moment that nobody chose."""
    before = sum(len(desk.acknowledged) for desk in desks)
    for _ in range(100):
        stop.wait(0.05)
        if sum(len(desk.acknowledged) for desk in desks) > before:
            break
    stop.wait(chance.uniform(0, 0.4))


@pytest.mark.slow
def test_thirty_kills_lose_nothing_and_double_nothing(app: Any, house: Any, cases: list[int], server: Any) -> None:
    base, parent = server
    stop, chance = threading.Event(), random.Random(20261121)
    cookie = cookie_of(app, house.users["clerk"])
    desks = [Desk(base, cookie, tasks_of(app, cases[index::WORKERS]), stop) for index in range(WORKERS)]
    child = start(parent)
    for desk in desks:
        desk.start()
    for _ in range(KILLS):
        work_a_while(desks, stop, chance)
        os.kill(child, signal.SIGKILL)
        child = start(parent)
    for desk in desks:
        desk.join(1.0)
    stop.set()
    for desk in desks:
        desk.join(30)

    acknowledged = [task_id for desk in desks for task_id in desk.acknowledged]
    assert len(acknowledged) > KILLS, "too little happened between the kills to mean anything"
    assert sum(desk.interrupted for desk in desks) >= KILLS / 3
    assert_nothing_lost(acknowledged)
    assert_nothing_double()
    assert_nothing_half_done(cases)
    assert list(journal.verify()) == []


def assert_nothing_lost(acknowledged: list[str]) -> None:
    db.session.rollback()
    done = set(db.session.scalars(select(Task.id).where(Task.status == "done")))
    assert set(acknowledged) <= done
    assert max(Counter(acknowledged).values()) == 1


def assert_nothing_double() -> None:
    entries = db.session.scalars(select(Entry).where(Entry.action == "task-completed")).all()
    counts = Counter(entry.details["task"] for entry in entries)
    done = set(db.session.scalars(select(Task.id).where(Task.status == "done")))
    assert set(counts) == done
    assert set(counts.values()) <= {1}


def assert_nothing_half_done(case_ids: list[int]) -> None:
    """What the engine's state says is open is what the tables say is open; the steps before it are all done, in order."""
    for process in db.session.scalars(select(Process).where(Process.case_id.in_(case_ids)).order_by(Process.id)).all():
        process = lock_process(process.id)
        definition = releases.definition_of(process.release_hash)
        wanted, _waiting = runtime.look(definition, process.state, Environment(now=clock.now()))
        rows = db.session.scalars(select(Task).where(Task.process_id == process.id)).all()
        assert {task.id for task in wanted} == {task.id for task in rows if task.status == "open"}
        done = sorted(int(task.element_id[1:]) for task in rows if task.status == "done")
        assert done == list(range(1, len(done) + 1))
        assert process.status == ("completed" if len(done) == 10 else "running")
