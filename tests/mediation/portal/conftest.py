"""A registered dispute between two neighbours, with the codes that each of them was given."""

from __future__ import annotations

from typing import Any

import pytest

from mediation.cases.operations import Registered, register_dispute
from mediation.extensions import command
from tests.house import House

APPLICANT_SAYS = "我家天花板从三月起一直渗水"
RESPONDENT_SAYS = "我每天都关好水龙头才出门"


def dispute(**changes: Any) -> dict[str, Any]:
    """A leak between two neighbours, as the window registers it."""
    return {
        "kind": "0201", "source": "window", "summary": "楼上漏水", "claims": "赔偿损失", "amount": "12000",
        "parties": [
            {"side": "applicant", "kind": "person", "name": "王建国", "phone": "139 0000 1111", "address": "和平路 1 号",
             "statement": APPLICANT_SAYS},
            {"side": "respondent", "kind": "person", "name": "李秀兰", "phone": "13900002222", "address": "和平路 2 号",
             "statement": RESPONDENT_SAYS},
        ],
    } | changes  # fmt: skip


@pytest.fixture
def registered(house: House) -> Registered:
    """The dispute of two neighbours, registered by the clerk."""
    with command():
        return register_dispute(dispute(), by=house.users["clerk"])
