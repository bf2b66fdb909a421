"""The shipped decision tables: what triage suggests and why, how often one visits, which clock counts how."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.processes.journey import EFFECTIVE, FLOWS, FRESH_CASE
from workflows.decision import Decisions, decide, load

FAMILY, LABOUR, MEDICAL, EXPROPRIATION = "0102", "0701", "0502", "1101"


@cache
def tables(name: str) -> Decisions:
    return load((FLOWS / f"decisions/{name}.dmn").read_bytes(), f"{name}.dmn")


def suggest(*, people: int = 2, violence: bool = False, danger: bool = False, **case: Any) -> dict[str, Any]:
    context = {"case": {**FRESH_CASE, **case}, "people_count": people, "violence": violence, "danger": danger}
    return decide(tables("triage"), "triage", context)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"amount": None}, {"risk": "blue", "level": "ordinary", "route": "peoples_mediation", "deadline_days": 30}),
        ({"amount": 3000}, {"risk": "blue", "level": "simple", "deadline_days": 7, "statistics_kind": "neighbour"}),
        ({"amount": 120000}, {"risk": "yellow", "level": "ordinary"}),
        ({"amount": 300000}, {"risk": "yellow", "level": "complex", "deadline_days": 60}),
        ({"minors": True}, {"risk": "yellow"}),
        ({"people": 5}, {"risk": "orange", "level": "complex"}),
        ({"violence": True}, {"risk": "orange", "level": "complex"}),
        ({"domestic_violence": True, "kind": FAMILY}, {"risk": "orange", "statistics_kind": "marriage_family"}),
        ({"people": 10}, {"risk": "red"}),
        ({"danger": True}, {"risk": "red", "level": "complex", "deadline_days": 60}),
        ({"kind": LABOUR}, {"statistics_kind": "labour", "clock": "labour", "route": "labour_linkage"}),
        ({"kind": MEDICAL}, {"statistics_kind": "medical", "clock": "medical", "level": "complex", "route": "medical_mediation"}),
        ({"kind": EXPROPRIATION}, {"route": "referral", "agency": "housing", "statistics_kind": "expropriation"}),
        ({"kind": "1401"}, {"route": "referral", "agency": "court"}),
        ({"kind": "1201"}, {"route": "referral", "agency": "civil-affairs"}),
        ({"people": 12}, {"route": "joint_meeting"}),
        ({"kind": "0501", "violence": True}, {"route": "police_linkage"}),
        ({"source": "procuratorate"}, {"route": "procuratorate_linkage"}),
        ({"kind": "1501"}, {"route": "petition_linkage", "agency": "", "statistics_kind": "other"}),
        ({"source": "court_before_filing"}, {"clock": "court-before-filing"}),
        ({"source": "court_after_filing", "kind": LABOUR}, {"clock": "court-after-filing"}),
        ({}, {"clock": "peoples-mediation"}),
    ],
)
def test_triage_suggests(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    suggestion = suggest(**facts)
    assert {key: suggestion[key] for key in expected} == expected


def test_a_suggestion_says_why() -> None:
    assert suggest(danger=True)["reasons"][:2] == ["有凶器、轻生或者群体性苗头，须多部门联动", "风险等级为橙色以上"]


@pytest.mark.parametrize(
    ("risk", "level", "immediate", "days"),
    [
        ("blue", "ordinary", False, [7, 30, 90]),
        ("yellow", "complex", True, [7, 30, 90]),
        ("orange", "complex", False, [7, 15, 30, 60, 90]),
        ("red", "complex", False, [3, 7, 14, 30, 60, 90]),
        ("blue", "simple", True, [30]),
        ("blue", "simple", False, [7, 30, 90]),
    ],
)
def test_visits_follow_the_risk(risk: str, level: str, immediate: bool, days: list[int]) -> None:
    case = {**FRESH_CASE, "risk": risk, "level": level, "agreement": {**EFFECTIVE, "immediate": immediate}}
    assert decide(tables("visits"), "visits", {"case": case}) == days


@pytest.mark.parametrize(
    ("clock", "value", "unit", "verified"),
    [
        ("peoples-mediation", 1, "month", True),
        ("medical", 30, "working", True),
        ("labour", 15, "calendar", True),
        ("court-before-filing", 30, "calendar", True),
        ("judicial-confirmation", 30, "calendar", True),
        ("court-acceptance", 3, "working", False),
        ("court-decision", 30, "calendar", True),
        ("enforcement", 2, "year", True),
        ("handling", 30, "calendar", False),
    ],
)
def test_a_clock_says_how_it_is_counted(clock: str, value: int, unit: str, verified: bool) -> None:
    found = decide(tables("clocks"), "clocks", {"clock": clock})
    assert (found["value"], found["unit"], found["verified"]) == (value, unit, verified)
    assert found["article"].startswith("《") or found["article"] == "民诉法解释第三百七十二条" or not verified


def test_a_clock_that_is_not_in_the_table_is_none() -> None:
    assert decide(tables("clocks"), "clocks", {"clock": "tea-time"}) is None
