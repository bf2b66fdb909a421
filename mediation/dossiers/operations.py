"""Asking for a dossier, and for those of its papers that the tables can make."""

from __future__ import annotations

from sqlalchemy import func, select

from documents.dossier_order import order
from mediation import clock, journal
from mediation.extensions import db
from mediation.models import Case, Dossier, Paper, User
from mediation.papers.operations import issue


def ask(case: Case, *, by: User) -> Dossier:
    """Queue a dossier; while one is being made, that one. `by` is who files it and answers for it.

    A dossier is never made by the clock: it says who filed it, and it bears the seal. Somebody decides that what is there
    is what is to be kept, and that what is missing may be.
    """
    db.session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    running = select(Dossier).where(Dossier.case_id == case.id, Dossier.status == "queued")
    found = db.session.scalar(running.limit(1))
    if found is not None:
        return found
    ordinal = 1 + (db.session.scalar(select(func.max(Dossier.ordinal)).where(Dossier.case_id == case.id)) or 0)
    now = clock.now()
    made = Dossier(case_id=case.id, ordinal=ordinal, asked_by_id=by.id, asked_at=now, try_after=now)
    db.session.add(made)
    db.session.flush()
    journal.record("dossier-asked", case_id=case.id, by=by, subject=f"dossier:{made.id}")
    return made


def issuable() -> frozenset[str]:
    """Kinds of papers that a dossier asks for and the tables can make."""
    return frozenset(rule.issue for place in order().places for rule in place.required if rule.issue)


def issue_missing(case: Case, kind: str, *, by: User) -> list[Paper]:
    """Issue a paper that the dossier lacks. Raises AnswersRefused when the tables do not make it."""
    return issue(case, kind, by=by)
