"""The agreement in plain words: who gives whom what, how much, when, how, and what if not. One point a term, no article of law.

The page for parties, the large-print paper and the voice that reads aloud all say the same points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from documents.agreement.terms import Term, parts_of, percent, sentence, sum_of

# A list of days longer than this is told by its first, its rhythm and its last.
MOST_DAYS = 6


@dataclass(frozen=True)
class Point:
    """One term in plain words; empty parts are not said. `when` has one line for each day."""

    who: str
    amount: str
    when: tuple[str, ...]
    how: str
    otherwise: str
    more: str

    def lines(self) -> list[str]:
        """All of it, line by line, as it is read aloud."""
        return [line for line in (self.who, self.amount, *self.when, self.how, self.otherwise, self.more) if line]


def plain(term: Term, names: Mapping[str, str], language: str = "zh") -> Point:
    """A term in plain words, `zh` or `en`; names and what was typed stay in the language they were typed in."""
    say = _WORDS[language if language in _WORDS else "zh"]
    if not (term.debtor or term.what or term.purpose or term.status):
        return Point(sentence(term, names), "", (), "", "", "")
    who, whom = names.get(term.debtor, ""), names.get(term.creditor, "")
    told = {"who": who, "whom": whom, "what": term.what, "name": say["purposes"].get(term.purpose, term.what)}
    return Point(
        who=_who(term, say, told),
        amount=_amount(term, say),
        when=tuple(_when(term, say)),
        how=_how(term, say),
        otherwise=_otherwise(term, say),
        more=term.text,
    )


def facts(terms: Iterable[Term], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The points as the paper `plain_words` takes them, in Chinese: plain text, empty parts left out."""
    points = [plain(term, names) for term in terms]
    return [
        {key: text for key, text in {
            "who": point.who, "amount": point.amount, "when": "\n".join(point.when), "how": point.how,
            "otherwise": point.otherwise, "more": point.more,
        }.items() if text}
        for point in points
    ]  # fmt: skip


def yuan(amount: Decimal) -> str:
    """``Decimal("9000.00")`` -> ``9,000``; cents only where there are any."""
    return f"{amount:,.2f}".removesuffix(".00")


def _who(term: Term, say: Mapping[str, Any], told: Mapping[str, str]) -> str:
    if term.kind == "status" and not (term.status in ("custody", "visits") and term.debtor):
        return term.what
    pattern = say[f"who_{term.status}"] if term.kind == "status" else say["who"].get(term.kind, say["who"]["do"])
    if isinstance(pattern, tuple):
        pattern = pattern[0] if told["whom"] else pattern[1]
    return str(pattern).format(**told)


def _amount(term: Term, say: Mapping[str, Any]) -> str:
    if term.kind != "pay":
        return ""
    if term.when == "periodic":
        return (
            say["each"].format(every=say["every"].get(term.interval, ""), sum=yuan(term.amount))
            if term.amount is not None
            else ""
        )
    total = sum_of(term)
    return say["sum"].format(sum=yuan(total)) if total is not None else ""


def _when(term: Term, say: Mapping[str, Any]) -> list[str]:
    if term.when == "now":
        return [say["now"]]
    parts = parts_of(term)
    if term.kind in ("refrain", "status", "property_right") or term.when == "standing":
        return [say["until"].format(day=_day(term.until, say))] if term.until else [say["standing"]]
    if not parts:
        return []
    if len(parts) == 1:
        return [say["by"].format(day=_day(parts[0].due_on, say))]
    if term.when == "periodic" or len(parts) > MOST_DAYS:
        first, last = _day(parts[0].due_on, say), _day(parts[-1].due_on, say)
        return [say["parts"].format(count=len(parts)), say["from_to"].format(first=first, last=last)]
    amounts = [(say["part_sum"].format(sum=yuan(part.amount)) if part.amount is not None else "") for part in parts]
    listed = [
        say["by"].format(day=_day(part.due_on, say)) + amount for part, amount in zip(parts, amounts, strict=True)
    ]
    return [say["parts"].format(count=len(parts)), *listed]


def _day(day: date | None, say: Mapping[str, Any]) -> str:
    return say["day"].format(y=day.year, m=day.month, d=day.day) if day else ""


def _how(term: Term, say: Mapping[str, Any]) -> str:
    how = say["how"].get(term.how, "") if term.kind == "pay" else ""
    account = say["account"].format(account=term.account) if term.kind == "pay" and term.account else ""
    place = say["place"].format(place=term.place) if term.place else ""
    return say["join"].join(filter(None, (how, account, place)))


def _otherwise(term: Term, say: Mapping[str, Any]) -> str:
    late = say["late"].format(rate=percent(term.late_rate)) if term.late_rate else ""
    told = say["join"].join(filter(None, (late, term.penalty)))
    return say["otherwise"].format(told=told) if told else ""


_WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "who": {
            "pay": ("{who}给{whom}钱：{name}。", "{who}付钱：{name}。"),
            "hand_over": ("{who}把{what}交给{whom}。", "{who}交出{what}。"),
            "do": ("{who}要为{whom}做到：{what}。", "{who}要做到：{what}。"),
            "other": ("{who}和{whom}：{what}。", "{what}"),
            "refrain": "{who}不可以：{what}。",
            "repair": ("{who}给{whom}修好{what}。", "{who}修好{what}。"),
            "apologise": ("{who}向{whom}道歉。{what}", "{who}道歉。{what}"),
            "vacate": "{who}搬出{what}。",
            "transfer_title": "{who}和{whom}去办过户：{what}。",
            "property_right": ("{what}归{whom}。", "{what}"),
        },
        "who_custody": "孩子跟{who}一起生活。{what}",
        "who_visits": "{who}看孩子：{what}",
        "sum": "一共 {sum} 元。",
        "each": "{every}付 {sum} 元。",
        "part_sum": "，付 {sum} 元",
        "every": {"week": "每个星期", "month": "每个月", "quarter": "每三个月", "half_year": "每半年", "year": "每年"},
        "now": "签字时当场做完。",
        "by": "最晚 {day}",
        "until": "到 {day} 为止。",
        "standing": "从协议生效那天起，一直这样。",
        "parts": "分 {count} 次。",
        "from_to": "第一次 {first}，最后一次 {last}。",
        "day": "{y}年{m}月{d}日",
        "how": {"transfer": "转到银行账户", "cash": "给现金"},
        "account": "账户：{account}",
        "place": "地点：{place}",
        "join": "；",
        "late": "晚付要按每年 {rate} 加付利息",
        "otherwise": "如果没有做到：{told}",
        "purposes": {
            "compensation": "赔偿",
            "wages": "工资",
            "severance": "经济补偿",
            "work_injury": "工伤待遇",
            "loan": "还借款",
            "interest": "利息",
            "price": "货款",
            "construction": "工程款",
            "rent": "租金",
            "fee": "费用",
            "refund": "退款",
            "deposit": "定金",
            "penalty": "违约金",
            "support": "孩子的抚养费",
            "alimony": "扶养、赡养费",
            "share": "财产折价款",
        },
    },
    "en": {
        "who": {
            "pay": ("{who} pays {whom}: {name}.", "{who} pays: {name}."),
            "hand_over": ("{who} gives {whom}: {what}.", "{who} hands over: {what}."),
            "do": ("{who} does this for {whom}: {what}.", "{who} does this: {what}."),
            "other": ("{who} and {whom}: {what}.", "{what}"),
            "refrain": "{who} must not: {what}.",
            "repair": ("{who} repairs for {whom}: {what}.", "{who} repairs: {what}."),
            "apologise": ("{who} says sorry to {whom}. {what}", "{who} says sorry. {what}"),
            "vacate": "{who} moves out of: {what}.",
            "transfer_title": "{who} and {whom} have the ownership registered anew: {what}.",
            "property_right": ("{what} belongs to {whom}.", "{what}"),
        },
        "who_custody": "The child lives with {who}. {what}",
        "who_visits": "{who} sees the child: {what}",
        "sum": "In all {sum} yuan.",
        "each": "{sum} yuan {every}.",
        "part_sum": ": {sum} yuan",
        "every": {
            "week": "every week",
            "month": "every month",
            "quarter": "every three months",
            "half_year": "every half year",
            "year": "every year",
        },
        "now": "At once, when the agreement is signed.",
        "by": "At the latest on {day}",
        "until": "Until {day}.",
        "standing": "From the day the agreement takes effect, and always.",
        "parts": "In {count} parts.",
        "from_to": "The first on {first}, the last on {last}.",
        "day": "{y}-{m:02d}-{d:02d}",
        "how": {"transfer": "by bank transfer", "cash": "in cash"},
        "account": "account: {account}",
        "place": "place: {place}",
        "join": "; ",
        "late": "whoever pays late adds interest of {rate} a year",
        "otherwise": "If it is not done: {told}",
        "purposes": {
            "compensation": "compensation",
            "wages": "wages",
            "severance": "severance pay",
            "work_injury": "work injury benefits",
            "loan": "the loan back",
            "interest": "interest",
            "price": "the price of goods",
            "construction": "building work",
            "rent": "rent",
            "fee": "a fee",
            "refund": "a refund",
            "deposit": "a deposit",
            "penalty": "a penalty",
            "support": "child support",
            "alimony": "support",
            "share": "the share in the property",
        },
    },
}
