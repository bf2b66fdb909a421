"""What an agency sees of a case that came to it: the parts of the file that went along, and what came since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, CompoundSelect, Select, String, cast, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from mediation import standing
from mediation.access.seats import own_agencies, taking_part
from mediation.extensions import db
from mediation.models import Agency, Case, Paper, Participation, Pool, Referral, SupervisionOrder, Task, User
from mediation.models.papers import AT_THE_TABLE

# What of a file a hand-over may carry. The facts and who is concerned always go: nobody can handle what was not told.
# The dossier, all that was put on file, goes to who reviews it after closing, never along with a hand-over.
ALWAYS = ("facts", "parties")
PARTS = (*ALWAYS, "contacts", "papers", "statements", "dossier")
# What an agency reads of a case that came to it with a step and not with a hand-over: what the step needs.
STEP_PART = "facts parties papers"


def whole_cases(user: User) -> Select[Any]:
    """Ids of the cases that the user sees from their beginning: not those which another house was asked to help with."""
    seats = taking_part(user).with_only_columns(Participation.case_id)
    if not reads_parts(user):
        return seats
    return seats.where(Participation.pool_id.not_in(_narrow_pools()))


def reads_parts(user: User) -> bool:
    """Whether some cases come to this user from another house, in part."""
    return any(standing.sees(role) == "referred" for role in user.roles)


def _narrow_pools() -> Select[Any]:
    return select(Pool.id).where(Pool.role.in_(standing.roles_that_see("referred")))


def with_part(user: User, part: str) -> Select[Any]:
    """The user's narrow seats that carry this part of the file."""
    return taking_part(user).where(Participation.pool_id.in_(_narrow_pools()), _carries(part))


def _carries(part: str) -> ColumnElement[bool]:
    carried = Participation.part.contains(part)
    return carried | (Participation.part == "") if part in STEP_PART else carried


@dataclass(frozen=True)
class Sight:
    """How much of a case somebody sees: the whole, or these parts of the file and what came since this moment."""

    whole: bool
    parts: frozenset[str] = frozenset(PARTS)
    since: datetime | None = None

    def has(self, part: str) -> bool:
        return self.whole or part in self.parts


def view_of(user: User, case: Case) -> Sight:
    """What the user sees of a case in view; kept for the request. Whoever sees all of it in one capacity sees all."""
    known: dict[tuple[int, int], Sight] = g.setdefault("case-views", {})
    wanted = (user.id, case.id)
    if wanted not in known:
        known[wanted] = _view(user, case)
    return known[wanted]


def _view(user: User, case: Case) -> Sight:
    if not reads_parts(user):
        return Sight(True)
    query = taking_part(user).where(Participation.case_id == case.id).options(joinedload(Participation.pool))
    seats = list(db.session.scalars(query))
    if any(standing.sees(seat.pool.role) != "referred" for seat in seats):
        return Sight(True)
    parts = {part for seat in seats for part in (seat.part or STEP_PART).split()}
    return Sight(False, frozenset(parts), min((seat.since_at for seat in seats), default=None))


def went_along(user: User) -> ColumnElement[bool]:
    """Papers that a hand-over carried, and those issued after the case came to the user's agency."""
    since = taking_part(user).where(
        Participation.pool_id.in_(_narrow_pools()), Participation.case_id == Paper.case_id,
        Participation.since_at <= Paper.issued_at,
    )  # fmt: skip
    return or_(Paper.case_id.in_(with_part(user, "papers").with_only_columns(Participation.case_id)), since.exists())


def own_letters(user: User) -> CompoundSelect[Any]:
    """What a paper is about that was written to one of the user's agencies: what was handed to it, and orders to it."""
    own = own_agencies(user)
    handed = select(literal("referral:") + cast(Referral.id, String)).where(
        Referral.to_agency_id.in_(own), Referral.status != "prepared"
    )
    ordered = select(literal("order:") + cast(SupervisionOrder.id, String)).where(SupervisionOrder.agency_id.in_(own))
    return handed.union_all(ordered)


def written_to(user: User) -> ColumnElement[bool]:
    """Papers written to the kind of agency for which the user sits at the case, as far as they went along with the seat."""
    return (
        _narrow_seats(user)
        .join(Agency, Agency.id == Pool.agency_id)
        .where(Agency.kind == Paper.audience, or_(_carries("papers"), Participation.since_at <= Paper.issued_at))
        .exists()
    )


def written_by(user: User) -> ColumnElement[bool]:
    """Papers to an agency that a step of the house brought about for which the user sits at the case: who writes an
    application for a party, or an opinion, reads what was written."""
    house = aliased(Pool)
    step = select(Task.id).join(house, house.id == Task.pool_id)
    step = step.where(Task.id == Paper.task_id, house.agency_id == Pool.agency_id)
    return Paper.audience.not_in(AT_THE_TABLE) & _narrow_seats(user).where(step.exists()).exists()


def _narrow_seats(user: User) -> Select[Any]:
    """At the case of a paper."""
    seats = taking_part(user).join(Pool, Pool.id == Participation.pool_id)
    return seats.where(Participation.case_id == Paper.case_id, Pool.id.in_(_narrow_pools()))


def sent(user: User, case: Case, part: str) -> bool:
    sight = view_of(user, case)
    return not sight.whole and sight.has(part)
