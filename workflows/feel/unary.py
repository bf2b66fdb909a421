"""Compiles unary tests, the cells of decision tables and what stands behind `in` (DMN 1.3, 10.3.2.8 and table 55)."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import nodes
from .budget import Run
from .compiler import Code, Frame, compile_node
from .errors import FeelError
from .values import Range, compare, equal, negation, same, within
from .variables import mentions

INPUT = "?"
Test = Callable[[Frame, Any], bool | None]


def compile_test(node: nodes.Node) -> Test:
    """The closure that tells whether an input value meets one test; the frame knows the value as `?`."""
    if isinstance(node, nodes.AnyValue):
        return lambda frame, value: True
    if isinstance(node, nodes.UnaryTests):
        return compile_tests(node.tests, node.negated)
    if isinstance(node, nodes.UnaryRange):
        operator, bound = node.operator, compile_node(node.bound)
        return lambda frame, value: compare(operator, value, bound(frame), frame.run)
    code = compile_node(node)
    if mentions(node, INPUT):
        return _condition(code)
    return lambda frame, value: matches(value, code(frame), frame.run)


def _condition(code: Code) -> Test:
    """A test that mentions `?` is met when it is true; a value it gives instead is compared."""
    def test(frame: Frame, value: Any) -> bool | None:
        result = code(frame)
        if isinstance(result, bool) or result is None:
            return result
        return matches(value, result, frame.run)

    return test


def matches(value: Any, wanted: Any, run: Run) -> bool | None:
    """Whether a value meets what a test evaluates to: equal, in the range, or in the list."""
    if isinstance(wanted, bool) and not isinstance(value, bool):
        run.warn("A test that gives a boolean without mentioning ‘?’ is compared with the input, and differs.")
    if isinstance(wanted, Range) and not isinstance(value, Range):
        return within(value, wanted, run)
    if isinstance(wanted, list):
        return _in_list(value, wanted, run)
    return equal(value, wanted, run)


def _in_list(value: Any, wanted: list[Any], run: Run) -> bool:
    """Whether the list has the value, or a range around it; refused where list and value are the same list.

    The specification leaves open whether `[1, 2] in [1, 2]` asks for an element or for equality.
    """
    for item in wanted:
        run.work()
        if isinstance(item, Range) and not isinstance(value, Range):
            if within(value, item, run) is True:
                return True
        elif same(value, item, run):
            return True
    if isinstance(value, list) and same(value, wanted, run):
        raise FeelError("unsupported", "A list tested against an equal list: write ‘? = …’ instead.")
    return False


def compile_tests(tests: tuple[nodes.Node, ...], negated: bool) -> Test:
    """True when one of the tests is met; turned round for `not(…)`."""
    compiled = tuple(compile_test(test) for test in tests)

    def decide(frame: Frame, value: Any) -> bool | None:
        result: bool | None = False
        for test in compiled:
            met = test(frame, value)
            if met is True:
                result = True
                break
            result = result if met is False else None
        return negation(result) if negated else result

    return decide


def compile_in(node: nodes.In) -> Code:
    """The closure of `value in tests`."""
    value, decide = compile_node(node.value), compile_tests(node.tests, False)

    def test(frame: Frame) -> bool | None:
        tested = value(frame)
        return decide(Frame({INPUT: tested}, frame, frame.run), tested)

    return test


def compile_whole(node: nodes.UnaryTests) -> Code:
    """Unary tests as a whole expression; the scope supplies `?`."""
    decide = compile_tests(node.tests, node.negated)
    return lambda frame: decide(frame, frame.vars.get(INPUT))

