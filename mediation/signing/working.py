"""The worker's side of signing: take papers with ink on lease, put it into the file outside any transaction, keep the file.

A worker that dies loses the lease and nothing else; what it had made counts only with the one commit at the end, and
only if the file is still the one that it began with. So nothing is lost, and nothing is signed twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import undefer

from documents.render import Box
from documents.seal_picture import seal_image
from documents.sealing import NotSealable, sign, with_fields
from mediation import clock, codes, journal, queues
from mediation.extensions import command, db
from mediation.models import Hand, Paper, StoredFile
from mediation.models.papers import STANDS
from mediation.papers.hands import SEAL, hands_of
from mediation.papers.rendering import keep_version
from mediation.signing import ink, seals, signatures

log = logging.getLogger("mediation.signing")

BATCH = 10
LEASE = timedelta(seconds=90)
LONGEST_WAIT = 40  # leases: an hour between attempts when the token is away or a certificate is missing


@dataclass(frozen=True)
class _Given:
    """One hand that is to be put into the file."""

    id: int
    field: str
    ink: bytes | None
    at: datetime
    reason: str


@dataclass(frozen=True)
class _Job:
    """Everything that signing one paper needs, read in one transaction."""

    paper_id: int
    base: str  # SHA-256 of the file that it begins with
    pdf: bytes
    boxes: dict[str, Box]
    seal: seals.Seal
    given: list[_Given]


def seal_due() -> int:
    """Put the ink and seals that were given into their papers; returns how many papers went on."""
    waiting = select(Hand.id).where(Hand.paper_id == Paper.id, Hand.status == "given").exists()
    due = queues.lease(Paper, waiting, Paper.status.in_(STANDS), Paper.sha256.is_not(None), batch=BATCH, wait=_wait)
    return sum(_work(paper_id) for paper_id in due)


def _wait(attempts: int) -> timedelta:
    return LEASE * min(attempts, LONGEST_WAIT)


def _work(paper_id: int) -> bool:
    try:
        with command():
            job = _read(paper_id)
        return job is not None and _keep(job, _signed(job))
    except (seals.SealMissing, seals.TokenUnavailable, NotSealable) as error:
        log.warning("paper waits for its seal", extra={"paper": paper_id, "code": type(error).__name__})
        return _told(paper_id, f"{type(error).__name__}: {error}")


def _read(paper_id: int) -> _Job | None:
    paper = db.session.get(Paper, paper_id)
    if paper is None or paper.sha256 is None:
        return None
    hands = hands_of(paper)
    given = [_given(hand, paper) for hand in hands if hand.status == "given"]
    file = db.session.get_one(StoredFile, paper.sha256, options=[undefer(StoredFile.content)])
    places = {hand.field for hand in hands}
    boxes = {name: Box(int(box[0]), *box[1:]) for name, box in paper.boxes.items() if name in places}
    return _Job(paper.id, paper.sha256, file.content, boxes, seals.seal_of(paper), given)


def _given(hand: Hand, paper: Paper) -> _Given:
    content = None
    if hand.ink_sha256:
        content = db.session.get_one(StoredFile, hand.ink_sha256, options=[undefer(StoredFile.content)]).content
    return _Given(hand.id, hand.field, content, hand.given_at or clock.now(), _reason(hand, paper))


def _reason(hand: Hand, paper: Paper) -> str:
    """What the signature says of itself, in Chinese like the paper."""
    if hand.field == SEAL:
        return f"加盖{seals.body_of(paper).name}印章"
    how = codes.name("identities", hand.identity, "zh")
    checker = hand.checked_by.name if hand.checked_by else ""
    if hand.identity == "account":
        return f"{hand.words} 当面签名（{how}）"
    return f"{hand.words} 当面签名，身份由{checker}核验（{how}）"


def _signed(job: _Job) -> bytes:
    """The file with every hand in order, the seal last; nothing is held open meanwhile."""
    pdf = with_fields(job.pdf, job.boxes)
    for one in job.given:
        picture = ink.plate(one.ink, one.at) if one.ink else seal_image(job.seal.name)
        pdf = sign(pdf, one.field, job.seal.key, one.at, one.reason, picture)
    return pdf


def _keep(job: _Job, pdf: bytes) -> bool:
    with command():
        paper = db.session.scalar(select(Paper).where(Paper.id == job.paper_id).with_for_update())
        if paper is None or paper.sha256 != job.base or paper.status not in STANDS:
            return False
        ids = {one.id for one in job.given}
        for hand in hands_of(paper):
            if hand.id in ids:
                hand.status = "signed"
        sealed = any(one.field == SEAL for one in job.given)
        keep_version(paper, pdf, "sealed" if sealed else "signed")
        paper.attempts, paper.failure, paper.try_after = 0, "", clock.now()
        signatures.go_on(paper)
        journal.record("paper-sealed" if sealed else "paper-signed", case_id=paper.case_id, actor="worker",
                       subject=f"paper:{paper.id}", details={"sha256": paper.sha256, "hands": len(ids)})  # fmt: skip
        return True


def _told(paper_id: int, failure: str) -> bool:
    with command():
        paper = db.session.get(Paper, paper_id)
        if paper is not None:
            paper.failure = failure[:500]
    return False
