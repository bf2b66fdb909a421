"""The other ways a case can take: more time by both consents, a ruling that dismisses, a default that stays one, a risk twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mediation import clock
from mediation.cases.beside import open_beside
from mediation.extensions import command, db
from mediation.models import Case, Process, User
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table


@pytest.fixture
def table(house: House) -> Table:
    return steps.accepted_leak(house)


def consents(table: Table, *answers: str) -> list[dict[str, Any]]:
    return [{"answer": answer, "given_on": clock.today()} for answer in answers]


def test_the_month_is_extended_only_with_both_consents(table: Table) -> None:
    steps.appoint_and_consent(table)
    table.days_pass(33)
    assert "extend" in table.open_steps()
    until = clock.today() + timedelta(days=30)
    answers = {"reason": "尚需调查", "decision": "extend", "extended_until": until}
    table.does("mediator", "extend", status=422, consents=consents(table, "agree", "refuse"), **answers)
    table.does("mediator", "extend", consents=consents(table, "agree", "agree"), **answers)
    assert table.case.extensions == 1
    assert "extend" not in table.open_steps()
    table.days_pass(25)
    assert "extend" not in table.open_steps()


def test_without_consent_the_month_ends_mediation(table: Table) -> None:
    steps.appoint_and_consent(table)
    table.days_pass(33)
    table.does(
        "mediator", "extend", reason="一方不同意", consents=consents(table, "agree", "refuse"), decision="refuse"
    )
    assert table.open_steps() == {"terminate"}


def test_after_a_dismissal_all_may_agree_to_mediate_again(table: Table) -> None:
    steps.agree_in_a_meeting(table)
    steps.sign(table)
    table.does("mediator", "precheck", wish="all", scope="all", confirm_terms="赔偿款的支付。", explained=True)
    rows = [{"signed": "yes", "signed_on": clock.today()} for _ in table.case.parties]
    table.does(
        "mediator",
        "apply",
        court="court",
        applicants=rows,
        annexes=["agreement"],
        result="filed",
        applied_on=clock.today(),
        how="office",
    )
    table.does("court", "accept", decision="accepted", decided_on=clock.today(), court_number="1")
    table.does("court", "rule", decision="dismissed", decided_on=clock.today(), ruling_number="2", reason="内容不明确")
    assert "decide_next" in table.open_steps()
    table.does(
        "mediator", "decide_next", choice="remediate", agreed_by_all=True, reason="重新明确内容", routes_told=True
    )
    assert {owed.status for owed in table.obligations()} <= {"excused"}
    assert "receive" not in table.open_steps()
    assert table.case.status == "mediating"


def test_a_default_that_stays_one_leads_to_the_routes_that_are_open(table: Table) -> None:
    steps.agree_in_a_meeting(table)
    steps.sign(table)
    first = table.obligations()[0]
    table.goes_to(clock.end_of(first.due_on) + timedelta(hours=9))
    table.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="refused")
    told = {"rest": "watch", "told_on": clock.today()}
    table.does("mediator", "routes", status=422, choice="enforce", **told)
    table.does("mediator", "routes", choice="payment_order", **told)
    assert table.case.outcome == "default-payment_order"
    assert "receive" in table.open_steps()


def test_a_risk_breaks_in_twice_beside_the_mediation(table: Table) -> None:
    for _ in range(2):
        with command():
            dispatcher = db.session.get_one(User, table.person("dispatcher").user.id)
            open_beside(db.session.get_one(Case, table.case_id), "risk_response", by=dispatcher)
        table.does(
            "dispatcher",
            "report",
            risk="red",
            signs=["violence"],
            description="扬言报复",
            noticed_at=clock.now() - timedelta(hours=1),
            police="no",
        )
    assert db.session.query(Process).filter_by(case_id=table.case_id, key="risk_response").count() == 2
    assert table.case.risk == "red"
    assert "appoint" in table.open_steps()
