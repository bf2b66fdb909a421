"""Counting as 民法典 200-204 says, with China's holidays and the days made up for them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.deadlines import calendar_days_after, count, is_working_day, months_after, working_days_after

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


def test_how_it_was_counted_is_said_in_words() -> None:
    words = calendar_days_after(date(2026, 9, 3), 30).words
    assert "2026-09-03" in words
    assert "2026-10-03 为非工作日" in words
