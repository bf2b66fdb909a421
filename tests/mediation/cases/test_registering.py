"""Registering a dispute: the case, its parties, their codes, who may see it, and where its flow stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from mediation import access, clock
from mediation.cases import facts, operations, queries
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.models import Case, Draft, Paper, Statement, Task
from tests.house import House
from tests.mediation.cases.disputes import leak, register
from tests.person import Person, form_values


def test_a_registered_dispute_waits_for_its_examination(house: House) -> None:
    case = register(house).case
    tasks = db.session.scalars(select(Task).where(Task.case_id == case.id).order_by(Task.entered_at)).all()
    assert [(task.element_id, task.status) for task in tasks] == [("register", "done"), ("examine", "open")]
    assert tasks[0].done_by_id == house.users["clerk"].id
    assert case.title == "王建国与李秀兰相邻关系纠纷"
    assert case.statistics_kind == "neighbour"


def test_receipt_and_application_are_queued_for_the_applicant(house: House) -> None:
    case = register(house).case
    papers = db.session.scalars(select(Paper).where(Paper.case_id == case.id)).all()
    assert [(paper.kind, paper.party_id) for paper in papers] == [
        (kind, case.parties[0].id) for kind in ("registration_receipt", "mediation_application")
    ]


def test_each_party_gets_a_code_of_its_own_and_only_its_hash_is_kept(house: House) -> None:
    done = register(house)
    assert len(set(done.codes.values())) == 2
    for party in done.case.parties:
        assert party.code_hash == facts.hash_of_code(done.codes[party.id])
        stored = db.session.execute(text("SELECT * FROM party WHERE id = :id"), {"id": party.id}).one()
        assert done.codes[party.id] not in str(stored)


def test_a_code_is_found_however_it_was_written_down(app: Flask) -> None:
    assert facts.hash_of_code("abcd-efgh") == facts.hash_of_code(" ABCD EFGH")


def test_an_identity_number_does_not_lie_open_in_the_database(house: House) -> None:
    case = register(house).case
    stored = db.session.execute(text("SELECT * FROM party WHERE id = :id"), {"id": case.parties[0].id}).one()
    assert "11010119800307123X" not in str(stored)
    assert case.parties[0].id_number == "11010119800307123X"


def test_the_centres_office_sees_the_case_and_other_mediators_do_not(house: House) -> None:
    case = register(house).case
    seen = {
        login
        for login, user in house.users.items()
        if db.session.scalar(access.visible_cases(user).where(Case.id == case.id))
    }
    assert seen == {"clerk", "dispatcher", "director", "supervisor"}


def test_each_sides_account_is_kept_as_its_own(house: House) -> None:
    case = register(house).case
    rows = db.session.scalars(select(Statement).where(Statement.case_id == case.id).order_by(Statement.id)).all()
    assert [(row.party.name, row.text) for row in rows if row.party] == [
        ("王建国", "他家水管漏水泡了我的天花板。"),
        ("李秀兰", "我家水管没有漏。"),
    ]


def test_a_dispute_with_one_side_only_is_refused(house: House) -> None:
    with pytest.raises(AnswersRefused) as refused, command():
        operations.register_dispute(leak(parties=leak()["parties"][:1]), by=house.users["clerk"])
    assert "parties" in refused.value.errors


def test_marriage_makes_the_papers_be_signed_by_hand(house: House) -> None:
    assert register(house, kind="0101").case.wet_ink_only
    assert not register(house).case.wet_ink_only


@pytest.mark.parametrize("found_by", ["建国", "秀兰", "王建国", "13800001234", "139-0000", "LEAK", "国"])
def test_a_case_is_found_by_any_two_characters_of_a_name(house: House, found_by: str) -> None:
    case = register(
        house, parties=[*leak()["parties"], {"side": "third", "kind": "organisation", "name": "Leak Repair 公司"}]
    ).case
    found = [row.id for row in queries.search(house.users["clerk"], found_by).rows]
    assert found == ([] if found_by == "国" else [case.id])


def test_a_case_is_found_by_the_whole_identity_number_only(house: House) -> None:
    case = register(house).case
    assert [row.id for row in queries.search(house.users["clerk"], "11010119800307123x").rows] == [case.id]
    assert queries.search(house.users["clerk"], "110101198003").rows == []


@pytest.mark.parametrize(
    ("number", "valid"),
    [("11010119800307123X", False), ("110105194912310021", False), ("11010519491231002X", True), ("", False)],
)
def test_the_last_place_of_an_identity_card_must_fit(number: str, valid: bool) -> None:
    assert facts.is_identity_card(number) is valid


def test_people_who_are_known_appear_only_to_who_may_see_their_cases(house: House) -> None:
    register(house)
    clerk, stranger = house.users["clerk"], house.users["mediator"]
    assert [party.name for party in queries.known_people(clerk, "王建国", "", "")] == ["王建国"]
    assert queries.known_people(stranger, "王建国", "", "") == []


# --- at the window --------------------------------------------

TYPED = {
    "summary": "楼上漏水",
    "kind": "0201",
    "claims": "修好水管",
    "source": "window",
    "amount": "8000",
    "parties-0-name": "王建国",
    "parties-0-phone": "13800001234",
    "parties-1-name": "李秀兰",
    "parties-1-side": "respondent",
}


@pytest.fixture
def clerk(sign_in: Callable[[str], Person]) -> Person:
    return sign_in("clerk")


def test_the_clerk_registers_and_prints_the_codes_once(clerk: Person) -> None:
    clerk.get("/cases/new")
    clerk.submit(TYPED)
    case = db.session.scalars(select(Case)).one()
    assert clerk.response is not None
    assert clerk.response.request.path == f"/cases/{case.id}/receipt"
    assert case.code in clerk.text()
    assert clerk.text().count("-") >= 2
    clerk.get(f"/cases/{case.id}/receipt")
    assert clerk.response.request.path == f"/cases/{case.id}"


def test_a_second_press_of_the_button_registers_nothing(clerk: Person) -> None:
    clerk.get("/cases/new")
    assert clerk.response is not None
    url = clerk.response.request.full_path
    form = clerk.page.select_one("form#form")
    assert form is not None
    sent = {**form_values(form), **TYPED}
    clerk.submit(TYPED)
    clerk.post(url, sent)
    assert len(db.session.scalars(select(Case)).all()) == 1


def test_what_is_missing_is_said_and_what_was_typed_stays(clerk: Person) -> None:
    clerk.get("/cases/new")
    clerk.submit({**TYPED, "claims": "", "parties-1-name": ""}, status=422)
    assert "楼上漏水" in str(clerk.page)
    assert len(clerk.page.select(".error-summary li")) == 2


def test_a_row_is_added_without_anything_being_checked(clerk: Person) -> None:
    clerk.get("/cases/new")
    clerk.submit({"summary": "楼上漏水"}, button="_add=parties")
    assert clerk.page.select_one("[name=parties-2-name]") is not None
    clerk.submit({}, button="_remove=parties-1")
    assert clerk.page.select_one("[name=parties-1-name]") is None
    assert clerk.page.select_one("[name=parties-2-name]") is not None


def test_a_registration_is_saved_sealed_and_comes_back(clerk: Person) -> None:
    clerk.get("/cases/new")
    assert clerk.response is not None
    url = clerk.response.request.full_path
    token = clerk.response.request.args["draft"]
    clerk.post(f"/cases/new/draft?draft={token}", {"summary": "楼上漏水", "parties-0-id_number": "11010519491231002X"})
    kept = db.session.scalars(select(Draft)).one()
    assert "11010519491231002X" not in str(kept.answers)
    clerk.get(url)
    assert "楼上漏水" in str(clerk.page)
    clerk.get("/cases/new")
    assert "楼上漏水" in clerk.text()


def test_the_suggestion_names_its_reasons(clerk: Person) -> None:
    clerk.get("/cases/new")
    clerk.post("/cases/new/suggestion", {**TYPED, "kind": "", "parties-0-side": "applicant", "people_count": "12"})
    told = clerk.page.get_text(" ")
    assert "漏水" in told
    assert "十人以上" in told


def test_people_of_the_page_are_shown_masked(house: House, clerk: Person) -> None:
    register(house)
    clerk.get("/cases/new")
    clerk.post("/cases/new/people", TYPED)
    told = clerk.page.get_text(" ")
    assert "1101**********123X" in told
    assert "11010119800307123X" not in told


@pytest.mark.parametrize("login", ["mediator", "court", "supervisor", "system_admin"])
def test_only_the_window_registers(sign_in: Callable[[str], Person], login: str) -> None:
    sign_in(login).get("/cases/new", status=403)


def test_a_minor_is_told_by_the_number_of_the_card(house: House) -> None:
    young: dict[str, Any] = leak()["parties"][1] | {"id_number": "11010520120101003X"}
    number = young["id_number"][:17]
    young["id_number"] = next(f"{number}{last}" for last in "0123456789X" if facts.is_identity_card(f"{number}{last}"))
    case = register(house, parties=[leak()["parties"][0], young]).case
    assert case.parties[1].birth_date is not None
    assert case.parties[1].birth_date.isoformat() == "2012-01-01"
    assert clock.today().year == 2026
