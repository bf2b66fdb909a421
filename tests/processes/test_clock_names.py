"""Every clock that a flow names is a row of the table of clocks, and every change of one is allowed by its rule."""

from __future__ import annotations

import re

import pytest

from mediation.clocks import rule_in
from tests.processes.journey import FLOWS, shipped

CALLED = re.compile(r"\bclock(?:_due|_left|_after)?\((?:\"|&quot;)([\w-]+)(?:\"|&quot;)")
EFFECT = re.compile(r'<zeebe:header key="clock" value="([^"=]+)"')


@pytest.mark.parametrize("path", sorted(FLOWS.glob("*.bpmn")), ids=lambda path: path.stem)
def test_every_clock_that_is_named_is_in_the_table(path) -> None:
    text = path.read_text("utf-8")
    names = {*CALLED.findall(text), *EFFECT.findall(text)} - {"mediation"}
    for name in names:
        assert rule_in(shipped(), name).key == name


def test_every_row_has_a_law_a_source_and_english_words() -> None:
    words = shipped().translations["en"]["decisions"]["clocks"]["values"]
    keys = re.findall(
        r'_i0"><text>"([\w-]+)"', (FLOWS / "decisions/clocks.dmn").read_text("utf-8").split("clock_changes")[0]
    )
    for rule in (rule_in(shipped(), key) for key in keys):
        assert rule.ground
        assert rule.source
        assert [text for text in (rule.name, rule.ground, rule.source) if text not in words] == []
