"""Deadlines that come near or have passed: told once to the holder, and to the director when they are over."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select

from mediation import clock, journal
from mediation.extensions import command, db
from mediation.models import Case, Deadline, OverdueNotice, Task
from mediation.notices.operations import INBOX, INBOX_AND_MAIL, members_of, offered_to, tell_user

BATCH = 200
# Yellow: a working day is left, more or less; red: it is over.
SOON = timedelta(days=1)


def warn_overdue() -> int:
    """Warn of tasks that are due soon (yellow) and of those that are over (red); returns how many were told."""
    return _warn("yellow", clock.now() + SOON) + _warn("red", clock.now()) + _pass_deadlines()


def _warn(stage: str, before: object) -> int:
    with command():
        told = exists().where(OverdueNotice.task_id == Task.id, OverdueNotice.stage == stage)
        query = (
            select(Task)
            .where(Task.status == "open", Task.due_at <= before, ~told)
            .order_by(Task.due_at, Task.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Task)
        )
        tasks = list(db.session.scalars(query))
        for task in tasks:
            db.session.add(OverdueNotice(task_id=task.id, stage=stage, at=clock.now()))
            _tell(task, stage)
        return len(tasks)


def _tell(task: Task, stage: str) -> None:
    case = db.session.get_one(Case, task.case_id)
    holders = {task.claimed_by_id} if task.claimed_by_id else set(offered_to(task)[0])
    if stage == "red":
        holders |= {*members_of("director", case.agency_id), *members_of("supervisor", case.agency_id)}
        journal.record(
            "task-overdue", case_id=case.id, actor="scheduler", subject=task.element_id, details={"task": task.id}
        )
    channels = INBOX_AND_MAIL if stage == "red" else INBOX
    for user_id in sorted(holder for holder in holders if holder):
        tell_user(
            user_id, f"task-{stage}", case=case, task=task, channels=channels, title=case.display_number, step=task.name
        )


def _pass_deadlines() -> int:
    """A running clock that has run out is marked, so that pages and counts need not compare times."""
    with command():
        query = select(Deadline).where(Deadline.status == "running", Deadline.due_at <= clock.now())
        passed = list(
            db.session.scalars(query.order_by(Deadline.due_at).limit(BATCH).with_for_update(skip_locked=True))
        )
        for deadline in passed:
            deadline.status = "passed"
            journal.record("deadline-passed", case_id=deadline.case_id, actor="scheduler", subject=deadline.clock)
        return len(passed)
