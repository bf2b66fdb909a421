"""How a paper was brought to its addressee: every attempt a row of its own, with its proof."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Attachment, Case, Party
from mediation.models.papers import Paper
from mediation.models.people import User
from mediation.models.types import Id, Moment, Secret


class Delivery(db.Model):
    """One attempt to bring one paper to one party: planned, then received, refused, left at the place, failed, or called off."""

    __tablename__ = "delivery"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    ordinal: Mapped[int]  # the attempt's number for this paper and addressee, from 1
    manner: Mapped[str] = mapped_column(String(8))  # person, post, message, grid, court
    status: Mapped[str] = mapped_column(String(8), default="planned")  # planned, received, refused, left, failed, off
    planned_on: Mapped[date]
    address: Mapped[str | None] = mapped_column(Secret)  # where to, as it was confirmed when the attempt was planned
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # who brings it to the door
    reference: Mapped[str] = mapped_column(String(60), default="")  # the post's number, the court's
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the link in a message
    code_sent_at: Mapped[datetime | None] = mapped_column(Moment)  # the code that opens the link is made from it
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    received_by: Mapped[str] = mapped_column(String(60), default="")
    relation: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    witnesses: Mapped[list[str]] = mapped_column(JSON, default=list)
    ink_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))  # the certificate of delivery
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    case: Mapped[Case] = relationship()
    paper: Mapped[Paper] = relationship(foreign_keys=[paper_id])
    party: Mapped[Party] = relationship()
    carrier: Mapped[User | None] = relationship(foreign_keys=[carrier_id])
    created_by: Mapped[User] = relationship(foreign_keys=[created_by_id])
    photo: Mapped[Attachment | None] = relationship()
    proof: Mapped[Paper | None] = relationship(foreign_keys=[proof_id])
    __table_args__ = (
        UniqueConstraint("paper_id", "party_id", "ordinal"),
        Index("ix_delivery_carrier", "carrier_id", "status", "planned_on"),
    )
