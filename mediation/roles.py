"""The roles of the current release in the reader's language."""

from __future__ import annotations

import json
from functools import lru_cache

from mediation.releases import shipped_bundle
from mediation.requests import language


@lru_cache(maxsize=2)
def _names(code: str) -> dict[str, str]:
    entries = json.loads(shipped_bundle().files["roles.json"])
    listed = entries["roles"] if isinstance(entries, dict) and "roles" in entries else entries
    if isinstance(listed, dict):
        listed = [{"key": key, **value} for key, value in listed.items()]
    field = "name_en" if code == "en" else "name"
    return {entry["key"]: entry.get(field) or entry.get("name", entry["key"]) for entry in listed}


def role_name(role: str) -> str:
    """The role as people say it."""
    return _names(language()).get(role, role)


def role_keys() -> list[str]:
    """All roles, in the order in which the release lists them."""
    return list(_names("zh"))
