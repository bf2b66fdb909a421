"""Begins a case by any entry flow: the answers of its first step are the facts of the case, and that step is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from mediation import clock, codes, crypto, flow, journal
from mediation.cases import facts, operations
from mediation.cases.operations import Registered
from mediation.cases.recognition import recognise
from mediation.entries import Entry
from mediation.extensions import db
from mediation.forms import form_of
from mediation.models import Agency, Attachment, Case, Draft, Paper, Party, StoredFile, Task, User
from mediation.models import Entry as JournalEntry
from mediation.storage import Kept
from workflows.form_model import Field

# Answers under these keys are facts of the case, whatever the flow; all others stay with the step.
FACTS = ("summary", "claims", "place", "amount", "happened_on", "people_count", "people", "kind", "source")
APPLICANT = "applicant_"
OTHER_KIND = "9999"


def fresh_case(entry: Entry, *, by: User) -> Case:
    """A case as it is before anything is known of it; it is not in the session yet."""
    home = home_of(by, entry.roles)
    given = entry.process.properties
    return Case(
        code=crypto.new_code(facts.CASE_CODE_LENGTH), title=entry.process.name[:200], agency=centre_of(home),
        agency_id=centre_of(home).id, origin=home, origin_id=home.id, root_process=entry.process.id,
        kind=_known("kinds", given.get("kind")) or OTHER_KIND, source=_known("sources", given.get("source")) or "window",
        status="registered", release_hash=entry.release_hash, registered_by=by, registered_at=clock.now(),
        summary="", claims="", place="", level="", risk="", route="", statistics_kind="", people_count=1, parties=[],
    )  # fmt: skip


def home_of(user: User, roles: Sequence[str]) -> Agency:
    """The agency for which somebody begins a case in one of these roles: the first of his or hers."""
    return next(held.pool.agency for held in user.memberships if held.role in roles)


def centre_of(agency: Agency) -> Agency:
    """The centre that keeps the cases of an agency: itself, one right below an agency above it, or else the agency."""
    here: Agency | None = agency
    seen: set[int] = set()
    while here is not None and here.id not in seen:
        seen.add(here.id)
        if here.kind == "centre":
            return here
        below = select(Agency).where(Agency.parent_id == here.id, Agency.kind == "centre", Agency.active)
        found = db.session.scalar(below.order_by(Agency.id).limit(1))
        if found is not None:
            return found
        here = db.session.get(Agency, here.parent_id) if here.parent_id else None
    return agency


def begin(
    entry: Entry, answers: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]], *, token: str, by: User
) -> tuple[Registered, Task]:
    """Create the case, start its flow and complete the first step.

    `answers` as its form gives them; a filepicker's are keys of `files` (key -> name, original, preview: digests of
    stored files), which become the case's attachments. Returns the case, each party's plain code, and the step. Raises
    AnswersRefused when a table cannot take the answers, EngineError when the flow cannot go on.
    """
    case = fresh_case(entry, by=by)
    _write_facts(case, answers)
    db.session.add(case)
    db.session.flush()
    given = {party.id: code for party, code in _add_parties(case, answers)}
    case.title = _title(entry, answers)
    recognise(case)
    operations.let_office_in(case)
    journal.record("case-registered", case_id=case.id, by=by, subject=token, details={"process": entry.process.id})
    step = flow.start(case, entry.process.id, {}, by=by)
    first = next(task for task in step.opened if task.element_id == entry.first.id)
    first.claimed_by, first.claimed_at = by, clock.now()
    flow.let_in(case.id, {(first.pool_id, by.id)})
    attached = {key: str(_attach(case, stored, by).id) for key, stored in files.items()}
    db.session.flush()
    fields = form_of(first.process.release_hash, first.form_id, "zh").fields
    flow.complete(first, _with_attachments(fields, answers, attached), by=by)
    return Registered(case, given), first


def begun_as(token: str, by: User) -> int | None:
    """The case that this very page began before: a second press of the button begins nothing."""
    one_at_a_time(by)
    query = select(JournalEntry.chain).where(
        JournalEntry.user_id == by.id, JournalEntry.at > clock.now() - timedelta(days=1),
        JournalEntry.action == "case-registered", JournalEntry.subject == token,
    )  # fmt: skip
    return db.session.scalar(query.limit(1))


def one_at_a_time(user: User) -> None:
    """This person's requests go one after the other from here on: what is saved while one types loses no file that
    another request is just bringing."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())


# --- what the answers say of the case ---


def _write_facts(case: Case, answers: Mapping[str, Any]) -> None:
    told = {key: answers[key] for key in FACTS if answers.get(key) not in (None, "")}
    if "people" in told:
        told["people_count"] = told.pop("people")
    for key, table in (("kind", "kinds"), ("source", "sources")):
        if key in told and not _known(table, told[key]):
            del told[key]  # the word of another list of the same name
    facts.write_case(case, told)


def _known(table: str, value: Any) -> str:
    return str(value) if value and str(value) in codes.table(table) else ""


def _title(entry: Entry, answers: Mapping[str, Any]) -> str:
    """As the form names it, else the flow with the beginning of what is told."""
    told = str(answers.get("title") or "").strip()
    if told:
        return facts.cleaned(told)[:200]
    first_line = facts.cleaned(str(answers.get("summary") or "")).split("\n")[0][:30]
    return f"{entry.process.name}：{first_line}"[:200] if first_line else entry.process.name[:200]


def _add_parties(case: Case, answers: Mapping[str, Any]) -> list[tuple[Party, str]]:
    """The rows of `parties`, or the one applicant of the keys `applicant_name`, `applicant_phone` …; maybe nobody."""
    listed: Sequence[Mapping[str, Any]] = answers.get("parties") or []
    if not listed and str(answers.get(f"{APPLICANT}name") or "").strip():
        told = {key.removeprefix(APPLICANT): value for key, value in answers.items() if key.startswith(APPLICANT)}
        listed = [{"side": "applicant", "kind": "person", **told}]
    made = [operations.add_party(case, entry) for entry in listed[: operations.MAX_PARTIES]]
    db.session.flush()
    return made


# --- what came along ---


def _attach(case: Case, stored: Mapping[str, Any], by: User) -> Attachment:
    original = db.session.get_one(StoredFile, stored["original"])
    preview = db.session.get(StoredFile, stored["preview"]) if stored.get("preview") else None
    kept = Kept(str(stored["name"]), original, preview)
    return operations.attach(case, kept, party=None, purpose="evidence", by=by)


def forget(files: Mapping[str, Mapping[str, Any]]) -> None:
    """Delete the bytes of files that came with a draft thrown away, unless a case or another draft holds the same ones:
    two people may bring the same photograph."""
    digests = _digests(files)
    with_files = or_(Draft.subject.like("entry:%"), Draft.subject.like("search:%"))
    drafts = db.session.scalars(select(Draft).where(with_files).order_by(Draft.id))
    for draft in drafts:
        digests -= _digests(draft.answers.get("files", {}))
    for column in (Attachment.original_sha256, Attachment.preview_sha256, Paper.sha256):
        digests -= set(db.session.scalars(select(column).where(column.in_(digests))))
    db.session.execute(delete(StoredFile).where(StoredFile.sha256.in_(digests)))


def _digests(files: Mapping[str, Mapping[str, Any]]) -> set[str]:
    return {str(stored[part]) for stored in files.values() for part in ("original", "preview") if stored.get(part)}


def _with_attachments(
    fields: Sequence[Field], answers: Mapping[str, Any], attached: Mapping[str, str]
) -> dict[str, Any]:
    """The answers with the numbers of attachments where the form had those of files not yet attached."""
    changed = dict(answers)
    for one in fields:
        if one.kind == "group" and not one.key:
            changed.update(_with_attachments(one.fields, changed, attached))
        elif one.kind == "filepicker" and changed.get(one.key):
            changed[one.key] = [attached[key] for key in changed[one.key] if key in attached]
        elif one.kind == "group" and isinstance(changed.get(one.key), Mapping):
            changed[one.key] = _with_attachments(one.fields, changed[one.key], attached)
        elif one.kind == "dynamiclist" and changed.get(one.key):
            changed[one.key] = [_with_attachments(one.fields, row, attached) for row in changed[one.key]]
    return changed
