"""Rooms and people at a time: what collides with a wish, which times are free, and one booking after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from mediation import clock, deadlines, words
from mediation.cases.facts import digits
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Agency, Case, Invitation, Meeting, Party, Room, User

LONGEST = timedelta(hours=8)
# When a centre's rooms are used: what is proposed lies within, what a person decides may lie elsewhere.
OPEN = ((time(9), time(12)), (time(14), time(17, 30)))
STEP = timedelta(minutes=30)
DAYS_AHEAD = 28  # longer than any holiday with the days around it that are full
PROPOSED = 3
# The lock of PostgreSQL under which bookings go one after the other; SQLite's write lock does it there.
_LOCK = 20_261_122


@dataclass(frozen=True)
class Wish:
    """A time, and who and what is needed then; `but` is the meeting that is called anew."""

    starts_at: datetime
    ends_at: datetime
    room: Room | None = None
    chair: User | None = None  # the mediator, or who calls a joint meeting
    parties: Sequence[Party] = ()
    interpreters: frozenset[int] = frozenset()
    in_room: int = 0  # how many are expected in the room
    but: int | None = None


@dataclass(frozen=True)
class _Busy:
    """A meeting that stands, by what it takes up."""

    starts_at: datetime
    until: datetime
    room: int | None
    chair: int
    people: frozenset[tuple[str, str]]
    interpreters: frozenset[int]

    def overlaps(self, begin: datetime, end: datetime) -> bool:
        return self.starts_at < end and begin < self.until


def lock_bookings() -> None:
    """Bookings go one after the other: of two at one moment the second sees what the first has booked."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def refuse_collisions(wish: Wish) -> None:
    """Raises AnswersRefused with what collides and the next free times; holds the lock of bookings from here on."""
    lock_bookings()
    if wish.ends_at - wish.starts_at > LONGEST:
        raise AnswersRefused({"duration": _("A meeting takes eight hours at most.")})
    if wish.room is not None and wish.in_room > wish.room.capacity:
        raise AnswersRefused({"room": _("%(room)s holds %(capacity)s people; %(people)s are expected in it.",
                                        room=words.named(wish.room), capacity=wish.room.capacity, people=wish.in_room)})  # fmt: skip
    found = list(dict.fromkeys(_collisions(wish, _busy(wish.starts_at, wish.ends_at, wish.but))))
    if found:
        free = [f"{words.day(one)} {words.clock_time(one)}" for one in free_times(wish)]
        after = _("Free for all of them: %(times)s.", times=_(", ").join(free)) if free else _("Nothing is free soon.")
        raise AnswersRefused({"starts_at": " ".join([*found, after])})


def _collisions(wish: Wish, busy: Sequence[_Busy]) -> Iterator[str]:
    """One sentence for each thing or person that is taken: never of which case."""
    for one in busy:
        if not one.overlaps(wish.starts_at, wish.ends_at):
            continue
        told = {"begin": words.moment(one.starts_at), "end": words.clock_time(one.until)}
        if wish.room is not None and one.room == wish.room.id:
            yield _("%(room)s is taken from %(begin)s to %(end)s.", room=words.named(wish.room), **told)
        if wish.chair is not None and one.chair == wish.chair.id:
            yield _("%(name)s leads another meeting from %(begin)s to %(end)s.", name=words.named(wish.chair), **told)
        for party in wish.parties:
            if identities(party) & one.people:
                yield _("%(name)s is invited to another meeting from %(begin)s to %(end)s.", name=party.name, **told)
        if wish.interpreters & one.interpreters:
            yield _("An interpreter is needed elsewhere from %(begin)s to %(end)s.", **told)


def identities(party: Party) -> frozenset[tuple[str, str]]:
    """By what a person is known in another case: the keyed hash of the identity number, the telephone number.

    An organisation can send two people to two tables, so that it has none.
    """
    if party.kind != "person":
        return frozenset()
    phone = digits(party.phone)
    known = [("id", party.id_number_hash or ""), ("phone", phone if len(phone) >= 7 else "")]
    return frozenset(pair for pair in known if pair[1])


def _busy(begin: datetime, end: datetime, but: int | None) -> list[_Busy]:
    """What stands in a stretch of time, in two statements."""
    query = (
        select(Meeting, Case.mediator_id)
        .join(Case, Case.id == Meeting.case_id)
        .where(Meeting.status != "cancelled", Meeting.starts_at < end, Meeting.starts_at > begin - LONGEST)
        .options(selectinload(Meeting.invitations).joinedload(Invitation.party).lazyload(Party.representatives))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    found = db.session.execute(query.where(Meeting.id != but) if but else query)
    return [_busy_by(meeting, mediator_id) for meeting, mediator_id in found]


def _busy_by(meeting: Meeting, mediator_id: int | None) -> _Busy:
    leads = mediator_id if meeting.kind == "mediation" and mediator_id else meeting.called_by_id
    people = frozenset(key for one in meeting.invitations if one.party for key in identities(one.party))
    taken = frozenset(one.interpreter_id for one in meeting.invitations if one.interpreter_id)
    return _Busy(meeting.starts_at, meeting.until, meeting.room_id, leads, people, taken)


def free_times(wish: Wish, most: int = PROPOSED) -> list[datetime]:
    """The next times within the hours of working days at which nothing of the wish is taken."""
    first = max(wish.starts_at, clock.now())
    length = wish.ends_at - wish.starts_at
    busy = _busy(first, first + timedelta(days=DAYS_AHEAD + 1), wish.but)
    found: list[datetime] = []
    for begin in _times_after(first, length):
        moved = Wish(begin, begin + length, wish.room, wish.chair, wish.parties, wish.interpreters)
        if next(_collisions(moved, busy), None) is None:
            found.append(begin)
        if len(found) == most:
            break
    return found


def _times_after(first: datetime, length: timedelta) -> Iterator[datetime]:
    for days in range(DAYS_AHEAD + 1):
        day = clock.local(first).date() + timedelta(days=days)
        if not deadlines.is_working_day(day):
            continue
        for opens, closes in OPEN:
            begin = datetime.combine(day, opens, clock.SHANGHAI)
            end = datetime.combine(day, closes, clock.SHANGHAI)
            while begin + length <= end:
                if begin > first:
                    yield begin
                begin += STEP


# --- rooms ---------------------------------------------------------------------------------------------------


def rooms_for(case: Case) -> list[Room]:
    """The rooms that a meeting of the case may take: those of its centre, of its committee and of agencies under it."""
    own = [agency_id for agency_id in (case.agency_id, case.committee_id) if agency_id]
    agencies = select(Agency.id).where((Agency.id.in_(own)) | (Agency.parent_id == case.agency_id))
    query = select(Room).where(Room.active, Room.agency_id.in_(agencies)).options(joinedload(Room.agency))
    return list(db.session.scalars(query.order_by(Room.agency_id != case.agency_id, Room.id)))


def free_rooms(case: Case, begin: datetime, end: datetime) -> list[Room]:
    """The rooms for the case that nobody has taken between two moments."""
    taken = {one.room for one in _busy(begin, end, None) if one.overlaps(begin, end)}
    return [room for room in rooms_for(case) if room.id not in taken]


def room_of(case: Case, room_id: str | int | None) -> Room | None:
    """The room that was chosen for the case; raises AnswersRefused for one that is not on offer, None for none."""
    if not room_id:
        return None
    found = next((room for room in rooms_for(case) if str(room.id) == str(room_id)), None)
    if found is None:
        raise AnswersRefused({"room": _("Choose one from the list.")})
    return found
