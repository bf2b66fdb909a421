"""What flows may do to the clocks of a case: start, stop, pause, resume, extend. Timers and tasks follow each change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from mediation import clock as time
from mediation import clocks, flow, journal
from mediation.case_view import current_agreement
from mediation.cases import clock_words
from mediation.clocks import Asked, ClockRefused
from mediation.effects import AnswersRefused, Occasion, effect
from mediation.models import Case, Deadline
from workflows.model import EngineError


@effect("start-clock", required=("clock",), days=None)
def _start_clock(occasion: Occasion, *, clock: str, days: Decimal | int | None = None) -> None:
    """Start a clock of the release's table; started again it is counted anew, and there is still one of it."""
    start_clock(occasion.case, clock, days=int(days) if days else None, task_id=_step(occasion))
    _changed(occasion, "clock-started", clock)


@effect("stop-clock", required=("clock",))
def _stop_clock(occasion: Occasion, *, clock: str) -> None:
    """Stop a clock; one that does not run stays as it is."""
    row = clocks.running(occasion.case, clock)
    if row is not None:
        clocks.stop(row, task_id=_step(occasion))
        _changed(occasion, "clock-stopped", row.clock)


@effect("pause-clock", required=("clock", "reason"), evidence=None)
def _pause_clock(occasion: Occasion, *, clock: str, reason: str, evidence: str | None = None) -> None:
    """Leave out the days from now on, such as those of an appraisal; one that pauses already goes on pausing."""
    row = _running(occasion, clock)
    if row.status == "paused":
        return
    rule = clocks.changes_of(occasion.case, row.clock)
    told = {"reason": str(reason), "evidence": str(evidence or "")}
    _try(occasion, lambda: clocks.pause(row, rule, **told, by=occasion.by, task_id=_step(occasion)))
    _changed(occasion, "clock-paused", row.clock, reason=reason)


@effect("resume-clock", required=("clock",), evidence=None)
def _resume_clock(occasion: Occasion, *, clock: str, evidence: str | None = None) -> None:
    """Count on; a clock that does not pause, or was stopped meanwhile, stays as it is."""
    row = clocks.running(occasion.case, clock)
    if row is not None and row.status == "paused":
        clocks.resume(row, evidence=str(evidence or ""), by=occasion.by, task_id=_step(occasion))
        _changed(occasion, "clock-resumed", row.clock)


@effect("extend-clock", required=("clock",), days=None, until=None, agreed=None, authority=None, reason=None)
def _extend_clock(
    occasion: Occasion,
    *,
    clock: str,
    days: Decimal | int | None = None,
    until: Any = None,
    agreed: Any = None,
    authority: str | None = None,
    reason: str | None = None,
) -> None:
    """Give more time as the table `clock_changes` allows: `days` in its unit or a last day `until`.

    `agreed` is how many sides agreed, or a list of their names; `authority` who approved it.
    """
    row = _running(occasion, clock)
    asked = Asked(int(days or 0), _day(until), _consents(agreed), str(authority or ""), str(reason or ""))
    rule = clocks.changes_of(occasion.case, row.clock)
    _try(occasion, lambda: clocks.extend(row, rule, asked, by=occasion.by, task_id=_step(occasion)))
    occasion.case.extensions += 1
    until_day = time.day_of_deadline(row.due_at)
    _changed(occasion, "deadline-moved", row.clock, until=str(until_day))


def start_clock(case: Case, name: str, *, days: int | None = None, task_id: str | None = None) -> Deadline:
    """The case's deadline by the clock `name`, counted from its day (民法典 201-203); `days` replaces its length."""
    try:
        return clocks.start(case, name, first_day(case, name), days=days, task_id=task_id)
    except LookupError as error:
        raise EngineError("unknown-clock", str(error)) from error


def first_day(case: Case, name: str) -> date:
    """The day of the event that starts the clock: for the court's confirmation the day the agreement took effect."""
    agreement = current_agreement(case.id) if name == "judicial-confirmation" else None
    if agreement is not None and agreement.effective_at is not None:
        return time.local(agreement.effective_at).date()
    return time.today()


def _step(occasion: Occasion) -> str | None:
    """The step because of which it happens, so that taking it back takes this back; None for a timer or a message."""
    return occasion.task.id if occasion.task else None


def _running(occasion: Occasion, name: str) -> Deadline:
    row = clocks.running(occasion.case, name)
    if row is None:
        raise _refusal(occasion, ClockRefused("none-runs", name))
    return row


def _try(occasion: Occasion, change: Any) -> None:
    try:
        change()
    except ClockRefused as refused:
        raise _refusal(occasion, refused) from refused


def _refusal(occasion: Occasion, refused: ClockRefused) -> Exception:
    """To the person whose step asks for it a sentence at the form; from a timer an incident that says the same."""
    if occasion.task is not None:
        return AnswersRefused({"": clock_words.refusal(refused, occasion.case.release_hash)})
    return EngineError(f"clock-{refused.code}", str(refused), occasion.element_id, occasion.process.key)


def _changed(occasion: Occasion, action: str, name: str, **details: Any) -> None:
    journal.record(action, case_id=occasion.case.id, by=occasion.by, actor="" if occasion.by else "flow",
                   subject=name, details=details)  # fmt: skip
    flow.follow_clocks(occasion.case, by=occasion.by)


def _day(value: Any) -> date | None:
    if isinstance(value, date) or value is None:
        return value
    return date.fromisoformat(str(value)[:10])


def _consents(agreed: Any) -> Sequence[Mapping[str, Any]]:
    """A number of sides or a list of their names, as entries with the day of today."""
    on = time.today().isoformat()
    if isinstance(agreed, list):
        return [{"name": str(one.get("name", "") if isinstance(one, Mapping) else one), "on": on} for one in agreed]
    return [{"name": "", "on": on}] * int(agreed or 0)
