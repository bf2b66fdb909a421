"""The names of steps and flows in the language of the page, and where a case stands on the drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

from mediation.cases.english_labels import give_room
from mediation.models import Entry, SupervisionOrder, Task
from mediation.releases import definition_of, load_bundle
from mediation.requests import language

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def process_name(release_hash: str, process_key: str) -> str:
    """What a flow is called."""
    definition = definition_of(release_hash)
    model = definition.processes.get(process_key)
    return _translated(release_hash, process_key).get("name") or (model.name if model else "") or process_key


def element_name(release_hash: str, process_key: str, element_id: str) -> str:
    """What a step is called; its id when the release does not know it."""
    english = _translated(release_hash, process_key).get("elements", {}).get(element_id, {})
    return english.get("name") or drawn_name(release_hash, process_key, element_id)


def drawn_name(release_hash: str, process_key: str, element_id: str) -> str:
    """What a step is called on the drawing, whoever reads: for what is written down. Its id when it has no name."""
    model = definition_of(release_hash).processes.get(process_key)
    drawn = model.elements.get(element_id) if model else None
    return (drawn.name if drawn else "") or element_id


def step_names(release_hash: str, process_key: str, step: str) -> dict[str, str]:
    """For a notice of a step: its name as it is drawn, and in English. What is no step of the flow is words already."""
    english = definition_of(release_hash).translations.get("en", {}).get("processes", {}).get(process_key, {})
    drawn = drawn_name(release_hash, process_key, step)
    return {"step": drawn, "step_en": english.get("elements", {}).get(step, {}).get("name") or drawn}


def process_note(release_hash: str, process_key: str) -> str:
    """What a flow is for, in a sentence or two; empty when the drawing does not say."""
    model = definition_of(release_hash).processes.get(process_key)
    return _translated(release_hash, process_key).get("documentation") or (model.documentation if model else "")


def step_text(release_hash: str, process_key: str, element_id: str, part: str) -> str:
    """A property of a step (`next`, `ground` …) in the language of the page."""
    model = definition_of(release_hash).processes[process_key]
    english = _translated(release_hash, process_key).get("elements", {}).get(element_id, {})
    return str(english.get(part) or model.elements[element_id].properties.get(part, ""))


def task_text(task: Task, release_hash: str, part: str) -> str:
    """A task's `name`, `ground`, `overdue` or `next` in the language of the page."""
    english = _translated(release_hash, task.process_key).get("elements", {}).get(task.element_id, {})
    own = {"name": task.name, "ground": task.ground}.get(part, (task.properties or {}).get(part, ""))
    return english.get(part) or own


def ordered_step(order: SupervisionOrder) -> str:
    """The step that an order supervises: as it was written down, in English as its flow calls it."""
    if language() != "en":
        return order.step
    task = order.task
    return task_text(task, task.process.release_hash, "name") if task else ordered_words(order, order.step)


def ordered_words(order: SupervisionOrder, text: str) -> str:
    """What a flow wrote into an order, in the language of the page; what somebody typed stays as it is typed."""
    return str(_translated(order.case.release_hash, "supervision").get("values", {}).get(text, text))


def value_name(release_hash: str, decision: str, value: str) -> str:
    """A text that a decision gave, in the language of the page."""
    if language() != "en":
        return value
    entry = definition_of(release_hash).translations.get("en", {}).get("decisions", {}).get(decision, {})
    return entry.get("values", {}).get(value, value)


def asked_words(release_hash: str, text: str) -> str:
    """What a flow asks of an agency, in the language of the page; what somebody typed stays as it is typed."""
    return str(_translated(release_hash, "referral").get("values", {}).get(text, text))


def _translated(release_hash: str, process_key: str) -> Mapping[str, Any]:
    if language() != "en":
        return {}
    return definition_of(release_hash).translations.get("en", {}).get("processes", {}).get(process_key, {})


# --- the drawing -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=128)
def drawing(release_hash: str, process_key: str, lang: str) -> bytes | None:
    """The BPMN file of a process as it is in the case's release, its names in the language; None when there is none."""
    if not re.fullmatch(r"\w{1,60}", process_key):
        return None
    definition = definition_of(release_hash)
    model = definition.processes.get(process_key)
    if model is None:
        return None
    content = load_bundle(release_hash).files[model.file]
    names = definition.translations.get(lang, {}).get("processes", {}).get(process_key, {})
    lanes = {role.name: role.name_en for role in definition.roles.by_key.values()}
    return _renamed(content, process_key, names, lanes) if names else content


def _renamed(content: bytes, process_key: str, names: Mapping[str, Any], lanes: Mapping[str, str]) -> bytes:
    # The file was read safely when the release was published; entities stay off all the same.
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    elements = names.get("elements", {})
    for drawn in root.iter(f"{BPMN}*"):
        english = elements.get(drawn.get("id", ""), {}).get("name")
        if process_key in (drawn.get("id"), drawn.get("processRef")):
            english = names.get("name")
        if drawn.tag == f"{BPMN}lane":
            english = lanes.get(drawn.get("name", ""))
        if english:
            drawn.set("name", english)
    give_room(root, {key: said["name"] for key, said in elements.items() if said.get("name")})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def path_of(entries: Iterable[Entry]) -> list[tuple[str, str, str]]:
    """Every element that the case passed, in order: (process, element, entered/completed/cancelled)."""
    return [
        (step[0], step[1], step[2])
        for entry in entries
        for step in (entry.details or {}).get("path", [])
        if len(step) >= 3
    ]


def marks(
    path: Iterable[tuple[str, str, str]], release_hash: str, process_key: str, open_elements: set[str], failed: set[str]
) -> dict[str, Any]:
    """What the diagram shows: done, current, skipped and failed element ids of one process.

    Current is what people and called flows are at; what waits beside them counts only where nothing else does.
    """
    last: dict[str, str] = {}
    times: dict[str, int] = {}
    for process, element, event in path:
        if process == process_key:
            last[element] = event
            times[element] = times.get(element, 0) + (event == "completed")
    waiting = {element for element, event in last.items() if event == "entered"}
    current = open_elements | (waiting & _calls(release_hash, process_key)) or waiting
    done = {element for element, event in last.items() if event == "completed"} - current
    skipped = {element for element, event in last.items() if event == "cancelled"} - current
    return {
        "done": sorted(done),
        "current": sorted(current - failed),
        "skipped": sorted(skipped),
        "failed": sorted(failed),
        "notes": {element: f"×{count}" for element, count in sorted(times.items()) if count > 1},
    }


def _calls(release_hash: str, process_key: str) -> set[str]:
    model = definition_of(release_hash).processes.get(process_key)
    return {one.id for one in model.elements.values() if one.kind in ("callActivity", "subProcess")} if model else set()
