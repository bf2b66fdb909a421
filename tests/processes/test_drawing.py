"""The shipped diagrams are drawings that people read: everything is drawn, nothing lies on anything else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise

import pytest
from lxml import etree

from tests.processes.journey import shipped
from workflows.diagram import ProcessModel

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
POINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
PROCESSES = sorted(shipped().processes)


@dataclass(frozen=True)
class Box:
    """A rectangle on the canvas, in pixels."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box, gap: float = 0) -> bool:
        across = self.x - gap < other.x + other.width and other.x - gap < self.x + self.width
        return across and self.y - gap < other.y + other.height and other.y - gap < self.y + self.height

    def holds(self, other: Box) -> bool:
        right, bottom = other.x + other.width <= self.x + self.width, other.y + other.height <= self.y + self.height
        return self.x <= other.x and self.y <= other.y and right and bottom


@cache
def drawing(process: str) -> etree._Element:
    return etree.fromstring(shipped().bundle.files[f"{process}.bpmn"])


@cache
def shapes(process: str) -> dict[str, Box]:
    found = {}
    for shape in drawing(process).iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        found[shape.get("bpmnElement")] = Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))
    return found


@cache
def strokes(process: str) -> dict[str, list[Box]]:
    """The pieces of every flow's line, each a thin box."""
    found = {}
    for edge in drawing(process).iter(f"{DI}BPMNEdge"):
        points = [(float(one.get("x")), float(one.get("y"))) for one in edge.findall(POINT)]
        found[edge.get("bpmnElement")] = [
            Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1])) for a, b in pairwise(points)
        ]
    return found


def model(process: str) -> ProcessModel:
    return shipped().processes[process]


@pytest.mark.parametrize("process", PROCESSES)
def test_everything_is_drawn(process: str) -> None:
    assert set(model(process).elements) <= set(shapes(process))
    assert set(model(process).flows) == set(strokes(process))


@pytest.mark.parametrize("process", PROCESSES)
def test_no_shape_lies_on_another(process: str) -> None:
    hosts = {one.id: one.attached_to for one in model(process).elements.values()}
    drawn = [(one, shapes(process)[one]) for one in model(process).elements]
    touching = [(a, b) for (a, one), (b, other) in combinations(drawn, 2) if one.meets(other)]
    assert [pair for pair in touching if hosts[pair[0]] != pair[1] and hosts[pair[1]] != pair[0]] == []


@pytest.mark.parametrize("process", PROCESSES)
def test_no_line_crosses_a_shape(process: str) -> None:
    crossed = []
    for flow in model(process).flows.values():
        own = {flow.source, flow.target, model(process).elements[flow.source].attached_to}
        for name in model(process).elements:
            if name not in own and any(piece.meets(shapes(process)[name]) for piece in strokes(process)[flow.id]):
                crossed.append((flow.id, name))
    assert crossed == []


@pytest.mark.parametrize("process", PROCESSES)
def test_every_element_lies_in_its_lane(process: str) -> None:
    boxes = shapes(process)
    flat = [one for one in model(process).elements.values() if one.attached_to is None]
    lane_of = {name: lane.id for lane in model(process).lane_list for name in lane.elements}
    assert [one.id for one in flat if not boxes[lane_of[one.id]].holds(boxes[one.id])] == []
