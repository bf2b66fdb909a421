"""What an agency tells a party about its matter."""

from __future__ import annotations

from typing import Any

from mediation import clock
from mediation.case_view import current_agreement, current_confirmation
from mediation.models import Case, Obligation, Party
from mediation.papers.agencies.letterhead import letter, phone, without
from mediation.papers.pieces import Occasion, builds, contact_of, iso, today
from mediation.papers.told import told


@builds("supplement_notice")
def _supplement_notice(occasion: Occasion) -> dict[str, Any]:
    case, party = occasion.case, occasion.party
    assert party is not None, "told to whoever applied"
    said = told(case, "admissibility", "service_matter_proofs", "service_matter_proofs_again")
    return {
        **without(letter(case), "case_code"),
        "addressee": party.name,
        "missing": [one[:120] for one in said.names("missing")][:20],
        "reason": said.text("reason"),
        "contact": contact_of(case),
    }


_LABOUR_LIMITS = [
    "申请劳动争议仲裁的时效期间为一年，自知道或者应当知道权利被侵害之日起计算；拖欠劳动报酬的，劳动关系终止之日起一年内提出（《劳动争议调解仲裁法》第二十七条）",
    "调解组织自收到调解申请之日起十五日内未达成协议的，可以申请仲裁（同法第十四条）",
]
_LABOUR_ROUTES = [
    {"way": "调解", "detail": "向劳动争议调解组织申请调解（《劳动争议调解仲裁法》第十条）"},
    {"way": "仲裁", "detail": "直接向劳动争议仲裁委员会申请仲裁，不收费（同法第五条、第五十三条）"},
    {
        "way": "诉讼",
        "detail": "对仲裁裁决不服的，除终局裁决对用人单位外，自收到裁决书之日起十五日内起诉（同法第四十八条、第五十条）",
    },
]


@builds("routes_notice")
def _routes_notice(occasion: Occasion) -> dict[str, Any]:
    """The ways that are open: of labour law (`routes:labour`), after a default (`routes:default`), or as was advised."""
    case, party = occasion.case, occasion.party
    assert party is not None, "each party is told"
    facts = {**without(letter(case), "case_code"), "addressee": party.name, "contact": contact_of(case)}
    if occasion.subject == "routes:labour":
        return {**facts, "routes": _LABOUR_ROUTES, "limits": _LABOUR_LIMITS}
    if occasion.subject == "routes:default":
        return {**facts, **_after_default(case, party)}
    said = told(case, "judicial_office_advise", "support_suit_declined")
    ways = said.names("routes") if isinstance(said.answers.get("routes"), list) else []
    advice = said.text("advice", 3000) or ("" if ways else said.text("routes", 3000))
    return {**facts, "routes": [{"way": one[:60]} for one in ways][:12], "advice": advice}


_SUE = {
    "way": "诉讼",
    "detail": "就调解协议的履行向有管辖权的人民法院提起诉讼（《中华人民共和国人民调解法》第三十二条）。",
}
_ENFORCE = {
    "way": "强制执行",
    "detail": "调解协议已经人民法院裁定确认有效，可以向人民法院申请强制执行（《中华人民共和国民事诉讼法》第二百零六条）。",
}
_ORDER = {
    "way": "支付令",
    "detail": "请求给付金钱的，可以向有管辖权的基层人民法院申请支付令（《中华人民共和国民事诉讼法》第二百二十五条）",
}


_LIMIT_OF_ENFORCING = (
    "申请执行的期间为二年，自履行期间的最后一日起计算；分期履行的，自最后一期履行期限届满之日起计算"
    "（《中华人民共和国民事诉讼法》第二百五十条）"
)
_LIMIT_OF_SUING = (
    "诉讼时效期间一般为三年，自履行期限届满之日起计算（《中华人民共和国民法典》第一百八十八条）；"
    "同一债务分期履行的，自最后一期履行期限届满之日起计算（同法第一百八十九条）"
)


def _after_default(case: Case, creditor: Party) -> dict[str, Any]:
    """What is open to a creditor whose debtor was urged in vain (人民调解法 31, 32)."""
    found, confirmation = current_agreement(case.id), current_confirmation(case.id)
    late = (
        [one for one in found.obligations if one.status == "defaulted" and one.creditor_id == creditor.id]
        if found
        else []
    )
    confirmed = bool(confirmation and confirmation.status in ("confirmed", "partly"))
    ways = [_ENFORCE] if confirmed else [_SUE, *([_ORDER] if any(one.amount is not None for one in late) else [])]
    return {
        "cause": "".join(_late_in_words(one) for one in late)[:900] + "经本组织督促，仍未履行。",
        "routes": ways,
        "limits": [_LIMIT_OF_ENFORCING if confirmed else _LIMIT_OF_SUING],
        "advice": "调解协议、履行情况表、收据等需要提交法院的材料，可以向本组织领取。仍愿由本组织继续督促的，也可以提出。",
    }


def _late_in_words(owed: Obligation) -> str:
    day = f"{owed.due_on.year}年{owed.due_on.month}月{owed.due_on.day}日"
    rest = f"，尚欠{owed.rest:,.2f}元" if owed.rest else ""
    return f"{owed.debtor.name}应于{day}前履行“{owed.what[:80]}”{rest}。"


@builds("petition_notice")
def _petition_notice(occasion: Occasion) -> dict[str, Any]:
    case, party, decision = occasion.case, occasion.party, occasion.subject.partition(":")[2]
    assert party is not None, "told to the petitioner"
    said, diverted = told(case, "petition_registration"), told(case, "petition_diversion")
    competent = said.agency("competent")
    return {
        **without(letter(case, said.house), "case_code"),
        "number": diverted.text("number", 60) if decision == "diverted" else "",
        "addressee": party.name,
        "decision": decision or "accepted",
        "channel": said.name("channel")[:30],
        "received_on": iso(clock.local(case.registered_at).date()),
        "competent": diverted.name("body")[:60]
        if decision == "diverted"
        else competent.name[:60]
        if competent
        else None,
        "reason": diverted.text("reason", 3000) if decision == "diverted" else None,
        "contact": phone(said.house),
    }


@builds("petition_suggestion_reply")
def _petition_suggestion_reply(occasion: Occasion) -> dict[str, Any]:
    case, party, said = occasion.case, occasion.party, told(occasion.case, "petition_reply")
    assert party is not None, "answered to whoever made the suggestion"
    return {
        **without(letter(case, said.house), "case_code"),
        "number": "",
        "date": said.day("answered_on") or today(),
        "addressee": party.name,
        "received_on": iso(clock.local(case.registered_at).date()),
        "result": said.text("result") or "noted",
        "content": said.text("answer", 8000) or "已收悉并研究。",
        "contact": phone(said.house),
    }


_PETITION_FORMS = {
    "handling": ("petition_handling", "petition_handling_extended"),
    "review": ("petition_review",),
    "recheck": ("petition_review", "petition_recheck"),
}


@builds("petition_reply")
def _petition_reply(occasion: Occasion) -> dict[str, Any]:
    case, party, stage = occasion.case, occasion.party, occasion.subject.partition(":")[2] or "handling"
    assert party is not None, "answered to the petitioner"
    said = told(case, *_PETITION_FORMS.get(stage, ("petition_handling",)))
    return {
        **without(letter(case, said.house), "case_code"),
        "number": said.text("number", 60),
        "date": said.day("answered_on") or said.day("given_on") or today(),
        "addressee": party.name,
        "stage": stage,
        "result": said.name("result")[:120] or "已办理",
        "content": said.text("answer", 8000) or said.text("content", 8000) or "详见附件。",
        "hearing": said.yes("hearing"),
        "contact": phone(said.house),
    }


@builds("legal_aid_decision")
def _legal_aid_decision(occasion: Occasion) -> dict[str, Any]:
    case, said, asked = occasion.case, told(occasion.case, "legal_aid_decide"), told(occasion.case, "legal_aid_apply")
    assert occasion.party is not None, "told to whoever applied"
    return {
        **without(letter(case, said.house), "case_code"),
        "number": said.text("number", 60),
        "date": said.day("decided_on") or today(),
        "addressee": occasion.party.name,
        "decision": said.text("decision") or "granted",
        "applied_on": iso(clock.local(asked.task.done_at).date()) if asked.task and asked.task.done_at else None,
        "reason": said.text("reason", 3000),
        "contact": phone(said.house),
    }
