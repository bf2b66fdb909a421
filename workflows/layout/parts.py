"""What a drawing is made of: boxes in pixels, the nodes and lines of one level of a process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels, `x` and `y` its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def meets(self, other: Box, gap: float = 0) -> bool:
        across = self.x - gap < other.right and other.x - gap < self.right
        return across and self.y - gap < other.bottom and other.y - gap < self.bottom

    def moved(self, x: float, y: float) -> Box:
        return Box(self.x + x, self.y + y, self.width, self.height)


Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """A flow node. `kind` is activity, event, gateway or boundary; `label` is the name written outside of the shape;
    `band` the number of its lane; `shift` how far the centre of a boundary event lies right of its host's centre."""

    id: str
    kind: str
    width: float
    height: float
    band: int = 0
    label: str = ""
    host: str | None = None
    shift: float = 0


@dataclass(frozen=True)
class Edge:
    """A sequence flow; `marked` with a stroke near its beginning where it is the default."""

    id: str
    source: str
    target: str
    label: str = ""
    marked: bool = False


@dataclass
class Picture:
    """A finished drawing: where the shapes, the lines' points and the texts beside them lie, and the upper and
    lower edge of every band, all measured from the upper left corner."""

    width: float = 0
    height: float = 0
    shapes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    bands: list[tuple[float, float]] = field(default_factory=list)

    def take(self, other: Picture, x: float, y: float) -> None:
        """Put another drawing into this one, its upper left corner at x, y."""
        self.shapes.update({key: box.moved(x, y) for key, box in other.shapes.items()})
        self.labels.update({key: box.moved(x, y) for key, box in other.labels.items()})
        self.lines.update({key: [(a + x, b + y) for a, b in points] for key, points in other.lines.items()})
