"""What may be told to whom: plain data for both sides, and for one party its own part. Nothing else leaves the house.

Behind a party's wall: its statements, caucus notes, contact data, its requests to the centre, its own attachments.
Shared: names, the service address unless protected, joint minutes, the agreement, papers addressed to both.
A caucus note is in neither view: it stays with the mediator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from mediation import access, codes, words
from mediation.case_view import current_agreement, current_confirmation
from mediation.cases import stages
from mediation.extensions import db
from mediation.models import Attachment, Case, Deadline, Invitation, Meeting, Paper, Party, Statement, User
from mediation.permissions import can_read_content


@dataclass(frozen=True)
class SharedParty:
    """What both sides know of a party."""

    id: int
    name: str
    side: str
    kind: str
    service_address: str  # empty when protected


@dataclass(frozen=True)
class SharedMeeting:
    """A session at the table, and its joint minutes once it was held."""

    id: int
    round: int
    starts_at: datetime
    place: str
    mode: str
    status: str
    minutes: str


@dataclass(frozen=True)
class SharedObligation:
    """One line of the agreement."""

    id: int
    ordinal: int
    what: str
    amount: Any  # Decimal | None
    due_on: date
    status: str
    debtor_id: int
    debtor: str
    creditor: str


@dataclass(frozen=True)
class SharedDeadline:
    """A clock that both sides see."""

    name: str
    ground: str
    counted: str
    due_at: datetime
    status: str


@dataclass(frozen=True)
class SharedView:
    """The part of a case that both sides may see."""

    case_id: int
    code: str
    number: str
    title: str
    kind: str
    status: str
    sentence: str
    tracker: list[dict[str, Any]]
    mediator: str
    body: str
    phone: str
    registered_at: datetime
    parties: tuple[SharedParty, ...]
    meetings: tuple[SharedMeeting, ...]
    obligations: tuple[SharedObligation, ...]
    deadlines: tuple[SharedDeadline, ...]


@dataclass(frozen=True)
class OwnStatement:
    made_at: datetime
    kind: str
    text: str


@dataclass(frozen=True)
class PartyView:
    """What one party may see: the shared part and what stands behind its own wall."""

    shared: SharedView
    party_id: int
    name: str
    side: str
    consent: str
    phone: str
    address: str
    statements: tuple[OwnStatement, ...]
    attachments: tuple[Attachment, ...]
    papers: tuple[Paper, ...]
    invitations: tuple[Invitation, ...]


def shared_view(case: Case) -> SharedView:
    """The part of `case` that both sides may see, as plain data."""
    body = case.committee or case.agency
    return SharedView(
        case_id=case.id, code=case.code, number=case.display_number, title=case.title,
        kind=codes.name("kinds", case.kind), status=case.status, sentence=stages.sentence(case),
        tracker=stages.tracker(case, current_confirmation(case.id), stages.open_processes(case)),
        mediator=words.named(case.mediator), body=words.named(body), phone=body.phone or case.agency.phone,
        registered_at=case.registered_at, parties=_shared_parties(case), meetings=_shared_meetings(case),
        obligations=_shared_obligations(case), deadlines=_shared_deadlines(case),
    )  # fmt: skip


def party_view(party: Party) -> PartyView:
    """The shared part, and what stands behind this very party's wall."""
    return PartyView(
        shared=shared_view(party.case), party_id=party.id, name=party.name, side=party.side, consent=party.consent,
        phone=words.masked_phone(party.phone) if party.phone else "", address=party.address,
        statements=_own_statements(party), attachments=tuple(db.session.scalars(party_attachments(party))),
        papers=tuple(db.session.scalars(access.party_papers(party).order_by(Paper.id.desc()))),
        invitations=_own_invitations(party),
    )  # fmt: skip


def party_attachments(party: Party) -> Any:
    """Select of the attachments that this party may open: its own, and what is shared."""
    mine = or_(Attachment.shared, Attachment.party_id == party.id)
    query = select(Attachment).where(Attachment.case_id == party.case_id, Attachment.withdrawn_at.is_(None), mine)
    return query.order_by(Attachment.id)


def _shared_parties(case: Case) -> tuple[SharedParty, ...]:
    query = select(Party).where(Party.case_id == case.id, Party.withdrawn_at.is_(None)).order_by(Party.id)
    return tuple(
        SharedParty(row.id, row.name, row.side, row.kind, "" if row.protected else row.service_address)
        for row in db.session.scalars(query)
    )


def _shared_meetings(case: Case) -> tuple[SharedMeeting, ...]:
    query = select(Meeting).where(Meeting.case_id == case.id, Meeting.status != "cancelled").order_by(Meeting.starts_at)
    return tuple(
        SharedMeeting(
            row.id, row.round, row.starts_at, row.place, row.mode, row.status, row.minutes if row.held_at else ""
        )
        for row in db.session.scalars(query)
    )


def _shared_obligations(case: Case) -> tuple[SharedObligation, ...]:
    agreement = current_agreement(case.id)
    if agreement is None or agreement.status not in ("signing", "effective"):
        return ()
    return tuple(
        SharedObligation(
            row.id, row.ordinal, row.what, row.amount, row.due_on, row.status, row.debtor_id, row.debtor.name,
            row.creditor.name if row.creditor else "",
        )
        for row in agreement.obligations
    )  # fmt: skip


def _shared_deadlines(case: Case) -> tuple[SharedDeadline, ...]:
    query = select(Deadline).where(Deadline.case_id == case.id, Deadline.shared).order_by(Deadline.due_at, Deadline.id)
    return tuple(SharedDeadline(r.name, r.ground, r.counted, r.due_at, r.status) for r in db.session.scalars(query))


def _own_statements(party: Party) -> tuple[OwnStatement, ...]:
    query = select(Statement).where(Statement.case_id == party.case_id, Statement.party_id == party.id)
    rows = db.session.scalars(query.order_by(Statement.made_at, Statement.id))
    return tuple(OwnStatement(row.made_at, row.kind, row.text) for row in rows)


def _own_invitations(party: Party) -> tuple[Invitation, ...]:
    query = (
        select(Invitation).join(Invitation.meeting).where(Invitation.party_id == party.id, Meeting.status == "invited")
    )
    return tuple(db.session.scalars(query.order_by(Meeting.starts_at, Invitation.id)))


# --- staff ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartyCard:
    """A party as this member of staff sees it: contact data only for who may read the content, the number masked."""

    party: Party
    phone: str
    address: str
    service_address: str
    interpreter: str  # which language, for who may read the case
    id_number: str
    open: bool  # may see contact data at all
    told: bool  # may read the account


def party_cards(user: User, case: Case, listed: list[Party]) -> list[PartyCard]:
    """The parties for a page of staff; who may not read the content gets names and unprotected service addresses."""
    inside, contacts = can_read_content(user, case), access.reads_contacts(user, case)
    told = access.reads_statements(user, case)
    return [
        PartyCard(
            party=row,
            phone=words.masked_phone(row.phone) if contacts else "",
            address=row.address if contacts else "",
            service_address=row.service_address if contacts or not row.protected else "",
            interpreter=row.interpreter if contacts else "",
            id_number=words.masked_id(row.id_number) if inside and row.id_number else "",
            open=contacts,
            told=told,
        )
        for row in listed
    ]
