"""A case whose facts have changed is made findable again: by search, by its likeness to others, by ties of staff."""

from __future__ import annotations

from mediation.cases import facts, ties, traits
from mediation.models import Case


def recognise(case: Case) -> None:
    """Write anew what the case is searched and recognised by, and note the ties that its people have to staff."""
    facts.write_search_terms(case)
    traits.write_traits(case)
    ties.note_ties(case)
