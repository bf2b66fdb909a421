"""Files of strangers are checked in a process of their own, with little memory and little time.

Whoever drops a file on the public page may send anything. What breaks, swells or never ends costs that process and is
answered with NotReadable; the server goes on.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from documents.sealing import NotReadable, Report, Signed, verify

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 20
MEMORY = 1024**3  # bytes of address space; a sealed dossier of 5 MB needs a fifth


def examine(pdf: bytes, roots: Iterable[bytes], *, at: datetime, seconds: int = SECONDS) -> Report:
    """As `documents.sealing.verify`, at a safe distance. Raises NotReadable, also for what takes too long."""
    if not pdf.startswith(b"%PDF-"):
        raise NotReadable("no PDF")
    asked = json.dumps({"roots": [root.decode() for root in roots], "at": at.isoformat(), "seconds": seconds})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "documents.examining"], input=asked.encode() + b"\n" + pdf, capture_output=True,
            timeout=seconds, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise NotReadable(type(error).__name__) from error
    if "unreadable" in told:
        raise NotReadable(told["unreadable"])
    return Report(tuple(Signed(**one) for one in told["signatures"]))


def _answer() -> dict[str, object]:
    asked = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"]))
    roots = [root.encode() for root in asked["roots"]]
    try:
        report = verify(sys.stdin.buffer.read(), roots, at=datetime.fromisoformat(asked["at"]))
    except (NotReadable, MemoryError) as error:
        return {"unreadable": str(error) or type(error).__name__}
    return {"signatures": [asdict(one) for one in report.signatures]}


if __name__ == "__main__":
    print(json.dumps(_answer(), ensure_ascii=False))
