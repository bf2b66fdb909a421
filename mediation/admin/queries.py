"""What the administration lists: accounts, agencies, releases, incidents. Never a party's name, never a case's content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from mediation import clock
from mediation.extensions import db
from mediation.models import Agency, Case, Holiday, Incident, Process, Release, Task, User, WaitingEvent

PAGE = 30


# --- people and agencies ----------------------------------------------------------------------------------------------


def users(text: str = "", after: int | None = None, limit: int = PAGE) -> tuple[list[User], int | None]:
    """Accounts by id, narrowed to those whose account, name or mail contains the text; and where the next page begins."""
    query = select(User).options(selectinload(User.memberships))
    if text:
        like = f"%{_escaped(text.strip())}%"
        fields = (User.login, User.name, User.name_en, User.email)
        query = query.where(or_(*(field.ilike(like, escape="\\") for field in fields)))
    if after is not None:
        query = query.where(User.id > after)
    rows = list(db.session.scalars(query.order_by(User.id).limit(limit + 1)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def user_by_id(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def agencies() -> list[Agency]:
    """All of them, the centre first, children after their parents by id."""
    return list(db.session.scalars(select(Agency).order_by(Agency.parent_id.is_not(None), Agency.id)))


def agency_by_id(agency_id: int) -> Agency | None:
    return db.session.get(Agency, agency_id)


def holidays() -> list[Holiday]:
    return list(db.session.scalars(select(Holiday).order_by(Holiday.day.desc())))


# --- releases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReleaseLine:
    """A release with the number of running cases that keep to it, and who published it (the program itself: empty)."""

    release: Release
    running: int
    by: str = ""


def releases() -> list[ReleaseLine]:
    """Every release, the latest published first, counted in one statement."""
    running = (
        select(Case.release_hash, func.count().label("cases"))
        .where(Case.closed_at.is_(None), Case.voided_at.is_(None))
        .group_by(Case.release_hash)
        .subquery()
    )
    query = (
        select(Release, func.coalesce(running.c.cases, 0), func.coalesce(User.name, ""))
        .outerjoin(running, running.c.release_hash == Release.hash)
        .outerjoin(User, User.id == Release.published_by_id)
    )
    rows = db.session.execute(query.order_by(Release.published_at.desc(), Release.hash))
    return [ReleaseLine(release, count, by) for release, count, by in rows]


# --- incidents --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IncidentLine:
    """An incident with the number of its case: not its title, which names people."""

    incident: Incident
    number: str
    process_key: str
    release_hash: str
    can_retry: bool


def open_incidents() -> int:
    """How many wait for an administrator."""
    return db.session.scalar(select(func.count()).where(Incident.resolved_at.is_(None))) or 0


def incidents(resolved: bool, before: int | None = None, limit: int = PAGE) -> tuple[list[IncidentLine], int | None]:
    """Incidents, the newest first."""
    query = _incident_lines().where(Incident.resolved_at.is_not(None) if resolved else Incident.resolved_at.is_(None))
    if before is not None:
        query = query.where(Incident.id < before)
    rows = db.session.execute(query.order_by(Incident.id.desc()).limit(limit + 1)).all()
    lines = [_line(*row) for row in rows[:limit]]
    return lines, lines[-1].incident.id if len(rows) > limit else None


def incident_line(incident_id: int) -> IncidentLine | None:
    row = db.session.execute(_incident_lines().where(Incident.id == incident_id)).one_or_none()
    return _line(*row) if row else None


def _incident_lines():  # type: ignore[no-untyped-def] # a Select of six columns, read only by _line
    stuck = (
        select(func.count())
        .select_from(WaitingEvent)
        .where(WaitingEvent.process_id == Incident.process_id, WaitingEvent.failed_at.is_not(None))
        .correlate(Incident)
        .scalar_subquery()
    )
    return (
        select(Incident, Case.number, Case.code, Process.key, Process.release_hash, stuck)
        .join(Case, Case.id == Incident.case_id)
        .outerjoin(Process, Process.id == Incident.process_id)
    )


def _line(
    incident: Incident, number: str | None, code: str, key: str | None, release: str | None, stuck: int
) -> IncidentLine:
    return IncidentLine(incident, number or code, key or "", release or "", incident.resolved_at is None and stuck > 0)


def stuck_timers(process_id: int) -> Sequence[WaitingEvent]:
    """Timers of the process that the sweep passes by since they failed."""
    query = select(WaitingEvent).where(WaitingEvent.process_id == process_id, WaitingEvent.failed_at.is_not(None))
    return db.session.scalars(query.order_by(WaitingEvent.due_at, WaitingEvent.id)).all()


def counted_across(day: date) -> list[Process]:
    """The running processes with an open step that was entered before this day, and a date of it or a timer after."""
    begins = clock.start_of(day)
    since = begins - timedelta(days=1)
    entered = select(Task.process_id).where(Task.status == "open", Task.entered_at < begins)
    due = select(Task.process_id).where(Task.status == "open", Task.due_at > since)
    timers = select(WaitingEvent.process_id).where(WaitingEvent.kind == "timer", WaitingEvent.due_at > since)
    query = (
        select(Process)
        .where(Process.status == "running", Process.id.in_(entered), or_(Process.id.in_(due), Process.id.in_(timers)))
        .options(joinedload(Process.case))
    )
    return list(db.session.scalars(query.order_by(Process.case_id, Process.id)))
