"""Applications that a party signs and takes to a court, an authority or an arbitration commission, filled from the steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from mediation import clock
from mediation.case_view import current_agreement, current_confirmation
from mediation.extensions import db
from mediation.models import Agency, Case, Deadline, Obligation, Party
from mediation.papers.filed import evidence_of, undisputed_of
from mediation.papers.pieces import (
    Occasion,
    agreement_in_short,
    amount,
    builds,
    full,
    iso,
    named_party,
    parties_of,
    party_facts,
)
from mediation.papers.told import Told, told

IDENTITY = "申请人身份证明复印件"


def of_kind(kind: str, case: Case, otherwise: str) -> str:
    """The agency of a kind that the case's centre works with; without one, its name in general."""
    query = select(Agency.name).where(Agency.kind == kind, Agency.active)
    near = db.session.scalar(query.where(Agency.parent_id == case.agency_id).order_by(Agency.id).limit(1))
    return (near or db.session.scalar(query.order_by(Agency.id).limit(1)) or otherwise)[:60]


def court_of(case: Case) -> str:
    return (case.court.name if case.court else of_kind("court", case, "有管辖权的人民法院"))[:60]


def _applying(case: Case, chosen: Party | None) -> list[Party]:
    """Whoever applies: the party chosen in the form, otherwise the applicants of the case."""
    parties = parties_of(case)
    return [chosen] if chosen else [one for one in parties if one.side == "applicant"] or parties[:1]


def _sides(case: Case, applying: list[Party]) -> dict[str, Any]:
    """Applicants with what identifies them; the other side with what an application has to say of it, unless protected."""
    opposed = [one for one in parties_of(case) if one not in applying and one.side != "third"]
    return {
        "applicants": [_unlabelled(party_facts(one, contact=True)) for one in applying],
        "respondents": [_unlabelled(_opposed(one)) for one in opposed],
    }


def _opposed(party: Party) -> dict[str, Any]:
    facts = named_party(party)
    if not party.protected:
        facts["address"] = party.service_address or party.address
    return full(facts)


def _unlabelled(facts: Mapping[str, Any]) -> dict[str, Any]:
    """In an application the sides are called by the procedure, not by the mediation."""
    return {key: value for key, value in facts.items() if key != "label"}


def _grounds(case: Case, longest: int = 8000) -> str:
    return (case.summary or case.title)[:longest]


def _evidence(rows: list[Mapping[str, Any]], case: Case) -> list[dict[str, Any]]:
    listed = [
        full({key: str(row.get(key) or "")[:longest] for key, longest in (("name", 120), ("source", 60), ("proves", 200))})
        for row in rows if row.get("name")
    ]  # fmt: skip
    return (listed or evidence_of(case))[:60]


def _requests(case: Case, said: str = "") -> str:
    return (said or case.claims or case.title)[:5000]


@builds("complaint")
def _complaint(occasion: Occasion) -> dict[str, Any]:
    case, asked = occasion.case, told(occasion.case, "court_filing_prepare")
    plaintiffs = _applying(case, asked.party("plaintiff", case))
    sides, court = _sides(case, plaintiffs), asked.agency("court")
    others = [one for one in parties_of(case) if one.side == "third" and one not in plaintiffs]
    return {
        "court": court.name[:60] if court else court_of(case),
        "cause": asked.text("cause", 60) or case.title[:60],
        "plaintiffs": sides["applicants"],
        "defendants": sides["respondents"],
        "third": [_unlabelled(_opposed(one)) for one in others],
        "requests": _requests(case, asked.text("claims", 5000)),
        "grounds": asked.text("grounds", 8000) or _grounds(case),
        "undisputed": asked.text("undisputed", 5000) or undisputed_of(case),
        "mediated": _mediated(case),
        "evidence": _evidence(asked.rows("evidence"), case),
        "annexes": ["起诉状副本（按被告人数）", "原告身份证明", "送达地址确认书"],
    }


def _mediated(case: Case) -> str:
    """That mediation came first: the court asks whether it was tried (民事诉讼法 125)."""
    ending = case.ending or {}
    if not ending.get("on") or case.committee is None:
        return ""
    return f"本纠纷经{case.committee.name}调解，未能达成协议，已于{ending['on']}终止调解。"


@builds("payment_order_application")
def _payment_order_application(occasion: Occasion) -> dict[str, Any]:
    case, asked = occasion.case, told(occasion.case, "payment_order_application")
    found, debtor = current_agreement(case.id), asked.party("debtor", case)
    late = [owed for owed in found.obligations if _goes_there(owed)] if found else []
    creditors = [owed.creditor for owed in late if owed.creditor and (debtor is None or owed.debtor_id == debtor.id)]
    applying = list(dict.fromkeys(creditors)) or _applying(case, None)
    facts = _sides(case, [one for one in applying if one is not debtor] or applying)
    if debtor:
        facts["respondents"] = [_unlabelled(_opposed(debtor))]
    return {
        **facts,
        "court": court_of(case),
        "agreement": agreement_in_short(case, found) if found else None,
        "claim": asked.name("claim")[:60] or "金钱",
        "amount": asked.money("amount") or amount(case.amount) or "0.00",
        "grounds": "\n".join(_overdue(owed) for owed in late)[:8000] or _grounds(case),
        "evidence": evidence_of(case)[:60],
        "annexes": asked.names("annexes")[:20] or [IDENTITY],
    }


@builds("enforcement_application")
def _enforcement_application(occasion: Occasion) -> dict[str, Any]:
    """For the court that confirmed the agreement (民诉法解释 460); what is owed is said by the packet that it is made for."""
    case, found, ruling = occasion.case, current_agreement(occasion.case.id), current_confirmation(occasion.case.id)
    late = [owed for owed in found.obligations if owed.status == "defaulted"] if found else []
    part = ruling is not None and ruling.status == "partly"
    return full({
        **_sides(case, list(dict.fromkeys(owed.creditor for owed in late if owed.creditor)) or _applying(case, None)),
        "court": court_of(case),
        "agreement": agreement_in_short(case, found) if found else None,
        "ruling": ruling.ruling_number if ruling else "",
        "ruled_on": iso(ruling.decided_on) if ruling else None,
        "scope": str((ruling.facts or {}).get("confirmed_terms") or "")[:4000] if ruling and part else None,
        "requests": ["强制被执行人履行裁定确认的义务", "执行费用由被执行人负担"],
        "grounds": "\n".join(_overdue(owed) for owed in late)[:8000] or _grounds(case),
        "annexes": ["民事裁定书副本", "人民调解协议书副本", IDENTITY],
    })  # fmt: skip


def _goes_there(owed: Obligation) -> bool:
    """In default, or put on this way by the creditor: the step before the application has done so."""
    return owed.status == "defaulted" or (owed.status == "excused" and owed.route == "payment_order")


def _overdue(owed: Obligation) -> str:
    due = f"{owed.due_on.year}年{owed.due_on.month}月{owed.due_on.day}日"
    sum_ = f"{owed.amount:,.2f}元" if owed.amount is not None else ""
    return f"{owed.debtor.name}应于{due}前履行“{owed.what[:120]}”{sum_}，逾期未履行。"


@builds("labour_arbitration_application")
def _labour_arbitration_application(occasion: Occasion) -> dict[str, Any]:
    to = of_kind("arbitration", occasion.case, "劳动人事争议仲裁委员会")
    return _arbitration(occasion.case, to, told(occasion.case, "labour_arbitration_wish"))


@builds("land_arbitration_application")
def _land_arbitration_application(occasion: Occasion) -> dict[str, Any]:
    to = of_kind("land-arbitration", occasion.case, "农村土地承包仲裁委员会")
    return _arbitration(occasion.case, to, told(occasion.case, "land_arbitration_wish"))


def _arbitration(case: Case, to: str, wish: Told) -> dict[str, Any]:
    return {
        **_sides(case, _applying(case, None)),
        "to": to,
        "matter": case.title[:120],
        "requests": _requests(case),
        "grounds": _grounds(case),
        "undisputed": undisputed_of(case),
        "evidence": evidence_of(case)[:60],
        "annexes": wish.names("packet")[:20] or [IDENTITY],
    }


@builds("support_suit_application")
def _support_suit_application(occasion: Occasion) -> dict[str, Any]:
    case, asked = occasion.case, told(occasion.case, "support_suit_request")
    return {
        **_sides(case, _applying(case, asked.party("party", case))),
        "to": of_kind("procuratorate", case, "人民检察院"),
        "matter": case.title[:120],
        "requests": _requests(case, asked.text("claims", 5000)),
        "person_kind": asked.name("person_kind")[:60] or "自行起诉确有困难的当事人",
        "grounds": _grounds(case),
        "evidence_text": asked.text("evidence", 3000),
        "annexes": [IDENTITY],
    }


@builds("legal_aid_application")
def _legal_aid_application(occasion: Occasion) -> dict[str, Any]:
    case, asked = occasion.case, told(occasion.case, "legal_aid_apply")
    sides = _sides(case, _applying(case, asked.party("party", case))[:1])
    return {
        "to": of_kind("legal-aid", case, "法律援助机构"),
        "case_code": case.code,
        "matter": case.title[:120],
        "applicant": sides["applicants"][0],
        "phone": asked.text("applicant", 80),
        "request": asked.text("matter", 3000) or "申请法律援助。",
        "means": asked.name("means")[:60] or "见附件",
        "limitation_on": asked.day("limitation_on"),
        "urgent": asked.yes("urgent"),
        "respondents": [one["name"] for one in sides["respondents"]][:20],
        "annexes": ["身份证明复印件"],
    }


@builds("protection_order_application")
def _protection_order_application(occasion: Occasion) -> dict[str, Any]:
    """The victim applies; nothing of where she or he is goes onto it."""
    case, asked = occasion.case, told(occasion.case, "protection_application")
    victims = [one for one in parties_of(case) if one.protected] or _applying(case, None)
    sides = _sides(case, victims)
    return {
        "court": court_of(case),
        "applicants": [_unlabelled(named_party(one)) for one in victims],
        "respondents": sides["respondents"],
        "by_agency": "" if asked.text("applicant") in ("", "self") else asked.name("applicant")[:60],
        "measures": [one[:60] for one in asked.names("asked")][:8] or ["禁止实施家庭暴力"],
        "urgent": asked.yes("urgent"),
        "grounds": asked.text("note", 8000) or _grounds(case),
        "evidence_kinds": [one[:60] for one in asked.names("evidence")][:12],
    }


@builds("penalty_exemption_application")
def _penalty_exemption_application(occasion: Occasion) -> dict[str, Any]:
    case, asked, found = (
        occasion.case,
        told(occasion.case, "penalty_exemption_apply"),
        current_agreement(occasion.case.id),
    )
    first, *others = [_unlabelled(named_party(one)) for one in parties_of(case)]
    return {
        "to": of_kind("police", case, "公安机关"),
        "matter": case.title[:120],
        "applicants": [first],
        "respondents": others[:30],
        "agreement": agreement_in_short(case, found) if found else None,
        "proof": asked.text("proof", 3000) or "协议已经履行，凭证附后。",
        "annexes": ["调解协议书复印件", "履行凭证"],
    }


@builds("injury_recognition_application")
def _injury_recognition_application(occasion: Occasion) -> dict[str, Any]:
    case, guided = occasion.case, told(occasion.case, "injury_guidance")
    people = [one for one in parties_of(case) if one.kind == "person"]
    worker = next((one for one in people if one.side == "applicant"), people[0] if people else parties_of(case)[0])
    employer = next((one for one in parties_of(case) if one.kind == "organisation"), None)
    employer = employer or next(one for one in parties_of(case) if one is not worker)
    return {
        "to": of_kind("labour", case, "社会保险行政部门"),
        "applicant_kind": guided.name("applied")[:60] or "职工或者近亲属、工会",
        "worker": _unlabelled(party_facts(worker, contact=True)),
        "employer": _unlabelled(_opposed(employer)),
        "happened_on": iso(case.happened_on),
        "place": case.place[:120],
        "facts": _grounds(case, 5000),
        "papers": [one[:60] for one in guided.names("papers")][:12],
        "apply_by": _last_day(case, "work-injury-worker"),
    }


def _last_day(case: Case, name: str) -> str | None:
    query = select(Deadline.due_at).where(Deadline.case_id == case.id, Deadline.clock == name)
    due_at = db.session.scalar(query.order_by(Deadline.id.desc()).limit(1))
    return iso(clock.day_of_deadline(due_at)) if due_at else None


@builds("traffic_mediation_application")
def _traffic_mediation_application(occasion: Occasion) -> dict[str, Any]:
    case, assessed = occasion.case, told(occasion.case, "traffic_assessment")
    return {
        "to": of_kind("traffic-police", case, "公安机关交通管理部门"),
        "applicants": [_unlabelled(_opposed(one)) for one in parties_of(case)][:30],
        "happened_on": iso(case.happened_on),
        "place": case.place[:120],
        "certificate_on": assessed.day("certificate_on"),
        "requests": case.claims[:3000],
        "damage": [one[:60] for one in assessed.names("damage")][:6],
    }
