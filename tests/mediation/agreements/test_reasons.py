"""The page of the draft asks for a reason under each red finding, and loses nothing that was typed."""

from __future__ import annotations

import pytest


@pytest.fixture
def sent(case):
    """What a browser sends of a draft in which nobody said how much is paid."""
    first, second = case.parties
    term = {"kind": "pay", "debtor": second.id, "creditor": first.id, "purpose": "compensation", "when": "date",
            "due_on": "2026-12-20", "how": "cash", "rowmark": "1"}  # fmt: skip
    told = {"facts": "楼上漏水。", "issues": "赔偿数额。", "responsibility": "楼上承担责任。", "copies": "3", "version": "1"}
    return {**told, **{f"terms-0-{key}": str(value) for key, value in term.items()}}


def test_a_row_for_each_red_finding_comes_with_the_page_and_keeps_what_is_typed(drafting, sign_in, sent):
    mediator = sign_in("mediator")
    mediator.get(f"/tasks/{drafting.id}")
    assert "overrides" not in str(mediator.page.select_one("form#form"))
    page = mediator.post(f"/tasks/{drafting.id}", sent, status=422)
    row = page.select_one("#overrides .row-entry")
    assert "金额" in row.select_one(".row-entry-head").get_text()
    assert page.select_one("#facts").get_text().strip() == "楼上漏水。"
    named = {"overrides-0-finding": row.select_one("input[name=overrides-0-finding]")["value"], "overrides-0-rowmark": "1"}
    given = {**sent, **named, "overrides-0-reason": "金额待鉴定，双方同意", "copies": "0"}
    page = mediator.post(f"/tasks/{drafting.id}", given, status=422)
    assert page.select_one("textarea[name=overrides-0-reason]").get_text().strip() == "金额待鉴定，双方同意"
