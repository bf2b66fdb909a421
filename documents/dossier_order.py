"""The order of a dossier as data: which paper stands at which place, and which must not be missing (`dossier_order.json`).

Places 1 to 13 follow the list of contents that mediation committees use (人民调解法 27 asks for a dossier; its order is the
ministry's forms of 2010 and local indexes); conditions are FEEL over a few facts of the case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workflows.feel import evaluate

FILE = Path(__file__).with_name("dossier_order.json")
# What a condition may ask about a case, with the value of a case of which nothing is known.
FACTS: Mapping[str, Any] = {
    "accepted": False,  # whether mediation was taken up
    "closed": False,
    "agents": 0,  # parties with an agent
    "members": 0,  # people of a group for whom others speak
    "meetings": 0,  # held
    "agreement": "",  # written, oral, or empty: the agreement in force
    "confirmation": False,  # whether the court was asked to confirm it
}
ATTACHMENT = "attachment:"


@dataclass(frozen=True)
class Requirement:
    """One of `any_of` must be there when the condition holds; `issue` is the kind that the tables can make, or empty."""

    when: str
    any_of: tuple[str, ...]
    name: Mapping[str, str]
    issue: str = ""


@dataclass(frozen=True)
class Place:
    """One place in the order: the kinds of papers that stand there, in this order, then attachments by their purpose."""

    key: str
    name: Mapping[str, str]
    kinds: tuple[str, ...]
    required: tuple[Requirement, ...] = ()

    def rank(self, kind: str) -> int:
        """Where a kind stands within the place; what is not named comes last."""
        return self.kinds.index(kind) if kind in self.kinds else len(self.kinds)


@dataclass(frozen=True)
class Order:
    """All places, and the kinds that never enter: those that binding makes, and those about the dossier itself."""

    places: tuple[Place, ...]
    outside: frozenset[str]


@dataclass(frozen=True)
class Item:
    """Something that is there. `kind` of an attachment is `attachment:<purpose>`; `whole` is false while hands or seal are missing.

    `made` sorts items of one kind (an ISO moment). `replaced_by` is the key of what took the place of a signed paper: it
    stands right behind that one and fulfils no requirement.
    """

    key: str
    kind: str
    made: str
    whole: bool = True
    replaced_by: str = ""


@dataclass(frozen=True)
class Missing:
    """A requirement that nothing fulfils; `unsigned` when the paper is there and only hands or seal are missing."""

    requirement: Requirement
    place: int
    unsigned: bool

    def told(self, language: str) -> str:
        """The name of what is missing; for a paper without its hands it says so."""
        name = self.requirement.name[language]
        if not self.unsigned:
            return name
        return f"{name}（未签名盖章）" if language == "zh" else f"{name} (not signed or sealed)"


@dataclass(frozen=True)
class Filled:
    """A place with what stands there, in order; `number` counts from 1."""

    number: int
    place: Place
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Arranged:
    """What there is, in the order of the rules, and what is missing."""

    places: tuple[Filled, ...]
    missing: tuple[Missing, ...]


@lru_cache(maxsize=1)
def order() -> Order:
    """The order as it is shipped."""
    data = json.loads(FILE.read_text("utf-8"))
    return Order(tuple(_place(one) for one in data["places"]), frozenset(data["outside"]))


def _place(data: Mapping[str, Any]) -> Place:
    kinds = (*data["kinds"], *(f"{ATTACHMENT}{purpose}" for purpose in data.get("attachments", ())))
    return Place(data["key"], _named(data), kinds, tuple(_requirement(one) for one in data.get("required", ())))


def _requirement(data: Mapping[str, Any]) -> Requirement:
    return Requirement(data["when"], tuple(data["any_of"]), _named(data), data.get("issue", ""))


def _named(data: Mapping[str, Any]) -> dict[str, str]:
    return {"zh": data["zh"], "en": data["en"]}


def arrange(items: Iterable[Item], facts: Mapping[str, Any]) -> Arranged:
    """Put what there is in order and say what is missing. ``facts`` are those of FACTS; a kind that no place names is last."""
    there, known = [one for one in items if one.kind not in order().outside], {**FACTS, **facts}
    places = order().places
    at = {kind: number for number, place in enumerate(places) for kind in place.kinds}
    found: list[list[Item]] = [[] for _place in places]
    for item in there:
        found[at.get(item.kind, len(places) - 1)].append(item)
    filled = tuple(
        Filled(number, place, tuple(_in_order(place, own)))
        for number, (place, own) in enumerate(zip(places, found, strict=True), start=1)
    )
    return Arranged(filled, tuple(_missing(places, [one for one in there if not one.replaced_by], known)))


def _in_order(place: Place, items: list[Item]) -> list[Item]:
    """By kind and day; what was replaced stands behind its successor, the newest first."""
    by_key = {one.key: one for one in items}

    def position(item: Item) -> tuple[int, str, str, int]:
        last, steps = item, 0
        while last.replaced_by in by_key and steps < len(items):
            last, steps = by_key[last.replaced_by], steps + 1
        return place.rank(item.kind), last.made, last.key, steps

    return sorted(items, key=position)


def _missing(places: Iterable[Place], items: list[Item], facts: Mapping[str, Any]) -> Iterable[Missing]:
    for number, place in enumerate(places, start=1):
        for requirement in place.required:
            there = [item for item in items if item.kind in requirement.any_of]
            if not any(item.whole for item in there) and evaluate(requirement.when, facts) is True:
                yield Missing(requirement, number, bool(there))
