"""From the tables and the steps to facts, for every kind that a flow issues: what a form said stands on the paper."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from documents.bundle import Layouts
from mediation import clock
from mediation.extensions import command, db
from mediation.models import (
    Attachment,
    Meeting,
    Obligation,
    Paper,
    Receipt,
    Referral,
    Representative,
    RosterMember,
    SupervisionOrder,
    Task,
)
from mediation.papers.facts import BUILDERS, Occasion, build
from mediation.papers.operations import issue
from mediation.storage import keep

KINDS = Layouts.shipped().kinds
# Whose facts come from rows of their own; each has a test below or in its slice.
OF_A_ROW = {
    "agreement", "oral_agreement_record", "confirmation_application", "confirmation_application_unit", "visit_record",
    "urging_letter", "invitation", "minutes", "enquiry_record", "supervision_order", "supervision_answer", "plain_words",
    "performance_receipt", "return_letter", "joint_minutes", "authority_letter", "consent_sheet", "evidence_list",
    "undisputed_facts", "extension_notice", "delivery_receipt", "supplementary_agreement", "referral_letter", "ledger_extract",
    "members_notice", "supervision_settlement", "mediation_proof",
}  # fmt: skip
# What the dossier binds is filled by the dossier itself.
BOUND = {kind for kind in KINDS if kind.startswith("dossier_")} | {"journal_extract", "scan_sheet"}


def answered(case, form, answers, *, by):
    """A step of the case with this form was done, with these answers."""
    open_ = db.session.scalars(select(Task).where(Task.case_id == case.id).order_by(Task.entered_at).limit(1)).one()
    task = Task(
        id=f"{form}-{case.id}"[:36], case_id=case.id, process_id=open_.process_id, element_id=form, process_key="intake",
        name=form, form_id=form, pool_id=open_.pool_id, status="done", entered_at=clock.now(), done_at=clock.now() + timedelta(seconds=1),
        done_by_id=by.id, answers=answers,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    return task


@pytest.mark.parametrize("kind", sorted(set(BUILDERS) - OF_A_ROW - BOUND))
def test_a_flow_never_stops_for_a_paper_because_a_step_said_little(kind, mediating, house):
    """Nothing was answered: the paper is still one that can be printed, with what the tables know of the case."""
    with command():
        papers = issue(mediating.case, kind, by=house.users["mediator"])
    party = KINDS[kind].addressed_to == "one_party"
    assert len(papers) == (1 if kind in ("registration_receipt",) else 2 if party else 1)
    assert {"王建国", "李秀兰"} & {party.name for party in mediating.case.parties}


SAID = [
    ("complaint", "court_filing_prepare",
     {"cause": "相邻关系纠纷", "claims": "判令排除妨碍", "grounds": "楼上漏水", "evidence": [{"name": "照片", "proves": "受损"}]},
     {"cause": "相邻关系纠纷", "requests": "判令排除妨碍", "evidence": [{"name": "照片", "proves": "受损"}]}),
    ("payment_order_application", "payment_order_application", {"claim": "wages", "amount": "6000"},
     {"claim": "劳动报酬", "amount": "6000.00"}),
    ("support_suit_application", "support_suit_request", {"person_kind": "elderly", "claims": "支付赡养费"},
     {"person_kind": "老年人", "requests": "支付赡养费"}),
    ("support_suit_opinion", "support_suit_opinion", {"opinion": "decline", "number": "青检〔2026〕1号", "reason": "可以自行起诉"},
     {"opinion": "decline", "number": "青检〔2026〕1号", "reason": "可以自行起诉"}),
    ("legal_aid_application", "legal_aid_apply", {"means": "exempt", "matter": "代理诉讼", "urgent": "yes"},
     {"means": "依法免予核查", "request": "代理诉讼", "urgent": True}),
    ("legal_aid_decision", "legal_aid_decide", {"decision": "refused", "reason": "不符合条件", "number": "1号"},
     {"decision": "refused", "reason": "不符合条件", "number": "1号"}),
    ("protection_order_application", "protection_application", {"applicant": "agency", "asked": ["contact"], "urgent": "yes"},
     {"measures": ["禁止骚扰、跟踪、接触"], "urgent": True}),
    ("penalty_exemption_application", "penalty_exemption_apply", {"proof": "收条一张"}, {"proof": "收条一张"}),
    ("injury_recognition_application", "injury_guidance", {"applied": "employer", "papers": ["form"]},
     {"applicant_kind": "用人单位", "papers": ["工伤认定申请表"]}),
    ("traffic_mediation_application", "traffic_assessment", {"certificate_on": "2026-11-17", "damage": ["property"]},
     {"certificate_on": "2026-11-17", "damage": ["财产"]}),
    ("traffic_notice", "traffic_notice", {"meets_at": "2026-12-01T09:30", "place": "处理室"},
     {"meets_at": "2026-12-01T09:30", "place": "处理室"}),
    ("labour_arbitration_application", "labour_arbitration_wish", {"packet": ["evidence"]}, {"annexes": ["证据目录"]}),
    ("mediation_commission", "court_commissioned_receive",
     {"commission": "summary", "court_number": "诉前调7号", "materials": "起诉状、送货单"},
     {"manner": "after", "days": 7, "number": "诉前调7号", "materials": ["起诉状", "送货单"]}),
    ("commission_reply", "court_commissioned_receive", {"answer": "return", "reason": "一方拒绝调解"}, {"reason": "一方拒绝调解"}),
    ("termination_report", "court_commissioned_report",
     {"reason": "unreachable", "facts": "欠款", "undisputed": "货已收到", "insists": "yes"},
     {"reason": "联系不上", "undisputed": "货已收到", "insists": True}),
    ("clue_transfer", "public_interest_clue_clue", {"area": "food_drug", "kind": "urgent", "facts": "售卖过期食品"},
     {"area": "食品药品安全", "kind": "行政，紧急", "facts": "售卖过期食品"}),
    ("clue_receipt", "public_interest_clue_reply", {"answer": "proposal", "note": "已建议"},
     {"answer": "发出检察建议", "note": "已建议"}),
    ("reconciliation_terms", "criminal_reconciliation_terms", {"amount": "380000", "payment": "once", "forgiveness": "谅解"},
     {"amount": "380000.00", "payment": "一次履行", "forgiveness": "谅解"}),
    ("petition_suggestion_reply", "petition_reply", {"result": "partly", "answer": "西侧空地可以安装", "answered_on": "2026-12-04"},
     {"result": "partly", "content": "西侧空地可以安装", "date": "2026-12-04"}),
    ("medical_secrecy", "medical_secrecy", {"told": ["records", "routes"], "told_on": "2026-11-24"},
     {"publicity": "no", "told": ["查阅、复制病历", "协商、调解、行政调解、诉讼"], "told_on": "2026-11-24"}),
    ("hearing_record", "prosecution_hearing_hearing", {"hearers": [{"name": "吴天"}], "opinion": "应当支持", "adopted": "yes"},
     {"hearers": [{"name": "吴天"}], "opinion": "应当支持", "adopted": "采纳"}),
    ("public_order_agreement", "public_order_mediation",
     {"held_at": "2026-11-12", "terms": "当面道歉", "amount": 1200, "manner": "later", "perform_by": "2026-11-20"},
     {"terms": "当面道歉", "amount": "1200.00", "manner": "约定期限履行", "perform_by": "2026-11-20"}),
    ("police_report", "risk_alert", {"signs": ["weapon"], "description": "持锹守候"},
     {"signs": ["持有凶器或者危险物品"], "description": "持锹守候"}),
    ("minor_report", "risk_minor", {"guardian": "suspected", "receipt": "派出所 17 号"}, {"guardian": "监护人涉嫌侵害，不告知"}),
    ("hotline_slip", "hotline_diversion_record", {"direction": "to_police", "matter": "打架", "urgent": "yes"},
     {"matter": "打架", "urgent": True}),
    ("sham_report", "sham_report_suspect", {"signs": ["collusion"], "description": "无争议的巨款"}, {"signs": ["当事人恶意串通"]}),
    ("dispatch_order", "grid_report_dispatch", {"level": "community", "days": 3, "note": "先围挡"},
     {"level": "社区", "days": 3, "note": "先围挡"}),
    ("rectification_order", "rectification_order", {"order": "清运垃圾", "days": 5}, {"order": "清运垃圾", "days": 5}),
    ("appraisal_commission", "appraisal_commission", {"subject": "伤情", "institution": "鉴定所"}, {"subject": "伤情", "to": "鉴定所"}),
    ("supplement_notice", "admissibility", {"missing": ["identity", "authority"]}, {"missing": ["身份证明", "授权委托书"]}),
    ("routes_notice", "judicial_office_advise", {"routes": ["court"], "advice": "尽快起诉"},
     {"routes": [{"way": "诉讼"}], "advice": "尽快起诉"}),
    ("petition_notice", "petition_registration", {"channel": "visit"}, {"channel": "走访", "decision": "accepted"}),
    ("petition_reply", "petition_handling", {"result": "supported", "answer": "补发", "number": "3号"},
     {"content": "补发", "number": "3号"}),
    ("service_refusal", "service_matter_tell_refusal", {"told": "可以申请临时救助"}, {"remedy": "可以申请临时救助"}),
    ("service_receipt", "service_matter_deliver", {"received_by": "王建国", "relation": "本人"},
     {"manner": "door", "received_by": "王建国"}),
    ("file_review_sheet", "file_review_score",
     {"intake": 10, "rights": 8, "grade": "good", "findings": [{"part": "签名", "fault": "缺签名"}]},
     {"grade": "合格", "findings": [{"before": "签名", "after": "缺签名"}]}),
    ("subsidy_sheet", "file_review_sheet", {"payee": "mediator", "amount": "200", "basis": "一般纠纷每件200元"},
     {"amount": "200.00", "basis": "一般纠纷每件200元"}),
    ("closing_report", "closing", {"outcome": "written", "summary": "已结", "retention": "long"},
     {"outcome": "书面协议", "summary": "已结", "retention": "long"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "form", "answers", "wanted"), SAID, ids=[one[0] for one in SAID])
def test_what_a_step_said_stands_on_its_paper(kind, form, answers, wanted, mediating, house):
    with command():
        answered(mediating.case, form, answers, by=house.users["mediator"])
        paper = issue(mediating.case, kind, by=house.users["mediator"])[0]
    assert {key: paper.facts.get(key) for key in wanted} == wanted


@pytest.mark.parametrize(
    "kind", ["evidence_list", "undisputed_facts", "consent_sheet", "authority_letter", "performance_receipt"]
)
def test_a_paper_with_nothing_to_say_is_not_issued(kind, mediating, house):
    with command():
        assert issue(mediating.case, kind, by=house.users["mediator"]) == []


def test_a_report_of_the_grid_is_no_application(mediating, house):
    with command():
        mediating.case.source = "grid"
        assert issue(mediating.case, "mediation_application", by=house.users["clerk"]) == []


def test_evidence_is_listed_with_who_brought_it(mediating, house):
    party = mediating.case.parties[0]
    with command():
        sha = keep(b"%PDF-1.7 photo", "application/pdf").sha256
        db.session.add(
            Attachment(
                case_id=mediating.case.id,
                party_id=party.id,
                name="受损照片.pdf",
                original_sha256=sha,
                uploaded_at=clock.now(),
            )
        )
        paper = issue(mediating.case, "evidence_list", by=house.users["clerk"])[0]
    assert (paper.facts["evidence"], paper.audience) == ([{"name": "受损照片.pdf", "source": "王建国提交"}], "file")


def test_a_letter_of_authority_is_signed_by_whoever_sends_somebody(mediating, house):
    party = mediating.case.parties[1]
    with command():
        party.representatives.append(
            Representative(kind="agent", name="李㛃", relation="妹妹", authority="apply、settle")
        )
        papers = issue(mediating.case, "authority_letter", by=house.users["clerk"])
    assert [(paper.party_id, paper.facts["powers"]) for paper in papers] == [(party.id, ["apply", "settle"])]


def test_every_member_of_a_group_has_a_line_to_sign(mediating, house):
    with command():
        db.session.add_all(
            RosterMember(case_id=mediating.case.id, ordinal=n, name=f"住户{n}", representative=n == 1)
            for n in (1, 2, 3)
        )
        paper = issue(mediating.case, "consent_sheet", by=house.users["mediator"])[0]
    assert [one["name"] for one in paper.facts["members"]] == ["住户1", "住户2", "住户3"]
    assert paper.facts["representatives"] == ["住户1"]


def test_members_of_a_group_are_told_on_one_sheet_that_names_nobody(mediating, house):
    with command():
        assert issue(mediating.case, "members_notice", by=house.users["dispatcher"], subject="members:all") == []
        db.session.add_all(RosterMember(case_id=mediating.case.id, ordinal=n, name=f"住户{n}") for n in (1, 2, 3))
        (paper,) = issue(mediating.case, "members_notice", by=house.users["dispatcher"], subject="members:all")
    assert (paper.audience, paper.facts["members"], paper.facts["cause"]) == ("shared", 3, "failed")
    assert "住户" not in str(paper.facts)


def test_what_was_settled_under_supervision_goes_to_the_procuratorate_in_its_own_words(mediating, agreed, house):
    case = mediating.case
    with command():
        told = {"judgment": "（2025）青禾民终字第118号", "supervision": "青检民监9号", "stage": "running"}
        answered(case, "civil_supervision_basis", told, by=house.users["mediator"])
        (paper,) = issue(case, "supervision_settlement", by=house.users["mediator"])
    assert (paper.audience, paper.facts["enforcement"]) == ("procuratorate", "执行中")
    assert paper.facts["judgment"] == told["judgment"]
    assert paper.facts["terms"]
    assert paper.facts["agreement"]["number"] == case.display_number


def test_after_a_default_the_creditor_alone_is_told_which_ways_are_open(mediating, agreed, house):
    case, owed = mediating.case, db.session.merge(agreed).obligations[0]
    with command():
        owed.status = "defaulted"
        (paper,) = issue(case, "routes_notice", by=house.users["mediator"], to="creditor", subject="routes:default")
    assert paper.party_id == owed.creditor_id
    assert [one["way"] for one in paper.facts["routes"]] == ["诉讼", "支付令"]
    assert owed.debtor.name in paper.facts["cause"]
    assert "三年" in paper.facts["limits"][0]


def test_undisputed_facts_of_a_failed_mediation_are_there_to_be_signed(mediating, house):
    with command():
        mediating.case.ending = {"undisputed": "漏水点在楼上"}
        paper = issue(mediating.case, "undisputed_facts", by=house.users["mediator"])[0]
    assert (paper.facts["undisputed"], paper.audience) == ("漏水点在楼上", "shared")


def received(agreed, amount):
    owed = agreed.obligations[0]
    receipt = Receipt(
        obligation=owed, amount=Decimal(amount), received_on=clock.today(), recorded_at=clock.now(), note="转账 88"
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt


def test_a_receipt_says_what_is_still_open_and_is_written_once(mediating, agreed, house):
    with command():
        receipt = received(db.session.merge(agreed), "2000")
        subject = f"receipt:{receipt.id}"
        paper = issue(mediating.case, "performance_receipt", by=house.users["mediator"], subject=subject)[0]
        again = issue(mediating.case, "performance_receipt", by=house.users["mediator"], subject=subject)
    assert (paper.facts["amount"], paper.facts["rest"], paper.facts["voucher"]) == ("2000.00", "4000.00", "转账 88")
    assert again == []


def test_a_suit_over_a_debt_names_creditor_and_debtor(mediating, agreed, house):
    with command():
        owed = db.session.scalars(select(Obligation)).one()
        owed.status = "defaulted"
        facts = build("payment_order_application", Occasion(mediating.case))
    assert [one["name"] for one in facts["applicants"]] == ["王建国"]
    assert "逾期未履行" in facts["grounds"]


def test_a_returned_matter_goes_back_with_the_reason(mediating, house):
    with command():
        task = db.session.scalars(select(Task).where(Task.case_id == mediating.case.id).limit(1)).one()
        referral = Referral(
            case_id=mediating.case.id, process_id=task.process_id, task_id="t", from_agency=house.agencies["centre"],
            to_agency=house.agencies["court"], reason="应由法院", purpose="立案", part="facts", status="returned",
            prepared_by_id=house.users["clerk"].id, sent_at=clock.now(), return_reason="不属于受案范围",
        )  # fmt: skip
        db.session.add(referral)
        db.session.flush()
        paper = issue(mediating.case, "return_letter", by=house.users["clerk"], subject=f"referral:{referral.id}")[0]
    assert (paper.facts["body"]["name"], paper.facts["reason"]) == (referral.to_agency.name, "不属于受案范围")


def test_a_supervision_order_is_answered_by_its_number(mediating, house):
    with command():
        order = SupervisionOrder(
            case=mediating.case, step="签收", agency=house.agencies["committee"], reason="逾期", number="（2026）青禾督字第1号",
            ordered_at=clock.now(), answer_due=clock.today() + timedelta(days=3), answer="已办理",
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        paper = issue(mediating.case, "supervision_answer", by=house.users["mediator"], subject=f"order:{order.id}")[0]
    assert (paper.facts["order_number"], paper.facts["situation"]) == ("（2026）青禾督字第1号", "已办理")


def test_a_joint_meeting_has_minutes_of_its_own(mediating, house):
    with command():
        meeting = Meeting(
            case_id=mediating.case.id, round=1, kind="joint", title="供热", starts_at=clock.now(), place="会议室",
            called_by_id=house.users["dispatcher"].id, minutes="分工办理",
        )  # fmt: skip
        db.session.add(meeting)
        db.session.flush()
        paper = issue(mediating.case, "joint_minutes", by=house.users["dispatcher"])[0]
    assert (paper.facts["subject"], paper.facts["record"], paper.audience) == ("供热", "分工办理", "file")


def test_a_court_is_asked_by_an_organisation_on_the_form_for_units(mediating, agreed, house):
    with command():
        party = db.session.merge(mediating.case.parties[1])
        party.kind, party.name = "organisation", "青禾安居物业服务公司"
        agreement = db.session.merge(agreed)
        agreement.terms = [{"text": "检修立管"}]
        paper = issue(mediating.case, "confirmation_application_unit", by=house.users["mediator"])[0]
    assert "营业执照复印件、法定代表人身份证明书" in paper.facts["annexes"]


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_papers_of_a_case_bear_its_number_and_a_serial_without_gaps(mediating, house):
    with command():
        issue(mediating.case, "closing_report", by=house.users["clerk"])
        issue(mediating.case, "identity_sheet", by=house.users["clerk"])
    serials = db.session.scalars(
        select(Paper.number).where(Paper.case_id == mediating.case.id, Paper.number.contains("之"))
    )
    number = mediating.case.number
    assert sorted(int(one.removeprefix(f"{number}之")) for one in serials) == list(
        range(1, _papers(mediating.case, number) + 1)
    )


def _papers(case, number):
    return len(
        db.session.scalars(
            select(Paper.id).where(Paper.case_id == case.id, Paper.number.startswith(f"{number}之"))
        ).all()
    )


def test_the_register_bears_the_number_of_the_dossier_itself(mediating, house):
    with command():
        paper = issue(mediating.case, "registration_form", by=house.users["clerk"])[0]
    assert paper.number == paper.facts["number"] == mediating.case.number


def test_a_refused_paper_gives_its_serial_back(mediating, house):
    with command():
        before = issue(mediating.case, "closing_report", by=house.users["clerk"])[0].number
    with pytest.raises(ZeroDivisionError), command():
        _ = issue(mediating.case, "identity_sheet", by=house.users["clerk"]), 1 / 0
    with command():
        after = issue(mediating.case, "identity_sheet", by=house.users["clerk"])[0].number
    assert int(after.rpartition("之")[2]) == int(before.rpartition("之")[2]) + 1


def test_letters_between_agencies_are_numbered_by_the_centre(mediating, house):
    with command():
        first, second = (
            issue(mediating.case, kind, by=house.users["clerk"])[0] for kind in ("clue_transfer", "sham_report")
        )
    assert first.number.endswith("函字第1号")
    assert second.number.endswith("函字第2号")
