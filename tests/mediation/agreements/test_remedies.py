"""After a default: the step itself offers what can be taken to the court, and a change that all sides sign."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mediation import clock
from mediation.agreements import packets
from mediation.agreements.ledger import ledger_of
from mediation.case_view import current_agreement, current_confirmation
from mediation.extensions import command, db
from mediation.models import Packet, Task
from tests.journeys import steps
from tests.journeys.table import Table


@pytest.fixture
def late(table: Table) -> Table:
    """The first instalment is over due, and the debtor is being urged."""
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    return table


@pytest.fixture
def defaulted(late: Table) -> Table:
    """Urging was in vain: the creditor chooses a way."""
    late.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="refused")
    return late


def test_the_step_of_default_offers_the_packets_that_fit_and_says_why_others_do_not(defaulted: Table) -> None:
    person = defaulted.opens("mediator", "routes")
    court = person.page.select_one("#court")
    assert [form["action"].split("/")[4].split("?")[0] for form in court.select("form")] == ["payment_order", "suit"]
    assert "并非每一方" in court.get_text() or "尚未" in court.get_text() or "没有" in court.get_text()


def test_a_packet_asked_for_beside_the_step_leads_back_to_it(defaulted: Table) -> None:
    task_id, person = defaulted.task_id("routes"), defaulted.person("mediator")
    person.get(f"/tasks/{task_id}")
    answer = person.client.post(
        f"/cases/{defaulted.case_id}/packets/suit?task={task_id}", data={"csrf_token": person.token()}
    )
    assert answer.headers["Location"].endswith(f"/tasks/{task_id}")
    assert db.session.scalars(select(Packet.way)).all() == ["suit"]


def test_what_the_creditor_takes_to_the_court_can_still_be_gathered_afterwards(defaulted: Table) -> None:
    defaulted.does("mediator", "routes", choice="sue", rest="watch", told_on=clock.today())
    db.session.rollback()
    found = ledger_of(current_agreement(defaulted.case_id))
    assert [row.state for row in found.rows] == ["court", "open", "open"]
    assert (found.rest, found.late) == (9000, [])
    assert {way.key: bool(way.closed) for way in packets.ways(current_agreement(defaulted.case_id))} == {
        "payment_order": False, "confirmation": True, "enforcement": True, "suit": False,
    }  # fmt: skip


def test_a_confirmed_agreement_is_enforced_and_not_sued_on(table: Table) -> None:
    steps.confirm_by_the_court(table)
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    assert current_confirmation(table.case_id).status == "confirmed"
    closed = {way.key: way.closed for way in packets.ways(current_agreement(table.case_id))}
    assert "206" in closed["suit"] or "二百零六" in closed["suit"]
    assert closed["payment_order"] == closed["suit"]
    table.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="refused")
    person = table.opens("mediator", "routes")
    person.submit({"choice": "sue", "rest": "watch", "told_on": clock.today().isoformat()}, status=422)
    assert closed["suit"] in person.page.select_one(".error-summary").get_text()


def test_urging_offers_a_change_by_consent_that_opens_its_flow(late: Table) -> None:
    person = late.opens("mediator", "urge")
    assert "agreement_change" in str(person.page.select_one("main"))
    person.post(f"/cases/{late.case_id}/beside/agreement_change")
    late.opens("mediator", "urge")
    assert "变更正在办理" not in late.person("mediator").text()  # nothing is drafted yet
    assert db.session.scalar(select(Task.id).where(Task.process_key == "agreement_change"))


def test_who_only_watches_gathers_nothing(defaulted: Table) -> None:
    person = defaulted.person("supervisor")
    person.get(f"/cases/{defaulted.case_id}/performance")
    assert not person.page.select("#court form")


def test_a_draft_of_the_step_survives_a_change_that_is_only_proposed(late: Table) -> None:
    person = late.opens("mediator", "urge")
    person.post(f"/cases/{late.case_id}/beside/agreement_change")
    with command():
        assert db.session.get_one(Task, late.task_id("urge")).status == "open"
