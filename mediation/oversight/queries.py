"""The figures of oversight: each is one statement over the cases in view, however many cases there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from mediation import access, clock
from mediation.cases.flow_words import value_name
from mediation.cases.queries import READS
from mediation.extensions import db
from mediation.models import Agency, Agreement, Case, Deadline, Entry, Obligation, Pool, Task, User
from mediation.words import named_column

PAGE = 50
SOON = timedelta(days=7)
NOBODY = 0


@dataclass(frozen=True)
class Period:
    """Days of registration, both included."""

    begin: date
    end: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        return clock.start_of(self.begin), clock.end_of(self.end)


@dataclass(frozen=True)
class Count:
    """A line of a table: what it counts by (`key` finds the list behind it), its name, how many, and the oldest date."""

    key: str
    name: str
    number: int
    oldest: datetime | None = None
    extra: str = ""


@dataclass(frozen=True)
class Standing:
    """How the cases registered in a period stand."""

    registered: int
    running: int
    agreed: int  # an agreement took effect
    by_status: dict[str, int]
    by_kind: dict[str, tuple[int, int]]  # first level of the kind -> (registered, agreed)


@dataclass(frozen=True)
class Duration:
    """Days from registration to the agreement's effect, over the cases that reached one."""

    cases: int
    average: float | None
    middle: float | None


def scope(user: User) -> Select[tuple[int]]:
    """Ids of the cases that the user oversees, those registered in error left out."""
    return access.visible_cases(user).with_only_columns(Case.id).where(Case.voided_at.is_(None))


def _registered_in(user: User, period: Period) -> Any:
    begin, end = period.moments
    return and_(Case.id.in_(scope(user)), Case.registered_at >= begin, Case.registered_at < end)


# --- overdue tasks ----------------------------------------------------------------------------------------------------


def _overdue(user: User) -> Any:
    return and_(Task.status == "open", Task.due_at < clock.now(), Task.case_id.in_(scope(user)))


def overdue_total(user: User) -> int:
    return db.session.scalar(select(func.count()).select_from(Task).where(_overdue(user))) or 0


def overdue_by_step(user: User) -> list[Count]:
    """Overdue tasks counted by step, the most first."""
    columns = (Task.process_key, Task.element_id, func.max(Task.name), func.max(Case.release_hash))
    query = _counted(user, *columns).join(Case, Case.id == Task.case_id)
    rows = db.session.execute(query.group_by(Task.process_key, Task.element_id))
    return _sorted(Count(f"{flow}.{step}", name, n, oldest, release) for flow, step, name, release, n, oldest in rows)


def overdue_by_agency(user: User) -> list[Count]:
    query = (
        _counted(user, Agency.id, named_column(Agency))
        .join(Pool, Pool.id == Task.pool_id)
        .join(Agency, Agency.id == Pool.agency_id)
    )
    rows = db.session.execute(query.group_by(Agency.id, named_column(Agency)))
    return _sorted(Count(str(key), name, n, oldest) for key, name, n, oldest in rows)


def overdue_by_person(user: User) -> list[Count]:
    """By who holds the task; key 0 and an empty name: nobody has claimed it."""
    query = _counted(user, User.id, named_column(User)).outerjoin(User, User.id == Task.claimed_by_id)
    rows = db.session.execute(query.group_by(User.id, named_column(User)))
    return _sorted(Count(str(key or NOBODY), name or "", n, oldest) for key, name, n, oldest in rows)


def _counted(user: User, *columns: Any) -> Select[Any]:
    return select(*columns, func.count(Task.id), func.min(Task.due_at)).select_from(Task).where(_overdue(user))


def _sorted(counts: Any) -> list[Count]:
    return sorted(counts, key=lambda count: (-count.number, count.name, count.key))


def overdue_tasks(user: User, by: str = "", key: str = "", after: tuple[datetime, str] | None = None) -> list[Task]:
    """The tasks behind a number, the longest overdue first; one more than a page when there are more."""
    query = (
        select(Task)
        .where(_overdue(user))
        .options(joinedload(Task.case), joinedload(Task.claimed_by).lazyload(User.memberships), joinedload(Task.pool))
    )
    if by == "step":
        flow, _dot, step = key.partition(".")
        query = query.where(Task.process_key == flow, Task.element_id == step)
    elif by == "agency":
        query = query.join(Pool, Pool.id == Task.pool_id).where(Pool.agency_id == _number(key))
    elif by == "person":
        query = query.where(Task.claimed_by_id == _number(key) if _number(key) else Task.claimed_by_id.is_(None))
    if after is not None:
        query = query.where(or_(Task.due_at > after[0], and_(Task.due_at == after[0], Task.id > after[1])))
    return list(db.session.scalars(query.order_by(Task.due_at, Task.id).limit(PAGE + 1)))


def _number(key: str) -> int:
    return int(key) if key.isdecimal() else NOBODY


# --- how cases stand --------------------------------------------------------------------------------------------------


def standing(user: User, period: Period) -> Standing:
    """Cases registered in the period by status and kind, in one statement."""
    settled = select(Agreement.case_id).where(Agreement.effective_at.is_not(None), Agreement.status == "effective")
    kind = func.substr(Case.kind, 1, 2)
    agreed = Case.id.in_(settled)
    query = (
        select(Case.status, kind, agreed, Case.closed_at.is_(None), func.count())
        .where(_registered_in(user, period))
        .group_by(Case.status, kind, agreed, Case.closed_at.is_(None))
    )
    rows = [(status, key, bool(done), bool(open_), n) for status, key, done, open_, n in db.session.execute(query)]
    by_status: dict[str, int] = {}
    by_kind: dict[str, tuple[int, int]] = {}
    for status, key, done, _open, n in rows:
        by_status[status] = by_status.get(status, 0) + n
        registered, reached = by_kind.get(key, (0, 0))
        by_kind[key] = (registered + n, reached + (n if done else 0))
    return Standing(
        registered=sum(row[4] for row in rows), running=sum(n for *_rest, open_, n in rows if open_),
        agreed=sum(n for _s, _k, done, _o, n in rows if done), by_status=by_status, by_kind=by_kind,
    )  # fmt: skip


def duration(user: User, period: Period) -> Duration:
    """How long the cases registered in the period took to an agreement in force."""
    query = (
        select(Case.registered_at, func.min(Agreement.effective_at))
        .join(Agreement, Agreement.case_id == Case.id)
        .where(_registered_in(user, period), Agreement.effective_at.is_not(None), Agreement.status == "effective")
        .group_by(Case.id, Case.registered_at)
    )
    days = [max((_aware(end) - begin).total_seconds() / 86400, 0.0) for begin, end in db.session.execute(query)]
    if not days:
        return Duration(0, None, None)
    return Duration(len(days), round(mean(days), 1), round(median(days), 1))


def _aware(moment: Any) -> datetime:
    """An aggregate keeps the column's type, so the moment comes back aware; a driver that does not is refused loudly."""
    assert isinstance(moment, datetime), "no moment"
    assert moment.tzinfo is not None, "a moment without its zone"
    return moment


def cases_in(user: User, period: Period, status: str = "", kind: str = "", after: int | None = None) -> list[Case]:
    """The cases behind a number, the newest first; one more than a page when there are more."""
    query = (
        select(Case).where(_registered_in(user, period)).options(joinedload(Case.mediator).lazyload(User.memberships))
    )
    if status:
        query = query.where(Case.status == status)
    if kind:
        query = query.where(func.substr(Case.kind, 1, 2) == kind)
    if after is not None:
        query = query.where(Case.id < after)
    return list(db.session.scalars(query.order_by(Case.id.desc()).limit(PAGE + 1)))


# --- dates that come near ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NearDate:
    """A period of law or an instalment that ends soon, or has ended."""

    case: Case
    what: str
    due: date | datetime
    ground: str = ""


def near_deadlines(user: User) -> list[NearDate]:
    """Running periods of law that end within a week, the nearest first."""
    query = (
        select(Deadline, Case)
        .join(Case, Case.id == Deadline.case_id)
        .where(Deadline.status == "running", Deadline.due_at < clock.now() + SOON, Deadline.case_id.in_(scope(user)))
        .order_by(Deadline.due_at, Deadline.id)
        .limit(PAGE)
    )
    return [
        NearDate(case, _clock_word(case, row.name), row.due_at, _clock_word(case, row.ground))
        for row, case in db.session.execute(query)
    ]


def _clock_word(case: Case, text: str) -> str:
    return value_name(case.release_hash, "clocks", text)


def unperformed(user: User) -> list[NearDate]:
    """What was agreed and is over due, the longest first."""
    query = (
        select(Obligation.what, Obligation.due_on, Case)
        .join(Case, Case.id == Obligation.case_id)
        .join(Agreement, Agreement.id == Obligation.agreement_id)
        .where(Obligation.status.in_(("open", "defaulted")), Obligation.due_on < clock.today())
        .where(Agreement.status == "effective", Obligation.case_id.in_(scope(user)))
        .order_by(Obligation.due_on, Obligation.id)
        .limit(PAGE)
    )
    return [NearDate(case, what, due_on) for what, due_on, case in db.session.execute(query)]


# --- who looked at what -----------------------------------------------------------------------------------------------


def reads_of(user: User, reader_id: int, before: int | None = None) -> Sequence[tuple[Entry, Case]]:
    """What one colleague has looked at in the cases in view, the latest first; one more than a page if there is more."""
    query = (
        select(Entry, Case)
        .join(Case, Case.id == Entry.chain)
        .where(Entry.user_id == reader_id, Entry.action.in_(READS), Entry.chain.in_(scope(user)))
        .options(joinedload(Entry.user).lazyload(User.memberships))
    )
    if before is not None:
        query = query.where(Entry.id < before)
    return [(entry, case) for entry, case in db.session.execute(query.order_by(Entry.id.desc()).limit(PAGE + 1))]
