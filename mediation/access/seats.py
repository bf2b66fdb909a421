"""At whose tables somebody sits: the own seats, those of whom one stands in for, and the pools'."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import Select, or_, select

from mediation import clock, standing
from mediation.extensions import db
from mediation.models import Case, Participation, Pool, StandIn, User


def visible_cases(user: User) -> Select[tuple[Case]]:
    """The cases in which the user, or a pool that the user belongs to, takes part. Unordered."""
    return select(Case).where(Case.id.in_(taking_part(user).with_only_columns(Participation.case_id)))


def taking_part(user: User) -> Select[Any]:
    """The user's seats at the table: his or her own, those of whom he or she stands in for, and the pools'."""
    return select(Participation).where(
        Participation.until_at.is_(None),
        or_(
            Participation.user_id.in_(acts_for(user)),
            Participation.user_id.is_(None) & Participation.pool_id.in_(user.pool_ids),
        ),
    )


def own_agencies(user: User) -> list[int]:
    """Ids of the agencies that the user belongs to."""
    return sorted({held.agency_id for held in user.memberships})


def offices(user: User) -> list[int]:
    """Ids of the agencies whose cases the user keeps in view, with all that they hold."""
    return sorted({held.agency_id for held in user.memberships if standing.sees(held.role) == "office"})


def acts_for(user: User) -> list[int]:
    """The user's own id and those of the people for whom the user stands in at this moment."""
    key = f"acts-for-{user.id}"
    if key not in g:
        now = clock.now()
        absent = db.session.scalars(
            select(StandIn.absent_id).where(
                StandIn.deputy_id == user.id, StandIn.from_at <= now, StandIn.until_at > now, StandIn.ended_at.is_(None)
            )
        )
        know_acts_for(user, list(absent))
    return getattr(g, key)


def know_acts_for(user: User, absent: list[int]) -> None:
    """For the rest of the request: for whom the user stands in, where another statement has told it already."""
    setattr(g, f"acts-for-{user.id}", [user.id, *absent])


def visible_pools(user: User) -> Select[tuple[Pool]]:
    """The pools that the user belongs to."""
    return select(Pool).where(Pool.id.in_(user.pool_ids))
