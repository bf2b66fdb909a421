"""Away: who stands in for whom, and from when until when."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import clock
from mediation.access import signed_in
from mediation.extensions import db
from mediation.models import StandIn, User
from mediation.requests import person
from mediation.tasks import standing_in
from mediation.tasks.blueprint import bp
from mediation.tasks.colleagues import colleague, colleagues, directed_people
from mediation.tasks.talk_forms import AwayForm


@bp.get("/work/away")
@signed_in
def away() -> str:
    """Deputies named and to be named."""
    user = person()
    form = AwayForm(user, colleagues(user), directed_people(user), data={"first": clock.today()})
    return _page(user, form)


@bp.post("/work/away")
@signed_in
def name_deputy() -> Response | tuple[str, int]:
    """Name a deputy for oneself, or, as a director, for somebody of one's agency."""
    user = person()
    people, directed = colleagues(user), directed_people(user)
    form = AwayForm(user, people, directed, formdata=request.form)
    absent = colleague(_number(form.absent.data), [user, *directed])
    deputy = colleague(_number(form.deputy.data), [user, *people])
    if not form.validate() or absent is None or deputy is None:
        return _page(user, form), 422
    if standing_in.overlaps(absent, form.first.data, form.last.data):
        form.first.errors = [_("Somebody already stands in on one of these days.")]
        return _page(user, form), 422
    standing_in.name_deputy(absent, deputy, form.first.data, form.last.data, form.note.data or "", by=user)
    db.session.commit()
    flash(_("%(name)s stands in and was told.", name=deputy.name), "success")
    return redirect(url_for("tasks.away"))


@bp.post("/work/away/<int:stand_in_id>/end")
@signed_in
def end_stand_in(stand_in_id: int) -> Response:
    """Back before the time."""
    user = person()
    row = next((one for one in _named(user) if one.id == stand_in_id), None)
    if row is None:
        abort(404)
    standing_in.end_early(row, by=user)
    db.session.commit()
    flash(_("The stand-in has ended."), "success")
    return redirect(url_for("tasks.away"))


def _named(user: User) -> list[StandIn]:
    """Those that this person may end: for oneself and for the people one directs."""
    return standing_in.running_and_coming([user.id, *(one.id for one in directed_people(user))])


def _page(user: User, form: AwayForm) -> str:
    return render_template("tasks/away.html", form=form, named=_named(user), deputising=standing_in.for_deputy(user))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
