"""Warnings and supervision orders in numbers, each with its denominator, and the rows behind a number, oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased, joinedload

from mediation import access, clock
from mediation.extensions import db
from mediation.models import (
    Agency,
    Case,
    Deadline,
    OverdueNotice,
    Pool,
    Process,
    Referral,
    SupervisionOrder,
    Task,
    Urging,
    User,
    WarningTold,
)
from mediation.oversight.queries import NOBODY, PAGE, scope
from mediation.words import named_column

KINDS = ("task", "clock", "referral", "order")
WAYS = ("centre", "agency", "person")
YELLOW, RED = "yellow", "red"


@dataclass(frozen=True)
class Line:
    """A line of the table: how many run, how many of them are yellow and red, and the oldest end among those."""

    key: str
    name: str
    running: int
    yellow: int
    red: int
    oldest: datetime | date | None


@dataclass(frozen=True)
class Warned:
    """One thing that runs out or has run out."""

    id: str
    case: Case
    what: str
    due: datetime | date
    stage: str
    agency: str
    person: str
    task: Task | None = None
    order: SupervisionOrder | None = None


@dataclass(frozen=True)
class _Kind:
    """How one kind of thing is found in the tables: what is open, when it ends, who stands behind it."""

    model: Any
    open: ColumnElement[bool]
    due: SQLColumnExpression[Any]
    now: Any
    told_yellow: ColumnElement[bool]
    agency: SQLColumnExpression[Any]
    person: SQLColumnExpression[Any]
    what: SQLColumnExpression[Any]

    @property
    def red(self) -> ColumnElement[bool]:
        return self.due < self.now

    @property
    def yellow(self) -> ColumnElement[bool]:
        return and_(~self.red, self.told_yellow)


def _kind(name: str) -> _Kind:
    if name == "task":
        return _Kind(
            Task, Task.status == "open", Task.due_at, clock.now(),
            exists().where(OverdueNotice.task_id == Task.id, OverdueNotice.stage == YELLOW),
            select(Pool.agency_id).where(Pool.id == Task.pool_id).scalar_subquery(), Task.claimed_by_id, Task.name,
        )  # fmt: skip
    if name == "clock":
        running = and_(Deadline.stopped_at.is_(None), Deadline.status.in_(("running", "passed")))
        return _Kind(Deadline, running, Deadline.due_at, clock.now(), _told("deadline:", Deadline.id),
                     Case.agency_id, Case.mediator_id, Deadline.name)  # fmt: skip
    if name == "referral":
        waits = or_(Referral.status == "sent", and_(Referral.status == "signed", Referral.expects_answer))
        due = case((Referral.status == "sent", Referral.sign_due_at), else_=Referral.answer_due_at)
        told = or_(_told("referral-sent:", Referral.id), _told("referral-signed:", Referral.id))
        return _Kind(
            Referral, waits, due, clock.now(), told, Referral.to_agency_id, Referral.signed_by_id, Referral.purpose
        )
    row = SupervisionOrder
    unanswered = and_(row.closed_at.is_(None), row.answered_at.is_(None))
    return _Kind(
        row, unanswered, row.answer_due, clock.today(), _told("order:", row.id), row.agency_id, row.person_id, row.step
    )


def _told(prefix: str, id_column: Any) -> ColumnElement[bool]:
    key = literal(prefix).concat(cast(id_column, String))
    return exists().where(WarningTold.subject == key, WarningTold.stage == YELLOW)


def _running(user: User, kind: _Kind, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(kind.model).join(Case, Case.id == kind.model.case_id)
    return query.where(kind.open, Case.id.in_(scope(user)))


def _by(kind: _Kind, way: str) -> SQLColumnExpression[Any]:
    ways: dict[str, SQLColumnExpression[Any]] = {"centre": Case.agency_id, "agency": kind.agency, "person": kind.person}
    return ways[way]


def _owner(way: str) -> Any:
    """The table with the names of whom one counts by."""
    return aliased(User) if way == "person" else aliased(Agency)


def totals(user: User) -> Mapping[str, Line]:
    """How many of each kind run, and how many are yellow and red."""
    return {name: _total(user, name) for name in KINDS}


def _total(user: User, name: str) -> Line:
    kind = _kind(name)
    running, yellow, red, oldest = db.session.execute(_running(user, kind, *_numbers(kind))).one()
    return Line(name, "", running, int(yellow or 0), int(red or 0), oldest)


def _numbers(kind: _Kind) -> tuple[Any, ...]:
    warned = or_(kind.red, kind.yellow)
    return (
        func.count(), func.sum(case((kind.yellow, 1), else_=0)), func.sum(case((kind.red, 1), else_=0)),
        func.min(case((warned, kind.due))),
    )  # fmt: skip


def lines(user: User, name: str, way: str) -> list[Line]:
    """The numbers of one kind by centre, agency or person, the most red first; only who has something yellow or red."""
    kind = _kind(name)
    inner = _running(
        user, kind, _by(kind, way).label("key"), case((kind.yellow, 1), else_=0).label("yellow"),
        case((kind.red, 1), else_=0).label("red"), case((or_(kind.red, kind.yellow), kind.due)).label("due"),
    ).subquery()  # fmt: skip
    owner = _owner(way)
    called = named_column(owner)
    yellow, red = func.sum(inner.c.yellow), func.sum(inner.c.red)
    query = (
        select(inner.c.key, called, func.count(), yellow, red, func.min(inner.c.due))
        .select_from(inner)
        .outerjoin(owner, owner.id == inner.c.key)
        .group_by(inner.c.key, called)
        .having(yellow + red > 0)
        .order_by(red.desc(), yellow.desc(), called, inner.c.key)
        .limit(PAGE)
    )
    rows = db.session.execute(query)
    return [Line(str(key or NOBODY), who or "", n, int(y), int(r), oldest) for key, who, n, y, r, oldest in rows]


def urged_today(task_ids: Sequence[str]) -> set[str]:
    """Which of these steps were urged today: once a day is the most."""
    query = select(Urging.task_id).where(Urging.task_id.in_(task_ids), Urging.day == clock.today())
    return set(db.session.scalars(query)) if task_ids else set()


# The step that an order supervises, and the release that knows what it is called.
_SUPERVISED = joinedload(SupervisionOrder.task).joinedload(Task.process).load_only(Process.release_hash)


def warned(user: User, name: str, *, way: str = "", key: str = "", stage: str = "", page: int = 1) -> list[Warned]:
    """The rows behind a number, the oldest end first; one more than a page when there are more."""
    kind = _kind(name)
    centre, person = aliased(Agency), aliased(User)
    query = (
        _running(user, kind, kind.model, Case, kind.due, kind.red, kind.what, named_column(centre), named_column(person))
        .outerjoin(centre, centre.id == kind.agency)
        .outerjoin(person, person.id == kind.person)
        .where({RED: kind.red, YELLOW: kind.yellow}.get(stage, or_(kind.red, kind.yellow)))
    )
    if way in WAYS:
        wanted = int(key) if key.isdecimal() else NOBODY
        query = query.where(_by(kind, way) == wanted if wanted else _by(kind, way).is_(None))
    if name == "order":
        query = query.options(_SUPERVISED)
    query = query.order_by(kind.due, kind.model.id).offset((page - 1) * PAGE).limit(PAGE + 1)
    return [
        Warned(
            str(row.id),
            found,
            what,
            due,
            RED if red else YELLOW,
            agency or "",
            who or "",
            row if name == "task" else None,
            row if name == "order" else None,
        )
        for row, found, due, red, what, agency, who in db.session.execute(query)
    ]


# --- supervision orders -----------------------------------------------------------------------------------------------

STATES = ("open", "late", "answered", "closed")


@dataclass(frozen=True)
class OrderLine:
    """Orders given in a period to one agency or person: all, still open, answered late or not at all in time, closed."""

    key: str
    name: str
    given: int
    open: int
    late: int
    closed: int


def _state(state: str) -> ColumnElement[bool]:
    row = SupervisionOrder
    unanswered = and_(row.closed_at.is_(None), row.answered_at.is_(None))
    return {
        "open": row.closed_at.is_(None),
        "late": and_(unanswered, row.answer_due < clock.today()),
        "answered": and_(row.closed_at.is_(None), row.answered_at.is_not(None)),
        "closed": row.closed_at.is_not(None),
    }.get(state, literal(True))


def order_lines(user: User, way: str, begin: date, end: date) -> list[OrderLine]:
    """Orders given in the days from `begin` to `end` by centre, agency or person, the most late first."""
    row = SupervisionOrder
    owner = _owner(way)
    called = named_column(owner)
    key = {"centre": Case.agency_id, "agency": row.agency_id, "person": row.person_id}[way]
    late = func.sum(case((_state("late"), 1), else_=0))
    query = (
        select(key, called, func.count(), func.sum(case((_state("open"), 1), else_=0)), late,
               func.sum(case((_state("closed"), 1), else_=0)))
        .select_from(row)
        .join(Case, Case.id == row.case_id)
        .outerjoin(owner, owner.id == key)
        .where(row.id.in_(_orders_in(user, begin, end).with_only_columns(row.id)))
        .group_by(key, called)
        .order_by(late.desc(), func.count().desc(), called, key)
        .limit(PAGE)
    )  # fmt: skip
    return [
        OrderLine(str(found or NOBODY), name or "", n, int(open_), int(late_), int(closed))
        for found, name, n, open_, late_, closed in db.session.execute(query)
    ]


def _orders_in(user: User, begin: date, end: date) -> Select[tuple[SupervisionOrder]]:
    row = SupervisionOrder
    return access.visible_orders(user).where(
        row.ordered_at >= clock.start_of(begin), row.ordered_at < clock.end_of(end), row.case_id.in_(scope(user))
    )


def orders(
    user: User, begin: date, end: date, *, state: str = "", way: str = "", key: str = "", page: int = 1
) -> list[SupervisionOrder]:
    """The orders behind a number, the earliest day to answer first; one more than a page when there are more."""
    row = SupervisionOrder
    query = _orders_in(user, begin, end).where(_state(state))
    if way in WAYS:
        wanted = int(key) if key.isdecimal() else NOBODY
        column = {"agency": row.agency_id, "person": row.person_id}.get(way)
        if column is not None:
            query = query.where(column == wanted if wanted else column.is_(None))
        else:
            query = query.where(row.case_id.in_(select(Case.id).where(Case.agency_id == wanted)))
    people = (
        joinedload(row.case), joinedload(row.agency), joinedload(row.person).lazyload(User.memberships),
        joinedload(row.ordered_by).lazyload(User.memberships), _SUPERVISED,
    )  # fmt: skip
    query = query.options(*people).order_by(row.answer_due, row.id)
    return list(db.session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)))
