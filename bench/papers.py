"""A two-page agreement in a warm render worker."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from documents.samples import SAMPLES
from documents.workers import Renderer

RUNS = 40


def agreement() -> dict[str, Any]:
    """p50 of the sample agreement, from handing the facts in to having the bytes."""
    with Renderer(processes=1) as renderer:
        facts = SAMPLES["agreement"]
        pages = [
            renderer.render("agreement", facts, check_url="https://centre.example/verify/BENCH?p=00000000").result().pages
            for _ in range(5)
        ][0]
        times = []
        for _ in range(RUNS):
            begun = time.perf_counter()
            renderer.render("agreement", facts, check_url="https://centre.example/verify/BENCH?p=00000000").result()
            times.append(time.perf_counter() - begun)
    return {"warm_ms": median(times) * 1000, "pages": pages}
