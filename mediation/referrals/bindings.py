"""What the forms of a hand-over fill: what goes to whom and why, the receipt, the answer, the director's decision.

Each may be done again after a step was taken back: it then corrects what it wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from mediation import access, clocks, journal
from mediation.cases.flow_words import asked_words
from mediation.effects import AnswersRefused, Occasion, applies, effect, prefills, undoes
from mediation.extensions import db
from mediation.mirror import variables_of
from mediation.models import Agency, Referral, Task, User
from mediation.notices.operations import members_of, tell_user
from mediation.referrals import operations, queries
from mediation.releases import definition_of

ANSWER_CLOCK = "handover-answer"
# What usually goes along; contact data and accounts only when somebody decides so (个人信息保护法 6: no more than needed).
USUALLY = ("papers",)


# --- sending --------------------------------------------------------------------------------------------------------


@prefills("referral")
def _prefill_referral(task: Task, _user: User) -> dict[str, Any]:
    """What the calling flow wants, or what came back and why, or what the director decided."""
    row = operations.prepared_by(task)
    before = operations.returned_before(task)
    directed = operations.directed_by(task)
    asked = variables_of(task)
    rule = clocks.rule_in(definition_of(task.case.release_hash), ANSWER_CLOCK)
    known: dict[str, Any] = {
        "decision": "send", "agency": asked.get("agency"), "purpose": asked.get("purpose"),
        "answer_days": int(asked.get("answer_days") or rule.length), "carries": list(USUALLY),
        "reason": (task.case.referral or {}).get("reason") or None,
    }  # fmt: skip
    for earlier in (before, row):
        if earlier is not None:
            known |= _as_answers(earlier)
    if before is not None:
        known["returned"] = _("%(agency)s: %(reason)s", agency=before.to_agency.name, reason=before.return_reason)
    if directed:
        known |= {"agency": directed.get("agency"), "reason": directed.get("reason")}
    return known


def _as_answers(row: Referral) -> dict[str, Any]:
    return {
        "agency": row.to_agency.key, "purpose": row.purpose, "reason": row.reason, "answer_days": row.answer_days,
        "carries": [part for part in row.part.split() if part not in access.ALWAYS],
    }  # fmt: skip


@applies("referral")
def _apply_referral(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Prepare the hand-over; the flow sends it. Or nobody is asked after all, and the centre keeps the matter."""
    if answers.get("decision") == "withdraw":
        if operations.directed_by(task):
            raise AnswersRefused({"decision": _("The director has decided that it is handed over.")})
        journal.record("referral-dropped", case_id=task.case_id, by=by, details={"reason": answers.get("reason")})
        return
    operations.prepare(task, answers, by)


@undoes("referral")
def _undo_referral(task: Task) -> None:
    row = operations.prepared_by(task)
    if row is not None and row.status == "sent":
        row.status, row.sent_at = "prepared", None
        operations.let_out(row.case, row.to_agency, besides=row)


@effect("send-referral", expects_answer=None)
def _send_referral(occasion: Occasion, *, expects_answer: bool | None = None) -> None:
    """What was prepared in the step before goes out: from now on the agency sees its part, and its clock runs."""
    row = operations.prepared_by(occasion.task) if occasion.task is not None else None
    if row is not None:
        operations.send(row, expects_answer=expects_answer is not False, by=occasion.by)


@effect("answer-referral", settled=None)
def _answer_referral(occasion: Occasion, *, settled: Any = None) -> None:
    """The flow that called for the hand-over has done the work itself: the newest signed one is answered by that."""
    row = queries.newest_signed(occasion.case)
    if row is not None:
        operations.answer(row, operations.DONE_IN_FLOW, None if settled is None else settled in (True, "true", "yes"), by=occasion.by)


@effect("remind-receiver", step=("sign", "answer"))
def _remind_receiver(occasion: Occasion, *, step: str = "sign") -> None:
    """The time is over: whoever holds the step, or all who could take it, are reminded; so is the sender's office."""
    status = "sent" if step == "sign" else "signed"
    for row in queries.late(occasion.case, status):
        told = {*members_of(operations.SIGNS, row.to_agency_id), *members_of("dispatcher", occasion.case.agency_id)}
        for user_id in sorted(told):
            tell_user(user_id, "referral-late", case=occasion.case, title=occasion.case.display_number,
                      agency=row.to_agency.name)  # fmt: skip
        journal.record("referral-reminded", case_id=row.case_id, actor="flow", subject=f"referral:{row.id}",
                       details={"agency": row.to_agency.name, "agency_en": row.to_agency.name_en})  # fmt: skip


# --- signing and answering ------------------------------------------------------------------------------------------


@prefills("referral-receipt")
def _prefill_receipt(task: Task, _user: User) -> dict[str, Any]:
    """What is asked of the agency, to be read before it signs."""
    row = operations.handed_to(task)
    return {
        "round": str(row.round),
        "expected": asked_words(task.process.release_hash, row.purpose),
        "why": row.reason,
        "bound": "yes" if row.binding else "no",
    }


@applies("referral-receipt")
def _apply_receipt(task: Task, answers: Mapping[str, Any], by: User) -> None:
    row = operations.handed_to(task)
    if answers.get("round") not in (None, str(row.round)):
        raise AnswersRefused({"answer": _("This hand-over was sent anew meanwhile: open the step again.")})
    if answers.get("answer") == "returned":
        operations.give_back(row, task, str(answers.get("reason") or "").strip(), by=by)
    else:
        operations.sign(row, task, by=by)


@undoes("referral-receipt")
def _undo_receipt(task: Task) -> None:
    operations.open_again(operations.handed_to(task))


@prefills("referral-answer")
def _prefill_answer(task: Task, _user: User) -> dict[str, Any]:
    row = operations.handed_to(task)
    return {"expected": asked_words(task.process.release_hash, row.purpose), "why": row.reason}


@applies("referral-answer")
def _apply_answer(task: Task, answers: Mapping[str, Any], by: User) -> None:
    row = operations.handed_to(task)
    operations.answer(row, str(answers.get("summary") or "").strip(), answers.get("settled") == "yes", by=by)


@undoes("referral-answer")
def _undo_answer(task: Task) -> None:
    operations.open_again(operations.handed_to(task))


# --- the director ---------------------------------------------------------------------------------------------------


@prefills("referral-decision")
def _prefill_decision(task: Task, _user: User) -> dict[str, Any]:
    """Who returned it and why, one line each."""
    rows = queries.returned_in(task)
    told = "\n".join(_("%(agency)s: %(reason)s", agency=row.to_agency.name, reason=row.return_reason) for row in rows)
    return {"returns": told, "agency": rows[-1].to_agency.key if rows else None}


@applies("referral-decision")
def _apply_decision(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """指定办理, kept by the centre, or a joint meeting: the director's word ends the going to and fro."""
    choice = answers.get("choice")
    agency = db.session.query(Agency).filter_by(key=str(answers.get("agency") or ""), active=True).one_or_none()
    if choice == "bind" and agency is None:
        raise AnswersRefused({"agency": _("Choose one from the list.")})
    journal.record(
        "referral-decided", case_id=task.case_id, by=by,
        details={"choice": choice, "agency": agency.name if choice == "bind" and agency else "",
                 "reason": answers.get("reason")},
    )  # fmt: skip
