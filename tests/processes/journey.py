"""Walks the shipped flows on the real engine, with a case that the journey itself changes between the steps."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mediation.clocks import rule_in
from workflows import bundle, runtime
from workflows.compile import Definition, compile_bundle
from workflows.model import EffectCall, Environment, LogLine, OpenTask, StepResult

SHANGHAI = ZoneInfo("Asia/Shanghai")
FLOWS = Path(__file__).parents[2] / "bpmn"
# A Monday; no holiday lies in the weeks after it, so that the house calendar of these tests is weekends only.
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)

FRESH_CASE: Mapping[str, Any] = {
    "code": "QH-2026-0001", "number": None, "kind": "0201", "statistics_kind": "neighbour", "source": "window",
    "level": "ordinary", "risk": "blue", "amount": 8000, "registered_on": date(2026, 11, 23), "accepted_on": None,
    "agency": "centre", "committee": None, "court": None, "mediator": None, "status": "registered", "route": None,
    "wet_ink_only": False, "domestic_violence": False, "minors": False, "parties": 2, "organisations": 0, "consents_given": 0,
    "consents_refused": 0, "consents_open": 2, "guardians_missing": 0, "written_requested": False,
    "commercial": False, "agreement": None, "confirmation": None, "obligations_open": 0, "obligations_overdue": 0,
    "next_due": None, "visits_planned": 0, "visits_open": 0, "next_visit": None, "mediation_due": None,
    "extensions": 0, "extension_consents": 0, "meetings_held": 0, "next_meeting": None, "ended_by": None,
    "escalated": False, "origin": None, "reporter": "clerk",
    "roster": {"members": 0, "representatives": 0, "consented": 0, "refused": 0, "open": 0, "vote_passed": False},
    "joint": {"asked": 0, "must_open": 0, "tasks": 0, "tasks_open": 0, "next_meeting": None},
}  # fmt: skip

EFFECTIVE: Mapping[str, Any] = {
    "kind": "written", "status": "effective", "effective_on": date(2026, 11, 23), "confirmable": True, "money": True,
    "status_terms": False, "instalments": 3, "amount": 8000, "immediate": False, "signatures_open": 0,
}  # fmt: skip


@cache
def shipped() -> Definition:
    """The release in the repository."""
    return compile_bundle(bundle.read_folder(FLOWS, None))


@dataclass
class Walk:
    """Where a journey stands, and everything that it has seen."""

    process: str
    case: dict[str, Any]
    now: datetime
    result: StepResult
    clocks: dict[str, date | datetime] = field(default_factory=dict)
    effects: list[EffectCall] = field(default_factory=list)
    log: list[LogLine] = field(default_factory=list)

    def environment(self) -> Environment:
        return Environment(self.now, self.case, calendar(self.now.date(), self.clocks, self.case.get("rules", ())))

    def take(self, result: StepResult) -> None:
        self.result = result
        self.effects += result.effects
        self.log += result.log

    def task(self, element_id: str) -> OpenTask:
        found = [one for one in self.result.tasks if one.element_id == element_id]
        assert found, f"{element_id} is not open; open are {self.open_tasks()}"
        return found[0]

    def open_tasks(self) -> list[str]:
        return sorted(one.element_id for one in self.result.tasks)


Step = Callable[[Walk], None]


@dataclass(frozen=True)
class Journey:
    """A story: a process, what it is handed, how the case differs from a fresh one, and the steps."""

    process: str
    steps: tuple[Step, ...]
    case: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


def walk(journey: Journey) -> Walk:
    """Take all steps of a journey; each step judges for itself."""
    case = {**FRESH_CASE, **journey.case}
    environment = Environment(MORNING, case, calendar(MORNING.date(), rules=case.get("rules", ())))
    first = runtime.start(shipped(), journey.process, journey.variables, environment)
    state = Walk(journey.process, case, MORNING, first, effects=list(first.effects), log=list(first.log))
    for step in journey.steps:
        step(state)
    return state


def do(element_id: str, answers: Mapping[str, Any] | None = None, /, **case: Any) -> Step:
    """Complete a task; `case` is what its binding has written before the engine steps."""

    def step(at: Walk) -> None:
        task = at.task(element_id)
        at.case.update(case)
        at.take(runtime.complete(shipped(), at.result.state, task.id, answers or {}, at.environment()))

    return step


def until(day: str, /, **case: Any) -> Step:
    """Let time pass until a day's nine o'clock; the timers that fall due meanwhile see `case`."""

    def step(at: Walk) -> None:
        at.case.update(case)
        at.now = datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI) + timedelta(hours=9)
        for _ in range(3):  # a repeating timer happens once a tick
            if at.result.status == "running":
                at.take(runtime.tick(shipped(), at.result.state, at.environment()))

    return step


def clock_moves(clocks: Mapping[str, date | datetime | None] | None = None, /, **case: Any) -> Step:
    """The case's clocks were started, paused or moved: name -> last day (None: it does not run now)."""

    def step(at: Walk) -> None:
        at.case.update(case)
        for name, due_on in (clocks or {}).items():
            at.clocks.pop(name, None)
            at.clocks |= {name: due_on} if due_on else {}
        result = runtime.follow_clocks(shipped(), at.result.state, at.environment())
        if result is not None:
            at.take(result)

    return step


def message(name: str, /, **case: Any) -> Step:
    """Deliver a message to the one event that waits for it."""

    def step(at: Walk) -> None:
        waiting = [one for one in at.result.waiting if one.kind == "message" and one.name == name]
        assert len(waiting) == 1, f"{name}: {len(waiting)} events wait for it"
        at.case.update(case)
        at.take(runtime.deliver(shipped(), at.result.state, waiting[0].id, {}, at.environment()))

    return step


def sees(*element_ids: str) -> Step:
    """Exactly these tasks are open."""

    def step(at: Walk) -> None:
        assert at.open_tasks() == sorted(element_ids)

    return step


def due(element_id: str, day: str, *, role: str, group: str | None = None) -> Step:
    """A task must be done by the end of this day, by this role, in this pool."""

    def step(at: Walk) -> None:
        task = at.task(element_id)
        assert task.due_at is not None
        last_moment = task.due_at.astimezone(SHANGHAI) - timedelta(microseconds=1)
        assert (last_moment.date().isoformat(), task.role, task.group) == (day, role, group)

    return step


def caused(*wanted: str) -> Step:
    """These effects came since the last time one asked, in this order: the name and its arguments' values in words."""

    def step(at: Walk) -> None:
        assert [words(one) for one in at.effects] == list(wanted)
        at.effects.clear()

    return step


def forget() -> Step:
    """What was caused so far is another journey's matter."""
    return lambda at: at.effects.clear()


def over() -> Step:
    """Nothing is left to do or to wait for."""

    def step(at: Walk) -> None:
        assert (at.result.status, at.result.tasks, at.result.waiting) == ("completed", (), ())

    return step


def words(effect: EffectCall) -> str:
    return " ".join([effect.name, *(text(one) for one in effect.arguments.values())])


def text(value: Any) -> str:
    return "/".join(text(one) for one in value) if isinstance(value, list | tuple) else str(value)


def calendar(
    today: date, clocks: Mapping[str, date | datetime] | None = None, rules: Collection[str] = ()
) -> dict[str, Callable[..., Any]]:
    """The functions that the case manager offers, on a calendar that knows weekends only; `clocks` run for the case,
    `rules` of the house are in force."""
    running = clocks or {}
    return {
        "working_days": lambda days: _working(today, int(days)),
        "calendar_days": lambda days: _moved(today + timedelta(days=int(days))),
        "months": lambda months: _months(today, int(months)),
        "working_days_after": lambda day, days: _working(day, int(days)),
        "calendar_days_after": lambda day, days: _moved(day + timedelta(days=int(days))),
        "months_after": lambda day, months: _months(day, int(months)),
        "rule": lambda key: key in rules,
        "agency_for": lambda kind: kind,  # in these stories every kind of agency is there, called by its kind
        "is_working_day": lambda day: day.weekday() < 5,
        "clock": lambda name: _by_rule(name, today),
        "clock_after": lambda name, day: _by_rule(name, day),
        "clock_due": running.get,
        "clock_left": lambda name: (_day(running[name]) - today).days if name in running else None,
    }


def _working(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def _moved(day: date) -> date:
    return day if day.weekday() < 5 else _moved(day + timedelta(days=1))


def _by_rule(name: str, day: date) -> date:
    rule = rule_in(shipped(), name)
    ways = {"working": _working, "month": _months, "calendar": lambda day, days: _moved(day + timedelta(days=days))}
    return ways[rule.unit](day, rule.length)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return _moved(date(day.year + years, month + 1, min(day.day, last)))


def from_here(journey: Journey, *steps: Step) -> Journey:
    """The same story, told on."""
    return replace(journey, steps=(*journey.steps, *steps))
