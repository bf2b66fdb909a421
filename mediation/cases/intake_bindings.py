"""What the forms of the intake flow fill: registration, admissibility, triage, refusal; each can be done again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, journal
from mediation.cases import facts, operations, triage
from mediation.cases.recognition import recognise
from mediation.cases.words_of_forms import option_labels
from mediation.effects import AnswersRefused, applies, prefills
from mediation.extensions import db
from mediation.models import Agency, Case, Party, Task, User
from mediation.neighbours import agency_for

REFERRED = "referral"
SUGGESTED = ("level", "risk", "route")


# --- registration --------------------------------------------------------------------------------------------


@applies("registration")
def _apply_registration(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Facts and parties as the form gives them; the first time they are there already, through register_dispute."""
    case = task.case
    facts.write_case(case, answers)
    if answers.get("title"):
        case.title = str(answers["title"]).strip()[:200]
    if "violence" in (answers.get("signs") or ()) and case.kind.startswith("01"):
        case.domestic_violence = True
    if answers.get("parties"):
        _write_parties(case, [_in_words(task, entry) for entry in answers["parties"]])
    if str(answers.get("statement") or "").strip():
        _keep_account(task, str(answers["statement"]), by)
    recognise(case)


def _write_parties(case: Case, listed: list[Mapping[str, Any]]) -> None:
    sides = {entry.get("side") for entry in listed}
    if not {"applicant", "respondent"} <= sides:
        raise AnswersRefused({"parties": _("A dispute has an applicant and another side.")})
    known = [party for party in case.parties if party.withdrawn_at is None]
    for party, entry in zip(known, listed, strict=False):
        facts.write_party(party, entry)
    for entry in listed[len(known) :]:
        operations.add_party(case, entry)
    for party in known[len(listed) :]:
        party.withdrawn_at = clock.now()
    db.session.flush()


def _in_words(task: Task, entry: Mapping[str, Any]) -> dict[str, Any]:
    """A party's row with the agent's authority in the words of the form, as the authority letter has them."""
    authority = option_labels(task, "parties.agent_authority", entry.get("agent_authority") or ())
    return {**entry, "agent_authority": authority}


def _keep_account(task: Task, text: str, by: User) -> None:
    """The applicant's own account: one row a task, behind the applicant's wall."""
    applicant = next(p for p in task.case.parties if p.side == "applicant" and p.withdrawn_at is None)
    row = operations.statement_of(task, "statement")
    if row is None:
        row = operations.add_statement(task.case, applicant, text, by=by)
        row.facts = {"task": task.id}
    row.text = text.strip()


@prefills("registration")
def _prefill_registration(task: Task, _user: User) -> dict[str, Any]:
    case = task.case
    account = operations.statement_of(task, "statement")
    known = {key: getattr(case, key) for key in (
        "title", "kind", "summary", "happened_on", "place", "people_count", "domestic_violence", "claims", "amount",
        "written_requested", "commercial", "source",
    )}  # fmt: skip
    parties = [_party_row(party) for party in case.parties if party.withdrawn_at is None]
    return known | {"parties": parties, "statement": account.text if account else None}


def _party_row(party: Party) -> dict[str, Any]:
    row = {key: getattr(party, key) for key in ("side", "kind", "protected", *facts.PARTY_FACTS)}
    for who in party.representatives:
        if who.kind == "legal_representative":
            row["legal_representative"] = who.name
        else:
            row |= {f"{who.kind}_name": who.name, f"{who.kind}_phone": who.phone, f"{who.kind}_relation": who.relation}
    return row


# --- admissibility -------------------------------------------------------------------------------------------


@applies("admissibility")
def _apply_admissibility(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """What bars a dispute bars it here: no admission beside a ground of refusal or with papers missing."""
    exclusion, conclusion = answers.get("exclusion"), answers.get("conclusion")
    if exclusion not in (None, "none") and conclusion != "refuse":
        raise AnswersRefused(
            {"conclusion": _("There is a ground for refusal: propose refusal, or choose “none” above.")}
        )
    if conclusion == "admit" and answers.get("materials_complete") == "no":
        raise AnswersRefused({"conclusion": _("Papers are missing: ask for them before the dispute is admitted.")})
    if conclusion == "refuse" and exclusion in (None, "none") and not answers.get("reason"):
        raise AnswersRefused({"reason": _("Write the reason.")})
    if task.case.status == "registered":
        task.case.status = "examined"
    journal.record("examined", case_id=task.case_id, by=by, details={"conclusion": conclusion, "exclusion": exclusion})


# --- triage --------------------------------------------------------------------------------------------------


@prefills("triage")
def _prefill_triage(task: Task, _user: User) -> dict[str, Any]:
    """The suggestion, ready to be confirmed; an earlier decision of a person goes before it."""
    case, suggested = task.case, triage.suggestion_of(task)
    known: dict[str, Any] = {"kind": case.kind, "statistics_kind": case.statistics_kind}
    if suggested is not None:
        known |= {key: getattr(suggested, key) for key in (*SUGGESTED, "statistics_kind", "deadline_days")}
        known["decision"] = "refer" if suggested.route == REFERRED else "accept"
        known["target_agency"] = agency_for(case, suggested.agency) if suggested.agency else None
        known["suggestion"] = "confirmed"
    if case.committee is not None:
        known["committee"] = case.committee.key
    else:
        only = list(db.session.scalars(_committees(case).limit(2)))
        known |= {"committee": only[0].key} if len(only) == 1 else {}
    return known | _decided_by_director(task)


def _decided_by_director(task: Task) -> dict[str, Any]:
    """Nobody took the matter and the director wants the agencies at one table: that is what triage goes on with."""
    query = select(Task).where(Task.case_id == task.case_id, Task.bind == "referral-decision", Task.status == "done")
    last = db.session.scalar(query.order_by(Task.done_at.desc()).limit(1))
    if last is None or (last.answers or {}).get("choice") != "joint_meeting":
        return {}
    return {"decision": "accept", "route": "joint_meeting", "suggestion": "overridden",
            "reason": str((last.answers or {}).get("reason") or "")}  # fmt: skip


def _committees(case: Case) -> Any:
    return (
        select(Agency)
        .where(Agency.kind == "committee", Agency.parent_id == case.agency_id, Agency.active)
        .order_by(Agency.id)
    )


@applies("triage")
def _apply_triage(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """A person's decision: the suggestion confirmed, or overridden with a reason."""
    case, decision = task.case, answers.get("decision")
    _check_triage(task, answers)
    for key in ("kind", "statistics_kind", "level", "risk"):
        if answers.get(key):
            setattr(case, key, str(answers[key]))
    if decision != "refuse":
        case.route = _route(answers)
    case.wet_ink_only = case.kind in facts.WET_INK_KINDS
    chosen = answers.get("committee") if decision == "accept" else None
    case.committee = _agency(chosen, "committee") if chosen else None
    target = _agency(answers.get("target_agency"), "target_agency") if decision == "refer" else None
    case.referral = None
    if target is not None:
        case.referral = {"to": target.key, "name": target.name, "reason": str(answers.get("reason") or "")}
    case.refusal = None
    db.session.flush()
    told = {key: answers.get(key) for key in ("decision", "suggestion", *SUGGESTED)}
    journal.record("triaged", case_id=case.id, by=by, details=told)


def _check_triage(task: Task, answers: Mapping[str, Any]) -> None:
    suggested = triage.suggestion_of(task)
    confirmed = answers.get("suggestion") == "confirmed"
    decided = {**answers, "route": _route(answers)}
    if confirmed and suggested and any(str(decided.get(key)) != getattr(suggested, key) for key in SUGGESTED):
        message = _("This differs from the suggestion: choose “overridden” and write the reason.")
        raise AnswersRefused({"suggestion": message})
    if not confirmed and not str(answers.get("reason") or "").strip():
        raise AnswersRefused({"reason": _("Write the reason.")})


def _route(answers: Mapping[str, Any]) -> str:
    """Who handles it: another agency has no route of its own, the hand-over is one."""
    return REFERRED if answers.get("decision") == "refer" else str(answers.get("route") or "")


def _agency(key: Any, field: str) -> Agency:
    found = db.session.scalar(select(Agency).where(Agency.key == str(key or ""), Agency.active))
    if found is None:
        raise AnswersRefused({field: _("Choose one from the list.")})
    return found


# --- refusal -------------------------------------------------------------------------------------------------


@applies("refusal")
def _apply_refusal(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The refusal as its notice will say it: the reason, what it rests on, and the other ways that are open."""
    case = task.case
    journal.record("refusal-decided", case_id=case.id, by=by, details={"decision": answers.get("decision")})
    if answers.get("decision") != "refuse":
        case.refusal = None
        return
    reason = {"text": str(answers.get("reason") or "")}
    if answers.get("basis"):
        reason["basis"] = str(answers["basis"])
    case.refusal = {
        "decision": "refuse", "reason": reason["text"], "reasons": [reason],
        "routes": routes_told(task, answers), "advice": str(answers.get("advice") or ""),
        "on": clock.today().isoformat(),
    }  # fmt: skip


@prefills("refusal")
def _prefill_refusal(task: Task, _user: User) -> dict[str, Any]:
    known = task.case.refusal or {}
    basis = (known.get("reasons") or [{}])[0].get("basis")
    examined = operations.last_answers(task.case, "admissibility")
    return {"reason": known.get("reason") or examined.get("reason"), "basis": basis, "advice": known.get("advice")}


def routes_told(task: Task, answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """The other ways, in the words of the form: papers are in Chinese whatever the language of the page."""
    routes = [{"way": label} for label in option_labels(task, "routes", answers.get("routes") or ())]
    if routes and answers.get("advice"):
        routes[0]["detail"] = str(answers["advice"])
    return routes
