"""My work: which tasks are mine, offered, delegated, due; asked in a way that stays quick among a hundred thousand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    func,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from mediation import access, clock, rosters
from mediation.cases import ties
from mediation.cases.facts import SHORTEST_TELEPHONE, plain_term
from mediation.extensions import db
from mediation.models import Case, Conflict, Membership, Party, Pool, Process, SearchTerm, Task, User
from mediation.models.types import Moment

Tab = Literal["mine", "offered", "others", "deputy", "today", "over"]
# "others": offered to pools whose duty is somebody else's today; whoever is not on duty may claim there all the same.
TABS: tuple[Tab, ...] = ("mine", "offered", "others", "deputy", "today", "over")
KEPT_AWAY = "barred"
DUE = ("over", "today", "week", "later")
PAGE = 25
MOST_COUNTED = 100  # shown as 99+
# Between the names of one case's parties; no name contains it.
_SEPARATOR = "\x1f"
_LAST_CHARACTER = chr(0x10FFFF)

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
    shape = _Shape.of(tab, filters, after, bool(rosters.duty_of(user).special))
    query = _page_query(db.engine.dialect.name, shape, limit + 1)
    lines = [_line(row) for row in db.session.execute(query, _values(user, filters, after))]
    if len(lines) <= limit:
        return Page(tuple(lines), None)
    last = lines[limit - 1]
    return Page(tuple(lines[:limit]), Cursor(last.due_at if filters.sort == "due" else last.entered_at, last.id))


def counts(user: User) -> dict[str, int]:
    """How many tasks each tab holds, at most 100 each, and how many a tie keeps from this person; in one statement."""
    found = dict.fromkeys((*TABS, KEPT_AWAY), 0)
    query = _count_query(db.engine.dialect.name, bool(rosters.duty_of(user).special))
    row = db.session.execute(query, _values(user, Filters(), None)).one()
    for label, count in row._mapping.items():
        tab = label.partition("_")[0]
        found[tab] = min(MOST_COUNTED, found[tab] + count)
    return found


# --- statements, built once for each shape -----------------------------------------------------------------------------
# Building one takes SQLAlchemy longer than the database takes to answer it; so they are kept, with names for values.


@dataclass(frozen=True)
class _Shape:
    """What makes one statement differ from another; everything else is a value."""

    tab: Tab
    sort: str
    due: str
    narrowed: frozenset[str]
    after: str = ""  # "", due, no-due, entered
    special: bool = False  # whether this person is on duty for kinds of dispute in pools that are others' today

    @classmethod
    def of(cls, tab: Tab, filters: Filters, after: Cursor | None, special: bool) -> _Shape:
        parts = frozenset(name for name in ("step", "kind", "agency", "process", "q") if getattr(filters, name))
        if plain_term(filters.q).isdigit():
            parts = parts - {"q"} | {"digits"}
        begin = "" if after is None else "entered" if filters.sort == "entered" else "due" if after.at else "no-due"
        return cls(tab, filters.sort, filters.due if filters.due in DUE else "", parts, begin, special)


def _values(user: User, filters: Filters, after: Cursor | None) -> dict[str, Any]:
    """A value for every name that a statement may use."""
    everybody, now, tonight = access.acts_for(user), clock.now(), clock.end_of(clock.today())
    term, duty = plain_term(filters.q), rosters.duty_of(user)
    special = _special_pairs(duty.special, _of_agency(user, filters))
    process_key, _, element_id = filters.step.partition("/")
    return {
        "me": [user.id], "deputies": everybody[1:], "everybody": everybody, "agency": filters.agency,
        "pools": _listed(_of_agency(user, filters) & set(duty.here)),
        "others": _listed(_of_agency(user, filters) & set(duty.elsewhere)),
        "special_pools": _listed(pool for pool, _kind in special), "special_kinds": _listed(kind for _pool, kind in special),
        "myself": user.id,
        "now": now, "tonight": tonight, "week": tonight + timedelta(days=6),
        "step_process": process_key, "step": element_id, "process": filters.process,
        "kind": "".join(filter(str.isalnum, filters.kind)) + "%", "term": term, "term_end": term + _LAST_CHARACTER,
        "offices": access.offices(user), "after_at": after.at if after else None, "after_id": after.id if after else "",
    }  # fmt: skip


def _of_agency(user: User, filters: Filters) -> set[int]:
    """Ids of the person's pools, in the agency asked for."""
    return {
        held.pool_id for held in user.memberships
        if filters.agency is None or held.agency_id == filters.agency
    }  # fmt: skip


def _listed(values: Iterable[Any]) -> Any:
    """A list as the dialect takes it; in order for numbers, so that equal lists are equal texts."""
    found = list(values) if not isinstance(values, set) else sorted(values)
    return found if db.engine.dialect.name == "postgresql" else json.dumps(found)


def _special_pairs(special: Iterable[tuple[int, str]], pools: set[int]) -> list[tuple[int, str]]:
    """Pool and pattern of the kinds, without those that a shorter one of the same pool says already."""
    found = sorted({pair for pair in special if pair[0] in pools}, key=lambda pair: (pair[0], len(pair[1]), pair[1]))
    kept: list[tuple[int, str]] = []
    for pool_id, kind in found:
        if not any(pool_id == pool and kind.startswith(shorter) for pool, shorter in kept):
            kept.append((pool_id, kind))
    return [(pool_id, f"{kind}%") for pool_id, kind in kept]


@lru_cache(maxsize=4)
def _count_query(dialect: str, special: bool) -> Select[Any]:
    columns = []
    for tab in TABS:
        sources = _sources(dialect, _Shape(tab, "due", "", frozenset(), special=special), [], MOST_COUNTED)
        for index, source in enumerate(sources):
            counted = select(func.count()).select_from(source.limit(MOST_COUNTED).subquery())
            columns.append(counted.scalar_subquery().label(f"{tab}_{index}"))
    return select(*columns, _kept_away().label(f"{KEPT_AWAY}_0"))


def _kept_away() -> Any:
    """How many open tasks of the person's pools belong to cases from which a tie keeps him or her."""
    own = select(Membership.pool_id).where(Membership.user_id == bindparam("myself"))
    free = (Task.status == "open", Task.claimed_by_id.is_(None), Task.pool_id.in_(own))
    counted = select(Task.id).where(Task.case_id.in_(_tied_cases()), *free).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(counted).scalar_subquery()


def _tied_cases() -> Select[Any]:
    return select(Conflict.case_id).where(Conflict.user_id == bindparam("myself"), *ties.barring())


@lru_cache(maxsize=256)
def _page_query(dialect: str, shape: _Shape, limit: int) -> Select[Any]:
    """The rows of a page: from every source no more than a page of keys, then the first of them all, then details."""
    parts = []
    for beginning in _beginnings(shape):
        for source in _sources(dialect, shape, beginning, limit):
            part = source.subquery()
            first = select(part.c.sort_at, part.c.id).order_by(*_order(part.c.sort_at, part.c.id, shape)).limit(limit)
            parts.append(select(first.subquery()))
    keys = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("keys")
    query = _rows().join(keys, keys.c.id == Task.id)
    return query.order_by(*_order(keys.c.sort_at, keys.c.id, shape)).limit(limit)


# --- which tasks ------------------------------------------------------------------------------------------------------


def _sources(dialect: str, shape: _Shape, start: Conditions, limit: int) -> list[Select[Any]]:
    """Where a tab's tasks come from: held by people, offered to pools. Each is served by an index of its own."""
    narrowed = [_NARROWED[name]() for name in sorted(shape.narrowed & _NARROWED.keys())]
    where = [*start, *_due(shape.tab), *_due(shape.due), *narrowed]
    holders = {"mine": "me", "deputy": "deputies", "today": "everybody", "over": "everybody"}.get(shape.tab)
    found = [_held(holders, shape, where)] if holders else []
    if shape.tab in ("offered", "today", "over"):
        found.append(_offered(dialect, shape, where, limit))
        found += [_special(dialect, shape, where)] if shape.special else []
    if shape.tab == "others":
        found.append(_offered(dialect, shape, where, limit, "others"))
    return found


def _held(holders: str, shape: _Shape, where: Conditions) -> Select[Any]:
    people = bindparam(holders, expanding=True)
    query = select(*_keys(shape)).where(Task.status == "open", Task.claimed_by_id.in_(people), *where)
    if "agency" in shape.narrowed:
        query = query.where(Task.pool.has(Pool.agency_id == bindparam("agency")))
    return query


def _offered(dialect: str, shape: _Shape, where: Conditions, limit: int, pools: str = "pools") -> Select[Any]:
    """Unclaimed tasks of the pools, `limit` of each pool or more.

    PostgreSQL takes the first few of each pool from the index (LATERAL), whatever its statistics say of a pool. SQLite
    has no LATERAL; it walks the same index pool by pool, twenty thousand keys of it in a few milliseconds.
    """
    free = [*_free(), *where]
    if dialect == "postgresql":
        listed = bindparam(pools, type_=ARRAY(BigInteger))
        chosen = func.unnest(listed).table_valued("value").render_derived("chosen")
        first = select(*_keys(shape)).where(Task.pool_id == chosen.c.value, *free)
        best = first.order_by(*_order(_sorted_by(shape), Task.id, shape)).limit(limit).lateral("best")
        return select(best.c.sort_at, best.c.id).select_from(chosen).join(best, true())
    chosen = func.json_each(bindparam(pools, type_=String)).table_valued("value")
    return select(*_keys(shape)).select_from(chosen).join(Task, Task.pool_id == chosen.c.value).where(*free)


def _special(dialect: str, shape: _Shape, where: Conditions) -> Select[Any]:
    """Unclaimed tasks of pools that are others' today, of cases whose kind is this person's specialty (专业)."""
    if dialect == "postgresql":
        pools, kinds = (
            bindparam("special_pools", type_=ARRAY(BigInteger)),
            bindparam("special_kinds", type_=ARRAY(String)),
        )
        pairs = func.unnest(pools, kinds).table_valued("pool", "kind").render_derived("pairs")
        source, pool, kind = select(*_keys(shape)).select_from(pairs), pairs.c.pool, pairs.c.kind
        query = source.join(Task, Task.pool_id == pool)
    else:
        first = func.json_each(bindparam("special_pools", type_=String)).table_valued("key", "value", name="first")
        second = func.json_each(bindparam("special_kinds", type_=String)).table_valued("key", "value", name="second")
        kind = second.c.value
        query = select(*_keys(shape)).select_from(first).join(second, second.c.key == first.c.key)
        query = query.join(Task, Task.pool_id == first.c.value)
    return query.join(Case, Case.id == Task.case_id).where(Case.kind.like(kind), *_free(), *where)


def _free() -> Conditions:
    """Open, held by nobody, and of a case from which no tie keeps this person."""
    return [Task.status == "open", Task.claimed_by_id.is_(None), Task.case_id.not_in(_tied_cases())]


def _keys(shape: _Shape) -> tuple[Any, Any]:
    return _sorted_by(shape).label("sort_at"), Task.id.label("id")


def _sorted_by(shape: _Shape) -> Any:
    return Task.due_at if shape.sort == "due" else Task.entered_at


def _order(at: Any, task_id: Any, shape: _Shape) -> tuple[Any, Any]:
    """What is due first comes first and what has no deadline last; by entry, the newest first."""
    return (at.nulls_last(), task_id) if shape.sort == "due" else (at.desc(), task_id.desc())


def _beginnings(shape: _Shape) -> list[Conditions]:
    """Where the page begins, as alternatives that an index can seek: no comparison finds an empty deadline."""
    here = tuple_(bindparam("after_at", type_=Moment), bindparam("after_id", type_=String))
    return {
        "": [[]],
        "entered": [[tuple_(Task.entered_at, Task.id) < here]],
        "no-due": [[Task.due_at.is_(None), Task.id > bindparam("after_id")]],
        "due": [[tuple_(Task.due_at, Task.id) > here], [Task.due_at.is_(None)]],
    }[shape.after]


def _due(when: str) -> Conditions:
    now, tonight, week = bindparam("now"), bindparam("tonight"), bindparam("week")
    return {
        "over": [Task.due_at < now],
        "today": [Task.due_at >= now, Task.due_at <= tonight],
        "week": [Task.due_at >= now, Task.due_at <= week],
        "later": [Task.due_at > week],
    }.get(when, [])


def _of_step() -> ColumnElement[bool]:
    return (Task.process_key == bindparam("step_process")) & (Task.element_id == bindparam("step"))


def _of_kind() -> ColumnElement[bool]:
    return Task.case.has(Case.kind.like(bindparam("kind")))


def _of_cases_called() -> ColumnElement[bool]:
    """Of cases with a term that begins like this: a number, any part of a name, a telephone number."""
    found = select(SearchTerm.case_id).where(
        SearchTerm.term >= bindparam("term"), SearchTerm.term < bindparam("term_end")
    )
    return Task.case_id.in_(found)


def _of_cases_with_number() -> ColumnElement[bool]:
    """A telephone finds the cases only whose content one may read: else digit by digit it could be guessed."""
    mine = Case.mediator_id.in_(bindparam("me", expanding=True))
    readable = select(Case.id).where(mine | Case.agency_id.in_(bindparam("offices", expanding=True)))
    found = select(SearchTerm.case_id).where(
        SearchTerm.term >= bindparam("term"), SearchTerm.term < bindparam("term_end"),
        (func.length(SearchTerm.term) < SHORTEST_TELEPHONE) | SearchTerm.case_id.in_(readable),
    )  # fmt: skip
    return Task.case_id.in_(found)


_NARROWED: dict[str, Callable[[], ColumnElement[bool]]] = {
    "step": _of_step,
    "process": lambda: Task.process_key == bindparam("process"),
    "kind": _of_kind,
    "q": _of_cases_called,
    "digits": _of_cases_with_number,
}


# --- what a row shows -----------------------------------------------------------------------------------------------


def line_of(task_id: str) -> Line:
    """The row of one task that the caller has loaded already."""
    return _line(db.session.execute(_rows().where(Task.id == task_id)).one())


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
