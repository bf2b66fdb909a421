"""What the forms of a meeting fill: the invitation, who came, and the joint minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from mediation import clock, codes
from mediation.case_view import kept_apart
from mediation.cases import participants
from mediation.effects import AnswersRefused, applies, prefills, undoes
from mediation.extensions import db
from mediation.forms import options
from mediation.meetings import booking
from mediation.models import Case, Interpreter, Invitation, Meeting, Party, Room, Task, User
from mediation.models.meetings import USUAL_LENGTH
from mediation.words import named

MEDICAL = "0502"  # the kind of dispute


def latest_meeting(case_id: int, *statuses: str, kind: str = "mediation") -> Meeting | None:
    """The meeting of its kind called last, or the last in one of these states."""
    query = select(Meeting).where(Meeting.case_id == case_id, Meeting.kind == kind)
    if statuses:
        query = query.where(Meeting.status.in_(statuses))
    return db.session.scalar(query.order_by(Meeting.id.desc()).limit(1))


def parties_of(case: Case) -> list[Party]:
    """Those who still are parties, in the order of registration."""
    return [party for party in case.parties if party.withdrawn_at is None]


# --- calling a meeting --------------------------------------------------------------------------------------------------


@prefills("meeting")
def _suggest(task: Task, user: User) -> dict[str, Any]:
    case = task.case
    before = latest_meeting(case.id)
    mode = before.mode if before else "room"
    return {
        "starts_at": clock.local(_free_time(case, user)),
        "duration": 120,
        "place": without_room(before) if before else _usual_place(case),
        "room": str(before.room_id) if before and before.room_id else None,
        "mode": mode,
        "comings": [{"party": str(party.id), "name": _with_need(party), "mode": mode} for party in parties_of(case)],
        "separate": "yes" if kept_apart(case) else "no",
        "open_to_public": "no",
        "recorder": (before.facts or {}).get("recorder", "") if before else "",
        **_at_the_table(case),
    }


def _at_the_table(case: Case) -> dict[str, Any]:
    """People beside the parties to whose coming every side has agreed (人民调解法 20)."""
    rows = [
        {"name": one.name, "role": codes.name("participants", one.role, "zh"), "agreed": True}
        for one in participants.at_the_table(case)
    ]
    return {"invited": rows} if rows else {}


def _free_time(case: Case, user: User) -> datetime:
    """In three days at half past nine, or the next time after that at which mediator and parties are free.

    When nothing is free as far as bookings are looked at, the usual time: who calls the meeting is told what collides.
    """
    usual = clock.local(clock.now()).replace(hour=9, minute=30, second=0, microsecond=0) + timedelta(days=3)
    wish = booking.Wish(
        usual - timedelta(minutes=1), usual + USUAL_LENGTH, None, case.mediator or user, parties_of(case)
    )
    return next(iter(booking.free_times(wish, 1)), usual)


def _with_need(party: Party) -> str:
    need = codes.name("interpreters", party.interpreter)
    return gettext("%(name)s (needs an interpreter: %(what)s)", name=party.name, what=need) if need else party.name


@applies("meeting")
def _call(task: Task, answers: Mapping[str, Any], by: User) -> None:
    case = task.case
    if answers["starts_at"] <= clock.now():
        raise AnswersRefused({"starts_at": gettext("This time is already past.")})
    _refuse_one_room(case, answers["separate"] == "yes", "separate")
    _refuse_publicity(case, answers["open_to_public"] == "yes")
    meeting = _called_by(task) or Meeting(
        case_id=case.id, round=_next_round(case.id), task_id=task.id, called_by_id=by.id
    )
    meeting.starts_at, meeting.mode = answers["starts_at"], answers["mode"]
    meeting.ends_at = meeting.starts_at + timedelta(minutes=int(answers.get("duration") or 120))
    meeting.room = booking.room_of(case, answers.get("room"))
    meeting.place = place_in(answers["place"], meeting.room, task.case)
    meeting.open_to_public, meeting.status = answers["open_to_public"] == "yes", "invited"
    meeting.facts = {
        "separate": answers["separate"] == "yes",
        "recorder": answers.get("recorder") or "",
        "bring": answers.get("bring") or "",
    }
    invited = [*_comings(case, answers, meeting.mode), *_guests(answers.get("invited") or [])]
    if meeting.facts["separate"]:
        _set_apart(meeting, invited)
    booking.refuse_collisions(_wish(case, meeting, invited, by))
    db.session.add(meeting)
    _invite(meeting, invited)


def _refuse_one_room(case: Case, separate: bool, field: str) -> None:
    """After domestic violence nobody has to meet the other side (反家庭暴力法 5): separate sessions are what is offered."""
    if separate or not kept_apart(case):
        return
    told = gettext(
        "After domestic violence the parties are not brought into one room. Choose separate sessions: "
        "each side is heard alone, at another hour or by telephone."
    )
    raise AnswersRefused({field: told})


def _set_apart(meeting: Meeting, invited: list[Invitation]) -> None:
    """Separate sessions: each side comes at an hour of its own, so that nobody meets the other side at the door."""
    sides = list(dict.fromkeys(one.party.side for one in invited if one.party is not None))
    minutes = int((meeting.until - meeting.starts_at).total_seconds() // 60) // max(len(sides), 1) // 5 * 5
    for one in invited:
        if one.party is not None:
            one.comes_at = meeting.starts_at + timedelta(minutes=minutes * sides.index(one.party.side))


def _refuse_publicity(case: Case, open_to_public: bool) -> None:
    """A medical dispute is heard in public only when both sides have agreed in writing (医疗纠纷预防和处理条例 42)."""
    if open_to_public and case.kind == MEDICAL and not case.publicity_agreed:
        told = gettext("A medical dispute is made public only when both sides have agreed in writing.")
        raise AnswersRefused({"open_to_public": told})


@applies("publicity")
def _keep_publicity(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    """Whether both sides agreed that their mediation may be public."""
    task.case.publicity_agreed = answers.get("publicity") == "both"


@prefills("publicity")
def _known_publicity(task: Task, _user: User) -> dict[str, Any]:
    return {"publicity": "both" if task.case.publicity_agreed else "no"}


def _usual_place(case: Case) -> str:
    return f"{case.agency.name}调解室"


def without_room(meeting: Meeting) -> str:
    """Where it was, without the name of the room: another one may be taken now."""
    return (meeting.place.replace(meeting.room.name, "").strip() if meeting.room else "") or meeting.place


def place_in(typed: str, room: Room | None, case: Case) -> str:
    """The room's name is part of the place, once; it says more than the usual words for any room."""
    if room is None or room.name in typed:
        return typed
    return f"{case.agency.name if typed == _usual_place(case) else typed} {room.name}"[:120]


def _called_by(task: Task) -> Meeting | None:
    return db.session.scalar(select(Meeting).where(Meeting.task_id == task.id))


def _next_round(case_id: int) -> int:
    before = latest_meeting(case_id)
    return before.round + 1 if before else 1


def _comings(case: Case, answers: Mapping[str, Any], mode: str) -> list[Invitation]:
    """Every party, in the way that was said for it, and the interpreter of whoever needs one."""
    rows = {str(row.get("party")): row for row in answers.get("comings") or []}
    found = []
    for party in parties_of(case):
        row = rows.get(str(party.id), {})
        found.append(Invitation(party_id=party.id, party=party, mode=row.get("mode") or mode))
        interpreter = _interpreter(case, party, row)
        found += [interpreter] if interpreter is not None else []
    return found


def _interpreter(case: Case, party: Party, row: Mapping[str, Any]) -> Invitation | None:
    """Who interprets for the party; a party that needs somebody is not invited without."""
    known = {str(one.id): one for one in interpreters_for(case)}.get(str(row.get("interpreter") or ""))
    name = known.name if known else str(row.get("interpreter_name") or "").strip()
    if not name:
        if party.interpreter:
            told = gettext("%(name)s needs an interpreter (%(what)s): choose one, or write the name.",
                           name=party.name, what=codes.name("interpreters", party.interpreter))  # fmt: skip
            raise AnswersRefused({"comings": told})
        return None
    language = known.language if known else party.interpreter or "other"
    return Invitation(
        name=name[:60], role="interpreter", note=language, interpreter_id=known.id if known else None,
        mode=row.get("mode") or "",
    )  # fmt: skip


def interpreters_for(case: Case) -> list[Interpreter]:
    """The interpreters on the register of the case's centre, by language and name."""
    query = select(Interpreter).where(Interpreter.agency_id == case.agency_id, Interpreter.active)
    return list(db.session.scalars(query.order_by(Interpreter.language, Interpreter.name, Interpreter.id)))


def _guests(guests: list[Mapping[str, Any]]) -> list[Invitation]:
    """The relatives, neighbours or experts to whom all agreed (人民调解法 20)."""
    return [
        Invitation(name=guest["name"], note=guest.get("role") or "", role="guest")
        for guest in guests if guest.get("agreed")
    ]  # fmt: skip


def _wish(case: Case, meeting: Meeting, invited: list[Invitation], by: User) -> booking.Wish:
    in_room = sum(1 for one in invited if (one.mode or meeting.mode) == "room") + 1
    return booking.Wish(
        meeting.starts_at, meeting.until, meeting.room, case.mediator or by,
        [one.party for one in invited if one.party is not None],
        frozenset(one.interpreter_id for one in invited if one.interpreter_id), in_room, meeting.id,
    )  # fmt: skip


def _invite(meeting: Meeting, invited: list[Invitation]) -> None:
    for invitation in list(meeting.invitations):
        meeting.invitations.remove(invitation)
        db.session.delete(invitation)
    meeting.invitations += invited
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
    modes = {one.party_id: one.mode for one in meeting.invitations} if meeting else {}
    rows = [
        {"party": str(party.id), "name": party.name, "attended": "yes", "mode": modes.get(party.id) or "room"}
        for party in parties_of(task.case)
    ]
    came = [
        {"invitation": str(one.id), "name": interpreter_name(one), "attended": "yes"}
        for one in (meeting.invitations if meeting else []) if one.role == "interpreter"
    ]  # fmt: skip
    began_at = clock.local(meeting.starts_at) if meeting else None
    return {"result": "held", "began_at": began_at, "attendance": rows, "interpreters": came}


def interpreter_name(invitation: Invitation) -> str:
    """An interpreter as papers and forms name one: with the language."""
    return f"{invitation.name}（{codes.name('interpreters', invitation.note, 'zh')}翻译）"


@applies("attendance")
def _attend(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    meeting = latest_meeting(task.case_id, "invited", "held")
    if meeting is None:
        raise AnswersRefused({"result": gettext("No meeting has been called.")})
    _note_who_came(meeting, answers)
    if answers["result"] == "held":
        _refuse_one_room(task.case, bool(meeting.facts.get("separate")), "result")
        meeting.status, meeting.held_at = "held", answers.get("began_at") or meeting.starts_at
    else:
        meeting.status = "cancelled"
        meeting.facts = {**meeting.facts, "reason": answers.get("reason") or ""}


def _note_who_came(meeting: Meeting, answers: Mapping[str, Any]) -> None:
    came = {str(row["party"]): row for row in answers.get("attendance") or []}
    interpreting = {str(row["invitation"]): row["attended"] for row in answers.get("interpreters") or []}
    for invitation in meeting.invitations:
        row = came.get(str(invitation.party_id))
        if row is not None:
            how = row["attended"]
            invitation.attended, invitation.note = how != "no", "agent" if how == "agent" else ""
            invitation.attended_mode = str(row.get("mode") or meeting.mode) if how != "no" else ""
        elif str(invitation.id) in interpreting:
            invitation.attended = interpreting[str(invitation.id)] == "yes"


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


# --- lists that its forms offer -----------------------------------------------------------------------------------------


@options("rooms")
def _rooms(case: Case, _task: Task | None = None) -> list[tuple[str, str]]:
    """Rooms with how many they hold, those of the centre first."""
    return [(str(room.id), room_words(room)) for room in booking.rooms_for(case)]


def room_words(room: Room) -> str:
    """A room in a list: name, kind, how many it holds, whether a wheelchair gets in."""
    told = [codes.name("rooms", room.kind), gettext("%(number)s people", number=room.capacity)]
    if room.accessible:
        told.append(gettext("accessible"))
    return f"{named(room)} · {' · '.join(told)}"


@options("interpreters")
def _interpreters(case: Case, _task: Task | None = None) -> list[tuple[str, str]]:
    return [(str(one.id), f"{one.name} · {interpreter_language(one)}") for one in interpreters_for(case)]


def interpreter_language(one: Interpreter) -> str:
    return one.note if one.language == "other" and one.note else codes.name("interpreters", one.language)
