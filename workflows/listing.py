"""What people have to do in a release, process by process: who, with which form, by when, on which ground."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workflows import dialect, roles
from workflows.diagram import Element, ProcessModel
from workflows.model import Bundle
from workflows.problems import BrokenFile


def listing(bundle: Bundle) -> list[dict[str, Any]]:
    """`[{"process", "name", "tasks": [{"id", "name", "role", "form", "deadline", "ground"}]}]`, by process id.

    Tasks stand in the order of the file; `role` is a role's key where the lane names one, otherwise the lane's name;
    `deadline` is the due date as it is written. Files that cannot be read are left out: lint names them.
    """
    known = _roles(bundle)
    return [
        {
            "process": process.id,
            "name": process.name,
            "tasks": [_task(element, known) for element in process.elements.values() if element.kind == "userTask"],
        }
        for process in sorted(_processes(bundle), key=lambda one: one.id)
    ]


def _task(element: Element, known: roles.Roles) -> dict[str, str]:
    return {
        "id": element.id,
        "name": element.name,
        "role": known.find(element.lane) or element.lane,
        "form": element.form_id,
        "deadline": element.due_date,
        "ground": element.properties.get("ground", ""),
    }


def _processes(bundle: Bundle) -> Iterable[ProcessModel]:
    for path in sorted(bundle.files):
        if path.endswith(".bpmn"):
            try:
                yield from dialect.read(path, bundle.files[path]).processes
            except BrokenFile:
                continue


def _roles(bundle: Bundle) -> roles.Roles:
    try:
        return roles.parse(bundle.files.get("roles.json", b"{}"))
    except BrokenFile:
        return roles.Roles({})
