"""Which agency of a kind is nearest to a case's centre: by the tree of agencies, then by the region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import g
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Agency, Case

# (up, regions apart, down, id): how far to the common parent, how different the region, how far down from there.
Distance = tuple[int, int, int, int]


def agency_for(case: Case, kind: str) -> str | None:
    """The key of the nearest active agency of `kind` for whoever brought the case (its centre, unless a community or a
    grid did), or None when there is none in its tree or region. Known for the rest of the request."""
    known: dict[tuple[int, str], str | None] = g.setdefault("nearest_agencies", {})
    here = case.origin or case.agency
    wanted = (here.id, str(kind))
    if wanted not in known:
        known[wanted] = _nearest(here, *wanted)
    return known[wanted]


def _nearest(centre: Agency, centre_id: int, kind: str) -> str | None:
    offered = select(Agency).where(Agency.kind == kind, Agency.active).order_by(Agency.id)
    found = list(db.session.scalars(offered))
    if not found:
        return None
    parents: Mapping[int, int | None] = {
        row.id: row.parent_id for row in db.session.execute(select(Agency.id, Agency.parent_id))
    }
    above = list(_chain(centre_id, parents))
    ranked = [(far, one.key) for one in found if (far := _distance(one, centre, above, parents)) is not None]
    return min(ranked)[1] if ranked else None


def _chain(agency_id: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    """The agency, its parent, and so on to the root; a circle ends where it closes."""
    seen: set[int] = set()
    here: int | None = agency_id
    while here is not None and here not in seen:
        seen.add(here)
        yield here
        here = parents.get(here)


def _distance(one: Agency, centre: Agency, above: list[int], parents: Mapping[int, int | None]) -> Distance | None:
    apart = _regions_apart(one.region, centre.region)
    for down, agency_id in enumerate(_chain(one.id, parents)):
        if agency_id in above:
            return above.index(agency_id), apart, down, one.id
    # Not of the same tree: an agency that works for the same region, or for one around it, will do.
    return (len(above), apart, 0, one.id) if apart < len(_parts(one.region)) + len(_parts(centre.region)) else None


def _regions_apart(one: str, other: str) -> int:
    """How many steps of the two paths are not shared: "青禾区/幸福街道" and "青禾区" are one apart."""
    ours, theirs = _parts(one), _parts(other)
    shared = 0
    while shared < min(len(ours), len(theirs)) and ours[shared] == theirs[shared]:
        shared += 1
    return len(ours) + len(theirs) - 2 * shared


def _parts(region: str) -> list[str]:
    return [part for part in region.split("/") if part]
