"""The journal's extract: what was done in a case, by whom and when, in Chinese; not who looked, and nothing of sealed notes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mediation import clock
from mediation.cases import queries as cases
from mediation.cases import timeline
from mediation.extensions import db
from mediation.models import Case, ChainHead, Entry, Paper, User
from mediation.papers.operations import layouts_of

# What one side told the mediator alone, and what a psychologist keeps: not even that it was written is told.
CLOSED = ("sealed-note-kept", "sealed-note-shared", "sealed-note-read", "caucus-noted")
# That the printer worked says nothing of the case: what it printed stands there as issued.
SILENT = ("paper-rendered",)


@dataclass(frozen=True)
class Extract:
    """The lines in order, and the head of the chain that they were taken from."""

    lines: list[dict[str, str]]  # at (local, ISO), who, what
    head: str


def extract(case: Case) -> Extract:
    """The journal of a case as its dossier keeps it."""
    entries = _entries(case)
    told = timeline.lines(entries, _words(case, entries))
    rows = [
        {"at": clock.local(line.at).strftime("%Y-%m-%dT%H:%M"), "who": line.who[:60] or "—", "what": _what(line)}
        for line in told
    ]
    head = db.session.get(ChainHead, case.id)
    return Extract(rows, head.hash if head else "")


def _what(line: timeline.Line) -> str:
    return f"{line.what}（{line.note}）"[:200] if line.note else line.what[:200]


def _entries(case: Case) -> list[Entry]:
    query = select(Entry).where(Entry.chain == case.id, Entry.action.not_in((*cases.READS, *CLOSED, *SILENT)))
    options = joinedload(Entry.user).lazyload(User.memberships)
    return list(db.session.scalars(query.options(options).order_by(Entry.ordinal)))


def _words(case: Case, entries: list[Entry]) -> timeline.Words:
    papers = {paper.id: paper for paper in db.session.scalars(select(Paper).where(Paper.case_id == case.id))}
    ids = {int(one.subject.partition(":")[2]) for one in entries if one.subject.startswith("user:")}
    people = {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
    kinds = {key: kind.name["zh"] for key, kind in layouts_of(case.release_hash).kinds.items()}
    return timeline.Words(case, {party.id: party for party in case.parties}, papers, people, kinds)
