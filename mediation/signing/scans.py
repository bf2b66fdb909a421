"""Sheets that come back signed: whether each is the paper that was printed here, told by the code in its corner."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import zxingcpp
from flask_babel import gettext as _
from PIL import Image

from mediation.storage import BROKEN_PICTURE, IMAGES, MAX_PIXELS, PICTURES

MOST_PAGES = 60
SMALLEST_SIDE = 1000  # a photograph of a sheet has more; the drawing of the code inside a PDF has less
WORKING_SIDE = 5000
_ADDRESS = re.compile(r"/verify/([A-Z0-9]{6,24})(?:\?p=([0-9a-f]{8}))?$", re.IGNORECASE)


class ScanRefused(Exception):
    """The sheets are not this paper, or cannot be read; the message says which and why."""


@dataclass(frozen=True)
class Expected:
    """What the sheets must be: the paper's code, the mark of what it says, its number of pages."""

    code: str
    imprint: str
    pages: int


def check(files: list[tuple[str, bytes]], expected: Expected) -> None:
    """Refuse anything but all sheets of the expected paper; `files` are (media type, content), all cleaned by type.

    Raises ScanRefused. Takes a few tenths of a second a sheet: call it with no transaction open.
    """
    count = 0
    for media_type, content in files:
        for page in _pages(media_type, content):
            count += 1
            _refuse_stranger(page, expected, count)
    if count < expected.pages:
        raise ScanRefused(
            _(
                "The paper has %(pages)s pages, %(count)s came back. Bring all of them.",
                pages=expected.pages,
                count=count,
            )
        )


def _refuse_stranger(page: Image.Image, expected: Expected, number: int) -> None:
    found = _code(page)
    if found is None:
        raise ScanRefused(_(
            "No code can be read on page %(number)s. Take the whole sheet, from above and in good light, with the square in its corner.",
            number=number,
        ))  # fmt: skip
    code, imprint = found
    if code != expected.code:
        raise ScanRefused(_("Page %(number)s belongs to another paper.", number=number))
    if imprint != expected.imprint:
        raise ScanRefused(_("Page %(number)s is not as it was printed here.", number=number))


def _code(page: Image.Image) -> tuple[str, str] | None:
    """The paper's code and mark on a sheet, looked for at several sizes: photographs are large and blurred."""
    grey = page.convert("L")
    grey.thumbnail((WORKING_SIDE, WORKING_SIDE))
    for scale in (1.0, 0.6, 1.6):
        size = (round(grey.width * scale), round(grey.height * scale))
        tried = grey if scale == 1.0 else grey.resize(size, Image.Resampling.LANCZOS)
        for barcode in zxingcpp.read_barcodes(tried, formats=zxingcpp.BarcodeFormat.QRCode):
            if told := _ADDRESS.search(barcode.text):
                return told[1].upper(), (told[2] or "").lower()
    return None


def _pages(media_type: str, content: bytes) -> Iterator[Image.Image]:
    if media_type == "application/pdf":
        yield from _pages_of_pdf(content)
    elif media_type in IMAGES:
        yield _photograph(content)
    else:
        raise ScanRefused(_("A scan is a photograph or a PDF."))


def _photograph(content: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=PICTURES) as opened:
            opened.draft("L", (WORKING_SIDE, WORKING_SIDE))
            return _sheet(opened)
    except BROKEN_PICTURE as error:
        raise ScanRefused(_("The picture is damaged, or too large.")) from error


def _sheet(picture: Image.Image) -> Image.Image:
    if max(picture.size) < SMALLEST_SIDE:
        raise ScanRefused(_("The picture is too small: a sheet needs at least %(side)s points.", side=SMALLEST_SIDE))
    return picture.convert("L")


def _pages_of_pdf(content: bytes) -> Iterator[Image.Image]:
    """The picture that fills each page, as a scanner writes it."""
    unreadable = _("The PDF cannot be read as a scan. Photograph the sheets instead.")
    try:
        with pikepdf.open(io.BytesIO(content)) as opened:
            if len(opened.pages) > MOST_PAGES:
                raise ScanRefused(_("The scan has too many pages."))
            for page in opened.pages:
                yield _sheet(_largest(page, unreadable))
    except ScanRefused:
        raise
    except Exception as error:  # a damaged file, a coding that nothing here reads
        raise ScanRefused(unreadable) from error


def _largest(page: pikepdf.Page, unreadable: str) -> Image.Image:
    pictures = [pikepdf.PdfImage(one) for one in page.get_images().values()]
    largest = max(pictures, key=lambda one: one.width * one.height, default=None)
    if largest is None or largest.width * largest.height > MAX_PIXELS:
        raise ScanRefused(unreadable)
    return largest.as_pil_image()
