"""Finds the way of every line through the free lines of the sheet: short, few bends, over nothing else if avoidable."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from workflows.layout.axis import Axis
from workflows.layout.parts import Box, Edge, Node

RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)
Direction = tuple[int, int]
Crossing = tuple[int, int]  # numbers of the upright and of the level line that cross here
State = tuple[Crossing, Direction]
Step = tuple[Crossing, bool]  # from a crossing; True: to the right, False: down
Onward = tuple[Direction, Crossing | None, Step, float]  # where a step leads, None against a wall, and its length
FINISH: Crossing = (-1, -1)  # inside of the shape where a line ends

BEND, CROSSED, BENT_ON, OVER = 30.0, 25.0, 600.0, 2000.0
NO_STRETCH = 300.0  # a line with a text that lies nowhere alone
MARGIN = 8.0  # pixels that lines of others keep from a shape

# What it costs to leave a shape on a side, or to enter it there (the direction is that of the line).
LEAVING = {
    "activity": {RIGHT: 0.0, DOWN: 30.0, UP: 30.0, LEFT: 150.0},
    "event": {RIGHT: 0.0, DOWN: 40.0, UP: 20.0, LEFT: 150.0},
    "gateway": {RIGHT: 0.0, DOWN: 5.0, UP: 30.0, LEFT: 150.0},
    "boundary": {DOWN: 0.0},
}
ENTERING = {
    "activity": {RIGHT: 0.0, UP: 30.0, DOWN: 30.0, LEFT: 150.0},
    "event": {RIGHT: 0.0, UP: 40.0, DOWN: 20.0, LEFT: 150.0},
    "gateway": {RIGHT: 0.0, UP: 5.0, DOWN: 30.0, LEFT: 150.0},
}
SIDE_IN_USE = 60.0  # a second line out of the same corner of a gateway: their texts would have to share the room


@dataclass(frozen=True)
class Stub:
    """Where a line leaves or enters a shape: the first free crossing outside, the line's direction, the cost."""

    at: Crossing
    direction: Direction
    cost: float


@dataclass(frozen=True)
class Route:
    """A line's way: crossings where it begins, bends and ends, and the directions out of and into the shapes."""

    crossings: tuple[Crossing, ...]
    leaves: Direction
    enters: Direction


class Router:
    """Routes edges one after the other; each sees where the others run."""

    def __init__(self, across: Axis, down: Axis, nodes: Mapping[str, Node], shapes: Mapping[str, Box]):
        self.across, self.down, self.nodes, self.shapes = across, down, nodes, shapes
        self.walls: set[tuple[Crossing, bool]] = set()  # a step from a crossing; True: to the right, False: down
        for box in shapes.values():
            self._wall(box)
        self.hosts = {node.host for node in nodes.values() if node.host}
        self.steps: dict[tuple[Crossing, bool], list[Edge]] = defaultdict(list)
        self.points: dict[Crossing, list[tuple[Edge, str]]] = defaultdict(list)
        self.sides: dict[tuple[str, Direction, bool], list[Edge]] = defaultdict(list)
        self.routes: dict[str, Route] = {}
        self.onward: dict[Crossing, list[Onward]] = {}

    def _wall(self, box: Box) -> None:
        left, right, top, bottom = box.x - MARGIN, box.right + MARGIN, box.y - MARGIN, box.bottom + MARGIN
        for line in self.down.within(top, bottom):
            self.walls.update(((step, line), True) for step in self.across.steps_within(left, right))
        for line in self.across.within(left, right):
            self.walls.update(((line, step), False) for step in self.down.steps_within(top, bottom))

    def route_all(self, edges: Sequence[Edge], rounds: int = 6) -> dict[str, Route]:
        """Short lines first; then each that bends again, now that all others are known, until nothing changes."""
        order = sorted(edges, key=self._reach)
        for edge in order:
            self._put_in(edge, self._search(edge))
        for _round in range(rounds - 1):
            before = dict(self.routes)
            for edge in order:
                if bends(self.routes[edge.id]):
                    self._take_out(edge)
                    self._put_in(edge, self._search(edge))
            if self.routes == before:
                break
        return self.routes

    def overlaps(self) -> int:
        """How many steps are shared by lines that have no end in common."""
        return sum(
            any(not _related(a, b) for i, a in enumerate(here) for b in here[:i]) for here in self.steps.values()
        )

    def _reach(self, edge: Edge) -> tuple[bool, float]:
        one, other = self.shapes[edge.source], self.shapes[edge.target]
        return other.x <= one.x, abs(other.x - one.x) + 2 * abs(other.y - one.y)

    # --- the ends ---

    def _stubs(self, node: Node, leaving: bool) -> Iterator[Stub]:
        box = self.shapes[node.id]
        column, row = self._lines_of(box)
        costs = (LEAVING if leaving else ENTERING)[node.kind]
        for direction, cost in costs.items():
            # A line into a shape comes from the opposite side.
            side = direction if leaving else (-direction[0], -direction[1])
            if side == DOWN and node.id in self.hosts:
                continue  # boundary events sit there
            # Nearer lines lie on the margin, where the line could not go on: those of boundary events in its column.
            if side == RIGHT:
                at = (self.across.after(box.right + MARGIN), row)
            elif side == LEFT:
                at = (self.across.before(box.x - MARGIN), row)
            elif side == DOWN:
                at = (column, self.down.after(box.bottom + MARGIN))
            else:
                at = (column, self.down.before(box.y - MARGIN))
            yield Stub(at, direction, cost)

    def _lines_of(self, box: Box) -> Crossing:
        return self.across.after(box.x + box.width / 2 - 0.5), self.down.after(box.y + box.height / 2 - 0.5)

    def _side_cost(self, edge: Edge, stub: Stub, leaving: bool) -> float:
        node = edge.source if leaving else edge.target
        opposite = (-stub.direction[0], -stub.direction[1])
        cost = OVER * len(self.sides[node, opposite, not leaving])
        if leaving and self.nodes[node].kind == "gateway":
            cost += SIDE_IN_USE if self.sides[node, stub.direction, leaving] else 0.0
        return cost

    # --- the way between ---

    def _search(self, edge: Edge) -> Route:
        """The cheapest way (A*). A state is a crossing with the direction in which it was reached."""
        goals = {(stub.at, stub.direction): stub.cost + self._side_cost(edge, stub, False)
                 for stub in self._stubs(self.nodes[edge.target], False)}  # fmt: skip
        ends = [(self.across.lines[at[0]], self.down.lines[at[1]]) for at, _ in goals]
        queue: list[tuple[float, int, float, State]] = []
        best: dict[State, float] = {}
        came: dict[State, State] = {}
        rests: dict[Crossing, float] = {FINISH: 0.0}

        def offer(state: State, cost: float, before: State | None = None) -> None:
            known = best.get(state)
            if known is not None and cost >= known:
                return
            best[state] = cost
            at = state[0]
            if at not in rests:
                rests[at] = self._rest(at, ends)
            heappush(queue, (cost + rests[at], len(best), cost, state))
            if before is not None:
                came[state] = before

        for stub in self._stubs(self.nodes[edge.source], True):
            offer((stub.at, stub.direction), stub.cost + self._side_cost(edge, stub, True) + self._point(edge, stub.at))
        while queue:
            _, _, cost, state = heappop(queue)
            if state[0] == FINISH:
                return _told(came, state)
            if cost > best[state]:
                continue
            before = came.get(state)
            for there, much in self._moves(edge, before and _step(before[0], state[0]), state, cost, goals):
                offer(there, much, state)
        raise AssertionError("The outermost channels are free: there is always a way.")

    def _moves(
        self, edge: Edge, came_by: Step | None, state: State, cost: float, goals: Mapping[State, float]
    ) -> Iterator[tuple[State, float]]:
        """Where the line can go on, and what it has cost until there."""
        at, way = state
        back, bent = (-way[0], -way[1]), cost + self._bend(edge, at)
        last = self.steps.get(came_by, ()) if came_by else None
        for onward, there, step, length in self._ways(at):
            if onward == back:
                continue
            turned = cost if onward == way else bent
            if (at, onward) in goals:
                yield (FINISH, onward), turned + goals[at, onward]
            if there is not None:
                length += self._company(edge, last, self.steps.get(step, ()))
                yield (there, onward), turned + length + self._point(edge, there, onward)

    def _rest(self, at: Crossing, ends: Sequence[tuple[float, float]]) -> float:
        x, y = self.across.lines[at[0]], self.down.lines[at[1]]
        return min(abs(x - a) + abs(y - b) for a, b in ends)

    def _ways(self, at: Crossing) -> list[Onward]:
        """Where one can go from here, whoever runs there; a crossing is asked for hundreds of times."""
        found = self.onward.get(at)
        if found is None:
            found = self.onward[at] = [self._onward(at, way) for way in (RIGHT, DOWN, LEFT, UP)]
        return found

    def _onward(self, at: Crossing, way: Direction) -> Onward:
        there = (at[0] + way[0], at[1] + way[1])
        step = (min(at, there), way[0] != 0)
        inside = 0 <= there[0] < len(self.across.lines) and 0 <= there[1] < len(self.down.lines)
        if not inside or step in self.walls:
            return way, None, step, 0.0
        (a, b), (c, d) = at, there
        return way, there, step, abs(self.across.lines[c] - self.across.lines[a] + self.down.lines[d] - self.down.lines[b])

    def _company(self, edge: Edge, last: Sequence[Edge] | None, onward: Sequence[Edge]) -> float:
        """What it costs to run where others run; `last` are those of the step before, None at the beginning.

        Lines from one shape share their way from the beginning or not at all, lines to one shape to the end: what
        comes together in the middle and parts again, nobody can follow."""
        if not last and not onward:
            return 0.0
        over = OVER * sum(not _related(edge, other) for other in onward)
        if last is None:
            return over
        joined = sum(one.source == edge.source and one not in last for one in onward)
        parted = sum(one.target == edge.target and one not in onward for one in last)
        forked = any(one.source == edge.source for one in last)
        nowhere_alone = edge.label and forked and any(one.target == edge.target for one in onward)
        return over + OVER * (joined + parted) + (NO_STRETCH if nowhere_alone else 0.0)

    def _point(self, edge: Edge, at: Crossing, way: Direction | None = None) -> float:
        level = way is not None and way[0] != 0
        cost = 0.0
        for other, how in self.points.get(at, ()):
            if how != "bend":
                cost += CROSSED if (how == "upright") == level else 0.0
            elif not _related(edge, other):
                cost += BENT_ON
        return cost

    def _bend(self, edge: Edge, at: Crossing) -> float:
        return BEND + BENT_ON * sum(not _related(edge, other) for other, _ in self.points.get(at, ()))

    # --- who runs where ---

    def _put_in(self, edge: Edge, route: Route) -> None:
        self.routes[edge.id] = route
        for step in _steps(route):
            self.steps[step].append(edge)
        for at, how in _points(route):
            self.points[at].append((edge, how))
        self.sides[edge.source, route.leaves, True].append(edge)
        self.sides[edge.target, route.enters, False].append(edge)

    def _take_out(self, edge: Edge) -> None:
        route = self.routes.pop(edge.id)
        for step in _steps(route):
            self.steps[step].remove(edge)
        for at, how in _points(route):
            self.points[at].remove((edge, how))
        self.sides[edge.source, route.leaves, True].remove(edge)
        self.sides[edge.target, route.enters, False].remove(edge)


def _told(came: Mapping[State, State], end: State) -> Route:
    states = [came[end]]
    while states[-1] in came:
        states.append(came[states[-1]])
    states.reverse()
    return Route(tuple(at for at, _ in states), states[0][1], end[1])


def bends(route: Route) -> list[Crossing]:
    """The crossings where a line changes its direction."""
    return [at for at, how in _points(route) if how == "bend"]


def crossings(routes: Mapping[str, Route]) -> int:
    """How often two lines cross."""
    met: dict[Crossing, Counter[str]] = defaultdict(Counter)
    for route in routes.values():
        for at, how in _points(route):
            met[at][how] += 1
    return sum(here["upright"] * here["level"] for here in met.values())


def _related(one: Edge, other: Edge) -> bool:
    """Lines from the same shape, or to the same, may share their way: it reads as a fork or as a junction."""
    return one.source == other.source or one.target == other.target


def _steps(route: Route) -> Iterator[tuple[Crossing, bool]]:
    return (_step(one, other) for one, other in pairwise(route.crossings))


def _step(one: Crossing, other: Crossing) -> tuple[Crossing, bool]:
    return min(one, other), one[1] == other[1]


def _points(route: Route) -> Iterator[tuple[Crossing, str]]:
    ways = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(route.crossings)]
    ways = [route.leaves, *ways, route.enters]
    for at, (came, goes) in zip(route.crossings, pairwise(ways), strict=True):
        yield at, "bend" if came != goes else "level" if came[0] else "upright"
