"""The way in: parse an expression once, evaluate it as often as wanted."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from . import calls, loops, nodes, unary
from .budget import DEFAULT_BUDGET, Budget, Run
from .compiler import Code, Frame, compile_node, register
from .convert import admit
from .errors import FeelError
from .lexer import is_plain
from .library import BUILTINS, REFUSED
from .library.strings import plain_delimiter
from .parser import Parser
from .types import FeelType
from .values import Function
from .variables import reads

register(nodes.Call, calls.compile_call)
register(nodes.For, loops.compile_for)
register(nodes.Quantified, loops.compile_quantified)
register(nodes.In, unary.compile_in)
register(nodes.UnaryTests, unary.compile_whole)
_WORDY_BUILTINS = tuple(name for name in (*BUILTINS, *REFUSED, "is defined") if not is_plain(name))
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression.

    `variables` are the free names it reads, dotted where it follows a path (`case.amount`); `ambiguous` those inside a
    filter, which the filtered items may supply; `functions` the names it calls that are not built in.
    """

    text: str
    variables: frozenset[str]
    ambiguous: frozenset[str]
    functions: frozenset[str]
    positions: Mapping[str, int] = field(repr=False, compare=False)
    root: nodes.Node = field(repr=False, compare=False)
    code: Code = field(repr=False, compare=False)


def parse(text: str, *, names: Iterable[str] = _NOTHING, members: Iterable[str] = _NOTHING,
          functions: Iterable[str] = _NOTHING, types: Mapping[str, FeelType] | None = None) -> Expression:
    """Parse an expression, without the `=` that Camunda writes before one.

    `names` are variables in scope and `members` keys of contexts; only those with spaces or symbols matter, the longest
    wins. `functions` are names of functions that the caller will hand in; `types` are types that `instance of` may
    name beside FEEL's own. Raises FeelError.
    """
    return _parsed(text, _wordy(names), _wordy(members), _wordy(functions), False, _frozen(types))


def parse_unary(text: str, *, names: Iterable[str] = _NOTHING, members: Iterable[str] = _NOTHING,
                functions: Iterable[str] = _NOTHING, types: Mapping[str, FeelType] | None = None) -> Expression:
    """Parse the unary tests of a cell: `-`, `< 5, "a"`, `not(…)`, `[1..3]`, anything with `?`. Raises FeelError."""
    return _parsed(text, _wordy(names), _wordy(members), _wordy(functions), True, _frozen(types))


def _frozen(types: Mapping[str, FeelType] | None) -> frozenset[tuple[str, FeelType]]:
    return frozenset(types.items()) if types else frozenset()


def _wordy(names: Iterable[str]) -> frozenset[str]:
    """The names that need help to be found; the plain ones would only spoil the cache."""
    return frozenset(name for name in names if not _is_plain(name)) if names else _NOTHING


_is_plain = lru_cache(maxsize=4096)(is_plain)


@lru_cache(maxsize=4096)
def _parsed(text: str, names: frozenset[str], members: frozenset[str], functions: frozenset[str],
            tests: bool, types: frozenset[tuple[str, FeelType]] = frozenset()) -> Expression:
    if not isinstance(text, str):
        raise FeelError("syntax", "An expression is text.")
    try:
        parser = Parser(text, (*_WORDY_BUILTINS, *names, *functions), members, dict(types))
        root = parser.unary_tests() if tests else parser.expression()
        parser.finish()
        _refuse_uncovered(root)
        return _expression(text, root)
    except RecursionError:
        raise FeelError("nesting", "Nested too deeply.") from None


def _expression(text: str, root: nodes.Node) -> Expression:
    found = reads(root)
    variables = frozenset(name for name in found.variables if name != unary.INPUT and not name.startswith("?."))
    ambiguous = frozenset(found.ambiguous - {unary.INPUT})
    called = frozenset(name for name in found.functions if name not in BUILTINS and name != "is defined")
    return Expression(text, variables, ambiguous, called, found.positions, root, compile_node(root))


def _refuse_uncovered(root: nodes.Node) -> None:
    """Refuse by name, when the expression is parsed, the functions of the specification that are left out."""
    for call in _calls(root):
        name = call.function.name if isinstance(call.function, nodes.Name) else ""
        if name in REFUSED:
            raise FeelError("unsupported", f"‘{name}’ is not covered: {REFUSED[name]}.", call.position)
        if name == "split" and len(call.arguments) == 2 and isinstance(call.arguments[1], nodes.Literal):
            delimiter = call.arguments[1].value
            plain_delimiter(delimiter if isinstance(delimiter, str) else "")


def _calls(root: nodes.Node) -> Iterable[nodes.Call]:
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.Call):
            yield node
        if isinstance(node, (nodes.Node, nodes.Iterator)):
            waiting.extend(getattr(node, name) for name in node.__dataclass_fields__)
        elif isinstance(node, tuple):
            waiting.extend(node)


def evaluate(expression: str | Expression, context: Mapping[str, Any] | None = None, *, now: datetime | None = None,
             functions: Mapping[str, Any] | None = None, strict: bool = False, budget: Budget | None = None,
             warnings: list[str] | None = None) -> Any:
    """The value of an expression in a context of plain Python or FEEL values.

    Null where the specification says null (the reasons are added to `warnings`); raises FeelError for a refusal:
    syntax, an uncovered feature, a spent budget, an unknown function, with `strict` an unknown name. `functions` maps
    names to callables or FeelFunction; `now` is an aware datetime for `now()` and `today()`. Mappings that are no
    dict are read lazily, and their keys with spaces have to be named when parsing.
    """
    scope = context if context is not None else {}
    if isinstance(expression, str):
        expression = _parsed_for(expression, scope, functions, False)
    run = Run(budget or DEFAULT_BUDGET, now, functions, strict)
    value = _guarded(expression.code, Frame({}, None, run, scope))
    if warnings is not None:
        warnings.extend(run.warnings)
    return value


def evaluate_unary(tests: str | Expression, value: Any, context: Mapping[str, Any] | None = None, *,
                   now: datetime | None = None, functions: Mapping[str, Any] | None = None, strict: bool = False,
                   budget: Budget | None = None, warnings: list[str] | None = None) -> bool | None:
    """Whether `value` meets the unary tests: True, False, or None where they cannot tell. Raises FeelError."""
    scope = context if context is not None else {}
    if isinstance(tests, str):
        tests = _parsed_for(tests, scope, functions, True)
    run = Run(budget or DEFAULT_BUDGET, now, functions, strict)
    result = _guarded(tests.code, Frame({unary.INPUT: admit(value)}, None, run, scope))
    if warnings is not None:
        warnings.extend(run.warnings)
    return result if isinstance(result, bool) else None


def _parsed_for(text: str, scope: Mapping[str, Any], functions: Mapping[str, Any] | None, tests: bool) -> Expression:
    return _parsed(text, _wordy(scope), member_names(scope), _wordy(functions or _NOTHING), tests)


def _guarded(code: Code, frame: Frame) -> Any:
    try:
        return code(frame)
    except RecursionError:
        raise FeelError("nesting", "Nested too deeply.") from None
    except (ArithmeticError, OverflowError):
        raise FeelError("number-range", "A number or date beyond what is covered.") from None


def member_names(scope: Mapping[str, Any]) -> frozenset[str]:
    """The keys with spaces or symbols of the contexts inside a context, which a path may name."""
    found: set[str] = set()
    for value in scope.values():
        if isinstance(value, (dict, list, tuple)):
            _gather(value, found, 1)
    return frozenset(found) if found else _NOTHING


def _gather(value: Any, found: set[str], depth: int) -> None:
    if depth > 100:
        return
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, (dict, list, tuple)):
            _gather(item, found, depth + 1)
    if isinstance(value, dict):
        found.update(key for key in value if isinstance(key, str) and not _is_plain(key))


def is_function(value: Any) -> bool:
    """Whether a FEEL value is a function."""
    return isinstance(value, Function)
