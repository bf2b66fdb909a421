"""What goes to the court because of a default: the application, the agreement as signed, the ledger, what proves it, in one PDF.

Asked for with one press; the application and the extract are issued as papers in the same command, a worker binds the rest.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import undefer

from documents.bundle import Layouts
from documents.dossier import NotBindable, Part, bind
from documents.refusals import PaperRefused, RenderFailed
from mediation import clock, flow, journal, queues
from mediation.agreements import claims, confirmation
from mediation.agreements.ledger import Ledger, Row, ledger_of
from mediation.case_view import current_agreement
from mediation.extensions import command, db
from mediation.models import (
    Agreement,
    AgreementChange,
    Attachment,
    Case,
    Delivery,
    Obligation,
    Packet,
    Paper,
    Receipt,
    StoredFile,
    User,
)
from mediation.models.papers import STANDS
from mediation.papers.operations import issue, issue_again, layouts_of
from mediation.papers.pieces import body_of, number_of
from mediation.papers.rendering import current_processes, renderer
from mediation.requests import language
from mediation.storage import keep

log = logging.getLogger("mediation.packets")

WAYS = ("payment_order", "confirmation", "enforcement", "suit")
BATCH = 2
LEASE = timedelta(minutes=3)
SOON = timedelta(seconds=3)  # until the papers that were just issued are printed
ATTEMPTS = 5
# Papers of the case that go along, in this order.
_ALONG = ("agreement", "oral_agreement_record", "supplementary_agreement", "mediation_proof", "ledger_extract", "performance_receipt",
          "urging_letter", "address_confirmation", "delivery_receipt")  # fmt: skip
# Papers that are written for a packet: that this body led the mediation (民诉法解释 354), and how it was performed. The
# court that has confirmed the agreement knows the first already.
_WRITTEN = ("mediation_proof", "ledger_extract")
_KNOWN = {"enforcement": ("mediation_proof",)}
_APPLICATIONS = {
    "payment_order": ("payment_order_application",),
    "confirmation": ("confirmation_application", "confirmation_application_unit"),
    "enforcement": ("enforcement_application",),
    "suit": ("complaint",),
}


class PacketRefused(Exception):
    """This way is not open; the message says why."""


@dataclass(frozen=True)
class Way:
    """One way to the court, and why it is closed (empty: it is open)."""

    key: str
    closed: str


def names() -> dict[str, str]:
    return {
        "payment_order": _("Order for payment"), "confirmation": _("Confirmation by the court"),
        "enforcement": _("Enforcement"), "suit": _("Suit"),
    }  # fmt: skip


def ways(agreement: Agreement, ledger: Ledger | None = None) -> list[Way]:
    """Every way with the reason why it is closed; `ledger` where it has been read already."""
    ledger = ledger or ledger_of(agreement)
    return [Way(way, _closed(way, agreement, ledger)) for way in WAYS]


def why_closed(way: str, agreement: Agreement) -> str:
    """Why this way (payment_order, confirmation, enforcement, suit) is closed now; empty where it is open."""
    return _closed(way, agreement, ledger_of(agreement))


def _closed(way: str, agreement: Agreement, ledger: Ledger) -> str:
    if agreement.effective_at is None:
        return _("The agreement is not in effect yet.")
    if way == "confirmation":
        return confirmation.why_closed(agreement)
    if way == "enforcement":
        return _unenforceable(agreement, ledger)
    if not ledger.claimed:
        return _("Nothing is late.")
    found = claims.ruling_on(agreement)
    # What was changed after the ruling is not in it: that is sued on like any agreement.
    if found is not None and found.status == "confirmed" and not claims.changed_since(found, ledger):
        return _("The court has confirmed the agreement: the creditor asks for enforcement (Civil Procedure Law, article 206).")
    if way == "payment_order" and not claims.claimed(way, ledger):
        if claims.open_sum(ledger.claimed):
            return _("An order for payment is for money whose day has passed (Civil Procedure Law, article 225).")
        return _("An order for payment is for money alone (Civil Procedure Law, article 225).")
    return ""


def _unenforceable(agreement: Agreement, ledger: Ledger) -> str:
    """Why enforcement cannot be asked for now (民事诉讼法 206, 247); empty where it can."""
    found = claims.ruling_on(agreement)
    if found is None:
        return _("Only an agreement that the court confirmed can be enforced.")
    if claims.changed_since(found, ledger):
        return _("The agreement was changed after the ruling: the ruling does not reach what was changed.")
    if not claims.claimed("enforcement", ledger):
        return _("Nothing is late.")
    if _APPLICATIONS["enforcement"][0] not in layouts_of(db.session.get_one(Case, agreement.case_id).release_hash).kinds:
        return _("The rules with which this case began have no such application: the creditor writes to the court.")
    return ""


def packets_of(case: Case) -> list[Packet]:
    """The packets of a case, the newest first."""
    return list(db.session.scalars(select(Packet).where(Packet.case_id == case.id).order_by(Packet.id.desc())))


def ask(case: Case, way: str, *, by: User) -> list[Packet]:
    """Issue the application and what proves it, and queue the packet; where both sides are late, one for each creditor:
    nobody is plaintiff and defendant of one suit. Raises PacketRefused, AnswersRefused."""
    found = current_agreement(case.id)
    if found is None or way not in WAYS:
        raise PacketRefused(_("There is no agreement yet."))
    flow.lock_case(case.id)  # pressed twice it is one
    if any(one.way == way and one.status == "queued" for one in packets_of(case)):
        raise PacketRefused(_("The packet is being made."))
    ledger = ledger_of(found)
    closed = _closed(way, found, ledger)
    if closed:
        raise PacketRefused(closed)
    for kind in (one for one in _WRITTEN if one not in _KNOWN.get(way, ())):
        issue(case, kind, by=by, subject=f"agreement:{found.id}")
    rows = claims.claimed(way, ledger)
    asking = list(dict.fromkeys(row.owed.creditor_id for row in rows)) or [None]
    return [_queue(case, found, way, one, [row for row in rows if row.owed.creditor_id == one], by) for one in asking]


def again(packet: Packet, *, by: User) -> None:
    """What could not be printed is issued anew, the application by the facts of today, and the packet is bound again.
    Raises PacketRefused, AnswersRefused."""
    case = flow.lock_case(packet.case_id)
    db.session.refresh(packet)
    found = current_agreement(case.id)
    if packet.status != "failed" or found is None or found.id != packet.agreement_id:
        raise PacketRefused(_("This packet cannot be bound again: gather a new one."))
    ledger = ledger_of(found)
    closed = _closed(packet.way, found, ledger)
    if closed:
        raise PacketRefused(closed)
    for paper in _unprinted(packet):
        if paper.kind not in _APPLICATIONS[packet.way]:
            issue_again(paper, by=by)
    rows = [row for row in claims.claimed(packet.way, ledger) if row.owed.creditor_id == packet.creditor_id]
    _apply(case, found, packet, rows, by)
    packet.status, packet.failure, packet.contents, packet.attempts = "queued", "", [], 0
    packet.try_after = clock.now()
    journal.record("packet-asked", case_id=case.id, by=by, subject=f"packet:{packet.id}", details={"way": packet.way})


def _queue(case: Case, found: Agreement, way: str, creditor: int | None, rows: list[Row], by: User) -> Packet:
    now = clock.now()
    packet = Packet(
        case_id=case.id, agreement_id=found.id, way=way, creditor_id=creditor, by_id=by.id, created_at=now, try_after=now,
        contents=[],
    )  # fmt: skip
    _apply(case, found, packet, rows, by)
    db.session.add(packet)
    db.session.flush()
    journal.record("packet-asked", case_id=case.id, by=by, subject=f"packet:{packet.id}", details={"way": way})
    return packet


def _apply(case: Case, found: Agreement, packet: Packet, rows: list[Row], by: User) -> None:
    """Issue the application of a packet."""
    kind = layouts_of(case.release_hash).kind(_application(packet.way, case))
    asked = claims.asked(packet.way, found, rows)
    given = {key: value for key, value in asked.items() if key in kind.facts}  # an earlier release may know fewer
    issue(case, kind.key, by=by, subject=_subject(packet), given=given)


def missing(packet: Packet) -> list[str]:
    """The papers for want of which a packet was not bound, by name in the language of the page."""
    kinds = [entry["missing"] for entry in packet.contents if "missing" in entry]
    if not kinds:
        return []
    layouts = layouts_of(db.session.get_one(Case, packet.case_id).release_hash)
    return [layouts.kind(kind).name[language()] for kind in kinds]


def _subject(packet: Packet) -> str:
    """What the application of a packet is about: what one creditor asks for replaces nothing that another one asks for."""
    return f"creditor:{packet.creditor_id}" if packet.creditor_id else f"agreement:{packet.agreement_id}"


def _application(way: str, case: Case) -> str:
    """Between people, or with an organisation: the court has a form for each."""
    if way != "confirmation":
        return _APPLICATIONS[way][0]
    units = any(
        party.kind == "organisation" and party.withdrawn_at is None and party.side != "third" for party in case.parties
    )
    return _APPLICATIONS[way][1 if units else 0]


# --- the worker's side --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """One thing that goes into the packet: what the list calls it, its number and day, and the part to bind."""

    name: str
    number: str
    made_on: date
    part: Part


@dataclass(frozen=True)
class _Job:
    """Everything that binding needs, read in one transaction."""

    packet_id: int
    title: str
    head: dict[str, Any]
    sheets: list[_Sheet]
    layouts: Layouts
    at: datetime


def bind_due() -> int:
    """Bind the packets that are due; returns how many became ready."""
    due = queues.lease(Packet, Packet.status == "queued", batch=BATCH, wait=lambda _attempts: LEASE)
    return sum(_make(packet_id) for packet_id in due)


def _make(packet_id: int) -> bool:
    with command():
        packet = db.session.get_one(Packet, packet_id)
        if _waits(packet):
            packet.try_after, packet.attempts = clock.now() + SOON, packet.attempts - 1
            return False
        if lacking := _lacking(packet):  # half a set is not offered as a whole one
            packet.status, packet.contents = "failed", [{"missing": kind} for kind in lacking]
            return False
        job = _read(packet)
    try:
        return _keep(job, *_bound(job))
    except (NotBindable, PaperRefused, RenderFailed) as error:
        log.warning("packet not bound", extra={"code": type(error).__name__})
        return _failed(packet_id, str(error))


def _waits(packet: Packet) -> bool:
    """Whether a paper of the packet is still being printed."""
    query = select(Paper.id).where(
        Paper.case_id == packet.case_id, Paper.kind.in_(_kinds(packet)), Paper.status == "queued"
    )
    return db.session.scalar(query.limit(1)) is not None


def _lacking(packet: Packet) -> list[str]:
    """The kinds of papers that belong into the packet and were not printed; the application is never left out."""
    lacking = {paper.kind for paper in _unprinted(packet)}
    application = _application(packet.way, db.session.get_one(Case, packet.case_id))
    if not any(paper.kind == application for paper in _set_of(packet, STANDS)):
        lacking.add(application)
    return [kind for kind in _kinds(packet) if kind in lacking]


def _unprinted(packet: Packet) -> list[Paper]:
    return _set_of(packet, ("refused",))


def _set_of(packet: Packet, statuses: tuple[str, ...]) -> list[Paper]:
    """The papers of a packet that are in one of these states, in the order of the list."""
    kinds = _kinds(packet)
    query = select(Paper).where(Paper.case_id == packet.case_id, Paper.kind.in_(kinds), Paper.status.in_(statuses))
    about = or_(Paper.kind.not_in(_APPLICATIONS[packet.way]), Paper.subject == _subject(packet))
    found = [paper for paper in db.session.scalars(query.where(about)) if _belongs(paper, packet)]
    return sorted(found, key=lambda one: (kinds.index(one.kind), one.id))


def _kinds(packet: Packet) -> tuple[str, ...]:
    return (*_APPLICATIONS[packet.way], *_ALONG)


def _read(packet: Packet) -> _Job:
    case = db.session.get_one(Case, packet.case_id)
    layouts = layouts_of(case.release_hash)
    sheets = [*_papers(packet, layouts), *_pictures(packet)]
    title = f"{number_of(case)} {layouts.kind(_application(packet.way, case)).name['zh']}材料"
    facts = {"body": body_of(case), "number": number_of(case)[:60], "matter": case.title[:120]}
    return _Job(packet.id, title, facts, sheets, layouts, clock.now())


def _papers(packet: Packet, layouts: Layouts) -> Iterator[_Sheet]:
    """The papers that count, the application first; a signed or sealed one lies inside in its own bytes, too."""
    found = [paper for paper in _set_of(packet, STANDS) if paper.sha256 is not None]
    many = Counter(paper.kind for paper in found)
    for paper in found:
        name = layouts.kind(paper.kind).name["zh"]
        if many[paper.kind] > 1 and paper.party is not None:  # which of several alike
            name = f"{name}（{paper.party.name}）"[:120]
        kept = paper.status in ("signed", "sealed")
        part = Part(name, _bytes(str(paper.sha256)), original=kept, name=f"{paper.kind}-{paper.id}.pdf")
        yield _Sheet(name, paper.number, clock.local(paper.issued_at).date(), part)


def _belongs(paper: Paper, packet: Packet) -> bool:
    """Of the certificates of delivery those of the agreement and of urging letters alone; of changes those in force; no
    agreement that another one has replaced; no address that is kept secret from the other side."""
    if paper.kind in ("agreement", "oral_agreement_record"):
        return paper.subject in ("", f"agreement:{packet.agreement_id}")
    if paper.kind == "address_confirmation":
        return paper.party is None or not paper.party.protected
    if paper.kind == "supplementary_agreement":
        change = db.session.get(AgreementChange, int(paper.subject.partition(":")[2] or 0))
        return change is not None and change.agreement_id == packet.agreement_id and change.effective_at is not None
    if paper.kind != "delivery_receipt":
        return True
    delivered = db.session.get(Delivery, int(paper.subject.partition(":")[2] or 0))
    if delivered is None or (delivered.party.protected and delivered.address):
        return False
    return delivered.paper.kind in ("agreement", "supplementary_agreement", "urging_letter")


def _pictures(packet: Packet) -> Iterator[_Sheet]:
    """Photographs of receipts that count."""
    query = (
        select(Attachment)
        .join(Receipt, Receipt.attachment_id == Attachment.id)
        .join(Obligation, Obligation.id == Receipt.obligation_id)
        .where(
            Obligation.agreement_id == packet.agreement_id,
            Receipt.status == "counts",
            Attachment.withdrawn_at.is_(None),
        )
        .order_by(Attachment.id)
    )
    for one in db.session.scalars(query):
        file = one.preview or one.original
        name = f"履行凭证：{one.name}"[:120]
        made_on = clock.local(one.uploaded_at).date()
        yield _Sheet(name, "", made_on, Part(name, _bytes(file.sha256), media=file.media_type, scan=True))


def _bytes(sha256: str) -> bytes:
    return db.session.get_one(StoredFile, sha256, options=[undefer(StoredFile.content)]).content


def _bound(job: _Job) -> tuple[bytes, int, list[dict[str, Any]]]:
    """The list first, then everything in its order; nothing is held open meanwhile."""
    parts, names_, taken = [], [], []
    for sheet in job.sheets:
        if _bindable(sheet.part):
            parts.append(sheet.part)
            taken.append(sheet)
    counted = bind(parts, (), title=job.title, at=job.at)
    entries = [
        {
            "name": sheet.name, **({"number": sheet.number} if sheet.number else {}), "made_on": sheet.made_on.isoformat(),
            "pages": str(first or ""),
        }
        for sheet, (first, _pages) in zip(taken, counted.places, strict=True)
    ]
    facts = {**job.head, "entries": entries, "packet": True}
    index = renderer(current_processes()).render("dossier_index", facts, layouts=job.layouts).result()
    whole = bind([Part("材料目录", index.pdf, numbered=False), *parts], (), title=job.title, at=job.at)
    names_ = [{**entry, "count": pages} for entry, (_first, pages) in zip(entries, counted.places, strict=True)]
    return whole.pdf, whole.pages, names_


def _bindable(part: Part) -> bool:
    """A recording or a table that somebody handed in as a receipt stays with the case; it has no pages."""
    return part.media == "application/pdf" or part.media.startswith("image/")


def _keep(job: _Job, pdf: bytes, pages: int, contents: list[dict[str, Any]]) -> bool:
    with command():
        packet = db.session.scalar(select(Packet).where(Packet.id == job.packet_id).with_for_update())
        if packet is None or packet.status != "queued":
            return False
        packet.sha256, packet.pages, packet.contents = keep(pdf, "application/pdf").sha256, pages, contents
        packet.status, packet.failure, packet.ready_at = "ready", "", clock.now()
        journal.record("packet-bound", case_id=packet.case_id, actor="worker", subject=f"packet:{packet.id}",
                       details={"way": packet.way, "pages": pages, "sha256": packet.sha256})  # fmt: skip
        return True


def _failed(packet_id: int, reason: str) -> bool:
    with command():
        packet = db.session.get_one(Packet, packet_id)
        packet.failure = reason[:500]
        if packet.attempts >= ATTEMPTS:
            packet.status = "failed"
    return False


# --- reading it ---------------------------------------------------------------------------------------------------------


def note_read(packet: Packet, *, by: User) -> None:
    journal.note_read(
        "packet-downloaded", case_id=packet.case_id, by=by, subject=f"packet:{packet.id}", details={"way": packet.way}
    )


def file_of(packet: Packet) -> StoredFile:
    """The bound file. The packet is ready."""
    assert packet.sha256 is not None
    return db.session.get_one(StoredFile, packet.sha256, options=[undefer(StoredFile.content)])
