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
from tests.journeys.table import Table
from tests.mediation.cases.disputes import register


@pytest.fixture
def table(app: Any, house: House, sign_in: Any) -> Table:
    """A dispute that was registered just now."""
    join(house, "counsellor", "centre", "counsellor")
    join(house, "police", "police", "police_liaison", "liaison")
    join(house, "civil", "civil-affairs", "liaison")
    table = Table(app, sign_in)
    table.case_id = register(house).case.id
    return table


@pytest.fixture
def mediating(app: Any, house: House, table: Table) -> Table:
    """Accepted, with a mediator, all consents and an enquiry: the meeting is next."""
    steps.accept(table)
    steps.appoint_and_consent(table)
    steps.tell_rights_and_enquire(table)
    return table


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
