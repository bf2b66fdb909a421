"""What the forms fill that move or end a mediation: more time, the end, the closing of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from mediation import clock, clocks, flow, journal
from mediation.cases import clock_words, facts, queries
from mediation.cases.bindings import rows_of
from mediation.cases.intake_bindings import routes_told
from mediation.clocks import Asked, ClockRefused
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
    deadline = clocks.running(case, clocks.MEDIATION)
    _withdraw(task, deadline)
    until = clock.day_of_deadline(deadline.due_at) if deadline else clock.today()
    wanted = facts.day(answers.get("extended_until")) if extended else None
    if extended and (wanted is None or wanted <= max(until, clock.today())):
        raise AnswersRefused(
            {"extended_until": _("Choose a day after %(day)s.", day=max(until, clock.today()).isoformat())}
        )
    if deadline is not None and wanted is not None:
        consents = [_consent(party.name, row) for party, row in rows]
        _extend(
            case, deadline, Asked(until=wanted, consents=consents, reason=str(answers.get("reason") or "")), task, by
        )
    case.extensions += int(extended)
    case.extension = {
        "task": task.id, "by": str(answers.get("requested_by") or ""), "until": until.isoformat(), "agreed": agreed,
        "extended_until": wanted.isoformat() if wanted else None, "reason": str(answers.get("reason") or ""),
    }  # fmt: skip
    flow.follow_clocks(case, by=by)
    if extended:
        journal.record("deadline-moved", case_id=case.id, by=by, subject="mediation", details={"until": str(wanted)})


def _consent(name: str, row: Mapping[str, Any]) -> dict[str, str]:
    return {"name": name, "on": str(facts.day(row.get("given_on")) or clock.today())}


def _extend(case: Case, deadline: Deadline, asked: Asked, task: Task, by: User) -> None:
    """By the rule of the clock: not every mediation may take longer, and some only once."""
    try:
        clocks.extend(deadline, clocks.changes_of(case, deadline.clock), asked, by=by, task_id=task.id)
    except ClockRefused as refused:
        raise AnswersRefused({"decision": clock_words.refusal(refused, case.release_hash)}) from refused


def _withdraw(task: Task, deadline: Deadline | None) -> None:
    """What the step gave when it was done before no longer counts."""
    known = task.case.extension or {}
    if known.get("task") == task.id:
        task.case.extensions -= int(bool(known.get("extended_until")))
    if deadline is not None:
        clocks.withdraw_extensions(deadline, task.id)


@undoes("extension")
def _undo_extension(task: Task) -> None:
    """The step was taken back: the time ends where it ended before."""
    known = task.case.extension or {}
    if known.get("task") == task.id:
        _withdraw(task, clocks.running(task.case, clocks.MEDIATION))
        task.case.extension = {**known, "extended_until": None, "agreed": []}
        flow.follow_clocks(task.case, by=None)


@prefills("extension")
def _prefill_extension(task: Task, _user: User) -> dict[str, Any]:
    known = task.case.extension or {}
    mine = known if known.get("task") in (None, task.id) and "by" in known else known.get("asked") or {}
    agreed = {str(one) for one in (*mine.get("agreed", ()), mine.get("by"))}  # who asks for it agrees
    rows = [
        {"party": str(party.id), "name": party.name, "answer": "agree" if str(party.id) in agreed else None}
        for party in queries.parties(task.case)
    ]
    told = {"consents": rows, "reason": mine.get("reason") or None, "requested_by": mine.get("by") or None}
    return told if _may_extend(task.case) else {**told, "decision": "refuse"}


def _may_extend(case: Case) -> bool:
    """Whether the rule of the running clock knows more time; of a labour mediation's fifteen days it does not (调解仲裁法 14)."""
    deadline = clocks.running(case, clocks.MEDIATION)
    try:
        if deadline is not None:
            clocks.check_rule(deadline, clocks.changes_of(case, deadline.clock))
    except ClockRefused:
        return False
    return True


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
    ended_by = known.get("by") if str(known.get("by", "")).isdecimal() else None
    return {
        "cause": known.get("kept_cause") or _likely_cause(task.case), "ended_by": ended_by,
        "ended_on": facts.day(known.get("on")) or clock.today(), "cause_text": known.get("public_reason") or _said_at_signing(task),
        "undisputed": known.get("undisputed"), "limitation": known.get("limitation"), "routes": ["sue"],
    }  # fmt: skip


def _said_at_signing(task: Task) -> str | None:
    """Why a side did not sign, if that led here: it was written down there."""
    step = db.session.get(Task, task.after_task_id) if task.after_task_id else None
    return (step.answers or {}).get("reason") if step is not None and step.bind == "signatures" else None


def _likely_cause(case: Case) -> str:
    """What the tables say about why it ended."""
    listed = queries.parties(case)
    ending = case.ending or {}
    if any(party.consent == "refuse" for party in listed):
        return "refused"
    if str(ending.get("by", "")).isdecimal():
        return "withdrawn"
    if any(party.consent == "silent" for party in listed):
        return "unreachable"
    deadline = clocks.running(case, clocks.MEDIATION)
    return "overdue" if deadline is not None and deadline.due_at <= clock.now() else "not_reached"


@applies("closing")
def _apply_closing(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """How the case ended, for the statistics; the flow's own effect closes it."""
    _refuse_while_followed(task.case)
    task.case.outcome = str(answers.get("outcome") or task.case.outcome)
    details = {key: answers.get(key) for key in ("outcome", "performance", "retention")}
    journal.record("closing-recorded", case_id=task.case_id, by=by, details=details)


def _refuse_while_followed(case: Case) -> None:
    """What was agreed anew at the very end is followed like everything else (人民调解法 31)."""
    if queries.change_under_way(case) is not None:
        raise AnswersRefused({"": _("A change of the agreement is under way: let it take effect, or give it up, first.")})
    if queries.follows_a_change(case):
        raise AnswersRefused({"": _("What the changed agreement adds is still followed: performance first, then a visit.")})


@prefills("closing")
def _prefill_closing(task: Task, _user: User) -> dict[str, Any]:
    case = task.case
    agreement = queries.agreement(case)
    if agreement is not None and agreement.effective_at is not None:
        return {"outcome": agreement.kind, "performance": _performed(agreement), "retention": "long"}
    cause = (case.ending or {}).get("kept_cause", "")
    if case.status == "referred":
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
