"""Tries other rows and columns and another order of the lanes, and keeps what a person can follow more easily."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from random import Random

from workflows.layout.cells import Cell

Successors = Mapping[str, Sequence[str]]  # of every standing node, those of its boundary events among them
LOST, UNEVEN = 3.0, 0.5  # of a fold, in lines cut: an end event torn off, a column more or less than the others have
WARM = 6.0  # so many bends worse may be tried in the beginning, on the way to something better


@dataclass(frozen=True)
class Arrangement:
    """Where every node stands, and the bands (lanes) from top to bottom."""

    cells: Mapping[str, Cell]
    order: tuple[int, ...]

    def height(self, band: int) -> int:
        """How many rows a band has."""
        return 1 + max((cell.row for cell in self.cells.values() if cell.band == band), default=0)

    def width(self) -> int:
        """How many columns there are."""
        return 1 + max(cell.column for cell in self.cells.values())


# --- long flows go on in a second line ---


def folded(cells: Mapping[str, Cell], after: Successors, parts: int) -> dict[str, Cell]:
    """The same way in so many lines, like a text: what does not fit goes on at the left, in rows below, each node in
    its own band. Lines are cut where few flows cross the cut, and leave about equal parts."""
    starts = _cuts(cells, after, parts)
    part_of = {name: sum(cell.column >= start for start in starts) - 1 for name, cell in cells.items()}
    heights: dict[tuple[int, int], int] = {}
    for name, cell in cells.items():
        part = part_of[name], cell.band
        heights[part] = max(heights.get(part, 0), cell.row + 1)
    return {
        name: Cell(
            cell.column - starts[part_of[name]], cell.band,
            cell.row + sum(heights.get((part, cell.band), 0) for part in range(part_of[name])),
        )
        for name, cell in cells.items()
    }  # fmt: skip


def _cuts(cells: Mapping[str, Cell], after: Successors, parts: int) -> list[int]:
    """The first columns of the lines that cost least."""
    whole = 1 + max(cell.column for cell in cells.values())
    costs = [_torn(cells, after, column) for column in range(whole)]
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [0])}  # where a line begins: the cheapest way to come there
    for _part in range(parts - 1):
        best = {
            column: min(
                (cost + costs[column] + UNEVEN * abs(column - start - whole / parts), [*starts, column])
                for start, (cost, starts) in best.items() if start < column
            )
            for column in range(min(best) + 1, whole)
        }  # fmt: skip
    return min((cost + UNEVEN * abs(whole - start - whole / parts), starts) for start, (cost, starts) in best.items())[
        1
    ]


def _torn(cells: Mapping[str, Cell], after: Successors, column: int) -> float:
    """How bad it is to begin a new line at this column."""
    cut = [(one, to) for one, targets in after.items() for to in targets
           if (cells[one].column < column) != (cells[to].column < column)]  # fmt: skip
    return len(cut) + LOST * sum(not after[to] and cells[to].column == cells[one].column + 1 for one, to in cut)


# --- small steps ---


Move = Callable[[Arrangement, Random, Successors], Arrangement]


def improve(
    first: Arrangement, cost: Callable[[Arrangement], float], tries: int, after: Successors, *, lanes_move: bool
) -> Arrangement:
    """The best arrangement met on a walk of so many steps from the first. What is worse is left at once or, early on
    a long walk, followed for a while. The same flow walks the same way every time."""
    chance, now, much = Random(0), first, cost(first)  # noqa: S311 (nothing secret: any steps would do)
    best, least = now, much
    moves: list[Move] = [_rows_swapped, _one_moved, _one_moved, _rest_moved, _rest_returned, _rest_returned, _one_aside]
    if lanes_move and len(first.order) > 1:
        moves.append(_lanes_swapped)
    for number in range(tries):
        tried = chance.choice(moves)(now, chance, after)
        if len(set(tried.cells.values())) < len(tried.cells) or tried == now:
            continue
        found = cost(tried)
        if found < much or _followed(found - much, number, tries, chance):
            now, much = tried, found
        if much < least:  # what is only different stays as it was: time runs down the sheet
            best, least = now, much
    return best


def _followed(worse: float, number: int, tries: int, chance: Random) -> bool:
    warm = WARM * (1 - 2 * number / tries)
    return worse > 0 and warm > 0 and tries >= 100 and chance.random() < exp(-worse / warm)


def _lanes_swapped(now: Arrangement, chance: Random, _after: Successors) -> Arrangement:
    one, other = chance.sample(now.order, 2)
    return replace(now, order=tuple({one: other, other: one}.get(band, band) for band in now.order))


def _rows_swapped(now: Arrangement, chance: Random, _after: Successors) -> Arrangement:
    band = _cell(now, chance).band
    rows = range(now.height(band))
    one, other = chance.choice(rows), chance.choice(rows)
    places = {one: other, other: one}
    return replace(now, cells={
        name: cell._replace(row=places.get(cell.row, cell.row)) if cell.band == band else cell
        for name, cell in now.cells.items()
    })  # fmt: skip


def _one_moved(now: Arrangement, chance: Random, _after: Successors) -> Arrangement:
    return _moved(now, chance, tail=False)


def _rest_moved(now: Arrangement, chance: Random, _after: Successors) -> Arrangement:
    return _moved(now, chance, tail=True)


def _moved(now: Arrangement, chance: Random, *, tail: bool) -> Arrangement:
    """A node, or all from it to the end of its row, in another row of its band; one time in three in a new one."""
    name = chance.choice(list(now.cells))
    own = now.cells[name]
    moving = {one for one, cell in now.cells.items()
              if one == name or (tail and cell[1:] == own[1:] and cell.column > own.column)}  # fmt: skip
    new, row = chance.random() < 1 / 3, chance.randrange(now.height(own.band) + 1)
    cells = {
        one: cell._replace(row=row) if one in moving
        else cell._replace(row=cell.row + 1) if new and cell.band == own.band and cell.row >= row else cell
        for one, cell in now.cells.items()
    }  # fmt: skip
    return replace(now, cells=_without_gaps(cells))


def _one_aside(now: Arrangement, chance: Random, _after: Successors) -> Arrangement:
    """A node, or all from it to the end of its row, a column further left or right."""
    name, tail, way = chance.choice(list(now.cells)), chance.random() < 1 / 2, chance.choice((-1, -1, 1))
    own = now.cells[name]
    moving = {one for one, cell in now.cells.items()
              if one == name or (tail and cell[1:] == own[1:] and cell.column > own.column)}  # fmt: skip
    if own.column + way < 0:
        return now
    return replace(now, cells=_without_gaps({
        one: cell._replace(column=cell.column + way) if one in moving else cell for one, cell in now.cells.items()
    }))  # fmt: skip


def _rest_returned(now: Arrangement, chance: Random, after: Successors) -> Arrangement:
    """All that comes after a node, with it, goes on further left, under what stands there already."""
    name = chance.choice(list(now.cells))
    column = now.cells[name].column
    if not column:
        return now
    far = chance.random() < 1 / 2
    left = column - chance.randrange(min(column, 4)) if far else chance.randrange(1, 1 + min(column, 3))
    moving = _onward(name, now.cells, after)
    cells = dict(now.cells)
    taken = {cell for one, cell in now.cells.items() if one not in moving}
    lower = chance.random() < 1 / 4
    for band in sorted({now.cells[one].band for one in moving}):
        own = [one for one in moving if now.cells[one].band == band]
        least = min(now.cells[one].row for one in own)
        free = (
            row for row in range(now.height(band) + 1)
            if not any(_shifted(now.cells[one], left, row - least) in taken for one in own)
        )  # fmt: skip
        row = next(free)
        row = next(free, row) if lower else row
        cells.update({one: _shifted(now.cells[one], left, row - least) for one in own})
    return replace(now, cells=_without_gaps(cells))


def _shifted(cell: Cell, left: int, down: int) -> Cell:
    return Cell(max(cell.column - left, 0), cell.band, cell.row + down)


def _onward(name: str, cells: Mapping[str, Cell], after: Successors) -> set[str]:
    """The node and all that lies to its right on ways from it."""
    found, waiting = {name}, [name]
    while waiting:
        one = waiting.pop()
        further = [to for to in after[one] if to not in found and cells[to].column > cells[one].column]
        found.update(further)
        waiting += further
    return found


def _cell(now: Arrangement, chance: Random) -> Cell:
    return chance.choice(list(now.cells.values()))


def _without_gaps(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The same cells without empty rows and columns."""
    used: dict[int, set[int]] = {}
    for cell in cells.values():
        used.setdefault(cell.band, set()).add(cell.row)
    rows = {band: _places(own) for band, own in used.items()}
    columns = _places({cell.column for cell in cells.values()})
    return {name: Cell(columns[cell.column], cell.band, rows[cell.band][cell.row]) for name, cell in cells.items()}


def _places(used: set[int]) -> dict[int, int]:
    return {one: place for place, one in enumerate(sorted(used))}


def followers(cells: Mapping[str, Cell], ways: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Of every standing node those that come next."""
    after: dict[str, list[str]] = {name: [] for name in cells}
    for one, other in ways:
        if one != other and other not in after[one]:
            after[one].append(other)
    return after
