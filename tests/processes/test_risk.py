"""A risk breaks in at any step, more than once: a further process of the same case."""

from __future__ import annotations

import pytest

from tests.processes.journey import Journey, caused, do, due, forget, from_here, over, sees, until, walk

reported = Journey("risk_alert", (do("report", {"police": "no"}),))
watched = from_here(reported, do("measures"), until("2026-11-26"))

JOURNEYS = {
    "what may become a crime is reported to the police": Journey("risk_alert", (
        sees("report"), due("report", "2026-11-23", role="dispatcher"), do("report", {"police": "yes"}),
        caused("send-notice risk director", "send-notice risk mediator"), sees("tell_police"),
        due("tell_police", "2026-11-23", role="director"), do("tell_police"), sees("measures"),
        due("measures", "2026-11-24", role="director"))),
    "a common risk goes straight to the measures": from_here(reported, sees("measures")),
    "it is reviewed after three days": from_here(
        reported, forget(), do("measures"), sees(), until("2026-11-26"), sees("review"),
        due("review", "2026-11-27", role="dispatcher"), do("review", {"result": "lifted"}), caused(), over()),
    "it is watched on": from_here(watched, do("review", {"result": "watch"}), sees(), until("2026-11-30"),
                                  sees("review")),
    "it has risen": from_here(watched, do("review", {"result": "raised"}), sees("measures")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_risk(journey: Journey) -> None:
    walk(journey)
