"""Gives what an import has added a place in the picture: editors show only what has a shape."""

from __future__ import annotations

from lxml import etree

from workflows.diagram import FLOW_NODES
from workflows.dialect import BPMN

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"

Node = etree._Element
Box = tuple[float, float, float, float]
_SIZES = {"Event": (36.0, 36.0), "Gateway": (50.0, 50.0)}


def complete_picture(root: Node) -> None:
    """Shapes and edges for what has none, beside what it is connected with; those of removed elements go.

    A file without any picture stays without one: the editors offer to lay it out.
    """
    plane = root.find(f".//{{{DI}}}BPMNPlane")
    if plane is None:
        return
    drawn = {node.get("id"): node for node in root.iter(etree.Element) if etree.QName(node).namespace == BPMN}
    for shape in list(plane):
        if shape.get("bpmnElement") not in drawn:
            plane.remove(shape)
    boxes = {str(shape.get("bpmnElement")): _box(shape) for shape in plane.iterchildren(f"{{{DI}}}BPMNShape")}
    flows = [node for node in drawn.values() if etree.QName(node).localname == "sequenceFlow"]
    for own_id, node in drawn.items():
        if own_id and etree.QName(node).localname in FLOW_NODES and own_id not in boxes:
            boxes[own_id] = _draw(plane, node, own_id, flows, boxes)
    edges = {edge.get("bpmnElement") for edge in plane.iterchildren(f"{{{DI}}}BPMNEdge")}
    for flow in flows:
        if flow.get("id") not in edges:
            _connect(plane, flow, boxes)


def _box(shape: Node) -> Box:
    bounds = shape.find(f"{{{DC}}}Bounds")
    if bounds is None:
        return 0.0, 0.0, 100.0, 80.0
    x, y, width, height = (_number(bounds.get(key)) for key in ("x", "y", "width", "height"))
    return x, y, width, height


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _draw(plane: Node, node: Node, own_id: str, flows: list[Node], boxes: dict[str, Box]) -> Box:
    """Behind the element that leads to it, or before the one that it leads to."""
    name = etree.QName(node).localname
    width, height = next((size for word, size in _SIZES.items() if name.endswith(word)), (100.0, 80.0))
    before = next((boxes[key] for flow in flows if flow.get("targetRef") == own_id
                   and (key := flow.get("sourceRef", "")) in boxes), None)  # fmt: skip
    after = next((boxes[key] for flow in flows if flow.get("sourceRef") == own_id
                  and (key := flow.get("targetRef", "")) in boxes), None)  # fmt: skip
    if before is not None:
        x, y = before[0] + before[2] + 30, before[1] + before[3] / 2 - height / 2
    elif after is not None:
        x, y = after[0] - width - 30, after[1] + after[3] / 2 - height / 2
    else:
        x, y = 0.0, 0.0
    shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{own_id}_di", bpmnElement=own_id)
    places = {"x": x, "y": y, "width": width, "height": height}
    etree.SubElement(shape, f"{{{DC}}}Bounds", {key: f"{value:g}" for key, value in places.items()})
    return x, y, width, height


def _connect(plane: Node, flow: Node, boxes: dict[str, Box]) -> None:
    source, target = boxes.get(flow.get("sourceRef", "")), boxes.get(flow.get("targetRef", ""))
    if source is None or target is None:
        return
    edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{flow.get('id')}_di", bpmnElement=flow.get("id", ""))
    ends = ((source[0] + source[2], source[1] + source[3] / 2), (target[0], target[1] + target[3] / 2))
    for x, y in ends:
        etree.SubElement(edge, f"{{{DD}}}waypoint", x=f"{x:g}", y=f"{y:g}")
