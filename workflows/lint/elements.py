"""Elements that SpiffWorkflow reads wrongly or not at all, and events that could never happen as drawn."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import ACTIVITIES, Element, EventDefinition, ProcessModel
from workflows.lint.release import Release, at, at_process, listed
from workflows.lint.timers import check_timer
from workflows.model import Problem

PLACES = {
    "startEvent": "start event", "endEvent": "end event", "boundaryEvent": "boundary event",
    "intermediateCatchEvent": "intermediate catch event", "intermediateThrowEvent": "intermediate throw event",
}  # fmt: skip
_AUTOMATIC = ("serviceTask", "sendTask", "scriptTask", "businessRuleTask")
_SUBPROCESS_CODES = {"adHocSubProcess": "ad-hoc-subprocess", "transaction": "transaction"}
_NEVER = {
    "signal": "signal-event", "compensate": "compensation", "link": "link-event", "conditional": "conditional-event",
    "cancel": "cancel-event",
}  # fmt: skip


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """All findings about single elements of one process."""
    if not process.name:
        yield at_process(process, "missing-name", kind="process")
    for element in process.elements.values():
        if element.kind in PLACES or element.kind == "receiveTask":
            yield from _event(release, process, element)
        if element.kind in ("manualTask", "task"):
            yield at(process, element, "task-kind", kind=element.kind)
        if element.event_subprocess:
            yield at(process, element, "event-subprocess")
        if code := _SUBPROCESS_CODES.get(element.kind):
            yield at(process, element, code)
        if element.attributes.get("isForCompensation") in ("true", "1"):
            yield at(process, element, "compensation")
        if element.kind == "userTask" and not element.name:
            yield at(process, element, "missing-name", kind="user task")
        if element.loop:
            yield from _loop(process, element)


def _event(release: Release, process: ProcessModel, element: Element) -> Iterator[Problem]:
    if len(element.events) > 1 or element.attributes.get("parallelMultiple") in ("true", "1"):
        yield at(process, element, "several-event-definitions")
    for event in element.events:
        if event.kind in _NEVER:
            yield from _never(process, element, event)
        else:
            yield from _reference(release, process, element, event)
            yield from _JUDGES[element.kind](process, element, event)
            if event.kind == "timer":
                yield from check_timer(process, element, event)
            if event.kind == "message" and element.kind in _WAITING:
                yield from _message(release, process, element, event)
    if not element.events and element.kind in ("intermediateCatchEvent", "boundaryEvent"):
        yield at(process, element, "event-without-definition", place=PLACES[element.kind])
    if not element.events and element.kind == "receiveTask":
        yield at(process, element, "message-missing")
    if element.kind == "boundaryEvent":
        yield from _attachment(process, element)


_WAITING = ("intermediateCatchEvent", "boundaryEvent", "receiveTask")


def _never(process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    if event.kind == "signal" and element.kind == "boundaryEvent" and not element.interrupting:
        yield at(process, element, "non-interrupting-signal")
    else:
        yield at(process, element, _NEVER[event.kind])


def _reference(release: Release, process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    diagram = release.diagram_of[process.id]
    declared = {"message": diagram.messages, "error": diagram.errors, "escalation": diagram.escalations}.get(event.kind)
    if declared is not None and event.ref and event.ref.rpartition(":")[2] not in declared:
        yield at(process, element, "unknown-reference", kind=event.kind, ref=event.ref)


def _start(process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    parent = process.elements.get(element.parent_id or "")
    if parent is None or not parent.event_subprocess:
        yield at(process, element, "start-event-kind", kind=event.kind)


def _end(process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    if event.kind == "error" and not (event.code or event.name):
        yield at(process, element, "error-without-code")
    elif event.kind == "timer":
        yield at(process, element, "throw-event-kind", kind=event.kind, place=PLACES[element.kind])


def _throw(process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    if event.kind == "error":
        yield at(process, element, "throw-error")
    elif event.kind in ("timer", "terminate"):
        yield at(process, element, "throw-event-kind", kind=event.kind, place=PLACES[element.kind])


def _catch(process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    if event.kind not in ("timer", "message"):
        yield at(process, element, "catch-event-kind", kind=event.kind, place=PLACES[element.kind])


def _boundary(process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    if event.kind == "message" and not element.interrupting:
        yield at(process, element, "non-interrupting-message")
    if event.kind == "error" and not element.interrupting:
        yield at(process, element, "non-interrupting-error")
    if event.kind == "terminate":
        yield at(process, element, "catch-event-kind", kind=event.kind, place=PLACES[element.kind])


def _receive(process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    return iter(())


_JUDGES = {
    "startEvent": _start, "endEvent": _end, "intermediateThrowEvent": _throw, "intermediateCatchEvent": _catch,
    "boundaryEvent": _boundary, "receiveTask": _receive,
}  # fmt: skip


def _message(release: Release, process: ProcessModel, element: Element, event: EventDefinition) -> Iterator[Problem]:
    known = release.vocabulary.messages
    if not event.ref:
        yield at(process, element, "message-missing")
    elif event.ref.rpartition(":")[2] in release.diagram_of[process.id].messages and not event.name:
        yield at(process, element, "message-without-name")
    elif event.name and known is not None and event.name not in known:
        yield at(process, element, "unknown-message", message=event.name, known=listed(known))


def _attachment(process: ProcessModel, element: Element) -> Iterator[Problem]:
    activity = process.elements.get(element.attached_to or "")
    if activity is None or activity.kind not in ACTIVITIES or activity.parent_id != element.parent_id:
        yield at(process, element, "boundary-without-activity")
        return
    kinds = {event.kind for event in element.events}
    if activity.kind in _AUTOMATIC and kinds & {"timer", "message"}:
        yield at(process, element, "boundary-on-automatic", activity=activity.label)
    if activity.loop and activity.loop.output_collection and element.interrupting and kinds & {"timer", "message"}:
        yield at(process, element, "loop-interrupted", activity=activity.label)


def _loop(process: ProcessModel, element: Element) -> Iterator[Problem]:
    loop = element.loop
    if loop is None:
        return
    if loop.kind == "standard":
        yield at(process, element, "standard-loop")
    elif loop.cardinality:
        yield at(process, element, "loop-cardinality")
    elif not loop.input_collection:
        yield at(process, element, "loop-without-collection")
    if bool(loop.output_collection) != bool(loop.output_element):
        yield at(process, element, "loop-output")
