"""How the viewers break a name inside its box, and how wide a box must be so that nothing lies on its icon or sign."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from workflows.layout.labels import signs

USUAL, WIDEST, STEP = 100.0, 160.0, 10.0  # pixels
PADDING = 7.0  # between the edge of a box and its name
MOST_LINES = 2  # a third lies on the icon above or on the sign of a called flow below
NEVER_FIRST, NEVER_LAST = "，、。：；？！）」》", "（「《"


def width(name: str) -> float:
    """The narrowest box in which this name takes two lines, none of which begins with a comma or ends with an opening
    bracket; the widest where there is none such."""
    size = USUAL
    while size < WIDEST and not _reads_well(list(lines(name, size - 2 * PADDING))):
        size += STEP
    return size


def lines(name: str, room: float) -> Iterator[str]:
    """The lines that bpmn-js makes of a name in so many pixels: it cuts one sign before the last that would fit, at a
    blank if there is one, until the rest fits as a whole."""
    while name:
        line = name
        while len(line) > 1 and signs(line) > room:
            line = _shortened(line, len(line) * room / signs(line))
        yield line
        name = name[len(line) :].strip()


def _shortened(line: str, most: float) -> str:
    blank = line.rfind(" ", 0, max(floor(most), 1))
    return line[:blank] if blank > 0 else line[: max(floor(most - 0.5), 1)]


def _reads_well(broken: list[str]) -> bool:
    return len(broken) <= MOST_LINES and not any(one[0] in NEVER_FIRST or one[-1] in NEVER_LAST for one in broken)
