"""A divorce: its status part may not be confirmed by the court, and its agreement is printed to be signed by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mediation import clock
from mediation.models import Paper, Referral
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table, driven

pytestmark = pytest.mark.once

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


def _terms(table: Table, days: int) -> list[dict[str, Any]]:
    """They part, and he pays her share within so many days."""
    divorce = {"kind": "status", "status": "divorce", "what": "双方自愿离婚，到婚姻登记机关办理离婚登记"}
    due_on = clock.today() + timedelta(days=days)
    return [divorce, steps.pays(table, "薛刚", "苏敏", "60000", "share", when="date", due_on=due_on)]


@driven
def drafted(table: Table) -> None:
    steps.register(table, DIVORCE)
    steps.accept(table)
    steps.appoint_and_consent(table)
    steps.tell_rights_and_enquire(table)
    steps.hold_meeting(table)
    steps.draft(table, _terms(table, 40))


@pytest.fixture
def table(house: House) -> Table:
    return drafted(house)


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


# --- the chain of four steps: 摸排预警, 分流派单, 协同处置, 跟踪回访 ----------------------------------------------------


@driven
def looked_into(table: Table) -> None:
    for kind in ("women", "civil-affairs"):
        table.joins(kind, kind, "liaison")
    steps.register(table, {**DIVORCE, "source": "grid"})
    steps.examine(table)
    table.does("dispatcher", "confirm_triage", decision="refer", target_agency="women", suggestion="overridden",
               reason="先由妇联了解情况")  # fmt: skip
    table.does("dispatcher", "send", decision="send", agency="women", reason="婚姻家庭纠纷", purpose="了解妇女儿童情况",
               answer_days=3)  # fmt: skip
    table.does("women", "sign", answer="signed")
    table.does("women", "answer", settled="no", summary="双方愿意离婚，请组织调解。")


@pytest.fixture
def chain(house: House) -> Table:
    """Found on the round and reported; the women's federation looks into it and asks for mediation."""
    return looked_into(house)


def test_what_the_federation_reports_is_mediated_with_the_help_of_civil_affairs(chain: Table) -> None:
    table = chain
    table.does("dispatcher", "confirm_triage", decision="accept", route="peoples_mediation", suggestion="confirmed",
               committee="committee")  # fmt: skip
    steps.appoint_and_consent(table)
    steps.tell_rights_and_enquire(table)
    table.person("dispatcher").post(f"/cases/{table.case_id}/beside/assistance")
    table.does("dispatcher", "send", decision="send", agency="civil-affairs", reason="离婚登记", purpose="预约离婚登记",
               answer_days=5)  # fmt: skip
    table.does("civil-affairs", "sign", answer="signed")
    steps.hold_meeting(table)
    table.does("civil-affairs", "answer", settled="yes", summary="已预约下月 3 日办理离婚登记。")
    steps.draft(table, _terms(table, 5))
    steps.sign(table)
    table.does("mediator", "precheck", wish="none", explained=True)
    table.goes_to_day(table.obligations()[0].due_on)
    table.does("mediator", "receive", obligation=str(table.obligations()[0].id), result="received", amount="60000",
               received_on=clock.today(), how="transfer", voucher="转账回单")  # fmt: skip
    for _ in range(3):
        steps.visit(table)
    table.does("dispatcher", "close", outcome="written", performance="performed", dossier=["application"],
               retention="long", summary="四步办结。")  # fmt: skip
    assert (table.case.status, table.case.outcome) == ("closed", "written")
    assert [row.status for row in _referrals(table)] == ["answered", "answered"]


def test_each_of_the_two_sees_its_own_hand_over(chain: Table) -> None:
    """The federation goes on reading what it was sent; civil affairs, never asked, sees nothing."""
    chain.person("women").get(f"/cases/{chain.case_id}")
    assert "了解妇女儿童情况" in chain.person("women").text()
    chain.person("civil-affairs").get(f"/cases/{chain.case_id}", status=404)


def _referrals(table: Table) -> list[Referral]:
    from mediation.extensions import db

    db.session.rollback()
    db.session.expire_all()
    return list(db.session.query(Referral).filter_by(case_id=table.case_id).order_by(Referral.id))


def _latest(table: Table, kind: str) -> Paper:
    from mediation.extensions import db

    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Paper).filter_by(case_id=table.case_id, kind=kind).order_by(Paper.id.desc()).first()
