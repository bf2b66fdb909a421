"""A registered dispute between two neighbours, with the codes that each of them was given, and how it goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from mediation import clock, flow
from mediation.cases.operations import Registered, register_dispute
from mediation.extensions import command, db
from mediation.models import Agreement, Invitation, Meeting, Obligation, Task, User
from tests.house import House
from tests.kept import kept
from tests.person import Person

APPLICANT_SAYS = "我家天花板从三月起一直渗水"
RESPONDENT_SAYS = "我每天都关好水龙头才出门"
APPLICANT_PHONE = "13900001111"
RESPONDENT_PHONE = "13900002222"


def dispute(**changes: Any) -> dict[str, Any]:
    """A leak between two neighbours, as the window registers it."""
    applicant = {
        "side": "applicant", "kind": "person", "name": "王建国", "phone": "139 0000 1111", "address": "和平路 1 号",
        "statement": APPLICANT_SAYS,
    }  # fmt: skip
    respondent = {
        "side": "respondent", "kind": "person", "name": "李秀兰", "phone": RESPONDENT_PHONE, "address": "和平路 2 号",
        "statement": RESPONDENT_SAYS,
    }  # fmt: skip
    case = {"kind": "0201", "source": "window", "summary": "楼上漏水", "claims": "赔偿损失", "amount": "12000"}
    return {**case, "parties": [applicant, respondent], **changes}


@pytest.fixture
@kept
def registered(house: House) -> Registered:
    """The dispute of two neighbours, registered by the clerk."""
    with command():
        return register_dispute(dispute(), by=house.users["clerk"])


@pytest.fixture
def enter(resident: Callable[[], Person], registered: Registered) -> Callable[[int], Person]:
    """`enter(0)` gives the browser of the first party, already inside."""

    def come_in(which: int) -> Person:
        person = resident()
        person.get("/see")
        person.submit({"case": registered.case.code})
        person.submit({"code": registered.codes[registered.case.parties[which].id]})
        return person

    return come_in


def do(case_id: int, element: str, answers: dict[str, Any], by: User) -> None:
    """Complete the open task of this element as its form would."""
    with command():
        task = db.session.scalars(
            select(Task).where(Task.case_id == case_id, Task.element_id == element, Task.status == "open")
        ).one()
        task.claimed_by_id, task.claimed_at = by.id, clock.now()
        flow.complete(task, answers, by=by)


@pytest.fixture
@kept
def mediating(registered: Registered, house: House) -> Registered:
    """The dispute with its mediator, who asks both sides whether they agree."""
    bring_to_mediation(registered.case.id, house.users)
    return registered


def bring_to_mediation(case_id: int, users: dict[str, User]) -> None:
    """Accept the case and appoint the mediator."""
    checked = {"materials_complete": "yes", "identity_checked": True, "exclusion": "none", "conclusion": "admit"}
    do(case_id, "examine", checked, users["clerk"])
    routed = {
        "decision": "accept", "kind": "0201", "statistics_kind": "neighbour", "level": "simple", "risk": "blue",
        "route": "peoples_mediation", "deadline_days": 30, "committee": "committee", "suggestion": "overridden",
        "reason": "事实清楚",
    }  # fmt: skip
    do(case_id, "confirm_triage", routed, users["dispatcher"])
    appointed = {"mediator": "mediator", "chosen_by": "committee", "conflict": "none"}
    do(case_id, "appoint", appointed, users["dispatcher"])


@pytest.fixture
@kept
def invited(mediating: Registered, house: House) -> Meeting:
    """A meeting in three days, to which both are invited."""
    with command():
        meeting = Meeting(
            case_id=mediating.case.id, round=1, starts_at=clock.now() + timedelta(days=3), place="第二调解室",
            called_by_id=house.users["mediator"].id,
        )  # fmt: skip
        meeting.invitations = [Invitation(party_id=party.id) for party in mediating.case.parties]
        db.session.add(meeting)
    return meeting


@pytest.fixture
@kept
def agreed(mediating: Registered, house: House) -> Agreement:
    """An agreement in force: the neighbour pays 6000 in ten days."""
    first, second = mediating.case.parties
    with command():
        agreement = Agreement(
            case_id=mediating.case.id, kind="written", status="effective", drafted_by_id=house.users["mediator"].id,
            drafted_at=clock.now(), effective_at=clock.now(),
        )  # fmt: skip
        agreement.obligations = [
            Obligation(
                case_id=mediating.case.id, ordinal=1, debtor_id=second.id, creditor_id=first.id, what="赔偿天花板修缮费",
                amount=Decimal("6000.00"), due_on=clock.today() + timedelta(days=10),
            )
        ]  # fmt: skip
        db.session.add(agreement)
    return agreement
