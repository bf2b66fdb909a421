"""The texts of one file that people read, each with its place in `i18n/en.json`: the table of translations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows import dialect, forms
from workflows.decision import DecisionError, load
from workflows.form_model import Field
from workflows.model import Bundle
from workflows.problems import BrokenFile

TRANSLATIONS = "i18n/en.json"
Place = tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """One text: where its English stands, what it belongs to, what it says in both languages."""

    place: Place
    belongs_to: str  # the id of the element or field
    part: str  # name, ground, overdue, next, documentation, label, hint, text, option …
    chinese: str
    english: str

    @property
    def field(self) -> str:
        """The name of its field on the page; ids hold no slash."""
        return "/".join(self.place)


def of(bundle: Bundle, path: str) -> list[Text]:
    """The texts of a file in the order of the file; none of a file that cannot be read."""
    english = translations(bundle)
    return [
        Text(place, belongs_to, part, chinese, _at(english, place))
        for place, belongs_to, part, chinese in _texts(path, bundle.files[path])
        if chinese
    ]


def translations(bundle: Bundle) -> dict[str, Any]:
    """The English texts of the whole release; empty when the file is missing or broken."""
    try:
        found = json.loads(bundle.files.get(TRANSLATIONS, b"{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def put(english: dict[str, Any], place: Place, text: str) -> None:
    """Write one text at its place; an empty one is taken out, and what becomes empty with it."""
    *around, last = place
    path = [english]
    for key in around:
        inner = path[-1].get(key)
        if not isinstance(inner, dict):
            inner = path[-1][key] = {}
        path.append(inner)
    if text:
        path[-1][last] = text
        return
    path[-1].pop(last, None)
    for outer, key in zip(reversed(path[:-1]), reversed(around), strict=True):
        if not outer[key]:
            del outer[key]


def _at(english: Mapping[str, Any], place: Place) -> str:
    found: Any = english
    for key in place:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _texts(path: str, content: bytes) -> Iterator[tuple[Place, str, str, str]]:
    try:
        if path.endswith(".bpmn"):
            yield from _of_flow(path, content)
        elif path.endswith(".form"):
            yield from _of_form(path, content)
        elif path.endswith(".dmn"):
            for key, one in load(content, path).decisions.items():
                yield ("decisions", key, "name"), key, "name", one.name
    except (BrokenFile, DecisionError):
        return  # lint says what is wrong with the file


def _of_flow(path: str, content: bytes) -> Iterator[tuple[Place, str, str, str]]:
    for process in dialect.read(path, content).processes:
        top = ("processes", process.id)
        yield (*top, "name"), process.id, "name", process.name
        yield (*top, "documentation"), process.id, "documentation", process.documentation
        for element in process.elements.values():
            yield (*top, "elements", element.id, "name"), element.id, "name", element.name
            for part in ("ground", "overdue", "next") if element.kind == "userTask" else ():
                yield (*top, "elements", element.id, part), element.id, part, element.properties.get(part, "")
        for flow in process.flows.values():
            yield (*top, "elements", flow.id, "name"), flow.id, "name", flow.name


def _of_form(path: str, content: bytes) -> Iterator[tuple[Place, str, str, str]]:
    form = forms.parse(content, path)
    yield ("forms", form.id, "title"), form.id, "title", form.title
    for one in form.walk():
        yield from _of_field(form.id, one)


def _of_field(form_id: str, one: Field) -> Iterator[tuple[Place, str, str, str]]:
    top = ("forms", form_id, "fields", one.path)
    parts = {"label": one.label, "hint": one.hint, "text": one.text, "pattern_message": one.pattern_message}
    for part, chinese in parts.items():
        yield (*top, part), one.path, part, chinese
    for option in one.options:
        yield (*top, "options", option.value), one.path, "option", option.label
