"""One press for all tests of papers, and eyes to read them with: text and pictures by pdfium, not by what made them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from documents.render import Box, Paper, render
from documents.samples import CHECK_URL, SAMPLES
from documents.workers import Renderer


@pytest.fixture(scope="session")
def sample_papers() -> dict[str, Paper]:
    """Every sample, printed once."""
    return {kind: render(kind, facts, check_url=CHECK_URL) for kind, facts in SAMPLES.items()}


@pytest.fixture
def facts() -> Callable[[str], dict[str, Any]]:
    """The facts of a sample, free to be changed."""
    return lambda kind: copy.deepcopy(SAMPLES[kind])


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    with Renderer(processes=1) as one:
        yield one


def text_of(pdf: bytes) -> str:
    """The text of all pages, a form feed between them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return "\f".join(page.replace("\r\n", "\n").rstrip() for page in pages)


def text_in(pdf: bytes, box: Box) -> str:
    """The text within a box of one page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found: str = document[box.page - 1].get_textpage().get_text_bounded(box.x0, box.y0, box.x1, box.y1)
    finally:
        document.close()
    return found


def plain(text: str) -> str:
    """Text without the line breaks and spaces that come from setting it."""
    return "".join(text.split())


def pictures_of(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Every page in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in document]
    finally:
        document.close()
