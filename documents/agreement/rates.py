"""Rates that calculators and the checker use: figures by the day from which they hold, with their source.

None of them has been read against its publication by whoever runs this house: each says so, and every calculator lets the
figure be typed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("rates.json")
# 民间借贷规定 25: four times the one-year LPR.
CAP_TIMES = 4


@dataclass(frozen=True)
class Rate:
    """One figure: what it is, its value, from which day it holds, where it comes from, whether it was checked."""

    key: str
    name: Mapping[str, str]
    value: Decimal
    since: date
    source: Mapping[str, str]
    verified: bool


@lru_cache(maxsize=1)
def _table() -> Mapping[str, list[Rate]]:
    listed = json.loads(FILE.read_text("utf-8"))
    return {
        key: [
            Rate(key, row["name"], Decimal(value), date.fromisoformat(since), row["source"], row["verified"])
            for since, value in sorted(row["values"].items())
        ]
        for key, row in listed.items()
    }


def history(key: str) -> list[Rate]:
    """Every figure of a rate, the oldest first. Raises KeyError for an unknown rate."""
    return list(_table()[key])


def rate_on(key: str, day: date) -> Rate:
    """The figure that holds on a day; before the first one known, the first."""
    held = [rate for rate in _table()[key] if rate.since <= day]
    return held[-1] if held else _table()[key][0]


def lending_cap(day: date) -> Decimal:
    """The highest yearly interest in percent that a court enforces between private lenders (民间借贷规定 25)."""
    return rate_on("lpr_1y", day).value * CAP_TIMES
