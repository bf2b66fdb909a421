"""From tables to plain facts, kind by kind. Only what a paper of this kind says is taken: a wall on the way out, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from mediation import clock, codes, words
from mediation.case_view import MEDIATION_CLOCKS, current_agreement, current_confirmation, is_confirmable
from mediation.deadlines import working_days_after
from mediation.extensions import db
from mediation.models import Agency, Agreement, Case, Deadline, Meeting, Obligation, Party, Statement, Visit


@dataclass(frozen=True)
class Occasion:
    """What a builder may look at: the case, the addressee (None: everybody), the row it is about, and given words."""

    case: Case
    party: Party | None = None
    subject: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject_id(self) -> int | None:
        return int(self.subject.partition(":")[2]) if ":" in self.subject else None


Builder = Callable[[Occasion], dict[str, Any]]
BUILDERS: dict[str, Builder] = {}


def builds(kind: str) -> Callable[[Builder], Builder]:
    """Register the builder of a kind."""

    def register(builder: Builder) -> Builder:
        BUILDERS[kind] = builder
        return builder

    return register


def build(kind: str, occasion: Occasion) -> dict[str, Any]:
    """The facts of one paper, without what is empty; what the caller gives wins over what the tables say."""
    facts = {**BUILDERS[kind](occasion), **occasion.given}
    return {key: value for key, value in facts.items() if value not in (None, "", [], {})}


# --- pieces -----------------------------------------------------------------------------------------------------------


def body_of(case: Case) -> dict[str, Any]:
    """The body that mediates: the committee once one is appointed, the centre before."""
    return _agency(case.committee or case.agency)


def _agency(agency: Agency) -> dict[str, Any]:
    return _full({"name": agency.name, "address": agency.address, "phone": agency.phone})


def contact_of(case: Case) -> dict[str, Any]:
    agency = case.agency
    return _full(
        {"name": case.mediator.name if case.mediator else "", "phone": agency.phone, "address": agency.address}
    )


def party_facts(party: Party, *, contact: bool = False) -> dict[str, Any]:
    """A party as papers name it. Contact data only on papers that the other side does not get, never when protected."""
    guardian = next((who for who in party.representatives if who.kind == "guardian"), None)
    agents = [
        _full({"name": who.name, "authority": who.authority[:60], "relation": who.relation})
        for who in party.representatives
        if who.kind == "agent"
    ]
    legal = next((who.name for who in party.representatives if who.kind == "legal_representative"), "")
    number = party.id_number or ""
    return _full(
        {
            "kind": party.kind,
            "name": party.name,
            "label": _SIDES[party.side],
            "sex": _SEXES.get(party.sex, party.sex),
            "ethnicity": party.ethnicity,
            "birth_date": iso(party.birth_date),
            "occupation": party.occupation,
            "id_number": number if party.kind == "person" else "",
            "credit_code": number if party.kind == "organisation" else "",
            "legal_representative": legal,
            "address": party.address if contact or not party.protected else "",
            "phone": party.phone if contact else "",
            "guardian": _full({"name": guardian.name, "relation": guardian.relation}) if guardian else None,
            "agents": agents,
        }
    )


_SIDES = {"applicant": "申请人", "respondent": "被申请人", "third": "第三人"}
_SEXES = {"male": "男", "female": "女"}


def named_party(party: Party) -> dict[str, Any]:
    """A party on a shared paper of the table: who it is, without contact data and without the whole identity number."""
    facts = party_facts(party)
    for secret in ("phone", "address", "id_number"):
        facts.pop(secret, None)
    return facts


def parties_of(case: Case) -> list[Party]:
    return [party for party in case.parties if party.withdrawn_at is None]


def names_of(case: Case) -> list[str]:
    return [party.name for party in parties_of(case)]


def mediators_of(case: Case) -> list[dict[str, Any]]:
    return (
        [{"name": case.mediator.name, "organisation": case.committee.name if case.committee else case.agency.name}]
        if case.mediator
        else []
    )


def iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def moment(at: datetime | None) -> str | None:
    """Local and without an offset, as papers say it."""
    return clock.local(at).strftime("%Y-%m-%dT%H:%M") if at else None


def amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _full(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value not in (None, "", [], {})}


def _number(case: Case) -> str:
    return case.display_number


def _today() -> str:
    return clock.today().isoformat()


def _mediation_until(case: Case) -> str | None:
    query = select(Deadline).where(
        Deadline.case_id == case.id, Deadline.clock.in_(MEDIATION_CLOCKS), Deadline.status == "running"
    )
    found = db.session.scalar(query.order_by(Deadline.due_at.desc()).limit(1))
    return iso(clock.day_of_deadline(found.due_at)) if found else None


def _head(occasion: Occasion) -> dict[str, Any]:
    """What nearly every paper begins with."""
    case = occasion.case
    return {"body": body_of(case), "number": _number(case), "matter": case.title[:120]}


def _letter(occasion: Occasion) -> dict[str, Any]:
    assert occasion.party is not None, "this kind is addressed to one party"
    return {**_head(occasion), "date": _today(), "addressee": occasion.party.name, "contact": contact_of(occasion.case)}


# --- kinds ------------------------------------------------------------------------------------------------------------


@builds("registration_receipt")
def _registration_receipt(occasion: Occasion) -> dict[str, Any]:
    case, party = occasion.case, occasion.party
    assert party is not None, "a receipt is addressed to one party"
    return {
        "body": _agency(case.agency),
        "case_code": case.code,
        "registered_at": moment(case.registered_at),
        "applicant": party_facts(party, contact=True),
        "other_parties": [other.name for other in parties_of(case) if other.id != party.id],
        "matter": case.title[:120],
        "request": (case.claims or case.summary or case.title)[:2000],
        "registrar": case.registered_by.name,
        "decision_by": iso(working_days_after(clock.local(case.registered_at).date(), 3).last_day),
        "contact": contact_of(case),
    }


@builds("acceptance_notice")
def _acceptance_notice(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    return {
        **_letter(occasion),
        "parties": names_of(case),
        "source": codes.source_group(case.source),
        "accepted_on": iso(clock.local(case.accepted_at or clock.now()).date()),
        "mediation_until": _mediation_until(case),
        "mediators": mediators_of(case),
        "case_code": case.code,
    }


@builds("refusal_notice")
def _refusal_notice(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    refusal = case.refusal or {}
    return {
        **_letter(occasion),
        "parties": names_of(case),
        "applied_on": iso(clock.local(case.registered_at).date()),
        "reasons": refusal.get("reasons")
        or [{"text": refusal.get("reason") or case.outcome or "不属于人民调解受理范围"}],
        "routes": refusal.get("routes"),
    }


@builds("rights_notice")
def _rights_notice(occasion: Occasion) -> dict[str, Any]:
    facts = {**_letter(occasion), "mediators": mediators_of(occasion.case)}
    facts["court_referred"] = occasion.case.source.startswith("court")
    return {key: value for key, value in facts.items() if key not in ("date", "contact")}


@builds("invitation")
def _invitation(occasion: Occasion) -> dict[str, Any]:
    meeting = _about(occasion, Meeting)
    return {
        **_letter(occasion),
        "meeting": {"starts_at": moment(meeting.starts_at), "place": meeting.place},
        "mediators": mediators_of(occasion.case),
        "bring": ["本人身份证件", "与纠纷有关的证据材料"],
    }


@builds("enquiry_record")
def _enquiry_record(occasion: Occasion) -> dict[str, Any]:
    statement = _about(occasion, Statement)
    told = statement.facts
    return {
        **_head(occasion),
        "started_at": told.get("started_at") or moment(statement.made_at),
        "ended_at": told.get("ended_at"),
        "place": told.get("place") or occasion.case.agency.name,
        "asked": _asked(statement),
        "standing": told.get("standing"),
        "enquirers": mediators_of(occasion.case) or [{"name": occasion.case.registered_by.name}],
        "recorder": told.get("recorder"),
        "participants": [{"name": name} for name in told.get("participants", [])],
        "exchanges": told.get("exchanges") or [{"question": "请陈述纠纷的有关情况。", "answer": statement.text}],
    }


def _asked(statement: Statement) -> dict[str, Any]:
    """Who was asked: a party, or a witness by name."""
    if statement.party is not None:
        return party_facts(statement.party, contact=True)
    return {"kind": "person", "name": statement.facts.get("asked_other") or "证人"}


@builds("minutes")
def _minutes(occasion: Occasion) -> dict[str, Any]:
    meeting, case = _about(occasion, Meeting), occasion.case
    following = select(Meeting.starts_at).where(Meeting.case_id == case.id, Meeting.round == meeting.round + 1)
    return {
        **_head(occasion),
        "meeting": {"starts_at": moment(meeting.held_at or meeting.starts_at), "place": meeting.place},
        "round": meeting.round,
        "parties": [named_party(party) for party in parties_of(case)],
        "participants": [{"name": who.name} for who in meeting.invitations if who.party_id is None and who.attended],
        "mediators": mediators_of(case),
        "recorder": meeting.facts.get("recorder"),
        "open": meeting.open_to_public,
        "rights_told": all(party.rights_told_at for party in parties_of(case)),
        "record": meeting.minutes,
        "result": _RESULTS.get(meeting.result, "not_reached"),
        "result_text": meeting.facts.get("result_text"),
        "next_at": moment(db.session.scalar(following)),
    }


_RESULTS = {
    "agreed": "reached",
    "oral": "reached",
    "partly": "partly",
    "adjourned": "adjourned",
    "enquiry": "adjourned",  # first something has to be found out; the table meets again
    "failed": "not_reached",
}


@builds("agreement")
def _agreement(occasion: Occasion) -> dict[str, Any]:
    case, found = occasion.case, _agreement_of(occasion)
    return {
        **_head(occasion),
        **_substance(found),
        "parties": [_signing_party(party) for party in parties_of(case)],
        "responsibility": found.responsibility or "双方对上述事实和各自责任均无异议。",
        "mediators": mediators_of(case),
        "copies": found.details.get("copies") or len(parties_of(case)) + 1,
        "wet_ink_only": case.wet_ink_only,
        "wet_ink_reason": "涉及婚姻、收养、继承等人身关系" if case.wet_ink_only else None,
        "confirmable": is_confirmable(found),
        "not_confirmable": "涉及婚姻关系、身份关系确认或者解除的内容" if found.status_terms else None,
        "default_clause": found.details.get("default_clause"),
        "place": found.details.get("place"),
        "recorder": found.details.get("recorder"),
    }


def _signing_party(party: Party, *, whole_number: bool = False) -> dict[str, Any]:
    """The law wants the parties' particulars (人民调解法 29), and the other side reads them: a person is told by the ends
    of the identity number (the whole of it only to the court) and reached at the address for service, unless protected."""
    facts = party_facts(party)
    if party.kind == "person":
        facts["address"] = "" if party.protected else party.service_address
        if not whole_number and party.id_number:
            facts["id_number"] = words.masked_id(party.id_number)
    return _full(facts)


def _substance(found: Agreement) -> dict[str, Any]:
    """What was agreed, alike on the written agreement and on the record of an oral one."""
    instalments = [_instalment(owed) for owed in found.obligations if owed.amount is not None and owed.creditor]
    last = max((owed.due_on for owed in found.obligations), default=None)
    total = sum((owed.amount for owed in found.obligations if owed.amount is not None and owed.creditor), Decimal(0))
    when = found.deadline_text or (f"最后一期于 {last:%Y-%m-%d} 前履行完毕" if last else "签订协议时即时履行完毕")
    return {
        "facts": found.facts,
        "issues": found.issues,
        "terms": _terms(found),
        "instalments": instalments,
        "total": amount(total) if instalments else None,
        "performance": {"manner": found.manner or "按协议内容履行", "time": when},
    }


def _terms(found: Agreement) -> list[dict[str, Any]]:
    return [_full({"text": term["text"], "amount": term.get("amount")}) for term in found.terms]


# How an obligation is performed, as an agreement says it.
_MANNERS = {"transfer": "银行转账", "cash": "现金", "act": "实际履行"}


def _instalment(owed: Obligation) -> dict[str, Any]:
    assert owed.creditor is not None, "an amount is owed to somebody"
    return _full(
        {
            "payer": owed.debtor.name,
            "payee": owed.creditor.name,
            "amount": amount(owed.amount),
            "due": iso(owed.due_on),
            "manner": _MANNERS.get(owed.how, owed.how[:120]),
        }
    )


@builds("oral_agreement_record")
def _oral_agreement_record(occasion: Occasion) -> dict[str, Any]:
    found = _agreement_of(occasion)
    return {
        **_head(occasion),
        **_substance(found),
        "date": iso(clock.local(found.drafted_at).date()),
        "parties": [named_party(party) for party in parties_of(occasion.case)],
        "mediators": mediators_of(occasion.case),
    }


@builds("extension_notice")
def _extension_notice(occasion: Occasion) -> dict[str, Any]:
    case, asked = occasion.case, occasion.case.extension or {}
    return {
        **_head(occasion),
        "parties": [named_party(party) for party in parties_of(case)],
        "accepted_on": iso(clock.local(case.accepted_at or case.registered_at).date()),
        "until": asked.get("until") or _mediation_until(case),
        "extended_until": asked.get("extended_until"),
        "reason": asked.get("reason"),
        "mediators": mediators_of(case),
    }


@builds("termination_notice")
def _termination_notice(occasion: Occasion) -> dict[str, Any]:
    case, ending = occasion.case, occasion.case.ending or {}
    return {
        **_letter(occasion),
        "parties": names_of(case),
        "accepted_on": iso(clock.local(case.accepted_at or case.registered_at).date()),
        "ended_on": ending.get("on") or _today(),
        "cause": ending.get("cause") or "not_reached",
        "cause_text": ending.get("public_reason"),
        "undisputed": ending.get("undisputed"),
        "routes": ending.get("routes"),
        "limitation": ending.get("limitation"),
    }


@builds("confirmation_application")
def _confirmation_application(occasion: Occasion) -> dict[str, Any]:
    case, found = occasion.case, _agreement_of(occasion)
    confirmation = current_confirmation(case.id)
    excluded = confirmation.excluded if confirmation else ""
    return {
        "court": case.court.name if case.court else "有管辖权的人民法院",
        "applicants": [_signing_party(party, whole_number=True) for party in parties_of(case) if party.side != "third"],
        "agreement": _agreement_facts(case, found),
        "matter": case.title[:120],
        "terms": _terms(found),
        "facts": found.facts[:5000],
        "excluded": excluded,
        "last_day": iso(confirmation.due_on) if confirmation else None,
        "annexes": ["人民调解协议书", "人民调解委员会主持调解的证明材料", "申请人身份证明"],
    }


def _agreement_facts(case: Case, found: Agreement) -> dict[str, Any]:
    return _full(
        {
            "number": _number(case),
            "made_on": iso(clock.local(found.drafted_at).date()),
            "effective_on": iso(clock.local(found.effective_at).date()) if found.effective_at else None,
            "body": body_of(case)["name"][:60],
        }
    )


@builds("urging_letter")
def _urging_letter(occasion: Occasion) -> dict[str, Any]:
    case, found, party = occasion.case, _agreement_of(occasion), occasion.party
    late = [owed for owed in found.obligations if owed.status == "defaulted" and party and owed.debtor_id == party.id]
    creditors = list(dict.fromkeys(owed.creditor.name for owed in late if owed.creditor))
    confirmation = current_confirmation(case.id)
    return {
        **_letter(occasion),
        "agreement": _agreement_facts(case, found),
        "creditors": creditors or names_of(case),
        "overdue": [_overdue(owed) for owed in late],
        "perform_by": iso(working_days_after(clock.today(), 5).last_day),
        "confirmed": bool(confirmation and confirmation.status in ("confirmed", "partly")),
    }


def _overdue(owed: Obligation) -> dict[str, Any]:
    paid = sum((receipt.amount or Decimal(0) for receipt in owed.receipts), Decimal(0))
    return _full(
        {
            "what": owed.what[:120],
            "due": iso(owed.due_on),
            "amount": amount(owed.amount),
            "paid": amount(paid) if paid else None,
        }
    )


@builds("visit_record")
def _visit_record(occasion: Occasion) -> dict[str, Any]:
    case, visit = occasion.case, _about(occasion, Visit)
    told = visit.answers
    return {
        **_head(occasion),
        "parties": names_of(case),
        "agreement": _agreement_facts(case, _agreement_of(occasion)),
        "visited_at": moment(visit.done_at or clock.now()),
        "manner": told.get("manner") or "visit",
        "reason": f"协议生效后第 {visit.ordinal} 次回访",
        "visited": told.get("visited") or names_of(case)[:10],
        "performance": told.get("performance") or "performed",
        "performance_text": told.get("performance_text"),
        "satisfaction": told.get("satisfaction"),
        "lawsuit": told.get("lawsuit"),
        "signs": told.get("signs"),
        "measures": told.get("measures"),
        "opinion": told.get("opinion"),
        "visitors": [{"name": told["visitor"]}] if told.get("visitor") else mediators_of(case),
        "next_on": told.get("next_on"),
    }


@builds("referral_letter")
def _referral_letter(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    return {
        **_head(occasion),
        "body": _agency(case.agency),
        "to": occasion.given.get("to") or (case.referral or {}).get("name", ""),
        "date": _today(),
        "case_code": case.code,
        "parties": [named_party(party) for party in parties_of(case)],
        "summary": case.summary or case.title,
        "reason": occasion.given.get("reason") or (case.referral or {}).get("reason") or "依职责转请办理",
        "reply_by": occasion.given.get("reply_by") or iso(working_days_after(clock.today(), 5).last_day),
        "contact": contact_of(case),
    }


def _agreement_of(occasion: Occasion) -> Agreement:
    """The agreement that the paper is about; without one named, the one that counts."""
    if occasion.subject.startswith("agreement:"):
        return db.session.get_one(Agreement, occasion.subject_id)
    latest = select(Agreement).where(Agreement.case_id == occasion.case.id).order_by(Agreement.id.desc()).limit(1)
    return current_agreement(occasion.case.id) or db.session.scalars(latest).one()


def _about(occasion: Occasion, model: Any) -> Any:
    """The row that the paper is about, or the case's latest of its kind."""
    query = select(model).where(model.case_id == occasion.case.id)
    if occasion.subject_id is not None:
        query = query.where(model.id == occasion.subject_id)
    if model is Visit:
        query = query.where(Visit.status == "done")
    if model is Statement:
        query = query.where(Statement.kind == "enquiry")
    return db.session.scalars(query.order_by(model.id.desc()).limit(1)).one()
