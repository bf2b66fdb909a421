"""What expressions in flows, tables and forms may call beside FEEL's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from mediation import clock, clocks, house_rules
from mediation.deadlines import calendar_days_after, is_working_day, months_after, working_days_after
from mediation.models import Case
from mediation.neighbours import agency_for
from mediation.releases import current_release_hash, definition_of


def feel_functions(case: Case | None = None) -> dict[str, Callable[..., Any]]:
    """The functions by name; dates in, dates out, counted from today where no start is given.

    Those of a case's own clocks and agencies know nothing (null) where there is no case yet.
    """
    return {
        "working_days": lambda days: working_days_after(clock.today(), int(days)).last_day,
        "calendar_days": lambda days: calendar_days_after(clock.today(), int(days)).last_day,
        "months": lambda months: months_after(clock.today(), int(months)).last_day,
        "working_days_after": lambda start, days: working_days_after(_date(start), int(days)).last_day,
        "calendar_days_after": lambda start, days: calendar_days_after(_date(start), int(days)).last_day,
        "months_after": lambda start, months: months_after(_date(start), int(months)).last_day,
        "is_working_day": lambda day: is_working_day(_date(day)),
        "clock": lambda name: _by_rule(case, name, clock.now()),
        "clock_after": lambda name, start: _by_rule(case, name, start),
        "clock_due": lambda name: clocks.due(case, name) if case else None,
        "clock_left": lambda name: clocks.left(case, name) if case else None,
        "rule": lambda key: house_rules.in_force(str(key)),
        "agency_for": lambda kind: agency_for(case, kind) if case else None,
    }


def _by_rule(case: Case | None, name: str, start: date | datetime) -> date | datetime:
    """The end of a period by a row of decisions/clocks.dmn, of the case's release or else of the current one."""
    release = case.release_hash if case else current_release_hash()
    return clocks.last_moment(clocks.rule_in(definition_of(release), name), start)


def _date(value: Any) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value
