"""Studios: matched with a reason, confirmed, taken up; people invited with the consent of every side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mediation import flow
from mediation.cases import participants, studios
from mediation.effects import BINDINGS
from mediation.extensions import command, db
from mediation.models import Agency, Case, Conflict, Membership, Participant, Pool, Studio, Task
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import PARTIES, register
from tests.person import Person

SignIn = Callable[[str], Person]


def studio(house: House, key: str, login: str, **facts: Any) -> Agency:
    """A studio with one mediator."""
    agency = Agency(key=key, name=f"{key}工作室", kind="studio", parent_id=house.agencies["centre"].id, active=True)
    db.session.add(agency)
    db.session.flush()
    db.session.add(Studio(agency_id=agency.id, **{"kinds": [], "languages": [], "areas": [], **facts}))
    pool = Pool(role="mediator", agency=agency)
    house.users[login].memberships.append(Membership(pool=pool, role="mediator"))
    db.session.flush()
    return agency


@pytest.fixture
@kept
def two(house: House) -> House:
    with command():
        studio(house, "family", "mediator", kinds=["01"])
        studio(house, "leaks", "mediator2", kinds=["0201"], areas=["幸福路"], languages=["mongolian"])
    return house


def begun(house: House, **changes: Any) -> Case:
    """A registered dispute with the studio's flow running beside it."""
    case = register(house, **changes).case
    with command():
        for task in db.session.scalars(select(Task).where(Task.case_id == case.id)):
            task.status = "cancelled"
        flow.start(case, "studio", {}, by=house.users["dispatcher"])
    return case


def open_task(case: Case) -> Task:
    return db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")).one()


MATCHES = {
    "the very kind before another": ({}, ["leaks", "family"], "相邻关系"),
    "its group": ({"kind": "0102"}, ["family", "leaks"], "婚恋家庭"),
    "nothing but the area": ({"kind": "0601", "place": "幸福路 3 号"}, ["leaks", "family"], "片区：幸福路"),
    "the language": (
        {"kind": "0601", "place": "", "parties": [{**PARTIES[0], "address": "", "ethnicity": "蒙古族"},
                                                  {**PARTIES[1], "address": ""}]}, ["leaks", "family"], "蒙古语"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "order", "reason"), MATCHES.values(), ids=MATCHES)
def test_what_suits_best_comes_first_with_its_reason(
    two: House, changes: dict[str, Any], order: list[str], reason: str, app: Any
) -> None:
    case = register(two, **changes).case
    with app.test_request_context():
        found = studios.ranked(case)
        assert [one.agency.key for one in found] == order
        assert reason in found[0].words()


def test_the_less_busy_of_two_equals_comes_first_and_one_without_people_never(two: House, app: Any) -> None:
    with command():
        db.session.add(Agency(key="empty", name="空工作室", kind="studio", active=True))
        busy = register(two).case
        busy.committee = db.session.scalars(select(Agency).where(Agency.key == "family")).one()
    case = register(two, kind="0901", place="", parties=[{**one, "address": ""} for one in PARTIES])
    with app.test_request_context():
        assert [one.agency.key for one in studios.ranked(case.case)] == ["leaks", "family"]


def test_confirmed_by_the_dispatcher_claimed_by_its_mediator(two: House, sign_in: SignIn) -> None:
    case = begun(two)
    dispatcher, mediator = sign_in("dispatcher"), sign_in("mediator2")
    task = open_task(case)
    dispatcher.post(f"/tasks/{task.id}/claim")
    assert "片区：幸福路" in dispatcher.page.select_one("textarea[name=why]").get_text()  # type: ignore[union-attr]
    dispatcher.submit({"decision": "assign", "studio": "leaks"})
    task = open_task(case)
    assert (task.element_id, task.pool.agency.key) == ("take_up", "leaks")
    sign_in("mediator").post(f"/tasks/{task.id}/claim", status=404)  # of another studio
    mediator.post(f"/tasks/{task.id}/claim")
    mediator.submit({"answer": "accept"})
    case = db.session.get_one(Case, case.id)
    assert (case.mediator_id, case.committee and case.committee.key) == (two.users["mediator2"].id, "leaks")
    assert (open_task(case).element_id, case.status) == ("invite_people", "accepted")


def test_whoever_departs_from_the_suggestion_says_why(two: House, sign_in: SignIn) -> None:
    case = begun(two)
    dispatcher = sign_in("dispatcher")
    dispatcher.post(f"/tasks/{open_task(case).id}/claim")
    dispatcher.submit({"decision": "assign", "studio": "family"}, status=422)
    dispatcher.submit({"decision": "assign", "studio": "family", "reason": "当事人指定"})
    assert open_task(case).pool.agency.key == "family"


def test_a_tied_mediator_cannot_take_it_up(two: House, sign_in: SignIn) -> None:
    case = begun(two)
    dispatcher, mediator = sign_in("dispatcher"), sign_in("mediator2")
    dispatcher.post(f"/tasks/{open_task(case).id}/claim")
    dispatcher.submit({"decision": "assign", "studio": "leaks"})
    task = open_task(case)
    mediator.post(f"/tasks/{task.id}/claim")
    with command():
        db.session.add(Conflict(case_id=case.id, user_id=two.users["mediator2"].id, reason="表亲",
                                declared_by_id=two.users["clerk"].id, declared_at=task.entered_at))  # fmt: skip
    mediator.get(f"/tasks/{task.id}")
    mediator.submit({"answer": "accept"}, status=422)
    assert "表亲" in mediator.text()


def taken_up(two: House, sign_in: SignIn) -> tuple[Case, Person]:
    case = begun(two)
    dispatcher, mediator = sign_in("dispatcher"), sign_in("mediator2")
    dispatcher.post(f"/tasks/{open_task(case).id}/claim")
    dispatcher.submit({"decision": "assign", "studio": "leaks"})
    mediator.post(f"/tasks/{open_task(case).id}/claim")
    mediator.submit({"answer": "accept"})
    return db.session.get_one(Case, case.id), mediator


def test_people_are_invited_and_only_those_come_to_whom_all_agree(two: House, sign_in: SignIn) -> None:
    case, mediator = taken_up(two, sign_in)
    mediator.get(f"/tasks/{open_task(case).id}")
    mediator.submit({"people_wanted": "yes"}, button="_add=people")
    mediator.submit({"people-0-role": "neighbour", "people-0-name": "老赵", "people-0-relation": "楼下邻居"})
    task = open_task(case)
    assert task.element_id == "people_consent"
    mediator.get(f"/tasks/{task.id}")
    mediator.submit({"opinions-0-answer": "agree", "opinions-1-answer": "open"})
    one = db.session.scalars(select(Participant)).one()
    case = db.session.get_one(Case, case.id)
    assert (one.name, participants.stands(one), participants.at_the_table(case)) == ("老赵", "open", [])
    assert open_task(case).element_id == "consent"
    second = case.parties[1]
    mediator.get(f"/cases/{case.id}/people")
    mediator.post(f"/cases/{case.id}/people/{one.id}/answer", {"party": str(second.id), "said": "agree"})
    assert [one.name for one in participants.at_the_table(db.session.get_one(Case, case.id))] == ["老赵"]
    invited = BINDINGS["meeting"].prefill(open_task(case), two.users["mediator2"])["invited"]  # type: ignore[misc]
    assert invited == [{"name": "老赵", "role": "邻里、同事", "agreed": True}]


def test_whoever_loses_a_sides_consent_leaves(two: House, sign_in: SignIn) -> None:
    case, mediator = taken_up(two, sign_in)
    mediator.get(f"/cases/{case.id}/people")
    mediator.submit({"role": "expert", "name": ""}, status=422)
    mediator.submit({"role": "expert", "name": "陈工", "relation": "防水工程师"})
    one = db.session.scalars(select(Participant)).one()
    for party, said in [(case.parties[0], "agree"), (case.parties[1], "agree"), (case.parties[0], "refuse")]:
        mediator.post(f"/cases/{case.id}/people/{one.id}/answer", {"party": str(party.id), "said": said})
    one = db.session.get_one(Participant, one.id)
    assert (participants.stands(one), one.left_reason) == ("left", "consent-withdrawn")
    assert "撤回同意" in mediator.text()
    mediator.post(
        f"/cases/{case.id}/people/{one.id}/answer", {"party": str(case.parties[0].id), "said": "agree"}, status=422
    )


@pytest.mark.parametrize(("login", "status"), [("mediator", 404), ("court", 404), ("supervisor", 403)])
def test_who_does_not_work_on_the_case_invites_nobody(two: House, sign_in: SignIn, login: str, status: int) -> None:
    case, _mediator = taken_up(two, sign_in)
    person = sign_in(login)
    person.post(f"/cases/{case.id}/people", {"role": "expert", "name": "某"}, status=status)
    assert db.session.scalars(select(Participant)).all() == []


def test_an_administrator_registers_what_a_studio_is_good_at(two: House, sign_in: SignIn) -> None:
    agency = db.session.scalars(select(Agency).where(Agency.key == "family")).one()
    admin = sign_in("system_admin")
    admin.get(f"/admin/agencies/{agency.id}/studio")
    admin.submit({"kinds": [], "areas": "和平社区，幸福路"}, status=422)
    admin.submit({"kinds": ["01", "02"], "languages": ["sign"], "areas": "和平社区，幸福路、", "about": "老党员"})
    found = db.session.get_one(Studio, agency.id)
    assert (found.kinds, found.languages, found.areas) == (["01", "02"], ["sign"], ["和平社区", "幸福路"])
    admin.get(f"/admin/agencies/{two.agencies['court'].id}/studio", status=404)
    sign_in("flow_admin").get(f"/admin/agencies/{agency.id}/studio", status=403)
