"""Could a court enforce this? Each term, the agreement as a whole and everybody who makes it are held against rules.

The rules are data (`rules.json`): key, severity, law, scope, a FEEL condition over the facts below, and a sentence that says
what to do. Red ones stop the paper unless a reason is written; yellow ones are to be thought about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from documents.agreement.calculators import ADULT_AT, eighteenth
from documents.agreement.terms import PERFORMED, Term, obstacle, parts_of, plan_of, sum_of, total_of
from workflows.feel import FeelError, evaluate

FILE = Path(__file__).with_name("rules.json")
SCOPES = ("agreement", "term", "party", "member")
# Names of members that one finding lists; of more it says how many.
MOST_NAMES = 5
_FIGURES = set("0123456789０１２３４５６７８９%％") | set("一二三四五六七八九十百千万倍")


@dataclass(frozen=True)
class Rule:
    """One rule. `words` betray it in a text: those found are the list `words` in its condition and its sentences.

    `tell` are FEEL expressions for further places in the sentences: `{"sum": "term.planned"}` fills `{sum}`.
    """

    key: str
    severity: str
    scope: str
    law: Mapping[str, str]
    condition: str
    say: Mapping[str, str]
    words: tuple[str, ...] = ()
    tell: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What a rule found. `place` is where: terms.0, parties.<key>, members, or empty for the agreement as a whole."""

    rule: str
    severity: str
    place: str
    law: Mapping[str, str]
    say: Mapping[str, str]

    @property
    def red(self) -> bool:
        return self.severity == "red"

    @property
    def term(self) -> int | None:
        """The number of the term, counted from 0; None for the others."""
        part, _, number = self.place.partition(".")
        return int(number) if part == "terms" else None


@dataclass(frozen=True)
class Side:
    """A party as the checker sees it. `age` in full years; `authority` is what an agent's letter says."""

    key: str
    name: str
    kind: str = "person"
    side: str = "applicant"
    age: int | None = None
    guardian: str = ""
    agent: bool = False
    authority: str = ""
    represented: bool = True
    identified: bool = True
    consent: str = "agree"


@dataclass(frozen=True)
class Member:
    """One of a group: whether this person has agreed (民事诉讼法 56: only who consents is bound)."""

    name: str
    consent: str = "open"


@dataclass(frozen=True)
class Draft:
    """An agreement before it is signed. `dispute` is the two-level code of the matter, `cap` four times the LPR in percent."""

    terms: tuple[Term, ...]
    parties: tuple[Side, ...]
    today: date
    members: tuple[Member, ...] = ()
    facts: str = ""
    issues: str = ""
    responsibility: str = ""
    default_clause: str = ""
    dispute: str = ""
    court: bool = False
    claim: Decimal | None = None
    happened_on: date | None = None
    cap: Decimal | None = None


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule in the order of the file."""
    return tuple(Rule(**{**row, "words": tuple(row.get("words", ()))}) for row in json.loads(FILE.read_text("utf-8")))


def check(draft: Draft, among: Sequence[Rule] | None = None) -> list[Finding]:
    """What the rules find, red before yellow, in the order of the terms. A condition that has no answer finds nothing."""
    facts = _agreement(draft)
    found = [
        finding for rule in (rules() if among is None else among) for finding in _SCOPES[rule.scope](rule, draft, facts)
    ]
    return sorted(found, key=lambda one: (not one.red, one.term if one.term is not None else -1))


def condition_problems(among: Sequence[Rule] | None = None) -> list[str]:
    """Rules whose condition or places cannot be worked out on an empty draft: for a test, and for whoever edits them."""
    bare = Draft((Term(),), (Side("1", "甲"),), date(2026, 1, 1), members=(Member("乙"),))
    wrong = []
    for rule in rules() if among is None else among:
        for text in (rule.condition, *rule.tell.values()):
            try:
                for names in _SCOPE_FACTS[rule.scope](bare, _agreement(bare)):
                    evaluate(text, {**names, "words": []})
            except FeelError as error:
                wrong.append(f"{rule.key}: {error}")
    return wrong


# --- the scopes -----------------------------------------------------------------------------------------------------------


def _on_terms(rule: Rule, draft: Draft, facts: Mapping[str, Any]) -> Iterator[Finding]:
    for number, names in enumerate(_term_names(draft, facts)):
        yield from _judge(rule, names, names["term"]["says"], f"terms.{number}")


def _on_agreement(rule: Rule, _draft: Draft, facts: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _judge(rule, {"agreement": facts}, facts["says"], "")


def _on_parties(rule: Rule, draft: Draft, facts: Mapping[str, Any]) -> Iterator[Finding]:
    for side, names in zip(draft.parties, _party_names(draft, facts), strict=True):
        yield from _judge(rule, names, side.authority, f"parties.{side.key}")


def _on_members(rule: Rule, draft: Draft, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """One finding for all members concerned, not one for each of two hundred."""
    caught = [
        one.name for one, names in zip(draft.members, _member_names(draft, facts), strict=True)
        if _true(rule.condition, {**names, "words": []})
    ]  # fmt: skip
    if caught:
        listed = "、".join(caught[:MOST_NAMES]) + (f" … ({len(caught)})" if len(caught) > MOST_NAMES else "")
        yield Finding(rule.key, rule.severity, "members", rule.law, _said(rule, {"names": listed}))


_SCOPES = {"term": _on_terms, "agreement": _on_agreement, "party": _on_parties, "member": _on_members}


def _judge(rule: Rule, names: Mapping[str, Any], says: str, place: str) -> Iterator[Finding]:
    words = _found(rule.words, says)
    known = {**names, "words": words}
    if (rule.words and not words) or not _true(rule.condition, known):
        return
    told = {key: _shown(evaluate(text, known)) for key, text in rule.tell.items()}
    yield Finding(rule.key, rule.severity, place, rule.law, _said(rule, {**told, "words": "、".join(words)}))


def _found(words: Sequence[str], text: str) -> list[str]:
    """The words that stand in a text; of two the longer one, if it holds the other."""
    found = [word for word in words if word in text]
    return [word for word in found if not any(word != other and word in other for other in found)]


def _true(condition: str, names: Mapping[str, Any]) -> bool:
    try:
        return evaluate(condition, names) is True
    except FeelError:
        return False


def _said(rule: Rule, told: Mapping[str, str]) -> dict[str, str]:
    return {language: text.format_map(_Places(told)) for language, text in rule.say.items()}


class _Places(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _shown(value: Any) -> str:
    if value is None:
        return "…"
    return f"{value:,.2f}".removesuffix(".00") if isinstance(value, Decimal | int) else str(value)


# --- the facts that conditions read ----------------------------------------------------------------------------------------


def _agreement(draft: Draft) -> dict[str, Any]:
    """`agreement`: the whole in words and numbers."""
    terms = draft.terms
    kinds = [term.kind for term in terms]
    texts = [draft.default_clause, *(_words_of(term) for term in terms)]
    return {
        "today": draft.today, "says": "\n".join(texts), "dispute": draft.dispute, "labour": draft.dispute.startswith("07"),
        "injury": draft.dispute in ("0302", "0501", "0502", "0503"), "court": draft.court, "claim": draft.claim,
        "total": total_of(terms), "kinds": kinds, "statuses": [term.status for term in terms if term.kind == "status"],
        "purposes": [term.purpose for term in terms if term.kind == "pay"], "terms": len(terms),
        "owed": sum(1 for kind in kinds if kind in PERFORMED or kind in ("refrain", "status", "property_right")),
        "default": draft.default_clause, "default_figure": _has_figure(draft.default_clause),
        "responsibility": draft.responsibility, "years": _years(draft.happened_on, draft.today), "cap": draft.cap,
        "members": len(draft.members),
    }  # fmt: skip


def _term_names(draft: Draft, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    sides = {side.key: side for side in draft.parties}
    for term in draft.terms:
        yield {"agreement": facts, "term": _term(term, sides, draft.today)}


def _term(term: Term, sides: Mapping[str, Side], today: date) -> dict[str, Any]:
    """`term`: its parts, and what follows from them."""
    parts, who, whom = parts_of(term), sides.get(term.debtor), sides.get(term.creditor)
    planned = [part.amount for part in parts if part.amount is not None]
    rates = [rate for rate in (term.rate, term.late_rate) if rate is not None]
    return {
        "kind": term.kind, "status": term.status, "purpose": term.purpose, "when": term.when,
        "who": who.name if who else None, "whom": whom.name if whom else None,
        "self": bool(term.debtor) and term.debtor == term.creditor,
        "ward": who is not None and who.age is not None and who.age < ADULT_AT,
        "what": term.what, "text": term.text, "amount": term.amount, "sum": sum_of(term), "standard": term.standard,
        "planned": sum(planned, Decimal(0)) if planned else None, "least": min(planned, default=None),
        "parts": len(parts), "unread": len(plan_of(term)[1]), "plan": bool(term.plan), "count": term.count,
        "first": parts[0].due_on if parts else term.due_on, "last": parts[-1].due_on if parts else term.due_on,
        "months": _months(parts[0].due_on, parts[-1].due_on) if parts else 0,
        "ahead": _years(today, parts[-1].due_on) if parts else None,
        "due_on": term.due_on, "until": term.until, "interval": term.interval, "how": term.how, "account": bool(term.account),
        "place": term.place, "rate": term.rate, "late_rate": term.late_rate, "interest": sum(rates, Decimal(0)) if rates else None,
        "born_on": term.born_on, "adult_on": eighteenth(term.born_on) if term.born_on else None, "penalty": term.penalty,
        "penalty_figure": _has_figure(term.penalty) or term.late_rate is not None, "says": _words_of(term),
        "barred": obstacle(term), "performed": term.kind in PERFORMED,
    }  # fmt: skip


def _party_names(draft: Draft, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    names = {side.name for side in draft.parties}
    for side in draft.parties:
        named = any(side.key in (term.debtor, term.creditor) for term in draft.terms)
        yield {"agreement": facts, "party": {
            "name": side.name, "kind": side.kind, "side": side.side, "age": side.age,
            "minor": side.age is not None and side.age < ADULT_AT, "guardian": bool(side.guardian),
            "guardian_is_party": bool(side.guardian) and side.guardian in names - {side.name},
            "agent": side.agent, "authority": side.authority, "represented": side.represented,
            "identified": side.identified, "consent": side.consent, "named": named,
        }}  # fmt: skip


def _member_names(draft: Draft, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for member in draft.members:
        yield {"agreement": facts, "member": {"name": member.name, "consent": member.consent}}


def _agreement_names(_draft: Draft, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"agreement": facts}


_SCOPE_FACTS = {
    "term": _term_names, "agreement": _agreement_names, "party": _party_names, "member": _member_names,
}  # fmt: skip


def _words_of(term: Term) -> str:
    return "\n".join(filter(None, (term.what, term.text, term.penalty, term.place, term.plan)))


def _has_figure(text: str) -> bool:
    return any(letter in _FIGURES for letter in text)


def _years(begin: date | None, end: date | None) -> int | None:
    """Full years between two days."""
    if begin is None or end is None:
        return None
    return end.year - begin.year - ((end.month, end.day) < (begin.month, begin.day))


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
