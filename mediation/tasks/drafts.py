"""What somebody typed and has not handed in: kept as it was typed, mistakes included, so that nothing is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from werkzeug.datastructures import MultiDict

from mediation import clock
from mediation.extensions import db
from mediation.models import Draft, Task, User

# What a form sends beside answers.
NOT_ANSWERS = frozenset({"csrf_token", "version", "_add", "_remove", "_redraw", "_save", "_calculate"})


def subject_of(task: Task) -> str:
    return f"task:{task.id}"


def keep(task: Task, typed: MultiDict[str, str], *, by: User) -> datetime:
    """Keep what is in the form now, in place of what was kept before; returns when."""
    now = clock.now()
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert
    values = {"user_id": by.id, "subject": subject_of(task), "answers": _plain(typed), "saved_at": now}
    change = insert(Draft).values(values)
    db.session.execute(
        change.on_conflict_do_update(
            index_elements=[Draft.user_id, Draft.subject],
            set_={"answers": change.excluded.answers, "saved_at": change.excluded.saved_at},
        )
    )
    return now


def kept(task: Task, user: User) -> tuple[MultiDict[str, str], datetime] | None:
    """What this person typed into this task's form, and when it was kept."""
    query = select(Draft).where(Draft.user_id == user.id, Draft.subject == subject_of(task))
    row = db.session.scalar(query)
    return (MultiDict(row.answers), row.saved_at) if row is not None else None


def drop(task: Task, *, by: User) -> None:
    """Forget the draft: begin again from what is known."""
    db.session.execute(delete(Draft).where(Draft.user_id == by.id, Draft.subject == subject_of(task)))


def _plain(typed: MultiDict[str, str]) -> dict[str, list[str]]:
    return {name: values for name, values in typed.lists() if name not in NOT_ANSWERS}
