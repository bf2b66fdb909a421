"""Counting periods as the law does: 民法典 200-204, working days by China's holidays and the days made up for them."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import chinese_calendar
from flask import g, has_app_context
from sqlalchemy import select

from mediation import clock
from mediation.extensions import db
from mediation.models import Holiday

Works = Callable[[date], bool]


@dataclass(frozen=True)
class Pause:
    """A stretch that is not counted: the day after `begin` is the first left out, `end` (None: it goes on) the last."""

    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Extension:
    """More time: a length counted from the last day reached so far, or up to a day agreed upon on `granted_on`."""

    length: int = 0
    unit: str = "calendar"
    until: date | None = None
    granted_on: date | None = None


@dataclass(frozen=True)
class Period:
    """What a period is made of. `start` is the day of the event, for hours its moment; `closes` ends the last day early.

    `unit` is working, calendar, month or hour.
    """

    start: date | datetime
    length: int
    unit: str
    closes: time | None = None
    pauses: Sequence[Pause] = ()
    extensions: Sequence[Extension] = ()


@dataclass(frozen=True)
class Counted:
    """The last day of a period, the moment at which it ends, and in what way it was reached."""

    last_day: date
    start: date
    length: int
    unit: str  # working, calendar, month, hour
    moved_from: date | None = None
    ends_at: datetime | None = None  # where it does not end at 24:00
    # Days off that were passed over while counting working days: name ("" a weekend) -> how many.
    skipped: Mapping[str, int] = field(default_factory=dict)
    paused_days: int = 0

    @property
    def due_at(self) -> datetime:
        """The last day ends at 24:00, or at closing time (民法典 203)."""
        return self.ends_at or clock.end_of(self.last_day)


def corrections() -> Mapping[date, bool]:
    """The administrator's corrections of the calendar: day -> works. Read once a request or job."""
    if not has_app_context():
        return {}
    if "calendar_corrections" not in g:
        rows = list(db.session.scalars(select(Holiday).order_by(Holiday.day)))
        g.calendar_corrections = {row.day: row.works for row in rows}
        g.correction_names = {row.day: row.name for row in rows}
    return g.calendar_corrections


def correction_names() -> Mapping[date, str]:
    """What the administrator called the days that were corrected."""
    corrections()
    return g.correction_names


def forget_corrections() -> None:
    """A correction was entered or removed: what counts from now on is read anew."""
    g.pop("calendar_corrections", None)


def is_working_day(day: date, corrected: Mapping[date, bool] | None = None) -> bool:
    """Whether `day` is worked in China. Years the published calendar does not know yet count Monday to Friday."""
    known = corrections() if corrected is None else corrected
    if day in known:
        return known[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def calendar_with(day: date | None = None, works: bool | None = None) -> Works:
    """The calendar as it is now, whatever is corrected later, but with `day` worked, off or (None) as published."""
    known = {**corrections()}
    if day is not None:
        known.pop(day, None)
        if works is not None:
            known[day] = works
    return lambda one: is_working_day(one, known)


def calendar_covers(year: int) -> bool:
    """Whether the State Council's holidays of `year` are known; the doctor warns when they are not."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def day_name(day: date) -> str:
    """What a day off is called in Chinese: by the administrator's correction, else the holiday; "" for a weekend."""
    if has_app_context():
        row = correction_names().get(day)
        if row is not None:
            return row
    try:
        _off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return ""
    return str(chinese_calendar.Holiday(name).chinese) if name else ""


def english_day_name(name: str) -> str:
    """The published holiday of that Chinese name in English; a name that an administrator gave stays as it is."""
    return next((str(one.value) for one in chinese_calendar.Holiday if one.chinese == name), name)


def working_days_after(start: date, days: int) -> Counted:
    """`days` working days; the day of the event is not counted."""
    return count(start, days, "working")


def calendar_days_after(start: date, days: int) -> Counted:
    """`days` days; a last day that is not worked moves on to the next that is (民法典 203)."""
    return count(start, days, "calendar")


def months_after(start: date, months: int) -> Counted:
    """To the same day of a later month, or that month's last day where there is none (民法典 202)."""
    return count(start, months, "month")


def count(start: date | datetime, length: int, unit: str) -> Counted:
    """One of the ways by its name in `decisions/clocks.dmn`: working, calendar, month, hour."""
    return reckon(Period(start, length, unit))


def reckon(period: Period, works: Works | None = None) -> Counted:
    """The period with its pauses and extensions. `works` stands in for the calendar, to see what a correction would do.

    The first day is not counted (民法典 201), a last day that is not worked moves on (203), days of a pause are left out.
    An hour runs on every day and at night, and its end is not moved.
    """
    if period.unit == "hour":
        return _hours(period)
    return _days(period, works or is_working_day)


def _hours(period: Period) -> Counted:
    begin = period.start if isinstance(period.start, datetime) else clock.start_of(period.start)
    ends_at = begin + timedelta(hours=period.length)
    for more in period.extensions:
        ends_at = clock.end_of(more.until) if more.until else ends_at + timedelta(hours=more.length)
    for pause in period.pauses:  # in the order of their beginnings: an earlier pause may carry the end past a later one
        if pause.end is not None and pause.begin < ends_at:
            ends_at += pause.end - max(pause.begin, begin)
    return Counted(clock.day_of_deadline(ends_at), clock.local(begin).date(), period.length, "hour", ends_at=ends_at)


def _days(period: Period, works: Works) -> Counted:
    start = day_of(period.start)
    left_out = _left_out(period.pauses)
    walk = _Walk(works, left_out)
    last, moved_from = walk.on(start, period.length, period.unit)
    for more in period.extensions:
        if more.until is not None:
            granted = more.granted_on or last
            last, moved_from = walk.on(granted, max((more.until - granted).days, 0), "calendar")
        else:
            last, moved_from = walk.on(last, more.length, more.unit)
    closing = datetime.combine(last, period.closes, clock.SHANGHAI) if period.closes else None
    return Counted(
        last, start, period.length, period.unit, moved_from, closing, dict(walk.skipped),
        sum(1 for day in left_out if start < day <= last),
    )  # fmt: skip


@dataclass
class _Walk:
    """Goes from day to day, past those of pauses, and remembers which days off it passed over."""

    works: Works
    left_out: frozenset[date]
    skipped: Counter[str] = field(default_factory=Counter)

    def on(self, start: date, length: int, unit: str) -> tuple[date, date | None]:
        """The last day of a stretch after `start`, and the day from which it was moved (None: it was not)."""
        if unit == "working":
            return self._worked(start, length), None
        days = (_month_later(start, length) - start).days if unit == "month" else length
        last = start
        while days:
            last += timedelta(days=1)
            days -= last not in self.left_out
        worked = last
        while not self.works(worked):
            worked += timedelta(days=1)
        return worked, last if worked != last else None

    def _worked(self, day: date, days: int) -> date:
        while days:
            day += timedelta(days=1)
            if day in self.left_out:
                continue
            if self.works(day):
                days -= 1
            else:
                self.skipped[day_name(day)] += 1
        return day


def _month_later(start: date, months: int) -> date:
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def _left_out(pauses: Sequence[Pause]) -> frozenset[date]:
    """The days of the pauses that are over; one that goes on has no last day yet."""
    found: set[date] = set()
    for pause in pauses:
        if pause.end is not None:
            begin, end = day_of(pause.begin), day_of(pause.end)
            found |= {begin + timedelta(days=n) for n in range(1, (end - begin).days + 1)}
    return frozenset(found)


def day_of(moment: date | datetime) -> date:
    """The day of a moment in Shanghai; a day itself."""
    return clock.local(moment).date() if isinstance(moment, datetime) else moment


def working_days_between(first: date, last: date) -> int:
    """How many working days come after `first` up to `last`; negative when `last` is the earlier."""
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
