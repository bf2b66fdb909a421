"""Tries other rows and another order of the lanes, and keeps what a person can follow more easily."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from workflows.layout.cells import Cell


@dataclass(frozen=True)
class Arrangement:
    """Where every node stands, and the bands (lanes) from top to bottom."""

    cells: Mapping[str, Cell]
    order: tuple[int, ...]

    def height(self, band: int) -> int:
        """How many rows a band has."""
        return 1 + max((cell.row for cell in self.cells.values() if cell.band == band), default=0)


def folded(cells: Mapping[str, Cell], columns: int) -> dict[str, Cell]:
    """The same way in lines of at most so many columns, like a text: what does not fit goes on at the left, in rows
    below, each node in its own band. Lines are cut where they leave about equal parts."""
    whole = 1 + max(cell.column for cell in cells.values())
    parts = -(-whole // columns)
    each = -(-whole // parts)
    heights: dict[tuple[int, int], int] = {}
    for cell in cells.values():
        part = cell.column // each, cell.band
        heights[part] = max(heights.get(part, 0), cell.row + 1)
    return {
        name: Cell(
            cell.column % each, cell.band,
            cell.row + sum(heights.get((part, cell.band), 0) for part in range(cell.column // each)),
        )
        for name, cell in cells.items()
    }  # fmt: skip


Move = Callable[[Arrangement, Random], Arrangement]


def improve(first: Arrangement, cost: Callable[[Arrangement], float], tries: int, *, lanes_move: bool) -> Arrangement:
    """The best arrangement met on a walk of so many steps from the first, each kept when it costs less. The same
    flow walks the same way every time."""
    chance, best, least = Random(0), first, cost(first)  # noqa: S311 (nothing secret: any steps would do)
    moves = [_rows_swapped, _one_moved, _one_moved, _rest_moved]
    if lanes_move and len(first.order) > 1:
        moves.append(_lanes_swapped)
    for _try in range(tries):
        tried = chance.choice(moves)(best, chance)
        if len(set(tried.cells.values())) < len(tried.cells) or tried == best:
            continue
        much = cost(tried)
        if much < least:  # what is only different stays as it was: time runs down the sheet
            best, least = tried, much
    return best


def _lanes_swapped(now: Arrangement, chance: Random) -> Arrangement:
    one, other = chance.sample(now.order, 2)
    return replace(now, order=tuple({one: other, other: one}.get(band, band) for band in now.order))


def _rows_swapped(now: Arrangement, chance: Random) -> Arrangement:
    band = _cell(now, chance).band
    rows = range(now.height(band))
    one, other = chance.choice(rows), chance.choice(rows)
    places = {one: other, other: one}
    return replace(now, cells={
        name: cell._replace(row=places.get(cell.row, cell.row)) if cell.band == band else cell
        for name, cell in now.cells.items()
    })  # fmt: skip


def _one_moved(now: Arrangement, chance: Random) -> Arrangement:
    return _moved(now, chance, tail=False)


def _rest_moved(now: Arrangement, chance: Random) -> Arrangement:
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
    return replace(now, cells=_without_empty_rows(cells))


def _cell(now: Arrangement, chance: Random) -> Cell:
    return chance.choice(list(now.cells.values()))


def _without_empty_rows(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    used: dict[int, set[int]] = {}
    for cell in cells.values():
        used.setdefault(cell.band, set()).add(cell.row)
    places = {band: {row: place for place, row in enumerate(sorted(rows))} for band, rows in used.items()}
    return {name: cell._replace(row=places[cell.band][cell.row]) for name, cell in cells.items()}
