"""The journal's rows: append-only, one hash chain a case and one for the rest, heads anchored hourly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.people import User
from mediation.models.types import Id, Moment


class ChainHead(db.Model):
    """The end of a chain; its row is the lock under which the next entry is written. Chain 0 belongs to no case."""

    __tablename__ = "chain_head"
    chain: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    ordinal: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")


class Entry(db.Model):
    """Who did, saw or searched what, and when. `hash` covers the row and the hash before it."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chain: Mapped[int] = mapped_column(Id)
    ordinal: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor: Mapped[str] = mapped_column(String(60))  # login, "party:<id>", "scheduler", "command line"
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hash: Mapped[str] = mapped_column(String(64))
    user: Mapped[User | None] = relationship()
    __table_args__ = (
        Index("ix_entry_chain", "chain", "ordinal", unique=True),
        Index("ix_entry_user", "user_id", "at"),
    )


class Anchor(db.Model):
    """All heads at one hour under one hash: a chain that was cut off at its end no longer fits."""

    __tablename__ = "anchor"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    heads: Mapped[dict[str, Any]] = mapped_column(JSON)  # chain -> [ordinal, hash]
    hash: Mapped[str] = mapped_column(String(64))
