"""Urging a step, and giving a supervision order from a case or from oversight."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField

from mediation import access, words
from mediation.cases.blueprint import whole_case
from mediation.cases.flow_words import element_name
from mediation.cases.forms import DateEntry, Form, at_most, needed
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Case, Task, User
from mediation.permissions import ORDERERS
from mediation.requests import person
from mediation.supervision import operations, steps  # noqa: F401 - `steps` registers what the flow fills
from mediation.supervision.operations import SUPERVISORS, Refused

bp = Blueprint("supervision", __name__)

Answer = Response | str | tuple[str, int]
LONGEST_NOTE = 300


class OrderForm(Form):
    """Which step is supervised, why, what is demanded, and by when it must be answered."""

    step = SelectField(lazy_gettext("Step that is supervised"), validators=[needed()])
    reason = TextAreaField(lazy_gettext("Why"), validators=[needed(), at_most(2000)])
    demands = TextAreaField(lazy_gettext("What is demanded"), validators=[needed(), at_most(2000)])
    answer_due = DateEntry(lazy_gettext("To be answered by"), validators=[needed()])


@bp.route("/cases/<int:case_id>/supervise", methods=["GET", "POST"])
@access.roles(*ORDERERS)
def order(case_id: int) -> Answer:
    """A supervision order to whoever holds a step of the case; the flow of the order carries it on."""
    case, user = whole_case(case_id), person()
    if not operations.can_order(user, case):
        abort(403)
    tasks = _open_steps(case, user)
    form = OrderForm(data={"step": request.args.get("task", ""), "answer_due": operations.usual_answer_due(case)})
    form.step.choices = [("", _("Please choose"))] + [(task.id, _told(task)) for task in tasks]
    if request.method == "GET" or not form.validate():
        return _page(case, form), 422 if request.method == "POST" else 200
    task, answer_due = next(one for one in tasks if one.id == form.step.data), form.answer_due.data
    assert answer_due is not None  # it is needed, and the form was found right
    try:
        row = operations.order(
            case, task.name, operations.addressed(task), reason=form.reason.data, demands=form.demands.data,
            answer_due=answer_due, task=task, by=user,
        )  # fmt: skip
    except (Refused, AnswersRefused) as refused:
        db.session.rollback()
        form.form_errors.append(str(refused))
        return _page(case, form), 422
    db.session.commit()
    flash(
        _(
            "Order %(number)s was given; it is to be answered by %(day)s.",
            number=row.number,
            day=words.day(row.answer_due),
        ),
        "success",
    )
    return redirect(url_for("cases.show", case_id=case.id))


def _page(case: Case, form: OrderForm) -> str:
    return render_template(
        "cases/form.html", case=case, form=form, heading=_("Supervision order"), submit=_("Give the order"), files=False,
        note=_("Who holds the step must answer in a form by this day. The order is made on paper, too; a supervisor reviews the answer."),
        confirm=None, back=url_for("cases.show", case_id=case.id),
    )  # fmt: skip


def _open_steps(case: Case, user: User) -> list[Task]:
    """The open steps of the case, the longest due first; the steps of orders themselves are not supervised again."""
    query = access.visible_tasks(user).where(
        Task.case_id == case.id, Task.status == "open", Task.process_key != operations.PROCESS
    )
    query = query.options(joinedload(Task.pool), joinedload(Task.claimed_by).lazyload(User.memberships))
    return list(db.session.scalars(query.order_by(Task.due_at.nulls_last(), Task.id)))


def _told(task: Task) -> str:
    holder = words.named(task.claimed_by) if task.claimed_by else _("claimed by nobody")
    name = element_name(task.case.release_hash, task.process_key, task.element_id)
    due = words.due_words(task.due_at) if task.due_at else _("no deadline")
    return f"{name} · {words.named(task.pool.agency)} · {holder} · {due}"


@bp.post("/tasks/<task_id>/urge")
@access.roles(*SUPERVISORS)
def urge(task_id: str) -> Response:
    """Remind whoever holds the step, once a day at most (催办)."""
    task = access.task_or_404(person(), task_id)
    try:
        operations.urge(task, request.form.get("note", "").strip()[:LONGEST_NOTE], by=person())
    except Refused as refused:
        db.session.rollback()
        flash(str(refused), "warning")
    else:
        db.session.commit()
        flash(_("Urged: a notice went to the holder and the agency."), "success")
    return redirect(_back(task))


def _back(task: Task) -> str:
    """Where the button stood: the list of oversight or the case."""
    if request.form.get("back") == "oversight":
        chosen: dict[str, Any] = {name: request.form[name] for name in ("by", "key", "stage", "page") if request.form.get(name)}
        return url_for("oversight.warning_list", kind="task", **chosen)
    return url_for("cases.show", case_id=task.case_id)
