"""Who may be handed a task, asked a question, or made a deputy."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload

from mediation import standing
from mediation.extensions import db
from mediation.models import Membership, Pool, Task, User


def pool_members(task: Task) -> list[User]:
    """The active people of a task's pool, by name: who may hold it."""
    return _people(select(Membership.user_id).where(Membership.pool_id == task.pool_id))


def colleagues(user: User) -> list[User]:
    """The active people who work on cases in the user's agencies, without the user, by name."""
    return [one for one in _people(_same_agencies(user)) if one.id != user.id]


def may_hold(person: User, task: Task) -> bool:
    return person.active and task.pool_id in person.pool_ids


def may_be_asked(person: User, by: User) -> bool:
    """A colleague who works on cases in one of the same agencies: who keeps accounts or flows reads no case, and a
    supervisor changes none."""
    working = {held.agency_id for held in person.memberships if standing.works(held.role)}
    shared = working & {held.agency_id for held in by.memberships}
    return person.active and person.id != by.id and bool(shared)


def directed_people(user: User) -> list[User]:
    """The people of the agencies that the user directs: for whom a deputy may be named."""
    directed = {held.agency_id for held in user.memberships if held.role == "director"}
    if not directed:
        return []
    of_agencies = select(Membership.user_id).join(Membership.pool).where(Pool.agency_id.in_(directed))
    return [one for one in _people(of_agencies) if one.id != user.id]


def colleague(user_id: int | None, among: list[User]) -> User | None:
    """The person of this id, if he or she is one of those to choose from."""
    return next((one for one in among if one.id == user_id), None)


def _same_agencies(user: User) -> Select[tuple[int]]:
    own = {held.agency_id for held in user.memberships}
    return (
        select(Membership.user_id)
        .join(Membership.pool)
        .where(Pool.agency_id.in_(own), Pool.role.in_(standing.working_roles()))
    )


def _people(ids: Select[tuple[int]]) -> list[User]:
    query = select(User).where(User.id.in_(ids), User.active).options(lazyload(User.memberships))
    return list(db.session.scalars(query.order_by(User.name, User.id)))
