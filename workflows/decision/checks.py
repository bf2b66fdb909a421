"""What lint says of a decision file: faults, names known nowhere, rules that overlap or can never be reached."""
from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.feel.library import BUILTINS
from workflows.model import Problem
from workflows.problems import problem

from .model import Decision, Decisions, DecisionTable, Knowledge, Rule, Text
from .overlap import overlaps

_MOST_OVERLAPS = 20


def problems(decisions: Decisions, *, known: Iterable[str] | None = None, functions: Iterable[str] = (),
             file: str = "") -> list[Problem]:
    """All findings in a decision file, by line.

    `known` are the variables that callers of the decisions have (None: not known, so only a file that declares inputs
    is checked for unknown names); `functions` are functions beside FEEL's own; `file` is the path findings carry.
    """
    found = list(decisions.faults)
    outside = None if known is None else frozenset(known)
    owners: list[Decision | Knowledge] = [*decisions.decisions.values(), *decisions.knowledge.values()]
    for owner in owners:
        for text in owner.texts:
            found.extend(_names(text, owner, decisions, outside, frozenset(functions)))
        for table in owner.tables:
            found.extend(_table(table))
    return sorted((_in_file(one, file) for one in found), key=lambda one: (one.line, one.element_id, one.code))


def _in_file(found: Problem, file: str) -> Problem:
    return found if not file else Problem(found.code, found.message, file, found.element_id, found.line,
                                          found.severity, found.details)


def _names(text: Text, owner: Decision | Knowledge, decisions: Decisions, known: frozenset[str] | None,
           functions: frozenset[str]) -> Iterator[Problem]:
    if text.expression is None:
        return
    shown = text.text[:80]
    for name in sorted(text.expression.functions - functions - text.scope):
        yield problem("decision-unknown-function", "", text.place.element_id, text.place.line,
                      function=name, expression=shown)
    declared = {one.name for one in decisions.inputs.values()}
    for name in sorted(text.expression.variables):
        if _in_scope(name, text.scope):
            if isinstance(owner, Decision) and owner.inputs and _in_scope(name, declared - _required(owner, decisions)):
                yield problem("decision-not-required", "", text.place.element_id, text.place.line, variable=name)
        elif (declared or known is not None) and not _in_scope(name, known or frozenset()) and name not in BUILTINS:
            yield problem("decision-unknown-variable", "", text.place.element_id, text.place.line,
                          variable=name, expression=shown)


def _required(owner: Decision, decisions: Decisions) -> set[str]:
    inputs = {decisions.inputs[one].name for one in owner.inputs if one in decisions.inputs}
    others = {decisions.decisions[one].variable for one in owner.decisions if one in decisions.decisions}
    return inputs | others


def _in_scope(name: str, scope: Iterable[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in scope)


def _table(table: DecisionTable) -> Iterator[Problem]:
    if table.hit_policy in ("PRIORITY", "OUTPUT ORDER") and not any(
            clause.allowed is not None or clause.type.allowed is not None for clause in table.outputs):
        yield problem("decision-no-priority", "", table.place.element_id, table.place.line, policy=table.hit_policy)
    if table.hit_policy == "UNIQUE":
        yield from _overlaps(table)
    if table.hit_policy == "FIRST":
        yield from _unreachable(table)


def _overlaps(table: DecisionTable) -> Iterator[Problem]:
    for count, (first, second, example) in enumerate(overlaps(table)):
        if count == _MOST_OVERLAPS:
            return
        yield problem("decision-overlap", "", second.place.element_id or table.place.element_id, second.place.line,
                      first=first.number, second=second.number, example=example)


def _unreachable(table: DecisionTable) -> Iterator[Problem]:
    for rule in table.rules:
        before = next((other for other in table.rules[:rule.number - 1] if _covers(other, rule)), None)
        if before is not None:
            yield problem("decision-unreachable", "", rule.place.element_id or table.place.element_id, rule.place.line,
                          number=rule.number, before=before.number)


def _covers(earlier: Rule, later: Rule) -> bool:
    """Whether each cell of the earlier rule is empty or says the same as the later one's."""
    return len(earlier.tests) == len(later.tests) and all(
        one is None or (other is not None and one.text.split() == other.text.split())
        for one, other in zip(earlier.tests, later.tests, strict=True))
