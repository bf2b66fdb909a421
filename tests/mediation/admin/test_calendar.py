"""Correcting the calendar: what it moves is shown first, and counted anew all at once when it is confirmed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mediation import clock, flow
from mediation.cases.clocks import start_clock
from mediation.extensions import command, db
from mediation.models import Case, Deadline, Entry, Holiday, Referral, Task, WaitingEvent
from tests.house import join
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


@pytest.fixture
def handed_over(house) -> Case:
    """Sent to the housing bureau on Monday, to be signed for by Tuesday."""
    join(house, "housing", "housing", "liaison")
    case, dispatcher = register(house).case, house.users["dispatcher"]
    with command():
        asked = {"agency": "housing", "purpose": "核查", "answer_days": 5, "expects_answer": True}
        send = flow.start(case, "referral", asked, by=dispatcher).opened[0]
        send.claimed_by_id = dispatcher.id
    with command():
        flow.complete(send, {**asked, "decision": "send", "reason": "职责", "carries": []}, by=dispatcher)
    return case


def dates_of(case) -> list[date]:
    """The step of the agency, the timers at its edge, and until when the hand-over is not late."""
    task = select(Task.due_at).where(Task.case_id == case.id, Task.element_id == "sign")
    timers = select(WaitingEvent.due_at).where(WaitingEvent.case_id == case.id, WaitingEvent.element_id.like("sign_%"))
    late = select(Referral.sign_due_at).where(Referral.case_id == case.id)
    found = [
        *db.session.scalars(task),
        *db.session.scalars(timers.order_by(WaitingEvent.id)),
        *db.session.scalars(late),
    ]
    return [clock.day_of_deadline(moment) for moment in found]


TUESDAY = {**FRIDAY, "day": "2026-11-24"}


def test_a_correction_also_moves_the_dates_of_open_steps_and_their_timers(handed_over, sign_in):
    before, person = dates_of(handed_over), sign_in("system_admin")
    assert before[0] == date(2026, 11, 24)
    person.get("/admin/holidays")
    assert "签收或者退回" in person.submit(TUESDAY, form="#form").text
    assert dates_of(handed_over) == before
    person.submit(form="#confirm")
    assert dates_of(handed_over) == [day + timedelta(days=1) for day in before]
    told = db.session.scalars(select(Entry).where(Entry.action == "steps-recounted", Entry.chain == handed_over.id))
    moved = [step for entry in told for step in entry.details["steps"]]
    assert {"name": "签收或者退回", "before": "2026-11-24", "after": "2026-11-25"} in moved
    person.get("/admin/holidays?year=2026")
    person.submit(form='form[action="/admin/holidays/2026-11-24/remove"]')
    person.submit(form="#confirm")
    assert dates_of(handed_over) == before


def test_a_timer_that_somebody_has_moved_stays_where_it_was_put(handed_over, house, sign_in):
    put = clock.now() + timedelta(days=9)
    with command():
        flow.reschedule(handed_over, "sign_late", put, by=house.users["director"])
    person = sign_in("system_admin")
    person.get("/admin/holidays")
    person.submit(TUESDAY, form="#form")
    person.submit(form="#confirm")
    event = db.session.scalars(select(WaitingEvent).where(WaitingEvent.element_id == "sign_late")).one()
    assert event.due_at == put


def test_a_clock_that_is_over_or_ends_before_is_left_alone(running, sign_in):
    person = sign_in("system_admin")
    person.get("/admin/holidays")
    person.submit({"day": "2027-06-01", "name": "临时放假", "works": "no"}, form="#form")
    assert db.session.scalars(select(Holiday.day)).all() == [date(2027, 6, 1)]


@pytest.mark.parametrize(("year", "shown"), [(2026, "2026-10-10"), (2031, "2031")])
def test_a_year_lists_the_days_that_are_not_as_their_weekday_says(house, sign_in, year, shown):
    assert shown in sign_in("system_admin").get(f"/admin/holidays?year={year}").text
