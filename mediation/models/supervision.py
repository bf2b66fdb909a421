"""Supervision: warnings that were told, tasks that were urged, and supervision orders with their answers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case
from mediation.models.people import Agency, User
from mediation.models.types import Id, Moment
from mediation.models.work import Process, Task


class WarningTold(db.Model):
    """That a clock or a hand-over was warned of: once a stage, however often the sweep runs."""

    __tablename__ = "warning_told"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(String(40))  # deadline:12, referral:3, order:4
    stage: Mapped[str] = mapped_column(String(10))  # yellow: soon, red: passed
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("subject", "stage"),)


class Urging(db.Model):
    """A reminder by hand (催办) to whoever holds a task; at most one a task and day."""

    __tablename__ = "urging"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"))
    day: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[User] = relationship()
    task: Mapped[Task] = relationship()
    __table_args__ = (UniqueConstraint("task_id", "day"),)


class SupervisionOrder(db.Model):
    """A supervision order (督办单): what was left undone, who must answer by when, the answer and its review.

    Times are filled by the steps of the flow `supervision`; `answer_due` is the last day to answer.
    """

    __tablename__ = "supervision_order"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process.id"), unique=True)
    number: Mapped[str] = mapped_column(String(60), default="")
    task_id: Mapped[str | None] = mapped_column(ForeignKey("task.id"), index=True)  # the step that is supervised
    step: Mapped[str] = mapped_column(String(120))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))  # who must answer
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text)
    demands: Mapped[str] = mapped_column(Text, default="")
    ordered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # none: the flow ordered it
    ordered_at: Mapped[datetime] = mapped_column(Moment)
    answer_due: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    review: Mapped[str] = mapped_column(Text, default="")
    rounds: Mapped[int] = mapped_column(default=1)  # how often an answer was asked for
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    case: Mapped[Case] = relationship()
    process: Mapped[Process | None] = relationship()
    task: Mapped[Task | None] = relationship()
    agency: Mapped[Agency] = relationship()
    person: Mapped[User | None] = relationship(foreign_keys=[person_id])
    ordered_by: Mapped[User | None] = relationship(foreign_keys=[ordered_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])

    @property
    def withdrawn(self) -> bool:
        """Whether it was closed without an answer: nobody need give one any more."""
        return self.closed_at is not None and self.answered_at is None

    __table_args__ = (Index("ix_supervision_order_open", "closed_at", "answer_due", "id"),)
