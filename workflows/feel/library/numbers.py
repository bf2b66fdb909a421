"""Functions on numbers (DMN 1.3, 10.3.4.5) and the boolean one (10.3.4.2)."""
from __future__ import annotations

import decimal
from datetime import timedelta
from decimal import Decimal
from typing import Any

from .. import operators
from ..budget import Run
from ..registry import builtin
from ..values import NUMBERS, YearsMonths, negation

_SMALLEST_SCALE, _LARGEST_SCALE = -6111, 6176


def whole(number: Decimal) -> int | None:
    """A number as an int, None where it has a fraction or is beyond all lists."""
    if number != number.to_integral_value() or abs(number) > 10 ** 15:
        return None
    return int(number)


def rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal | None:
    """A number at so many decimal places; null for a scale that is not whole or out of range."""
    places = whole(scale)
    if places is None or not _SMALLEST_SCALE <= places <= _LARGEST_SCALE:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    if number.adjusted() < -places - 1:
        return _far_below(number, places, rounding)
    kept = decimal.Context(prec=100, rounding=rounding, Emin=-9999, Emax=9999, traps=[])
    result = number.quantize(Decimal(1).scaleb(-places, kept), context=kept)
    return operators.calculated(NUMBERS.plus, result) if result.is_finite() else None


def _far_below(number: Decimal, places: int, rounding: str) -> Decimal:
    """A number far smaller than the last place kept: nothing, or one unit of that place where rounding goes out."""
    away = rounding == decimal.ROUND_UP or (rounding == decimal.ROUND_CEILING and number > 0) or (
        rounding == decimal.ROUND_FLOOR and number < 0)
    if not away or not number:
        return Decimal(0)
    return Decimal((0 if number > 0 else 1, (1,), -places))


_ROUNDINGS = {
    "round up": decimal.ROUND_UP, "round down": decimal.ROUND_DOWN,
    "round half up": decimal.ROUND_HALF_UP, "round half down": decimal.ROUND_HALF_DOWN,
    "decimal": decimal.ROUND_HALF_EVEN,
}


def _declare(name: str, rounding: str) -> None:
    @builtin(name, "n: number, scale: number")
    def at_scale(run: Run, number: Decimal, scale: Decimal) -> Decimal | None:
        return rounded(number, scale, rounding)


for _name, _rounding in _ROUNDINGS.items():
    _declare(_name, _rounding)


@builtin("floor", "n: number")
@builtin("floor", "n: number, scale: number")
def floor(run: Run, number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    """The nearest value below."""
    return rounded(number, scale, decimal.ROUND_FLOOR)


@builtin("ceiling", "n: number")
@builtin("ceiling", "n: number, scale: number")
def ceiling(run: Run, number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    """The nearest value above."""
    return rounded(number, scale, decimal.ROUND_CEILING)


@builtin("abs", "n: number|days|months")
def absolute(run: Run, value: Decimal | timedelta | YearsMonths) -> Any:
    """The value without its sign."""
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return NUMBERS.abs(value) if isinstance(value, Decimal) else abs(value)


@builtin("modulo", "dividend: number, divisor: number")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """What is left of the division, with the sign of the divisor; null by zero."""
    if not divisor:
        return None
    if abs(dividend.adjusted() - divisor.adjusted()) > 400:
        return dividend if (dividend < 0) == (divisor < 0) and abs(dividend) < abs(divisor) else None
    exact = decimal.Context(prec=900, Emin=-99999, Emax=99999)
    rest = exact.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = exact.add(rest, divisor)
    return NUMBERS.plus(rest)


@builtin("sqrt", "number: number")
def square_root(run: Run, number: Decimal) -> Decimal | None:
    """The square root; null below zero."""
    return operators.calculated(NUMBERS.sqrt, number) if number >= 0 else None


@builtin("log", "number: number")
def logarithm(run: Run, number: Decimal) -> Decimal | None:
    """The natural logarithm; null for zero and below."""
    run.work(20)
    return operators.calculated(NUMBERS.ln, number) if number > 0 else None


@builtin("exp", "number: number")
def exponential(run: Run, number: Decimal) -> Decimal | None:
    """Euler's number to that power."""
    run.work(20)
    return operators.calculated(NUMBERS.exp, number)


@builtin("odd", "number: number")
def odd(run: Run, number: Decimal) -> bool | None:
    """Whether a whole number is odd; null for a fraction."""
    return _remainder_of_two(number, Decimal(1))


@builtin("even", "number: number")
def even(run: Run, number: Decimal) -> bool | None:
    """Whether a whole number is even; null for a fraction."""
    return _remainder_of_two(number, Decimal(0))


def _remainder_of_two(number: Decimal, wanted: Decimal) -> bool | None:
    if number != number.to_integral_value():
        return None
    if number.adjusted() > 34:
        return wanted == 0
    return abs(NUMBERS.remainder(number, Decimal(2))) == wanted


@builtin("not", "negand: any")
def negate(run: Run, negand: Any) -> bool | None:
    """Three-valued negation."""
    return negation(negand)
