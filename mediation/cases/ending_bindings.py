"""What the forms fill that move or end a mediation: more time, the end, a risk alert, the closing of the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, codes, journal
from mediation.case_view import MEDIATION_CLOCKS
from mediation.cases import facts, queries
from mediation.cases.bindings import rows_of
from mediation.cases.intake_bindings import routes_told
from mediation.effects import AnswersRefused, applies, prefills, undoes
from mediation.extensions import db
from mediation.models import Agreement, Case, Deadline, Task, User

# Causes that the notice of the end knows; suspicion of sham mediation is not written to the sides.
TOLD_CAUSES = frozenset({"not_reached", "refused", "withdrawn", "overdue", "unreachable", "escalated", "other"})


# --- more time -----------------------------------------------------------------------------------------------


@applies("extension")
def _apply_extension(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """More time only when every side agrees; the clock moves before the flow goes on."""
    case = task.case
    rows = rows_of(case, answers, "consents")
    agreed = [party.id for party, row in rows if row.get("answer") == "agree"]
    extended = answers.get("decision") == "extend"
    if extended and len(agreed) != len(rows):
        raise AnswersRefused({"decision": _("More time needs the consent of every side.")})
    before = case.extension if (case.extension or {}).get("task") == task.id else None
    deadline = _mediation_clock(case)
    until = _first_end(before, deadline)
    wanted = facts.day(answers.get("extended_until")) if extended else None
    if extended and (wanted is None or wanted <= max(until, clock.today())):
        raise AnswersRefused(
            {"extended_until": _("Choose a day after %(day)s.", day=max(until, clock.today()).isoformat())}
        )
    case.extensions += int(extended) - int(bool(before and before.get("extended_until")))
    _move(deadline, wanted or until, moved=extended)
    case.extension = {
        "task": task.id, "by": str(answers.get("requested_by") or ""), "until": until.isoformat(), "agreed": agreed,
        "extended_until": wanted.isoformat() if wanted else None, "reason": str(answers.get("reason") or ""),
    }  # fmt: skip
    if extended:
        journal.record("deadline-moved", case_id=case.id, by=by, subject="mediation", details={"until": str(wanted)})


def _mediation_clock(case: Case) -> Deadline | None:
    """The running clock, also when it has run out: the sides may still agree to more time."""
    query = select(Deadline).where(
        Deadline.case_id == case.id, Deadline.clock.in_(MEDIATION_CLOCKS), Deadline.stopped_at.is_(None)
    )
    return db.session.scalar(query.order_by(Deadline.id.desc()).limit(1))


def _first_end(before: Mapping[str, Any] | None, deadline: Deadline | None) -> date:
    """Where the time ended before this step, also when the step is done a second time."""
    if before and before.get("until"):
        return date.fromisoformat(str(before["until"]))
    return clock.day_of_deadline(deadline.due_at) if deadline else clock.today()


def _move(deadline: Deadline | None, day: date, *, moved: bool) -> None:
    if deadline is None:
        return
    deadline.counted = deadline.counted.partition("；经各方同意")[0]
    if moved:
        deadline.counted += f"；经各方同意，延长至 {day} 24 时"
    deadline.due_at = clock.end_of(day)
    deadline.status = "running" if deadline.due_at > clock.now() else "passed"


@undoes("extension")
def _undo_extension(task: Task) -> None:
    """The step was taken back: the time ends where it ended before."""
    known = task.case.extension or {}
    if known.get("task") == task.id:
        _move(_mediation_clock(task.case), date.fromisoformat(known["until"]), moved=False)
        task.case.extensions -= int(bool(known.get("extended_until")))
        task.case.extension = {**known, "extended_until": None, "agreed": []}


@prefills("extension")
def _prefill_extension(task: Task, _user: User) -> dict[str, Any]:
    known = task.case.extension or {}
    agreed = known.get("agreed", []) if known.get("task") in (None, task.id) else []
    rows = [
        {"party": str(party.id), "name": party.name, "answer": "agree" if party.id in agreed else None}
        for party in queries.parties(task.case)
    ]
    mine = known if known.get("task") in (None, task.id) else {}
    return {"consents": rows, "reason": mine.get("reason"), "requested_by": mine.get("by") or None}


# --- the end -------------------------------------------------------------------------------------------------


@applies("termination")
def _apply_termination(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Mediation has ended: the cause, what is undisputed, and the other ways, as the notice tells both sides."""
    cause = str(answers.get("cause") or "not_reached")
    known = task.case.ending or {}
    task.case.ending = {
        "by": str(answers.get("ended_by") or known.get("by") or ""), "reason": known.get("reason", ""),
        "cause": cause if cause in TOLD_CAUSES else "other", "kept_cause": cause,
        "on": str(facts.day(answers.get("ended_on")) or clock.today()),
        "public_reason": str(answers.get("cause_text") or ""), "undisputed": str(answers.get("undisputed") or ""),
        "routes": routes_told(task, answers), "limitation": str(answers.get("limitation") or ""),
    }  # fmt: skip
    journal.record("ending-recorded", case_id=task.case_id, by=by, details={"cause": cause})


@prefills("termination")
def _prefill_termination(task: Task, _user: User) -> dict[str, Any]:
    known = task.case.ending or {}
    ended_by = known.get("by") if str(known.get("by", "")).isdigit() else None
    return {
        "cause": known.get("kept_cause") or _likely_cause(task.case), "ended_by": ended_by,
        "ended_on": facts.day(known.get("on")) or clock.today(), "cause_text": known.get("public_reason"),
        "undisputed": known.get("undisputed"), "limitation": known.get("limitation"), "routes": ["sue"],
    }  # fmt: skip


def _likely_cause(case: Case) -> str:
    """What the tables say about why it ended."""
    listed = queries.parties(case)
    ending = case.ending or {}
    if any(party.consent == "refuse" for party in listed):
        return "refused"
    if str(ending.get("by", "")).isdigit():
        return "withdrawn"
    if any(party.consent == "silent" for party in listed):
        return "unreachable"
    deadline = _mediation_clock(case)
    return "overdue" if deadline is not None and deadline.due_at <= clock.now() else "not_reached"


def _grade(risk: str) -> int:
    order = list(codes.table("risks"))
    return order.index(risk) if risk in order else -1


@applies("risk-alert")
def _apply_risk_alert(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The grade of the risk as it is seen now (人民调解法 25); an alert raises it, only a review lowers it."""
    case = task.case
    seen = str(answers.get("risk") or case.risk)
    case.risk = max(seen, case.risk, key=_grade) if task.form_id == "risk_alert" else seen
    if "domestic_violence" in (answers.get("signs") or ()):
        case.domestic_violence = True
    journal.record("risk-raised", case_id=case.id, by=by, details={"risk": case.risk, "result": answers.get("result")})


@prefills("risk-alert")
def _prefill_risk_alert(task: Task, _user: User) -> dict[str, Any]:
    noticed = (
        {"noticed_at": clock.local(clock.now()).replace(second=0, microsecond=0)}
        if task.form_id == "risk_alert"
        else {}
    )
    return {"risk": task.case.risk or None, **noticed}


@applies("closing")
def _apply_closing(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """How the case ended, for the statistics; the flow's own effect closes it."""
    task.case.outcome = str(answers.get("outcome") or task.case.outcome)
    details = {key: answers.get(key) for key in ("outcome", "performance", "retention")}
    journal.record("closing-recorded", case_id=task.case_id, by=by, details=details)


@prefills("closing")
def _prefill_closing(task: Task, _user: User) -> dict[str, Any]:
    case = task.case
    agreement = queries.agreement(case)
    if agreement is not None and agreement.effective_at is not None:
        return {"outcome": agreement.kind, "performance": _performed(agreement), "retention": "long"}
    cause = (case.ending or {}).get("kept_cause", "")
    if case.referral:
        return {"outcome": "referred", "performance": "none", "retention": "short"}
    known = {"refused": "refused", "withdrawn": "withdrawn", "not_reached": "not_reached"}.get(
        cause, "terminated" if cause else None
    )
    return {"outcome": known, "performance": "none", "retention": "short"}


def _performed(agreement: Agreement) -> str:
    """How much of the agreement was performed, in the words of the form."""
    if not agreement.obligations:
        return "none"
    left = sum(1 for owed in agreement.obligations if owed.status != "performed")
    if left == 0:
        return "performed"
    return "unperformed" if left == len(agreement.obligations) else "partly"
