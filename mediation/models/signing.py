"""Who signs a paper and how, the states of its file, and the certificates with which bodies seal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Attachment, Party, StoredFile
from mediation.models.papers import Paper
from mediation.models.people import Agency, User
from mediation.models.types import Id, Moment, Secret


class Hand(db.Model):
    """One place on a paper where somebody signs, or where the seal goes; `field` is its name inside the PDF.

    Open, then given (the ink is there, the worker has not yet put it into the file), then signed. On paper there is no
    worker between: with the scan that came back the hand is signed. Left out: somebody else signs for this one.
    """

    __tablename__ = "hand"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    ordinal: Mapped[int]
    field: Mapped[str] = mapped_column(String(20))  # hand-1 …, seal
    words: Mapped[str] = mapped_column(String(160))  # as they stand on the paper: 甲方 王建国
    who: Mapped[str] = mapped_column(String(10))  # party, mediator, recorder, other, seal
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    status: Mapped[str] = mapped_column(String(8), default="open")  # open, given, signed, left
    manner: Mapped[str] = mapped_column(String(12), default="")  # ink, hand, fingerprint, stamp, seal
    identity: Mapped[str] = mapped_column(String(12), default="")  # how the person was known: see codes, identities
    identity_note: Mapped[str] = mapped_column(String(120), default="")
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    device: Mapped[str] = mapped_column(String(120), default="")
    ink_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # why this hand was left out
    paper: Mapped[Paper] = relationship()
    party: Mapped[Party | None] = relationship()
    ink: Mapped[StoredFile | None] = relationship()
    scan: Mapped[Attachment | None] = relationship()
    checked_by: Mapped[User | None] = relationship()
    __table_args__ = (UniqueConstraint("paper_id", "field"), Index("ix_hand_status", "status", "paper_id"))


class SigningLink(db.Model):
    """A link with which one hand is given, once and within minutes. Only a hash of its token is kept."""

    __tablename__ = "signing_link"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hand_id: Mapped[int] = mapped_column(ForeignKey("hand.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    hand: Mapped[Hand] = relationship()


class PaperVersion(db.Model):
    """The file of a paper as it was at some moment: printed, with one hand more, sealed. The last one counts."""

    __tablename__ = "paper_version"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    ordinal: Mapped[int]
    what: Mapped[str] = mapped_column(String(8))  # printed, signed, sealed
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    paper: Mapped[Paper] = relationship()
    __table_args__ = (UniqueConstraint("paper_id", "ordinal"),)


class SealCertificate(db.Model):
    """The certificate with which a body seals, and its key: kept here encrypted, or on a token under `label`.

    Without a body: the root that vouches for the certificates of the demonstration.
    """

    __tablename__ = "seal_certificate"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    origin: Mapped[str] = mapped_column(String(14))  # demonstration, file, token
    name: Mapped[str] = mapped_column(String(120))
    issuer: Mapped[str] = mapped_column(String(120))
    certificate: Mapped[str] = mapped_column(Text)  # PEM
    chain: Mapped[list[str]] = mapped_column(JSON, default=list)  # PEM of those above it
    key: Mapped[str | None] = mapped_column(Secret)  # PKCS#8 as PEM
    label: Mapped[str] = mapped_column(String(80), default="")
    begins_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    agency: Mapped[Agency | None] = relationship()
