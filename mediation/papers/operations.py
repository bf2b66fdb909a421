"""Issuing papers: facts are gathered and checked inside the command, the PDF is made afterwards by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select, update

from documents.bundle import Kind, Layouts
from documents.refusals import PaperRefused
from mediation import clock, crypto, journal
from mediation.effects import AnswersRefused, effect
from mediation.effects import Occasion as FlowOccasion
from mediation.extensions import db
from mediation.models import Case, Paper, Party, Task, User
from mediation.papers.facts import BUILDERS, Occasion, build, parties_of
from mediation.releases import load_bundle
from mediation.requests import language

SIDES = ("applicant", "respondent")


@lru_cache(maxsize=16)
def layouts_of(release_hash: str) -> Layouts:
    """The paper kinds and layouts of a release."""
    files = load_bundle(release_hash).files
    prefix = "documents/"
    return Layouts.of({path[len(prefix) :]: text.decode() for path, text in files.items() if path.startswith(prefix)})


def issue(
    case: Case,
    kind: str,
    *,
    by: User | None,
    to: str = "all",
    task: Task | None = None,
    subject: str = "",
    given: Mapping[str, Any] | None = None,
) -> list[Paper]:
    """Queue a paper of the kind, one for each addressee it is meant for; an earlier one about the same is superseded.

    `to` narrows the addressees: all, each, applicant, respondent, court, file. Raises AnswersRefused when the facts do
    not make the paper: it is refused in the form where they can be put right, not found out by the worker.
    """
    layouts = layouts_of(case.release_hash)
    found = layouts.kind(kind)
    papers = []
    for party in _addressees(case, found, to):
        facts = _checked_facts(layouts, kind, Occasion(case, party, subject, given or {}))
        papers.append(_queue(case, found, party, facts, task, subject))
    db.session.flush()
    for paper in papers:
        journal.record("paper-issued", case_id=case.id, by=by, subject=f"paper:{paper.id}",
                       details={"kind": kind, "party": paper.party_id})  # fmt: skip
    return papers


def _addressees(case: Case, kind: Kind, to: str) -> list[Party | None]:
    if kind.addressed_to != "one_party":
        return [None]
    parties = [party for party in parties_of(case) if to not in SIDES or party.side == to]
    if kind.key == "registration_receipt" and to not in SIDES:
        parties = [party for party in parties if party.side == "applicant"]
    return list(parties)


def _checked_facts(layouts: Layouts, kind: str, occasion: Occasion) -> dict[str, Any]:
    facts = build(kind, occasion)
    try:
        layouts.read(kind, facts)
    except PaperRefused as refused:
        name = layouts.kind(kind).name[language()]
        words = refused.message if language() == "zh" else refused.message_en
        raise AnswersRefused(
            {"": f"{name}: {words} ({refused.field})" if refused.field else f"{name}: {words}"}
        ) from refused
    return facts


def _queue(
    case: Case, kind: Kind, party: Party | None, facts: dict[str, Any], task: Task | None, subject: str
) -> Paper:
    now = clock.now()
    audience = {"one_party": "party", "file": "file", "agency": "file"}.get(kind.addressed_to, "shared")
    before = _replaced(case, kind.key, party, subject)
    paper = Paper(
        case_id=case.id, kind=kind.key, number=str(facts.get("number") or case.display_number), audience=audience,
        party_id=party.id if party else None, facts=facts, release_hash=case.release_hash,
        layout_version=layouts_of(case.release_hash).version(kind.key), check_code=crypto.new_code(16), try_after=now,
        supersedes_id=before.id if before else None, task_id=task.id if task else None, subject=subject, issued_at=now,
    )  # fmt: skip
    if before is not None:
        before.status = "superseded"
    db.session.add(paper)
    return paper


def _replaced(case: Case, kind: str, party: Party | None, subject: str) -> Paper | None:
    query = select(Paper).where(
        Paper.case_id == case.id, Paper.kind == kind, Paper.subject == subject,
        Paper.status.in_(("queued", "ready", "refused")),
        Paper.party_id == party.id if party else Paper.party_id.is_(None),
    )  # fmt: skip
    return db.session.scalar(query.order_by(Paper.id.desc()).limit(1))


def reissue_for(case: Case, *, by: User | None) -> list[Paper]:
    """After a registered fact was corrected: papers that would now read differently are issued again, the old superseded."""
    query = select(Paper).where(Paper.case_id == case.id, Paper.status.in_(("queued", "ready"))).order_by(Paper.id)
    issued: list[Paper] = []
    for paper in db.session.scalars(query).all():
        party = db.session.get(Party, paper.party_id) if paper.party_id else None
        fresh = build(paper.kind, Occasion(case, party, paper.subject))
        # The day on the paper stays the day it was issued: what changed is the fact, not the decision.
        fresh |= {key: paper.facts[key] for key in ("date", "party_code") if key in paper.facts}
        if fresh != paper.facts:
            kind = layouts_of(case.release_hash).kind(paper.kind)
            issued.append(_queue(case, kind, party, fresh, None, paper.subject))
    db.session.flush()
    for paper in issued:
        journal.record(
            "paper-reissued", case_id=case.id, by=by, subject=f"paper:{paper.id}", details={"kind": paper.kind}
        )
    return issued


def withdraw(paper: Paper, *, by: User, reason: str) -> None:
    """The paper no longer counts; it stays to be seen as withdrawn."""
    db.session.execute(update(Paper).where(Paper.id == paper.id).values(status="withdrawn"))
    journal.record(
        "paper-withdrawn", case_id=paper.case_id, by=by, subject=f"paper:{paper.id}", details={"reason": reason}
    )


@effect("issue-paper", required=("kind",), to=("all", "each", "applicant", "respondent", "court", "file"), reason=None,
        subject=None)  # fmt: skip
def _issue_paper(
    occasion: FlowOccasion, *, kind: str, to: str = "all", reason: str | None = None, subject: str = ""
) -> None:
    if kind not in BUILDERS:
        raise LookupError(f"no facts are known for papers of kind {kind}")
    given = {"reason": reason} if reason and kind == "referral_letter" else {}
    issue(occasion.case, kind, by=occasion.by, to=to, task=occasion.task, subject=subject, given=given)
