"""Whose duty somebody sees and plans: one's own agency, and for the centre those who sit in it."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from mediation.extensions import db
from mediation.models import Agency, Membership, Pool, User

PLANNERS = ("director", "dispatcher")


def planned_by(user: User) -> set[int]:
    """Ids of the agencies whose roster this person keeps: where he or she directs or dispatches, and, for a centre,
    the agencies that sit in it."""
    own = {held.agency_id for held in user.memberships if held.role in PLANNERS}
    centres = select(Agency.id).where(Agency.id.in_(own), Agency.kind == "centre")
    return own | set(db.session.scalars(select(Agency.id).where(Agency.parent_id.in_(centres)))) if own else own


def seen_by(user: User) -> set[int]:
    """Ids of the agencies whose roster this person reads: one's own, the centre above it, and all that sit there."""
    own = {held.agency_id for held in user.memberships}
    above = select(Agency.parent_id).where(Agency.id.in_(own), Agency.parent_id.is_not(None))
    under = (root for column in (Agency.id, Agency.parent_id) for root in (column.in_(own), column.in_(above)))
    return set(db.session.scalars(select(Agency.id).where(or_(*under), Agency.active)))


def people_of(agencies: set[int]) -> list[Membership]:
    """The active people of these agencies with the role in which they are on duty, by agency, role and name."""
    query = (
        select(Membership)
        .join(Membership.user).join(Membership.pool).join(Pool.agency)
        .options(contains_eager(Membership.user).lazyload(User.memberships),
                 contains_eager(Membership.pool).contains_eager(Pool.agency))
        .where(Pool.agency_id.in_(agencies), User.active, Membership.role.not_in(("system_admin", "flow_admin")))
        .order_by(Agency.parent_id.is_not(None), Agency.id, Membership.role, User.name, User.id)
    )  # fmt: skip
    return list(db.session.scalars(query))


def person_in_pool(text: str | None, people: list[Membership]) -> Membership | None:
    """The membership that a form names by its id, if it is one of those to choose from."""
    return next((one for one in people if str(one.id) == text), None)
