"""New files of a draft: an empty flow, form or decision to begin with, a copy of what is there, a file from outside."""

from __future__ import annotations

import json

from flask import render_template
from lxml import etree

from mediation.admin.editor.operations import as_json
from mediation.admin.editor.paths import FOLDERS
from workflows import forms
from workflows.decision import DecisionError, load
from workflows.dialect import BPMN, parse_xml
from workflows.layout import lay_out
from workflows.model import Problem
from workflows.normalise import normalise
from workflows.problems import BrokenFile, problem


def new_file(kind: str, key: str, name: str, role: str) -> tuple[str, bytes]:
    """Path and content of a flow with one step in one lane of the role, a form or decision table; lint says what is missing."""
    path = FOLDERS[kind].format(key)
    if kind == "form":
        field = {"type": "textarea", "key": "note", "label": "情况", "validate": {"required": True, "maxLength": 500}}
        form = {"type": "default", "id": key, "title": name, "schemaVersion": 18, "components": [field]}
        return path, as_json(form)
    xml = render_template(f"admin/editor/new_{kind}.xml", key=key, name=name, role=role).encode()
    return path, lay_out(xml) if kind == "flow" else xml


def copy_of(kind: str, content: bytes, old: str, key: str, name: str) -> tuple[str, bytes]:
    """A flow, form or decision file under another key and name. Raises BrokenFile."""
    path = FOLDERS[kind].format(key)
    if kind == "form":
        form = forms.load_json(content, path)
        return path, as_json({**form, "id": key, "title": name})
    root = parse_xml(path, content)
    _rename(root, old, key, name)
    if kind == "decision":
        _rename_other_decisions(root, key)
    return path, etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _rename(root: etree._Element, old: str, key: str, name: str) -> None:
    """The process or decision, and whatever in the file refers to it, the drawing among them."""
    for node in root.iter(etree.Element):
        for attribute, value in node.attrib.items():
            if value in (old, f"#{old}") and attribute in ("id", "processRef", "bpmnElement", "dmnElementRef", "href"):
                node.set(attribute, value.replace(old, key))
        if node.get("id") == key or node.get("processRef") == key:
            node.set("name", name)


def _rename_other_decisions(root: etree._Element, key: str) -> None:
    """Decisions are known by their ids in the whole release, so those that come along get new ones."""
    own = [node for node in root.iter("{*}decision") if node.get("id") != key]
    for node in own:
        old = node.get("id", "")
        _rename(root, old, f"{old}_{key}"[:60], node.get("name", old))


# --- a file from outside ------------------------------------------------------------------------------------------


def imported(name: str, content: bytes) -> tuple[str, bytes, list[Problem]]:
    """Path, content and what was put right of a file that somebody hands in. Raises BrokenFile with a sentence."""
    suffix = name.lower().rpartition(".")[2]
    if suffix in ("bpmn", "xml"):
        return _imported_flow(content)
    if suffix == "dmn":
        return _imported_decision(content)
    if suffix in ("form", "json"):
        form = forms.parse(content, name)
        return FOLDERS["form"].format(_known(form.id, name)), content, []
    raise BrokenFile(problem("unreadable", name, reason=f".{suffix}"))


def _imported_flow(content: bytes) -> tuple[str, bytes, list[Problem]]:
    put_right, report = normalise(content)
    processes = [node for node in parse_xml("", put_right).iter(f"{{{BPMN}}}process") if len(node)]
    if not processes:
        raise BrokenFile(problem("no-process"))
    return FOLDERS["flow"].format(_known(processes[0].get("id", ""))), put_right, report


def _imported_decision(content: bytes) -> tuple[str, bytes, list[Problem]]:
    parse_xml("", content)
    try:
        model = load(content, "")
    except DecisionError as error:
        raise BrokenFile(problem("broken-decision", reason=error.message)) from error
    if not model.decisions:
        raise BrokenFile(problem("broken-decision", reason="—"))
    return FOLDERS["decision"].format(_known(next(iter(model.decisions)))), content, []


def _known(key: str, file: str = "") -> str:
    if not key or len(key) > 60 or not all(letter.isalnum() or letter in "_-" for letter in key):
        raise BrokenFile(problem("bad-id", file, id=key))
    return key


def is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
