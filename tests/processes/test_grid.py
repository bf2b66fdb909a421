"""From the grid: found, graded, dispatched, handled at one level after the other, told, assessed; and put right."""

from __future__ import annotations

import pytest

from tests.processes.journey import Journey, caused, do, due, forget, from_here, over, sees, until, walk

SMALL = {"danger": False, "people": 1, "again": False, "agency_needed": False}
HERE = {"origin": "community", "reporter": "grid"}
found = Journey("grid_report", (), case=HERE)
small = from_here(found, do("report", SMALL))
larger = from_here(found, do("report", {**SMALL, "agency_needed": True}))
dispatched = from_here(larger, do("dispatch", {"level": "street", "days": 3}))
settled = from_here(small, do("handle_grid", {"decision": "settled"}))
ORDER = {"company": "property", "days": 7}
ordered = Journey("rectification", (do("order", ORDER),), case=HERE, variables={"issuer": "street"})
put_right = from_here(ordered, do("answer", {"by": "管家明"}))
LINK = {"decision": "link", "agency": "housing", "told": "查违建"}
SEND = {"decision": "send", "agency": "housing", "answer_days": 5}
linked = from_here(dispatched, do("handle", LINK), do("send", SEND), do("sign", {"answer": "signed", "round": "1"}))
company = from_here(
    dispatched, do("handle", {"decision": "rectify"}), do("order", ORDER), do("answer", {"by": "管家明"})
)


def graded(level: str, *, role: str = "dispatcher", step: str = "dispatch", **answers: object) -> Journey:
    """What the table makes of these answers: the reporter's own step, or dispatching with the level suggested."""
    return from_here(found, do("report", {**SMALL, **answers}), sees(step))


JOURNEYS = {
    "a small matter stays in the grid": from_here(
        small, caused("set-status accepted"), sees("handle_grid"),
        due("handle_grid", "2026-11-25", role="grid_worker", group="community"),
        do("handle_grid", {"decision": "settled"}), sees("feedback")),
    "people accept it, it is assessed and closed": from_here(
        settled, do("feedback", {"satisfied": "yes"}), sees("assess"), due("assess", "2026-11-30", role="dispatcher"),
        forget(), do("assess", {"points": 9}), caused("record-outcome settled", "close-case"), over()),
    "nobody had told of it": from_here(settled, do("feedback", {"satisfied": "nobody"}), sees("assess")),
    "people do not accept it: the level above handles it": from_here(
        settled, do("feedback", {"satisfied": "no"}), sees("handle"),
        due("handle", "2026-11-25", role="liaison", group="community")),
    "the grid cannot do it": from_here(small, do("handle_grid", {"decision": "up"}), sees("handle"),
                                       due("handle", "2026-11-25", role="liaison", group="community")),
    "the grid is late": from_here(small, until("2026-11-26"), sees("handle")),
    "what needs an agency is dispatched within ten minutes": from_here(
        larger, sees("dispatch"), due("dispatch", "2026-11-23", role="dispatcher"),
        do("dispatch", {"level": "street", "days": 3}), sees("handle"),
        due("handle", "2026-11-26", role="liaison", group="street")),
    "ten minutes are over": from_here(larger, forget(), until("2026-11-24"), caused("warn-overdue dispatch"),
                                      sees("dispatch")),
    "the dispatcher leaves it to the grid": from_here(
        larger, do("dispatch", {"level": "grid", "days": 2}), sees("handle_grid")),
    "danger is grave": graded("district", danger=True),
    "up the ladder to the city": from_here(
        dispatched, do("handle", {"decision": "up"}), due("handle", "2026-11-26", role="liaison", group="district"),
        do("handle", {"decision": "up"}), due("handle", "2026-11-26", role="liaison", group="city"),
        do("handle", {"decision": "up"}), due("handle", "2026-11-26", role="liaison", group="city"),
        do("handle", {"decision": "settled"}), sees("feedback")),
    "down again to the grid": from_here(
        dispatched, do("handle", {"decision": "down"}), due("handle", "2026-11-26", role="liaison", group="community"),
        do("handle", {"decision": "down"}), sees("handle_grid")),
    "late at a level it goes up by itself": from_here(
        dispatched, forget(), until("2026-11-27"), caused("warn-overdue handle"),
        due("handle", "2026-11-30", role="liaison", group="district")),
    "an agency joins in and settles it": from_here(linked, do("answer", {"settled": "yes"}), sees("feedback")),
    "an agency that does not settle it": from_here(linked, do("answer", {"settled": "no"}), sees("handle")),
    "the property company puts it right": from_here(company, do("check", {"result": "accepted"}), sees("feedback")),
    "the property company does not": from_here(
        company, do("check", {"result": "upward"}), do("report", {"decision": "record"}), sees("handle")),
    "an order goes to the company, its answer to the grid": from_here(
        ordered, due("answer", "2026-11-30", role="liaison", group="property"), do("answer", {"by": "管家明"}),
        sees("check"), due("check", "2026-11-25", role="grid_worker", group="community"),
        do("check", {"result": "accepted"}), over()),
    "who orders it": from_here(Journey("rectification", (), variables={"issuer": "street"}),
                               due("order", "2026-11-24", role="liaison", group="street")),
    "not put right: once more": from_here(put_right, do("check", {"result": "again"}), sees("answer")),
    "the company is late": from_here(ordered, forget(), until("2026-12-01"), caused("warn-overdue answer"),
                                     sees("answer")),
    "refused, and ordered again by the street": from_here(
        put_right, do("check", {"result": "upward"}), due("report", "2026-11-26", role="liaison", group="street"),
        do("report", {"decision": "order", "more_days": 3}), due("answer", "2026-11-26", role="liaison", group="property")),
    "refused, and counted": from_here(
        put_right, do("check", {"result": "upward"}), do("report", {"decision": "record"}), over()),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_grid(journey: Journey) -> None:
    walk(journey)
