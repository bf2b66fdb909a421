"""Whether everything that people read in a flow is there in English too, when the release has English texts at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from workflows.diagram import Element, ProcessModel
from workflows.form_model import Field, Form
from workflows.lint.release import Release
from workflows.model import Problem
from workflows.problems import problem

_READ_OF_A_TASK = ("ground", "overdue", "next")


def check(release: Release, only: Set[str] | None = None) -> Iterator[Problem]:
    """Missing and superfluous translations of every language file (with `only`, at least those in these files)."""
    for path, texts in sorted(release.translations.items()):
        processes, asked = _part(texts, "processes"), _part(texts, "forms")
        for process in release.processes.values():
            if only is None or only & {path, process.file}:
                yield from _process(path, process, _part(processes, process.id))
        for form in release.forms.values():
            if only is None or only & {path, form.file}:
                yield from _form(path, form, _part(asked, form.id))
        for key in sorted(set(processes) - set(release.processes)):
            yield problem("unknown-translation", path, key, what=key)
        for key in sorted(set(asked) - set(release.forms)):
            yield problem("unknown-translation", path, key, what=key)


def _part(texts: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = texts.get(key)
    return part if isinstance(part, dict) else {}


def _process(path: str, process: ProcessModel, texts: Mapping[str, Any]) -> Iterator[Problem]:
    if process.name and not texts.get("name"):
        yield _missing(process.file, process.id, process.line, process.name, f"{path} processes.{process.id}.name")
    elements = _part(texts, "elements")
    for element in process.elements.values():
        own = _part(elements, element.id)
        for field in _read(element, own):
            what = element.label if field == "name" else f"{element.label} ({field})"
            where = f"{path} processes.{process.id}.elements.{element.id}.{field}"
            yield _missing(process.file, element.id, element.line, what, where)
    for flow in process.flows.values():
        if flow.name and not _part(elements, flow.id).get("name"):
            where = f"{path} processes.{process.id}.elements.{flow.id}.name"
            yield _missing(process.file, flow.id, flow.line, flow.name, where)
    known = {*process.elements, *process.flows, *(lane.id for lane in process.lane_list)}
    for key in sorted(set(elements) - known):
        yield problem("unknown-translation", path, key, what=f"{process.id}/{key}")


def _read(element: Element, own: Mapping[str, Any]) -> Iterator[str]:
    if element.name and not own.get("name"):
        yield "name"
    for field in _READ_OF_A_TASK if element.kind == "userTask" else ():
        if element.properties.get(field) and not own.get(field):
            yield field


def _form(path: str, form: Form, texts: Mapping[str, Any]) -> Iterator[Problem]:
    where = f"{path} forms.{form.id}"
    if form.title and not texts.get("title"):
        yield _missing(form.file, form.id, 0, form.title, f"{where}.title")
    fields = _part(texts, "fields")
    for one in form.walk():
        for name, text in _missing_of(one, _part(fields, one.path)):
            yield _missing(form.file, one.key or form.id, 0, text, f"{where}.fields.{one.path}.{name}")


def _missing_of(one: Field, own: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given = {"label": one.label, "hint": one.hint, "text": one.text, "pattern_message": one.pattern_message}
    for name, text in given.items():
        if text and not own.get(name):
            yield name, text
    options = _part(own, "options")
    for option in one.options:
        if not options.get(option.value):
            yield f"options.{option.value}", option.label


def _missing(file: str, element_id: str, line: int, what: str, where: str) -> Problem:
    shown = what if len(what) <= 40 else what[:40] + "…"
    return problem("missing-translation", file, element_id, line, what=f"“{shown}”", where=where)
