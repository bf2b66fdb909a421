"""Rules of law that the house applies only once an administrator has confirmed their text: switches, off at first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import has_app_context

from mediation import clock, journal
from mediation.extensions import db
from mediation.models import HouseRule, User

FILE = Path(__file__).with_name("house_rules.json")


@dataclass(frozen=True)
class RuleText:
    """What a switch stands for: its name, what it changes and where it comes from, in both languages."""

    key: str
    name: str
    name_en: str
    text: str
    text_en: str
    source: str
    source_en: str


@lru_cache(maxsize=1)
def known_rules() -> Mapping[str, RuleText]:
    """Every switch that the program knows, in the order of the file."""
    return {key: RuleText(key=key, **words) for key, words in json.loads(FILE.read_text("utf-8")).items()}


def in_force(key: str) -> bool:
    """Whether an administrator has confirmed the rule and put it in force. Raises LookupError for an unknown key."""
    if key not in known_rules():
        raise LookupError(f"no house rule is called {key!r}")
    row = db.session.get(HouseRule, key) if has_app_context() else None
    return row is not None and row.in_force


def confirm(key: str, source: str, *, by: User) -> HouseRule:
    """Put a rule in force: `source` is the article as the administrator read it."""
    row = db.session.get(HouseRule, key) or HouseRule(key=key)
    row.in_force, row.source = True, source
    row.confirmed_by, row.confirmed_at = by, clock.now()
    db.session.add(row)
    journal.record("house-rule-confirmed", by=by, subject=key, details={"source": source})
    return row


def suspend(key: str, *, by: User) -> None:
    """Put a rule out of force; who confirmed it and when stays readable."""
    row = db.session.get(HouseRule, key)
    if row is None or not row.in_force:
        return
    row.in_force = False
    journal.record("house-rule-suspended", by=by, subject=key)
