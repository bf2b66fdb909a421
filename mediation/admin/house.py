"""The house itself: rules that wait for their text, what was sent in the demonstration, and whether everything works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from mediation import doctor, house_rules, journal, words
from mediation.access import roles
from mediation.admin import house_words
from mediation.admin.blueprint import Page, bp
from mediation.config import SETTINGS
from mediation.extensions import db
from mediation.models import Beat, ChainHead, HouseRule
from mediation.requests import person

SECRETS = frozenset({"SECRET_KEY", "DATA_KEY", "SMTP_PASSWORD", "DATABASE", "SEAL_PASSPHRASE", "PKCS11_PIN"})
MESSAGES_A_PAGE = 30
SHOWN_BREAKS = 50


# --- rules that wait for their text --------------------------------------------------------------------------------------


@bp.route("/admin/rules", methods=["GET", "POST"])
@roles("system_admin")
def rules() -> Page:
    """Rules of law that apply only once somebody has read their text: each is confirmed with its article, or put off."""
    if request.method != "POST":
        return _rules_page()
    key, source = request.form.get("key", ""), request.form.get("source", "").strip()[:200]
    if key not in house_rules.known_rules():
        abort(404)
    if not source:
        return _rules_page(key), 422
    house_rules.confirm(key, source, by=person())
    db.session.commit()
    flash(_("The rule is in force from now on."), "success")
    return redirect(url_for("admin.rules"))


def _rules_page(missing: str = "") -> str:
    kept = {row.key: row for row in db.session.scalars(select(HouseRule).order_by(HouseRule.key))}
    listed = [(one, kept.get(key)) for key, one in house_rules.known_rules().items()]
    return render_template("admin/rules.html", rules=listed, missing=missing)


@bp.post("/admin/rules/<key>/suspend")
@roles("system_admin")
def suspend_rule(key: str) -> Response:
    """The rule no longer applies to steps that are taken from now on."""
    if key not in house_rules.known_rules():
        abort(404)
    house_rules.suspend(key, by=person())
    db.session.commit()
    flash(_("The rule is out of force."), "success")
    return redirect(url_for("admin.rules"))


# --- outbox of the demonstration --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Message:
    """A mail or text message that was written to the folder instead of being sent."""

    channel: str
    to: str
    subject: str
    text: str
    at: datetime


@bp.get("/admin/outbox")
@roles("system_admin")
def outbox() -> str:
    """What the demonstration would have sent, the newest first. In production this page does not exist."""
    if current_app.config["MODE"] != "demo":
        abort(404)
    number = max(request.args.get("page", 1, type=int), 1)
    shown = messages(Path(current_app.config["OUTBOX"]), number)
    more_url = url_for("admin.outbox", page=number + 1) if len(shown) > MESSAGES_A_PAGE else None
    return render_template("admin/outbox.html", messages=shown[:MESSAGES_A_PAGE], more_url=more_url)


def messages(folder: Path, page: int = 1) -> list[Message]:
    """The files in the folder, the newest first: a page of them, and one more when there are more."""
    first = (page - 1) * MESSAGES_A_PAGE
    files = [(path.stat().st_mtime, path) for path in folder.glob("*.txt")] if folder.is_dir() else []
    return [_read(path, at) for at, path in sorted(files, reverse=True)[first : first + MESSAGES_A_PAGE + 1]]


def _read(path: Path, at: float) -> Message:
    first, _newline, rest = path.read_text(encoding="utf-8", errors="replace").partition("\n")
    channel, _tab, address = first.partition("\t")
    subject, _newline, text = rest.partition("\n")
    shown = words.masked_phone(address) if channel == "sms" else address
    return Message(channel, shown, subject, text.strip(), datetime.fromtimestamp(at, UTC))


# --- system -----------------------------------------------------------------------------------------------------------


@bp.get("/admin/system")
@roles("system_admin")
def system() -> str:
    """What the doctor finds, when the scheduler last did its round, which settings are set."""
    beats = list(db.session.scalars(select(Beat).order_by(Beat.name)))
    chains = db.session.scalar(select(func.count()).select_from(ChainHead)) or 0
    return render_template(
        "admin/system.html", findings=doctor.examine(), beats=beats, chains=chains, settings=_settings(),
        names=house_words.finding_names(),
    )  # fmt: skip


def _settings() -> list[tuple[str, str, str]]:
    """Name, meaning, and the value; of a secret only whether it is set."""
    config = current_app.config
    meanings = house_words.setting_meanings()
    return [
        (f"MEDIATION_{one.name}", meanings.get(one.name, one.meaning), _shown(one.name, config.get(one.name)))
        for one in SETTINGS
    ]


def _shown(name: str, value: object) -> str:
    if name in SECRETS:
        return _("set") if value else _("not set")
    return str(value) if value not in ("", None) else _("not set")


@bp.post("/admin/system/journal")
@roles("system_admin")
def verify_journal() -> str:
    """Walk the chain of the house; those of the cases are walked by `mediation journal verify`, which may take long."""
    breaks = list(islice(journal.verify(journal.HOUSE), SHOWN_BREAKS))
    length = db.session.scalar(select(ChainHead.ordinal).where(ChainHead.chain == journal.HOUSE)) or 0
    journal.record("journal-verified", by=person(), details={"breaks": len(breaks)})
    db.session.commit()
    return render_template("admin/journal.html", breaks=breaks, length=length)
