"""Names that a flow uses: roles, forms, deadlines, effects, papers, decisions, other processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.diagram import SUBPROCESSES, Element, ProcessModel
from workflows.lint.release import Release, at, hint, listed
from workflows.lint.timers import is_due_date
from workflows.model import Problem
from workflows.problems import problem

# Headers that name something of the release, whatever the effect.
_NAMING = {"paper": "paper", "template": "template", "process": "process"}
_EFFECT_CARRIERS = ("serviceTask", "sendTask")
# Where the engine carries out mappings; anywhere else they would do nothing.
_MAPS_IN = frozenset({
    "userTask", "scriptTask", "businessRuleTask", "serviceTask", "sendTask", "callActivity", *SUBPROCESSES,
})  # fmt: skip
_MAPS_OUT = frozenset({
    "userTask", "scriptTask", "businessRuleTask", "callActivity", "receiveTask", "intermediateCatchEvent",
    "boundaryEvent", *SUBPROCESSES,
})  # fmt: skip


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """All findings about the names in one process."""
    yield from _lanes(release, process)
    for element in process.elements.values():
        if element.kind == "userTask":
            yield from _user_task(release, process, element)
        elif element.kind == "callActivity":
            yield from _call(release, process, element)
        elif element.kind == "businessRuleTask":
            yield from _rule_task(release, process, element)
        elif element.kind == "scriptTask":
            yield from _script_task(process, element)
        yield from _effect(release, process, element)
        yield from _mapping_place(process, element)


def _lanes(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """A lane counts as a role when a user task lies in it; a lane of automatic steps may be called anything."""
    known = release.role_names
    for lane in process.lane_list:
        tasks = [
            one for one in process.elements.values()
            if one.kind == "userTask" and one.lane == lane.name and _in_lane(process, one, lane.elements)
        ]  # fmt: skip
        if not tasks:
            continue
        around = ", ".join(f"{one.label} ({one.id})" if one.name else one.id for one in tasks[:5])
        if not lane.name:
            yield problem("unnamed-lane", process.file, lane.id, lane.line, name=around, known=listed(known))
        elif known and not _is_role(release, lane.name):
            yield problem("unknown-role", process.file, lane.id, lane.line, lane=lane.name, tasks=around,
                          known=listed(known), hint=hint(lane.name, known))  # fmt: skip


def _in_lane(process: ProcessModel, element: Element, lane_elements: Iterable[str]) -> bool:
    current: Element | None = element
    while current is not None:
        if current.id in lane_elements:
            return True
        current = process.elements.get(current.parent_id or "")
    return False


def _is_role(release: Release, name: str) -> bool:
    return name in release.role_names or bool(release.roles and release.roles.find(name))


def _user_task(release: Release, process: ProcessModel, element: Element) -> Iterator[Problem]:
    laned = any(_in_lane(process, element, lane.elements) for lane in process.lane_list)
    if not element.lane and not laned:
        yield at(process, element, "missing-lane")
    if not element.form_id:
        yield at(process, element, "missing-form")
    elif element.form_id not in release.forms:
        near = hint(element.form_id, release.forms)
        yield at(process, element, "unknown-form", form=element.form_id, hint=near)
    if not element.due_date:
        yield at(process, element, "missing-deadline")
    elif not element.due_date.startswith("=") and not is_due_date(element.due_date):
        yield at(process, element, "due-date-text", text=element.due_date)
    for name, code in (("ground", "missing-ground"), ("overdue", "missing-overdue")):
        if not element.properties.get(name, "").strip():
            yield at(process, element, code)
    binding, bindings = element.properties.get("bind", "").strip(), release.vocabulary.bindings
    if binding and bindings is not None and binding not in bindings:
        known, near = listed(bindings), hint(binding, bindings)
        yield at(process, element, "unknown-binding", binding=binding, known=known, hint=near)


def _call(release: Release, process: ProcessModel, element: Element) -> Iterator[Problem]:
    name = element.called_process
    if not name:
        yield at(process, element, "missing-process")
        return
    if name.startswith("=") or "${" in name or "#{" in name:
        yield at(process, element, "called-process-expression")
        return
    if element.propagates_all:
        yield at(process, element, "propagates-everything")
    called = release.processes.get(name)
    if called is None:
        yield at(process, element, "unknown-process", process=name, hint=hint(name, release.processes))
        return
    if path := _way_back(release, process.id, name):
        yield at(process, element, "recursion", path=" → ".join(path))
    given = {mapping.target for mapping in element.inputs}
    for missing in [one for one in called.declared_inputs if one not in given]:
        yield at(process, element, "missing-input", process=name, input=missing)


def _way_back(release: Release, home: str, called: str) -> list[str]:
    """The chain of calls from a process back to itself, empty when there is none."""
    trails = [[home, called]]
    seen: set[str] = set()
    while trails:
        trail = trails.pop()
        if trail[-1] == home:
            return trail
        if trail[-1] in seen or trail[-1] not in release.processes:
            continue
        seen.add(trail[-1])
        elements = release.processes[trail[-1]].elements.values()
        trails += [[*trail, one.called_process] for one in elements if one.kind == "callActivity"]
    return []


def _rule_task(release: Release, process: ProcessModel, element: Element) -> Iterator[Problem]:
    name = element.called_decision
    if not name:
        yield at(process, element, "missing-decision")
    elif name.startswith("="):
        yield at(process, element, "decision-expression")
    elif name not in release.decisions:
        yield at(process, element, "unknown-decision", decision=name, hint=hint(name, release.decisions))
    if not element.result_variable:
        yield at(process, element, "missing-result")


def _script_task(process: ProcessModel, element: Element) -> Iterator[Problem]:
    if not element.script:
        yield at(process, element, "missing-script")
    elif not element.result_variable:
        yield at(process, element, "missing-result")


def _effect(release: Release, process: ProcessModel, element: Element) -> Iterator[Problem]:
    known = release.vocabulary.effects
    throws = element.kind in ("intermediateThrowEvent", "endEvent") and any(
        event.kind == "message" for event in element.events
    )
    if element.kind not in _EFFECT_CARRIERS and not throws and not element.task_type:
        return
    if not element.task_type:
        yield at(process, element, "missing-effect", known=listed(known or ()))
    elif element.task_type.startswith("="):
        yield at(process, element, "effect-expression")
    elif known is not None and element.task_type not in known:
        near = hint(element.task_type, known)
        yield at(process, element, "unknown-effect", effect=element.task_type, known=listed(known), hint=near)
    else:
        yield from _arguments(release, process, element)


def _arguments(release: Release, process: ProcessModel, element: Element) -> Iterator[Problem]:
    signature = (release.vocabulary.effects or {}).get(element.task_type)
    if signature is not None:
        allowed = {*signature.required, *signature.arguments}
        for missing in [one for one in signature.required if not element.headers.get(one, "").strip()]:
            yield at(process, element, "missing-argument", effect=element.task_type, argument=missing)
        for extra in [one for one in element.headers if one not in allowed]:
            yield at(process, element, "unknown-argument", effect=element.task_type, argument=extra,
                     known=listed(allowed))  # fmt: skip
    for key, value in element.headers.items():
        if key == "typename":
            yield at(process, element, "typename-key")
        if value.startswith("=") or not value:
            continue
        words = signature.arguments.get(key) if signature else None
        if words is not None and not _is_allowed(release, value, words):
            yield at(process, element, "argument-value", argument=key, value=value, known=listed(words))
        yield from _named(release, process, element, key, value)


def _is_allowed(release: Release, value: str, words: tuple[str, ...]) -> bool:
    """A word of the list; one that ends in `:` allows a name after it, which for `role:` has to be a role."""
    prefix, colon, rest = value.partition(":")
    if colon and f"{prefix}:" in words:
        return prefix != "role" or not release.role_names or _is_role(release, rest)
    return value in words


def _named(release: Release, process: ProcessModel, element: Element, key: str, value: str) -> Iterator[Problem]:
    what = "paper" if (element.task_type, key) == ("issue-paper", "kind") else _NAMING.get(key, "")
    if what == "paper" and release.papers and value not in release.papers:
        known, near = listed(release.papers), hint(value, release.papers)
        yield at(process, element, "unknown-paper", paper=value, known=known, hint=near)
    elif what == "process" and value not in release.processes:
        yield at(process, element, "unknown-process", process=value, hint=hint(value, release.processes))
    elif what == "template" and value not in (release.vocabulary.templates or {value}):
        known = listed(release.vocabulary.templates or ())
        yield at(process, element, "argument-value", argument=key, value=value, known=known)


def _mapping_place(process: ProcessModel, element: Element) -> Iterator[Problem]:
    if element.inputs and element.kind not in _MAPS_IN:
        yield at(process, element, "mapping-without-effect", side="input mapping")
    if element.outputs and element.kind not in _MAPS_OUT:
        yield at(process, element, "mapping-without-effect", side="output mapping")
    for mapping in (*element.inputs, *element.outputs):
        side = "source" if not mapping.source else "target" if not mapping.target else ""
        if side:
            yield problem("mapping-incomplete", process.file, element.id, mapping.line, name=element.label, side=side)
