"""What a decision file says, as plain data: decisions, inputs, functions, tables, types, and the faults found in it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.feel.compiler import Frame
from workflows.feel.errors import FeelError
from workflows.feel.expression import Expression
from workflows.feel.types import ANY, FeelType
from workflows.model import Problem

Code = Callable[[Frame], Any]


class DecisionError(FeelError):
    """A decision file that cannot be read, or a decision that refuses to be made; says at which element and line."""

    def __init__(self, code: str, message: str, element_id: str = "", line: int = 0) -> None:
        super().__init__(code, message)
        self.element_id = element_id
        self.line = line

    def __str__(self) -> str:
        place = f"{self.element_id}: " if self.element_id else ""
        return f"{place}{self.message}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the file: the id of the element (or of the nearest around it) and its line."""

    element_id: str
    line: int


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type by name: its FEEL shape, and the tests its values (each of them, in a collection) must meet.

    `result` is what a function of this type gives.
    """

    type: FeelType = ANY
    allowed: Expression | None = None
    components: Mapping[str, ItemType] = field(default_factory=dict)
    result: ItemType | None = None


ANYTHING = ItemType()


@dataclass(frozen=True, slots=True)
class Text:
    """An expression of the file: where it stands, what it parsed to (None when it did not), the names in scope."""

    place: Place
    text: str
    expression: Expression | None
    scope: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions: what is tested, its type, and the values it may have."""

    place: Place
    label: str
    source: Text
    type: ItemType
    allowed: Text | None


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results: its name, type, the values it may have (highest priority first), and its default."""

    place: Place
    name: str
    type: ItemType
    allowed: Text | None
    default: Text | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of a table; `number` counts from 1, `description` and `annotations` are what its author wrote beside it."""

    place: Place
    number: int
    description: str
    annotations: tuple[str, ...]
    tests: tuple[Text | None, ...]
    results: tuple[Text | None, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table; `aggregation` is empty, SUM, COUNT, MIN or MAX."""

    place: Place
    hit_policy: str
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class InputData:
    """An input of the file: the name of its variable and its type."""

    id: str
    name: str
    type: ItemType
    place: Place


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: what it needs (ids), how it is made, and the tables inside (for lint and for reasons)."""

    id: str
    name: str
    variable: str
    place: Place
    type: ItemType
    decisions: tuple[str, ...]
    inputs: tuple[str, ...]
    knowledge: tuple[str, ...]
    code: Code = field(repr=False)
    texts: tuple[Text, ...] = field(repr=False)
    tables: tuple[DecisionTable, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function with parameters, by name and type."""

    id: str
    name: str
    place: Place
    parameters: tuple[tuple[str, ItemType], ...]
    type: ItemType
    knowledge: tuple[str, ...]
    code: Code = field(repr=False)
    texts: tuple[Text, ...] = field(repr=False)
    tables: tuple[DecisionTable, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decisions:
    """A decision file: everything by id, and the faults that keep parts of it from being used.

    `faults_of` has them by the id of the decision, input or function they are in; by "" those of the whole file.
    """

    name: str
    decisions: Mapping[str, Decision]
    inputs: Mapping[str, InputData]
    knowledge: Mapping[str, Knowledge]
    faults: tuple[Problem, ...] = ()
    faults_of: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)

    def find(self, id_or_name: str) -> Decision:
        """The decision of that id, else of that name. Raises DecisionError `unknown-decision`."""
        found = self.decisions.get(id_or_name)
        if found is not None:
            return found
        named = [one for one in self.decisions.values() if id_or_name in (one.name, one.variable)]
        if len(named) != 1:
            known = ", ".join(self.decisions) or "none"
            raise DecisionError("unknown-decision", f"There is no one decision ‘{id_or_name}’; there are: {known}.")
        return named[0]

    def variables(self, id_or_name: str) -> frozenset[str]:
        """The names a decision needs from outside, with those of the decisions it rests on; dotted where it follows
        a path (`case.amount`)."""
        needed: set[str] = set()
        for decision in self.closure(self.find(id_or_name)):
            inside = {self.decisions[one].variable for one in decision.decisions}
            inside |= {self.knowledge[one].name for one in decision.knowledge}
            for text in decision.texts:
                read = text.expression.variables if text.expression is not None else frozenset()
                needed |= {name for name in read if name.split(".")[0] not in inside}
            needed |= {self.inputs[one].name for one in decision.inputs}
        return frozenset(needed)

    def closure(self, decision: Decision) -> tuple[Decision, ...]:
        """A decision and all that it rests on."""
        found: dict[str, Decision] = {}
        waiting = [decision]
        while waiting:
            one = waiting.pop()
            if one.id not in found:
                found[one.id] = one
                waiting.extend(self.decisions[needed] for needed in one.decisions)
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: in which decision, which rule, what its author wrote beside it, and what it gave."""

    decision_id: str
    rule_id: str
    number: int
    description: str
    annotations: tuple[str, ...]
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision made: its value, the rules that gave it (of required decisions too), and why anything became null."""

    value: Any
    hits: tuple[Hit, ...]
    warnings: tuple[str, ...]
