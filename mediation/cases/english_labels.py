"""Room for English names on drawings whose labels were measured for Chinese ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"

LETTER = 6.2  # the mean width of a letter in the labels of a diagram, in its own units
EDGE = 6  # what a label takes beside its letters
LINE = 14
WIDEST = 90  # what the diagram itself takes for a label of which nothing is said
MOST_LINES = 3
LARGEST = 130  # tasks, events and gateways; pools, lanes and subprocesses have labels inside


@dataclass
class Box:
    """Where a label or an element stands."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Whether the two cover some place together."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return across > 1 and down > 1


def give_room(root: Any, names: dict[str, str]) -> None:
    """Widen the labels of these elements (id -> English name) until no word is broken.

    A label keeps the side on which it touches its line or its element: it grows away from it. Where something else
    stands there, it changes to the other side of its line.
    """
    drawn = [*root.iter(f"{DI}BPMNShape"), *root.iter(f"{DI}BPMNEdge")]
    labels = {one.get("bpmnElement", ""): one.find(f"{DI}BPMNLabel/{DC}Bounds") for one in drawn}
    taken = {key: _box(bounds) for key, bounds in labels.items() if bounds is not None}
    around = {one.get("bpmnElement", ""): _box(own) for one in drawn if (own := one.find(f"{DC}Bounds")) is not None}
    small = [box for box in around.values() if box.width <= LARGEST]
    for one in drawn:
        key = one.get("bpmnElement", "")
        if key not in taken or not names.get(key):
            continue
        others = [*small, *(box for other, box in taken.items() if other != key)]
        ways = _ways(one, taken[key], names[key])
        taken[key] = next((way for way in ways if not any(way.meets(other) for other in others)), ways[0])
        for attribute, value in vars(taken[key]).items():
            labels[key].set(attribute, f"{value:g}")


def _box(bounds: Any) -> Box:
    return Box(**{key: float(bounds.get(key)) for key in ("x", "y", "width", "height")})


def _ways(drawn: Any, box: Box, name: str) -> list[Box]:
    """Where the grown label may stand, the best first."""
    first = _grown(box, name, *_touched(drawn, box))
    if drawn.find(f"{DC}Bounds") is not None:
        return [first]
    (ax, ay), (_bx, by) = _nearest(drawn, box)
    if ay == by:
        return [first, Box(first.x, 2 * ay - first.y - first.height, first.width, first.height)]
    return [first, Box(2 * ax - first.x - first.width, first.y, first.width, first.height)]


def _grown(box: Box, name: str, side: int, above: bool) -> Box:
    """The box wide and high enough for the name; `side`: 1 grows to the right, -1 to the left, 0 to both."""
    width = max(box.width, max(map(len, name.split())) * LETTER + EDGE)
    while width < WIDEST and _lines(name, width) > MOST_LINES:
        width += LETTER
    height = max(box.height, _lines(name, width) * LINE)
    x = {1: box.x, -1: box.x + box.width - width, 0: box.x + (box.width - width) / 2}[side]
    return Box(x, box.y + box.height - height if above else box.y, width, height)


def _lines(name: str, width: float) -> int:
    """How many lines the name takes in a width."""
    lines, taken = 1, 0.0
    width -= EDGE
    for word in name.split():
        needed = len(word) * LETTER
        if taken and taken + LETTER + needed > width:
            lines, taken = lines + 1, 0.0
        taken += needed + (LETTER if taken else 0)
    return lines


def _touched(drawn: Any, box: Box) -> tuple[int, bool]:
    """To which side the label may grow, and whether it stands above what it names."""
    middle, centre = box.x + box.width / 2, box.y + box.height / 2
    own = drawn.find(f"{DC}Bounds")
    if own is not None:
        left, top, width = (float(own.get(key)) for key in ("x", "y", "width"))
        side = 1 if box.x >= left + width else -1 if box.x + box.width <= left else 0
        return side, centre < top
    (ax, ay), (bx, by) = _nearest(drawn, box)
    if ay == by:
        return (1 if bx > ax else -1), centre < ay
    return (1 if middle > ax else -1), False


def _nearest(edge: Any, box: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """The stretch of a line that its label stands at."""
    middle, centre = box.x + box.width / 2, box.y + box.height / 2
    return min(_segments(edge), key=lambda one: _distance(one, middle, centre))


def _segments(edge: Any) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    points = [(float(point.get("x")), float(point.get("y"))) for point in edge.iter(WAYPOINT)]
    yield from zip(points, points[1:], strict=False)


def _distance(segment: tuple[tuple[float, float], tuple[float, float]], x: float, y: float) -> float:
    """From a point to a stretch that runs along or across the page."""
    (ax, ay), (bx, by) = segment
    across = max(min(ax, bx) - x, x - max(ax, bx), 0)
    along = max(min(ay, by) - y, y - max(ay, by), 0)
    return across + along
