"""The ledger of an agreement: what is owed by whom to whom, by which day, what came in, what is still open, what was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from documents.agreement import calculators
from documents.agreement.terms import Term
from mediation import clock, deadlines
from mediation.case_view import names_in, terms_of
from mediation.extensions import db
from mediation.models import Agreement, AgreementChange, Obligation, Promise, Receipt
from mediation.papers.pieces import (
    Occasion,
    agreement_in_short,
    agreement_of,
    amount,
    builds,
    full,
    head,
    iso,
    names_of,
    today,
)

# What is still to be done.
OWED = ("open", "defaulted")
# Ways on which the creditor takes what is in default to the court; what was `waived` goes nowhere.
TO_THE_COURT = ("payment_order", "sue", "enforce")


@dataclass(frozen=True)
class Row:
    """One obligation as the page shows it. `state` is what `state_of` says; sums in yuan."""

    owed: Obligation
    debtor: str
    creditor: str
    state: str
    paid: Decimal
    rest: Decimal | None
    moves_to: date | None  # the next working day, where the last day is a day off (民法典 203)
    interest: Decimal | None  # agreed interest for late payment until today
    receipts: list[Receipt]
    promises: list[Promise]

    @property
    def unpaid(self) -> bool:
        return self.owed.status in OWED or self.state == "court"


@dataclass(frozen=True)
class Ledger:
    """The plan that counts, the rows that changes have put aside, and the figures of both together."""

    rows: list[Row]
    before: list[Row]
    changes: list[AgreementChange]
    agreed: Decimal
    paid: Decimal

    @property
    def rest(self) -> Decimal:
        """What is still to be paid by the plan that counts."""
        return sum((row.rest or Decimal(0) for row in self.rows if row.unpaid), Decimal(0))

    @property
    def late(self) -> list[Row]:
        return [row for row in self.rows if row.state == "late"]

    @property
    def claimed(self) -> list[Row]:
        """What may be asked of the court: rows that are late, those refused before their day (民法典 578), and those with
        which the creditor has gone there."""
        return [row for row in self.rows if row.state in ("late", "refused", "court")]

    @property
    def done(self) -> int:
        return sum(1 for row in self.rows if row.state == "performed")

    @property
    def percent(self) -> int:
        """How much of the sum came in, in whole percent; without a sum how much of the rows is done."""
        if self.agreed:
            return int(self.paid * 100 / self.agreed)
        counted = [row for row in self.rows if row.state != "excused"]
        return 100 * self.done // len(counted) if counted else 0


def ledger_of(agreement: Agreement) -> Ledger:
    """The whole ledger; a fixed number of statements however many rows there are."""
    names, terms, changes = names_in(agreement.case_id), terms_of(agreement), changes_of(agreement)
    in_force = max((one.id for one in changes if one.effective_at), default=None)
    rows = [_row(owed, names, terms if owed.change_id == in_force else []) for owed in agreement.obligations]
    counting = [row for row in rows if row.state != "replaced"]
    before = [row for row in rows if row.state == "replaced"]
    came_in = sum((row.paid for row in rows), Decimal(0))
    # What was paid on rows that a change has put aside was agreed, too: the new plan speaks of the rest alone.
    agreed = sum((row.owed.amount or Decimal(0) for row in counting if row.state != "excused"), Decimal(0))
    agreed += sum((row.paid for row in rows if row.state in ("replaced", "excused")), Decimal(0))
    return Ledger(counting, before, changes, agreed, came_in)


def changes_of(agreement: Agreement) -> list[AgreementChange]:
    """The changes of an agreement, the first first."""
    query = select(AgreementChange).where(AgreementChange.agreement_id == agreement.id).order_by(AgreementChange.ordinal)
    return list(db.session.scalars(query))


def _row(owed: Obligation, names: dict[str, str], terms: Sequence[Term]) -> Row:
    return Row(
        owed, names.get(str(owed.debtor_id), ""), names.get(str(owed.creditor_id), ""), state_of(owed), owed.paid,
        owed.rest, _moved(owed.due_on), _interest(owed, terms), owed.receipts, owed.promises,
    )  # fmt: skip


def state_of(owed: Obligation) -> str:
    """performed, partly (something came in), open, late, refused (the debtor says so before the day, 民法典 578), court (the
    creditor went there), excused, replaced."""
    if owed.status == "excused" and owed.route in TO_THE_COURT:
        return "court"
    if owed.status in OWED and owed.due_on < clock.today():
        return "late"
    if owed.status == "defaulted":
        return "refused"
    return "partly" if owed.status == "open" and owed.paid else owed.status


def is_for_an_order(owed: Obligation) -> bool:
    """Whether an order for payment may be asked for it: money whose day has passed (民诉法解释 427)."""
    return bool(owed.rest) and owed.due_on < clock.today() and state_of(owed) in ("late", "court")


def for_an_order(agreement: Agreement) -> list[Obligation]:
    """What an order for payment may be asked for and is not before the court on another way, the earliest first."""
    return [owed for owed in agreement.obligations if is_for_an_order(owed) and owed.route in ("", "payment_order")]


def _moved(day: date) -> date | None:
    """The next working day, where this one is a day off."""
    last = deadlines.calendar_days_after(day, 0).last_day
    return last if last != day else None


def _interest(owed: Obligation, terms: Sequence[Term]) -> Decimal | None:
    """Agreed interest on what is late, by the house's calculator (民法典 577): from the day after the last one until today."""
    term = terms[owed.term - 1] if owed.term and owed.term <= len(terms) else None
    if term is None or not term.late_rate or not owed.rest or state_of(owed) not in ("late", "court") or owed.due_on >= clock.today():
        return None
    typed = {
        "principal": str(owed.rest), "begin": date.fromordinal(owed.due_on.toordinal() + 1).isoformat(),
        "end": clock.today().isoformat(), "basis": "own", "rate": str(term.late_rate), "days": "365",
    }  # fmt: skip
    return calculators.calculate("late_interest", typed).total


# --- the extract --------------------------------------------------------------------------------------------------------

_STATES = {
    "performed": "已履行", "partly": "部分履行", "open": "未到期", "late": "逾期未履行", "refused": "到期前表示不履行",
    "court": "已进入司法程序", "excused": "不再履行", "replaced": "已由变更协议替代",
}  # fmt: skip


@builds("ledger_extract")
def _ledger_extract(occasion: Occasion) -> dict[str, Any]:
    found = agreement_of(occasion)
    ledger = ledger_of(found)
    return {
        **head(occasion),
        "agreement": agreement_in_short(occasion.case, found),
        "parties": names_of(occasion.case),
        "rows": [_printed(row) for row in (*ledger.rows, *ledger.before)][:200],
        "agreed": amount(ledger.agreed),
        "paid": amount(ledger.paid),
        "rest": amount(ledger.rest),
        "changes": [f"{iso(clock.local(one.effective_at).date())}：{one.reason}"[:500] for one in ledger.changes if one.effective_at],
        "date": today(),
    }


def _printed(row: Row) -> dict[str, Any]:
    counted = [one for one in row.receipts if one.status == "counts" and one.amount]
    told = [f"{one.received_on.isoformat()} 收{one.amount:,.2f}元" for one in counted]
    told += [f"{one.made_on.isoformat()} 承诺于{one.promised_on.isoformat()}履行" for one in row.promises]
    return full({
        "payer": row.debtor[:60], "payee": (row.creditor or "对方当事人")[:60], "what": row.owed.what.replace("\n", " ")[:200],
        "due": iso(row.owed.due_on), "amount": amount(row.owed.amount), "paid": amount(row.paid) if row.paid else None,
        "rest": amount(row.rest) if row.rest and row.unpaid else None, "state": _STATES[row.state],
        "receipts": "；".join(told)[:500], "interest": amount(row.interest),
    })  # fmt: skip
