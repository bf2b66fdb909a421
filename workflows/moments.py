"""When a deadline or timer falls due: dates, durations and cycles as moments in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel.temporal import add, read_date, read_date_and_time, read_duration, write
from workflows.feel.values import YearsMonths

SHANGHAI = ZoneInfo("Asia/Shanghai")
_CYCLE = re.compile(r"R(\d*)/(?:([^/]+)/)?(P[^/]+)")

Span = timedelta | YearsMonths


@dataclass(frozen=True)
class Cycle:
    """A repeating timer: when it falls due first, its span as ISO text, and how often (-1: without end)."""

    first: datetime
    every: str
    times: int


def moment(value: Any, now: datetime) -> datetime:
    """The UTC moment meant by a date, date and time, duration, or the ISO text of one.

    A date ends at 24:00 Asia/Shanghai; a date and time without offset is Shanghai time; a duration counts from `now`.
    Raises ValueError for anything else.
    """
    if isinstance(value, str):
        value = _read(value)
    if isinstance(value, datetime):
        local = value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
        return local.astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)
    if isinstance(value, timedelta | YearsMonths):
        return later(now, value)
    raise ValueError("no date, date and time or duration")


def later(start: datetime, span: Span) -> datetime:
    """A moment plus a duration; months are counted on the calendar of Shanghai."""
    if isinstance(span, timedelta):
        return (start + span).astimezone(UTC)
    local = start.astimezone(SHANGHAI)
    day = add(local.date(), span)
    if day is None:
        raise ValueError("the date lies outside the calendar")
    return datetime.combine(day, local.timetz()).astimezone(UTC)


def cycle(value: Any, now: datetime) -> Cycle:
    """A repeating timer from ISO text such as `R3/P1D`, `R/PT12H` or `R2/2026-12-01T09:00:00+08:00/P1M`.

    Raises ValueError when it is none, or when its span is not longer than nothing.
    """
    found = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError("no repetition such as R3/P1D")
    times, start, every = found.groups()
    span = read_duration(every)
    if span is None or later(now, span) <= now:
        raise ValueError("the span of a repetition is longer than nothing")
    first = moment(start, now) if start else later(now, span)
    return Cycle(first, write(span), int(times) if times else -1)


def following(due: datetime, every: str) -> datetime:
    """The moment after `due` in a cycle with that span."""
    span = read_duration(every)
    if span is None:
        raise ValueError("no duration")
    return later(due, span)


def _read(text: str) -> Any:
    text = text.strip()
    if text.startswith(("P", "-P")):
        return read_duration(text)
    return read_date_and_time(text) if "T" in text else read_date(text)
