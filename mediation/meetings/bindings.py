"""What the forms of a meeting fill: the invitation, who came, and the joint minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from mediation import clock
from mediation.effects import AnswersRefused, applies, prefills, undoes
from mediation.extensions import db
from mediation.models import Case, Invitation, Meeting, Party, Task, User


def latest_meeting(case_id: int, *statuses: str) -> Meeting | None:
    """The meeting called last, or the last in one of these states."""
    query = select(Meeting).where(Meeting.case_id == case_id)
    if statuses:
        query = query.where(Meeting.status.in_(statuses))
    return db.session.scalar(query.order_by(Meeting.id.desc()).limit(1))


def parties_of(case: Case) -> list[Party]:
    """Those who still are parties, in the order of registration."""
    return [party for party in case.parties if party.withdrawn_at is None]


# --- calling a meeting --------------------------------------------------------------------------------------------------


@prefills("meeting")
def _suggest(task: Task, _user: User) -> dict[str, Any]:
    case = task.case
    before = latest_meeting(case.id)
    return {
        "starts_at": clock.local(clock.now()).replace(hour=9, minute=30, second=0, microsecond=0) + timedelta(days=3),
        "place": before.place if before else f"{case.agency.name}调解室",
        "mode": before.mode if before else "room",
        "separate": "yes" if case.domestic_violence else "no",
        "open_to_public": "no",
        "recorder": (before.facts or {}).get("recorder", "") if before else "",
    }


@applies("meeting")
def _call(task: Task, answers: Mapping[str, Any], by: User) -> None:
    case = task.case
    if answers["starts_at"] <= clock.now():
        raise AnswersRefused({"starts_at": gettext("This time is already past.")})
    if case.domestic_violence and answers["separate"] != "yes":
        raise AnswersRefused(
            {"separate": gettext("After domestic violence the parties are not brought into one room.")}
        )
    meeting = _called_by(task) or Meeting(
        case_id=case.id, round=_next_round(case.id), task_id=task.id, called_by_id=by.id
    )
    meeting.starts_at, meeting.place, meeting.mode = answers["starts_at"], answers["place"], answers["mode"]
    meeting.open_to_public, meeting.status = answers["open_to_public"] == "yes", "invited"
    meeting.facts = {
        "separate": answers["separate"] == "yes",
        "recorder": answers.get("recorder") or "",
        "bring": answers.get("bring") or "",
    }
    db.session.add(meeting)
    _invite(meeting, parties_of(case), answers.get("invited") or [])


def _called_by(task: Task) -> Meeting | None:
    return db.session.scalar(select(Meeting).where(Meeting.task_id == task.id))


def _next_round(case_id: int) -> int:
    before = latest_meeting(case_id)
    return before.round + 1 if before else 1


def _invite(meeting: Meeting, parties: list[Party], guests: list[Mapping[str, Any]]) -> None:
    """Every party, and the relatives, neighbours or experts to whom all agreed (人民调解法 20)."""
    for invitation in list(meeting.invitations):
        meeting.invitations.remove(invitation)
        db.session.delete(invitation)
    meeting.invitations += [Invitation(party_id=party.id) for party in parties]
    meeting.invitations += [
        Invitation(name=guest["name"], note=guest.get("role") or "") for guest in guests if guest.get("agreed")
    ]
    db.session.flush()


@undoes("meeting")
def _uncall(task: Task) -> None:
    meeting = _called_by(task)
    if meeting is not None:
        meeting.status = "cancelled"


# --- holding it ---------------------------------------------------------------------------------------------------------


@prefills("attendance")
def _expected(task: Task, _user: User) -> dict[str, Any]:
    meeting = latest_meeting(task.case_id, "invited", "held")
    rows = [{"party": str(party.id), "name": party.name, "attended": "yes"} for party in parties_of(task.case)]
    return {"result": "held", "began_at": clock.local(meeting.starts_at) if meeting else None, "attendance": rows}


@applies("attendance")
def _attend(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    meeting = latest_meeting(task.case_id, "invited", "held")
    if meeting is None:
        raise AnswersRefused({"result": gettext("No meeting has been called.")})
    came = {str(row["party"]): row["attended"] for row in answers.get("attendance") or []}
    for invitation in meeting.invitations:
        how = came.get(str(invitation.party_id))
        if how is not None:
            invitation.attended, invitation.note = how != "no", "agent" if how == "agent" else ""
    if answers["result"] == "held":
        meeting.status, meeting.held_at = "held", answers.get("began_at") or meeting.starts_at
    else:
        meeting.status = "cancelled"
        meeting.facts = {**meeting.facts, "reason": answers.get("reason") or ""}


@undoes("attendance")
def _unhold(task: Task) -> None:
    meeting = latest_meeting(task.case_id, "held", "cancelled")
    if meeting is not None:
        meeting.status, meeting.held_at = "invited", None


# --- its minutes --------------------------------------------------------------------------------------------------------


@prefills("minutes")
def _known_minutes(task: Task, _user: User) -> dict[str, Any]:
    meeting = latest_meeting(task.case_id, "held", "adjourned")
    if meeting is None:
        return {}
    facts = meeting.facts or {}
    return {
        "recorder": facts.get("recorder"),
        "record": meeting.minutes or None,
        "issues": facts.get("issues"),
        "undisputed": facts.get("undisputed"),
        "ended_at": clock.local(clock.now()),
    }


@applies("minutes")
def _write_minutes(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    meeting = latest_meeting(task.case_id, "held", "adjourned")
    if meeting is None:
        raise AnswersRefused({"result": gettext("No meeting has been held.")})
    if meeting.held_at and answers["ended_at"] < meeting.held_at:
        raise AnswersRefused({"ended_at": gettext("The meeting ended before it began.")})
    meeting.minutes, meeting.result = answers["record"], answers["result"]
    meeting.status = "adjourned" if answers["result"] in ("adjourned", "enquiry") else "held"
    kept = {key: answers.get(key) or "" for key in ("recorder", "issues", "undisputed", "result_text")}
    meeting.facts = {**meeting.facts, **kept, "ended_at": answers["ended_at"].isoformat()}
