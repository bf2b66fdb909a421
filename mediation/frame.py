"""The frame around every page: places by role, the person, the language, the number of unread notices."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, has_request_context, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from sqlalchemy import Select, func, select

from mediation import access, releases
from mediation.entries import entries_for
from mediation.extensions import db
from mediation.models import Agency, Notice, User
from mediation.requests import language
from mediation.roles import role_name
from mediation.words import named

# Whoever holds a role that sees cases, whichever agency brought that role.
STAFF = ("staff",)
# Whoever may begin a case by one of the flows: a dispute at the window, or any other entry.
ENTRANTS = ("entrants",)
# Key, label, endpoint, icon, roles that see it (empty: everybody who is signed in).
PLACES = (
    ("work", lazy_gettext("My work"), "tasks.work", "checklist", ()),
    (
        "cases",
        lazy_gettext("Cases"),
        "cases.index",
        "folders",
        STAFF,
    ),
    ("register", lazy_gettext("Register"), "cases.entries", "plus", ENTRANTS),
    (
        "meetings",
        lazy_gettext("Meetings"),
        "meetings.index",
        "calendar",
        STAFF,
    ),
    ("duty", lazy_gettext("Duty roster"), "duty.week", "users", ("director", "dispatcher")),
    ("letters", lazy_gettext("Letters"), "notices.letters", "mail", ("clerk", "dispatcher")),
    ("grid", lazy_gettext("Grid"), "grid.index", "map-pin", ("grid_worker", "dispatcher", "director", "supervisor")),
    ("doors", lazy_gettext("Deliveries"), "delivery.doors", "send", ("grid_worker",)),
    ("oversight", lazy_gettext("Oversight"), "oversight.index", "chart-bar", ("supervisor", "director")),
    ("admin", lazy_gettext("Administration"), "admin.index", "settings", ("system_admin", "flow_admin")),
)


def init_app(app: Flask) -> None:
    """Offer `frame` to every template, computed once a page and only when a template reads it."""

    app.add_template_filter(role_name, "role")

    @app.context_processor
    def _frame() -> dict[str, Any]:
        return {"frame": build() if has_request_context() and not g.get("frameless") else {}}


def build() -> dict[str, Any]:
    """What the base templates draw; see templates/base.html."""
    party = access.current_party()
    centre, unread, release = (party.case.agency, 0, None) if party else _of_the_house()
    shared = {
        "centre": named(centre) if centre else gettext("Mediation centre"),
        "phone": centre.phone if centre else "",
        "language": "en" if language() == "en" else "zh-CN",
        "languages": _languages(),
        "banner": "",
    }
    if party is not None:
        shared |= {"portal_url": url_for("portal.status"), "portal_leave_url": url_for("portal.leave")}
    if not current_user.is_authenticated:
        return shared | {"door_url": url_for("portal.door"), "sign_in_url": url_for("accounts.sign_in")}
    user = current_user
    return shared | {
        "places": [_place(*place) for place in PLACES if _sees(user, place[4], release)],
        "search_url": url_for("cases.search"),
        "work_url": url_for("tasks.work"),
        "notices_url": url_for("notices.inbox"),
        "notices": unread,
        "user_name": named(user),
        "user_title": _title(user),
        "user_links": [
            {"label": gettext("My account"), "url": url_for("accounts.me"), "icon": "user"},
            {"label": gettext("Away and stand-ins"), "url": url_for("tasks.away"), "icon": "calendar"},
            {"label": gettext("Duty roster"), "url": url_for("duty.week"), "icon": "users"},
            {"label": gettext("My ties"), "url": url_for("duty.ties"), "icon": "alert-triangle"},
        ],
        "logout_url": url_for("accounts.sign_out"),
    }


def _of_the_house() -> tuple[Agency | None, int, str | None]:
    """In one statement: the centre, how many notices the person has not read (at most 100), the release new cases follow."""
    found: Select[Any] = select(Agency).where(Agency.kind == "centre").order_by(Agency.id).limit(1)
    if not current_user.is_authenticated:
        return db.session.scalar(found), 0, None
    unread = access.visible_notices(current_user).where(Notice.read_at.is_(None)).limit(100).subquery()
    count = select(func.count()).select_from(unread).scalar_subquery()
    row = db.session.execute(found.add_columns(count, releases.CURRENT_HASH.scalar_subquery())).one_or_none()
    return tuple(row) if row is not None else (None, 0, None)


def _sees(user: User, roles: tuple[str, ...], release: str | None) -> bool:
    if roles == ENTRANTS:
        return user.holds("clerk", "dispatcher") or bool(entries_for(user, release))
    return not roles or (access.is_staff(user) if roles == STAFF else user.holds(*roles))


def _place(key: str, label: Any, endpoint: str, icon: str, _roles: tuple[str, ...]) -> dict[str, Any]:
    return {"key": key, "label": label, "url": url_for(endpoint), "icon": icon, "primary": key == "register"}


def _languages() -> list[dict[str, Any]]:
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return [
        {
            "code": code,
            "label": label,
            "url": url_for("accounts.speak", code=code, next=here),
            "current": language() == code,
        }
        for code, label in (("zh", "中"), ("en", "EN"))
    ]


def _title(user: Any) -> str:
    held = dict.fromkeys(membership.role for membership in user.memberships)
    return gettext(", ").join(role_name(role) for role in held)[:40]


def remember_language(code: str) -> None:
    """Keep the language for this browser."""
    session["language"] = code if code in ("zh", "en") else "zh"
