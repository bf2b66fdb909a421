"""One filled sample of every kind, of invented people: `mediation papers --sample DIR` writes them as PDFs.

Shown to administrators beside the layouts, and compared as text and as pictures by the tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from documents.workers import Renderer

CHECK_URL = "https://mediation.example/verify/7K2M9QFD4TXAW8HC"
SAMPLES: Mapping[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))


def write_samples(folder: Path, renderer: Renderer, *, annex: bool = False) -> Iterator[Path]:
    """Print every sample into the folder as ``<kind>.pdf``; yields each file when it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    printing = {kind: renderer.render(kind, facts, check_url=CHECK_URL, annex=annex) for kind, facts in SAMPLES.items()}
    for kind, paper in printing.items():
        path = folder / f"{kind}.pdf"
        path.write_bytes(paper.result().pdf)
        yield path
