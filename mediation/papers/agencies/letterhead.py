"""What the letters of agencies have in common: who writes, to whom, about which case."""

from __future__ import annotations

from typing import Any

from mediation.extensions import db
from mediation.models import Agency, Case, User
from mediation.papers.pieces import agency_facts, full, today
from mediation.papers.told import Told


def letter(case: Case, sender: Agency | None = None) -> dict[str, Any]:
    """What a letter begins with: the sender, the day, what it is about. Its number is given when it is issued."""
    return {
        "body": agency_facts(sender or case.agency),
        "number": case.display_number,
        "date": today(),
        "case_code": case.code,
        "matter": case.title[:120],
    }


def without(facts: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in keys}


def name_of(step: Told, otherwise: str) -> str:
    user = db.session.get(User, step.task.done_by_id) if step.task and step.task.done_by_id else None
    return user.name if user else otherwise


def phone(agency: Agency | None) -> dict[str, Any]:
    return full({"phone": agency.phone}) if agency else {}
