"""From tables to plain facts, kind by kind: every builder is known once this is imported."""

from mediation.papers import letters, records  # noqa: F401 - they register the builders
from mediation.papers.pieces import BUILDERS, Occasion, build, parties_of

__all__ = ["BUILDERS", "Occasion", "build", "parties_of"]
