"""The journeys together pass every element and every branch of every shipped flow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from tests.processes import test_confirmation, test_intake, test_mediation, test_performance, test_risk
from tests.processes.journey import Journey, shipped, walk

BOOKS = (test_intake.JOURNEYS, test_mediation.JOURNEYS, test_confirmation.JOURNEYS, test_performance.JOURNEYS,
         test_risk.JOURNEYS)  # fmt: skip
PROCESSES = sorted(path.removesuffix(".bpmn") for path in shipped().bundle.files if path.endswith(".bpmn"))


def journeys() -> Iterator[Journey]:
    for book in BOOKS:
        yield from book.values()


@cache
def passed() -> frozenset[tuple[str, str]]:
    """Every element that some journey completed."""
    return frozenset(
        (line.process_id, line.element_id)
        for journey in journeys() for line in walk(journey).log if line.event == "completed"
    )  # fmt: skip


@cache
def walked() -> frozenset[tuple[str, str, str]]:
    """Every pair of elements that follow each other at once in the log of one process."""
    pairs: set[tuple[str, str, str]] = set()
    for journey in journeys():
        last: dict[str, str] = {}
        for line in walk(journey).log:
            if line.process_id in last:
                pairs.add((line.process_id, last[line.process_id], line.element_id))
            last[line.process_id] = line.element_id
    return frozenset(pairs)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_element_is_passed(process: str) -> None:
    drawn = shipped().processes[process].elements
    assert sorted(one for one in drawn if (process, one) not in passed()) == []


@pytest.mark.parametrize("process", PROCESSES)
def test_every_branch_is_walked(process: str) -> None:
    model = shipped().processes[process]
    branches = [flow for flow in model.flows.values() if model.elements[flow.source].kind == "exclusiveGateway"]
    assert sorted(one.id for one in branches if (process, one.source, one.target) not in walked()) == []
