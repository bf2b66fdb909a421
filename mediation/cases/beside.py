"""Flows that a person opens beside a case: which are offered to whom, and what opening one does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, flow
from mediation.case_view import CaseView
from mediation.cases.operations import Refused
from mediation.extensions import db
from mediation.functions import feel_functions
from mediation.models import Case, Task, User
from mediation.permissions import is_open, works_on
from mediation.releases import definition_of
from workflows.diagram import ProcessModel
from workflows.feel import evaluate


def offered(case: Case, user: User) -> list[ProcessModel]:
    """The flows of the case's release that this person may open beside it now, in the order of their ids.

    A process offers itself: `beside` = yes; `opens` = roles, comma between (left out: whoever works on the case);
    `when` = open (left out), closed or any: in which cases; `if`: what must be true of the case, in FEEL.
    """
    processes = definition_of(case.release_hash).processes
    view = CaseView(case)
    return [processes[key] for key in sorted(processes) if may_open(processes[key], case, user, view)]


def may_open(process: ProcessModel, case: Case, user: User, view: CaseView) -> bool:
    """Whether this person may open this flow beside a case in view; `view` reads the case once for all flows."""
    if process.properties.get("beside") != "yes" or case.voided_at is not None:
        return False
    when = process.properties.get("when", "open")
    if when != "any" and (when == "open") != is_open(case):
        return False
    roles = opening_roles(process)
    if not (user.holds(*roles) if roles else works_on(user, case)):
        return False
    return _is_true_of(case, view, process.properties.get("if", ""))


def _is_true_of(case: Case, view: CaseView, condition: str) -> bool:
    """Whether a condition over `case` holds; none always does, and one that is neither true nor false does not."""
    if not condition:
        return True
    found = evaluate(condition.removeprefix("="), {"case": view}, now=clock.now(), functions=feel_functions(case))
    return found is True


def opening_roles(process: ProcessModel) -> tuple[str, ...]:
    """The roles named in `opens`."""
    return tuple(role for part in process.properties.get("opens", "").split(",") if (role := part.strip()))


def open_beside(case: Case, process_key: str, answers: Mapping[str, Any] | None = None, *, by: User) -> Task | None:
    """Start the flow beside whatever runs; it may happen more than once. Returns its first step, None when it has none.

    The first step is given to whoever opens the flow: with `answers` (keys of its form) it is handed in at once.
    Pressed twice it is one flow: a first step that this person has still open is returned.
    """
    case = flow.lock_case(case.id)
    process = definition_of(case.release_hash).processes.get(process_key)
    if process is None or not may_open(process, case, by, CaseView(case)):
        raise Refused(_("This cannot be opened beside the case now."))
    first = db.session.scalar(_mine(case, process_key, by)) or _start(case, process_key, by)
    if first is not None and answers is not None:
        flow.complete(first, dict(answers), by=by)
    return first


def _mine(case: Case, process_key: str, by: User) -> Any:
    """The first step of this flow that this person has still open."""
    query = select(Task).where(
        Task.case_id == case.id, Task.process_key == process_key, Task.after_task_id.is_(None), Task.status == "open",
        Task.claimed_by_id == by.id,
    )  # fmt: skip
    return query.order_by(Task.entered_at, Task.id).limit(1)


def _start(case: Case, process_key: str, by: User) -> Task | None:
    step = flow.start(case, process_key, {}, by=by)
    if not step.opened:
        return None
    first = step.opened[0]
    first.claimed_by, first.claimed_at = by, clock.now()
    db.session.flush()
    return first
