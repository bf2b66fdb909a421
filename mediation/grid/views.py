"""Searches through the grids: the list, one search with a bar for each grid, a grid's report; and property companies."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import access, clock
from mediation.access import roles
from mediation.cases import brought
from mediation.cases import entry as entering
from mediation.cases.operations import Refused, home_of
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.grid import operations, queries
from mediation.grid.forms import ReportForm, SearchForm
from mediation.models import Agency, Draft, GridSearch, SearchArea
from mediation.requests import language, person

bp = Blueprint("grid", __name__)

WATCHERS = ("grid_worker", "dispatcher", "director", "supervisor")
Page = str | tuple[str, int] | Response


@bp.get("/grid")
@roles(*WATCHERS)
def index() -> str:
    """The searches in view, each with how far it is."""
    return render_template(
        "grid/index.html", searches=queries.searches(person()), running=operations.running, may_open=_may_open(),
        watches=_watches(),
    )  # fmt: skip


@bp.route("/grid/new", methods=["GET", "POST"])
@roles("dispatcher", "director")
def new() -> Page:
    """Open a search."""
    grids = queries.grids()
    form = SearchForm([(one.key, agency_name(one)) for one in grids], data={"from_on": clock.today()})
    if request.method == "GET" or not form.validate():
        return _form_page(form), 422 if request.method == "POST" else 200
    chosen = [one for one in grids if one.key in form.grids.data]
    try:
        search = operations.open_search(
            home_of(person()), form.name.data, form.subject.data, form.from_on.data, form.until_on.data, chosen,
            by=person(),
        )  # fmt: skip
    except Refused as refused:
        form.form_errors.append(str(refused))
        return _form_page(form), 422
    db.session.commit()
    flash(_("The search is open. The grid workers see it under “Grid”."), "success")
    return redirect(url_for("grid.show", search_id=search.id))


def _form_page(form: SearchForm) -> str:
    return render_template("grid/new.html", form=form)


@bp.get("/grid/<int:search_id>")
@roles(*WATCHERS)
def show(search_id: int) -> str:
    """One search: a bar for each grid, what was reported, and the cases that came of it."""
    search = _search(search_id)
    lines = queries.grid_lines(search)
    return render_template(
        "grid/show.html", search=search, lines=lines, results=queries.results(search), running=operations.running(search),
        found=queries.findings(search, person()), most=max((line.found for line in lines), default=0),
        mine=queries.my_areas(search, person()), may_close=_may_close(search), agency_name=agency_name,
    )  # fmt: skip


@bp.route("/grid/<int:search_id>/report/<int:area_id>", methods=["GET", "POST"])
@roles("grid_worker")
def report(search_id: int, area_id: int) -> Page:
    """A grid's report: how many places were looked at, and what was found."""
    search = _search(search_id)
    area = next((one for one in queries.my_areas(search, person()) if one.id == area_id), None) or abort(404)
    form = ReportForm()
    token = request.form.get("token", "") if request.method == "POST" else secrets.token_hex(6)
    if not token.isalnum() or len(token) > 12:
        abort(400)
    if request.method == "GET":
        return _report_page(search, area, form, token)
    redrawn = form.redrawn(request.form)
    valid = not redrawn and form.validate()
    draft = _photographs(form, token)
    if redrawn:
        return _report_page(search, area, form, token)
    if not valid or form.findings.errors:
        return _report_page(search, area, form, token), 422
    try:
        cases = operations.report(
            area, form.answers(), draft.answers["files"], places=form.places.data, note=form.note.data or "", token=token,
            by=person(),
        )  # fmt: skip
    except (Refused, AnswersRefused) as refused:
        db.session.rollback()
        form.form_errors.append(str(refused))
        return _report_page(search, area, form, token), 422
    if draft in db.session:
        db.session.delete(draft)
    db.session.commit()
    flash(_("Reported: %(found)s found.", found=len(cases)) if cases else _("Reported."), "success")
    return redirect(url_for("grid.show", search_id=search.id))


def _photographs(form: ReportForm, token: str) -> Draft:
    """Keep what came with this request at once, so that a mistake elsewhere loses no photograph."""
    entering.one_at_a_time(person())
    draft = operations.photographs(token, person())
    files = dict(draft.answers["files"])
    brought.name(form.uploads(), files)
    if form.keep(files):
        operations.keep_photographs(draft, files)
        db.session.commit()
    return draft


def _report_page(search: GridSearch, area: SearchArea, form: ReportForm, token: str) -> str:
    return render_template(
        "grid/report.html", search=search, area=area, form=form, token=token, agency_name=agency_name
    )


@bp.post("/grid/<int:search_id>/close")
@roles("dispatcher", "director")
def close(search_id: int) -> Response:
    """End a search before its last day."""
    search = _search(search_id)
    if not _may_close(search):
        abort(403)
    operations.close_search(search, by=person())
    db.session.commit()
    return redirect(url_for("grid.show", search_id=search.id))


@bp.get("/grid/property")
@roles("dispatcher", "director", "supervisor")
def property_companies() -> str:
    """The half-monthly assessment of property companies."""
    begin, end = queries.half_month(_day() or clock.today())
    after = end + timedelta(days=1)
    return render_template(
        "grid/property.html", halves=queries.companies(person(), begin, end), begin=begin, end=end,
        before=begin - timedelta(days=1), after=after if after <= clock.today() else None, agency_name=agency_name,
    )  # fmt: skip


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _search(search_id: int) -> GridSearch:
    query = access.visible_searches(person()).where(GridSearch.id == search_id)
    return db.session.scalar(query) or abort(404)


def _may_open() -> bool:
    return person().holds("dispatcher", "director")


def _may_close(search: GridSearch) -> bool:
    """A search is ended by the centre that opened it, not by one whose grid only takes part."""
    return any(
        held.role in ("dispatcher", "director") and held.agency_id == search.agency_id
        for held in person().memberships
    )


def _watches() -> bool:
    return person().holds("dispatcher", "director", "supervisor")


def agency_name(agency: Agency) -> Any:
    """The agency in the language of the page."""
    return agency.name_en if language() == "en" and agency.name_en else agency.name
