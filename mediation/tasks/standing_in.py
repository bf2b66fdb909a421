"""Away: while somebody is not here, a deputy sees and does that person's tasks."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from mediation import clock, journal
from mediation.extensions import db
from mediation.models import StandIn, User
from mediation.notices.operations import tell_user


def name_deputy(absent: User, deputy: User, first: date, last: date, note: str, *, by: User) -> StandIn:
    """Let `deputy` act for `absent` from the first day to the end of the last one."""
    row = StandIn(
        absent=absent, deputy=deputy, from_at=clock.start_of(first), until_at=clock.end_of(last), note=note.strip()
    )
    db.session.add(row)
    db.session.flush()
    details = {"absent": absent.login, "deputy": deputy.login, "from": first.isoformat(), "until": last.isoformat()}
    journal.record("stand-in-named", by=by, subject=f"stand-in:{row.id}", details=details)
    tell_user(deputy.id, "stand-in", who=absent.name, first=first.isoformat(), last=last.isoformat())
    return row


def end_early(row: StandIn, *, by: User) -> None:
    """Back before the time."""
    row.ended_at = row.ended_at or clock.now()
    journal.record("stand-in-ended", by=by, subject=f"stand-in:{row.id}")


def overlaps(absent: User, first: date, last: date) -> bool:
    """Whether somebody already stands in for this person on one of these days."""
    query = select(StandIn.id).where(
        StandIn.absent_id == absent.id, StandIn.ended_at.is_(None),
        StandIn.from_at < clock.end_of(last), StandIn.until_at > clock.start_of(first),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def running_and_coming(people: list[int]) -> list[StandIn]:
    """Who stands in, now or later, for these people; the earliest first."""
    return _not_over(StandIn.absent_id.in_(people))


def for_deputy(user: User) -> list[StandIn]:
    """For whom this person stands in, now or later."""
    return _not_over(StandIn.deputy_id == user.id)


def _not_over(whose: ColumnElement[bool]) -> list[StandIn]:
    query = (
        select(StandIn)
        .where(whose, StandIn.until_at > clock.now(), StandIn.ended_at.is_(None))
        .options(
            joinedload(StandIn.absent).lazyload(User.memberships), joinedload(StandIn.deputy).lazyload(User.memberships)
        )
    )
    return list(db.session.scalars(query.order_by(StandIn.from_at, StandIn.id)))
