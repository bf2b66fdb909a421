"""Notices: the outbox and the evidence that somebody was told, in one table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case, Party
from mediation.models.groups import RosterMember
from mediation.models.papers import Paper
from mediation.models.people import User
from mediation.models.types import Id, Moment
from mediation.models.work import Task


class Notice(db.Model):
    """One message to one person by one channel. A user's inbox is the notices of channel `inbox`."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[str | None] = mapped_column(ForeignKey("task.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("roster_member.id"))  # of a group, who is no party
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    channel: Mapped[str] = mapped_column(String(8))  # inbox, mail, sms, letter
    template: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # what the template's words need; no contact data
    status: Mapped[str] = mapped_column(String(12), default="queued")  # queued, sent, failed, withdrawn
    attempts: Mapped[int] = mapped_column(default=0)
    try_after: Mapped[datetime] = mapped_column(Moment)
    failure: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    case: Mapped[Case | None] = relationship()
    task: Mapped[Task | None] = relationship()  # written after the task it tells of
    user: Mapped[User | None] = relationship()
    party: Mapped[Party | None] = relationship()
    member: Mapped[RosterMember | None] = relationship()
    paper: Mapped[Paper | None] = relationship()
    __table_args__ = (
        Index("ix_notice_queue", "status", "try_after"),
        Index("ix_notice_inbox", "user_id", "channel", "read_at", "id"),
    )
