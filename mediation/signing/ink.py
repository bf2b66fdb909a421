"""What somebody drew on a screen: taken only as a picture with a line in it, drawn anew, cut to the line."""

from __future__ import annotations

import base64
import binascii
import io
from datetime import datetime

from flask_babel import gettext as _
from PIL import Image, ImageDraw, ImageFont

from documents.fonts import Fonts
from mediation import clock

PREFIX = "data:image/png;base64,"
MOST_BYTES = 400_000
LONGEST_SIDE = 4000
# A dot is no signature: so many points must be dark, and the line must reach so far.
FEWEST_POINTS = 150
SHORTEST_LINE = 40
KEPT = (900, 300)
# The ink beside the day, as wide and high as the place on the paper.
PLATE = (832, 224)
DAY_WIDTH = 260


class InkRefused(ValueError):
    """What was sent is no signature; the message says what to do."""


def clean(sent: str) -> bytes:
    """The ink as PNG (grey with transparency, at most 900 by 300 points) from the address that a canvas gives out.

    Raises InkRefused.
    """
    if not sent.startswith(PREFIX) or len(sent) > MOST_BYTES:
        raise InkRefused(_("The signature did not arrive. Please sign again."))
    try:
        content = base64.b64decode(sent[len(PREFIX) :], validate=True)
        line = _darkness(content)
    except (binascii.Error, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InkRefused(_("The signature did not arrive. Please sign again.")) from error
    box = line.getbbox()
    if box is None or max(box[2] - box[0], box[3] - box[1]) < SHORTEST_LINE or _points(line) < FEWEST_POINTS:
        raise InkRefused(_("Nothing is written yet. Please sign in the field."))
    line = line.crop(box)
    line.thumbnail(KEPT, Image.Resampling.LANCZOS)
    return _png(_inked(line))


def _darkness(content: bytes) -> Image.Image:
    """How much ink is at each point, 0 to 255; the size is looked at before anything is unpacked."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
        if max(opened.size) > LONGEST_SIDE or min(opened.size) < 1:
            raise ValueError("too large")
        layer = opened.convert("RGBA")
    flat = Image.new("RGBA", layer.size, "white")
    flat.alpha_composite(layer)
    return flat.convert("L").point([255 if value < 40 else max(0, 255 - value) for value in range(256)])


def _points(line: Image.Image) -> int:
    return sum(line.histogram()[128:])


def _inked(line: Image.Image) -> Image.Image:
    drawn = Image.new("LA", line.size, (16, 0))
    drawn.putalpha(line)
    return drawn


def _png(image: Image.Image) -> bytes:
    kept = io.BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def plate(ink: bytes, at: datetime) -> Image.Image:
    """What is put into the paper: the ink, and the day beside it."""
    plate_ = Image.new("LA", PLATE, (0, 0))
    with Image.open(io.BytesIO(ink)) as opened:
        line = opened.convert("LA")
    room = (PLATE[0] - DAY_WIDTH, PLATE[1])
    scale = min(room[0] / line.width, room[1] / line.height)
    line = line.resize((max(1, int(line.width * scale)), max(1, int(line.height * scale))), Image.Resampling.LANCZOS)
    plate_.paste(line, ((room[0] - line.width) // 2, (room[1] - line.height) // 2))
    font = ImageFont.truetype(str(Fonts.found().folder / "faces" / "CaseSerif.ttf"), 48)
    day = f"{clock.local(at):%Y-%m-%d}"
    ImageDraw.Draw(plate_).text((PLATE[0] - DAY_WIDTH + 8, PLATE[1] - 64), day, font=font, fill=(60, 255))
    return plate_
