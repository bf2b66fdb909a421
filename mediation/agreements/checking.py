"""What the checker says of an agreement in this house: the case's own facts beside the terms, and what red findings need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from documents.agreement import checker, rates, terms
from documents.agreement.checker import Draft, Finding, Member, Side
from documents.agreement.terms import Term
from mediation import clock, journal
from mediation.case_view import terms_of
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.meetings.bindings import parties_of
from mediation.models import Agreement, AgreementChange, Case, Party, RosterMember, User
from mediation.requests import language

# The list in which somebody says of each red finding why it stays. Forms of older releases ask once for all of them
# (REASON), or have neither, and are not held up.
REASONS, REASON = "overrides", "override_reason"


def read_terms(answers: Mapping[str, Any]) -> list[Term]:
    """The terms in the answers of a form; the instalments of an older form become terms of their own."""
    rows = [row for row in answers.get("terms") or [] if isinstance(row, Mapping)]
    owed = answers.get("instalments") or []
    if owed:
        rows = [{**row, "amount": None} for row in rows]
    return [terms.read(row) for row in (*rows, *(_as_term(row) for row in owed))]


def _as_term(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = "pay" if row.get("amount") is not None else "do"
    return {**row, "kind": kind, "when": "date", "purpose": "other" if kind == "pay" else ""}


def look(case: Case, answers: Mapping[str, Any]) -> list[Finding]:
    """What the checker finds in what somebody has typed so far."""
    return checker.check(_draft(case, read_terms(answers), answers))


def look_again(case: Case, found: Agreement) -> list[Finding]:
    """What the checker finds in an agreement that is kept, by the facts of today."""
    told = {
        "facts": found.facts, "issues": found.issues, "responsibility": found.responsibility,
        "default_clause": (found.details or {}).get("default_clause"),
    }  # fmt: skip
    return checker.check(_draft(case, terms_of(found), told))


def settle(found: list[Finding], answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """The findings as they are kept: each red one with its reason. Raises AnswersRefused for reds without a reason."""
    reds = [one for one in found if one.red]
    if REASONS in answers:
        return kept(found, _each_with_a_reason(reds, answers[REASONS] or []))
    reason = str(answers.get(REASON) or "")
    if reds and not reason and REASON in answers:
        raise AnswersRefused(_told(reds))
    return kept(found, {name_of(one): reason for one in reds})


def _each_with_a_reason(reds: Sequence[Finding], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Name of a finding -> why it stays. Raises AnswersRefused with a row for each red one, what was written kept."""
    written = {str(row.get("finding") or ""): str(row.get("reason") or "").strip() for row in rows}
    reasons = {name_of(one): written.get(name_of(one), "") for one in reds}
    errors: dict[str, str] = {}
    for number, one in enumerate(reds):
        if not reasons[name_of(one)]:
            errors[f"{REASONS}.{number}.reason"] = gettext("Correct what is red, or write here why it stays.")
            if one.term is not None:
                path = f"terms.{one.term}.kind"
                errors[path] = f"{errors[path]} {say(one)}" if path in errors else say(one)
    if errors:
        raise AnswersRefused(errors, {REASONS: _rows(reds, reasons)})
    return reasons


def asked(
    found: Sequence[Finding], rows: Sequence[Mapping[str, Any]], *, removed: int | None = None
) -> list[dict[str, str]]:
    """A row for each red finding, with the reason that stands in `rows` so far; `removed` is a term just taken out."""
    written = {_renumbered(str(row.get("finding") or ""), removed): str(row.get("reason") or "") for row in rows}
    return _rows([one for one in found if one.red], written)


def _rows(reds: Sequence[Finding], reasons: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"finding": name_of(one), "says": _headed(one), "reason": reasons.get(name_of(one), "")} for one in reds
    ]  # fmt: skip


def _renumbered(name: str, removed: int | None) -> str:
    """A finding keeps its reason when a term before its own is removed; the reason for the removed term goes with it."""
    rule, _, place = name.partition("@terms.")
    if removed is None or not place.isdecimal() or int(place) < removed:
        return name
    return f"{rule}@terms.{int(place) - 1}" if int(place) > removed else ""


def name_of(finding: Finding) -> str:
    """The rule and where it found something: ``amount-missing@terms.0``."""
    return f"{finding.rule}@{finding.place}"


def _headed(finding: Finding) -> str:
    number = finding.term
    if number is None:
        return say(finding)
    return gettext("Term %(number)s: %(said)s", number=number + 1, said=say(finding))


def kept(found: Sequence[Finding], reasons: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """Findings as the table keeps them; `reasons` (by name) are why the red ones stay."""
    known = reasons or {}
    return [
        {"rule": one.rule, "severity": one.severity, "place": one.place, "reason": known.get(name_of(one), "") if one.red else ""}
        for one in found
    ]  # fmt: skip


def note(drafted: Agreement | AgreementChange, *, by: User) -> None:
    """Write into the journal that red findings of a draft, or of a change of what was agreed, stay, and why each does."""
    reds = [row for row in drafted.findings if row["severity"] == "red"]
    if reds:
        reasons = {f"{row['rule']}@{row['place']}": row["reason"] for row in reds}
        told = "；".join(dict.fromkeys(reasons.values()))
        kind = "change" if isinstance(drafted, AgreementChange) else "agreement"
        journal.record(
            "red-findings-kept", case_id=drafted.case_id, by=by, subject=f"{kind}:{drafted.id}",
            details={"rules": sorted({row["rule"] for row in reds}), "reason": told, "reasons": reasons},
        )  # fmt: skip


def _told(reds: Sequence[Finding]) -> dict[str, str]:
    """Path of a field -> what is wrong there; what belongs to no term stands where the reason is asked for."""
    said: dict[str, list[str]] = {}
    for one in reds:
        path = f"terms.{one.term}.kind" if one.term is not None else REASON
        said.setdefault(path, []).append(say(one))
    said.setdefault(REASON, []).append(gettext("Correct what is red, or write here why it stays."))
    return {path: " ".join(dict.fromkeys(told)) for path, told in said.items()}


def say(finding: Finding) -> str:
    """The sentence and the law of a finding in the language of the page."""
    spoken = language()
    brackets = ("（", "）") if spoken == "zh" else (" (", ")")
    return finding.say[spoken] + finding.law[spoken].join(brackets)


def _draft(case: Case, said: Sequence[Term], answers: Mapping[str, Any]) -> Draft:
    today = clock.today()
    return Draft(
        terms=tuple(said), parties=tuple(_side(party) for party in parties_of(case)), today=today,
        members=_members(case), facts=_text(answers, "facts"), issues=_text(answers, "issues"),
        responsibility=_text(answers, "responsibility") or ("-" if "responsibility" not in answers else ""),
        default_clause=_text(answers, "default_clause"), dispute=case.kind, court=case.source.startswith("court"),
        claim=case.amount, happened_on=case.happened_on, cap=rates.lending_cap(today),
    )  # fmt: skip


def _text(answers: Mapping[str, Any], key: str) -> str:
    return str(answers.get(key) or "").strip()


def _side(party: Party) -> Side:
    acting = {who.kind: who for who in party.representatives}
    guardian, agent = acting.get("guardian"), acting.get("agent")
    return Side(
        key=str(party.id), name=party.name, kind=party.kind, side=party.side, age=_age(party),
        guardian=guardian.name if guardian else "", agent=agent is not None, authority=agent.authority if agent else "",
        represented="legal_representative" in acting, identified=bool(party.id_number), consent=party.consent,
    )  # fmt: skip


def _age(party: Party) -> int | None:
    born, today = party.birth_date, clock.today()
    return None if born is None else today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _members(case: Case) -> tuple[Member, ...]:
    query = select(RosterMember.name, RosterMember.consent).where(RosterMember.case_id == case.id)
    return tuple(Member(name, consent) for name, consent in db.session.execute(query.order_by(RosterMember.ordinal)))
