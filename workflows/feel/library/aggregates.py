"""Functions that make one value of a list: extremes, sums, means, quantifiers (DMN 1.3, 10.3.4.4)."""
from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from .. import temporal
from ..budget import Run
from ..operators import calculated, plus
from ..registry import builtin
from ..values import NUMBERS, kind, less


def _spread(values: tuple[Any, ...]) -> list[Any]:
    """`f(list)` and `f(a, b, c)` are the same."""
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


def _numbers(values: tuple[Any, ...]) -> list[Decimal] | None:
    items = _spread(values)
    return items if all(type(item) is Decimal for item in items) else None


def _extreme(values: tuple[Any, ...], smallest: bool, run: Run) -> Any:
    items = _spread(values)
    if not items:
        return None
    best = items[0]
    if less(best, best) is None:
        return None
    for item in items[1:]:
        run.work()
        before = less(item, best) if smallest else less(best, item)
        if before is None:
            return None
        best = item if before else best
    return best


@builtin("min", "list: any...")
def smallest(run: Run, *values: Any) -> Any:
    """The smallest; null of nothing, or where they cannot be compared."""
    return _extreme(values, True, run) if values else None


@builtin("max", "list: any...")
def largest(run: Run, *values: Any) -> Any:
    """The largest; null of nothing, or where they cannot be compared."""
    return _extreme(values, False, run) if values else None


@builtin("sum", "list: any...")
def total(run: Run, *values: Any) -> Any:
    """The sum of numbers, or of durations of one kind; null of nothing."""
    items = _spread(values)
    if not items or kind(items[0]) not in ("number", "days and time duration", "years and months duration"):
        return None
    result = items[0]
    for item in items[1:]:
        run.work()
        if type(item) is not type(result):
            return None
        result = plus(result, item, run)
    return result


def _sum_of(numbers: list[Decimal]) -> Decimal:
    result = Decimal(0)
    for number in numbers:
        result = NUMBERS.add(result, number)
    return result


@builtin("mean", "list: any...")
def mean(run: Run, *values: Any) -> Any:
    """The arithmetic mean; null of nothing."""
    items = _spread(values)
    result = total(run, *values)
    if result is None or isinstance(result, Decimal):
        return None if result is None else calculated(NUMBERS.divide, result, Decimal(len(items)))
    return temporal.divide(result, Decimal(len(items)))


@builtin("product", "list: any...")
def product(run: Run, *values: Any) -> Decimal | None:
    """The product of numbers; null of nothing."""
    numbers = _numbers(values)
    if not numbers:
        return None
    result: Decimal | None = Decimal(1)
    for number in numbers:
        run.work()
        result = calculated(NUMBERS.multiply, result, number) if result is not None else None
    return result


@builtin("median", "list: any...")
def median(run: Run, *values: Any) -> Decimal | None:
    """The middle number, or the mean of the two in the middle; null of nothing."""
    numbers = _numbers(values)
    if not numbers:
        return None
    run.grow(len(numbers))
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    both = calculated(NUMBERS.add, ordered[middle - 1], ordered[middle])
    return None if both is None else calculated(NUMBERS.divide, both, Decimal(2))


@builtin("stddev", "list: any...")
def standard_deviation(run: Run, *values: Any) -> Decimal | None:
    """The standard deviation of a sample; null of fewer than two numbers."""
    numbers = _numbers(values)
    if numbers is None or len(numbers) < 2:
        return None
    run.work(2 * len(numbers))
    return calculated(_deviation, *numbers)


def _deviation(*numbers: Decimal) -> Decimal:
    average = NUMBERS.divide(_sum_of(list(numbers)), Decimal(len(numbers)))
    squares = [NUMBERS.multiply(apart, apart) for apart in (NUMBERS.subtract(number, average) for number in numbers)]
    return NUMBERS.sqrt(NUMBERS.divide(_sum_of(squares), Decimal(len(numbers) - 1)))


@builtin("mode", "list: any...")
def mode(run: Run, *values: Any) -> list[Decimal] | None:
    """The most frequent numbers, smallest first; empty for an empty list."""
    numbers = _numbers(values) if values else None
    if numbers is None:
        return None
    run.grow(len(numbers))
    tally: dict[Decimal, int] = {}
    for number in numbers:
        tally[number] = tally.get(number, 0) + 1
    most = max(tally.values(), default=0)
    return sorted(number for number, times in tally.items() if times == most)


@builtin("all", "list: any...")
def every(run: Run, *values: Any) -> bool | None:
    """False if one is false, true if all are true (or there are none), null otherwise."""
    return _quantify(values, False) if values else None


@builtin("any", "list: any...")
def some(run: Run, *values: Any) -> bool | None:
    """True if one is true, false if all are false (or there are none), null otherwise."""
    return _quantify(values, True) if values else None


def _quantify(values: tuple[Any, ...], decisive: bool) -> bool | None:
    items = _spread(values)
    if any(item is decisive for item in items):
        return decisive
    return not decisive if all(item is (not decisive) for item in items) else None


def ordering(items: list[Any]) -> list[Any]:
    """Values of one ordered kind, smallest first."""
    return sorted(items, key=cmp_to_key(lambda a, b: -1 if less(a, b) else 1 if less(b, a) else 0))
