"""The decision tables between the centre, the police, the procuratorate and the judicial office."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.processes.journey import FLOWS
from workflows.decision import Decisions, decide, load


@cache
def tables(name: str) -> Decisions:
    return load((FLOWS / f"decisions/{name}.dmn").read_bytes(), f"{name}.dmn")


def fits(name: str, **facts: Any) -> bool:
    return bool(decide(tables(name), name, facts)["fit"])


@pytest.mark.parametrize(
    "offence", ["assault", "insult", "defamation", "false_accusation", "damage", "harassment", "privacy"]
)
def test_minor_offences_from_civil_disputes_are_mediated(offence: str) -> None:
    assert fits("public_order", offence=offence, exclusions=[])


@pytest.mark.parametrize("exclusion", ["hired", "gang", "provocation", "repeat", "renewed", "unwilling", "not_civil"])
def test_what_is_excluded_is_not_mediated(exclusion: str) -> None:
    assert not fits("public_order", offence="assault", exclusions=["other", exclusion])


def test_an_offence_that_is_not_listed_is_not_mediated() -> None:
    assert not fits("public_order", offence="other", exclusions=[])


@pytest.mark.parametrize(
    ("person_kind", "willing", "unable", "fit"),
    [
        ("migrant", True, True, True),
        ("elderly", True, True, True),
        ("disabled", True, True, True),
        ("minor", True, True, True),
        ("abused", True, True, True),
        ("other", True, True, False),
        ("elderly", False, True, False),
        ("elderly", True, False, False),
    ],
)
def test_weak_litigants_who_want_to_sue_and_cannot_are_supported(
    person_kind: str, willing: bool, unable: bool, fit: bool
) -> None:
    assert fits("suit_support", person_kind=person_kind, willing=willing, unable=unable) is fit


OPEN = {"offence_kind": "civil", "likely_years": 3, "prior_intentional": False, "remorse": True, "victim_willing": True}


@pytest.mark.parametrize(
    ("changes", "fit"),
    [
        ({}, True),
        ({"likely_years": 4}, False),
        ({"offence_kind": "negligence", "likely_years": 7}, True),
        ({"offence_kind": "negligence", "likely_years": 8}, False),
        ({"offence_kind": "dereliction", "likely_years": 1}, False),
        ({"offence_kind": "other", "likely_years": 1}, False),
        ({"prior_intentional": True}, False),
        ({"remorse": False}, False),
        ({"victim_willing": False}, False),
    ],
)
def test_reconciliation_is_open_as_the_law_says(changes: dict[str, Any], fit: bool) -> None:
    assert fits("reconciliation", **{**OPEN, **changes}) is fit


@pytest.mark.parametrize(
    ("difficulty", "grade", "amount"),
    [("simple", "good", 50), ("ordinary", "excellent", 200), ("complex", "good", 400), ("complex", "failed", 0)],
)
def test_a_subsidy_goes_by_difficulty_and_grade(difficulty: str, grade: str, amount: int) -> None:
    assert decide(tables("subsidy"), "subsidy", {"difficulty": difficulty, "grade": grade})["amount"] == amount
