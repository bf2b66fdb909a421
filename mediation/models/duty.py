"""Who is on duty where and when: posts with their A and B, turns of single days, what an absence handed on, and ties."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.people import Pool, StandIn, User
from mediation.models.types import Id, Moment, Secret


class DutyPost(db.Model):
    """A place at the table that a pool keeps filled: by whom (A), by whom else (B 角), where, and how.

    `mode`: resident (常驻) and professional (专业) are there on their `weekdays`, a professional for cases whose kind
    begins like one of `kinds`; rotating (轮驻) and on-call (邀约) are there on the days of their turns only.
    """

    __tablename__ = "duty_post"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    mode: Mapped[str] = mapped_column(String(12))  # resident, rotating, on-call, professional
    place: Mapped[str] = mapped_column(String(60), default="")  # room or window
    first_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    weekdays: Mapped[str] = mapped_column(String(7), default="12345")  # 1 is Monday
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    from_time: Mapped[str] = mapped_column(String(5), default="")  # 09:00, as people say it
    until_time: Mapped[str] = mapped_column(String(5), default="")
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    pool: Mapped[Pool] = relationship()
    first: Mapped[User] = relationship(foreign_keys=[first_id])
    second: Mapped[User | None] = relationship(foreign_keys=[second_id])
    __table_args__ = (Index("ix_duty_post_pool", "pool_id", "last_day"),)


class DutyTurn(db.Model):
    """A person's turn on one day: of a rotation, or because the centre invited somebody who comes on call."""

    __tablename__ = "duty_turn"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date]
    mode: Mapped[str] = mapped_column(String(12))  # rotating, on-call
    place: Mapped[str] = mapped_column(String(60), default="")
    from_time: Mapped[str] = mapped_column(String(5), default="")
    until_time: Mapped[str] = mapped_column(String(5), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    pool: Mapped[Pool] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    __table_args__ = (
        UniqueConstraint("pool_id", "day", "user_id"),
        Index("ix_duty_turn_user", "user_id", "day"),
    )


class HandedOn(db.Model):
    """A task that an absence handed on, so that it can come back with its owner."""

    __tablename__ = "handed_on"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    stand_in_id: Mapped[int] = mapped_column(ForeignKey("stand_in.id"), index=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # none: back to its pool
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    stand_in: Mapped[StandIn] = relationship()
    to: Mapped[User | None] = relationship()


class StaffTie(db.Model):
    """A permanent tie of somebody who works here: a relative, an employer. Who it is stays encrypted; cases are compared
    by keyed hashes (最高人民法院关于人民法院特邀调解的规定 第十五条; 人民法院在线调解规则 第十三条)."""

    __tablename__ = "staff_tie"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(14))  # kin, organisation, other
    name: Mapped[str] = mapped_column(Secret)
    relation: Mapped[str] = mapped_column(String(60), default="")
    name_hash: Mapped[str] = mapped_column(String(64), index=True)
    id_number_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    declared_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    user: Mapped[User] = relationship()


class Studio(db.Model):
    """What an agency of the kind studio is good at: kinds of dispute, languages, the area that it serves."""

    __tablename__ = "studio"
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    areas: Mapped[list[str]] = mapped_column(JSON, default=list)  # words that a place of its area contains
    about: Mapped[str] = mapped_column(Text, default="")


class Participant(db.Model):
    """Somebody invited to the table beside the parties: volunteer, relative, neighbour, expert (人民调解法 20).

    `consents`: party id -> agree, refuse or open. Whoever is not agreed to by all does not come; a consent that is
    withdrawn means that the person leaves.
    """

    __tablename__ = "participant"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))  # volunteer, relative, neighbour, expert, other
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(40), default="")
    relation: Mapped[str] = mapped_column(String(120), default="")
    consents: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    invited_at: Mapped[datetime] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    left_reason: Mapped[str] = mapped_column(String(300), default="")
