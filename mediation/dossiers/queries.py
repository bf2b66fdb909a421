"""What there is for a dossier, in the order of the rules, and the dossiers that were made.

Sealed notes and what one side told the mediator alone are tables of their own: nothing here reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from documents.bundle import Layouts
from documents.dossier_order import ATTACHMENT, Arranged, Item, arrange
from mediation import clock, codes
from mediation.case_view import current_agreement, current_confirmation
from mediation.extensions import db
from mediation.models import Attachment, Case, Dossier, Hand, Meeting, Paper, Representative, RosterMember
from mediation.papers.facts import parties_of
from mediation.papers.hands import signed_papers
from mediation.papers.operations import layouts_of

RETENTIONS = ("short", "long", "permanent")
# A paper whose hands all stand in this way lacks nobody.
_GIVEN = ("signed", "left")


@dataclass(frozen=True)
class Found:
    """One paper or attachment that is there; exactly one of the two is set."""

    item: Item
    paper: Paper | None = None
    attachment: Attachment | None = None
    successor: Paper | None = None  # what took the place of a signed paper

    @property
    def sha256(self) -> str | None:
        """Its file as it is kept: the paper's own, or the attachment as it was handed in."""
        return self.attachment.original_sha256 if self.attachment else self.paper.sha256 if self.paper else None

    def name(self, layouts: Layouts, language: str) -> str:
        """What it is called in the index and on the page."""
        if self.attachment is not None:
            return self.attachment.name
        assert self.paper is not None
        kind = layouts.kinds.get(self.paper.kind)
        name = kind.name[language] if kind else self.paper.kind
        return f"{name}（{self.paper.party.name}）" if self.paper.party else name


@dataclass(frozen=True)
class Contents:
    """Everything that a dossier of this case would hold now; `waiting` papers are still being made."""

    arranged: Arranged
    found: dict[str, Found]
    waiting: int

    def in_order(self) -> Iterable[tuple[int, Found]]:
        """(place, what is there) in the order of the dossier."""
        for filled in self.arranged.places:
            for item in filled.items:
                yield filled.number, self.found[item.key]


def contents(case: Case) -> Contents:
    """What there is in the case now; as many statements for a hundred papers as for one."""
    issued, attachments = _papers(case), _attachments(case)
    papers = [paper for paper in issued if paper.status == "queued" or paper.stands]
    lacking = _lacking([paper.id for paper in papers])
    rows = [Found(_item_of(paper, paper.id not in lacking), paper=paper) for paper in papers if paper.sha256]
    rows += _replaced(issued)
    rows += [Found(_item_of_file(one), attachment=one) for one in attachments]
    found = {row.item.key: row for row in rows}
    waiting = sum(paper.status == "queued" for paper in papers)
    return Contents(arrange((row.item for row in rows), _facts(case)), found, waiting)


def _papers(case: Case) -> list[Paper]:
    query = select(Paper).where(Paper.case_id == case.id)
    return list(db.session.scalars(query.options(joinedload(Paper.party)).order_by(Paper.id)))


def _replaced(issued: list[Paper]) -> list[Found]:
    """Papers that somebody had signed before others took their place: what was signed belongs to the file."""
    next_of = {paper.supersedes_id: paper for paper in issued if paper.supersedes_id}
    old = [one for one in issued if one.status == "superseded" and one.sha256 and one.id in next_of]
    signed = signed_papers(old) if old else set()
    kept = {one.id for one in issued if one.stands and one.sha256} | signed
    return [_behind(one, next_of, kept) for one in old if one.id in signed]


def _behind(paper: Paper, next_of: dict[int | None, Paper], kept: set[int]) -> Found:
    """The paper behind the next one that stands in the dossier; printings that nobody signed are passed over."""
    successor = next_of[paper.id]
    while successor.id not in kept and successor.id in next_of:
        successor = next_of[successor.id]
    made = clock.local(paper.issued_at).isoformat()
    item = Item(f"paper:{paper.id}", paper.kind, made, replaced_by=f"paper:{successor.id}")
    return Found(item, paper=paper, successor=successor)


def _attachments(case: Case) -> list[Attachment]:
    query = select(Attachment).where(Attachment.case_id == case.id, Attachment.withdrawn_at.is_(None))
    options = (joinedload(Attachment.party), joinedload(Attachment.original))
    return list(db.session.scalars(query.options(*options).order_by(Attachment.id)))


def _lacking(ids: list[int]) -> set[int]:
    """Papers on which somebody has not signed, or the seal is not there."""
    query = select(Hand.paper_id).where(Hand.paper_id.in_(ids), Hand.status.not_in(_GIVEN))
    return set(db.session.scalars(query.distinct()))


def _item_of(paper: Paper, whole: bool) -> Item:
    return Item(f"paper:{paper.id}", paper.kind, clock.local(paper.issued_at).isoformat(), whole)


def _item_of_file(one: Attachment) -> Item:
    return Item(f"attachment:{one.id}", f"{ATTACHMENT}{one.purpose}", clock.local(one.uploaded_at).isoformat())


def _facts(case: Case) -> dict[str, Any]:
    agreement, confirmation = current_agreement(case.id), current_confirmation(case.id)
    in_force = agreement is not None and agreement.effective_at is not None
    ids = [party.id for party in parties_of(case)]
    return {
        "accepted": case.accepted_at is not None,
        "closed": case.closed_at is not None,
        "agents": _count(Representative.party_id, Representative.party_id.in_(ids), Representative.kind == "agent"),
        "members": _count(RosterMember.id, RosterMember.case_id == case.id),
        "meetings": _count(Meeting.id, Meeting.case_id == case.id, Meeting.held_at.is_not(None)),
        "agreement": agreement.kind if agreement is not None and in_force else "",
        "confirmation": confirmation is not None,
    }


def _count(column: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count(column.distinct())).where(*conditions)) or 0


def layouts_for(case: Case) -> Layouts:
    """The layouts of the case's release; those that are shipped, where a release is older than its dossiers."""
    found = layouts_of(case.release_hash)
    return found if "dossier_cover" in found.kinds else Layouts.shipped()


def dossiers_of(case: Case) -> list[Dossier]:
    """The dossiers of the case that were made or are being made, the newest first."""
    query = select(Dossier).where(Dossier.case_id == case.id).options(joinedload(Dossier.asked_by))
    return list(db.session.scalars(query.order_by(Dossier.ordinal.desc())))


def latest(case: Case) -> Dossier | None:
    """The newest dossier that was sealed."""
    query = select(Dossier).where(Dossier.case_id == case.id, Dossier.status == "ready")
    return db.session.scalar(query.order_by(Dossier.ordinal.desc()).limit(1))


def purpose_of(one: Attachment) -> str:
    """What an attachment is for, as the Chinese papers say it."""
    return codes.name("purposes", one.purpose, "zh")
