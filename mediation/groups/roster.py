"""The roster of a group: what is wrong with a row, taking rows in as a whole, and what members said of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from mediation import clock, crypto, journal
from mediation.cases import facts
from mediation.extensions import db
from mediation.groups.spreadsheet import COLUMNS, LOST
from mediation.models import Attachment, Case, RosterDraft, RosterMember, User

LONGEST = {"name": 60, "id_number": 40, "phone": 40, "unit": 80, "note": 200}
CONSENTS = ("agree", "refuse", "open")
VOTES = ("for", "against", "abstain", "")
# A passport or an organisation's code; digits alone are a short passport number, an old card of fifteen, or such a code.
_OTHER = re.compile(r"(?=.*[A-Z])[A-Z0-9]{5,30}\Z|\d{5,9}\Z|\d{15}\Z|9\d{17}\Z")
# Organisations' codes and foreigners' cards begin with 9 and end in another way.
_RESIDENT = re.compile(r"[1-8]\d{16}[\dX]\Z")
_AMOUNT_SIGNS = str.maketrans("", "", ",，¥￥ 元㎡")


@dataclass(frozen=True)
class Mistake:
    """What is wrong in one cell: the place of the row in the draft, the column, and a sentence for the person."""

    row: int
    column: str
    message: str


def mistakes(case: Case, rows: Sequence[Mapping[str, str]]) -> list[Mistake]:
    """Everything that keeps the rows from being taken in, row by row, column by column."""
    found = [
        Mistake(place, column, message)
        for place, row in enumerate(rows) for column in COLUMNS if (message := _wrong(column, row.get(column, "")))
    ]  # fmt: skip
    wrong = {one.row for one in found if one.column == "id_number"}
    found += _duplicates(case, rows, wrong)
    return sorted(found, key=lambda one: one.row)


def _wrong(column: str, text: str) -> str:
    """Why a cell cannot be taken, or nothing."""
    if column == "name" and not text:
        return _("The name is missing.")
    if column in LONGEST and len(text) > LONGEST[column]:
        return _("At most %(max)d characters.", max=LONGEST[column])
    checks = {"id_number": _wrong_number, "phone": _wrong_phone, "area": _wrong_area, "claim": _wrong_claim}
    return checks[column](text) if column in checks else ""


def _wrong_number(text: str) -> str:
    number = text.upper()
    if not number:
        return _("The identity number is missing.")
    if number.startswith(LOST):
        return _("The spreadsheet has rounded this number: format the column as text and type it anew.")
    if _RESIDENT.match(number):
        return (
            ""
            if facts.is_identity_card(number)
            else _("A digit of this identity number is wrong: the last place does not fit.")
        )
    return "" if _OTHER.match(number) else _("This is not an identity number.")


def _wrong_phone(text: str) -> str:
    return "" if not text or 5 <= len(facts.digits(text)) <= 20 else _("This is not a telephone number.")


def _wrong_area(text: str) -> str:
    value = number_of(text)
    if not text or (value is not None and 0 < value < 1_000_000):
        return ""
    return _("This is not an area in square metres.")


def _wrong_claim(text: str) -> str:
    value = number_of(text)
    return (
        ""
        if not text or (value is not None and 0 <= value < 10**11)
        else _("This is not an amount. Write it as 12000 or 12000.50.")
    )


def number_of(text: str) -> Decimal | None:
    """A number as people write it, with two places; None when it is none."""
    try:
        value = Decimal(text.translate(_AMOUNT_SIGNS))
        return value.quantize(Decimal("0.01")) if value.is_finite() and abs(value) < 10**12 else None
    except InvalidOperation:
        return None


def _duplicates(case: Case, rows: Sequence[Mapping[str, str]], wrong: set[int]) -> list[Mistake]:
    """The same identity number twice in the file, or on the roster already: a person with two units is one row."""
    known = set(db.session.scalars(select(RosterMember.id_number_hash).where(RosterMember.case_id == case.id)))
    first: dict[str, int] = {}
    found = []
    for place, row in enumerate(rows):
        if place in wrong:
            continue
        key = hash_of(row["id_number"])
        if key in known:
            found.append(Mistake(place, "id_number", _("This person is on the roster already.")))
        elif key in first:
            line = rows[first[key]]["line"]
            told = _("The same identity number as in row %(line)s: a person with several units is one row.", line=line)
            found.append(Mistake(place, "id_number", told))
        first.setdefault(key, place)
    return found


def hash_of(number: str) -> str:
    """The keyed hash by which a person is found in other cases, too."""
    return crypto.keyed_hash(number.strip().upper(), "id-number")


# --- taking in ---------------------------------------------------------------------------------------------------------


def keep_draft(case: Case, name: str, rows: list[dict[str, str]], *, by: User) -> RosterDraft:
    """Keep what was read while its mistakes are corrected; a draft of before is replaced."""
    draft = db.session.get(RosterDraft, case.id) or RosterDraft(case_id=case.id)
    draft.file_name, draft.rows, draft.by_id, draft.at = name[:200], rows, by.id, clock.now()
    db.session.add(draft)
    return draft


def take_in(case: Case, rows: Sequence[Mapping[str, str]], *, by: User) -> int:
    """Put the rows on the roster, all or none; the caller has found no mistakes. Returns how many."""
    last = db.session.scalar(select(func.max(RosterMember.ordinal)).where(RosterMember.case_id == case.id)) or 0
    values = [_member(case, last + place, row) for place, row in enumerate(rows, 1)]
    db.session.execute(insert(RosterMember), values)
    draft = db.session.get(RosterDraft, case.id)
    if draft is not None:
        db.session.delete(draft)
    case.people_count = max(case.people_count, last + len(values))
    journal.record("roster-imported", case_id=case.id, by=by, details={"members": len(values)})
    return len(values)


def _member(case: Case, ordinal: int, row: Mapping[str, str]) -> dict[str, Any]:
    number = row["id_number"].strip().upper()
    return {
        "case_id": case.id, "ordinal": ordinal, "name": facts.cleaned(row["name"]), "id_number": number,
        "id_number_hash": hash_of(number), "phone": row["phone"], "unit": facts.cleaned(row["unit"]),
        "area": number_of(row["area"]) if row["area"] else None, "claim": number_of(row["claim"]) if row["claim"] else None,
        "note": facts.cleaned(row["note"]), "representative": False, "consent": "open", "vote": "",
    }  # fmt: skip


# --- what members said ------------------------------------------------------------------------------------------------


def record_consent(
    case: Case, ids: Iterable[int], consent: str, on: date | None, proof: Attachment | None, *, by: User
) -> int:
    """What the members signed on paper: consent or refusal with its day and the sheet; returns how many."""
    values = {
        "consent": consent, "consented_on": on if consent != "open" else None, "proof_id": proof.id if proof else None
    }  # fmt: skip
    changed = _mark(case, ids, values)
    journal.record("member-consents", case_id=case.id, by=by, details={"consent": consent, "members": changed})
    return changed


def record_vote(case: Case, ids: Iterable[int], vote: str, *, by: User) -> int:
    """What the members voted in a decision of the owners; returns how many."""
    changed = _mark(case, ids, {"vote": vote})
    journal.record("member-votes", case_id=case.id, by=by, details={"vote": vote, "members": changed})
    return changed


def mark_told(case: Case, ids: Iterable[int], *, by: User | None) -> int:
    """That the members were told that the settlement does not bind them and the court stays open to them."""
    changed = _mark(case, ids, {"told_at": clock.now()})
    journal.record("members-told", case_id=case.id, by=by, actor="" if by else "flow", details={"members": changed})
    return changed


def _mark(case: Case, ids: Iterable[int], values: Mapping[str, Any]) -> int:
    wanted = update(RosterMember).where(RosterMember.case_id == case.id, RosterMember.id.in_(sorted(set(ids))))
    return db.session.execute(wanted.values(**values)).rowcount
