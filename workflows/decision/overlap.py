"""Finds rules of a table that match the same values, by trying the values that the cells themselves name.

A finding always has a witness, so that it can be shown; rules whose cells read other variables are left alone.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from workflows.feel import nodes
from workflows.feel.budget import Run
from workflows.feel.compiler import Frame, compile_node
from workflows.feel.convert import write_value
from workflows.feel.errors import FeelError
from workflows.feel.values import Range, YearsMonths
from workflows.feel.variables import reads

from .fitting import meets
from .model import DecisionTable, InputClause, ItemType, Rule, Text

_MOST_RULES = 500
_MOST_CANDIDATES = 400
_OTHER_TEXT = "…"


def overlaps(table: DecisionTable) -> Iterator[tuple[Rule, Rule, str]]:
    """Pairs of rules that match the same values, with an example in words."""
    if _entangled(table):
        return
    columns = [_Column(table, index) for index in range(len(table.inputs))]
    rules = table.rules[:_MOST_RULES]
    met = [[column.met_by(rule) for column in columns] for rule in rules]
    groups = _same_source(table)
    for later, rule in enumerate(rules):
        for earlier in range(later):
            witness = _witness(met[earlier], met[later], columns, groups)
            if witness is not None:
                yield rules[earlier], rule, witness


def _entangled(table: DecisionTable) -> bool:
    """Whether two different input expressions read the same variable, so that their values cannot be tried apart."""
    seen: set[str] = set()
    for group in _same_source(table):
        expression = table.inputs[group[0]].source.expression
        read = expression.variables if expression is not None else frozenset()
        if expression is None or seen & read:
            return True
        seen |= read
    return False


def _same_source(table: DecisionTable) -> list[list[int]]:
    """Columns that test the same expression must share their witness."""
    groups: dict[str, list[int]] = {}
    for index, clause in enumerate(table.inputs):
        groups.setdefault(" ".join(clause.source.text.split()), []).append(index)
    return list(groups.values())


def _witness(first: list[int | None], second: list[int | None], columns: list[_Column],
             groups: list[list[int]]) -> str | None:
    words = []
    for group in groups:
        shared = -1
        for index in group:
            one, other = first[index], second[index]
            if one is None or other is None:
                return None
            shared &= one & other
        column = columns[group[0]]
        if shared == -1 or not shared & column.everything:
            return None
        words.append(column.example(shared & column.everything))
    return ", ".join(words) or None


class _Column:
    """One column: the values worth trying, and which of them each rule's cell is met by, as bits."""

    def __init__(self, table: DecisionTable, index: int) -> None:
        self._clause: InputClause = table.inputs[index]
        self._index = index
        same = [other for other, clause in enumerate(table.inputs)
                if clause.source.text.split() == self._clause.source.text.split()]
        cells = [rule.tests[other] for rule in table.rules for other in same if other < len(rule.tests)]
        self._values = _allowed(self._clause, list(_candidates(cells, self._clause))[:_MOST_CANDIDATES])
        self.everything = (1 << len(self._values)) - 1

    def met_by(self, rule: Rule) -> int | None:
        """The values that meet the rule's cell, None where that depends on more than the value."""
        cell = rule.tests[self._index] if self._index < len(rule.tests) else None
        if cell is None:
            return self.everything
        if cell.expression is None or cell.expression.variables or cell.expression.functions:
            return None
        return sum(1 << bit for bit, value in enumerate(self._values) if _meets(cell, value))

    def example(self, bits: int) -> str:
        """One of the values, in words."""
        value = self._values[(bits & -bits).bit_length() - 1]
        shown = "…" if value == _OTHER_TEXT else write_value(value)
        return f"{self._clause.label or self._clause.source.text} = {shown}"


def _meets(cell: Text, value: Any) -> bool:
    run = Run()
    try:
        return cell.expression is not None and meets(cell.expression.code, value, Frame({}, None, run, {}))
    except FeelError:
        return False


def _allowed(clause: InputClause, values: list[Any]) -> list[Any]:
    """The values that the column may have at all."""
    if clause.allowed is not None:
        return [value for value in values if _meets(clause.allowed, value)]
    if clause.type.allowed is not None:
        allowed = Text(clause.place, "", clause.type.allowed)
        return [value for value in values if _meets(allowed, value)]
    return values


def _candidates(cells: Iterable[Text | None], clause: InputClause) -> Iterator[Any]:
    """The values that cells name, those between and beside them, and one that no cell names."""
    named: dict[str, Any] = {}
    allowed = [clause.allowed.expression] if clause.allowed is not None else [clause.type.allowed]
    for expression in [*(cell.expression for cell in cells if cell is not None), *allowed]:
        if expression is not None:
            for value in _named_values(expression.root):
                named.setdefault(repr(value), value)
    values = list(named.values())
    yield from values
    yield from _between([value for value in values if isinstance(value, Decimal)], Decimal(1))
    yield from _between([value for value in values if type(value) is date], timedelta(days=1))
    yield from _between([value for value in values if isinstance(value, datetime) and value.tzinfo is None],
                        timedelta(seconds=1))
    yield from _between([value for value in values if isinstance(value, timedelta)], timedelta(seconds=1))
    yield from _unnamed(values, clause.type)


def _unnamed(values: list[Any], wanted: ItemType) -> Iterator[Any]:
    kind = wanted.type.name
    if kind == "boolean" or any(isinstance(value, bool) for value in values):
        yield True
        yield False
    elif kind == "string" or any(isinstance(value, str) for value in values):
        yield _OTHER_TEXT
    elif kind == "number" and not values:
        yield Decimal(0)
    elif not values:
        yield None


def _between(values: list[Any], step: Any) -> Iterator[Any]:
    """A value in each gap, one before the first and one behind the last."""
    if not values:
        return
    ordered = sorted(set(values))
    try:
        yield ordered[0] - step
        yield ordered[-1] + step
        for low, high in pairwise(ordered):
            yield low + (high - low) / 2
    except (ArithmeticError, OverflowError):
        return


def _named_values(root: nodes.Node) -> Iterator[Any]:
    """The values that a cell's tests compare with, where they read nothing from outside."""
    for test in root.tests if isinstance(root, nodes.UnaryTests) else (root,):
        parts: list[nodes.Node] = [test]
        if isinstance(test, nodes.RangeLiteral):
            parts = [test.low, test.high]
        elif isinstance(test, nodes.UnaryRange):
            parts = [test.bound]
        elif isinstance(test, nodes.Compare):
            parts = [test.left, test.right]
        for part in parts:
            yield from _constant(part)


def _constant(node: nodes.Node) -> Iterator[Any]:
    found = reads(node)
    if found.variables or found.ambiguous or isinstance(node, nodes.AnyValue):
        return
    try:
        value = compile_node(node)(Frame({}, None, Run(), {}))
    except (FeelError, ArithmeticError, RecursionError):
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Range):
            yield from (end for end in (one.low, one.high) if end is not None)
        elif isinstance(one, (Decimal, str, bool, date, timedelta, YearsMonths)) or one is None:
            yield one
