"""Draws one level of a process: places the nodes, finds the lines' ways, then takes out the room that nothing uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from workflows.layout import cells, labels
from workflows.layout.axis import Axis, Channel, Strip
from workflows.layout.cells import Cell
from workflows.layout.parts import Box, Edge, Node, Picture, Point
from workflows.layout.routes import DOWN, LEFT, RIGHT, UP, Route, Router, bends

COLUMN_GAP, ROW_GAP = 44.0, 20.0  # pixels between the shapes of neighbouring columns and rows, without lines between
LANE_PAD = 14.0  # from a lane's edge to what stands in it
TRACKS = 4  # lines side by side to begin with; more where that is not enough
MOST_TRACKS = 32


def draw(nodes: Sequence[Node], edges: Sequence[Edge], bands: int) -> Picture:
    """The drawing of these nodes and lines in so many bands one under the other. Empty: no size."""
    if not nodes:
        return Picture(bands=[0.0] * bands)
    return _Sheet(nodes, edges, bands).picture()


class _Sheet:
    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge], bands: int):
        self.nodes = {node.id: node for node in nodes}
        self.edges = edges
        self.cells = cells.place(nodes, edges)
        self.columns = 1 + max(cell.column for cell in self.cells.values())
        heights = [1 + max((cell.row for cell in self.cells.values() if cell.band == band), default=0)
                   for band in range(bands)]  # fmt: skip
        self.first_row = [sum(heights[:band]) for band in range(bands)]
        self.last_rows = {first + height - 1 for first, height in zip(self.first_row, heights, strict=True)}
        self.rows = sum(heights)
        self.column_strips, self.row_strips = self._strips()

    def picture(self) -> Picture:
        across, down, routes = self._routed()
        across, columns = across.kept({at[0] for route in routes.values() for at in bends(route)})
        down, rows = down.kept({at[1] for route in routes.values() for at in bends(route)})
        across = Axis(across.strips, self._room_for_texts(across, routes))
        shapes = self._shapes(across, down)
        lines = {edge.id: self._line(edge, routes[edge.id], across, down, columns, rows, shapes) for edge in self.edges}
        texts = labels.place(list(self.nodes.values()), self.edges, shapes, lines)
        edges_of_bands = [down.starts[row + 1] + down.channels[row + 1].width() - (LANE_PAD if row + 1 < self.rows else 0)
                          for row in sorted(self.last_rows)]  # fmt: skip
        left = min([0.0, *(box.x - 10 for box in texts.values())])
        top = min([0.0, *(box.y - 10 for box in texts.values())])
        whole = Picture(shapes=shapes, lines=lines, labels=texts)
        picture = Picture(width=max([across.end, *(box.right + 10 for box in texts.values())]) - left)
        picture.take(whole, -left, -top)
        picture.bands = [edge - top for edge in edges_of_bands]
        picture.bands[-1] = max([picture.bands[-1], *(box.bottom + 10 - top for box in texts.values())])
        picture.height = picture.bands[-1]
        return picture

    # --- columns and rows ---

    def _strips(self) -> tuple[list[Strip], list[Strip]]:
        wide = [50.0] * self.columns
        offsets: list[set[float]] = [{0.0} for _ in range(self.columns)]
        above, below = [40.0] * self.rows, [40.0] * self.rows
        for node in self.nodes.values():
            cell = self.cells[node.host or node.id]
            row = self._row(cell)
            text = labels.size(node.label)[1] + labels.GAP if node.label else 0.0
            if node.host:
                offsets[cell.column].add(node.shift)
                height = self.nodes[node.host].height
                below[row] = max(below[row], (height + node.height) / 2 + text)
                continue
            wide[cell.column] = max(wide[cell.column], node.width / 2)
            over, under = (text, 0.0) if node.kind == "gateway" else (0.0, text)
            above[row] = max(above[row], node.height / 2 + over)
            below[row] = max(below[row], node.height / 2 + under)
        columns = [Strip(half, half, tuple(sorted(lines))) for half, lines in zip(wide, offsets, strict=True)]
        return columns, [Strip(over, under) for over, under in zip(above, below, strict=True)]

    def _row(self, cell: Cell) -> int:
        return self.first_row[cell.band] + cell.row

    def _channels(self, tracks: int) -> tuple[list[Channel], list[Channel]]:
        across = [Channel(tracks, COLUMN_GAP) for _ in range(self.columns + 1)]
        down = [Channel(tracks, LANE_PAD, lead=LANE_PAD / 2)]
        for row in range(self.rows):
            at_border = row in self.last_rows
            trail = LANE_PAD if at_border and row + 1 < self.rows else 0.0
            down.append(Channel(tracks, (LANE_PAD + trail) if at_border else ROW_GAP, trail=trail))
        return across, down

    def _shapes(self, across: Axis, down: Axis) -> dict[str, Box]:
        found = {}
        for node in self.nodes.values():
            cell = self.cells[node.host or node.id]
            x, y = across.middles[cell.column] + node.shift, down.middles[self._row(cell)]
            if node.host:
                y += self.nodes[node.host].height / 2
            found[node.id] = Box(x - node.width / 2, y - node.height / 2, node.width, node.height)
        return found

    # --- lines ---

    def _routed(self) -> tuple[Axis, Axis, dict[str, Route]]:
        """Ways for all lines; with more tracks where two would lie on each other otherwise."""
        tracks, before = TRACKS, -1
        while True:
            channels_across, channels_down = self._channels(tracks)
            across, down = Axis(self.column_strips, channels_across), Axis(self.row_strips, channels_down)
            router = Router(across, down, self.nodes, self._shapes(across, down))
            routes = router.route_all(self.edges)
            left = router.overlaps()
            if not left or left == before or tracks >= MOST_TRACKS:
                return across, down, routes
            tracks, before = tracks * 2, left

    def _room_for_texts(self, across: Axis, routes: Mapping[str, Route]) -> list[Channel]:
        """Texts over a line's first piece need room before the line bends, or before the next shape; where several
        lines leave together, behind the place where the others have turned off."""
        channels = list(across.channels)
        together = Counter((edge.source, routes[edge.id].leaves) for edge in self.edges)
        for edge in self.edges:
            route = routes[edge.id]
            straight, alone = not bends(route), together[edge.source, route.leaves] == 1
            if not edge.label or route.leaves != RIGHT or not (straight or alone):
                continue
            column = self.cells[self.nodes[edge.source].host or edge.source].column
            before, after = self._spare(column, edge.source), self._spare(column + 1, edge.target)
            wanted = labels.size(edge.label)[0] + 14
            channel = channels[column + 1]
            if not alone:
                channel = replace(channel, trail=max(channel.trail, wanted - after))
            elif channel.tracks:
                channel = replace(channel, lead=max(channel.lead, wanted - before))
            else:
                channel = replace(channel, least=max(channel.least, wanted - before))
            channels[column + 1] = channel
        return channels

    def _spare(self, column: int, name: str) -> float:
        """The room between a shape and the edge of a column; none where the shape stands in another column."""
        own = self.cells[self.nodes[name].host or name].column
        return self.column_strips[column].after - self.nodes[name].width / 2 if own == column else 0.0

    def _line(self, edge: Edge, route: Route, across: Axis, down: Axis, columns: Mapping[int, int],
              rows: Mapping[int, int], shapes: Mapping[str, Box]) -> list[Point]:  # fmt: skip
        first = _port(shapes[edge.source], route.leaves)
        last = _port(shapes[edge.target], (-route.enters[0], -route.enters[1]))
        points = [first]
        for at in bends(route):
            points.append((across.lines[columns[at[0]]], down.lines[rows[at[1]]]))
        points.append(last)
        return _smooth(points)


def _port(box: Box, side: tuple[int, int]) -> Point:
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    return {RIGHT: (box.right, middle_y), LEFT: (box.x, middle_y),
            DOWN: (middle_x, box.bottom), UP: (middle_x, box.y)}[side]  # fmt: skip


def _smooth(points: list[Point]) -> list[Point]:
    """Without points that lie on the straight between their neighbours."""
    kept = [points[0]]
    for point, after in pairwise(points[1:]):
        before = kept[-1]
        if not (before[0] == point[0] == after[0] or before[1] == point[1] == after[1]):
            kept.append(point)
    return [*kept, points[-1]]
