"""A dispute whose mediator drafts the agreement: the task on the desk, the parties, and what is typed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mediation import clock
from mediation.effects import BINDINGS
from mediation.extensions import command, db
from mediation.models import Agreement, Case, Pool, Process, Task
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table
from tests.kept import kept
from tests.mediation.portal.conftest import enter, mediating, registered  # noqa: F401 - fixtures

Typed = Callable[..., dict[str, Any]]


def put(house: House, case: Case, bind: str, login: str) -> Task:
    """An open task with this binding, held by this person."""
    now = clock.now()
    process = db.session.scalars(select(Process).where(Process.case_id == case.id)).first()
    pool = house.users[login].memberships[0].pool
    task = Task(
        id=uuid.uuid4().hex, case=case, process=process, element_id=bind, process_key="peoples_mediation", bind=bind,
        name="起草调解协议", form_id=bind.replace("-", "_"), pool=db.session.get(Pool, pool.id), status="open", entered_at=now,
        version=1, claimed_by_id=house.users[login].id, claimed_at=now,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    return task


@pytest.fixture
def case(mediating: Any) -> Case:  # noqa: F811
    return mediating.case


@pytest.fixture
@kept
def drafting(house: House, case: Case) -> Task:
    """The draft on the mediator's desk; both sides have agreed to mediation."""
    with command():
        for party in case.parties:
            party.consent = "agree"
        return put(house, case, "agreement", "mediator")


@pytest.fixture
def pays(case: Case) -> Typed:
    """`pays(amount=…)`: the neighbour pays 6000 in ten days, with something changed."""
    first, second = case.parties

    def term(**changed: Any) -> dict[str, Any]:
        told = {"kind": "pay", "debtor": str(second.id), "creditor": str(first.id), "purpose": "compensation", "amount": "6000",
                "when": "date", "due_on": (clock.today() + timedelta(days=10)).isoformat(), "how": "transfer",
                "account": "6200 0001"}  # fmt: skip
        return {key: value for key, value in {**told, **changed}.items() if value is not None}

    return term


def typed(*terms: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The answers of the drafting form."""
    told = {
        "facts": "楼上漏水。", "issues": "赔偿数额。", "responsibility": "楼上承担责任。", "copies": "3",
        "default_clause": "逾期按年利率3%付息。", "overrides": [],
    }  # fmt: skip
    return {**told, "terms": list(terms), **more}


@pytest.fixture
def agree(house: House, drafting: Task) -> Callable[..., Agreement]:
    """`agree(term, …)`: the draft as its form writes it into the tables."""

    def draft(*terms: dict[str, Any], **more: Any) -> Agreement:
        with command():
            BINDINGS["agreement"].apply(drafting, typed(*terms, **more), house.users["mediator"])
        return db.session.scalars(select(Agreement).order_by(Agreement.id.desc()).limit(1)).one()

    return draft


@pytest.fixture
def table(house: House) -> Table:
    """Three instalments of 3000, signed; nothing paid yet."""
    return steps.signed_leak(house)
