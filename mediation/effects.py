"""What a flow may cause and what a form may fill, by name: slices register here, so that `flow` imports no slice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mediation.models import Case, Process, Task, User


@dataclass(frozen=True)
class Occasion:
    """The circumstances in which an effect happens: the case, the process and element, and who caused it (or nobody).

    `called` is the flow that the element is drawn in, where a flow of the process called it.
    """

    case: Case
    process: Process
    element_id: str
    by: User | None
    task: Task | None = None
    called: str = ""

    @property
    def flow_key(self) -> str:
        """The flow that the element is drawn in."""
        return self.called or self.process.key


class AnswersRefused(Exception):
    """Answers that a table cannot take: field key -> sentence for the person, in the person's language.

    `rows` are what the form's fixed lists ask for from now on: list -> its rows.
    """

    def __init__(self, errors: Mapping[str, str], rows: Mapping[str, list[dict[str, Any]]] | None = None) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)
        self.rows = dict(rows or {})


Effect = Callable[..., None]


@dataclass
class Binding:
    """The table that a form fills: `apply` writes the answers, `prefill` says what is known, `undo` takes back."""

    name: str
    apply: Callable[[Task, Mapping[str, Any], User], None] | None = None
    prefill: Callable[[Task, User], dict[str, Any]] | None = None
    undo: Callable[[Task], None] | None = None
    # Keys that `apply` keeps behind a wall: the task's answers do not repeat them.
    private: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EffectSpec:
    """A registered effect and the arguments that lint allows: name -> allowed values, or None for any."""

    name: str
    run: Effect
    arguments: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    required: tuple[str, ...] = ()


EFFECTS: dict[str, EffectSpec] = {}
BINDINGS: dict[str, Binding] = {}


def effect(
    name: str, *, required: tuple[str, ...] = (), **arguments: tuple[str, ...] | None
) -> Callable[[Effect], Effect]:
    """Register `run(occasion, **arguments)` under the name that a service task gives in `zeebe:taskDefinition type`."""

    def register(run: Effect) -> Effect:
        if name in EFFECTS:
            raise ValueError(f"effect {name!r} is registered twice")
        EFFECTS[name] = EffectSpec(name, run, {**dict.fromkeys(required), **arguments}, required)
        return run

    return register


def applies(
    name: str, *, private: tuple[str, ...] = ()
) -> Callable[[Callable[[Task, Mapping[str, Any], User], None]], Any]:
    """Register `apply(task, answers, by)` for the binding `name`; it may raise AnswersRefused and commits nothing.

    `private` are the keys that stay in the table alone: whoever does the step again reads them there, or not at all.
    """

    def register(function: Callable[[Task, Mapping[str, Any], User], None]) -> Any:
        binding = BINDINGS.setdefault(name, Binding(name))
        binding.apply, binding.private = function, frozenset(private)
        return function

    return register


def prefills(name: str) -> Callable[[Callable[[Task, User], dict[str, Any]]], Any]:
    """Register `prefill(task, user) -> answers` for the binding `name`: what is known is shown, not asked again."""

    def register(function: Callable[[Task, User], dict[str, Any]]) -> Any:
        BINDINGS.setdefault(name, Binding(name)).prefill = function
        return function

    return register


def undoes(name: str) -> Callable[[Callable[[Task], None]], Any]:
    """Register `undo(task)` for the binding `name`: what the step wrote no longer counts when it is taken back."""

    def register(function: Callable[[Task], None]) -> Any:
        BINDINGS.setdefault(name, Binding(name)).undo = function
        return function

    return register


WATCHERS: dict[str, list[Callable[..., None]]] = {}


def watches(event: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function that is told of an event of the flow, `tasks-opened(case, tasks, by)` or `process-ended(process, by)`."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        WATCHERS.setdefault(event, []).append(function)
        return function

    return register


def tell_watchers(event: str, *arguments: Any) -> None:
    """Call whoever watches `event`, inside the running transaction."""
    for watcher in WATCHERS.get(event, ()):
        watcher(*arguments)
