"""Drafts for tests: a sound agreement between two neighbours, and what a test changes in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from documents.agreement import terms
from documents.agreement.checker import Draft, Member, Side

TODAY = date(2026, 11, 22)
WANG = {"key": "1", "name": "王建国", "side": "applicant"}
LI = {"key": "2", "name": "李秀兰", "side": "respondent"}
PAYS: dict[str, Any] = {
    "kind": "pay", "debtor": "2", "creditor": "1", "purpose": "compensation", "amount": "9000", "when": "date",
    "due_on": "2026-12-31", "how": "transfer", "account": "王建国 青禾农商银行 6200 0001",
}  # fmt: skip
OTHERWISE = "逾期未付的，按年利率3%支付逾期利息。"


def draft(
    *rows: dict[str, Any],
    parties: tuple[dict[str, Any], ...] = (WANG, LI),
    members: tuple[tuple[str, str], ...] = (),
    **more: Any,
) -> Draft:
    """A draft of these terms (the sound payment without any), between the two neighbours, with what else is given."""
    told: dict[str, Any] = {
        "responsibility": "双方各自陈述属实。",
        "default_clause": OTHERWISE,
        "cap": Decimal("12"),
        **more,
    }
    for key in ("claim", "cap"):
        told[key] = Decimal(str(told[key])) if told.get(key) is not None else None
    if isinstance(told.get("happened_on"), str):
        told["happened_on"] = date.fromisoformat(told["happened_on"])
    return Draft(
        terms=tuple(terms.read(row) for row in rows or (PAYS,)), parties=tuple(Side(**side) for side in parties),
        members=tuple(Member(*one) for one in members), today=TODAY, **told,
    )  # fmt: skip


def pays(**changed: Any) -> dict[str, Any]:
    """The sound payment with something changed; None takes a part away."""
    return {key: value for key, value in {**PAYS, **changed}.items() if value is not None}


def act(kind: str, **told: Any) -> dict[str, Any]:
    """Something other than money that the respondent owes by the end of the year."""
    return {"kind": kind, "debtor": "2", "creditor": "1", "when": "date", "due_on": "2026-12-31", **told}


def said(text: str) -> dict[str, Any]:
    """A term in free words."""
    return {"kind": "other", "what": text}
