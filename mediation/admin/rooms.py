"""Rooms that can be booked, and the register of interpreters."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mediation import codes, journal
from mediation.access import roles
from mediation.admin import queries
from mediation.admin.blueprint import Page, bp
from mediation.extensions import db
from mediation.models import Agency, Interpreter, Room
from mediation.requests import person

MOST_PEOPLE = 2000


@bp.get("/admin/rooms")
@roles("system_admin")
def rooms() -> str:
    """Every room and every interpreter, agency by agency."""
    listed = db.session.scalars(select(Room).options(joinedload(Room.agency)).order_by(Room.agency_id, Room.id))
    known = select(Interpreter).options(joinedload(Interpreter.agency))
    interpreters = db.session.scalars(known.order_by(Interpreter.agency_id, Interpreter.language, Interpreter.id))
    return render_template("admin/rooms.html", rooms=list(listed), interpreters=list(interpreters), codes=codes)


@bp.route("/admin/rooms/new", methods=["GET", "POST"])
@roles("system_admin")
def new_room() -> Page:
    """Enter a room."""
    return _room_form(None) if request.method != "POST" else _save_room(Room(active=True), "room-created")


@bp.route("/admin/rooms/<int:room_id>", methods=["GET", "POST"])
@roles("system_admin")
def room(room_id: int) -> Page:
    """Change a room; what is booked in it stays."""
    found = db.session.get(Room, room_id) or abort(404)
    return _room_form(found) if request.method != "POST" else _save_room(found, "room-changed")


def _save_room(room: Room, action: str) -> Page:
    form = request.form
    agency = _agency(form.get("agency", type=int))
    name, capacity, kind = form.get("name", "").strip()[:60], form.get("capacity", type=int), form.get("kind", "")
    message = _refusal(name, agency) or _wrong_room(kind, capacity)
    if message or agency is None or capacity is None:
        return _room_form(room if room.id else None, message), 422
    room.agency_id, room.name, room.kind, room.capacity = agency.id, name, kind, capacity
    room.name_en, room.equipment = form.get("name_en", "").strip()[:80], form.get("equipment", "").strip()[:200]
    room.accessible, room.active = form.get("accessible") == "yes", form.get("active") == "yes"
    return _keep(room, action, "room")


def _wrong_room(kind: str, capacity: int | None) -> str:
    if kind not in codes.table("rooms"):
        return _("Choose what kind of room this is.")
    if capacity is None or not 1 <= capacity <= MOST_PEOPLE:
        return _("Say how many people the room holds, from 1 to %(most)s.", most=MOST_PEOPLE)
    return ""


def _refusal(name: str, agency: Agency | None) -> str:
    if not name:
        return _("Please write a name.")
    return "" if agency is not None else _("Choose the agency to which this belongs.")


def _agency(agency_id: int | None) -> Agency | None:
    return queries.agency_by_id(agency_id) if agency_id else None


def _keep(row: Room | Interpreter, action: str, what: str) -> Page:
    db.session.add(row)
    db.session.flush()
    journal.record(action, by=person(), subject=f"{what}:{row.id}")
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("admin.rooms"))


def _room_form(room: Room | None, message: str = "") -> str:
    return render_template("admin/room.html", room=room, message=message, **_choices("rooms"))


def _choices(table: str) -> dict[str, object]:
    agencies = [(one.id, one.name) for one in queries.agencies() if one.active]
    typed = request.form if request.method == "POST" else None
    return {"agencies": agencies, "kinds": codes.choices(table), "typed": typed}


# --- interpreters ---------------------------------------------------------------------------------------------


@bp.route("/admin/interpreters/new", methods=["GET", "POST"])
@roles("system_admin")
def new_interpreter() -> Page:
    """Enter an interpreter."""
    if request.method != "POST":
        return _interpreter_form(None)
    return _save_interpreter(Interpreter(active=True), "interpreter-created")


@bp.route("/admin/interpreters/<int:interpreter_id>", methods=["GET", "POST"])
@roles("system_admin")
def interpreter(interpreter_id: int) -> Page:
    """Change an interpreter's entry."""
    found = db.session.get(Interpreter, interpreter_id) or abort(404)
    return _interpreter_form(found) if request.method != "POST" else _save_interpreter(found, "interpreter-changed")


def _save_interpreter(row: Interpreter, action: str) -> Page:
    form = request.form
    agency, name, language = (
        _agency(form.get("agency", type=int)),
        form.get("name", "").strip()[:60],
        form.get("language", ""),
    )
    message = _refusal(name, agency)
    if not message and language not in codes.table("interpreters"):
        message = _("Choose the language.")
    if message or agency is None:
        return _interpreter_form(row if row.id else None, message), 422
    row.agency_id, row.name, row.language = agency.id, name, language
    row.note, row.phone = form.get("note", "").strip()[:120], form.get("phone", "").strip()[:40]
    row.active = form.get("active") == "yes"
    return _keep(row, action, "interpreter")


def _interpreter_form(row: Interpreter | None, message: str = "") -> str:
    return render_template("admin/interpreter.html", row=row, message=message, **_choices("interpreters"))
