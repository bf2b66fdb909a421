"""What runs by itself: due timers, papers to render, notices to send, warnings, the hourly anchor. Any number of nodes may."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from mediation import clock, flow, journal
from mediation.agreements import changes, packets
from mediation.delivery import working as delivering
from mediation.dossiers.making import make_due
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.models import Beat, Case, Draft, SignInAttempt, WaitingEvent
from mediation.notices import sending
from mediation.papers import rendering
from mediation.signing import working
from mediation.supervision.warnings import warn_overdue
from workflows.model import EngineError

log = logging.getLogger("mediation.scheduler")

BATCH = 200
ATTEMPTS_KEPT = timedelta(days=2)
DRAFTS_KEPT = timedelta(days=180)


def sweep_timers(limit: int = BATCH) -> int:
    """Fire what is due, each case in a transaction of its own; returns how many acted.

    The case is locked first, as every command does, so that a sweep and a person never wait for each other in a circle.
    A case that somebody else holds is passed by: the next round comes in seconds.
    """
    query = (
        select(WaitingEvent.id, WaitingEvent.case_id)
        .where(WaitingEvent.kind == "timer", WaitingEvent.due_at <= clock.now(), WaitingEvent.failed_at.is_(None))
        .order_by(WaitingEvent.due_at, WaitingEvent.id)
        .limit(limit)
    )
    due = db.session.execute(query).all()
    db.session.rollback()
    return sum(_fire(event_id, case_id) for event_id, case_id in due)


def _fire(event_id: int, case_id: int) -> bool:
    try:
        with command():
            locked = select(Case.id).where(Case.id == case_id).with_for_update(skip_locked=True)
            if db.session.scalar(locked) is None:
                return False
            event = db.session.get(WaitingEvent, event_id)
            if event is None or event.failed_at is not None:
                return False
            before = event.due_at
            acted = flow.fire_timers(event) is not None
            if acted and _still_waits(event_id, before):
                raise EngineError("timer-stuck", "the timer is due and does not fire", event.element_id)
            return acted
    except EngineError as error:
        return _set_aside(event_id, case_id, error)
    except AnswersRefused as refused:  # a paper that the step issues lacks facts, and nobody is there to type them
        return _set_aside(event_id, case_id, EngineError("paper-refused", str(refused)))
    except OperationalError:  # the database was busy or away: the next round comes in seconds
        log.warning("timer put off", extra={"case": case_id})
        return False
    except Exception as error:  # whatever an effect stumbled over: one broken case must not stop the others' deadlines
        log.exception("timer failed", extra={"case": case_id})
        return _set_aside(event_id, case_id, EngineError("effect-failed", type(error).__name__))


def _still_waits(event_id: int, due_at: object) -> bool:
    query = select(WaitingEvent.due_at).where(WaitingEvent.id == event_id)
    return db.session.scalar(query) == due_at


def _set_aside(event_id: int, case_id: int, error: EngineError) -> bool:
    """One broken flow never stops the sweep: its timer waits for an administrator."""
    log.warning("timer failed", extra={"case": case_id, "code": error.code})
    with command():
        event = db.session.get(WaitingEvent, event_id)
        if event is not None:
            event.failed_at = clock.now()
        flow.record_incident(case_id, event.process_id if event else None, error)
    return False


def beat() -> int:
    """Say that the scheduler lives."""
    with command():
        row = db.session.get(Beat, "scheduler") or Beat(name="scheduler")
        row.at = clock.now()
        db.session.add(row)
    return 0


def anchor() -> int:
    """Put the heads of the journal's chains under one hash."""
    with command():
        return len(journal.anchor_heads().heads)


def tidy() -> int:
    """Forget what is of no use any more: old failed sign-ins, drafts that nobody came back for."""
    with command():
        old = db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < clock.now() - ATTEMPTS_KEPT)).rowcount
        return old + db.session.execute(delete(Draft).where(Draft.saved_at < clock.now() - DRAFTS_KEPT)).rowcount


# Name, seconds between rounds, what it does (returns how many rows it acted on).
JOBS: tuple[tuple[str, int, Callable[[], int]], ...] = (
    ("timers", 5, sweep_timers),
    ("papers", 1, rendering.render_due),
    ("deliveries", 2, delivering.sign_due),
    ("seals", 1, working.seal_due),
    ("changes", 2, changes.settle_due),
    ("packets", 2, packets.bind_due),
    ("dossiers", 2, make_due),
    ("notices", 3, sending.send_due),
    ("warnings", 60, warn_overdue),
    ("beat", 20, beat),
    ("anchor", 3600, anchor),
    ("tidy", 3600, tidy),
)


def run_once(app: Flask) -> dict[str, int]:
    """One round of everything, in order; for the command line and the tests."""
    with app.app_context():
        return {name: job() for name, _seconds, job in JOBS}


def start(app: Flask) -> BackgroundScheduler:
    """Run all jobs in threads of this process until `shutdown()`."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for name, seconds, job in JOBS:
        scheduler.add_job(_inside(app, name, job), "interval", seconds=seconds, id=name, next_run_time=clock.now())
    scheduler.start()
    return scheduler


def _inside(app: Flask, name: str, job: Callable[[], int]) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            try:
                count = job()
            except Exception:  # a job that fails once must run again: the failure is logged with its places
                db.session.rollback()
                log.exception("job failed", extra={"event": name})
                return
            if count:
                log.info("job done", extra={"event": name, "count": count})

    return run
