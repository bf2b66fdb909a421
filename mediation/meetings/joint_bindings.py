"""What the forms of a joint meeting fill: who is asked, what each agency says, the session, its minutes, the work taken on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from mediation import clock, journal, words
from mediation.cases.flow_words import step_names
from mediation.deadlines import working_days_after
from mediation.effects import AnswersRefused, Occasion, applies, effect, prefills, undoes, watches
from mediation.extensions import db
from mediation.forms import options
from mediation.meetings import booking, queries
from mediation.meetings.bindings import latest_meeting, parties_of
from mediation.meetings.operations import Called, call_joint, liaisons
from mediation.models import Agency, AgencyOpinion, Case, Invitation, JointTask, Meeting, Task, User
from mediation.notices.operations import INBOX_AND_MAIL, tell_party, tell_user
from mediation.words import named

# The engine goes through a list of fifty at most; a table with more agencies is no meeting.
MOST_AGENCIES = 30
GROUP_FROM = 10  # 民诉法解释 75: ten or more are numerous


@options("joint_agencies")
def _agencies(case: Case, _task: Task | None = None) -> list[tuple[str, str]]:
    return [(agency.key, named(agency)) for agency in queries.agencies_to_invite(case)]


@options("joint_open")
def _waiting(case: Case, _task: Task | None = None) -> list[tuple[str, str]]:
    return [(row.agency.key, named(row.agency)) for row in opinions(case.id) if row.given_at is None]


def opinions(case_id: int) -> list[AgencyOpinion]:
    """What was asked last, agency by agency."""
    last = select(func.max(AgencyOpinion.round)).where(AgencyOpinion.case_id == case_id).scalar_subquery()
    query = select(AgencyOpinion).where(AgencyOpinion.case_id == case_id, AgencyOpinion.round == last)
    return list(db.session.scalars(query.options(joinedload(AgencyOpinion.agency)).order_by(AgencyOpinion.id)))


# --- asking the agencies ----------------------------------------------------------------------------------------------


@prefills("joint-call")
def _suggest_call(task: Task, _user: User) -> dict[str, Any]:
    case, before = task.case, opinions(task.case_id)
    group = "yes" if case.people_count >= GROUP_FROM else "no"
    known = {
        "must": [row.agency.key for row in before if row.must], "may": [row.agency.key for row in before if not row.must]
    }  # fmt: skip
    return {"question": before[0].question if before else case.summary, "answer_days": 3, "group": group, **known}


@applies("joint-call")
def _ask(task: Task, answers: Mapping[str, Any], by: User) -> None:
    case = task.case
    must, may = list(answers["must"]), list(answers.get("may") or ())
    if set(must) & set(may):
        raise AnswersRefused({"may": _("An agency either must answer or may answer.")})
    if len(must) + len(may) > MOST_AGENCIES:
        raise AnswersRefused({"may": _("At most %(most)s agencies can be asked at once.", most=MOST_AGENCIES)})
    due_on = working_days_after(clock.today(), int(answers["answer_days"])).last_day
    known = {agency.key: agency for agency in queries.agencies_to_invite(case)}
    round_ = (db.session.scalar(select(func.max(AgencyOpinion.round)).where(AgencyOpinion.case_id == case.id)) or 0) + 1
    db.session.add_all(
        AgencyOpinion(case_id=case.id, agency=known[key], round=round_, must=key in must, question=answers["question"],
                      due_on=due_on)
        for key in [*must, *may]
    )  # fmt: skip
    db.session.flush()
    journal.record("agencies-asked", case_id=case.id, by=by, details={"agencies": [*must, *may]})


@undoes("joint-call")
def _unask(task: Task) -> None:
    """What nobody has answered was not asked; an answer stays, whatever becomes of the question."""
    for row in opinions(task.case_id):
        if row.given_at is None:
            db.session.delete(row)


# --- what an agency says ----------------------------------------------------------------------------------------------


def _own_opinion(task: Task) -> AgencyOpinion:
    mine = [row for row in opinions(task.case_id) if row.agency_id == task.pool.agency_id]
    if not mine:
        raise AnswersRefused({"opinion": _("Your agency was not asked.")})
    return mine[-1]


@prefills("joint-opinion")
def _known_opinion(task: Task, _user: User) -> dict[str, Any]:
    row = _own_opinion(task)
    return {
        "question": row.question, "position": row.position or None, "opinion": row.text or None,
        "attends": None if row.attends is None else "yes" if row.attends else "no", "attendee": row.attendee or None,
    }  # fmt: skip


@applies("joint-opinion")
def _give_opinion(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Kept here and now: whatever becomes of the round, what was said stays and the host reads it."""
    row = _own_opinion(task)
    row.position, row.text, row.attends = answers["position"], answers["opinion"], answers["attends"] == "yes"
    row.attendee, row.task_id = answers.get("attendee") or "", task.id
    row.by_id, row.given_at = by.id, clock.now()
    db.session.flush()
    journal.record(
        "opinion-given", case_id=task.case_id, by=by, subject=row.agency.key, details={"position": row.position}
    )


@undoes("joint-opinion")
def _take_opinion_back(task: Task) -> None:
    row = _own_opinion(task)
    row.given_at, row.position = None, ""


@prefills("joint-late")
def _who_is_late(task: Task, _user: User) -> dict[str, Any]:
    waiting = [row for row in opinions(task.case_id) if row.given_at is None]
    must = [row.agency.key for row in waiting if row.must]
    return {"waiting": "\n".join(row.agency.name for row in waiting), "again": must, "more_days": 2}


@applies("joint-late")
def _ask_again(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Who is asked again gets a new day; of the others nobody waits any more."""
    again = set(answers.get("again") or ()) if answers["decision"] == "wait" else set()
    due_on = working_days_after(clock.today(), int(answers.get("more_days") or 1)).last_day
    for row in opinions(task.case_id):
        if row.given_at is None:
            row.must = row.must and row.agency.key in again
            row.due_on = due_on if row.agency.key in again else row.due_on
    journal.record("agencies-asked", case_id=task.case_id, by=by, details={"agencies": sorted(again)})


# --- the session ------------------------------------------------------------------------------------------------------


@prefills("joint-session")
def _suggest_session(task: Task, user: User) -> dict[str, Any]:
    case, said = task.case, opinions(task.case_id)
    usual = clock.local(clock.now()).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=2)
    wish = booking.Wish(usual - timedelta(minutes=1), usual + timedelta(minutes=89), None, user)
    return {
        "title": case.title[:120], "starts_at": clock.local(next(iter(booking.free_times(wish, 1)), usual)), "duration": 90,
        "mode": "room", "agencies": [row.agency.key for row in said if row.attends is not False],
        "parties": [str(party.id) for party in parties_of(case)],
    }  # fmt: skip


@applies("joint-session")
def _fix_session(task: Task, answers: Mapping[str, Any], by: User) -> None:
    case = task.case
    room = booking.room_of(case, answers.get("room"))
    if room is None and not answers.get("place") and answers["mode"] == "room":
        raise AnswersRefused({"room": _("Choose a room, or write the place.")})
    mine = select(Meeting).where(Meeting.task_id == task.id)
    call_joint(case, _called(case, answers, room), by=by, task_id=task.id, meeting=db.session.scalar(mine))


def _called(case: Case, answers: Mapping[str, Any], room: Any) -> Called:
    known = {agency.key: agency for agency in queries.agencies_to_invite(case)}
    remote = "video" if answers["mode"] == "video" else "telephone"
    ways = {key: remote for key in answers.get("remote") or ()} | {key: answers["mode"] for key in answers["agencies"]}
    chosen = {str(one) for one in answers.get("parties") or ()}
    place = answers.get("place") or (f"{room.agency.name} {room.name}" if room else case.agency.name)
    length = timedelta(minutes=int(answers.get("duration") or 90))
    return Called(
        title=answers["title"], starts_at=answers["starts_at"], ends_at=answers["starts_at"] + length, place=place[:120],
        room=room, mode=answers["mode"], agencies=[(known[key], way) for key, way in ways.items()],
        parties=[party for party in parties_of(case) if str(party.id) in chosen],
        guests=[line.strip() for line in str(answers.get("guests") or "").splitlines() if line.strip()],
    )  # fmt: skip


@undoes("joint-session")
def _unfix_session(task: Task) -> None:
    meeting = db.session.scalar(select(Meeting).where(Meeting.task_id == task.id))
    if meeting is not None:
        meeting.status = "cancelled"


# --- its minutes ------------------------------------------------------------------------------------------------------


def _session_of(case_id: int) -> Meeting:
    found = latest_meeting(case_id, "invited", "held", kind="joint")
    if found is None:
        raise AnswersRefused({"record": _("No meeting has been called.")})
    return found


@prefills("joint-minutes")
def _known_minutes(task: Task, _user: User) -> dict[str, Any]:
    meeting = _session_of(task.case_id)
    rows = [
        {"invitation": str(one.id), "name": one.party.name if one.party else one.name,
         "attended": (one.attended_mode or "no") if one.attended is not None else one.mode or meeting.mode}
        for one in meeting.invitations
    ]  # fmt: skip
    facts = meeting.facts or {}
    return {"attendance": rows, "ended_at": clock.local(meeting.until), "record": meeting.minutes or None,
            "recorder": facts.get("recorder")}  # fmt: skip


@applies("joint-minutes")
def _write_minutes(task: Task, answers: Mapping[str, Any], by: User) -> None:
    meeting = _session_of(task.case_id)
    if answers["ended_at"] < meeting.starts_at:
        raise AnswersRefused({"ended_at": _("The meeting ended before it began.")})
    _note_who_came(meeting.invitations, answers.get("attendance") or [])
    meeting.status, meeting.held_at, meeting.minutes = "held", meeting.starts_at, answers["record"]
    meeting.result = answers["result"]
    meeting.facts = {**(meeting.facts or {}), "recorder": answers.get("recorder") or "", "task": task.id,
                     "ended_at": answers["ended_at"].isoformat()}  # fmt: skip
    _split(task.case, meeting, answers.get("tasks") or [])
    journal.record("joint-minutes", case_id=task.case_id, by=by, subject=f"meeting:{meeting.id}",
                   details={"result": meeting.result})  # fmt: skip


def _note_who_came(invitations: Sequence[Invitation], rows: Sequence[Mapping[str, Any]]) -> None:
    how = {str(row["invitation"]): row["attended"] for row in rows}
    for invitation in invitations:
        came = how.get(str(invitation.id))
        if came is not None:
            invitation.attended, invitation.attended_mode = came != "no", came if came != "no" else ""


def _split(case: Case, meeting: Meeting, rows: Sequence[Mapping[str, Any]]) -> None:
    """Who does what by when; the minutes written again, the work is split again."""
    if len(rows) > MOST_AGENCIES:
        raise AnswersRefused({"tasks": _("At most %(most)s tasks can be split at once.", most=MOST_AGENCIES)})
    for number, row in enumerate(rows):
        if row["due_on"] < clock.today():
            raise AnswersRefused({f"tasks.{number}.due_on": _("This day is already past.")})
    _withdraw(meeting)
    known = {agency.key: agency for agency in queries.agencies_to_invite(case)}
    db.session.add_all(
        JointTask(
            case_id=case.id, meeting_id=meeting.id, agency=known[row["agency"]], what=row["what"], due_on=row["due_on"]
        )
        for row in rows
    )
    db.session.flush()


def _withdraw(meeting: Meeting) -> None:
    for row in db.session.scalars(
        select(JointTask).where(JointTask.meeting_id == meeting.id, JointTask.answered_at.is_(None))
    ):
        row.withdrawn = True


@undoes("joint-minutes")
def _unhold(task: Task) -> None:
    meeting = latest_meeting(task.case_id, "held", kind="joint")
    if meeting is not None:
        meeting.status, meeting.held_at = "invited", None
        _withdraw(meeting)


# --- the work taken on ------------------------------------------------------------------------------------------------


@watches("tasks-opened")
def _tie_tasks(_case: Case, tasks: list[Task], _by: User | None) -> None:
    """The steps opened in the order of the minutes: each agency's next one is its next piece of work."""
    for task in tasks:
        if task.bind == "joint-task":
            mine = select(JointTask).where(
                JointTask.case_id == task.case_id, JointTask.agency_id == task.pool.agency_id,
                JointTask.task_id.is_(None), JointTask.withdrawn.is_(False),
            )  # fmt: skip
            row = db.session.scalar(mine.order_by(JointTask.id).limit(1))
            if row is not None:
                row.task_id = task.id
                db.session.flush()


def _own_task(task: Task) -> JointTask:
    found = db.session.scalar(select(JointTask).where(JointTask.task_id == task.id))
    if found is None:
        raise AnswersRefused({"answer": _("The minutes give your agency no work.")})
    return found


@prefills("joint-task")
def _known_task(task: Task, _user: User) -> dict[str, Any]:
    row = _own_task(task)
    return {"what": row.what, "result": row.result or None, "answer": row.answer or None}


@applies("joint-task")
def _answer_task(task: Task, answers: Mapping[str, Any], by: User) -> None:
    row = _own_task(task)
    row.result, row.answer, row.by_id, row.answered_at = answers["result"], answers["answer"], by.id, clock.now()
    db.session.flush()
    journal.record(
        "joint-task-answered", case_id=task.case_id, by=by, subject=row.agency.key, details={"result": row.result}
    )


@undoes("joint-task")
def _take_answer_back(task: Task) -> None:
    row = _own_task(task)
    row.answered_at, row.result = None, ""


@prefills("joint-conclusion")
def _answers_given(task: Task, _user: User) -> dict[str, Any]:
    meeting = latest_meeting(task.case_id, "held", kind="joint")
    query = select(JointTask).where(
        JointTask.meeting_id == (meeting.id if meeting else 0), JointTask.withdrawn.is_(False)
    )
    rows = db.session.scalars(query.options(joinedload(JointTask.agency)).order_by(JointTask.id))
    return {"answers_given": "\n".join(f"{row.agency.name}：{row.what}——{row.answer}" for row in rows)}


@applies("joint-conclusion")
def _conclude(task: Task, answers: Mapping[str, Any], by: User) -> None:
    meeting = latest_meeting(task.case_id, "held", kind="joint")
    if meeting is not None:
        meeting.facts = {**(meeting.facts or {}), "summary": answers["summary"]}
        meeting.result = answers["outcome"]
    journal.record("joint-concluded", case_id=task.case_id, by=by, details={"outcome": answers["outcome"]})


# --- reminders --------------------------------------------------------------------------------------------------------


@effect("remind-agency", required=("agency", "step"))
def _remind_agency(occasion: Occasion, *, agency: str, step: str) -> None:
    """The people of an agency are told that the time for a step is nearly over: who holds it, else all of its liaisons."""
    found = db.session.scalars(select(Agency).where(Agency.key == agency)).one()
    names = step_names(occasion.process.release_hash, occasion.flow_key, step)
    for user_id in liaisons(found):
        tell_user(user_id, "task-yellow", case=occasion.case, channels=INBOX_AND_MAIL,
                  title=occasion.case.display_number, **names)  # fmt: skip


@effect("remind-joint")
def _remind_joint(occasion: Occasion) -> None:
    """Who was asked to the next joint meeting is reminded of it: parties and agencies."""
    meeting = latest_meeting(occasion.case.id, "invited", kind="joint")
    for invitation in meeting.invitations if meeting else ():
        if invitation.party is not None:
            tell_party(invitation.party, "meeting-reminder", case=occasion.case)
        for user_id in liaisons(invitation.agency) if invitation.agency else ():
            tell_user(user_id, "joint-invited", case=occasion.case, title=occasion.case.display_number,
                      at=words.moment(meeting.starts_at), place=meeting.place)  # fmt: skip
