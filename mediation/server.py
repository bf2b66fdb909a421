"""Serving: one process with threads and the scheduler inside it, or a worker without pages."""

from __future__ import annotations

import gc
import signal
import threading
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import select

from documents.workers import check as check_renderer
from mediation import doctor, scheduler, schema
from mediation.cases.recognition import catch_up
from mediation.extensions import command, db
from mediation.models import User
from mediation.papers import rendering
from mediation.signing import seals

THREADS = 8


class _Embedded(BaseApplication):
    """Gunicorn with one worker of several threads; the scheduler runs inside that worker."""

    def __init__(self, app: Flask, bind: str) -> None:
        self.flask = app
        self.bind = bind
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", self.bind)
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("workers", 1)
        self.cfg.set("threads", THREADS)
        self.cfg.set("timeout", 120)
        self.cfg.set("graceful_timeout", 10)
        self.cfg.set("loglevel", "warning")
        self.cfg.set("post_worker_init", _start_scheduler)
        self.cfg.set("worker_exit", _stop_scheduler)
        self.cfg.set("control_socket_disable", True) if "control_socket_disable" in self.cfg.settings else None

    def load(self) -> Flask:
        return self.flask


def _start_scheduler(worker: Any) -> None:
    # What the start has built stays: no pause of the collector walks through it again in the middle of a page.
    gc.collect()
    gc.freeze()
    worker.scheduler = scheduler.start(worker.app.flask)


def _stop_scheduler(_server: Any, worker: Any) -> None:
    running = getattr(worker, "scheduler", None)
    if running is not None:
        running.shutdown(wait=False)
    rendering.close()


def serve(app: Flask, host: str | None, port: int | None, demo: bool | None) -> None:
    """Prepare the database, load the demonstration centre into an empty one, say where we are, and serve."""
    _refuse_bad_renderer()
    bind = f"{host or app.config['HOST']}:{port or app.config['PORT']}"
    with app.app_context():
        schema.upgrade()
        prepare(app, demo)
        _announce(app, bind)
        db.session.remove()
        db.engine.dispose()
    _Embedded(app, bind).run()


def prepare(app: Flask, demo: bool | None) -> None:
    """An empty database gets the demonstration centre (or, in production, the shipped release alone)."""
    from mediation.demo import load, publish_shipped  # large, and only needed at the start

    wanted = app.config["MODE"] == "demo" if demo is None else demo
    if wanted:
        load()
    publish_shipped()
    catch_up()
    with command():
        seals.settle()


def _announce(app: Flask, bind: str) -> None:
    click.echo(f"Mediation is at http://{bind}/")
    if app.config["MODE"] != "demo":
        return
    from mediation.demo import PASSWORD  # as above

    accounts = db.session.scalars(select(User).where(User.demo).order_by(User.id)).all()
    if accounts:
        click.echo(f"Demonstration accounts (password: {PASSWORD}):")
        for user in accounts:
            click.echo(f"  {user.login:<14} {user.name}  {'、'.join(sorted(user.roles))}")


def _refuse_bad_renderer() -> None:
    problems = check_renderer()
    if problems:
        for problem in problems:
            click.echo(problem, err=True)
        raise SystemExit(2)


def work(app: Flask) -> None:
    """Run the scheduler until the process is told to stop."""
    _refuse_bad_renderer()
    with app.app_context():
        failing = [finding for finding in doctor.examine("en") if finding.fatal and not finding.good]
    if failing:
        for finding in failing:
            click.echo(f"{finding.name}: {finding.message}", err=True)
        raise SystemExit(2)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running = scheduler.start(app)
    click.echo("Working: timers, papers, notices.")
    stop.wait()
    running.shutdown(wait=True)
    rendering.close()
