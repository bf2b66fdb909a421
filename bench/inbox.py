"""My work among a hundred thousand open tasks: 300 pools granted, and three people who see few, many and none of them."""

from __future__ import annotations

import gc
import time
import uuid
from contextvars import Context
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from flask import Flask
from sqlalchemy import insert, text

from bench.completing import counted
from mediation import clock, releases
from mediation.extensions import command, db
from mediation.models import Agency, Case, Membership, Party, Pool, Process, Task, User

TASKS = 100_000
POOLS = 300
CASES = 20_000
RUNS = 60


def fill(user: User) -> dict[str, User]:
    """A hundred thousand open tasks in 1,000 pools; returns the three people: few, many, none."""
    now, release = clock.now(), releases.current_release_hash()
    with command():
        agencies = _agencies()
        pools = [Pool(role="mediator", agency_id=agency) for agency in agencies]
        db.session.add_all(pools)
        db.session.flush()
        pool_ids = [pool.id for pool in pools]
        three = {
            name: _person(name, granted)
            for name, granted in (
                ("few", pool_ids[:POOLS]),
                ("many", pool_ids[POOLS : 2 * POOLS]),
                ("none", pool_ids[2 * POOLS : 3 * POOLS]),
            )
        }
        first_case = _cases(user, release)
        _tasks(pool_ids, first_case, now)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return three


def _agencies() -> list[int]:
    made = [
        Agency(key=f"bench{number}", name=f"第 {number} 调解委员会", kind="committee", active=True)
        for number in range(1000)
    ]
    db.session.add_all(made)
    db.session.flush()
    return [agency.id for agency in made]


def _person(name: str, pools: list[int]) -> User:
    user = User(login=f"bench-{name}", name=name, password_hash="!", created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    db.session.execute(
        insert(Membership), [{"user_id": user.id, "pool_id": pool, "role": "mediator"} for pool in pools]
    )
    return user


def _cases(user: User, release: str) -> int:
    rows = [
        {
            "code": f"C{number:06d}",
            "title": f"纠纷 {number}",
            "kind": "0201",
            "source": "window",
            "agency_id": user.memberships[0].pool.agency_id,
            "release_hash": release,
            "registered_by_id": user.id,
            "registered_at": clock.now(),
            "number": None,
        }
        for number in range(CASES)
    ]
    first = db.session.scalars(insert(Case).returning(Case.id), rows[:1]).one()
    db.session.execute(insert(Case), rows[1:])
    db.session.execute(
        insert(Process),
        [
            {
                "case_id": first + number,
                "key": "intake",
                "release_hash": release,
                "state": b"",
                "status": "running",
                "started_at": clock.now(),
            }
            for number in range(CASES)
        ],
    )
    db.session.execute(
        insert(Party),
        [
            {"case_id": first + number, "side": side, "kind": "person", "name": f"王{number}", "code_hash": "x"}
            for number in range(CASES)
            for side in ("applicant", "respondent")
        ],
    )
    return first


def _tasks(pools: list[int], first_case: int, now: Any) -> None:
    """25 tasks in the first 300 pools, 20,000 in the next, none in the third, the rest elsewhere."""
    first_process = db.session.execute(
        text("SELECT min(id) FROM process WHERE state = :empty"), {"empty": b""}
    ).scalar()
    rest = pools[3 * POOLS :]
    rows = []
    for number in range(TASKS):
        if number < 25:
            pool = pools[number * 7 % POOLS]
        elif number < 20_025:
            pool = pools[POOLS + number % POOLS]
        else:
            pool = rest[number % len(rest)]
        place = number * 7919 % CASES
        rows.append(
            {
                "id": str(uuid.UUID(int=number + 1)),
                "case_id": first_case + place,
                "process_id": first_process + place,
                "element_id": "hold",
                "process_key": "peoples_mediation",
                "name": "召开调解会",
                "form_id": "attendance",
                "pool_id": pool,
                "status": "open",
                "entered_at": now,
                "due_at": now + timedelta(minutes=number * 104_729 % 40_000 - 4_000),
                "properties": {},
            }
        )
    for begin in range(0, TASKS, 5000):
        db.session.execute(insert(Task), rows[begin : begin + 5000])


def _get(client: Any, url: str) -> Any:
    """A request in a context of its own, as a server has it: else the bench's own would lend it the last person's user."""
    return Context().run(client.get, url)


def measure(app: Flask, three: dict[str, User]) -> dict[str, Any]:
    """GET /work, the whole page; the worst p95 of the three, and the most statements that a page needed."""
    found: dict[str, Any] = {"p95_ms": {}, "p50_ms": {}, "statements": 0}
    # What filling the tables left behind is set aside, as the server sets aside what its start left behind.
    gc.collect()
    gc.freeze()
    for name, user in three.items():
        client = app.test_client()
        with client.session_transaction() as session:
            seconds = int(clock.now().timestamp())
            session.update(
                {"_user_id": user.get_id(), "_fresh": True, "began": seconds, "seen": seconds, "language": "zh"}
            )
        url = "/work?tab=offered"
        for _ in range(5):
            _get(client, url)
        times = []
        with counted() as seen:
            for _ in range(RUNS):
                begun = time.perf_counter()
                answer = _get(client, url)
                times.append(time.perf_counter() - begun)
                if answer.status_code != 200:
                    raise RuntimeError(f"my work answered {answer.status_code}")
        found["p95_ms"][name] = quantiles(times, n=20)[18] * 1000
        found["p50_ms"][name] = median(times) * 1000
        found["statements"] = max(found["statements"], seen["statements"] // RUNS)
    found["worst_ms"] = max(found["p95_ms"].values())
    return found
