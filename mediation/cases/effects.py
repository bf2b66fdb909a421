"""What flows may cause of a case: its status, its number, its outcome, a further flow, its end. Clocks: clocks.py."""

from __future__ import annotations

from sqlalchemy import select

from mediation import access, clock, clocks, flow, journal
from mediation.cases import facts
from mediation.cases.flow_words import step_names
from mediation.effects import Occasion, effect
from mediation.extensions import db
from mediation.models import Agency, Case, Deadline, Participation, Process
from mediation.neighbours import agency_for
from mediation.notices.operations import INBOX_AND_MAIL, members_of, tell_user
from mediation.papers.numbering import DOSSIER, next_number
from workflows.model import EngineError

STATUSES = (
    "registered", "examined", "accepted", "refused", "referred", "linked", "handed-over", "mediating", "agreed", "effective", "confirming",
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
        clocks.stop(deadline)
    journal.record(
        "case-closed", case_id=case.id, by=occasion.by, actor=_actor(occasion), details={"outcome": case.outcome}
    )
    _let_reviewers_in(case)


def _let_reviewers_in(case: Case) -> None:
    """The judicial office may pick any closed file and review all that is in it (人民调解法 5, 27)."""
    office = agency_for(case, "judicial-office")
    if office is None:
        return
    pool = flow.pool_of("judicial_officer", office, case)
    flow.let_in(case.id, {(pool.id, None)})
    db.session.flush()
    seats = select(Participation).where(
        Participation.case_id == case.id, Participation.pool_id == pool.id, Participation.until_at.is_(None)
    )
    for seat in db.session.scalars(seats.where(Participation.user_id.is_(None))):
        known = {*(seat.part or access.STEP_PART).split(), "dossier"}
        seat.part = " ".join(part for part in access.PARTS if part in known)


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
    case, release_hash = occasion.case, occasion.process.release_hash
    names = step_names(release_hash, occasion.flow_key, step)
    told = {*members_of("director", case.agency_id), *members_of("supervisor", case.agency_id)}
    told |= {case.mediator_id} if case.mediator_id else set()
    for user_id in sorted(told):
        tell_user(user_id, "task-red", case=case, channels=INBOX_AND_MAIL, title=case.display_number, **names)
