"""What people do to a case beside its tasks: register, correct, void, hand in, end mediation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, codes, crypto, flow, journal, words
from mediation.cases import facts
from mediation.cases.recognition import recognise
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import (
    Agency,
    Attachment,
    Case,
    Conflict,
    Correction,
    Party,
    Pool,
    Representative,
    Statement,
    Task,
    User,
    WaitingEvent,
)
from mediation.papers import operations as papers
from mediation.permissions import is_open
from mediation.releases import current_release_hash
from mediation.storage import Kept

ROOT_PROCESS = "intake"
# The office of the centre sees every case that the centre registers.
OFFICE_POOLS = ("clerk", "director", "dispatcher", "supervisor")
MAX_PARTIES = 30


class Refused(Exception):
    """Something that cannot be done to this case now; the message is for the person."""


@dataclass(frozen=True)
class Registered:
    """A registered case and, this once, each party's plain code by party id."""

    case: Case
    codes: Mapping[int, str]


# --- registering ---------------------------------------------------------------------------------------------


def register_dispute(answers: Mapping[str, Any], *, by: User, agency: Agency | None = None) -> Registered:
    """Register a dispute and start its flow.

    `answers`: the keys of `facts.write_case`, `title` (optional) and `parties`, a list of mappings with the keys of
    `facts.write_party`, `representatives` and `statement` (that party's own account, optional). Amounts in yuan, dates
    ISO. Raises AnswersRefused when parties are missing.
    """
    _check(answers)
    case = _new_case(answers, by, agency or home_of(by))
    given = {party.id: code for party, code in _add_parties(case, answers["parties"])}
    case.title = str(answers.get("title") or "").strip() or facts.title_of(case)
    recognise(case)
    let_office_in(case)
    journal.record("case-registered", case_id=case.id, by=by, subject=str(answers.get("token") or ""))
    _take_statements(case, answers["parties"], by)
    _start(case, answers, by)
    db.session.flush()
    return Registered(case, given)


def _check(answers: Mapping[str, Any]) -> None:
    parties = answers.get("parties") or []
    sides = {party.get("side") for party in parties}
    if not {"applicant", "respondent"} <= sides:
        raise AnswersRefused({"parties": _("A dispute has an applicant and another side.")})
    if len(parties) > MAX_PARTIES:
        raise AnswersRefused(
            {"parties": _("More than %(most)s parties: register their representatives.", most=MAX_PARTIES)}
        )
    if answers.get("kind") not in codes.table("kinds"):
        raise AnswersRefused({"kind": _("Choose a kind of dispute from the list.")})


def home_of(user: User) -> Agency:
    """The agency for which a clerk or dispatcher registers."""
    held = [m for m in user.memberships if m.role in ("clerk", "dispatcher", "director")] or user.memberships
    if not held:
        raise Refused(_("You hold no role in any agency."))
    return held[0].pool.agency


def _new_case(answers: Mapping[str, Any], by: User, agency: Agency) -> Case:
    case = Case(
        code=crypto.new_code(facts.CASE_CODE_LENGTH), title="", kind="", source="window", agency=agency,
        status="registered", release_hash=current_release_hash(), registered_by=by, registered_at=clock.now(),
        summary="", claims="", place="", level="", risk="", route="", statistics_kind="",
    )  # fmt: skip
    facts.write_case(case, answers)
    case.people_count = int(answers.get("people_count") or len(answers["parties"]))
    db.session.add(case)
    db.session.flush()
    return case


def _add_parties(case: Case, listed: Sequence[Mapping[str, Any]]) -> list[tuple[Party, str]]:
    made = [add_party(case, entry) for entry in listed]
    db.session.flush()
    return made


def add_party(case: Case, entry: Mapping[str, Any]) -> tuple[Party, str]:
    """A party and, this once, its plain code. Nobody's consent is taken for granted, not even the applicant's."""
    party = Party(case=case, side="applicant", kind="person", name="", consent="open", representatives=[])
    facts.write_party(party, entry)
    code = facts.new_party_code(party)
    db.session.add(party)
    return party, code


def let_office_in(case: Case) -> None:
    """The office of the centre takes part in the case from its first moment."""
    query = select(Pool.id).where(Pool.agency_id == case.agency_id, Pool.role.in_(OFFICE_POOLS))
    flow.let_in(case.id, {(pool_id, None) for pool_id in db.session.scalars(query.order_by(Pool.id))})


def _take_statements(case: Case, listed: Sequence[Mapping[str, Any]], by: User) -> None:
    for party, entry in zip(case.parties, listed, strict=True):
        if str(entry.get("statement") or "").strip():
            add_statement(case, party, str(entry["statement"]), by=by)


def _start(case: Case, answers: Mapping[str, Any], by: User) -> None:
    """Start the flow; its first step, the registration, is what has just been done."""
    step = flow.start(case, ROOT_PROCESS, {}, by=by)
    first = next((task for task in step.opened if task.bind == "registration"), None)
    if first is not None:
        first.claimed_by, first.claimed_at = by, clock.now()
        db.session.flush()
        flow.complete(first, plain(answers, case), by=by)


def plain(answers: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """The answers as the registration form would give them, without the people: their data stand in the tables only."""
    kept = {key: value for key, value in answers.items() if isinstance(value, str | int | bool) or value is None}
    kept |= {"title": case.title, "kind": case.kind, "amount": case.amount, "happened_on": case.happened_on}
    kept["signs"] = list(answers.get("signs") or ())
    return {key: value for key, value in kept.items() if key != "token"}


# --- mistakes ------------------------------------------------------------------------------------------------


def correct_fact(case: Case, party: Party | None, field: str, new: Any, reason: str, *, by: User) -> Correction | None:
    """Correct one registered fact: what it was stays on record, the terms of search and the papers follow.

    `field` is one of facts.CASE_FACTS, or facts.PARTY_FACTS with a party. None when nothing changed. Raises Refused for
    a field that is not corrected this way, a voided case, or a value that does not fit.
    """
    case = flow.lock_case(case.id)
    subject: Case | Party = party or case
    if case.voided_at or field not in (facts.PARTY_FACTS if party else facts.CASE_FACTS):
        raise Refused(_("This fact cannot be corrected here."))
    before, papers_said = told(subject, field), papers.papers_say(case)
    try:
        if party is not None:
            facts.write_party(party, {field: new})
        else:
            facts.write_case(case, {field: new})
    except ValueError:
        raise Refused(_("This value does not fit.")) from None
    if field == "title":
        case.title = str(new).strip()
    after = told(subject, field)
    if before == after and field != "id_number":
        return None
    row = Correction(
        case_id=case.id, party_id=party.id if party else None, field=field, before=before, after=after,
        reason=reason, by=by, at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    recognise(case)
    about = f"party:{party.id}" if party else "case"
    journal.record("fact-corrected", case_id=case.id, by=by, subject=about, details={"field": field})
    papers.reissue_for(case, papers_said, by=by)
    return row


def told(subject: Case | Party, field: str) -> str:
    """A fact as text for the history of corrections; an identity number is never written out there."""
    value = getattr(subject, field)
    if field == "id_number":
        return words.masked_id(value) if value else ""
    return "" if value is None else str(value)


def void_case(case: Case, reason: str, *, by: User) -> None:
    """End a case that was registered in error: its flow stops where it stands, nothing is deleted."""
    case = flow.lock_case(case.id)
    if not is_open(case):
        raise Refused(_("This case is already closed."))
    flow.cancel(case, by=by, action="case-voided")
    case.status, case.outcome, case.voided_at, case.void_reason = "voided", "voided", clock.now(), reason
    journal.record("case-voided", case_id=case.id, by=by)


# --- what tasks have written ---------------------------------------------------------------------------------


def statement_of(task: Task, kind: str, party: Party | None = None) -> Statement | None:
    """The account that this very task has written, so that a step done again corrects it."""
    query = select(Statement).where(Statement.case_id == task.case_id, Statement.kind == kind).order_by(Statement.id)
    rows = [row for row in db.session.scalars(query) if (row.facts or {}).get("task") == task.id]
    return next((row for row in rows if party is None or row.party_id == party.id), None)


def last_answers(case: Case, bind: str) -> dict[str, Any]:
    """What was answered in the latest finished task of a binding; empty when there is none."""
    query = select(Task).where(Task.case_id == case.id, Task.bind == bind, Task.status == "done")
    task = db.session.scalar(query.order_by(Task.done_at.desc()).limit(1))
    return dict(task.answers or {}) if task is not None else {}


# --- what is handed in ---------------------------------------------------------------------------------------


def add_statement(case: Case, party: Party, text: str, *, by: User | None, kind: str = "statement",
                  actor: str = "") -> Statement:  # fmt: skip
    """Keep a party's own account, or its request to the centre, behind that party's wall."""
    row = Statement(
        case_id=case.id, party_id=party.id, kind=kind, text=text.strip(), facts={}, made_at=clock.now(),
        taken_by_id=by.id if by else None,
    )  # fmt: skip
    db.session.add(row)
    journal.record(f"{kind}-taken", case_id=case.id, by=by, actor=actor, subject=f"party:{party.id}")
    return row


def attach(case: Case, kept: Kept, *, party: Party | None, purpose: str, shared: bool = False, by: User | None,
           actor: str = "") -> Attachment:  # fmt: skip
    """Put a stored file to the case. With a party it stands behind that party's wall until it is shared."""
    row = Attachment(
        case_id=case.id, party_id=party.id if party else None, name=kept.name, purpose=purpose,
        original_sha256=kept.original.sha256, preview_sha256=kept.preview.sha256 if kept.preview else None,
        shared=shared, uploaded_by_id=by.id if by else None, uploaded_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record("attachment-added", case_id=case.id, by=by, actor=actor, subject=f"attachment:{row.id}",
                   details={"purpose": purpose, "sha256": row.original_sha256})  # fmt: skip
    return row


def share_attachment(attachment: Attachment, *, by: User) -> None:
    """Let both sides see it."""
    attachment.shared = True
    journal.record("attachment-shared", case_id=attachment.case_id, by=by, subject=f"attachment:{attachment.id}")


def withdraw_attachment(attachment: Attachment, *, by: User) -> None:
    """Take it out of the case; the bytes and the record stay."""
    attachment.withdrawn_at = attachment.withdrawn_at or clock.now()
    journal.record("attachment-withdrawn", case_id=attachment.case_id, by=by, subject=f"attachment:{attachment.id}")


# --- people --------------------------------------------------------------------------------------------------


def declare_conflict(case: Case, user: User, reason: str, *, by: User) -> Conflict:
    """Record a tie between a colleague and the case; told twice it is one, with the later reason."""
    told = select(Conflict).where(Conflict.case_id == case.id, Conflict.user_id == user.id, Conflict.tie_id.is_(None))
    row = db.session.scalar(told.order_by(Conflict.id).limit(1))
    if row is None:
        row = Conflict(case_id=case.id, user=user, declared_by_id=by.id, declared_at=clock.now())
        db.session.add(row)
    row.reason, row.accepted_by_all = reason, False
    journal.record("conflict-declared", case_id=case.id, by=by, subject=f"user:{user.id}")
    return row


def accept_conflict(conflict: Conflict, *, by: User) -> None:
    """Both sides, told of the tie, agree that this person mediates all the same."""
    conflict.accepted_by_all = True
    journal.record("conflict-accepted", case_id=conflict.case_id, by=by, subject=f"user:{conflict.user_id}")


def renew_party_code(party: Party, *, by: User) -> str:
    """Give the party a new code, returned this once; the old one opens nothing any more."""
    code = facts.new_party_code(party)
    journal.record("party-code-renewed", case_id=party.case_id, by=by, subject=f"party:{party.id}")
    return code


def withdraw_party(party: Party, reason: str, *, by: User) -> None:
    """Take a party that was registered by mistake out of the case; one of each side always stays."""
    case = flow.lock_case(party.case_id)
    staying = {other.side for other in case.parties if other.id != party.id and other.withdrawn_at is None}
    if not {"applicant", "respondent"} <= staying:
        raise Refused(_("A dispute has an applicant and another side."))
    party.withdrawn_at = party.withdrawn_at or clock.now()
    recognise(case)
    journal.record("party-withdrawn", case_id=case.id, by=by, subject=f"party:{party.id}", details={"reason": reason})


def represent(party: Party, entry: Mapping[str, Any], *, by: User) -> Representative:
    """Add somebody who acts for the party: a guardian found later, an agent with a letter."""
    row = Representative(
        **{key: str(entry.get(key) or "").strip() for key in ("kind", "name", "phone", "relation", "authority")}
    )
    party.representatives.append(row)
    db.session.flush()
    recognise(party.case)
    journal.record("representative-added", case_id=party.case_id, by=by, subject=f"party:{party.id}",
                   details={"kind": row.kind})  # fmt: skip
    return row


# --- what may break in at any step ---------------------------------------------------------------------------


def end_mediation(case: Case, party: Party | None, reason: str, *, by: User | None) -> bool:
    """A side, or the mediator (party None), ends mediation (人民调解法 23, 26). True when the flow took it up."""
    case = flow.lock_case(case.id)
    if not is_open(case):
        raise Refused(_("This case is already closed."))
    who = str(party.id) if party else "mediator"
    cause = "refused" if party else "not_reached"
    case.ending = {"by": who, "cause": cause, "reason": reason, "on": clock.today().isoformat()}
    payload = {"by": who, "reason": cause}
    return flow.send_message(case, "mediation-ended", payload, by=by, party_id=party.id if party else None)


def ask_more_time(case: Case, party: Party | None, reason: str, *, by: User) -> bool:
    """A side, or the mediator (party None), asks at the table or by telephone; every side's consent is the next step."""
    case = flow.lock_case(case.id)
    if not waits_for(case.id, "extension-requested"):
        raise Refused(_("More time cannot be asked for now."))
    note_request_for_time(case, party, reason)
    payload = {"party": str(party.id) if party else "mediator"}
    return flow.send_message(case, "extension-requested", payload, by=by, party_id=party.id if party else None)


def note_request_for_time(case: Case, party: Party | None, reason: str = "") -> None:
    """Who asked for more time, and a reason that all sides may read: the step need not ask for it again."""
    case.extension = {**(case.extension or {}), "asked": {"by": str(party.id) if party else "", "reason": reason}}


def waiting_messages(case_id: int) -> set[str]:
    """The messages that the flows of the case wait for now."""
    query = select(WaitingEvent.name).where(WaitingEvent.case_id == case_id, WaitingEvent.kind == "message")
    return set(db.session.scalars(query))


def waits_for(case_id: int, message: str) -> bool:
    """Whether the flow of the case waits for this message now."""
    query = select(WaitingEvent.id).where(
        WaitingEvent.case_id == case_id, WaitingEvent.kind == "message", WaitingEvent.name == message
    )
    return db.session.scalar(query.limit(1)) is not None
