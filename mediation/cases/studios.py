"""Which studio suits a dispute: by specialty, area and language, the less busy first, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from mediation import codes
from mediation.cases.facts import plain_term
from mediation.extensions import db
from mediation.models import Agency, Case, Membership, Pool, Studio, Task, User

# What a match weighs. The very kind of dispute says more than its group, and that more than the neighbourhood.
WEIGHTS = {"kind": 8, "group": 5, "area": 3, "language": 2}
# A party of this people may want to speak its language.
LANGUAGES = {"蒙古族": "mongolian", "蒙古": "mongolian"}


@dataclass(frozen=True)
class Match:
    """A studio with how well it suits, in words, how many cases it has, and whether it was asked before."""

    agency: Agency
    weight: int
    reasons: tuple[str, ...]
    running: int
    asked: bool

    def words(self) -> str:
        """Everything that speaks for or against it, for a list."""
        told = [*self.reasons, ngettext("%(num)s running case", "%(num)s running cases", self.running)]
        return "；".join([*told, _("asked before")] if self.asked else told)


def ranked(case: Case) -> list[Match]:
    """Every studio in use that has a mediator, the most suitable first; one that was asked in vain comes last."""
    asked = asked_before(case)
    found = [_match(case, studio, agency, int(running), asked) for studio, agency, running in _rows()]
    return sorted(found, key=lambda one: (one.asked, -one.weight, one.running, one.agency.id))


def asked_before(case: Case) -> set[str]:
    """Keys of the studios that a dispatcher has named for this case before."""
    query = select(Task).where(Task.case_id == case.id, Task.bind == "studio-choice", Task.status == "done")
    return {str(key) for task in db.session.scalars(query) if (key := (task.answers or {}).get("studio"))}


def _rows() -> Any:
    """Studios with the number of cases that they have in hand, in one statement."""
    running = (
        select(func.count()).select_from(Case)
        .where(Case.committee_id == Agency.id, Case.closed_at.is_(None), Case.voided_at.is_(None))
        .correlate(Agency).scalar_subquery()
    )  # fmt: skip
    staffed = (
        select(Pool.agency_id).join(Membership, Membership.pool_id == Pool.id).join(User, User.id == Membership.user_id)
        .where(Pool.role == "mediator", User.active)
    )  # fmt: skip
    query = select(Studio, Agency, running).join_from(Agency, Studio, Studio.agency_id == Agency.id, isouter=True)
    return db.session.execute(
        query.where(Agency.kind == "studio", Agency.active, Agency.id.in_(staffed)).order_by(Agency.id)
    )


def _match(case: Case, studio: Studio | None, agency: Agency, running: int, asked: set[str]) -> Match:
    told = list(_fits(case, studio)) if studio is not None else []
    reasons = tuple(words for _name, words in told) or (_("takes any kind of dispute"),)
    return Match(agency, sum(WEIGHTS[name] for name, _words in told), reasons, running, agency.key in asked)


def _fits(case: Case, studio: Studio) -> Any:
    if case.kind in studio.kinds:
        yield "kind", _("specialty: %(kind)s", kind=codes.name("kinds", case.kind))
    elif case.kind[:2] in {kind[:2] for kind in studio.kinds}:
        yield "group", _("specialty: %(kind)s", kind=codes.name("kinds", case.kind[:2]))
    places = [plain_term(case.place), *(plain_term(party.address) for party in case.parties)]
    area = next((area for area in studio.areas if any(plain_term(area) in place for place in places if area)), None)
    if area:
        yield "area", _("area: %(area)s", area=area)
    wanted = {party.interpreter or LANGUAGES.get(party.ethnicity, "") for party in case.parties}
    for language in sorted(wanted & set(studio.languages)):
        yield "language", _("language: %(language)s", language=codes.name("interpreters", language))
