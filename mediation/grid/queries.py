"""Searches with what their grids reported, and the half-month of property companies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from mediation import access, clock
from mediation.extensions import db
from mediation.models import Agency, Case, GridSearch, Pool, SearchArea, SearchFinding, SearchResult, Task, User

MOST_SEARCHES = 50
MOST_RESULTS = 200


@dataclass(frozen=True)
class Progress:
    """How far a search is: how many of its grids have reported, and how much they found."""

    search: GridSearch
    grids: int
    reported: int
    found: int
    places: int


@dataclass(frozen=True)
class GridLine:
    """One grid of a search: what it has reported so far."""

    area: SearchArea
    reports: int
    found: int
    places: int
    last_at: datetime | None


def searches(user: User) -> list[Progress]:
    """The searches in view, those that end last first."""
    query = access.visible_searches(user).options(selectinload(GridSearch.areas))
    found = db.session.scalars(
        query.order_by(GridSearch.until_on.desc(), GridSearch.id.desc()).limit(MOST_SEARCHES)
    ).all()
    lines = _by_area([one.id for one in found])
    return [_progress(search, [lines.get(area.id, (0, 0, 0, None)) for area in search.areas]) for search in found]


def _progress(search: GridSearch, lines: Sequence[tuple[int, int, int, datetime | None]]) -> Progress:
    reported = sum(1 for line in lines if line[0])
    return Progress(search, len(lines), reported, sum(line[1] for line in lines), sum(line[2] for line in lines))


def grid_lines(search: GridSearch) -> list[GridLine]:
    """Every grid of a search with its figures, in the order in which they were chosen."""
    query = select(SearchArea).where(SearchArea.search_id == search.id).options(joinedload(SearchArea.agency))
    lines = _by_area([search.id])
    areas = db.session.scalars(query.order_by(SearchArea.id))
    return [GridLine(area, *lines.get(area.id, (0, 0, 0, None))) for area in areas]


def _by_area(search_ids: Sequence[int]) -> dict[int, tuple[int, int, int, datetime | None]]:
    query = (
        select(SearchResult.area_id, func.count(), func.sum(SearchResult.found), func.sum(SearchResult.places),
               func.max(SearchResult.at))
        .join(SearchArea, SearchArea.id == SearchResult.area_id)
        .where(SearchArea.search_id.in_(search_ids))
        .group_by(SearchResult.area_id)
    )  # fmt: skip
    return {row[0]: (row[1], int(row[2]), int(row[3]), row[4]) for row in db.session.execute(query)}


def results(search: GridSearch) -> list[SearchResult]:
    """What was reported, the latest first."""
    query = (
        select(SearchResult)
        .join(SearchResult.area)
        .where(SearchArea.search_id == search.id)
        .options(joinedload(SearchResult.area).joinedload(SearchArea.agency), joinedload(SearchResult.by))
    )
    return list(db.session.scalars(query.order_by(SearchResult.at.desc(), SearchResult.id.desc()).limit(MOST_RESULTS)))


def findings(search: GridSearch, user: User) -> dict[int, list[Case]]:
    """The cases in this user's view that came of each result."""
    query = (
        select(SearchFinding.result_id, Case)
        .join(Case, Case.id == SearchFinding.case_id)
        .join(SearchResult, SearchResult.id == SearchFinding.result_id)
        .join(SearchArea, SearchArea.id == SearchResult.area_id)
        .where(SearchArea.search_id == search.id, Case.id.in_(access.visible_cases(user).with_only_columns(Case.id)))
    )
    found: dict[int, list[Case]] = {}
    for result_id, case in db.session.execute(query.order_by(SearchFinding.id)):
        found.setdefault(result_id, []).append(case)
    return found


def my_areas(search: GridSearch, user: User) -> list[SearchArea]:
    """The grids of a search that this user goes round as a grid worker."""
    own = [held.agency_id for held in user.memberships if held.role == "grid_worker"]
    query = select(SearchArea).where(SearchArea.search_id == search.id, SearchArea.agency_id.in_(own))
    return list(db.session.scalars(query.options(joinedload(SearchArea.agency)).order_by(SearchArea.id)))


def grids() -> list[Agency]:
    """Every agency that has grid workers of its own; a centre only keeps them."""
    round_ = select(Pool.agency_id).where(Pool.role == "grid_worker")
    return list(
        db.session.scalars(
            select(Agency)
            .where(Agency.active, Agency.kind != "centre", Agency.id.in_(round_))
            .order_by(Agency.region, Agency.id)
        )
    )


# --- property companies ---


@dataclass
class Half:
    """A company in a half-month: orders that fell due or were answered, and how they went."""

    company: Agency
    orders: int = 0
    in_time: int = 0
    late: int = 0
    checked: int = 0
    accepted: int = 0
    upward: int = 0
    cases: set[int] = field(default_factory=set)

    @property
    def points(self) -> int | None:
        """Out of a hundred: half for answering in time, half for what was accepted when it was checked; every report
        upward takes ten. A local default. None where there is nothing to judge."""
        if not self.orders:
            return None
        kept = 50 * self.in_time / self.orders
        good = 50 * self.accepted / self.checked if self.checked else 50 * self.in_time / self.orders
        return max(0, round(kept + good - 10 * self.upward))


def half_month(day: date) -> tuple[date, date]:
    """The first and last day of the half of the month in which a day lies: to the 15th, from the 16th."""
    if day.day <= 15:
        return day.replace(day=1), day.replace(day=15)
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day.replace(day=16), following - timedelta(days=1)


def companies(user: User, begin: date, end: date) -> list[Half]:
    """Every property company with its half-month, from the steps of `rectification` in cases that the user sees."""
    known = db.session.scalars(select(Agency).where(Agency.kind == "property", Agency.active).order_by(Agency.id))
    halves = {one.id: Half(one) for one in known}
    for answer in _steps(user, "answer", begin, end, Task.due_at):
        half = halves.get(answer.pool.agency_id)
        if half is None:
            continue
        late = answer.due_at is not None and (answer.done_at or clock.now()) > answer.due_at
        half.orders += 1
        half.late += late
        half.in_time += not late and answer.status == "done"
        half.cases.add(answer.case_id)
    checks = _steps(user, "check", begin, end, Task.done_at)
    company_of = _companies_of(checks)
    for check in checks:
        half = halves.get(company_of.get(check.after_task_id or "", 0))
        result = (check.answers or {}).get("result")
        if half is not None and result:
            half.checked += 1
            half.accepted += result == "accepted"
            half.upward += result == "upward"
    return list(halves.values())


def _steps(user: User, element: str, begin: date, end: date, moment: ColumnElement[Any]) -> list[Task]:
    query = select(Task).where(
        Task.process_key == "rectification", Task.element_id == element, Task.status != "cancelled",
        moment >= clock.start_of(begin), moment < clock.start_of(end + timedelta(days=1)),
        Task.case_id.in_(access.visible_cases(user).with_only_columns(Case.id)),
    )  # fmt: skip
    return list(db.session.scalars(query.options(joinedload(Task.pool), undefer(Task.answers)).order_by(Task.id)))


def _companies_of(checks: Sequence[Task]) -> dict[str, int]:
    """Whose work was checked: the agency of the step before."""
    before = [check.after_task_id for check in checks if check.after_task_id]
    query = select(Task.id, Pool.agency_id).join(Pool, Pool.id == Task.pool_id).where(Task.id.in_(before))
    return {row[0]: row[1] for row in db.session.execute(query)}
