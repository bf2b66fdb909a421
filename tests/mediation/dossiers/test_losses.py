"""A worker that is really killed, and a disk that is really full: no dossier is lost, and none is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from mediation.dossiers import making, operations
from mediation.dossiers.making import make_due
from mediation.extensions import command, db
from mediation.models import Dossier, Entry, StoredFile
from mediation.papers.rendering import render_due

# A worker of its own, as `mediation worker` runs it, that stops where the test wants it and says so.
WORKER = """
import resource, signal, sys
from datetime import datetime
from sqlalchemy.exc import OperationalError
from app import create_app
app = create_app({"DATABASE": sys.argv[1], "OUTBOX": sys.argv[2]})
with app.app_context():
    from mediation import clock
    from mediation.dossiers import making
    clock.set_clock(datetime.fromisoformat(sys.argv[4]))
    genuine = getattr(making, sys.argv[3])
    def stop(*what, **how):
        if "full" in sys.argv:
            resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))  # no file may become larger
            return genuine(*what, **how)
        print("here", flush=True)
        signal.pause()  # until it is killed
    setattr(making, sys.argv[3], stop)
    try:
        making.make_due()
    except OperationalError as error:
        print(type(error).__name__, flush=True)
"""


@pytest.fixture
def asked(case, house) -> Dossier:
    render_due()
    with command():
        return operations.ask(case, by=house.users["mediator"])


@pytest.fixture
def worker(built_app: Any, database_url: str, tmp_path: Path, clock: Any) -> Iterator[Any]:
    """`worker("keep")`: another process works on the dossier and stands where it is about to do that."""
    begun: list[subprocess.Popen[str]] = []

    def begin(stops_at: str, *how: str) -> subprocess.Popen[str]:
        db.session.rollback()
        arguments = [sys.executable, "-c", WORKER, database_url, str(tmp_path), stops_at, clock.now().isoformat(), *how]
        one = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, start_new_session=True)
        begun.append(one)
        assert one.stdout is not None
        assert one.stdout.readline() == ("OperationalError\n" if how else "here\n")
        return one

    yield begin
    for one in begun:
        if one.poll() is None:
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()
        assert one.stdout is not None
        one.stdout.close()


def assert_made_once(asked: Dossier) -> None:
    db.session.rollback()
    db.session.expire_all()
    rows = list(db.session.scalars(select(Dossier).where(Dossier.case_id == asked.case_id)))
    assert [(one.id, one.status) for one in rows] == [(asked.id, "ready")]
    assert db.session.get(StoredFile, asked.sha256) is not None
    sealed = select(func.count()).where(Entry.chain == asked.case_id, Entry.action == "dossier-sealed")
    assert db.session.scalar(sealed) == 1


@pytest.mark.parametrize("stops_at", ["make", "signature_of", "keep"])
def test_a_killed_worker_leaves_the_dossier_to_the_next(asked, worker, clock, stops_at):
    """Killed before it binds, after it has bound and sealed, and inside the transaction that keeps it."""
    victim = worker(stops_at)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    db.session.expire_all()
    assert (asked.status, asked.sha256) == ("queued", None)
    assert make_due() == 0  # the lease is not over
    clock.set_clock(clock.now() + making.LEASE)
    assert make_due() == 1
    assert_made_once(asked)


@pytest.mark.once
def test_a_disk_that_takes_no_more_keeps_the_dossier_in_the_queue(asked, worker, clock):
    """SQLite's own file may not grow while the dossier is kept; what PostgreSQL writes is another program's."""
    db.session.rollback()
    with closing(db.engine.raw_connection()) as pooled:
        pooled.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    worker("keep", "full").wait()
    db.session.expire_all()
    assert (asked.status, asked.sha256) == ("queued", None)
    clock.set_clock(clock.now() + making.LEASE)
    assert make_due() == 1
    assert_made_once(asked)
