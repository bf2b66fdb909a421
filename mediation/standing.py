"""What the holders of a role see and may do, as `roles.json` says: a new agency's role needs no Python.

The roles that this program ships with are read from it; a release may add others, but not widen these.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from mediation.releases import current_release_hash, load_bundle, shipped_bundle
from workflows import roles
from workflows.roles import Role

FILE = "roles.json"


def known_roles() -> Mapping[str, Role]:
    """Every role by key: the shipped ones in their order, then those that the current release adds."""
    shipped = _shipped()
    try:
        current = _of_release(current_release_hash())
    except LookupError:
        return shipped
    return shipped if current.keys() <= shipped.keys() else {**current, **shipped}


def role(key: str) -> Role:
    """A role by its key; one that nobody knows any more sees and may do nothing."""
    return _shipped().get(key) or known_roles().get(key) or Role(key, key)


def sees(key: str) -> str:
    """`office`: all cases of the agency, whole; `referred`: what was handed to it; `own`: the holder's own; or nothing."""
    return role(key).sees


def roles_that_see(*kinds: str) -> tuple[str, ...]:
    """The keys of the roles that see cases in one of these ways, in their order."""
    return tuple(one.key for one in known_roles().values() if one.sees in kinds)


def works(key: str) -> bool:
    """Whether who holds the role works on cases; supervisors and administrators do not."""
    found = role(key)
    return bool(found.sees) and not found.reads_only


def working_roles() -> tuple[str, ...]:
    return tuple(one.key for one in known_roles().values() if one.sees and not one.reads_only)


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Role]:
    return roles.parse(shipped_bundle().files[FILE]).by_key


@lru_cache(maxsize=16)
def _of_release(release_hash: str) -> Mapping[str, Role]:
    return roles.parse(load_bundle(release_hash).files[FILE]).by_key
