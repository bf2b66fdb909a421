"""How much of every flow the journeys in tests/processes pass: elements, branches of gateways, boundary events.

    python -m tools.flow_coverage [PROCESS…]

Prints a line for each process and names what no journey has passed. Exit 1 where anything is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.processes.journey import Journey, shipped, walk
from workflows.diagram import Element, Flow, ProcessModel
from workflows.spiff_specs import entry_name
from workflows.spiff_tree import Token

BOOKS = Path(__file__).parents[1] / "tests" / "processes"
CHOOSING = ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway")
ENTRY = entry_name("")
Place = tuple[str, str]  # a process and one of its elements


@dataclass
class Traces:
    """What the journeys have passed: elements that tokens reached and left, and the ways between two elements."""

    reached: set[Place] = field(default_factory=set)
    completed: set[Place] = field(default_factory=set)
    ways: set[tuple[str, str, str]] = field(default_factory=set)
    broken: dict[str, str] = field(default_factory=dict)  # journeys that do not end well, with the reason


@dataclass(frozen=True)
class Coverage:
    """One process: how many there are of each kind, and what is missed, in words that name the place in the drawing."""

    process: str
    counts: dict[str, tuple[int, int]]
    missed: tuple[str, ...]


def journeys() -> Iterator[tuple[str, Journey]]:
    """Every journey of every `JOURNEYS` in tests/processes, with its module and name."""
    for path in sorted(BOOKS.glob("test_*.py")):
        book: dict[str, Journey] = getattr(import_module(f"tests.processes.{path.stem}"), "JOURNEYS", {})
        for name, journey in book.items():
            yield f"{path.stem}: {name}", journey


@cache
def traces() -> Traces:
    """Walk all journeys and watch the tokens."""
    seen = Traces()
    with _watched(seen):
        for name, journey in journeys():
            try:
                done = walk(journey)
            except Exception as error:  # a journey's own test tells the whole story
                seen.broken[name] = f"{type(error).__name__}: {error}".splitlines()[0]
                continue
            seen.completed.update((line.process_id, line.element_id) for line in done.log if line.event == "completed")
    return seen


@contextmanager
def _watched(seen: Traces) -> Iterator[None]:
    """While this lasts, every token that a flow makes is written down: the log does not tell which flow was taken."""
    original = Token._add_child

    def add_child(self: Token, *arguments: Any) -> Token:
        child = original(self, *arguments)
        process = child.task_spec.address[1]
        source, target = _element(self), _element(child)
        seen.reached.add((process, target))
        seen.ways.add((process, source, target))
        return child

    Token._add_child = add_child  # type: ignore[method-assign]
    try:
        yield
    finally:
        Token._add_child = original  # type: ignore[method-assign]


def _element(token: Token) -> str:
    """The element's id; an activity with boundary events is entered by a spec of the engine's own before it."""
    name: str = token.task_spec.name
    return name[: -len(ENTRY)] if name.endswith(ENTRY) else name


def coverage(process: str) -> Coverage:
    """What the journeys pass of one process. An error end counts when it is reached: nothing is left there."""
    model, seen = shipped().processes[process], traces()
    elements = [one for one in model.elements.values() if one.kind != "boundaryEvent"]
    boundaries = [one for one in model.elements.values() if one.kind == "boundaryEvent"]
    branches = [flow for flow in model.flows.values() if model.elements[flow.source].kind in CHOOSING
                and len(model.elements[flow.source].outgoing) > 1]  # fmt: skip
    lost = [one for one in elements if not _passed(process, one, seen)]
    lost_boundaries = [one for one in boundaries if (process, one.id) not in seen.completed]
    lost_branches = [flow for flow in branches if (process, flow.source, flow.target) not in seen.ways]
    counts = {"elements": (len(elements) - len(lost), len(elements)),
              "branches": (len(branches) - len(lost_branches), len(branches)),
              "boundary events": (len(boundaries) - len(lost_boundaries), len(boundaries))}  # fmt: skip
    missed = [f"{one.kind} {one.id} “{one.name}”" for one in lost]
    missed += [_branch(model, flow) for flow in lost_branches]
    missed += [_boundary(model, one) for one in lost_boundaries]
    return Coverage(process, counts, tuple(missed))


def _passed(process: str, element: Element, seen: Traces) -> bool:
    throws = element.kind == "endEvent" and any(event.kind == "error" for event in element.events)
    return (process, element.id) in (seen.reached if throws else seen.completed)


def _branch(model: ProcessModel, flow: Flow) -> str:
    source, target = model.elements[flow.source], model.elements[flow.target]
    return f"branch {flow.id} “{flow.name}”: from “{source.label}” to “{target.label}”, {flow.condition or 'otherwise'}"


def _boundary(model: ProcessModel, event: Element) -> str:
    kind = ", ".join(one.kind for one in event.events)
    how = "interrupts" if event.interrupting else "beside"
    return (
        f"boundary event {event.id} “{event.name}” ({kind}, {how}) on “{model.elements[str(event.attached_to)].label}”"
    )


def main(processes: Sequence[str]) -> int:
    """Print the table; 1 when anything is missed or a journey is broken."""
    found = [coverage(one) for one in processes or sorted(shipped().processes)]
    for one in found:
        parts = ", ".join(f"{passed} of {total} {kind}" for kind, (passed, total) in one.counts.items())
        print(f"{'ok    ' if not one.missed else 'MISSED'} {one.process}.bpmn: {parts}")
        for line in one.missed:
            print(f"         {line}")
    passed, total = (sum(pair[i] for one in found for pair in one.counts.values()) for i in (0, 1))
    print(f"{len(found)} flows, {sum(1 for _ in journeys())} journeys: {passed} of {total} passed")
    for name, reason in traces().broken.items():
        print(f"broken journey {name}: {reason}")
    return 1 if passed < total or traces().broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
