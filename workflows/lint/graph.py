"""A process as a graph: who can follow whom, with boundary events and subprocesses taken into account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from workflows.diagram import SUBPROCESSES, Element, ProcessModel


class Graph:
    """The successors of every element within its own scope: flows, and from an activity to its boundary events."""

    def __init__(self, process: ProcessModel) -> None:
        self.process = process
        elements = process.elements
        self.next: dict[str, list[str]] = {element_id: [] for element_id in elements}
        for flow in process.flows.values():
            if flow.source in elements and flow.target in elements:
                self.next[flow.source].append(flow.target)
        for element in elements.values():
            if element.attached_to and element.attached_to in elements:
                self.next[element.attached_to].append(element.id)

    @cached_property
    def across(self) -> dict[str, list[str]]:
        """The same across scopes: into a subprocess through its start, out of it through its ends."""
        found = {key: list(following) for key, following in self.next.items()}
        for element in self.process.elements.values():
            if element.kind in SUBPROCESSES:
                for child in self.process.children(element.id):
                    if child.kind == "startEvent":
                        found[element.id].append(child.id)
                    if child.kind == "endEvent":
                        found[child.id] += self.next[element.id]
        return found

    @cached_property
    def after(self) -> Mapping[str, frozenset[str]]:
        """For every element all that can come after it (itself too when it is in a loop), across scopes."""
        return {key: reachable(self.across, self.across[key]) for key in self.across}

    def follows(self, first: str, later: str) -> bool:
        """Whether one element comes after another in the same round: not only by going back to before the first."""
        if later not in self.after[first]:
            return False
        starts = [one.id for one in self.process.children(None) if one.kind == "startEvent"]
        before = {one for one in self.across if one != first and self._needed(one, first, starts)}
        forward = {one: [to for to in following if to not in before] for one, following in self.across.items()}
        return later in reachable(forward, forward[first])

    def _needed(self, passed: str, element_id: str, starts: list[str]) -> bool:
        """Whether every path from the start to an element passes another one."""
        without = {one: [to for to in following if to != passed] for one, following in self.across.items()}
        return element_id not in reachable(without, [one for one in starts if one != passed])

    def inside(self, element_id: str) -> frozenset[str]:
        """Everything drawn within a subprocess, at any depth."""
        found: set[str] = set()
        ahead = [element_id]
        while ahead:
            children = [child.id for child in self.process.children(ahead.pop())]
            found.update(children)
            ahead += children
        return frozenset(found)


def reachable(following: Mapping[str, Iterable[str]], starts: Iterable[str]) -> frozenset[str]:
    """All that can be reached from the starts, these included."""
    found: set[str] = set()
    ahead = list(starts)
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += following.get(one, ())
    return frozenset(found)


def loops(following: Mapping[str, Iterable[str]], among: Iterable[str]) -> list[list[str]]:
    """The loops of the graph restricted to some elements: every strongly connected set of them, in given order."""
    order = list(among)
    kept = set(order)
    inner = {one: [target for target in following.get(one, ()) if target in kept] for one in order}
    reach = {one: reachable(inner, inner[one]) for one in order}
    found: list[list[str]] = []
    done: set[str] = set()
    for one in order:
        if one not in done and one in reach[one]:
            loop = [other for other in order if other in reach[one] and one in reach[other]]
            done.update(loop)
            found.append(loop)
    return found


def waits(element: Element) -> bool:
    """Whether the element itself lets the case rest: somebody acts, or something is waited for."""
    if element.kind in ("userTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway", "manualTask"):
        return True
    return element.kind == "boundaryEvent" and any(event.kind in ("timer", "message") for event in element.events)
