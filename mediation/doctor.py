"""What could be wrong with an installation, looked at one by one, each with what to do about it.

A page says it in the reader's language, the command line in English.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
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
    """One thing looked at. A fatal one that is not good keeps the program from working. `name` is the same in every
    language, `message` and `advice` are in the language asked for."""

    name: str
    good: bool
    message: str
    advice: str = ""
    fatal: bool = True


def examine(lang: str | None = None) -> list[Finding]:
    """Everything, in the order in which one would repair it, in the language of the page or in `lang` (zh, en). Needs an
    application context."""
    looks: tuple[Callable[[], Finding], ...] = (
        _paper,
        _database,
        _migrations,
        _secrets,
        _time,
        _holidays,
        _seals,
        _disk,
    )
    with force_locale("en" if lang == "en" else "zh_CN") if lang else nullcontext():
        return [look() for look in looks]


def _paper() -> Finding:
    problems = check_renderer()
    libraries = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    advice = _("Install %(libraries)s and run `make run`, which prepares the fonts.", libraries=libraries)
    message = (
        _("Papers cannot be rendered: %(problems)s", problems="; ".join(problems))
        if problems
        else _("papers can be rendered")
    )
    return Finding("libraries and fonts", not problems, message, advice)


def _database() -> Finding:
    name = db.engine.dialect.name
    try:
        db.session.execute(text("SELECT 1"))
        journal = db.session.execute(text("PRAGMA journal_mode")).scalar() if name == "sqlite" else "wal"
    except Exception as error:  # whatever the driver says is what the operator must read
        db.session.rollback()
        message = _("%(database)s does not answer: %(error)s", database=name, error=type(error).__name__)
        return Finding("database", False, message, _("Check MEDIATION_DATABASE."))
    advice = _("The file system of the database file does not support write-ahead logging; move it to a local disk.")
    return Finding("database", journal == "wal", _("%(database)s answers", database=name), advice)


def _migrations() -> Finding:
    try:
        good = schema.is_up_to_date()
    except Exception:  # no database: said above already
        db.session.rollback()
        good = False
    return Finding(
        "migrations", good, _("up to date") if good else _("some are missing"), _("Run `mediation upgrade`.")
    )


def _secrets() -> Finding:
    default = [name for name in ("SECRET_KEY", "DATA_KEY") if current_app.config[name] == DEMO_SECRET]
    advice = _("Set MEDIATION_SECRET_KEY and MEDIATION_DATA_KEY to long random texts before real people use this.")
    known = _("%(names)s: those of the demonstration", names=", ".join(default))
    message = known if default else _("of this house's own")
    return Finding("secrets", not default, message, advice, fatal=current_app.config["MODE"] == "production")


def _time() -> Finding:
    ours = datetime.now(UTC)
    if db.engine.dialect.name == "postgresql":
        difference = abs((db.session.execute(text("SELECT now()")).scalar() - ours).total_seconds())
    else:
        difference = 0.0
    good = difference < CLOCK_MAY_DIFFER and ours.year >= 2025
    told = {"now": f"{clock.local(ours):%Y-%m-%d %H:%M}", "seconds": f"{difference:.1f}"}
    return Finding("clock", good, _("%(now)s in Shanghai, %(seconds)s s from the database", **told),
                   _("Synchronise the clocks of this machine and of the database (NTP)."))  # fmt: skip


def _holidays() -> Finding:
    year = clock.today().year + (clock.today().month >= 12)
    good = deadlines.calendar_covers(year)
    advice = _("Upgrade the package chinesecalendar, or enter the days off and the made-up days under Administration.")
    known, unknown = _("calendar of %(year)s known", year=year), _("calendar of %(year)s not known yet", year=year)
    return Finding("holidays", good, known if good else unknown, advice, fatal=False)


def _seals() -> Finding:
    """Bodies whose certificate is missing, has run out or will within a month; the demonstration makes its own."""
    try:
        wrong = [one for one in seals.held() if one.state != "good" and (one.certificate or not _is_demo())]
    except Exception:  # no database or no tables: said above already
        db.session.rollback()
        wrong = []
    words = {"none": _("no certificate"), "over": _("has run out"), "soon": _("ends within 30 days")}
    message = ", ".join(f"{one.agency.name}: {words[one.state]}" for one in wrong) or _("every certificate is good")
    advice = _("Take in a new certificate: `mediation seal import AGENCY FILE`, or Administration, Seals.")
    return Finding("seals", not wrong, message, advice, fatal=False)


def _is_demo() -> bool:
    return bool(current_app.config["MODE"] == "demo")


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free
    return Finding(
        "disk",
        free > DISK_NEEDED,
        _("%(free)s MB free", free=free // 2**20),
        _("Make room: the database and papers grow."),
    )
