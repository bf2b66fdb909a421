"""Puts a task's form together: its questions, what they offer, what their rules may read, what is already known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict

from mediation import clock
from mediation.case_view import CaseView
from mediation.cases.operations import attach
from mediation.effects import BINDINGS
from mediation.extensions import db
from mediation.forms import AnswerForm, Circumstances, form_of, offered, rule_names
from mediation.functions import feel_functions
from mediation.models import Attachment, Task, User
from mediation.releases import definition_of
from mediation.requests import language
from mediation.storage import FileRefused, store
from workflows import runtime
from workflows.form_model import Form
from workflows.model import Environment


def typed_form(task: Task, typed: MultiDict[str, str]) -> AnswerForm:
    """The form with what somebody typed, as a request or a draft has it."""
    form = form_for(task)
    filled = AnswerForm(form, circumstances(task, form), typed=typed)
    name_files(filled, task)
    return filled


def known_form(task: Task, user: User) -> AnswerForm:
    """The form with what is already known: from the tables, and from the last time when the step was opened again."""
    form = form_for(task)
    filled = AnswerForm(form, circumstances(task, form), known=known_answers(task, user))
    name_files(filled, task)
    return filled


def name_files(form: AnswerForm, task: Task) -> None:
    """Keep of the files that a form says it has only those of this very case, and call them by their names."""
    controls = [control for control in form.uploads() if control.kept]
    if not controls:
        return
    ids = {int(key) for control in controls for key in control.kept}
    query = select(Attachment).where(Attachment.case_id == task.case_id, Attachment.withdrawn_at.is_(None))
    names = {str(row.id): row.name for row in db.session.scalars(query.where(Attachment.id.in_(ids)))}
    for control in controls:
        control.kept = {key: names[key] for key in control.kept if key in names}


def keep_files(form: AnswerForm, files: MultiDict[str, FileStorage], task: Task, *, limit: int, by: User) -> bool:
    """Put the files that came with this request to the case at once, so that an error elsewhere loses none of them.

    True when at least one was kept. A file that is not taken is told at its field.
    """
    kept = False
    for control in form.uploads():
        for upload in files.getlist(control.name):
            if not upload.filename:
                continue
            try:
                stored = store(upload.stream, upload.filename, limit=limit)
            except FileRefused as refused:
                control.errors = [*control.errors, refused.message]
                continue
            row = attach(task.case, stored, party=None, purpose="evidence", by=by)
            control.kept[str(row.id)] = row.name
            kept = True
    return kept


def form_for(task: Task) -> Form:
    """The form of the task's own release in the language of the page."""
    return form_of(task.process.release_hash, task.form_id, language())


def circumstances(task: Task, form: Form) -> Circumstances:
    """What the form's rules may read and its lists offer for this task."""
    outside = {"case": CaseView(task.case), **_variables(task, form)}
    return Circumstances(outside, offered(form, task.case, task), language(), feel_functions(task.case))


def _variables(task: Task, form: Form) -> Mapping[str, Any]:
    """The process's variables, read from its state only if a rule of the form names one."""
    if not rule_names(form) - set(form.keys) - {"case"} - {field.key for field in form.walk()}:
        return {}
    world = Environment(now=clock.now(), case=CaseView(task.case), functions=feel_functions(task.case))
    open_tasks, _waiting = runtime.look(definition_of(task.process.release_hash), task.process.state, world)
    return next((one.variables for one in open_tasks if one.id == task.id), {})


def known_answers(task: Task, user: User) -> dict[str, Any]:
    """What is known before anybody types: from the tables, then from the last time when the step was opened again."""
    binding = BINDINGS.get(task.bind)
    known = binding.prefill(task, user) if binding and binding.prefill else {}
    return {**known, **(task.answers or {})}
