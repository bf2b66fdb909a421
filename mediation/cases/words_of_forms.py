"""What the options of a task's form are called in the release's own language, for papers."""

from __future__ import annotations

from collections.abc import Iterable

from mediation.models import Task
from mediation.releases import definition_of
from workflows.form_model import Field


def option_labels(task: Task, path: str, values: Iterable[str]) -> list[str]:
    """The labels of `values` of the field at `path` (`routes`, `terms.kind`), in the order of the form."""
    chosen = set(values)
    form = definition_of(task.process.release_hash).forms.get(task.form_id)
    field = next((one for one in _all(form.fields) if one.path == path), None) if form else None
    return [option.label for option in field.options if option.value in chosen] if field else sorted(chosen)


def _all(fields: Iterable[Field]) -> Iterable[Field]:
    for field in fields:
        yield field
        yield from _all(field.fields)
