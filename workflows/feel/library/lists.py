"""Functions that look into lists and rearrange them (DMN 1.3, 10.3.4.4 and 10.3.4.6)."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..budget import MAX_NESTING, Run
from ..errors import FeelError
from ..functions import invoke
from ..registry import builtin
from ..values import Function, same
from .numbers import whole


@builtin("list contains", "list: list, element: any")
def list_contains(run: Run, items: list[Any], element: Any) -> bool:
    """Whether the element is in the list."""
    return _position(run, items, element) is not None


def _position(run: Run, items: list[Any], element: Any) -> int | None:
    for index, item in enumerate(items):
        run.work()
        if same(item, element, run):
            return index
    return None


@builtin("count", "list: list")
def count(run: Run, items: list[Any]) -> Decimal:
    """How many elements."""
    return Decimal(len(items))


@builtin("sublist", "list: list, start position: number, length: number?")
def sublist(run: Run, items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    """The part from a position on, to the end or so long; null where the list has no such part."""
    first = whole(start)
    if not first or abs(first) > len(items):
        return None
    begin = first - 1 if first > 0 else len(items) + first
    if length is None:
        return items[begin:]
    size = whole(length)
    if size is None or size < 1 or begin + size > len(items):
        return None
    return items[begin:begin + size]


@builtin("append", "list: list, item: any...")
def append(run: Run, items: list[Any], *more: Any) -> list[Any]:
    """The list with more elements at its end."""
    run.grow(len(items) + len(more))
    return [*items, *more]


@builtin("concatenate", "list: list...")
def concatenate(run: Run, *lists: list[Any]) -> list[Any]:
    """The lists one after another."""
    run.grow(sum(map(len, lists)))
    return [item for items in lists for item in items]


@builtin("insert before", "list: list, position: number, newItem: any")
def insert_before(run: Run, items: list[Any], position: Decimal, new_item: Any) -> list[Any] | None:
    """The list with an element before the one at a position."""
    index = _index(items, position)
    if index is None:
        return None
    run.grow(len(items) + 1)
    return [*items[:index], new_item, *items[index:]]


@builtin("remove", "list: list, position: number")
def remove(run: Run, items: list[Any], position: Decimal) -> list[Any] | None:
    """The list without the element at a position."""
    index = _index(items, position)
    if index is None:
        return None
    run.grow(len(items))
    return items[:index] + items[index + 1:]


def _index(items: list[Any], position: Decimal) -> int | None:
    place = whole(position)
    if not place or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@builtin("list replace", "list: list, position: number, newItem: any")
def replace_at(run: Run, items: list[Any], position: Decimal, new_item: Any) -> list[Any] | None:
    """The list with another element at a position (DMN 1.4)."""
    index = _index(items, position)
    if index is None:
        return None
    run.grow(len(items))
    return [*items[:index], new_item, *items[index + 1:]]


@builtin("list replace", "list: list, match: function, newItem: any")
def replace_matching(run: Run, items: list[Any], match: Function, new_item: Any) -> list[Any] | None:
    """The list with another element wherever `match(item, newItem)` is true (DMN 1.4)."""
    run.grow(len(items))
    replaced = []
    for item in items:
        answer = invoke(match, [item, new_item], None, run)
        if not isinstance(answer, bool):
            return None
        replaced.append(new_item if answer else item)
    return replaced


@builtin("reverse", "list: list")
def reverse(run: Run, items: list[Any]) -> list[Any]:
    """The list from its end to its beginning."""
    run.grow(len(items))
    return items[::-1]


@builtin("index of", "list: list, match: any")
def index_of(run: Run, items: list[Any], match: Any) -> list[Decimal]:
    """The positions of an element."""
    run.grow(len(items))
    return [Decimal(index) for index, item in enumerate(items, 1) if same(item, match, run)]


@builtin("union", "list: list...")
def union(run: Run, *lists: list[Any]) -> list[Any]:
    """The lists in one, each element once."""
    return distinct_values(run, concatenate(run, *lists))


@builtin("distinct values", "list: list")
def distinct_values(run: Run, items: list[Any]) -> list[Any]:
    """Each element once, in the order of first appearance."""
    run.grow(len(items))
    kept: list[Any] = []
    for item in items:
        if _position(run, kept, item) is None:
            kept.append(item)
    return kept


@builtin("flatten", "list: list")
def flatten(run: Run, items: list[Any]) -> list[Any]:
    """The elements of all the lists within."""
    flat: list[Any] = []
    _flatten_into(run, items, flat, 0)
    run.grow(len(flat))
    return flat


def _flatten_into(run: Run, items: list[Any], flat: list[Any], depth: int) -> None:
    if depth > MAX_NESTING or len(flat) > run.budget.size:
        raise FeelError("size", "A list too deep or too large to be flattened.")
    for item in items:
        run.work()
        if isinstance(item, list):
            _flatten_into(run, item, flat, depth + 1)
        else:
            flat.append(item)


class _Placed:
    """An element that knows whether it precedes another, by the function given to `sort`."""

    __slots__ = ("value", "precedes", "run")

    def __init__(self, value: Any, precedes: Function, run: Run) -> None:
        self.value = value
        self.precedes = precedes
        self.run = run

    def __lt__(self, other: _Placed) -> bool:
        return invoke(self.precedes, [self.value, other.value], None, self.run) is True


@builtin("sort", "list: list, precedes: function")
def sort(run: Run, items: list[Any], precedes: Function) -> list[Any]:
    """The list in the order that `precedes(x, y)` gives; equal elements keep theirs."""
    run.grow(len(items))
    return [placed.value for placed in sorted(_Placed(item, precedes, run) for item in items)]
