"""Judicial confirmation: thirty days, a joint application, the court's own pool, every answer that a court gives."""

from __future__ import annotations

from datetime import date

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

AGREED = {"agreement": dict(EFFECTIVE)}
WISH = {"wish": "all", "scope": "all"}

begun = Journey("judicial_confirmation", (), case=AGREED)
wished = from_here(begun, do("precheck", WISH))
filed = from_here(wished, forget(), do("apply", {"result": "filed"}, court="court-qh"))
def answered(status: str) -> dict[str, object]:
    return {"confirmation": {"status": status, "due_on": date(2026, 12, 23)}}


taken = from_here(filed, forget(), do("accept", {"decision": "accepted"}, **answered("accepted")))
dismissed = from_here(taken, forget(), do("rule", {"decision": "dismissed"}, **answered("dismissed")))

REMINDED = ("send-notice confirmation-reminder parties", "send-notice confirmation-reminder mediator")

JOURNEYS = {
    "both sides apply within thirty days": from_here(
        begun, sees("precheck"), due("precheck", "2026-11-30", role="mediator"), do("precheck", WISH), sees("apply"),
        due("apply", "2026-12-23", role="mediator"), do("apply", {"result": "filed"}, court="court-qh"),
        caused("stop-clock judicial-confirmation", "appoint-court", "issue-paper confirmation_application court",
               "set-status confirming"),
        sees("accept"), due("accept", "2026-11-26", role="court_liaison", group="court-qh")),
    "only one side wants it": from_here(
        begun, do("precheck", {"wish": "not_all", "scope": "all"}), caused("stop-clock judicial-confirmation"), over()),
    "nothing in it may be confirmed": from_here(begun, do("precheck", {"wish": "all", "scope": "none"}), over()),
    "a divorce applies for the money alone": from_here(
        Journey("judicial_confirmation", (), case={"agreement": {**EFFECTIVE, "status_terms": True}}),
        do("precheck", {"wish": "all", "scope": "part"}), do("apply", {"result": "filed"}, court="court-qh"),
        do("accept", {"decision": "accepted"}, **answered("accepted")), forget(),
        do("rule", {"decision": "partly"}, **answered("partly")),
        caused("stop-clock court-decision", "record-outcome confirmation-partly", "send-notice confirmed parties",
               "set-status following-up"), over()),
    "ten, five and two days before the end both sides and the mediator are reminded": from_here(
        wished, forget(), until("2026-12-15"), caused(*REMINDED), until("2026-12-20"), caused(*REMINDED),
        until("2026-12-23"), caused(*REMINDED), sees("apply")),
    "thirty days pass": from_here(
        wished, forget(), until("2026-12-24"),
        caused(*REMINDED, *REMINDED, *REMINDED,
               "send-notice confirmation-lapsed parties", "stop-clock judicial-confirmation"), over()),
    "a party no longer applies": from_here(wished, do("apply", {"result": "withdrawn"}), over()),
    "the court accepts and confirms": from_here(
        taken, caused("start-clock court-decision"), due("rule", "2026-12-23", role="court_liaison", group="court-qh"),
        do("rule", {"decision": "confirmed"}, **answered("confirmed")),
        caused("stop-clock court-decision", "record-outcome confirmation-confirmed", "send-notice confirmed parties",
               "set-status following-up"), over()),
    "the court asks for papers before it accepts": from_here(
        filed, forget(), do("accept", {"decision": "papers"}), caused("send-notice papers-wanted parties"),
        sees("supply"), due("supply", "2026-11-30", role="mediator"), do("supply", {"result": "supplied"}),
        sees("accept")),
    "the court asks for papers before it rules, and they come through the portal": from_here(
        taken, do("rule", {"decision": "papers"}), sees("supply"), message("papers-supplied"), sees("rule")),
    "the court does not accept": from_here(
        filed, forget(), do("accept", {"decision": "refused"}, **answered("refused")),
        caused("stop-clock court-decision", "send-notice confirmation-failed parties"), sees("decide_next"),
        due("decide_next", "2026-11-30", role="mediator")),
    "dismissed: the parties mediate again": from_here(
        dismissed, forget(), do("decide_next", {"choice": "remediate"}), caused("set-status following-up"), over()),
    "dismissed: the parties sue": from_here(
        dismissed, forget(), do("decide_next", {"choice": "sue"}),
        caused("record-outcome litigation", "set-status following-up"), over()),
    "the application is withdrawn": from_here(
        taken, forget(), do("rule", {"decision": "withdrawn"}, **answered("withdrawn")),
        caused("stop-clock court-decision", "set-status following-up"), over()),
    "an oral agreement is performed and visited without the court": Journey(
        "after_agreement", (sees(), caused("set-status performing", "plan-visits 7/30/90", "set-status following-up")),
        case={"agreement": {**EFFECTIVE, "kind": "oral"}}),
    "confirmation and performance run side by side": Journey(
        "after_agreement", (
            sees("precheck", "receive"), do("precheck", {"wish": "none", "scope": "none"}), sees("receive"),
            do("receive", {"result": "received"}, obligations_open=0, next_visit=date(2026, 11, 30), visits_open=1),
            sees(), until("2026-11-30"), do("visit", {"result": "done", "signs": "none"}, visits_open=0), over()),
        case={**AGREED, "obligations_open": 1, "next_due": date(2026, 12, 11)}),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_confirmation(journey: Journey) -> None:
    walk(journey)


def test_the_clock_of_thirty_days_starts_with_the_agreement() -> None:
    at = walk(Journey("after_agreement", (), case={**AGREED, "obligations_open": 1, "next_due": date(2026, 12, 11)}))
    clocks = [one.arguments["clock"] for one in at.effects if one.name == "start-clock"]
    assert clocks == ["judicial-confirmation"]
