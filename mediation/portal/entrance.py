"""How a resident comes in and leaves: one question a page, and never a word on whether a case or a number exists."""

from __future__ import annotations

import secrets

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import access, clock, journal
from mediation.access import public
from mediation.accounts import passwords
from mediation.extensions import db
from mediation.models import Party
from mediation.portal import operations
from mediation.portal.blueprint import Page, bp


@bp.route("/see", methods=["GET", "POST"])
@public
def door() -> Page:
    """The first question: which case. Whether there is such a case is not said here."""
    if access.current_party() is not None:
        return redirect(url_for("portal.status"))
    asked = request.values.get("case", "")
    if request.method == "GET":
        return render_template("portal/door.html", case_code=operations.plain_code(asked))
    case_code = operations.plain_code(asked)
    if len(case_code) < 6:
        message = _("Please type the case code. It stands at the top of the receipt and on every letter.")
        return render_template("portal/door.html", case_code=asked, message=message), 422
    session["door"] = {"case": case_code, "browser": secrets.token_hex(16)}
    return redirect(url_for("portal.own_code"))


def _asked_for() -> str:
    """The case code given at the door."""
    return (session.get("door") or {}).get("case", "")


@bp.route("/see/code", methods=["GET", "POST"])
@public
def own_code() -> Page:
    """The second question: the party's own code."""
    case_code = _asked_for()
    if not case_code:
        return redirect(url_for("portal.door"))
    if request.method == "GET":
        return render_template("portal/own_code.html", case_code=case_code)
    if _must_wait(case_code):
        return render_template("portal/own_code.html", case_code=case_code, message=_wait()), 429
    party = operations.party_by_code(case_code, request.form.get("code", "")[:40])
    if party is None:
        message = _("The two codes do not fit together. Look at the letter again, or ask for a one-time password.")
        return _refuse("portal/own_code.html", case_code, message)
    return _come_in(party, "code")


@bp.route("/see/telephone", methods=["GET", "POST"])
@public
def telephone() -> Page:
    """Ask for a one-time password. The answer is the same whether or not the case and the number are on file."""
    case_code = _asked_for()
    if not case_code:
        return redirect(url_for("portal.door"))
    if request.method == "GET":
        return render_template("portal/telephone.html", case_code=case_code)
    asking = f"pass {operations.brake_of(case_code)}"
    if passwords.must_wait(asking, _origin()):
        return render_template("portal/telephone.html", case_code=case_code, message=_wait()), 429
    passwords.note_failure(asking, _origin())
    operations.ask_for_pass(case_code, request.form.get("phone", "")[:40], session["door"]["browser"])
    db.session.commit()
    return redirect(url_for("portal.one_time"))


@bp.route("/see/password", methods=["GET", "POST"])
@public
def one_time() -> Page:
    """The one-time password, in the browser that asked for it."""
    case_code = _asked_for()
    if not case_code:
        return redirect(url_for("portal.door"))
    if request.method == "GET":
        return render_template("portal/one_time.html", case_code=case_code)
    if _must_wait(case_code):
        return render_template("portal/one_time.html", case_code=case_code, message=_wait()), 429
    party = operations.party_by_pass(case_code, request.form.get("code", "")[:20], session["door"]["browser"])
    if party is None:
        message = _("This password does not fit, or its ten minutes are over. You may ask for another one.")
        return _refuse("portal/one_time.html", case_code, message)
    return _come_in(party, "pass")


def _origin() -> str:
    return request.remote_addr or ""


def _must_wait(case_code: str) -> bool:
    return passwords.must_wait(operations.brake_of(case_code), _origin())


def _wait() -> str:
    return _("That was tried too often from here. Please wait a quarter of an hour, or call us.")


def _refuse(template: str, case_code: str, message: str) -> Page:
    operations.failed(case_code, _origin())
    db.session.commit()
    return render_template(template, case_code=case_code, message=message), 422


def _come_in(party: Party, manner: str) -> Response:
    """A new session, with nothing of the old one but the language: a session fixed beforehand opens nothing."""
    chosen = session.get("language")
    session.clear()
    seconds = int(clock.now().timestamp())
    session.permanent = True
    session.update({"party_id": party.id, "party_code": party.code_hash[:16], "began": seconds, "seen": seconds})
    if chosen:
        session["language"] = chosen
    operations.enter(party, manner)
    db.session.commit()
    return redirect(url_for("portal.status"))


@bp.post("/see/leave")
@public
def leave() -> Page:
    """End this session; on a borrowed telephone nothing stays behind."""
    party, chosen = access.current_party(), session.get("language")
    if party is not None:
        journal.record("party-left", case_id=party.case_id, actor=f"party:{party.id}")
        db.session.commit()
    session.clear()
    if chosen:
        session["language"] = chosen
    flash(_("You have left. Nothing of your case stays in this browser."), "success")
    return redirect(url_for("portal.door"))
