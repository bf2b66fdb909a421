"""Another mediator in a case under way: who may, who is chosen, what goes over, who hears of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from mediation.cases import appointing, operations, ties
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.models import Case, Notice, Task
from mediation.notices.sending import words_of
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import register
from tests.mediation.cases.test_mediation_frame import ACCEPT, ADMIT, APPOINT, do
from tests.person import Person

SignIn = Callable[[str], Person]
REASON = "与一方当事人系近亲属，自行回避。"


@pytest.fixture
@kept
def mediating(house: House) -> Case:
    """The mediator is appointed, and holds the step that follows."""
    case = register(house).case
    do(house, case, "examine", ADMIT, "clerk")
    do(house, case, "confirm_triage", ACCEPT, "dispatcher")
    do(house, case, "appoint", APPOINT, "director")
    return case


def replace(house: House, case: Case, by: str = "dispatcher", to: str = "mediator2") -> int:
    with command():
        return appointing.appoint_another(case, house.users[to], "committee", REASON, by=house.users[by])


def held_by(case: Case, login: str, house: House) -> set[str]:
    query = select(Task.element_id).where(Task.case_id == case.id, Task.status == "open")
    return set(db.session.scalars(query.where(Task.claimed_by_id == house.users[login].id)))


def test_the_new_mediator_has_the_case_and_the_open_steps(house: House, mediating: Case) -> None:
    before = held_by(mediating, "mediator", house)
    assert before
    assert replace(house, mediating) == len(before)
    assert mediating.mediator_id == house.users["mediator2"].id
    assert held_by(mediating, "mediator2", house) == before
    assert held_by(mediating, "mediator", house) == set()


def test_the_tied_mediator_hands_in_nothing_and_the_new_one_goes_on(house: House, mediating: Case, sign_in: SignIn) -> None:
    with command():
        operations.declare_conflict(mediating, house.users["mediator"], "表亲", by=house.users["clerk"])
    replace(house, mediating)
    task = db.session.scalars(select(Task).where(Task.case_id == mediating.id, Task.status == "open")).first()
    assert ties.resting(house.users["mediator2"], task) is None
    sign_in("mediator").get(f"/tasks/{task.id}", status=404)
    sign_in("mediator2").get(f"/tasks/{task.id}")


def test_the_journal_says_who_no_longer_mediates_and_why(house: House, mediating: Case, sign_in: SignIn) -> None:
    replace(house, mediating)
    person = sign_in("dispatcher")
    person.get(f"/cases/{mediating.id}/course")
    assert "李晓不再调解本案" in person.text()
    assert REASON in person.text()


def test_both_mediators_hear_the_reason_and_the_parties_only_the_name(house: House, mediating: Case) -> None:
    replace(house, mediating)
    query = select(Notice).where(Notice.case_id == mediating.id)
    colleagues = list(db.session.scalars(query.where(Notice.template == "mediator-replaced")))
    assert {one.user_id for one in colleagues} == {house.users["mediator"].id, house.users["mediator2"].id}
    assert all(REASON in words_of(one)[1] for one in colleagues)
    told = list(db.session.scalars(query.where(Notice.template == "another-mediator")))
    assert {one.party_id for one in told} == {party.id for party in mediating.parties}
    assert all("赵敏华" in words_of(one)[1] and REASON not in words_of(one)[1] for one in told)


def test_who_is_tied_is_not_offered_and_not_appointed(house: House, mediating: Case) -> None:
    with command():
        operations.declare_conflict(mediating, house.users["mediator2"], "同事", by=house.users["clerk"])
    assert appointing.candidates(mediating) == []
    with pytest.raises(operations.Refused):
        replace(house, mediating)
    db.session.rollback()


def test_who_takes_part_in_the_dispute_is_refused_at_the_field(house: House, mediating: Case) -> None:
    with command():
        mediating.parties[0].name = "赵敏华"
    with pytest.raises(AnswersRefused):
        replace(house, mediating)
    db.session.rollback()
    assert mediating.mediator_id == house.users["mediator"].id


@pytest.mark.parametrize(("login", "status"), [("clerk", 403), ("supervisor", 403), ("mediator2", 404), ("dispatcher", 200)])
def test_who_dispatches_or_directs_opens_the_page(mediating: Case, sign_in: SignIn, login: str, status: int) -> None:
    sign_in(login).get(f"/cases/{mediating.id}/mediator", status=status)


def test_the_mediator_gives_the_case_up_by_the_page_and_no_longer_sees_it(
    house: House, mediating: Case, sign_in: SignIn
) -> None:
    person = sign_in("mediator")
    person.get(f"/cases/{mediating.id}")
    assert person.page.select_one(f'a[href="/cases/{mediating.id}/mediator"]')
    person.get(f"/cases/{mediating.id}/mediator")
    person.submit({"mediator": "mediator2"}, form="form#form", status=422)
    person.submit({"mediator": "mediator2", "chosen_by": "parties", "reason": REASON}, form="form#form")
    assert "赵敏华" in person.text()
    person.get(f"/cases/{mediating.id}", status=404)
    db.session.expire_all()
    assert (mediating.mediator.login, mediating.mediator_chosen_by) == ("mediator2", "parties")
