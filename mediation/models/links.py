"""Disputes that belong together: what of a case can be recognised elsewhere, and what a person has joined."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case, Party
from mediation.models.people import User
from mediation.models.types import Id, Moment


class CaseTrait(db.Model):
    """What a case is recognised by, as a keyed hash: nobody reads a telephone or an identity number out of it."""

    __tablename__ = "case_trait"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(8))  # id, phone, person, address, matter, name
    hash: Mapped[str] = mapped_column(String(64))
    case: Mapped[Case] = relationship()
    party: Mapped[Party | None] = relationship()
    __table_args__ = (Index("ix_case_trait_hash", "hash", "case_id"),)


class CaseLink(db.Model):
    """Two cases that a person has joined; undone, it stays on record."""

    __tablename__ = "case_link"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)  # the later one
    other_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(14))  # same-matter, related, repeat, counterclaim
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_reason: Mapped[str] = mapped_column(Text, default="")
    case: Mapped[Case] = relationship(foreign_keys=[case_id])
    other: Mapped[Case] = relationship(foreign_keys=[other_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])


class Alarm(db.Model):
    """What came in about a case that was closed: a call to the police, the hotline, a new dispute of the same people."""

    __tablename__ = "alarm"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    source: Mapped[str] = mapped_column(String(12))  # police, hotline, party, visit, new-case, other
    text: Mapped[str] = mapped_column(Text)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))  # the new case that was linked
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    case: Mapped[Case] = relationship(foreign_keys=[case_id])
    about: Mapped[Case | None] = relationship(foreign_keys=[about_id])
    by: Mapped[User | None] = relationship()
