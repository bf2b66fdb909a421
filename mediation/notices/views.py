"""My notices: what somebody who works here was told, newest first."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import update
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from mediation import access, clock
from mediation.access import signed_in
from mediation.extensions import db
from mediation.models import Notice
from mediation.notices import operations, warnings  # noqa: F401 - they register effects and watchers
from mediation.notices.sending import words_of
from mediation.requests import person

bp = Blueprint("notices", __name__)

PAGE = 30


@bp.get("/notices")
@signed_in
def inbox() -> str:
    """The inbox; `before` is the id of the last notice of the page before."""
    query = access.visible_notices(person()).options(joinedload(Notice.case), joinedload(Notice.user))
    before = request.args.get("before", type=int)
    if before:
        query = query.where(Notice.id < before)
    found = list(db.session.scalars(query.order_by(Notice.id.desc()).limit(PAGE + 1)))
    lines = [(notice, *words_of(notice)) for notice in found[:PAGE]]
    more = url_for("notices.inbox", before=found[PAGE - 1].id) if len(found) > PAGE else None
    return render_template("notices/inbox.html", lines=lines, more_url=more)


@bp.get("/notices/<int:notice_id>")
@signed_in
def open_notice(notice_id: int) -> Response:
    """Go to what the notice is about."""
    query = access.visible_notices(person()).where(Notice.id == notice_id)
    notice = db.first_or_404(query)
    if notice.task_id:
        return redirect(url_for("tasks.show", task_id=notice.task_id))
    if notice.case_id:
        return redirect(url_for("cases.show", case_id=notice.case_id))
    return redirect(url_for("notices.inbox"))


@bp.post("/notices/read")
@signed_in
def read_all() -> Response:
    """Mark everything up to the newest shown as read."""
    newest = request.form.get("newest", type=int) or 0
    mine = access.visible_notices(person()).with_only_columns(Notice.id).where(Notice.id <= newest, Notice.read_at.is_(None))
    db.session.execute(update(Notice).where(Notice.id.in_(mine)).values(read_at=clock.now()))
    db.session.commit()
    return redirect(url_for("notices.inbox"))
