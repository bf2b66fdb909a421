"""The dispute itself: the case, its parties and what each of them said, and what was handed in."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.people import Agency, User
from mediation.models.types import Id, Moment, Money, SearchText, Secret


class Case(db.Model):
    """One dispute, from the window to the last follow-up visit."""

    __tablename__ = "case"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)  # public: on the receipt, asks for a party's code too
    number: Mapped[str | None] = mapped_column(String(60), unique=True)  # the dossier's, given at acceptance
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    claims: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(8))  # 综治 two-level code
    statistics_kind: Mapped[str] = mapped_column(String(30), default="")  # 司法 statistics
    source: Mapped[str] = mapped_column(String(30))
    level: Mapped[str] = mapped_column(String(20), default="")
    risk: Mapped[str] = mapped_column(String(10), default="")
    route: Mapped[str] = mapped_column(String(40), default="")
    amount: Mapped[Decimal | None] = mapped_column(Money)
    place: Mapped[str] = mapped_column(String(200), default="")
    happened_on: Mapped[date | None]
    people_count: Mapped[int] = mapped_column(default=2)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    court_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    mediator_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    mediator_chosen_by: Mapped[str] = mapped_column(String(20), default="")  # 人民调解法 19: committee or parties
    status: Mapped[str] = mapped_column(String(20), default="registered")
    outcome: Mapped[str] = mapped_column(String(30), default="")
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    referral: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # to which agency it is handed, and why
    ending: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # who ended mediation, when and why
    extension: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the running request and who agreed
    extensions: Mapped[int] = mapped_column(default=0)
    wet_ink_only: Mapped[bool] = mapped_column(default=False)  # 电子签名法 3
    domestic_violence: Mapped[bool] = mapped_column(default=False)
    commercial: Mapped[bool] = mapped_column(default=False)
    publicity_agreed: Mapped[bool] = mapped_column(default=False, server_default=false())  # both sides, in writing (医疗纠纷条例 42)
    written_requested: Mapped[bool] = mapped_column(default=False)
    root_process: Mapped[str] = mapped_column(String(60), default="intake", server_default="intake")  # how it began
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))  # who brought it, where not the centre
    release_hash: Mapped[str] = mapped_column(ForeignKey("release.hash"))
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    registered_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    voided_at: Mapped[datetime | None] = mapped_column(Moment)
    void_reason: Mapped[str] = mapped_column(Text, default="")
    agency: Mapped[Agency] = relationship(foreign_keys=[agency_id])
    origin: Mapped[Agency | None] = relationship(foreign_keys=[origin_id])
    committee: Mapped[Agency | None] = relationship(foreign_keys=[committee_id])
    court: Mapped[Agency | None] = relationship(foreign_keys=[court_id])
    mediator: Mapped[User | None] = relationship(foreign_keys=[mediator_id])
    registered_by: Mapped[User] = relationship(foreign_keys=[registered_by_id])
    parties: Mapped[list[Party]] = relationship(back_populates="case", order_by="Party.id")
    __table_args__ = (
        Index("ix_case_agency_registered", "agency_id", "registered_at", "id"),
        Index("ix_case_status", "agency_id", "status", "registered_at"),
    )

    @property
    def display_number(self) -> str:
        return self.number or self.code


class Party(db.Model):
    """One side's person or organisation. Contact data and statements stand behind this party's wall."""

    __tablename__ = "party"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    side: Mapped[str] = mapped_column(String(12))  # applicant, respondent, third
    kind: Mapped[str] = mapped_column(String(14))  # person, organisation
    name: Mapped[str] = mapped_column(String(120), index=True)
    sex: Mapped[str] = mapped_column(String(8), default="")
    birth_date: Mapped[date | None]
    ethnicity: Mapped[str] = mapped_column(String(30), default="")
    occupation: Mapped[str] = mapped_column(String(60), default="")
    id_number: Mapped[str | None] = mapped_column(Secret)
    id_number_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    service_address: Mapped[str] = mapped_column(String(200), default="")
    interpreter: Mapped[str] = mapped_column(String(12), default="", server_default="")  # mongolian, sign, other: needs one
    protected: Mapped[bool] = mapped_column(default=False)  # the address is kept from the other side (反家庭暴力法)
    safe_contact: Mapped[str | None] = mapped_column(Secret)  # how a protected party may be reached: for the staff alone
    code_hash: Mapped[str] = mapped_column(String(64))  # the party's own code; only the hash is kept
    consent: Mapped[str] = mapped_column(String(10), default="open")  # open, agree, refuse, silent
    consented_at: Mapped[datetime | None] = mapped_column(Moment)
    chosen_mediator: Mapped[str] = mapped_column(String(60), default="")
    rights_told_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    case: Mapped[Case] = relationship(back_populates="parties")
    representatives: Mapped[list[Representative]] = relationship(
        back_populates="party", order_by="Representative.id", lazy="selectin"
    )


class PartyPass(db.Model):
    """A one-time password that a resident asked for. Only a keyed hash of it is kept; the text message is written later.

    `browser` is the keyed hash of a mark in the browser that asked: nobody can use up or guess at somebody else's.
    """

    __tablename__ = "party_pass"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    browser: Mapped[str] = mapped_column(String(64), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    party: Mapped[Party] = relationship()
    __table_args__ = (Index("ix_party_pass_party", "party_id", "created_at"),)


class Representative(db.Model):
    """Who acts for a party: guardian (民法典 23, 27-28), agent with an authority letter, or legal representative."""

    __tablename__ = "representative"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # guardian, agent, legal_representative
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(40), default="")
    relation: Mapped[str] = mapped_column(String(60), default="")
    authority: Mapped[str] = mapped_column(Text, default="")
    party: Mapped[Party] = relationship(back_populates="representatives")


class Statement(db.Model):
    """One party's own account. It never reaches the other side. Without a party: what a witness said, for the file alone."""

    __tablename__ = "statement"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str] = mapped_column(String(20), default="statement")  # statement, enquiry, request
    text: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # place, persons present: for the enquiry record
    made_at: Mapped[datetime] = mapped_column(Moment)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    party: Mapped[Party | None] = relationship()


class StoredFile(db.Model):
    """The bytes of a paper or an attachment, kept in the database: it is the only thing that the nodes share."""

    __tablename__ = "stored_file"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    stored_at: Mapped[datetime] = mapped_column(Moment)


class Attachment(db.Model):
    """Something handed in. With a party it stands behind that party's wall until it is shared."""

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(30), default="evidence")  # evidence, identity, receipt, signed-paper
    original_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    preview_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))  # JPEG of a HEIC photograph
    shared: Mapped[bool] = mapped_column(default=False)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    original: Mapped[StoredFile] = relationship(foreign_keys=[original_sha256])
    preview: Mapped[StoredFile | None] = relationship(foreign_keys=[preview_sha256])
    party: Mapped[Party | None] = relationship()


class Correction(db.Model):
    """A registered fact that was changed: what it was, what it is, why, and by whom."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))  # behind that party's wall when set
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[User] = relationship()


class SearchTerm(db.Model):
    """What a case is found by: its number and code, every ending of a party's name, telephone numbers.

    Searching the beginning of an ending finds any part of a name, two characters too, through an ordinary index.
    """

    __tablename__ = "search_term"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    term: Mapped[str] = mapped_column(SearchText)
    __table_args__ = (Index("ix_search_term_term", "term", "case_id"),)
