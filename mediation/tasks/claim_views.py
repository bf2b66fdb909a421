"""Whose task it is: claim, release, hand over."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import access, flow, words
from mediation.access import offer_or_404, signed_in, task_or_404
from mediation.extensions import db
from mediation.models import Task, User
from mediation.permissions import can_reassign
from mediation.requests import person
from mediation.tasks import operations, queries
from mediation.tasks.blueprint import bp
from mediation.tasks.colleagues import colleague, pool_members
from mediation.tasks.operations import Barred, NotPossible, Taken
from mediation.tasks.talk_forms import AskForm, HandOverForm
from mediation.tasks.work_views import row_labels, row_words


@bp.post("/tasks/<task_id>/claim")
@signed_in
def claim(task_id: str) -> Response | str:
    """Take an offered task; from the list only its row is drawn anew."""
    user = person()
    task = offer_or_404(user, task_id)
    try:
        operations.claim(task, by=user)
    except (Taken, Barred, NotPossible) as refused:
        message = refused_words(refused)
        db.session.rollback()
        return _refused(task, message)
    db.session.commit()
    if request.headers.get("HX-Request"):
        line = queries.line_of(task_id)
        return render_template("tasks/_row.html", line=line, row=row_words, say=row_labels(), mine=True)
    flash(_("The task is yours now."), "success")
    return redirect(url_for("tasks.show", task_id=task.id))


def refused_words(refused: Exception) -> str:
    """Why somebody cannot have a task."""
    if isinstance(refused, Barred):
        return _("A tie to this case was declared: %(reason)s. Unless both sides agree, somebody else has to do it.",
                 reason=refused.reason)  # fmt: skip
    if isinstance(refused, Taken) and refused.holder is not None:
        return _("%(name)s was faster and has claimed it.", name=words.named(refused.holder))
    if isinstance(refused, Taken):
        return _("Somebody else was faster: the step is no longer open.")
    return _("This is not possible with this task.")


def _refused(task: Task, message: str) -> Response | str:
    """Nothing of the case is told any more: it may be none of this person's business."""
    if request.headers.get("HX-Request"):
        return render_template("tasks/_lost_row.html", task=task, message=message)
    flash(message, "warning")
    return redirect(url_for("tasks.work", tab="offered"))


@bp.post("/tasks/<task_id>/release")
@signed_in
def release(task_id: str) -> Response:
    """Give a task back to its pool."""
    user = person()
    task = task_or_404(user, task_id)
    operations.release(task, by=user)
    db.session.commit()
    flash(_("The task is offered to the others again. What you typed is kept for you."), "success")
    return redirect(url_for("tasks.work"))


@bp.get("/tasks/<task_id>/hand-over")
@signed_in
def hand_over_form(task_id: str) -> str:
    """Choose a colleague and say why."""
    task = _reassignable(task_id, person())
    return _hand_over_page(task, HandOverForm(_candidates(task)))


@bp.post("/tasks/<task_id>/hand-over")
@signed_in
def hand_over(task_id: str) -> Response | tuple[str, int]:
    """Give a task to a colleague of its pool."""
    user = person()
    task = _reassignable(task_id, user)
    candidates = _candidates(task)
    form = HandOverForm(candidates, formdata=request.form)
    if not form.validate():
        return _hand_over_page(task, form), 422
    to = colleague(int(form.to.data), candidates)
    if not put_to(form, lambda: operations.hand_over(task, to or user, form.note.data or "", by=user)):
        return _hand_over_page(task, form), 422
    flash(_("%(name)s has the task now and was told.", name=to.name if to else ""), "success")
    return redirect(url_for("tasks.work"))


def put_to(form: HandOverForm | AskForm, act: Callable[[], object]) -> bool:
    """Put something to the chosen colleague and commit; False, with the reason at the field, when it cannot be."""
    try:
        act()
    except (Barred, NotPossible) as refused:
        db.session.rollback()
        form.to.errors = [refused_words(refused)]
        return False
    db.session.commit()
    return True


def _reassignable(task_id: str, user: User) -> Task:
    task = task_or_404(user, task_id)
    if task.status != "open":
        raise flow.TaskGone(task)
    if not can_reassign(user, task, access.acts_for(user)):
        abort(403)
    return task


def _candidates(task: Task) -> list[User]:
    return [one for one in pool_members(task) if one.id != task.claimed_by_id]


def _hand_over_page(task: Task, form: HandOverForm) -> str:
    return render_template("tasks/hand_over.html", task=task, form=form)
