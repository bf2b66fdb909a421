"""Every rule of the checker: what it finds, and what it leaves alone."""

from __future__ import annotations

import pytest

from documents.agreement import checker
from documents.agreement.checker import Draft
from tests.documents.agreement.drafts import LI, WANG, act, draft, pays, said
from workflows.feel import parse

CHILD = {**LI, "age": 15, "guardian": "李大山"}
CUSTODY = {"kind": "status", "status": "custody", "debtor": "1", "what": "婚生女李小满", "born_on": "2018-05-01"}
VISITS = {
    "kind": "status",
    "status": "visits",
    "debtor": "2",
    "creditor": "1",
    "what": "每月第一个周六九点接、周日十八点送回",
    "born_on": "2018-05-01",
}
SUPPORT = pays(
    purpose="support",
    amount="800",
    when="periodic",
    interval="month",
    due_on="2026-12-01",
    until="2036-05-01",
    born_on="2018-05-01",
)
PLAN = pays(when="instalments", due_on="2026-12-31", interval="month", count=3)

# Rule -> a draft in which it must find something, and the nearest one in which it must not.
CASES: dict[str, tuple[Draft, Draft]] = {
    "debtor-missing": (draft(pays(debtor=None)), draft()),
    "creditor-missing": (draft(pays(creditor=None)), draft(act("do", what="清理楼道杂物", creditor=""))),
    "owes-himself": (draft(pays(creditor="2")), draft()),
    "custody-parent-missing": (draft({**CUSTODY, "debtor": ""}), draft(CUSTODY)),
    "amount-missing": (draft(pays(amount=None)), draft(pays(amount=None, when="instalments", plan="2026-12-31 9000\n2027-01-31 1"))),
    "amount-zero": (draft(pays(amount="0")), draft()),
    "object-missing": (draft(act("vacate")), draft(act("vacate", what="幸福小区3号楼201室"))),
    "vague-amount": (draft(pays(text="并给予适当补偿")), draft(pays(text="包含一切损失"))),
    "left-open": (draft(pays(text="利息另行协商")), draft(pays(text="利息已包含在内"))),
    "figures-differ": (draft(pays(when="instalments", plan="2026-12-31 4000\n2027-01-31 4000")),
                       draft(pays(when="instalments", plan="2026-12-31 4000\n2027-01-31 5000"))),
    "total-above-claim": (draft(claim=8000), draft(claim=9000)),
    "currency-foreign": (draft(pays(text="折合1300美元")), draft()),
    "currency-virtual": (draft(pays(text="可以用比特币支付")), draft()),
    "deposit-too-high": (draft(pays(purpose="deposit"), claim=40000), draft(pays(purpose="deposit"), claim=45000)),
    "day-missing": (draft(pays(due_on=None)), draft(pays(when="now", due_on=None))),
    "day-past": (draft(pays(due_on="2026-11-21")), draft(pays(due_on="2026-11-22"))),
    "until-missing": (draft({**SUPPORT, "until": ""}), draft(SUPPORT)),
    "until-before-start": (draft({**SUPPORT, "until": "2026-11-30"}), draft(SUPPORT)),
    "plan-unread": (draft(pays(when="instalments", amount=None, plan="2026-12-31 4000\n年后再付5000")), draft(PLAN)),
    "vague-time": (draft(pays(text="尽快付清")), draft()),
    "condition-undated": (draft(pays(due_on=None, text="待房屋出售后支付")), draft(pays(text="待房屋出售后支付"))),
    "condition-dated": (draft(pays(text="待房屋出售后支付")), draft()),
    "day-far": (draft(pays(due_on="2031-12-31")), draft(pays(due_on="2031-11-21"))),
    "instalments-many": (draft({**PLAN, "count": 37}), draft({**PLAN, "count": 36})),
    "instalments-tiny": (draft({**PLAN, "amount": "1100", "count": 12}), draft({**PLAN, "amount": "1200", "count": 12})),
    "instalments-one": (draft({**PLAN, "count": 1}), draft({**PLAN, "count": 2})),
    "instalments-unsecured": (draft({**PLAN, "amount": "50000"}), draft({**PLAN, "amount": "50000", "text": "以车辆抵押"})),
    "default-missing": (draft(default_clause=""), draft(pays(late_rate="3"), default_clause="")),
    "penalty-without-amount": (draft(pays(penalty="承担违约责任")), draft(pays(penalty="承担违约责任，另付违约金1000元"))),
    "account-missing": (draft(pays(account=None)), draft(pays(account=None, how="cash"))),
    "how-missing": (draft(pays(how=None)), draft()),
    "cash-large": (draft(pays(how="cash", amount="50000")), draft(pays(how="cash", amount="49999"))),
    "place-missing": (draft(act("hand_over", what="电动车一辆")), draft(act("hand_over", what="电动车一辆", place="调委会"))),
    "repair-standard": (draft(act("repair", what="卫生间防水层", place="201室")),
                        draft(act("repair", what="卫生间防水层，不再渗漏", place="201室"))),
    "apology-manner": (draft(act("apologise")), draft(act("apologise", what="当面口头道歉"))),
    "not-enforceable": (draft(said("双方今后和睦相处")), draft(said("双方就本纠纷再无其他争议"))),
    "nothing-owed": (draft(said("双方就本纠纷再无其他争议")), draft()),
    "joint-unclear": (draft(pays(text="由李秀兰夫妇共同支付")), draft(pays(text="由李秀兰夫妇共同支付，承担连带责任"))),
    "third-party-bound": (draft(pays(text="其余由保险公司支付")), draft()),
    "third-party-property": (draft(act("transfer_title", what="登记在父母名下的住房，税费由王建国负担")),
                             draft(act("transfer_title", what="李秀兰单独所有的住房，税费由王建国负担"))),
    "guarantor-signs": (draft(pays(text="由担保人张三负责")), draft()),
    "group-consent": (draft(members=(("甲", "agree"), ("乙", "open"))), draft(members=(("甲", "agree"),))),
    "interest-above-cap": (draft(pays(purpose="loan", rate="8", late_rate="5")), draft(pays(purpose="loan", rate="8", late_rate="4"))),
    "late-interest-high": (draft(pays(late_rate="13")), draft(pays(late_rate="12"))),
    "interest-on-interest": (draft(pays(text="到期利息计入本金")), draft()),
    "daily-interest": (draft(pays(penalty="每日千分之五加付")), draft()),
    "wages-waived": (draft(said("劳动者放弃加班费"), dispute="0702"), draft(said("劳动者领取加班费"), dispute="0702")),
    "wages-below": (draft(pays(purpose="wages", standard="10000")), draft(pays(purpose="wages", standard="9000"))),
    "insurance-waived": (draft(pays(text="双方同意不再缴纳社会保险")), draft()),
    "injury-below": (draft(pays(purpose="work_injury", standard="9001")), draft(pays(purpose="work_injury", standard="9000"))),
    "injury-unchecked": (draft(pays(purpose="work_injury")), draft(pays(purpose="work_injury", standard="9000"))),
    "identity-detained": (draft(pays(penalty="付清前扣押身份证")), draft()),
    "person-restricted": (draft(said("付清前李秀兰不得离开本村")), draft()),
    "marriage-restricted": (draft(said("王建国三年内不得再婚")), draft()),
    "crime-settled": (draft(said("王建国不再追究刑事责任")), draft(said("王建国对李秀兰表示谅解"))),
    "remedy-barred": (draft(said("王建国不得起诉")), draft(said("本纠纷一次性了结"))),
    "against-public-order": (draft(pays(what="赌债")), draft()),
    "tax-evaded": (draft(pays(text="不开发票")), draft()),
    "secrecy-unbounded": (draft(said("双方对本协议保密")), draft(said("双方对本协议保密，依法应当披露的除外"))),
    "settles-all-injury": (draft(said("双方再无其他争议"), dispute="0302"), draft(said("双方再无其他争议"), dispute="0201")),
    "title-unregistered": (draft({"kind": "property_right", "creditor": "1", "what": "幸福小区住房"}),
                           draft({"kind": "property_right", "creditor": "1", "what": "幸福小区住房"},
                                 act("transfer_title", what="幸福小区住房"))),
    "title-not-confirmable": (draft({"kind": "property_right", "creditor": "1", "what": "古董花瓶"}),
                              draft(act("hand_over", what="古董花瓶"))),
    "homestead-sold": (draft(act("transfer_title", what="宅基地转让")), draft(act("vacate", what="宅基地上的杂物"))),
    "transfer-cost": (draft(act("transfer_title", what="幸福小区住房")),
                      draft(act("transfer_title", what="幸福小区住房", text="税费各半"))),
    "divorce-by-paper": (draft({"kind": "status", "status": "divorce", "what": "双方自即日起离婚"}),
                         draft({"kind": "status", "status": "divorce", "what": "双方到婚姻登记机关办理离婚登记"})),
    "status-not-confirmable": (draft({"kind": "status", "status": "adoption", "what": "解除收养"}), draft(CUSTODY)),
    "support-ends-early": (draft({**SUPPORT, "until": "2034-12-31"}), draft(SUPPORT)),
    "support-child-unknown": (draft({**SUPPORT, "born_on": ""}), draft(SUPPORT)),
    "support-waived": (draft(said("男方不承担抚养费")), draft(SUPPORT)),
    "care-waived": (draft(said("次子不再赡养父亲")), draft()),
    "care-ends": (draft(pays(purpose="alimony", when="periodic", interval="month", until="2027-12-31")), draft(pays(purpose="alimony"))),
    "custody-without-support": (draft(CUSTODY, VISITS), draft(CUSTODY, VISITS, SUPPORT)),
    "custody-without-visits": (draft(CUSTODY, SUPPORT), draft(CUSTODY, VISITS, SUPPORT)),
    "visits-unclear": (draft({**VISITS, "what": "男方可以探望"}), draft(VISITS)),
    "limitation": (draft(happened_on="2023-11-22"), draft(happened_on="2023-11-23")),
    "limitation-labour": (draft(happened_on="2025-11-22", dispute="0701"), draft(happened_on="2025-11-23", dispute="0701")),
    "limitation-final": (draft(happened_on="2006-11-22"), draft(happened_on="2006-11-23")),
    "court-costs": (draft(court=True), draft(said("诉讼费由李秀兰负担"), court=True)),
    "responsibility-missing": (draft(responsibility=""), draft()),
    "minor-without-guardian": (draft(parties=(WANG, {**CHILD, "guardian": ""})), draft(parties=(WANG, CHILD))),
    "guardian-opposed": (draft(parties=({**WANG, "name": "李大山"}, CHILD)), draft(parties=(WANG, CHILD))),
    "ward-property": (draft(act("hand_over", what="金手镯"), parties=(WANG, CHILD)), draft(act("hand_over", what="金手镯"))),
    "ward-pays": (draft(parties=(WANG, CHILD)), draft()),
    "agent-without-authority": (draft(parties=(WANG, {**LI, "agent": True, "authority": "一般代理"})),
                                draft(parties=(WANG, {**LI, "agent": True, "authority": "特别授权：代为调解"}))),
    "organisation-unrepresented": (draft(parties=(WANG, {**LI, "kind": "organisation", "represented": False})), draft()),
    "consent-refused": (draft(parties=(WANG, {**LI, "consent": "refuse"})), draft()),
    "consent-open": (draft(parties=(WANG, {**LI, "consent": "open"})), draft()),
    "party-idle": (draft(parties=(WANG, LI, {**LI, "key": "3", "name": "赵六"})),
                   draft(parties=(WANG, LI, {**LI, "key": "3", "name": "赵六", "side": "third"}))),
}  # fmt: skip


def keys(made: Draft) -> set[str]:
    return {finding.rule for finding in checker.check(made)}


@pytest.mark.parametrize("key", CASES)
def test_a_rule_finds_what_it_is_for_and_nothing_else(key: str) -> None:
    guilty, innocent = CASES[key]
    assert key in keys(guilty)
    assert key not in keys(innocent)


def test_every_rule_has_its_test_and_every_test_its_rule() -> None:
    assert set(CASES) == {rule.key for rule in checker.rules()}
    assert len(CASES) >= 40


def test_a_sound_payment_has_no_findings() -> None:
    assert keys(draft()) == set()


def test_every_condition_can_be_worked_out() -> None:
    assert checker.condition_problems() == []


def test_conditions_read_only_what_there_is() -> None:
    facts = {
        "term": set(_names("term")), "agreement": set(_names("agreement")), "party": set(_names("party")),
        "member": {"member.name", "member.consent"},
    }  # fmt: skip
    for rule in checker.rules():
        known = facts[rule.scope] | facts["agreement"] | {"words", "w"}
        for text in (rule.condition, *rule.tell.values()):
            assert parse(text).variables <= known, rule.key


def _names(scope: str) -> list[str]:
    made = draft(members=(("甲", "open"),))
    agreement = checker._agreement(made)
    names = next(iter(checker._SCOPE_FACTS[scope](made, agreement)))
    return [f"{scope}.{key}" for key in names[scope]]


@pytest.mark.parametrize("rule", checker.rules(), ids=lambda rule: rule.key)
def test_a_rule_says_what_to_do_and_names_its_law(rule: checker.Rule) -> None:
    assert rule.severity in ("red", "yellow")
    assert rule.scope in checker.SCOPES
    for words in (rule.say, rule.law):
        assert set(words) == {"zh", "en"}
        assert all(words.values())
    assert "《" in rule.law["zh"]
    assert any(mark in rule.say["zh"] for mark in ("请", "删除", "可"))


def test_findings_stand_at_their_term_red_before_yellow() -> None:
    found = checker.check(draft(pays(account=None), pays(amount=None)))
    assert [(one.rule, one.place, one.red) for one in found] == [
        ("amount-missing", "terms.1", True), ("account-missing", "terms.0", False),
    ]  # fmt: skip


def test_a_finding_says_the_figures_it_is_about() -> None:
    found = checker.check(draft(pays(when="instalments", plan="2026-12-31 4000\n2027-01-31 4000")))
    assert "8,000" in found[0].say["zh"]
    assert "9,000" in found[0].say["en"]


def test_two_hundred_members_are_one_finding() -> None:
    made = draft(members=tuple((f"成员{number}", "open") for number in range(200)))
    found = [one for one in checker.check(made) if one.rule == "group-consent"]
    assert len(found) == 1
    assert "(200)" in found[0].say["zh"]


def test_words_that_look_like_placeholders_stay_words() -> None:
    found = checker.check(draft(parties=({**WANG, "name": "{__class__}{0}", "consent": "open"}, LI)))
    assert "{__class__}{0}" in found[0].say["zh"]
