"""The journeys together pass every element and every branch of every shipped flow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from tests.processes import test_confirmation, test_intake, test_mediation, test_performance, test_risk
from tests.processes.journey import Journey, shipped, walk
from workflows.model import LogLine

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
    """Every gateway with the element that some journey went on to."""
    return frozenset(one for journey in journeys() for one in _choices(walk(journey).log))


def _choices(log: list[LogLine]) -> Iterator[tuple[str, str, str]]:
    for index, line in enumerate(log):
        model = shipped().processes[line.process_id]
        if model.elements[line.element_id].kind == "exclusiveGateway":
            targets = {model.flows[one].target for one in model.elements[line.element_id].outgoing}
            after = (one.element_id for one in log[index + 1 :] if one.process_id == line.process_id)
            taken = next((one for one in after if one in targets), None)
            if taken:
                yield line.process_id, line.element_id, taken


@pytest.mark.parametrize("process", PROCESSES)
def test_every_element_is_passed(process: str) -> None:
    """An error end is told at the boundary that catches it."""
    drawn = shipped().processes[process].elements.values()
    ended_by_error = {one.id for one in drawn if one.kind == "endEvent" and any(e.kind == "error" for e in one.events)}
    assert sorted(one.id for one in drawn if (process, one.id) not in passed() and one.id not in ended_by_error) == []


@pytest.mark.parametrize("process", PROCESSES)
def test_every_branch_is_walked(process: str) -> None:
    model = shipped().processes[process]
    branches = [flow for flow in model.flows.values() if model.elements[flow.source].kind == "exclusiveGateway"]
    ended_by_error = {one.id for one in model.elements.values() if any(e.kind == "error" for e in one.events)}
    missed = [one for one in branches if (process, one.source, one.target) not in walked()]
    assert sorted(one.id for one in missed if one.target not in ended_by_error) == []
