"""Compiles what iterates: `for`, `some` and `every`, each turn counted against the budget."""
from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import nodes
from .compiler import Code, Frame, compile_node
from .errors import FeelError
from .values import Range, kind
from .variables import mentions


def _turns(iterators: tuple[nodes.Iterator, ...]) -> Callable[[Frame, Callable[[Frame], bool]], bool]:
    """A driver that calls `visit` for each combination until that gives True; False where a domain is null."""
    compiled = tuple((it.name, compile_node(it.domain), compile_node(it.high) if it.high is not None else None)
                     for it in iterators)

    def drive(frame: Frame, visit: Callable[[Frame], bool], level: int = 0) -> bool:
        name, domain, high = compiled[level]
        values = _domain(domain(frame), high, frame)
        if values is None:
            return False
        for value in values:
            frame.run.iterate()
            inner = Frame({name: value}, frame, frame.run)
            if level + 1 < len(compiled):
                if not drive(inner, visit, level + 1):
                    return False
            elif visit(inner):
                raise _Decided
        return True

    return drive


class _Decided(Exception):
    """Ends all iterators at once when a quantifier knows its answer."""


def _domain(low: Any, high: Code | None, frame: Frame) -> Any:
    if high is not None:
        return _counted(low, high(frame), frame)
    if isinstance(low, Range):
        raise FeelError("unsupported", "Iterating over a range value is not covered; write ‘in 1..10’.")
    return low if type(low) is list or low is None else [low]


def _counted(low: Any, high: Any, frame: Frame) -> Any:
    if not (type(low) is Decimal and type(high) is Decimal):
        if low is None or high is None or kind(low) in ("string", "boolean", "list", "context"):
            frame.run.warn("An iteration goes from one number to another.")
            return None
        raise FeelError("unsupported", "Iterating over anything but whole numbers is not covered.")
    if low != low.to_integral_value() or high != high.to_integral_value():
        frame.run.warn("An iteration goes from one whole number to another.")
        return None
    if max(abs(low), abs(high)) > 10 ** 15:
        raise FeelError("iterations", "An iteration over numbers this large.")
    first, last = int(low), int(high)
    return (Decimal(n) for n in (range(first, last + 1) if first <= last else range(first, last - 1, -1)))


def compile_for(node: nodes.For) -> Code:
    """The closure of `for … return`."""
    drive, result = _turns(node.iterators), compile_node(node.result)
    needs_partial = mentions(node.result, "partial")

    def loop(frame: Frame) -> list[Any] | None:
        gathered: list[Any] = []

        def visit(inner: Frame) -> bool:
            if needs_partial:
                frame.run.grow(len(gathered))
                inner = Frame({"partial": list(gathered)}, inner, frame.run)
            gathered.append(result(inner))
            return False

        if not drive(frame, visit):
            return None
        frame.run.grow(len(gathered))
        return gathered

    return loop


def compile_quantified(node: nodes.Quantified) -> Code:
    """The closure of `some` and `every`."""
    drive, condition = _turns(node.iterators), compile_node(node.condition)
    decisive = not node.every

    def decide(frame: Frame) -> bool | None:
        doubts: list[Any] = []

        def visit(inner: Frame) -> bool:
            value = condition(inner)
            if value is not True and value is not False and not doubts:
                doubts.append(value)
            return value is decisive

        try:
            if not drive(frame, visit):
                return None
        except _Decided:
            return decisive
        return None if doubts else not decisive

    return decide
