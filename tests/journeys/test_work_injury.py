"""The source text's labour case: benefits after an injury at work, mediated in fifteen days, arbitration avoided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mediation import clock
from mediation.extensions import db
from mediation.models import Deadline, Notice
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table, driven

pytestmark = pytest.mark.once

INJURY: dict[str, Any] = {
    "kind": "0702",
    "summary": "赵女士上班时受伤，已认定为工伤，公司未支付停工留薪期工资和医疗费。",
    "place": "青禾区工业园",
    "claims": "支付工伤待遇。",
    "amount": "46000",
    "source": "window",
    "people_count": "2",
    "parties": [
        {"side": "applicant", "kind": "person", "name": "赵凤英", "sex": "female", "birth_date": "1979-05-02",
         "phone": "13800138003", "address": "青禾区幸福小区 2 号楼",
         "statement": "公司一直拖着不给。"},
        {"side": "respondent", "kind": "organisation", "name": "青禾果蔬加工有限公司", "phone": "13900139004",
         "address": "青禾区工业园 8 号"},
    ],
}  # fmt: skip


@driven
def injured(table: Table) -> None:
    table.joins("labour", "labour", "labour_officer", "liaison")
    steps.register(table, INJURY)
    steps.examine(table)
    table.does("dispatcher", "confirm_triage", decision="accept", suggestion="confirmed")


@pytest.fixture
def table(house: House) -> Table:
    return injured(house)


def assess(table: Table, **changes: Any) -> None:
    facts = {
        "matter": "injury_benefits", "employed": "yes", "known_on": date(2026, 10, 8), "injured_on": date(2026, 6, 3),
        "recognised": "recognised", "workers": 1, "common_claim": "no",
    }  # fmt: skip
    table.does("labour", "assess", **{**facts, **changes})


def clocks(table: Table) -> dict[str, str]:
    db.session.rollback()
    return {row.clock: row.status for row in db.session.query(Deadline).filter_by(case_id=table.case_id)}


def test_the_benefits_are_mediated_and_arbitration_is_avoided(table: Table) -> None:
    assert table.case.route == "labour_linkage"
    assess(table)
    assert clocks(table)["labour-arbitration"] == "running"
    table.does("labour", "tell_way", choice="follow", told_on=clock.today(), understood=True)
    assert clocks(table)["labour"] == "running"
    steps.appoint_and_consent(table)
    steps.tell_rights_and_enquire(table)
    steps.hold_meeting(table)
    due_on = clock.today() + timedelta(days=10)
    steps.draft(table, [steps.pays(table, "青禾果蔬加工有限公司", "赵凤英", "46000", when="date", due_on=due_on)])
    steps.sign(table)
    told = ["binding", "confirmation", "payment_order"]
    table.does("mediator", "explain_effect", payment_only="yes", told=told, told_on=clock.today())
    assert clocks(table)["labour"] != "running"
    assert {"precheck", "receive"} & table.open_steps()


def test_benefits_before_recognition_go_to_the_labour_bureau_first(table: Table) -> None:
    assess(table, recognised="none")
    page = table.opens("labour", "tell_way")
    assert "先申请认定" in page.text()
    assert "直接申请仲裁" not in page.text()
    table.does("labour", "tell_way", told_on=clock.today(), understood=True)
    assert "guide_recognition" in table.open_steps()
    assert clocks(table)["work-injury-worker"] == "running"


def test_the_time_limit_is_shown_to_who_tells_the_way(table: Table) -> None:
    assess(table, known_on=date(2025, 12, 10))
    assert "不足三十日" in table.opens("labour", "tell_way").text()


def test_after_fifteen_days_the_parties_hear_that_arbitration_is_open(table: Table) -> None:
    assess(table)
    table.does("labour", "tell_way", choice="follow", told_on=clock.today(), understood=True)
    table.days_pass(16)
    told = db.session.query(Notice).filter_by(case_id=table.case_id, template="labour-may-arbitrate")
    assert told.count() == 2
    assert "appoint" in table.open_steps()
