"""Dates, times and durations: how they are read, written, taken apart and computed with (DMN 1.3, 10.3.2.3)."""
from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import FeelError
from .values import NUMBERS, YearsMonths, on_line, zone_undated

_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][A-Za-z0-9_+/-]*)?", re.ASCII)
_DAYS = re.compile(r"(-)?P(?:(\d+)D)?(?:(T)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 10 ** 15


def read_date(text: str) -> date | None:
    """A date from its ISO text, None where it is none; years outside 1 to 9999 are refused."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    return make_date(year, month, day)


def make_date(year: int, month: int, day: int) -> date | None:
    """A date from its parts, None where there is no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= 31 or abs(year) > 999_999_999:
        return None
    if not 1 <= year <= 9999:
        raise FeelError("date-range", f"The year {year} is not covered; years go from 1 to 9999.")
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """A time of day from its ISO text with optional offset or `@Zone`, None where it is none."""
    found = _TIME.fullmatch(text)
    if found is None and text.endswith("z") and _TIME.fullmatch(text[:-1]):
        raise FeelError("unsupported", "Write the ‘Z’ of UTC as a capital.")
    if found is None:
        return None
    hour, minute, second = (int(part) for part in found.groups()[:3])
    if (hour, minute, second) == (24, 0, 0):
        raise FeelError("unsupported", "24:00:00 is not covered; write 00:00:00 of the next day.")
    if hour > 23 or minute > 59 or second > 59:
        return None
    known, zone = _read_zone(found[5])
    return time(hour, minute, second, _microseconds(found[4]), tzinfo=zone) if known else None


def read_date_and_time(text: str) -> datetime | None:
    """A date and time from its ISO text; a date alone means its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = read_date(day_text)
    if day is None or not separator:
        return None if day is None else datetime.combine(day, time())
    clock = read_time(time_text)
    return None if clock is None else datetime.combine(day, clock)


def _microseconds(fraction: str | None) -> int:
    digits = (fraction or "").rstrip("0")
    if len(digits) > 6:
        raise FeelError("unsupported", "Fractions of a second finer than a microsecond are not covered.")
    return int(digits.ljust(6, "0"))


def _read_zone(text: str | None) -> tuple[bool, tzinfo | None]:
    if text is None:
        return True, None
    if text == "Z":
        return True, UTC
    if text.startswith("@"):
        zone = named_zone(text[1:])
        return zone is not None, zone
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    offset = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    if minutes > 59 or sum(seconds) > 59 or offset > timedelta(hours=18):
        return False, None
    if offset > timedelta(hours=14):
        raise FeelError("unsupported", "Offsets beyond 14 hours are not covered.")
    return True, fixed_zone(-offset if text[0] == "-" else offset)


def fixed_zone(offset: timedelta) -> tzinfo:
    """The zone with that offset."""
    return timezone(offset) if offset else UTC


@lru_cache(maxsize=256)
def named_zone(name: str) -> ZoneInfo | None:
    """The zone of the tz database with that name, None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def read_duration(text: str) -> timedelta | YearsMonths | None:
    """A duration from its ISO text: days and time, or years and months, never both."""
    found = _MONTHS.fullmatch(text)
    if found is not None and (found[2] or found[3]):
        months = _bounded(found[2]) * 12 + _bounded(found[3])
        return YearsMonths(-months if found[1] else months)
    return _read_days(text)


def _read_days(text: str) -> timedelta | None:
    found = _DAYS.fullmatch(text)
    if found is None:
        return None
    sign, days, has_time, hours, minutes, seconds, fraction = found.groups()
    if not (days or has_time) or (has_time and not (hours or minutes or seconds)):
        return None
    total = timedelta_of(((_bounded(days) * 24 + _bounded(hours)) * 60 + _bounded(minutes)) * 60 + _bounded(seconds))
    total += timedelta(microseconds=_microseconds(fraction))
    return -total if sign else total


def _bounded(digits: str | None) -> int:
    if digits and len(digits) > 15:
        raise FeelError("date-range", "A duration this long is not covered.")
    return int(digits or 0)


def timedelta_of(seconds: int, microseconds: int = 0) -> timedelta:
    """A days-and-time duration of that many seconds; refused beyond some 2.7 million years."""
    try:
        return timedelta(seconds=seconds, microseconds=microseconds)
    except OverflowError:
        raise FeelError("date-range", "A duration this long is not covered.") from None


def years_months(months: int) -> YearsMonths:
    """A years-and-months duration; refused where absurdly long."""
    if abs(months) > _LARGEST:
        raise FeelError("date-range", "A duration this long is not covered.")
    return YearsMonths(months)


def read_literal(text: str) -> Any:
    """What `@"text"` stands for, None where it is no date, time or duration."""
    for reader in (read_date, read_time, read_date_and_time, read_duration):
        value = reader(text)
        if value is not None:
            return value
    return None


def midnight_utc(day: date) -> datetime:
    """A date as the date and time at which it begins in UTC."""
    return datetime.combine(day, time(tzinfo=UTC))


# --- text ---------------------------------------------------------------------------------------------------------


def write(value: Any) -> str:
    """The ISO text of a date, time, date and time, or duration, as FEEL writes it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}".rjust(10, "0") + "T" + _write_time(value.timetz())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return _write_time(value)
    if isinstance(value, YearsMonths):
        return _write_months(value.months)
    return _write_days(value)


def _write_time(value: time) -> str:
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{fraction}{_write_zone(value)}"


def _write_zone(value: time) -> str:
    if value.tzinfo is None:
        return ""
    if isinstance(value.tzinfo, ZoneInfo):
        return f"@{value.tzinfo.key}"
    offset = value.utcoffset() or timedelta()
    if not offset:
        return "Z"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    tail = f":{seconds:02}" if seconds else ""
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}{tail}"


def _write_months(months: int) -> str:
    years, rest = divmod(abs(months), 12)
    parts = (f"{years}Y" if years else "") + (f"{rest}M" if rest or not years else "")
    return f"{'-' if months < 0 else ''}P{parts}"


def _write_days(value: timedelta) -> str:
    days, hours, minutes, seconds = duration_parts(abs(value))
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{seconds:f}S" if seconds else "")
    parts = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{'-' if value < timedelta() else ''}P{parts or 'T0S'}"


def duration_parts(value: timedelta) -> tuple[int, int, int, Decimal]:
    """Days, hours, minutes and seconds of a duration, all with its sign."""
    sign = -1 if value < timedelta() else 1
    microseconds = abs(value) // _MICROSECOND
    minutes, rest = divmod(microseconds, 60_000_000)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    seconds = Decimal(rest // 1_000_000) if rest % 1_000_000 == 0 else (Decimal(rest) / 1_000_000).normalize()
    return sign * days, sign * hours, sign * minutes, sign * seconds


# --- properties -----------------------------------------------------------------------------------------------------


def member(value: Any, name: str) -> Any:
    """A property of a date, time or duration (DMN 1.3, tables 65 and 66); None where it has none of that name."""
    if isinstance(value, timedelta):
        names = ("days", "hours", "minutes", "seconds")
        return Decimal(duration_parts(value)[names.index(name)]) if name in names else None
    if isinstance(value, YearsMonths):
        return _months_member(value.months, name)
    found = _date_member(value, name) if isinstance(value, date) else None
    return found if found is not None or type(value) is date else _clock_member(value, name)


def _months_member(months: int, name: str) -> Decimal | None:
    sign = -1 if months < 0 else 1
    years, rest = divmod(abs(months), 12)
    return {"years": Decimal(sign * years), "months": Decimal(sign * rest)}.get(name)


def _date_member(value: date, name: str) -> Decimal | None:
    if name == "weekday":
        return Decimal(value.isoweekday())
    return Decimal(getattr(value, name)) if name in ("year", "month", "day") else None


def _clock_member(value: Any, name: str) -> Any:
    if name in ("hour", "minute"):
        return Decimal(getattr(value, name))
    if name == "second":
        return Decimal(value.second) + (Decimal(value.microsecond) / 1_000_000).normalize()
    if name == "time offset":
        return value.utcoffset()
    if name == "timezone":
        return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
    return None


# --- arithmetic -----------------------------------------------------------------------------------------------------


def add(left: Any, right: Any) -> Any:
    """The sum where one side is temporal; None where the specification knows none."""
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _guarded(lambda: left + right)
    if isinstance(left, YearsMonths):
        if isinstance(right, YearsMonths):
            return years_months(left.months + right.months)
        return _plus_months(right, left.months) if isinstance(right, date) else None
    if isinstance(right, YearsMonths):
        return _plus_months(left, right.months) if isinstance(left, date) else None
    if isinstance(right, timedelta):
        return _plus_days(left, right)
    return _plus_days(right, left) if isinstance(left, timedelta) else None


def subtract(left: Any, right: Any) -> Any:
    """The difference where the left side is temporal; None where the specification knows none."""
    if isinstance(left, (date, time)) and isinstance(right, (date, time)):
        return _between(left, right)
    if isinstance(left, (timedelta, YearsMonths)) and type(left) is not type(right):
        return None
    if isinstance(right, timedelta):
        return add(left, _guarded(lambda: -right))
    return add(left, YearsMonths(-right.months)) if isinstance(right, YearsMonths) else None


def _guarded(compute: Any) -> Any:
    try:
        return compute()
    except OverflowError:
        raise FeelError("date-range", "The result lies outside the years 1 to 9999.") from None


def _plus_months(start: date, months: int) -> date | None:
    """The same day so many months on, or the last day of that month where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise FeelError("date-range", "The result lies outside the years 1 to 9999.")
    return start.replace(year=year, month=month + 1, day=min(start.day, days_in(year, month + 1)))


def days_in(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _plus_days(start: Any, span: timedelta) -> Any:
    if isinstance(start, datetime):
        return _guarded(lambda: _moment_plus(start, span))
    if isinstance(start, date):
        return _guarded(lambda: (datetime.combine(start, time()) + span).date())
    if isinstance(start, time):
        moved = datetime.combine(date(2000, 1, 1), start.replace(tzinfo=None)) + timedelta(
            microseconds=span // _MICROSECOND % 86_400_000_000)
        return moved.time().replace(tzinfo=start.tzinfo)
    return None


def _moment_plus(start: datetime, span: timedelta) -> datetime:
    """Along the line of UTC where a zone is known, so that a day across a clock change has 24 hours."""
    if isinstance(start.tzinfo, ZoneInfo):
        return (start.astimezone(UTC) + span).astimezone(start.tzinfo)
    return start + span


def _between(left: Any, right: Any) -> timedelta | None:
    if isinstance(left, time) or isinstance(right, time):
        if type(left) is not type(right):
            return None
        if left.tzinfo is not None and left.tzinfo == right.tzinfo:
            left, right = left.replace(tzinfo=None), right.replace(tzinfo=None)
        if zone_undated(left) or zone_undated(right):
            return None
    elif type(left) is date and type(right) is date:
        return left - right
    else:
        left = midnight_utc(left) if type(left) is date else left
        right = midnight_utc(right) if type(right) is date else right
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    return on_line(left) - on_line(right)


def scale(span: timedelta | YearsMonths, factor: Decimal) -> timedelta | YearsMonths:
    """A duration times a number, cut towards zero to whole months or microseconds."""
    if isinstance(span, YearsMonths):
        return years_months(_whole(NUMBERS.multiply(Decimal(span.months), factor)))
    return timedelta_of(0, _whole(NUMBERS.multiply(Decimal(span // _MICROSECOND), factor)))


def divide(span: timedelta | YearsMonths, divisor: Any) -> Any:
    """A duration by a number (a duration) or by one of its kind (a number); None where there is no result."""
    if isinstance(divisor, Decimal):
        return scale_down(span, divisor)
    if type(span) is not type(divisor):
        return None
    above, below = _units(span), _units(divisor)
    return NUMBERS.divide(above, below) if below else None


def scale_down(span: timedelta | YearsMonths, divisor: Decimal) -> timedelta | YearsMonths | None:
    """A duration divided by a number; None for zero."""
    if not divisor:
        return None
    quotient = _whole(NUMBERS.divide(_units(span), divisor))
    return years_months(quotient) if isinstance(span, YearsMonths) else timedelta_of(0, quotient)


def _units(span: timedelta | YearsMonths) -> Decimal:
    return Decimal(span.months if isinstance(span, YearsMonths) else span // _MICROSECOND)


def _whole(number: Decimal) -> int:
    if number.adjusted() > 20:
        raise FeelError("date-range", "A duration this long is not covered.")
    return int(number)
