"""What the pages ask of hand-overs: those of a case with the time that each agency held it, those that came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mediation import access, clock
from mediation.deadlines import working_days_between
from mediation.extensions import db
from mediation.models import Case, Referral, Task, User


@dataclass(frozen=True)
class Holding:
    """One hand-over with the time that the agency held it: until it was returned, answered or withdrawn, or until now.

    `start` and `width` are per cent of the whole stretch that the page draws; `waited` is the part of it before it was
    signed for.
    """

    referral: Referral
    held: timedelta
    working_days: int
    waiting: bool
    late: bool
    start: int
    width: int
    waited: int


def newest_signed(case: Case) -> Referral | None:
    """The newest hand-over that was signed for and expects no answer of its own."""
    query = select(Referral).where(Referral.case_id == case.id, Referral.status == "signed", ~Referral.expects_answer)
    return db.session.scalar(query.order_by(Referral.id.desc()).limit(1))


def late(case: Case, status: str) -> list[Referral]:
    """The hand-overs of the case that stand so and whose time is over."""
    due = Referral.sign_due_at if status == "sent" else Referral.answer_due_at
    query = select(Referral).where(Referral.case_id == case.id, Referral.status == status, due <= clock.now())
    return list(db.session.scalars(query.options(joinedload(Referral.to_agency)).order_by(Referral.id)))


def returned_in(task: Task) -> list[Referral]:
    """What came back before this step, the first first."""
    query = select(Referral).where(Referral.process_id == task.process_id, Referral.status == "returned")
    return list(db.session.scalars(query.order_by(Referral.id)))


def holdings(user: User, case: Case) -> list[Holding]:
    """The hand-overs of the case that the user may see, the first first, each with its stretch of time."""
    query = access.visible_referrals(user).where(Referral.case_id == case.id)
    rows = list(db.session.scalars(query.options(*_PEOPLE).order_by(Referral.sent_at, Referral.id)))
    if not rows:
        return []
    first = min(_sent(row) for row in rows)
    last = max(_end(row, case) for row in rows)
    return [_holding(row, case, first, max(last - first, timedelta(minutes=1))) for row in rows]


_PEOPLE = (
    joinedload(Referral.to_agency), joinedload(Referral.from_agency), joinedload(Referral.signed_by),
    joinedload(Referral.prepared_by),
)  # fmt: skip


def _sent(row: Referral) -> datetime:
    return row.sent_at or clock.now()


def _end(row: Referral, case: Case) -> datetime:
    return row.returned_at or row.answered_at or row.withdrawn_at or case.closed_at or clock.now()


def _holding(row: Referral, case: Case, first: datetime, whole: timedelta) -> Holding:
    began, ended = _sent(row), _end(row, case)
    due = row.answer_due_at if row.signed_at else row.sign_due_at
    signed = min(row.signed_at or ended, ended)
    width = max(round((ended - began) / whole * 100), 2)
    return Holding(
        row, ended - began, working_days_between(clock.local(began).date(), clock.local(ended).date()),
        waiting=row.status == "sent" or (row.status == "signed" and row.expects_answer),
        late=due is not None and (ended > due), start=min(round((began - first) / whole * 100), 100 - width), width=width,
        waited=round((signed - began) / max(ended - began, timedelta(seconds=1)) * 100),
    )  # fmt: skip
