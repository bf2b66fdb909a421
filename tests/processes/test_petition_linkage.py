"""Petitions: sorted in fifteen days, objected to in five working days, answered in sixty, reviewed twice at most."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.processes.journey import FLOWS, Journey, caused, clock_moves, do, due, forget, from_here, sees, until, walk
from tests.processes.routes import ends, handed, withdrawn
from workflows.decision import decide, load


def registered(nature: str, procedure: str = "none", competent: str | None = "housing") -> Journey:
    answers = {"nature": nature, "procedure": procedure, "competent": competent}
    return Journey("petition_linkage", (do("register_petition", answers),))


forwarded = registered("request")
handling = from_here(forwarded, *handed("housing"))
objected = from_here(forwarded, withdrawn("housing"))
assigned = from_here(objected, do("assign_again", {"decision": "forward", "competent": "land"}))
answered = from_here(handling, do("handle", {"result": "supported"}))
served = from_here(answered, do("serve"))
reviewed = from_here(served, do("ask_review", {"wish": "yes"}), do("review"))
closes = (sees("close_petition"), do("close_petition"), ends("settled"))

JOURNEYS = {
    "fifteen days to register and sort": Journey("petition_linkage", (
        caused("start-clock petition-registration"), clock_moves({"petition-registration": date(2026, 12, 8)}),
        due("register_petition", "2026-12-08", role="petition_officer", group="petition"))),
    "a dispute between people goes back to mediation": from_here(
        registered("dispute", competent=None), sees("tell_mediation"), do("tell_mediation"), ends("returned")),
    "what belongs to a procedure of law is told so, in writing": from_here(
        registered("request", "suit"), sees("divert"), do("divert"), *closes),
    "a suggestion is studied and answered": from_here(registered("suggestion"), sees("reply"), forget(), do("reply"),
        caused("issue-paper petition_suggestion_reply applicant"), *closes),
    "a request goes to the competent organ, which may object for five working days": from_here(
        forwarded, caused("start-clock petition-registration", "stop-clock petition-registration",
                          "start-clock petition-objection"), sees("send")),
    "taken, it is answered in sixty days": from_here(
        handling, clock_moves({"petition-decision": date(2027, 1, 22)}),
        due("handle", "2027-01-22", role="liaison", group="housing"), do("handle", {"result": "partly"}), sees("serve")),
    "half of the time is over": from_here(handling, forget(), until("2026-12-24"), caused("warn-overdue handle"), sees("handle")),
    "thirty days more": from_here(
        handling, forget(), do("handle", {"result": "extend"}),
        caused("extend-clock petition-decision 30 办理机关负责人批准（信访工作条例第三十四条）"), sees("handle_longer"),
        do("handle_longer"), sees("serve")),
    "after an objection another organ is named": from_here(
        assigned, *handed("land"), clock_moves({"petition-decision": date(2027, 1, 22)}),
        due("handle", "2027-01-22", role="liaison", group="land")),
    "objected to twice it goes back to triage": from_here(assigned, withdrawn("land"), ends("returned")),
    "or a joint meeting is asked for": from_here(objected, do("assign_again", {"decision": "meeting"}), ends("returned")),
    "the answer is accepted": from_here(served, do("ask_review", {"wish": "no"}), *closes),
    "nobody asks for a review in thirty days": from_here(
        served, clock_moves({"petition-review": date(2026, 12, 23)}), until("2026-12-24"), *closes),
    "a review in thirty days by the district": from_here(
        served, do("ask_review", {"wish": "yes"}), clock_moves({"petition-review-decision": date(2026, 12, 23)}),
        due("review", "2026-12-23", role="liaison", group="district"), do("review"), sees("ask_recheck")),
    "the review is accepted": from_here(reviewed, do("ask_recheck", {"wish": "no"}), *closes),
    "nobody asks for a final review": from_here(
        reviewed, clock_moves({"petition-recheck": date(2026, 12, 23)}), until("2026-12-24"), *closes),
    "a final review by the city ends it": from_here(
        reviewed, do("ask_recheck", {"wish": "yes"}), clock_moves({"petition-recheck-decision": date(2026, 12, 23)}),
        due("recheck", "2026-12-23", role="liaison", group="city"), do("recheck"), *closes),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_petition(journey: Journey) -> None:
    walk(journey)


@pytest.mark.parametrize(
    ("nature", "procedure", "way"),
    [
        ("dispute", "none", "mediate"),
        ("dispute", "suit", "divert"),
        ("law", "none", "divert"),
        ("suggestion", "none", "reply"),
        ("accusation", "none", "hand"),
        ("request", "none", "hand"),
        ("request", "arbitration", "divert"),
    ],
)
def test_the_table_sorts_petitions(nature: str, procedure: str, way: str) -> None:
    table = load((FLOWS / "decisions/petition_way.dmn").read_bytes(), "petition_way.dmn")
    context: dict[str, Any] = {"nature": nature, "procedure": procedure}
    assert decide(table, "petition_way", context)["way"] == way
