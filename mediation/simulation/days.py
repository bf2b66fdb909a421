"""Steps that have a day of their own: nobody records a meeting before it was held, nor a payment before it was due."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from mediation import clock
from mediation.extensions import db
from mediation.meetings.bindings import latest_meeting
from mediation.models import Obligation, Task, Visit


def not_before(task: Task, now: datetime) -> datetime:
    """The earliest moment at which the step makes sense; `now` for most."""
    found = _earliest(task)
    return max(now, found) if found is not None else now


def _earliest(task: Task) -> datetime | None:
    if task.bind == "attendance":
        meeting = latest_meeting(task.case_id, "invited")
        return meeting.starts_at + timedelta(hours=2) if meeting else None
    if task.bind == "minutes":
        meeting = latest_meeting(task.case_id, "held", "adjourned")
        return meeting.starts_at + timedelta(hours=4) if meeting else None
    if task.bind == "performance":
        owed = select(Obligation.due_on).where(Obligation.case_id == task.case_id, Obligation.status == "open")
        due = db.session.scalar(owed.order_by(Obligation.due_on).limit(1))
        return clock.start_of(due) + timedelta(hours=10) if due else None
    if task.bind == "visit":
        planned = select(Visit.due_on).where(Visit.case_id == task.case_id, Visit.status == "planned")
        due = db.session.scalar(planned.order_by(Visit.due_on).limit(1))
        return clock.start_of(due) + timedelta(hours=10) if due else None
    return None
