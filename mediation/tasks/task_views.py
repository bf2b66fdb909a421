"""One task: its page, its draft, handing it in, and what became of it."""

from __future__ import annotations

from flask import Response as JsonResponse
from flask import current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import access, flow, journal, words
from mediation.access import signed_in, task_or_404, visible_tasks
from mediation.cases import ties
from mediation.cases.operations import waits_for
from mediation.cases.triage import suggestion_of
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.forms import AnswerForm
from mediation.models import Case, Task, User
from mediation.permissions import can_claim, can_complete, can_reassign, can_take_back, is_open, works_on
from mediation.requests import person
from mediation.tasks import asking, drafts, operations, queries, reasons
from mediation.tasks.beside import aftermath, beside
from mediation.tasks.blueprint import bp
from mediation.tasks.explain import explain, next_label, pool_words
from mediation.tasks.queries import Filters, Line
from mediation.tasks.work_views import row_words
from workflows.model import EngineError

# A page, or a page with its status.
Page = str | tuple[str, int]


@bp.get("/tasks/<task_id>")
@signed_in
def show(task_id: str) -> str | Response:
    """The task: its form for who holds it, its facts for who may see it."""
    user = person()
    task = task_or_404(user, task_id)
    if task.status == "done" or (task.status == "cancelled" and not _sees_case(user, task)):
        return redirect(url_for("tasks.done", task_id=task.id))
    journal.note_read("task-seen", case_id=task.case_id, by=user, subject=task.element_id, details={"task": task.id})
    if not can_complete(user, task, access.acts_for(user)):
        return _page(task, user, None)
    kept = drafts.kept(task, user)
    if kept is None:
        return _page(task, user, asking.known_form(task, user))
    form = asking.typed_form(task, kept[0])
    reasons.seat(form, task, kept[0])
    return _page(task, user, form, draft_at=kept[1])


@bp.post("/tasks/<task_id>")
@signed_in
def submit(task_id: str) -> Page | Response:
    """Draw the form anew, keep it for later, or hand it in."""
    user = person()
    task = task_or_404(user, task_id)
    if task.status == "cancelled" or not _still_mine(task, user):
        return _gone(task)
    form = asking.typed_form(task, request.form)
    if form.redrawn(request.form):
        if reasons.asks(request.form):
            reasons.seat(form, task, request.form)
        return _page(task, user, form)
    if "_save" in request.form:
        return _save_and_leave(task, user)
    if "_calculate" in request.form:
        return _keep_and_calculate(task, user)
    if asking.keep_files(form, request.files, task, limit=current_app.config["MAX_CONTENT_LENGTH"], by=user):
        db.session.commit()
    refused_files = any(control.errors for control in form.uploads())
    if not form.check() or refused_files:
        return _refused(task, user, form)
    return _hand_in(task, form, user)


def _refused(task: Task, user: User, form: AnswerForm) -> Page:
    """The same page with what is to be mended; what was typed is kept, so that whoever leaves now finds it again."""
    with command():
        drafts.keep(task, request.form, by=user)
    return _page(task, user, form), 422


def _hand_in(task: Task, form: AnswerForm, user: User) -> Page | Response:
    g.step_of = (task.case_id, task.process_id)
    try:
        operations.complete(task, form.answers, request.form.get("version", 0, type=int), by=user)
    except operations.Barred:
        db.session.rollback()
        return _refused(task, user, form)  # the page says why, as it does before
    except AnswersRefused as refused:
        db.session.rollback()
        form.seat(refused.rows)
        form.refuse(refused.errors)
        return _refused(task, user, form)
    except flow.TaskGone:
        db.session.rollback()
        return _gone(task, form)
    except EngineError:
        # The step cannot be taken; the incident is recorded by the application, and nothing typed is lost.
        g.typed = form.told()
        with command():
            drafts.keep(task, request.form, by=user)
        raise
    db.session.commit()
    return redirect(url_for("tasks.done", task_id=task.id), 303)


@bp.post("/tasks/<task_id>/draft")
@signed_in
def draft(task_id: str) -> JsonResponse | tuple[JsonResponse, int]:
    """Keep what is typed so far."""
    user = person()
    task = task_or_404(user, task_id)
    if not _still_mine(task, user):
        return jsonify(message=_("Somebody else has finished this step meanwhile, or it is no longer yours.")), 409
    saved_at = drafts.keep(task, request.form, by=user)
    db.session.commit()
    return jsonify(saved=words.clock_time(saved_at))


@bp.post("/tasks/<task_id>/draft/drop")
@signed_in
def drop_draft(task_id: str) -> Response:
    """Begin again from what is known."""
    user = person()
    task = task_or_404(user, task_id)
    drafts.drop(task, by=user)
    db.session.commit()
    return redirect(url_for("tasks.show", task_id=task.id))


@bp.get("/tasks/<task_id>/done")
@signed_in
def done(task_id: str) -> str | Response:
    """What happened, what comes next and for whom, and my next task."""
    user = person()
    task = task_or_404(user, task_id)
    if task.status == "open":
        return redirect(url_for("tasks.show", task_id=task.id))
    after = aftermath(task, user)
    seen = set(db.session.scalars(visible_tasks(user).with_only_columns(Task.id).where(Task.after_task_id == task.id)))
    return render_template(
        "tasks/done.html", task=task, after=after, seen=seen, mine=_my_next(user, task), row=row_words,
        pool_words=pool_words, acts_for=access.acts_for(user), sees_case=_sees_case(user, task),
        may_take_back=can_take_back(user, task) and after.untouched and is_open(task.case),
    )  # fmt: skip


def _sees_case(user: User, task: Task) -> bool:
    """Whether the case is still in view: what was handed back or called back is so no longer, whoever did the step."""
    return db.session.scalar(access.visible_cases(user).where(Case.id == task.case_id)) is not None


def _my_next(user: User, task: Task) -> Line | None:
    """The task of mine to do next: of the same case if there is one, else what is due first."""
    lines = queries.inbox(user, "mine", Filters(), limit=queries.PAGE).lines
    return next((line for line in lines if line.case_id == task.case_id), lines[0] if lines else None)


def _still_mine(task: Task, user: User) -> bool:
    """Whether the form that was opened may still be handed in: the step is open, held by me, and not a later round."""
    version = request.form.get("version", task.version, type=int)
    return can_complete(user, task, access.acts_for(user)) and version == task.version


def _save_and_leave(task: Task, user: User) -> Response:
    drafts.keep(task, request.form, by=user)
    db.session.commit()
    flash(_("Kept. The task stays yours; go on whenever you like."), "success")
    return redirect(url_for("tasks.work"))


def _keep_and_calculate(task: Task, user: User) -> Response:
    """To the calculators; what they find is put into the draft that is kept here."""
    drafts.keep(task, request.form, by=user)
    db.session.commit()
    return redirect(url_for("agreements.calculators", task=task.id), 303)


def _gone(task: Task, form: AnswerForm | None = None) -> tuple[str, int]:
    """Somebody else finished the step, or it was taken away: say who, and give back what was typed."""
    form = form or asking.typed_form(task, request.form)
    kept = form.told()
    db.session.refresh(task)
    return render_template("tasks/gone.html", task=task, kept=kept, acts_for=access.acts_for(person())), 409


def _page(task: Task, user: User, form: AnswerForm | None, draft_at: object = None) -> str:
    acts_for = access.acts_for(user)
    return render_template(
        "tasks/show.html", task=task, case=task.case, form=form, draft_at=draft_at, facts=beside(task, user),
        told=explain(task, user), submit_label=next_label(task), pool=pool_words(task.pool),
        tie=ties.why_not(user, task) if can_claim(user, task) else None,
        rests=ties.resting(user, task) if form is not None else None,
        may=_may(task, user, acts_for), acting_for=_acting_for(task, user, acts_for),
        suggestion=suggestion_of(task) if task.bind == "triage" and task.status == "open" else None,
    )  # fmt: skip


def _may(task: Task, user: User, acts_for: list[int]) -> dict[str, bool]:
    """What the page offers beside the form."""
    holds = can_complete(user, task, acts_for)
    return {
        "claim": can_claim(user, task),
        "release": holds,
        "hand_over": can_reassign(user, task, acts_for),
        "ask": holds,
        "send_back": holds and task.after_task_id is not None,
        "comment": operations.may_comment(user),
        "end": works_on(user, task.case) and is_open(task.case) and waits_for(task.case_id, "mediation-ended"),
        "drawing": access.view_of(user, task.case).whole,
    }


def _acting_for(task: Task, user: User, acts_for: list[int]) -> User | None:
    return task.claimed_by if task.claimed_by_id != user.id and task.claimed_by_id in acts_for else None
