"""Time and cases: whatever happens next in any case happens next, at its own moment, through the real operations."""

from __future__ import annotations

import heapq
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, select

from mediation import clock, deadlines, flow, functions
from mediation.cases.operations import attach
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.mirror import variables_of
from mediation.models import Case, Membership, Process, Task, User, WaitingEvent
from mediation.simulation.coming import break_in
from mediation.simulation.days import not_before
from mediation.simulation.filling import ORDINARY, Filler
from mediation.simulation.photograph import photograph
from mediation.simulation.preparing import prepare
from mediation.tasks import asking
from mediation.tasks import operations as work

# More steps than any case of this many takes: beyond it the case goes round in a circle.
MOST_STEPS = 400
# Of a hundred tasks this many are done after their deadline has passed.
LATE = 0.04
# After how many steps of a case somebody opens a flow beside it: one in so many.
BREAK_IN = 0.015
# After how many rounds of one step people stop sending a case round again.
PATIENCE = 3
# How likely the ordinary answer is when a step is tried, and tried again after a table refused what was drawn.
DRAWS = (ORDINARY, ORDINARY, *(0.2,) * 24, 1.0)
# The flow in which a report from the grid is handled on one rung of the ladder after the other.
LADDER = "grid_handling"
# Asked at every event: built once. A timer whose clock stands still has no moment, and hides none that has.
_TIMERS = (
    select(WaitingEvent.id, WaitingEvent.due_at)
    .where(WaitingEvent.case_id == bindparam("case"), WaitingEvent.kind == "timer", WaitingEvent.due_at.is_not(None))
    .order_by(WaitingEvent.due_at, WaitingEvent.id)
    .limit(1)
)
_NEXT_TIMER = _TIMERS.where(WaitingEvent.failed_at.is_(None))
_DUE_TIMER = _TIMERS.where(WaitingEvent.due_at <= bindparam("moment"))
_OPEN_TASKS = select(Task).where(Task.case_id == bindparam("case"), Task.status == "open").order_by(Task.id)


@dataclass
class Life:
    """One case on its way: what its people are like, when each open task will be done, how often a step was taken."""

    case_id: int
    rng: Random
    kind: str
    answers: Callable[[Task, dict[str, Any]], dict[str, Any] | None]
    planned: dict[str, datetime] = field(default_factory=dict)
    rounds: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    rung: str = ""  # the rung of the grid's ladder on which the report was handled last


@dataclass(frozen=True)
class Trouble:
    """Something that must not happen: an error, a case that stands still or goes in circles, a deadline that was lost."""

    case_id: int
    what: str
    told: str

    def __str__(self) -> str:
        return f"TROUBLE case {self.case_id} {self.what}: {self.told}"


class World:
    """All cases under one clock. `run` lets happen what happens until nothing is left or `until` is reached."""

    def __init__(
        self, until: datetime, note: Callable[[datetime], None] = lambda _moment: None,
        warn: Callable[[Trouble], None] = lambda _trouble: None,
    ) -> None:  # fmt: skip
        self.until, self.note, self.warn = until, note, warn
        self.troubles: list[Trouble] = []
        self.tasks_done = self.timers_fired = 0
        self.opened: Counter[str] = Counter()
        self._members: dict[int, list[int]] = {}
        self._queue: list[tuple[datetime, int, Life | Callable[[], Life | None]]] = []
        self._number = 0

    def arrives(self, moment: datetime, begin: Callable[[], Life | None]) -> None:
        """At `moment` somebody comes with something new."""
        self._push(moment, begin)

    def run(self) -> None:
        while self._queue:
            moment, _number, what = heapq.heappop(self._queue)
            self.note(moment)
            with clock.at(moment):
                life = what if isinstance(what, Life) else self._begin(what)
                if life is None:
                    continue
                if isinstance(what, Life):
                    self._happen(life, moment)
                following = self._next(life, moment)
            if following is not None and following <= self.until:
                self._push(following, life)

    def _push(self, moment: datetime, what: Life | Callable[[], Life | None]) -> None:
        self._number += 1
        heapq.heappush(self._queue, (moment, self._number, what))

    # --- what happens ---

    def _begin(self, begin: Callable[[], Life | None]) -> Life | None:
        try:
            return begin()
        except Exception as error:  # as below
            db.session.rollback()
            self._tell(Trouble(0, "begin", f"{told(error)}"))
            return None

    def _happen(self, life: Life, moment: datetime) -> None:
        """The timer that is due, or else the task whose hour has come."""
        life.steps += 1
        if life.steps > MOST_STEPS:
            self._trouble(life, "circle", f"{MOST_STEPS} steps: {life.rounds.most_common(3)}")
            return
        event_id = db.session.scalar(_DUE_TIMER, {"case": life.case_id, "moment": moment})
        if event_id is not None:
            self._fire(life, event_id)
            return
        ready = [(at, task_id) for task_id, at in life.planned.items() if at <= moment]
        if ready:
            self._do(life, min(ready)[1])
        if life.rng.random() < BREAK_IN:
            self._break_in(life)

    def _break_in(self, life: Life) -> None:
        """A risk, a request for legal aid, a clue …: whatever may stand beside the case now."""
        try:
            opened = break_in(life.case_id, life.rng)
        except Exception as error:  # as above
            self._give_up(life, "beside", told(error))
            return
        if opened:
            self.opened[opened] += 1

    def _fire(self, life: Life, event_id: int) -> None:
        try:
            with command():
                flow.lock_case(life.case_id)
                event = db.session.get(WaitingEvent, event_id)
                if event is not None and flow.fire_timers(event) is not None:
                    self.timers_fired += 1
        except Exception as error:  # whatever a step stumbles over is what a simulation is for
            self._give_up(life, "timer", told(error))

    def _do(self, life: Life, task_id: str) -> None:
        del life.planned[task_id]
        refused, asked = "", {}  # type: tuple[str, Mapping[str, Any]]
        for ordinary in DRAWS:
            try:
                with command():
                    task = db.session.get(Task, task_id)
                    if task is None or task.status != "open":
                        return
                    if not refused:  # what is tried again is no further round
                        life.rounds[task.element_id] += 1
                    weary = not refused and life.rounds[task.element_id] > PATIENCE
                    self._complete(life, task, 1.0 if weary else ordinary, asked)
                self.tasks_done += 1
                return
            except AnswersRefused as error:
                refused, asked = str(error), explained(error.rows)
            except Exception as error:  # as above
                self._give_up(life, "task", f"{self._name(task_id)}: {told(error)}")
                return
        self._give_up(life, "refused", f"{self._name(task_id)}: {refused}")

    def _complete(self, life: Life, task: Task, ordinary: float, asked: Mapping[str, Any] = MappingProxyType({})) -> None:
        user = self._holder(life, task)
        if task.claimed_by_id is None:
            work.claim(task, by=user)
        if task.process_key == LADDER:
            life.rung = str(variables_of(task).get("level") or life.rung)
        form = asking.form_for(task)
        around = asking.circumstances(task, form)
        known = asking.known_answers(task, user)
        filler = Filler(
            form, life.rng, known, around.variables, around.lists, functions.feel_functions(task.case),
            photograph=lambda: str(attach(task.case, photograph(life.rng), party=None, purpose="evidence", by=user).id),
            ordinary=ordinary,
        )  # fmt: skip
        given = {**(life.answers(task, known) or {}), **prepare(task, user, life.rng), **asked}
        flow.complete(task, filler.fill(given), by=user)

    def _holder(self, life: Life, task: Task) -> User:
        """Who has the task, or somebody of its pool who takes it."""
        if task.claimed_by_id is not None:
            return db.session.get_one(User, task.claimed_by_id)
        if task.pool_id not in self._members:
            query = select(Membership.user_id).where(Membership.pool_id == task.pool_id).order_by(Membership.user_id)
            self._members[task.pool_id] = list(db.session.scalars(query))
        if not self._members[task.pool_id]:
            raise LookupError(f"nobody holds {task.pool.role} at {task.pool.agency.key} for {task.element_id}")
        return db.session.get_one(User, life.rng.choice(self._members[task.pool_id]))

    # --- what comes next ---

    def _next(self, life: Life, moment: datetime) -> datetime | None:
        """When something happens in this case again; None when it is over or nothing can move it any more."""
        if life.steps > MOST_STEPS:
            return None
        life.planned = {
            task.id: life.planned.get(task.id) or self._when(life.rng, moment, task)
            for task in db.session.scalars(_OPEN_TASKS, {"case": life.case_id})
        }
        timer = db.session.execute(_NEXT_TIMER, {"case": life.case_id}).one_or_none()
        db.session.rollback()
        moments = [*life.planned.values(), *([max(timer.due_at, moment)] if timer is not None else [])]
        return min(moments, default=None)

    def _when(self, rng: Random, now: datetime, task: Task) -> datetime:
        """Mostly well before the deadline, now and then after it; in office hours. What has a day of its own: on that day."""
        day, due_at = not_before(task, now), task.due_at
        if day > now:
            return day
        span = max((due_at - now).total_seconds(), 3600.0) if due_at else 86400.0 * 2
        share = rng.uniform(1.05, 1.6) if rng.random() < LATE else min(rng.lognormvariate(-1.3, 0.7), 0.95)
        return office_hour(now + timedelta(seconds=span * share), rng, due_at if share < 1 else None)

    # --- what went wrong ---

    def _give_up(self, life: Life, what: str, told: str) -> None:
        """A case that went wrong once is told once and left where it is."""
        self._trouble(life, what, told)
        life.steps = MOST_STEPS + 1

    def _trouble(self, life: Life, what: str, told: str) -> None:
        self._tell(Trouble(life.case_id, what, told))

    def _tell(self, trouble: Trouble) -> None:
        self.troubles.append(trouble)
        self.warn(trouble)

    def _name(self, task_id: str) -> str:
        task = db.session.get(Task, task_id)
        return f"{task.process_key}/{task.element_id}" if task else task_id

    def judge(self, lives: Iterable[Life]) -> None:
        """At the end: cases that stand still, and deadlines that passed without anything happening."""
        for life in lives:
            if life.steps > MOST_STEPS:
                continue  # told already
            running = select(Process.id).where(Process.case_id == life.case_id, Process.status == "running")
            moves = select(Task.id).where(Task.case_id == life.case_id, Task.status == "open").exists()
            waits = select(WaitingEvent.id).where(WaitingEvent.case_id == life.case_id).exists()
            if db.session.scalar(running.where(~moves, ~waits).limit(1)) is not None:
                self._trouble(life, "stuck", "a process runs and nothing can move it")
            lost = select(WaitingEvent.element_id).where(
                WaitingEvent.case_id == life.case_id, WaitingEvent.kind == "timer", WaitingEvent.due_at < self.until
            )
            for element in db.session.scalars(lost):
                self._trouble(life, "lost", f"the timer {element} was due and did not fire")
        db.session.rollback()


def told(error: Exception) -> str:
    """What was stumbled over, and where."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} {error} ({last.name}, {Path(last.filename).name}:{last.lineno})"


def explained(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What a form asks for after it was refused: each red finding with the reason why it stays."""
    told = "已当面核实，双方清楚法律后果并坚持如此约定。"
    return {key: [{**row, "reason": row.get("reason") or told} for row in asked] for key, asked in rows.items()}


def office_hour(moment: datetime, rng: Random, before: datetime | None) -> datetime:
    """The moment, or when nobody works then the next hour at which somebody does, if that is still in time."""
    local = clock.local(moment)
    if deadlines.is_working_day(local.date()) and 9 <= local.hour < 18:
        return moment
    day = local.date() if local.hour < 9 else local.date() + timedelta(days=1)
    while not deadlines.is_working_day(day):
        day += timedelta(days=1)
    opened = clock.start_of(day) + timedelta(hours=9, minutes=rng.randrange(180))
    return opened if before is None or opened < before else moment


def open_cases() -> int:
    """How many cases are not closed yet."""
    return db.session.query(Case).filter(Case.closed_at.is_(None)).count()
