"""Labour: which way and why, fifteen days of mediation, arbitration, court; recognition apart from benefits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.processes.journey import (
    FLOWS,
    FRESH_CASE,
    Journey,
    caused,
    clock_moves,
    do,
    due,
    forget,
    from_here,
    message,
    sees,
    until,
    walk,
)
from tests.processes.routes import AT_THE_TABLE, ends, handed, sits_agreed, sits_failed, withdrawn
from workflows.decision import decide, load

WAGES = {"matter": "wages", "employed": "yes", "known_on": date(2026, 10, 8), "workers": 1, "common_claim": "no"}
PAY = WAGES | {"matter": "compensation", "employed": "no"}
INJURY = PAY | {"matter": "injury_recognition", "injured_on": date(2026, 9, 1)}
BENEFITS = INJURY | {"matter": "injury_benefits", "recognised": "recognised"}


def assessed(answers: dict[str, Any], choice: str | None = None, **case: Any) -> Journey:
    told = do("tell_way", {} if choice is None else {"choice": choice})
    return Journey("labour_linkage", (do("assess", answers), told), case={**AT_THE_TABLE, **case})


mediated = assessed(PAY)
numerous = assessed(PAY | {"workers": 12, "common_claim": "yes"})
failed = from_here(mediated, *sits_failed())
asked = from_here(failed, do("ask_arbitration", {"wish": "arbitrate"}), *handed("arbitration"))
taken = from_here(asked, do("accept_arbitration", {"decision": "accepted"}))
awarded = from_here(taken, do("arbitrate", {"result": "award"}))
extended = from_here(taken, do("arbitrate", {"result": "extend"}))
to_court = from_here(awarded, do("after_award", {"result": "sued"}))
guided = assessed(INJURY)
recognising = from_here(guided, do("guide_recognition", {"applied": "worker"}), *handed("labour"))
clear = from_here(recognising, do("take_recognition", {"clear": "yes"}))

JOURNEYS = {
    "the labour officer assesses, the table tells the way": Journey("labour_linkage", (
        sees("assess"), due("assess", "2026-11-25", role="labour_officer", group="labour"), do("assess", PAY),
        caused("start-clock labour-arbitration 319"), sees("tell_way"))),
    "wages of who still works there know no year": Journey("labour_linkage", (do("assess", WAGES), caused(), sees("tell_way"))),
    "wages of who has left: a year from leaving": Journey("labour_linkage", (
        do("assess", WAGES | {"employed": "no", "ended_on": date(2026, 11, 2)}), caused("start-clock labour-arbitration 344"))),
    "benefits of a recognised injury are mediated, and agreed": from_here(
        assessed(BENEFITS), sees("invite"), *sits_agreed(), sees("explain_effect"), forget(),
        do("explain_effect"), ends("agreed")),
    "agreed: both clocks stop and everybody is told what it is worth": from_here(
        mediated, forget(), *sits_agreed()[:-1], forget(), sits_agreed()[-1],
        caused("issue-paper oral_agreement_record all", "set-status effective", "send-notice agreement-effective parties",
               "stop-clock labour", "stop-clock labour-arbitration")),
    "after fifteen days they are told that arbitration is open, and mediation goes on": from_here(
        mediated, clock_moves({"labour": date(2026, 12, 8)}), forget(), until("2026-12-09"),
        caused("send-notice labour-may-arbitrate parties"), sees("invite")),
    "ten with a common claim: a roster, representatives, and each asked whether the settlement holds": from_here(
        numerous, sees("roster"), due("roster", "2026-11-26", role="dispatcher"), do("roster"),
        due("elect", "2026-11-26", role="dispatcher"), do("elect"), sees("invite"), *sits_agreed(),
        due("consents", "2026-11-30", role="dispatcher"), do("consents"), sees("explain_effect")),
    "a side ends mediation, and does not go to arbitration": from_here(
        mediated, message("mediation-ended"), sees("ask_arbitration"), do("ask_arbitration", {"wish": "none"}), ends("failed")),
    "arbitration at once, as the party chooses": from_here(assessed(PAY, "arbitrate"), sees("send")),
    "the year is nearly over: arbitration first": from_here(
        assessed(PAY | {"known_on": date(2025, 12, 1)}), sees("send")),
    "arbitration does not take it": from_here(
        failed, do("ask_arbitration", {"wish": "arbitrate"}), withdrawn("arbitration"), ends("returned")),
    "arbitration accepts in five days and decides in forty-five": from_here(
        asked, clock_moves({"labour-arbitration-acceptance": date(2026, 11, 30)}),
        due("accept_arbitration", "2026-11-30", role="labour_officer", group="arbitration"), forget(),
        do("accept_arbitration", {"decision": "accepted"}),
        caused("stop-clock labour-arbitration-acceptance", "start-clock labour-arbitration-decision"), sees("arbitrate")),
    "no award in the forty-five days: they may sue": from_here(
        taken, clock_moves({"labour-arbitration-decision": date(2027, 1, 7)}), forget(), until("2027-01-08"),
        caused("send-notice labour-may-sue parties"), sees("arbitrate")),
    "settled before the commission": from_here(
        taken, forget(), do("arbitrate", {"result": "mediated"}),
        caused("answer-referral True", "stop-clock labour-arbitration-decision"), ends("settled")),
    "fifteen days more, then an award; nobody sues": from_here(
        extended, sees("arbitrate_longer"), do("arbitrate_longer", {"result": "award"}), sees("after_award"),
        do("after_award", {"result": "final"}), ends("settled")),
    "settled in the longer time": from_here(extended, do("arbitrate_longer", {"result": "withdrawn"}), ends("settled")),
    "no award in the longer time: they may sue": from_here(
        extended, clock_moves({"labour-arbitration-decision": date(2027, 1, 22)}), forget(), until("2027-01-25"),
        caused("send-notice labour-may-sue parties"), sees("arbitrate_longer")),
    "an award is followed for the fifteen and the thirty days": from_here(
        taken, forget(), do("arbitrate", {"result": "award"}),
        caused("answer-referral False", "stop-clock labour-arbitration-decision", "start-clock labour-award-suit",
               "start-clock labour-award-annulment"), sees("after_award")),
    "sued with the procuratorate's support, and settled in court": from_here(
        to_court, forget(), do("prepare_suit", {"suit": "yes", "support": "yes"}), caused("issue-paper complaint court",
            "open-process support_suit"),
        *handed("court", settled=True), ends("settled")),
    "sued without support, and not settled": from_here(
        to_court, do("prepare_suit", {"suit": "yes", "support": "no"}), *handed("court", settled=False), ends("failed")),
    "not sued after all": from_here(to_court, do("prepare_suit", {"suit": "no"}), ends("failed")),
    "arbitration refuses: to the court": from_here(
        asked, do("accept_arbitration", {"decision": "refused"}), sees("prepare_suit")),
    "arbitration says nothing for five days: to the court": from_here(
        asked, clock_moves({"labour-arbitration-acceptance": date(2026, 11, 30)}), until("2026-12-01"), sees("prepare_suit")),
    "recognition: who applies, and how long there is": from_here(
        guided, sees("guide_recognition"), do("guide_recognition", {"applied": "no"}), ends("failed")),
    "the year to apply is shown while it runs": from_here(
        assessed(INJURY), caused("issue-paper routes_notice applicant routes:labour", "start-clock work-injury-worker 282")),
    "and not when it is over": from_here(
        assessed(INJURY | {"injured_on": date(2025, 9, 1)}), caused("issue-paper routes_notice applicant routes:labour"),
            sees("guide_recognition")),
    "clear facts: fifteen days; recognised, and the benefits are mediated": from_here(
        clear, clock_moves({"work-injury-decision-clear": date(2026, 12, 8)}),
        due("recognise", "2026-12-08", role="labour_officer", group="labour"),
        do("recognise", {"result": "recognised", "benefits": "yes"}), sees("invite")),
    "facts that need looking into: sixty days; nothing is disputed": from_here(
        recognising, do("take_recognition", {"clear": "no"}), clock_moves({"work-injury-decision": date(2027, 1, 22)}),
        due("recognise", "2027-01-22", role="labour_officer", group="labour"),
        do("recognise", {"result": "recognised", "benefits": "no"}), ends("settled")),
    "not recognised: review and suit are told": from_here(
        clear, do("recognise", {"result": "denied"}), sees("tell_review"), do("tell_review"), ends("failed")),
    "benefits before recognition: recognition first": from_here(
        assessed(BENEFITS | {"recognised": "none"}), sees("guide_recognition")),
    "the decision on recognition is disputed": from_here(
        assessed(INJURY | {"matter": "recognition_dispute"}), sees("tell_review")),
    "a year whose day nobody knows is not counted": from_here(
        assessed(INJURY | {"injured_on": None}), caused("issue-paper routes_notice applicant routes:labour"), sees("guide_recognition")),
    "the bureau does not sign": from_here(
        guided, do("guide_recognition", {"applied": "employer"}), withdrawn("labour"), ends("returned")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_labour(journey: Journey) -> None:
    walk(journey)


def decided(name: str, **context: Any) -> dict[str, Any]:
    return decide(
        load((FLOWS / f"decisions/{name}.dmn").read_bytes(), f"{name}.dmn"), name, {"case": FRESH_CASE, **context}
    )


@pytest.mark.parametrize(
    ("matter", "employed", "days_left", "state"),
    [
        ("wages", "yes", -900, "exempt"),
        ("wages", "no", 200, "open"),
        ("compensation", "no", 200, "open"),
        ("compensation", "no", 30, "soon"),
        ("compensation", "no", 0, "soon"),
        ("compensation", "no", -1, "passed"),
        ("injury_recognition", "yes", -1, "none"),
    ],
)
def test_the_year_for_arbitration(matter: str, employed: str, days_left: int, state: str) -> None:
    found = decided("labour_limitation", matter=matter, employed=employed, days_left=days_left)
    assert found["state"] == state
    assert found["warning"]
    assert found["article"].startswith("《")


@pytest.mark.parametrize(
    ("matter", "recognised", "state", "way"),
    [
        ("injury_recognition", "none", "none", "recognition"),
        ("recognition_dispute", "denied", "none", "review"),
        ("injury_benefits", "none", "open", "recognition"),
        ("injury_benefits", "pending", "soon", "recognition"),
        ("injury_benefits", "denied", "open", "review"),
        ("injury_benefits", "recognised", "open", "mediation"),
        ("wages", "none", "exempt", "mediation"),
        ("wages", "none", "passed", "mediation"),
        ("contract", "none", "soon", "arbitration"),
    ],
)
def test_recognition_and_benefits_go_different_ways(matter: str, recognised: str, state: str, way: str) -> None:
    found = decided("labour_way", matter=matter, recognised=recognised, limitation={"state": state})
    assert found["way"] == way
    assert found["reason"]
