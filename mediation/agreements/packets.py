"""What goes to the court because of a default: the application, the agreement as signed, the ledger, what proves it, in one PDF.

Asked for with one press; the application and the extract are issued as papers in the same command, a worker binds the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import undefer

from documents.bundle import Layouts
from documents.dossier import NotBindable, Part, bind
from documents.refusals import PaperRefused, RenderFailed
from mediation import clock, journal
from mediation.agreements import confirmation
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
    Party,
    Receipt,
    StoredFile,
    User,
)
from mediation.models.papers import STANDS
from mediation.papers.operations import issue, layouts_of
from mediation.papers.pieces import body_of, number_of, party_facts
from mediation.papers.rendering import current_processes, renderer
from mediation.storage import keep

log = logging.getLogger("mediation.packets")

WAYS = ("payment_order", "confirmation", "suit")
BATCH = 2
LEASE = timedelta(minutes=3)
SOON = timedelta(seconds=3)  # until the papers that were just issued are printed
ATTEMPTS = 5
# Papers of the case that go along, in this order.
_ALONG = ("agreement", "oral_agreement_record", "supplementary_agreement", "ledger_extract", "performance_receipt", "urging_letter",
          "address_confirmation", "delivery_receipt")  # fmt: skip
_APPLICATIONS = {
    "payment_order": ("payment_order_application",),
    "confirmation": ("confirmation_application", "confirmation_application_unit"),
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
        "payment_order": _("Order for payment"), "confirmation": _("Confirmation by the court"), "suit": _("Suit"),
    }  # fmt: skip


def ways(agreement: Agreement) -> list[Way]:
    """Every way with the reason why it is closed."""
    ledger = ledger_of(agreement)
    return [Way(way, _closed(way, agreement, ledger)) for way in WAYS]


def _closed(way: str, agreement: Agreement, ledger: Ledger) -> str:
    if agreement.effective_at is None:
        return _("The agreement is not in effect yet.")
    if way == "confirmation":
        return confirmation.why_closed(agreement)
    if not ledger.late:
        return _("Nothing is late.")
    if way == "payment_order" and not _open_sum(ledger.late):
        return _("An order for payment is for money alone (Civil Procedure Law, article 225).")
    return ""


def _open_sum(late: list[Row]) -> Decimal:
    return sum((row.rest or Decimal(0) for row in late), Decimal(0))


def packets_of(case: Case) -> list[Packet]:
    """The packets of a case, the newest first."""
    return list(db.session.scalars(select(Packet).where(Packet.case_id == case.id).order_by(Packet.id.desc())))


def ask(case: Case, way: str, *, by: User) -> Packet:
    """Issue the application and the extract, and queue the packet. Raises PacketRefused, AnswersRefused."""
    found = current_agreement(case.id)
    if found is None or way not in WAYS:
        raise PacketRefused(_("There is no agreement yet."))
    ledger = ledger_of(found)
    closed = _closed(way, found, ledger)
    if closed:
        raise PacketRefused(closed)
    issue(case, "ledger_extract", by=by, subject=f"agreement:{found.id}")
    issue(case, _application(way, case), by=by, subject=f"agreement:{found.id}", given=_asked(way, ledger))
    now = clock.now()
    packet = Packet(
        case_id=case.id, agreement_id=found.id, way=way, by_id=by.id, created_at=now, try_after=now, contents=[]
    )
    db.session.add(packet)
    db.session.flush()
    journal.record("packet-asked", case_id=case.id, by=by, subject=f"packet:{packet.id}", details={"way": way})
    return packet


def _application(way: str, case: Case) -> str:
    """Between people, or with an organisation: the court has a form for each."""
    if way != "confirmation":
        return _APPLICATIONS[way][0]
    units = any(
        party.kind == "organisation" and party.withdrawn_at is None and party.side != "third" for party in case.parties
    )
    return _APPLICATIONS[way][1 if units else 0]


def _asked(way: str, ledger: Ledger) -> dict[str, Any]:
    """What is asked for because of what is late: how much, of whom, why, and the interest that was agreed."""
    if way == "confirmation":
        return {}
    total, late = _open_sum(ledger.late), ledger.late
    interest = sum((row.interest or Decimal(0) for row in late), Decimal(0))
    owing, owed = _people(late, "debtor"), _people(late, "creditor")
    if way == "payment_order":
        facts: dict[str, Any] = {"amount": f"{total + interest:.2f}", "grounds": _grounds(late, interest)}
        return facts | _sides("applicants", owed, "respondents", owing)
    wanted = f"判令被告支付调解协议约定而未付的款项{total:,.2f}元" if total else "判令被告履行调解协议约定的义务"
    facts = {"requests": "；".join(filter(None, (wanted, _interest(interest)))) + "。", "cause": "调解协议履行纠纷"}
    return facts | {"grounds": _grounds(late, interest)} | _sides("plaintiffs", owed, "defendants", owing)


def _sides(mine: str, owed: list[Party], theirs: str, owing: list[Party]) -> dict[str, Any]:
    return {mine: [_named(party) for party in owed], theirs: [_named(party) for party in owing]} if owed else {}


def _people(rows: list[Row], which: str) -> list[Party]:
    return list(dict.fromkeys(party for row in rows if (party := getattr(row.owed, which)) is not None))


def _named(party: Party) -> dict[str, Any]:
    return {key: value for key, value in party_facts(party, contact=not party.protected).items() if key != "label"}


def _grounds(late: list[Row], interest: Decimal) -> str:
    told = [_ground(row) for row in late]
    return "\n".join([*told, *([_interest(interest) + "。"] if interest else [])])[:8000]


def _ground(row: Row) -> str:
    due, owed = row.owed.due_on, row.owed
    sums = (
        f"{owed.amount:,.2f}元，已付{row.paid:,.2f}元，尚欠{row.rest:,.2f}元"
        if owed.amount is not None
        else "，至今未履行"
    )
    what = owed.what.replace("\n", " ")[:120]
    return f"{row.debtor}应于{due.year}年{due.month}月{due.day}日前向{row.creditor or '对方'}履行“{what}”{sums}。"


def _interest(interest: Decimal) -> str:
    day = clock.today()
    return f"按约定利率计算的逾期利息{interest:,.2f}元（算至{day.year}年{day.month}月{day.day}日）" if interest else ""


# --- the worker's side --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """One thing that goes into the packet: what the list calls it, its number, and the part to bind."""

    name: str
    number: str
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
    return sum(_make(packet_id) for packet_id in _lease())


def _lease() -> list[int]:
    query = (
        select(Packet)
        .where(Packet.status == "queued", Packet.try_after <= clock.now())
        .order_by(Packet.try_after, Packet.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    with command():
        found = list(db.session.scalars(query))
        for packet in found:
            packet.try_after, packet.attempts = clock.now() + LEASE, packet.attempts + 1
        return [packet.id for packet in found]


def _make(packet_id: int) -> bool:
    with command():
        packet = db.session.get_one(Packet, packet_id)
        if _waits(packet):
            packet.try_after, packet.attempts = clock.now() + SOON, packet.attempts - 1
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
    kinds = _kinds(packet)
    query = select(Paper).where(Paper.case_id == packet.case_id, Paper.kind.in_(kinds), Paper.status.in_(STANDS))
    about = or_(Paper.kind.not_in(_APPLICATIONS[packet.way]), Paper.subject == f"agreement:{packet.agreement_id}")
    found = db.session.scalars(query.where(about).order_by(Paper.id))
    for paper in sorted(found, key=lambda one: (kinds.index(one.kind), one.id)):
        if paper.sha256 is None or not _belongs(paper, packet):
            continue
        name = layouts.kind(paper.kind).name["zh"]
        kept = paper.status in ("signed", "sealed")
        part = Part(name, _bytes(paper.sha256), original=kept, name=f"{paper.kind}-{paper.id}.pdf")
        yield _Sheet(name, paper.number, part)


def _belongs(paper: Paper, packet: Packet) -> bool:
    """Of the certificates of delivery those of the agreement and of urging letters alone; of changes those in force."""
    if paper.kind == "supplementary_agreement":
        change = db.session.get(AgreementChange, int(paper.subject.partition(":")[2] or 0))
        return change is not None and change.effective_at is not None
    if paper.kind != "delivery_receipt":
        return True
    delivered = db.session.get(Delivery, int(paper.subject.partition(":")[2] or 0))
    return delivered is not None and delivered.paper.kind in ("agreement", "supplementary_agreement", "urging_letter")


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
        yield _Sheet(name, "", Part(name, _bytes(file.sha256), media=file.media_type, scan=True))


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
        {"name": sheet.name, **({"number": sheet.number} if sheet.number else {}), "pages": str(first or "")}
        for sheet, (first, _pages) in zip(taken, counted.places, strict=True)
    ]
    facts = {**job.head, "entries": entries}
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
