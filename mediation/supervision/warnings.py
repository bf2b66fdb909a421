"""Warnings of steps, clocks, hand-overs and supervision orders: yellow by the table `warnings`, red when the time is over.

Each is told once a stage: yellow to who holds it, red to the director and the supervisor too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask_babel import force_locale
from sqlalchemy import ColumnElement, Executable, String, cast, exists, literal, select
from sqlalchemy.orm import joinedload

from mediation import clock, journal
from mediation.cases.flow_words import ordered_step
from mediation.extensions import command, db
from mediation.models import Case, Deadline, OverdueNotice, Referral, SupervisionOrder, Task, WarningTold
from mediation.notices.operations import INBOX, INBOX_AND_MAIL, members_of, tell_user
from mediation.releases import current_release_hash, definition_of
from workflows import decision

BATCH = 200
# Nothing is warned of earlier than this, whatever the table says: the sweep looks at no more.
HORIZON = timedelta(days=60)
YELLOW, RED = "yellow", "red"


@dataclass(frozen=True)
class Rule:
    """When a warning turns yellow: so many days before the end, or when this share of the time is used (1: never)."""

    days: float = 1
    share: float = 1

    def yellow_at(self, begin: datetime, due: datetime) -> datetime:
        by_days = due - timedelta(days=self.days)
        return by_days if self.share >= 1 else min(by_days, begin + (due - begin) * self.share)


@dataclass(frozen=True)
class Subject:
    """Something whose warning has come: what it is called, when it ends, who is told. A clock has its English name in its
    table; everything else says its own."""

    key: str  # deadline:12
    case: Case
    name: str
    due: datetime
    holders: Callable[[], Iterable[int | None]]
    english: str = ""


def warn_overdue() -> int:
    """Warn of what is due soon (yellow) and of what is over (red); returns how many were told."""
    told = _warn_tasks(YELLOW) + _warn_tasks(RED)
    return told + _warn_others(_clocks) + _warn_others(_referrals) + _warn_others(_orders) + _pass_deadlines()


def rule_for(kind: str, subject: str, table: Mapping[str, Any] | None = None) -> Rule:
    """The rule of the current release for a kind (task, clock, referral, order) and a clock or step."""
    decisions = (_tables() if table is None else table).get("warnings")
    if decisions is None:
        return Rule()
    found = decision.decide(decisions, "warnings", {"kind": kind, "subject": subject}, now=clock.now())
    if not isinstance(found, Mapping):
        return Rule()
    return Rule(float(found["yellow_days"]), float(found["yellow_share"]))


def _tables() -> Mapping[str, Any]:
    """The tables of the current release; none before anything is published."""
    try:
        return definition_of(current_release_hash()).decisions
    except LookupError:
        return {}


# --- steps ------------------------------------------------------------------------------------------------------------


def _warn_tasks(stage: str) -> int:
    now = clock.now()
    with command():
        untold_of = ~exists().where(OverdueNotice.task_id == Task.id, OverdueNotice.stage == stage)
        come = Task.due_at <= now if stage == RED else Task.id.in_(_yellow_tasks(untold_of, now))
        query = (
            select(Task)
            .where(Task.status == "open", come, untold_of)
            .order_by(Task.due_at, Task.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Task)
        )
        tasks = db.session.scalars(query).all()
        for task in tasks:
            db.session.add(OverdueNotice(task_id=task.id, stage=stage, at=now))
            _tell_of_task(task, stage)
        return len(tasks)


def _yellow_tasks(untold_of: ColumnElement[bool], now: datetime) -> list[str]:
    rules = _Rules("task")
    query = (
        select(Task.id, Task.entered_at, Task.due_at, Task.process_key, Task.element_id)
        .where(Task.status == "open", Task.due_at <= now + HORIZON, untold_of)
        .order_by(Task.due_at, Task.id)
    )
    return _come(query, lambda row: (row.entered_at, row.due_at, rules[f"{row.process_key}.{row.element_id}"]))


def _come(query: Executable, span: Callable[[Any], tuple[datetime, datetime, Rule]]) -> list[Any]:
    """Ids of the first batch whose warning has come. `query` gives rows (id, …) by their end, `span` begin, end and rule.

    All are asked before the batch is cut: something that ends later may have to be warned of earlier.
    """
    now = clock.now()

    def has_come(row: Any) -> bool:
        begin, due, rule = span(row)
        return due <= now or rule.yellow_at(begin, due) <= now

    with db.session.execute(query) as rows:
        return [row.id for row in islice(filter(has_come, rows), BATCH)]


class _Rules(dict[str, Rule]):
    """The rules of one kind, each decided once a sweep."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind, self._table = kind, _tables()

    def __missing__(self, subject: str) -> Rule:
        self[subject] = rule_for(self._kind, subject, self._table)
        return self[subject]


def _tell_of_task(task: Task, stage: str) -> None:
    case = db.session.get_one(Case, task.case_id)
    holders: set[int | None]
    holders = {task.claimed_by_id} if task.claimed_by_id else set(members_of(task.pool.role, task.pool.agency_id))
    if stage == RED:
        holders |= _supervisors(case)
        journal.record(
            "task-overdue", case_id=case.id, actor="scheduler", subject=task.element_id,
            details={"task": task.id, "name": task.name, "process": task.process_key},
        )  # fmt: skip
    for user_id in sorted(holder for holder in holders if holder):
        tell_user(user_id, f"task-{stage}", case=case, task=task, channels=INBOX_AND_MAIL if stage == RED else INBOX,
                  title=case.display_number, step=task.name)  # fmt: skip


def _supervisors(case: Case) -> set[int | None]:
    return {*members_of("director", case.agency_id), *members_of("supervisor", case.agency_id)}


# --- clocks, hand-overs, orders -----------------------------------------------------------------------------------------


def _warn_others(subjects: Callable[[], Iterator[Subject]]) -> int:
    number = 0
    with command():
        for subject in subjects():
            stage = RED if subject.due <= clock.now() else YELLOW
            db.session.add(WarningTold(subject=subject.key, stage=stage, at=clock.now()))
            _tell(subject, stage)
            number += 1
    return number


def _tell(subject: Subject, stage: str) -> None:
    told = set(subject.holders())
    if stage == RED:
        told |= _supervisors(subject.case)
        journal.record("time-over", case_id=subject.case.id, actor="scheduler", subject=subject.key,
                       details={"name": subject.name})  # fmt: skip
    for user_id in sorted(one for one in told if one):
        tell_user(user_id, f"clock-{stage}", case=subject.case, channels=INBOX_AND_MAIL if stage == RED else INBOX,
                  title=subject.case.display_number, step=subject.name, step_en=subject.english)  # fmt: skip


def untold(prefix: str, id_column: Any, red: Any) -> Any:
    """That the stage which has come (`red` says which) was not told yet of this row."""
    key = literal(f"{prefix}:").concat(cast(id_column, String))
    return (red & ~_told(key, RED)) | (~red & ~_told(key, YELLOW))


def _told(key: Any, stage: str) -> Any:
    return exists().where(WarningTold.subject == key, WarningTold.stage == stage)


def _clocks() -> Iterator[Subject]:
    now, rules = clock.now(), _Rules("clock")
    query = (
        select(Deadline.id, Deadline.started_at, Deadline.started_on, Deadline.due_at, Deadline.clock)
        .where(
            Deadline.status.in_(("running", "passed")), Deadline.stopped_at.is_(None), Deadline.due_at <= now + HORIZON
        )
        .where(untold("deadline", Deadline.id, Deadline.due_at <= now))
        .order_by(Deadline.due_at, Deadline.id)
    )
    for row in _rows(Deadline, _come(query, lambda row: (_begin(row), row.due_at, rules[row.clock]))):
        yield Subject(f"deadline:{row.id}", row.case, row.name, row.due_at,
                      lambda case=row.case: _who_works_on(case))  # type: ignore[misc]  # fmt: skip


def _begin(row: Any) -> datetime:
    return row.started_at or clock.end_of(row.started_on)


def _rows(model: Any, ids: list[Any]) -> Sequence[Any]:
    return db.session.scalars(
        select(model).where(model.id.in_(ids)).options(joinedload(model.case)).order_by(model.id)
    ).all()


def _who_works_on(case: Case) -> set[int | None]:
    """The mediator and whoever holds an open step of the case."""
    held = select(Task.claimed_by_id).where(Task.case_id == case.id, Task.status == "open")
    return {case.mediator_id, *db.session.scalars(held)}


def _referrals() -> Iterator[Subject]:
    now, rule = clock.now(), rule_for("referral", "")
    stages = (
        ("sent", Referral.sign_due_at, Referral.sent_at, "签收转办事项", "Sign for what was handed over"),
        ("signed", Referral.answer_due_at, Referral.signed_at, "答复转办事项", "Answer what was handed over"),
    )
    for status, due, begin, name, english in stages:
        query = (
            select(Referral.id, begin.label("begin"), due.label("due"))
            .where(
                Referral.status == status, due <= now + HORIZON, untold(f"referral-{status}", Referral.id, due <= now)
            )
            .where(Referral.expects_answer | (Referral.status == "sent"))
            .order_by(due, Referral.id)
        )
        for row in _rows(Referral, _come(query, lambda row: (row.begin or row.due, row.due, rule))):
            yield Subject(f"referral-{status}:{row.id}", row.case, name, getattr(row, due.key),
                          lambda row=row: members_of("liaison", row.to_agency_id), english)  # type: ignore[misc]  # fmt: skip


def _orders() -> Iterator[Subject]:
    today, rule = clock.today(), rule_for("order", "")
    query = (
        select(SupervisionOrder.id, SupervisionOrder.ordered_at, SupervisionOrder.answer_due)
        .where(SupervisionOrder.closed_at.is_(None), SupervisionOrder.answered_at.is_(None))
        .where(SupervisionOrder.answer_due <= today + HORIZON)
        .where(untold("order", SupervisionOrder.id, SupervisionOrder.answer_due < today))
        .order_by(SupervisionOrder.answer_due, SupervisionOrder.id)
    )
    for row in _rows(SupervisionOrder, _come(query, lambda row: (row.ordered_at, clock.end_of(row.answer_due), rule))):
        yield Subject(f"order:{row.id}", row.case, f"督办：{row.step}", clock.end_of(row.answer_due),
                      lambda row=row: {row.person_id, *members_of("liaison", row.agency_id)},  # type: ignore[misc]
                      f"Supervision order: {_in_english(row)}")  # fmt: skip


def _in_english(order: SupervisionOrder) -> str:
    with force_locale("en"):
        return ordered_step(order)



def _pass_deadlines() -> int:
    """A running clock that has run out is marked, so that pages and counts need not compare times."""
    with command():
        query = select(Deadline).where(Deadline.status == "running", Deadline.due_at <= clock.now())
        passed = list(
            db.session.scalars(query.order_by(Deadline.due_at).limit(BATCH).with_for_update(skip_locked=True))
        )
        for deadline in passed:
            deadline.status = "passed"
            journal.record("deadline-passed", case_id=deadline.case_id, actor="scheduler", subject=deadline.clock)
        return len(passed)
