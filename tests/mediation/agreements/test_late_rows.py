"""Rows that are late: none of several is lost, none is late before its day, and the order for payment knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mediation import clock
from mediation.agreements import packets
from mediation.agreements.ledger import ledger_of
from mediation.agreements.performance import _debt_in_default
from mediation.case_view import current_agreement
from mediation.extensions import db
from mediation.models import Task
from tests.journeys.table import Table
from tests.mediation.agreements.test_ledger import enters
from tests.mediation.agreements.test_packets import owes


@pytest.fixture
def both_late(table: Table) -> Table:
    """Each side owes the other something by the same day, and neither has done it."""
    owes(table, "王建国", "李秀兰", "500", "退还押金")
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    return table


def test_the_second_of_two_rows_that_are_late_is_urged_after_the_first(both_late: Table) -> None:
    both_late.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="cured")
    assert [owed.status for owed in both_late.obligations()][:2].count("defaulted") == 1
    both_late.days_pass(1)
    assert "urge" in both_late.open_steps()
    person = both_late.opens("mediator", "urge")
    late = next(owed for owed in both_late.obligations() if owed.status == "defaulted")
    assert person.page.select_one("[name=obligation] option[selected]")["value"] == str(late.id)


def test_nobody_is_in_default_before_the_day_unless_it_is_noted_that_the_debtor_refuses(table: Table) -> None:
    table.does("mediator", "receive", status=422, result="default")
    assert table.obligations()[0].status == "open"
    table.does("mediator", "receive", result="default", note="李秀兰来电明确表示不再支付。")
    assert table.obligations()[0].status == "defaulted"


def test_the_day_of_default_stays_when_it_is_said_again(both_late: Table) -> None:
    both_late.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="promised",
                   promised_on=clock.today() + timedelta(days=5))  # fmt: skip
    owed = next(one for one in both_late.obligations() if one.promises)
    since, ident = owed.defaulted_at, owed.id
    both_late.goes_to(clock.end_of(clock.today()) - timedelta(hours=3))
    both_late.does("mediator", "receive", obligation=str(ident), result="default")
    assert next(one for one in both_late.obligations() if one.id == ident).defaulted_at == since


def test_the_order_for_payment_begins_with_what_the_creditor_put_on_that_way(table: Table) -> None:
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    table.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="refused")
    table.does("mediator", "routes", choice="payment_order", rest="watch", told_on=clock.today())
    task = next(one for one in db.session.query(Task).filter_by(status="open") if one.process_key == "payment_order")
    known = _debt_in_default(task, None)
    assert (known["debtor"], known["amount"]) == (str(table.party("李秀兰").id), 3000)


def test_a_way_that_is_taken_back_leaves_the_rows_as_they_were(table: Table) -> None:
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    table.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="refused")
    task_id = table.task_id("routes")
    table.does("mediator", "routes", choice="waived", rest="hand_over", told_on=clock.today())
    table.person("mediator").post(f"/tasks/{task_id}/take-back")
    assert "routes" in table.open_steps()
    assert [owed.status for owed in table.obligations()] == ["defaulted", "open", "open"]


def test_a_second_way_that_is_taken_back_leaves_the_first_one_chosen(table: Table) -> None:
    for way, rest in (("sue", "watch"), ("waived", "hand_over")):
        due = next(owed for owed in table.obligations() if owed.status == "open").due_on
        table.goes_to(clock.end_of(due) + timedelta(hours=9))
        table.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="refused")
        task_id = table.task_id("routes")
        table.does("mediator", "routes", choice=way, rest=rest, told_on=clock.today())
    table.person("mediator").post(f"/tasks/{task_id}/take-back")
    assert [owed.status for owed in table.obligations()] == ["defaulted", "open"]  # the first one is before the court


def test_what_is_refused_before_its_day_has_a_word_of_its_own_and_is_late_after_it(table: Table, resident: Any) -> None:
    table.does("mediator", "receive", result="default", note="李秀兰来电明确表示不再支付。")
    found = ledger_of(current_agreement(table.case_id))
    assert [row.state for row in found.rows] == ["refused", "open", "open"]
    assert (found.late, found.claimed) == ([], found.rows[:1])  # the creditor need not wait for the day (民法典 578)
    assert "已经到期" in packets.why_closed("payment_order", current_agreement(table.case_id))
    staff = table.person("mediator")
    pages = [staff.get(f"/cases/{table.case_id}/performance"), table.opens("mediator", "urge").page]
    for page in (*pages, enters(table, resident, "王建国").get("/see/case")):
        told = [badge.get_text(strip=True) for badge in page.select("main .mark")]
        assert "到期前表示不履行" in told
        assert not [one for one in told if "逾期" in one or "过期" in one]
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=2))
    db.session.expire_all()
    assert ledger_of(current_agreement(table.case_id)).rows[0].state == "late"
