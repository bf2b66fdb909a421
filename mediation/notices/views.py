"""My notices, newest first; and the letters to parties that a clerk hands over or posts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import update
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from mediation import access, clock
from mediation.access import roles, signed_in
from mediation.extensions import db
from mediation.models import Notice, Process, Task
from mediation.notices import letters as hand_over
from mediation.notices import operations  # noqa: F401 - it registers effects and watchers
from mediation.notices.sending import words_of
from mediation.requests import person

bp = Blueprint("notices", __name__)

PAGE = 30


@bp.get("/notices")
@signed_in
def inbox() -> str:
    """The inbox; `before` is the id of the last notice of the page before."""
    step = joinedload(Notice.task).joinedload(Task.process).load_only(Process.release_hash)
    query = access.visible_notices(person()).options(joinedload(Notice.case), joinedload(Notice.user), step)
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
    mine = (
        access.visible_notices(person())
        .with_only_columns(Notice.id)
        .where(Notice.id <= newest, Notice.read_at.is_(None))
    )
    db.session.execute(update(Notice).where(Notice.id.in_(mine)).values(read_at=clock.now()))
    db.session.commit()
    return redirect(url_for("notices.inbox"))


# --- letters ----------------------------------------------------------------------------------------------------------


@bp.get("/letters")
@roles("clerk", "dispatcher")
def letters() -> str:
    """What has to be printed and handed over or posted, case by case."""
    user = person()
    bundles = hand_over.waiting(user)
    subjects = {letter.id: words_of(letter)[0] for bundle in bundles for letter in bundle.letters}
    return render_template(
        "notices/letters.html", bundles=bundles, subjects=subjects, papers=hand_over.newest_papers(bundles),
        done=hand_over.done(user), result_words=result_words(),
    )  # fmt: skip


def result_words() -> dict[str, str]:
    """What can come of a letter."""
    words = (gettext("handed over"), gettext("posted"), gettext("refused to take it"), gettext("not found"))
    return dict(zip(hand_over.RESULTS, words, strict=True))


@bp.post("/letters/<int:letter_id>")
@roles("clerk", "dispatcher")
def settle_letter(letter_id: int) -> Response:
    """Write down what came of one letter."""
    result = request.form.get("result", "")
    if result not in hand_over.RESULTS:
        flash(gettext("Please say what came of the letter."), "warning")
        return redirect(url_for("notices.letters"))
    letter = hand_over.settle(letter_id, result, request.form.get("note", ""), by=person())
    if letter is None:
        flash(gettext("Somebody else has already settled this letter."), "info")
        return redirect(url_for("notices.letters"))
    db.session.commit()
    flash(gettext("Written down: %(what)s.", what=result_words()[result]), "success")
    return redirect(url_for("notices.letters"))
