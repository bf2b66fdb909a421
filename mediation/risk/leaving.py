"""Whoever came to the table only for a danger leaves it when the danger is over: the crisis team, readers of sealed notes.

The notes themselves stay what they are: the author and whom the author has named may open them, if they see the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from mediation import clock, journal
from mediation.cases.seats import let_out
from mediation.extensions import db
from mediation.models import Case, CrisisMember, Process, SealedNote, SealedNoteReader, Task, User
from mediation.notices.operations import tell_user
from mediation.risk.levels import grade

# Why somebody leaves: the level sank, the flow of the risk is over, the name was taken off the list.
LOWER, OVER, NOT_NAMED = "risk-lower", "risk-over", "not-named"


def at_level(process: Process, *, by: User | None) -> None:
    """Members leave at the level that was agreed for each, readers of sealed notes at the lowest."""
    case = process.case
    stand_down(case, [one for one in _members(process) if grade(case.risk) <= grade(one.until)], LOWER, by=by)
    if grade(case.risk) <= 0:
        _let_readers_out(process, LOWER, by)


def at_end(process: Process, *, by: User | None) -> None:
    """The flow of the risk is over, or was broken off: nobody stands by any longer."""
    stand_down(process.case, _members(process), OVER, by=by)
    _let_readers_out(process, OVER, by)


def stand_down(case: Case, members: Iterable[CrisisMember], reason: str, *, by: User | None) -> None:
    """These members are no longer on duty; who was at the table only for that does not see the case any more."""
    leaving = list(members)
    for member in leaving:
        member.stood_down_at = clock.now()
    for member in leaving:
        if reason != NOT_NAMED:
            tell_user(member.user_id, "crisis-over", case=case)
        leave(case, member.user_id, reason, by=by)
    if leaving:
        journal.record("crisis-team-left", case_id=case.id, by=by, actor=_actor(by),
                       details={"members": len(leaving), "risk": case.risk})  # fmt: skip


def leave(
    case: Case, user_id: int, reason: str, *, named_at: datetime | None = None, notes_keep: bool = True, by: User | None
) -> None:
    """The seat that somebody got for the danger ends, unless something else keeps it, and the journal says why.

    `named_at`: when the person was named for a note that is theirs no longer. `notes_keep`: whether notes keep the seat.
    """
    came = [moment for moment in (named_at, *_came(case, user_id)) if moment is not None]
    if let_out(case.id, user_id, since=min(came), notes_keep=notes_keep):
        journal.record("table-left", case_id=case.id, by=by, actor=_actor(by), subject=f"user:{user_id}",
                       details={"reason": reason, "risk": case.risk})  # fmt: skip


def _came(case: Case, user_id: int) -> tuple[datetime | None, datetime | None]:
    """When the person first joined a crisis team of the case, and was first named for a sealed note."""
    joined = select(func.min(CrisisMember.joined_at)).where(
        CrisisMember.case_id == case.id, CrisisMember.user_id == user_id
    )
    named = (
        select(func.min(SealedNoteReader.named_at))
        .join(SealedNoteReader.note)
        .where(SealedNote.case_id == case.id, SealedNoteReader.user_id == user_id)
    )
    return db.session.scalar(joined), db.session.scalar(named)


def _let_readers_out(process: Process, reason: str, by: User | None) -> None:
    query = (
        select(SealedNoteReader.user_id)
        .join(SealedNoteReader.note)
        .join(Task, Task.id == SealedNote.task_id)
        .where(Task.process_id == process.id)
    )
    for user_id in db.session.scalars(query.distinct().order_by(SealedNoteReader.user_id)).all():
        leave(process.case, user_id, reason, notes_keep=False, by=by)


def _members(process: Process) -> list[CrisisMember]:
    query = select(CrisisMember).where(CrisisMember.process_id == process.id, CrisisMember.stood_down_at.is_(None))
    return list(db.session.scalars(query.order_by(CrisisMember.id)))


def _actor(by: User | None) -> str:
    return "" if by else "flow"
