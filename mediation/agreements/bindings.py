"""What the forms of an agreement fill: the draft, its check, the signatures, or the record of an oral agreement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import delete

from mediation import clock
from mediation.case_view import current_agreement, lacks_guardian
from mediation.effects import AnswersRefused, applies, prefills, undoes
from mediation.extensions import db
from mediation.meetings.bindings import latest_meeting, parties_of
from mediation.models import Agreement, Case, Obligation, Party, Signature, Task, User
from mediation.notices.operations import members_of

# 民法典 and 电子签名法 3: marriage, adoption, succession are signed by hand.
WET_INK_KINDS = ("0101", "0103", "0104")


def agreement_of(task: Task) -> Agreement:
    """The agreement that counts; the form is refused when there is none."""
    found = current_agreement(task.case_id)
    if found is None:
        raise AnswersRefused({"": gettext("There is no agreement yet.")})
    return found


# --- drafting -----------------------------------------------------------------------------------------------------------


@prefills("agreement")
def _known(task: Task, _user: User) -> dict[str, Any]:
    found = current_agreement(task.case_id)
    if found is not None and found.kind == "written":
        return _as_answers(found)
    meeting = latest_meeting(task.case_id, "held", "adjourned")
    facts = meeting.facts if meeting else {}
    return {
        "facts": facts.get("undisputed") or task.case.summary,
        "issues": facts.get("issues") or task.case.claims,
        "immediate": "no",
        "copies": len(parties_of(task.case)) + 1,
        "place": meeting.place if meeting else "",
        "recorder": facts.get("recorder") or "",
    }


def _as_answers(found: Agreement) -> dict[str, Any]:
    details = found.details or {}
    return {
        "facts": found.facts,
        "issues": found.issues,
        "responsibility": found.responsibility,
        "terms": [{**term, "amount": _decimal(term.get("amount"))} for term in found.terms],
        "immediate": "yes" if found.immediate else "no",
        "instalments": [_as_row(owed) for owed in found.obligations],
        "manner": found.manner,
        "deadline_text": found.deadline_text,
        "performance_place": details.get("performance_place"),
        "default_clause": details.get("default_clause"),
        "copies": details.get("copies"),
        "place": details.get("place"),
        "recorder": details.get("recorder"),
    }


def _as_row(owed: Obligation) -> dict[str, Any]:
    return {
        "debtor": str(owed.debtor_id),
        "creditor": str(owed.creditor_id or ""),
        "what": owed.what,
        "amount": owed.amount,
        "due_on": owed.due_on,
        "how": owed.how,
        "account": owed.account,
    }


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


@applies("agreement")
def _draft(task: Task, answers: Mapping[str, Any], by: User) -> None:
    case = task.case
    found = current_agreement(case.id)
    if found is None or found.kind != "written" or found.effective_at is not None:
        found = _replace(found, Agreement(case_id=case.id, kind="written", drafted_by_id=by.id, drafted_at=clock.now()))
    _check_instalments(case, answers)
    _fill(found, answers)
    found.status, found.check_note, found.checked_by_id = "draft", "", None
    found.details = {
        key: _plain(answers.get(key)) for key in ("performance_place", "default_clause", "copies", "place", "recorder")
    }
    case.wet_ink_only = found.status_terms or case.kind in WET_INK_KINDS
    _await_signatures(found, case)


def _replace(old: Agreement | None, new: Agreement) -> Agreement:
    if old is not None:
        old.status = "superseded"
    db.session.add(new)
    return new


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value


def _fill(found: Agreement, answers: Mapping[str, Any]) -> None:
    """Everything that a written and an oral agreement have in common."""
    found.facts, found.issues = answers["facts"], answers["issues"]
    found.responsibility = answers.get("responsibility") or ""
    found.terms = [_term(row) for row in answers["terms"]]
    found.manner, found.deadline_text = answers["manner"], answers["deadline_text"]
    found.status_terms = any(term["kind"] == "status" for term in found.terms)
    found.immediate = answers["immediate"] == "yes"
    amounts = [row["amount"] for row in answers["terms"] if row.get("amount") is not None]
    found.amount = sum(amounts, Decimal(0)) if amounts else None
    db.session.flush()
    _set_obligations(found, [] if found.immediate else answers.get("instalments") or [])


def _term(row: Mapping[str, Any]) -> dict[str, Any]:
    amount = row.get("amount")
    return {"text": row["text"], "kind": row["kind"], "amount": f"{amount:.2f}" if amount is not None else None}


def _set_obligations(found: Agreement, rows: list[Mapping[str, Any]]) -> None:
    for owed in list(found.obligations):
        found.obligations.remove(owed)
        db.session.delete(owed)
    db.session.flush()
    for ordinal, row in enumerate(sorted(rows, key=lambda one: one["due_on"]), start=1):
        found.obligations.append(
            Obligation(
                case_id=found.case_id,
                ordinal=ordinal,
                debtor_id=int(row["debtor"]),
                creditor_id=int(row["creditor"]),
                what=row["what"],
                amount=row.get("amount"),
                due_on=row["due_on"],
                how=row["how"],
                account=row.get("account"),
            )
        )
    db.session.flush()


def _check_instalments(case: Case, answers: Mapping[str, Any]) -> None:
    """Instalments name two different parties, and do not promise more or less than the terms."""
    rows = [] if answers["immediate"] == "yes" else answers.get("instalments") or []
    if answers["immediate"] == "no" and not rows:
        raise AnswersRefused({"instalments": gettext("What is not performed at once needs at least one date.")})
    known = {str(party.id) for party in parties_of(case)}
    for number, row in enumerate(rows):
        if row["debtor"] == row["creditor"] or not {row["debtor"], row["creditor"]} <= known:
            raise AnswersRefused({f"instalments-{number}-creditor": gettext("Nobody owes anything to himself.")})
        if row["due_on"] < clock.today():
            raise AnswersRefused({f"instalments-{number}-due_on": gettext("This day is already past.")})
    promised = sum(
        (row["amount"] for row in answers["terms"] if row["kind"] == "money" and row.get("amount")), Decimal(0)
    )
    planned = sum((row["amount"] for row in rows if row.get("amount")), Decimal(0))
    if rows and promised and planned and promised != planned:
        text = gettext(
            "The instalments add up to %(planned)s, the terms to %(promised)s.", planned=planned, promised=promised
        )
        raise AnswersRefused({"instalments": text})


def _await_signatures(found: Agreement, case: Case) -> None:
    """Everybody who must sign: the parties, the mediator, and the seal of the body (人民调解法 29)."""
    db.session.execute(delete(Signature).where(Signature.agreement_id == found.id))
    db.session.expire(found, ["signatures"])
    parties: list[Party] = parties_of(case)
    db.session.add_all(Signature(agreement_id=found.id, who="party", party_id=party.id) for party in parties)
    db.session.add_all(Signature(agreement_id=found.id, who=who) for who in ("mediator", "seal"))
    db.session.flush()
    db.session.expire(found, ["signatures"])
    found.effective_at = None


# --- checking -----------------------------------------------------------------------------------------------------------


@applies("agreement-check")
def _check(task: Task, answers: Mapping[str, Any], by: User) -> None:
    found = agreement_of(task)
    others = [user for user in members_of(task.pool.role, task.pool.agency_id) if user != by.id]
    if found.drafted_by_id == by.id and others:
        raise AnswersRefused({"result": gettext("Who drafted an agreement does not check it.")})
    found.check_note = answers.get("note") or ""
    found.status = "checked" if answers["result"] == "pass" else "draft"
    found.checked_by_id = by.id


# --- signing ------------------------------------------------------------------------------------------------------------


@prefills("signatures")
def _signers(task: Task, _user: User) -> dict[str, Any]:
    found = current_agreement(task.case_id)
    rows = [
        {
            "signature": str(one.id),
            "name": signer_name(one, task.case),
            "signed": "yes" if one.signed_on else "no",
            "manner": one.manner or None,
            "signed_on": one.signed_on,
        }
        for one in (found.signatures if found else [])
    ]
    return {"signatures": rows, "next_step": "go_on"}


def signer_name(signature: Signature, case: Case) -> str:
    """Who signs this line; for a minor the guardian does."""
    if signature.who == "party" and signature.party is not None:
        guardian = next((who for who in signature.party.representatives if who.kind == "guardian"), None)
        return f"{signature.party.name}（监护人 {guardian.name}）" if guardian else signature.party.name
    if signature.who == "mediator":
        return f"{case.mediator.name}（调解员）" if case.mediator else "调解员"
    return f"{(case.committee or case.agency).name}（印章）"


@applies("signatures")
def _sign(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    found, case = agreement_of(task), task.case
    if answers["next_step"] != "go_on":
        _void_signatures(found)
        return
    rows = {str(row["signature"]): row for row in answers.get("signatures") or []}
    for number, signature in enumerate(found.signatures):
        _take_signature(signature, rows.get(str(signature.id), {}), case, number)
    found.status = "signing"
    if all(signature.signed_on for signature in found.signatures):
        # Effective with the last of signatures and seal (人民调解法 29): computed, never typed.
        found.effective_at = clock.start_of(
            max(signature.signed_on for signature in found.signatures if signature.signed_on)
        )
        found.status = "effective"


def _take_signature(signature: Signature, row: Mapping[str, Any], case: Case, number: int) -> None:
    if row.get("signed") != "yes":
        signature.signed_on, signature.manner, signature.recorded_at = None, "", None
        return
    manner, signed_on = row.get("manner") or ("seal" if signature.who == "seal" else "hand"), row["signed_on"]
    if manner == "electronic" and case.wet_ink_only:
        raise AnswersRefused({f"signatures-{number}-manner": gettext("The law wants this agreement signed by hand.")})
    if signature.party is not None and lacks_guardian(signature.party):
        raise AnswersRefused(
            {f"signatures-{number}-signed": gettext("A guardian must be named before this party can sign.")}
        )
    if signed_on > clock.today():
        raise AnswersRefused({f"signatures-{number}-signed_on": gettext("This day has not come yet.")})
    signature.signed_on, signature.manner, signature.recorded_at = signed_on, manner, clock.now()


def _void_signatures(found: Agreement) -> None:
    for signature in found.signatures:
        signature.signed_on, signature.manner, signature.recorded_at = None, "", None
    found.status, found.effective_at = "draft", None


@undoes("signatures")
def _unsign(task: Task) -> None:
    found = current_agreement(task.case_id)
    if found is not None and found.kind == "written":
        found.status, found.effective_at = "signing", None


# --- an oral agreement --------------------------------------------------------------------------------------------------


@prefills("oral-agreement")
def _known_oral(task: Task, user: User) -> dict[str, Any]:
    known = _known(task, user)
    kept = ("facts", "issues", "terms", "immediate", "instalments", "manner", "deadline_text", "recorder")
    return {key: known[key] for key in kept if known.get(key)} | {"agreed_on": clock.today()}


@applies("oral-agreement")
def _record_oral(task: Task, answers: Mapping[str, Any], by: User) -> None:
    case = task.case
    if case.written_requested:
        raise AnswersRefused({"no_document_wanted": gettext("A party asked for a written agreement.")})
    found = current_agreement(case.id)
    if found is None or found.kind != "oral":
        found = _replace(found, Agreement(case_id=case.id, kind="oral", drafted_by_id=by.id, drafted_at=clock.now()))
    _check_instalments(case, answers)
    _fill(found, answers)
    if answers["agreed_on"] > clock.today():
        raise AnswersRefused({"agreed_on": gettext("This day has not come yet.")})
    found.details = {"recorder": answers.get("recorder")}
    # Effective when reached (人民调解法 30).
    found.status, found.effective_at = "effective", day_begins(answers["agreed_on"])


def day_begins(day: date) -> datetime:
    """The moment at which a thing that happened on a day is dated."""
    return clock.start_of(day)
