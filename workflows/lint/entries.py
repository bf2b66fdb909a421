"""Flows by which a case begins, and flows that people open beside one: their first step, and who may begin them."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import ProcessModel
from workflows.entries import first_step, is_entry, named_roles
from workflows.lint.release import Release, at_process, listed
from workflows.model import Problem


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """An entry needs one first user task with a form, and roles that somebody can hold."""
    if is_entry(process):
        first = first_step(process)
        if first is None or not first.form_id:
            yield at_process(process, "entry-first-step")
    for role in named_roles(process):
        if role not in release.role_names:
            yield at_process(process, "opens-role-unknown", role=role, known=listed(release.role_names))
