"""A two-page agreement: warm, many at a time, a thousand in one worker, and the same through others' programs."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from documents.bundle import Layouts
from documents.fonts import Fonts
from documents.render import Press
from documents.samples import SAMPLES
from documents.workers import Renderer

RUNS = 40
MANY = 150
WARM = 100
THOUSAND = 1000
CORES = 2
KIND, FACTS = "agreement", SAMPLES["agreement"]
CHECK_URL = "https://centre.example/check/BENCH"


def agreement() -> dict[str, Any]:
    """p50 of the sample agreement, from handing the facts in to having the bytes."""
    with Renderer(processes=1) as renderer:
        pages = [renderer.render(KIND, FACTS, check_url=CHECK_URL).result().pages for _ in range(5)][0]
        warm = _p50(lambda: renderer.render(KIND, FACTS, check_url=CHECK_URL).result())
    return {"warm_ms": warm, "pages": pages}


def throughput() -> float:
    """Agreements a second with a worker on each of two cores."""
    with Renderer(processes=CORES) as renderer:
        for future in [renderer.render(KIND, FACTS, check_url=CHECK_URL) for _ in range(CORES * 5)]:
            future.result()
        begun = time.perf_counter()
        for future in [renderer.render(KIND, FACTS, check_url=CHECK_URL) for _ in range(MANY)]:
            future.result()
        return MANY / (time.perf_counter() - begun)


def growth() -> dict[str, float]:
    """How the memory of one worker grows over a thousand papers of every kind: MB when warm, MB after, their ratio."""
    with Renderer(processes=1, papers_each=WARM + THOUSAND + 1) as renderer:
        (pid,) = renderer.pids()
        kinds = list(SAMPLES)
        sizes = []
        for papers in (WARM, THOUSAND):
            for number in range(papers):
                kind = kinds[number % len(kinds)]
                renderer.render(kind, SAMPLES[kind], check_url=CHECK_URL).result()
            sizes.append(psutil.Process(pid).memory_info().rss / 2**20)
        assert renderer.pids() == [pid]
    return {"warm_mb": sizes[0], "after_mb": sizes[1], "ratio": sizes[1] / sizes[0]}


def peers() -> dict[str, float]:
    """The same agreement through LibreOffice headless (a process a paper) and typst (warm), where they are installed."""
    layouts = Layouts.shipped()
    markup = Press.shared().markup(layouts, KIND, layouts.read(KIND, FACTS))
    with tempfile.TemporaryDirectory() as folder:
        found = {"libreoffice_ms": _libreoffice(markup, Path(folder)), "typst_ms": _typst(markup, Path(folder))}
    return {name: value for name, value in found.items() if value is not None}


def _libreoffice(markup: str, folder: Path) -> float | None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        return None
    page = folder / "agreement.html"
    page.write_text(markup, "utf-8")
    command = [office, f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf"]
    convert = partial(subprocess.run, [*command, "--outdir", folder, page], check=True, capture_output=True)
    convert()  # the first start makes a profile
    return _p50(convert, runs=5)


def _typst(markup: str, folder: Path) -> float | None:
    if importlib.util.find_spec("typst") is None:
        return None
    import typst  # no part of the program: measured beside it where somebody has it

    source = folder / "agreement.typ"
    source.write_text(_as_typst(markup), "utf-8")
    compiler = typst.Compiler(str(source), font_paths=[str(Fonts.found().folder / "faces")])

    def compile_anew() -> None:
        source.write_text(source.read_text("utf-8") + "\n", "utf-8")  # what did not change is taken from its cache
        compiler.compile()

    compile_anew()
    return _p50(compile_anew)


def _as_typst(markup: str) -> str:
    """The words of the agreement as paragraphs, its tables as tables, in the faces and the measure of the paper."""
    reader = _Blocks()
    reader.feed(markup)
    head = (
        '#set page(paper: "a4", margin: (x: 26.68mm, y: 22mm), numbering: "1 / 1")\n'
        '#set text(font: ("CaseSerif", "CaseSerif Full"), size: 12pt, lang: "zh")\n#set par(justify: true)\n'
    )
    return head + "\n\n".join(reader.blocks)


class _Blocks(HTMLParser):
    """Each paragraph, heading and row of cells as a block of typst."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._text = ""
        self._cells: list[str] = []

    def handle_data(self, data: str) -> None:
        self._text += " ".join(data.split())

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cells.append(f"[{self._quoted()}]")
        elif tag == "tr" and self._cells:
            self.blocks.append(f"#table(columns: {len(self._cells)}, {', '.join(self._cells)})")
            self._cells = []
        elif tag in ("p", "h1", "h2", "title") and not self._cells and self._text:
            self.blocks.append(self._quoted())

    def _quoted(self) -> str:
        text, self._text = self._text, ""
        return "".join("\\" + letter if letter in "\\#$*_`<>@[]=-+/~\"'" else letter for letter in text)


def _p50(job: Callable[[], object], runs: int = RUNS) -> float:
    """The median of so many runs, in milliseconds."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        job()
        times.append(time.perf_counter() - begun)
    return median(times) * 1000
