"""Who may call a route: every route bears one of these marks, and a request to one without is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from mediation import standing
from mediation.access.residents import current_party
from mediation.models import User

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anybody may call this route."""
    return _mark(view, "public")


def signed_in(view: View) -> View:
    """Whoever is signed in may call this route; what it shows is decided by the `visible_*` queries."""
    return _mark(view, "signed-in")


def party_only(view: View) -> View:
    """Only a resident who gave a party's code may call this route."""
    return _mark(view, "party")


def staff(view: View) -> View:
    """Whoever holds a role that sees cases may call this route, whichever agency that role belongs to."""
    return _mark(view, "staff")


def roles(*names: str) -> Callable[[View], View]:
    """Only people who hold one of these roles may call this route."""

    def mark(view: View) -> View:
        return _mark(view, "roles", names)

    return mark


def _mark(view: View, kind: str, names: tuple[str, ...] = ()) -> View:
    view.access = (kind, names)  # type: ignore[attr-defined]
    return view


def guard_routes(app: Flask) -> None:
    """Refuse every request whose route bears no mark, or whose mark does not let this person in."""
    app.before_request(_check_mark)


def _check_mark() -> Response | None:
    if request.endpoint is None:
        return None  # no such page: 404 comes by itself
    kind, names = getattr(current_app.view_functions[request.endpoint], "access", (None, ()))
    if kind == "public" or request.endpoint == "static":
        return None
    if kind == "party":
        return None if current_party() else _to_door("portal.door")
    if kind not in {"signed-in", "staff", "roles"}:
        abort(403)
    if not current_user.is_authenticated:
        return _to_door("accounts.sign_in")
    if kind == "roles" and not current_user.holds(*names):
        abort(403)
    if kind == "staff" and not is_staff(current_user):
        abort(403)
    return None


def is_staff(user: User) -> bool:
    """Whether the user holds a role that sees cases."""
    return any(standing.sees(role) for role in user.roles)


def _to_door(endpoint: str) -> Response:
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for(endpoint)})
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(endpoint, next=here))
