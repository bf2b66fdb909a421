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
    assert row.select_one(".row-entry-head").get_text().startswith("第 1 条：没有写明金额")
    assert page.select_one("#facts").get_text().strip() == "楼上漏水。"
    named = {"overrides-0-finding": row.select_one("input[name=overrides-0-finding]")["value"], "overrides-0-rowmark": "1"}
    given = {**sent, **named, "overrides-0-reason": "金额待鉴定，双方同意", "copies": "0"}
    page = mediator.post(f"/tasks/{drafting.id}", given, status=422)
    assert page.select_one("textarea[name=overrides-0-reason]").get_text().strip() == "金额待鉴定，双方同意"


def reason(page, number=0):
    return page.select_one(f"textarea[name=overrides-{number}-reason]").get_text().strip()


def test_the_reasons_can_be_written_while_the_draft_is_written(drafting, sign_in, sent):
    mediator = sign_in("mediator")
    found = mediator.post(f"/tasks/{drafting.id}/findings", sent)
    assert found.select_one("button[name=_reasons]") is not None
    page = mediator.post(f"/tasks/{drafting.id}", {**sent, "_redraw": "1", "_reasons": "1"})
    assert page.select_one(".error-summary") is None
    rows = {field["name"]: field.get("value", "") for field in page.select("#overrides input")}
    written = {**sent, **rows, "overrides-0-reason": "金额待鉴定"}
    assert reason(mediator.post(f"/tasks/{drafting.id}", {**written, "_redraw": "1"})) == "金额待鉴定"
    assert mediator.post(f"/tasks/{drafting.id}/findings", written).select_one("button[name=_reasons]") is None


def test_a_reason_whose_finding_is_mended_goes_away(drafting, sign_in, sent):
    rows = {"overrides-0-finding": "amount-missing@terms.0", "overrides-0-rowmark": "1", "overrides-0-reason": "待鉴定"}
    mended = {**sent, **rows, "terms-0-amount": "3000"}
    page = sign_in("mediator").post(f"/tasks/{drafting.id}", {**mended, "_redraw": "1"})
    assert page.select_one("#overrides") is None


def test_a_kept_draft_opens_with_the_reasons_that_it_needs(drafting, sign_in, sent):
    mediator = sign_in("mediator")
    mediator.post(f"/tasks/{drafting.id}/draft", sent)
    assert reason(mediator.get(f"/tasks/{drafting.id}")) == ""


def test_a_removed_term_takes_its_reason_along_and_leaves_the_others_theirs(drafting, sign_in, sent):
    second = {key.replace("terms-0-", "terms-1-"): value for key, value in sent.items() if key.startswith("terms-0-")}
    rows = {f"overrides-{n}-{key}": value for n, why in enumerate(("甲", "乙")) for key, value in
            {"finding": f"amount-missing@terms.{n}", "rowmark": "1", "reason": why}.items()}  # fmt: skip
    page = sign_in("mediator").post(f"/tasks/{drafting.id}", {**sent, **second, **rows, "_remove": "terms-0"})
    assert [reason(page)] == ["乙"]
    assert len(page.select("#overrides .row-entry")) == 1
