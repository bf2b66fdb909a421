"""What the forms of an agreement fill: the draft, its check, the signatures, or the record of an oral agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import delete, select

from documents.agreement import terms
from documents.agreement.plain import plain
from documents.agreement.terms import Term
from mediation import clock
from mediation.agreements import checking, understanding
from mediation.case_view import current_agreement, lacks_guardian, terms_of
from mediation.effects import AnswersRefused, applies, prefills, undoes
from mediation.extensions import db
from mediation.meetings.bindings import latest_meeting, parties_of
from mediation.models import Agreement, Case, Hand, Obligation, Paper, Party, Signature, Task, User
from mediation.models.papers import STANDS
from mediation.notices.operations import members_of
from mediation.papers.operations import withdraw

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
        "copies": len(parties_of(task.case)) + 1,
        "place": meeting.place if meeting else "",
        "recorder": facts.get("recorder") or "",
    }


def _as_answers(found: Agreement) -> dict[str, Any]:
    """What is kept of an agreement as its form asks for it. The reason for what is red is asked for anew each time."""
    details = found.details or {}
    return {
        "facts": found.facts,
        "issues": found.issues,
        "responsibility": found.responsibility,
        "terms": [asdict(term) for term in terms_of(found)],
        "default_clause": details.get("default_clause"),
        "copies": details.get("copies"),
        "place": details.get("place"),
        "recorder": details.get("recorder"),
    }


@applies("agreement", private=(checking.REASONS, checking.REASON))
def _draft(task: Task, answers: Mapping[str, Any], by: User) -> None:
    case = task.case
    findings = checking.settle(checking.look(case, answers), answers)
    found = current_agreement(case.id)
    if found is None or found.kind != "written" or found.effective_at is not None:
        found = _replace(found, Agreement(case_id=case.id, kind="written", drafted_by_id=by.id, drafted_at=clock.now()))
    _fill(found, answers, findings, by)
    found.status, found.check_note, found.checked_by_id = "draft", "", None
    found.details = {key: _plain(answers.get(key)) for key in ("default_clause", "copies", "place", "recorder")}
    case.wet_ink_only = found.status_terms or case.kind in WET_INK_KINDS
    _await_signatures(found, case)


def _replace(old: Agreement | None, new: Agreement) -> Agreement:
    if old is not None:
        old.status = "superseded"
    db.session.add(new)
    return new


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value


def _fill(found: Agreement, answers: Mapping[str, Any], findings: list[dict[str, str]], by: User) -> None:
    """Everything that a written and an oral agreement have in common."""
    said = checking.read_terms(answers)
    _refuse_empty(said)
    found.facts, found.issues = answers["facts"], answers["issues"]
    found.responsibility = answers.get("responsibility") or ""
    found.terms = [terms.kept(replace(term, account="")) for term in said]
    found.accounts = {str(number): term.account for number, term in enumerate(said, start=1) if term.account}
    found.findings = findings
    manners = terms.performance(said)
    found.manner, found.deadline_text = manners["manner"], manners["time"]
    found.status_terms = any(term.kind == "status" for term in said)
    found.immediate = terms.is_immediate(said)
    found.amount = terms.total_of(said)
    db.session.flush()
    _set_obligations(found, terms.ledger(said))
    understanding.forget(found)
    checking.note(found, by=by)


def _refuse_empty(said: list[Term]) -> None:
    """A reason may let a doubtful term stand, not one that says nothing: it could not be printed."""
    for number, term in enumerate(said):
        names = {key: key for key in (term.debtor, term.creditor) if key}
        if not (plain(term, names).who and terms.sentence(term, names)):
            text = gettext("This term says nothing yet: please write down what is agreed.")
            raise AnswersRefused({f"terms.{number}.what": text})


def _set_obligations(found: Agreement, rows: list[terms.Owed]) -> None:
    """The ledger, row by row, as the terms make it."""
    for owed in list(found.obligations):
        found.obligations.remove(owed)
        db.session.delete(owed)
    db.session.flush()
    for ordinal, row in enumerate(rows, start=1):
        found.obligations.append(
            Obligation(
                case_id=found.case_id, ordinal=ordinal, term=row.term, debtor_id=int(row.debtor),
                creditor_id=int(row.creditor) if row.creditor else None, what=row.what, amount=row.amount,
                due_on=row.due_on, how=row.how, account=row.account or None,
            )
        )  # fmt: skip
    db.session.flush()


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
    if answers["result"] == "pass":
        _pass(task.case, found, answers, by)
    found.check_note = answers.get("note") or ""
    found.status = "checked" if answers["result"] == "pass" else "draft"
    found.checked_by_id = by.id


def _pass(case: Case, found: Agreement, answers: Mapping[str, Any], by: User) -> None:
    """Hold the draft against the rules once more: what is red by now needs the drafter's reason or the checker's own."""
    findings = checking.look_again(case, found)
    excused = {(row["rule"], row["place"]): row["reason"] for row in found.findings if row["reason"]}
    fresh = [one for one in findings if one.red and (one.rule, one.place) not in excused]
    checked = checking.settle(fresh, answers)
    known = [one for one in findings if one not in fresh]
    found.findings = [*checked, *({**row, "reason": excused.get((row["rule"], row["place"]), "")} for row in checking.kept(known))]
    if fresh:
        checking.note(found, by=by)


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
def _sign(task: Task, answers: Mapping[str, Any], by: User) -> None:
    found, case = agreement_of(task), task.case
    if answers["next_step"] != "go_on":
        _void_signatures(found, by)
        return
    rows, on_paper = {str(row["signature"]): row for row in answers.get("signatures") or []}, _on_the_paper(found)
    for number, signature in enumerate(found.signatures):
        if (signature.who, signature.party_id) not in on_paper or signature.signed_on is None:
            _take_signature(signature, rows.get(str(signature.id), {}), case, number)
    found.status = "signing"
    if all(signature.signed_on for signature in found.signatures):
        # Effective with the last of signatures and seal (人民调解法 29): computed, never typed.
        found.effective_at = max(_signed_at(signature) for signature in found.signatures)
        found.status = "effective"


def _on_the_paper(found: Agreement) -> set[tuple[str, int | None]]:
    """Who has signed the deed itself, on a screen or on sheets that came back: no form says otherwise."""
    query = select(Hand.who, Hand.party_id).join(Paper).where(
        Paper.subject == f"agreement:{found.id}", Paper.kind == "agreement", Paper.status.in_(STANDS),
        Hand.status.in_(("given", "signed")),
    )  # fmt: skip
    return {(who, party_id) for who, party_id in db.session.execute(query)}


def _signed_at(signature: Signature) -> datetime:
    """To the minute where the signature was taken here; by the day where somebody tells of it."""
    assert signature.signed_on is not None
    assert signature.recorded_at is not None
    return signature.recorded_at if signature.manner == "electronic" else clock.start_of(signature.signed_on)


def _take_signature(signature: Signature, row: Mapping[str, Any], case: Case, number: int) -> None:
    if row.get("signed") != "yes":
        signature.signed_on, signature.manner, signature.recorded_at = None, "", None
        return
    manner, signed_on = row.get("manner") or ("seal" if signature.who == "seal" else "hand"), row["signed_on"]
    if manner == "electronic" and case.wet_ink_only:
        raise AnswersRefused({f"signatures-{number}-manner": gettext("The law wants this agreement signed by hand.")})
    if manner == "electronic":
        text = gettext("An electronic signature is taken on the signing page of the paper, not told here.")
        raise AnswersRefused({f"signatures-{number}-manner": text})
    if signature.party is not None and lacks_guardian(signature.party):
        raise AnswersRefused(
            {f"signatures-{number}-signed": gettext("A guardian must be named before this party can sign.")}
        )
    if signed_on > clock.today():
        raise AnswersRefused({f"signatures-{number}-signed_on": gettext("This day has not come yet.")})
    signature.signed_on, signature.manner, signature.recorded_at = signed_on, manner, clock.now()


def _void_signatures(found: Agreement, by: User) -> None:
    """Nobody has signed any more; a deed that somebody had signed is withdrawn with it."""
    signed = select(Hand.paper_id).where(Hand.status.in_(("given", "signed")))
    about = Paper.subject == f"agreement:{found.id}"
    query = select(Paper).where(about, Paper.kind == "agreement", Paper.status.in_(STANDS), Paper.id.in_(signed))
    for paper in db.session.scalars(query):
        withdraw(paper, by=by, reason="the parties did not go on signing")
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
    kept = ("facts", "issues", "terms", "recorder")
    return {key: known[key] for key in kept if known.get(key)} | {"agreed_on": clock.today()}


@applies("oral-agreement")
def _record_oral(task: Task, answers: Mapping[str, Any], by: User) -> None:
    case = task.case
    if case.written_requested:
        raise AnswersRefused({"no_document_wanted": gettext("A party asked for a written agreement.")})
    found = current_agreement(case.id)
    findings = checking.settle(checking.look(case, answers), answers)
    if found is None or found.kind != "oral":
        found = _replace(found, Agreement(case_id=case.id, kind="oral", drafted_by_id=by.id, drafted_at=clock.now()))
    _fill(found, answers, findings, by)
    if answers["agreed_on"] > clock.today():
        raise AnswersRefused({"agreed_on": gettext("This day has not come yet.")})
    found.details = {"recorder": answers.get("recorder")}
    # Effective when reached (人民调解法 30).
    found.status, found.effective_at = "effective", day_begins(answers["agreed_on"])


def day_begins(day: date) -> datetime:
    """The moment at which a thing that happened on a day is dated."""
    return clock.start_of(day)
