"""Which names an expression reads from outside, so that lint can tell a misspelt variable before a case meets it."""
from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field, fields
from typing import Any

from . import nodes


@dataclass(slots=True)
class Reads:
    """What was found: names read for certain, names that a filtered item might supply, and functions called."""

    variables: set[str] = field(default_factory=set)
    ambiguous: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    positions: dict[str, int] = field(default_factory=dict)


def reads(root: nodes.Node) -> Reads:
    """The free names of a tree; a path over a free name is one dotted name (`case.amount`)."""
    found = Reads()
    _visit(root, frozenset(), False, found)
    return found


def _visit(node: Any, bound: Set[str], filtered: bool, found: Reads) -> None:
    visitor = _VISITORS.get(type(node))
    if visitor is not None:
        visitor(node, bound, filtered, found)
        return
    for part in fields(node):
        _visit_value(getattr(node, part.name), bound, filtered, found)


def _visit_value(value: Any, bound: Set[str], filtered: bool, found: Reads) -> None:
    if isinstance(value, nodes.Node):
        _visit(value, bound, filtered, found)
    elif isinstance(value, tuple):
        for item in value:
            _visit_value(item, bound, filtered, found)


def _note(name: str, root: str, node: nodes.Node, bound: Set[str], filtered: bool, found: Reads) -> None:
    if root in bound or (filtered and root == "item"):
        return
    (found.ambiguous if filtered else found.variables).add(name)
    found.positions.setdefault(name, node.position)


def _name(node: nodes.Name, bound: Set[str], filtered: bool, found: Reads) -> None:
    _note(node.name, node.name, node, bound, filtered, found)


def _path(node: nodes.Path, bound: Set[str], filtered: bool, found: Reads) -> None:
    steps = [node.member]
    base: nodes.Node = node.value
    while isinstance(base, nodes.Path):
        steps.append(base.member)
        base = base.value
    if isinstance(base, nodes.Name):
        _note(".".join([base.name, *reversed(steps)]), base.name, node, bound, filtered, found)
    else:
        _visit(base, bound, filtered, found)


def _filter(node: nodes.Filter, bound: Set[str], filtered: bool, found: Reads) -> None:
    _visit(node.value, bound, filtered, found)
    _visit(node.condition, bound, True, found)


def _call(node: nodes.Call, bound: Set[str], filtered: bool, found: Reads) -> None:
    if not isinstance(node.function, nodes.Name):
        _visit(node.function, bound, filtered, found)
    elif node.function.name not in bound:
        found.functions.add(node.function.name)
        found.positions.setdefault(node.function.name + "(", node.position)
    _visit_value(node.arguments, bound, filtered, found)


def _context(node: nodes.ContextLiteral, bound: Set[str], filtered: bool, found: Reads) -> None:
    inner = set(bound)
    for key, value in node.entries:
        _visit(value, inner, filtered, found)
        inner.add(key)


def _iterators(iterators: tuple[nodes.Iterator, ...], bound: Set[str], filtered: bool,
               found: Reads) -> Set[str]:
    for iterator in iterators:
        _visit(iterator.domain, bound, filtered, found)
        if iterator.high is not None:
            _visit(iterator.high, bound, filtered, found)
        bound = bound | {iterator.name}
    return bound


def _for(node: nodes.For, bound: Set[str], filtered: bool, found: Reads) -> None:
    inner = _iterators(node.iterators, bound, filtered, found)
    _visit(node.result, inner | {"partial"}, filtered, found)


def _quantified(node: nodes.Quantified, bound: Set[str], filtered: bool, found: Reads) -> None:
    _visit(node.condition, _iterators(node.iterators, bound, filtered, found), filtered, found)


def _function(node: nodes.FunctionDefinition, bound: Set[str], filtered: bool, found: Reads) -> None:
    _visit(node.body, bound | {name for name, _ in node.parameters}, filtered, found)


def _nothing(node: nodes.Node, bound: Set[str], filtered: bool, found: Reads) -> None:
    """Literals read nothing, whatever their value looks like."""


_VISITORS: dict[type, Any] = {
    nodes.Literal: _nothing, nodes.Name: _name, nodes.Path: _path, nodes.Filter: _filter, nodes.Call: _call,
    nodes.ContextLiteral: _context, nodes.For: _for, nodes.Quantified: _quantified, nodes.FunctionDefinition: _function,
}


def mentions(root: nodes.Node, name: str) -> bool:
    """Whether a tree reads that free name, or a path over it."""
    found = reads(root)
    return any(read.split(".")[0] == name for read in found.variables | found.ambiguous)
