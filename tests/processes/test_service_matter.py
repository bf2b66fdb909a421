"""A public-service matter: taken in anywhere, proofs named once, handled in time, delivered, judged by the resident."""

from __future__ import annotations

import pytest

from tests.processes.journey import FLOWS, Journey, caused, do, due, forget, from_here, over, sees, until, walk
from workflows.decision import decide, load

HERE = {"origin": "community", "reporter": "agent"}
taken_in = Journey("service_matter", (do("hand_in", {"matter": "subsistence", "delivery": "door"}),), case=HERE)
at_window = Journey("service_matter", (do("hand_in", {"matter": "flexible_insurance", "delivery": "window"}),))
complete = {"decision": "complete"}
asked = from_here(taken_in, do("proofs", {"decision": "supplement"}))
brought = from_here(asked, do("supplement", {"brought": "brought"}))
accepted = from_here(taken_in, do("proofs", complete))
granted = from_here(accepted, do("handle", {"result": "granted"}))
delivered = from_here(granted, do("deliver", {"received_by": "高翠兰"}))

JOURNEYS = {
    "the community's agent takes it in, the window checks the proofs": from_here(
        taken_in, sees("proofs"), due("proofs", "2026-11-24", role="clerk")),
    "a subsistence allowance has nineteen working days": from_here(
        accepted, caused("set-status accepted", "start-clock subsistence-allowance 19"), sees("handle"),
        due("handle", "2026-12-18", role="liaison", group="civil-affairs")),
    "another matter has another department and other days": from_here(
        at_window, do("proofs", complete), caused("set-status accepted", "start-clock service-matter 3"),
        due("handle", "2026-11-26", role="liaison", group="labour")),
    "what is missing is named once": from_here(
        asked, sees("supplement"), due("supplement", "2026-11-30", role="agent", group="community"),
        do("supplement", {"brought": "brought"}), sees("proofs_again"), do("proofs_again", complete), sees("handle")),
    "nothing is asked for twice": from_here(brought, do("proofs_again", {"decision": "refuse"}), sees("tell_refusal")),
    "not brought in five days it is chased": from_here(
        asked, forget(), until("2026-12-01"), caused("warn-overdue supplement"), sees("supplement")),
    "the applicant gives up": from_here(asked, do("supplement", {"brought": "gave_up"}), sees("tell_refusal")),
    "not for this window": from_here(
        taken_in, do("proofs", {"decision": "refuse"}), sees("tell_refusal"),
        due("tell_refusal", "2026-11-25", role="clerk"), do("tell_refusal", {"way": "handed"}),
        caused("issue-paper service_refusal applicant", "record-outcome not_granted", "close-case"), over()),
    "the department is late": from_here(
        accepted, forget(), until("2026-12-21"), caused("warn-overdue handle"), sees("handle")),
    "the department does not grant it": from_here(
        accepted, forget(), do("handle", {"result": "not_granted"}), caused("stop-clock subsistence-allowance"),
        sees("tell_refusal")),
    "granted, it is delivered to the door": from_here(
        granted, sees("deliver"), due("deliver", "2026-11-25", role="grid_worker", group="community"),
        do("deliver", {"received_by": "高翠兰"}), sees("evaluate")),
    "or fetched at the window": from_here(
        at_window, do("proofs", complete), do("handle", {"result": "granted"}), sees("fetched"),
        do("fetched", {"received_by": "高翠兰"}), sees("evaluate")),
    "the resident is satisfied": from_here(
        delivered, forget(), do("evaluate", {"evaluation": "very"}), caused("close-case"), over()),
    "the resident is not": from_here(
        delivered, do("evaluate", {"evaluation": "no"}), sees("make_good"),
        due("make_good", "2026-11-30", role="dispatcher"), do("make_good", {"done": "重办"}), over()),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_service_matter(journey: Journey) -> None:
    walk(journey)


ABOLISHED = {"income_by_committee", "no_house_by_committee", "alive_by_committee", "relation_by_committee"}


@pytest.mark.parametrize(
    "matter", ["subsistence", "old_age", "employment_help", "rental_housing", "other", "unheard of"]
)
def test_a_proof_that_was_abolished_is_never_asked_for(matter: str) -> None:
    rule = decide(
        load((FLOWS / "decisions/service.dmn").read_bytes(), "service.dmn"), "service_rule", {"matter": matter}
    )
    assert "id_card" in rule["proofs"]
    assert ABOLISHED.isdisjoint(rule["proofs"])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"danger": True}, ("grave", "district")),
        ({"people": 30}, ("grave", "district")),
        ({"people": 10}, ("marked", "street")),
        ({"again": True}, ("marked", "street")),
        ({"agency_needed": True}, ("common", "community")),
        ({"people": 3}, ("common", "community")),
        ({}, ("small", "grid")),
    ],
)
def test_what_is_found_in_the_grid_is_graded(facts: dict[str, object], expected: tuple[str, str]) -> None:
    told = {"danger": False, "people": 1, "again": False, "agency_needed": False, **facts}
    graded = decide(load((FLOWS / "decisions/grid.dmn").read_bytes(), "grid.dmn"), "grid_levels", told)
    assert (graded["size"], graded["level"]) == expected
