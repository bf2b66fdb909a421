"""Whether the program is alive, and whether it is ready to work."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app
from sqlalchemy import text

from mediation import clock
from mediation.access import public
from mediation.config import ROOT
from mediation.extensions import db
from mediation.models import Beat
from mediation.schema import is_up_to_date

bp = Blueprint("health", __name__)

BEAT_MAY_BE_OLD = timedelta(minutes=3)
DISK_NEEDED = 200 * 1024 * 1024


@bp.get("/healthz")
@public
def alive() -> tuple[dict[str, str], int]:
    """The process answers; nothing else is asked."""
    return {"status": "alive"}, 200


@bp.get("/readyz")
@public
def ready() -> tuple[dict[str, Any], int]:
    """Database, migrations, scheduler's beat and disk, each by name."""
    checks = {"database": _database(), "migrations": _migrations(), "scheduler": _beat(), "disk": _disk()}
    good = all(checks.values())
    return {"status": "ready" if good else "not ready", "checks": checks}, 200 if good else 503


def _database() -> bool:
    try:
        return db.session.execute(text("SELECT 1")).scalar() == 1
    except Exception:  # any failure to answer is the answer
        db.session.rollback()
        return False


def _migrations() -> bool:
    try:
        return is_up_to_date()
    except Exception:  # as above
        db.session.rollback()
        return False


def _beat() -> bool:
    try:
        beat = db.session.get(Beat, "scheduler")
    except Exception:  # as above
        db.session.rollback()
        return False
    return beat is not None and clock.now() - beat.at < BEAT_MAY_BE_OLD


def _disk() -> bool:
    return shutil.disk_usage(current_app.config.get("DISK", ROOT)).free > DISK_NEEDED
