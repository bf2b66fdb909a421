"""One press for all tests of papers, and eyes to read them with: text and pictures by pdfium, not by what made them."""

from __future__ import annotations

import copy
import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from documents.render import Box, Paper, render
from documents.samples import CHECK_URL, SAMPLES
from documents.workers import Renderer
from tests.golden import cases, pictures_of, text_of

__all__ = ["FEW", "pictures_of", "plain", "text_in", "text_of"]


# A few kinds that between them use every construct: for what would be true of all if it is true of these.
FEW = ("agreement", "minutes", "invitation", "visit_record", "urging_letter")


class Printed(Mapping[str, Paper]):
    """Everything golden, each printed when it is first asked for, and once for all processes that run the tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(exist_ok=True)
        self._cases = cases()
        self._papers: dict[str, Paper] = {}

    def __getitem__(self, name: str) -> Paper:
        if name not in self._papers:
            self._papers[name] = self._shared(name)
        return self._papers[name]

    def _shared(self, name: str) -> Paper:
        path = self._folder / name
        if not path.exists():
            kind, facts = self._cases[name]
            mine = path.with_suffix(f".{os.getpid()}")
            mine.write_bytes(pickle.dumps(render(kind, facts, check_url=CHECK_URL)))
            mine.replace(path)
        paper: Paper = pickle.loads(path.read_bytes())
        return paper

    def __iter__(self) -> Iterator[str]:
        return iter(self._cases)

    def __len__(self) -> int:
        return len(self._cases)


@pytest.fixture(scope="session")
def sample_papers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Paper]:
    """Every sample by kind, and the other golden papers by name."""
    base = tmp_path_factory.getbasetemp()
    return Printed((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "printed")


@pytest.fixture
def facts() -> Callable[[str], dict[str, Any]]:
    """The facts of a sample, free to be changed."""
    return lambda kind: copy.deepcopy(SAMPLES[kind])


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """One worker for the tests of a file; those that kill it get another."""
    with Renderer(processes=1) as one:
        yield one


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
