"""Arithmetic over FEEL values: what `+ - * / **` give for each pair of kinds, null where nothing is defined."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from . import temporal
from .budget import Run
from .errors import FeelError
from .values import NUMBERS, Range, YearsMonths, kind

_SPANS = (timedelta, YearsMonths)
_TEMPORAL = (date, time, timedelta, YearsMonths)


def calculated(compute: Callable[..., Decimal], *numbers: Decimal) -> Decimal | None:
    """A calculation on numbers: None where undefined (0/0, 1/0), refused beyond 10 to the 6144th."""
    try:
        return compute(*numbers)
    except Overflow:
        raise FeelError("number-range", "A number beyond 10 to the power of 6144 is not covered.") from None
    except (DivisionByZero, InvalidOperation):
        return None


def plus(left: Any, right: Any, run: Run) -> Any:
    """`left + right`: numbers, strings, durations, a moment and a duration."""
    if type(left) is Decimal and type(right) is Decimal:
        return calculated(NUMBERS.add, left, right)
    if isinstance(left, str) and isinstance(right, str):
        run.grow(len(left) + len(right))
        return left + right
    if isinstance(left, _TEMPORAL) and isinstance(right, _TEMPORAL):
        return temporal.add(left, right)
    return undefined("+", left, right, run)


def minus(left: Any, right: Any, run: Run) -> Any:
    """`left - right`: numbers, durations, two moments, a moment and a duration."""
    if type(left) is Decimal and type(right) is Decimal:
        return calculated(NUMBERS.subtract, left, right)
    if isinstance(left, _TEMPORAL) and isinstance(right, _TEMPORAL):
        return temporal.subtract(left, right)
    return undefined("-", left, right, run)


def times(left: Any, right: Any, run: Run) -> Any:
    """`left * right`: numbers, a duration and a number."""
    if type(left) is Decimal and type(right) is Decimal:
        return calculated(NUMBERS.multiply, left, right)
    if isinstance(left, _SPANS) and isinstance(right, Decimal):
        return temporal.scale(left, right)
    if isinstance(left, Decimal) and isinstance(right, _SPANS):
        return temporal.scale(right, left)
    return undefined("*", left, right, run)


def divided(left: Any, right: Any, run: Run) -> Any:
    """`left / right`: numbers, a duration by a number or by a duration; null by zero."""
    if type(left) is Decimal and type(right) is Decimal:
        return calculated(NUMBERS.divide, left, right)
    if isinstance(left, _SPANS) and isinstance(right, (Decimal, *_SPANS)):
        return temporal.divide(left, right)
    return undefined("/", left, right, run)


def power(left: Any, right: Any, run: Run) -> Any:
    """`left ** right` of numbers."""
    if type(left) is Decimal and type(right) is Decimal:
        run.work(20)
        if not left and not right:
            return Decimal(1)
        return calculated(NUMBERS.power, left, right)
    return undefined("**", left, right, run)


def undefined(operator: str, left: Any, right: Any, run: Run) -> None:
    """Null, with the reason kept for whoever asks."""
    run.warn(f"‘{operator}’ is not defined between {kind(left)} and {kind(right)}.")


ARITHMETIC: dict[str, Callable[[Any, Any, Run], Any]] = {
    "+": plus, "-": minus, "*": times, "/": divided, "**": power,
}


def negated(value: Any, run: Run) -> Any:
    """`-value` of a number or a duration."""
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if isinstance(value, timedelta):
        return temporal.subtract(timedelta(), value)
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    run.warn(f"‘-’ is not defined for {kind(value)}.")
    return None


_RANGE_MEMBERS = {
    "start": "low", "end": "high", "start included": "low_included", "end included": "high_included",
}


def member(value: Any, name: str, run: Run) -> Any:
    """`value.name`: an entry of a context, a property of a moment, duration or range; over a list, of each element."""
    if type(value) is dict:
        if name not in value:
            run.warn(f"The context has no entry ‘{name}’.")
        return value.get(name)
    if type(value) is list:
        run.grow(len(value))
        return [member(item, name, run) for item in value]
    if isinstance(value, _TEMPORAL):
        return temporal.member(value, name)
    if isinstance(value, Range) and name in _RANGE_MEMBERS:
        return getattr(value, _RANGE_MEMBERS[name])
    run.warn(f"{kind(value)} has no member ‘{name}’.")
    return None


def element(items: list[Any], index: Decimal, run: Run) -> Any:
    """The element at a position from 1, or from -1 backwards; null where there is none."""
    if index != index.to_integral_value() or not index or abs(index) > len(items):
        run.warn(f"A list of {len(items)} has no element {index}.")
        return None
    return items[int(index) - 1 if index > 0 else int(index)]
