"""What the forms of a risk fill: its level, whom it protects, the crisis team, and the counsellor's sealed notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, flow, journal
from mediation.access import visible_sealed_notes
from mediation.cases.bindings import rows_of
from mediation.cases.queries import parties
from mediation.effects import AnswersRefused, applies, prefills, undoes
from mediation.extensions import db
from mediation.models import Case, CrisisMember, SealedNote, SealedNoteReader, Task, User
from mediation.notices.operations import INBOX_AND_MAIL, tell_user
from mediation.risk import leaving, people
from mediation.risk.levels import higher

REPORT_FORM = "risk_alert"


# --- the level ---------------------------------------------------------------------------------------------------------


@applies("risk-alert")
def _apply_alert(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The risk as it is seen now (人民调解法 25); a report raises it, only a review lowers it."""
    case = task.case
    seen = str(answers.get("risk") or case.risk)
    case.risk = higher(seen, case.risk) if task.form_id == REPORT_FORM else seen
    if "domestic_violence" in (answers.get("signs") or ()):
        case.domestic_violence = True
    journal.record("risk-raised", case_id=case.id, by=by, details={"risk": case.risk, "result": answers.get("result")})


@prefills("risk-alert")
def _prefill_alert(task: Task, _user: User) -> dict[str, Any]:
    if task.form_id != REPORT_FORM:
        return {"risk": task.case.risk or None}
    now = clock.local(clock.now()).replace(second=0, microsecond=0)
    return {"risk": task.case.risk or None, "noticed_at": now, "people_count": task.case.people_count}


# --- protection --------------------------------------------------------------------------------------------------------


@applies("protection", private=("safe_contact",))
def _apply_protection(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Whose contact data is kept from the others (反家庭暴力法 5), and that nobody is forced into one room.

    The victim may be no party, such as a child at home: then nobody is ticked, and the sides are kept apart all the same.
    """
    rows = rows_of(task.case, answers, "parties")
    for party, row in rows:
        party.protected = row.get("protected") == "yes"
        if party.protected and answers.get("safe_contact"):
            party.safe_contact = str(answers["safe_contact"])[:200]
        journal.record(
            "party-protected", case_id=task.case_id, by=by, subject=f"party:{party.id}",
            details={"protected": party.protected},
        )  # fmt: skip
    task.case.domestic_violence = True


@prefills("protection")
def _prefill_protection(task: Task, _user: User) -> dict[str, Any]:
    rows = [
        {"party": str(party.id), "name": party.name, "protected": "yes" if party.protected else "no"}
        for party in parties(task.case)
    ]
    safe = next((party.safe_contact for party in parties(task.case) if party.safe_contact), None)
    return {"parties": rows, "safe_contact": safe}


# --- the crisis team ---------------------------------------------------------------------------------------------------


@applies("crisis-team")
def _apply_team(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Named people with a task each; from now on they see the case, and are told."""
    known = {person.login: person for person in people.may_join(task.case)}
    seats = set()
    for number, row in enumerate(answers.get("members") or ()):
        person = known.get(str(row.get("member")))
        if person is None:
            raise AnswersRefused({f"members.{number}.member": _("Choose one from the list.")})
        seats.add((people.seat_of(task.case, person), person.id))
        db.session.add(CrisisMember(
            case_id=task.case_id, process_id=task.process_id, task_id=task.id, user_id=person.id,
            duty=str(row["task"])[:200], due_on=row["due_on"], until=str(row["until"]), joined_at=clock.now(),
        ))  # fmt: skip
        tell_user(person.id, "crisis-team", case=task.case, channels=INBOX_AND_MAIL)
    flow.let_in(task.case_id, seats)
    journal.record("crisis-team-formed", case_id=task.case_id, by=by, details={"members": len(seats)})


@prefills("crisis-team")
def _prefill_team(task: Task, _user: User) -> dict[str, Any]:
    query = select(CrisisMember).where(CrisisMember.task_id == task.id).order_by(CrisisMember.id)
    return {"members": [
        {"member": one.user.login, "task": one.duty, "due_on": one.due_on, "until": one.until}
        for one in db.session.scalars(query)
    ]}  # fmt: skip


@undoes("crisis-team")
def _disband(task: Task) -> None:
    """Done again, the step forms the team anew."""
    gone = select(CrisisMember).where(CrisisMember.task_id == task.id, CrisisMember.stood_down_at.is_(None))
    leaving.stand_down(task.case, db.session.scalars(gone).all(), leaving.NOT_NAMED, by=None)


# --- sealed notes ------------------------------------------------------------------------------------------------------


@applies("sealed-note", private=("sealed", "readers"))
def _apply_note(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The counsellor's own notes: into their own encrypted row and nowhere else (精神卫生法 23)."""
    note = _note_of(task, by) or SealedNote(
        case_id=task.case_id, task_id=task.id, author_id=by.id, written_at=clock.now()
    )
    note.text, note.session_at = str(answers["sealed"]), answers["session_at"]
    db.session.add(note)
    db.session.flush()
    name_readers(note, [str(login) for login in answers.get("readers") or ()], by=by)
    journal.record("sealed-note-kept", case_id=task.case_id, by=by, subject=f"sealed-note:{note.id}")


@prefills("sealed-note")
def _prefill_note(task: Task, user: User) -> dict[str, Any]:
    """After a step was taken back the author finds the notes again; nobody else does."""
    note = _note_of(task, user)
    if note is None:
        return {"session_at": clock.local(clock.now()).replace(second=0, microsecond=0)}
    return {
        "sealed": note.text, "session_at": clock.local(note.session_at),
        "readers": [reader.user.login for reader in note.readers],
    }  # fmt: skip


def _note_of(task: Task, user: User) -> SealedNote | None:
    return db.session.scalar(
        visible_sealed_notes(user).where(SealedNote.task_id == task.id, SealedNote.author_id == user.id)
    )


def name_readers(note: SealedNote, logins: list[str], *, by: User) -> None:
    """Exactly these people may open the note beside its author; each is told once and finds the case while the risk runs.

    Raises AnswersRefused for somebody who is not on offer.
    """
    known = {person.login: person for person in people.may_read(note)}
    if any(login not in known for login in logins):
        raise AnswersRefused({"readers": _("Choose from the list.")})
    wanted = {known[login].id for login in logins}
    case = db.session.get_one(Case, note.case_id)
    for reader in list(note.readers):
        if reader.user_id not in wanted:
            note.readers.remove(reader)
            db.session.delete(reader)
            leaving.leave(case, reader.user_id, leaving.NOT_NAMED, named_at=reader.named_at, by=by)
    for person in sorted((known[login] for login in logins), key=lambda one: one.id):
        if people.stands_by(note):
            flow.let_in(case.id, {(people.seat_of(case, person), person.id)})
        if person.id not in {reader.user_id for reader in note.readers}:
            note.readers.append(SealedNoteReader(user_id=person.id, named_at=clock.now()))
            tell_user(person.id, "sealed-note", case=case)
    db.session.flush()
