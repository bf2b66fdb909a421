"""Support for a suit, criminal reconciliation, settlement under supervision, clues and hearings."""

from __future__ import annotations

from collections.abc import Mapping
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

SIGNED = (
    do("send", {"decision": "send", "agency": "procuratorate", "answer_days": 5}), do("sign", {"answer": "signed"}),
)  # fmt: skip
AGREED = {"agreement": {**EFFECTIVE, "kind": "oral", "immediate": True}}
SITTINGS = (
    do("appoint", mediator="li", committee="committee"), do("consent", consents_open=0, consents_given=2),
    do("tell_rights"), do("enquire", {"next_step": "meeting"}), do("invite"),
    do("hold", {"result": "held"}, meetings_held=1),
)  # fmt: skip
REACHED = (*SITTINGS, do("minutes", {"result": "oral"}), do("record_oral", **AGREED))
FAILED = (*SITTINGS, do("minutes", {"result": "failed"}))
DOCKETED = (
    do("prepare", {"wish": "file", "limitation_on": None}, court="court"),
    do("send", {"decision": "send", "agency": "court", "answer_days": 5}), do("sign", {"answer": "signed"}),
    do("docket", {"decision": "docketed"}),
)  # fmt: skip
WEAK: Mapping[str, Any] = {"person_kind": "elderly", "willing": "yes", "unable": "yes"}
OPEN: Mapping[str, Any] = {
    "offence_kind": "civil", "likely_years": 2, "prior_intentional": "no", "remorse": "yes", "victim_willing": "yes",
}  # fmt: skip


def examined(decision: str = "support", **facts: Any) -> Journey:
    steps = (do("request", {**WEAK, **facts}), do("examine", {"decision": decision}))
    return Journey("support_suit", steps)


def supported(opinion: str = "support", hearing: str = "no") -> Journey:
    heard = (do("hearing"),) if hearing == "yes" else ()
    return from_here(examined(), do("assist", {"hearing": hearing}), *heard, do("opinion", {"opinion": opinion}))


def reconciling(**facts: Any) -> Journey:
    return Journey("criminal_reconciliation", (do("facts", {**OPEN, **facts}),))


def about(matter: str) -> Journey:
    return Journey("procuratorate_linkage", (do("matter", {"matter": matter}),), {"source": "procuratorate"})


settled_terms = from_here(reconciling(), *REACHED, do("terms", {"payment": "once"}))
valid = from_here(settled_terms, do("review", {"finding": "valid"}))
void = from_here(settled_terms, do("review", {"finding": "coerced"}))
clue = Journey("public_interest_clue", (do("clue", {"kind": "administrative"}), *SIGNED))
refused = do("declined")

JOURNEYS = {
    "a weak litigant asks and is examined": Journey("support_suit", (
        sees("request"), due("request", "2026-11-24", role="clerk"), do("request", WEAK), sees("examine"),
        due("examine", "2026-12-14", role="procuratorate_liaison", group="procuratorate"))),
    "who is able to sue is not supported": from_here(examined(unable="no"), sees("declined")),
    "the procuratorate declines": from_here(examined("decline"), sees("declined"), refused, over()),
    "with an opinion in support it is docketed": from_here(
        supported(), sees("prepare"), *DOCKETED, over()),
    "a hearing is held before the opinion": from_here(supported(hearing="yes"), sees("prepare")),
    "evidence does not carry it": from_here(supported("decline"), sees("declined")),
    "supported, but the party does not sue": from_here(
        supported(), do("prepare", {"wish": "not_now", "limitation_on": None}), sees("declined")),
    "helped to settle": from_here(examined("settle"), *REACHED, over()),
    "settling failed, so support goes on": from_here(examined("settle"), *FAILED, sees("assist")),
    "a side ends the talks": from_here(examined("settle"), message("mediation-ended"), sees("assist")),

    "a crime of before bars reconciliation": from_here(reconciling(prior_intentional="yes"), over()),
    "terms are handed over and reviewed": from_here(
        settled_terms, sees("review"), due("review", "2026-11-30", role="procuratorate_liaison", group="procuratorate")),
    "paid before the lenient decision": from_here(valid, do("payment_made", {"paid": "paid"}), over()),
    "instalments with security": from_here(valid, do("payment_made", {"paid": "secured"}), over()),
    "not paid": from_here(valid, do("payment_made", {"paid": "unpaid"}), over()),
    "what was coerced is void and may be tried again freely": from_here(
        void, sees("again"), due("again", "2026-11-26", role="mediator", group="committee"),
        do("again", {"wish": "again"}), sees("invite")),
    "what was coerced is void and over": from_here(void, do("again", {"wish": "end"}), over()),
    "no terms are agreed": from_here(reconciling(), *FAILED, over()),
    "a side ends the reconciliation": from_here(reconciling(), message("mediation-ended"), over()),

    "settled under supervision": Journey("civil_supervision", (
        do("basis", {"willing": "yes"}), *REACHED, sees("connect"), do("connect"), over(),
        lambda at: "supervision_settlement" in str(at.effects) or pytest.fail("no terms were handed over"))),
    "nobody wants to settle under supervision": Journey("civil_supervision", (do("basis", {"willing": "no"}), over())),
    "no settlement under supervision": Journey("civil_supervision", (do("basis", {"willing": "yes"}), *FAILED, over())),
    "a side ends the settlement": Journey("civil_supervision", (
        do("basis", {"willing": "yes"}), message("mediation-ended"), over())),

    "a clue goes over and is answered": from_here(
        clue, forget(), sees("reply"),
        due("reply", "2027-01-25", role="procuratorate_liaison", group="procuratorate"),
        do("reply", {"answer": "filed"}), caused("issue-paper clue_receipt agency", "stop-clock public-interest-administrative",
            "answer-referral True"),
        over()),
    "an answer that is late is chased": from_here(
        clue, forget(), until("2027-01-26"), caused("warn-overdue reply"), sees("reply")),
    "a clue that is kept": Journey("public_interest_clue", (
        do("clue", {"kind": "civil"}), do("send", {"decision": "withdraw"}), over())),
    "a hearing is recorded": Journey("prosecution_hearing", (
        sees("hearing"), due("hearing", "2026-12-14", role="procuratorate_liaison", group="procuratorate"),
        do("hearing"), over())),

    "a case goes to the procuratorate": Journey("procuratorate_linkage", (*SIGNED, sees("matter"))),
    "a case that it does not take": Journey("procuratorate_linkage", (do("send", {"decision": "withdraw"}), over())),
    "not for the procuratorate": from_here(about("none"), caused("answer-referral False"), over()),
    "a clue is opened beside": from_here(
        about("clue"), caused("open-process public_interest_clue", "answer-referral False"), over()),
    "support ends in a suit": from_here(
        about("support"), do("request", WEAK), do("examine", {"decision": "support"}), do("assist", {"hearing": "no"}),
        do("opinion", {"opinion": "support"}), *DOCKETED, over()),
    "support ends in a settlement": from_here(
        about("support"), do("request", WEAK), do("examine", {"decision": "settle"}), *REACHED, over()),
    "support is declined": from_here(
        about("support"), do("request", WEAK), do("examine", {"decision": "decline"}), refused, over()),
    "reconciled and paid": from_here(
        about("reconciliation"), do("facts", OPEN), *REACHED, do("terms", {"payment": "once"}),
        do("review", {"finding": "valid"}), do("payment_made", {"paid": "paid"}), over()),
    "reconciled in instalments": from_here(
        about("reconciliation"), do("facts", OPEN), *REACHED, do("terms", {"payment": "instalments"}),
        do("review", {"finding": "valid"}), do("payment_made", {"paid": "secured"}), over()),
    "not reconciled": from_here(about("reconciliation"), do("facts", {**OPEN, "remorse": "no"}), over()),
    "settled under supervision, from the linkage": from_here(
        about("supervision"), do("basis", {"willing": "yes"}), *REACHED, do("connect"), over()),
    "not settled under supervision": from_here(about("supervision"), do("basis", {"willing": "no"}), over()),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_procuratorate(journey: Journey) -> None:
    walk(journey)
