"""The round seal of a body, drawn from its name: a red ring, a star, the name along the arc.

Measures follow 国发〔1999〕25号 (seals of state organs and social organisations): round, a five-pointed star in the
middle, the name from left to right around it in 宋体. What is drawn is a picture of a seal; what makes a paper sealed is
the signature that it belongs to.
"""

from __future__ import annotations

import io
import math
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from documents.fonts import Fonts

RED = (200, 16, 30)
SIDE = 560  # pixels of the finished picture; 40 mm on paper make 356 dots an inch
FINER = 3  # drawn larger and made smaller, so that edges are smooth
FEWEST, MOST = 1, 40

# In parts of the outer radius.
RING = 0.055
STAR = 0.34
LETTERS = 0.73  # where the middle of the characters stands
HEIGHT = 0.29


def round_seal(name: str) -> bytes:
    """A PNG, transparent but for the seal of the body called ``name`` (1 to 40 characters; made for 4 to 24).

    Raises ValueError for a name that no seal can carry.
    """
    kept = io.BytesIO()
    seal_image(name).save(kept, "PNG")
    return kept.getvalue()


@lru_cache(maxsize=64)
def seal_image(name: str) -> Image.Image:
    """The seal as a picture in red with transparency, ``SIDE`` pixels wide. Raises ValueError like `round_seal`."""
    name = "".join(name.split())
    if not FEWEST <= len(name) <= MOST or not name.isprintable():
        raise ValueError("a seal carries a name of 1 to 40 characters")
    cover = _cover(name).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    drawn = Image.new("RGBA", (SIDE, SIDE), (*RED, 0))
    drawn.putalpha(cover)
    return drawn


def _cover(name: str) -> Image.Image:
    """Where the ink goes: white on black, larger than the finished picture."""
    side = SIDE * FINER
    radius = side / 2 - FINER
    cover = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(cover)
    ring = radius * RING
    edge = (side / 2 - radius, side / 2 - radius, side / 2 + radius, side / 2 + radius)
    pen.ellipse(edge, outline=255, width=round(ring))
    pen.polygon(_star(side / 2, radius * STAR), fill=255)
    for letter, angle, width in _places(name):
        _stamp(cover, letter, angle, width * radius, radius)
    return cover


def _star(middle: float, radius: float) -> list[tuple[float, float]]:
    """Ten corners of a five-pointed star, a point upwards."""
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    corners = [(radius if number % 2 == 0 else inner, math.radians(36 * number)) for number in range(10)]
    return [(middle + r * math.sin(a), middle - r * math.cos(a)) for r, a in corners]


def _places(name: str) -> list[tuple[str, float, float]]:
    """Each character with its angle in degrees from the top (clockwise) and its width in parts of the radius."""
    count = len(name)
    span = min(292.0, 36.0 * (count - 1), 100.0 + 12.5 * count)
    step = span / (count - 1) if count > 1 else 0.0
    room = math.radians(step) * LETTERS * 0.90 if count > 1 else HEIGHT
    width = min(HEIGHT * 0.86, room)
    return [(letter, -span / 2 + step * number, width) for number, letter in enumerate(name)]


def _stamp(cover: Image.Image, letter: str, angle: float, width: float, radius: float) -> None:
    """One character, narrowed to its width, turned so that its foot looks at the middle."""
    height = round(radius * HEIGHT)
    glyph = _glyph(letter, height)
    narrowed = glyph.resize((max(1, round(width)), height), Image.Resampling.LANCZOS)
    turned = narrowed.rotate(-angle, expand=True, resample=Image.Resampling.BICUBIC)
    middle, reach = cover.width / 2, radius * LETTERS
    x = middle + reach * math.sin(math.radians(angle)) - turned.width / 2
    y = middle - reach * math.cos(math.radians(angle)) - turned.height / 2
    cover.paste(255, (round(x), round(y)), turned)


def _glyph(letter: str, height: int) -> Image.Image:
    """A character filling a square of ``height`` pixels, white on black."""
    tile = Image.new("L", (height, height), 0)
    pen = ImageDraw.Draw(tile)
    font = _font(letter, height)
    left, top, right, bottom = pen.textbbox((0, 0), letter, font=font)
    pen.text(((height - right - left) / 2, (height - bottom - top) / 2), letter, font=font, fill=255)
    return tile


@lru_cache(maxsize=1)
def _fonts() -> Fonts:
    return Fonts.found()


def _font(letter: str, size: int) -> ImageFont.FreeTypeFont:
    return _face(_fonts().file("CaseTitle", letter), size)


@lru_cache(maxsize=4)
def _face(file: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size)
