"""One filled sample of every kind, of invented people: ``python -m documents.samples DIR`` writes them as PDFs.

Shown to administrators beside the layouts, and compared as text and as pictures by the tests.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from documents.render import render

CHECK_URL = "https://mediation.example/verify/7K2M-9QFD-4TXA"
SAMPLES: Mapping[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))


def write_samples(folder: Path) -> list[Path]:
    """Print every sample into the folder as ``<kind>.pdf`` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, facts in SAMPLES.items():
        path = folder / f"{kind}.pdf"
        path.write_bytes(render(kind, facts, check_url=CHECK_URL).pdf)
        written.append(path)
    return written


if __name__ == "__main__":
    for sample in write_samples(Path(sys.argv[1])):
        print(sample)
