"""Pages of duty: the week, the standing posts, and one's own ties."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from mediation import clock, codes
from mediation.access import roles, signed_in
from mediation.cases import ties as tie_rules
from mediation.deadlines import is_working_day
from mediation.duty import operations, rights
from mediation.duty.week import posts_between, week_of
from mediation.extensions import db
from mediation.models import Case, DutyPost, DutyTurn, Membership, Pool, StaffTie
from mediation.requests import person
from mediation.roles import role_name
from mediation.words import named

bp = Blueprint("duty", __name__)

Page = str | Response | tuple[str, int]
TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
FARTHEST = timedelta(weeks=53)


# --- the week ---------------------------------------------------------------------------------------------------------


@bp.get("/duty")
@signed_in
def week() -> str:
    """Who is on duty in a week; who plans it finds the form below."""
    return _week_page(_monday(request.args.get("week")), {})


@bp.post("/duty/turns")
@roles(*rights.PLANNERS)
def plan() -> Page:
    """Put somebody on duty on some days of the week."""
    monday, form = _monday(request.form.get("week")), request.form
    who = rights.person_in_pool(form.get("who"), _plannable())
    days = [monday + timedelta(days=int(one)) for one in form.getlist("days") if one in set("0123456")]
    times, errors = _times(form)
    if who is None:
        errors["who"] = _("Choose who is on duty.")
    if not days:
        errors["days"] = _("Choose the days.")
    if form.get("mode") not in operations.TURNS:
        errors["mode"] = _("Choose one from the list.")
    if errors or who is None:
        return _week_page(monday, errors), 422
    count = operations.plan_turns(who, days, form["mode"], form.get("place", "").strip(), times, by=person())
    db.session.commit()
    flash(ngettext("%(num)s day is planned for %(name)s.", "%(num)s days are planned for %(name)s.", count,
                   name=named(who.user)), "success")  # fmt: skip
    return redirect(url_for("duty.week", week=monday.isoformat()))


@bp.post("/duty/copy")
@roles(*rights.PLANNERS)
def copy() -> Response:
    """The rotation of the week before, once more."""
    monday = _monday(request.form.get("week"))
    count = operations.copy_week(rights.planned_by(person()), monday, by=person())
    db.session.commit()
    told = ngettext(
        "%(num)s turn was copied from the week before.", "%(num)s turns were copied from the week before.", count
    )
    flash(
        told if count else _("There was nothing to copy: the week before has no rotation, or it is all here."), "info"
    )
    return redirect(url_for("duty.week", week=monday.isoformat()))


@bp.post("/duty/turns/<int:turn_id>/remove")
@roles(*rights.PLANNERS)
def remove(turn_id: int) -> Response:
    """Take a turn off the roster."""
    query = (
        select(DutyTurn)
        .join(DutyTurn.pool)
        .where(DutyTurn.id == turn_id, Pool.agency_id.in_(rights.planned_by(person())))
    )
    row = db.session.scalar(query) or abort(404)
    monday = operations.monday_of(row.day)
    operations.remove_turn(row, by=person())
    db.session.commit()
    return redirect(url_for("duty.week", week=monday.isoformat()))


def _monday(text: str | None) -> date:
    """The Monday of the week asked for; of this one, where that is no day or too far away."""
    this = operations.monday_of(clock.today())
    try:
        asked = operations.monday_of(date.fromisoformat(text or ""))
    except ValueError:
        return this
    return asked if abs(asked - this) <= FARTHEST else this


def _plannable() -> list[Membership]:
    return rights.people_of(rights.planned_by(person()))


def _week_page(monday: date, errors: Mapping[str, str]) -> str:
    mine = rights.planned_by(person())
    days = [monday + timedelta(days=number) for number in range(7)]
    return render_template(
        "duty/week.html", monday=monday, days=days, rows=week_of(monday, rights.seen_by(person())), mine=mine,
        people=person_choices(rights.people_of(mine)) if mine else [], errors=errors,
        typed=request.form if errors else {}, chosen=request.form.getlist("days") if errors else [], codes=codes,
        today=clock.today(), before=monday - operations.WEEK, after=monday + operations.WEEK, pool_words=pool_words,
        day_off=[day for day in days if not is_working_day(day)],
    )  # fmt: skip


def person_choices(people: list[Membership]) -> list[tuple[int, str, str]]:
    """(membership id, name and role, agency) for a grouped select."""
    return [(one.id, f"{named(one.user)} · {role_name(one.role)}", named(one.pool.agency)) for one in people]


def pool_words(pool: Pool) -> str:
    return f"{role_name(pool.role)} · {named(pool.agency)}"


def _times(form: Mapping[str, str]) -> tuple[tuple[str, str], dict[str, str]]:
    """From and until as they are kept; empty is all day."""
    first, last = form.get("from_time", "").strip(), form.get("until_time", "").strip()
    if any(text and not TIME.match(text) for text in (first, last)):
        return ("", ""), {"from_time": _("Write the time as 09:00.")}
    if first and last and last <= first:
        return (first, last), {"until_time": _("The end lies before the beginning.")}
    return (first, last), {}


# --- standing posts ---------------------------------------------------------------------------------------------------


@bp.get("/duty/posts")
@roles(*rights.PLANNERS)
def posts() -> str:
    """The posts of the agencies whose roster this person keeps, with A and B."""
    return _posts_page({})


@bp.post("/duty/posts")
@roles(*rights.PLANNERS)
def keep_post() -> Page:
    """Keep a post: who (A), who else (B), how, where and when."""
    people, form = _plannable(), request.form
    who, second = rights.person_in_pool(form.get("who"), people), rights.person_in_pool(form.get("second"), people)
    answers, errors = _post_answers(form)
    if who is None:
        errors["who"] = _("Choose who is on duty.")
    elif second is not None and (second.pool_id != who.pool_id or second.user_id == who.user_id):
        errors["second"] = _("B is somebody else of the same role and agency.")
    if errors or who is None:
        return _posts_page(errors), 422
    operations.keep_post(who, second, answers, by=person())
    db.session.commit()
    flash(_("The post is kept."), "success")
    return redirect(url_for("duty.posts"))


@bp.post("/duty/posts/<int:post_id>/end")
@roles(*rights.PLANNERS)
def end_post(post_id: int) -> Response:
    """The post is no longer kept."""
    query = (
        select(DutyPost)
        .join(DutyPost.pool)
        .where(DutyPost.id == post_id, Pool.agency_id.in_(rights.planned_by(person())))
    )
    operations.end_post(db.session.scalar(query) or abort(404), by=person())
    db.session.commit()
    flash(_("The post has ended."), "success")
    return redirect(url_for("duty.posts"))


def _post_answers(form: Any) -> tuple[dict[str, Any], dict[str, str]]:
    times, errors = _times(form)
    mode, kinds = form.get("mode", ""), [key for key in form.getlist("kinds") if key in codes.table("kinds")]
    weekdays = "".join(sorted({one for one in form.getlist("weekdays") if one in set("1234567")}))
    if mode not in operations.MODES:
        errors["mode"] = _("Choose one from the list.")
    if mode == "professional" and not kinds:
        errors["kinds"] = _("Choose the kinds of dispute.")
    if mode in ("resident", "professional") and not weekdays:
        errors["weekdays"] = _("Choose the days.")
    first, last = _day(form.get("first_day")) or clock.today(), _day(form.get("last_day"))
    if last is not None and last < first:
        errors["last_day"] = _("The last day lies before the first.")
    answers = {
        "mode": mode, "place": form.get("place", "").strip(), "weekdays": weekdays, "first_day": first, "last_day": last,
        "kinds": kinds if mode == "professional" else [], "from_time": times[0], "until_time": times[1],
    }  # fmt: skip
    return answers, errors


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _posts_page(errors: Mapping[str, str]) -> str:
    mine, today = rights.planned_by(person()), clock.today()
    return render_template(
        "duty/posts.html", posts=posts_between(mine, today, date.max), people=person_choices(rights.people_of(mine)),
        errors=errors, typed=request.form if errors else {}, codes=codes, pool_words=pool_words, today=today,
        kinds=request.form.getlist("kinds"), weekdays=request.form.getlist("weekdays") if errors else list("12345"),
    )  # fmt: skip


# --- ties -------------------------------------------------------------------------------------------------------------


@bp.get("/duty/ties")
@signed_in
def ties() -> str:
    """The ties that I have declared, and the cases that they keep me from."""
    return _ties_page({})


@bp.post("/duty/ties")
@signed_in
def declare_tie() -> Page:
    """Declare a relative or an organisation; who it is stays encrypted."""
    answers = {key: request.form.get(key, "").strip() for key in ("kind", "name", "relation", "id_number")}
    errors = {}
    if answers["kind"] not in codes.table("ties"):
        errors["kind"] = _("Choose one from the list.")
    if not 2 <= len(answers["name"]) <= 120:
        errors["name"] = _("Write the name.")
    if len(answers["relation"]) > 60 or len(answers["id_number"]) > 40:
        errors["relation"] = _("This is too long.")
    if errors:
        return _ties_page(errors), 422
    tie_rules.declare(person(), answers, by=person())
    db.session.commit()
    flash(_("The tie is kept. From now on it is compared with every dispute."), "success")
    return redirect(url_for("duty.ties"))


@bp.post("/duty/ties/<int:tie_id>/end")
@signed_in
def end_tie(tie_id: int) -> Response:
    """A tie of one's own that no longer exists."""
    query = select(StaffTie).where(StaffTie.id == tie_id, StaffTie.user_id == person().id, StaffTie.ended_at.is_(None))
    tie_rules.end(db.session.scalar(query) or abort(404), by=person())
    db.session.commit()
    flash(_("The tie has ended."), "success")
    return redirect(url_for("duty.ties"))


def _ties_page(errors: Mapping[str, str]) -> str:
    kept = tie_rules.kept_from(person())
    ids = [one.case_id for one in kept]
    numbers = {row.id: row.number or row.code for row in
               db.session.execute(select(Case.id, Case.number, Case.code).where(Case.id.in_(ids)))} if ids else {}  # fmt: skip
    return render_template(
        "duty/ties.html", reason_told=tie_rules.reason_told, ties=tie_rules.of_user(person()), kept=kept, numbers=numbers, errors=errors,
        typed=request.form if errors else {}, codes=codes,
    )  # fmt: skip
