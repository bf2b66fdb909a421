"""Meetings that are booked by hand: called, changed in nothing afterwards, and called off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from mediation import clock, flow, journal, words
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.meetings import booking
from mediation.meetings.bindings import latest_meeting
from mediation.models import Agency, Case, Invitation, Meeting, Party, Room, User
from mediation.notices.operations import INBOX_AND_MAIL, members_of, tell_party, tell_user

# Who is told in an agency that it is asked to a table, in this order: the first role that somebody holds.
TOLD_ROLES = ("liaison", "court_liaison", "procuratorate_liaison", "police_liaison")


@dataclass(frozen=True)
class Called:
    """What a joint meeting needs: when, where, about what, and who is asked to come, how."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    room: Room | None
    mode: str
    agencies: Sequence[tuple[Agency, str]]  # with how each takes part
    parties: Sequence[Party] = ()
    guests: Sequence[str] = ()


def call_joint(
    case: Case, called: Called, *, by: User, task_id: str | None = None, meeting: Meeting | None = None
) -> Meeting:
    """Call a joint meeting of the case; raises AnswersRefused for a time that is past or collides."""
    if called.starts_at <= clock.now():
        raise AnswersRefused({"starts_at": _("This time is already past.")})
    wish = booking.Wish(
        called.starts_at, called.ends_at, called.room, by, called.parties,
        in_room=_in_room(called), but=meeting.id if meeting else None,
    )  # fmt: skip
    booking.refuse_collisions(wish)
    before = latest_meeting(case.id, kind="joint")
    meeting = meeting or Meeting(
        case_id=case.id,
        kind="joint",
        round=before.round + 1 if before else 1,
        task_id=task_id,
        called_by_id=by.id,
        facts={},
    )
    meeting.title, meeting.starts_at, meeting.ends_at = called.title, called.starts_at, called.ends_at
    meeting.place, meeting.room, meeting.mode, meeting.status = called.place, called.room, called.mode, "invited"
    meeting.invitations[:] = []
    meeting.invitations += _invitations(called)
    db.session.add(meeting)
    db.session.flush()
    _tell(case, meeting, called)
    journal.record("joint-meeting-called", case_id=case.id, by=by, subject=f"meeting:{meeting.id}")
    return meeting


def _in_room(called: Called) -> int:
    present = sum(1 for _agency, mode in called.agencies if mode == "room")
    others = len(called.parties) + len(called.guests) if called.mode == "room" else 0
    return present + others + 1


def _invitations(called: Called) -> list[Invitation]:
    agencies = [
        Invitation(agency=agency, name=agency.name, role="agency", mode=mode) for agency, mode in called.agencies
    ]
    parties = [Invitation(party=party, party_id=party.id, mode=called.mode) for party in called.parties]
    return agencies + parties + [Invitation(name=name[:60], role="guest") for name in called.guests]


def _tell(case: Case, meeting: Meeting, called: Called) -> None:
    for agency, _mode in called.agencies:
        for user_id in liaisons(agency):
            tell_user(user_id, "joint-invited", case=case, channels=INBOX_AND_MAIL, title=case.display_number,
                      at=words.moment(meeting.starts_at), place=meeting.place)  # fmt: skip
    for party in called.parties:
        tell_party(party, "meeting-invited", case=case)


def liaisons(agency: Agency) -> list[int]:
    """Who is told in an agency: those who hold the first of its liaison roles that anybody holds."""
    return next((found for role in TOLD_ROLES if (found := members_of(role, agency.id))), [])


def call_off(meeting: Meeting, reason: str, *, by: User) -> None:
    """Call a meeting off; who was asked to come is told. Raises AnswersRefused where a step of the flow keeps it."""
    case = flow.lock_case(meeting.case_id)
    db.session.refresh(meeting)  # pressed twice it is called off once
    if meeting.status != "invited" or meeting.kind != "joint" or meeting.task_id:
        raise AnswersRefused({"reason": _("This meeting belongs to a step of the flow: postpone it there.")})
    meeting.status, meeting.facts = "cancelled", {**(meeting.facts or {}), "reason": reason}
    for invitation in meeting.invitations:
        if invitation.agency is not None:
            for user_id in liaisons(invitation.agency):
                tell_user(user_id, "joint-called-off", case=case, channels=INBOX_AND_MAIL, title=case.display_number,
                          at=words.moment(meeting.starts_at))  # fmt: skip
        if invitation.party is not None:
            tell_party(invitation.party, "meeting-called-off", case=case)
    journal.record("joint-meeting-called-off", case_id=case.id, by=by, subject=f"meeting:{meeting.id}")
