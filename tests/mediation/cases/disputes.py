"""A leak between neighbours, as a clerk would register it; the tests vary it."""

from __future__ import annotations

from typing import Any

from mediation.cases import operations
from mediation.extensions import command
from tests.house import House

PARTIES: list[dict[str, Any]] = [
    {
        "side": "applicant",
        "kind": "person",
        "name": "王建国",
        "phone": "138-0000-1234",
        "id_number": "11010119800307123X",
        "address": "幸福路 12 号 301",
        "service_address": "幸福路 12 号 301",
        "statement": "他家水管漏水泡了我的天花板。",
    },
    {
        "side": "respondent",
        "kind": "person",
        "name": "李秀兰",
        "phone": "139-0000-5678",
        "address": "幸福路 12 号 401",
        "service_address": "幸福路 12 号 401",
        "statement": "我家水管没有漏。",
    },
]


def leak(**changes: Any) -> dict[str, Any]:
    """The answers of a registration."""
    return {
        "summary": "楼上漏水泡坏楼下天花板",
        "claims": "赔偿 8000 元并修好水管",
        "kind": "0201",
        "source": "window",
        "amount": "8000",
        "place": "幸福路 12 号",
        "happened_on": "2026-11-10",
        "parties": [dict(party) for party in PARTIES],
    } | changes


def register(house: House, **changes: Any) -> operations.Registered:
    """Register a dispute as the clerk, in a transaction of its own."""
    with command():
        return operations.register_dispute(leak(**changes), by=house.users["clerk"])
