"""The journeys together pass every element, every branch and every boundary event of every shipped flow."""

from __future__ import annotations

import pytest

from tests.processes.journey import shipped
from tools.flow_coverage import coverage


@pytest.mark.parametrize("process", sorted(shipped().processes))
def test_everything_in_the_drawing_is_passed(process: str) -> None:
    missed = coverage(process).missed
    if missed:
        pytest.fail(f"No journey passes in {process}.bpmn:\n" + "\n".join(missed), pytrace=False)
