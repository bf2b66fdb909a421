"""After closing something comes in: it is checked, somebody visits, and a new dispute is registered where there is one."""

from __future__ import annotations

from datetime import date

import pytest

from tests.processes.journey import EFFECTIVE, Journey, caused, do, due, forget, from_here, over, sees, until, walk

VISIT = {"decision": "visit", "visit_on": date(2026, 11, 27)}

begun = Journey("reopened_follow_up", (), case={"status": "closed", "mediator": "liu", "committee": "committee"})
planned = from_here(begun, do("check", VISIT))

JOURNEYS = {
    "the dispatcher checks within a day": from_here(
        begun, sees("check"), due("check", "2026-11-24", role="dispatcher")),
    "nothing has to be done": from_here(begun, do("check", {"decision": "nothing"}), caused(), over()),
    "somebody visits and all is quiet": from_here(
        begun, forget(), do("check", VISIT), caused("plan-visit 2026-11-27"), sees("visit"),
        due("visit", "2026-11-27", role="mediator", group="committee"),
        do("visit", {"result": "done", "signs": "none"}, agreement=EFFECTIVE),
        caused("issue-paper visit_record file"), over()),
    "without an agreement there is no record of its performance": from_here(
        planned, forget(), do("visit", {"result": "done", "signs": "none"}), caused(), over()),
    "signs of relapse are looked at again": from_here(
        planned, do("visit", {"result": "done", "signs": "relapse"}), sees("check")),
    "nobody was at home": from_here(
        planned, do("visit", {"result": "unreached", "signs": "none"}), sees("visit")),
    "a visit that is late is told": from_here(
        planned, forget(), until("2026-11-30"), caused("warn-overdue visit"), sees("visit")),
    "it is a new dispute": from_here(
        begun, do("check", {"decision": "new_dispute"}), sees("register_new"),
        due("register_new", "2026-11-24", role="clerk"), do("register_new"), over()),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_reopened(journey: Journey) -> None:
    walk(journey)
