"""Whether every path can be entered, can end, and does not spin on its way."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import GATEWAYS, SUBPROCESSES, Element, ProcessModel
from workflows.lint.graph import Graph, loops, reachable, waits
from workflows.lint.release import Release, at
from workflows.model import Problem


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """Unreachable elements, loops without a way out, loops that would spin."""
    graph = Graph(process)
    scopes: list[str | None] = [None]
    scopes += [element.id for element in process.elements.values() if element.kind in SUBPROCESSES]
    for scope in scopes:
        children = [child.id for child in process.children(scope)]
        yield from _unreachable(process, graph, children)
        yield from _endless(process, graph, children)
        yield from _spinning(release, process, graph, children)


def _unreachable(process: ProcessModel, graph: Graph, children: list[str]) -> Iterator[Problem]:
    elements = process.elements
    starts = [one for one in children if elements[one].kind == "startEvent" or elements[one].event_subprocess]
    if not starts:
        return  # no-start-event says it all
    reached = reachable(graph.next, starts)
    for one in children:
        element = elements[one]
        # A boundary event without an activity is reported as such.
        if one not in reached and not (element.kind == "boundaryEvent" and element.attached_to not in elements):
            yield at(process, element, "unreachable")


def _endless(process: ProcessModel, graph: Graph, children: list[str]) -> Iterator[Problem]:
    """Elements from which neither an end event nor a dead end (reported elsewhere) can be reached: closed loops."""
    elements = process.elements
    stops = {one for one in children if elements[one].kind == "endEvent" or not graph.next[one]}
    back: dict[str, list[str]] = {one: [] for one in children}
    for one in children:
        for target in graph.next[one]:
            back.setdefault(target, []).append(one)
    can_stop = reachable(back, stops)
    stuck = [one for one in children if one not in can_stop]
    closed = [loop for loop in loops(graph.next, stuck)]
    for one in [element_id for loop in closed for element_id in loop]:
        yield at(process, elements[one], "cannot-end")


def _spinning(release: Release, process: ProcessModel, graph: Graph, children: list[str]) -> Iterator[Problem]:
    elements = process.elements
    reported: set[str] = set()
    for loop in loops(graph.next, [one for one in children if elements[one].kind not in GATEWAYS]):
        reported.update(loop)
        yield at(process, elements[loop[0]], "cycle-without-gateway")
    idle = [one for one in children if not _rests(release, process, elements[one], frozenset({process.id}))]
    for loop in loops(graph.next, idle):
        if not reported & set(loop):
            yield at(process, elements[loop[0]], "cycle-without-wait")


def _rests(release: Release, process: ProcessModel, element: Element, seen: frozenset[str]) -> bool:
    """Whether the case rests at an element: itself, or somewhere in the process that it calls."""
    if waits(element):
        return True
    if element.kind in SUBPROCESSES:
        return any(_rests(release, process, child, seen) for child in process.children(element.id))
    if element.kind != "callActivity":
        return False
    called = release.processes.get(element.called_process)
    if called is None or called.id in seen:
        return True  # unknown here, or reported as recursion
    key = ("rests", called.id)
    if key not in release.memory:
        inside = called.elements.values()
        release.memory[key] = any(_rests(release, called, child, seen | {called.id}) for child in inside)
    return bool(release.memory[key])
