"""The right glyph for every character: what pdfium draws on the page against what FreeType draws from the font file.

Text extraction proves nothing here: a paper once read 李昇玥㛃 and showed 李 and a broken piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from fontTools import ttLib
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps, ImageStat

from documents.fonts import FACES, SOURCE, Fonts, common_characters, first_of
from documents.render import Paper, render
from tests.golden import RARE

SCALE = 6  # pixels a point: a character of 12 points is 72 pixels wide
CELL = 40
ALIKE = 0.70  # the same character has 0.74 to 0.95, two that do not share a part 0.3 to 0.67
FONTS = Fonts.found()


@cache
def source_font(family: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(SOURCE / FACES[family]), 96)


def drawn(character: str, family: str) -> Image.Image:
    """The character as the font file has it, cut to its ink."""
    canvas = Image.new("L", (192, 192), 0)
    ImageDraw.Draw(canvas).text((48, 16), character, font=source_font(family), fill=255)
    return cut(canvas)


def cut(picture: Image.Image) -> Image.Image:
    """Cut to the ink and bring to one size; what is flat (一) keeps its shape by being centred."""
    box = picture.point(lambda grey: 255 if grey > 96 else 0).getbbox()
    if box is None:
        return Image.new("L", (CELL, CELL), 0)
    ink = picture.crop(box)
    ink.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    scale = min(CELL / ink.width, CELL / ink.height)
    ink = ink.resize((max(1, round(ink.width * scale)), max(1, round(ink.height * scale))), Image.Resampling.LANCZOS)
    cell = Image.new("L", (CELL, CELL), 0)
    cell.paste(ink, ((CELL - ink.width) // 2, (CELL - ink.height) // 2))
    return ImageOps.autocontrast(cell.filter(ImageFilter.GaussianBlur(1.5)))


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Shared ink over all ink: 1 for the same picture."""
    shared = ImageStat.Stat(ImageChops.darker(one, other)).sum[0]
    either = ImageStat.Stat(ImageChops.lighter(one, other)).sum[0]
    return shared / either if either else 0.0


def nearest(one: Image.Image, other: Image.Image) -> float:
    """The likeness at the best of nine places: a thin stroke may stand half a pixel higher on the page."""
    shifts = (-1, 0, 1)
    return max(likeness(ImageChops.offset(one, x, y), other) for x in shifts for y in shifts)


def glyphs_of(pdf: bytes, seen: set[tuple[str, str]]) -> Iterator[tuple[str, str, Image.Image]]:
    """Each Chinese character not seen before: what the text says, its font family, what the picture shows."""
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        text = page.get_textpage()
        for index in range(text.count_chars()):
            character = chr(pdfium.FPDFText_GetUnicode(text.raw, index))
            if not ("\u3400" <= character <= "\u9fff" or character > "\uffff"):
                continue
            found = (character, family_of(text, index))
            if found not in seen:
                seen.add(found)
                yield *found, around(page, text.get_charbox(index))
    document.close()


def around(page: pypdfium2.PdfPage, box: tuple[float, float, float, float]) -> Image.Image:
    """A small piece of the page, with the thickness of a stroke around it."""
    left, bottom, right, top = box[0] - 0.15, box[1] - 0.15, box[2] + 0.15, box[3] + 0.15
    crop = (left, bottom, page.get_width() - right, page.get_height() - top)
    return page.render(scale=SCALE, crop=crop, grayscale=True, draw_annots=False).to_pil().convert("L")


def family_of(text: Any, index: int) -> str:
    import ctypes

    buffer = ctypes.create_string_buffer(64)
    pdfium.FPDFText_GetFontInfo(text.raw, index, buffer, 64, ctypes.byref(ctypes.c_int()))
    return buffer.value.decode().split("+")[-1].split("-")[0]


def unlike(pdf: bytes, seen: set[tuple[str, str]] | None = None) -> list[tuple[str, str, float]]:
    """The characters whose picture is not what the font file draws."""
    pairs = (
        (character, family, cut(ImageChops.invert(picture)), drawn(character, family))
        for character, family, picture in glyphs_of(pdf, set() if seen is None else seen)
    )
    return [
        (character, family, round(nearest(shown, wanted), 2))
        for character, family, shown, wanted in pairs
        if likeness(shown, wanted) < ALIKE and nearest(shown, wanted) < ALIKE
    ]


def test_rare_names_show_the_right_characters(facts: Callable[[str], dict[str, Any]]) -> None:
    named = facts("agreement")
    named["parties"][0]["occupation"] = RARE
    named["facts"] = RARE
    named["matter"] = RARE
    paper = render("agreement", named)
    assert unlike(paper.pdf) == []


def test_every_character_of_every_kind_shows_as_the_font_file_draws_it(sample_papers: Mapping[str, Paper]) -> None:
    seen: set[tuple[str, str]] = set()
    wrong = {name: unlike(paper.pdf, seen) for name, paper in sample_papers.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_every_character_of_gb2312_shows_as_the_font_file_draws_it(facts: Callable[[str], dict[str, Any]]) -> None:
    """A slice of them in every run: each forty-first, which meets every row of the table."""
    han = [chr(point) for point in sorted(common_characters()) if 0x4E00 <= point <= 0x9FFF][::41]
    spoken = facts("minutes")
    spoken["record"] = "".join(han)
    assert unlike(render("minutes", spoken).pdf) == []


def test_the_comparison_knows_one_character_from_another() -> None:
    pairs = ("调解", "李木", "昇升", "䶮龙", "青清", "㛃洁", "日曰", "玥明", "书节")
    for one, other in pairs:
        assert likeness(drawn(one, "CaseSerif"), drawn(other, "CaseSerif")) < ALIKE
        assert likeness(drawn(one, "CaseSerif"), drawn(one, "CaseSerif")) == 1.0


def test_rare_characters_come_from_the_full_face_and_common_ones_from_the_small_one(
    sample_papers: Mapping[str, Paper],
) -> None:
    families = {character: buffer for character, buffer in full_names(sample_papers["agreement"].pdf)}
    assert families["䶮"].endswith("CaseSerif-Full")
    assert families["李"].endswith("CaseSerif")


def full_names(pdf: bytes) -> Iterator[tuple[str, str]]:
    import ctypes

    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    buffer = ctypes.create_string_buffer(64)
    for index in range(page.count_chars()):
        pdfium.FPDFText_GetFontInfo(page.raw, index, buffer, 64, ctypes.byref(ctypes.c_int()))
        if b"Serif" in buffer.value:
            yield chr(pdfium.FPDFText_GetUnicode(page.raw, index)), buffer.value.decode()


def points_of(file: Path) -> set[int]:
    with ttLib.TTFont(file, lazy=True) as font:
        return set(font.getBestCmap())


@pytest.mark.parametrize("family", FACES)
def test_each_character_stands_in_one_file_of_its_family(family: str) -> None:
    first, behind = (points_of(FONTS.file(family, one)) for one in "李䶮")
    assert first.isdisjoint(behind)
    assert first == first_of(family) & FONTS.printable
    assert all(FONTS.file(family, one) == FONTS.file(family, "李") for one in "A1·—、（年")


def test_characters_without_a_glyph_are_known_before_printing() -> None:
    assert all(ord(character) in FONTS.printable for character in RARE)
    assert ord("😀") not in FONTS.printable
    assert 0x20BB7 not in FONTS.printable
