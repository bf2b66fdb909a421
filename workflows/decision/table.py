"""Makes a decision by its table: which rules match, and what the hit policy makes of them (DMN 1.3, chapter 8)."""
from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from workflows.feel import nodes
from workflows.feel.budget import Run
from workflows.feel.compiler import Frame
from workflows.feel.errors import FeelError
from workflows.feel.library import aggregates
from workflows.feel.unary import compile_test
from workflows.feel.values import same

from .fitting import check_allowed, fitted, from_outside, meets
from .model import Code, DecisionError, DecisionTable, Hit, InputClause, OutputClause, Rule, Text

HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
_AGGREGATORS = {"SUM": aggregates.total, "MIN": aggregates.smallest, "MAX": aggregates.largest}
_SINGLE = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY"})


class Deciding(Run):
    """A run that also remembers which rules matched, and for which decision."""

    __slots__ = ("hits", "decision_id")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.hits: list[Hit] = []
        self.decision_id = ""


def code_of(table: DecisionTable) -> Code:
    """The closure that decides by the table."""
    def decide(frame: Frame) -> Any:
        values = [_input_value(clause, frame) for clause in table.inputs]
        matching = _matching(table, values, frame)
        if not matching:
            return _default(table, frame)
        results = [_results(table, rule, frame) for rule in matching]
        chosen = _POLICIES[table.hit_policy](table, matching, results, frame.run)
        _remember(table, [matching[index] for index in chosen], [results[index] for index in chosen], frame.run)
        return _combined(table, [results[index] for index in chosen], frame.run)

    return decide


def evaluated(text: Text, frame: Frame) -> Any:
    """The value of an expression of the file; a refusal says where it stands."""
    if text.expression is None:
        raise DecisionError("syntax", f"‘{text.text}’ does not parse.", text.place.element_id, text.place.line)
    try:
        return text.expression.code(frame)
    except DecisionError:
        raise
    except FeelError as error:
        message = f"‘{text.text[:80]}’: {error}"
        raise DecisionError(error.code, message, text.place.element_id, text.place.line) from error


def _input_value(clause: InputClause, frame: Frame) -> Any:
    value = from_outside(evaluated(clause.source, frame), clause.type.type)
    label = clause.label or clause.source.text
    if clause.allowed is not None and value is not None:
        if not meets(_test(clause.allowed), value, frame):
            raise DecisionError("not-allowed", f"The input ‘{label}’ has a value outside those allowed.",
                                clause.place.element_id, clause.place.line)
    elif clause.allowed is None:
        check_allowed(value, clause.type, f"The input ‘{label}’", frame.run)
    return value


def _matching(table: DecisionTable, values: Sequence[Any], frame: Frame) -> list[Rule]:
    found: list[Rule] = []
    for rule in table.rules:
        frame.run.iterate()
        if all(test is None or meets(_test(test), value, frame)
               for test, value in zip(rule.tests, values, strict=True)):
            found.append(rule)
            if table.hit_policy == "FIRST":
                break
    if table.hit_policy == "UNIQUE" and len(found) > 1:
        numbers = ", ".join(f"{rule.number} ({rule.place.element_id})" for rule in found)
        raise DecisionError("overlap", f"Only one rule may match, but these do: {numbers}.",
                            table.place.element_id, table.place.line)
    return found


def _test(text: Text) -> Code:
    return lambda frame: evaluated(text, frame)


def _results(table: DecisionTable, rule: Rule, frame: Frame) -> dict[str, Any]:
    return {clause.name: _result(clause, text, frame)
            for clause, text in zip(table.outputs, rule.results, strict=True)}


def _result(clause: OutputClause, text: Text | None, frame: Frame) -> Any:
    value = evaluated(text, frame) if text is not None else None
    return _checked(clause, value, frame)


def _checked(clause: OutputClause, value: Any, frame: Frame) -> Any:
    value = fitted(value, clause.type, f"The output ‘{clause.name}’", frame.run)
    if clause.allowed is not None and value is not None and not meets(_test(clause.allowed), value, frame):
        raise DecisionError("not-allowed", f"The output ‘{clause.name}’ has a value outside those allowed.",
                            clause.place.element_id, clause.place.line)
    return value


def _default(table: DecisionTable, frame: Frame) -> Any:
    """What no match gives: the default outputs where declared, else null."""
    if all(clause.default is None for clause in table.outputs):
        return None
    if table.hit_policy not in _SINGLE:
        raise DecisionError("unsupported", f"A default output under the hit policy {table.hit_policy} is not covered.",
                            table.place.element_id, table.place.line)
    values = {clause.name: _checked(clause, evaluated(clause.default, frame) if clause.default else None, frame)
              for clause in table.outputs}
    return _plain(table, values)


def _plain(table: DecisionTable, values: dict[str, Any]) -> Any:
    """One output is its value, several are a context."""
    return dict(values) if len(table.outputs) > 1 else values[table.outputs[0].name]


# --- hit policies: which of the matching rules give the result, in which order --------------------------------------


def _every(table: DecisionTable, rules: list[Rule], results: list[dict[str, Any]], run: Run) -> list[int]:
    return list(range(len(rules)))


def _first(table: DecisionTable, rules: list[Rule], results: list[dict[str, Any]], run: Run) -> list[int]:
    return [0]


def _any(table: DecisionTable, rules: list[Rule], results: list[dict[str, Any]], run: Run) -> list[int]:
    if not all(same(results[0], other, run) for other in results[1:]):
        numbers = ", ".join(str(rule.number) for rule in rules)
        raise DecisionError("any-differs", f"The matching rules {numbers} give different outputs.",
                            table.place.element_id, table.place.line)
    return [0]


def _by_priority(table: DecisionTable, rules: list[Rule], results: list[dict[str, Any]], run: Run) -> list[int]:
    orders = [_order_of(clause) for clause in table.outputs]
    if not any(orders):
        raise DecisionError("unsupported", f"{table.hit_policy} needs output values that say which comes first.",
                            table.place.element_id, table.place.line)
    frame = Frame({}, None, run, {})

    def rank(index: int) -> tuple[int, ...]:
        return tuple(_rank(results[index][clause.name], tests, frame)
                     for clause, tests in zip(table.outputs, orders, strict=True))

    return sorted(range(len(rules)), key=rank)


def _order_of(clause: OutputClause) -> list[Any]:
    expression = clause.allowed.expression if clause.allowed is not None else clause.type.allowed
    root = expression.root if expression is not None else None
    return [compile_test(test) for test in root.tests] if isinstance(root, nodes.UnaryTests) else []


def _rank(value: Any, tests: list[Any], frame: Frame) -> int:
    inner = Frame({"?": value}, frame, frame.run)
    return next((index for index, test in enumerate(tests) if test(inner, value) is True), len(tests))


def _best(table: DecisionTable, rules: list[Rule], results: list[dict[str, Any]], run: Run) -> list[int]:
    return _by_priority(table, rules, results, run)[:1]


_POLICIES = {
    "UNIQUE": _first, "FIRST": _first, "ANY": _any, "PRIORITY": _best, "COLLECT": _every, "RULE ORDER": _every,
    "OUTPUT ORDER": _by_priority,
}


def _combined(table: DecisionTable, results: list[dict[str, Any]], run: Run) -> Any:
    values = [_plain(table, result) for result in results]
    if table.hit_policy in _SINGLE:
        return values[0]
    if table.aggregation == "COUNT":
        return Decimal(len(values))
    return _AGGREGATORS[table.aggregation](run, values) if table.aggregation else values


def _remember(table: DecisionTable, rules: list[Rule], results: list[dict[str, Any]], run: Run) -> None:
    if isinstance(run, Deciding):
        run.hits.extend(
            Hit(run.decision_id, rule.place.element_id, rule.number, rule.description, rule.annotations, result)
            for rule, result in zip(rules, results, strict=True))
