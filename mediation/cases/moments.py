"""Days and times as forms give them, papers print them, and tables keep them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mediation import clock
from mediation.cases import facts


def moment_of(day: Any) -> datetime:
    """A day as a moment: today is now, another day its beginning here."""
    known = facts.day(day)
    return clock.now() if known is None or known == clock.today() else clock.start_of(known)


def as_moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=clock.SHANGHAI)
    return from_wall(value) or clock.now()


def wall_time(value: Any) -> str | None:
    """2026-11-21T09:30 as people read it off the wall; how papers take a moment."""
    return clock.local(as_moment(value)).strftime("%Y-%m-%dT%H:%M") if value else None


def from_wall(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)).replace(tzinfo=clock.SHANGHAI) if text else None
