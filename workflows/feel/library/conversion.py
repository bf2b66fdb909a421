"""Functions that make one kind of value from another (DMN 1.3, 10.3.4.1), and the two that ask the caller's clock."""
from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from .. import temporal
from ..budget import Run
from ..convert import write_scalar, write_value
from ..errors import FeelError
from ..registry import builtin
from ..values import NUMBERS, Range, YearsMonths
from .numbers import whole

_NUMERAL = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPING = (" ", ",", ".")


@builtin("date", "from: string|date|datetime")
def to_date(run: Run, source: Any) -> date | None:
    """A date from its text, or the day of a date and time."""
    if isinstance(source, str):
        return temporal.read_date(source)
    return source.date() if isinstance(source, datetime) else source


@builtin("date", "year: number, month: number, day: number")
def date_of(run: Run, year: Decimal, month: Decimal, day: Decimal) -> date | None:
    """A date from its parts."""
    parts = [whole(part) for part in (year, month, day)]
    return temporal.make_date(*parts) if None not in parts else None  # type: ignore[arg-type]


@builtin("time", "from: string|time|date|datetime")
def to_time(run: Run, source: Any) -> time | None:
    """A time of day from its text, or of a date and time; that of a date is left open, so it is refused."""
    if isinstance(source, str):
        return temporal.read_time(source)
    if isinstance(source, datetime):
        return source.timetz()
    if isinstance(source, date):
        raise FeelError("unsupported", "The time of a date is not covered.")
    return source


@builtin("time", "hour: number, minute: number, second: number, offset: days?")
def time_of(run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> time | None:
    """A time of day from its parts; null where there is none such."""
    hours, minutes, seconds = whole(hour), whole(minute), whole(second.to_integral_value("ROUND_FLOOR"))
    if hours is None or minutes is None or seconds is None:
        return None
    fraction = NUMBERS.multiply(NUMBERS.subtract(second, Decimal(seconds)), Decimal(1_000_000))
    if fraction != fraction.to_integral_value():
        raise FeelError("unsupported", "Fractions of a second finer than a microsecond are not covered.")
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60):
        return None
    if offset is not None and abs(offset) > timedelta(hours=14):
        return None
    return time(hours, minutes, seconds, int(fraction), tzinfo=None if offset is None else temporal.fixed_zone(offset))


@builtin("date and time", "from: string|date|datetime")
def to_date_and_time(run: Run, source: Any) -> datetime | None:
    """A date and time from its text; from a date without a time it is refused."""
    if isinstance(source, str):
        return temporal.read_date_and_time(source)
    if not isinstance(source, datetime):
        raise FeelError("unsupported", "‘date and time’ of a date needs a time as well.")
    return source


@builtin("date and time", "date: date|datetime, time: time")
def date_and_time_of(run: Run, day: date, clock: time) -> datetime:
    """The date of the one at the time of the other."""
    return datetime.combine(day.date() if isinstance(day, datetime) else day, clock)


@builtin("duration", "from: string|days|months")
def to_duration(run: Run, source: Any) -> Any:
    """A duration from its text."""
    return temporal.read_duration(source) if isinstance(source, str) else source


@builtin("years and months duration", "from: date|datetime, to: date|datetime")
def years_and_months(run: Run, start: date, end: date) -> YearsMonths:
    """The whole months between two dates."""
    first, last = (day.date() if isinstance(day, datetime) else day for day in (start, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)


@builtin("number", "from: string")
@builtin("number", "from: string, grouping separator: string|null, decimal separator: string|null")
def to_number(run: Run, text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    """A number from its text, with the separators named; null where it is none."""
    if (grouping is not None and grouping not in _GROUPING) or (point is not None and point not in (".", ",")):
        return None
    if grouping is not None and grouping == point:
        return None
    bare = text.replace(grouping, "") if grouping else text
    if point == ",":
        bare = bare.replace(".", "x").replace(",", ".")
    if not _NUMERAL.fullmatch(bare):
        return None
    try:
        return NUMBERS.create_decimal(bare)
    except ArithmeticError:
        raise FeelError("number-range", "A number this large is not covered.") from None


@builtin("number", "from: number")
def number_itself(run: Run, number: Decimal) -> Decimal:
    """A number as it is."""
    return number


@builtin("string", "from: any")
def to_string(run: Run, value: Any) -> str | None:
    """Any value as text; null stays null."""
    if value is None:
        return None
    text = write_value(value) if isinstance(value, (list, dict, Range)) else write_scalar(value)
    run.grow(len(text))
    return text


@builtin("now")
def now(run: Run) -> datetime:
    """The moment the caller says it is."""
    if run.now is None:
        raise FeelError("no-clock", "‘now’ is not available here: the caller gave no clock.")
    return run.now


@builtin("today")
def today(run: Run) -> date:
    """The day the caller says it is."""
    if run.now is None:
        raise FeelError("no-clock", "‘today’ is not available here: the caller gave no clock.")
    return run.now.date()
