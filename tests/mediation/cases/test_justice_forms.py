"""What the forms between the centre, the courts, the police and the judicial office take, refuse and know already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from mediation import flow
from mediation.effects import BINDINGS, AnswersRefused
from mediation.extensions import command, db
from mediation.models import Case, Conflict
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import PARTIES, leak, register


@pytest.fixture
@kept
def case(house: House) -> Case:
    return register(house, source="court_before_filing").case


def fill(house: House, case: Case, bind: str, answers: Mapping[str, Any], login: str = "mediator") -> None:
    BINDINGS[bind].apply(step(case, bind), answers, house.users[login])


def known(house: House, case: Case, bind: str) -> dict[str, Any]:
    return BINDINGS[bind].prefill(step(case, bind), house.users["clerk"])


def step(case: Case, bind: str) -> Any:
    """A step with this binding, as far as a binding looks."""
    return SimpleNamespace(id="1", case=case, case_id=case.id, bind=bind)


def refused(house: House, case: Case, bind: str, answers: Mapping[str, Any], login: str = "mediator") -> set[str]:
    with pytest.raises(AnswersRefused) as told:
        fill(house, case, bind, answers, login)
    return set(told.value.errors)


# --- courts ----------------------------------------------------------------------------------------------------------


def test_a_commission_knows_whether_it_came_before_filing(house: House, case: Case) -> None:
    assert known(house, case, "court-commission")["commission"] == "before"
    fill(house, case, "court-commission", {"court": "court", "commission": "before"}, "dispatcher")
    assert case.court.key == "court"
    assert refused(house, case, "court-commission", {"court": "committee"}) == {"court"}


def test_the_parties_choice_seats_the_mediator_and_no_choice_seats_nobody(house: House, case: Case) -> None:
    fill(house, case, "court-choice", {"result": "none"}, "dispatcher")
    assert case.mediator is None
    fill(house, case, "court-choice", {"result": "chosen", "mediator": "mediator"}, "dispatcher")
    assert (case.mediator.login, case.mediator_chosen_by) == ("mediator", "parties")
    assert refused(house, case, "court-choice", {"result": "chosen", "mediator": "clerk"}) == {"mediator"}


def test_a_tie_needs_the_consent_of_all_sides(house: House, case: Case) -> None:
    tied = {"answer": "accept", "tie": "relative"}
    assert refused(house, case, "court-acceptance", tied) == {"accepted_by_all"}
    fill(house, case, "court-acceptance", {**tied, "accepted_by_all": True})


def test_who_recuses_is_barred_from_the_case(house: House, case: Case) -> None:
    with command():
        fill(house, case, "court-acceptance", {"answer": "recuse", "tie": "interest", "reason": "申请人是其债务人"})
    tie = db.session.scalars(select(Conflict).where(Conflict.case_id == case.id)).one()
    assert (tie.user.login, tie.accepted_by_all) == ("mediator", False)
    assert refused(house, case, "court-choice", {"result": "chosen", "mediator": "mediator"}) == {"mediator"}


def test_a_failure_report_keeps_what_is_undisputed_and_tells_no_sham(house: House, case: Case) -> None:
    fill(house, case, "court-report", {"reason": "sham", "undisputed": "漏水属实"})
    assert (case.ending["cause"], case.ending["kept_cause"], case.ending["undisputed"]) == ("other", "sham", "漏水属实")
    assert known(house, case, "court-filing")["undisputed"] == "漏水属实"


def test_the_packet_knows_claims_and_addresses_and_names_the_court(house: House, case: Case) -> None:
    packet = known(house, case, "court-filing")
    assert (packet["claims"], len(packet["addresses"])) == ("赔偿 8000 元并修好水管", 2)
    rows = [{"party": packet["addresses"][0]["party"], "address": "新地址"}]
    fill(house, case, "court-filing", {"wish": "file", "court": "court", "addresses": rows}, "clerk")
    assert (case.court.key, case.parties[0].service_address) == ("court", "新地址")
    stranger = {"wish": "file", "court": "court", "addresses": [{"party": "0", "address": "别处"}]}
    assert refused(house, case, "court-filing", stranger) == {"addresses"}


def test_a_suit_that_is_not_wanted_changes_nothing(house: House, case: Case) -> None:
    fill(house, case, "court-filing", {"wish": "not_now"}, "clerk")
    assert case.court is None


# --- police ----------------------------------------------------------------------------------------------------------


@pytest.fixture
@kept
def young(house: House) -> Case:
    """A dispute with somebody of fifteen."""
    parties = [{**PARTIES[0], "birth_date": "2011-06-01"}, dict(PARTIES[1])]
    return register(house, **leak(parties=parties)).case


def test_nobody_under_sixteen_is_overlooked(house: House, young: Case, case: Case) -> None:
    assert known(house, young, "public-order-examination")["under_16"] == "yes"
    assert refused(house, young, "public-order-examination", {"under_16": "no"}) == {"under_16"}
    assert known(house, case, "public-order-examination")["under_16"] == "no"


def test_the_guardian_of_who_is_under_sixteen_must_be_there(house: House, young: Case) -> None:
    assert refused(house, young, "public-order-mediation", {"result": "agreed"}) == {"guardian_present"}
    fill(house, young, "public-order-mediation", {"result": "agreed", "guardian_present": True})


# --- review ----------------------------------------------------------------------------------------------------------

FULL = dict.fromkeys(("intake", "rights", "enquiry", "minutes", "agreement", "signatures", "follow_up", "filing"), 9)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({**FULL, "minutes": 5, "grade": "good"}, "grade"),
        ({**FULL, "minutes": 5, "grade": "correct", "correct_by": date(2026, 12, 1)}, "findings"),
        ({**FULL, "grade": "failed", "findings": []}, "findings"),
    ],
)
def test_a_grade_fits_its_score(house: House, case: Case, answers: dict[str, Any], field: str) -> None:
    assert refused(house, case, "file-review", answers, "director") == {field}


def test_nobody_reviews_an_own_file(house: House, case: Case) -> None:
    case.mediator = house.users["mediator"]
    assert refused(house, case, "file-review", {**FULL, "grade": "good"}) == {"grade"}
    fill(house, case, "file-review", {**FULL, "grade": "excellent"}, "director")


@pytest.mark.parametrize(("level", "amount"), [("simple", 50), ("ordinary", 200), ("complex", 400), ("", 200)])
def test_the_subsidy_follows_the_table(house: House, case: Case, level: str, amount: int) -> None:
    case.level, case.mediator = level, house.users["mediator"]
    sheet = known(house, case, "subsidy-sheet")
    assert (sheet["payee"], sheet["amount"]) == ("mediator", amount)


# --- a sham ----------------------------------------------------------------------------------------------------------


def test_a_sham_that_the_court_found_ends_mediation(house: House, case: Case) -> None:
    from mediation.effects import EFFECTS, Occasion

    with command():
        process = flow.start(case, "sham_report", {}, by=house.users["dispatcher"]).process
        EFFECTS["end-mediation"].run(Occasion(case, process, "stop", house.users["dispatcher"]), cause="sham")
    assert case.ending["kept_cause"] == "sham"
