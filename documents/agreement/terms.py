"""One term of an agreement: who does what for whom, how much, when, where, what if not.

From the same term come the sentence on the paper, the rows of the ledger, what the confirmation check asks, and the plain
words (`documents.agreement.plain`); nothing is typed twice. 人民调解法 29 wants content, manner and time of performance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from documents.amounts import LIMIT, in_figures, in_words

KINDS = (
    "pay", "hand_over", "do", "refrain", "repair", "apologise", "vacate", "transfer_title", "property_right", "status",
    "other",
)  # fmt: skip
# What somebody does once, by a day; the others hold from then on, or are declared.
PERFORMED = frozenset({"pay", "hand_over", "do", "repair", "apologise", "vacate", "transfer_title"})
# Words of forms before terms had parts.
_OLD_KINDS = {"money": "pay", "act": "other", "apology": "apologise"}
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
DAYS = {"week": 7}
# Days outside these years are slips of the pen.
_YEARS = (1900, 2200)
# So many parts are written into the ledger: twenty years of months.
MOST_PARTS = 240

PURPOSES = {
    "compensation": "赔偿款", "wages": "劳动报酬", "severance": "经济补偿", "work_injury": "工伤保险待遇", "loan": "借款本金",
    "interest": "利息", "price": "货款", "construction": "工程款", "rent": "租金", "fee": "费用", "refund": "退款",
    "deposit": "定金", "penalty": "违约金", "support": "子女抚养费", "alimony": "扶养、赡养费", "share": "财产折价款",
    "other": "款项",
}  # fmt: skip
# What a term is called of which nobody says what it is about.
ACTS = {
    "pay": "款项", "hand_over": "交付", "do": "约定的行为", "refrain": "不为约定的行为", "repair": "修复", "apologise": "赔礼道歉",
    "vacate": "腾退", "transfer_title": "办理过户", "property_right": "权利归属", "status": "身份关系", "other": "约定事项",
}  # fmt: skip
STATUSES = {
    "divorce": "婚姻关系", "custody": "子女抚养", "visits": "探望子女", "parentage": "亲子关系", "adoption": "收养关系",
}  # fmt: skip
HOWS = {"transfer": "银行转账", "cash": "现金", "act": "实际履行"}
_EVERY = {"week": "每周", "month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}


@dataclass(frozen=True)
class Term:
    """One term. `debtor` and `creditor` are keys of parties; amounts in yuan; rates in percent a year.

    `when`: now (done when the agreement is signed), date (by `due_on`), instalments (by `plan`, one line a part, else
    `count` equal parts from `due_on` on), periodic (`amount` each time until `until`), standing (from now on).
    `standard` is what the law's formula gives, for comparison; it does not stand on the paper.
    """

    kind: str = "other"
    status: str = ""
    debtor: str = ""
    creditor: str = ""
    purpose: str = ""
    what: str = ""
    amount: Decimal | None = None
    standard: Decimal | None = None
    when: str = ""
    due_on: date | None = None
    interval: str = ""
    count: int | None = None
    until: date | None = None
    plan: str = ""
    how: str = ""
    account: str = ""
    place: str = ""
    rate: Decimal | None = None
    late_rate: Decimal | None = None
    born_on: date | None = None
    penalty: str = ""
    text: str = ""


@dataclass(frozen=True)
class Part:
    """One thing to be done by one day; `amount` is None for what is not money."""

    due_on: date
    amount: Decimal | None


@dataclass(frozen=True)
class Owed:
    """A row of the ledger. `term` counts from 1, `part` of `parts` too."""

    term: int
    part: int
    parts: int
    debtor: str
    creditor: str
    what: str
    amount: Decimal | None
    due_on: date
    how: str
    account: str


# --- reading and keeping ------------------------------------------------------------------------------------------------


def read(row: Mapping[str, Any]) -> Term:
    """The term in a row of answers or of the table; what cannot be read is left empty, for the checker to find."""
    known: dict[str, Any] = {field.name: _READERS.get(field.name, _text)(row.get(field.name)) for field in fields(Term)}
    known["kind"] = _OLD_KINDS.get(known["kind"], known["kind"])
    if known["kind"] not in KINDS:
        known["kind"] = "other"
    return Term(**known)


def kept(term: Term) -> dict[str, Any]:
    """The term as JSON keeps it: only what is said, amounts and days as text; `read` takes it back."""
    told = {field.name: getattr(term, field.name) for field in fields(Term)}
    return {
        key: value if isinstance(value, int) else str(value) for key, value in told.items() if value not in ("", None)
    }


def _text(value: Any) -> str:
    return str(value).strip() if value is not None else ""


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(_text(value).replace(",", "") or "-")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < LIMIT else None


def _money(value: Any) -> Decimal | None:
    amount = _amount(value)
    return amount.quantize(Decimal("0.01")) if amount is not None else None


def _whole(value: Any) -> int | None:
    amount = _amount(value)
    return int(amount) if amount is not None else None


def _day(value: Any) -> date | None:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(_text(value))
    except ValueError:
        return None
    return day if _YEARS[0] <= day.year <= _YEARS[1] else None


_READERS: dict[str, Callable[[Any], Any]] = {
    "amount": _money,
    "standard": _money,
    "rate": _amount,
    "late_rate": _amount,
    "count": _whole,
    "due_on": _day,
    "until": _day,
    "born_on": _day,
}


# --- when and how much --------------------------------------------------------------------------------------------------

_LINE = re.compile(
    r"\s*(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)\s*日?(?:之?前)?[\s,，:：、]*"
    r"(?:支付|付|给付)?\s*[¥￥]?(?P<amount>\d[\d,]*(?:\.\d{1,2})?)\s*元?[^\d]*"
)


def plan_of(term: Term) -> tuple[list[Part], list[str]]:
    """The parts of a typed plan by day, and the lines that are no day with an amount."""
    parts, unread = [], []
    for line in filter(None, map(str.strip, term.plan.splitlines())):
        found = _LINE.fullmatch(line)
        amount = _money(found["amount"]) if found else None
        try:
            day = date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
        except ValueError:
            day = None
        if day is None or amount is None:
            unread.append(line)
        else:
            parts.append(Part(day, amount))
    return sorted(parts, key=lambda part: part.due_on), unread


def shares(total: Decimal, count: int) -> list[Decimal]:
    """A sum in equal parts that add up to it: whole yuan where the sum is, the last part takes what is left over."""
    step = Decimal(1) if total == total.to_integral_value() and total >= count else Decimal("0.01")
    each = (total / count) // step * step
    return [each] * (count - 1) + [total - each * (count - 1)]


def step_from(first: date, interval: str, number: int) -> date:
    """The day `number` steps after the first; the 31st becomes a month's last day where it has none."""
    if interval in DAYS:
        return date.fromordinal(first.toordinal() + DAYS[interval] * number)
    months = first.year * 12 + first.month - 1 + MONTHS.get(interval, 1) * number
    year, month = divmod(months, 12)
    return date(year, month + 1, min(first.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following.toordinal() - date(year, month, 1).toordinal()


def parts_of(term: Term) -> list[Part]:
    """What is to be done by which day, the earliest first; empty for what is done at once, holds always, or is unclear."""
    if term.kind not in PERFORMED or term.when in ("", "now", "standing"):
        return []
    if term.when == "date":
        return [Part(term.due_on, term.amount if term.kind == "pay" else None)] if term.due_on else []
    if term.when == "instalments":
        return _instalments(term)
    return _periods(term)


def _instalments(term: Term) -> list[Part]:
    if term.plan:
        return plan_of(term)[0][:MOST_PARTS]
    if term.due_on is None or not term.count or term.amount is None or term.count > MOST_PARTS:
        return []
    amounts = shares(term.amount, term.count)
    return [Part(step_from(term.due_on, term.interval, number), amount) for number, amount in enumerate(amounts)]


def _periods(term: Term) -> list[Part]:
    if term.due_on is None or term.until is None:
        return []
    amount = term.amount if term.kind == "pay" else None
    days = (step_from(term.due_on, term.interval, number) for number in range(MOST_PARTS))
    return [Part(day, amount) for day in days if day <= term.until]


def total_of(terms: Iterable[Term]) -> Decimal | None:
    """What all money terms come to, None without one: stated sums, else what their parts add up to."""
    sums = [amount for term in terms if (amount := sum_of(term)) is not None]
    return sum(sums, Decimal(0)) if sums else None


def sum_of(term: Term) -> Decimal | None:
    """What one money term comes to in all; of a periodic one as far as its end is known."""
    if term.kind != "pay":
        return None
    if term.amount is not None and term.when != "periodic":
        return term.amount
    parts = [part.amount for part in parts_of(term) if part.amount is not None]
    return sum(parts, Decimal(0)) if parts else None


def ledger(terms: Sequence[Term]) -> list[Owed]:
    """The rows that the performance ledger watches over, by day. A term without somebody who owes gives none."""
    rows = [
        Owed(number, part, len(parts), term.debtor, term.creditor, _called(term, part, len(parts)), one.amount,
             one.due_on, term.how if term.kind == "pay" and term.how else "act", term.account)
        for number, term in enumerate(terms, start=1)
        if term.debtor and (parts := parts_of(term))
        for part, one in enumerate(parts, start=1)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.due_on, row.term, row.part))


def _called(term: Term, part: int, parts: int) -> str:
    return f"{subject(term)}（第{part}期，共{parts}期）" if parts > 1 else subject(term)


_PART = re.compile(r"（第\d+期，共\d+期）$")


def undivided(what: str) -> str:
    """What a row of the ledger is a part of."""
    return _PART.sub("", what)


def is_immediate(terms: Iterable[Term]) -> bool:
    """Whether nothing is left to be done later: everything is done when the agreement is signed, or holds from then on."""
    return not any(term.kind in PERFORMED and term.when not in ("now", "standing", "") for term in terms)


def subject(term: Term) -> str:
    """What a term is about in a few words, never nothing: 赔偿款, 交付钥匙, 赔礼道歉."""
    if term.kind == "pay":
        name = PURPOSES.get(term.purpose, "款项")
        return f"{term.what}" if term.purpose in ("", "other") and term.what else name
    return term.what or term.text or STATUSES.get(term.status) or ACTS[term.kind]


# --- what a court may confirm -------------------------------------------------------------------------------------------


def obstacle(term: Term) -> str:
    """Why a court does not confirm this term: status or property_right (民诉法解释 355); empty where it may."""
    if term.kind == "status" and term.status not in ("custody", "visits"):
        return "status"
    return "property_right" if term.kind == "property_right" else ""


# --- the sentence on the paper ------------------------------------------------------------------------------------------


def sentence(term: Term, names: Mapping[str, str]) -> str:
    """The term as it stands on the paper; `names` are the parties' by key. An old term is its own text."""
    if not (term.debtor or term.creditor or term.what or term.purpose or term.status):
        return _closed(term.text)
    told = [_duty(term, names), _paid_how(term), _otherwise(term)]
    return "".join(_closed(part) for part in (*told, term.text) if part)


def money_words(amount: Decimal) -> str:
    """人民币9,000.00元（大写：玖仟元整）: figures and words are made from one number, so they agree."""
    return f"人民币{in_figures(amount)}元（大写：{in_words(amount)}）"


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _duty(term: Term, names: Mapping[str, str]) -> str:
    who, whom = names.get(term.debtor, ""), names.get(term.creditor, "")
    return _DUTIES.get(term.kind, _other)(term, who, whom)


def _by(term: Term) -> str:
    if term.when == "now":
        return "于签订本协议时"
    return f"于{chinese_day(term.due_on)}前（含当日）" if term.when == "date" and term.due_on else ""


def _at(term: Term) -> str:
    return f"在{term.place}" if term.place else ""


def _to(whom: str) -> str:
    return f"向{whom}" if whom else ""


def _pay(term: Term, who: str, whom: str) -> str:
    name = PURPOSES.get(term.purpose, "") if term.purpose != "other" else ""
    what = f"{name}（{term.what}）" if name and term.what else name or term.what or "款项"
    if term.when == "instalments":
        return f"{who}分期{_to(whom)}支付{what}{_stated(term)}{_parts_words(term)}"
    if term.when == "periodic":
        until = f"，至{chinese_day(term.until)}止" if term.until else ""
        begin = f"自{chinese_day(term.due_on)}起" if term.due_on else ""
        rate = f"每次{money_words(term.amount)}" if term.amount is not None else ""
        return f"{who}{begin}{_EVERY.get(term.interval, '定期')}{_to(whom)}支付{what}{rate}{until}"
    now = "当场" if term.when == "now" else ""
    return f"{who}{_by(term)}{_at(term)}{now}{_to(whom)}支付{what}{_sum_words(term)}{_interest(term)}"


def _sum_words(term: Term) -> str:
    return money_words(term.amount) if term.amount is not None else ""


def _stated(term: Term) -> str:
    total = sum_of(term)
    return f"，合计{money_words(total)}{_interest(term)}" if total is not None else ""


def _interest(term: Term) -> str:
    return f"，并按年利率{percent(term.rate)}支付利息" if term.rate else ""


def percent(rate: Decimal) -> str:
    """``Decimal("3.450")`` -> ``3.45%``."""
    text = f"{rate:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def _parts_words(term: Term) -> str:
    parts = parts_of(term)
    if not parts:
        return ""
    if term.plan or len(parts) <= 3:
        listed = "；".join(
            f"{chinese_day(part.due_on)}前支付{in_figures(part.amount or Decimal(0))}元" for part in parts
        )
        return f"，共{len(parts)}期（各期限均含当日）：{listed}"
    first, last = parts[0], parts[-1]
    rest = f"，最后一期{in_figures(last.amount or Decimal(0))}元" if last.amount != first.amount else ""
    return (
        f"，自{chinese_day(first.due_on)}起{_EVERY.get(term.interval, '每月')}支付一期，每期{in_figures(first.amount or Decimal(0))}元，"
        f"共{len(parts)}期{rest}，至{chinese_day(last.due_on)}付清（各期限均含当日）"
    )


def _hand_over(term: Term, who: str, whom: str) -> str:
    return f"{who}{_by(term)}{_at(term)}{_to(whom)}交付{term.what}"


def _do(term: Term, who: str, whom: str) -> str:
    for_whom = f"（权利人：{whom}）" if whom else ""
    return f"{who}{_by(term) or _turns(term)}{_at(term)}{term.what}{for_whom}"


def _turns(term: Term) -> str:
    if term.when != "periodic" or term.due_on is None:
        return ""
    until = f"至{chinese_day(term.until)}止" if term.until else ""
    return f"自{chinese_day(term.due_on)}起{until}{_EVERY.get(term.interval, '定期')}"


def _refrain(term: Term, who: str, whom: str) -> str:
    until = f"在{chinese_day(term.until)}前" if term.until else "自本协议生效之日起"
    for_whom = f"（权利人：{whom}）" if whom else ""
    return f"{who}{until}不得{term.what.removeprefix('不得').removeprefix('不再')}{for_whom}"


def _repair(term: Term, who: str, whom: str) -> str:
    return (
        f"{who}{_by(term)}{_at(term)}为{whom}修复{term.what}" if whom else f"{who}{_by(term)}{_at(term)}修复{term.what}"
    )


def _apologise(term: Term, who: str, whom: str) -> str:
    return f"{who}{_by(term)}{_at(term)}{_to(whom)}赔礼道歉{f'（{term.what}）' if term.what else ''}"


def _vacate(term: Term, who: str, whom: str) -> str:
    return f"{who}{_by(term)}搬离{term.what}{f'并{_to(whom)}交还' if whom else ''}"


def _transfer_title(term: Term, who: str, whom: str) -> str:
    return f"{who}{_by(term)}协助{whom}办理{term.what}的权属转移登记，将该财产登记至{whom or '权利人'}名下"


def _property_right(term: Term, _who: str, whom: str) -> str:
    return f"{term.what}归{whom}所有" if whom else term.what


def _status(term: Term, who: str, whom: str) -> str:
    child = f"（{chinese_day(term.born_on)}出生）" if term.born_on else ""
    if term.status == "custody" and who:
        return f"{term.what or '子女'}{child}由{who}直接抚养"
    if term.status == "visits" and who:
        helped = f"，{whom}予以协助" if whom else ""
        return f"{who}探望子女{child}：{term.what}{helped}"
    return term.what


def _other(term: Term, who: str, whom: str) -> str:
    return f"{who}{_by(term)}{_to(whom)}{term.what}" if term.debtor and term.what else term.what


_DUTIES = {
    "pay": _pay, "hand_over": _hand_over, "do": _do, "refrain": _refrain, "repair": _repair, "apologise": _apologise,
    "vacate": _vacate, "transfer_title": _transfer_title, "property_right": _property_right, "status": _status,
}  # fmt: skip


def _paid_how(term: Term) -> str:
    if term.kind != "pay" or term.how not in HOWS:
        return ""
    account = f"，收款账户：{term.account}" if term.account else ""
    return f"以{HOWS[term.how]}方式支付{account}" if term.how != "act" else ""


def _otherwise(term: Term) -> str:
    late = (
        f"逾期未付的，就未付部分按年利率{percent(term.late_rate)}支付逾期利息，自逾期之日起计算至付清之日止"
        if term.late_rate
        else ""
    )
    return "；".join(filter(None, (late, term.penalty)))


def _closed(text: str) -> str:
    return text if not text or text.endswith(("。", "！", "？")) else f"{text.rstrip('；;，, ')}。"


# --- manner, time and place of the whole ---------------------------------------------------------------------------------


def performance(terms: Sequence[Term]) -> dict[str, str]:
    """Manner, time and place of performance as 人民调解法 29 wants them beside the content."""
    owed = [term for term in terms if term.kind in PERFORMED]
    manners = dict.fromkeys(HOWS.get(term.how, "实际履行") if term.kind == "pay" else "实际履行" for term in owed)
    days = [part.due_on for term in owed for part in parts_of(term)]
    places = dict.fromkeys(term.place for term in owed if term.place)
    told = {
        "manner": "、".join(manners) or "按协议内容履行",
        "time": "；".join(_times(terms, days)),
        "place": "；".join(places),
    }
    return {key: text for key, text in told.items() if text}


def _times(terms: Sequence[Term], days: Sequence[date]) -> Iterator[str]:
    if any(term.when == "now" for term in terms):
        yield "约定当场履行的，于签订本协议时履行完毕"
    if days:
        first, last = min(days), max(days)
        begin = "" if first == last else f"自{chinese_day(first)}起按约定的期限履行，"
        yield f"{begin}{chinese_day(last)}前履行完毕"
    if any(term.when == "standing" or term.kind in ("refrain", "status") for term in terms):
        yield "约定持续履行的，自本协议生效之日起履行"
    if not days and not any(term.when in ("now", "standing") or term.kind in ("refrain", "status") for term in terms):
        yield "按协议内容履行"
