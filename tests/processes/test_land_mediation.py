"""Land: title to the government; contracted land up the ladder from village to township to arbitration."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.processes.journey import (
    FLOWS,
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


def assessed(nature: str) -> Journey:
    answers = {"nature": nature, "known_on": date(2026, 3, 2)}
    return Journey("land_mediation", (do("assess", answers),), case=AT_THE_TABLE)


contract = assessed("contract")
township = from_here(contract, do("village", {"result": "township"}))
failed = from_here(township, *sits_failed())
arbitrating = from_here(failed, do("ask_arbitration", {"wish": "arbitrate"}), *handed("land"))
extended = from_here(arbitrating, do("arbitrate", {"result": "extend"}))
awarded = from_here(arbitrating, do("arbitrate", {"result": "award"}))

JOURNEYS = {
    "it is assessed in two days": Journey("land_mediation", (sees("assess"), due("assess", "2026-11-25", role="dispatcher"))),
    "title is the government's": from_here(assessed("title"), *handed("land", settled=True), ends("settled")),
    "title that nobody decides comes back": from_here(assessed("title"), withdrawn("land"), ends("returned")),
    "the village settles it": from_here(
        contract, due("village", "2026-12-02", role="mediator"), do("village", {"result": "settled"}), ends("settled")),
    "nothing in seven working days: the township": from_here(contract, until("2026-12-03"), sees("invite")),
    "the township settles it, and no title is confirmed": from_here(
        township, sees("invite"), *sits_agreed(), sees("tell_title"), do("tell_title"), ends("agreed")),
    "a side walks out of what cannot be arbitrated": from_here(
        assessed("boundary"), do("village", {"result": "township"}), message("mediation-ended"), ends("failed")),
    "contracted land: arbitration is offered": from_here(failed, sees("ask_arbitration"), do("ask_arbitration", {"wish": "none"}),
                                                         ends("failed")),
    "arbitration does not sign": from_here(
        failed, do("ask_arbitration", {"wish": "arbitrate"}), withdrawn("land"), ends("returned")),
    "sixty days": from_here(
        arbitrating, clock_moves({"farmland-arbitration": date(2027, 1, 22)}),
        due("arbitrate", "2027-01-22", role="liaison", group="land"), forget(), do("arbitrate", {"result": "mediated"}),
        caused("stop-clock farmland-arbitration", "answer-referral True"), ends("settled")),
    "and thirty more": from_here(extended, sees("arbitrate_longer"), do("arbitrate_longer", {"result": "mediated"}), ends("settled")),
    "an award in the longer time": from_here(extended, do("arbitrate_longer", {"result": "award"}), sees("after_award")),
    "an award that is final": from_here(
        awarded, clock_moves({"farmland-suit": date(2026, 12, 23)}), due("after_award", "2026-12-23", role="dispatcher"),
        do("after_award", {"result": "final"}), ends("settled")),
    "an award that is sued": from_here(awarded, do("after_award", {"result": "sued"}), ends("failed")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_land(journey: Journey) -> None:
    walk(journey)


def decided(name: str, **context: Any) -> dict[str, Any]:
    return decide(load((FLOWS / f"decisions/{name}.dmn").read_bytes(), f"{name}.dmn"), name, context)


@pytest.mark.parametrize(("days_left", "state"), [(-1, "passed"), (60, "soon"), (61, "open")])
def test_two_years_for_farmland_arbitration(days_left: int, state: str) -> None:
    assert decided("land_limitation", days_left=days_left)["state"] == state


@pytest.mark.parametrize(
    ("nature", "way"), [("title", "title"), ("contract", "ladder"), ("transfer", "ladder"), ("boundary", "local")]
)
def test_title_is_never_mediated(nature: str, way: str) -> None:
    assert decided("land_way", nature=nature)["way"] == way
