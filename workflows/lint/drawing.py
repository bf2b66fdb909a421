"""Whether what is drawn is what happens: starts, ends, flows, conditions, gateways."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import FLOW_NODES, SUBPROCESSES, Element, Flow, ProcessModel
from workflows.lint.release import Release, at, at_flow, at_process
from workflows.model import Problem

CHOOSING = ("exclusiveGateway", "inclusiveGateway")
SPLITTING = (*CHOOSING, "parallelGateway", "eventBasedGateway", "complexGateway")
_WORDS = {"startEvent": "start event", "endEvent": "end event", "boundaryEvent": "boundary event"}


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """All findings about the drawing of one process."""
    if not process.executable:
        yield at_process(process, "process-not-executable")
    if not process.elements:
        yield at_process(process, "empty-process")
        return
    yield from _scope(process, None)
    for element in process.elements.values():
        if element.kind in SUBPROCESSES:
            yield from _scope(process, element)
        yield from _element(process, element)
    for flow in process.flows.values():
        yield from _flow(process, flow)
    yield from _lanes(process)


def _scope(process: ProcessModel, parent: Element | None) -> Iterator[Problem]:
    children = process.children(parent.id if parent else None)
    name = parent.label if parent else (process.name or process.id)
    starts = [child for child in children if child.kind == "startEvent"]

    def found(code: str) -> Problem:
        return at(process, parent, code, scope=name) if parent else at_process(process, code, scope=name)

    if not starts:
        yield found("no-start-event")
    if len(starts) > 1 and parent:
        yield found("several-start-events")
    for extra in starts[1:]:
        yield at(process, extra, "several-start-events", scope=name)
    if not any(child.kind == "endEvent" for child in children):
        yield found("no-end-event")


def _element(process: ProcessModel, element: Element) -> Iterator[Problem]:
    outgoing = [process.flows[flow_id] for flow_id in element.outgoing]
    if element.kind in ("startEvent", "boundaryEvent") and element.incoming:
        yield at(process, element, "flow-into-event", kind=_WORDS[element.kind])
    if element.kind == "endEvent":
        if outgoing:
            yield at(process, element, "flow-out-of-end")
        return
    if not outgoing and not element.event_subprocess:
        yield at(process, element, "dead-end")
    if element.kind not in SPLITTING and len(outgoing) > 1:
        yield at(process, element, "several-outgoing", count=len(outgoing))
    yield from _default(process, element, outgoing)
    if element.kind in CHOOSING:
        yield from _choice(process, element, outgoing)
    elif element.kind == "eventBasedGateway":
        yield from _event_gateway(process, element, outgoing)
    elif element.kind == "complexGateway":
        yield at(process, element, "complex-gateway")
    if element.kind not in CHOOSING:
        yield from _stray_conditions(process, element, outgoing)


def _default(process: ProcessModel, element: Element, outgoing: list[Flow]) -> Iterator[Problem]:
    if not element.default_flow:
        return
    if element.kind not in CHOOSING:
        yield at(process, element, "default-without-gateway")
    elif element.default_flow not in element.outgoing:
        yield at(process, element, "default-not-outgoing", flow=element.default_flow)
    else:
        default = next(flow for flow in outgoing if flow.id == element.default_flow)
        if default.condition:
            yield at_flow(process, default, "default-with-condition", name=element.label)


def _choice(process: ProcessModel, element: Element, outgoing: list[Flow]) -> Iterator[Problem]:
    if len(outgoing) == 1:
        if outgoing[0].condition and outgoing[0].id != element.default_flow:
            yield at_flow(process, outgoing[0], "single-conditional", name=element.label)
        return
    for flow in outgoing:
        if not flow.condition and flow.id != element.default_flow:
            yield at_flow(process, flow, "missing-condition", name=element.label)


def _stray_conditions(process: ProcessModel, element: Element, outgoing: list[Flow]) -> Iterator[Problem]:
    code = "condition-on-parallel" if element.kind == "parallelGateway" else "condition-without-gateway"
    for flow in outgoing:
        if flow.condition:
            yield at_flow(process, flow, code, name=element.label)


def _event_gateway(process: ProcessModel, element: Element, outgoing: list[Flow]) -> Iterator[Problem]:
    if len(outgoing) < 2:
        yield at(process, element, "event-gateway-branches")
    if element.attributes.get("instantiate") in ("true", "1"):
        yield at(process, element, "event-gateway-starts")
    timers = 0
    messages: set[str] = set()
    for flow in outgoing:
        target = process.elements.get(flow.target)
        if target is None:
            continue
        kinds = [event.kind for event in target.events]
        if not _waits_after_gateway(target) or len(target.incoming) > 1:
            yield at(process, target, "event-gateway-target", name=element.label, target=target.label)
        elif kinds == ["timer"]:
            timers += 1
            if timers == 2:
                yield at(process, element, "two-timers")
        elif target.events[0].name in messages:
            yield at(process, target, "same-message-twice", name=element.label, message=target.events[0].name)
        else:
            messages.add(target.events[0].name)


def _waits_after_gateway(target: Element) -> bool:
    if target.kind == "receiveTask":
        return len(target.events) == 1 and not target.loop
    kinds = [event.kind for event in target.events]
    return target.kind == "intermediateCatchEvent" and kinds in (["timer"], ["message"])


def _flow(process: ProcessModel, flow: Flow) -> Iterator[Problem]:
    source, target = process.elements.get(flow.source), process.elements.get(flow.target)
    if source is None or source.kind not in FLOW_NODES:
        yield at_flow(process, flow, "broken-flow", end="beginning")
    if target is None or target.kind not in FLOW_NODES:
        yield at_flow(process, flow, "broken-flow", end="target")
    if source and target and source.parent_id != target.parent_id:
        yield at_flow(process, flow, "flow-across-scopes")


def _lanes(process: ProcessModel) -> Iterator[Problem]:
    """Nested lanes are fine; two lanes side by side that both claim an element are not."""
    claimed: dict[str, str] = {}
    for lane in process.lane_list:
        for ref in lane.elements:
            element = process.elements.get(ref)
            if element is None:
                yield at_process(process, "lane-reference", lane=lane.name or lane.id, ref=ref)
                continue
            first = claimed.setdefault(ref, lane.id)
            if first != lane.id and not _nested(process, first, lane.id):
                names = {one.id: one.name or one.id for one in process.lane_list}
                yield at(process, element, "in-two-lanes", first=names[first], second=names[lane.id])


def _nested(process: ProcessModel, outer: str, inner: str) -> bool:
    """Whether one lane lies within the other, at any depth."""
    parents = {lane.id: lane.parent_id for lane in process.lane_list}
    current, steps = inner, len(parents)
    while current and steps:
        if current == outer:
            return True
        current, steps = parents.get(current, ""), steps - 1
    return False
