"""A change of an agreement: drafted, agreed to by all, put into a deed, signed and sealed; or nothing changes."""

from __future__ import annotations

import pytest

from tests.processes.journey import Journey, caused, do, from_here, over, sees, walk

ALL = {"consents": [{"party": "1", "answer": "agree"}, {"party": "2", "answer": "agree"}]}
ONE = {"consents": [{"party": "1", "answer": "agree"}, {"party": "2", "answer": "refuse"}]}

drafted = Journey("agreement_change", (sees("draft"), do("draft", {"reason": "误工"}), sees("ask")))
agreed = from_here(drafted, do("ask", ALL), caused("issue-paper supplementary_agreement all"), sees("sign"))

JOURNEYS = {
    "all agree, sign and seal": from_here(agreed, do("sign", {"result": "effective"}), over()),
    "one does not agree": from_here(drafted, do("ask", ONE), caused(), over()),
    "the deed is never signed": from_here(agreed, do("sign", {"result": "dropped"}), over()),
}


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_agreement_change(journey: Journey) -> None:
    walk(journey)
