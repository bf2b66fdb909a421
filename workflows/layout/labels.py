"""The texts beside the shapes: how much room they need and where they disturb least."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from math import ceil

from workflows.layout.parts import Box, Edge, Node, Point

WIDE, NARROW, LINE = 12.0, 6.5, 14.0  # pixels of a Chinese sign, of a letter, and of a line of text
WRAP = 8 * WIDE  # the viewers break texts beside shapes after about eight signs
GAP = 4.0


def size(text: str) -> tuple[float, float]:
    """Width and height of a text beside a shape, wrapped as the viewers wrap it."""
    long = sum(WIDE if unicodedata.east_asian_width(sign) in "WF" else NARROW for sign in text)
    return float(ceil(min(long, WRAP))), max(1, ceil(long / WRAP)) * LINE


def place(
    nodes: Sequence[Node], edges: Sequence[Edge], shapes: Mapping[str, Box], lines: Mapping[str, list[Point]]
) -> dict[str, Box]:
    """A box for the text of every node and edge that has one: the first of its usual places that is free, or else the
    one that covers least."""
    solid = list(shapes.values())
    strokes = [piece for points in lines.values() for piece in pieces(points)]
    placed: dict[str, Box] = {}
    wanted = [(node.id, _beside_node(node, shapes[node.id])) for node in nodes if node.label]
    wanted += [
        (edge.id, chain(_beside_line(edge.label, own_part(edge, edges, lines)), _beside_line(edge.label, lines[edge.id])))
        for edge in edges if edge.label
    ]  # fmt: skip
    for key, places in wanted:
        best, least = None, float("inf")
        for rank, box in enumerate(places):
            covered = _covers(box, solid) * 40 + _covers(box, strokes) * 10 + _covers(box, placed.values(), 1) * 30
            if covered + rank * 0.01 < least:
                best, least = box, covered + rank * 0.01
        assert best is not None
        placed[key] = best
    return placed


def own_part(edge: Edge, edges: Sequence[Edge], lines: Mapping[str, list[Point]]) -> list[Point]:
    """The line from where it has parted from all others that leave the same shape."""
    own = lines[edge.id]
    shared = max(
        (_shared(own, lines[one.id]) for one in edges if one.source == edge.source and one is not edge), default=0
    )
    return _without_first(own, shared)


def _shared(one: Sequence[Point], other: Sequence[Point]) -> float:
    """How many pixels two lines run together from their start."""
    length = 0.0
    for (a, b), (c, d) in zip(pairwise(one), pairwise(other), strict=False):
        if a != c or _way(a, b) != _way(c, d):
            break
        long, short = sorted((_length(a, b), _length(c, d)), reverse=True)
        length += short
        if long != short:
            break
    return length


def _without_first(points: Sequence[Point], length: float) -> list[Point]:
    for index, (a, b) in enumerate(pairwise(points)):
        piece = _length(a, b)
        if length < piece:
            way = _way(a, b)
            return [(a[0] + way[0] * length, a[1] + way[1] * length), *points[index + 1 :]]
        length -= piece
    return list(points)  # the very same line as another: nothing is its own


def _length(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _way(a: Point, b: Point) -> tuple[int, int]:
    return (b[0] > a[0]) - (b[0] < a[0]), (b[1] > a[1]) - (b[1] < a[1])


def pieces(points: Sequence[Point]) -> Iterator[Box]:
    """The straight pieces of a line, as boxes without breadth."""
    for (ax, ay), (bx, by) in pairwise(points):
        yield Box(min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by))


def _covers(box: Box, others: Iterable[Box], gap: float = 0) -> int:
    return sum(box.meets(other, gap) for other in others)


def _beside_node(node: Node, shape: Box) -> Iterator[Box]:
    width, height = size(node.label)
    middle, right, left = shape.x + shape.width / 2, shape.right, shape.x
    below, above = shape.bottom + GAP, shape.y - GAP - height
    if node.kind == "boundary":
        for down in (0.0, 6.0, 12.0):
            yield Box(middle + GAP, below - 2 + down, width, height)
            yield Box(middle - GAP - width, below - 2 + down, width, height)
        yield Box(right + GAP, shape.y + shape.height / 2 + 2, width, height)
        yield Box(left - GAP - width, shape.y + shape.height / 2 + 2, width, height)
        return
    upright, upside = Box(middle - width / 2, below, width, height), Box(middle - width / 2, above, width, height)
    yield from (upside, upright) if node.kind == "gateway" else (upright, upside)
    yield Box(middle + GAP, above, width, height)
    yield Box(middle - GAP - width, above, width, height)
    yield Box(middle + GAP, below, width, height)
    yield Box(middle - GAP - width, below, width, height)
    inset = 14 if node.kind == "gateway" else 4
    yield Box(right - inset, above + inset / 2, width, height)
    yield Box(left + inset - width, above + inset / 2, width, height)
    yield Box(right - inset, below - inset / 2, width, height)
    yield Box(left + inset - width, below - inset / 2, width, height)


def _beside_line(text: str, points: Sequence[Point]) -> Iterator[Box]:
    """Near the start of the line: over or under its level pieces, right or left of its upright ones."""
    width, height = size(text)
    for (ax, ay), (bx, by) in pairwise(points):
        if ay == by:
            way = 1 if bx > ax else -1
            reach = abs(bx - ax)
            for along in [GAP + 2, *range(20, int(max(reach - width, 0)), 20)]:
                x = ax + along if way > 0 else ax - along - width
                yield Box(x, ay - 3 - height, width, height)
                yield Box(x, ay + 3, width, height)
        else:
            way = 1 if by > ay else -1
            for along in [GAP, *range(16, int(max(abs(by - ay) - height, 0)), 16)]:
                y = ay + along if way > 0 else ay - along - height
                yield Box(ax + GAP, y, width, height)
                yield Box(ax - GAP - width, y, width, height)
