"""Counting as 民法典 200-204 says, with China's holidays and the days made up for them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation import clock
from mediation.deadlines import (
    Extension,
    Pause,
    Period,
    calendar_days_after,
    count,
    is_working_day,
    months_after,
    reckon,
    working_days_after,
)

DAYS = st.dates(date(2025, 1, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # a Friday: the weekend is not worked
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the National Day holiday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday made up for the Spring Festival
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_working_days_leave_out_what_is_not_worked(start: date, days: int, last: date) -> None:
    assert working_days_after(start, days).last_day == last


@pytest.mark.parametrize(
    ("start", "days", "last", "moved_from"),
    [
        (date(2026, 10, 26), 30, date(2026, 11, 25), None),
        (date(2026, 9, 3), 30, date(2026, 10, 8), date(2026, 10, 3)),  # ends in the holiday, moves on to its end
        (date(2026, 11, 6), 15, date(2026, 11, 23), date(2026, 11, 21)),
    ],
)
def test_a_last_day_that_is_not_worked_moves_on(start: date, days: int, last: date, moved_from: date | None) -> None:
    counted = calendar_days_after(start, days)
    assert (counted.last_day, counted.moved_from) == (last, moved_from)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 10, 23), 1, date(2026, 11, 23)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # no 31 February; 28 is worked, made up for the Spring Festival
        (date(2026, 11, 30), 3, date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2025, 12, 24), 12, date(2026, 12, 24)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_one(start: date, months: int, last: date) -> None:
    assert months_after(start, months).last_day == last


@given(DAYS, st.integers(1, 60))
def test_a_working_day_period_has_exactly_so_many_working_days(start: date, days: int) -> None:
    last = working_days_after(start, days).last_day
    worked = sum(is_working_day(start + timedelta(days=n)) for n in range(1, (last - start).days + 1))
    assert worked == days
    assert is_working_day(last)


@given(DAYS, st.integers(0, 60), st.sampled_from(["working", "calendar", "month"]))
def test_no_period_ends_before_it_begins_and_longer_ones_never_end_earlier(start: date, length: int, unit: str) -> None:
    shorter, longer = count(start, length, unit), count(start, length + 1, unit)
    assert start <= shorter.last_day <= longer.last_day


def test_a_correction_of_the_calendar_wins() -> None:
    day = date(2026, 11, 25)
    assert is_working_day(day)
    assert not is_working_day(day, {day: False})


# --- hours, closing time, pauses, more time ---

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=clock.SHANGHAI)  # a Friday


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), clock.SHANGHAI)


def last(start: date, length: int, unit: str, *pauses: Pause, more: tuple[Extension, ...] = ()) -> date:
    return reckon(Period(start, length, unit, pauses=pauses, extensions=more)).last_day


def test_hours_run_through_the_night_and_the_weekend() -> None:
    counted = count(NOON, 72, "hour")
    assert (counted.due_at, counted.moved_from) == (NOON + timedelta(hours=72), None)
    assert reckon(Period(NOON, 72, "hour", pauses=[Pause(NOON, NOON + timedelta(hours=5))])).due_at == NOON + timedelta(
        hours=77
    )


def test_office_hours_end_the_last_day_early() -> None:
    counted = reckon(Period(date(2026, 11, 23), 3, "working", closes=time(17, 30)))
    assert clock.local(counted.due_at) == datetime(2026, 11, 26, 17, 30, tzinfo=clock.SHANGHAI)


@pytest.mark.parametrize(
    ("start", "months", "last_day"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),  # no 29 February in the year after
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),  # a Tuesday; that calendar is not published yet
    ],
)
def test_years_from_a_leap_day(start: date, months: int, last_day: date) -> None:
    assert months_after(start, months).last_day == last_day


def test_days_off_that_were_passed_over_are_named() -> None:
    assert dict(working_days_after(date(2026, 9, 30), 1).skipped) == {"国庆节": 7}
    assert dict(working_days_after(date(2026, 11, 20), 1).skipped) == {"": 2}


def test_a_pause_and_more_time_move_the_end() -> None:
    pause = Pause(at(date(2026, 11, 24)), at(date(2026, 11, 26)))
    assert last(date(2026, 11, 23), 3, "working") == date(2026, 11, 26)
    assert last(date(2026, 11, 23), 3, "working", pause) == date(2026, 11, 30)
    assert last(date(2026, 11, 23), 3, "working", pause, more=(Extension(2, "working"),)) == date(2026, 12, 2)
    agreed = Extension(until=date(2026, 12, 10), granted_on=date(2026, 11, 25))
    assert last(date(2026, 11, 23), 3, "working", more=(agreed,)) == date(2026, 12, 10)


def test_two_pauses_are_both_left_out() -> None:
    first = Pause(at(date(2026, 11, 24)), at(date(2026, 11, 26)))
    second = Pause(at(date(2026, 11, 30)), at(date(2026, 12, 1)))
    assert last(date(2026, 11, 23), 10, "calendar", first, second) == date(2026, 12, 7)  # the 6th is a Sunday


UNITS = st.sampled_from(["working", "calendar", "month"])
SPANS = st.tuples(st.integers(0, 20), st.integers(0, 30))


@given(DAYS, st.integers(1, 40), UNITS, SPANS)
def test_a_pause_never_brings_the_end_nearer_and_one_of_no_day_leaves_it(
    start: date, length: int, unit: str, span: tuple[int, int]
) -> None:
    begin = start + timedelta(days=span[0])
    paused = last(start, length, unit, Pause(at(begin), at(begin + timedelta(days=span[1]))))
    assert paused >= last(start, length, unit)
    assert last(start, length, unit, Pause(at(begin), at(begin))) == last(start, length, unit)


@given(DAYS, st.integers(1, 40), st.integers(1, 25))
def test_a_pause_of_so_many_working_days_moves_a_working_period_by_exactly_these(
    start: date, length: int, days: int
) -> None:
    begin = working_days_after(start, 0).last_day
    end = working_days_after(begin, days).last_day
    moved = last(start, length, "working", Pause(at(begin), at(end)))
    assert moved == last(start, length + days, "working")


@given(DAYS, st.integers(1, 30), SPANS, SPANS)
def test_pausing_twice_in_one_stretch_is_pausing_once(
    start: date, length: int, span: tuple[int, int], rest: tuple[int, int]
) -> None:
    begin = start + timedelta(days=span[0])
    middle, end = begin + timedelta(days=span[1]), begin + timedelta(days=span[1] + rest[1])
    twice = last(start, length, "calendar", Pause(at(begin), at(middle)), Pause(at(middle), at(end)))
    assert twice == last(start, length, "calendar", Pause(at(begin), at(end)))


@given(DAYS, st.integers(1, 40), UNITS, st.integers(1, 30), UNITS)
def test_more_time_never_ends_earlier_and_counting_again_changes_nothing(
    start: date, length: int, unit: str, more: int, more_unit: str
) -> None:
    period = Period(start, length, unit, extensions=(Extension(more, more_unit),))
    counted = reckon(period)
    assert counted.last_day > last(start, length, unit)
    assert reckon(period) == counted
    assert is_working_day(counted.last_day)
