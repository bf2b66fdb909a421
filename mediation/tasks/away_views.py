"""Away: who stands in for whom, and from when until when."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from mediation import clock, words
from mediation.access import signed_in
from mediation.duty.operations import second_of
from mediation.extensions import db
from mediation.models import StandIn, User
from mediation.requests import person
from mediation.tasks import handing_on, standing_in
from mediation.tasks.blueprint import bp
from mediation.tasks.colleagues import colleague, colleagues, directed_people
from mediation.tasks.talk_forms import LONGEST, AwayForm


@bp.get("/work/away")
@signed_in
def away() -> str:
    """Deputies named and to be named."""
    user = person()
    second = second_of(user)
    known = {"first": clock.today(), "deputy": str(second.id) if second else None}
    form = AwayForm(user, colleagues(user), directed_people(user), data=known)
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
    row = standing_in.name_deputy(absent, deputy, form.first.data, form.last.data, form.note.data or "", by=user)
    db.session.commit()
    flash(_("%(name)s stands in and was told.", name=words.named(deputy)), "success")
    if handing_on.open_tasks(absent):
        return redirect(url_for("tasks.hand_on_form", stand_in_id=row.id))
    return redirect(url_for("tasks.away"))


@bp.get("/work/away/<int:stand_in_id>/tasks")
@signed_in
def hand_on_form(stand_in_id: int) -> str:
    """The open tasks of who is away, and where each of them goes."""
    return _hand_on_page(_stand_in(stand_in_id), {})


@bp.post("/work/away/<int:stand_in_id>/tasks")
@signed_in
def hand_on(stand_in_id: int) -> Response | tuple[str, int]:
    """Hand the tasks on, all of them or none."""
    user, row = person(), _stand_in(stand_in_id)
    form, note = request.form, request.form.get("note", "").strip()[:LONGEST]
    wishes = {task.id: form.get(f"to-{task.id}") or form.get("all", "") for task in handing_on.open_tasks(row.absent)}
    if any(wishes.values()) and not note:
        return _hand_on_page(row, {"note": _("Write what the others need to know.")}), 422
    try:
        done = handing_on.hand_on(row, wishes, note, by=user)
    except handing_on.CannotHandOn as refused:
        db.session.rollback()
        return _hand_on_page(_stand_in(stand_in_id), refused.errors), 422
    db.session.commit()
    count = len(done)
    flash(ngettext("%(num)s task was handed on.", "%(num)s tasks were handed on.", count), "success")
    return redirect(url_for("tasks.away"))


@bp.post("/work/away/<int:stand_in_id>/back")
@signed_in
def hand_back(stand_in_id: int) -> Response:
    """Who was away takes back what is still open where it was handed to."""
    user = person()
    people = [user.id, *(one.id for one in directed_people(user))]
    row = next((one for one in handing_on.not_returned(people) if one.id == stand_in_id), None) or abort(404)
    count = handing_on.hand_back(row, _("%(name)s is back.", name=row.absent.name), by=user)
    db.session.commit()
    flash(ngettext("%(num)s task came back.", "%(num)s tasks came back.", count), "success")
    return redirect(url_for("tasks.away"))


def _stand_in(stand_in_id: int) -> StandIn:
    return next((one for one in _named(person()) if one.id == stand_in_id), None) or abort(404)


def _hand_on_page(row: StandIn, errors: dict[str, str]) -> str:
    tasks = handing_on.open_tasks(row.absent)
    return render_template(
        "tasks/hand_on.html", stand_in=row, tasks=tasks, receivers=handing_on.receivers(tasks, row.absent),
        second=second_of(row.absent), errors=errors, typed=request.form if errors else {},
    )  # fmt: skip


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
    people = [user.id, *(one.id for one in directed_people(user))]
    return render_template(
        "tasks/away.html", form=form, named=_named(user), deputising=standing_in.for_deputy(user),
        elsewhere=handing_on.not_returned(people),
    )  # fmt: skip


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
