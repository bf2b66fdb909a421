"""A case whose facts have changed is made findable again: by search, by its likeness to others, by ties of staff."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from mediation.cases import facts, ties, traits
from mediation.extensions import command, db
from mediation.models import Case, CaseTrait

BATCH = 200


def recognise(case: Case) -> None:
    """Write anew what the case is searched and recognised by, and note the ties that its people have to staff."""
    facts.write_search_terms(case)
    traits.write_traits(case)
    ties.note_ties(case)


def catch_up() -> int:
    """Recognise the cases of a house that is older than this: once, while no case has traits. Returns how many."""
    if db.session.scalar(select(CaseTrait.id).limit(1)) is not None:
        return 0
    done, last = 0, 0
    while True:
        with command():
            query = select(Case).where(Case.id > last, Case.voided_at.is_(None)).options(selectinload(Case.parties))
            cases = list(db.session.scalars(query.order_by(Case.id).limit(BATCH)))
            for case in cases:
                traits.write_traits(case)
        if not cases:
            return done
        done, last = done + len(cases), cases[-1].id
