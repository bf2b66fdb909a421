"""Accounts and agencies: who works here, in which roles, and where cases can go."""

from __future__ import annotations

import re

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import codes, journal
from mediation.access import roles
from mediation.accounts import operations as accounts
from mediation.accounts.operations import AccountRefused
from mediation.admin import queries
from mediation.admin.blueprint import Page, bp
from mediation.extensions import db
from mediation.models import Agency, User
from mediation.requests import person
from mediation.roles import role_keys

KEY = re.compile(r"[a-z][a-z0-9_-]{1,39}\Z")


@bp.get("/admin/users")
@roles("system_admin")
def users() -> str:
    """Accounts, searched by name or account, page by page."""
    text, after = request.args.get("q", "").strip()[:60], request.args.get("after", type=int)
    rows, last = queries.users(text, after)
    more = url_for("admin.users", q=text or None, after=last) if last else None
    return render_template("admin/users.html", users=rows, text=text, more_url=more)


@bp.route("/admin/users/new", methods=["GET", "POST"])
@roles("system_admin")
def new_user() -> Page:
    """Create an account; the one-time link that opens it is shown once."""
    if request.method != "POST":
        return _user_form(None)
    form = request.form
    try:
        user = accounts.create_user(
            login=form.get("login", ""), name=form.get("name", ""), name_en=form.get("name_en", ""),
            email=form.get("email", ""), phone=form.get("phone", ""), roles=_chosen_roles(), password=None, by=person(),
        )  # fmt: skip
        token = accounts.link_by_administrator(user, by=person())
    except AccountRefused as refused:
        db.session.rollback()
        return _user_form(None, str(refused)), 422
    db.session.commit()
    return _link_page(user, token)


@bp.route("/admin/users/<int:user_id>", methods=["GET", "POST"])
@roles("system_admin")
def user(user_id: int) -> Page:
    """One account: name, mail, roles."""
    found = _user_or_404(user_id)
    if request.method != "POST":
        return _user_form(found)
    wanted = _chosen_roles()
    try:
        accounts.change_person(
            found, name=request.form.get("name", ""), name_en=request.form.get("name_en", ""),
            email=request.form.get("email", ""), phone=request.form.get("phone", ""), by=person(),
        )  # fmt: skip
        _keep_an_administrator(found, wanted)
        accounts.set_roles(found, wanted, by=person())
    except AccountRefused as refused:
        db.session.rollback()
        return _user_form(found, str(refused)), 422
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("admin.user", user_id=found.id))


def _keep_an_administrator(user: User, wanted: list[tuple[str, str]]) -> None:
    if user.id == person().id and "system_admin" not in {role for role, _agency in wanted}:
        raise AccountRefused(_("You cannot take this role from yourself; ask a colleague who holds it."))


def _chosen_roles() -> list[tuple[str, str]]:
    """Boxes named `roles` with the value `role@agency`."""
    pairs = (value.partition("@") for value in request.form.getlist("roles"))
    return [(role, agency) for role, _at, agency in pairs if role and agency]


def _user_form(user: User | None, message: str = "") -> str:
    held = {(one.role, one.pool.agency.key) for one in user.memberships} if user else set()
    chosen = set(_chosen_roles()) if request.method == "POST" else held
    return render_template(
        "admin/user.html", user=user, message=message, chosen=chosen, role_keys=role_keys(),
        agencies=[one for one in queries.agencies() if one.active or any(key == one.key for _role, key in held)],
        typed=request.form if request.method == "POST" else None, me=person(),
    )  # fmt: skip


def _user_or_404(user_id: int) -> User:
    found = queries.user_by_id(user_id)
    if found is None:
        abort(404)
    return found


@bp.post("/admin/users/<int:user_id>/active")
@roles("system_admin")
def set_active(user_id: int) -> Response:
    """Close an account, which ends its sessions, or open it again."""
    found = _user_or_404(user_id)
    try:
        accounts.set_active(found, request.form.get("active") == "yes", by=person())
    except AccountRefused as refused:
        db.session.rollback()
        flash(str(refused), "warning")
        return redirect(url_for("admin.user", user_id=user_id))
    db.session.commit()
    flash(
        _("The account is open.") if found.active else _("The account is closed; its sessions have ended."), "success"
    )
    return redirect(url_for("admin.user", user_id=user_id))


@bp.post("/admin/users/<int:user_id>/link")
@roles("system_admin")
def make_link(user_id: int) -> Page:
    """A one-time link for a new password; shown this once and handed over by the administrator."""
    found = _user_or_404(user_id)
    if not found.active:
        flash(_("The account is closed; open it first."), "warning")
        return redirect(url_for("admin.user", user_id=user_id))
    token = accounts.link_by_administrator(found, by=person())
    db.session.commit()
    return _link_page(found, token)


def _link_page(user: User, token: str) -> str:
    link = url_for("accounts.new_password", token=token, _external=True)
    return render_template("admin/link.html", user=user, link=link)


# --- agencies ---------------------------------------------------------------------------------------------------------


@bp.get("/admin/agencies")
@roles("system_admin")
def agencies() -> str:
    """Whoever can be handed a task."""
    return render_template("admin/agencies.html", agencies=queries.agencies(), kind_words=kind_words())


def kind_words() -> dict[str, str]:
    """The kinds of agencies as people call them."""
    return dict(codes.choices("agency_kinds"))


@bp.route("/admin/agencies/new", methods=["GET", "POST"])
@roles("system_admin")
def new_agency() -> Page:
    """Enter an agency; its key is what flows name it by and never changes."""
    if request.method != "POST":
        return _agency_form(None)
    key, kind = request.form.get("key", "").strip().lower(), request.form.get("kind", "")
    message = _refusal_of_key(key, kind)
    if message:
        return _agency_form(None, message), 422
    agency = Agency(key=key, kind=kind, name="", active=True)
    return _save_agency(agency, "agency-created")


def _refusal_of_key(key: str, kind: str) -> str:
    if not KEY.match(key):
        return _("The key has 2 to 40 small letters, digits or dashes.")
    if kind not in codes.table("agency_kinds"):
        return _("Choose what kind of agency this is.")
    if any(one.key == key for one in queries.agencies()):
        return _("There is already an agency with this key.")
    return ""


@bp.route("/admin/agencies/<int:agency_id>", methods=["GET", "POST"])
@roles("system_admin")
def agency(agency_id: int) -> Page:
    """Name, telephone, address and the word in paper numbers."""
    found = queries.agency_by_id(agency_id)
    if found is None:
        abort(404)
    return _agency_form(found) if request.method != "POST" else _save_agency(found, "agency-changed")


def _save_agency(agency: Agency, action: str) -> Page:
    form = request.form
    name = form.get("name", "").strip()[:120]
    if not name:
        db.session.rollback()
        return _agency_form(agency if agency.id else None, _("The agency needs a name.")), 422
    agency.name, agency.name_en = name, form.get("name_en", "").strip()[:120]
    agency.short_name, agency.phone = form.get("short_name", "").strip()[:20], form.get("phone", "").strip()[:40]
    agency.address, agency.active = form.get("address", "").strip()[:200], form.get("active") == "yes"
    parent = form.get("parent", type=int)
    agency.parent_id = parent if parent in {one.id for one in queries.agencies()} - {agency.id} else None
    db.session.add(agency)
    db.session.flush()
    journal.record(action, by=person(), subject=f"agency:{agency.id}", details={"key": agency.key})
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("admin.agencies"))


def _agency_form(agency: Agency | None, message: str = "") -> str:
    return render_template(
        "admin/agency.html", agency=agency, message=message, kind_words=kind_words(),
        others=[one for one in queries.agencies() if agency is None or one.id != agency.id],
        typed=request.form if request.method == "POST" else None,
    )  # fmt: skip
