"""A leak between neighbours: three instalments, confirmation by the court, one default and its cure, three visits, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mediation import clock, journal
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table


@pytest.fixture
def table(app: Any, sign_in: Any) -> Table:
    return Table(app, sign_in)


def test_from_the_window_to_the_last_visit(table: Table, resident: Any) -> None:
    steps.register_leak(table)
    assert table.case.status == "examined" or table.open_steps() == {"examine"}
    steps.accept(table)
    assert table.case.status == "accepted"
    assert table.case.number == "（2026）青禾人调字第1号"
    steps.agree_in_a_meeting(table)
    assert table.case.status in ("mediating", "agreed")
    steps.sign(table)
    assert table.case.status in ("effective", "performing")
    assert {"precheck", "receive"} <= table.open_steps()

    steps.confirm_by_the_court(table)
    assert table.case.outcome == "confirmation-confirmed"

    first, second, third = table.obligations()
    steps.visit(table)  # seven days after the agreement
    table.goes_to_day(first.due_on)
    steps.receive(table)
    table.goes_to(clock.end_of(second.due_on) + timedelta(hours=9))
    assert "urge" in table.open_steps()
    assert [owed.status for owed in table.obligations()] == ["performed", "defaulted", "open"]
    assert table.papers()["urging_letter"] == "queued"
    steps.cure(table)
    table.goes_to_day(third.due_on)
    steps.receive(table)
    assert [owed.status for owed in table.obligations()] == ["performed"] * 3

    steps.visit(table)  # thirty days
    steps.visit(table)  # ninety days
    assert table.open_steps() == {"close"}
    steps.close(table)
    assert table.case.status == "closed"
    assert table.case.closed_at is not None
    table.renders()
    assert set(table.papers().values()) == {"ready"}
    steps.resident_reads(table, resident())
    assert list(journal.verify()) == []


def test_a_resident_reports_the_receipt_and_the_mediator_verifies_it(house: House, resident: Any) -> None:
    table = steps.signed_leak(house)
    code, person = steps.new_code(table, "王建国"), resident()
    person.get("/see")
    person.submit({"case": table.case.code}, form="main form")
    person.submit({"code": code}, form="main form")
    person.get(f"/see/due/{table.obligations()[0].id}")
    person.submit(form="main form")
    assert "verify" in table.open_steps()
    table.does("mediator", "verify", result="received", received_on=clock.today(), how="transfer", voucher="收条")
    assert [owed.status for owed in table.obligations()] == ["performed", "open", "open"]


def test_everybody_in_between_sees_only_the_own_part(table: Table) -> None:
    steps.register_leak(table)
    court = table.person("court")
    court.get(f"/cases/{table.case_id}", status=404)
    table.person("mediator").get(f"/cases/{table.case_id}", status=404)
    table.person("supervisor").get(f"/cases/{table.case_id}")
    table.person("flow_admin").get(f"/cases/{table.case_id}", status=404)
