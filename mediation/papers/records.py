"""Papers of the table and of the file: enquiry, minutes, agreement, extension, application to the court, visit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from documents.agreement import terms
from mediation import case_view, clock, words
from mediation.case_view import current_confirmation, is_confirmable
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Agreement, Case, Meeting, Obligation, Party, RosterMember, Statement, Visit
from mediation.papers.applications import court_of
from mediation.papers.pieces import (
    Occasion,
    about,
    agreement_in_short,
    agreement_of,
    amount,
    builds,
    full,
    head,
    interpreter_of,
    iso,
    mediation_until,
    mediators_of,
    moment,
    named_party,
    names_of,
    parties_of,
    party_facts,
    terms_of,
    today,
)


@builds("enquiry_record")
def _enquiry_record(occasion: Occasion) -> dict[str, Any]:
    statement = about(occasion, Statement)
    told = statement.facts
    return {
        **head(occasion),
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
    meeting, case = about(occasion, Meeting), occasion.case
    following = select(Meeting.starts_at).where(
        Meeting.case_id == case.id, Meeting.kind == meeting.kind, Meeting.round == meeting.round + 1
    )
    return {
        **head(occasion),
        "meeting": {"starts_at": moment(meeting.held_at or meeting.starts_at), "place": meeting.place},
        "round": meeting.round,
        "parties": [named_party(party) for party in parties_of(case)],
        "participants": [
            {"name": interpreter_of(who) if who.role == "interpreter" else who.name}
            for who in meeting.invitations if who.party_id is None and who.attended
        ],
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
    case, found = occasion.case, agreement_of(occasion)
    if any(row["severity"] == "red" and not row["reason"] for row in found.findings):
        raise AnswersRefused({"": gettext("Red findings of the checker are open: correct them or write why they stay.")})
    return {
        **head(occasion),
        **_substance(found),
        "parties": [_signing_party(party) for party in parties_of(case)],
        "responsibility": found.responsibility or "双方对上述事实和各自责任均无异议。",
        "mediators": mediators_of(case),
        "bound": _bound(case),
        "copies": found.details.get("copies") or len(parties_of(case)) + 1,
        "wet_ink_only": case.wet_ink_only,
        "wet_ink_reason": "涉及婚姻、收养、继承等人身关系" if case.wet_ink_only else None,
        "confirmable": is_confirmable(found),
        "not_confirmable": "涉及婚姻关系、身份关系确认或者解除的内容" if found.status_terms else None,
        "default_clause": found.details.get("default_clause"),
        "place": found.details.get("place"),
        "recorder": found.details.get("recorder"),
    }


def _bound(case: Case) -> list[str]:
    """The members of a group who consented: nobody else is bound (民事诉讼法 56)."""
    query = select(RosterMember.ordinal, RosterMember.name, RosterMember.unit).where(
        RosterMember.case_id == case.id, RosterMember.consent == "agree"
    )
    rows = db.session.execute(query.order_by(RosterMember.ordinal))
    return [f"{ordinal} {name} {unit}".strip()[:60] for ordinal, name, unit in rows]


def _signing_party(party: Party, *, whole_number: bool = False) -> dict[str, Any]:
    """The law wants the parties' particulars (人民调解法 29), and the other side reads them: a person is told by the ends
    of the identity number (the whole of it only to the court) and reached at the address for service, unless protected."""
    facts = party_facts(party)
    if party.kind == "person":
        facts["address"] = "" if party.protected else party.service_address
        if not whole_number and party.id_number:
            facts["id_number"] = words.masked_id(party.id_number)
    return full(facts)


def _substance(found: Agreement) -> dict[str, Any]:
    """What was agreed, alike on the written agreement and on the record of an oral one."""
    agreed = case_view.terms_of(found)
    told, instalments = terms.performance(agreed), _instalments(found, agreed)
    return {
        "facts": found.facts,
        "issues": found.issues,
        "terms": terms_of(found),
        "instalments": instalments,
        "total": amount(sum((Decimal(row["amount"]) for row in instalments), Decimal(0))) if instalments else None,
        "performance": full({
            "manner": found.manner or told["manner"], "time": found.deadline_text or told["time"],
            "place": (found.details or {}).get("performance_place") or told.get("place"),
        }),
    }  # fmt: skip


# A table of more parts than this tells nobody more than the sentence does.
MOST_PARTS = 60
# How an obligation is performed, as an agreement says it.
_MANNERS = {"transfer": "银行转账", "cash": "现金", "act": "实际履行"}


def _instalments(found: Agreement, agreed: list[terms.Term]) -> list[dict[str, Any]]:
    """The parts of every plan, as agreed, in a table that adds up; one payment says its own sentence. An agreement from
    before terms had parts has only its ledger."""
    names = case_view.names_in(found.case_id)
    rows = [row for row in terms.ledger(agreed) if row.creditor and agreed[row.term - 1].when == "instalments"]
    old = [owed for owed in found.obligations if owed.term is None and owed.amount is not None and owed.creditor]
    listed = [
        *(_part(names[row.debtor], names[row.creditor], row) for row in rows),
        *(_part(owed.debtor.name, owed.creditor.name, owed) for owed in old if owed.creditor),
    ]
    return listed if len(listed) <= MOST_PARTS else []


def _part(payer: str, payee: str, owed: terms.Owed | Obligation) -> dict[str, Any]:
    manner = _MANNERS.get(owed.how, owed.how[:120])
    return full({"payer": payer, "payee": payee, "amount": amount(owed.amount), "due": iso(owed.due_on), "manner": manner})


@builds("oral_agreement_record")
def _oral_agreement_record(occasion: Occasion) -> dict[str, Any]:
    found = agreement_of(occasion)
    return {
        **head(occasion),
        **_substance(found),
        "date": iso(clock.local(found.drafted_at).date()),
        "parties": [named_party(party) for party in parties_of(occasion.case)],
        "mediators": mediators_of(occasion.case),
    }


@builds("extension_notice")
def _extension_notice(occasion: Occasion) -> dict[str, Any]:
    case, asked = occasion.case, occasion.case.extension or {}
    return {
        **head(occasion),
        "parties": [named_party(party) for party in parties_of(case)],
        "accepted_on": iso(clock.local(case.accepted_at or case.registered_at).date()),
        "until": asked.get("until") or mediation_until(case),
        "extended_until": asked.get("extended_until"),
        "reason": asked.get("reason"),
        "mediators": mediators_of(case),
    }


@builds("confirmation_application")
def _confirmation_application(occasion: Occasion) -> dict[str, Any]:
    case, found = occasion.case, agreement_of(occasion)
    confirmation = current_confirmation(case.id)
    excluded = confirmation.excluded if confirmation else ""
    return {
        "court": court_of(case),
        "applicants": [_signing_party(party, whole_number=True) for party in parties_of(case) if party.side != "third"],
        "agreement": agreement_in_short(case, found),
        "matter": case.title[:120],
        "terms": terms_of(found),
        "facts": found.facts[:5000],
        "excluded": excluded,
        "last_day": iso(confirmation.due_on) if confirmation else None,
        "annexes": ["人民调解协议书", "人民调解委员会主持调解的证明材料", "申请人身份证明"],
    }


@builds("mediation_proof", when=lambda occasion: occasion.case.accepted_at and agreement_of(occasion).effective_at)
def _mediation_proof(occasion: Occasion) -> dict[str, Any]:
    """That this body led the mediation (民诉法解释 354): who, when and where they met; nothing of what was said."""
    case, found = occasion.case, agreement_of(occasion)
    query = select(Meeting).where(
        Meeting.case_id == case.id, Meeting.kind == "mediation", Meeting.status.in_(("held", "adjourned"))
    )
    met = db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(30))
    return {
        **head(occasion),
        "court": court_of(case),
        "parties": names_of(case),
        "accepted_on": iso(clock.local(case.accepted_at or case.registered_at).date()),
        "mediators": mediators_of(case),
        "meetings": [_met(one) for one in met],
        "agreement": agreement_in_short(case, found),
        "form": found.kind,
        "date": today(),
    }


def _met(meeting: Meeting) -> str:
    began = clock.local(meeting.starts_at)
    return f"{began.year}年{began.month}月{began.day}日 {began:%H:%M}　{meeting.place}"[:120]


@builds("visit_record")
def _visit_record(occasion: Occasion) -> dict[str, Any]:
    case, visit = occasion.case, about(occasion, Visit)
    told = visit.answers
    return {
        **head(occasion),
        "parties": names_of(case),
        "agreement": agreement_in_short(case, agreement_of(occasion)),
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
