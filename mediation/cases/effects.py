"""What flows may cause of a case: its status, its number, its clocks, its outcome, a further flow, its end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from mediation import clock, deadlines, flow, journal
from mediation.case_view import current_agreement
from mediation.cases import facts, triage
from mediation.effects import Occasion, effect
from mediation.extensions import db
from mediation.models import Agency, Case, Deadline, Process
from mediation.notices.operations import INBOX_AND_MAIL, members_of, tell_user
from mediation.papers.numbering import DOSSIER, next_number
from workflows.model import EngineError

STATUSES = (
    "registered", "examined", "accepted", "refused", "referred", "mediating", "agreed", "effective", "confirming",
    "performing", "following-up", "closed", "ended", "voided",
)  # fmt: skip


@effect("set-status", required=("status",), outcome=None)
def _set_status(occasion: Occasion, *, status: str, outcome: str | None = None) -> None:
    """Where the case stands. Accepted for the first time it is accepted at this moment; refused it is over."""
    case, now = occasion.case, clock.now()
    if status not in STATUSES:
        raise EngineError(
            "unknown-status", f"no status is called {status!r}", occasion.element_id, occasion.process.key
        )
    case.status = status
    if outcome:
        case.outcome = str(outcome)[:30]
    if status == "accepted":
        case.accepted_at = case.accepted_at or now
    if status == "refused":
        case.closed_at = case.closed_at or now
    journal.record("status-set", case_id=case.id, by=occasion.by, actor=_actor(occasion), details={"status": status})


def _actor(occasion: Occasion) -> str:
    return "" if occasion.by else "flow"


@effect("allocate-number")
def _allocate_number(occasion: Occasion) -> None:
    """The dossier's number, once: gapless per body and year (design: numbers are allocated under lock)."""
    case = occasion.case
    if case.number:
        return
    case.number = next_number(case.committee or case.agency, DOSSIER, clock.today().year)
    facts.write_search_terms(case)
    journal.record(
        "number-allocated", case_id=case.id, by=occasion.by, actor=_actor(occasion), details={"number": case.number}
    )


@effect("appoint-court")
def _appoint_court(occasion: Occasion) -> None:
    """The court that was chosen takes part from now on; without a choice, the court of the centre's district."""
    case = occasion.case
    if case.court is None:
        case.court = _district_court(case)
    pool = flow.pool_of("court_liaison", case.court.key, case)
    flow.let_in(case.id, {(pool.id, None)})
    journal.record("court-appointed", case_id=case.id, by=occasion.by, actor=_actor(occasion), subject=case.court.key)


def _district_court(case: Case) -> Agency:
    near = select(Agency).where(Agency.kind == "court", Agency.active)
    own = near.where(Agency.parent_id == case.agency_id).order_by(Agency.id).limit(1)
    found = db.session.scalar(own) or db.session.scalar(near.order_by(Agency.id).limit(1))
    if found is None:
        raise EngineError("no-court", "no court is registered among the agencies")
    return found


@effect("record-outcome", required=("outcome",))
def _record_outcome(occasion: Occasion, *, outcome: str) -> None:
    """What came of the case, or of a part of it; the last one said is the case's."""
    occasion.case.outcome = str(outcome)[:30]
    journal.record("outcome-recorded", case_id=occasion.case.id, by=occasion.by, actor=_actor(occasion),
                   details={"outcome": outcome})  # fmt: skip


@effect("close-case")
def _close_case(occasion: Occasion) -> None:
    """Nothing is open any more. A case that ended without agreement or was handed on keeps that as its status."""
    case = occasion.case
    case.closed_at = case.closed_at or clock.now()
    if case.status not in ("ended", "referred", "refused"):
        case.status = "closed"
    running = select(Deadline).where(Deadline.case_id == case.id, Deadline.stopped_at.is_(None)).order_by(Deadline.id)
    for deadline in db.session.scalars(running):
        _stop(deadline)
    journal.record(
        "case-closed", case_id=case.id, by=occasion.by, actor=_actor(occasion), details={"outcome": case.outcome}
    )


@effect("open-process", required=("process",))
def _open_process(occasion: Occasion, *, process: str) -> None:
    """A further flow of the same case, unless one of it is running already."""
    case = occasion.case
    running = select(Process.id).where(Process.case_id == case.id, Process.key == process, Process.status == "running")
    if db.session.scalar(running.limit(1)) is None:
        flow.start(case, process, {}, by=occasion.by)


@effect("warn-overdue", required=("step",))
def _warn_overdue(occasion: Occasion, *, step: str) -> None:
    """Something was not done in time: who holds the case, its director and its supervisor are told."""
    journal.record(
        "overdue-warned", case_id=occasion.case.id, by=occasion.by, actor=_actor(occasion), details={"step": step}
    )
    case = occasion.case
    told = {*members_of("director", case.agency_id), *members_of("supervisor", case.agency_id)}
    told |= {case.mediator_id} if case.mediator_id else set()
    for user_id in sorted(told):
        tell_user(user_id, "task-red", case=case, channels=INBOX_AND_MAIL, title=case.display_number, step=step)


# --- clocks --------------------------------------------------------------------------------------------------


@effect("start-clock", required=("clock",), days=None)
def _start_clock(occasion: Occasion, *, clock: str, days: Decimal | int | None = None) -> None:
    """Start a clock of the release's table; started again it is counted anew, and there is still one of it."""
    start_clock(occasion.case, clock, days=int(days) if days else None)
    journal.record("clock-started", case_id=occasion.case.id, by=occasion.by, actor=_actor(occasion), subject=clock)


@effect("stop-clock", required=("clock",))
def _stop_clock(occasion: Occasion, *, clock: str) -> None:
    """Stop a clock; one that does not run stays as it is."""
    query = select(Deadline).where(
        Deadline.case_id == occasion.case.id, Deadline.clock == clock, Deadline.stopped_at.is_(None)
    )
    stopped = list(db.session.scalars(query.order_by(Deadline.id)))
    for deadline in stopped:
        _stop(deadline)
    if stopped:
        journal.record("clock-stopped", case_id=occasion.case.id, by=occasion.by, actor=_actor(occasion), subject=clock)


def start_clock(case: Case, name: str, *, days: int | None = None) -> Deadline:
    """The case's deadline by the clock `name`, counted from its day (民法典 201-203); `days` replaces its length."""
    try:
        rule = triage.clock_rule(case, name)
    except LookupError as error:
        raise EngineError("unknown-clock", str(error)) from error
    counted = deadlines.count(_first_day(case, name), days or rule.length, "calendar" if days else rule.unit)
    query = select(Deadline).where(Deadline.case_id == case.id, Deadline.clock == name, Deadline.stopped_at.is_(None))
    row = db.session.scalar(query.limit(1)) or Deadline(case_id=case.id, clock=name)
    row.name, row.ground, row.counted, row.shared = rule.name, rule.ground[:200], counted.words, rule.shared
    row.started_on, row.due_at, row.status = counted.start, counted.due_at, "running"
    db.session.add(row)
    db.session.flush()
    return row


def _first_day(case: Case, name: str) -> date:
    """The day of the event that starts the clock: for the court's confirmation the day the agreement took effect."""
    agreement = current_agreement(case.id) if name == "judicial-confirmation" else None
    if agreement is not None and agreement.effective_at is not None:
        return clock.local(agreement.effective_at).date()
    return clock.today()


def _stop(deadline: Deadline) -> None:
    deadline.status = "met" if deadline.due_at >= clock.now() else "passed"
    deadline.stopped_at = clock.now()
