"""Every page of delivery: what the office sees, what stands at the door, what opens from a message."""

from mediation.delivery import case_views, door_views, link_views  # noqa: F401 - they add their routes
from mediation.delivery.blueprint import bp

__all__ = ["bp"]
