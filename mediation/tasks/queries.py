"""My work: which tasks are mine, offered, delegated, due; asked in a way that stays quick among a hundred thousand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, literal, select, true, tuple_, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from mediation import access, clock
from mediation.cases.queries import cases_called
from mediation.extensions import db
from mediation.models import Case, Party, Process, Task, User
from mediation.models.types import Moment

Tab = Literal["mine", "offered", "deputy", "today", "over"]
TABS: tuple[Tab, ...] = ("mine", "offered", "deputy", "today", "over")
PAGE = 25
MOST_COUNTED = 100  # shown as 99+
# Between the names of one case's parties; no name contains it.
_SEPARATOR = "\x1f"

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Filters:
    """What a list of tasks is narrowed to; every part may be empty."""

    step: str = ""  # process/element
    kind: str = ""  # the beginning of a 综治 code
    agency: int | None = None
    due: str = ""  # over, today, week, later
    process: str = ""
    q: str = ""  # case number, party's name or telephone
    sort: Literal["due", "entered"] = "due"

    @property
    def narrows(self) -> bool:
        return bool(self.step or self.kind or self.agency or self.due or self.process or self.q)

    def without(self, name: str) -> Filters:
        return replace(self, **{name: None if name == "agency" else ""})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: where the next one begins."""

    at: datetime | None
    id: str

    def __str__(self) -> str:
        return f"{self.at.isoformat() if self.at else ''}~{self.id}"

    @classmethod
    def parse(cls, text: str | None) -> Cursor | None:
        """The inverse of str(); None for what is not a cursor."""
        at, _, task_id = (text or "").partition("~")
        try:
            moment = datetime.fromisoformat(at) if at else None
        except ValueError:
            return None
        if not task_id or (moment is not None and moment.tzinfo is None):
            return None
        return cls(moment, task_id)


@dataclass(frozen=True)
class Line:
    """One row of the list."""

    id: str
    name: str
    process_key: str
    element_id: str
    release_hash: str
    due_at: datetime | None
    entered_at: datetime
    pool_id: int
    holder_id: int | None
    holder: str | None
    case_id: int
    case_number: str
    title: str
    kind: str
    parties: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """Rows and, when there are more, where to go on."""

    lines: tuple[Line, ...]
    more: Cursor | None


def inbox(user: User, tab: Tab, filters: Filters, after: Cursor | None = None, limit: int = PAGE) -> Page:
    """One page of a tab, in one statement."""
    keys = _first_keys(user, tab, filters, after, limit + 1)
    lines = [] if keys is None else [_line(row) for row in db.session.execute(_details(keys, filters, limit + 1))]
    if len(lines) <= limit:
        return Page(tuple(lines), None)
    last = lines[limit - 1]
    return Page(tuple(lines[:limit]), Cursor(last.due_at if filters.sort == "due" else last.entered_at, last.id))


def counts(user: User) -> dict[Tab, int]:
    """How many tasks each tab holds, at most 100 each, in one statement."""
    columns = [
        _counted(source).label(f"{tab}_{index}")
        for tab in TABS
        for index, source in enumerate(_sources(user, tab, Filters(), [], MOST_COUNTED))
    ]
    found = dict.fromkeys(TABS, 0)
    if columns:
        for label, count in db.session.execute(select(*columns)).one()._mapping.items():
            tab: Any = label.rpartition("_")[0]
            found[tab] = min(MOST_COUNTED, found[tab] + count)
    return found


def _counted(source: Select[Any]) -> Any:
    return select(func.count()).select_from(source.limit(MOST_COUNTED).subquery()).scalar_subquery()


# --- which tasks ----------------------------------------------------------------------------------------------------


def _first_keys(user: User, tab: Tab, filters: Filters, after: Cursor | None, limit: int) -> Any:
    """From every source no more than a page of keys (sort_at, id); None when the tab has no source."""
    parts = []
    for beginning in _beginnings(filters, after):
        for source in _sources(user, tab, filters, beginning, limit):
            part = source.subquery()
            first = select(part.c.sort_at, part.c.id).order_by(*_order(part.c.sort_at, part.c.id, filters)).limit(limit)
            parts.append(select(first.subquery()))
    if not parts:
        return None
    return (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("keys")


def _sources(user: User, tab: Tab, filters: Filters, start: Conditions, limit: int) -> list[Select[Any]]:
    """Where a tab's tasks come from: held by people, offered to pools. Each is served by an index of its own."""
    where = [*start, *_due_in(tab), *_narrowed(filters)]
    everybody = access.acts_for(user)
    holders = {"mine": [user.id], "deputy": everybody[1:], "today": everybody, "over": everybody}.get(tab, [])
    pools = _pools(user, filters) if tab in ("offered", "today", "over") else []
    found = [_held(holders, filters, where)] if holders else []
    return [*found, _offered(pools, filters, where, limit)] if pools else found


def _held(holders: list[int], filters: Filters, where: Conditions) -> Select[Any]:
    query = select(*_keys(filters)).where(Task.status == "open", Task.claimed_by_id.in_(holders), *where)
    if filters.agency is not None:
        query = query.where(Task.pool.has(agency_id=filters.agency))
    return query


def _pools(user: User, filters: Filters) -> list[int]:
    if filters.agency is None:
        return user.pool_ids
    return sorted({held.pool_id for held in user.memberships if held.pool.agency_id == filters.agency})


def _offered(pools: list[int], filters: Filters, where: Conditions, limit: int) -> Select[Any]:
    """Unclaimed tasks of the pools, `limit` of each pool or more.

    PostgreSQL takes the first few of each pool from the index (LATERAL), whatever its statistics say of a pool. SQLite
    has no LATERAL; it walks the same index pool by pool, twenty thousand keys of it in a few milliseconds.
    """
    free = [Task.status == "open", Task.claimed_by_id.is_(None), *where]
    if db.engine.dialect.name == "postgresql":
        chosen = func.unnest(cast(pools, ARRAY(BigInteger))).table_valued("value").render_derived("chosen")
        first = select(*_keys(filters)).where(Task.pool_id == chosen.c.value, *free)
        best = first.order_by(*_order(_sorted_by(filters), Task.id, filters)).limit(limit).lateral("best")
        return select(best.c.sort_at, best.c.id).select_from(chosen).join(best, true())
    chosen = func.json_each(json.dumps(pools)).table_valued("value")
    return select(*_keys(filters)).select_from(chosen).join(Task, Task.pool_id == chosen.c.value).where(*free)


def _keys(filters: Filters) -> tuple[Any, Any]:
    return _sorted_by(filters).label("sort_at"), Task.id.label("id")


def _sorted_by(filters: Filters) -> Any:
    return Task.due_at if filters.sort == "due" else Task.entered_at


def _order(at: Any, task_id: Any, filters: Filters) -> tuple[Any, Any]:
    """What is due first comes first and what has no deadline last; by entry, the newest first."""
    return (at.nulls_last(), task_id) if filters.sort == "due" else (at.desc(), task_id.desc())


def _beginnings(filters: Filters, after: Cursor | None) -> list[Conditions]:
    """Where the page begins, as alternatives that an index can seek: no comparison finds an empty deadline."""
    if after is None:
        return [[]]
    here = tuple_(literal(after.at, Moment), literal(after.id))
    if filters.sort == "entered":
        return [[tuple_(Task.entered_at, Task.id) < here]]
    if after.at is None:
        return [[Task.due_at.is_(None), Task.id > after.id]]
    return [[tuple_(Task.due_at, Task.id) > here], [Task.due_at.is_(None)]]


def _due_in(tab: Tab) -> Conditions:
    return _due(tab) if tab in ("today", "over") else []


def _due(when: str) -> Conditions:
    now, tonight = clock.now(), clock.end_of(clock.today())
    week = tonight + timedelta(days=6)
    return {
        "over": [Task.due_at < now],
        "today": [Task.due_at >= now, Task.due_at <= tonight],
        "week": [Task.due_at >= now, Task.due_at <= week],
        "later": [Task.due_at > week],
    }.get(when, [])


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    where = list(_due(filters.due))
    if filters.step:
        process_key, _, element_id = filters.step.partition("/")
        where += [Task.process_key == process_key, Task.element_id == element_id]
    if filters.process:
        where.append(Task.process_key == filters.process)
    if filters.kind:
        where.append(Task.case.has(Case.kind.startswith(filters.kind, autoescape=True)))
    if filters.q:
        where.append(Task.case_id.in_(cases_called(filters.q)))
    return where


# --- what a row shows -----------------------------------------------------------------------------------------------


def line_of(task_id: str) -> Line:
    """The row of one task that the caller has loaded already."""
    return _line(db.session.execute(_rows().where(Task.id == task_id)).one())


def _details(keys: Any, filters: Filters, limit: int) -> Select[Any]:
    query = _rows().join(keys, keys.c.id == Task.id)
    return query.order_by(*_order(keys.c.sort_at, keys.c.id, filters)).limit(limit)


def _rows() -> Select[Any]:
    columns = (
        Task.id, Task.name, Task.process_key, Task.element_id, Process.release_hash, Task.due_at, Task.entered_at,
        Task.pool_id, Task.claimed_by_id.label("holder_id"), User.name.label("holder"), Task.case_id,
        func.coalesce(Case.number, Case.code).label("case_number"), Case.title, Case.kind, _names().label("parties"),
    )  # fmt: skip
    query = select(*columns).select_from(Task).join(Task.case).join(Task.process)
    return query.outerjoin(User, User.id == Task.claimed_by_id)


def _names() -> Any:
    """The parties of a row's case in their order, as one text: no second statement for the page."""
    own = select(Party.name).where(Party.case_id == Case.id, Party.withdrawn_at.is_(None))
    ordered = own.order_by(Party.id).correlate(Case).subquery()
    return select(func.aggregate_strings(ordered.c.name, _SEPARATOR)).scalar_subquery()


def _line(row: Any) -> Line:
    return Line(**{**row._mapping, "parties": tuple(row.parties.split(_SEPARATOR)) if row.parties else ()})
