"""The agencies are asked, meet, split the work and answer for it; a group has its roster, its representatives, its consents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.processes.journey import (
    EFFECTIVE,
    SHANGHAI,
    Journey,
    Step,
    Walk,
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

SUPERVISION = "order-supervision"
SESSION = datetime(2026, 12, 3, 9, 0, tzinfo=SHANGHAI)
TASKS = [
    {"agency": "housing", "what": "核查租赁备案", "due_on": date(2026, 12, 9)},
    {"agency": "police", "what": "维护现场秩序", "due_on": date(2026, 12, 16)},
]


def joint(**facts: Any) -> dict[str, Any]:
    """`case.joint` as the tables have it."""
    return {"joint": {"asked": 2, "must_open": 0, "tasks": 0, "tasks_open": 0, "next_meeting": None, **facts}}


def group(**facts: Any) -> dict[str, Any]:
    """`case.roster` as the table has it."""
    known = {"members": 300, "representatives": 3, "consented": 0, "refused": 0, "open": 300, "vote_passed": False}
    return {"roster": {**known, **facts}}


def each(element_id: str, **case: Any) -> Step:
    """Everybody who holds such a step does it."""

    def step(at: Walk) -> None:
        while element_id in at.open_tasks():
            do(element_id, {}, **case)(at)

    return step


def asks(group_: str = "no", **answers: Any) -> Step:
    """The host asks the housing bureau, which must answer, and the police, who may."""
    return do("prepare", {"must": ["housing"], "may": ["police"], "answer_days": 3, "group": group_, **answers})


def meets(result: str, **answers: Any) -> tuple[Step, ...]:
    return (do("call", {}, **joint(next_meeting=SESSION)), do("hold", {"result": result, **answers}, **joint()))


def outcome(name: str) -> Step:
    """The caller is told this, and nothing is left to do."""

    def step(at: Walk) -> None:
        ended = {line.element_id for line in at.log if line.event == "completed"}
        assert name in ended
        over()(at)

    return step


asked = Journey("joint_meeting", (asks(),))
heard = from_here(asked, each("opinion", **joint()))
split = from_here(heard, *meets("tasks", tasks=TASKS))
many = Journey("joint_meeting", (asks("yes"), do("roster", {}, **group()), do("represent"), each("opinion", **joint())))
mediating = from_here(heard, *meets("mediate"))
# From the appointment to an agreement in effect: told in test_mediation, passed through here.
TO_AGREEMENT = (
    do("appoint", {}, mediator="mediator"), do("consent", {}, consents_given=2, consents_open=0), do("tell_rights"),
    do("enquire", {"next_step": "meeting"}), do("invite"), do("hold", {"result": "held"}, meetings_held=1),
    do("minutes", {"result": "agreed"}), do("draft", {}, agreement={**EFFECTIVE, "status": "draft", "effective_on": None}),
    do("check", {"result": "pass"}), do("sign", {"next_step": "go_on"}, agreement=dict(EFFECTIVE)),
)  # fmt: skip
NOT_AGREED = (
    do("appoint", {}, mediator="mediator"), do("consent", {}, consents_given=1, consents_refused=1, consents_open=0),
)  # fmt: skip

JOURNEYS = {
    "each agency is asked in its own pool, with its own day": from_here(
        asked, sees("opinion", "opinion"), due("opinion", "2026-11-26", role="liaison", group="housing")),
    "the host meets when everybody has answered": from_here(
        heard, sees("call"), due("call", "2026-11-26", role="dispatcher")),
    "only those who must are asked": Journey("joint_meeting", (asks(may=None), sees("opinion"))),
    "the late answer of who must give one is supervised": from_here(
        asked, forget(), until("2026-11-27"),
        lambda at: [one.name for one in at.effects].count(SUPERVISION) == 1 or pytest.fail(str(at.effects)),
        sees("opinion", "opinion")),
    "three days later nobody waits for who may answer": from_here(asked, until("2026-12-02", **joint()), sees("call")),
    "the director waits on for who must answer": from_here(
        asked, until("2026-12-02", **joint(must_open=1)), sees("late"), due("late", "2026-12-03", role="director"),
        do("late", {"decision": "wait", "again": ["housing"], "more_days": 2}), sees("opinion"),
        due("opinion", "2026-12-04", role="liaison", group="housing"), each("opinion", **joint()), sees("call")),
    "waited for once more in vain": from_here(
        asked, until("2026-12-02", **joint(must_open=1)),
        do("late", {"decision": "wait", "again": ["housing"], "more_days": 2}), until("2026-12-10", **joint(must_open=1)),
        sees("late"), do("late", {"decision": "go_on", "again": None, "more_days": None}), sees("call")),
    "the parties are reminded the day before": from_here(
        heard, do("call", {}, **joint(next_meeting=SESSION)), sees("hold"), forget(), until("2026-12-02"),
        caused("remind-joint"), sees("hold")),
    "a session without a time is done within five days": from_here(
        heard, do("call"), due("hold", "2026-11-30", role="dispatcher"), until("2026-11-26"), sees("hold")),
    "each agency does its part by its own day": from_here(
        split, sees("do_task", "do_task"), due("do_task", "2026-12-09", role="liaison", group="housing"), forget(),
        until("2026-12-09"), caused("remind-agency housing do_task"), until("2026-12-11"),
        lambda at: SUPERVISION in [one.name for one in at.effects] or pytest.fail(str(at.effects))),
    "all have answered: the host draws it together": from_here(
        split, each("do_task", **joint()), sees("conclude"), do("conclude", {"outcome": "settled"}), outcome("settled")),
    "after the work the parties will mediate": from_here(
        split, each("do_task"), do("conclude", {"outcome": "mediate"}), sees("appoint")),
    "after the work another meeting": from_here(split, each("do_task"), do("conclude", {"outcome": "again"}), sees("call")),
    "after the work nothing is settled": from_here(
        split, each("do_task"), do("conclude", {"outcome": "failed"}), outcome("failed")),
    "the meeting decides to meet again": from_here(heard, *meets("again"), sees("call")),
    "the agencies settle it at the table": from_here(heard, *meets("settled"), outcome("settled")),
    "the meeting fails": from_here(heard, forget(), *meets("failed"), caused("issue-paper joint_minutes file", "tell-members all",
        "issue-paper members_notice all members:all"),
        outcome("failed")),
    "the parties mediate and agree": from_here(
        mediating, *TO_AGREEMENT, outcome("agreed"),
        lambda at: "tell-members" in [one.name for one in at.effects] or pytest.fail("nobody was told")),
    "the parties mediate and one refuses": from_here(mediating, *NOT_AGREED, outcome("failed")),
    "a group has its roster checked first": Journey("joint_meeting", (
        asks("yes"), sees("roster"), due("roster", "2026-11-30", role="dispatcher"), do("roster", {}, **group()),
        sees("represent"), due("represent", "2026-12-07", role="dispatcher"), do("represent"), sees("opinion", "opinion"))),
    "a group's members are asked before they mediate": from_here(
        many, *meets("mediate"), sees("consents"), do("consents", {}, **group(consented=280, refused=5, open=15)),
        sees("appoint")),
    "no member consents": from_here(
        many, *meets("mediate"), do("consents", {}, **group(refused=300, open=0)), outcome("failed")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_joint_meeting(journey: Journey) -> None:
    walk(journey)
