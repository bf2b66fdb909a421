"""The clock of confirmation told to everybody: the days left for both sides to apply, how they were counted, who wants it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from mediation import access, clock
from mediation.agreements.confirmation import Window, window_of
from mediation.extensions import db
from mediation.models import Agreement, Case, Deadline, Party, User

CLOCK = "judicial-confirmation"
# From here on an agreement may be in effect, and nothing is before the court yet.
STAGES = ("effective", "performing", "following-up")
# That the time is over is told for so long; the ledger says it for ever.
TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Countdown:
    """What the line says: the window, and whether its last day has passed with nobody applying."""

    window: Window
    over: bool

    @property
    def all_days(self) -> int:
        return self.window.counted.length

    def said(self, party: Party) -> bool | None:
        """Whether this party wants the confirmation; None while it has not said."""
        row = self.window.consents.get(party.id)
        return row.agrees if row else None


def countdown_of(case: Case) -> Countdown | None:
    """The line of a case; None where nothing can be confirmed, once it is filed or given up, and long after the last day."""
    if case.status not in STAGES or case.closed_at is not None or case.voided_at is not None:
        return None
    agreement = _in_effect(case)
    window = window_of(agreement) if agreement is not None else None
    if window is None or window.status != "none" or window.left < -TOLD_FOR.days or _given_up(case):
        return None
    return Countdown(window, window.left < 0)


def _in_effect(case: Case) -> Agreement | None:
    """The agreement that counts, without its ledger: the line stands on every tab."""
    query = select(Agreement).where(Agreement.case_id == case.id, Agreement.status != "superseded")
    lean = query.options(lazyload(Agreement.obligations), lazyload(Agreement.signatures))
    return db.session.scalar(lean.order_by(Agreement.id.desc()).limit(1))


def _given_up(case: Case) -> bool:
    """Whether the clock was stopped before its last day although nothing is before the court: the sides do not apply."""
    query = select(Deadline.status).where(Deadline.case_id == case.id, Deadline.clock == CLOCK)
    return db.session.scalar(query.order_by(Deadline.id.desc()).limit(1)) == "met"


def countdown_for(case: Case, user: User) -> Countdown | None:
    """The line for who sees the case whole, and for the court's people who have it on their list."""
    may = access.view_of(user, case).whole or user.holds("court_liaison")
    return countdown_of(case) if may else None


def last_days(case_ids: Iterable[int], user: User) -> dict[int, date]:
    """Of the cases of a list: those whose clock runs, with its last day. One statement."""
    query = select(Deadline.case_id, Deadline.due_at).where(
        Deadline.case_id.in_(list(case_ids)), Deadline.clock == CLOCK, Deadline.status == "running",
        Deadline.due_at > clock.now(),
    )  # fmt: skip
    if not user.holds("court_liaison"):
        query = query.where(Deadline.case_id.in_(access.whole_cases(user)))
    return {
        case_id: clock.day_of_deadline(due_at) for case_id, due_at in db.session.execute(query.order_by(Deadline.id))
    }
