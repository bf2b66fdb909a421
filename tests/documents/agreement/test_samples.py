"""Sixty flawed and twenty sound agreements: exactly what the checker finds in each of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from documents.agreement import checker
from tests.documents.agreement.drafts import draft

FOLDER = Path(__file__).parent / "samples"
FLAWED, SOUND = (json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in ("flawed", "sound"))


def found(sample: dict[str, Any]) -> list[str]:
    told = {key: value for key, value in sample.items() if key not in ("name", "found", "terms", "parties", "members")}
    members = tuple((name, consent) for name, consent in sample.get("members", ()))
    made = draft(*sample["terms"], parties=tuple(sample["parties"]), members=members, **told)
    return sorted({finding.rule for finding in checker.check(made)})


def test_there_are_sixty_flawed_and_twenty_sound_ones() -> None:
    assert (len(FLAWED), len(SOUND)) == (60, 20)
    assert len({sample["name"] for sample in (*FLAWED, *SOUND)}) == 80


@pytest.mark.parametrize("sample", FLAWED, ids=lambda sample: sample["name"])
def test_what_is_wrong_with_a_flawed_one_is_found_and_nothing_more(sample: dict[str, Any]) -> None:
    assert found(sample) == sample["found"]
    assert sample["found"]


@pytest.mark.parametrize("sample", SOUND, ids=lambda sample: sample["name"])
def test_a_sound_one_is_left_alone(sample: dict[str, Any]) -> None:
    assert found(sample) == sample["found"]
    assert not [rule for rule in checker.rules() if rule.key in sample["found"] and rule.severity == "red"]
