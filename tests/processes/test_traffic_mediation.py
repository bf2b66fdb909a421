"""Traffic: the police mediate on a joint application in time, the committee otherwise; three days after it ends once more."""

from __future__ import annotations

from datetime import date

import pytest

from tests.processes.journey import Journey, caused, clock_moves, do, due, forget, from_here, message, sees, until, walk
from tests.processes.routes import AT_THE_TABLE, ends, handed, sits_agreed, sits_failed, withdrawn


def assessed(joint: str, certificate_on: date) -> Journey:
    answers = {"joint": joint, "certificate_on": certificate_on}
    return Journey("traffic_mediation", (do("assess", answers),), case=AT_THE_TABLE)


police = from_here(assessed("yes", date(2026, 11, 18)), *handed("traffic-police"))
committee = assessed("no", date(2026, 11, 18))
ended = from_here(committee, *sits_failed())

JOURNEYS = {
    "the application is looked at": Journey("traffic_mediation", (sees("assess"), due("assess", "2026-11-25", role="dispatcher"))),
    "a joint application in time goes to the traffic police": from_here(
        police, due("notify", "2026-11-25", role="police_liaison", group="traffic-police"), do("notify"),
        clock_moves({"traffic-result": date(2026, 12, 3)}),
        due("police_mediate", "2026-12-03", role="police_liaison", group="traffic-police"), forget(),
        do("police_mediate", {"result": "agreed"}), caused("stop-clock traffic-result", "answer-referral True"), ends("settled")),
    "the police certify the end": from_here(police, do("notify"), do("police_mediate", {"result": "failed"}), ends("failed")),
    "no result in ten days is urged": from_here(
        police, do("notify"), clock_moves({"traffic-result": date(2026, 12, 3)}), forget(), until("2026-12-04"),
        caused("warn-overdue police_mediate"), sees("police_mediate")),
    "the police do not take it": from_here(assessed("yes", date(2026, 11, 18)), withdrawn("traffic-police"), ends("returned")),
    "too late for the police: the committee": from_here(assessed("yes", date(2026, 11, 2)), sees("invite")),
    "the committee settles it": from_here(committee, sees("invite"), *sits_agreed(), ends("agreed")),
    "ended there, both may ask the police in three days": from_here(
        ended, clock_moves({"traffic-after-committee": date(2026, 11, 26)}), due("ask_police", "2026-11-26", role="mediator"),
        do("ask_police", {"joint": "yes"}), sees("send")),
    "both do not ask": from_here(ended, do("ask_police", {"joint": "no"}), ends("failed")),
    "nobody asks in three days": from_here(
        ended, clock_moves({"traffic-after-committee": date(2026, 11, 26)}), until("2026-11-27"), ends("failed")),
    "a side walks out": from_here(committee, message("mediation-ended"), sees("ask_police")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_traffic(journey: Journey) -> None:
    walk(journey)
