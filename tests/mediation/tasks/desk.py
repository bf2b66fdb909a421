"""A desk for the tests of my work: tasks put there by hand, as many and as due as a test needs."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from mediation import clock
from mediation.cases.facts import write_search_terms
from mediation.extensions import command, db
from mediation.models import Case, Party, Pool, Process, Task, User
from tests.house import House


def pool_of(house: House, login: str) -> Pool:
    """The pool of this person's first role."""
    return house.users[login].memberships[0].pool


def a_case(house: House, *names: str, **changes: Any) -> Case:
    """A case with parties of these names and a running process, without any step of the flow."""
    now = clock.now()
    values = {"title": "邻里纠纷", "kind": "0201", "source": "window", "status": "accepted", **changes}
    case = Case(
        code=uuid.uuid4().hex[:10].upper(), agency=house.agencies["centre"], release_hash=house.release,
        registered_by=house.users["clerk"], registered_at=now, **values,
    )  # fmt: skip
    for index, name in enumerate(names or ("王建国", "李秀兰")):
        side = "applicant" if index == 0 else "respondent"
        case.parties.append(Party(side=side, kind="person", name=name, code_hash=uuid.uuid4().hex, representatives=[]))
    db.session.add(case)
    db.session.flush()
    write_search_terms(case)
    release = house.release
    db.session.add(Process(case=case, key="intake", release_hash=release, state=b"", status="running", started_at=now))
    db.session.flush()
    return case


def put(
    house: House,
    login: str,
    case: Case | None = None,
    *,
    due: timedelta | None = timedelta(days=2),
    holder: str | None = None,
    entered: timedelta = timedelta(0),
    element: str = "examine",
) -> Task:
    """An open task of this person's pool, offered or already held; `due` counts from now, None: no deadline."""
    now = clock.now()
    case = case or a_case(house)
    process = db.session.scalars(select(Process).where(Process.case_id == case.id)).one()
    task = Task(
        id=uuid.uuid4().hex, case=case, process=process, element_id=element, process_key="intake",
        name="审查材料与受理条件", form_id="admissibility", pool=pool_of(house, login), status="open",
        entered_at=now - entered, due_at=_moment(now, due), version=1,
        claimed_by_id=house.users[holder].id if holder else None, claimed_at=now if holder else None,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    return task


def _moment(now: datetime, due: timedelta | None) -> datetime | None:
    return now + due if due is not None else None


def asking(user: User) -> User:
    """The person as a new request would load him or her: nothing remembered from before."""
    from flask import g

    g.pop(f"acts-for-{user.id}", None)
    g.pop(f"duty-of-{user.id}", None)
    return user


__all__ = ["a_case", "asking", "command", "pool_of", "put"]
