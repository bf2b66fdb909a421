"""What a step has made of a case, told as plain data: open tasks, waiting events, effects, log, the new state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows.codec import encode
from workflows.compile import Definition
from workflows.model import EngineError, OpenTask, StepResult, WaitingEvent
from workflows.prune import led_here, prune
from workflows.spiff_activities import UserTask
from workflows.spiff_events import awaited
from workflows.spiff_tree import Called, Case, Scope, Token


def outcome(definition: Definition, case: Case) -> StepResult:
    """Prune a case that has come to rest and store it. Raises EngineError `too-deep` or `not-storable`."""
    engine = case.script_engine
    status: Any = "cancelled" if case.cancelled else "completed" if case.completed else "running"
    if status != "running":
        case.subprocesses.clear()
    prune(case)
    return StepResult(
        state=encode(case, definition.hash),
        status=status,
        tasks=tuple(open_tasks(case)),
        waiting=tuple(waiting_events(case)),
        effects=tuple(engine.effects),
        log=tuple(engine.log),
    )


def open_tasks(case: Case) -> Iterator[OpenTask]:
    """The user tasks that wait for a person, in the order in which they came."""
    for token in case.tokens():
        if token._state == TaskState.READY and isinstance(token.task_spec, UserTask):
            yield _open_task(token)


def waiting_events(case: Case) -> Iterator[WaitingEvent]:
    """The timers and messages that a case waits for."""
    for token in case.tokens():
        if awaited(token):
            yield _waiting_event(token)


def _open_task(token: Token) -> OpenTask:
    element = token.task_spec.element
    kept = token.internal_data
    before = led_here(token)
    return OpenTask(
        id=token.id,
        element_id=element.id,
        process_id=token.task_spec.address[1],
        name=element.name,
        role=token.task_spec.role,
        form_id=element.form_id,
        entered_at=datetime.fromisoformat(kept["entered"]),
        due_at=_moment(kept["due"]),
        group=kept["group"],
        assignee=kept["assignee"],
        ground=element.properties.get("ground", ""),
        bind=element.properties.get("bind", ""),
        properties=element.properties,
        scope=path(token.workflow),
        index=kept.get("index"),
        variables=token.sight(),
        previous=before.id if before is not None else None,
    )


def _waiting_event(token: Token) -> WaitingEvent:
    spec = token.task_spec
    attached_to = spec.element.attached_to
    return WaitingEvent(
        id=token.id,
        element_id=spec.element.id,
        process_id=spec.address[1],
        kind=spec.caught.kind,
        name=spec.caught.name or spec.element.name,
        due_at=_moment(token.internal_data.get("due")),
        attached_to=attached_to,
        scope=path(token.workflow),
    )


def path(scope: Scope) -> tuple[str, ...]:
    """The calls and subprocesses around a token, from the outside: their element ids, `id[0]` for a round of many."""
    found: list[str] = []
    while isinstance(scope, Called):
        host = scope.host
        index = host.internal_data.get("index")
        found.append(host.task_spec.address[0] + (f"[{index}]" if index is not None else ""))
        scope = host.workflow
    return tuple(reversed(found))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def running(case: Case) -> Case:
    """The case itself. Raises EngineError("not-running") when it has ended."""
    if case.cancelled or case.completed:
        raise EngineError("not-running", "The process has ended.")
    return case
