"""Sessions at the table: meetings, who was asked to come, the joint minutes, and what was said to the mediator alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Party
from mediation.models.people import User
from mediation.models.types import Id, Moment


class Meeting(db.Model):
    """One session; adjourned ones are followed by another with the next `round`."""

    __tablename__ = "meeting"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    round: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(Moment, index=True)
    place: Mapped[str] = mapped_column(String(120))
    mode: Mapped[str] = mapped_column(String(12), default="room")  # room, telephone, video
    open_to_public: Mapped[bool] = mapped_column(default=False)  # 人民调解法 23
    status: Mapped[str] = mapped_column(String(12), default="invited")  # invited, held, adjourned, cancelled
    result: Mapped[str] = mapped_column(String(20), default="")  # agreed, oral, adjourned, failed
    minutes: Mapped[str] = mapped_column(Text, default="")  # joint: both sides read and sign them
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # recorder, read-back, persons present
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)  # the step that called it
    called_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    invitations: Mapped[list[Invitation]] = relationship(back_populates="meeting", order_by="Invitation.id")
    called_by: Mapped[User] = relationship()


class Invitation(db.Model):
    """One invited party or, by name, a relative, neighbour or expert (人民调解法 20)."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    name: Mapped[str] = mapped_column(String(60), default="")
    answer: Mapped[str] = mapped_column(String(12), default="")  # comes, cannot, "" open
    note: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    attended: Mapped[bool | None]
    meeting: Mapped[Meeting] = relationship(back_populates="invitations")
    party: Mapped[Party | None] = relationship()


class CaucusNote(db.Model):
    """What one side said to the mediator alone. It never reaches the other side, nor a paper."""

    __tablename__ = "caucus_note"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    party: Mapped[Party] = relationship()
    by: Mapped[User] = relationship()
