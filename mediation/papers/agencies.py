"""What agencies write to each other and to a party about a case: each in the name of the house whose step it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from mediation import clock, codes
from mediation.extensions import db
from mediation.models import (
    Agency,
    AgencyOpinion,
    Attachment,
    Case,
    JointTask,
    Meeting,
    Paper,
    Referral,
    SupervisionOrder,
    User,
)
from mediation.papers.applications import court_of, of_kind
from mediation.papers.filed import kind_of, undisputed_of
from mediation.papers.pieces import (
    Occasion,
    about,
    agency_facts,
    builds,
    contact_of,
    full,
    head,
    interpreter_of,
    iso,
    mediators_of,
    moment,
    named_party,
    names_of,
    parties_of,
    today,
)
from mediation.papers.told import Told, told


def _letter(case: Case, sender: Agency | None = None) -> dict[str, Any]:
    """What a letter begins with: the sender, the day, what it is about. Its number is given when it is issued."""
    return {
        "body": agency_facts(sender or case.agency),
        "number": case.display_number,
        "date": today(),
        "case_code": case.code,
        "matter": case.title[:120],
    }


def _without(facts: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in keys}


def _by(step: Told, otherwise: str) -> str:
    user = db.session.get(User, step.task.done_by_id) if step.task and step.task.done_by_id else None
    return user.name if user else otherwise


def _phone(agency: Agency | None) -> dict[str, Any]:
    return full({"phone": agency.phone}) if agency else {}


# --- hand-overs -------------------------------------------------------------------------------------------------------


@builds("return_letter")
def _return_letter(occasion: Occasion) -> dict[str, Any]:
    case, row = occasion.case, about(occasion, Referral)
    sent = select(Paper.number).where(
        Paper.case_id == case.id, Paper.kind == "referral_letter", Paper.subject == f"referral:{row.id}"
    )
    number = told(case, "referral_sign").text("receipt_number", 60)
    return {
        **_letter(case, row.to_agency),
        "number": number,
        "to": row.from_agency.name,
        "letter": db.session.scalar(sent.order_by(Paper.id.desc()).limit(1)),
        "received_on": iso(clock.local(row.sent_at).date()) if row.sent_at else None,
        "reason": row.return_reason[:2000] or "不属于本单位职责范围。",
        "contact": _phone(row.to_agency),
    }


@builds("supervision_answer")
def _supervision_answer(occasion: Occasion) -> dict[str, Any]:
    row, said = about(occasion, SupervisionOrder), told(occasion.case, "supervision_answer")
    return {
        **_letter(occasion.case, row.agency),
        "number": "",
        "to": occasion.case.agency.name,
        "order_number": row.number,
        "step": row.step[:120],
        "situation": said.text("situation", 3000) or row.answer[:3000],
        "measures": said.text("measures", 3000),
        "done_by": said.day("done_by"),
        "answered_by": row.person.name if row.person else _by(said, ""),
    }


# --- the court --------------------------------------------------------------------------------------------------------

_BEFORE = "before"


@builds("mediation_commission")
def _mediation_commission(occasion: Occasion) -> dict[str, Any]:
    """The court's letter by which the matter came, as it was signed for; or that of another sender."""
    case, taken = occasion.case, told(occasion.case, "court_commissioned_receive")
    sender = taken.agency("court") or told(case, "police_linkage_decide").house or case.court or case.origin
    manner = taken.text("commission")
    return {
        **_without(_letter(case, sender), "case_code"),
        "number": taken.text("court_number", 60),
        "to": (case.committee or case.agency).name,
        "manner": _BEFORE if manner == _BEFORE else "after" if manner else "other",
        "parties": [named_party(party) for party in parties_of(case)],
        "summary": (case.summary or case.title)[:5000],
        "days": {_BEFORE: 30, "ordinary": 15, "summary": 7}.get(manner),
        "materials": _lines(taken.text("materials")),
        "judge": taken.text("judge", 80),
        "contact": _phone(sender),
    }


def _lines(text: str) -> list[str]:
    """What was listed in a text, one item a line or between 、; a letter lists them one below the other."""
    items = [part.strip(" ；;，。") for line in text.splitlines() for part in line.split("、")]
    return [item[:120] for item in items if item][:40]


@builds("commission_reply")
def _commission_reply(occasion: Occasion) -> dict[str, Any]:
    case, taken = occasion.case, told(occasion.case, "court_commissioned_receive")
    court = taken.agency("court")
    return {
        **_without(_letter(case, case.committee), "case_code"),
        "to": court.name if court else court_of(case),
        "file_number": taken.text("court_number", 80),
        "received_on": taken.day("received_on"),
        "reason": taken.text("reason") or "该纠纷不适宜调解。",
        "materials": taken.text("materials", 1000),
        "contact": contact_of(case),
    }


@builds("termination_report")
def _termination_report(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    said, taken = told(case, "court_commissioned_report"), told(case, "court_commissioned_receive")
    court = taken.agency("court")
    held = select(Meeting.id).where(Meeting.case_id == case.id, Meeting.held_at.is_not(None))
    return {
        **_without(_letter(case, case.committee), "case_code"),
        "to": court.name if court else court_of(case),
        "file_number": taken.text("court_number", 80),
        "parties": [named_party(party) for party in parties_of(case)],
        "accepted_on": taken.day("received_on"),
        "ended_on": (case.ending or {}).get("on") or today(),
        "meetings": len(db.session.scalars(held).all()),
        "facts": said.text("facts", 6000) or (case.summary or case.title)[:6000],
        "reason": said.name("reason")[:60] or "未达成一致",
        "undisputed": undisputed_of(case),
        "undisputed_signed": said.yes("undisputed_signed"),
        "conduct": said.text("conduct"),
        "returned": said.text("returned", 1000),
        "insists": said.yes("insists"),
        "mediators": mediators_of(case),
        "contact": contact_of(case),
    }


@builds("sham_report")
def _sham_report(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "sham_report_suspect")
    return {
        **_letter(case, case.committee),
        "to": court_of(case),
        "parties": names_of(case)[:30],
        "signs": [one[:60] for one in said.names("signs")][:12] or ["其他"],
        "description": said.text("description", 3000) or "详见材料。",
        "mediators": mediators_of(case),
        "contact": contact_of(case),
    }


# --- procuratorate and police -----------------------------------------------------------------------------------------


@builds("clue_transfer")
def _clue_transfer(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "public_interest_clue_clue")
    return {
        **_without(_letter(case), "matter"),
        "to": of_kind("procuratorate", case, "人民检察院"),
        "area": said.name("area")[:60] or "其他法定领域",
        "kind": said.name("kind").split("（")[0][:60] or "线索",
        "facts": said.text("facts", 5000) or (case.summary or case.title)[:5000],
        "place": said.text("place", 120) or case.place[:120],
        "materials": _files(said),
        "contact": contact_of(case),
    }


def _files(said: Told) -> list[str]:
    """What was handed in with the step, by name."""
    ids = [int(one) for one in said.answers.get("files") or [] if str(one).isdecimal()]
    query = select(Attachment.name).where(Attachment.id.in_(ids)).order_by(Attachment.id)
    return [name[:120] for name in db.session.scalars(query)][:40] if ids else []


@builds("clue_receipt")
def _clue_receipt(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "public_interest_clue_reply")
    sent = select(Paper.number).where(Paper.case_id == case.id, Paper.kind == "clue_transfer")
    return {
        **_without(_letter(case, said.house), "matter"),
        "number": "",
        "to": case.agency.name,
        "letter": db.session.scalar(sent.order_by(Paper.id.desc()).limit(1)),
        "answer": said.name("answer")[:60] or "已办理",
        "file_number": said.text("number", 80),
        "note": said.text("note", 3000) or "详见文书。",
        "contact": _phone(said.house),
    }


@builds("support_suit_opinion")
def _support_suit_opinion(occasion: Occasion) -> dict[str, Any]:
    case, said, asked = (
        occasion.case,
        told(occasion.case, "support_suit_opinion"),
        told(occasion.case, "support_suit_request"),
    )
    chosen = asked.party("party", case)
    sides = parties_of(case)
    applying = [chosen] if chosen else [one for one in sides if one.side == "applicant"] or sides[:1]
    return {
        **_without(_letter(case, said.house), "case_code"),
        "number": said.text("number", 60),
        "date": said.day("issued_on") or today(),
        "court": court_of(case),
        "applicants": [_without(named_party(one), "label") for one in applying],
        "respondents": [_without(named_party(one), "label") for one in sides if one not in applying][:30],
        "opinion": said.text("opinion") or "support",
        "reason": said.text("reason", 5000) or "详见案卷。",
    }


@builds("reconciliation_terms")
def _reconciliation_terms(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "criminal_reconciliation_terms")
    return {
        **_letter(case, case.committee),
        "to": of_kind("procuratorate", case, "人民检察院"),
        "parties": [named_party(party) for party in parties_of(case)],
        "amount": said.money("amount") or "0.00",
        "payment": said.name("payment")[:60] or "一次履行",
        "security": said.text("security", 120),
        "forgiveness": said.text("forgiveness"),
        "mediators": mediators_of(case),
        "contact": contact_of(case),
    }


@builds("hearing_record")
def _hearing_record(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "prosecution_hearing_hearing")
    hearers = [
        full({"name": str(row.get("name") or "")[:60], "role": str(row.get("standing") or "")[:60]})
        for row in said.rows("hearers") if row.get("name")
    ]  # fmt: skip
    return {
        **_without(_letter(case, said.house), "date"),
        "number": "",
        "held_at": said.moment("held_at") or moment(clock.now()),
        "place": said.text("place", 120) or "人民检察院听证室",
        "hearers": hearers[:30] or [{"name": "听证员"}],
        "subject": said.text("subject", 3000) or case.title,
        "opinion": said.text("opinion", 5000) or "详见笔录。",
        "adopted": said.name("adopted")[:60],
    }


@builds("public_order_agreement")
def _public_order_agreement(occasion: Occasion) -> dict[str, Any]:
    case, said, taken = (
        occasion.case,
        told(occasion.case, "public_order_mediation"),
        told(occasion.case, "police_linkage_take_over"),
    )
    return {
        **_without(_letter(case, said.house), "case_code"),
        "number": "",
        "date": said.day("held_at") or today(),
        "file_number": taken.text("police_number", 60),
        "parties": [named_party(party) for party in parties_of(case)],
        "facts": (case.summary or case.title)[:5000],
        "terms": said.text("terms", 5000) or "各方自愿和解。",
        "amount": said.money("amount"),
        "manner": said.name("manner")[:60] or "当场履行",
        "perform_by": said.day("perform_by"),
        "place": said.text("place", 120),
        "officers": [{"name": _by(said, "办案民警")}],
    }


@builds("police_report")
def _police_report(occasion: Occasion) -> dict[str, Any]:
    case, told_police, alarm = occasion.case, told(occasion.case, "risk_police"), told(occasion.case, "risk_alert")
    return {
        **_letter(case),
        "to": told_police.text("station", 60) or of_kind("police", case, "公安机关"),
        "noticed_at": alarm.moment("noticed_at"),
        "reported_at": told_police.moment("reported_at"),
        "receiver": told_police.text("receiver", 60),
        "level": codes.name("risks", case.risk, "zh")[:30],
        "signs": [one[:60] for one in alarm.names("signs")][:12],
        "description": alarm.text("description", 3000) or (case.summary or case.title)[:3000],
        "endangered": alarm.text("endangered", 120),
        "immediate": alarm.text("immediate"),
        "contact": contact_of(case),
    }


@builds("minor_report")
def _minor_report(occasion: Occasion) -> dict[str, Any]:
    case, said, alarm = occasion.case, told(occasion.case, "risk_minor"), told(occasion.case, "risk_alert")
    return {
        **_without(_letter(case), "matter"),
        "to": of_kind("police", case, "公安机关"),
        "minor": alarm.text("endangered", 60),
        "reported_at": said.moment("reported_at") or moment(clock.now()),
        "receipt": said.text("receipt", 120),
        "facts": alarm.text("description", 3000) or (case.summary or case.title)[:3000],
        "guardian": said.name("guardian")[:60] or "待核实",
        "substitute": said.text("substitute", 120),
        "immediate": alarm.text("immediate"),
        "reporter": _by(said, case.registered_by.name),
    }


@builds("hotline_slip")
def _hotline_slip(occasion: Occasion) -> dict[str, Any]:
    case, asked, answered = (
        occasion.case,
        told(occasion.case, "hotline_diversion_record"),
        told(occasion.case, "hotline_diversion_receipt"),
    )
    to_police = asked.text("direction") == "to_police"
    return {
        **_letter(case),
        "to": of_kind("police", case, "公安机关") if to_police else case.agency.name,
        "direction": asked.name("direction")[:60] or "分流",
        "called_at": asked.moment("called_at") or moment(case.registered_at),
        "call_number": asked.text("call_number", 60),
        "matter": asked.text("matter") or case.title,
        "urgent": asked.yes("urgent"),
        "answer": answered.name("answer")[:60],
        "receipt_number": answered.text("receipt_number", 60),
        "reason": answered.text("reason", 1000),
    }


# --- grid, property, appraisal, traffic -------------------------------------------------------------------------------


@builds("dispatch_order")
def _dispatch_order(occasion: Occasion) -> dict[str, Any]:
    case, sent, report = (
        occasion.case,
        told(occasion.case, "grid_report_dispatch"),
        told(occasion.case, "grid_report_report"),
    )
    days = sent.number("days")
    return {
        **_letter(case),
        "to": f"{sent.name('level') or '本级'}办理单位"[:60],
        "matter": report.text("summary") or (case.summary or case.title)[:2000],
        "place": report.text("place", 120) or case.place[:120],
        "kind": kind_of(case),
        "level": sent.name("level")[:30],
        "people": report.number("people") or case.people_count or None,
        "reporter": case.registered_by.name,
        "reported_at": moment(case.registered_at),
        "days": days,
        "until": iso(clock.today() + timedelta(days=days)) if days is not None else None,
        "note": sent.text("note", 1000),
    }


@builds("rectification_order")
def _rectification_order(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "rectification_order")
    company, days = said.agency("company"), said.number("days") or 7
    return {
        **_without(_letter(case, said.house), "matter"),
        "to": company.name if company else "物业服务企业",
        "place": case.place[:120],
        "order": said.text("order", 3000) or "对上述问题进行整改。",
        "days": days,
        "until": iso(clock.today() + timedelta(days=days)),
        "photos": len(said.answers.get("photos") or []) or None,
        "contact": _phone(said.house),
    }


@builds("appraisal_commission")
def _appraisal_commission(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "medical_commission", "appraisal_commission")
    return {
        **head(occasion),
        "date": said.day("commissioned_on") or today(),
        "case_code": case.code,
        "to": (said.text("body", 60) or said.text("institution", 60)) or "鉴定机构",
        "parties": [named_party(party) for party in parties_of(case)],
        "subject": said.text("subject") or "诊疗行为有无过错、过错与损害之间的因果关系和原因力。",
        "paid_by": (said.name("paid_by") or said.text("paid_by", 120))[:120],
    }


@builds("traffic_notice")
def _traffic_notice(occasion: Occasion) -> dict[str, Any]:
    case, said, party = occasion.case, told(occasion.case, "traffic_notice"), occasion.party
    assert party is not None, "each party is notified"
    return {
        **_without(_letter(case, said.house), "case_code"),
        "number": "",
        "addressee": party.name,
        "meets_at": said.moment("meets_at") or moment(clock.now()),
        "place": said.text("place", 120) or "事故处理室",
        "contact": _phone(said.house),
    }


# --- what a party is told ---------------------------------------------------------------------------------------------


@builds("supplement_notice")
def _supplement_notice(occasion: Occasion) -> dict[str, Any]:
    case, party = occasion.case, occasion.party
    assert party is not None, "told to whoever applied"
    said = told(case, "admissibility", "service_matter_proofs", "service_matter_proofs_again")
    return {
        **_without(_letter(case), "case_code"),
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
    """The ways that are open: of labour law (`routes:labour`), or what was advised in the step before."""
    case, party = occasion.case, occasion.party
    assert party is not None, "each party is told"
    facts = {**_without(_letter(case), "case_code"), "addressee": party.name, "contact": contact_of(case)}
    if occasion.subject == "routes:labour":
        return {**facts, "routes": _LABOUR_ROUTES, "limits": _LABOUR_LIMITS}
    said = told(case, "judicial_office_advise", "support_suit_declined")
    ways = said.names("routes") if isinstance(said.answers.get("routes"), list) else []
    advice = said.text("advice", 3000) or ("" if ways else said.text("routes", 3000))
    return {**facts, "routes": [{"way": one[:60]} for one in ways][:12], "advice": advice}


@builds("petition_notice")
def _petition_notice(occasion: Occasion) -> dict[str, Any]:
    case, party, decision = occasion.case, occasion.party, occasion.subject.partition(":")[2]
    assert party is not None, "told to the petitioner"
    said, diverted = told(case, "petition_registration"), told(case, "petition_diversion")
    competent = said.agency("competent")
    return {
        **_without(_letter(case, said.house), "case_code"),
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
        "contact": _phone(said.house),
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
        **_without(_letter(case, said.house), "case_code"),
        "number": said.text("number", 60),
        "date": said.day("answered_on") or said.day("given_on") or today(),
        "addressee": party.name,
        "stage": stage,
        "result": said.name("result")[:120] or "已办理",
        "content": said.text("answer", 8000) or said.text("content", 8000) or "详见附件。",
        "hearing": said.yes("hearing"),
        "contact": _phone(said.house),
    }


@builds("legal_aid_decision")
def _legal_aid_decision(occasion: Occasion) -> dict[str, Any]:
    case, said, asked = occasion.case, told(occasion.case, "legal_aid_decide"), told(occasion.case, "legal_aid_apply")
    assert occasion.party is not None, "told to whoever applied"
    return {
        **_without(_letter(case, said.house), "case_code"),
        "number": said.text("number", 60),
        "date": said.day("decided_on") or today(),
        "addressee": occasion.party.name,
        "decision": said.text("decision") or "granted",
        "applied_on": iso(clock.local(asked.task.done_at).date()) if asked.task and asked.task.done_at else None,
        "reason": said.text("reason", 3000),
        "contact": _phone(said.house),
    }


# --- service matters --------------------------------------------------------------------------------------------------


@builds("service_refusal")
def _service_refusal(occasion: Occasion) -> dict[str, Any]:
    case, said, handled = (
        occasion.case,
        told(occasion.case, "service_matter_tell_refusal"),
        told(occasion.case, "service_matter_handle"),
    )
    assert occasion.party is not None, "told to whoever applied"
    handled = handled if handled.text("result") == "not_granted" else told(case, "service_matter_proofs")
    return {
        **_without(_letter(case, handled.house), "case_code"),
        "addressee": occasion.party.name,
        "received_on": iso(clock.local(case.registered_at).date()),
        "reason": handled.text("reason", 3000) or said.text("told", 3000) or "不符合办理条件。",
        "remedy": said.text("told"),
        "contact": _phone(handled.house),
    }


@builds("service_receipt")
def _service_receipt(occasion: Occasion) -> dict[str, Any]:
    case, handled = occasion.case, told(occasion.case, "service_matter_handle")
    given = told(case, "service_matter_deliver", "service_matter_fetched")
    applicant = next((one for one in parties_of(case)), None)
    door = bool(given.task) and given.task.form_id == "service_matter_deliver"  # type: ignore[union-attr]
    return {
        **_letter(case),
        "applicant": applicant.name if applicant else "申请人",
        "result": handled.name("result")[:120] or "已办结",
        "document": handled.text("document", 120),
        "manner": "door" if door else "window",
        "address": applicant.address if applicant and door else "",
        "received_by": given.text("received_by", 60) or (applicant.name if applicant else "申请人"),
        "relation": given.text("relation", 60),
        "deliverer": _by(given, ""),
    }


# --- joint meetings ---------------------------------------------------------------------------------------------------


@builds("joint_minutes")
def _joint_minutes(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    query = select(Meeting).where(Meeting.case_id == case.id, Meeting.kind == "joint")
    meeting = db.session.scalars(query.order_by(Meeting.id.desc()).limit(1)).one()
    came = [one for one in meeting.invitations if one.attended]
    return {
        **head(occasion),
        "body": agency_facts(case.agency),
        "subject": (meeting.title or case.title)[:120],
        "meeting": full({
            "starts_at": moment(meeting.starts_at), "ends_at": moment(meeting.ends_at), "place": meeting.place,
        }),
        "host": meeting.called_by.name,
        "recorder": meeting.facts.get("recorder"),
        "participants": [{"name": _guest(one)} for one in came][:60],
        "absent": [_guest(one) for one in meeting.invitations if one.attended is False][:60],
        "opinions": _opinions(case),
        "record": meeting.minutes[:20000],
        "result": told(case, "joint_minutes").name("result")[:60] or "已研究",
        "tasks": _shared_out(meeting),
    }  # fmt: skip


def _guest(one: Any) -> str:
    if one.role == "interpreter":
        return str(interpreter_of(one))[:60]
    return (one.agency.name if one.agency else one.party.name if one.party else one.name)[:60] or "参加人"


def _opinions(case: Case) -> list[dict[str, Any]]:
    query = select(AgencyOpinion).where(AgencyOpinion.case_id == case.id, AgencyOpinion.given_at.is_not(None))
    return [
        {"agency": one.agency.name[:60], "text": one.text[:3000]}
        for one in db.session.scalars(query.order_by(AgencyOpinion.round, AgencyOpinion.id)) if one.text
    ][:40]  # fmt: skip


def _shared_out(meeting: Meeting) -> list[dict[str, Any]]:
    query = select(JointTask).where(JointTask.meeting_id == meeting.id, JointTask.withdrawn.is_(False))
    return [
        full({"agency": one.agency.name[:60], "what": one.what[:2000], "due": iso(one.due_on)})
        for one in db.session.scalars(query.order_by(JointTask.id))
    ][:40]
