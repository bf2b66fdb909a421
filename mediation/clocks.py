"""The clocks of the release's tables (decisions/clocks.dmn), and those of them that run for a case.

A clock keeps what it was counted from; whatever happens to it, it is counted anew from there. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import selectinload

from mediation import clock, deadlines
from mediation.case_view import MEDIATION_CLOCKS
from mediation.deadlines import Counted, Extension, Pause, Period, Works
from mediation.extensions import db
from mediation.models import Case, Deadline, DeadlineExtension, DeadlinePause, Party, User, WarningTold
from mediation.releases import definition_of
from workflows import decision
from workflows.compile import Definition

# The name that means whichever of the clocks of mediation itself runs for the case.
MEDIATION = "mediation"
UNITS = {"working": "个工作日", "calendar": "日", "month": "个月", "hour": "小时"}


class ClockRefused(Exception):
    """What was asked of a clock is not allowed; `code` is a stable word, `clock` its name, `details` the rest."""

    def __init__(self, code: str, clock_name: str, **details: Any) -> None:
        super().__init__(f"{code}: {clock_name} {details or ''}".strip())
        self.code, self.clock, self.details = code, clock_name, details


@dataclass(frozen=True)
class ClockRule:
    """A row of the table of clocks as the release defines it; `unit` is working, calendar, month or hour."""

    key: str
    name: str
    ground: str
    length: int
    unit: str
    shared: bool = True
    source: str = ""
    verified: bool = True


@dataclass(frozen=True)
class ChangeRule:
    """Whether a clock may pause or be extended: a row of the table `clock_changes`, else neither.

    `consent` is none, one, both or authority; `longest` 0 means as long as was agreed or approved; `times` 0 means as
    often as one likes, -1 never. `closes` ("17:30") ends its last day early.
    """

    pausable: bool = False
    pause_ground: str = ""
    consent: str = "none"
    longest: int = 0
    unit: str = "calendar"
    times: int = -1
    closes: str = ""
    article: str = ""
    verified: bool = True


# --- the tables -------------------------------------------------------------------------------------------------------


def rule_in(definition: Definition, key: str) -> ClockRule:
    """The clock `key` of a release; LookupError when its table does not know it."""
    found = _row(definition, "clocks", key)
    if found is None:
        raise LookupError(f"no clock is called {key!r}")
    length, unit = int(found["value"]), str(found["unit"])
    if unit == "year":
        length, unit = length * 12, "month"
    return ClockRule(
        key, str(found["name"]), str(found["article"]), length, unit, bool(found.get("shared", True)),
        str(found.get("source") or ""), bool(found.get("verified", True)),
    )  # fmt: skip


def rule_of(case: Case, key: str) -> ClockRule:
    """The clock `key` of the case's release; LookupError when its table does not know it."""
    return rule_in(definition_of(case.release_hash), key)


def changes_of(case: Case, key: str) -> ChangeRule:
    """What may happen to a clock of the case while it runs."""
    found = _row(definition_of(case.release_hash), "clock_changes", key)
    if found is None:
        return ChangeRule()
    return ChangeRule(
        bool(found["pausable"]), str(found["pause_ground"]), str(found["consent"]), int(found["longest"]),
        str(found["unit"]), int(found["times"]), str(found["closes"]), str(found["article"]), bool(found["verified"]),
    )  # fmt: skip


def _row(definition: Definition, table: str, key: str) -> Mapping[str, Any] | None:
    decisions = definition.decisions.get(table)
    if decisions is None:
        return None
    found = decision.decide(decisions, table, {"clock": key}, now=clock.now())
    return found if isinstance(found, Mapping) else None


def last_moment(rule: ClockRule, start: date | datetime, works: Works | None = None) -> date | datetime:
    """The last day of a period by the rule that begins on `start` (民法典 201-203), the last moment where it counts hours."""
    counted = deadlines.reckon(Period(start, rule.length, rule.unit), works)
    return clock.local(counted.due_at) if rule.unit == "hour" else counted.last_day


# --- those of a case --------------------------------------------------------------------------------------------------


def running(case: Case, key: str) -> Deadline | None:
    """The case's clock of that name that nobody has stopped, also while it pauses or when its time is over."""
    keys = MEDIATION_CLOCKS if key == MEDIATION else (key,)
    query = select(Deadline).where(Deadline.case_id == case.id, Deadline.clock.in_(keys), Deadline.stopped_at.is_(None))
    return db.session.scalar(query.order_by(Deadline.id.desc()).limit(1))


def due(case: Case, key: str) -> date | datetime | None:
    """The last day of the case's clock, or its moment when it ends within a day; None while none runs or it pauses."""
    row = running(case, key)
    if row is None or row.status == "paused":
        return None
    moment = clock.local(row.due_at)
    return clock.day_of_deadline(row.due_at) if moment.time() == time() else moment


def left(case: Case, key: str) -> int | None:
    """Days that are left of the case's clock, today not counted: working days where its row counts those.

    Negative when the time is over; None while none runs. While it pauses, what is left stays as it was.
    """
    row = running(case, key)
    return None if row is None else days_left(row)


def days_left(row: Deadline) -> int:
    """Days left of one clock, as `left` counts them."""
    day, today = clock.day_of_deadline(row.due_at), clock.today()
    if row.status == "paused":
        today = min(today, deadlines.day_of(datetime.fromisoformat(row.reckoning["pauses"][-1]["begin"])))
    return deadlines.working_days_between(today, day) if row.unit == "working" else (day - today).days


# --- what happens to a clock ------------------------------------------------------------------------------------------


def start(case: Case, key: str, start_on: date, *, days: int | None = None, task_id: str | None = None) -> Deadline:
    """Start the case's clock on the day of the event; one that runs is counted anew. `days` replaces the row's length.
    `task_id` here and below is the step because of which it happens.

    Raises LookupError for a clock that the release does not know.
    """
    rule, changes = rule_of(case, key), changes_of(case, key)
    row = running(case, key) or Deadline(case_id=case.id, clock=key, task_id=task_id)
    row.name, row.ground, row.shared = rule.name, rule.ground[:200], rule.shared
    row.source, row.verified = rule.source[:200], rule.verified
    row.started_on, row.started_at = start_on, clock.now() if rule.unit == "hour" else None
    row.length, row.unit, row.closes = days or rule.length, "calendar" if days else rule.unit, changes.closes
    for known in list(row.extensions):
        known.withdrawn_at = known.withdrawn_at or clock.now()
    for pause in list(row.pauses):
        db.session.delete(pause)
    row.pauses, row.status = [], "running"
    count_anew(row)
    db.session.add(row)
    db.session.flush()
    return row


def stop(row: Deadline, *, task_id: str | None = None) -> None:
    """The clock has done its service; whether in time stays readable."""
    for pause in row.pauses:
        if pause.ended_at is None:
            pause.ended_at, pause.end_task_id = clock.now(), task_id
    if row.status == "paused":
        count_anew(row)
    row.status = "met" if row.due_at >= clock.now() else "passed"
    row.stopped_at, row.stop_task_id = clock.now(), task_id


def pause(
    row: Deadline, changes: ChangeRule, *, reason: str, evidence: str = "", by: User | None, task_id: str | None = None
) -> DeadlinePause:
    """Stop counting from now on. Raises ClockRefused when its rule knows no pause, or it pauses or is over already."""
    if not changes.pausable:
        raise ClockRefused("no-pause", row.name)
    if row.status != "running":
        raise ClockRefused("not-running", row.name)
    made = DeadlinePause(
        reason=reason[:200], evidence=evidence, begun_at=clock.now(), begun_by_id=by.id if by else None, task_id=task_id
    )
    row.pauses.append(made)
    row.status = "paused"
    count_anew(row)
    return made


def resume(row: Deadline, *, evidence: str = "", by: User | None, task_id: str | None = None) -> DeadlinePause:
    """Count on from now; the days of the pause are left out. Raises ClockRefused when it does not pause."""
    if row.status != "paused":
        raise ClockRefused("not-paused", row.name)
    last = row.pauses[-1]
    last.ended_at, last.ended_by_id, last.end_evidence = clock.now(), by.id if by else None, evidence
    last.end_task_id = task_id
    row.status = "running"
    count_anew(row)
    return last


@dataclass(frozen=True)
class Asked:
    """More time that is asked for: a length in the row's unit (0: the longest it allows) or up to a day, and who agreed."""

    length: int = 0
    until: date | None = None
    consents: Sequence[Mapping[str, Any]] = ()  # [{name, on}]
    authority: str = ""
    reason: str = ""


def extend(row: Deadline, changes: ChangeRule, asked: Asked, *, by: User | None, task_id: str | None = None
           ) -> DeadlineExtension:  # fmt: skip
    """Give the clock more time. Raises ClockRefused when its rule or a missing consent does not allow it."""
    check_extension(row, changes, asked)
    made = DeadlineExtension(
        length=0 if asked.until else asked.length or changes.longest, unit=changes.unit, until=asked.until,
        consents=[dict(one) for one in asked.consents], authority=asked.authority[:120], reason=asked.reason,
        granted_on=clock.today(), at=clock.now(), by_id=by.id if by else None, task_id=task_id,
    )  # fmt: skip
    row.extensions.append(made)
    count_anew(row)
    return made


def check_extension(row: Deadline, changes: ChangeRule, asked: Asked) -> None:
    """Whether more time may be given; ClockRefused says what is missing."""
    check_rule(row, changes)
    if row.status == "paused":
        raise ClockRefused("paused", row.name)
    needed = {"both": _sides(row.case_id), "one": 1}.get(changes.consent, 0)
    if len(asked.consents) < needed:
        raise ClockRefused("consent", row.name, needed=needed, given=len(asked.consents))
    if changes.consent == "authority" and not asked.authority.strip():
        raise ClockRefused("authority", row.name)
    if not (asked.until or asked.length or changes.longest):
        raise ClockRefused("how-long", row.name)
    _check_length(row, changes, asked)


def check_rule(row: Deadline, changes: ChangeRule) -> None:
    """Whether its rule knows more time for this clock at all, and again; ClockRefused says why not."""
    if changes.times < 0:
        raise ClockRefused("no-extension", row.name)
    if changes.times and len(_valid(row.extensions)) >= changes.times:
        raise ClockRefused("extended-before", row.name, times=changes.times)


def _check_length(row: Deadline, changes: ChangeRule, asked: Asked) -> None:
    ends = clock.day_of_deadline(row.due_at)
    if asked.until and asked.until <= ends:
        raise ClockRefused("not-later", row.name, ends=ends)
    latest = deadlines.count(ends, changes.longest, changes.unit).last_day if changes.longest else None
    if latest and (asked.length > changes.longest or (asked.until and asked.until > latest)):
        raise ClockRefused("too-long", row.name, longest=changes.longest, unit=changes.unit, latest=latest)


def _sides(case_id: int) -> int:
    query = select(func.count()).where(Party.case_id == case_id, Party.withdrawn_at.is_(None))
    return db.session.scalar(query.select_from(Party)) or 0


def withdraw_extensions(row: Deadline, task_id: str) -> None:
    """The step that gave more time was taken back or is done again: what it gave no longer counts."""
    for known in row.extensions:
        if known.task_id == task_id:
            known.withdrawn_at = known.withdrawn_at or clock.now()
    count_anew(row)


def take_back(case: Case, task_id: str) -> bool:
    """The step is undone: what it did to clocks of the case no longer counts. Whether there was anything.

    A clock that it only counted anew goes on as it is.
    """
    query = select(Deadline).where(Deadline.case_id == case.id)
    options = selectinload(Deadline.pauses), selectinload(Deadline.extensions)
    rows = db.session.scalars(query.options(*options).order_by(Deadline.id)).all()
    return any([_take_back(row, case, task_id) for row in rows])


def _take_back(row: Deadline, case: Case, task_id: str) -> bool:
    if row.task_id == task_id and row.stopped_at is None:
        row.status, row.stopped_at = "stopped", clock.now()
        return True
    given = [one for one in _valid(row.extensions) if one.task_id == task_id]
    begun = [one for one in row.pauses if one.task_id == task_id]
    ended = [one for one in row.pauses if one.end_task_id == task_id]
    stopped = row.stop_task_id == task_id and running(case, row.clock) is None
    if not (given or begun or ended or stopped):
        return False
    for extension in given:
        extension.withdrawn_at = clock.now()
    if (case.extension or {}).get("task") != task_id:  # what the form of more time gave, its binding counts itself
        case.extensions -= len(given)
    for pause in ended:
        pause.ended_at = pause.ended_by_id = pause.end_task_id = None
        pause.end_evidence = ""
    for pause in begun:
        row.pauses.remove(pause)
        db.session.delete(pause)
    if stopped:
        row.stopped_at = row.stop_task_id = None
    if row.stopped_at is None:
        row.status = "paused" if any(one.ended_at is None for one in row.pauses) else "running"
    count_anew(row)
    return True


# --- counting anew ----------------------------------------------------------------------------------------------------


def period_of(row: Deadline) -> Period:
    """What the clock is counted from. A pause that goes on is not in it: its end is not known."""
    closes = time.fromisoformat(row.closes) if row.closes else None
    pauses = tuple(Pause(one.begun_at, one.ended_at) for one in row.pauses if one.ended_at)
    extensions = tuple(Extension(one.length, one.unit, one.until, one.granted_on) for one in _valid(row.extensions))
    return Period(row.started_at or row.started_on, row.length, row.unit, closes, pauses, extensions)


def count_anew(row: Deadline, works: Works | None = None) -> Counted:
    """Count the clock from where it started and write down its end, and how it was reached."""
    counted = deadlines.reckon(period_of(row), works)
    if row.id is not None and row.due_at != counted.due_at:  # who was warned of the old end will be of the new one
        db.session.execute(delete(WarningTold).where(WarningTold.subject == f"deadline:{row.id}"))
    row.due_at, row.reckoning, row.counted = counted.due_at, _reckoning(row, counted), _in_chinese(row, counted)
    if row.status in ("running", "passed"):
        row.status = "running" if row.due_at > clock.now() else "passed"
    return counted


def affected_by(day: date, works: bool | None) -> list[tuple[Deadline, Counted]]:
    """The clocks that would end at another moment if `day` were worked or not (None: as published), the nearest first."""
    corrected = deadlines.calendar_with(day, works)
    query = (
        select(Deadline)
        .where(Deadline.status.in_(("running", "paused")), Deadline.stopped_at.is_(None), Deadline.length > 0)
        .where(Deadline.started_on < day, Deadline.due_at > clock.start_of(day) - timedelta(days=1))
        .options(selectinload(Deadline.pauses), selectinload(Deadline.extensions), selectinload(Deadline.case))
        .order_by(Deadline.due_at, Deadline.id)
    )
    counted = [(row, deadlines.reckon(period_of(row), corrected)) for row in db.session.scalars(query)]
    return [(row, new) for row, new in counted if new.due_at != row.due_at]


def _valid(extensions: Iterable[DeadlineExtension]) -> list[DeadlineExtension]:
    return [one for one in extensions if one.withdrawn_at is None]


def _reckoning(row: Deadline, counted: Counted) -> dict[str, Any]:
    """How it was reached, as data beside the end: a page of many clocks asks no further tables."""
    return {
        "last_day": counted.last_day.isoformat(), "skipped": dict(counted.skipped), "paused_days": counted.paused_days,
        "moved_from": counted.moved_from.isoformat() if counted.moved_from else None,
        "moved_by": deadlines.day_name(counted.moved_from) if counted.moved_from else "",
        "pauses": [
            {"begin": one.begun_at.isoformat(), "end": one.ended_at.isoformat() if one.ended_at else None,
             "reason": one.reason, "evidence": [text for text in (one.evidence, one.end_evidence) if text]}
            for one in row.pauses
        ],
        "extensions": [
            {"on": one.granted_on.isoformat(), "until": one.until.isoformat() if one.until else None,
             "length": one.length, "unit": one.unit, "authority": one.authority, "reason": one.reason,
             "agreed": [entry["name"] for entry in one.consents if entry.get("name")]}
            for one in _valid(row.extensions)
        ],
    }  # fmt: skip


def _in_chinese(row: Deadline, counted: Counted) -> str:
    """One sentence for papers and the other side: from when, how many of what, to when."""
    parts = [f"自 {counted.start} 起算（开始当日不计入），{row.length} {UNITS[row.unit]}"]
    parts += [f"中止 {counted.paused_days} 日不计入"] * bool(counted.paused_days)
    for one in _valid(row.extensions):
        until = f"至 {one.until}" if one.until else f" {one.length} {UNITS[one.unit]}"
        parts.append(f"{'经各方同意' if one.consents else '经批准'}，延长{until}")
    end = f"至 {clock.local(counted.due_at):%Y-%m-%d %H:%M}" if counted.ends_at else f"至 {counted.last_day} 24 时"
    parts.append(end)
    return "，".join(parts) + (f"；{counted.moved_from} 为非工作日，顺延" if counted.moved_from else "")
