"""The cases of the demonstration centre, shaped after what such centres report; each says how far it has come and how."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Story:
    """One case. `stop` names the steps that nobody has done yet; `ways` overrides the answers of single steps, and under
    `flow.step` answers one that nobody else knows. `pictures` among them are captions of photographs handed in with it."""

    title: str
    kind: str
    parties: list[str]
    summary: str
    claims: str
    amount: int | None = None
    days_ago: int = 20
    stop: list[str] = field(default_factory=list)
    ways: dict[str, dict[str, Any]] = field(default_factory=dict)
    terms: list[dict[str, Any]] = field(default_factory=list)  # parts of terms; `by` and `to` are places in `parties`
    instalments: int = 0
    first_due: int = 15  # days after the agreement
    every: int = 30
    oral: bool = False
    mediator: str = "mediator"
    committee: str = "committee"
    route: str = "peoples_mediation"
    agency: str = ""  # to which agency it is handed, when the route is `referral`
    facts: dict[str, Any] = field(default_factory=dict)
    end: str = ""  # withdrawn, risk, void
    entry: str = ""  # the flow that begins it, when it does not come to the window
    by: str = ""  # who began that, by login
    opening: dict[str, Any] = field(default_factory=dict)  # the answers of its first step
    pace: int = 20  # hours between two steps


STORIES = tuple(Story(**row) for row in json.loads(Path(__file__).with_suffix(".json").read_text("utf-8")))
