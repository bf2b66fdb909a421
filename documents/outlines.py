"""Writing as outlines of its glyphs: what is drawn onto a page that is bound needs no font in the file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from documents.fonts import Fonts

SERIF, BLACK = "CaseSerif", "CaseHei"


class _Outline(BasePen):
    """Writes a glyph as PDF path operators."""

    def __init__(self, glyphs: object) -> None:
        super().__init__(glyphs)
        self.drawn: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.drawn.append(f"{pt[0]:g} {pt[1]:g} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.drawn.append(f"{pt[0]:g} {pt[1]:g} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:
        self.drawn.append(" ".join(f"{x:g} {y:g}" for x, y in points) + " c")

    def _closePath(self) -> None:
        self.drawn.append("h")


@lru_cache(maxsize=1)
def _fonts() -> Fonts:
    return Fonts.found()


@lru_cache(maxsize=4)
def _font(file: Path) -> TTFont:
    return TTFont(file, lazy=True)


@lru_cache(maxsize=500)
def _glyph(family: str, sign: str) -> tuple[float, str]:
    """Width in ems, and the outline at a size of one point; a sign that the family lacks is a blank."""
    font = _font(_fonts().file(family, sign))
    glyphs, em = font.getGlyphSet(), font["head"].unitsPerEm
    name = font.getBestCmap().get(ord(sign))
    if name is None:
        return 1.0, ""
    pen = _Outline(glyphs)
    glyphs[name].draw(pen)
    return glyphs[name].width / em, f"{1 / em:g} 0 0 {1 / em:g} 0 0 cm {' '.join([*pen.drawn, 'f'])}"


def width_of(text: str, size: float, family: str = SERIF) -> float:
    """How wide a line is, in points."""
    return sum(_glyph(family, sign)[0] for sign in text) * size


def line(text: str, size: float, x: float, y: float, family: str = SERIF) -> str:
    """PDF operators that fill the glyphs of `text` from (x, y) on, in the colour that is set."""
    drawn = []
    for sign in text:
        width, path = _glyph(family, sign)
        if path:
            drawn.append(f"q {size} 0 0 {size} {x:.3f} {y:.3f} cm {path} Q")
        x += width * size
    return " ".join(drawn)
