"""A studio takes a dispute up: suggested, confirmed, claimed in time or passed on, others invited with consent."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.processes.journey import (
    EFFECTIVE,
    SHANGHAI,
    Journey,
    caused,
    do,
    due,
    forget,
    from_here,
    message,
    over,
    sees,
    until,
    walk,
)

ASSIGNED = {"decision": "assign", "studio": "studio1"}
MET = {"consents_open": 0, "consents_given": 2, "meetings_held": 1}

begun = Journey("studio", (), case={"mediation_due": date(2026, 12, 23)})
offered = from_here(begun, do("choose", ASSIGNED))
taken = from_here(offered, do("take_up", {"answer": "accept"}, mediator="duan", committee="studio1"))
mediating = from_here(taken, do("invite_people", {"people_wanted": "no"}))

JOURNEYS = {
    "the dispatcher confirms the suggested studio and its mediators may claim": from_here(
        begun, sees("choose"), due("choose", "2026-11-24", role="dispatcher"), do("choose", ASSIGNED),
        sees("take_up"), due("take_up", "2026-11-25", role="mediator", group="studio1")),
    "no studio fits, and triage decides anew": from_here(
        begun, do("choose", {"decision": "none", "studio": None}), over()),
    "after two working days without anybody the next studio is asked": from_here(
        offered, forget(), until("2026-11-26"), caused("warn-overdue take_up"), sees("choose"),
        do("choose", {"decision": "assign", "studio": "studio2"}), sees("take_up"),
        due("take_up", "2026-11-30", role="mediator", group="studio2")),
    "a studio declines, and the next one is asked": from_here(
        offered, do("take_up", {"answer": "decline"}), sees("choose")),
    "whoever takes it up starts the clock and thinks of whom to invite": from_here(
        offered, forget(), do("take_up", {"answer": "accept"}, mediator="duan", committee="studio1"),
        caused("allocate-number", "set-status accepted", "start-clock peoples-mediation"), sees("invite_people"),
        due("invite_people", "2026-11-26", role="mediator", group="studio1")),
    "nobody is invited, and mediation begins with the named mediator": from_here(mediating, sees("consent")),
    "each side is asked about the invited": from_here(
        taken, do("invite_people", {"people_wanted": "yes"}), sees("people_consent"),
        due("people_consent", "2026-11-26", role="mediator", group="studio1"), do("people_consent"), sees("consent")),
    "an agreement takes effect": from_here(
        mediating, do("consent", **MET), do("tell_rights"), do("enquire", {"next_step": "meeting"}),
        do("invite", next_meeting=datetime(2026, 12, 1, 9, 30, tzinfo=SHANGHAI)), do("hold", {"result": "held"}),
        do("minutes", {"result": "oral"}), forget(),
        do("record_oral", agreement={**EFFECTIVE, "kind": "oral"}),
        caused("issue-paper oral_agreement_record all", "set-status effective",
               "send-notice agreement-effective parties", "stop-clock peoples-mediation"), over()),
    "no agreement is reached": from_here(
        mediating, forget(), do("consent", consents_refused=1), caused("stop-clock peoples-mediation"), over()),
    "a side ends it": from_here(
        mediating, forget(), message("mediation-ended"), caused("stop-clock peoples-mediation"), over()),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_studio(journey: Journey) -> None:
    walk(journey)


ENDS = {
    "returned": from_here(begun, do("choose", {"decision": "none", "studio": None})),
    "failed": from_here(mediating, message("mediation-ended")),
    "agreed": JOURNEYS["an agreement takes effect"],
}


@pytest.mark.parametrize("outcome", ENDS)
def test_it_tells_its_caller_what_came_of_it(outcome: str) -> None:
    """Each end is reached through the script that sets `route_outcome` to its name."""
    reached = [line.element_id for line in walk(ENDS[outcome]).log if line.process_id == "studio"]
    script = next(one for one in ("back", "say_agreed", "say_failed") if one in reached)
    assert (script, reached[-1]) == ({"returned": "back"}.get(outcome, f"say_{outcome}"), outcome)
