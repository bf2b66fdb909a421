"""What an application to the court says because of a default: how much, of whom, why, and what proves it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from documents.agreement.terms import undivided
from mediation import clock, clocks
from mediation.agreements import confirmation
from mediation.agreements.ledger import Ledger, Row, is_for_an_order
from mediation.case_view import current_confirmation, said
from mediation.extensions import db
from mediation.models import Agreement, Case, Confirmation, Obligation, Party
from mediation.papers.pieces import agreement_in_short, party_facts


def open_sum(late: list[Row]) -> Decimal:
    """What is still to be paid of these rows, in yuan, without interest."""
    return sum((row.rest or Decimal(0) for row in late), Decimal(0))


def claimed(way: str, ledger: Ledger) -> list[Row]:
    """The rows that are asked for on this way: an order for payment wants money that is due (民诉法解释 427); enforced is
    what was not done by the day that the court confirmed, refused before it or not (民事诉讼法 247)."""
    if way == "payment_order":
        return [row for row in ledger.claimed if is_for_an_order(row.owed)]
    if way == "enforcement":
        return [row for row in ledger.claimed if row.owed.due_on < clock.today()]
    return ledger.claimed if way == "suit" else []


def ruling_on(agreement: Agreement) -> Confirmation | None:
    """The ruling that confirmed this agreement, all of it or a part (民事诉讼法 206)."""
    found = current_confirmation(agreement.case_id)
    mine = found is not None and found.agreement_id == agreement.id and found.status in ("confirmed", "partly")
    return found if mine else None


def changed_since(ruling: Confirmation, ledger: Ledger) -> bool:
    """Whether the sides have changed after the ruling what it confirmed."""
    days = [clock.local(one.effective_at).date() for one in ledger.changes if one.effective_at]
    return ruling.decided_on is not None and any(day >= ruling.decided_on for day in days)


def asked(way: str, agreement: Agreement, late: list[Row]) -> dict[str, Any]:
    """What is asked for because of these rows: how much, of whom, why, and the interest that was agreed."""
    if way == "confirmation":
        window = confirmation.window_of(agreement)
        return {"last_day": window.last_day.isoformat()} if window else {}
    total = open_sum(late)
    interest = _interest_of(late)
    owing, owed = _people(late, "debtor"), _people(late, "creditor")
    facts: dict[str, Any]
    if way == "payment_order":
        facts = {"amount": f"{total + interest:.2f}", "grounds": _grounds(late, interest)}
        facts |= {"shares": _shares(late, owing), "joint": _joint(agreement)} if len(owing) > 1 else {}
        return facts | _sides("applicants", owed, "respondents", owing)
    if way == "enforcement":
        facts = _enforced(late, owing, interest) | {"time_limits": _time_limits(agreement, late)}
        return facts | _sides("applicants", owed, "respondents", owing)
    facts = {"requests": "；".join(_wanted(late, owing))[:4999] + "。", "cause": "调解协议履行纠纷"}
    grounds = f"{_agreed(agreement)}\n{_grounds(late, interest)}"[:8000]
    return facts | {"grounds": grounds, "evidence": _PROOFS} | _sides("plaintiffs", owed, "defendants", owing)


def _shares(late: list[Row], owing: list[Party]) -> list[dict[str, str]]:
    """What each of several debtors owes, agreed interest included: the respondent's debt is definite (民诉法解释 427)."""
    found = [(debtor, [row for row in late if row.owed.debtor_id == debtor.id]) for debtor in owing]
    return [{"name": debtor.name[:60], "amount": f"{open_sum(mine) + _interest_of(mine):.2f}"} for debtor, mine in found]


def _joint(agreement: Agreement) -> str:
    """What the agreement itself says of joint liability, word by word; it is never presumed (民法典 518)."""
    return "\n".join(text for _term, text in said(agreement) if "连带" in text)[:4000]


def _interest_of(rows: list[Row]) -> Decimal:
    return sum((row.interest or Decimal(0) for row in rows), Decimal(0))


def _wanted(late: list[Row], owing: list[Party]) -> list[str]:
    """What the court should order: of each debtor its own sum, and whatever is to be done beside paying."""
    told = []
    for debtor in owing:
        mine = [row for row in late if row.owed.debtor_id == debtor.id]
        who = f"被告{debtor.name}" if len(owing) > 1 else "被告"
        if sum_ := open_sum(mine):
            late_interest = _interest(_interest_of(mine))
            beside = f"，及{late_interest}" if late_interest else ""
            told.append(f"判令{who}支付调解协议约定而未付的款项{sum_:,.2f}元{beside}")
        told += [f"判令{who}履行“{row.owed.what.replace(chr(10), ' ')[:120]}”" for row in mine if row.owed.amount is None]
    return told or ["判令被告履行调解协议约定的义务"]


def _enforced(late: list[Row], owing: list[Party], interest: Decimal) -> dict[str, Any]:
    """What the court should enforce, of each debtor its own; doubled interest runs by law (民事诉讼法 264)."""
    told = []
    for debtor in owing:
        mine = [row for row in late if row.owed.debtor_id == debtor.id]
        if sum_ := open_sum(mine):
            beside = _interest(_interest_of(mine))
            told.append(f"强制被执行人{debtor.name}支付未付的款项{sum_:,.2f}元{f'，及{beside}' if beside else ''}"[:400])
        told += [f"强制被执行人{debtor.name}履行“{row.owed.what.replace(chr(10), ' ')[:120]}”" for row in mine if row.owed.amount is None]
    doubled = ["由被执行人加倍支付迟延履行期间的债务利息（《中华人民共和国民事诉讼法》第二百六十四条）"] if open_sum(late) else []
    return {"requests": [*told[:57], *doubled, "执行费用由被执行人负担"], "grounds": _grounds(late, interest)}


def _time_limits(agreement: Agreement, late: list[Row]) -> list[dict[str, str]]:
    """Until when enforcement can be asked for of each thing (民事诉讼法 250)."""
    rule = clocks.rule_of(db.session.get_one(Case, agreement.case_id), "enforcement")
    found = dict.fromkeys(
        (undivided(row.owed.what).replace("\n", " ")[:200], _last_part(agreement, row.owed)) for row in late
    )
    return [
        {"what": what, "ends": ends.isoformat(), "apply_by": str(clocks.last_moment(rule, ends))}
        for what, ends in list(found)[:60]
    ]


def _last_part(agreement: Agreement, owed: Obligation) -> date:
    """The last day for performance: of what is done in parts, that of the last part."""
    alike = (owed.term, owed.change_id, owed.debtor_id, owed.creditor_id)
    parts = [
        one.due_on for one in agreement.obligations
        if owed.term and (one.term, one.change_id, one.debtor_id, one.creditor_id) == alike
    ]  # fmt: skip
    return max(parts, default=owed.due_on)


# What the papers that go along prove.
_PROOFS = [
    {"name": "人民调解协议书", "proves": "各方约定的权利义务"},
    {"name": "主持调解证明", "proves": "协议在调解组织主持下自愿达成"},
    {"name": "调解协议履行情况表", "proves": "已经履行和逾期未履行的部分"},
]


def _agreed(agreement: Agreement) -> str:
    """What the agreement is that is sued on, for a court that knows nothing of it yet."""
    case = db.session.get_one(Case, agreement.case_id)
    short, effective = agreement_in_short(case, agreement), clock.local(agreement.effective_at or clock.now())
    return (
        f"原、被告经{short['body']}主持调解达成调解协议（编号：{short['number']}），协议自{effective.year}年{effective.month}月"
        f"{effective.day}日起生效，对各方具有约束力（《中华人民共和国人民调解法》第三十一条）。被告未按约定履行："
    )


def _sides(mine: str, owed: list[Party], theirs: str, owing: list[Party]) -> dict[str, Any]:
    return {mine: [_named(party) for party in owed], theirs: [_named(party) for party in owing]} if owed else {}


def _people(rows: list[Row], which: str) -> list[Party]:
    return list(dict.fromkeys(party for row in rows if (party := getattr(row.owed, which)) is not None))


def _named(party: Party) -> dict[str, Any]:
    return {key: value for key, value in party_facts(party, contact=not party.protected).items() if key != "label"}


def _grounds(late: list[Row], interest: Decimal) -> str:
    told = [_ground(row) for row in late]
    return "\n".join([*told, *([_interest(interest) + "。"] if interest else [])])[:8000]


def _ground(row: Row) -> str:
    due, owed = row.owed.due_on, row.owed
    sums = (
        f"{owed.amount:,.2f}元，{f'已付{row.paid:,.2f}元，' if row.paid else ''}尚欠{row.rest:,.2f}元"
        if owed.amount is not None
        else "，至今未履行"
    )
    what = owed.what.replace("\n", " ")[:120]
    return f"{row.debtor}应于{due.year}年{due.month}月{due.day}日前向{row.creditor or '对方'}履行“{what}”{sums}。"


def _interest(interest: Decimal) -> str:
    day = clock.today()
    return f"按约定利率计算的逾期利息{interest:,.2f}元（算至{day.year}年{day.month}月{day.day}日）" if interest else ""
