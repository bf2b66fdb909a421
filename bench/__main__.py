"""`make bench`: measure everything in one run, print a table, write bench/results.json."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import completing, dossiers, houses, inbox, papers, serving

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Target:
    """What a figure should be; `holds` says whether it is, None where it is only stated."""

    text: str
    holds: Callable[[float, dict[str, float]], bool] | None = None


def _at_most(limit: float) -> Target:
    return Target(f"<= {limit:g}", lambda value, _all: value <= limit)


TARGETS = {
    "complete_ratio_sqlite": _at_most(4),
    "complete_ratio_postgresql": _at_most(5),
    "complete_statements": _at_most(15),
    "complete_commits": Target("= 1", lambda value, _all: value == 1),
    "http_complete_ms": Target("<= 3 x in-process + 4", lambda value, found: value <= 3 * found["in_process_ms"] + 4),
    "aged_case_ratio": _at_most(1.5),
    "inbox_p95_ms_sqlite": _at_most(60),
    "inbox_p95_ms_postgresql": _at_most(40),
    "inbox_statements": _at_most(8),
    "agreement_warm_ms": _at_most(80),
    "papers_per_second": Target(">= 25", lambda value, _all: value >= 25),
    "worker_growth": _at_most(1.1),
    "libreoffice_ms": Target("stated"),
    "typst_ms": Target("stated"),
    "dossier_ms": _at_most(2500),
    "sealing_ms": _at_most(150),
    "server_rss_mb": Target("stated"),
}


def measure() -> tuple[dict[str, float], dict[str, Any]]:
    """The figures, and everything beside them that helps to read them."""
    figures: dict[str, float] = {}
    beside: dict[str, Any] = {}
    for kind in houses.kinds():
        with houses.house(kind) as app:
            _say(f"completing on {kind}")
            user = completing.settle()
            release = completing.bench_release(user)
            floor = completing.against_floor(app, user, release)
            figures[f"complete_ratio_{kind}"] = floor["ratio"]
            beside[f"completing_{kind}"] = floor
            beside[f"shipped_flow_{kind}"] = completing.shipped(app)
            beside[f"shipped_flow_{kind}"]["ratio_to_floor"] = (
                beside[f"shipped_flow_{kind}"]["shipped_ms"] / floor["floor_ms"]
            )
            if kind == "sqlite":
                _only_once(app, user, release, figures, beside)
                beside["in_process_ms"] = floor["ours_ms"]
            _say(f"my work on {kind}")
            found = inbox.measure(app, inbox.fill(user))
            figures[f"inbox_p95_ms_{kind}"] = found["worst_ms"]
            figures["inbox_statements"] = max(figures.get("inbox_statements", 0), found["statements"])
            beside[f"inbox_{kind}"] = found["p95_ms"]
    _say("papers")
    beside["agreement"] = papers.agreement()
    figures["agreement_warm_ms"] = beside["agreement"]["warm_ms"]
    figures["papers_per_second"] = papers.throughput()
    figures |= papers.peers()
    _say("a thousand papers")
    beside["worker"] = papers.growth()
    figures["worker_growth"] = beside["worker"]["ratio"]
    _say("a dossier")
    beside["dossier"] = dossiers.dossier()
    figures["dossier_ms"], figures["sealing_ms"] = beside["dossier"]["dossier_ms"], beside["dossier"]["sealing_ms"]
    _say("the server")
    beside["server"] = serving.serve()
    figures["server_rss_mb"] = beside["server"]["rss_mb"]
    return figures, beside


def _only_once(app: Any, user: Any, release: str, figures: dict[str, float], beside: dict[str, Any]) -> None:
    """What does not depend on the database is measured on SQLite."""
    counts = completing.statements(user, release)
    figures["complete_statements"], figures["complete_commits"] = counts["statements"], counts["commits"]
    beside["aged"] = completing.aged(user, release)
    figures["aged_case_ratio"] = beside["aged"]["ratio"]
    figures["http_complete_ms"] = completing.over_http(app, user, release)["http_ms"]


def _say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def table(figures: dict[str, float], beside: dict[str, Any]) -> str:
    """A line a figure, with its target and whether it is met."""
    lines = []
    for name, target in TARGETS.items():
        if name not in figures:
            lines.append(f"{name:<28} {'—':>10}  {target.text:<24} not measured: not on this machine")
            continue
        met = "" if target.holds is None else "met" if target.holds(figures[name], beside) else "MISSED"
        lines.append(f"{name:<28} {figures[name]:>10.2f}  {target.text:<24} {met}")
    for kind in ("sqlite", "postgresql"):
        shipped = beside.get(f"shipped_flow_{kind}")
        if shipped:
            lines.append(
                f"shipped flow on {kind:<11} {shipped['shipped_ms']:>10.2f}  ms a completion, {shipped['ratio_to_floor']:.1f} x the floor, "
                f"{shipped['shipped_statements']:.0f} statements"
            )
    return "\n".join(lines)


def main() -> None:
    figures, beside = measure()
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    content = {
        "figures": figures,
        "targets": {name: target.text for name, target in TARGETS.items()},
        "beside": beside,
        "machine": machine,
    }
    RESULTS.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(figures, beside))


if __name__ == "__main__":
    main()
