"""Draws one level of a process: places the nodes, finds the lines' ways, then takes out the room that nothing uses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from math import ceil

from workflows.layout import cells, labels
from workflows.layout.arrange import Arrangement, folded, followers, improve
from workflows.layout.axis import Axis, Channel, Strip
from workflows.layout.cells import Cell
from workflows.layout.parts import Box, Edge, Node, Picture, Point
from workflows.layout.routes import DOWN, LEFT, RIGHT, UP, Route, Router, bends, crossings

COLUMN_GAP, ROW_GAP = 44.0, 20.0  # pixels between the shapes of neighbouring columns and rows, without lines between
LANE_PAD = 14.0  # from a lane's edge to what stands in it
TRACKS = 4  # lines side by side to begin with; more where that is not enough
MOST_TRACKS = 32
GLANCE_TRACKS = 2
# What makes a drawing hard to follow, in bends of lines: a crossing, a row, a column, lines on each other, a text
# without a free place; and how many pixels of line are as bad as a bend.
CROSSING, ROW, COLUMN, ON_EACH_OTHER, TIGHT, PIXELS = 4.0, 1.5, 2.0, 50.0, 40.0, 600.0
RETURNED, BELOW, UPWARDS = 2.0, 1.5, 8.0  # the same for a way that goes on further left, right below, or not even below
SMALLER = 20.0  # once more as large as a screen: so much smaller are the texts that one sees at once
SCREEN = 1400.0, 800.0  # pixels
WIDEST = 16  # columns that still can be read on one screen; what is longer may go on below, from the left
MOST_WALKS = 2  # beginnings from which other arrangements are tried
MOST_WIDER, LEAST_WIDER = 6, 12.0  # how often the sheet is made wider for its texts, and by how many pixels at least


def draw(
    nodes: Sequence[Node], edges: Sequence[Edge], bands: int, *, tries: int = 0, lanes_move: bool = False
) -> Picture:
    """The drawing of these nodes and lines in so many bands one under the other. Empty: no size. So many other
    arrangements are tried, with `lanes_move` also of the bands."""
    if not nodes:
        return Picture(bands=[(0.0, 0.0)] * bands)
    placed, order = cells.place(nodes, edges), tuple(range(bands))
    hosts = {node.id: node.host or node.id for node in nodes}
    after = followers(placed, ((hosts[edge.source], hosts[edge.target]) for edge in edges))

    onward = {edge.id for edge in edges if placed[hosts[edge.source]].column < placed[hosts[edge.target]].column}

    def sheet(one: Arrangement) -> _Sheet:
        return _Sheet(nodes, edges, one, onward)

    def cost(one: Arrangement) -> float:
        return sheet(one).cost()

    begun = [Arrangement(placed, order)]
    if tries:
        begun += [Arrangement(folded(placed, after, parts), order) for parts in _parts(begun[0].width())]
    hopeful = sorted(begun, key=cost)[:MOST_WALKS]
    found = [improve(first, cost, tries // len(hopeful), after, lanes_move=lanes_move) for first in hopeful]
    different = [begun[0], *(one for number, one in enumerate(found) if one not in [begun[0], *found[:number]])]
    return min((sheet(one).drawn() for one in different), key=lambda one: one[0])[1]


def _parts(columns: int) -> range:
    """In how many lines a flow of so many columns may be written."""
    return range(2, 1 + ceil(columns / WIDEST * 3 / 2)) if columns > WIDEST else range(0)


class _Sheet:
    """`onward` are the edges that lead on in time; all others lead back."""

    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge], arrangement: Arrangement, onward: Collection[str]):
        self.nodes = {node.id: node for node in nodes}
        self.edges, self.onward = edges, onward
        self.cells, self.order = arrangement.cells, arrangement.order
        self.columns = 1 + max(cell.column for cell in self.cells.values())
        self.first_row: dict[int, int] = {}
        self.last_row: dict[int, int] = {}
        self.rows = 0
        for band in self.order:
            self.first_row[band] = self.rows
            self.rows += arrangement.height(band)
            self.last_row[band] = self.rows - 1
        self.column_strips, self.row_strips = self._strips()

    def cost(self) -> float:
        """How hard this arrangement is to follow, at a glance: few tracks, one round."""
        across, down, router = self._router(GLANCE_TRACKS)
        return self._cost(across, down, router.route_all(self.edges, 1), router.overlaps())

    def drawn(self) -> tuple[float, Picture]:
        """The picture and what it costs."""
        across, down, routes, overlaps = self._routed()
        picture, tight = self._picture(across, down, routes)
        return self._cost(across, down, routes, overlaps) + TIGHT * tight, picture

    def _cost(self, across: Axis, down: Axis, routes: Mapping[str, Route], overlaps: int) -> float:
        long = sum(
            abs(across.lines[a[0]] - across.lines[b[0]]) + abs(down.lines[a[1]] - down.lines[b[1]])
            for route in routes.values() for a, b in pairwise(route.crossings)
        )  # fmt: skip
        turned = sum(len(bends(route)) for route in routes.values())
        followed = ON_EACH_OTHER * overlaps + CROSSING * crossings(routes) + turned + long / PIXELS
        large = max(across.end / SCREEN[0], down.end / SCREEN[1], 1.0)
        return followed + self._against_time() + ROW * self.rows + COLUMN * self.columns + SMALLER * large

    def _against_time(self) -> float:
        """How often one has to read to the left, though time goes on, or even up."""
        cost = 0.0
        for edge in self.edges:
            one, other = (self.cells[self.nodes[end].host or end] for end in (edge.source, edge.target))
            if edge.id in self.onward and other.column <= one.column:
                cost += RETURNED if other.column < one.column else BELOW * (other.band == one.band)
                cost += UPWARDS * (other.band == one.band and other.row <= one.row)
        return cost

    def _picture(self, across: Axis, down: Axis, routes: Mapping[str, Route]) -> tuple[Picture, int]:
        """And how many texts found no free place."""
        across, columns = across.kept({at[0] for route in routes.values() for at in bends(route)})
        down, rows = down.kept({at[1] for route in routes.values() for at in bends(route)})
        across, shapes, lines, texts, tight = self._with_texts(across, down, columns, rows, routes)
        left = min([0.0, *(box.x - 10 for box in texts.values())])
        top = min([0.0, *(box.y - 10 for box in texts.values())])
        whole = Picture(shapes=shapes, lines=lines, labels=texts)
        picture = Picture(width=max([across.end, *(box.right + 10 for box in texts.values())]) - left)
        picture.take(whole, -left, -top)
        picture.height = max([self._edge(down, self.rows - 1), *(box.bottom + 10 for box in texts.values())]) - top
        for band in sorted(self.order):
            first, last = self.first_row[band], self.last_row[band]
            upper = self._edge(down, first - 1) - top if first else 0.0
            picture.bands.append((upper, self._edge(down, last) - top if last + 1 < self.rows else picture.height))
        return picture, tight

    def _edge(self, down: Axis, row: int) -> float:
        """The lower edge of a band whose last row this is."""
        channel = down.channels[row + 1]
        return down.starts[row + 1] + channel.width() - (LANE_PAD if row + 1 < self.rows else 0)

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
            at_border = row in self.last_row.values()
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

    def _router(self, tracks: int) -> tuple[Axis, Axis, Router]:
        channels_across, channels_down = self._channels(tracks)
        across, down = Axis(self.column_strips, channels_across), Axis(self.row_strips, channels_down)
        return across, down, Router(across, down, self.nodes, self._shapes(across, down))

    def _routed(self) -> tuple[Axis, Axis, dict[str, Route], int]:
        """Ways for all lines; with more tracks where two would lie on each other otherwise."""
        tracks, before = TRACKS, -1
        while True:
            across, down, router = self._router(tracks)
            routes = router.route_all(self.edges)
            left = router.overlaps()
            if not left or left == before or tracks >= MOST_TRACKS:
                return across, down, routes, left
            tracks, before = tracks * 2, left

    def _with_texts(
        self, across: Axis, down: Axis, columns: Mapping[int, int], rows: Mapping[int, int], routes: Mapping[str, Route]
    ) -> tuple[Axis, dict[str, Box], dict[str, list[Point]], dict[str, Box], int]:
        """Shapes, lines and texts, and how many of these found no place; the sheet grows wider until every line's text
        has room beside its own stretch, or until that helps no more."""
        borders = [self._edge(down, row) for row in self.last_row.values() if row + 1 < self.rows]
        best = None
        for _round in range(MOST_WIDER):
            shapes = self._shapes(across, down)
            lines = {edge.id: self._line(edge, routes[edge.id], across, down, columns, rows, shapes)
                     for edge in self.edges}  # fmt: skip
            texts, tight = labels.place(list(self.nodes.values()), self.edges, shapes, lines,
                                        [Box(0.0, edge, across.end, 0.0) for edge in borders])  # fmt: skip
            if best is None or len(tight) < best[0]:
                best = (len(tight), (across, shapes, lines, texts, len(tight)))
            if not tight:
                break
            channels = self._wider(across, tight, lines)
            if channels == across.channels:
                break
            across = Axis(across.strips, channels)
        assert best is not None
        return best[1]

    def _wider(self, across: Axis, tight: Collection[str], lines: Mapping[str, list[Point]]) -> list[Channel]:
        """The channels with more room where these lines' own stretches run level."""
        wanted: dict[tuple[int, str], float] = {}
        for edge in self.edges:
            if edge.id not in tight:
                continue
            own = labels.own_part(edge, self.edges, lines)
            level = [piece for piece in labels.pieces(own) if piece.width] or list(labels.pieces(own))[:1]
            piece = max(level, key=lambda one: one.width)
            where = across.room(piece.x, piece.right)
            missing = max(
                labels.size(edge.label)[0] + 2 * labels.CLEAR + (14 if edge.marked else 2) - piece.width, LEAST_WIDER
            )
            wanted[where] = max(wanted.get(where, 0.0), missing)
        channels = list(across.channels)
        for node in self.nodes.values():
            if node.host and node.id in tight:
                wanted.update(self._beside_host(node, channels))
        for (index, part), more in wanted.items():
            channels[index] = channels[index].wider(part, more)
        return channels

    def _beside_host(self, node: Node, channels: Sequence[Channel]) -> Mapping[tuple[int, str], float]:
        """The room beside its host that the text of a boundary event still wants: on the left of one on the left."""
        host = self.nodes[node.host or ""]
        column, half = self.cells[host.id].column, host.width / 2
        needed = labels.size(node.label)[0] + labels.GAP + labels.CLEAR
        if node.shift < 0:
            more = needed - (half + node.shift) - channels[column].trail
            return {(column, "trail"): more} if more > 0 else {}
        more = needed - (half - node.shift) - channels[column + 1].lead
        return {(column + 1, "lead"): more} if more > 0 else {}

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
