"""The engine's state and its mirror in the tables: rows locked before a step, and rows that say what came out of it.

Every completion of a task passes here: statements are prepared once, and asked only when a step can have changed rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import contains_eager

from mediation import clock, standing
from mediation.case_view import CaseView
from mediation.extensions import db
from mediation.functions import feel_functions
from mediation.models import Agency, Case, Participation, Pool, Process, Task, User, WaitingEvent
from mediation.releases import definition_of
from workflows import runtime
from workflows.model import EngineError, Environment, OpenTask, StepResult
from workflows.model import WaitingEvent as EngineWait

# All rows are locked, else PostgreSQL would hand out the task or the state as it was before we had to wait.
_LOCK_CASE = select(Case).where(Case.id == bindparam("id")).with_for_update()
_LOCK_PROCESS = (
    select(Process)
    .join(Process.case)
    .options(contains_eager(Process.case))
    .where(Process.id == bindparam("id"))
    .with_for_update(of=[Process, Case])
)
_LOCK_TASK = (
    select(Task)
    .join(Task.process)
    .join(Process.case)
    .options(contains_eager(Task.process).contains_eager(Process.case))
    .where(Task.id == bindparam("id"))
    .with_for_update(of=[Task, Process, Case])
)
_FRESH = {"populate_existing": True}
_OPEN_IDS = select(Task.id).where(Task.process_id == bindparam("process"), Task.status == "open")
_WAITING = select(WaitingEvent).where(WaitingEvent.process_id == bindparam("process"))
_PRESENT = select(Participation.pool_id, Participation.user_id).where(
    Participation.case_id == bindparam("case"), Participation.until_at.is_(None)
)


# --- locks ---


def lock_case(case_id: int) -> Case:
    """The case, locked: whoever changes anything of a case holds this."""
    return db.session.scalars(_LOCK_CASE, {"id": case_id}, execution_options=_FRESH).one()


def lock_process(process_id: int) -> Process:
    """The process and its case, locked and fresh."""
    return db.session.scalars(_LOCK_PROCESS, {"id": process_id}, execution_options=_FRESH).one()


def lock_task(task_id: str) -> Task | None:
    """The task, its process and its case, locked and fresh."""
    return db.session.scalars(_LOCK_TASK, {"id": task_id}, execution_options=_FRESH).one_or_none()


# --- what came out of a step ---


def mirror(process: Process, result: StepResult, *, cause: Task | None, reopened: Task | None) -> list[Task]:
    """Write state, tasks and waiting events; returns the tasks that opened. `cause` is the task that was completed."""
    process.state, process.status = result.state, result.status
    process.revision = (process.revision or 0) + 1
    if result.status != "running":
        process.ended_at = clock.now()
    if process.waits or result.waiting:
        _mirror_waiting(process, result.waiting)
    return _mirror_tasks(process, result.tasks, cause, reopened)


def _mirror_tasks(
    process: Process, wanted: Sequence[OpenTask], cause: Task | None, reopened: Task | None
) -> list[Task]:
    known = set(db.session.scalars(_OPEN_IDS, {"process": process.id})) - {cause.id if cause else None}
    gone = known - {item.id for item in wanted}
    if gone:
        db.session.execute(update(Task).where(Task.id.in_(gone)).values(status="cancelled", done_at=clock.now()))
    opened = [_open(process, item, reopened) for item in wanted if item.id not in known]
    if opened:
        db.session.add_all(opened)
        _let_in(process.case, opened, cause)
    return opened


def _open(process: Process, item: OpenTask, reopened: Task | None) -> Task:
    again = reopened is not None and reopened.id == item.id
    task = reopened if again and reopened is not None else Task(id=item.id, case_id=process.case_id, version=0)
    task.process, task.case, task.pool = process, process.case, pool_of(item.role, item.group, process.case)
    task.pool_id = task.pool.id
    task.element_id, task.process_key, task.name = item.element_id, item.process_id, item.name
    task.form_id, task.bind, task.ground = item.form_id, item.bind, item.ground
    task.properties, task.after_task_id = dict(item.properties), item.previous
    task.entered_at, task.due_at = item.entered_at, item.due_at
    task.status, task.done_at, task.version = "open", None, task.version + 1
    if again:
        task.claimed_by_id, task.done_by_id = task.done_by_id or task.claimed_by_id, None
    elif item.assignee:
        _assign(task, item.assignee)
    return task


def _assign(task: Task, login: str) -> None:
    found = db.session.scalar(select(User.id).where(User.login == login, User.active))
    if found is not None:
        task.claimed_by_id, task.claimed_at = found, None  # given, not claimed: nobody has begun


def pool_of(role: str, agency_key: str | None, case: Case) -> Pool:
    """The pool of a role in an agency (by default the case's own), made when it is first needed."""
    agency_id = case.agency_id if agency_key is None else _agency_id(agency_key)
    known: dict[tuple[str, int], int] = current_app.extensions.setdefault("mediation-pools", {})
    pool_id = known.get((role, agency_id))
    found = db.session.get(Pool, pool_id) if pool_id else None
    if found is None:
        found = db.session.scalar(select(Pool).where(Pool.role == role, Pool.agency_id == agency_id))
        if found is not None:
            known[role, agency_id] = found.id
    if found is None:
        found = Pool(role=role, agency_id=agency_id)
        db.session.add(found)
        db.session.flush()
    return found


def _agency_id(key: str) -> int:
    found = db.session.scalar(select(Agency.id).where(Agency.key == key))
    if found is None:
        raise EngineError("unknown-agency", f"no agency has the key {key!r}")
    return found


# --- what the engine knows ---


def variables_of(task: Task) -> Mapping[str, Any]:
    """The variables in sight of an open task."""
    try:
        return _look(task)[0].variables
    except EngineError:
        return {}


def waits_at(task: Task, message: str) -> str | None:
    """The waiting event at the edge of this very task that takes the message, by its id in the engine. Two hand-overs
    wait for the same message, each at a step of its own."""
    here, waiting = _look(task)
    found = (
        one.id for one in waiting
        if one.kind == "message" and (one.name, one.attached_to, one.scope) == (message, here.element_id, here.scope)
    )  # fmt: skip
    return next(found, None)


def _look(task: Task) -> tuple[OpenTask, tuple[EngineWait, ...]]:
    """An open task as the engine sees it, and all that its process waits for. Raises EngineError when it is not open."""
    definition = definition_of(task.process.release_hash)
    environment = Environment(now=clock.now(), case=CaseView(task.case), functions=feel_functions(task.case))
    tasks, waiting = runtime.look(definition, task.process.state, environment)
    here = next((item for item in tasks if item.id == task.id), None)
    if here is None:
        raise EngineError("task-not-open", "This task is not open any more.")
    return here, waiting


# --- who takes part ---


def shares_cases(role: str) -> bool:
    """Whether all who hold the role see a case once it has reached their agency; a mediator sees his or her own."""
    return standing.sees(role) in ("office", "referred")


def _let_in(case: Case, opened: Iterable[Task], cause: Task | None) -> None:
    """Whoever is offered or given a task takes part in the case from now on; who did the step before already does."""
    wanted: set[tuple[int, int | None]] = set()
    wanted |= {(task.pool_id, None) for task in opened if shares_cases(task.pool.role)}
    wanted |= {(task.pool_id, task.claimed_by_id) for task in opened if task.claimed_by_id}
    if cause is not None:
        wanted -= {(cause.pool_id, None), (cause.pool_id, cause.claimed_by_id)}
    let_in(case.id, wanted)


def let_in(case_id: int, wanted: set[tuple[int, int | None]]) -> None:
    """Let pools (user None) or single people take part in a case; who already does is left as is."""
    if not wanted:
        return
    present = {(row.pool_id, row.user_id) for row in db.session.execute(_PRESENT, {"case": case_id})}
    now = clock.now()
    db.session.add_all(
        Participation(case_id=case_id, pool_id=pool_id, user_id=user_id, since_at=now)
        for pool_id, user_id in sorted(wanted - present, key=str)
    )


# --- what it waits for ---


def _mirror_waiting(process: Process, wanted: Sequence[EngineWait]) -> None:
    known = {event.engine_id: event for event in db.session.scalars(_WAITING, {"process": process.id})}
    for item in wanted:
        event = known.pop(item.id, None)
        if event is None:
            db.session.add(_waiting_row(process, item))
        elif event.due_at != item.due_at:
            event.due_at, event.failed_at = item.due_at, None
    if known:
        db.session.execute(delete(WaitingEvent).where(WaitingEvent.id.in_([event.id for event in known.values()])))
        for event in known.values():
            db.session.expunge(event)
    process.waits = bool(wanted)


def _waiting_row(process: Process, item: EngineWait) -> WaitingEvent:
    return WaitingEvent(
        process=process, case_id=process.case_id, engine_id=item.id, element_id=item.element_id,
        process_key=item.process_id, kind=item.kind, name=item.name, due_at=item.due_at,
    )  # fmt: skip
