"""Public-order mediation by the police, people's mediation in its place, and calls that go to the other number."""

from __future__ import annotations

from collections.abc import Mapping
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

SIGNED = (do("send", {"decision": "send", "agency": "police", "answer_days": 3}), do("sign", {"answer": "signed"}))
MINOR: Mapping[str, Any] = {"offence": "assault", "exclusions": None, "appraisal": "no", "under_16": "no", "risk": "no"}
AGREED = {"agreement": {**EFFECTIVE, "kind": "oral", "immediate": True}}
REACHED = (
    do("appoint", mediator="li"), do("consent", consents_open=0, consents_given=2), do("tell_rights"),
    do("enquire", {"next_step": "meeting"}), do("invite"), do("hold", {"result": "held"}, meetings_held=1),
)  # fmt: skip
RULE = "performed-agreement-avoids-penalty"

taken = Journey("police_linkage", (do("take_over"),), {"source": "police"})


def examined(**facts: Any) -> Journey:
    return from_here(taken, do("examine", {**MINOR, **facts}))


def decided(decision: str = "mediate", **facts: Any) -> Journey:
    return from_here(examined(**facts), do("decide", {"decision": decision}))


def first(result: str, **answers: Any) -> Journey:
    return from_here(decided(), do("first", {"result": result, "perform_by": None, **answers}))


peoples = decided("peoples")
agreed = from_here(peoples, *REACHED, do("minutes", {"result": "oral"}))
stopped = ("stop-clock public-security-mediation", "stop-clock public-security-handling")

JOURNEYS = {
    "a case goes to the police and is signed for": Journey("police_linkage", (
        sees("send"), *SIGNED, sees("examine"), due("examine", "2026-11-24", role="police_liaison", group="police"))),
    "a case that the police do not take is triaged again": Journey("police_linkage", (
        do("send", {"decision": "withdraw"}), over())),
    "a case from the police gets a receipt, and its limit runs": from_here(
        Journey("police_linkage", (sees("take_over"), due("take_over", "2026-11-24", role="dispatcher")),
                {"source": "police"}),
        do("take_over"), do("examine", MINOR), caused("start-clock public-security-handling"), sees("decide"),
        due("decide", "2026-11-24", role="police_liaison", group="police")),
    "a case that may escalate opens the response to the risk": from_here(
        examined(risk="yes"), caused("start-clock public-security-handling", "open-process risk_response"),
        sees("decide")),
    "the first attempt comes within three working days": from_here(
        decided(), sees("first"), due("first", "2026-11-26", role="police_liaison", group="police")),
    "an attempt that is late is chased": from_here(
        decided(), forget(), until("2026-11-27"), caused("warn-overdue first"), sees("first")),
    "what is excluded is not mediated whatever was wished": from_here(
        decided(exclusions=["hired"]), sees("penalty")),
    "the police punish": from_here(decided("penalty"), sees("penalty")),
    "it is no police matter": from_here(
        decided("not_police"), caused(
            "start-clock public-security-handling", "answer-referral False", "stop-clock public-security-handling"),
        over()),
    "the injury is appraised first, and that is not counted": from_here(
        decided(appraisal="yes"), forget(), sees("appraisal"), do("appraisal", {"result": "done"}),
        caused("resume-clock public-security-handling", "start-clock public-security-mediation"), sees("first")),
    "the guardian of who is under sixteen is called": from_here(
        decided(under_16="yes"), sees("guardian"), do("guardian"), sees("first")),
    "performed on the spot, no penalty": from_here(
        first("agreed"), forget(), sees("performance"), do("performance", {"performed": "yes"}),
        caused("stop-clock public-security-performance", "record-outcome public-order-settled",
               "answer-referral True", *stopped), over()),
    "an agreement runs to its date": from_here(
        decided(), forget(), do("first", {"result": "agreed", "perform_by": date(2026, 12, 3)}),
        caused("issue-paper public_order_agreement all", "start-clock public-security-performance 10")),
    "not performed, so the police go on to the penalty": from_here(
        first("agreed"), do("performance", {"performed": "no"}), forget(), sees("penalty"),
        do("penalty", {"outcome": "penalty"}), caused("answer-referral False", *stopped), over()),
    "a second attempt agrees": from_here(
        first("failed"), sees("second"), due("second", "2026-12-02", role="police_liaison", group="police"),
        do("second", {"result": "agreed", "perform_by": None}), sees("performance")),
    "a second attempt fails, and there is no third": from_here(
        first("failed"), do("second", {"result": "failed", "perform_by": None}), sees("penalty")),
    "seven working days are over": from_here(first("failed"), until("2026-12-03"), sees("penalty")),
    "the handling limit is over and is extended": from_here(
        decided("penalty"), forget(), until("2026-12-24"), sees("extend", "penalty"),
        do("extend", {"decision": "extended", "authority": "青禾市公安局"}),
        caused("extend-clock public-security-handling 30 青禾市公安局 案情重大、复杂"), sees("penalty")),
    "the handling limit is over and is not extended": from_here(
        decided("penalty"), forget(), until("2026-12-24"), do("extend", {"decision": "none"}),
        caused("warn-overdue penalty"), sees("penalty")),
    "a penalty that is decided leaves no question of more time behind": from_here(
        decided("penalty"),
        until("2026-12-24"),
        do("penalty", {"outcome": "penalty"}),
        over(),
    ),
    "people's mediation settles it while the rule is off": from_here(
        agreed, forget(), do("record_oral", **AGREED),
        caused("issue-paper oral_agreement_record all", "set-status effective",
               "send-notice agreement-effective parties", "answer-referral True"), over()),
    "people's mediation settles it while the rule is on": from_here(
        agreed, forget(), do("record_oral", **AGREED, rules=(RULE,)),
        caused("issue-paper oral_agreement_record all", "set-status effective",
               "send-notice agreement-effective parties", "open-process penalty_exemption", "answer-referral True"),
        over()),
    "people's mediation fails": from_here(peoples, *REACHED, do("minutes", {"result": "failed"}), sees("penalty")),
    "a side ends people's mediation": from_here(peoples, message("mediation-ended"), sees("penalty")),

    "no exemption while the rule is off": Journey("penalty_exemption", (over(),)),
    "performed, applied for and accepted": Journey("penalty_exemption", (
        sees("apply"), due("apply", "2026-12-07", role="dispatcher"), do("apply", {"applied": "yes"}), sees("accept"),
        due("accept", "2026-11-30", role="police_liaison", group="police"), do("accept", {"decision": "accepted"}),
        caused("issue-paper penalty_exemption_application agency", "stop-clock public-security-handling"), over()), {"rules": (RULE,)}),
    "the application comes after the last payment": Journey("penalty_exemption", (
        due("apply", "2026-12-11", role="dispatcher"),), {"rules": (RULE,), "next_due": date(2026, 12, 4)}),
    "nobody applies": Journey("penalty_exemption", (do("apply", {"applied": "no"}), over()), {"rules": (RULE,)}),

    "a call to 110 goes to the centre": Journey("hotline_diversion", (
        do("record", {"direction": "to_centre", "urgent": "no"}), sees("receipt"),
        due("receipt", "2026-11-24", role="dispatcher"), do("receipt", {"answer": "taken"}), over())),
    "a call that was for the police goes back": Journey("hotline_diversion", (
        do("record", {"direction": "to_centre", "urgent": "yes"}), do("receipt", {"answer": "returned"}), *SIGNED,
        over())),
    "a call to 12345 goes to the police": Journey("hotline_diversion", (
        do("record", {"direction": "to_police", "urgent": "no"}), *SIGNED, over())),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_police(journey: Journey) -> None:
    walk(journey)
