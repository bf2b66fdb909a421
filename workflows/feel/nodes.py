"""The syntax tree of an expression, plain data that the compiler and the lint both read."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .types import FeelType


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that has a value; `position` is where it starts in the text."""

    position: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, string, boolean, null or @-literal, as its value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name read from the scope, single spaces between its parts."""

    name: str


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Operators of one precedence in a row, kept flat: `a + b - c`, `a and b and c`."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """Arithmetic negation."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`= != < <= > >=` between two operands."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`, both ends included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in tests`, true when one of the tests is met."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: FeelType


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`value.member`."""

    value: Node
    member: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`list[condition]` or `list[index]`."""

    value: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function called with positional arguments, or with named ones (`names` as long as `arguments`)."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """`{key: value}`; later entries see the earlier ones."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`[low..high]` and its open forms."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class UnaryRange(Node):
    """`(> 5)` as a value, and `> 5` as a unary test; operators `< <= > >= = !=`."""

    operator: str
    bound: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """One `name in domain` or `name in low..high` of a loop or quantifier."""

    name: str
    domain: Node
    high: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for iterators return result`."""

    iterators: tuple[Iterator, ...]
    result: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some` (`every` false) or `every … satisfies condition`."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """`function(a: type, b) body`."""

    parameters: tuple[tuple[str, FeelType | None], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class AnyValue(Node):
    """The unary test `-`, met by everything."""


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The tests of one cell; met when one is, or none if `negated`."""

    tests: tuple[Node, ...]
    negated: bool
