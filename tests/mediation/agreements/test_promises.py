"""What a debtor promises when urged is written down and reminded of; it moves no date that was signed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from mediation import clock
from mediation.extensions import db
from mediation.models import Entry, Promise, Task
from tests.journeys.table import Table


@pytest.fixture
def late(table: Table) -> Table:
    """The first instalment is over due, and the debtor is being urged."""
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    return table


def promise(table: Table, days: int = 5, **more: object) -> None:
    day = clock.today() + timedelta(days=days)
    table.does(
        "mediator", "urge", contacted_on=clock.today(), how="phone", response="promised", promised_on=day, **more
    )


def due_of(table: Table, element: str) -> object:
    return clock.day_of_deadline(db.session.get_one(Task, table.task_id(element)).due_at)


def test_a_promise_moves_no_due_date(late: Table) -> None:
    before = late.obligations()[0].due_on
    promise(late)
    owed = late.obligations()[0]
    assert (owed.due_on, owed.status, owed.promised_on(clock.today())) == (
        before,
        "defaulted",
        clock.today() + timedelta(days=5),
    )
    assert db.session.scalars(select(Entry).where(Entry.action == "promise-made")).one().details["day"]


def test_the_flow_waits_for_the_promised_day_and_urges_again(late: Table) -> None:
    promise(late)
    assert due_of(late, "receive") == clock.today() + timedelta(days=5)
    late.days_pass(6)
    assert "urge" in late.open_steps()
    assert late.obligations()[0].promised_on(clock.today()) is None


def test_an_instalment_that_falls_due_before_the_promised_day_is_watched(late: Table) -> None:
    following = late.obligations()[1].due_on
    promise(late, days=30)
    assert due_of(late, "receive") == following


def test_what_was_promised_is_paid(late: Table) -> None:
    promise(late)
    late.days_pass(3)
    late.does("mediator", "receive", result="received", received_on=clock.today(), how="transfer")
    owed = late.obligations()[0]
    assert (owed.status, owed.paid) == ("performed", Decimal("3000"))
    assert due_of(late, "receive") == late.obligations()[1].due_on


def test_a_part_that_came_in_counts_beside_the_promise(late: Table) -> None:
    promise(late, part_amount="1200", received_on=clock.today())
    owed = late.obligations()[0]
    assert (owed.rest, owed.status, len(owed.promises)) == (Decimal("1800"), "defaulted", 1)


def test_a_promise_for_today_is_none(late: Table) -> None:
    person = late.opens("mediator", "urge")
    person.submit({"response": "promised", "contacted_on": str(clock.today()), "how": "phone"}, button="_redraw=1")
    person.submit({"response": "promised", "promised_on": str(clock.today()), "how": "phone"}, status=422)
    assert db.session.scalar(select(Promise.id)) is None


def test_a_promise_is_taken_back_with_its_step(late: Table) -> None:
    task_id = late.task_id("urge")
    promise(late, part_amount="500", received_on=clock.today())
    late.person("mediator").post(f"/tasks/{task_id}/take-back")
    assert "urge" in late.open_steps()
    owed = late.obligations()[0]
    assert (owed.promises, owed.paid, owed.status) == ([], Decimal(0), "defaulted")


def test_what_the_creditor_says_was_paid_after_all_is_a_receipt(late: Table) -> None:
    late.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="unreached")
    late.does("mediator", "routes", choice="cured", rest="watch", told_on=clock.today())
    owed = late.obligations()[0]
    assert (owed.status, owed.paid) == ("performed", Decimal("3000"))


def test_nobody_was_urged_on_a_day_to_come(late: Table) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    late.does("mediator", "urge", status=422, contacted_on=tomorrow, how="phone", response="unreached")
    assert "urge" in late.open_steps()
