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


@cache
def texts(process: str) -> dict[str, Box]:
    """The names that stand beside shapes and lines."""
    found = {}
    for drawn in drawing(process).iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
        for bounds in drawn.iterfind(f"{DI}BPMNLabel/{DC}Bounds"):
            found[drawn.get("bpmnElement")] = Box(*(float(bounds.get(one)) for one in ("x", "y", "width", "height")))
    return found


def stretches(process: str, flow: str) -> list[Box]:
    """The pieces of a flow's line without those that lie on the line of another flow."""
    others = [piece for name, line in strokes(process).items() if name != flow for piece in line]
    return [part for piece in strokes(process)[flow] for part in without(piece, others)]


def without(piece: Box, others: list[Box]) -> list[Box]:
    """What no other line covers of a straight piece."""
    level = piece.height == 0
    low, high = (piece.x, piece.x + piece.width) if level else (piece.y, piece.y + piece.height)
    left = [(low, high)]
    for other in others:
        if level and (other.height, other.y) == (0, piece.y):
            a, b = other.x, other.x + other.width
        elif not level and (other.width, other.x) == (0, piece.x):
            a, b = other.y, other.y + other.height
        else:
            continue
        left = [(c, d) for s, e in left for c, d in ((s, min(e, a)), (max(s, b), e)) if c < d]
    if level:
        return [Box(a, piece.y, b - a, 0) for a, b in left]
    return [Box(piece.x, a, 0, b - a) for a, b in left]


@pytest.mark.parametrize("process", PROCESSES)
def test_no_text_lies_on_a_line_or_a_shape_or_another_text(process: str) -> None:
    lines = [piece for line in strokes(process).values() for piece in line]
    solid = {one: shapes(process)[one] for one in model(process).elements if not contains(process, one)}
    on_lines = [name for name, text in texts(process).items() if any(text.meets(piece) for piece in lines)]
    on_shapes = [name for name, text in texts(process).items()
                 if any(text.meets(box) for one, box in solid.items() if one != name)]  # fmt: skip
    on_texts = [
        pair for pair in combinations(texts(process), 2) if texts(process)[pair[0]].meets(texts(process)[pair[1]])
    ]
    assert (on_lines, on_shapes, on_texts) == ([], [], [])


@pytest.mark.parametrize("process", PROCESSES)
def test_the_name_of_a_branch_stands_beside_a_stretch_that_is_its_alone(process: str) -> None:
    named = [name for name in model(process).flows if name in texts(process)]
    lost = [name for name in named if not any(texts(process)[name].meets(one, 5) for one in stretches(process, name))]
    assert lost == []


@pytest.mark.parametrize("process", PROCESSES)
def test_the_name_of_a_branch_stands_nearer_to_its_own_line_than_to_any_other(process: str) -> None:
    others = {name: [piece for one, line in strokes(process).items() if one != name for piece in line]
              for name in model(process).flows}  # fmt: skip
    between = [name for name in model(process).flows
               if name in texts(process) and any(texts(process)[name].meets(piece, 6) for piece in others[name])]  # fmt: skip
    assert between == []


@pytest.mark.parametrize("process", PROCESSES)
def test_every_text_lies_in_one_lane(process: str) -> None:
    lanes = [shapes(process)[lane.id] for lane in model(process).lane_list]
    split = [name for name, text in texts(process).items() if not any(lane.holds(text) for lane in lanes)]
    assert split == []


def contains(process: str, name: str) -> bool:
    """Whether this is a subprocess, drawn around its steps."""
    return model(process).elements[name].kind == "subProcess"
