"""Disputes of many: the roster of a group, how it chose who speaks for it, and what each member said for him- or herself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Attachment
from mediation.models.people import User
from mediation.models.types import Id, Moment, Money, Secret, SecretJson


class RosterMember(db.Model):
    """One person of a group dispute. The settlement binds those who consented (民事诉讼法 56, 59)."""

    __tablename__ = "roster_member"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    id_number: Mapped[str | None] = mapped_column(Secret)
    id_number_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[str] = mapped_column(String(80), default="")  # house, flat or shop
    area: Mapped[Decimal | None] = mapped_column(Money)  # m², two places: exclusive parts, for the owners' vote
    claim: Mapped[Decimal | None] = mapped_column(Money)
    note: Mapped[str] = mapped_column(String(200), default="")
    representative: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[str] = mapped_column(String(10), default="open")  # open, agree, refuse
    consented_on: Mapped[date | None]
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))  # the signed sheet
    vote: Mapped[str] = mapped_column(String(10), default="")  # for, against, abstain; "" did not take part
    told_at: Mapped[datetime | None] = mapped_column(Moment)  # told that the way to the court stays open
    proof: Mapped[Attachment | None] = relationship()
    __table_args__ = (
        Index("ix_roster_member_case", "case_id", "ordinal", "id"),
        UniqueConstraint("case_id", "id_number_hash"),
    )


class RosterDraft(db.Model):
    """A spreadsheet as it was read, while its mistakes are being corrected: nothing of it counts yet, nothing is lost."""

    __tablename__ = "roster_draft"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    rows: Mapped[list[dict[str, str]]] = mapped_column(SecretJson, deferred=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Election(db.Model):
    """How a group chose its representatives, or how owners voted; the count is kept with its arithmetic."""

    __tablename__ = "election"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # representatives, owners
    matter: Mapped[str] = mapped_column(String(200), default="")
    special: Mapped[bool] = mapped_column(default=False)  # 民法典 278: three quarters are wanted
    held_on: Mapped[date]
    present: Mapped[int]  # who took part in choosing
    count: Mapped[dict[str, Any]] = mapped_column(JSON)  # candidates with their votes; heads and areas
    passed: Mapped[bool]
    minutes: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[User] = relationship()
