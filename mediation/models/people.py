"""Who works here and for whom: agencies, users, the roles they hold, and the pools that tasks are offered to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from mediation.extensions import db
from mediation.models.types import Id, Moment


class Agency(db.Model):
    """A centre, court, committee, police station…: whoever can be handed a task."""

    __tablename__ = "agency"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(30))  # centre, committee, court, procuratorate, police, judicial-office …
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    region: Mapped[str] = mapped_column(String(200), default="")  # path, e.g. "青山区/幸福街道"
    short_name: Mapped[str] = mapped_column(String(20), default="")  # the word in numbers of papers, e.g. "青调"
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)


class User(db.Model):
    """A person who signs in. Residents do not: they hold the code of a party."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(120), default="", index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(8), default="zh")
    large_type: Mapped[bool] = mapped_column(default=False)
    session_version: Mapped[int] = mapped_column(default=1)  # raised to end every session of the account
    created_at: Mapped[datetime] = mapped_column(Moment)
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", order_by="Membership.id", lazy="selectin"
    )

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        return f"{self.id}:{self.session_version}"

    @property
    def roles(self) -> set[str]:
        return {membership.role for membership in self.memberships}

    @property
    def pool_ids(self) -> list[int]:
        return sorted({membership.pool_id for membership in self.memberships})

    def holds(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


class Pool(db.Model):
    """One role in one agency: the people to whom a task is offered."""

    __tablename__ = "pool"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    role: Mapped[str] = mapped_column(String(40))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(lazy="joined")
    __table_args__ = (UniqueConstraint("role", "agency_id"),)


class Membership(db.Model):
    """A user holds a role in an agency."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    # Asked of every person on every page, and somebody may hold hundreds of roles: it comes without the pool.
    agency_id: Mapped[int] = column_property(
        select(Pool.agency_id).where(Pool.id == pool_id).correlate_except(Pool).scalar_subquery()
    )
    user: Mapped[User] = relationship(back_populates="memberships")
    pool: Mapped[Pool] = relationship(lazy="joined")
    __table_args__ = (UniqueConstraint("user_id", "pool_id"),)


class StandIn(db.Model):
    """While somebody is away, a deputy sees and does their tasks."""

    __tablename__ = "stand_in"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    from_at: Mapped[datetime] = mapped_column(Moment)
    until_at: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    absent: Mapped[User] = relationship(foreign_keys=[absent_id])
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id])


class Conflict(db.Model):
    """A tie between a person who works here and a case; unless both sides agree after disclosure it bars them.

    最高人民法院关于人民法院特邀调解的规定 第十五条.
    """

    __tablename__ = "conflict"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    declared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    declared_at: Mapped[datetime] = mapped_column(Moment)
    accepted_by_all: Mapped[bool] = mapped_column(default=False)
    # Found by comparing a permanent tie with the parties: "id" is certain, "name" may be a namesake.
    tie_id: Mapped[int | None] = mapped_column(ForeignKey("staff_tie.id"))
    found_by: Mapped[str] = mapped_column(String(4), default="", server_default="")
    cleared_at: Mapped[datetime | None] = mapped_column(Moment)  # looked into: it is somebody else
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    tie: Mapped[Any] = relationship("StaffTie", lazy="joined")  # kept beside the duty roster
    __table_args__ = (Index("ix_conflict_user_case", "user_id", "case_id"),)

    @property
    def bars(self) -> bool:
        """Whether it keeps the person away from the case at this moment."""
        return not self.accepted_by_all and self.cleared_at is None


class SignInAttempt(db.Model):
    """A failed sign-in. Counted by account AND origin, so that a stranger cannot lock an account's owner out."""

    __tablename__ = "sign_in_attempt"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))  # keyed hash of the login or of the party's case code
    origin: Mapped[str] = mapped_column(String(64))  # keyed hash of the address
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_sign_in_attempt_lookup", "subject", "origin", "at"),
        Index("ix_sign_in_attempt_origin", "origin", "at"),
    )


class PasswordReset(db.Model):
    """A one-time link for a new password; only its hash is kept."""

    __tablename__ = "password_reset"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    user: Mapped[User] = relationship()


class SavedView(db.Model):
    """A filter of my work that somebody named and kept."""

    __tablename__ = "saved_view"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))
    __table_args__ = (UniqueConstraint("user_id", "name"),)
