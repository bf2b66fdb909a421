"""The roster of a week as its page draws it: pools down, days across, and in each field who is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mediation import clock, rosters
from mediation.deadlines import is_working_day
from mediation.extensions import db
from mediation.models import DutyPost, DutyTurn, Pool, StandIn, User
from mediation.words import named


@dataclass(frozen=True)
class Entry:
    """Somebody on duty: in whose place, where, when, and the turn that may be taken off."""

    who: str
    mode: str
    place: str
    time: str
    instead_of: str = ""
    away: bool = False
    turn: DutyTurn | None = None


@dataclass
class Row:
    """A pool and the week's fields."""

    pool: Pool
    fields: dict[date, list[Entry]] = field(default_factory=dict)


def week_of(monday: date, agencies: set[int]) -> list[Row]:
    """The pools of these agencies that have somebody on duty in this week; four statements, however many there are."""
    days = [monday + timedelta(days=number) for number in range(7)]
    posts, turns = posts_between(agencies, monday, days[-1]), _turns(agencies, monday, days[-1])
    away = _absences([*(post.first_id for post in posts), *(post.second_id for post in posts if post.second_id),
                      *(turn.user_id for turn in turns)], monday, days[-1])  # fmt: skip
    rows: dict[int, Row] = {}
    for post in posts:
        row = rows.setdefault(post.pool_id, Row(post.pool))
        for day in days:
            if _stands(post, day):
                row.fields.setdefault(day, []).append(_of_post(post, day, away))
    for turn in turns:
        row = rows.setdefault(turn.pool_id, Row(turn.pool))
        row.fields.setdefault(turn.day, []).append(_of_turn(turn, posts, away))
    return sorted(
        rows.values(), key=lambda row: (row.pool.agency.parent_id is not None, row.pool.agency_id, row.pool.role)
    )


def posts_between(agencies: set[int], first: date, last: date) -> list[DutyPost]:
    """The posts of these agencies that are kept on one of these days."""
    query = (
        select(DutyPost).join(DutyPost.pool)
        .options(joinedload(DutyPost.first).lazyload(User.memberships), joinedload(DutyPost.pool),
                 joinedload(DutyPost.second).lazyload(User.memberships))
        .where(Pool.agency_id.in_(agencies), DutyPost.first_day <= last,
               or_(DutyPost.last_day.is_(None), DutyPost.last_day >= first))
        .order_by(DutyPost.id)
    )  # fmt: skip
    return list(db.session.scalars(query))


def _turns(agencies: set[int], first: date, last: date) -> list[DutyTurn]:
    query = (
        select(DutyTurn).join(DutyTurn.pool)
        .options(joinedload(DutyTurn.user).lazyload(User.memberships), joinedload(DutyTurn.pool))
        .where(Pool.agency_id.in_(agencies), DutyTurn.day >= first, DutyTurn.day <= last)
        .order_by(DutyTurn.day, DutyTurn.from_time, DutyTurn.id)
    )  # fmt: skip
    return list(db.session.scalars(query))


Away = dict[int, list[StandIn]]


def _absences(people: Iterable[int], first: date, last: date) -> Away:
    ids = set(people)
    query = select(StandIn).where(
        StandIn.absent_id.in_(ids), StandIn.from_at < clock.end_of(last), StandIn.until_at > clock.start_of(first),
        StandIn.ended_at.is_(None),
    )  # fmt: skip
    found: Away = {}
    for row in db.session.scalars(query.order_by(StandIn.id)) if ids else ():
        found.setdefault(row.absent_id, []).append(row)
    return found


def _is_away(user_id: int | None, day: date, away: Away) -> bool:
    noon = clock.start_of(day) + timedelta(hours=12)
    return any(row.from_at <= noon < row.until_at for row in away.get(user_id or 0, ()))


def _stands(post: DutyPost, day: date) -> bool:
    kept = post.first_day <= day and (post.last_day is None or day <= post.last_day)
    worked = day.isoweekday() > 5 or is_working_day(day)
    return kept and worked and post.mode in rosters.STANDING and str(day.isoweekday()) in post.weekdays


def _of_post(post: DutyPost, day: date, away: Away) -> Entry:
    time = "–".join(filter(None, (post.from_time, post.until_time)))
    return _entry(post.first, post.second, day, away, Entry("", post.mode, post.place, time))


def _of_turn(turn: DutyTurn, posts: list[DutyPost], away: Away) -> Entry:
    own = (post for post in posts if (post.pool_id, post.first_id) == (turn.pool_id, turn.user_id))
    second = next((post.second for post in own if post.last_day is None), None)
    time = "–".join(filter(None, (turn.from_time, turn.until_time)))
    return _entry(turn.user, second, turn.day, away, Entry("", turn.mode, turn.place, time, turn=turn))


def _entry(first: User, second: User | None, day: date, away: Away, drawn: Entry) -> Entry:
    """A, or B while A is away, or nobody."""
    if not _is_away(first.id, day, away):
        return Entry(named(first), drawn.mode, drawn.place, drawn.time, turn=drawn.turn)
    if second is not None and not _is_away(second.id, day, away):
        return Entry(named(second), drawn.mode, drawn.place, drawn.time, named(first), turn=drawn.turn)
    return Entry(named(first), drawn.mode, drawn.place, drawn.time, away=True, turn=drawn.turn)
