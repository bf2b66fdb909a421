"""What others have said in the steps before: shown to whoever takes a matter over, so that nobody has to ask again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from mediation.effects import prefills
from mediation.extensions import db
from mediation.models import Pool, Task, User

# Answers in which people say in words what they did or want; the rest of a form is for its own step.
WORDS = ("reason", "told", "order", "done", "summary", "note")
STEPS = 5
LONGEST = 2000


@prefills("told-before")
def _before(task: Task, _user: User) -> dict[str, Any]:
    """`before`: the words of the last steps of this matter, the oldest first, each with who said it; "" before any."""
    done = (
        select(Task)
        .where(Task.case_id == task.case_id, Task.process_id == task.process_id, Task.status == "done")
        .options(undefer(Task.answers), joinedload(Task.pool).joinedload(Pool.agency))
        .order_by(Task.done_at.desc(), Task.id)
    )
    told = [line for one in db.session.scalars(done.limit(STEPS)) if (line := _line(one))]
    return {"before": "\n".join(reversed(told))[:LONGEST] or None}


def _line(step: Task) -> str:
    answers = step.answers or {}
    words = [str(answers[key]).strip() for key in WORDS if answers.get(key)]
    return f"{step.name}（{step.pool.agency.name}）：{'；'.join(words)}" if words else ""
