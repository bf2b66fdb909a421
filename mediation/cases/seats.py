"""Who leaves the table of a case: whoever has nothing to do with it any more. (`flow.let_in` lets people in.)"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.sql.selectable import Exists

from mediation import clock
from mediation.extensions import db
from mediation.models import Case, CrisisMember, Participation, Process, SealedNote, SealedNoteReader, Task, TaskComment


def let_out(case_id: int, user_id: int, *, since: datetime | None = None, notes_keep: bool = True) -> bool:
    """End the person's own seats unless something else keeps them; True when one ended. A pool's seat stays the pool's.

    `since`: only seats that were given then or later. `notes_keep`: whether a sealed note that one may read keeps the seat
    while its risk runs.
    """
    db.session.flush()
    if any(db.session.scalar(select(one)) for one in _ties(case_id, user_id, notes_keep)):
        return False
    query = select(Participation).where(
        Participation.case_id == case_id, Participation.user_id == user_id, Participation.until_at.is_(None)
    )
    if since is not None:
        query = query.where(Participation.since_at >= since)
    seats = db.session.scalars(query).all()
    for seat in seats:
        seat.until_at = clock.now()
    return bool(seats)


def _ties(case_id: int, user_id: int, notes_keep: bool) -> list[Exists]:
    """What keeps a person at the table: steps, a question, the mediation, a crisis team, sealed notes."""
    ties = [
        exists().where(Task.case_id == case_id, (Task.claimed_by_id == user_id) | (Task.done_by_id == user_id)),
        exists().where(TaskComment.case_id == case_id, TaskComment.asked_id == user_id),
        exists().where(Case.id == case_id, Case.mediator_id == user_id),
        exists().where(
            CrisisMember.case_id == case_id, CrisisMember.user_id == user_id, CrisisMember.stood_down_at.is_(None)
        ),
    ]
    if not notes_keep:
        return ties
    named = (
        select(SealedNoteReader.id)
        .join(SealedNoteReader.note)
        .join(Task, Task.id == SealedNote.task_id)
        .join(Process, Process.id == Task.process_id)
        .where(SealedNote.case_id == case_id, SealedNoteReader.user_id == user_id, Process.status == "running")
    )
    return [*ties, named.exists()]
