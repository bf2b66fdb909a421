"""Property management: groups to a joint meeting, what the company must put right to the housing authority, the rest mediated."""

from __future__ import annotations

import pytest

from tests.processes.journey import Journey, caused, do, due, forget, from_here, message, sees, walk
from tests.processes.routes import AT_THE_TABLE, ends, sits_agreed, sits_failed


def assessed(nature: str, owners: int = 1, fault: str = "no") -> Journey:
    answers = {"nature": nature, "owners": owners, "fault": fault}
    return Journey("property_mediation", (do("assess", answers),), case=AT_THE_TABLE)


ordered = from_here(assessed("service", fault="yes"), do("order", {"company": "property", "days": 7}), do("answer"))
rectified = from_here(ordered, do("check", {"result": "accepted"}))

JOURNEYS = {
    "it is assessed in two days": Journey("property_mediation", (sees("assess"), due("assess", "2026-11-25", role="dispatcher"))),
    "the owners' committee is a matter of the owners": from_here(
        assessed("committee"), sees("tell_meeting"), do("tell_meeting"), ends("returned")),
    "ten owners: a joint meeting": from_here(assessed("fees", 10, "yes"), sees("tell_meeting")),
    "the company puts it right, and the owners accept it": from_here(
        assessed("service", fault="yes"), due("order", "2026-11-24", role="liaison", group="housing"),
        do("order", {"company": "property", "days": 7}), do("answer"), do("check", {"result": "accepted"}),
        due("verify", "2026-11-26", role="dispatcher"), do("verify", {"result": "done"}), ends("settled")),
    "the company does nothing: mediated": from_here(
        ordered, do("check", {"result": "upward"}), do("report", {"decision": "record"}), sees("invite")),
    "not put right: mediated": from_here(
        rectified, forget(), do("verify", {"result": "partly"}), caused("start-clock peoples-mediation"), sees("invite")),
    "agreed": from_here(assessed("fees"), sees("invite"), *sits_agreed(), ends("agreed")),
    "not agreed": from_here(assessed("fees"), *sits_failed(), ends("failed")),
    "a side walks out": from_here(assessed("fees"), message("mediation-ended"), ends("failed")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_property(journey: Journey) -> None:
    walk(journey)
