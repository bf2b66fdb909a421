"""The lists that forms offer by name (`valuesKey`): (value, label) in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import selectinload

from mediation import codes
from mediation.cases import studios, ties
from mediation.extensions import db
from mediation.models import Agency, Case, Conflict, Membership, Party, Pool, Task, User
from mediation.words import named

Options = list[tuple[str, str]]


def kinds(_case: Case, _task: Task | None = None) -> Options:
    """Every two-level kind."""
    return codes.kind_choices()


def parties(case: Case, _task: Task | None = None) -> Options:
    """The parties of the case by id."""
    query = select(Party).where(Party.case_id == case.id, Party.withdrawn_at.is_(None)).order_by(Party.id)
    return [(str(party.id), f"{party.name} ({codes.name('sides', party.side)})") for party in db.session.scalars(query)]


def mediators(case: Case, _task: Task | None = None) -> Options:
    """Mediators of the case's committee first, then those of the centre's other committees, by login."""
    found = list(db.session.scalars(mediators_for(case)))
    found.sort(
        key=lambda user: (case.committee_id not in {held.agency_id for held in user.memberships}, user.name)
    )
    tied = ties.tied_people(case)
    return [(user.login, f"{named(user)} · {named(_home(user))}{_warning(user, tied)}") for user in found]


def _warning(user: User, tied: Mapping[int, Conflict]) -> str:
    """Whom a tie keeps away is told apart before anybody is chosen."""
    return " · " + _("barred by a tie") if user.id in tied else ""


def mediators_for(case: Case) -> Select[tuple[User]]:
    """Select of the people who may mediate the case."""
    own = (case.agency_id, case.committee_id)
    agencies = select(Agency.id).where(or_(Agency.id.in_([i for i in own if i]), Agency.parent_id == case.agency_id))
    ids = select(Membership.user_id).join(Membership.pool).where(Pool.role == "mediator", Pool.agency_id.in_(agencies))
    return select(User).where(User.id.in_(ids), User.active).options(selectinload(User.memberships)).order_by(User.id)


def committees(case: Case, _task: Task | None = None) -> Options:
    """Committees that work for the case's centre, by key."""
    return _agencies(Agency.kind == "committee", or_(Agency.parent_id == case.agency_id, Agency.parent_id.is_(None)))


def courts(_case: Case, _task: Task | None = None) -> Options:
    return _agencies(Agency.kind == "court")


def agencies(case: Case, _task: Task | None = None) -> dict[str, Options]:
    """Whoever a case can be handed to, by kind: everybody but the centre itself and its committees."""
    query = select(Agency).where(Agency.active, Agency.id != case.agency_id, Agency.kind.not_in(("centre", "committee")))
    found = db.session.scalars(query.order_by(Agency.id)).all()
    kinds = [*codes.table("agency_kinds"), *sorted({agency.kind for agency in found})]
    listed = {kind: [(one.key, named(one)) for one in found if one.kind == kind] for kind in dict.fromkeys(kinds)}
    return {codes.name("agency_kinds", kind): pairs for kind, pairs in listed.items() if pairs}


def property_companies(_case: Case, _task: Task | None = None) -> Options:
    """Companies that manage estates, by key."""
    return _agencies(Agency.kind == "property")


def studio_choices(case: Case, _task: Task | None = None) -> Options:
    """Studios by key, the most suitable first, each with its reasons."""
    return [(one.agency.key, f"{named(one.agency)} · {one.words()}") for one in studios.ranked(case)]


def _agencies(*conditions: ColumnElement[bool]) -> Options:
    query = select(Agency).where(Agency.active, *conditions).order_by(Agency.id)
    return [(agency.key, named(agency)) for agency in db.session.scalars(query)]


def _home(user: User) -> Agency | None:
    return next((held.pool.agency for held in user.memberships if held.role == "mediator"), None)


OPTIONS: dict[str, Callable[[Case, Task | None], Options | dict[str, Options]]] = {
    "kinds": kinds, "parties": parties, "mediators": mediators, "committees": committees, "courts": courts,
    "agencies": agencies, "studios": studio_choices, "property_companies": property_companies,
}  # fmt: skip
