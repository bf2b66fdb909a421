"""The texts beside the shapes: how much room they need and where they disturb least."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil

from workflows.layout.parts import Box, Edge, Node, Point

WIDE, NARROW, LINE = 12.0, 6.5, 14.0  # pixels of a Chinese sign, of a letter, and of a line of text
WRAP = 8 * WIDE  # the viewers break texts beside shapes after about eight signs
SLACK = 2.0  # the viewers break a line that only just fits
GAP = 4.0
APART = 3.0  # what it keeps from shapes, so that none begins where it ends
CLEAR = 7.0  # what the text of a line keeps from all others, so that it is plain to which it belongs


def signs(text: str) -> float:
    """How many pixels a text needs in one line."""
    return sum(WIDE if unicodedata.east_asian_width(sign) in "WF" else NARROW for sign in text)


def size(text: str) -> tuple[float, float]:
    """Width and height of a text beside a shape, in lines of about the same length."""
    long = signs(text)
    lines = max(1, ceil(long / WRAP))
    return float(ceil(long if lines == 1 else ceil(long / lines / WIDE) * WIDE + SLACK)), lines * LINE


def place(
    nodes: Sequence[Node], edges: Sequence[Edge], shapes: Mapping[str, Box], lines: Mapping[str, list[Point]],
    borders: Sequence[Box],
) -> tuple[dict[str, Box], set[str]]:  # fmt: skip
    """A box for the text of every node and edge that has one: the first of its usual places that is free, or else the
    one that covers least of shapes, lines, other texts and the `borders` of lanes. And those for whose text there is no free
    place, of an edge: none beside its own stretch."""
    solid = list(shapes.values())
    strokes = {name: list(pieces(points)) for name, points in lines.items()}
    placed: dict[str, Box] = {}
    tight: set[str] = set()

    def covered(box: Box, gap: float = 0) -> int:
        return _covers(box, solid, gap) * 40 + _covers(box, placed.values(), CLEAR) * 30 + _covers(box, borders) * 5

    for node in nodes:
        if node.label:
            every = [piece for one in strokes.values() for piece in one]
            places = _beside_node(node, shapes[node.id])
            placed[node.id], cost = _best(places, lambda box: covered(box) + 10 * _covers(box, every))  # noqa: B023
            if cost:
                tight.add(node.id)
    for edge in edges:
        if edge.label:
            own = own_part(edge, edges, lines)
            others = [piece for name, one in strokes.items() if name != edge.id for piece in one]
            placed[edge.id], cost = _best(
                _beside_line(edge, own, forked=own[0] != lines[edge.id][0]),
                lambda box: (
                    covered(box, APART) + 10 * _covers(box, strokes[edge.id]) + 5 * _covers(box, others, CLEAR)  # noqa: B023
                ),
            )
            if cost:
                tight.add(edge.id)
    return placed, tight


def _best(places: Iterable[Box], cost: Callable[[Box], float]) -> tuple[Box, float]:
    """The first that costs nothing, or else the cheapest, and its cost."""
    costs = ((box, cost(box)) for box in places)
    least: tuple[Box, float] | None = None
    for box, much in costs:
        if least is None or much < least[1]:
            least = (box, much)
        if not much:
            break
    assert least is not None
    return least


def own_part(edge: Edge, edges: Sequence[Edge], lines: Mapping[str, list[Point]]) -> list[Point]:
    """The line from where it has parted from all others that leave the same shape, to where it joins others that enter
    the same."""
    own = lines[edge.id]
    leaving = [lines[one.id] for one in edges if one.source == edge.source and one is not edge]
    entering = [lines[one.id][::-1] for one in edges if one.target == edge.target and one is not edge]
    begun = _without_first(own, max((_shared(own, one) for one in leaving), default=0))
    ended = _without_first(own[::-1], max((_shared(own[::-1], one) for one in entering), default=0))[::-1]
    cut = sum(_length(a, b) for a, b in pairwise(own)) - sum(_length(a, b) for a, b in pairwise(ended))
    rest = sum(_length(a, b) for a, b in pairwise(begun)) - cut
    return _without_first(begun[::-1], cut)[::-1] if rest > 0 else begun


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
        for down in (0.0, 6.0, 12.0, 20.0, 28.0):
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
    for away in (GAP, 2 * GAP, 3 * GAP):
        yield Box(middle + GAP + away, above - away, width, height)
        yield Box(middle - GAP - away - width, above - away, width, height)
        yield Box(middle + GAP + away, below + away, width, height)
        yield Box(middle - GAP - away - width, below + away, width, height)


def _beside_line(edge: Edge, points: Sequence[Point], *, forked: bool) -> Iterator[Box]:
    """Near the start of the line: over or under its level pieces, right or left of its upright ones; where it has
    forked off from others, the level pieces first: beside the fork it is not plain whose text it is."""
    width, height = size(edge.label)
    near = [] if edge.marked and not forked else [GAP, CLEAR + 1]
    for (ax, ay), (bx, by) in sorted(pairwise(points), key=lambda piece: forked and piece[0][1] != piece[1][1]):
        if ay == by:
            way = 1 if bx > ax else -1
            reach = abs(bx - ax)
            for along in [*near[1:], 20, *range(40, int(max(reach - width, 0)), 20)]:
                x = ax + along if way > 0 else ax - along - width
                yield Box(x, ay - 3 - height, width, height)
                yield Box(x, ay + 3, width, height)
        else:
            way = 1 if by > ay else -1
            for along in [*near, 16, *range(32, int(max(abs(by - ay) - height, 0)), 16)]:
                y = ay + along if way > 0 else ay - along - height
                yield Box(ax + GAP, y, width, height)
                yield Box(ax - GAP - width, y, width, height)
