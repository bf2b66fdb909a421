"""Gives every node a column and a row of its lane: time goes to the right, the main way lies straight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from workflows.layout.parts import Edge, Node


class Cell(NamedTuple):
    """A place in the grid: rows are counted within their band (lane)."""

    column: int
    band: int
    row: int


Successors = Mapping[str, Sequence[str]]


def place(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, Cell]:
    """The cells of all nodes but boundary events, which lie on their host. Nodes and edges are in file order."""
    hosts = {node.id: node.host or node.id for node in nodes}
    standing = [node for node in nodes if node.host is None]
    after: dict[str, list[str]] = {node.id: [] for node in standing}
    straight: dict[str, list[str]] = {node.id: [] for node in standing}
    for edge in sorted(edges, key=lambda one: hosts[one.source] != one.source):  # handlers of boundaries come last
        source, target = hosts[edge.source], hosts[edge.target]
        if target not in after[source] and source != target:
            after[source].append(target)
            if source == edge.source:
                straight[source].append(target)
    forward = _without_back_edges(after)
    columns = _columns(forward)
    return _Placing(standing, forward, straight, columns).cells()


def _without_back_edges(after: Successors) -> dict[str, list[str]]:
    """The graph without those edges that lead back to a node on the way to them, walking depth first."""
    entered = {target for targets in after.values() for target in targets}
    forward: dict[str, list[str]] = {node: [] for node in after}
    seen: set[str] = set()
    for root in sorted(after, key=lambda one: one in entered):
        if root in seen:
            continue
        seen.add(root)
        on_the_way = {root}
        stack: list[tuple[str, Iterator[str]]] = [(root, iter(after[root]))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if target in on_the_way:
                    continue
                forward[node].append(target)
                if target not in seen:
                    seen.add(target)
                    on_the_way.add(target)
                    stack.append((target, iter(after[target])))
                    break
            else:
                on_the_way.discard(node)
                stack.pop()
    return forward


def _in_order(forward: Successors) -> list[str]:
    """The nodes so that each comes behind all that lead to it."""
    open_ends = dict.fromkeys(forward, 0)
    for targets in forward.values():
        for target in targets:
            open_ends[target] += 1
    ready, order = [node for node, count in open_ends.items() if not count], []
    while ready:
        node = ready.pop(0)
        order.append(node)
        for target in forward[node]:
            open_ends[target] -= 1
            if not open_ends[target]:
                ready.append(target)
    return order


def _columns(forward: Successors) -> dict[str, int]:
    """The longest way from a start, counted in nodes."""
    columns = dict.fromkeys(forward, 0)
    for node in _in_order(forward):
        for target in forward[node]:
            columns[target] = max(columns[target], columns[node] + 1)
    return columns


class _Placing:
    """Lays one way after the other into the rows: the longest first, each as near to where it leaves as it can be."""

    def __init__(self, nodes: Sequence[Node], forward: Successors, straight: Successors, columns: Mapping[str, int]):
        self.bands = {node.id: node.band for node in nodes}
        self.forward, self.columns = forward, columns
        self.straight = {one: [target for target in forward[one] if target in straight[one]] for one in forward}
        self.before: dict[str, list[str]] = defaultdict(list)
        for source, targets in forward.items():
            for target in targets:
                self.before[target].append(source)
        self.length: dict[str, int] = {}
        for node in reversed(_in_order(forward)):
            self.length[node] = 1 + max((self.length[one] for one in self.straight[node]), default=0)
        self.found: dict[str, Cell] = {}
        self.taken: dict[int, set[tuple[int, int]]] = defaultdict(set)
        self.kept_free: dict[int, set[tuple[int, int]]] = defaultdict(set)
        self.heights: dict[int, int] = defaultdict(int)

    def cells(self) -> dict[str, Cell]:
        order = {node: index for index, node in enumerate(self.forward)}
        while left := [node for node in self.forward if node not in self.found]:
            joined = [one for one in left if any(before in self.found for before in self.before[one])]
            roots = [one for one in left if not self.before[one]]
            if joined:
                first = min(joined, key=lambda one: (-self.length[one], self.columns[one], order[one]))
            else:
                first = max(roots, key=lambda one: (self.length[one], -order[one]))
            self._lay(self._way(first))
        return self.found

    def _way(self, node: str) -> list[str]:
        way = [node]
        while onward := [one for one in self.straight[way[-1]] if one not in self.found]:
            way.append(max(onward, key=lambda one: self.length[one]))
        return way

    def _lay(self, way: list[str]) -> None:
        """The pieces of the way that lie in one band go into one row, if there is room."""
        while way:
            band = self.bands[way[0]]
            piece = [way[0]]
            for node in way[1:]:
                if self.bands[node] != band:
                    break
                piece.append(node)
            way = way[len(piece) :]
            self._lay_piece(piece, band)

    def _lay_piece(self, piece: list[str], band: int) -> None:
        came_from = [self.found[one] for one in self.before[piece[0]] if one in self.found]
        goes_to = [self.found[one] for one in self.forward[piece[-1]] if one in self.found]
        own = [self.columns[one] for one in piece]
        costs = {
            row: self._cost(row, band, own, came_from, goes_to)
            for row in range(self.heights[band] + 1)
            if not any((column, row) in self.taken[band] for column in own)
        }
        row = min(costs, key=lambda one: (costs[one], one))
        self.heights[band] = max(self.heights[band], row + 1)
        for node, column in zip(piece, own, strict=True):
            self.found[node] = Cell(column, band, row)
            self.taken[band].add((column, row))
        self.kept_free[band].update((column, row) for column in range(own[0], own[-1]))
        for cell in (*came_from, *goes_to):
            if (cell.band, cell.row) == (band, row):
                low, high = sorted((cell.column, own[0] if cell.column < own[0] else own[-1]))
                self.kept_free[band].update((column, row) for column in range(low + 1, high))

    def _cost(
        self, row: int, band: int, own: list[int], came_from: Collection[Cell], goes_to: Collection[Cell]
    ) -> float:
        cost = 1.5 if row == self.heights[band] else 0.0
        cost += sum(2.0 for column in range(own[0], own[-1] + 1) if (column, row) in self.kept_free[band])
        cost += sum(3.0 for column in range(own[0], own[-1]) if (column, row) in self.taken[band])
        for cell in came_from:
            cost += self._distance(row, band, cell) / len(came_from)
            if cell.band == band:
                low, high = sorted((row, cell.row))
                cost += sum(2.0 for between in range(low + 1, high) if (cell.column, between) in self.taken[band])
                if cell.row == row:
                    cost += sum(1.5 for column in range(cell.column + 1, own[0]) if (column, row) in self.taken[band])
            if row != cell.row and (cell.column, row) in self.taken[band]:
                cost += 0.5
        for cell in goes_to:
            cost += 0.25 * self._distance(row, band, cell) / len(goes_to)
        return cost

    def _distance(self, row: int, band: int, cell: Cell) -> float:
        """How many rows lie between; from a band below, the last row is the nearest."""
        if cell.band == band:
            return abs(row - cell.row)
        return row * 0.5 if cell.band < band else max(self.heights[band] - 1 - row, 0) * 0.5
