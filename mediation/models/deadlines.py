"""Clocks with their ground, pauses and extensions; holidays; who was warned that one has passed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case
from mediation.models.people import User
from mediation.models.types import Id, Moment


class Deadline(db.Model):
    """A clock of law or of the house that runs for a case. The truth; timers and tasks follow it.

    What it was counted from stays with it, so that a pause, more time or a corrected calendar count it anew.
    """

    __tablename__ = "deadline"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    clock: Mapped[str] = mapped_column(String(40))  # key in decisions/clocks.dmn
    name: Mapped[str] = mapped_column(String(80))
    ground: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200), default="", server_default="")
    verified: Mapped[bool] = mapped_column(
        default=True, server_default=true()
    )  # whether the row was read in the law itself
    counted: Mapped[str] = mapped_column(Text)  # in words: from when, how many of what, moved by which holiday
    reckoning: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")  # the same as data
    started_on: Mapped[date]
    started_at: Mapped[datetime | None] = mapped_column(Moment)  # the moment of the event, where hours are counted
    length: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: counted before this was kept
    unit: Mapped[str] = mapped_column(String(10), default="", server_default="")  # working, calendar, month, hour
    closes: Mapped[str] = mapped_column(
        String(5), default="", server_default=""
    )  # "17:30": office hours end the last day
    due_at: Mapped[datetime] = mapped_column(Moment)  # while it pauses: where it stood when the pause began
    status: Mapped[str] = mapped_column(String(10), default="running")  # running, paused, met, passed, stopped
    shared: Mapped[bool] = mapped_column(default=True)  # both sides see it
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    task_id: Mapped[str | None] = mapped_column(String(36))  # the step that started it; taken back with it
    stop_task_id: Mapped[str | None] = mapped_column(String(36))  # and the one that stopped it
    pauses: Mapped[list[DeadlinePause]] = relationship(back_populates="deadline", order_by="DeadlinePause.id")
    extensions: Mapped[list[DeadlineExtension]] = relationship(
        back_populates="deadline", order_by="DeadlineExtension.id"
    )
    case: Mapped[Case] = relationship()
    __table_args__ = (Index("ix_deadline_due", "status", "due_at"),)


class DeadlinePause(db.Model):
    """A stretch that a clock does not count, with its reason and what proves it."""

    __tablename__ = "deadline_pause"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(Text, default="")  # the letter of commission
    begun_at: Mapped[datetime] = mapped_column(Moment)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    end_evidence: Mapped[str] = mapped_column(Text, default="")  # the opinion that came
    task_id: Mapped[str | None] = mapped_column(String(36))  # the step that began it; taken back with it
    end_task_id: Mapped[str | None] = mapped_column(String(36))  # and the one that ended it
    deadline: Mapped[Deadline] = relationship(back_populates="pauses")


class DeadlineExtension(db.Model):
    """More time for a clock: how much, why, and who agreed to it when."""

    __tablename__ = "deadline_extension"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), index=True)
    length: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(String(10), default="calendar")
    until: Mapped[date | None]  # a day that was agreed upon, instead of a length
    consents: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # [{name, on}]: the sides that agreed
    authority: Mapped[str] = mapped_column(String(120), default="")  # who approved it, where the law wants that
    reason: Mapped[str] = mapped_column(Text, default="")
    granted_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    task_id: Mapped[str | None] = mapped_column(String(36))  # the step that granted it; taken back with it
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    deadline: Mapped[Deadline] = relationship(back_populates="extensions")


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
