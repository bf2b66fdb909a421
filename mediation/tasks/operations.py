"""What people do with a task beside filling in its form: claim, release, hand over, ask, comment, and complete it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, select, update

from mediation import access, clock, flow, journal, standing, words
from mediation.cases import ties
from mediation.cases.seats import let_out
from mediation.extensions import db
from mediation.mirror import shares_cases
from mediation.models import Task, TaskComment, User
from mediation.notices.operations import tell_user
from mediation.permissions import can_claim, can_reassign, can_release
from mediation.tasks.colleagues import may_be_asked, may_hold

LONGEST_COMMENT = 2000


class Taken(Exception):
    """Somebody else was faster; `holder` is who has the task now (None: it is no longer open)."""

    def __init__(self, holder: User | None) -> None:
        super().__init__(words.named(holder))
        self.holder = holder


class Barred(Exception):
    """A tie to the case bars this person; `reason` is what was declared."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotPossible(Exception):
    """This person may not do this with this task, or not with this colleague."""


def claim(task: Task, *, by: User) -> None:
    """Take an offered task. Of two who try at once one gets it; Taken tells the other who did, Barred why not."""
    flow.lock_case(task.case_id)  # who takes back the step before, meanwhile, waits and sees that it was claimed
    db.session.refresh(task)
    if task.status == "open" and task.claimed_by_id == by.id:
        return
    if not can_claim(by, task):
        raise Taken(task.claimed_by) if task.pool_id in by.pool_ids else NotPossible
    _bar(by, task)
    if not _pass_to(task, None, by.id):
        db.session.refresh(task)
        raise Taken(task.claimed_by)
    _let_in(task, by.id)
    _record("task-claimed", task, by)


def release(task: Task, *, by: User) -> None:
    """Give a task back to its pool. The draft stays with whoever wrote it."""
    holder_id = task.claimed_by_id
    if holder_id is None or not can_release(by, task, access.acts_for(by)) or not _pass_to(task, holder_id, None):
        raise flow.TaskGone(task)
    _record("task-released", task, by, **_for(task, holder_id, by))
    let_out(task.case_id, holder_id)


def hand_over(task: Task, to: User, note: str, *, by: User) -> None:
    """Give a task to a colleague of its pool, by its holder or by a director of its agency; says why.

    Raises NotPossible, Barred (the colleague has a tie to the case) or TaskGone.
    """
    if not can_reassign(by, task, access.acts_for(by)):
        raise flow.TaskGone(task)
    if not may_hold(to, task) or to.id == task.claimed_by_id:
        raise NotPossible
    _bar(to, task)
    before = task.claimed_by_id
    if not _pass_to(task, before, to.id):
        raise flow.TaskGone(task)
    task.returned_note = note
    _let_in(task, to.id)
    _record("task-handed-over", task, by, to=to.login, **_for(task, before, by))
    if before is not None:
        let_out(task.case_id, before)
    if to.id != by.id:
        tell_user(to.id, "task-handed", case=task.case, task=task, step=task.name)


def put_back(task: Task, note: str, *, by: User) -> None:
    """Offer a task of somebody who is away to its pool again, with a note; by its holder, a stand-in or a director."""
    holder_id = task.claimed_by_id
    if holder_id is None or not can_reassign(by, task, access.acts_for(by)) or not _pass_to(task, holder_id, None):
        raise flow.TaskGone(task)
    task.returned_note = note
    _record("task-put-back", task, by, **_for(task, holder_id, by))
    let_out(task.case_id, holder_id)


def give(task: Task, to: User, note: str, *, by: User) -> bool:
    """Return a task to who had handed it on while away, from its holder now or from its pool. False when it is gone."""
    before = task.claimed_by_id
    if task.status != "open" or not _pass_to(task, before, to.id):
        return False
    task.returned_note = note
    _let_in(task, to.id)
    _record("task-handed-over", task, by, to=to.login, **_for(task, before, by))
    if before is not None:
        let_out(task.case_id, before)
    return True


def comment(task: Task, text: str, *, by: User) -> TaskComment:
    """Write a remark beside the task. Questions that were put to this person here count as answered by it."""
    row = _write(task, text, by)
    _record("task-commented", task, by, comment=row.id)
    open_questions = select(TaskComment).where(
        TaskComment.task_id == task.id, TaskComment.asked_id == by.id, TaskComment.answered_at.is_(None)
    )
    for question in db.session.scalars(open_questions.order_by(TaskComment.id)):
        question.answered_at = clock.now()
        tell_user(question.by_id, "task-answered", case=task.case, task=task, step=task.name)
    return row


def ask(task: Task, colleague: User, text: str, *, by: User) -> TaskComment:
    """Put a question to a colleague, who from now on sees the case's shared part. Raises NotPossible or Barred."""
    if not may_be_asked(colleague, by):
        raise NotPossible
    _bar(colleague, task)
    row = _write(task, text, by)
    row.asked_id = colleague.id
    flow.let_in(task.case_id, {(task.pool_id, colleague.id)})
    _record("task-asked", task, by, comment=row.id, to=colleague.login)
    tell_user(colleague.id, "task-asked", case=task.case, task=task, step=task.name)
    return row


def complete(task: Task, answers: Mapping[str, Any], version: int, *, by: User) -> flow.Step:
    """Hand in the form of a task that was opened at `version`.

    Raises TaskGone when the step was finished, returned or given to somebody else since, Barred when a tie of whoever
    hands it in was declared meanwhile (特邀调解规定 15), AnswersRefused, EngineError.
    """
    tied = ties.resting(by, task)
    if tied is not None:
        raise Barred(tied)
    holder_id = task.claimed_by_id
    step = flow.complete(task, answers, by=by, version=version)
    if holder_id != by.id:
        _record("acted-for", task, by, **_for(task, holder_id, by))
    return step


def may_comment(user: User) -> bool:
    """Whoever works on cases; supervisors and administrators read."""
    return any(standing.works(role) for role in user.roles)


def _bar(user: User, task: Task) -> None:
    reason = ties.why_not(user, task)
    if reason is not None:
        raise Barred(reason)


def _pass_to(task: Task, before: int | None, after: int | None) -> bool:
    """Change the holder if it still is `before`: one statement, so that of several only one succeeds."""
    held = Task.claimed_by_id.is_(None) if before is None else Task.claimed_by_id == before
    now = clock.now() if after is not None else None
    change = update(Task).where(Task.id == task.id, Task.status == "open", held)
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        change.values(claimed_by_id=after, claimed_at=now), execution_options={"synchronize_session": False}
    )
    if done.rowcount != 1:
        return False
    db.session.refresh(task)
    return True


def _write(task: Task, text: str, by: User) -> TaskComment:
    row = TaskComment(task=task, case_id=task.case_id, text=text.strip()[:LONGEST_COMMENT], by=by, at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row


def _let_in(task: Task, user_id: int) -> None:
    """A pool whose members all see its cases needs no further right."""
    if not shares_cases(task.pool.role):
        flow.let_in(task.case_id, {(task.pool_id, user_id)})


def _for(task: Task, holder_id: int | None, by: User) -> dict[str, str]:
    """Whose task it was, when somebody acts for its holder."""
    if holder_id is None or holder_id == by.id:
        return {}
    return {"for": db.session.get_one(User, holder_id).login}


def _record(action: str, task: Task, by: User, **details: Any) -> None:
    told = {"task": task.id, "name": task.name, "process": task.process_key, **details}
    journal.record(action, case_id=task.case_id, by=by, subject=task.element_id, details=told)
