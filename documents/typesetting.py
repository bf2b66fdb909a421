"""A paper's HTML set by WeasyPrint: what `documents.render` promises is done here.

A module of its own, imported late: WeasyPrint reads its fontconfig file once, at import.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import segno
from cssselect2 import ElementWrapper
from lxml import etree
from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcherResponse

QR = "paper:qr"
LEVEL = 2  # of zlib: pydyf's 9 costs a twelfth of a paper's time for six percent of its size


class Leaf(HTML):
    """The HTML of one paper, ready to be set.

    Read by lxml, which takes a thirtieth of the time of WeasyPrint's own parser: a twentieth of a whole paper's.
    """

    def __init__(self, markup: str, plain: CSS, address: str | None = None) -> None:
        self.base_url = "paper:"
        self.url_fetcher = Fetcher(address)
        self.media_type = "print"
        parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = etree.HTML(markup.encode(), parser)
        nothing = etree.Element("html")
        self.wrapper_element = ElementWrapper.from_html_root(nothing if tree is None else tree, content_language=None)
        self.etree_element = self.wrapper_element.etree_element
        self._plain = plain

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [self._plain]

    def number_places(self) -> tuple[str, ...]:
        """Name the places for ink in the order of the paper (hand-1 …); return who is printed over each line."""
        pens = [element for element in self.etree_element.iter() if element.get("data-hand")]
        for number, pen in enumerate(pens, start=1):
            pen.set("id", f"hand-{number}")
        return tuple(pen.get("data-hand") for pen in pens)


class Fetcher:
    """Gives out the QR code of ``address``, and nothing else in the world."""

    _fail_on_errors = False  # WeasyPrint asks every fetcher; a refusal is collected as a complaint instead

    def __init__(self, address: str | None) -> None:
        self._address = address

    def __call__(self, url: str) -> URLFetcherResponse:
        if url == QR and self._address:
            return URLFetcherResponse(url, self._qr, {"Content-Type": "image/png"})
        raise ValueError("a paper fetches nothing")

    @cached_property
    def _qr(self) -> bytes:
        assert self._address is not None
        # One mask for all: readers know any, and looking for the best of eight takes longer than drawing it.
        modules = segno.make_qr(self._address, error="m", mask=3).matrix
        # One dot a module: the paper shows it unsmoothed, and a vector image costs 12 ms more. In greys, for WeasyPrint
        # would make colours of black and white.
        dots = bytes(0 if dark else 255 for row in modules for dark in row)
        drawn = io.BytesIO()
        Image.frombytes("L", (len(modules), len(modules)), dots).save(drawn, "png")
        return drawn.getvalue()


def sheet(css: str, font_config: Any) -> CSS:
    """A style sheet that fetches nothing."""
    return CSS(string=css, url_fetcher=Fetcher(None), font_config=font_config)


def compress(_document: Any, pdf: Any) -> None:
    """Compress the streams of a PDF that is about to be written, quickly."""
    for item in pdf.objects:
        if getattr(item, "compress", False):
            item.compress = False
            _, body = item.data.split(b"\nstream\n", 1)
            item.stream = [zlib.compress(body.removesuffix(b"\nendstream"), LEVEL)]
            item.extra["Filter"] = "/FlateDecode"


@contextmanager
def complaints() -> Iterator[list[str]]:
    """Collect what WeasyPrint complains about while printing: a paper with a complaint is not handed out."""
    found: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    logger = logging.getLogger("weasyprint")
    collector = Collector(logging.WARNING)
    logger.addHandler(collector)
    try:
        yield found
    finally:
        logger.removeHandler(collector)
