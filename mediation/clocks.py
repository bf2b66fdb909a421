"""The clocks of the release's table (decisions/clocks.dmn), and those of them that run for a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from mediation import clock, deadlines
from mediation.extensions import db
from mediation.models import Case, Deadline
from mediation.releases import definition_of
from workflows import decision
from workflows.compile import Definition


@dataclass(frozen=True)
class ClockRule:
    """A row of the table of clocks as the release defines it; `unit` is working, calendar, month or hour."""

    key: str
    name: str
    ground: str
    length: int
    unit: str
    shared: bool = True


def rule_in(definition: Definition, key: str) -> ClockRule:
    """The clock `key` of a release; LookupError when its table does not know it."""
    if "clocks" not in definition.decisions:
        raise LookupError("this release has no table of clocks")
    found = decision.decide(definition.decisions["clocks"], "clocks", {"clock": key}, now=clock.now())
    if not isinstance(found, Mapping):
        raise LookupError(f"no clock is called {key!r}")
    length, unit = int(found["value"]), str(found["unit"])
    if unit == "year":
        length, unit = length * 12, "month"
    return ClockRule(key, str(found["name"]), str(found["article"]), length, unit, bool(found.get("shared", True)))


def rule_of(case: Case, key: str) -> ClockRule:
    """The clock `key` of the case's release; LookupError when its table does not know it."""
    return rule_in(definition_of(case.release_hash), key)


def running(case: Case, key: str) -> Deadline | None:
    """The case's clock of that name that nobody has stopped, also when its time is over."""
    query = select(Deadline).where(Deadline.case_id == case.id, Deadline.clock == key, Deadline.stopped_at.is_(None))
    return db.session.scalar(query.order_by(Deadline.id.desc()).limit(1))


def due(case: Case, key: str) -> date | datetime | None:
    """The last day of the case's clock, or its moment when it counts hours; None when it does not run."""
    row = running(case, key)
    if row is None:
        return None
    return clock.local(row.due_at) if _ends_within_a_day(row.due_at) else clock.day_of_deadline(row.due_at)


def left(case: Case, key: str) -> int | None:
    """Days that are left of the case's clock, today not counted: working days where its row counts those.

    Negative when the time is over; None when it does not run.
    """
    row = running(case, key)
    if row is None:
        return None
    day, today = clock.day_of_deadline(row.due_at), clock.today()
    if rule_of(case, key).unit == "working":
        return deadlines.working_days_between(today, day)
    return (day - today).days


def last_day(rule: ClockRule, start: date) -> date:
    """The last day of a period by the rule that begins on `start` (民法典 201-203)."""
    return deadlines.count(start, rule.length, rule.unit).last_day


def _ends_within_a_day(moment: datetime) -> bool:
    return clock.local(moment).timetz().replace(tzinfo=None).isoformat() != "00:00:00"
