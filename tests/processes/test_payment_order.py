"""An order for payment: accepted in five days, issued in fifteen, paid or objected to in fifteen."""

from __future__ import annotations

from datetime import date

import pytest

from tests.processes.journey import Journey, caused, clock_moves, do, due, forget, from_here, over, sees, until, walk
from tests.processes.routes import handed, withdrawn

filed = Journey("payment_order", (do("apply"), *handed("court")))
taken = from_here(filed, do("accept", {"decision": "accepted"}))
issued = from_here(taken, do("issue", {"result": "issued"}))

JOURNEYS = {
    "the labour officer helps with the application": Journey("payment_order", (
        sees("apply"), due("apply", "2026-11-26", role="labour_officer", group="labour"))),
    "each of the three clocks is the court's": from_here(
        filed, clock_moves({"payment-order-acceptance": date(2026, 11, 30)}),
        due("accept", "2026-11-30", role="court_liaison", group="court"), forget(), do("accept", {"decision": "accepted"}),
        caused("stop-clock payment-order-acceptance", "start-clock payment-order-issue"), do("issue", {"result": "issued"}),
        caused("stop-clock payment-order-issue", "start-clock payment-order"), sees("objection")),
    "the debtor pays": from_here(
        issued, forget(), do("objection", {"result": "paid"}), caused("stop-clock payment-order", "answer-referral True"), over()),
    "an objection ends it, other ways are told": from_here(
        issued, forget(), do("objection", {"result": "objected"}),
        caused("stop-clock payment-order", "answer-referral False"), sees("other_ways"), do("other_ways"), over()),
    "neither paid nor objected: it can be enforced": from_here(
        issued, do("objection", {"result": "silent"}), sees("enforce"), do("enforce"), over()),
    "nobody writes anything: after fifteen days it can be enforced": from_here(
        issued, clock_moves({"payment-order": date(2026, 12, 8)}), until("2026-12-09"), sees("enforce")),
    "the court does not accept": from_here(filed, do("accept", {"decision": "refused"}), sees("other_ways")),
    "the court dismisses": from_here(taken, do("issue", {"result": "dismissed"}), sees("other_ways")),
    "the court does not sign": Journey("payment_order", (do("apply"), withdrawn("court"), sees("other_ways"))),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_payment_order(journey: Journey) -> None:
    walk(journey)
