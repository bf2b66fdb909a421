"""Releases that are being written: the files that differ from a published one, and who has which of them open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.people import User
from mediation.models.types import Id, Moment


class ReleaseDraft(db.Model):
    """Changes to a published release that nobody follows yet. Published or given up, it is kept and closed."""

    __tablename__ = "release_draft"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    base_hash: Mapped[str] = mapped_column(ForeignKey("release.hash"))  # the release that the changes are made to
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    begun_at: Mapped[datetime] = mapped_column(Moment)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    saved_at: Mapped[datetime] = mapped_column(Moment)
    revision: Mapped[int] = mapped_column(default=1)  # raised by every change of one of its files
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    published_hash: Mapped[str | None] = mapped_column(ForeignKey("release.hash"))  # none, though closed: given up
    begun_by: Mapped[User] = relationship(foreign_keys=[begun_by_id])
    saved_by: Mapped[User] = relationship(foreign_keys=[saved_by_id])
    files: Mapped[list[DraftFile]] = relationship(order_by="DraftFile.path", back_populates="draft")
    __table_args__ = (Index("ix_release_draft_open", "closed_at", "saved_at"),)


class DraftFile(db.Model):
    """A file of a draft that is not as in the release it began with. `revision` tells whether somebody saved in between."""

    __tablename__ = "release_draft_file"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("release_draft.id"))
    path: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)  # none: the file is taken out of the release
    revision: Mapped[int]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    saved_at: Mapped[datetime] = mapped_column(Moment)
    draft: Mapped[ReleaseDraft] = relationship(back_populates="files")
    saved_by: Mapped[User] = relationship()
    __table_args__ = (Index("ix_release_draft_file", "draft_id", "path", unique=True),)


class DraftEditor(db.Model):
    """Somebody who had a file of a draft open a moment ago."""

    __tablename__ = "release_draft_editor"
    draft_id: Mapped[int] = mapped_column(ForeignKey("release_draft.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(120), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    user: Mapped[User] = relationship()
