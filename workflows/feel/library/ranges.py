"""Functions that place points and ranges to one another (DMN 1.3, 10.3.4.7, table 78)."""
from __future__ import annotations

from typing import Any

from ..budget import Run
from ..errors import FeelError
from ..registry import BUILTINS, Builtin, Overload, builtin
from ..values import Range, compare, conjunction, negation, within

_POINT = "number|string|date|time|datetime|days|months"


def _bounded(*ranges: Any) -> None:
    for interval in ranges:
        if isinstance(interval, Range) and interval.operator:
            raise FeelError("unsupported", "Range functions over one-sided ranges are not covered.")


def _or(first: bool | None, second: bool | None) -> bool | None:
    return negation(conjunction(negation(first), negation(second)))


def _ordered(run: Run, left: Any, right: Any, both: bool) -> bool | None:
    """`left < right`, or `<=` where an open end allows the two to touch."""
    return compare("<=" if both else "<", left, right, run)


@builtin("before", f"point1: {_POINT}, point2: {_POINT}")
@builtin("before", f"point: {_POINT}, range: range")
@builtin("before", f"range: range, point: {_POINT}")
@builtin("before", "range1: range, range2: range")
def before(run: Run, first: Any, second: Any) -> bool | None:
    """Whether the first ends before the second begins."""
    _bounded(first, second)
    end, open_end = (first.high, not first.high_included) if isinstance(first, Range) else (first, False)
    start, open_start = (second.low, not second.low_included) if isinstance(second, Range) else (second, False)
    return _ordered(run, end, start, open_end or open_start)


@builtin("after", f"point1: {_POINT}, point2: {_POINT}")
@builtin("after", f"point: {_POINT}, range: range")
@builtin("after", f"range: range, point: {_POINT}")
@builtin("after", "range1: range, range2: range")
def after(run: Run, first: Any, second: Any) -> bool | None:
    """Whether the first begins after the second ends."""
    return before(run, second, first)


@builtin("meets", "range1: range, range2: range")
def meets(run: Run, first: Range, second: Range) -> bool | None:
    """Whether the second begins where the first ends, the point in both."""
    _bounded(first, second)
    touching = first.high_included and second.low_included
    return conjunction(touching, compare("=", first.high, second.low, run))


@builtin("met by", "range1: range, range2: range")
def met_by(run: Run, first: Range, second: Range) -> bool | None:
    """`meets`, the other way round."""
    return meets(run, second, first)


@builtin("overlaps", "range1: range, range2: range")
def overlaps(run: Run, first: Range, second: Range) -> bool | None:
    """Whether the two share a point."""
    _bounded(first, second)
    left = _ordered(run, second.low, first.high, first.high_included and second.low_included)
    right = _ordered(run, first.low, second.high, first.low_included and second.high_included)
    return conjunction(left, right)


@builtin("overlaps before", "range1: range, range2: range")
def overlaps_before(run: Run, first: Range, second: Range) -> bool | None:
    """Whether the first begins before the second and ends within it."""
    _bounded(first, second)
    starts_earlier = _or(
        compare("<", first.low, second.low, run),
        conjunction(compare("=", first.low, second.low, run), first.low_included and not second.low_included))
    reaches = _ordered(run, second.low, first.high, first.high_included and second.low_included)
    ends_earlier = _or(
        compare("<", first.high, second.high, run),
        conjunction(compare("=", first.high, second.high, run), not first.high_included or second.high_included))
    return conjunction(conjunction(starts_earlier, reaches), ends_earlier)


@builtin("overlaps after", "range1: range, range2: range")
def overlaps_after(run: Run, first: Range, second: Range) -> bool | None:
    """Whether the first begins within the second and ends after it."""
    _bounded(first, second)
    reaches = _ordered(run, first.low, second.high, first.low_included and second.high_included)
    starts_later = _or(
        compare("<", second.low, first.low, run),
        conjunction(compare("=", second.low, first.low, run), second.low_included or not first.low_included))
    ends_later = _or(
        compare("<", second.high, first.high, run),
        conjunction(compare("=", second.high, first.high, run), first.high_included and not second.high_included))
    return conjunction(conjunction(reaches, starts_later), ends_later)


@builtin("finishes", f"point: {_POINT}, range: range")
@builtin("finishes", "range1: range, range2: range")
def finishes(run: Run, first: Any, second: Range) -> bool | None:
    """Whether the first ends where the second does, and begins no earlier."""
    _bounded(first, second)
    if not isinstance(first, Range):
        return conjunction(second.high_included, compare("=", first, second.high, run))
    same_end = conjunction(first.high_included == second.high_included, compare("=", first.high, second.high, run))
    return conjunction(same_end, _begins_within(run, first, second))


def _begins_within(run: Run, first: Range, second: Range) -> bool | None:
    return _or(compare(">", first.low, second.low, run),
               conjunction(compare("=", first.low, second.low, run), not first.low_included or second.low_included))


def _ends_within(run: Run, first: Range, second: Range) -> bool | None:
    return _or(compare("<", first.high, second.high, run),
               conjunction(compare("=", first.high, second.high, run), not first.high_included or second.high_included))


@builtin("starts", f"point: {_POINT}, range: range")
@builtin("starts", "range1: range, range2: range")
def starts(run: Run, first: Any, second: Range) -> bool | None:
    """Whether the first begins where the second does, and ends no later."""
    _bounded(first, second)
    if not isinstance(first, Range):
        return conjunction(second.low_included, compare("=", first, second.low, run))
    same_start = conjunction(first.low_included == second.low_included, compare("=", first.low, second.low, run))
    return conjunction(same_start, _ends_within(run, first, second))


@builtin("during", f"point: {_POINT}, range: range")
@builtin("during", "range1: range, range2: range")
def during(run: Run, first: Any, second: Range) -> bool | None:
    """Whether the first lies wholly in the second."""
    _bounded(first, second)
    if not isinstance(first, Range):
        return within(first, second, run)
    return conjunction(_begins_within(run, first, second), _ends_within(run, first, second))


@builtin("coincides", f"point1: {_POINT}, point2: {_POINT}")
@builtin("coincides", "range1: range, range2: range")
def coincides(run: Run, first: Any, second: Any) -> bool | None:
    """Whether both are the same point, or the same range."""
    return compare("=", first, second, run)


def _converse(name: str, original: str) -> None:
    """Declare a function that is another one with its arguments swapped."""
    turned = BUILTINS.setdefault(name, Builtin(name))
    for overload in BUILTINS[original].overloads:
        body = overload.body

        def swapped(run: Run, first: Any, second: Any, body: Any = body) -> bool | None:
            return bool_or_none(body(run, second, first))

        left, right = overload.parameters
        renamed = _renamed(right, left) if left.name.endswith("1") else (right, left)
        turned.overloads.append(Overload(renamed, swapped))


def _renamed(first: Any, second: Any) -> tuple[Any, Any]:
    """The parameters of two ranges keep their names in order."""
    return type(first)("range1", first.kinds, False, False), type(second)("range2", second.kinds, False, False)


def bool_or_none(value: Any) -> bool | None:
    """A truth value as one."""
    return value if isinstance(value, bool) else None


_converse("finished by", "finishes")
_converse("started by", "starts")
_converse("includes", "during")
