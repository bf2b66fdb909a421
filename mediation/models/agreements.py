"""What the parties agreed and whether it holds: agreement, signatures, obligations, receipts, confirmation, visits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Party
from mediation.models.types import Id, Moment, Money, Secret, SecretJson


class Agreement(db.Model):
    """Written, or oral and recorded (人民调解法 28). `effective_at` is computed, never typed (29, 30)."""

    __tablename__ = "agreement"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # written, oral
    status: Mapped[str] = mapped_column(String(12), default="draft")  # draft, checked, signing, effective, superseded
    facts: Mapped[str] = mapped_column(Text, default="")
    issues: Mapped[str] = mapped_column(Text, default="")
    responsibility: Mapped[str] = mapped_column(Text, default="")
    terms: Mapped[list[Any]] = mapped_column(JSON, default=list)  # documents.agreement.terms in order, without accounts
    accounts: Mapped[dict[str, str] | None] = mapped_column(SecretJson)  # number of the term -> account
    # What the checker found when it was drafted or checked last: rule, place, severity, and the reason why it stays.
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    manner: Mapped[str] = mapped_column(Text, default="")
    deadline_text: Mapped[str] = mapped_column(Text, default="")
    amount: Mapped[Decimal | None] = mapped_column(Money)
    details: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # place, copies, recorder, what if not performed
    status_terms: Mapped[bool] = mapped_column(default=False)  # marriage, parentage, adoption: may not be confirmed
    immediate: Mapped[bool] = mapped_column(default=False)
    check_note: Mapped[str] = mapped_column(Text, default="")
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    effective_at: Mapped[datetime | None] = mapped_column(Moment)
    obligations: Mapped[list[Obligation]] = relationship(
        back_populates="agreement", order_by="Obligation.due_on, Obligation.id", lazy="selectin"
    )
    signatures: Mapped[list[Signature]] = relationship(
        back_populates="agreement", order_by="Signature.id", lazy="selectin"
    )


class AgreementChange(db.Model):
    """A change of an agreement by consent (民法典 543): its own terms, its own deed; nothing changes until that is signed and
    sealed. `before` is what was agreed until then; `consents`: party id -> agreed or not, on which day, how."""

    __tablename__ = "agreement_change"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    ordinal: Mapped[int]
    status: Mapped[str] = mapped_column(String(10), default="draft")  # draft, agreed, effective, dropped
    reason: Mapped[str] = mapped_column(Text)
    terms: Mapped[list[Any]] = mapped_column(JSON, default=list)
    accounts: Mapped[dict[str, str] | None] = mapped_column(SecretJson)
    before: Mapped[list[Any]] = mapped_column(JSON, default=list)
    accounts_before: Mapped[dict[str, str] | None] = mapped_column(SecretJson)
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    consents: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    effective_at: Mapped[datetime | None] = mapped_column(Moment)
    agreement: Mapped[Agreement] = relationship()


class Signature(db.Model):
    """A party's signature, the mediator's, or the body's seal: the last of them makes the agreement effective."""

    __tablename__ = "signature"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    who: Mapped[str] = mapped_column(String(10))  # party, mediator, seal
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    manner: Mapped[str] = mapped_column(String(14), default="")  # hand, seal, fingerprint
    signed_on: Mapped[date | None]
    recorded_at: Mapped[datetime | None] = mapped_column(Moment)
    agreement: Mapped[Agreement] = relationship(back_populates="signatures")
    party: Mapped[Party | None] = relationship()
    __table_args__ = (UniqueConstraint("agreement_id", "who", "party_id"),)


class Obligation(db.Model):
    """One thing that one party owes another by a date: an instalment, or an act."""

    __tablename__ = "obligation"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    ordinal: Mapped[int]
    term: Mapped[int | None]  # the number of the term it comes from, counted from 1
    debtor_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    creditor_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    what: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal | None] = mapped_column(Money)
    due_on: Mapped[date]
    how: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(10), default="open")  # open, performed, defaulted, excused, replaced
    account: Mapped[str | None] = mapped_column(Secret)
    note: Mapped[str] = mapped_column(Text, default="")
    defaulted_at: Mapped[datetime | None] = mapped_column(Moment)
    urged_at: Mapped[datetime | None] = mapped_column(Moment)
    performed_on: Mapped[date | None]
    route: Mapped[str] = mapped_column(String(14), default="", server_default="")  # what the creditor chose after a default
    change_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_change.id"))  # the change that made it
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_change.id"))  # … that put others in its place
    agreement: Mapped[Agreement] = relationship(back_populates="obligations")
    debtor: Mapped[Party] = relationship(foreign_keys=[debtor_id])
    creditor: Mapped[Party | None] = relationship(foreign_keys=[creditor_id])
    receipts: Mapped[list[Receipt]] = relationship(back_populates="obligation", order_by="Receipt.id", lazy="selectin")
    promises: Mapped[list[Promise]] = relationship(back_populates="obligation", order_by="Promise.id", lazy="selectin")
    __table_args__ = (Index("ix_obligation_case_due", "case_id", "status", "due_on"),)

    @property
    def paid(self) -> Decimal:
        """What was received so far, as far as it counts."""
        return sum((one.amount or Decimal(0) for one in self.receipts if one.status == "counts"), Decimal(0))

    @property
    def rest(self) -> Decimal | None:
        """What is still to be paid; None where no amount was agreed."""
        return None if self.amount is None else self.amount - self.paid

    @property
    def to_be_booked(self) -> bool:
        """Put aside by a change, and paid before it as a party has said whom nobody has checked yet."""
        return self.status == "replaced" and any(one.status == "reported" for one in self.receipts)

    def promised_on(self, today: date) -> date | None:
        """The day promised last, while it has not passed; a promise moves no due date (民法典 543)."""
        last = self.promises[-1].promised_on if self.promises else None
        return last if self.status == "defaulted" and last is not None and last >= today else None

    def awaited_on(self, today: date) -> date | None:
        """The day on which it is looked at next: the due date, after a default the promised one; None while nobody waits."""
        return self.due_on if self.status == "open" else self.promised_on(today)


class Understanding(db.Model):
    """One point of the agreement that a party ticked as understood, on the page in plain words."""

    __tablename__ = "understanding"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    term: Mapped[int]  # counted from 1
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("agreement_id", "party_id", "term"),)


class Receipt(db.Model):
    """Proof that something was performed. What a party handed in itself counts only once the mediator has looked at it."""

    __tablename__ = "receipt"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"), index=True)
    amount: Mapped[Decimal | None] = mapped_column(Money)
    received_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)  # taken back with the step that recorded it
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(String(8), default="counts", server_default="counts")  # reported, counts, refused
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))  # who handed it in
    obligation: Mapped[Obligation] = relationship(back_populates="receipts")


class Promise(db.Model):
    """What a debtor said when urged: it will be performed on that day. It is told and reminded of; what was signed stays."""

    __tablename__ = "promise"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"), index=True)
    promised_on: Mapped[date]
    made_on: Mapped[date]
    how: Mapped[str] = mapped_column(String(10), default="")  # in_person, phone, paper, online
    note: Mapped[str] = mapped_column(Text, default="")
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)  # taken back with the step that recorded it
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    obligation: Mapped[Obligation] = relationship(back_populates="promises")


class Confirmation(db.Model):
    """The joint application for judicial confirmation and what the court made of it (民事诉讼法 205, 206)."""

    __tablename__ = "confirmation"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    status: Mapped[str] = mapped_column(String(12), default="none")
    scope: Mapped[str] = mapped_column(String(10), default="all")  # all, or part: without what may not be confirmed
    excluded: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None]
    applied_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # pre-check answers, papers asked for
    ruling_number: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None]


class ConfirmationConsent(db.Model):
    """Whether one party wants the court to confirm the agreement: the application is a joint one (民事诉讼法 205)."""

    __tablename__ = "confirmation_consent"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    agrees: Mapped[bool]
    how: Mapped[str] = mapped_column(String(10))  # portal, in_person, phone, paper
    at: Mapped[datetime] = mapped_column(Moment)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    __table_args__ = (UniqueConstraint("agreement_id", "party_id"),)


class Packet(db.Model):
    """What goes to the court because of a default, bound to one PDF by a worker; `way` is the way."""

    __tablename__ = "packet"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    way: Mapped[str] = mapped_column(String(14))  # payment_order, confirmation, enforcement, suit
    creditor_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))  # who asks; None: all together
    status: Mapped[str] = mapped_column(String(8), default="queued")  # queued, ready, failed
    failure: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    try_after: Mapped[datetime] = mapped_column(Moment)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    pages: Mapped[int | None]
    contents: Mapped[list[Any]] = mapped_column(JSON, default=list)  # title, first page, pages of each part
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    creditor: Mapped[Party | None] = relationship(lazy="selectin")
    __table_args__ = (Index("ix_packet_queue", "status", "try_after"),)


class Visit(db.Model):
    """A follow-up visit: planned by the decision table, done by a person."""

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    ordinal: Mapped[int]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default="planned")  # planned, done, missed
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    chased_at: Mapped[datetime | None] = mapped_column(Moment)
    visitor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    __table_args__ = (Index("ix_visit_case_due", "case_id", "status", "due_on"),)
