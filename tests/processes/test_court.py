"""Mediation that a court commissions, what is reported when it fails, and the way to the court."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.processes.journey import (
    EFFECTIVE,
    Journey,
    caused,
    clock_moves,
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

COURT = {"court": "court"}
YESTERDAY, NEAR = date(2026, 11, 20), date(2026, 12, 10)
AGREED = {"agreement": {**EFFECTIVE, "kind": "oral", "immediate": True}}
HANDED = (do("send", {"decision": "send", "agency": "court", "answer_days": 5}), do("sign", {"answer": "signed"}))
WITHDRAWN = (do("send", {"decision": "withdraw"}),)


def received(commission: str = "before") -> Journey:
    return Journey("court_commissioned", (do("receive", {"answer": "take", "commission": commission}, **COURT),))


def chosen(commission: str = "before") -> Journey:
    return from_here(received(commission), do("choose", {"result": "chosen"}, mediator="li", committee="committee"))


def checked(commission: str = "before") -> Journey:
    steps = (do("confirm", {"answer": "accept"}), do("contact", {"result": "willing"}))
    return from_here(chosen(commission), *steps, do("checks", {"suspicion": "no"}))


SITTINGS = (
    do("consent", consents_open=0, consents_given=2), do("tell_rights"), do("enquire", {"next_step": "meeting"}),
    do("invite"), do("hold", {"result": "held"}, meetings_held=1),
)  # fmt: skip
REACHED = (*SITTINGS, do("minutes", {"result": "oral"}), do("record_oral", **AGREED))
FAILED = (*SITTINGS, do("minutes", {"result": "failed"}))


def reported(journey: Journey, insists: str = "yes") -> Journey:
    return from_here(journey, sees("report"), do("report", {"reason": "not_reached", "insists": insists}))


def prepared(must: bool = False, **answers: Any) -> Journey:
    told = {"wish": "file", "limitation_on": None, **answers}
    return Journey("court_filing", (do("prepare", told, **COURT),), variables={"must": must})


handed = from_here(prepared(), *HANDED)
suspected = Journey(
    "sham_report", (clock_moves({"court-before-filing": NEAR}), do("suspect", {"signs": ["collusion"]}, **COURT))
)
success = from_here(checked("ordinary"), *REACHED, forget())

JOURNEYS = {
    "the clock of a mediation before filing runs from the receipt": from_here(
        Journey("court_commissioned", (sees("receive"), due("receive", "2026-11-24", role="dispatcher"))),
        do("receive", {"answer": "take", "commission": "before"}, **COURT),
        caused("issue-paper mediation_commission court", "appoint-court", "start-clock court-before-filing"), sees("choose"),
        due("choose", "2026-11-25", role="dispatcher")),
    "after filing the clock is shorter": from_here(received("summary"), caused(
        "issue-paper mediation_commission court", "appoint-court", "start-clock court-after-filing-summary")),
    "what does not fit goes back": Journey("court_commissioned", (
        do("receive", {"answer": "return", "commission": "before"}), over())),
    "the mediator whom the parties chose is asked": from_here(
        chosen(), sees("confirm"), due("confirm", "2026-11-26", role="mediator", group="committee")),
    "without a choice in two working days the court names one": from_here(
        received(), until("2026-11-26"), sees("assign"), due("assign", "2026-12-01", role="court_liaison", group="court"),
        do("assign", mediator="li", committee="committee"), sees("confirm")),
    "the parties leave it to the court": from_here(received(), do("choose", {"result": "none"}), sees("assign")),
    "a mediator who is silent is replaced": from_here(chosen(), until("2026-11-27"), sees("assign")),
    "a mediator who must recuse is replaced": from_here(
        chosen(), do("confirm", {"answer": "recuse"}), sees("assign")),
    "silence when the time is over is reported": from_here(
        chosen(), until("2026-11-27", mediation_due=YESTERDAY), sees("report")),
    "who does not call the other side in three working days is replaced": from_here(
        chosen(), do("confirm", {"answer": "accept"}), sees("contact"),
        due("contact", "2026-11-26", role="mediator", group="committee"), until("2026-11-27"), sees("assign")),
    "the other side wants another mediator": from_here(
        chosen(), do("confirm", {"answer": "accept"}), do("contact", {"result": "replace"}), sees("replace"),
        do("replace", {"result": "chosen"}, mediator="zhao"), sees("confirm")),
    "another mediator is named by the court": from_here(
        chosen(), do("confirm", {"answer": "accept"}), do("contact", {"result": "replace"}),
        do("replace", {"result": "none"}), sees("assign")),
    "asking again without choosing is a refusal": from_here(
        chosen(), do("confirm", {"answer": "accept"}), do("contact", {"result": "replace"}),
        do("replace", {"result": "refused"}), sees("report")),
    "the other side refuses": from_here(
        chosen(), do("confirm", {"answer": "accept"}), do("contact", {"result": "refused"}), sees("report"),
        due("report", "2026-11-26", role="mediator", group="committee")),
    "a sham found before the start is reported": from_here(
        chosen(), do("confirm", {"answer": "accept"}), do("contact", {"result": "willing"}),
        do("checks", {"suspicion": "yes"}), sees("suspect"), do("suspect"),
        do("court_decides", {"finding": "sham"}), sees("report")),
    "a suspicion that proves wrong lets mediation begin": from_here(
        chosen(), do("confirm", {"answer": "accept"}), do("contact", {"result": "willing"}),
        do("checks", {"suspicion": "yes"}), do("suspect"), do("court_decides", {"finding": "cleared"}),
        sees("consent")),
    "an agreement before filing is confirmed by the court": from_here(
        checked(), *REACHED, forget(), sees("success_paper"), do("success_paper", {"follow": "confirm"}),
        caused("stop-clock court-before-filing"), over()),
    "an agreement after filing becomes the court's own paper": from_here(
        success, do("success_paper", {"follow": "paper"}), caused("stop-clock court-after-filing"),
        sees("court_paper"), due("court_paper", "2026-12-07", role="court_liaison", group="court"),
        do("court_paper", {"paper": "mediation"}), over()),
    "the court issues nothing and the agreement stands": from_here(
        success, do("success_paper", {"follow": "withdraw"}), do("court_paper", {"paper": "none"}), over()),
    "before filing, whoever insists is docketed": from_here(
        reported(from_here(checked(), *FAILED, forget())), caused("issue-paper termination_report court",
            "issue-paper undisputed_facts all", "stop-clock court-before-filing"), sees("prepare"),
        do("prepare", {"wish": "file", "limitation_on": None}), *HANDED, do("docket", {"decision": "docketed"}), over()),
    "before filing, nobody insists": from_here(reported(from_here(checked(), *FAILED), "no"), over()),
    "after filing the court tries the case": from_here(
        reported(from_here(checked("ordinary"), *FAILED)), sees("trial"),
        due("trial", "2026-11-26", role="court_liaison", group="court"), do("trial"), over()),
    "a side ends it": from_here(checked(), message("mediation-ended"), sees("report")),

    "a suspicion stops the clock until the court has looked": from_here(
        suspected, caused("issue-paper sham_report court", "pause-clock court-before-filing 涉嫌虚假调解", "appoint-court"),
            sees("court_decides"),
        due("court_decides", "2026-11-30", role="court_liaison", group="court"),
        do("court_decides", {"finding": "cleared"}), caused("resume-clock court-before-filing"), over()),
    "the court finds a sham": from_here(
        suspected, forget(), do("court_decides", {"finding": "sham"}),
        caused("resume-clock court-before-filing", "end-mediation sham"), over()),
    "a suspicion while no clock runs": Journey("sham_report", (
        do("suspect", {"signs": ["absent"]}, **COURT), caused("issue-paper sham_report court", "appoint-court"),
        do("court_decides", {"finding": "cleared"}), caused(), over())),
    "an appraisal is not counted": Journey("appraisal", (
        clock_moves({"medical": NEAR}), do("commission", {"subject": "伤情"}),
        caused("issue-paper appraisal_commission all", "pause-clock medical 委托鉴定、评估"), sees("opinion"),
        do("opinion", {"result": "opinion"}), caused("resume-clock medical"), over())),
    "an appraisal while no clock runs": Journey("appraisal", (
        do("commission", {"subject": "伤情"}), do("opinion", {"result": "opinion"}), caused("issue-paper appraisal_commission all"),
            over())),

    "the packet goes to the court and is docketed": from_here(
        handed, forget(), sees("docket"), due("docket", "2026-11-30", role="court_liaison", group="court"),
        do("docket", {"decision": "docketed"}),
        caused("answer-referral True", "record-outcome litigation", "send-notice docketed parties"), over()),
    "the party does not want to sue after all": Journey("court_filing", (
        sees("prepare"), due("prepare", "2026-11-26", role="clerk"), do("prepare", {"wish": "not_now"}), over()),
        variables={"must": False}),
    "the court does not sign for it": from_here(prepared(), *WITHDRAWN, over()),
    "the limitation is near": from_here(
        prepared(limitation_on=NEAR), caused("issue-paper complaint court", "send-notice limitation parties", "appoint-court"),
            sees("send")),
    "the court wants it completed": from_here(handed, do("docket", {"decision": "supplement"}), sees("prepare")),
    "the court is late": from_here(
        handed, forget(), until("2026-12-02"), caused("warn-overdue docket"), sees("docket")),
    "the court refuses": from_here(
        handed, forget(), do("docket", {"decision": "refused"}),
        caused("answer-referral False", "send-notice not-docketed parties"), over()),
    "the court must docket when the party insists": from_here(
        from_here(prepared(must=True), *HANDED), do("docket", {"decision": "refused"}), sees("insist"),
        do("insist"), sees("docket")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_court(journey: Journey) -> None:
    walk(journey)
