"""Counting periods as the law does: 民法典 200-204, working days by China's holidays and the days made up for them."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import chinese_calendar
from flask import g, has_app_context
from sqlalchemy import select

from mediation import clock
from mediation.extensions import db
from mediation.models import Holiday


@dataclass(frozen=True)
class Counted:
    """The last day of a period, and in what way it was reached."""

    last_day: date
    start: date
    length: int
    unit: str  # working, calendar, month
    moved_from: date | None = None

    @property
    def due_at(self) -> datetime:
        """The last day ends at 24:00 (民法典 203)."""
        return clock.end_of(self.last_day)

    @property
    def words(self) -> str:
        """How it was counted, in Chinese; kept with the deadline."""
        unit = {"working": "个工作日", "calendar": "日", "month": "个月"}[self.unit]
        told = f"自 {self.start} 起算（开始当日不计入），{self.length} {unit}，至 {self.last_day} 24 时"
        return f"{told}；{self.moved_from} 为非工作日，顺延" if self.moved_from else told


def corrections() -> Mapping[date, bool]:
    """The administrator's corrections of the calendar: day -> works. Read once a request or job."""
    if not has_app_context():
        return {}
    if "calendar_corrections" not in g:
        g.calendar_corrections = {row.day: row.works for row in db.session.scalars(select(Holiday))}
    return g.calendar_corrections  # type: ignore[no-any-return]


def is_working_day(day: date, corrected: Mapping[date, bool] | None = None) -> bool:
    """Whether `day` is worked in China. Years the published calendar does not know yet count Monday to Friday."""
    known = corrections() if corrected is None else corrected
    if day in known:
        return known[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def calendar_covers(year: int) -> bool:
    """Whether the State Council's holidays of `year` are known; the doctor warns when they are not."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def working_days_after(start: date, days: int) -> Counted:
    """`days` working days; the day of the event is not counted."""
    last = start
    for _ in range(days):
        last = _next_working_day(last + timedelta(days=1))
    return Counted(last, start, days, "working")


def calendar_days_after(start: date, days: int) -> Counted:
    """`days` days; a last day that is not worked moves on to the next that is (民法典 203)."""
    return _moved(start + timedelta(days=days), start, days, "calendar")


def months_after(start: date, months: int) -> Counted:
    """To the same day of a later month, or that month's last day where there is none (民法典 202)."""
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return _moved(date(year, month, day), start, months, "month")


def _moved(last: date, start: date, length: int, unit: str) -> Counted:
    worked = _next_working_day(last)
    return Counted(worked, start, length, unit, last if worked != last else None)


def working_days_between(first: date, last: date) -> int:
    """How many working days come after `first` up to `last`; negative when `last` is the earlier."""
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def _next_working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def count(start: date, length: int, unit: str) -> Counted:
    """One of the three ways by its name in `decisions/clocks.dmn`: working, calendar, month."""
    ways = {"working": working_days_after, "calendar": calendar_days_after, "month": months_after}
    return ways[unit](start, length)
