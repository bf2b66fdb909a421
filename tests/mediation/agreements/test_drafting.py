"""Drafting an agreement: terms become the ledger and the paper, and what no court could enforce is held up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from mediation import clock
from mediation.case_view import CaseView, said, terms_of
from mediation.effects import BINDINGS, AnswersRefused
from mediation.extensions import command, db
from mediation.models import Agreement, Entry, Representative
from mediation.papers.pieces import Occasion, build
from tests.mediation.agreements.conftest import put, typed

REASON = [{"finding": "amount-missing@terms.0", "reason": "待鉴定"}]


def test_terms_become_the_ledger_and_the_paper(agree, case, pays):
    agreement = agree(
        pays(when="instalments", due_on=None, plan=_plan(2000, 4000)), {"kind": "other", "what": "再无其他争议"}
    )
    rows = [(owed.term, owed.what, owed.amount, owed.how, owed.account) for owed in agreement.obligations]
    assert rows == [
        (1, "赔偿款（第1期，共2期）", Decimal("2000.00"), "transfer", "6200 0001"),
        (1, "赔偿款（第2期，共2期）", Decimal("4000.00"), "transfer", "6200 0001"),
    ]  # fmt: skip
    facts = build("agreement", Occasion(case, None, f"agreement:{agreement.id}"))
    assert [row["amount"] for row in facts["instalments"]] == ["2000.00", "4000.00"]
    assert facts["total"] == "6000.00"
    assert "大写：陆仟元整" in facts["terms"][0]["text"]
    assert facts["terms"][1]["text"] == "再无其他争议。"
    assert facts["performance"]["manner"] == "银行转账"


def _plan(*amounts):
    return "\n".join(
        f"{clock.today() + timedelta(days=10 * number)} {amount}" for number, amount in enumerate(amounts, 1)
    )


def test_what_is_paid_at_once_leaves_nothing_to_watch(agree, case, pays):
    agreement = agree(pays(when="now", due_on=None))
    assert (agreement.immediate, agreement.obligations, agreement.amount) == (True, [], Decimal("6000.00"))
    assert CaseView(case)["agreement"]["immediate"] is True


def test_an_account_is_never_kept_in_plain_text(agree, pays):
    agreement = agree(pays(account="6200 1234 5678"))
    kept = db.session.execute(text("select terms, accounts from agreement where id = :id"), {"id": agreement.id}).one()
    assert "1234" not in f"{kept.terms}{kept.accounts}"
    assert terms_of(agreement)[0].account == "6200 1234 5678"


def test_a_party_who_is_renamed_is_called_so_in_every_term(agree, case, pays):
    agreement = agree(pays())
    with command():
        case.parties[1].name = "李秀蓝"
    assert said(agreement)[0][1].startswith("李秀蓝于")


def test_a_red_finding_stops_the_draft_until_a_reason_is_written(agree, pays):
    with pytest.raises(AnswersRefused) as refused:
        agree(pays(amount=None))
    assert set(refused.value.errors) == {"terms.0.kind", "overrides.0.reason"}
    assert [row["finding"] for row in refused.value.rows["overrides"]] == ["amount-missing@terms.0"]
    agreement = agree(
        pays(amount=None), overrides=[{"finding": "amount-missing@terms.0", "reason": "金额待鉴定，双方同意"}]
    )
    assert [(row["rule"], row["reason"]) for row in agreement.findings if row["severity"] == "red"] == [
        ("amount-missing", "金额待鉴定，双方同意")
    ]
    entry = db.session.scalars(select(Entry).where(Entry.action == "red-findings-kept")).one()
    assert entry.details["reasons"] == {"amount-missing@terms.0": "金额待鉴定，双方同意"}


def test_each_red_finding_wants_a_reason_of_its_own_and_what_was_written_stays(agree, pays):
    one = [{"finding": "amount-missing@terms.0", "reason": "待鉴定"}]
    with pytest.raises(AnswersRefused) as refused:
        agree(pays(amount=None), pays(amount=None), overrides=one)
    rows = refused.value.rows["overrides"]
    assert [row["finding"] for row in rows] == ["amount-missing@terms.0", "amount-missing@terms.1"]
    assert [row["reason"] for row in rows] == ["待鉴定", ""]
    assert {"overrides.0.reason", "overrides.1.reason"} & set(refused.value.errors) == {"overrides.1.reason"}
    agreement = agree(pays(amount=None), pays(amount=None), overrides=[*one, {**rows[1], "reason": "另行评估"}])
    reds = [row for row in agreement.findings if row["severity"] == "red"]
    assert [row["reason"] for row in reds] == ["待鉴定", "另行评估"]


def test_a_term_that_says_nothing_is_refused_whatever_the_reason(agree):
    empty = {"kind": "status", "status": "", "what": "", "text": ""}
    with pytest.raises(AnswersRefused) as refused:
        agree(empty)
    given = [{**row, "reason": "各方坚持如此约定，已当面说明后果"} for row in refused.value.rows["overrides"]]
    with pytest.raises(AnswersRefused) as refused:
        agree(empty, overrides=given)
    assert list(refused.value.errors) == ["terms.0.what"]


def test_a_form_of_an_older_release_asks_once_for_all_red_findings(house, drafting, pays):
    old = {key: value for key, value in typed(pays(amount=None)).items() if key != "overrides"}
    with pytest.raises(AnswersRefused) as refused:
        BINDINGS["agreement"].apply(drafting, {**old, "override_reason": None}, house.users["mediator"])
    assert set(refused.value.errors) == {"terms.0.kind", "override_reason"}


def test_a_form_of_an_older_release_has_nowhere_to_give_a_reason_and_is_not_held_up(house, drafting, case):
    first, second = case.parties
    old = {"facts": "漏水", "issues": "赔偿", "terms": [{"text": "李秀兰付 6000 元", "kind": "money", "amount": Decimal(6000)}],
           "immediate": "no", "manner": "转账", "deadline_text": "月底", "copies": Decimal(3),
           "instalments": [{"debtor": str(second.id), "creditor": str(first.id), "what": "赔偿款", "amount": Decimal(6000),
                            "due_on": clock.today() + timedelta(days=5), "how": "transfer"}]}  # fmt: skip
    with command():
        BINDINGS["agreement"].apply(drafting, old, house.users["mediator"])
    agreement = db.session.scalars(select(Agreement)).one()
    assert [(owed.what, owed.amount) for owed in agreement.obligations] == [("赔偿款", Decimal("6000.00"))]
    assert agreement.amount == Decimal("6000.00")


def test_whoever_checks_sees_reds_again_that_came_since(house, agree, case, pays):
    agreement = agree(pays())
    with command():
        case.parties[1].birth_date = clock.today() - timedelta(days=365 * 12)
        task = put(house, case, "agreement-check", "director")
    passed = {"result": "pass", "overrides": []}
    with pytest.raises(AnswersRefused) as refused:
        BINDINGS["agreement-check"].apply(task, passed, house.users["director"])
    assert "监护人" in refused.value.rows["overrides"][0]["says"]
    db.session.rollback()
    with command():
        db.session.add(Representative(party=case.parties[1], kind="guardian", name="李大山"))
    with command():
        BINDINGS["agreement-check"].apply(task, passed, house.users["director"])
    assert agreement.status == "checked"


def test_a_reason_that_the_drafter_gave_is_enough_for_the_checker(house, agree, case, pays):
    agreement = agree(pays(amount=None), overrides=REASON)
    with command():
        task = put(house, case, "agreement-check", "director")
        BINDINGS["agreement-check"].apply(task, {"result": "pass", "overrides": []}, house.users["director"])
    assert (agreement.status, agreement.findings[0]["reason"]) == ("checked", "待鉴定")


def test_no_paper_is_printed_while_a_red_finding_has_no_reason(agree, case, pays):
    agreement = agree(pays())
    with command():
        agreement.findings = [{"rule": "crime-settled", "severity": "red", "place": "terms.0", "reason": ""}]
    with pytest.raises(AnswersRefused):
        build("agreement", Occasion(case, None, f"agreement:{agreement.id}"))


def test_the_draft_comes_back_as_it_was_typed_but_the_reason_does_not(house, agree, drafting, pays):
    agree(pays(amount=None), overrides=REASON)
    known = BINDINGS["agreement"].prefill(drafting, house.users["mediator"])
    assert (known["terms"][0]["purpose"], known["terms"][0]["account"]) == ("compensation", "6200 0001")
    assert "overrides" not in known


# --- the pages ----------------------------------------------------------------------------------------------------------


def fields(row, number=0):
    return {f"terms-{number}-{key}": value for key, value in row.items()} | {f"terms-{number}-rowmark": "1"}


def test_while_one_types_each_term_says_its_sentence_and_its_findings(drafting, pays, sign_in):
    person = sign_in("mediator")
    person.post(f"/tasks/{drafting.id}/findings", {**typed(), **fields(pays(amount="")), "terms": ""})
    notes = person.page.select_one("#terms-0-notes").get_text()
    assert "李秀兰于" in notes
    assert "没有写明金额" in notes
    assert "第三百五十八条" in notes
    assert "1 个红色问题" in person.page.get_text()


def test_the_same_in_english(drafting, pays, sign_in):
    person = sign_in("mediator")
    person.speaks("en")
    person.post(f"/tasks/{drafting.id}/findings", {**typed(), **fields(pays(amount="")), "terms": ""})
    assert "No amount is stated" in person.page.get_text()


def test_handing_in_what_is_red_shows_it_at_its_term_and_loses_nothing(drafting, pays, sign_in):
    person = sign_in("mediator")
    sent = {key: value for key, value in typed().items() if key != "terms" and value is not None}
    person.post(
        f"/tasks/{drafting.id}", {**sent, **fields(pays(amount="", penalty="加倍")), "version": "1"}, status=422
    )
    page = person.page
    assert "没有写明金额" in page.select_one(".error-summary").get_text()
    assert page.select_one("[name=terms-0-penalty]")["value"] == "加倍"


def test_only_who_drafts_asks_the_checker(drafting, sign_in):
    sign_in("clerk").post(f"/tasks/{drafting.id}/findings", {}, status=404)


def test_a_question_that_comes_in_after_the_draft_gets_no_answer(drafting, sign_in):
    with command():
        drafting.status = "done"
    sign_in("mediator").post(f"/tasks/{drafting.id}/findings", {}, status=204)
