"""A protection order: 72 hours, 24 when urgent, served and told to the police, asked again before it ends."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.processes.journey import (
    SHANGHAI,
    Journey,
    caused,
    clock_moves,
    do,
    due,
    forget,
    from_here,
    over,
    sees,
    until,
    walk,
)
from tests.processes.routes import handed, withdrawn

URGENT = {"protection-order-urgent": datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)}

applied = Journey("protection_order", (do("apply", {"urgent": "no"}), *handed("court")))
urgent = Journey("protection_order", (do("apply", {"urgent": "yes"}), *handed("court"), clock_moves(URGENT)))
in_force = from_here(applied, do("rule", {"result": "granted", "until": date(2027, 5, 23)}), do("serve"))
refused = from_here(applied, do("rule", {"result": "dismissed"}))

JOURNEYS = {
    "somebody helps with the application on the same day": Journey("protection_order", (
        sees("apply"), due("apply", "2026-11-23", role="dispatcher"))),
    "the court has seventy-two hours": from_here(applied, sees("rule")),
    "and twenty-four when it is urgent": from_here(
        urgent, due("rule", "2026-11-24", role="court_liaison", group="court"),
        forget(), until("2026-11-25"), caused("warn-overdue rule"), sees("rule")),
    "what the court does not take comes back": Journey("protection_order", (
        do("apply", {"urgent": "no"}), withdrawn("court"), sees("apply"))),
    "granted, it is served; before it ends the victim is asked": from_here(
        in_force, sees(), until("2027-05-17"), sees("ask_again"), do("ask_again", {"renewal": "none"}), over()),
    "it is extended": from_here(in_force, until("2027-05-17"), do("ask_again", {"renewal": "extend"}), sees("apply")),
    "the hand-over is answered and both clocks stop": from_here(
        applied, forget(), do("rule", {"result": "granted", "until": date(2027, 5, 23)}),
        caused("answer-referral True", "stop-clock protection-order-urgent", "stop-clock protection-order")),
    "dismissed: told of the review, and left": from_here(
        refused, sees("tell_review"), do("tell_review", {"wish": "review"}), over()),
    "dismissed: applied for again with more evidence": from_here(refused, do("tell_review", {"wish": "again"}), sees("apply")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_protection_order(journey: Journey) -> None:
    walk(journey)
