"""Planning duty: turns of single days, a week copied from the last, standing posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from mediation import clock, journal
from mediation.extensions import db
from mediation.models import DutyPost, DutyTurn, Membership, Pool, User
from mediation.notices.operations import tell_user

TURNS = ("rotating", "on-call")
MODES = ("resident", "rotating", "on-call", "professional")
WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def plan_turns(
    who: Membership, days: Iterable[date], mode: str, place: str, times: tuple[str, str], *, by: User
) -> int:
    """Put somebody on duty on these days; a day on which the person has a turn already is written anew.

    Returns how many days were planned. Somebody on call is invited: he or she is told.
    """
    listed = sorted(set(days))
    _lock(Pool.id == who.pool_id)
    query = select(DutyTurn).where(
        DutyTurn.pool_id == who.pool_id, DutyTurn.user_id == who.user_id, DutyTurn.day.in_(listed)
    )
    known = {row.day: row for row in db.session.scalars(query)}
    for day in listed:
        row = known.get(day) or DutyTurn(pool_id=who.pool_id, user_id=who.user_id, day=day)
        row.mode, row.place, (row.from_time, row.until_time) = mode, place[:60], times
        row.by_id, row.at = by.id, clock.now()
        db.session.add(row)
        if mode == "on-call" and day not in known:
            tell_user(who.user_id, "duty-invited", day=day.isoformat(), place=place, time="–".join(filter(None, times)))
    _record("duty-planned", by, who.pool_id, user=who.user.login, days=[day.isoformat() for day in listed], mode=mode)
    return len(listed)


def _lock(pools: Any) -> None:
    """Two who plan the same pools at once do so one after the other: a turn is there once."""
    db.session.execute(select(Pool.id).where(pools).order_by(Pool.id).with_for_update())


def remove_turn(row: DutyTurn, *, by: User) -> None:
    """Take a turn off the roster; somebody who was invited is told."""
    if row.mode == "on-call" and row.day >= clock.today():
        tell_user(row.user_id, "duty-cancelled", day=row.day.isoformat())
    _record("duty-removed", by, row.pool_id, user=row.user.login, days=[row.day.isoformat()])
    db.session.delete(row)


def copy_week(agencies: set[int], monday: date, *, by: User) -> int:
    """Repeat the rotation of the week before in this one, for these agencies; what is planned already stays.

    Invitations are not repeated: somebody on call is invited each time. Returns how many turns were added.
    """
    _lock(Pool.agency_id.in_(agencies))
    pools = select(Pool.id).where(Pool.agency_id.in_(agencies))
    query = select(DutyTurn).where(
        DutyTurn.pool_id.in_(pools), DutyTurn.day >= monday - WEEK, DutyTurn.day < monday + WEEK
    )
    rows = list(db.session.scalars(query.order_by(DutyTurn.day, DutyTurn.id)))
    known = {(row.pool_id, row.user_id, row.day) for row in rows}
    added = [
        DutyTurn(pool_id=row.pool_id, user_id=row.user_id, day=row.day + WEEK, mode=row.mode, place=row.place,
                 from_time=row.from_time, until_time=row.until_time, by_id=by.id, at=clock.now())
        for row in rows
        if row.day < monday and row.mode == "rotating" and (row.pool_id, row.user_id, row.day + WEEK) not in known
    ]  # fmt: skip
    db.session.add_all(added)
    journal.record("duty-copied", by=by, subject=monday.isoformat(), details={"turns": len(added)})
    return len(added)


def keep_post(who: Membership, second: Membership | None, answers: dict[str, Any], *, by: User) -> DutyPost:
    """A standing post with its A and, if there is one, its B of the same pool."""
    post = DutyPost(
        pool_id=who.pool_id, mode=answers["mode"], place=answers["place"][:60], first_id=who.user_id,
        second_id=second.user_id if second else None, weekdays=answers["weekdays"], kinds=answers["kinds"],
        from_time=answers["from_time"], until_time=answers["until_time"], first_day=answers["first_day"],
        last_day=answers["last_day"],
    )  # fmt: skip
    db.session.add(post)
    db.session.flush()
    _record("duty-post-kept", by, post.pool_id, user=who.user.login, second=second.user.login if second else "",
            mode=post.mode)  # fmt: skip
    return post


def end_post(post: DutyPost, *, by: User) -> None:
    """The post is no longer kept, from today on."""
    post.last_day = clock.today() - timedelta(days=1)
    _record("duty-post-ended", by, post.pool_id, user=post.first.login)


def second_of(user: User) -> User | None:
    """The B of a person's post: who takes over while he or she is away, if nobody else is named."""
    query = select(DutyPost).where(
        DutyPost.first_id == user.id, DutyPost.second_id.is_not(None),
        DutyPost.last_day.is_(None) | (DutyPost.last_day >= clock.today()),
    )  # fmt: skip
    post = db.session.scalar(query.order_by(DutyPost.id.desc()).limit(1))
    return post.second if post else None


def _record(action: str, by: User, pool_id: int, **details: Any) -> None:
    journal.record(action, by=by, subject=f"pool:{pool_id}", details=details)
