"""Papers of procuratorate and police: clues, support for a suit, reconciliation, hearings, public order, alarms."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from documents.agreement import terms
from mediation import clock, codes
from mediation.case_view import terms_of as terms_in
from mediation.extensions import db
from mediation.models import Attachment, Paper
from mediation.papers.agencies.letterhead import letter, name_of, phone, without
from mediation.papers.applications import court_of, of_kind
from mediation.papers.pieces import (
    Occasion,
    agreement_in_short,
    agreement_of,
    amount,
    builds,
    contact_of,
    full,
    mediators_of,
    moment,
    named_party,
    parties_of,
    terms_of,
    today,
)
from mediation.papers.told import Told, told


@builds("clue_transfer")
def _clue_transfer(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "public_interest_clue_clue")
    return {
        **without(letter(case), "matter"),
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
        **without(letter(case, said.house), "matter"),
        "number": "",
        "to": case.agency.name,
        "letter": db.session.scalar(sent.order_by(Paper.id.desc()).limit(1)),
        "answer": said.name("answer")[:60] or "已办理",
        "file_number": said.text("number", 80),
        "note": said.text("note", 3000) or "详见文书。",
        "contact": phone(said.house),
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
        **without(letter(case, said.house), "case_code"),
        "number": said.text("number", 60),
        "date": said.day("issued_on") or today(),
        "court": court_of(case),
        "applicants": [without(named_party(one), "label") for one in applying],
        "respondents": [without(named_party(one), "label") for one in sides if one not in applying][:30],
        "opinion": said.text("opinion") or "support",
        "reason": said.text("reason", 5000) or "详见案卷。",
    }


@builds("reconciliation_terms")
def _reconciliation_terms(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "criminal_reconciliation_terms")
    return {
        **letter(case, case.committee),
        "to": of_kind("procuratorate", case, "人民检察院"),
        "parties": [named_party(party) for party in parties_of(case)],
        "amount": said.money("amount") or "0.00",
        "payment": said.name("payment")[:60] or "一次履行",
        "security": said.text("security", 120),
        "forgiveness": said.text("forgiveness"),
        "mediators": mediators_of(case),
        "contact": contact_of(case),
    }


@builds("supervision_settlement")
def _supervision_settlement(occasion: Occasion) -> dict[str, Any]:
    """What was agreed under civil supervision, for the procuratorate to examine and to tie to enforcement."""
    case, said, found = occasion.case, told(occasion.case, "civil_supervision_basis"), agreement_of(occasion)
    total = terms.total_of(terms_in(found))
    return {
        **letter(case, case.committee),
        "to": of_kind("procuratorate", case, "人民检察院"),
        "judgment": said.text("judgment", 80),
        "supervision": said.text("supervision", 80),
        "enforcement": said.name("stage")[:60],
        "parties": [named_party(party) for party in parties_of(case)],
        "agreement": agreement_in_short(case, found),
        "terms": terms_of(found)[:60] or [{"text": "详见所附调解协议书。"}],
        "total": amount(total),
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
        **without(letter(case, said.house), "date"),
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
        **without(letter(case, said.house), "case_code"),
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
        "officers": [{"name": name_of(said, "办案民警")}],
    }


@builds("police_report")
def _police_report(occasion: Occasion) -> dict[str, Any]:
    case, told_police, alarm = occasion.case, told(occasion.case, "risk_police"), told(occasion.case, "risk_alert")
    return {
        **letter(case),
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
        **without(letter(case), "matter"),
        "to": of_kind("police", case, "公安机关"),
        "minor": alarm.text("endangered", 60),
        "reported_at": said.moment("reported_at") or moment(clock.now()),
        "receipt": said.text("receipt", 120),
        "facts": alarm.text("description", 3000) or (case.summary or case.title)[:3000],
        "guardian": said.name("guardian")[:60] or "待核实",
        "substitute": said.text("substitute", 120),
        "immediate": alarm.text("immediate"),
        "reporter": name_of(said, case.registered_by.name),
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
        **letter(case),
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
