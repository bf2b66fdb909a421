"""Every page of signing: what the mediator sees, what a signer sees, the seals of the house, and checking a paper."""

from mediation.signing import link_views, seal_views, table_views, verify_views  # noqa: F401 - they add their routes
from mediation.signing.blueprint import bp

__all__ = ["bp"]
