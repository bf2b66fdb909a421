"""The one source of time: tests move it, nothing else asks the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen or datetime.now(UTC)


def today() -> date:
    """The present day where the law is applied: Asia/Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as people in the centre read it off the wall."""
    return moment.astimezone(SHANGHAI)


def end_of(day: date) -> datetime:
    """24:00 of `day` in Asia/Shanghai, as UTC (民法典 203: the last day ends at 24:00)."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI).astimezone(UTC)


def start_of(day: date) -> datetime:
    """00:00 of `day` in Asia/Shanghai, as UTC."""
    return datetime.combine(day, datetime.min.time(), SHANGHAI).astimezone(UTC)


def day_of_deadline(due_at: datetime) -> date:
    """The calendar day on which a deadline ends; 24:00 still belongs to the day that it closes."""
    return local(due_at - timedelta(microseconds=1)).date()


def set_clock(moment: datetime | None) -> None:
    """Stop the clock at `moment`, or let it run again with None. For tests and the demonstration centre."""
    global _frozen
    _frozen = moment.astimezone(UTC) if moment else None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Live for a while at another moment."""
    before = _frozen
    set_clock(moment)
    try:
        yield
    finally:
        set_clock(before)
