"""Correcting the calendar: what it moves is shown first, and counted anew all at once when it is confirmed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from mediation import clock
from mediation.cases.clocks import start_clock
from mediation.extensions import db
from mediation.models import Deadline, Entry, Holiday
from tests.mediation.cases.disputes import register

FRIDAY = {"day": "2026-11-27", "name": "临时放假", "works": "no"}


@pytest.fixture
def running(house) -> Deadline:
    """Thirty working days from Monday, 23 November 2026: to 5 January 2027."""
    start_clock(register(house).case, "medical")
    db.session.commit()
    return db.session.scalars(select(Deadline)).one()


def last_day(row: Deadline) -> date:
    db.session.refresh(row)
    return clock.day_of_deadline(row.due_at)


def test_nothing_changes_before_it_is_confirmed(running, sign_in):
    before, person = last_day(running), sign_in("system_admin")
    person.get("/admin/holidays")
    page = person.submit(FRIDAY, form="#form")
    assert before.isoformat() in page.text
    assert last_day(running) == before
    assert db.session.scalars(select(Holiday)).all() == []


def test_a_confirmed_correction_counts_running_clocks_anew_and_its_removal_too(running, sign_in):
    before, person = last_day(running), sign_in("system_admin")
    person.get("/admin/holidays")
    person.submit(FRIDAY, form="#form")
    person.submit(form="#confirm")
    assert last_day(running) > before
    assert running.reckoning["skipped"]["临时放假"] == 1
    person.get("/admin/holidays?year=2026")
    person.submit(form='form[action="/admin/holidays/2026-11-27/remove"]')
    person.submit(form="#confirm")
    assert last_day(running) == before
    recounted = db.session.scalars(select(Entry).where(Entry.action == "clock-recounted")).all()
    assert [entry.subject for entry in recounted] == ["medical", "medical"]


def test_a_clock_that_is_over_or_ends_before_is_left_alone(running, sign_in):
    person = sign_in("system_admin")
    person.get("/admin/holidays")
    person.submit({"day": "2027-06-01", "name": "临时放假", "works": "no"}, form="#form")
    assert db.session.scalars(select(Holiday.day)).all() == [date(2027, 6, 1)]


@pytest.mark.parametrize(("year", "shown"), [(2026, "2026-10-10"), (2031, "2031")])
def test_a_year_lists_the_days_that_are_not_as_their_weekday_says(house, sign_in, year, shown):
    assert shown in sign_in("system_admin").get(f"/admin/holidays?year={year}").text
