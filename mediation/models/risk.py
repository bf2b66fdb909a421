"""Beside a case in danger: who stands by with which task, and the counsellor's sealed notes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.people import User
from mediation.models.types import Id, Moment, Secret


class CrisisMember(db.Model):
    """A named member of a crisis team: the task, by when, and down to which level of risk he or she stays."""

    __tablename__ = "crisis_member"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id"))
    task_id: Mapped[str] = mapped_column(String(36), index=True)  # the step that formed the team
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    duty: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    until: Mapped[str] = mapped_column(String(10))  # orange, yellow, blue: stands down when the risk is down to this
    joined_at: Mapped[datetime] = mapped_column(Moment)
    stood_down_at: Mapped[datetime | None] = mapped_column(Moment)
    user: Mapped[User] = relationship()
    __table_args__ = (Index("ix_crisis_member_case", "case_id", "id"),)


class SealedNote(db.Model):
    """A counsellor's own notes of a session. Encrypted; only the author and whom the author names may open them."""

    __tablename__ = "sealed_note"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str] = mapped_column(String(36), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    session_at: Mapped[datetime] = mapped_column(Moment)
    text: Mapped[str] = mapped_column(Secret)
    written_at: Mapped[datetime] = mapped_column(Moment)
    author: Mapped[User] = relationship()
    readers: Mapped[list[SealedNoteReader]] = relationship(back_populates="note", order_by="SealedNoteReader.id")
    __table_args__ = (Index("ix_sealed_note_case", "case_id", "id"),)


class SealedNoteReader(db.Model):
    """Somebody whom the author has named: may open this one note."""

    __tablename__ = "sealed_note_reader"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("sealed_note.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    named_at: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[SealedNote] = relationship(back_populates="readers")
    user: Mapped[User] = relationship()
    __table_args__ = (UniqueConstraint("note_id", "user_id"),)
