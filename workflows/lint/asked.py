"""Forms in their surroundings: their expressions, and the lists from which they offer choices."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from workflows import forms
from workflows.diagram import Element, ProcessModel
from workflows.form_model import CHOICES, Field, Form
from workflows.lint.expressions import Spot, judge
from workflows.lint.release import Release, hint, listed
from workflows.lint.variables import Variables
from workflows.model import Problem
from workflows.problems import problem


def check(release: Release, only: Collection[str] | None = None) -> Iterator[Problem]:
    """All findings about forms (with `only`, those in these files) that need to know the flows around them."""
    for form in release.forms.values():
        if only is not None and form.file not in only:
            continue
        around = _around(release, form)
        yield from _level(release, form, form.fields, around)


def _around(release: Release, form: Form) -> frozenset[str]:
    """The variables that every task with this form has."""
    found: frozenset[str] | None = None
    for process, element in _tasks(release, form.id):
        here = Variables(release, process).before(element)
        found = here if found is None else found & here
    return found or frozenset()


def _tasks(release: Release, form_id: str) -> Iterator[tuple[ProcessModel, Element]]:
    for process in release.processes.values():
        for element in process.elements.values():
            if element.kind == "userTask" and element.form_id == form_id:
                yield process, element


def _level(release: Release, form: Form, fields: tuple[Field, ...], names: frozenset[str]) -> Iterator[Problem]:
    """One level of keys; rows of a repeated list see the keys around them too."""
    inner = names | set(Form("", fields=fields).keys)
    for one in fields:
        line = _line(release, form, one)
        for part, text in _texts(one):
            label = one.label or one.key or one.path
            yield from judge(release, Spot(text, part, label, form.file, one.key or form.id, line, inner, inner,
                                           "boolean" if part == "hide condition" else ""))  # fmt: skip
        yield from _lists(release, form, one, line)
        yield from _level(release, form, one.fields, inner)


def _texts(one: Field) -> Iterator[tuple[str, str]]:
    if one.hide is not None:
        yield "hide condition", one.hide
    for limit in (one.min, one.max, one.min_length, one.max_length):
        if isinstance(limit, str):
            yield "limit", limit


def _lists(release: Release, form: Form, one: Field, line: int) -> Iterator[Problem]:
    known = release.vocabulary.lists
    if one.kind in CHOICES and one.options_from and known is not None and one.options_from not in known:
        yield problem("form-list-unknown", form.file, one.key, line, name=one.label or one.key, list=one.options_from,
                      known=listed(known) + hint(one.options_from, known))  # fmt: skip


def _line(release: Release, form: Form, one: Field) -> int:
    return forms.line_of(release.bundle.files.get(form.file, b""), one.key)
