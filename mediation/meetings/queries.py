"""What the calendar shows: meetings of cases seen whole in full, whatever else takes a room as occupied and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from mediation import access
from mediation.extensions import db
from mediation.models import Agency, Case, Invitation, Meeting, Party, Room, User

SHOWN = ("invited", "held", "adjourned")
MOST = 500


@dataclass(frozen=True)
class Booking:
    """One entry of the calendar. `meeting` and `case` are None where the person may not know whose it is."""

    starts_at: datetime
    ends_at: datetime
    room: Room | None
    meeting: Meeting | None
    case: Case | None

    @property
    def title(self) -> str:
        """What a person who may see it reads; for others that the room is taken."""
        if self.meeting is None:
            return _("Occupied")
        about = self.meeting.title or (self.case.title if self.case else "")
        return f"{self.case.display_number} {about}" if self.case else about


def bookings(user: User, begin: datetime, end: datetime, room_id: int | None = None) -> list[Booking]:
    """What stands between two moments, by time: three statements, however many meetings there are."""
    mine = Meeting.case_id.in_(access.whole_cases(user))
    invited = Meeting.id.in_(select(Invitation.meeting_id).where(Invitation.agency_id.in_(_agencies(user))))
    near = Meeting.room_id.in_(access.visible_rooms(user).with_only_columns(Room.id))
    query = (
        select(Meeting, Case, mine.label("mine"), invited.label("invited"))
        .join(Case, Case.id == Meeting.case_id)
        .where(Meeting.starts_at >= begin, Meeting.starts_at < end, Meeting.status.in_(SHOWN), or_(mine, invited, near))
        .options(
            joinedload(Meeting.room), joinedload(Meeting.called_by),
            selectinload(Meeting.invitations).joinedload(Invitation.party).lazyload(Party.representatives),
            selectinload(Meeting.invitations).joinedload(Invitation.agency),
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST)
    )  # fmt: skip
    if room_id:
        query = query.where(Meeting.room_id == room_id)
    return [_booking(*row) for row in db.session.execute(query)]


def _agencies(user: User) -> list[int]:
    return sorted({held.agency_id for held in user.memberships})


def _booking(meeting: Meeting, case: Case, mine: bool, invited: bool) -> Booking:
    shown, known = (meeting if mine or invited else None), (case if mine else None)
    return Booking(meeting.starts_at, meeting.until, meeting.room, shown, known)


def rooms(user: User) -> list[Room]:
    """The rooms whose calendar the user reads, those of the centre first."""
    query = access.visible_rooms(user).join(Agency, Agency.id == Room.agency_id)
    return list(db.session.scalars(query.order_by(Agency.kind != "centre", Room.agency_id, Room.id)))


def agencies_to_invite(case: Case) -> list[Agency]:
    """Who can be asked to a joint meeting of the case: every agency in use but its own centre and the committees."""
    query = select(Agency).where(Agency.active, Agency.id != case.agency_id, Agency.kind != "committee")
    return list(db.session.scalars(query.order_by(Agency.parent_id != case.agency_id, Agency.id)))
