"""Papers of grid, property, appraisal and traffic: orders and commissions about a place or a thing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mediation import clock
from mediation.papers.agencies.letterhead import letter, phone, without
from mediation.papers.filed import kind_of
from mediation.papers.pieces import Occasion, builds, head, iso, moment, named_party, parties_of, today
from mediation.papers.told import told


@builds("dispatch_order")
def _dispatch_order(occasion: Occasion) -> dict[str, Any]:
    case, sent, report = (
        occasion.case,
        told(occasion.case, "grid_report_dispatch"),
        told(occasion.case, "grid_report_report"),
    )
    days = sent.number("days")
    return {
        **letter(case),
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
        **without(letter(case, said.house), "matter"),
        "to": company.name if company else "物业服务企业",
        "place": case.place[:120],
        "order": said.text("order", 3000) or "对上述问题进行整改。",
        "days": days,
        "until": iso(clock.today() + timedelta(days=days)),
        "photos": len(said.answers.get("photos") or []) or None,
        "contact": phone(said.house),
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
        **without(letter(case, said.house), "case_code"),
        "number": "",
        "addressee": party.name,
        "meets_at": said.moment("meets_at") or moment(clock.now()),
        "place": said.text("place", 120) or "事故处理室",
        "contact": phone(said.house),
    }
