"""The way of a supervision order: answered and accepted, answered late, answered again."""

from __future__ import annotations

import pytest

from tests.processes.journey import Journey, caused, do, due, forget, from_here, over, sees, until, walk

GIVEN = {"order_id": 7, "agency": "court", "person": None, "answer_due": "2026-11-26", "orderer": "supervisor"}

ordered = Journey("supervision", (), variables=GIVEN)
answered = from_here(ordered, caused("issue-paper supervision_order agency order:7"), sees("answer"),
                     due("answer", "2026-11-26", role="liaison", group="court"), do("answer", {"situation": "已办"}))  # fmt: skip

JOURNEYS = {
    "accepted": from_here(answered, sees("review"), do("review", {"review": "accepted"}), over()),
    "late": from_here(
        ordered, forget(), until("2026-11-30"), caused("warn-overdue answer"), sees("answer"),
        do("answer"), do("review", {"review": "accepted"}), over(),
    ),
    "again": from_here(
        answered, do("review", {"review": "again", "answer_again_by": "2026-12-04"}),
        due("answer", "2026-12-04", role="liaison", group="court"), do("answer"), do("review", {"review": "accepted"}), over(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", JOURNEYS)
def test_the_order_is_carried_to_its_end(name: str) -> None:
    walk(JOURNEYS[name])
