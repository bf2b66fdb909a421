"""Refused consent: mediation may not proceed (人民调解法 17); the parties are told of the other routes (26)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table


@pytest.fixture
def table(house: House) -> Table:
    return steps.accepted_leak(house)


def test_a_clear_refusal_ends_mediation_with_a_notice_of_the_other_routes(table: Table) -> None:
    steps.appoint_and_consent(table, 李秀兰="refuse")
    assert table.open_steps() == {"terminate"}
    table.does("mediator", "terminate", cause="refused", routes=["sue", "legal_aid"], limitation="诉讼时效三年。")
    table.renders()
    assert table.papers()["termination_notice"] == "ready"
    text = _notice_text(table)
    assert "人民法院" in text
    assert "王建国" in text
    assert table.case.status == "ended"


def test_silence_is_chased_and_then_decided_by_a_person(table: Table) -> None:
    table.does("dispatcher", "appoint", mediator="mediator", chosen_by="committee", conflict="none")
    table.days_pass(14)
    assert table.open_steps() == {"silence"}
    assert _told(table, "consent-chase") >= 2
    table.does("director", "silence", decision="refused", contacts="三次电话", reason="逾期未答复")
    assert table.open_steps() == {"terminate"}


def test_a_side_may_end_mediation_at_any_step(table: Table, resident: Any) -> None:
    steps.appoint_and_consent(table)
    code, person = steps.new_code(table, "李秀兰"), resident()
    person.get("/see")
    person.submit({"case": table.case.code}, form="main form")
    person.submit({"code": code}, form="main form")
    person.get("/see/end")
    person.submit({"sure": "yes"}, form="main form")
    assert table.open_steps() == {"terminate"}
    assert table.case.ending["by"] == str(table.party("李秀兰").id)


def test_why_a_party_did_not_sign_is_typed_once(house: House) -> None:
    table = steps.accepted_leak(house)
    steps.agree_in_a_meeting(table)
    table.does("mediator", "sign", next_step="failed", reason="李秀兰不同意分期付款，当场拒绝签字。")
    page = table.opens("mediator", "terminate").page
    assert page.select_one("[name=cause_text]").get_text(strip=True) == "李秀兰不同意分期付款，当场拒绝签字。"
    table.does("mediator", "terminate", routes=["sue"], limitation="诉讼时效三年。")
    table.renders()
    assert "当场拒绝签字" in "".join(_notice_text(table).split())


def _notice_text(table: Table) -> str:
    from mediation.extensions import db
    from mediation.models import Paper

    paper = db.session.query(Paper).filter_by(case_id=table.case_id, kind="termination_notice").first()
    mediator = table.person("mediator")
    mediator.get(f"/papers/{paper.id}.pdf")
    return steps.text_of_pdf(mediator.response.data)


def _told(table: Table, template: str) -> int:
    from mediation.extensions import db
    from mediation.models import Notice

    return db.session.query(Notice).filter_by(case_id=table.case_id, template=template).count()
