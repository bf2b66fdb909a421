"""Signing in and out, passwords, one's own account, and the language."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from mediation import clock, journal
from mediation.access import public, signed_in
from mediation.accounts import operations, passwords
from mediation.accounts.operations import AccountRefused
from mediation.extensions import db
from mediation.frame import remember_language
from mediation.models import User
from mediation.requests import person

bp = Blueprint("accounts", __name__)

# The browsers that accounts have signed in from; see passwords.known_browser.
BROWSERS = "mediation_browsers"

Page = str | Response | tuple[str, int]


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    """One message for a wrong name and a wrong password; too many failures from one place must wait."""
    if request.method != "POST":
        return render_template("accounts/sign_in.html", demo=_demo_accounts())
    login, password = request.form.get("login", "").strip().lower()[:60], request.form.get("password", "")
    origin = passwords.known_browser(request.cookies.get(BROWSERS), login) or request.remote_addr or ""
    if passwords.must_wait(login, origin):
        return _sign_in_again(
            gettext("Too many attempts from here. Wait a quarter of an hour, or ask for a new password."), 429
        )
    user = db.session.scalar(select(User).where(User.login == login))
    if not passwords.matches(user, password):
        passwords.note_failure(login, origin)
        journal.record("sign-in-failed", actor=operations.actor_of(login))
        db.session.commit()
        return _sign_in_again(gettext("Account and password do not fit together."), 422)
    assert user is not None  # `matches` is false for nobody
    _welcome(user)
    db.session.commit()
    return _remembered(redirect(_safe_next() or url_for("tasks.work")), login)


def _remembered(response: Response, login: str) -> Response:
    """Mark this browser as one that the account signs in from."""
    response.set_cookie(
        BROWSERS, passwords.remember_browser(request.cookies.get(BROWSERS), login), max_age=timedelta(days=365),
        httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def _sign_in_again(message: str, code: int) -> tuple[str, int]:
    return render_template(
        "accounts/sign_in.html", message=message, login=request.form.get("login", ""), demo=_demo_accounts()
    ), code


def _welcome(user: User) -> None:
    language = session.get("language") or user.language
    session.clear()
    seconds = int(clock.now().timestamp())
    login_user(user)
    session.permanent = True
    session.update({"began": seconds, "seen": seconds, "language": language})
    if passwords.hasher().check_needs_rehash(user.password_hash):
        user.password_hash = passwords.hasher().hash(request.form["password"])
    journal.record("signed-in", by=user)


def _demo_accounts() -> list[User]:
    if current_app.config["MODE"] != "demo":
        return []
    return list(db.session.scalars(select(User).where(User.demo, User.active).order_by(User.id).limit(20)))


def _safe_next() -> str | None:
    """Where the person was going, if that is a page of ours."""
    target = request.args.get("next") or request.form.get("next") or ""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if ours and "\\" not in target and "\n" not in target else None


@bp.post("/sign-out")
@signed_in
def sign_out() -> Page:
    """End this session."""
    language = session.get("language")
    journal.record("signed-out", by=person())
    db.session.commit()
    logout_user()
    session.clear()
    if language:
        session["language"] = language
    return redirect(url_for("accounts.sign_in"))


@bp.get("/language/<code>")
@public
def speak(code: str) -> Page:
    """Change the language of this browser and go back to where one was."""
    remember_language(code)
    return redirect(_safe_next() or url_for("accounts.sign_in"))


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> Page:
    """Ask for a one-time link by mail; the answer is the same whether or not there is such an account."""
    if request.method == "GET":
        return render_template("accounts/forgot.html")
    address = request.remote_addr or ""
    if passwords.must_wait("forgot", address):
        return render_template(
            "accounts/forgot.html", message=gettext("Too many requests from here. Please wait a quarter of an hour.")
        ), 429
    passwords.note_failure("forgot", address)
    operations.forgot_password(request.form.get("name", ""))
    db.session.commit()
    flash(
        gettext(
            "If there is such an account, a mail with a link is on its way. It can be used once, within two hours."
        ),
        "success",
    )
    return redirect(url_for("accounts.sign_in"))


@bp.route("/new-password/<token>", methods=["GET", "POST"])
@public
def new_password(token: str) -> Page:
    """The page behind a one-time link."""
    if passwords.must_wait("link", request.remote_addr or ""):
        return render_template("accounts/new_password.html", reset=None), 429
    reset = passwords.open_link(token)
    if reset is None:
        if request.method == "POST":
            passwords.note_failure("link", request.remote_addr or "")
            db.session.commit()
        return render_template("accounts/new_password.html", reset=None), 404
    if request.method == "GET":
        return render_template("accounts/new_password.html", reset=reset)
    message = _twice()
    if message is None:
        try:
            operations.use_link(reset, request.form["new_password"])
        except AccountRefused as refused:
            db.session.rollback()
            message = str(refused)
    if message is not None:
        return render_template("accounts/new_password.html", reset=reset, message=message), 422
    db.session.commit()
    flash(gettext("The new password is set. Please sign in."), "success")
    return redirect(url_for("accounts.sign_in"))


def _twice() -> str | None:
    """Why the two fields of a new password cannot be taken, if so."""
    if request.form.get("new_password", "") != request.form.get("repeat_password", ""):
        return gettext("The two new passwords are not the same.")
    return None


@bp.route("/me", methods=["GET", "POST"])
@signed_in
def me() -> Page:
    """My account: who I am here, and my language."""
    user = person()
    if request.method == "GET":
        return render_template("accounts/me.html", user=user)
    user.language = "en" if request.form.get("language") == "en" else "zh"
    remember_language(user.language)
    db.session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for("accounts.me"))


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Page:
    """Change one's own password; every other session of the account ends."""
    user = person()
    if request.method == "GET":
        return render_template("accounts/password.html", user=user, forced=must_change(user))
    guesses = f"present password of {user.id}"  # somebody at an unlocked screen must not try them all
    if passwords.must_wait(guesses, f"account {user.id}"):
        message = gettext("Too many attempts from here. Wait a quarter of an hour, or ask for a new password.")
        return render_template("accounts/password.html", user=user, message=message, forced=must_change(user)), 429
    message = _twice()
    if message is None:
        try:
            operations.change_password(user, request.form.get("password", ""), request.form.get("new_password", ""))
        except AccountRefused as refused:
            db.session.rollback()
            message = str(refused)
            passwords.note_failure(guesses, f"account {user.id}")
            db.session.commit()
    if message is not None:
        return render_template("accounts/password.html", user=user, message=message, forced=must_change(user)), 422
    began = session.get("began")
    login_user(user)
    session["began"] = began
    db.session.commit()
    flash(gettext("Your password has been changed. Other sessions of your account have ended."), "success")
    return redirect(url_for("tasks.work"))


def must_change(user: User) -> bool:
    """A password that somebody else set, or a demonstration account in production."""
    return user.must_change_password or (user.demo and current_app.config["MODE"] == "production")


@bp.before_app_request
def _force_change() -> Response | None:
    """Whoever must change the password can do nothing else first."""
    if request.endpoint in _ALWAYS or not current_user.is_authenticated:
        return None
    return redirect(url_for("accounts.change_password")) if must_change(current_user) else None


_ALWAYS = {
    "accounts.change_password",
    "accounts.sign_out",
    "accounts.speak",
    "accounts.sign_in",
    "static",
    "health.alive",
    "health.ready",
    None,
}
