"""Every page of dossiers and archives."""

from mediation.dossiers import archive_views, case_views, proof_views  # noqa: F401 - they add their routes
from mediation.dossiers.blueprint import bp

__all__ = ["bp"]
