"""Draws a process anew: from left to right, every lane a band, so that a person can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil

from lxml import etree

from workflows.diagram import EVENTS, FLOW_NODES, GATEWAYS, SUBPROCESSES
from workflows.layout import labels, names, sheet
from workflows.layout.parts import Box, Edge, Node, Picture

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"

Xml = etree._Element
LEFT, TOP = 160.0, 80.0  # where the editors begin a drawing
HEADER = 30.0  # the strip with the name of a pool or a lane
PAD = 20.0  # inside the box of a subprocess, above it room for its name
NOTE = Box(0, 0, 120, 50)
EVENT = 36.0
TRIES = 20


def lay_out(xml: bytes, tries: int = TRIES) -> bytes:
    """The same file with a new drawing; every byte outside of the drawing stays as it is. So many arrangements are
    tried, in which lanes may change their order and long flows go on in a second line: for a large flow each takes
    about a tenth of a second.

    Raises lxml's XMLSyntaxError where the file is no XML and ValueError where it holds no process.
    """
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    if root.find(f"{{{BPMN}}}process") is None:
        raise ValueError("There is no process in this file.")
    return _replaced(xml, root, _Drawing(root, tries).xml())


def _replaced(xml: bytes, root: Xml, diagram: str) -> bytes:
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    text = xml.decode(encoding)
    own = _prefix(root, DI)
    name = re.escape(f"{own}:BPMNDiagram" if own else "BPMNDiagram")
    text = re.sub(rf"[ \t]*<{name}\b[^>]*/>\n?|[ \t]*<{name}\b.*?</{name}\s*>\n?", "", text, flags=re.DOTALL)
    at = text.rindex("</")
    return (text[:at].rstrip() + "\n" + diagram + "\n" + text[at:]).encode(encoding)


def _prefix(root: Xml, namespace: str) -> str | None:
    return next((prefix for prefix, uri in root.nsmap.items() if uri == namespace), None)


@dataclass
class _Drawing:
    """All shapes, lines and texts of a file, and which element each belongs to."""

    root: Xml
    tries: int
    shapes: dict[str, Box] = field(default_factory=dict)
    expanded: set[str] = field(default_factory=set)
    picture: Picture = field(default_factory=Picture)

    def xml(self) -> str:
        collaboration = self.root.find(f"{{{BPMN}}}collaboration")
        processes = {one.get("id"): one for one in self.root.iterchildren(f"{{{BPMN}}}process")}
        top = TOP
        if collaboration is None:
            for process in processes.values():
                level = self._level(process, [_nodes_in(process)])
                self.picture.take(level, LEFT, top)
                top += level.height + PAD
        else:
            for pool in collaboration.iterchildren(f"{{{BPMN}}}participant"):
                box = self._pool(pool, processes.get(pool.get("processRef")), top)
                top = box.bottom + 2 * PAD
        for scope in (self.root if collaboration is None else collaboration, *processes.values()):
            self._notes(scope)
        plane = collaboration if collaboration is not None else next(iter(processes.values()))
        return "\n".join(self._written(plane))

    # --- pools and lanes ---

    def _pool(self, pool: Xml, process: Xml | None, top: float) -> Box:
        own_id = str(pool.get("id"))
        if process is None:  # somebody outside, of whom one sees only the edge
            self.shapes[own_id] = Box(LEFT, top, 600, 60)
            return self.shapes[own_id]
        lanes = [lane for lane_set in process.iterchildren(f"{{{BPMN}}}laneSet") for lane in lane_set]
        leaves = [leaf for lane in lanes for leaf in _leaves(lane)]
        bands = [set(_texts(leaf, "flowNodeRef")) for leaf in leaves]
        rest = set(_nodes_in(process)) - set().union(*bands)
        if rest or not bands:
            bands.append(rest)
        level = self._level(process, bands, lanes_move=len(leaves) == len(lanes) and not rest)
        depth = max((_depth(lane) for lane in lanes), default=0)
        inner = LEFT + HEADER * (1 + depth)
        box = Box(LEFT, top, HEADER * (1 + depth) + level.width, level.height)
        self.shapes[own_id] = box
        numbers = {str(leaf.get("id")): number for number, leaf in enumerate(leaves)}
        for lane in lanes:
            self._lane(lane, LEFT + HEADER, box, level.bands, numbers)
        self.picture.take(level, inner, top)
        return box

    def _lane(self, lane: Xml, x: float, pool: Box, bands: list[tuple[float, float]], numbers: dict[str, int]) -> None:
        own = [bands[numbers[str(leaf.get("id"))]] for leaf in _leaves(lane)]
        high, low = min(upper for upper, _ in own), max(lower for _, lower in own)
        self.shapes[str(lane.get("id"))] = Box(x, pool.y + high, pool.right - x, low - high)
        for inner in lane.iterfind(f"{{{BPMN}}}childLaneSet/{{{BPMN}}}lane"):
            self._lane(inner, x + HEADER, pool, bands, numbers)

    # --- one level: a process or the inside of a subprocess ---

    def _level(self, scope: Xml, bands: list[set[str]] | list[list[str]], *, lanes_move: bool = False) -> Picture:
        band_of = {name: number for number, band in enumerate(bands) for name in band}
        inside: dict[str, Picture] = {}
        nodes = []
        hosted = _hosted(scope)
        for element in _elements(scope):
            name = _kind(element)
            if name in SUBPROCESSES and any(True for _ in _elements(element)):
                inside[str(element.get("id"))] = self._level(element, [_nodes_in(element)])
            nodes.append(_node(element, band_of, inside, hosted))
        known = {node.id for node in nodes}
        defaults = {element.get("default") for element in _elements(scope)}
        edges = [
            Edge(
                str(flow.get("id")), str(flow.get("sourceRef")), str(flow.get("targetRef")), flow.get("name") or "",
                flow.get("id") in defaults,
            )
            for flow in scope.iterchildren(f"{{{BPMN}}}sequenceFlow")
            if flow.get("sourceRef") in known and flow.get("targetRef") in known
        ]  # fmt: skip
        picture = sheet.draw(nodes, edges, len(bands), tries=self.tries, lanes_move=lanes_move)
        for own_id, content in inside.items():
            box = picture.shapes[own_id]
            self.expanded.add(own_id)
            picture.take(content, box.x + PAD, box.y + PAD + labels.LINE)
        return picture

    # --- notes, which belong to no way ---

    def _notes(self, scope: Xml) -> None:
        """Text annotations stand over the drawing, above what they explain."""
        linked = {
            str(line.get(end)): str(line.get(other))
            for line in scope.iter(f"{{{BPMN}}}association")
            for end, other in (("sourceRef", "targetRef"), ("targetRef", "sourceRef"))
        }
        taken = LEFT
        for note in scope.iter(f"{{{BPMN}}}textAnnotation"):
            own_id = str(note.get("id"))
            if own_id in self.shapes:
                continue
            about = self._box(linked.get(own_id, ""))
            x = max(taken, about.x if about else LEFT)
            self.shapes[own_id] = NOTE.moved(x, TOP - NOTE.height - PAD)
            taken = x + NOTE.width + PAD
        for line in scope.iter(f"{{{BPMN}}}association", f"{{{BPMN}}}messageFlow"):
            one, other = self._box(str(line.get("sourceRef"))), self._box(str(line.get("targetRef")))
            if one and other:
                upper, lower = sorted((one, other), key=lambda box: box.y)
                ends = [(upper.x + upper.width / 2, upper.bottom), (lower.x + lower.width / 2, lower.y)]
                self.picture.lines[str(line.get("id"))] = ends if upper == one else ends[::-1]

    def _box(self, own_id: str) -> Box | None:
        return self.shapes.get(own_id) or self.picture.shapes.get(own_id)

    # --- the XML ---

    def _written(self, plane: Xml) -> Iterator[str]:
        prefixes = {uri: _prefix(self.root, uri) for uri in (DI, DC, DD)}
        di, dc, dd = prefixes[DI] or "bpmndi", prefixes[DC] or "dc", prefixes[DD] or "di"
        missing = "".join(f' xmlns:{new}="{uri}"' for new, uri in ((di, DI), (dc, DC), (dd, DD)) if not prefixes[uri])
        own_id = str(plane.get("id")).removeprefix("collaboration_")
        kinds = {one.get("id"): _kind(one) for one in self.root.iter(etree.Element) if one.get("id")}
        yield f'  <{di}:BPMNDiagram{missing} id="diagram_{own_id}">'
        yield f'    <{di}:BPMNPlane id="plane_{own_id}" bpmnElement="{plane.get("id")}">'
        for name, box in (*self.shapes.items(), *self.picture.shapes.items()):
            kind = kinds.get(name, "")
            more = ' isHorizontal="true"' if kind in ("participant", "lane") else ""
            more += ' isMarkerVisible="true"' if kind == "exclusiveGateway" else ""
            more += f' isExpanded="{str(name in self.expanded).lower()}"' if kind in SUBPROCESSES else ""
            yield (f'      <{di}:BPMNShape id="{name}_di" bpmnElement="{name}"{more}>{_bounds(dc, box)}'
                   f"{self._text(name, di, dc)}</{di}:BPMNShape>")  # fmt: skip
        for name, points in self.picture.lines.items():
            way = "".join(f'<{dd}:waypoint x="{x:g}" y="{y:g}" />' for x, y in points)
            yield f'      <{di}:BPMNEdge id="{name}_di" bpmnElement="{name}">{way}{self._text(name, di, dc)}</{di}:BPMNEdge>'
        yield f"    </{di}:BPMNPlane>"
        yield f"  </{di}:BPMNDiagram>"

    def _text(self, name: str, di: str, dc: str) -> str:
        box = self.picture.labels.get(name)
        return f"<{di}:BPMNLabel>{_bounds(dc, box)}</{di}:BPMNLabel>" if box else ""


def _bounds(dc: str, box: Box) -> str:
    x, y, width, height = (f"{round(value):d}" for value in box)
    return f'<{dc}:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />'


def _kind(element: Xml) -> str:
    return etree.QName(element).localname


def _elements(scope: Xml) -> Iterator[Xml]:
    return (one for one in scope.iterchildren(etree.Element) if _kind(one) in FLOW_NODES)


def _nodes_in(scope: Xml) -> list[str]:
    return [str(one.get("id")) for one in _elements(scope)]


def _texts(lane: Xml, name: str) -> list[str]:
    return [(one.text or "").strip() for one in lane.iterchildren(f"{{{BPMN}}}{name}")]


def _leaves(lane: Xml) -> list[Xml]:
    inner = lane.findall(f"{{{BPMN}}}childLaneSet/{{{BPMN}}}lane")
    return [leaf for one in inner for leaf in _leaves(one)] or [lane]


def _depth(lane: Xml) -> int:
    return 1 + max((_depth(one) for one in lane.iterfind(f"{{{BPMN}}}childLaneSet/{{{BPMN}}}lane")), default=0)


def _hosted(scope: Xml) -> dict[str, dict[str, float]]:
    """The boundary events of every activity, in file order, and how far each sits to the right of its middle."""
    texts: dict[str, dict[str, str]] = {}
    for one in _elements(scope):
        if _kind(one) == "boundaryEvent":
            texts.setdefault(str(one.get("attachedToRef")), {})[str(one.get("id"))] = one.get("name") or ""
    signs = {str(one.get("id")): _sign(one) for one in _elements(scope)}
    return {
        host: dict(zip(own, _boundary_shifts(list(own.values()), signs.get(host, 0.0)), strict=True))
        for host, own in texts.items()
    }  # fmt: skip


def _sign(activity: Xml) -> float:
    """How far the signs in the middle of the lower edge reach to either side: of a called flow, of repetition."""
    called = _kind(activity) == "callActivity" or _kind(activity) in SUBPROCESSES
    repeated = any(_kind(one).endswith("LoopCharacteristics") for one in activity.iterchildren(etree.Element))
    return 9.0 * called + 14.0 * repeated


def _boundary_shifts(texts: list[str], sign: float) -> list[float]:
    """Where the boundary events sit on the lower edge, from its middle: one on the right, several spread so that the
    texts of those in the midst have room (that of the first stands on its left, all others on the right), one or two
    so that they leave a sign in the middle free."""
    beside = sign + EVENT / 2 + 1 if sign else 0.0
    if len(texts) == 1:
        return [max(22.0, beside)]
    apart = max([44.0, 2 * beside, *(labels.size(text)[0] + 12 for text in texts[1:-1])])
    return [int((number - (len(texts) - 1) / 2) * apart) for number in range(len(texts))]


def _node(
    element: Xml, band_of: dict[str, int], inside: dict[str, Picture], hosted: dict[str, dict[str, float]]
) -> Node:
    own_id, name, kind = str(element.get("id")), element.get("name") or "", _kind(element)
    band = band_of.get(own_id, 0)
    if kind == "boundaryEvent":
        host = str(element.get("attachedToRef"))
        return Node(own_id, "boundary", EVENT, EVENT, band, name, host, hosted[host][own_id])
    if kind in EVENTS:
        return Node(own_id, "event", EVENT, EVENT, band, name)
    if kind in GATEWAYS:
        return Node(own_id, "gateway", 50, 50, band, name)
    on_it = hosted.get(own_id, {}).values()
    width, height = max([names.width(name), *(2 * shift + EVENT + 4 for shift in on_it)]), 80.0
    if content := inside.get(own_id):
        # Even numbers, so that the middle is a whole pixel.
        width = max(width, 2 * ceil(content.width / 2 + PAD))
        height = 2.0 * ceil((content.height + labels.LINE) / 2 + PAD)
    return Node(own_id, "activity", width, height, band)
