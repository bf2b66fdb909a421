"""Warnings of steps, clocks, hand-overs and supervision orders: yellow by the table `warnings`, red when the time is over.

Each is told once a stage: yellow to who holds it, red to the director and the supervisor too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, exists, literal, select
from sqlalchemy.orm import joinedload

from mediation import clock, journal
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
    """Something that ends: what it is called, since when it runs, when it ends, who is told."""

    key: str  # deadline:12
    case: Case
    name: str
    begin: datetime
    due: datetime
    rule: Rule
    holders: Callable[[], Iterable[int | None]]


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
        told = exists().where(OverdueNotice.task_id == Task.id, OverdueNotice.stage == stage)
        before = now if stage == RED else now + HORIZON
        query = (
            select(Task)
            .where(Task.status == "open", Task.due_at <= before, ~told)
            .order_by(Task.due_at, Task.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Task)
        )
        rules = _Rules("task")
        tasks = [one for one in db.session.scalars(query) if stage == RED or _is_yellow(one, rules, now)]
        for task in tasks:
            db.session.add(OverdueNotice(task_id=task.id, stage=stage, at=now))
            _tell_of_task(task, stage)
        return len(tasks)


class _Rules(dict[str, Rule]):
    """The rules of one kind, each decided once a sweep."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind, self._table = kind, _tables()

    def __missing__(self, subject: str) -> Rule:
        self[subject] = rule_for(self._kind, subject, self._table)
        return self[subject]


def _is_yellow(task: Task, rules: _Rules, now: datetime) -> bool:
    rule = rules[f"{task.process_key}.{task.element_id}"]
    return task.due_at is not None and rule.yellow_at(task.entered_at, task.due_at) <= now


def _tell_of_task(task: Task, stage: str) -> None:
    case = db.session.get_one(Case, task.case_id)
    holders: set[int | None]
    holders = {task.claimed_by_id} if task.claimed_by_id else set(members_of(task.pool.role, task.pool.agency_id))
    if stage == RED:
        holders |= _supervisors(case)
        journal.record(
            "task-overdue", case_id=case.id, actor="scheduler", subject=task.element_id, details={"task": task.id}
        )
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
            if stage == YELLOW and subject.rule.yellow_at(subject.begin, subject.due) > clock.now():
                continue
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
                  title=subject.case.display_number, step=subject.name)  # fmt: skip


def untold(prefix: str, id_column: Any, red: Any) -> Any:
    """That the stage which has come (`red` says which) was not told yet of this row."""
    key = literal(f"{prefix}:").concat(cast(id_column, String))
    return (red & ~_told(key, RED)) | (~red & ~_told(key, YELLOW))


def _told(key: Any, stage: str) -> Any:
    return exists().where(WarningTold.subject == key, WarningTold.stage == stage)


def _clocks() -> Iterator[Subject]:
    now, rules = clock.now(), _Rules("clock")
    query = (
        select(Deadline)
        .where(
            Deadline.status.in_(("running", "passed")), Deadline.stopped_at.is_(None), Deadline.due_at <= now + HORIZON
        )
        .where(untold("deadline", Deadline.id, Deadline.due_at <= now))
        .options(joinedload(Deadline.case))
        .order_by(Deadline.due_at, Deadline.id)
        .limit(BATCH)
    )
    for row in db.session.scalars(query).all():
        begin = row.started_at or clock.end_of(row.started_on)
        yield Subject(f"deadline:{row.id}", row.case, row.name, begin, row.due_at, rules[row.clock],
                      lambda case=row.case: _who_works_on(case))  # type: ignore[misc]  # fmt: skip


def _who_works_on(case: Case) -> set[int | None]:
    """The mediator and whoever holds an open step of the case."""
    held = select(Task.claimed_by_id).where(Task.case_id == case.id, Task.status == "open")
    return {case.mediator_id, *db.session.scalars(held)}


def _referrals() -> Iterator[Subject]:
    now, rule = clock.now(), rule_for("referral", "")
    stages = (
        ("sent", Referral.sign_due_at, "sent_at", "签收转办事项"),
        ("signed", Referral.answer_due_at, "signed_at", "答复转办事项"),
    )
    for status, due, begin, name in stages:
        query = (
            select(Referral, due)
            .where(
                Referral.status == status, due <= now + HORIZON, untold(f"referral-{status}", Referral.id, due <= now)
            )
            .where(Referral.expects_answer | (Referral.status == "sent"))
            .options(joinedload(Referral.case))
            .order_by(due, Referral.id)
            .limit(BATCH)
        )
        for row, due_at in db.session.execute(query).all():
            yield Subject(f"referral-{status}:{row.id}", row.case, name, getattr(row, begin) or due_at, due_at, rule,
                          lambda row=row: members_of("liaison", row.to_agency_id))  # type: ignore[misc]  # fmt: skip


def _orders() -> Iterator[Subject]:
    today, rule = clock.today(), rule_for("order", "")
    query = (
        select(SupervisionOrder)
        .where(SupervisionOrder.closed_at.is_(None), SupervisionOrder.answered_at.is_(None))
        .where(SupervisionOrder.answer_due <= today + HORIZON)
        .where(untold("order", SupervisionOrder.id, SupervisionOrder.answer_due < today))
        .options(joinedload(SupervisionOrder.case))
        .order_by(SupervisionOrder.answer_due, SupervisionOrder.id)
        .limit(BATCH)
    )
    for row in db.session.scalars(query).all():
        yield Subject(f"order:{row.id}", row.case, f"督办：{row.step}", row.ordered_at, clock.end_of(row.answer_due), rule,
                      lambda row=row: {row.person_id, *members_of("liaison", row.agency_id)})  # type: ignore[misc]  # fmt: skip


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
