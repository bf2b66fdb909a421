"""Dossiers of cases as they were bound and sealed, and the archives of cases that were brought from another system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case, StoredFile
from mediation.models.people import Agency, User
from mediation.models.types import Id, Moment, Secret


class Dossier(db.Model):
    """One binding of a case's papers; a later one does not replace it, since both were sealed. Nothing here is ever destroyed."""

    __tablename__ = "dossier"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    ordinal: Mapped[int]
    status: Mapped[str] = mapped_column(String(8), default="queued")  # queued, ready, failed
    stage: Mapped[str] = mapped_column(String(8), default="")  # of a queued one: printing, binding, sealing
    failure: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    try_after: Mapped[datetime] = mapped_column(Moment)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))  # who files it (立卷人)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    made_at: Mapped[datetime | None] = mapped_column(Moment)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    papers: Mapped[int] = mapped_column(default=0)
    scans: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    retention: Mapped[str] = mapped_column(String(10), default="")  # short, long, permanent
    missing: Mapped[list[Any]] = mapped_column(JSON, default=list)  # what was not there, in both languages
    # The archive around it: what is told of the case, the journal's extract, and the signed manifest that names all files.
    told: Mapped[str | None] = mapped_column(Secret, deferred=True)
    journal: Mapped[str | None] = mapped_column(Secret, deferred=True)
    manifest: Mapped[str | None] = mapped_column(Secret, deferred=True)
    signature: Mapped[str | None] = mapped_column(Text, deferred=True)
    case: Mapped[Case] = relationship()
    asked_by: Mapped[User] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    __table_args__ = (UniqueConstraint("case_id", "ordinal"), Index("ix_dossier_queue", "status", "try_after"))


class ArchivedCase(db.Model):
    """A case that was brought in as an archive: to be read, never to be worked on."""

    __tablename__ = "archived_case"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)  # who keeps it here
    code: Mapped[str] = mapped_column(String(24), unique=True)
    number: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(120))  # who made and signed the archive
    fingerprint: Mapped[str] = mapped_column(String(80))  # of the certificate that it is signed with
    made_at: Mapped[datetime] = mapped_column(Moment)
    # As they came, byte for byte: the manifest names their hashes.
    told: Mapped[str] = mapped_column(Secret, deferred=True)
    journal: Mapped[str] = mapped_column(Secret, deferred=True)
    manifest: Mapped[str] = mapped_column(Secret, deferred=True)
    signature: Mapped[str] = mapped_column(Text, deferred=True)
    imported_at: Mapped[datetime] = mapped_column(Moment)
    imported_by: Mapped[str] = mapped_column(String(60))
    agency: Mapped[Agency] = relationship()
    files: Mapped[list[ArchivedFile]] = relationship(back_populates="archived", order_by="ArchivedFile.ordinal")


class ArchivedFile(db.Model):
    """One file of an archive: the dossier, a paper, or what somebody had handed in."""

    __tablename__ = "archived_file"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    archived_id: Mapped[int] = mapped_column(ForeignKey("archived_case.id"))
    ordinal: Mapped[int]
    path: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(10))  # dossier, paper, original
    title: Mapped[str] = mapped_column(String(200))
    media: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    archived: Mapped[ArchivedCase] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()
    __table_args__ = (UniqueConstraint("archived_id", "ordinal"),)
