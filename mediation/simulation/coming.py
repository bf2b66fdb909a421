"""What comes in, and what breaks in: a dispute at the window, any entry flow, any flow beside a case that stands."""

from __future__ import annotations

import secrets
from random import Random
from typing import Any

from sqlalchemy import select

from mediation import entries
from mediation.case_view import CaseView
from mediation.cases import beside, entry
from mediation.cases import operations as cases
from mediation.demo.playing import registration
from mediation.demo.stories import Story
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.forms import form_of, offered
from mediation.functions import feel_functions
from mediation.models import Case, Membership, User
from mediation.releases import current_release_hash
from mediation.simulation.filling import Filler
from mediation.simulation.photograph import photograph

TRIES = 5


def dispute(story: Story, rng: Random) -> int:
    """A clerk registers a dispute; returns the case's id."""
    with command():
        return cases.register_dispute(registration(story), by=_somebody(("clerk",), rng)).case.id


def entry_keys() -> list[str]:
    """The flows of the current release with which a case may begin, beside the registration of a dispute."""
    found = list(entries.entries_of(current_release_hash()))
    db.session.rollback()
    return found


def begin(key: str, rng: Random) -> int:
    """Somebody who may begins a case by an entry flow; returns its id. Raises AnswersRefused when nothing is taken."""
    refused: AnswersRefused | None = None
    for _ in range(TRIES):
        try:
            with command():
                return _begin(entries.entries_of(current_release_hash())[key], rng)
        except AnswersRefused as error:
            refused = error
    raise refused or LookupError(key)


def _begin(found: entries.Entry, rng: Random) -> int:
    by = _somebody(found.roles, rng)
    case = entry.fresh_case(found, by=by)
    form = form_of(case.release_hash, found.first.form_id, "zh")
    files: dict[str, dict[str, Any]] = {}

    def hand_in() -> str:
        kept = photograph(rng)
        files[str(len(files) + 1)] = {"name": kept.name, "original": kept.original.sha256, "preview": None}
        return str(len(files))

    filler = Filler(
        form, rng, {}, {"case": CaseView(case)}, offered(form, case, None), feel_functions(case), photograph=hand_in
    )
    answers = filler.fill()
    done, _first = entry.begin(found, answers, files, token=secrets.token_hex(8), by=by)
    return done.case.id


def _somebody(roles: tuple[str, ...], rng: Random) -> User:
    """One of those who hold a role. Which of them is drawn, so that the same seed asks the same person."""
    held = select(Membership.user_id).where(Membership.role.in_(roles))
    return rng.choice(list(db.session.scalars(select(User).where(User.id.in_(held), User.active).order_by(User.id))))


def break_in(case_id: int, rng: Random) -> str | None:
    """Somebody opens one of the flows that may stand beside this case; returns its key, None when none may."""
    with command():
        case = db.session.get_one(Case, case_id)
        users = list(db.session.scalars(select(User).where(User.active).order_by(User.id)))
        by = rng.choice(users)
        offers = beside.offered(case, by)
        if not offers:
            return None
        chosen = rng.choice(offers)
        beside.open_beside(case, chosen.id, None, by=by)
        return chosen.id
