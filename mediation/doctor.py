"""What could be wrong with an installation, looked at one by one, each with what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from sqlalchemy import text

from documents.workers import check as check_renderer
from mediation import clock, deadlines, schema
from mediation.config import DEMO_SECRET, ROOT
from mediation.extensions import db
from mediation.signing import seals

DISK_NEEDED = 500 * 1024 * 1024
CLOCK_MAY_DIFFER = 5.0  # seconds


@dataclass(frozen=True)
class Finding:
    """One thing looked at. A fatal one that is not good keeps the program from working."""

    name: str
    good: bool
    message: str
    advice: str = ""
    fatal: bool = True


def examine() -> list[Finding]:
    """Everything, in the order in which one would repair it. Needs an application context."""
    looks: tuple[Callable[[], Finding], ...] = (_paper, _database, _migrations, _secrets, _time, _holidays, _seals, _disk)
    return [look() for look in looks]


def _paper() -> Finding:
    problems = check_renderer()
    advice = (
        "Install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 and run `make run`, which prepares the fonts."
    )
    return Finding("libraries and fonts", not problems, "; ".join(problems) or "papers can be rendered", advice)


def _database() -> Finding:
    name = db.engine.dialect.name
    try:
        db.session.execute(text("SELECT 1"))
        journal = db.session.execute(text("PRAGMA journal_mode")).scalar() if name == "sqlite" else "wal"
    except Exception as error:  # whatever the driver says is what the operator must read
        db.session.rollback()
        return Finding(
            "database", False, f"{name} does not answer: {type(error).__name__}", "Check MEDIATION_DATABASE."
        )
    advice = "The file system of the database file does not support write-ahead logging; move it to a local disk."
    return Finding("database", journal == "wal", f"{name} answers", advice)


def _migrations() -> Finding:
    try:
        good = schema.is_up_to_date()
    except Exception:  # no database: said above already
        db.session.rollback()
        good = False
    return Finding("migrations", good, "up to date" if good else "some are missing", "Run `mediation upgrade`.")


def _secrets() -> Finding:
    default = [name for name in ("SECRET_KEY", "DATA_KEY") if current_app.config[name] == DEMO_SECRET]
    advice = "Set MEDIATION_SECRET_KEY and MEDIATION_DATA_KEY to long random texts before real people use this."
    return Finding("secrets", not default, ", ".join(default) + " is the demonstration's" if default else "of this house's own",
                   advice, fatal=current_app.config["MODE"] == "production")  # fmt: skip


def _time() -> Finding:
    ours = datetime.now(UTC)
    if db.engine.dialect.name == "postgresql":
        difference = abs((db.session.execute(text("SELECT now()")).scalar() - ours).total_seconds())
    else:
        difference = 0.0
    good = difference < CLOCK_MAY_DIFFER and ours.year >= 2025
    return Finding("clock", good, f"{clock.local(ours):%Y-%m-%d %H:%M} in Shanghai, {difference:.1f} s from the database",
                   "Synchronise the clocks of this machine and of the database (NTP).")  # fmt: skip


def _holidays() -> Finding:
    year = clock.today().year + (clock.today().month >= 12)
    good = deadlines.calendar_covers(year)
    advice = "Upgrade the package chinesecalendar, or enter the days off and the made-up days under Administration."
    return Finding("holidays", good, f"calendar of {year} {'known' if good else 'not known yet'}", advice, fatal=False)


def _seals() -> Finding:
    """Bodies whose certificate is missing, has run out or will within a month; the demonstration makes its own."""
    try:
        wrong = [one for one in seals.held() if one.state != "good" and (one.certificate or not _is_demo())]
    except Exception:  # no database or no tables: said above already
        db.session.rollback()
        wrong = []
    words = {"none": "no certificate", "over": "has run out", "soon": "ends within 30 days"}
    message = ", ".join(f"{one.agency.name}: {words[one.state]}" for one in wrong) or "every certificate is good"
    return Finding("seals", not wrong, message, "Take in a new certificate: `mediation seal import AGENCY FILE`, or Administration, Seals.",
                   fatal=False)  # fmt: skip


def _is_demo() -> bool:
    return bool(current_app.config["MODE"] == "demo")


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free
    return Finding("disk", free > DISK_NEEDED, f"{free // 2**20} MB free", "Make room: the database and papers grow.")
