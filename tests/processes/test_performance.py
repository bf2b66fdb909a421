"""Instalments that are paid, reported, missed and cured; visits that are made, missed and made up."""

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

OWED = {"agreement": dict(EFFECTIVE), "obligations_open": 3, "next_due": date(2026, 12, 11)}
VISITS = {"visits_open": 3, "next_visit": date(2026, 11, 30)}
NOTHING_OWED = {"obligations_open": 0, "next_due": None}
DONE = {"result": "done", "signs": "none"}

begun = Journey("performance_and_visits", (), case=OWED)
defaulted = from_here(begun, forget(), do("receive", {"result": "default"}, obligations_open=2, obligations_overdue=1,
                                          next_due=date(2027, 1, 11)))  # fmt: skip
at_routes = from_here(defaulted, do("urge", {"response": "refused"}), forget())
visits = Journey("performance_and_visits", (), case={"agreement": {**EFFECTIVE, "immediate": True}})
changed = Journey("changed_performance", (), case=OWED)
knocking = from_here(visits, until("2026-11-30", **VISITS), forget())

JOURNEYS = {
    "three instalments come in": from_here(
        begun, sees("receive"), due("receive", "2026-12-11", role="mediator"), caused("plan-visits 7/30/90"),
        do("receive", {"result": "received"}, obligations_open=2, next_due=date(2027, 1, 11)),
        due("receive", "2027-01-11", role="mediator"),
        do("receive", {"result": "partly"}, obligations_open=1, next_due=date(2027, 2, 11)), sees("receive"),
        do("receive", {"result": "received"}, **NOTHING_OWED), caused("issue-paper performance_receipt all",
            "issue-paper performance_receipt all", "issue-paper performance_receipt all", "set-status following-up"), sees()),
    "three days before the date both are reminded": from_here(
        begun, forget(), until("2026-12-09", next_visit=date(2027, 3, 1)),
        caused("send-notice performance-reminder parties"), sees("receive", "visit")),
    "a party reports a payment, and the mediator verifies it": from_here(
        begun, message("receipt-reported"), sees("verify"), due("verify", "2026-11-25", role="mediator"),
        do("verify", {"result": "received"}, obligations_open=2, next_due=date(2027, 1, 11)),
        due("receive", "2027-01-11", role="mediator")),
    "the date passes, which is a default": from_here(
        begun, do("receive", {"result": "received"}, obligations_open=1, next_due=date(2026, 11, 25)), forget(),
        until("2026-11-26"), caused("send-notice performance-reminder parties", "mark-default",
                                    "issue-paper urging_letter debtor"),
        sees("urge"), due("urge", "2026-12-01", role="mediator")),
    "a default is cured": from_here(
        defaulted, caused("issue-paper urging_letter debtor"), sees("urge"), due("urge", "2026-11-26", role="mediator"),
        do("urge", {"response": "cured"}, obligations_overdue=0), sees("receive")),
    "another day is promised, and waited for": from_here(
        defaulted, do("urge", {"response": "promised"}, obligations_open=3, next_due=date(2026, 12, 20)),
        due("receive", "2026-12-20", role="mediator")),
    "a change takes effect before the date": from_here(
        begun, forget(), message("agreement-changed", next_due=date(2027, 1, 20)), caused("send-notice agreement-changed mediator"),
        due("receive", "2027-01-20", role="mediator")),
    "a change takes effect while the debtor is urged": from_here(
        defaulted, forget(), message("agreement-changed", obligations_open=2, obligations_overdue=0, next_due=date(2027, 1, 20)),
        caused("send-notice agreement-changed mediator"), sees("receive"), due("receive", "2027-01-20", role="mediator")),
    "a change leaves nothing to choose a route for": from_here(
        at_routes, message("agreement-changed", **NOTHING_OWED),
        caused("send-notice agreement-changed mediator", "set-status following-up"), sees()),
    "urging in vain leads to the routes": from_here(
        defaulted, forget(), do("urge", {"response": "refused"}), caused("issue-paper routes_notice creditor routes:default"),
        sees("routes"), due("routes", "2026-11-30", role="mediator")),
    "fifteen days of silence lead to the routes too": from_here(
        defaulted, until("2026-12-09", next_visit=date(2027, 3, 1)), sees("routes", "visit")),
    "the creditor wants one more letter": from_here(
        at_routes, do("routes", {"choice": "urge_again"}), caused("issue-paper urging_letter debtor"), sees("urge")),
    "the creditor applies for an order and the rest is watched": from_here(
        at_routes, do("routes", {"choice": "payment_order"}, obligations_overdue=0),
        caused("record-outcome default-payment_order", "open-process payment_order"), sees("receive")),
    "everything goes into enforcement": from_here(
        at_routes, do("routes", {"choice": "enforce"}, **NOTHING_OWED),
        caused("record-outcome default-enforce", "set-status following-up"), sees()),
    "three visits, and it is over with the last": from_here(
        visits, sees(), until("2026-11-30", **VISITS), sees("visit"), due("visit", "2026-12-03", role="mediator"),
        forget(), do("visit", DONE, visits_open=2, next_visit=date(2026, 12, 23)),
        caused("issue-paper visit_record file"), sees(), until("2026-12-23"),
        do("visit", DONE, visits_open=1, next_visit=date(2027, 2, 22)), until("2027-02-22"),
        do("visit", DONE, visits_open=0, next_visit=None), over()),
    "a missed visit is chased and made up": from_here(
        knocking, until("2026-12-04"), caused("warn-overdue visit"), sees("chase"),
        due("chase", "2026-12-08", role="dispatcher"),
        do("chase", {"decision": "again"}, next_visit=date(2026, 12, 10)), sees("visit"),
        due("visit", "2026-12-10", role="mediator")),
    "nobody is reached, and the next visit follows": from_here(
        knocking, do("visit", {"result": "unreached"}), sees("chase"),
        do("chase", {"decision": "skip"}, visits_open=2, next_visit=date(2026, 12, 23)), sees(),
        until("2026-12-23"), sees("visit")),
    "a visit finds signs of a relapse": from_here(
        knocking, do("visit", {"result": "done", "signs": "relapse"}, visits_open=0, next_visit=None),
        caused("issue-paper visit_record file", "open-process risk_response"), over()),
    "the last visit waits for the last instalment": from_here(
        begun, until("2026-11-30", visits_open=1, next_visit=date(2026, 11, 30)), sees("receive", "visit"),
        do("visit", DONE, visits_open=0, next_visit=None), sees("receive"),
        do("receive", {"result": "received"}, **NOTHING_OWED), over()),
    "what a change adds while visits are planned is watched, and they follow": from_here(
        changed, caused("send-notice agreement-changed mediator", "set-status performing"), sees("receive"),
        due("receive", "2026-12-11", role="mediator"), until("2026-12-09"), caused("send-notice performance-reminder parties"),
        do("receive", {"result": "received"}, **NOTHING_OWED, visits_open=1),
        caused("issue-paper performance_receipt all", "set-status following-up"), over()),
    "what a change adds after the last visit is watched and visited once more": from_here(
        changed, forget(), do("receive", {"result": "default"}, obligations_overdue=1), sees("urge"),
        do("urge", {"response": "cured"}, **NOTHING_OWED),
        caused("issue-paper urging_letter debtor", "issue-paper performance_receipt all", "set-status following-up",
               "plan-visit 2026-11-30"), sees(), until("2026-11-30", visits_open=1, next_visit=date(2026, 11, 30)),
        sees("visit"), do("visit", DONE, visits_open=0, next_visit=None), over()),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_performance(journey: Journey) -> None:
    walk(journey)
