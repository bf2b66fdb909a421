"""A divorce: its status part may not be confirmed by the court, and its agreement is printed to be signed by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mediation import clock
from mediation.models import Paper
from tests.journeys import steps
from tests.journeys.table import Table

DIVORCE = {
    "kind": "0101",
    "summary": "双方自愿离婚，就抚养费和财产分割进行调解。",
    "place": "青禾区",
    "claims": "离婚并分割财产。",
    "amount": "60000",
    "source": "window",
    "people_count": "2",
    "parties": [
        {
            "side": "applicant",
            "kind": "person",
            "name": "苏敏",
            "sex": "female",
            "birth_date": "1985-02-01",
            "phone": "13800138011",
            "address": "青禾区文化路 1 号",
        },
        {
            "side": "respondent",
            "kind": "person",
            "name": "薛刚",
            "sex": "male",
            "birth_date": "1983-05-06",
            "phone": "13800138012",
            "address": "青禾区文化路 9 号",
        },
    ],
}


@pytest.fixture
def table(app: Any, sign_in: Any) -> Table:
    table = Table(app, sign_in)
    steps.register(table, DIVORCE)
    steps.accept(table)
    steps.appoint_and_consent(table)
    steps.tell_rights_and_enquire(table)
    steps.hold_meeting(table)
    terms = [
        {"text": "双方自愿离婚，到婚姻登记机关办理离婚登记", "kind": "status"},
        {"text": "薛刚向苏敏支付财产折价款 60000 元", "kind": "money", "amount": "60000"},
    ]
    debtor, creditor = str(table.party("薛刚").id), str(table.party("苏敏").id)
    row = {"debtor": debtor, "creditor": creditor, "what": "财产折价款", "amount": "60000", "how": "transfer"}
    steps.draft(table, terms, [{**row, "due_on": clock.today() + timedelta(days=40)}])
    return table


def test_the_agreement_is_printed_for_signing_by_hand(table: Table) -> None:
    assert table.case.wet_ink_only
    table.renders()
    paper = table.case and _latest(table, "agreement")
    assert paper.status == "ready"
    page = table.person("mediator")
    page.get(f"/papers/{paper.id}.pdf")
    text = steps.text_of_pdf(page.response.data)
    assert "电子签名法" in text
    assert "亲笔" in text


def test_an_electronic_signature_is_refused(table: Table) -> None:
    page = table.opens("mediator", "sign")
    count = len([field for field in page.page.select("[name$='-rowmark'][name^=signatures-]")])
    rows = [{"signed": "yes", "manner": "electronic", "signed_on": clock.today()} for _ in range(count)]
    table.does("mediator", "sign", status=422, signatures=rows, next_step="go_on")
    assert "亲笔签署" in table.person("mediator").text()
    assert table.open_steps() == {"sign"}


def test_the_status_part_is_not_confirmed_and_the_money_is(table: Table) -> None:
    steps.sign(table)
    table.does("mediator", "precheck", status=422, wish="all", scope="all", confirm_terms="全部", explained=True)
    assert "不能司法确认" in table.person("mediator").text()
    steps.confirm_by_the_court(table, scope="part", ruling="partly", excluded="双方自愿离婚")
    assert table.case.outcome == "confirmation-partly"
    application = _latest(table, "confirmation_application")
    assert application.facts["excluded"] == "双方自愿离婚"


def _latest(table: Table, kind: str) -> Paper:
    from mediation.extensions import db

    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Paper).filter_by(case_id=table.case_id, kind=kind).order_by(Paper.id.desc()).first()
