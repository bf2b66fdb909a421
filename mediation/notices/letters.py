"""Letters that a person hands over or posts: what came of each, written down as evidence that somebody was told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mediation import access, clock, journal
from mediation.extensions import db
from mediation.models import Case, Notice, Paper, Party, User

# What came of a letter -> the status of its notice.
RESULTS = {"handed-over": "sent", "posted": "sent", "refused": "failed", "not-found": "failed"}
LONGEST_NOTE = 500
MOST = 300


@dataclass(frozen=True)
class Bundle:
    """All letters of one case, so that they go out together."""

    case: Case
    letters: list[Notice]


def waiting(user: User) -> list[Bundle]:
    """The letters that wait for somebody, case by case, the oldest case first."""
    query = (
        access.visible_letters(user)
        .where(Notice.status == "queued")
        .options(
            joinedload(Notice.case), joinedload(Notice.paper), joinedload(Notice.party).lazyload(Party.representatives)
        )
        .order_by(Notice.created_at, Notice.id)
        .limit(MOST)
    )
    bundles: dict[int, Bundle] = {}
    for letter in db.session.scalars(query):
        assert letter.case is not None, "a letter to a party belongs to a case"
        bundles.setdefault(letter.case.id, Bundle(letter.case, [])).letters.append(letter)
    return list(bundles.values())


def done(user: User, limit: int = 30) -> list[Notice]:
    """What was handed over, posted or came back last."""
    query = access.visible_letters(user).where(Notice.status.in_(("sent", "failed")))
    query = query.options(joinedload(Notice.case), joinedload(Notice.party).lazyload(Party.representatives))
    return list(db.session.scalars(query.order_by(Notice.sent_at.desc().nulls_last(), Notice.id.desc()).limit(limit)))


def newest_papers(bundles: list[Bundle]) -> dict[int, Paper]:
    """Paper id -> the paper that counts now: one that was replaced in the meantime is not handed over."""
    wanted = {letter.paper_id for bundle in bundles for letter in bundle.letters if letter.paper_id}
    if not wanted:
        return {}
    cases = {bundle.case.id for bundle in bundles}
    query = select(Paper).where(Paper.case_id.in_(cases), Paper.supersedes_id.is_not(None)).order_by(Paper.id)
    follows = {paper.supersedes_id: paper for paper in db.session.scalars(query)}
    own = {letter.paper.id: letter.paper for bundle in bundles for letter in bundle.letters if letter.paper}
    return {paper_id: _last(own[paper_id], follows) for paper_id in wanted}


def _last(paper: Paper, follows: dict[int | None, Paper]) -> Paper:
    while paper.id in follows:
        paper = follows[paper.id]
    return paper


def settle(letter_id: int, result: str, note: str, *, by: User) -> Notice | None:
    """Write down what came of a letter; None when it is not among those that wait, or somebody else was quicker."""
    query = access.visible_letters(by).where(Notice.id == letter_id, Notice.status == "queued")
    letter = db.session.scalar(query.with_for_update(of=Notice))
    if letter is None:
        return None
    letter.status = RESULTS[result]
    letter.sent_at = clock.now()
    letter.details = {**letter.details, "delivery": result, "note": note.strip()[:LONGEST_NOTE], "by": by.login}
    letter.failure = result if letter.status == "failed" else ""
    journal.record(f"letter-{result}", case_id=letter.case_id or journal.HOUSE, by=by, subject=f"notice:{letter.id}",
                   details={"party": letter.party_id, "paper": letter.paper_id})  # fmt: skip
    return letter
