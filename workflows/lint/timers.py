"""Timers and due dates: plain texts must be ISO, and every kind of timer its own kind of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from workflows.diagram import Element, EventDefinition, ProcessModel
from workflows.lint.release import at
from workflows.model import Problem

WORDS = {"date": "date or date and time", "duration": "duration", "cycle": "repetition"}
EXAMPLES = {"date": "2026-12-01 (or =working_days(3))", "duration": "P7D", "cycle": "R3/P1D"}
_DAYS = r"(?=\d|T)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
_MONTHS = r"(?=\d)(\d+Y)?(\d+M)?"
_DURATION = re.compile(rf"P({_DAYS}|{_MONTHS})")
_CYCLE = re.compile(r"R(\d*)/(?:([^/]+)/)?(P[^/]+)")
_ZERO = re.compile(r"[^1-9]*")


def check_timer(process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    """Findings about one timer; what an expression gives is judged with the other expressions."""
    text = event.expression.strip()
    if not event.timer or not text:
        yield at(process, element, "timer-missing")
        return
    if event.timer == "cycle" and (element.kind != "boundaryEvent" or element.interrupting):
        yield at(process, element, "timer-cycle")
    if not text.startswith("=") and not is_timer_text(text, event.timer):
        kind, example = WORDS[event.timer], EXAMPLES[event.timer]
        yield at(process, element, "timer-text", text=text, kind=kind, example=example)


def is_timer_text(text: str, timer: str) -> bool:
    """Whether a plain text is what a timer of that kind (date, duration, cycle) holds."""
    if timer == "duration":
        return is_duration(text)
    if timer == "date":
        return is_date(text)
    found = _CYCLE.fullmatch(text)
    if found is None:
        return False
    return found[1] != "0" and is_duration(found[3]) and (not found[2] or is_date(found[2]))


def is_duration(text: str) -> bool:
    """An ISO duration longer than nothing, in days and smaller or in years and months (FEEL knows no weeks)."""
    return bool(_DURATION.fullmatch(text)) and not _ZERO.fullmatch(text)


def is_date(text: str) -> bool:
    """An ISO date, or date and time."""
    try:
        datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return False
    return bool(re.match(r"\d{4}-\d\d-\d\d", text))


def is_due_date(text: str) -> bool:
    """What may stand as a plain due date: a date, a date and time or a duration."""
    return is_date(text) or is_duration(text)
