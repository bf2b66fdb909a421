"""What the forms of performance fill: receipts, defaults and their cure; and the follow-up visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import delete, func, select

from mediation import clock, journal
from mediation.agreements import ledger, packets
from mediation.agreements.bindings import agreement_of
from mediation.case_view import current_agreement, current_confirmation
from mediation.effects import AnswersRefused, Occasion, applies, effect, prefills, undoes
from mediation.extensions import db
from mediation.meetings.bindings import parties_of
from mediation.models import Attachment, Obligation, Party, Promise, Receipt, Task, User, Visit
from mediation.notices.operations import tell_party

# --- instalments --------------------------------------------------------------------------------------------------------


def obligations_to_choose(task: Task) -> list[Obligation]:
    """What may still be performed: open ones and those in default, the earliest first; and what a change has put aside as
    long as somebody has reported a payment for it that nobody has looked at."""
    agreement = current_agreement(task.case_id)
    return [owed for owed in agreement.obligations if owed.status in ledger.OWED or owed.to_be_booked] if agreement else []


def rest_of(owed: Obligation) -> Decimal | None:
    """What is still to be paid; None where no amount was agreed."""
    return owed.rest


def _chosen(task: Task, answers: Mapping[str, Any], *statuses: str) -> Obligation:
    owed = next((one for one in agreement_of(task).obligations if str(one.id) == answers["obligation"]), None)
    if owed is None or owed.status not in statuses or (owed.status == "replaced" and not owed.to_be_booked):
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
    query = select(Receipt).join(Obligation).where(
        Obligation.case_id == case_id, Obligation.status.in_((*ledger.OWED, "replaced")), Receipt.status == "reported"
    )
    return db.session.scalar(query.order_by(Receipt.id).limit(1))


def _as_reported(receipt: Receipt) -> dict[str, Any]:
    """What the party told, for whoever checks it; the photograph stands beside the form among the files."""
    return {"amount": receipt.amount, "received_on": receipt.received_on, "voucher": receipt.note[:200]}


@applies("performance")
def _perform(task: Task, answers: Mapping[str, Any], by: User) -> None:
    _forget_receipts(task)
    owed = _chosen(task, answers, "open", "defaulted", "replaced")
    result = answers["result"]
    reported = _reported_for(owed)
    if result == "default":
        _check_default(owed, answers)
        mark_defaulted(owed)
    elif result in ("received", "partly"):
        _receive(task, owed, answers, by, whole=result == "received")
    if reported is not None and result in ("not_received", "default"):
        refuse(reported, task)


def refuse(receipt: Receipt, task: Task | None = None) -> None:
    """What a party has reported does not count: it is told, and reads it on its own page, until the step that said so is
    taken back."""
    receipt.status, receipt.task_id = "refused", task.id if task else None
    party = db.session.get_one(Party, receipt.party_id)
    tell_party(party, "receipt-refused", case=party.case, task=task)


def _check_default(owed: Obligation, answers: Mapping[str, Any]) -> None:
    """Nobody is in default before the day is over, unless the debtor has refused: then the note says how (民法典 578);
    nor with what a change has put aside."""
    if owed.status == "replaced":
        text = gettext("A change has put this aside: only what was received for it before is written down.")
        raise AnswersRefused({"result": text})
    if owed.status == "open" and clock.end_of(owed.due_on) > clock.now() and not (answers.get("note") or "").strip():
        text = gettext("It is due on %(day)s. Whoever refuses beforehand is in default already: then note what was said.",
                       day=owed.due_on)  # fmt: skip
        raise AnswersRefused({"result": text})


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
    if owed.status in ledger.OWED and (rest is None or amount == rest):
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
        if receipt.status == "counts":
            _owe_again(receipt.obligation)
        if receipt.party_id is not None:  # what a party handed in waits to be looked at again
            receipt.status, receipt.task_id = "reported", None
    db.session.execute(delete(Receipt).where(Receipt.task_id == task.id, Receipt.party_id.is_(None)))
    agreement = current_agreement(task.case_id)
    for owed in agreement.obligations if agreement else ():
        db.session.expire(owed, ["receipts"])


def _owe_again(owed: Obligation) -> None:
    """What a step that is taken back had settled is owed as before: what was in default is so again. What a change has
    put aside stays so."""
    if owed.replaced_by_id is not None:
        return
    owed.status, owed.performed_on, owed.route = "defaulted" if owed.defaulted_at else "open", None, ""


def mark_defaulted(owed: Obligation) -> None:
    """In default from now on; what was so already is so since then."""
    owed.status, owed.defaulted_at = "defaulted", owed.defaulted_at or clock.now()


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
    late = [one for one in obligations_to_choose(task) if one.status == "defaulted"]
    owed = next((one for one in late if one.promised_on(clock.today()) is None), next(iter(late), None))
    if owed is None:
        return {}
    return {
        "obligation": str(owed.id),
        "contacted_on": clock.today(),
        "amount": rest_of(owed),
        "received_on": clock.today(),
    }


@prefills("payment-order")
def _debt_in_default(task: Task, _user: User) -> dict[str, Any]:
    """Who is in default with money, and with how much in all; nothing where nobody is."""
    agreement = current_agreement(task.case_id)
    late = ledger.for_an_order(agreement) if agreement else []
    if not late:
        return {}
    debtor = late[0].debtor_id
    creditor = late[0].creditor_id
    same = [one for one in late if (one.debtor_id, one.creditor_id) == (debtor, creditor)]
    owed = sum((rest_of(one) or Decimal(0) for one in same), Decimal(0))
    return {"debtor": str(debtor), "amount": owed, "annexes": ["agreement", "proof"]}


@applies("urging")
def _urge(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """What the debtor answers to the letter. Whatever is promised, the day that was signed stays the due date."""
    if (answers.get("contacted_on") or clock.today()) > clock.today():
        raise AnswersRefused({"contacted_on": gettext("This day has not come yet.")})
    _take_back_urging(task)
    owed = _chosen(task, answers, "open", "defaulted")
    owed.urged_at, response = clock.now(), answers["response"]
    if owed.status == "open" and (response == "refused" or (response != "cured" and owed.due_on <= clock.today())):
        mark_defaulted(owed)  # who refuses beforehand is in default, too (民法典 578)
    if response == "cured" or (response in ("promised", "refused") and answers.get("part_amount")):
        came_in = {**answers, "received_on": answers.get("received_on") or answers["contacted_on"]}
        if response != "cured":
            came_in["amount"] = answers["part_amount"]
        _receive(task, owed, came_in, by, whole=response == "cured")
    if response == "promised" and owed.status != "performed":
        _promise(task, owed, answers, by)
    owed.note = _note(answers)


def _promise(task: Task, owed: Obligation, answers: Mapping[str, Any], by: User) -> None:
    """Write a promise down. Forms of earlier releases call its day `new_due_on`; it moves nothing there either."""
    key = "promised_on" if "promised_on" in answers else "new_due_on"
    if answers[key] <= clock.today():
        raise AnswersRefused({key: gettext("The promised day must lie ahead.")})
    owed.promises.append(Promise(
        promised_on=answers[key], made_on=answers.get("contacted_on") or clock.today(), how=answers.get("how") or "",
        note=str(answers.get("note") or ""), task_id=task.id, recorded_by_id=by.id, recorded_at=clock.now(),
    ))  # fmt: skip
    db.session.flush()
    journal.record("promise-made", case_id=task.case_id, by=by, subject=f"obligation:{owed.id}",
                   details={"day": str(answers[key])})  # fmt: skip


@undoes("urging")
def _take_back_urging(task: Task) -> None:
    """A step of urging that is done again, or taken back, leaves neither its receipt nor its promise."""
    _take_back_receipts(task)
    for promise in db.session.scalars(select(Promise).where(Promise.task_id == task.id)):
        promise.obligation.promises.remove(promise)
        db.session.delete(promise)
    db.session.flush()


# What the creditor chooses -> the way to the court that has to be open for it.
_TO_COURT = {"payment_order": "payment_order", "sue": "suit"}


@applies("default-routes")
def _choose_route(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """What the creditor chooses for what is in default, and whether the house goes on watching the rest."""
    _take_back_receipts(task)
    obligations, choice = agreement_of(task).obligations, answers["choice"]
    if choice == "urge_again":
        return
    if answers["told_on"] > clock.today():
        raise AnswersRefused({"told_on": gettext("This day has not come yet.")})
    confirmation = current_confirmation(task.case_id)
    if choice == "enforce" and (confirmation is None or confirmation.status not in ("confirmed", "partly")):
        raise AnswersRefused({"choice": gettext("Only an agreement that the court confirmed can be enforced.")})
    if choice in _TO_COURT and (closed := packets.why_closed(_TO_COURT[choice], agreement_of(task))):
        raise AnswersRefused({"choice": closed})
    for owed in obligations:
        if owed.status == "defaulted" and choice == "cured":
            _receive(task, owed, {"received_on": answers["told_on"], "note": answers.get("note")}, by, whole=True)
        elif owed.status == "defaulted" or (owed.status == "open" and answers["rest"] == "hand_over" and choice != "cured"):
            owed.status, owed.route = "excused", choice
            owed.note = f"{choice}: {answers.get('note') or ''}".strip(": ")


@undoes("default-routes")
def _take_back_route(task: Task) -> None:
    """What this step put on a way is owed as before. What an earlier choice settled was in default before that one, or
    belongs to a plan that has been changed since."""
    _take_back_receipts(task)
    earlier = select(func.max(Task.done_at)).where(
        Task.case_id == task.case_id, Task.bind == task.bind, Task.status == "done", Task.id != task.id
    )
    since, agreement = db.session.scalar(earlier), current_agreement(task.case_id)
    rows = agreement.obligations if agreement else []
    plan = max((owed.change_id or 0 for owed in rows), default=0)
    for owed in rows:
        mine = owed.defaulted_at > since if since and owed.defaulted_at else (owed.change_id or 0) == plan or not since
        if owed.status == "excused" and owed.route and mine:
            _owe_again(owed)
            owed.note = ""
    db.session.flush()


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
