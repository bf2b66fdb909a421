"""A drawing made by the program is one that a person can read: nothing lies on anything else, on any flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree

from workflows.layout import lay_out, names

FLOWS = sorted((Path(__file__).parents[2] / "bpmn").glob("*.bpmn"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"

Box = tuple[float, float, float, float]
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' id="d" targetNamespace="t">\n'
)
KINDS = ("userTask", "serviceTask", "exclusiveGateway", "parallelGateway", "intermediateCatchEvent")


@dataclass
class Drawn:
    """What a file's drawing shows: shapes, lines (as thin boxes) and texts, by the element they belong to."""

    root: etree._Element
    shapes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)

    def strokes(self, name: str) -> list[Box]:
        return [
            (min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1]))
            for a, b in pairwise(self.lines[name])
        ]

    def nodes(self) -> list[etree._Element]:
        return [one for one in self.root.iter(etree.Element) if one.get("id") in self.shapes
                and etree.QName(one).localname not in ("participant", "lane")]  # fmt: skip

    def flows(self) -> list[etree._Element]:
        return list(self.root.iter(f"{BPMN}sequenceFlow"))


def drawn(xml: bytes) -> Drawn:
    found = Drawn(etree.fromstring(xml))
    for shape in found.root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
        name = shape.get("bpmnElement", "")
        if shape.tag == f"{DI}BPMNShape":
            found.shapes[name] = bounds(shape.find(f"{DC}Bounds"))
        else:
            found.lines[name] = [
                (float(one.get("x", "")), float(one.get("y", ""))) for one in shape.iter(f"{DD}waypoint")
            ]
        for label in shape.iter(f"{DI}BPMNLabel"):
            found.labels[name] = bounds(label.find(f"{DC}Bounds"))
    return found


@cache
def anew(path: Path) -> bytes:
    """A shipped flow, drawn by the program without much trying, which takes time."""
    return lay_out(path.read_bytes(), tries=3)


def bounds(node: etree._Element) -> Box:
    x, y, width, height = (float(node.get(name, "")) for name in ("x", "y", "width", "height"))
    return x, y, width, height


def meet(one: Box, other: Box) -> bool:
    across = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    return across and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


def holds(one: Box, other: Box) -> bool:
    right, bottom = other[0] + other[2] <= one[0] + one[2], other[1] + other[3] <= one[1] + one[3]
    return one[0] <= other[0] and one[1] <= other[1] and right and bottom


def overlapping_shapes(seen: Drawn) -> list[tuple[str, str]]:
    """Pairs that lie on each other, without boundary events on their host and subprocesses around their content."""
    family = {(one.get("id"), one.get("attachedToRef")) for one in seen.nodes()}
    family |= {(one.get("id"), above.get("id")) for one in seen.nodes() for above in one.iterancestors()}
    names = [str(one.get("id")) for one in seen.nodes()]
    return [pair for pair in combinations(names, 2) if meet(seen.shapes[pair[0]], seen.shapes[pair[1]])
            and pair not in family and pair[::-1] not in family]  # fmt: skip


def crossed_shapes(seen: Drawn) -> list[tuple[str, str]]:
    """Lines that run through a shape that they neither leave nor enter."""
    hosts = {one.get("id"): one.get("attachedToRef") for one in seen.nodes()}
    around = {one.get("id"): {above.get("id") for above in one.iterancestors()} for one in seen.nodes()}
    return [
        (str(flow.get("id")), name)
        for flow in seen.flows()
        for name in map(str, hosts)
        if name not in {flow.get("sourceRef"), flow.get("targetRef"), hosts[flow.get("sourceRef")]}
        and name not in around[flow.get("sourceRef")]
        and any(meet(stroke, seen.shapes[name]) for stroke in seen.strokes(str(flow.get("id"))))
    ]


def lines_on_lines(seen: Drawn) -> list[tuple[str, str]]:
    """Lines that run along each other though they share neither their beginning nor their end."""
    return [
        (str(one.get("id")), str(other.get("id")))
        for one, other in combinations(seen.flows(), 2)
        if one.get("sourceRef") != other.get("sourceRef")
        and one.get("targetRef") != other.get("targetRef")
        and any(
            along(a, b) for a in seen.strokes(str(one.get("id"))) for b in seen.strokes(str(other.get("id")))
        )
    ]  # fmt: skip


def parted_lines(seen: Drawn) -> list[tuple[str, str]]:
    """Lines from one shape that come together again after they have parted: nobody can tell which is which."""
    found = []
    for one, other in combinations(seen.flows(), 2):
        if one.get("sourceRef") == other.get("sourceRef") and one.get("targetRef") != other.get("targetRef"):
            a, b = (seen.lines[str(flow.get("id"))] for flow in (one, other))
            together = next((n for n, (p, q) in enumerate(zip(a, b, strict=False)) if p != q), 0)
            rest = [[*pairwise(line)][together:] for line in (a, b)]
            if any(along(boxed(p), boxed(q)) for p in rest[0] for q in rest[1]):
                found.append((str(one.get("id")), str(other.get("id"))))
    return found


def boxed(piece: tuple[tuple[float, float], tuple[float, float]]) -> Box:
    a, b = piece
    return min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1])


def along(one: Box, other: Box) -> bool:
    upright = (
        one[2] == other[2] == 0 and one[0] == other[0] and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
    )
    level = (
        one[3] == other[3] == 0 and one[1] == other[1] and one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    )
    return upright or level


def outside_of_lane(seen: Drawn) -> list[str]:
    return [
        str(node.text)
        for lane in seen.root.iter(f"{BPMN}lane")
        for node in lane.iterchildren(f"{BPMN}flowNodeRef")
        if not holds(seen.shapes[str(lane.get("id"))], seen.shapes[str(node.text)])
    ]


def without_drawing(xml: bytes) -> bytes:
    root = etree.fromstring(xml, etree.XMLParser(remove_blank_text=True))
    for diagram in list(root.iterchildren(f"{DI}BPMNDiagram")):
        root.remove(diagram)
    return etree.tostring(root, method="c14n")


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_shipped_flow_drawn_anew_can_be_read(path: Path) -> None:
    xml = anew(path)
    seen = drawn(xml)
    assert {one.get("id") for one in seen.flows()} <= set(seen.lines)
    assert (overlapping_shapes(seen), crossed_shapes(seen), outside_of_lane(seen)) == ([], [], [])
    assert (lines_on_lines(seen), parted_lines(seen)) == ([], [])
    assert without_drawing(xml) == without_drawing(path.read_bytes())


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_texts_lie_on_no_shape_and_on_no_other_text(path: Path) -> None:
    seen = drawn(anew(path))
    nodes = {str(one.get("id")) for one in seen.nodes()}
    assert [(a, b) for a, b in combinations(seen.labels, 2) if meet(seen.labels[a], seen.labels[b])] == []
    assert [(a, b) for a in seen.labels for b in nodes if meet(seen.labels[a], seen.shapes[b])] == []


def test_the_same_flow_is_always_drawn_the_same_way() -> None:
    path = FLOWS[0]
    once = lay_out(path.read_bytes())
    assert lay_out(path.read_bytes()) == once
    assert lay_out(once) == once


def crossed_lines(seen: Drawn) -> int:
    """How often an upright piece of a line runs through a level piece of another."""
    strokes = [(name, piece) for name in seen.lines for piece in seen.strokes(name)]
    return sum(
        one != other and level[0] < upright[0] < level[0] + level[2] and upright[1] < level[1] < upright[1] + upright[3]
        for one, level in strokes if level[3] == 0 for other, upright in strokes if upright[2] == 0
    )  # fmt: skip


def test_trying_other_rows_and_lanes_leaves_fewer_crossings() -> None:
    flow = next(path for path in FLOWS if path.stem == "referral").read_bytes()
    assert crossed_lines(drawn(lay_out(flow, tries=30))) < crossed_lines(drawn(lay_out(flow, tries=0)))


def test_a_long_way_goes_on_in_further_lines() -> None:
    steps = [(f"n{number}", "userTask") for number in range(30)]
    edges = [(f"n{number}", f"n{number + 1}") for number in range(29)]
    seen = drawn(lay_out(file_of(steps, {}, edges, dict.fromkeys(dict(steps), 0))))
    way = [seen.shapes[name] for name, _ in steps]
    assert max(box[0] for box in way) < 16 * 200
    assert all(box[1] > before[1] for before, box in pairwise(way) if box[0] < before[0])
    assert (overlapping_shapes(seen), crossed_shapes(seen), lines_on_lines(seen)) == ([], [], [])


# --- flows that nobody has thought of ---


@some.composite
def flows(draw: some.DrawFn) -> bytes:
    """A process of up to twelve nodes in up to three lanes, with loops, dead ends, unreached nodes and boundaries."""
    kinds = draw(some.lists(some.sampled_from(KINDS), min_size=1, max_size=11))
    nodes = [("n0", "startEvent"), *((f"n{number + 1}", kind) for number, kind in enumerate(kinds))]
    hosts = [name for name, kind in nodes if kind.endswith("Task")]
    edges = {(f"n{number}", f"n{number + 1}") for number in range(len(nodes) - 1) if draw(some.integers(0, 3))}
    targets = [name for name, _ in nodes[1:]]
    pairs = some.tuples(some.sampled_from([name for name, _ in nodes]), some.sampled_from(targets))
    edges |= draw(some.sets(pairs, max_size=6))
    attached = {}
    if hosts:
        for number, host in enumerate(draw(some.lists(some.sampled_from(hosts), max_size=4))):
            attached[f"b{number}"] = host
            edges.add((f"b{number}", draw(some.sampled_from(targets))))
    lanes = {name: draw(some.integers(0, 2)) for name, _ in nodes}
    lanes.update({name: lanes[host] for name, host in attached.items()})
    return file_of(nodes, attached, sorted(edges), lanes)


def file_of(nodes: list[tuple[str, str]], attached: dict[str, str], edges: list[tuple[str, str]],
            lanes: dict[str, int]) -> bytes:  # fmt: skip
    parts = [HEAD, '<bpmn:collaboration id="c"><bpmn:participant id="p" name="甲" processRef="x" /></bpmn:collaboration>',
             '<bpmn:process id="x"><bpmn:laneSet id="s">']  # fmt: skip
    for number in sorted(set(lanes.values())):
        refs = "".join(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name, own in lanes.items() if own == number)
        parts.append(f'<bpmn:lane id="l{number}" name="道">{refs}</bpmn:lane>')
    parts.append("</bpmn:laneSet>")
    parts += [f'<bpmn:{kind} id="{name}" name="材料是否齐全并符合条件" />' for name, kind in nodes]
    parts += [
        f'<bpmn:boundaryEvent id="{name}" name="逾期" attachedToRef="{host}" />' for name, host in attached.items()
    ]
    parts += [f'<bpmn:sequenceFlow id="{a}__{b}" name="否" sourceRef="{a}" targetRef="{b}" />' for a, b in edges]
    return "".join([*parts, "</bpmn:process></bpmn:definitions>"]).encode()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(flows())
def test_any_flow_can_be_read(xml: bytes) -> None:
    seen = drawn(lay_out(xml, tries=6))
    assert {one.get("id") for one in seen.flows()} == set(seen.lines)
    assert (overlapping_shapes(seen), crossed_shapes(seen), outside_of_lane(seen)) == ([], [], [])
    assert without_drawing(lay_out(xml, tries=0)) == without_drawing(xml)


SUBPROCESS = (
    HEAD + '<bpmn:process id="x"><bpmn:startEvent id="a" /><bpmn:subProcess id="s" name="会议">'
    '<bpmn:startEvent id="b" /><bpmn:userTask id="c" /><bpmn:endEvent id="d" />'
    '<bpmn:sequenceFlow id="bc" sourceRef="b" targetRef="c" /><bpmn:sequenceFlow id="cd" sourceRef="c" targetRef="d" />'
    '</bpmn:subProcess><bpmn:endEvent id="e" /><bpmn:sequenceFlow id="as" sourceRef="a" targetRef="s" />'
    '<bpmn:sequenceFlow id="se" sourceRef="s" targetRef="e" /></bpmn:process></bpmn:definitions>'
)  # fmt: skip


def test_a_subprocess_is_drawn_with_its_content() -> None:
    seen = drawn(lay_out(SUBPROCESS.encode()))
    assert all(holds(seen.shapes["s"], seen.shapes[one]) for one in "bcd")
    assert (overlapping_shapes(seen), crossed_shapes(seen)) == ([], [])


def test_a_file_without_a_process_is_refused() -> None:
    with pytest.raises(ValueError, match="no process"):
        lay_out(f"{HEAD}</bpmn:definitions>".encode())


# --- names in their boxes ---


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("登记纠纷", 100),
        ("审查材料与受理条件", 100),
        ("结果：未解决，告知其他途径", 110),
        ("出具支持起诉意见书或者不支持决定", 120),
    ],
)
def test_a_box_is_as_wide_as_its_name_needs_for_two_lines(name: str, width: float) -> None:
    assert names.width(name) == width


def test_names_are_broken_as_the_viewer_breaks_them() -> None:
    assert list(names.lines("检调对接（支持起诉、刑事和解）", 86)) == ["检调对接（支", "持起诉、刑事", "和解）"]
    assert list(names.lines("状态：司法确认中", 86)) == ["状态：司法确", "认中"]
    assert list(names.lines("Hear both sides again", 86)) == ["Hear both", "sides again"]


def test_a_boundary_event_lies_on_no_sign_of_its_host() -> None:
    seen = drawn(anew(next(path for path in FLOWS if path.stem == "intake")))
    host, event = seen.shapes["mediate"], seen.shapes["ended_early"]
    assert event[0] >= host[0] + host[2] / 2 + 9
