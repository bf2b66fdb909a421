"""What happens to a hand-over: prepared, sent, signed for or returned, answered, withdrawn. Nothing here commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from mediation import access, clock, clocks, deadlines, flow, journal, standing
from mediation.deadlines import working_days_after
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Agency, Case, Membership, Participation, Pool, Referral, Task, User
from mediation.releases import definition_of
from mediation.supervision import operations as supervision

# Whoever signs for hand-overs, in every agency.
SIGNS = "liaison"
SIGN_CLOCK = "handover-signing"
OPEN = ("sent", "signed")
WITHDRAWN = "referral-withdrawn"
# The answer of a flow that did the work itself: on paper whoever caused it, so in the language of papers.
DONE_IN_FLOW = "已在流程各环节办理。"


# --- finding a hand-over by the steps that lead to it -----------------------------------------------------------


def prepared_by(task: Task) -> Referral | None:
    """The hand-over that this step prepared."""
    query = select(Referral).where(Referral.task_id == task.id).order_by(Referral.id.desc())
    return db.session.scalar(query.limit(1))


def handed_to(task: Task) -> Referral:
    """The hand-over that this step of the receiving agency is about: the step before it sent or signed it."""
    steps = [task.id, *([task.after_task_id] if task.after_task_id else [])]
    of_case = select(Referral).where(Referral.case_id == task.case_id).order_by(Referral.id.desc()).limit(1)
    led_here = of_case.where(or_(Referral.task_id.in_(steps), Referral.sign_task_id.in_(steps)))
    # A step that was opened once more does not always know what led to it: then its own agency's newest one is meant.
    own = of_case.where(Referral.process_id == task.process_id, Referral.to_agency_id == task.pool.agency_id)
    return db.session.scalar(led_here) or db.session.scalars(own).one()


def returned_before(task: Task) -> Referral | None:
    """The hand-over that came back and led to this step, directly or through the director."""
    before = task.after_task_id
    seen: set[str] = set()
    while before is not None and before not in seen:
        seen.add(before)
        query = select(Referral).where(Referral.sign_task_id == before, Referral.status == "returned")
        found = db.session.scalar(query.order_by(Referral.id.desc()).limit(1))
        if found is not None:
            return found
        step = db.session.get(Task, before)
        before = step.after_task_id if step is not None and step.bind == "referral-decision" else None
    return None


def directed_by(task: Task) -> Mapping[str, Any]:
    """What the director decided right before this step; empty when the step has another origin."""
    step = db.session.get(Task, task.after_task_id) if task.after_task_id else None
    return (step.answers or {}) if step is not None and step.bind == "referral-decision" else {}


# --- preparing and sending --------------------------------------------------------------------------------------


def prepare(task: Task, answers: Mapping[str, Any], by: User) -> Referral:
    """Write down what is to be handed over, to whom and why; it counts from the moment at which it is sent."""
    agency, directed = _receiver(answers.get("agency")), directed_by(task)
    if directed and directed.get("agency") != agency.key:
        raise AnswersRefused({"agency": _("The director has decided which agency takes it.")})
    before = returned_before(task)
    if before is not None and not directed and _is_repeated(before, agency, answers):
        raise AnswersRefused({"reason": _("It came back with a reason: change the agency, or write what is new.")})
    row = prepared_by(task)
    if row is None:
        row = Referral(task_id=task.id, case_id=task.case_id, process_id=task.process_id, binding=bool(directed))
        row.round = before.round + 1 if before else 1
    row.from_agency_id, row.to_agency, row.prepared_by_id = task.case.agency_id, agency, by.id
    row.reason, row.purpose = str(answers.get("reason") or "").strip(), str(answers.get("purpose") or "").strip()
    row.part = " ".join(
        part for part in access.PARTS if part in access.ALWAYS or part in (answers.get("carries") or ())
    )
    row.answer_days, row.status = int(answers.get("answer_days") or 1), "prepared"
    task.case.referral = {"to": agency.key, "name": agency.name, "reason": f"{row.reason}\n{row.purpose}".strip()}
    db.session.add(row)
    db.session.flush()
    return row


def _receiver(key: Any) -> Agency:
    found = db.session.scalar(select(Agency).where(Agency.key == str(key or ""), Agency.active))
    if found is None:
        raise AnswersRefused({"agency": _("Choose one from the list.")})
    somebody = select(Membership.id).join(Membership.pool).join(Membership.user).where(
        Pool.agency_id == found.id, Pool.role == SIGNS, User.active
    )  # fmt: skip
    if db.session.scalar(somebody.limit(1)) is None:
        raise AnswersRefused(
            {"agency": _("Nobody there signs for hand-overs: ask an administrator to name a liaison.")}
        )
    return found


def _is_repeated(before: Referral, agency: Agency, answers: Mapping[str, Any]) -> bool:
    same = (before.reason, before.purpose) == (str(answers.get("reason") or ""), str(answers.get("purpose") or ""))
    return agency.id == before.to_agency_id and same


def send(row: Referral, *, expects_answer: bool, by: User | None) -> None:
    """From now on the agency sees its part of the case, and its time to sign runs."""
    row.status, row.sent_at, row.expects_answer = "sent", clock.now(), expects_answer
    rule = clocks.rule_in(definition_of(row.case.release_hash), SIGN_CLOCK)
    row.sign_due_at = deadlines.count(clock.today(), rule.length, rule.unit).due_at
    let_in(row.case, row.to_agency, row.part.split())
    _record("referral-sent", row, by, round=row.round, part=row.part)


# --- what the receiving agency does -----------------------------------------------------------------------------


def sign(row: Referral, task: Task, *, by: User) -> None:
    """The agency takes it on; its time to answer runs from today."""
    row.status, row.signed_at, row.signed_by_id, row.sign_task_id = "signed", clock.now(), by.id, task.id
    if row.expects_answer:
        row.answer_due_at = working_days_after(clock.today(), row.answer_days).due_at
    _record("referral-signed", row, by)


def give_back(row: Referral, task: Task, reason: str, *, by: User) -> None:
    """The agency says why it is not its matter, and sees it no longer. What the director assigned stays."""
    if row.binding:
        raise AnswersRefused({"answer": _("The director has assigned this: it cannot be returned.")})
    row.status, row.returned_at, row.returned_by_id, row.sign_task_id = "returned", clock.now(), by.id, task.id
    row.return_reason = reason
    let_out(row.case, row.to_agency, besides=row)
    _record("referral-returned", row, by, reason=reason)


def answer(row: Referral, text: str, settled: bool | None, *, by: User | None) -> None:
    """What came of it. The agency goes on reading its own part."""
    row.status, row.answered_at, row.answered_by_id = "answered", clock.now(), by.id if by else None
    row.answer, row.settled = text, settled
    _record("referral-answered", row, by, settled=settled)


def open_again(row: Referral) -> None:
    """Signing, returning or answering was taken back: the hand-over stands as it stood before."""
    if row.status == "answered":
        row.status, row.answered_at, row.answer, row.settled = "signed", None, "", None
        return
    if row.status == "returned":
        let_in(row.case, row.to_agency, row.part.split())
    row.status, row.signed_at, row.returned_at, row.return_reason = "sent", None, None, ""


def count_anew(case: Case) -> None:
    """The calendar was corrected: what is under way is late by the same day as the agency's step."""
    for row in db.session.scalars(select(Referral).where(Referral.case_id == case.id, Referral.status.in_(OPEN))):
        if row.status == "signed" and row.signed_at and row.answer_due_at:
            row.answer_due_at = working_days_after(deadlines.day_of(row.signed_at), row.answer_days).due_at
        elif row.status == "sent" and row.sent_at:
            rule = clocks.rule_in(definition_of(case.release_hash), SIGN_CLOCK)
            row.sign_due_at = deadlines.count(deadlines.day_of(row.sent_at), rule.length, rule.unit).due_at


# --- what the sender takes back ---------------------------------------------------------------------------------


class CannotWithdraw(Exception):
    """The hand-over is over: nobody there has a step of it that could end."""


def withdraw(row: Referral, reason: str, *, by: User) -> None:
    """Call a hand-over back before it is answered: the agency's step ends, supervision orders about it are withdrawn, and
    the agency sees the case no longer. Others of the case go on. Raises CannotWithdraw when it is over."""
    flow.lock_case(row.case_id)
    db.session.refresh(row)
    steps = _steps_of(row) if row.status in OPEN else []
    step = next((one for one in steps if one.status == "open"), None)
    if step is None:
        raise CannotWithdraw
    supervision.withdraw(steps, reason, by=by)
    take_back(row, reason, by=by)
    if not flow.send_message(row.case, WITHDRAWN, {"referral": row.id}, by=by, at=step):
        raise CannotWithdraw


def _steps_of(row: Referral) -> list[Task]:
    """The steps, open and over, at which the agency signs for this hand-over and answers it."""
    query = select(Task).join(Task.pool).where(
        Task.process_id == row.process_id, Pool.agency_id == row.to_agency_id,
        Task.bind.in_(("referral-receipt", "referral-answer")),
    )  # fmt: skip
    steps = db.session.scalars(query.order_by(Task.entered_at, Task.id))
    return [step for step in steps if handed_to(step).id == row.id]


def take_back(row: Referral, reason: str, *, by: User | None) -> None:
    row.status, row.withdrawn_at, row.withdrawn_reason = "withdrawn", clock.now(), reason
    let_out(row.case, row.to_agency, besides=row)
    _record("referral-withdrawn", row, by, reason=reason)


# --- who sees what ----------------------------------------------------------------------------------------------


def let_in(case: Case, agency: Agency, parts: Iterable[str]) -> None:
    """Everybody of the agency whose role sees what is handed to it sees these parts; what was seen before stays seen."""
    flow.pool_of(SIGNS, agency.key, case)
    now, wanted = clock.now(), set(parts)
    seated = {seat.pool_id: seat for seat in db.session.scalars(_seats(case, agency))}
    for pool in db.session.scalars(_pools(agency)):
        seat = seated.get(pool.id)
        if seat is None:
            seat = Participation(case_id=case.id, pool_id=pool.id, since_at=now, part="")
            db.session.add(seat)
            known: set[str] = set()
        else:
            known = set((seat.part or access.STEP_PART).split())
        seat.part = " ".join(part for part in access.PARTS if part in known | wanted)


def let_out(case: Case, agency: Agency, *, besides: Referral) -> None:
    """The agency sees the case no longer, unless another hand-over or an open step of its own keeps it at the table."""
    db.session.flush()
    others = select(Referral.id).where(
        Referral.case_id == case.id, Referral.to_agency_id == agency.id, Referral.id != besides.id,
        Referral.status.in_((*OPEN, "answered")),
    )  # fmt: skip
    pools = _pools(agency).with_only_columns(Pool.id)
    steps = select(Task.id).where(
        Task.case_id == case.id, Task.pool_id.in_(pools), Task.status == "open", Task.process_key != "referral"
    )
    if db.session.scalar(others.limit(1)) is not None or db.session.scalar(steps.limit(1)) is not None:
        return
    for seat in db.session.scalars(_seats(case, agency)):
        seat.until_at = clock.now()


def _pools(agency: Agency) -> Any:
    referred = standing.roles_that_see("referred")
    return select(Pool).where(Pool.agency_id == agency.id, Pool.role.in_(referred)).order_by(Pool.id)


def _seats(case: Case, agency: Agency) -> Any:
    return select(Participation).where(
        Participation.case_id == case.id, Participation.until_at.is_(None),
        Participation.pool_id.in_(_pools(agency).with_only_columns(Pool.id)),
    ).order_by(Participation.id)  # fmt: skip


def _record(action: str, row: Referral, by: User | None, **details: Any) -> None:
    journal.record(
        action, case_id=row.case_id, by=by, actor="" if by else "flow", subject=f"referral:{row.id}",
        details={"agency": row.to_agency.name, "agency_en": row.to_agency.name_en, **details},
    )  # fmt: skip
