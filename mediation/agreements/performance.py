"""What the forms of performance fill: receipts, defaults and their cure; and the follow-up visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import delete, select

from mediation import clock
from mediation.agreements.bindings import agreement_of
from mediation.case_view import current_agreement, current_confirmation
from mediation.effects import AnswersRefused, Occasion, applies, effect, prefills, undoes
from mediation.extensions import db
from mediation.meetings.bindings import parties_of
from mediation.models import Attachment, Obligation, Party, Receipt, Task, User, Visit

# --- instalments --------------------------------------------------------------------------------------------------------


def obligations_to_choose(task: Task) -> list[Obligation]:
    """What may still be performed: open ones and those in default, the earliest first."""
    agreement = current_agreement(task.case_id)
    wanted = ("open", "defaulted")
    return [owed for owed in agreement.obligations if owed.status in wanted] if agreement else []


def rest_of(owed: Obligation) -> Decimal | None:
    """What is still to be paid; None where no amount was agreed."""
    return owed.rest


def _chosen(task: Task, answers: Mapping[str, Any], *statuses: str) -> Obligation:
    owed = next((one for one in agreement_of(task).obligations if str(one.id) == answers["obligation"]), None)
    if owed is None or owed.status not in statuses:
        raise AnswersRefused({"obligation": gettext("This is not among what is still owed.")})
    return owed


@prefills("performance")
def _due_now(task: Task, _user: User) -> dict[str, Any]:
    reported = reported_in(task.case_id)
    owed = reported.obligation if reported else next(iter(obligations_to_choose(task)), None)
    if owed is None:
        return {}
    known = {"obligation": str(owed.id), "amount": rest_of(owed), "received_on": clock.today(), "how": owed.how}
    return known | (_as_reported(reported) if reported else {})


def reported_in(case_id: int) -> Receipt | None:
    """The earliest receipt that a party has handed in and nobody has looked at."""
    query = select(Receipt).join(Obligation).where(Obligation.case_id == case_id, Receipt.status == "reported")
    return db.session.scalar(query.order_by(Receipt.id).limit(1))


def _as_reported(receipt: Receipt) -> dict[str, Any]:
    """What the party told, for whoever checks it; the photograph stands beside the form among the files."""
    return {"amount": receipt.amount, "received_on": receipt.received_on, "voucher": receipt.note[:200]}


@applies("performance")
def _perform(task: Task, answers: Mapping[str, Any], by: User) -> None:
    _forget_receipts(task)
    owed = _chosen(task, answers, "open", "defaulted")
    result = answers["result"]
    reported = _reported_for(owed)
    if result == "default":
        mark_defaulted(owed)
    elif result in ("received", "partly"):
        _receive(task, owed, answers, by, whole=result == "received")
    if reported is not None and result in ("not_received", "default"):
        reported.status = "refused"


def _reported_for(owed: Obligation, by: Party | None = None) -> Receipt | None:
    """What a party has reported and nobody has looked at yet: of this party, or of anybody."""
    reported = (one for one in owed.receipts if one.status == "reported")
    return next((one for one in reported if by is None or one.party_id == by.id), None)


def hand_in(owed: Obligation, party: Party, amount: Decimal | None, day: date, note: str, file: Attachment | None) -> Receipt:
    """A party says that this was paid or done, perhaps with a photograph: it counts when the mediator has looked at it."""
    if day > clock.today():
        raise AnswersRefused({"received_on": gettext("This day has not come yet.")})
    if owed.rest is not None:
        _check_amount(owed.rest, amount, whole=False)
    receipt = _reported_for(owed, party)
    if receipt is None:
        receipt = Receipt(status="reported", party_id=party.id)
        owed.receipts.append(receipt)
    receipt.amount, receipt.received_on, receipt.note = amount, day, note[:1000]
    receipt.attachment_id, receipt.recorded_at = file.id if file else receipt.attachment_id, clock.now()
    db.session.flush()
    return receipt


def _receive(task: Task, owed: Obligation, answers: Mapping[str, Any], by: User, *, whole: bool) -> None:
    """Write the receipt down; paid in full, the obligation is performed (人民调解法 31: the committee watches over it)."""
    if answers["received_on"] > clock.today():
        raise AnswersRefused({"received_on": gettext("This day has not come yet.")})
    rest = rest_of(owed)
    amount = answers.get("amount") if answers.get("amount") is not None else rest if whole else None
    _check_amount(rest, amount, whole)
    receipt = _reported_for(owed) or Receipt(obligation=owed)
    receipt.status, receipt.amount, receipt.received_on = "counts", amount, answers["received_on"]
    receipt.note, receipt.task_id, receipt.recorded_by_id = _note(answers), task.id, by.id
    receipt.recorded_at = clock.now()
    receipt.attachment_id = receipt.attachment_id or _photograph(answers)
    db.session.add(receipt)
    if rest is None or amount == rest:
        owed.status, owed.performed_on = "performed", answers["received_on"]


def _photograph(answers: Mapping[str, Any]) -> int | None:
    """The first file that was handed in with the form."""
    return next((int(one) for one in answers.get("photos") or ()), None)


def _check_amount(rest: Decimal | None, amount: Decimal | None, whole: bool) -> None:
    if rest is None:
        return
    if amount is None or amount <= 0:
        raise AnswersRefused({"amount": gettext("Please say how much was received.")})
    if amount > rest:
        raise AnswersRefused({"amount": gettext("Only %(rest)s is still owed.", rest=rest)})
    if whole and amount != rest:
        raise AnswersRefused({"amount": gettext("%(rest)s is owed; for less choose “partly”.", rest=rest)})


def _note(answers: Mapping[str, Any]) -> str:
    return " ".join(str(answers[key]) for key in ("voucher", "note") if answers.get(key))


def _forget_receipts(task: Task) -> None:
    """A step that is done again replaces what it recorded before."""
    _take_back_receipts(task)


@undoes("performance")
def _take_back_receipts(task: Task) -> None:
    query = select(Receipt).where(Receipt.task_id == task.id)
    for receipt in db.session.scalars(query):
        receipt.obligation.status, receipt.obligation.performed_on = "open", None
        if receipt.party_id is not None:  # what a party handed in waits to be looked at again
            receipt.status, receipt.task_id = "reported", None
    db.session.execute(delete(Receipt).where(Receipt.task_id == task.id, Receipt.party_id.is_(None)))
    agreement = current_agreement(task.case_id)
    for owed in agreement.obligations if agreement else ():
        db.session.expire(owed, ["receipts"])


def mark_defaulted(owed: Obligation) -> None:
    owed.status, owed.defaulted_at = "defaulted", clock.now()


@effect("mark-default")
def _mark_default(occasion: Occasion) -> None:
    """The due date has passed without a receipt: everything open and over is in default."""
    agreement = current_agreement(occasion.case.id)
    late = (
        [owed for owed in agreement.obligations if owed.status == "open" and owed.due_on <= clock.today()]
        if agreement
        else []
    )
    overdue = [owed for owed in late if clock.end_of(owed.due_on) <= clock.now()] or late[:1]
    for owed in overdue:
        mark_defaulted(owed)
    db.session.flush()


@prefills("urging")
def _late(task: Task, _user: User) -> dict[str, Any]:
    owed = next((one for one in obligations_to_choose(task) if one.status == "defaulted"), None)
    if owed is None:
        return {}
    return {
        "obligation": str(owed.id),
        "contacted_on": clock.today(),
        "amount": rest_of(owed),
        "received_on": clock.today(),
    }


@applies("urging")
def _urge(task: Task, answers: Mapping[str, Any], by: User) -> None:
    _forget_receipts(task)
    owed = _chosen(task, answers, "open", "defaulted")
    owed.urged_at = clock.now()
    if answers["response"] == "cured":
        _receive(task, owed, answers, by, whole=True)
    elif answers["response"] == "promised":
        if answers["new_due_on"] <= clock.today():
            raise AnswersRefused({"new_due_on": gettext("The new day must lie ahead.")})
        owed.due_on, owed.status = answers["new_due_on"], "open"
    else:
        owed.status = "defaulted"
    owed.note = _note(answers)


@applies("default-routes")
def _choose_route(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    """What the creditor chooses for what is in default, and whether the house goes on watching the rest."""
    obligations = agreement_of(task).obligations
    if answers["choice"] == "urge_again":
        return
    confirmation = current_confirmation(task.case_id)
    if answers["choice"] == "enforce" and (confirmation is None or confirmation.status not in ("confirmed", "partly")):
        raise AnswersRefused({"choice": gettext("Only an agreement that the court confirmed can be enforced.")})
    for owed in obligations:
        if owed.status == "defaulted":
            owed.status = "performed" if answers["choice"] == "cured" else "excused"
            owed.performed_on = answers["told_on"] if answers["choice"] == "cured" else None
            owed.note = f"{answers['choice']}: {answers.get('note') or ''}".strip(": ")
        elif owed.status == "open" and answers["rest"] == "hand_over":
            owed.status, owed.note = "excused", answers["choice"]


# --- visits -------------------------------------------------------------------------------------------------------------


@effect("plan-visits", required=("days",))
def _plan_visits(occasion: Occasion, *, days: Sequence[Any]) -> None:
    """Visits so many days after the agreement's effect; what was planned before and not done is replaced."""
    case_id = occasion.case.id
    db.session.execute(delete(Visit).where(Visit.case_id == case_id, Visit.status == "planned"))
    agreement = current_agreement(case_id)
    begin = clock.local(agreement.effective_at).date() if agreement and agreement.effective_at else clock.today()
    done = len(db.session.scalars(select(Visit.id).where(Visit.case_id == case_id)).all())
    db.session.add_all(
        Visit(case_id=case_id, ordinal=done + number, due_on=begin + timedelta(days=int(day)))
        for number, day in enumerate(days, start=1)
    )
    db.session.flush()


def next_visit(case_id: int) -> Visit | None:
    """The earliest visit that is still planned."""
    query = select(Visit).where(Visit.case_id == case_id, Visit.status == "planned").order_by(Visit.due_on, Visit.id)
    return db.session.scalar(query.limit(1))


def _visit_of(task: Task) -> Visit | None:
    """The visit that this very step recorded, else the next one."""
    query = select(Visit).where(Visit.case_id == task.case_id, Visit.status == "done").order_by(Visit.done_at.desc())
    for visit in db.session.scalars(query.limit(3)):
        if visit.answers.get("task") == task.id:
            return visit
    return next_visit(task.case_id)


@prefills("visit")
def _prepare_visit(task: Task, _user: User) -> dict[str, Any]:
    return {
        "result": "done",
        "visited_at": clock.local(clock.now()),
        "manner": "visit",
        "signs": "none",
        "visited": [str(party.id) for party in parties_of(task.case)],
    }


@applies("visit")
def _record_visit(task: Task, answers: Mapping[str, Any], by: User) -> None:
    visit = _visit_of(task)
    if visit is None:
        raise AnswersRefused({"": gettext("No visit is planned.")})
    if answers["result"] == "unreached":
        attempts = [*visit.answers.get("attempts", []), clock.today().isoformat()]
        visit.answers = {**visit.answers, "attempts": attempts}
        return
    if answers["visited_at"] > clock.now():
        raise AnswersRefused({"visited_at": gettext("This time has not come yet.")})
    names = {str(party.id): party.name for party in parties_of(task.case)}
    kept = {
        key: answers.get(key)
        for key in ("manner", "performance", "performance_text", "satisfaction", "lawsuit", "measures", "opinion")
    }
    signs = {"relapse": "有反复苗头", "escalation": "有激化苗头"}.get(answers["signs"], "")
    visit.answers = {
        **visit.answers,
        **kept,
        "signs": "：".join(filter(None, (signs, answers.get("signs_text")))),
        "task": task.id,
        "visited": [names[party] for party in answers["visited"] if party in names],
        "visitor": by.name,
    }
    visit.status, visit.done_at, visit.visitor_id = "done", answers["visited_at"], by.id


@undoes("visit")
def _unvisit(task: Task) -> None:
    visit = _visit_of(task)
    if visit is not None and visit.status == "done":
        visit.status, visit.done_at = "planned", None


@applies("visit-chase")
def _chase_visit(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    visit = next_visit(task.case_id)
    if visit is None:
        return
    visit.chased_at = clock.now()
    visit.answers = {**visit.answers, "cause": answers["cause"]}
    if answers["decision"] == "skip":
        visit.status = "missed"
    elif answers["new_due_on"] <= clock.today():
        raise AnswersRefused({"new_due_on": gettext("The new day must lie ahead.")})
    else:
        visit.due_on = answers["new_due_on"]
