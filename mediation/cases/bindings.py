"""What the forms around mediation fill: mediator, consent, rights, enquiry.

Each may be done again after a step was taken back: it then corrects what it wrote, and adds nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from mediation import clock, flow, journal
from mediation.case_view import lacks_guardian
from mediation.cases import facts, options, queries, ties
from mediation.cases.moments import as_moment, from_wall, moment_of, wall_time
from mediation.cases.operations import add_statement, statement_of
from mediation.effects import AnswersRefused, applies, prefills
from mediation.extensions import db
from mediation.models import Case, CaucusNote, Conflict, Participation, Party, Statement, Task, User
from mediation.permissions import can_read_caucus
from mediation.words import named

# --- the mediator --------------------------------------------------------------------------------------------


@applies("appointment")
def _apply_appointment(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Appoint the mediator; a tie bars him or her unless both sides were told and accept (特邀调解规定 15)."""
    case = task.case
    mediator = mediator_called(case, answers.get("mediator"))
    fellows = [mediator_called(case, login, "co_mediators") for login in answers.get("co_mediators") or ()]
    accepted = bool(answers.get("disclosed_and_accepted"))
    for person, field in [(mediator, "mediator"), *((fellow, "co_mediators") for fellow in fellows)]:
        refuse_tied(case, person, field, accepted)
    if answers.get("conflict") not in (None, "none"):
        if not accepted:
            message = _("A mediator with a tie may only be appointed when both sides were told and accept it.")
            raise AnswersRefused({"disclosed_and_accepted": message})
        _note_tie(case, mediator, str(answers.get("note") or answers["conflict"]), by)
    seat(case, mediator, fellows, by)
    case.mediator_chosen_by = str(answers.get("chosen_by") or "committee")


def mediator_called(case: Case, login: Any, field: str = "mediator") -> User:
    """The mediator of this account who may be appointed to the case; refused at `field` when there is none."""
    found = next((one for one in db.session.scalars(options.mediators_for(case)) if one.login == login), None)
    if found is None:
        raise AnswersRefused({field: _("Choose one from the list.")})
    return found


def refuse_tied(case: Case, person: User, field: str, accepted: bool) -> None:
    """Nobody mediates a dispute of his or her own; any other tie needs both sides' consent."""
    for party in queries.parties(case):
        for name, phone in [(party.name, party.phone), *((who.name, who.phone) for who in party.representatives)]:
            same_phone = bool(phone and person.phone and facts.digits(phone) == facts.digits(person.phone))
            if name == person.name and (same_phone or not accepted):
                raise AnswersRefused(
                    {field: _("%(name)s takes part in this dispute and cannot mediate it.", name=name)}
                )
    tie = ties.barred(person.id, case.id)
    if tie is not None and not accepted:
        told = _(
            "%(name)s has a tie to this case: %(reason)s. Choose somebody else; or, once both sides were told and accept, "
            "say so at the tie below.",
            name=named(person),
            reason=ties.reason_told(tie),
        )
        raise AnswersRefused({field: told})


def _note_tie(case: Case, person: User, reason: str, by: User) -> None:
    query = select(Conflict).where(Conflict.case_id == case.id, Conflict.user_id == person.id).order_by(Conflict.id)
    known = list(db.session.scalars(query))
    if not known:
        known = [Conflict(case_id=case.id, user=person, declared_by_id=by.id, declared_at=clock.now(), reason=reason)]
        db.session.add_all(known)
    for tie in known:
        tie.accepted_by_all = True


def seat(case: Case, mediator: User, fellows: list[User], by: User) -> None:
    """The mediators see the case from now on; who was replaced no longer does."""
    before = case.mediator_id
    case.mediator = mediator
    seated = [mediator, *fellows]
    if before and before not in {person.id for person in seated}:
        gone = update(Participation).where(
            Participation.case_id == case.id, Participation.user_id == before, Participation.until_at.is_(None)
        )
        db.session.execute(gone.values(until_at=clock.now()))
    flow.let_in(case.id, {(_seat_of(case, person), person.id) for person in seated})
    journal.record("mediator-appointed", case_id=case.id, by=by, subject=f"user:{mediator.id}")


def _seat_of(case: Case, person: User) -> int:
    held = [one for one in person.memberships if one.role == "mediator"]
    own = [one for one in held if one.agency_id == case.committee_id] or held
    if case.committee_id is None:
        case.committee = own[0].pool.agency
    return own[0].pool_id


@prefills("appointment")
def _prefill_appointment(task: Task, _user: User) -> dict[str, Any]:
    """The mediator whom every side that has a wish wishes for (人民调解法 19)."""
    case, known = task.case, {"conflict": "none"}
    wishes = {party.chosen_mediator for party in queries.parties(case) if party.chosen_mediator}
    if case.mediator is not None and ties.barred(case.mediator.id, case.id) is None:
        return {**known, "mediator": case.mediator.login, "chosen_by": case.mediator_chosen_by or None}
    if len(wishes) == 1 and not _barred(case, *wishes):
        return {**known, "mediator": wishes.pop(), "chosen_by": "parties"}
    return known


def _barred(case: Case, login: str) -> bool:
    """Whether a tie keeps this person away: who must recuse is not suggested again (特邀调解规定 15)."""
    query = select(Conflict.id).join(Conflict.user).where(Conflict.case_id == case.id, User.login == login)
    return db.session.scalar(query.where(*ties.barring()).limit(1)) is not None


# --- consent and rights --------------------------------------------------------------------------------------


@applies("consent")
def _apply_consent(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Each party's own answer: the hard gate (人民调解法 17). Who needs a guardian cannot agree without one."""
    case = task.case
    rows = rows_of(case, answers, "consents")
    for party, row in rows:
        _name_guardian(party, row)
    for party, row in rows:
        answer = {"agree": "agree", "refuse": "refuse"}.get(str(row.get("answer")), "silent")
        if answer == "agree" and lacks_guardian(party):
            told = _("%(name)s is a minor: name the guardian before consent is recorded.", name=party.name)
            raise AnswersRefused({"consents": told})
        party.consent = answer
        party.consented_at = moment_of(row.get("given_on")) if answer != "silent" else None
        party.chosen_mediator = str(row.get("chosen_mediator") or "")
        _keep_note(task, party, str(row.get("note") or ""), by)
        journal.record(
            "consent-recorded", case_id=case.id, by=by, subject=f"party:{party.id}", details={"consent": answer}
        )


def rows_of(case: Case, answers: Mapping[str, Any], key: str) -> list[tuple[Party, Mapping[str, Any]]]:
    """The rows of a list with one row a party; a row for anybody else is refused."""
    known = {str(party.id): party for party in queries.parties(case)}
    rows = answers.get(key) or []
    if {str(row.get("party")) for row in rows} != set(known):
        raise AnswersRefused({key: _("There must be one row for each party.")})
    return [(known[str(row["party"])], row) for row in rows]


def _name_guardian(party: Party, row: Mapping[str, Any]) -> None:
    name = str(row.get("guardian_name") or "").strip()
    if not name:
        return
    facts.write_guardian(party, name, str(row.get("guardian_phone") or ""), str(row.get("guardian_relation") or ""))
    db.session.flush()


def _keep_note(task: Task, party: Party, text: str, by: User) -> None:
    row = statement_of(task, "statement", party)
    if row is None and not text.strip():
        return
    if row is None:
        row = add_statement(task.case, party, text, by=by)
        row.facts = {"task": task.id}
    row.text = text.strip()


@prefills("consent")
def _prefill_consent(task: Task, _user: User) -> dict[str, Any]:
    rows = []
    for party in queries.parties(task.case):
        guardian = next((who for who in party.representatives if who.kind == "guardian"), None)
        note = statement_of(task, "statement", party)
        rows.append({
            "party": str(party.id), "name": party.name,
            "answer": party.consent if party.consent != "open" else _first_answer(party),
            "given_on": clock.local(party.consented_at).date() if party.consented_at else None,
            "chosen_mediator": party.chosen_mediator or None,
            "guardian_name": guardian.name if guardian else None,
            "guardian_phone": guardian.phone if guardian else None,
            "guardian_relation": guardian.relation if guardian else None, "note": note.text if note else None,
        })  # fmt: skip
    return {"consents": rows}


def _first_answer(party: Party) -> str | None:
    """Nobody's consent is taken for granted: not even of who applied."""
    return None if party.consent == "open" else party.consent


@applies("rights")
def _apply_rights(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """When each party was told its rights, and where papers reach it."""
    for party, row in rows_of(task.case, answers, "told"):
        party.rights_told_at = moment_of(row.get("told_on"))
        if row.get("service_address"):
            party.service_address = str(row["service_address"]).strip()[:200]
        journal.record("rights-told", case_id=task.case_id, by=by, subject=f"party:{party.id}")


@prefills("rights")
def _prefill_rights(task: Task, _user: User) -> dict[str, Any]:
    return {
        "told": [
            {"party": str(party.id), "name": party.name, "service_address": party.service_address or party.address,
             "told_on": clock.local(party.rights_told_at).date() if party.rights_told_at else None}
            for party in queries.parties(task.case)
        ]
    }  # fmt: skip


# --- enquiry -------------------------------------------------------------------------------------------------


@applies("enquiry", private=("caucus",))
def _apply_enquiry(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The record stands behind the wall of who was asked; what was said in confidence stays with the mediator."""
    case = task.case
    party = next((p for p in queries.parties(case) if str(p.id) == str(answers.get("asked") or "")), None)
    if party is None and not str(answers.get("asked_other") or "").strip():
        raise AnswersRefused({"asked": _("Choose who was asked, or write the name below.")})
    if party is not None:
        _keep_note(task, party, str(answers.get("statement") or ""), by)
    row = statement_of(task, "enquiry") or Statement(case_id=case.id, kind="enquiry", made_at=clock.now())
    row.party, row.taken_by_id = party, by.id
    row.text = "\n".join(
        f"问：{one.get('question')}\n答：{one.get('answer')}" for one in answers.get("exchanges") or ()
    )
    caucus = _keep_caucus(case, party, str(answers.get("caucus") or ""), (row.facts or {}).get("caucus"), by)
    row.facts = _enquiry_facts(task, answers) | ({"caucus": caucus} if caucus else {})
    row.made_at = as_moment(answers.get("started_at"))
    db.session.add(row)
    journal.record("enquiry-taken", case_id=case.id, by=by, subject=f"party:{party.id}" if party else "witness")


def _enquiry_facts(task: Task, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the record of the enquiry prints beside questions and answers."""
    return {
        "task": task.id, "started_at": wall_time(answers.get("started_at")),
        "ended_at": wall_time(answers.get("ended_at")),
        "place": answers.get("place"), "asked_other": answers.get("asked_other"), "standing": answers.get("standing"),
        "participants": [str(one.get("name")) for one in answers.get("participants") or ()],
        "exchanges": [{"question": str(one.get("question")), "answer": str(one.get("answer"))}
                      for one in answers.get("exchanges") or ()],
        "evidence": [{"name": str(one.get("name")), "source": str(one.get("source") or "")}
                     for one in answers.get("evidence") or ()],
    }  # fmt: skip


def _keep_caucus(case: Case, party: Party | None, text: str, known_id: Any, by: User) -> int | None:
    note = db.session.get(CaucusNote, known_id) if known_id else None
    if note is not None and not text.strip() and not can_read_caucus(by, case):
        return note.id  # who may not read it sends an empty field, and wipes nothing out
    if party is None or (note is None and not text.strip()):
        return note.id if note else None
    if note is None:
        note = CaucusNote(case_id=case.id, party=party, by_id=by.id, at=clock.now())
        db.session.add(note)
    note.party, note.text = party, text.strip()
    db.session.flush()
    return note.id


@prefills("enquiry")
def _prefill_enquiry(task: Task, user: User) -> dict[str, Any]:
    """The place; and after a step was taken back all that was written."""
    row = statement_of(task, "enquiry")
    if row is None:
        return {"place": task.case.agency.name}
    told = dict(row.facts)
    account = statement_of(task, "statement", row.party) if row.party else None
    confided = told.get("caucus") if can_read_caucus(user, task.case) else None
    note = db.session.get(CaucusNote, confided) if confided else None
    return {
        "asked": str(row.party_id) if row.party_id else None, "asked_other": told.get("asked_other"),
        "standing": told.get("standing"), "started_at": from_wall(told.get("started_at")),
        "ended_at": from_wall(told.get("ended_at")), "place": told.get("place"),
        "participants": [{"name": name} for name in told.get("participants", ())], "exchanges": told.get("exchanges"),
        "evidence": told.get("evidence"), "statement": account.text if account else None,
        "caucus": note.text if note else None,
    }  # fmt: skip
