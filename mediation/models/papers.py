"""The papers and their numbers. A paper is a row first; a worker makes the PDF afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case, Party, StoredFile
from mediation.models.people import Agency
from mediation.models.types import Id, Moment, SecretJson

# A paper that is there and counts: printed, signed by all hands, or sealed.
STANDS = ("ready", "signed", "sealed")
# Audiences among those at the table; every other paper was written to an agency.
AT_THE_TABLE = ("shared", "party", "file")


class NumberSeries(db.Model):
    """The next number of one body in one year; allocated under lock, so that none is missing and none is double."""

    __tablename__ = "number_series"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    series: Mapped[str] = mapped_column(String(30))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)
    agency: Mapped[Agency] = relationship()
    __table_args__ = (UniqueConstraint("agency_id", "series", "year"),)


class Paper(db.Model):
    """One paper to one addressee: the facts it was made from, its layout, its bytes, and whether it still counts."""

    __tablename__ = "paper"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(80))
    # Who may read it beside the office: everybody at the table (shared), one party (party), nobody (file), the agency
    # that it is about (agency), or what a kind of agency is called: court, police, legal-aid…
    audience: Mapped[str] = mapped_column(String(30))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(SecretJson, deferred=True)
    release_hash: Mapped[str] = mapped_column(ForeignKey("release.hash"))
    layout_version: Mapped[str] = mapped_column(String(64), default="")
    check_code: Mapped[str] = mapped_column(String(24), unique=True)
    # queued, ready, then signed (all hands are there) and sealed; refused, superseded, withdrawn
    status: Mapped[str] = mapped_column(String(12), default="queued")
    failure: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    try_after: Mapped[datetime] = mapped_column(Moment)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    pages: Mapped[int | None]
    annex: Mapped[bool] = mapped_column(default=False, server_default=false())  # with the English translation behind it
    # Where the hands and the seal go (page, corners in points), and the words beside the hands; told by the printer.
    boxes: Mapped[dict[str, list[float]]] = mapped_column(JSON, default=dict, server_default="{}")
    hand_words: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    # Facts that were corrected after somebody had signed: the paper stands, and no longer says what the tables say.
    disagrees: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    task_id: Mapped[str | None] = mapped_column(ForeignKey("task.id"), index=True)  # the step that caused it
    subject: Mapped[str] = mapped_column(String(40), default="")  # what it is about: "agreement:3", "meeting:7"
    issued_at: Mapped[datetime] = mapped_column(Moment)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    case: Mapped[Case] = relationship()
    party: Mapped[Party | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    __table_args__ = (Index("ix_paper_queue", "status", "try_after"), Index("ix_paper_sha256", "sha256"))

    @property
    def stands(self) -> bool:
        """Whether it is there to be fetched and still counts."""
        return self.status in STANDS
