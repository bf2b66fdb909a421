"""The border of the language: JSON and Python values in, JSON out, and the tagged form that a stored state keeps."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from . import temporal
from .budget import MAX_NESTING, Run
from .errors import FeelError
from .values import NUMBERS, FeelFunction, Function, Range, YearsMonths, kind

TAG = "$feel"
_MOST_VALUES = 1_000_000
_READY = frozenset({bool, str, type(None), Decimal, YearsMonths, Range, Function, timedelta, date})
_SMALL = 10 ** 34


def from_python(value: Any) -> Any:
    """A Python or JSON value as a FEEL value; ints and floats become decimals, mappings contexts.

    Raises FeelError `value` for NaN, infinity, keys that are no text, or a type FEEL has no place for.
    """
    ready = type(value)
    if ready in _READY and ready is not Decimal:
        return value
    return _admit(value, 0, _Count())


from_json = from_python


class _Count:
    """How many values a conversion has met; shared references count each time."""

    __slots__ = ("left",)

    def __init__(self, most: int = _MOST_VALUES) -> None:
        self.left = most

    def take(self, depth: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise FeelError("size", "Too many values in one context or result.")
        if depth > MAX_NESTING:
            raise FeelError("nesting", f"A value nested deeper than {MAX_NESTING}.")


def _admit(value: Any, depth: int, count: _Count) -> Any:
    count.take(depth)
    if value is None or isinstance(value, (bool, YearsMonths, Range, Function)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, Mapping):
        return {_key(key): _admit(item, depth + 1, count) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_admit(item, depth + 1, count) for item in value]
    return _moment(value)


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise FeelError("value", f"The keys of a context are text, not {type(key).__name__}.")
    return str(key)


def _number(value: int | float | Decimal) -> Decimal:
    number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise FeelError("value", "NaN and infinity are no numbers here.")
    try:
        return NUMBERS.plus(number)
    except ArithmeticError:
        raise FeelError("number-range", "A number this large is not covered.") from None


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return datetime.combine(date(value.year, value.month, value.day), _clock(value.timetz())).replace(
            tzinfo=_zone(value), fold=value.fold)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if isinstance(value, time):
        return _clock(value).replace(tzinfo=_zone(value))
    if isinstance(value, timedelta):
        return timedelta(value.days, value.seconds, value.microseconds)
    if isinstance(value, FeelFunction) or callable(value):
        return external("function", value)
    raise FeelError("value", f"FEEL has no place for a {type(value).__name__}.")


def _clock(value: time) -> time:
    return time(value.hour, value.minute, value.second, value.microsecond)


def _zone(value: datetime | time) -> Any:
    """Offsets in one form, so that equal moments look alike; named zones stay."""
    if value.tzinfo is None or isinstance(value.tzinfo, ZoneInfo):
        return value.tzinfo
    offset = value.utcoffset()
    return timezone(offset) if offset else UTC


def admit(value: Any) -> Any:
    """`from_python`, quick for what needs no work; the compiler calls it for each variable read."""
    ready = type(value)
    if ready in _READY:
        return value if ready is not Decimal else _number(value)
    if ready is int and -_SMALL < value < _SMALL:
        return Decimal(value)
    return from_python(value)


def external(name: str, given: Any) -> Function:
    """A function handed in by the caller as a FEEL function value."""
    if isinstance(given, Function):
        return given
    call: Callable[..., Any] = given.call if isinstance(given, FeelFunction) else given
    parameters = given.parameters if isinstance(given, FeelFunction) else ()

    def body(run: Run, arguments: list[Any]) -> Any:
        try:
            return from_python(call(*arguments))
        except FeelError:
            raise
        except Exception as error:  # the caller's own code: whatever it raises must stay a refusal
            raise FeelError("function-failed", f"{name}: {type(error).__name__}: {error}") from error

    return Function(parameters, body, name=name, open_ended=not parameters)


# --- JSON -----------------------------------------------------------------------------------------------------------


def to_json(value: Any, *, exact: bool = False) -> Any:
    """A FEEL value as JSON: whole numbers as int, others as float (`exact`: as Decimal), moments as ISO text.

    Ranges are written as FEEL text; functions are refused.
    """
    return _out(value, 0, _Count(), exact)


def _out(value: Any, depth: int, count: _Count, exact: bool) -> Any:
    count.take(depth)
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Decimal):
        return json_number(value, exact)
    if isinstance(value, list):
        return [_out(item, depth + 1, count, exact) for item in value]
    if isinstance(value, dict):
        return {key: _out(item, depth + 1, count, exact) for key, item in value.items()}
    if isinstance(value, Range):
        return write_range(value, 0)
    if isinstance(value, Function):
        raise FeelError("value", "A function cannot leave the expression.")
    return temporal.write(value)


def json_number(value: Decimal, exact: bool = False) -> int | float | Decimal:
    """A number for JSON; refused beyond what JSON readers take."""
    if value and abs(value.adjusted()) > 300:
        raise FeelError("number-range", "A number this large or small does not fit JSON.")
    if value == value.to_integral_value():
        return int(value)
    return value.normalize(NUMBERS) if exact else float(value)


def write_value(value: Any, depth: int = 0, count: _Count | None = None) -> str:
    """A value as FEEL would write it in a list or context: strings quoted, moments bare."""
    count = count or _Count(64 * 1024)
    count.take(depth)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list):
        return "[" + ", ".join(write_value(item, depth + 1, count) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {write_value(item, depth + 1, count)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        return write_range(value, depth, count)
    return write_scalar(value)


def write_scalar(value: Any) -> str:
    """A number, boolean, null, moment or duration as text; a string as itself."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return write_number(value)
    if isinstance(value, Function):
        raise FeelError("value", "A function has no text.")
    return temporal.write(value)


def write_number(value: Decimal) -> str:
    """A number in plain digits without trailing zeros."""
    if abs(value.adjusted()) > 1000 and value:
        raise FeelError("number-range", "A number this large or small cannot be written out.")
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def write_range(value: Range, depth: int, count: _Count | None = None) -> str:
    """A range as FEEL writes it."""
    count = count or _Count(64 * 1024)
    if value.operator:
        bound = value.low if value.low is not None else value.high
        return f"({value.operator} {write_value(bound, depth + 1, count)})"
    low, high = write_value(value.low, depth + 1, count), write_value(value.high, depth + 1, count)
    return f"{'[' if value.low_included else '('}{low}..{high}{']' if value.high_included else ')'}"


# --- stored state ---------------------------------------------------------------------------------------------------


def dump(value: Any) -> Any:
    """A value as JSON with tags, so that `load` gives back what it was: `{"$feel": "date", "v": "2026-01-01"}`.

    Whole numbers stay plain; a context that has a key `$feel` of its own is wrapped. Functions are refused.
    """
    return _dump(from_python(value), 0, _Count())


def _dump(value: Any, depth: int, count: _Count) -> Any:
    count.take(depth)
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and value.adjusted() < 40
        return int(value) if whole else _tagged("number", str(value))
    if isinstance(value, list):
        return [_dump(item, depth + 1, count) for item in value]
    if isinstance(value, dict):
        entries = {key: _dump(item, depth + 1, count) for key, item in value.items()}
        return _tagged("context", entries) if TAG in value else entries
    if isinstance(value, Range):
        ends = [_dump(value.low, depth + 1, count), _dump(value.high, depth + 1, count)]
        return _tagged("range", [*ends, value.low_included, value.high_included, value.operator])
    if isinstance(value, Function):
        raise FeelError("value", "A function cannot be stored.")
    return _tagged(kind(value), temporal.write(value))


def _tagged(name: str, content: Any) -> dict[str, Any]:
    return {TAG: name, "v": content}


def load(value: Any) -> Any:
    """The FEEL value that `dump` wrote; raises FeelError `value` where the tags are not of its making."""
    return _load(value, 0, _Count())


def _load(value: Any, depth: int, count: _Count) -> Any:
    count.take(depth)
    if isinstance(value, list):
        return [_load(item, depth + 1, count) for item in value]
    if not isinstance(value, Mapping):
        return from_python(value)
    if TAG not in value:
        return {_key(key): _load(item, depth + 1, count) for key, item in value.items()}
    if set(value) != {TAG, "v"}:
        raise FeelError("value", f"A stored value with the key ‘{TAG}’ that is not ours.")
    return _untagged(value[TAG], value["v"], depth, count)


def _untagged(name: Any, content: Any, depth: int, count: _Count) -> Any:
    if name == "context" and isinstance(content, Mapping):
        return {_key(key): _load(item, depth + 1, count) for key, item in content.items()}
    if name == "range" and isinstance(content, list) and len(content) == 5:
        return Range(_load(content[0], depth + 1, count), _load(content[1], depth + 1, count), *content[2:])
    reader = _READERS.get(name) if isinstance(name, str) else None
    found = reader(content) if reader is not None and isinstance(content, str) else None
    if found is None:
        raise FeelError("value", f"A stored value tagged ‘{name}’ cannot be read.")
    return found


def _read_number(text: str) -> Decimal | None:
    try:
        return _number(Decimal(text))
    except ArithmeticError:
        return None


_READERS: dict[str, Callable[[str], Any]] = {
    "number": _read_number, "date": temporal.read_date, "time": temporal.read_time,
    "date and time": temporal.read_date_and_time, "days and time duration": temporal.read_duration,
    "years and months duration": temporal.read_duration,
}
