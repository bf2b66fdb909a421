"""Who may stand by a case in danger: whom a crisis team may name, and whom an author may let read sealed notes."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from mediation import flow, words
from mediation.extensions import db
from mediation.forms.options import Pairs, options
from mediation.models import Agency, Case, Membership, Pool, Process, SealedNote, Task, User
from mediation.roles import role_name

# Who keeps accounts or flows has no part in a case.
NOT_AT_THE_TABLE = ("flow_admin", "system_admin")


def may_join(case: Case) -> list[User]:
    """Everybody who works at the centre and the houses around it, by name."""
    ids = (
        select(Membership.user_id)
        .join(Membership.pool)
        .where(Pool.agency_id.in_(_houses(case)), Membership.role.not_in(NOT_AT_THE_TABLE))
    )
    query = select(User).where(User.id.in_(ids), User.active).options(selectinload(User.memberships))
    return list(db.session.scalars(query.order_by(User.name, User.id)))


def _houses(case: Case) -> list[int]:
    """The centre, what lies below it, and what lies beside it below the same parent."""
    own = Agency.id == case.agency_id
    near = [own, Agency.parent_id == case.agency_id]
    if case.agency.parent_id is not None:
        near.append(Agency.parent_id == case.agency.parent_id)
    return list(db.session.scalars(select(Agency.id).where(or_(*near), Agency.active).order_by(Agency.id)))


def seat_of(case: Case, person: User) -> int:
    """The pool through which this person takes part: the one nearest to the case."""
    held = [one for one in person.memberships if one.role not in NOT_AT_THE_TABLE]
    own = [one for one in held if one.agency_id == case.agency_id] or held
    return own[0].pool_id if own else flow.pool_of("liaison", None, case).id


def may_read(note: SealedNote) -> list[User]:
    """Whom the author may name: whoever may stand by the case, but not the author; nobody new once the risk is over."""
    if not stands_by(note):
        return sorted((reader.user for reader in note.readers), key=lambda one: (one.name, one.id))
    case = db.session.get_one(Case, note.case_id)
    return [person for person in may_join(case) if person.id != note.author_id]


def stands_by(note: SealedNote) -> bool:
    """Whether the flow of the risk in which the note was written still runs."""
    status = select(Process.status).join(Task, Task.process_id == Process.id).where(Task.id == note.task_id)
    return db.session.scalar(status) == "running"


@options("crisis_people")
def crisis_people(case: Case, _task: Task | None = None) -> Pairs:
    """People for a crisis team by login, with house and role."""
    return [(person.login, told(person)) for person in may_join(case)]


@options("sealed_readers")
def sealed_readers(case: Case, task: Task | None = None) -> Pairs:
    """People who may be let in on sealed notes: all of them but who holds the step."""
    holder = task.claimed_by_id if task is not None else None
    return [(person.login, told(person)) for person in may_join(case) if person.id != holder]


def told(person: User) -> str:
    """Name, house and role, so that namesakes are told apart."""
    held = next((one for one in person.memberships if one.role not in NOT_AT_THE_TABLE), None)
    return f"{words.named(person)} · {words.named(held.pool.agency)} · {role_name(held.role)}" if held else words.named(person)
