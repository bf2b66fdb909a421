"""Complex cases of the judicial office, legal aid beside any case, and the review of files."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.processes.journey import (
    EFFECTIVE,
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

AGREED = {"agreement": {**EFFECTIVE, "kind": "oral", "immediate": True}}
SITTINGS = (
    do("consent", consents_open=0, consents_given=2), do("tell_rights"), do("enquire", {"next_step": "meeting"}),
    do("invite"), do("hold", {"result": "held"}, meetings_held=1),
)  # fmt: skip


def signed(agency: str) -> tuple[Any, ...]:
    return (do("send", {"decision": "send", "agency": agency, "answer_days": 3}), do("sign", {"answer": "signed"}))


def planned(expert: str = "no", legal_aid: str = "no") -> Journey:
    return Journey("judicial_office", (
        *signed("judicial-office"), do("plan", {"expert": expert, "legal_aid": legal_aid}),
        do("appoint", mediator="li", committee="committee")))  # fmt: skip


def applied(urgent: str = "no", limitation_on: date | None = None) -> Journey:
    answers = {"urgent": urgent, "limitation_on": limitation_on}
    return Journey("legal_aid", (do("apply", answers), *signed("legal-aid")))


def decided(decision: str) -> Journey:
    return from_here(applied(), do("decide", {"decision": decision}))


def scored(grade: str, correct_by: date | None = None, **case: Any) -> Journey:
    return Journey("file_review", (do("score", {"grade": grade, "correct_by": correct_by}),), case)


correcting = scored("correct", date(2026, 12, 1), mediator="li", committee="committee")

JOURNEYS = {
    "the judicial office signs and makes a plan": Journey("judicial_office", (
        *signed("judicial-office"), sees("plan"),
        due("plan", "2026-11-26", role="judicial_officer", group="judicial-office"))),
    "the judicial office does not take it": Journey("judicial_office", (do("send", {"decision": "withdraw"}), over())),
    "mediated with two mediators and settled": from_here(
        planned(), *SITTINGS, do("minutes", {"result": "oral"}), forget(), do("record_oral", **AGREED),
        caused("issue-paper oral_agreement_record all", "set-status effective",
               "send-notice agreement-effective parties", "answer-referral True"), over()),
    "an expert is heard first": from_here(
        planned(expert="yes"), sees("invite"), due("invite", "2026-12-07", role="judicial_officer", group="judicial-office"),
        do("invite"), sees("consent")),
    "legal aid is opened beside": from_here(planned(legal_aid="yes"), sees("consent")),
    "not agreed, the other routes are told": from_here(
        planned(), *SITTINGS, do("minutes", {"result": "failed"}), forget(), sees("advise"), do("advise"),
        caused("issue-paper routes_notice each routes:advice", "answer-referral False"), over()),
    "a side ends it": from_here(planned(), message("mediation-ended"), sees("advise")),

    "legal aid is decided in seven days": from_here(
        applied(), sees("decide"),
        due("decide", "2026-11-30", role="judicial_officer", group="legal-aid")),
    "granted, and a lawyer in three days": from_here(
        decided("granted"), sees("assign"), due("assign", "2026-11-26", role="judicial_officer", group="legal-aid"),
        do("assign"), over()),
    "fewer than seven days are left: help at once": from_here(
        applied(limitation_on=date(2026, 11, 28)), sees("act"), do("act"), sees("decide")),
    "a decision that is late is chased": from_here(
        applied(), forget(), until("2026-12-01"), caused("warn-overdue decide"), sees("decide")),
    "the legal aid centre does not sign": Journey("legal_aid", (
        do("apply", {"urgent": "yes", "limitation_on": None}), do("send", {"decision": "withdraw"}), over())),
    "refused and accepted": from_here(
        decided("refused"), forget(), do("tell_refusal", {"objects": "no"}), caused("answer-referral False"), over()),
    "refused, and the objection is upheld": from_here(
        decided("refused"), do("tell_refusal", {"objects": "yes"}), sees("objection"),
        due("objection", "2026-11-30", role="judicial_officer", group="judicial-office"),
        do("objection", {"finding": "corrected"}), sees("assign")),
    "refused, and the objection is dismissed": from_here(
        decided("refused"), do("tell_refusal", {"objects": "yes"}), do("objection", {"finding": "upheld"}), over()),

    "a good file gets its subsidy": from_here(
        scored("good"), sees("sheet"), due("sheet", "2026-11-30", role="judicial_officer", group="judicial-office"),
        do("sheet"), over()),
    "a file without a level counts as ordinary": from_here(scored("good", level=None), sees("sheet")),
    "faults are corrected by a date and scored again": from_here(
        correcting, sees("correct"), due("correct", "2026-12-01", role="mediator", group="committee"), do("correct"),
        sees("score"), do("score", {"grade": "good", "correct_by": None}), sees("sheet")),
    "a correction that is late is chased": from_here(
        correcting, forget(), until("2026-12-02"), caused("warn-overdue correct"), sees("correct")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_judicial(journey: Journey) -> None:
    walk(journey)
