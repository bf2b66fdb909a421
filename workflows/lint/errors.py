"""Errors and escalations: what is thrown must be caught around it, and what waits for one must be able to get it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.diagram import SUBPROCESSES, Element, EventDefinition, ProcessModel
from workflows.lint.release import Release, at
from workflows.model import Problem


@dataclass(frozen=True)
class Thrown:
    """An error or escalation that leaves a scope; `origin` is the element of this process that it comes from."""

    origin: Element
    code: str


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """Boundary events that wait in vain, and what a root process throws at nobody."""
    for element in process.elements.values():
        for event in element.events:
            if element.kind == "boundaryEvent" and event.kind in ("error", "escalation"):
                yield from _waits_in_vain(release, process, element, event)
    if any(True for _ in release.callers(process.id)):
        return  # its callers are asked
    for thrown in _leaving(release, process, None, "error", frozenset()):
        where = "the call activity that calls it" if thrown.origin.kind == "endEvent" else f"“{thrown.origin.label}”"
        yield at(process, thrown.origin, "uncaught-error", error=thrown.code, where=where)
    for thrown in _leaving(release, process, None, "escalation", frozenset()):
        yield at(process, thrown.origin, "uncaught-escalation", code=thrown.code)


def _waits_in_vain(
    release: Release, process: ProcessModel, element: Element, event: EventDefinition
) -> Iterator[Problem]:
    activity = process.elements.get(element.attached_to or "")
    if activity is None or (activity.kind == "callActivity" and activity.called_process not in release.processes):
        return
    thrown = _inside(release, process, activity, event.kind, frozenset({process.id}))
    if any(_catches(event, one.code) for one in thrown):
        return
    name = event.code or event.name or f"any {event.kind}"
    if event.kind == "error":
        yield at(process, element, "error-not-thrown", error=name, activity=activity.label)
    else:
        yield at(process, element, "escalation-not-thrown", code=name, activity=activity.label)


def _catches(event: EventDefinition, code: str) -> bool:
    return not event.ref or (event.code or event.name) == code


def _leaving(
    release: Release, process: ProcessModel, scope: str | None, kind: str, seen: frozenset[str]
) -> list[Thrown]:
    """What is thrown in a scope and caught nowhere inside it."""
    found: list[Thrown] = []
    for element in process.children(scope):
        if element.kind in ("endEvent", "intermediateThrowEvent"):
            events = [one for one in element.events if one.kind == kind]
            if kind == "escalation" or element.kind == "endEvent":
                found += [Thrown(element, one.code or one.name) for one in events]
        elif element.kind == "callActivity" or element.kind in SUBPROCESSES:
            found += _uncaught(release, process, element, kind, seen | {process.id})
    return found


def _uncaught(
    release: Release, process: ProcessModel, activity: Element, kind: str, seen: frozenset[str]
) -> list[Thrown]:
    events = [one for boundary in process.boundaries(activity.id) for one in boundary.events if one.kind == kind]
    inside = _inside(release, process, activity, kind, seen)
    return [one for one in inside if not any(_catches(event, one.code) for event in events)]


def _inside(
    release: Release, process: ProcessModel, activity: Element, kind: str, seen: frozenset[str]
) -> list[Thrown]:
    """What comes out of an activity, with its origin in this process."""
    if activity.kind in SUBPROCESSES:
        return _leaving(release, process, activity.id, kind, seen)
    called = release.processes.get(activity.called_process) if activity.kind == "callActivity" else None
    if called is None or called.id in seen:
        return []
    key = ("leaving", kind, called.id)
    if key not in release.memory:
        release.memory[key] = sorted({one.code for one in _leaving(release, called, None, kind, seen)})
    return [Thrown(activity, code) for code in release.memory[key]]
