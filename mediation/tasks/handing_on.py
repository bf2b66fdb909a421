"""An absence hands work on: each open task to the B, to a colleague or back to its pool, and home again afterwards."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mediation import access, clock, journal
from mediation.cases import ties
from mediation.duty.operations import second_of
from mediation.extensions import db
from mediation.models import HandedOn, Membership, StandIn, Task, User
from mediation.notices.operations import tell_user
from mediation.permissions import can_reassign
from mediation.tasks import operations
from mediation.tasks.colleagues import may_hold

POOL = "pool"
KEEP = ""


class CannotHandOn(Exception):
    """One of the tasks cannot go where it was sent; `errors`: task id -> sentence. Nothing was handed on."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def open_tasks(absent: User) -> list[Task]:
    """What the absent person holds, the earliest deadline first."""
    query = select(Task).where(Task.status == "open", Task.claimed_by_id == absent.id)
    query = query.options(joinedload(Task.case), joinedload(Task.pool), joinedload(Task.process))
    return list(db.session.scalars(query.order_by(Task.due_at.nulls_last(), Task.id)))


def receivers(tasks: list[Task], absent: User) -> dict[str, list[User]]:
    """Who may take each task: the active people of its pool, B first, in one statement for all of them."""
    pools = {task.pool_id for task in tasks}
    query = (
        select(Membership.pool_id, User).join(User, User.id == Membership.user_id)
        .where(Membership.pool_id.in_(pools), User.active, User.id != absent.id).order_by(User.name, User.id)
    )  # fmt: skip
    by_pool: dict[int, list[User]] = {}
    for pool_id, user in db.session.execute(query) if pools else ():
        by_pool.setdefault(pool_id, []).append(user)
    second = second_of(absent)
    for people in by_pool.values():
        people.sort(key=lambda one: second is None or one.id != second.id)
    return {task.id: by_pool.get(task.pool_id, []) for task in tasks}


def hand_on(stand_in: StandIn, wishes: Mapping[str, str], note: str, *, by: User) -> list[HandedOn]:
    """Hand the tasks of an absence on as wished: task id -> a user's id, POOL, or KEEP (the deputy acts for its holder).

    One transaction for all: CannotHandOn when one of them cannot go, and then none does.
    """
    rows, errors = [], {}
    for task in open_tasks(stand_in.absent):
        wish = wishes.get(task.id, KEEP)
        if wish == KEEP:
            continue
        to = None if wish == POOL else _receiver(wish)
        reason = _why_not(wish, to, task, by)
        if reason is not None:
            errors[task.id] = reason
            continue
        if to is None:
            operations.put_back(task, note, by=by)
        else:
            operations.hand_over(task, to, note, by=by)
        rows.append(
            HandedOn(stand_in_id=stand_in.id, task_id=task.id, to_id=to.id if to else None, note=note, at=clock.now())
        )
    if errors:
        raise CannotHandOn(errors)
    db.session.add_all(rows)
    journal.record("absence-handed-on", by=by, subject=f"stand-in:{stand_in.id}", details={"tasks": len(rows)})
    return rows


def _receiver(wish: str) -> User | None:
    return db.session.get(User, int(wish)) if wish.isdecimal() else None


def _why_not(wish: str, to: User | None, task: Task, by: User) -> str | None:
    """Why the task cannot go there; None: it can."""
    if not can_reassign(by, task, access.acts_for(by)):
        return _("This task belongs to another agency: its director hands it over.")
    if wish == POOL:
        return None
    if to is None or not may_hold(to, task):
        return _("This person does not belong to the task’s pool.")
    return ties.why_not(to, task)


def still_elsewhere(stand_in: StandIn) -> list[HandedOn]:
    """What was handed on, is still open and has not been touched by anybody further on."""
    query = (
        select(HandedOn).join(Task, Task.id == HandedOn.task_id)
        .where(HandedOn.stand_in_id == stand_in.id, HandedOn.returned_at.is_(None), Task.status == "open")
        .order_by(HandedOn.id)
    )  # fmt: skip
    rows = list(db.session.scalars(query))
    tasks = {
        task.id: task for task in db.session.scalars(select(Task).where(Task.id.in_([row.task_id for row in rows])))
    }
    return [row for row in rows if tasks[row.task_id].claimed_by_id == row.to_id]


def not_returned(people: list[int]) -> list[StandIn]:
    """The absences of these people of which something is still open where it was handed to, the latest first."""
    open_ones = (
        select(HandedOn.stand_in_id)
        .join(Task, Task.id == HandedOn.task_id)
        .where(
            HandedOn.returned_at.is_(None), Task.status == "open",
            or_(Task.claimed_by_id == HandedOn.to_id, Task.claimed_by_id.is_(None) & HandedOn.to_id.is_(None)),
        )
    )  # fmt: skip
    query = select(StandIn).where(StandIn.absent_id.in_(people), StandIn.id.in_(open_ones))
    query = query.options(joinedload(StandIn.absent).lazyload(User.memberships))
    return list(db.session.scalars(query.order_by(StandIn.id.desc())))


def hand_back(stand_in: StandIn, note: str, *, by: User) -> int:
    """Who was away gets back what is still open where it was handed to; returns how many tasks. Holders are told."""
    count = 0
    for row in still_elsewhere(stand_in):
        task, holder = db.session.get_one(Task, row.task_id), row.to_id
        if not _may_return(task, stand_in.absent, by) or not operations.give(task, stand_in.absent, note, by=by):
            continue
        row.returned_at = clock.now()
        if holder is not None and holder != by.id:
            tell_user(holder, "task-handed-back", case=task.case, task=task, step=task.name, who=stand_in.absent.name)
        count += 1
    journal.record("absence-handed-back", by=by, subject=f"stand-in:{stand_in.id}", details={"tasks": count})
    return count


def _may_return(task: Task, absent: User, by: User) -> bool:
    """Whoever was away takes back what is still for him or her; somebody else only what he or she could hand over."""
    allowed = by.id == absent.id or can_reassign(by, task, access.acts_for(by))
    return allowed and may_hold(absent, task) and ties.why_not(absent, task) is None
