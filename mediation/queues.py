"""Queues that are tables: whichever worker comes first takes rows on lease, and a worker that dies loses the lease, not
the row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from mediation import clock
from mediation.extensions import command, db


def lease(model: Any, *due: ColumnElement[bool], batch: int, wait: Callable[[int], timedelta]) -> list[int]:
    """Take up to `batch` rows of `model` that are `due`, the longest waiting first, and return their ids; commits.

    The model has `id`, `attempts` and `try_after`. Each row counts one attempt more and is not taken again before
    `wait(attempts)` is over: long enough for the work, and for the pause that should follow a failure.
    """
    query = (
        select(model)
        .where(*due, model.try_after <= clock.now())
        .order_by(model.try_after, model.id)
        .limit(batch)
        .with_for_update(skip_locked=True, of=model)
    )
    with command():
        rows = list(db.session.scalars(query))
        for row in rows:
            row.attempts += 1
            row.try_after = clock.now() + wait(row.attempts)
        return [row.id for row in rows]
