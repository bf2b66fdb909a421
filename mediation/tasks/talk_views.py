"""Talking about a task: remarks, questions to a colleague, sending it back, taking it back."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import access, flow, words
from mediation.access import signed_in, task_or_404
from mediation.extensions import db
from mediation.models import Task, User
from mediation.permissions import can_complete, can_take_back
from mediation.requests import person
from mediation.tasks import operations
from mediation.tasks.blueprint import bp
from mediation.tasks.claim_views import put_to
from mediation.tasks.colleagues import colleague, colleagues
from mediation.tasks.talk_forms import AskForm, SendBackForm
from workflows.model import EngineError


@bp.post("/tasks/<task_id>/comments")
@signed_in
def comment(task_id: str) -> Response:
    """Write a remark; it also answers a question that was put to this person here."""
    user = person()
    task = task_or_404(user, task_id)
    if not operations.may_comment(user):
        abort(403)
    text = request.form.get("text", "").strip()
    if text:
        operations.comment(task, text, by=user)
        db.session.commit()
    else:
        flash(_("Write something first."), "warning")
    return redirect(url_for("tasks.show", task_id=task.id, _anchor="remarks"))


@bp.get("/tasks/<task_id>/ask")
@signed_in
def ask_form(task_id: str) -> str:
    """Choose a colleague and write the question."""
    user = person()
    return _ask_page(_held(task_id, user), AskForm(colleagues(user)))


@bp.post("/tasks/<task_id>/ask")
@signed_in
def ask(task_id: str) -> Response | tuple[str, int]:
    """Put a question to a colleague."""
    user = person()
    task, people = _held(task_id, user), colleagues(user)
    form = AskForm(people, formdata=request.form)
    if not form.validate():
        return _ask_page(task, form), 422
    asked = colleague(int(form.to.data), people)
    if not put_to(form, lambda: operations.ask(task, asked or user, form.text.data or "", by=user)):
        return _ask_page(task, form), 422
    flash(_("%(name)s was asked. The answer will appear beside the task.", name=words.named(asked)), "success")
    return redirect(url_for("tasks.show", task_id=task.id, _anchor="remarks"))


def _ask_page(task: Task, form: AskForm) -> str:
    return render_template("tasks/ask.html", task=task, form=form)


@bp.get("/tasks/<task_id>/send-back")
@signed_in
def send_back_form(task_id: str) -> str:
    """Say why the step before has to be done again."""
    return _send_back_page(_held(task_id, person()), SendBackForm())


@bp.post("/tasks/<task_id>/send-back")
@signed_in
def send_back(task_id: str) -> Response | tuple[str, int]:
    """Open the step before again, for whoever did it."""
    user = person()
    task = _held(task_id, user)
    form = SendBackForm(request.form)
    if not form.validate():
        return _send_back_page(task, form), 422
    if not _undone(lambda: flow.send_back(task, (form.reason.data or "").strip(), by=user), task):
        return redirect(url_for("tasks.show", task_id=task_id))
    flash(_("The step before is open again, with your reason."), "success")
    return redirect(url_for("tasks.work"))


def _send_back_page(task: Task, form: SendBackForm) -> str:
    before = db.session.get(Task, task.after_task_id) if task.after_task_id else None
    return render_template("tasks/send_back.html", task=task, form=form, before=before)


@bp.post("/tasks/<task_id>/take-back")
@signed_in
def take_back(task_id: str) -> Response:
    """Open one's own finished step again while nobody has touched what came of it."""
    user = person()
    task = task_or_404(user, task_id)
    if not can_take_back(user, task):
        abort(403)
    if not _undone(lambda: flow.take_back(task, by=user), task):
        return redirect(url_for("tasks.done", task_id=task_id))
    flash(_("The step is open again. Correct what you need and submit it anew."), "success")
    return redirect(url_for("tasks.show", task_id=task_id))


def _undone(undo: Callable[[], object], task: Task) -> bool:
    """Try to go a step back and commit. What the drawing does not allow is no incident: it is told, nothing changes."""
    g.step_of = (task.case_id, task.process_id)
    try:
        undo()
    except flow.CannotUndo as refused:
        db.session.rollback()
        flash(_cannot(refused.reason), "warning")
        return False
    except EngineError as error:
        if error.code != "cannot-send-back":
            raise
        db.session.rollback()
        flash(_cannot(error.code), "warning")
        return False
    db.session.commit()
    return True


def _cannot(reason: str) -> str:
    words = {
        "no-step-before": _("There is no step before this one that could be opened again."),
        "next-step-touched": _("Somebody has already begun the next step. Ask its holder to send it back."),
    }
    return words.get(reason) or _("The flow does not lead straight back from here, so this cannot be undone.")


def _held(task_id: str, user: User) -> Task:
    """A task that this person holds; what only its holder may do begins here."""
    task = task_or_404(user, task_id)
    if task.status != "open":
        raise flow.TaskGone(task)
    if not can_complete(user, task, access.acts_for(user)):
        abort(403)
    return task
