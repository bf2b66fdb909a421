"""One simulated year of the centre: who comes when and with what, and what the year came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select

from mediation import clock, releases
from mediation.demo import people
from mediation.demo.answers import ANSWERERS, answer
from mediation.demo.stories import Story
from mediation.extensions import command, db
from mediation.models import Case, Task, User
from mediation.simulation import coming, residents
from mediation.simulation.world import Life, World, office_hour

# Flows whose answers the demonstration centre knows; whatever else is asked is answered from its form.
TOLD = frozenset({"intake", "peoples_mediation", "judicial_confirmation", "performance_watch", "follow_up_visits"})
# Steps of these whose forms say themselves what is usual or can be: the suggestion, a time that is free, more time.
ASKED = frozenset({"confirm_triage", "invite", "extend"})
PASSWORD = "a simulated centre 2026"
DISPUTE, GRID = "intake", "grid_report"
# The ladder of the grid, from the cell up.
RUNGS = ("grid", "community", "street", "district", "city")


@dataclass(frozen=True)
class Summary:
    """What came of a simulation: how many cases, how they ended, how much was done, what went wrong."""

    cases: int
    closed: int
    by_flow: dict[str, tuple[int, int]]  # the flow that a case began with: cases, closed
    by_level: dict[str, tuple[int, int]]  # the level that settled it: cases, closed
    ladder: dict[str, int]  # reports from the grid by the rung on which they were closed; "" are not closed
    by_outcome: dict[str, int]
    beside: dict[str, int]  # flows opened beside a case: how often
    tasks: int
    timers: int
    troubles: list[str]


def simulate(count: int, seed: int, days: int, note: Callable[[str], None] = lambda _line: None) -> Summary:
    """Run `count` cases, arriving over `days` days, through all flows in the database of the application.

    The database must be empty. Time begins so that the last case has half a year to come to its end.
    """
    rng = Random(seed)
    began = clock.start_of(clock.today() - timedelta(days=days + 180))
    with clock.at(began), command():
        releases.publish(releases.shipped_bundle(), note="模拟", by=None)
        people.settle(PASSWORD)
    world = World(began + timedelta(days=days + 180), _progress(began, note), lambda trouble: note(str(trouble)))
    lives: list[Life] = []
    moments = sorted(_arrivals(rng, began, days, count))
    for moment, key in zip(moments, _mixture(rng, count), strict=True):
        world.arrives(moment, _comer(key, Random(rng.random()), lives))
    world.run()
    world.judge(lives)
    return _summary(world, lives)


def _progress(began: datetime, note: Callable[[str], None]) -> Callable[[datetime], None]:
    """Tells once a simulated month where the simulation stands."""
    told = {(began.year, began.month)}

    def tell(moment: datetime) -> None:
        month = (moment.year, moment.month)
        if month not in told:
            told.add(month)
            note(f"{moment:%Y-%m}")

    return tell


def _arrivals(rng: Random, began: datetime, days: int, count: int) -> Iterator[datetime]:
    for _ in range(count):
        yield office_hour(began + timedelta(seconds=rng.uniform(0, days * 86400)), rng, None)


def _comer(key: str, rng: Random, lives: list[Life]) -> Callable[[], Life | None]:
    def begin() -> Life | None:
        story = residents.dispute(rng)
        _bend(story, rng)
        case_id = coming.dispute(story, rng) if key == DISPUTE else coming.begin(key, rng)
        life = Life(case_id, rng, key, _told(story))
        lives.append(life)
        return life

    return begin


def _mixture(rng: Random, count: int) -> Iterator[str]:
    """Which flow each case begins with: most is small and seen on the round, a third are disputes."""
    others = [key for key in coming.entry_keys() if key != GRID]
    for _ in range(count):
        drawn = rng.random()
        yield GRID if drawn < 0.55 else DISPUTE if drawn < 0.88 or not others else rng.choice(others)


def _told(story: Story) -> Callable[[Task, dict[str, Any]], dict[str, Any] | None]:
    def answers(task: Task, known: dict[str, Any]) -> dict[str, Any] | None:
        if task.process_key not in TOLD or task.element_id not in ANSWERERS or task.element_id in ASKED:
            return None
        return answer(story, task, known)

    return answers


def _bend(story: Story, rng: Random) -> None:
    """Not everything goes well: somebody refuses, is silent, does not agree, does not pay, asks for papers."""
    chance = rng.random
    if chance() < 0.05:
        story.ways["consent"] = {"answers": ["agree", rng.choice(["refuse", "silent"])]}
    if chance() < 0.12:
        story.ways["minutes"] = {"result": "failed"}
    if chance() < 0.1:
        story.ways["receive"] = {"results": ["skip"]}
    if chance() < 0.03:
        story.ways["examine"] = {"conclusion": "refuse", "exclusion": "decided", "reason": "已由法院判决"}


def _summary(world: World, lives: list[Life]) -> Summary:
    rows = db.session.execute(select(Case.id, Case.level, Case.outcome, Case.closed_at)).all()
    kinds = {life.case_id: life.kind for life in lives}
    flows, levels = Counter(kinds.values()), Counter(row.level for row in rows)
    closed = [row for row in rows if row.closed_at is not None]
    closed_flows, closed_levels = Counter(kinds.get(row.id, "") for row in closed), Counter(row.level for row in closed)
    return Summary(
        cases=len(rows), closed=len(closed),
        by_flow={key: (number, closed_flows[key]) for key, number in sorted(flows.items())},
        by_level={key: (number, closed_levels[key]) for key, number in levels.most_common()},
        ladder=_ladder(lives, {row.id for row in closed}),
        by_outcome=dict(Counter(row.outcome or "" for row in closed).most_common()),
        beside=dict(sorted(world.opened.items())),
        tasks=world.tasks_done, timers=world.timers_fired,
        troubles=[str(one) for one in world.troubles],
    )  # fmt: skip


def _ladder(lives: list[Life], closed: set[int]) -> dict[str, int]:
    """On which rung each report from the grid was closed, the lowest first."""
    found = Counter(life.rung if life.case_id in closed else "" for life in lives if life.kind == GRID)
    return {rung: found[rung] for rung in (*RUNGS, "")}


def is_empty() -> bool:
    """Whether nobody works in this database yet."""
    return not db.session.scalar(select(func.count()).select_from(User))
