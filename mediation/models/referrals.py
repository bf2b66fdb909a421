"""Hand-overs between agencies: what is expected by when, what of the file goes along, and how each of them came out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case
from mediation.models.people import Agency, User
from mediation.models.types import Id, Moment


class Referral(db.Model):
    """One hand-over of a case to one agency; sent once more after a return it is a new row of the next round."""

    __tablename__ = "referral"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id"))
    task_id: Mapped[str] = mapped_column(String(36), index=True)  # the step that prepared it: taken back, it is too
    sign_task_id: Mapped[str | None] = mapped_column(String(36), index=True)  # the step that signed for or returned it
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    round: Mapped[int] = mapped_column(default=1)  # how many agencies it was offered to in this hand-over
    status: Mapped[str] = mapped_column(String(10), default="prepared")  # sent, signed, returned, answered, withdrawn
    reason: Mapped[str] = mapped_column(Text)  # why this agency
    purpose: Mapped[str] = mapped_column(Text)  # what is expected of it
    part: Mapped[str] = mapped_column(
        String(80)
    )  # what of the file goes along: facts parties contacts papers statements
    expects_answer: Mapped[bool] = mapped_column(default=True)
    binding: Mapped[bool] = mapped_column(default=False)  # 指定办理: the director decided, it cannot be returned
    answer_days: Mapped[int] = mapped_column(default=15)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    sign_due_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    return_reason: Mapped[str] = mapped_column(Text, default="")
    answer_due_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    settled: Mapped[bool | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    case: Mapped[Case] = relationship()
    from_agency: Mapped[Agency] = relationship(foreign_keys=[from_agency_id])
    to_agency: Mapped[Agency] = relationship(foreign_keys=[to_agency_id])
    prepared_by: Mapped[User] = relationship(foreign_keys=[prepared_by_id])
    signed_by: Mapped[User | None] = relationship(foreign_keys=[signed_by_id])
    __table_args__ = (
        Index("ix_referral_case", "case_id", "id"),
        Index("ix_referral_agency", "to_agency_id", "status", "id"),
    )
