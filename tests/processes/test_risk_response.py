"""A risk breaks in at any step, more than once: graded by a table, told where the law demands it, watched until it is over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.processes.journey import (
    FLOWS,
    FRESH_CASE,
    Journey,
    caused,
    do,
    due,
    forget,
    from_here,
    over,
    sees,
    until,
    walk,
)
from workflows.decision import decide, load


def report(*signs: str, **more: Any) -> dict[str, Any]:
    return {"risk": "blue", "signs": list(signs), "police": "no", **more}


plain = Journey("risk_response", (do("report", report("other")),))
quiet = from_here(plain, do("measures", {"measures": ["stabilise"]}), until("2026-12-08"))
armed = Journey("risk_response", (do("report", report("weapon", "violence"), risk="red"),))
at_home = Journey("risk_response", (do("report", report("domestic_violence"), risk="orange"),))
child = Journey("risk_response", (do("report", report("minor_harmed"), risk="red"),))
measured = {"measures": ["stabilise"]}

JOURNEYS = {
    "whoever notices it reports at once, and the director and the mediator are told": Journey("risk_response", (
        sees("report"), due("report", "2026-11-23", role="dispatcher"), do("report", report("violence")),
        caused("grade-risk orange", "send-notice risk director", "send-notice risk mediator"),
        sees("measures", "tell_police"))),
    "a report that nobody hands in is urged after two hours": Journey("risk_response", (
        until("2026-11-24"), caused("warn-overdue report"), sees("report"))),
    "the police are told and sign for it": from_here(
        armed, due("tell_police", "2026-11-23", role="director"), do("tell_police"),
        due("police_receipt", "2026-11-24", role="police_liaison", group="police"),
        do("police_receipt"), sees("measures")),
    "a reporter who fears an offence has the police told without a demand of the law": Journey("risk_response", (
        do("report", report("other", police="yes")), sees("measures", "tell_police"))),
    "nobody tells the police, nobody signs: both are urged": from_here(
        armed, forget(), until("2026-11-24"), do("tell_police"), until("2026-11-26"), sees("measures", "police_receipt")),
    "violence at home: the victim is protected and a protection order opened": from_here(
        at_home, sees("measures", "protect"), due("protect", "2026-11-23", role="director"), forget(),
        do("protect", {"order": "yes"}), caused("open-process protection_order"), sees("measures")),
    "the victim wants no order now": from_here(at_home, forget(), do("protect", {"order": "no"}), caused(), sees("measures")),
    "a child may be harmed: police, guardian or substitute, civil affairs": from_here(
        child, sees("measures", "report_minor", "tell_police"), do("report_minor"),
        due("civil_affairs", "2026-11-24", role="liaison", group="civil-affairs"), do("civil_affairs"),
        sees("measures", "tell_police")),
    "the compulsory report is urged every two hours": from_here(
        child, forget(), until("2026-11-24"), do("report_minor"), do("civil_affairs"), sees("measures", "tell_police")),
    "nobody acts for a day: it is escalated": from_here(
        plain, forget(), until("2026-11-25"), sees("measures")),
    "a team is formed and the counsellor sees the person twice": from_here(
        plain, do("measures", {"measures": ["team", "psychology"]}), sees("counsel", "team"),
        due("counsel", "2026-11-25", role="counsellor"), do("team"), do("counsel", {"next_step": "again"}),
        sees("counsel"), do("counsel", {"next_step": "done"}), sees()),
    "a red risk is looked at every day": from_here(
        Journey("risk_response", (do("report", report("suicide"), risk="red"), do("measures", measured)), ),
        until("2026-11-24"), sees("review"), due("review", "2026-11-25", role="dispatcher")),
    "a hidden one after fifteen days; it is lifted, watched for a month and over": from_here(
        quiet, sees("review"), forget(), do("review", {"result": "lifted"}), caused("stand-down"), sees(),
        until("2027-01-08"), sees("follow_up"), do("follow_up", {"result": "quiet"}), over()),
    "it is lowered and watched on": from_here(
        quiet, forget(), do("review", {"result": "lowered"}, risk="yellow"), caused("stand-down"), sees(),
        until("2026-12-15"), sees("review")),
    "it has risen: everything begins anew": from_here(quiet, do("review", {"result": "raised"}), sees("measures")),
    "it comes back after it was lifted": from_here(
        quiet, do("review", {"result": "lifted"}), until("2027-01-08"), do("follow_up", {"result": "again"}),
        sees("measures")),
    "a review that nobody writes is urged": from_here(quiet, forget(), until("2026-12-10"), caused("warn-overdue review")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_risk(journey: Journey) -> None:
    walk(journey)


NO_SIGNS = {
    "armed": False, "violence": False, "suicide": False, "people_at_risk": 1, "mass": False, "domestic": False,
    "incapable": False, "minor_harmed": False, "history": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("signs", "level", "police", "ground"),
    [
        ({}, "blue", False, "综治中心"),
        ({"history": True}, "yellow", False, "综治中心"),
        ({"people_at_risk": 5}, "orange", False, "综治中心"),
        ({"violence": True}, "orange", True, "人民调解法"),
        ({"armed": True}, "orange", True, "人民调解法"),
        ({"domestic": True}, "orange", False, "反家庭暴力法》第十三条"),
        ({"domestic": True, "incapable": True}, "orange", True, "反家庭暴力法》第十四条"),
        ({"domestic": True, "violence": True}, "orange", True, "人民调解法"),
        ({"suicide": True}, "red", False, "综治中心"),
        ({"mass": True}, "red", True, "人民调解法"),
        ({"people_at_risk": 10}, "red", True, "人民调解法"),
        ({"minor_harmed": True}, "red", True, "未成年人保护法"),
        ({"armed": True, "violence": True}, "red", True, "人民调解法"),
    ],
)
def test_the_table_grades_and_says_whether_the_police_must_be_told(
    signs: dict[str, Any], level: str, police: bool, ground: str
) -> None:
    table = load((FLOWS / "decisions/risk_level.dmn").read_bytes(), "risk_level.dmn")
    found = decide(table, "risk_level", {"case": FRESH_CASE, **NO_SIGNS, **signs})
    assert (found["level"], found["police"]) == (level, police)
    assert ground in found["ground"]


def test_what_no_law_says_is_marked_as_a_default_of_the_house() -> None:
    body = (FLOWS / "decisions/risk_level.dmn").read_text("utf-8")
    assert "本地默认值，未核实" in body
    assert "本地默认值，未核实" in (FLOWS / "decisions/risk_watch.dmn").read_text("utf-8")
