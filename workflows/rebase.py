"""Moves a case to another release: the same tokens, ids, deadlines and rounds under way, on the new drawings.

Tokens hold no forecasts, so nothing has to be predicted anew; what must hold is that every place where the case stands
is drawn as it was. Whatever is not certain is refused, and the case stays on the release it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows.codec import content, release_of, restore
from workflows.compile import Definition
from workflows.diagram import Element, Loop, ProcessModel
from workflows.model import EngineError, Environment, Problem, StepResult
from workflows.outcome import outcome
from workflows.spiff_engine import FeelEngine
from workflows.spiff_gateways import InclusiveGateway, ParallelGateway

UNFINISHED = int(TaskState.NOT_FINISHED_MASK)

Row = list[Any]


def plan(old: Definition, new: Definition, state: bytes) -> list[Problem]:
    """What stands in the way of moving a case; empty when it can be moved.

    Codes: `rebase-release` (the state is not of the old release), `rebase-ended`, `rebase-process` and
    `rebase-element` (no longer drawn), `rebase-kind`, `rebase-boundary`, `rebase-loop`, `rebase-call`, `rebase-join`,
    `rebase-event` (drawn differently where the case stands), `rebase-trial`.
    """
    if release_of(state) != old.hash:
        return [Problem("rebase-release", "The case is not on the release it is to be moved from.")]
    found = content(state)
    if found["cancelled"] or found["scopes"][0][2]:
        return [Problem("rebase-ended", "The case has ended; there is nothing to move.")]
    problems = [problem for scope in found["scopes"] for problem in _scope(old, new, scope)]
    return problems or _trial(new, found)


def rebase(old: Definition, new: Definition, state: bytes, environment: Environment) -> StepResult:
    """The case on the new release, standing where it stood.

    Raises EngineError("rebase-refused") with the first problem of `plan`; then the old state stays the valid one.
    """
    problems = plan(old, new, state)
    if problems:
        first = problems[0]
        raise EngineError("rebase-refused", first.message, first.element_id)
    return _moved(new, content(state), environment)


def _moved(new: Definition, found: Mapping[str, Any], environment: Environment) -> StepResult:
    case = restore({**found, "scopes": _known(new, found["scopes"])}, new, FeelEngine(environment, new.decisions))
    return outcome(new, case)


def _trial(new: Definition, found: Mapping[str, Any]) -> list[Problem]:
    """Move a copy. No step is taken and no expression asked in it, so that any moment will do."""
    try:
        _moved(new, found, Environment(datetime.min.replace(tzinfo=UTC)))
    except EngineError as error:
        message = f"A trial of the move failed: {error.message}"
        return [Problem("rebase-trial", message, element_id=error.element_id)]
    return []


def _scope(old: Definition, new: Definition, scope: Row) -> Iterator[Problem]:
    name, completed, rows = scope[0], scope[2], scope[5]
    if completed:
        return
    before, after = old.specs[name], new.specs.get(name)
    if after is None:
        message = f"“{name}”, in which the case stands, is not in the new release."
        yield Problem("rebase-process", message, element_id=name)
        return
    for row in rows:
        if row[2] & UNFINISHED:
            yield from _place(old, new, before.task_specs[row[3]], after.task_specs.get(row[3]))


def _place(old: Definition, new: Definition, before: Any, after: Any) -> Iterator[Problem]:
    """One place where the case stands, as it was drawn and as it is drawn now."""
    element_id, process_id = before.address
    label = before.element.label if before.element else before.name

    def refuse(code: str, message: str) -> Problem:
        return Problem(code, f"“{label}”, where the case stands, {message}", element_id=element_id)

    if after is None:
        yield refuse("rebase-element", "is not drawn in the new release.")
    elif type(before) is not type(after):
        yield refuse("rebase-kind", "is of another kind in the new release.")
    elif before.element is not None:
        models = old.processes[process_id], new.processes[process_id]
        yield from (refuse(code, message) for code, message in _differences(*models, before.element, after))


def _differences(old: ProcessModel, new: ProcessModel, was: Element, after: Any) -> Iterator[tuple[str, str]]:
    now: Element = after.element
    if _edge(old, was.id) != _edge(new, was.id):
        yield "rebase-boundary", "has other boundary events in the new release."
    if _repeats(was.loop) != _repeats(now.loop):
        yield "rebase-loop", "is repeated differently in the new release."
    if was.called_process != now.called_process:
        yield "rebase-call", "calls another process in the new release."
    if isinstance(after, ParallelGateway | InclusiveGateway) and _sources(old, was) != _sources(new, now):
        yield "rebase-join", "waits for other branches in the new release."
    if was.attached_to != now.attached_to or _caught(was) != _caught(now) or _rivals(old, was) != _rivals(new, now):
        yield "rebase-event", "waits for something else in the new release."


def _edge(model: ProcessModel, element_id: str) -> set[tuple[str, bool, str]]:
    """The boundary events of an activity: which, interrupting or not, waiting for what."""
    return {(event.id, event.interrupting, _caught(event)[0][0]) for event in model.boundaries(element_id)}


def _repeats(loop: Loop | None) -> tuple[str, str, str] | None:
    return (loop.kind, loop.input_element, loop.output_collection) if loop else None


def _sources(model: ProcessModel, element: Element) -> set[str]:
    return {model.flows[flow_id].source for flow_id in element.incoming}


def _caught(element: Element) -> list[tuple[str, str, str, str]]:
    """What an element waits for. A timer's text may change: the moment is kept."""
    return [(event.kind, event.timer, event.name, event.code) for event in element.events]


def _rivals(model: ProcessModel, element: Element) -> set[str]:
    """For an event behind an event gateway, all that race with it."""
    gateways = [source for source in _sources(model, element) if model.elements[source].kind == "eventBasedGateway"]
    return {model.flows[flow_id].target for source in gateways for flow_id in model.elements[source].outgoing}


def _known(new: Definition, scopes: list[Row]) -> list[Row]:
    """The scopes of a state without what is finished and unknown to the new release: only a step back needs that.

    What followed such a token follows its parent, and no step leads back over it.
    """
    forgotten = {scope[1] for scope in scopes if scope[2] and not _all_drawn(new, scope)}
    kept, hosts = [], {None}
    for scope in scopes:
        if scope[1] in hosts and scope[1] not in forgotten:
            rows = _known_rows(new.specs[scope[0]].task_specs, scope[5], forgotten)
            kept.append([*scope[:5], rows])
            hosts |= {row[0] for row in rows}
    return kept


def _all_drawn(new: Definition, scope: Row) -> bool:
    spec = new.specs.get(scope[0])
    return spec is not None and all(row[3] in spec.task_specs for row in scope[5])


def _known_rows(specs: Mapping[str, Any], rows: list[Row], forgotten: set[str]) -> list[Row]:
    place = {-1: -1}
    kept: list[Row] = []
    for index, (token_id, parent, state, name, *rest) in enumerate(rows):
        if name not in specs and not state & UNFINISHED:
            place[index] = place[parent]
            continue
        cut = token_id in forgotten or (parent >= 0 and rows[parent][3] not in specs)
        internal = {**(rest[0] if rest else {}), **({"cut": True} if cut else {})}
        place[index] = len(kept)
        kept.append([token_id, place[parent], state, name, internal])
    return kept
