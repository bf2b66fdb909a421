"""The hinge between engine and tables: one function a command, each locks the case, steps, and mirrors what came out.

Nothing here commits: the view, job or command that called does it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, literal, or_, select, update

from mediation import access, clock, clocks, journal
from mediation.case_view import CaseView
from mediation.deadlines import Works
from mediation.effects import BINDINGS, EFFECTS, Occasion, tell_watchers
from mediation.extensions import db
from mediation.functions import feel_functions
from mediation.mirror import let_in, lock_case, lock_process, lock_task, mirror, pool_of, waits_at
from mediation.models import (
    Case,
    Draft,
    InboxMessage,
    Incident,
    Notice,
    OverdueNotice,
    Paper,
    Process,
    Task,
    User,
    WaitingEvent,
)
from mediation.models.papers import STANDS
from mediation.permissions import can_complete
from mediation.releases import definition_of
from workflows import rebase, runtime
from workflows.compile import Definition
from workflows.model import EngineError, Environment, LogLine, Problem, StepResult

__all__ = [
    "CannotUndo", "Step", "TaskGone", "cancel", "complete", "end", "fire_timers", "follow_clocks", "let_in", "lock_case", "move",
    "plan_move", "pool_of", "record_incident", "reschedule", "send_back", "send_message", "start", "take_back", "touched_since",
]  # fmt: skip

# A message that nobody waits for is kept this long, in case the flow comes to it.
MESSAGE_KEPT_FOR = timedelta(days=60)


class TaskGone(Exception):
    """The task is no longer open for this person: somebody else finished, claimed or withdrew it."""

    def __init__(self, task: Task | None) -> None:
        super().__init__(task.name if task else "")
        self.task = task


class CannotUndo(Exception):
    """The step can be neither taken back nor sent back; `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Step:
    """What one command did: the tasks that opened because of it."""

    process: Process
    opened: tuple[Task, ...]


_DROP_DRAFT = delete(Draft.__table__).where(
    Draft.__table__.c.user_id == bindparam("by"), Draft.__table__.c.subject == bindparam("subject_of")
)

Action = Callable[[Definition, Environment], StepResult]


# --- commands -----------------------------------------------------------------------------------------------------


def start(
    case: Case, process_key: str, variables: Mapping[str, Any], *, by: User | None, release_hash: str | None = None
) -> Step:
    """Start a process of the case, on the case's own release unless told otherwise; the first process is its root."""
    process = Process(
        case=case, key=process_key, release_hash=release_hash or case.release_hash, state=b"", status="running",
        started_at=clock.now(),
    )  # fmt: skip
    db.session.add(process)
    db.session.flush()
    return _step(process, lambda d, e: runtime.start(d, process_key, variables, e), "process-started", by=by)


def complete(task: Task, answers: Mapping[str, Any], *, by: User, version: int | None = None) -> Step:
    """Complete a task: answers into their table, the engine one step on, everything mirrored. `version` is the round in
    which the form was opened (None: whichever it is).

    Raises TaskGone when it is no longer this person's, AnswersRefused when a table cannot take the answers, EngineError
    when the flow cannot go on; after any of them the transaction must be rolled back.
    """
    task = _locked(task.id)
    if not can_complete(by, task, access.acts_for(by)) or version not in (None, task.version):
        raise TaskGone(task)
    binding = BINDINGS.get(task.bind)
    if binding and binding.apply:
        binding.apply(task, answers, by)
    task.status, task.done_at, task.done_by_id = "done", clock.now(), by.id
    task.answers = {key: value for key, value in answers.items() if not (binding and key in binding.private)}
    task.version += 1
    with db.session.no_autoflush:  # one flush for all, at the end or when an effect reads
        db.session.execute(_DROP_DRAFT, {"by": by.id, "subject_of": f"task:{task.id}"})
    return _step(
        task.process, lambda d, e: runtime.complete(d, task.process.state, task.id, answers, e), "task-completed",
        by=by, task=task,
    )  # fmt: skip


def send_back(task: Task, reason: str, *, by: User) -> Step:
    """The holder of a task sends the case back to the step that led to it."""
    task = _locked(task.id)
    if not can_complete(by, task, access.acts_for(by)):
        raise TaskGone(task)
    if task.after_task_id is None:
        raise CannotUndo("no-step-before")
    return _reopen(_locked(task.after_task_id), "task-sent-back", reason, by)


def take_back(task: Task, *, by: User) -> Step:
    """Who completed a step takes it back while nobody has touched what came of it."""
    task = _locked(task.id)
    if task.status != "done" or task.done_by_id != by.id:
        raise TaskGone(task)
    if touched_since(task, by):
        raise CannotUndo("next-step-touched")
    return _reopen(task, "task-taken-back", "", by)


def touched_since(task: Task, by: User) -> bool:
    """Whether somebody else has begun a step that followed: finished it, claimed it, or written a draft of it.

    Who merely got the step from the flow, such as the appointed mediator, has not begun it.
    """
    draft = select(Draft.id).where(Draft.subject == literal("task:").concat(Task.id), Draft.user_id != by.id).exists()
    claimed = Task.claimed_at.is_not(None) & (Task.claimed_by_id != by.id)
    touched = select(Task.id).where(Task.after_task_id == task.id, or_(Task.status == "done", claimed, draft))
    return db.session.scalar(touched.limit(1)) is not None


def _reopen(target: Task, action: str, reason: str, by: User) -> Step:
    process = target.process
    step = _step(
        process, lambda d, e: runtime.send_back(d, process.state, target.id, e), action, by=by, reopened=target,
        details={"reason": reason},
    )  # fmt: skip
    withdraw_consequences(target)
    if clocks.take_back(process.case, target.id):
        follow_clocks(process.case, by=by)
    binding = BINDINGS.get(target.bind)
    if binding and binding.undo:
        binding.undo(target)
    target.returned_note = reason
    return step


def withdraw_consequences(task: Task) -> None:
    """Papers and unsent notices that the undone step caused no longer count."""
    papers = update(Paper).where(Paper.task_id == task.id, Paper.status.in_(("queued", *STANDS)))
    db.session.execute(papers.values(status="withdrawn"))
    notices = update(Notice).where(Notice.task_id == task.id, Notice.status == "queued")
    db.session.execute(notices.values(status="withdrawn"))


def send_message(
    case: Case,
    name: str,
    payload: Mapping[str, Any],
    *,
    by: User | None = None,
    party_id: int | None = None,
    sender_key: str | None = None,
    at: Task | None = None,
) -> bool:
    """Put a message for the case into its inbox and deliver it if the flow waits for it. True when delivered.

    `sender_key` names the message: sent twice under one key it is one message. With `at` only what waits at the edge of
    this open task takes it.
    """
    lock_case(case.id)
    if sender_key and db.session.scalar(select(InboxMessage.id).where(InboxMessage.sender_key == sender_key)):
        return False
    now = clock.now()
    message = InboxMessage(
        case_id=case.id, name=name, payload=dict(payload), party_id=party_id, received_at=now,
        expires_at=now + MESSAGE_KEPT_FOR, sender_key=sender_key,
    )  # fmt: skip
    db.session.add(message)
    waiting = select(WaitingEvent).where(
        WaitingEvent.case_id == case.id, WaitingEvent.kind == "message", WaitingEvent.name == name
    )
    if at is not None:
        waiting = waiting.where(WaitingEvent.process_id == at.process_id, WaitingEvent.engine_id == waits_at(at, name))
    event = db.session.scalar(waiting.order_by(WaitingEvent.id).limit(1))
    if event is not None:
        _deliver(event, message, by)
    return event is not None


def _deliver(event: WaitingEvent, message: InboxMessage, by: User | None) -> Step:
    message.delivered_at = clock.now()
    process, waiting_id = event.process, event.engine_id
    return _step(
        process, lambda d, e: runtime.deliver(d, process.state, waiting_id, message.payload, e), "message-delivered",
        by=by, details={"message": message.name, "party": message.party_id},
    )  # fmt: skip


def fire_timers(event: WaitingEvent) -> Step | None:
    """Let the process of a due timer go on. The event may be stale; then nothing happens: a timer acts once."""
    process = lock_process(event.process_id)
    due = select(WaitingEvent.id).where(
        WaitingEvent.process_id == process.id, WaitingEvent.kind == "timer", WaitingEvent.due_at <= clock.now()
    )
    if process.status != "running" or db.session.scalar(due.limit(1)) is None:
        return None
    return _step(process, lambda d, e: runtime.tick(d, process.state, e), "timer-fired", by=None,
                 details={"element": event.element_id})  # fmt: skip


def reschedule(case: Case, element_id: str, due_at: datetime, *, by: User | None) -> None:
    """A deadline was moved: the timers of this element follow it."""
    lock_case(case.id)
    query = select(WaitingEvent).where(
        WaitingEvent.case_id == case.id, WaitingEvent.kind == "timer", WaitingEvent.element_id == element_id
    )
    for event in db.session.scalars(query.order_by(WaitingEvent.id)):
        process, waiting_id = event.process, event.engine_id
        _step(process, lambda d, e, p=process, w=waiting_id: runtime.reschedule(d, p.state, w, due_at, e),  # type: ignore[misc]
              "timer-moved", by=by, details={"element": element_id})  # fmt: skip


def follow_clocks(case: Case, *, by: User | None) -> None:
    """A clock of the case was started, stopped, paused, resumed or moved: timers and tasks that name one follow it."""
    lock_case(case.id)
    query = select(Process).where(Process.case_id == case.id, Process.status == "running").order_by(Process.id)
    for process in db.session.scalars(query).all():
        definition, environment = definition_of(process.release_hash), _environment(process)
        result = runtime.follow_clocks(definition, process.state, environment)
        if result is not None:
            _move_deadlines(process, result)
            _finish(process, result, "timers-moved", by=by)


def plan_recount(process: Process, before: Works, after: Works) -> StepResult | None:
    """What becomes of the dates of open steps and their timers when the calendar `before` gives way to `after`; None
    when none of them moves. Clocks of the case are counted apart, and followed (`follow_clocks`)."""

    def seen_by(works: Works) -> runtime.World:
        case = process.case
        return lambda at: Environment(now=at, case=CaseView(case), functions=feel_functions(case, at=at, works=works))

    definition = definition_of(process.release_hash)
    return runtime.recount(definition, process.state, _environment(process), seen_by(before), seen_by(after))


def recount(process_id: int, before: Works, after: Works, *, by: User) -> int:
    """The calendar was corrected: dates of open steps and their timers are counted anew. How many dates moved."""
    process = lock_process(process_id)
    result = plan_recount(process, before, after) if process.status == "running" else None
    if result is None:
        return 0
    moved = _move_deadlines(process, result)
    _finish(process, result, "steps-recounted", by=by, details={"steps": moved})
    return len(moved)


def moved_by(process: Process, result: StepResult) -> list[tuple[Task, datetime | None, datetime | None]]:
    """The open tasks that get another deadline by a step: as it is, and as it will be."""
    wanted = {item.id: item.due_at for item in result.tasks}
    query = select(Task).where(Task.process_id == process.id, Task.status == "open").order_by(Task.entered_at, Task.id)
    return [
        (task, task.due_at, wanted[task.id]) for task in db.session.scalars(query)
        if task.id in wanted and task.due_at != wanted[task.id]
    ]  # fmt: skip


def _move_deadlines(process: Process, result: StepResult) -> list[dict[str, str]]:
    """The open tasks' own deadlines, told as they were and are; who was warned of the old one will be of the new one."""
    moved = moved_by(process, result)
    for task, _was, due in moved:
        task.due_at = due
        db.session.execute(delete(OverdueNotice).where(OverdueNotice.task_id == task.id))
    return [{"name": task.name, "before": _day_told(was), "after": _day_told(due)} for task, was, due in moved]


def _day_told(moment: datetime | None) -> str:
    return str(clock.day_of_deadline(moment)) if moment else ""


def cancel(case: Case, *, by: User | None, action: str = "process-cancelled") -> None:
    """End every running process of the case where it stands."""
    lock_case(case.id)
    query = select(Process).where(Process.case_id == case.id, Process.status == "running").order_by(Process.id)
    for process in db.session.scalars(query):
        end(process, by=by, action=action)


def end(process: Process, *, by: User | None, action: str, details: Mapping[str, Any] | None = None) -> None:
    """End a running process where it stands. Whoever calls holds the lock of its case."""
    _step(process, lambda d, e: runtime.cancel(d, process.state, e), action, by=by, details=details)


def plan_move(process: Process, release_hash: str) -> list[Problem]:
    """Why the process cannot go on under another release; empty when it can."""
    return rebase.plan(definition_of(process.release_hash), definition_of(release_hash), process.state)


def move(process: Process, release_hash: str, *, by: User) -> Step:
    """Let a running process go on under another release; refused (EngineError) where `plan_move` finds a problem."""
    process = lock_process(process.id)
    old = definition_of(process.release_hash)
    process.release_hash = process.case.release_hash = release_hash
    return _step(process, lambda d, e: rebase.rebase(old, d, process.state, e), "process-moved", by=by,
                 details={"release": release_hash[:12]})  # fmt: skip


def record_incident(case_id: int, process_id: int | None, error: EngineError) -> Incident:
    """Show a step that could not be taken. Called after its transaction was rolled back, inside a new one."""
    incident = Incident(
        case_id=case_id, process_id=process_id, element_id=error.element_id, code=error.code, message=error.message,
        at=clock.now(),
    )  # fmt: skip
    db.session.add(incident)
    journal.record("incident", case_id=case_id, subject=error.element_id, details={"code": error.code})
    return incident


# --- one step -----------------------------------------------------------------------------------------------------


def _locked(task_id: str) -> Task:
    found = lock_task(task_id)
    if found is None:
        raise TaskGone(None)
    return found


def _step(
    process: Process,
    action: Action,
    verb: str,
    *,
    by: User | None,
    task: Task | None = None,
    reopened: Task | None = None,
    details: Mapping[str, Any] | None = None,
) -> Step:
    result = action(definition_of(process.release_hash), _environment(process))
    return _finish(process, result, verb, by=by, task=task, reopened=reopened, details=details)


def _environment(process: Process) -> Environment:
    return Environment(now=clock.now(), case=CaseView(process.case), functions=feel_functions(process.case))


def _finish(
    process: Process,
    result: StepResult,
    verb: str,
    *,
    by: User | None,
    task: Task | None = None,
    reopened: Task | None = None,
    details: Mapping[str, Any] | None = None,
) -> Step:
    """What the engine gave, in the tables: tasks and waiting events mirrored, effects caused, messages delivered."""
    with db.session.no_autoflush:
        opened = mirror(process, result, cause=task, reopened=reopened)
        _journal(verb, process, result.log, by, task or reopened, details)
    for call in result.effects:
        occasion = Occasion(process.case, process, call.element_id, by, task, call.process_id)
        EFFECTS[call.name].run(occasion, **call.arguments)
    if opened:
        tell_watchers("tasks-opened", process.case, opened, by)
    if process.status != "running":
        tell_watchers("process-ended", process, by)
    if any(event.kind == "message" for event in result.waiting):
        _deliver_what_waits(process, by)
    return Step(process, tuple(opened))


def _journal(
    verb: str,
    process: Process,
    log: Sequence[LogLine],
    by: User | None,
    task: Task | None,
    details: Mapping[str, Any] | None,
) -> None:
    told: dict[str, Any] = {**(details or {}), "process": process.key}
    told["path"] = [[line.process_id, line.element_id, line.event] for line in log]
    if task is not None:
        told |= {"task": task.id, "element": task.element_id, "name": task.name}
    subject = task.element_id if task is not None else process.key
    journal.record(verb, case_id=process.case_id, by=by, actor="" if by else "flow", subject=subject, details=told)


def _deliver_what_waits(process: Process, by: User | None) -> None:
    """A message that came before the flow waited for it is delivered now."""
    query = (
        select(WaitingEvent, InboxMessage)
        .join(InboxMessage, (InboxMessage.case_id == WaitingEvent.case_id) & (InboxMessage.name == WaitingEvent.name))
        .where(WaitingEvent.process_id == process.id, WaitingEvent.kind == "message")
        .where(InboxMessage.delivered_at.is_(None), InboxMessage.expires_at > clock.now())
        .order_by(InboxMessage.id)
    )
    found = db.session.execute(query.limit(1)).one_or_none()
    if found is not None:
        _deliver(found[0], found[1], by)
