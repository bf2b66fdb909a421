"""Who is on duty on a day: whom a pool's tasks are offered to first, read in one statement however many pools."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, CompoundSelect, bindparam, exists, false, func, null, or_, select, union_all
from sqlalchemy.orm import aliased

from mediation import access, clock
from mediation.deadlines import is_working_day
from mediation.extensions import db
from mediation.models import DutyPost, DutyTurn, Holiday, Membership, StandIn, User
from mediation.models.types import Moment

# On their weekdays; whoever rotates or comes on call is there on the days of the turns alone.
STANDING = ("resident", "professional")


@dataclass
class Watch:
    """Who is on duty in one pool: for everything, and for some kinds of dispute only (user id -> their beginnings)."""

    everything: set[int] = field(default_factory=set)
    special: dict[int, list[str]] = field(default_factory=dict)

    def told_of(self, kind: str) -> set[int]:
        """Whom a task of a case of this kind is offered to first; empty: nobody is on duty, so everybody is."""
        experts = {who for who, kinds in self.special.items() if any(kind.startswith(one) for one in kinds)}
        return self.everything | experts


@dataclass(frozen=True)
class Duty:
    """A person's pools today: those to be shown, those whose duty is somebody else's, and special kinds in the latter."""

    here: tuple[int, ...]
    elsewhere: tuple[int, ...]
    special: tuple[tuple[int, str], ...]


def duty_of(user: User) -> Duty:
    """What is offered to this person today, once a request; the same statement tells for whom he or she stands in."""
    key = f"duty-of-{user.id}"
    if key not in g:
        rows = _asked(_IN_POOLS_OF, {"user": user.id})
        access.know_acts_for(user, [row.first_id for row in rows if row.pool_id is None])
        setattr(g, key, _split(user, _watches(row for row in rows if row.pool_id is not None)))
    found: Duty = getattr(g, key)
    return found


def watch_of(pool_id: int) -> Watch:
    """Who is on duty in a pool today."""
    with db.session.no_autoflush:  # asked in every step: what the step writes has nothing to do with the roster
        return _watches(_asked(_IN_POOL, {"pool": pool_id})).get(pool_id, Watch())


def _split(user: User, watches: dict[int, Watch]) -> Duty:
    """Nobody's pool is everybody's: where no one is on general duty the tasks are shown to all of the pool."""
    here, elsewhere, special = [], [], []
    for pool_id in user.pool_ids:
        watch = watches.get(pool_id)
        if watch is None or not watch.everything or user.id in watch.everything:
            here.append(pool_id)
            continue
        elsewhere.append(pool_id)
        special += [(pool_id, kind) for kind in watch.special.get(user.id, ())]
    return Duty(tuple(here), tuple(elsewhere), tuple(special))


# --- one statement ----------------------------------------------------------------------------------------------------


def _away(user_id: Any) -> ColumnElement[bool]:
    now = bindparam("now", type_=Moment)
    return exists().where(
        StandIn.absent_id == user_id, StandIn.from_at <= now, StandIn.until_at > now, StandIn.ended_at.is_(None)
    )


def _stood_in_for(user_id: Any) -> Any:
    """The absent people for whom somebody stands in, as rows without a pool."""
    now = bindparam("now", type_=Moment)
    return select(
        null().label("pool_id"), null().label("kinds"), StandIn.absent_id, null().label("second_id"),
        false().label("first_away"), false().label("second_away"),
    ).where(
        StandIn.deputy_id == user_id, StandIn.from_at <= now, StandIn.until_at > now, StandIn.ended_at.is_(None)
    )  # fmt: skip


def _on_posts(pools: ColumnElement[bool]) -> Any:
    return select(
        DutyPost.pool_id, DutyPost.kinds.label("kinds"), DutyPost.first_id, DutyPost.second_id,
        _away(DutyPost.first_id).label("first_away"), _away(DutyPost.second_id).label("second_away"),
    ).where(
        pools, DutyPost.mode.in_(STANDING), DutyPost.first_day <= bindparam("day"),
        or_(DutyPost.last_day.is_(None), DutyPost.last_day >= bindparam("day")),
        DutyPost.weekdays.contains(bindparam("weekday")),
        func.coalesce(select(Holiday.works).where(Holiday.day == bindparam("day")).scalar_subquery(), bindparam("worked")),
    )  # fmt: skip


def _on_turns(pools: ColumnElement[bool]) -> Any:
    """Somebody who is away on the day of a turn is replaced by the B of the post in the same pool."""
    post = aliased(DutyPost)
    second = (
        select(post.second_id)
        .where(post.pool_id == DutyTurn.pool_id, post.first_id == DutyTurn.user_id, post.last_day.is_(None))
        .order_by(post.id).limit(1).correlate(DutyTurn).scalar_subquery()
    )  # fmt: skip
    return select(
        DutyTurn.pool_id, null().label("kinds"), DutyTurn.user_id, second.label("second_id"),
        _away(DutyTurn.user_id).label("first_away"), _away(second).label("second_away"),
    ).where(pools, DutyTurn.day == bindparam("day"))  # fmt: skip


def _asked(query: CompoundSelect[Any], values: dict[str, Any]) -> Sequence[Any]:
    day = clock.today()
    told = {**values, "day": day, "weekday": str(day.isoweekday()), "now": clock.now(), "worked": _is_worked(day)}
    return db.session.execute(query, told).all()


def _watches(rows: Iterable[Any]) -> dict[int, Watch]:
    """Pool id -> who is there: A, or B while A is away."""
    found: dict[int, Watch] = {}
    for row in rows:
        who = row.first_id if not row.first_away else row.second_id if not row.second_away else None
        if who is None:
            continue
        watch = found.setdefault(row.pool_id, Watch())
        if row.kinds:
            watch.special.setdefault(who, []).extend(row.kinds)
        else:
            watch.everything.add(who)
    return found


def _is_worked(day: date) -> bool:
    """On a public holiday no standing post is filled; who has a post at weekends has it then."""
    return day.isoweekday() > 5 or is_working_day(day, {})


_OWN = select(Membership.pool_id).where(Membership.user_id == bindparam("user"))
_IN_POOLS_OF = union_all(
    _on_posts(DutyPost.pool_id.in_(_OWN)), _on_turns(DutyTurn.pool_id.in_(_OWN)), _stood_in_for(bindparam("user"))
)
_IN_POOL = union_all(_on_posts(DutyPost.pool_id == bindparam("pool")), _on_turns(DutyTurn.pool_id == bindparam("pool")))
