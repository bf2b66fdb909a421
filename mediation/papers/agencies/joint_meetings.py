"""A joint meeting: who came, what each said, who does what by when; and what the members of a group are told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from mediation.case_view import current_agreement
from mediation.extensions import db
from mediation.models import AgencyOpinion, Case, JointTask, Meeting, RosterMember
from mediation.papers.pieces import (
    Occasion,
    agency_facts,
    agreement_in_short,
    builds,
    contact_of,
    full,
    head,
    interpreter_of,
    iso,
    moment,
    today,
)
from mediation.papers.told import told


@builds("members_notice", when=lambda occasion: _members(occasion.case))
def _members_notice(occasion: Occasion) -> dict[str, Any]:
    """One sheet for all members of a group, to be posted and handed round: nobody is named on it."""
    case, unbound = occasion.case, occasion.subject == "members:unbound"
    found = current_agreement(case.id) if unbound else None
    return {
        **head(occasion),
        "body": agency_facts(case.agency),
        "date": today(),
        "cause": "unbound" if unbound else "failed",
        "members": _members(case),
        "agreement": agreement_in_short(case, found) if found else None,
        "contact": contact_of(case),
    }


def _members(case: Case) -> int:
    return db.session.scalar(select(func.count(RosterMember.id)).where(RosterMember.case_id == case.id)) or 0


@builds("joint_minutes")
def _joint_minutes(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    query = select(Meeting).where(Meeting.case_id == case.id, Meeting.kind == "joint")
    meeting = db.session.scalars(query.order_by(Meeting.id.desc()).limit(1)).one()
    came = [one for one in meeting.invitations if one.attended]
    return {
        **head(occasion),
        "body": agency_facts(case.agency),
        "subject": (meeting.title or case.title)[:120],
        "meeting": full({
            "starts_at": moment(meeting.starts_at), "ends_at": moment(meeting.ends_at), "place": meeting.place,
        }),
        "host": meeting.called_by.name,
        "recorder": meeting.facts.get("recorder"),
        "participants": [{"name": _guest(one)} for one in came][:60],
        "absent": [_guest(one) for one in meeting.invitations if one.attended is False][:60],
        "opinions": _opinions(case),
        "record": meeting.minutes[:20000],
        "result": told(case, "joint_minutes").name("result")[:60] or "已研究",
        "tasks": _shared_out(meeting),
    }  # fmt: skip


def _guest(one: Any) -> str:
    if one.role == "interpreter":
        return str(interpreter_of(one))[:60]
    return (one.agency.name if one.agency else one.party.name if one.party else one.name)[:60] or "参加人"


def _opinions(case: Case) -> list[dict[str, Any]]:
    query = select(AgencyOpinion).where(AgencyOpinion.case_id == case.id, AgencyOpinion.given_at.is_not(None))
    return [
        {"agency": one.agency.name[:60], "text": one.text[:3000]}
        for one in db.session.scalars(query.order_by(AgencyOpinion.round, AgencyOpinion.id)) if one.text
    ][:40]  # fmt: skip


def _shared_out(meeting: Meeting) -> list[dict[str, Any]]:
    query = select(JointTask).where(JointTask.meeting_id == meeting.id, JointTask.withdrawn.is_(False))
    return [
        full({"agency": one.agency.name[:60], "what": one.what[:2000], "due": iso(one.due_on)})
        for one in db.session.scalars(query.order_by(JointTask.id))
    ][:40]
