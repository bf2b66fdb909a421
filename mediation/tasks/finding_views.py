"""What the checker says of an agreement while it is being drafted, and rows that a calculator puts into it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from documents.agreement import terms
from mediation.access import acts_for, signed_in, task_or_404
from mediation.agreements import checking
from mediation.case_view import names_in
from mediation.extensions import db
from mediation.forms.filled import ROW_MARK
from mediation.models import Task, User
from mediation.permissions import can_complete
from mediation.requests import person
from mediation.tasks import asking, drafts, reasons
from mediation.tasks.blueprint import bp
from mediation.tasks.reasons import DRAFTING


@bp.post("/tasks/<task_id>/findings")
@signed_in
def findings(task_id: str) -> str | tuple[str, int]:
    """Each term as it will stand on the paper, and what is red or yellow about it, by what is typed so far.

    A page asks while one types, and its question may come in after the draft itself: then there is nothing to say.
    """
    user = person()
    task = task_or_404(user, task_id)
    if task.status == "done":
        return "", 204
    _drafting(task, user)
    form = asking.typed_form(task, request.form)
    if not reasons.begun(form, task, user):
        return ""  # nobody is told what is wrong with an empty sheet
    form.check()
    found, names = reasons.look(task, form.answers), names_in(task.case_id)
    said = [terms.sentence(term, names) for term in checking.read_terms(form.answers)]
    rows = [
        (entry.id, sentence, [one for one in found if one.term == number])
        for number, (entry, sentence) in enumerate(zip(form["terms"], said, strict=False))
    ]
    return render_template(
        "agreements/_findings.html", found=found, rows=rows, say=checking.say, here=url_for("tasks.show", task_id=task.id),
        unasked=reasons.unasked(form, found),
    )  # fmt: skip


@bp.post("/tasks/<task_id>/term")
@signed_in
def add_term(task_id: str) -> Response:
    """Put the result of a calculator into the draft: one more row, in what this person has typed so far."""
    user = person()
    task = _drafting(task_or_404(user, task_id), user)
    kept = drafts.kept(task, user)
    if kept is None:
        abort(404)  # the way to the calculators keeps the draft first
    drafts.keep(
        task, _with_row(kept[0], {key: request.form[key][:1000] for key in SUM if key in request.form}), by=user
    )
    db.session.commit()
    flash(_("The sum stands in the draft as its last term. Say who pays whom, and by when."), "success")
    return redirect(url_for("tasks.show", task_id=task.id), 303)


# What a calculator may fill in of a term.
SUM = ("kind", "how", "purpose", "amount", "standard", "when", "interval", "due_on", "until", "born_on", "text")


def _with_row(typed: MultiDict[str, str], row: Mapping[str, str]) -> MultiDict[str, str]:
    """A draft with one more term, in the place of the last one if nothing has been chosen there yet."""
    numbers = [int(name.split("-")[1]) for name in typed if _ROW.match(name)]
    last = max(numbers, default=-1)
    number = last if last >= 0 and not typed.get(f"terms-{last}-kind") else last + 1
    added = {f"terms-{number}-{key}": value for key, value in row.items()}
    return MultiDict({**typed.to_dict(flat=False), **added, f"terms-{number}-{ROW_MARK}": "1"})


_ROW = re.compile(r"terms-\d+-")


def _drafting(task: Task, user: User) -> Task:
    """The task, if this person drafts an agreement in it; 404 otherwise."""
    if task.bind not in DRAFTING or not can_complete(user, task, acts_for(user)):
        abort(404)
    return task
