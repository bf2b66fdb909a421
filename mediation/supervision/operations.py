"""Urging and ordering. The flow `supervision` carries an order from here to its answer and its review; nothing commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, clocks, flow, journal
from mediation.extensions import db
from mediation.models import Agency, Case, SupervisionOrder, Task, Urging, User
from mediation.notices.operations import INBOX_AND_MAIL, members_of, tell_user
from mediation.papers.numbering import next_number
from mediation.permissions import can_supervise
from mediation.releases import definition_of

PROCESS = "supervision"
ANSWER_CLOCK = "supervision-answer"
SERIES = "督字"
SUPERVISORS = ("supervisor", "dispatcher", "director")


class Refused(Exception):
    """What was asked cannot be done; the message is a sentence for the person."""


@dataclass(frozen=True)
class Addressed:
    """Who must answer: an agency and, where one is known, a person."""

    agency: Agency
    person: User | None


# --- urging -----------------------------------------------------------------------------------------------------------


def urge(task: Task, note: str, *, by: User) -> Urging:
    """Remind the holder of an open task and the agency, at most once a day (催办). Raises Refused."""
    flow.lock_case(task.case_id)
    if task.status != "open":
        raise Refused(_("This step is done already."))
    if urged_today(task):
        raise Refused(_("This step was urged today already; once a day is the most."))
    row = Urging(case_id=task.case_id, task_id=task.id, day=clock.today(), note=note, by_id=by.id, at=clock.now())
    db.session.add(row)
    journal.record("task-urged", case_id=task.case_id, by=by, subject=task.element_id,
                   details={"task": task.id, "name": task.name, "process": task.process_key})  # fmt: skip
    for user_id in sorted(_holders(task)):
        tell_user(user_id, "task-urged", case=task.case, task=task, channels=INBOX_AND_MAIL,
                  title=task.case.display_number, step=task.name, note=note, who=by.name)  # fmt: skip
    return row


def urged_today(task: Task) -> bool:
    query = select(Urging.id).where(Urging.task_id == task.id, Urging.day == clock.today())
    return db.session.scalar(query.limit(1)) is not None


def _holders(task: Task) -> set[int]:
    """Who holds the task and the agency's liaison, or everybody it is offered to, and the agency's director."""
    agency = task.pool.agency_id
    held = {task.claimed_by_id} if task.claimed_by_id else set(members_of(task.pool.role, agency))
    told = {*held, *members_of("liaison", agency), *members_of("director", agency)}
    return {one for one in told if one}


# --- supervision orders -----------------------------------------------------------------------------------------------


def can_order(user: User, case: Case) -> bool:
    """Whether this person may, and the case's release knows the flow that carries an order."""
    return can_supervise(user, case) and PROCESS in definition_of(case.release_hash).processes


def order(
    case: Case, step: str, to: Addressed, *, reason: str, demands: str, answer_due: date, task: Task | None = None,
    by: User | None,
) -> SupervisionOrder:  # fmt: skip
    """Order somebody to answer (督办单) by the end of `answer_due`, and start the flow that carries the order.

    One that is open for the same step and agency is returned instead of a second one. Raises Refused.
    """
    flow.lock_case(case.id)
    known = _open_order(case, step, to.agency)
    if known is not None:
        return known
    if answer_due < clock.today():
        raise Refused(_("The last day to answer lies in the past."))
    row = SupervisionOrder(
        case=case, task=task, step=step[:120], agency=to.agency, person=to.person, reason=reason, demands=demands,
        ordered_by=by, ordered_at=clock.now(), answer_due=answer_due,
        number=next_number(case.agency, SERIES, clock.today().year),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    variables = {
        "order_id": row.id, "agency": to.agency.key, "person": to.person.login if to.person else None,
        "answer_due": answer_due.isoformat(), "orderer": by.login if by else None,
    }  # fmt: skip
    row.process_id = flow.start(case, PROCESS, variables, by=by).process.id
    journal.record("supervision-ordered", case_id=case.id, by=by, actor="" if by else "flow", subject=to.agency.key,
                   details={"order": row.id, "step": step})  # fmt: skip
    return row


def withdraw(steps: Iterable[Task], reason: str, *, by: User | None) -> None:
    """What these steps were about is asked of nobody any more: their open orders are closed with the reason, their flows
    end, and whoever had to answer is told."""
    query = select(SupervisionOrder).where(
        SupervisionOrder.task_id.in_([step.id for step in steps]), SupervisionOrder.closed_at.is_(None)
    )
    for row in db.session.scalars(query.order_by(SupervisionOrder.id)).all():
        row.closed_at, row.review = clock.now(), reason
        if row.process is not None:
            flow.end(row.process, by=by, action="supervision-withdrawn", details={"order": row.id, "reason": reason})
        for user_id in [row.person_id] if row.person_id else members_of("liaison", row.agency_id):
            tell_user(user_id, "order-withdrawn", case=row.case, channels=INBOX_AND_MAIL, number=row.number, reason=reason)


def _open_order(case: Case, step: str, agency: Agency) -> SupervisionOrder | None:
    query = select(SupervisionOrder).where(
        SupervisionOrder.case_id == case.id, SupervisionOrder.step == step[:120],
        SupervisionOrder.agency_id == agency.id, SupervisionOrder.closed_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(query.order_by(SupervisionOrder.id.desc()).limit(1))


def addressed(task: Task) -> Addressed:
    """Who answers for an open task: its holder, else the agency's liaison or director, else the centre's director."""
    agency = db.session.get_one(Agency, task.pool.agency_id)
    if task.claimed_by is not None:
        return Addressed(agency, task.claimed_by)
    return answerable(task.case, agency)


def answerable(case: Case, agency: Agency) -> Addressed:
    """The agency itself when somebody there can take the answer, otherwise a director who must see to it."""
    if members_of("liaison", agency.id):
        return Addressed(agency, None)
    directors = members_of("director", agency.id) or members_of("director", case.agency_id)
    return Addressed(agency, db.session.get(User, directors[0]) if directors else None)


def usual_answer_due(case: Case) -> date:
    """The last day to answer by the table of clocks."""
    last = clocks.last_moment(clocks.rule_of(case, ANSWER_CLOCK), clock.today())
    return last if type(last) is date else clock.today()


def order_of(task: Task) -> SupervisionOrder:
    """The order whose flow holds the task."""
    return db.session.scalars(select(SupervisionOrder).where(SupervisionOrder.process_id == task.process_id)).one()
