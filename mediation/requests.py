"""What surrounds every request: its transaction, the language, the person, security headers, and errors in plain words."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from babel import Locale
from flask import Flask, Response, abort, current_app, g, has_request_context, render_template, request, session
from flask_babel import Babel, get_locale, gettext
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import IntegerConverter, Map

from mediation import access, clock, flow, journal
from mediation.effects import AnswersRefused
from mediation.extensions import begin_reading, begin_writing, command, db
from mediation.models import Membership, User
from workflows.model import EngineError

log = logging.getLogger("mediation.requests")

CSP = (
    "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class RowNumber(IntegerConverter):
    """A row's number in an address: no larger than the databases count."""

    def __init__(self, map_: Map, **limits: Any) -> None:
        super().__init__(map_, **{"max": 2**63 - 1, **limits})


def init_app(app: Flask) -> None:
    """Hang everything up; order matters: the transaction begins before anybody is loaded."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_begin)
    Babel(app, locale_selector=_language, default_translation_directories="translations")
    _init_login(app)
    app.after_request(_finish)
    app.teardown_request(_end)
    for error, handler in _HANDLERS.items():
        app.register_error_handler(error, handler)


def _begin() -> None:
    g.request_id = secrets.token_hex(6)
    _refuse_flood()
    _refuse_null()
    if request.method in SAFE_METHODS:
        begin_reading()
    else:
        begin_writing()


def _refuse_flood() -> None:
    """The form parser limits what comes in parts only; text that comes in one piece is limited here."""
    in_one_piece = request.mimetype == "application/x-www-form-urlencoded"
    if in_one_piece and (request.content_length or 0) > current_app.config["MAX_FORM_MEMORY_SIZE"]:
        g.typed = []
        abort(413)


def _refuse_null() -> None:
    """No keyboard types U+0000, and PostgreSQL keeps no text with it."""
    sent = [request.path, *request.args.values()]
    sent += request.form.values() if request.method not in SAFE_METHODS else ()
    if any("\0" in text for text in sent):
        abort(400)


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if session.get("_user_id") or session.get("party_id"):
        response.headers.setdefault("Cache-Control", "no-store")
    db.session.rollback()
    journal.write_reads()
    return response


def _end(_error: BaseException | None) -> None:
    begin_reading()


# Made once: to read one from its name, Babel looks through a thousand others.
_LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale("en")}


def _language() -> Locale:
    """The language that the person chose, else the browser's, else Chinese; Chinese where nobody is asking."""
    if not has_request_context():
        return _LOCALES["zh"]
    chosen = session.get("language") or request.accept_languages.best_match(list(_LOCALES), "zh")
    return _LOCALES.get(chosen, _LOCALES["zh"])


def language() -> str:
    """`zh` or `en`: the key under which flows and forms keep their translations."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


# --- the person -----------------------------------------------------------------------------------------------------


# Somebody may hold hundreds of roles: they come along, a pool is read only where one is named.
_ROLES = selectinload(User.memberships).lazyload(Membership.pool)


def _init_login(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_load_user)


def _load_user(mark: str) -> User | None:
    """The user of a session, unless the account was closed, its sessions ended, or this one has grown too old."""
    user_id, _, version = mark.partition(":")
    user = db.session.get(User, int(user_id), options=[_ROLES])
    if user is None or not user.active or str(user.session_version) != version or access.session_expired():
        return None
    session["seen"] = int(clock.now().timestamp())
    return user


# --- errors ---------------------------------------------------------------------------------------------------------


def _typed() -> list[tuple[str, str]]:
    """What the person had typed, as label and text, to be shown and copied when it could not be taken.

    A view that knows the labels puts the pairs into `g.typed`.
    """
    if "typed" in g:
        return g.typed  # type: ignore[no-any-return]
    hidden = {"csrf_token", "password", "new_password", "repeat_password", "code", "party_code", "version"}
    try:
        form = request.form
    except RequestEntityTooLarge:
        return []  # it was not even read
    pairs = [(key, value[:20_000]) for key, value in form.items(multi=True) if value and key not in hidden]
    return [(key, value) for key, value in pairs if not key.startswith("_")][:200]


def _page(code: int, message: str = "") -> tuple[str, int]:
    db.session.rollback()
    kept = _typed() if request.method == "POST" else []
    template = f"errors/{code if code in _PAGES else 500}.html"
    return render_template(template, message=message, kept=kept), code


_PAGES = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}


def _on_http(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, CSRFError):
        return _page(400, gettext("This page was open for too long, or your session has ended. Sign in and try again."))
    if isinstance(error, MethodNotAllowed):
        return *_page(code), {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return _page(code, "")


def _on_engine(error: EngineError) -> Any:
    """A step that could not be taken: rolled back whole, recorded as an incident, told in plain words."""
    db.session.rollback()
    place = g.get("step_of")  # (case id, process id), set by who called the flow
    log.warning("step refused", extra={"code": error.code})
    if place:
        with command():
            flow.record_incident(place[0], place[1], error)
    return _page(
        409, gettext("This step cannot be taken at the moment. Nothing was changed; the administrators have been told.")
    )


def _on_task_gone(error: flow.TaskGone) -> Any:
    return _page(409, gettext("Somebody else has already finished this step, or it is no longer yours."))


def _on_refused(error: AnswersRefused) -> Any:
    """A step that a person or a message caused cannot issue one of its papers: nothing was changed, and it is told."""
    return _on_engine(EngineError("paper-refused", "a paper that the step issues lacks facts"))


def _on_unstorable(_error: Exception) -> Any:
    """A number or text that no column holds."""
    return _page(400, gettext("Something that was typed is too large to be kept."))


def _on_stale(error: StaleDataError) -> Any:
    return _page(409, gettext("Somebody else changed this at the same moment. Please look again."))


def _on_crash(error: Exception) -> Any:
    log.error("request failed", exc_info=error)
    g.frameless = True  # whatever failed may be what the frame asks for: this page needs no database
    return _page(500, "")


_HANDLERS: dict[type[Exception], Any] = {
    HTTPException: _on_http,
    EngineError: _on_engine,
    flow.TaskGone: _on_task_gone,
    StaleDataError: _on_stale,
    AnswersRefused: _on_refused,
    DataError: _on_unstorable,
    OverflowError: _on_unstorable,
    Exception: _on_crash,
}


def person() -> User:
    """Who is signed in; call it in views only and hand it down as `by`."""
    return current_user._get_current_object()  # type: ignore[no-any-return]
