"""From tables to plain facts, kind by kind: every builder is known once this is imported."""

from mediation.papers import agencies, applications, filed, letters, records  # noqa: F401 - they register the builders
from mediation.papers.filed import latest_receipt
from mediation.papers.pieces import BUILDERS, Occasion, build, is_due, parties_of

__all__ = ["BUILDERS", "Occasion", "build", "is_due", "latest_receipt", "parties_of"]
