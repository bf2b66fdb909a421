"""Sessions at the table: rooms, meetings, who was asked to come, who interprets, the joint minutes, what agencies said and
took on at a joint meeting, and what was said to the mediator alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Party
from mediation.models.people import Agency, User
from mediation.models.types import Id, Moment

# A meeting that was called without an end takes as long as meetings usually do.
USUAL_LENGTH = timedelta(minutes=120)


class Room(db.Model):
    """A room of an agency that can be booked, or a place in the network for meetings by video."""

    __tablename__ = "room"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(20))  # codes.json, table "rooms"
    capacity: Mapped[int] = mapped_column(default=8)
    accessible: Mapped[bool] = mapped_column(default=False)  # with a wheelchair
    equipment: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    agency: Mapped[Agency] = relationship()


class Interpreter(db.Model):
    """Somebody who interprets for a party: from Mongolian, in sign language, from another language."""

    __tablename__ = "interpreter"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)  # the centre that keeps the register
    name: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(12))  # mongolian, sign, other
    note: Mapped[str] = mapped_column(String(120), default="")  # which other language, from where
    phone: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)
    agency: Mapped[Agency] = relationship()


class Meeting(db.Model):
    """One session; adjourned ones are followed by another with the next `round`.

    Sessions of the parties with their mediator and joint meetings of agencies are counted each for itself.
    """

    __tablename__ = "meeting"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    round: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12), default="mediation", server_default="mediation")  # mediation, joint
    title: Mapped[str] = mapped_column(String(120), default="", server_default="")  # what a joint meeting is about
    starts_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
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
    room: Mapped[Room | None] = relationship()

    @property
    def until(self) -> datetime:
        """When it is over, as far as is known."""
        return self.ends_at or self.starts_at + USUAL_LENGTH


class Invitation(db.Model):
    """One invited party, agency or interpreter or, by name, a relative, neighbour or expert (人民调解法 20)."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    interpreter_id: Mapped[int | None] = mapped_column(ForeignKey("interpreter.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(60), default="", server_default="")  # interpreter; else as they are called
    mode: Mapped[str] = mapped_column(String(12), default="", server_default="")  # room, telephone, video; "" as the meeting
    attended_mode: Mapped[str] = mapped_column(String(12), default="", server_default="")  # how they took part
    answer: Mapped[str] = mapped_column(String(12), default="")  # comes, cannot, "" open
    note: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    attended: Mapped[bool | None]
    comes_at: Mapped[datetime | None] = mapped_column(Moment)  # in separate sessions, an hour of its own
    meeting: Mapped[Meeting] = relationship(back_populates="invitations")
    party: Mapped[Party | None] = relationship()
    agency: Mapped[Agency | None] = relationship()
    interpreter: Mapped[Interpreter | None] = relationship()

    @property
    def at(self) -> datetime:
        """When this guest is expected."""
        return self.comes_at or self.meeting.starts_at


class AgencyOpinion(db.Model):
    """What an agency says that was asked before a joint meeting: kept the moment it is given, seen at once by the host."""

    __tablename__ = "agency_opinion"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    round: Mapped[int] = mapped_column(default=1)  # asked anew, the opinions of before stay
    must: Mapped[bool] = mapped_column(default=True)  # whether the meeting cannot do without it
    question: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None]
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)
    position: Mapped[str] = mapped_column(String(12), default="")  # ours, partly, not_ours; "" not answered yet
    attends: Mapped[bool | None]
    attendee: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    agency: Mapped[Agency] = relationship()
    by: Mapped[User | None] = relationship()
    __table_args__ = (Index("ix_agency_opinion_case", "case_id", "round", "id"),)


class JointTask(db.Model):
    """What one agency took on at a joint meeting, and what came of it."""

    __tablename__ = "joint_task"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    what: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)
    result: Mapped[str] = mapped_column(String(12), default="")  # done, partly, impossible; "" not answered yet
    answer: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    agency: Mapped[Agency] = relationship()
    by: Mapped[User | None] = relationship()
    __table_args__ = (Index("ix_joint_task_case", "case_id", "id"),)


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
