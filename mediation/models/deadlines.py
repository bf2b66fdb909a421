"""Clocks with their ground and how they were counted; holidays; who was warned that one has passed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.people import User
from mediation.models.types import Id, Moment


class Deadline(db.Model):
    """A clock of law or of the house that runs for a case. The truth; timers and tasks follow it."""

    __tablename__ = "deadline"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    clock: Mapped[str] = mapped_column(String(40))  # key in decisions/clocks.dmn
    name: Mapped[str] = mapped_column(String(80))
    ground: Mapped[str] = mapped_column(String(200))
    counted: Mapped[str] = mapped_column(Text)  # in words: from when, how many of what, moved by which holiday
    started_on: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(String(10), default="running")  # running, met, passed, stopped
    shared: Mapped[bool] = mapped_column(default=True)  # both sides see it
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("ix_deadline_due", "status", "due_at"),)


class Holiday(db.Model):
    """A correction of the published calendar: a day off, or a working day made up for one."""

    __tablename__ = "holiday"
    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60))


class HouseRule(db.Model):
    """A switch of the house: a rule of law that an administrator has confirmed, and whether it is in force."""

    __tablename__ = "house_rule"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    in_force: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200))  # the article as it was read when the rule was confirmed
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_by: Mapped[User] = relationship(lazy="joined")


class OverdueNotice(db.Model):
    """That a task's passed deadline was told: once to each, however often the sweep runs."""

    __tablename__ = "overdue_notice"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"))
    stage: Mapped[str] = mapped_column(String(10))  # yellow: soon, red: passed
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("task_id", "stage"),)
