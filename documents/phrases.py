"""How Chinese official papers write days, moments, sums, numbers and lists: the filters that layouts use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from documents.amounts import in_figures, in_words
from documents.rules import labels

NUMERALS = "〇一二三四五六七八九"
BLANK_DAY = "　　　　年　　月　　日"


def day(iso: str | None) -> str:
    """``2026-11-21`` -> ``2026年11月21日``; nothing -> room to write it by hand."""
    if iso is None:
        return BLANK_DAY
    found = date.fromisoformat(iso)
    return f"{found.year}年{found.month}月{found.day}日"


def moment(iso: str) -> str:
    """``2026-11-21T09:30`` -> ``2026年11月21日9时30分``."""
    found = datetime.fromisoformat(iso)
    return f"{day(iso[:10])}{found.hour}时{found.minute:02d}分"


def weekday(iso: str) -> str:
    """``2026-11-21…`` -> ``星期六``."""
    return "星期" + "一二三四五六日"[date.fromisoformat(iso[:10]).weekday()]


def span(meeting: Mapping[str, Any]) -> str:
    """Beginning and end of a meeting; the day of the end is left out when it is the same."""
    start, end = meeting["starts_at"], meeting["ends_at"]
    if end is None:
        return moment(start)
    ending = moment(end) if end[:10] != start[:10] else moment(end).split("日", 1)[1]
    return f"{moment(start)}至{ending}"


def figures(amount: str) -> str:
    """``12000.00`` -> ``12,000.00``."""
    return in_figures(Decimal(amount))


def words(amount: str) -> str:
    """``12000.00`` -> ``壹万贰仟元整``."""
    return in_words(Decimal(amount))


def money(amount: str) -> str:
    """``12000.00`` -> ``人民币壹万贰仟元整（¥12,000.00）``."""
    return f"人民币{words(amount)}（¥{figures(amount)}）"


def numeral(number: int) -> str:
    """1 -> 一, 12 -> 十二, 99 -> 九十九 (1 to 99; larger ones stay figures)."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else NUMERALS[tens] + "十") + (NUMERALS[ones] if ones else "")


def listed(items: Iterable[str]) -> str:
    """``[甲, 乙]`` -> ``甲、乙``."""
    return "、".join(items)


def paragraphs(text: str | None) -> list[str]:
    """The lines of a text, each to be set as a paragraph."""
    return text.split("\n") if text else []


def closed(text: str) -> str:
    """The text with a full stop, unless it ends with a mark already."""
    return text if text[-1:] in "。！？；：…”’）" else text + "。"


def total(items: Iterable[Mapping[str, Any]]) -> str:
    """The sum of the amounts of a list, as ``12000.00``."""
    return str(sum((Decimal(item["amount"]) for item in items if item["amount"]), Decimal("0.00")))


def outstanding(items: Iterable[Mapping[str, Any]]) -> str:
    """What is due less what was paid, over a list."""
    rests = (Decimal(item["amount"]) - Decimal(item["paid"] or 0) for item in items if item["amount"])
    return str(sum(rests, Decimal("0.00")))


def party_name(name_or_label: str, parties: list[Mapping[str, Any]]) -> str:
    """``甲方`` -> ``甲方 张三``: who pays must be clear wherever a line is read alone; a name stays as it is."""
    for label, party in zip(labels(parties), parties, strict=True):
        if name_or_label == label:
            return f"{label} {party['name']}"
    return name_or_label


Hand = tuple[str, str]  # who signs, and how
BY_HAND = "签名、盖章或者按指印"


def party_hands(parties: list[Mapping[str, Any]], called: str | None = None) -> list[Hand]:
    """Who signs for the parties, in order: each party, or its guardian beside it, then representatives and agents."""
    names = [called] * len(parties) if called else labels(parties)
    return [hand for label, party in zip(names, parties, strict=True) for hand in _hands_of(label, party)]


def _hands_of(label: str, party: Mapping[str, Any]) -> list[Hand]:
    name = party["name"]
    if party["kind"] == "organisation":
        hands = [(f"{label} {name}", "盖章，法定代表人或者代理人签名")]
    else:
        hands = [(f"{label} {name}", BY_HAND)]
    if party["guardian"]:
        hands.append((f"法定代理人 {party['guardian']['name']}", f"代{name}签名或者按指印"))
    hands += [(f"代表人 {one}", "签名或者按指印") for one in party["representatives"]]
    hands += [(f"委托代理人 {agent['name']}", f"代{name}签名") for agent in party["agents"]]
    return hands


def hands(people: Iterable[Any], called: str, how: str = "签名") -> list[Hand]:
    """Who else signs: ``mediators|hands("人民调解员")``; takes persons, names, or one name that may be absent."""
    if people is None or isinstance(people, str):
        return [(f"{called} {people or ''}".strip(), how)]
    return [(f"{called} {one if isinstance(one, str) else one['name']}", how) for one in people]


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "weekday": weekday,
    "span": span,
    "figures": figures,
    "words": words,
    "money": money,
    "numeral": numeral,
    "listed": listed,
    "paragraphs": paragraphs,
    "closed": closed,
    "total": total,
    "outstanding": outstanding,
    "party_name": party_name,
    "labels": labels,
    "party_hands": party_hands,
    "hands": hands,
}
