"""What a FEEL expression computes with: the kinds of value, when two are equal, which comes first.

Numbers are `Decimal` (34 digits, half even), strings `str`, booleans `bool`, null `None`, lists `list`, contexts
`dict`; dates, times and days-and-time durations are Python's own; the other durations, ranges and functions are here.
"""
from __future__ import annotations

import decimal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .errors import FeelError

if TYPE_CHECKING:
    from .budget import Run
    from .types import FeelType

NUMBERS = decimal.Context(
    prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years-and-months duration, as its number of months (negative too)."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """An interval as a value; `operator` is set for the one-sided forms such as `(> 5)`, whose other end is None."""

    low: Any
    high: Any
    low_included: bool
    high_included: bool
    operator: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value: parameter names, their types where declared, and `body(run, arguments)`.

    `open_ended` takes any number of arguments; `owner` is the built-in that the value stands for.
    """

    parameters: tuple[str, ...]
    body: Callable[[Run, list[Any]], Any]
    types: tuple[FeelType | None, ...] = ()
    name: str = "function"
    open_ended: bool = False
    owner: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """A function handed in by the caller: `call(*values)` takes and gives FEEL values; `parameters` name them.

    Raising FeelError refuses the expression; any other exception becomes the refusal `function-failed`.
    """

    call: Callable[..., Any]
    parameters: tuple[str, ...] = ()


KINDS: dict[type, str] = {
    type(None): "Null", bool: "boolean", Decimal: "number", str: "string", list: "list", dict: "context",
    date: "date", time: "time", datetime: "date and time", timedelta: "days and time duration",
    YearsMonths: "years and months duration", Range: "range", Function: "function",
}
_ORDERED = frozenset({"number", "string", "days and time duration", "years and months duration", "date"})


def kind(value: Any) -> str:
    """The FEEL name of a value's type."""
    return KINDS[type(value)]


def equal(left: Any, right: Any, run: Run) -> bool | None:
    """`left = right`: null equals null only; different kinds give null (DMN 1.3, table 53)."""
    left_type, right_type = type(left), type(right)
    if left_type is not right_type:
        return False if left is None or right is None else None
    if left_type is Decimal or left_type is str or left_type is bool or left is None:
        return bool(left == right)
    return _equal_structured(left, right, run)


def _equal_structured(left: Any, right: Any, run: Run) -> bool | None:
    run.work()
    if left is right:
        return True
    if isinstance(left, list):
        return len(left) == len(right) and all(same(a, b, run) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key], run) for key in left)
    if isinstance(left, Range):
        return _equal_ranges(left, right, run)
    if isinstance(left, (datetime, time)):
        return _equal_moments(left, right)
    return bool(left == right)


def same(left: Any, right: Any, run: Run) -> bool:
    """Whether two values are equal for certain; null counts as not equal. Lists and contexts nest at most 100 deep."""
    run.depth += 1
    if run.depth > 4 * run.budget.depth:
        raise FeelError("nesting", "Values nested too deeply to be compared.")
    try:
        return equal(left, right, run) is True
    finally:
        run.depth -= 1


def _equal_ranges(left: Range, right: Range, run: Run) -> bool:
    shape = (left.low_included, left.high_included, left.operator)
    if shape != (right.low_included, right.high_included, right.operator):
        return False
    return same(left.low, right.low, run) and same(left.high, right.high, run)


def _equal_moments(left: Any, right: Any) -> bool:
    """Times and dates with time are equal when all their properties are, offset and zone too (table 53)."""
    if left.replace(tzinfo=None) != right.replace(tzinfo=None):
        return False
    return zone_name(left) == zone_name(right) and left.utcoffset() == right.utcoffset()


def zone_name(value: datetime | time) -> str | None:
    """The named zone of a time or date and time, None where it has an offset or nothing."""
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def zone_undated(value: Any) -> bool:
    """Whether this is a time of day in a named zone whose offset depends on the date."""
    return isinstance(value, time) and value.tzinfo is not None and value.utcoffset() is None


def on_line(value: Any) -> timedelta:
    """A time or date and time as the distance from a fixed origin, in UTC where an offset is known."""
    if isinstance(value, datetime):
        since = value.replace(tzinfo=None) - datetime(1, 1, 1)
    else:
        since = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return since - (value.utcoffset() or timedelta())


def less(left: Any, right: Any) -> bool | None:
    """`left < right`; null unless both are of one ordered kind (DMN 1.3, table 54)."""
    left_type = type(left)
    if left_type is not type(right):
        return None
    if left_type is Decimal or left_type is str:
        return bool(left < right)
    name = KINDS[left_type]
    if name in _ORDERED:
        return bool(left < right)
    if name in ("time", "date and time"):
        return _earlier(left, right)
    return None


def _earlier(left: Any, right: Any) -> bool | None:
    if zone_undated(left) or zone_undated(right):
        if left.tzinfo == right.tzinfo:
            return bool(left.replace(tzinfo=None) < right.replace(tzinfo=None))
        raise FeelError("unsupported", "Times in different named zones cannot be compared without a date.")
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    return on_line(left) < on_line(right)


def compare(operator: str, left: Any, right: Any, run: Run) -> bool | None:
    """Any of `= != < <= > >=`, three-valued."""
    if operator == "=":
        return equal(left, right, run)
    if operator == "!=":
        return negation(equal(left, right, run))
    if operator == "<":
        return less(left, right)
    if operator == ">":
        return less(right, left)
    return negation(less(right, left) if operator == "<=" else less(left, right))


def negation(value: Any) -> bool | None:
    """Three-valued `not`; anything but a boolean gives null."""
    if value is True:
        return False
    return True if value is False else None


def conjunction(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued `and` of two truth values."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def within(value: Any, interval: Range, run: Run) -> bool | None:
    """Whether the value lies in the range; null where it cannot be compared."""
    if interval.operator:
        bound = interval.low if interval.low is not None else interval.high
        return compare(interval.operator, value, bound, run)
    above = compare(">=" if interval.low_included else ">", value, interval.low, run)
    below = compare("<=" if interval.high_included else "<", value, interval.high, run)
    return conjunction(above, below)


def unary_range(operator: str, bound: Any) -> Range:
    """The value of `(> bound)` and its like."""
    if operator in ("=", "!="):
        return Range(bound, bound, operator == "=", operator == "=", operator)
    if operator in (">", ">="):
        return Range(bound, None, operator == ">=", False, operator)
    return Range(None, bound, False, operator == "<=", operator)
