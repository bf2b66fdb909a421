"""What expressions in flows, tables and forms may call beside FEEL's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from mediation import clock, clocks, house_rules
from mediation.deadlines import Period, Works, is_working_day, reckon
from mediation.models import Case
from mediation.neighbours import agency_for
from mediation.releases import current_release_hash, definition_of


def feel_functions(
    case: Case | None = None, *, at: datetime | None = None, works: Works = is_working_day
) -> dict[str, Callable[..., Any]]:
    """The functions by name; dates in, dates out, counted from today where no start is given.

    Those of a case's own clocks and agencies know nothing (null) where there is no case yet. `at` and `works` stand in
    for the moment and the calendar, to see what came out then, or would with another calendar.
    """
    return {
        **_counting(lambda: clock.local(at or clock.now()).date(), works),
        "is_working_day": lambda day: works(_date(day)),
        "clock": lambda name: _by_rule(case, name, at or clock.now(), works),
        "clock_after": lambda name, start: _by_rule(case, name, start, works),
        "clock_due": lambda name: clocks.due(case, name) if case else None,
        "clock_left": lambda name: clocks.left(case, name) if case else None,
        "rule": lambda key: house_rules.in_force(str(key)),
        "agency_for": lambda kind: agency_for(case, kind) if case else None,
    }


def _counting(today: Callable[[], date], works: Works) -> dict[str, Callable[..., date]]:
    """`working_days(n)` and `working_days_after(start, n)`, and the same for calendar days and months."""

    def after(unit: str) -> Callable[..., date]:
        return lambda start, length: reckon(Period(_date(start), int(length), unit), works).last_day

    units = {"working_days": "working", "calendar_days": "calendar", "months": "month"}
    found = {f"{name}_after": after(unit) for name, unit in units.items()}
    return found | {name: partial(_from_today, after(unit), today) for name, unit in units.items()}


def _from_today(after: Callable[..., date], today: Callable[[], date], length: Any) -> date:
    return after(today(), length)


def _by_rule(case: Case | None, name: str, start: date | datetime, works: Works) -> date | datetime:
    """The end of a period by a row of decisions/clocks.dmn, of the case's release or else of the current one."""
    release = case.release_hash if case else current_release_hash()
    return clocks.last_moment(clocks.rule_in(definition_of(release), name), start, works)


def _date(value: Any) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value
