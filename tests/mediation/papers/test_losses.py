"""A worker that is killed and a disk that is full cost time, never a paper: none is lost, none is there twice."""

import os
import signal
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from mediation.extensions import command, db
from mediation.models import Entry, Paper, PaperVersion
from mediation.papers import rendering
from mediation.papers.operations import issue
from mediation.papers.rendering import LEASE, render_due


def queued(case, house, kind="rights_notice"):
    with command():
        return [paper.id for paper in issue(case, kind, by=house.users["mediator"])]


def assert_each_is_there_once(ids):
    papers = db.session.scalars(select(Paper).where(Paper.id.in_(ids))).all()
    assert [paper.status for paper in papers] == ["ready"] * len(ids)
    versions = select(func.count()).where(PaperVersion.paper_id.in_(ids))
    assert db.session.scalar(versions) == len(ids)
    journal = select(func.count()).where(
        Entry.action == "paper-rendered", Entry.subject.in_([f"paper:{one}" for one in ids])
    )
    assert db.session.scalar(journal) == len(ids)


def die(*printed):
    raise KeyboardInterrupt


class Murdered:
    """The real renderer, whose worker is killed while it holds the first paper."""

    def __init__(self, real):
        self.real, self.victims = real, []

    def render(self, *what, **how):
        if self.victims:
            return self.real.render(*what, **how)
        (victim,) = self.real.pids()
        os.kill(victim, signal.SIGSTOP)  # it takes the paper and never gets to it
        future = self.real.render(*what, **how)
        os.kill(victim, signal.SIGKILL)
        self.victims.append(victim)
        return future


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(mediating, house, monkeypatch):
    ids = queued(mediating.case, house)
    murdered = Murdered(rendering.renderer(1))
    monkeypatch.setattr(rendering, "renderer", lambda processes: murdered)
    render_due()
    assert murdered.victims
    assert murdered.victims != murdered.real.pids()
    assert_each_is_there_once(ids)


def test_whoever_dies_between_taking_and_keeping_leaves_the_paper_to_the_next(mediating, house, monkeypatch, clock):
    ids = queued(mediating.case, house)
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "_keep", die)
        with pytest.raises(KeyboardInterrupt):
            render_due()
    db.session.rollback()
    assert {db.session.get(Paper, one).status for one in ids} == {"queued"}
    clock.set_clock(clock.now() + LEASE + timedelta(seconds=1))
    render_due()
    assert_each_is_there_once(ids)


def say(statement):
    """Say it to the file itself, outside any transaction; the one connection of the pool remembers it."""
    with closing(db.engine.raw_connection()) as pooled:
        row = pooled.driver_connection.execute(statement).fetchone()
    return row and row[0]


@pytest.fixture
def with_room_again(mediating):
    """No connection with a limit is left to the tests that follow."""
    yield
    db.session.rollback()
    db.engine.dispose()


@pytest.mark.once
@pytest.mark.usefixtures("with_room_again")
def test_a_full_disk_keeps_the_paper_in_the_queue_until_there_is_room(mediating, house, clock):
    """SQLite's own “database or disk is full”; PostgreSQL raises the same class of error from the same statement."""
    render_due()
    ids = queued(mediating.case, house)
    db.session.rollback()
    db.engine.dispose()  # one connection from here on: a limit that another one bears would hold nobody back
    say("VACUUM")  # what earlier tests left free is no room either
    say(f"PRAGMA max_page_count = {say('PRAGMA page_count') + 4}")
    with pytest.raises(OperationalError, match="disk is full"):
        render_due()
    db.session.rollback()
    db.engine.dispose()  # the limit belongs to the connection
    assert {db.session.get(Paper, one).status for one in ids} == {"queued"}
    db.session.rollback()
    clock.set_clock(clock.now() + LEASE + timedelta(seconds=1))
    render_due()
    assert_each_is_there_once(ids)
