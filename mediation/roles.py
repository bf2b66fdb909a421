"""The roles of the current release in the reader's language."""

from __future__ import annotations

from mediation import standing
from mediation.requests import language


def role_name(key: str) -> str:
    """The role as people say it."""
    found = standing.role(key)
    return (found.name_en if language() == "en" else found.name) or found.name


def role_keys() -> list[str]:
    """All roles, in the order in which the release lists them."""
    return list(standing.known_roles())
