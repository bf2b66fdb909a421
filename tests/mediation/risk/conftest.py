"""A dispute at the table, and the people who come when it becomes dangerous."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mediation import clock, flow
from mediation.cases.beside import open_beside
from mediation.extensions import command, db
from mediation.models import Case, Task, User
from tests.house import House, join
from tests.journeys import steps
from tests.journeys.table import Table, driven
from tests.kept import kept
from tests.mediation.cases.disputes import register


@kept
def with_helpers(house: House) -> tuple[House, int]:
    """More people come to the house, and a dispute is registered."""
    join(house, "counsellor", "centre", "counsellor")
    join(house, "police", "police", "police_liaison", "liaison")
    join(house, "civil", "civil-affairs", "liaison")
    return house, register(house).case.id


@pytest.fixture
def table(app: Any, house: House, sign_in: Any) -> Table:
    """A dispute that was registered just now."""
    table = Table(app, sign_in)
    fuller, table.case_id = with_helpers(house)
    house.users.update(fuller.users)
    house.agencies.update(fuller.agencies)
    return table


@driven
def enquired(table: Table) -> None:
    steps.accept(table)
    steps.appoint_and_consent(table)
    steps.tell_rights_and_enquire(table)


@pytest.fixture
def mediating(house: House, table: Table) -> Table:
    """Accepted, with a mediator, all consents and an enquiry: the meeting is next."""
    return enquired(house, table.case_id)


def alert(table: Table, *signs: str, login: str = "dispatcher", **more: Any) -> None:
    """Somebody opens the flow beside the case and hands in its report."""
    report = {"risk": "yellow", "signs": list(signs), "description": "扬言报复。", "police": "no",
              "noticed_at": clock.now() - timedelta(hours=1), **more}  # fmt: skip
    with command():
        case = db.session.get_one(Case, table.case_id)
        open_beside(case, "risk_response", report, by=_user(login))


def does(table: Table, login: str, element: str, **answers: Any) -> None:
    """A step that is not what the test is about, without its page."""
    with command():
        task = db.session.get_one(Task, table.task_id(element))
        task.claimed_by_id = _user(login).id
        db.session.flush()
        flow.complete(task, answers, by=_user(login))


def _user(login: str) -> User:
    return db.session.query(User).filter_by(login=login).one()
