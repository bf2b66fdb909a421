"""The agreement in plain words: who gives whom what, how much, when, how, and what if not. One point a term, no article of law.

The page for parties, the large-print paper and the voice that reads aloud all say the same points.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from documents.agreement.terms import Term, parts_of, percent, sentence, sum_of

FILE = Path(__file__).with_suffix(".json")
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
    say = _words(language)
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
    if isinstance(pattern, list):
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
        return [_ended(say["by"].format(day=_day(parts[0].due_on, say)), say)]
    if term.when == "periodic" or len(parts) > MOST_DAYS:
        first, last = _day(parts[0].due_on, say), _day(parts[-1].due_on, say)
        return [say["parts"].format(count=len(parts)), say["from_to"].format(first=first, last=last)]
    amounts = [(say["part_sum"].format(sum=yuan(part.amount)) if part.amount is not None else "") for part in parts]
    listed = [
        _ended(say["by"].format(day=_day(part.due_on, say)) + amount, say) for part, amount in zip(parts, amounts, strict=True)
    ]
    return [say["parts"].format(count=len(parts)), *listed]


def _day(day: date | None, say: Mapping[str, Any]) -> str:
    return say["day"].format(y=day.year, m=day.month, d=day.day) if day else ""


def _how(term: Term, say: Mapping[str, Any]) -> str:
    how = say["how"].get(term.how, "") if term.kind == "pay" else ""
    account = say["account"].format(account=term.account) if term.kind == "pay" and term.account else ""
    place = say["place"].format(place=term.place) if term.place else ""
    told = say["join"].join(filter(None, (how, account, place)))
    return _ended(told[:1].upper() + told[1:], say)


def _otherwise(term: Term, say: Mapping[str, Any]) -> str:
    late = say["late"].format(rate=percent(term.late_rate)) if term.late_rate else ""
    told = say["join"].join(filter(None, (late, term.penalty)))
    return _ended(say["otherwise"].format(told=told), say) if told else ""


def _ended(line: str, say: Mapping[str, Any]) -> str:
    """The line with its full stop; what somebody typed may bring its own."""
    return line if not line or line[-1] in "。．.！!？?" else line + str(say["stop"])


@cache
def _words(language: str) -> dict[str, Any]:
    """What is said, in one language; a pair is what is said with somebody opposite, and without."""
    return _spoken(json.loads(FILE.read_text("utf-8")), language if language == "en" else "zh")


def _spoken(words: Mapping[str, Any], language: str) -> Any:
    return words[language] if "zh" in words else {key: _spoken(inner, language) for key, inner in words.items()}
