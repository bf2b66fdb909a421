"""A dossier of 15 papers and 30 pages, bound and sealed; and one seal on a paper."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from functools import partial
from statistics import median
from typing import Any

from documents.certificates import new_body, new_root
from documents.render import Paper
from documents.samples import SAMPLES
from documents.seal_picture import seal_image
from documents.sealing import SEAL, KeyPair, sign, with_fields
from documents.workers import Renderer
from mediation.dossiers.binding import Job, Sheet, make

AT = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
NAME = "青禾区人民调解委员会"
PAPERS, RUNS, SEALS = 15, 5, 15


def dossier() -> dict[str, Any]:
    """Median of a dossier, from the papers' bytes to the sealed file, with the render worker warm; and of one seal."""
    key = _key()
    with Renderer(processes=2) as renderer:
        paper = renderer.render("agreement", SAMPLES["agreement"]).result()
        job, print_ = _job(paper, key), partial(_print, renderer)
        make(job, print_, _nobody)
        times, made = [], None
        for _ in range(RUNS):
            begun = time.perf_counter()
            made = make(job, print_, _nobody)
            times.append(time.perf_counter() - begun)
    assert made is not None
    return {"dossier_ms": median(times) * 1000, "pages": made.pages, "sealing_ms": _sealing(paper, key)}


def _print(renderer: Renderer, kind: str, facts: Any) -> Any:
    return renderer.render(kind, facts)


def _nobody(_stage: str) -> None:
    """There is no page that would tell the stage."""


def _key() -> KeyPair:
    body = new_body(NAME, new_root("bench", AT), AT)
    return KeyPair(body.certificate, body.key, body.chain)


def _job(paper: Paper, key: KeyPair) -> Job:
    sheets = [
        Sheet(
            f"人民调解协议书 {number}", f"papers/{number:03}-agreement.pdf", paper.pdf, "application/pdf", "2026-11-23"
        )
        for number in range(1, PAPERS + 1)
    ]
    lines = [{"at": "2026-11-23T09:00", "who": "李晓", "what": "完成：调解"} for _ in range(20)]
    cover = {"parties": ["王建国", "李秀兰"], "filed_by": "李晓", "filed_on": "2026-11-23", "retention": "permanent"}
    head = {"body": {"name": NAME}, "number": "（2026）青禾人调字第1号", "matter": "楼上漏水"}
    return Job(
        head=head, cover=cover, case_code="QH-1", filed_by="李晓", sheets=sheets, lines=lines, chain="0" * 64, missing=[], unsigned=[],
        seal=NAME, key=key, at=AT,
    )  # fmt: skip


def _sealing(paper: Paper, key: KeyPair) -> float:
    """Milliseconds for one seal with its picture, from the printed file to the sealed one (median)."""
    times = []
    for _ in range(SEALS):
        begun = time.perf_counter()
        sign(with_fields(paper.pdf, {SEAL: paper.boxes[SEAL]}), SEAL, key, AT, "加盖印章", seal_image(NAME))
        times.append(time.perf_counter() - begun)
    return median(times) * 1000
