"""Papers addressed to one party, or to an agency: receipts, notices, invitations, letters."""

from __future__ import annotations

from typing import Any

from mediation import clock, codes
from mediation.case_view import current_confirmation
from mediation.deadlines import working_days_after
from mediation.models import Invitation, Meeting, Obligation
from mediation.papers.pieces import (
    Occasion,
    about,
    agency_facts,
    agreement_in_short,
    agreement_of,
    amount,
    builds,
    contact_of,
    full,
    head,
    interpreter_of,
    iso,
    letter,
    mediation_until,
    mediators_of,
    moment,
    named_party,
    names_of,
    parties_of,
    party_facts,
    today,
)


@builds("registration_receipt")
def _registration_receipt(occasion: Occasion) -> dict[str, Any]:
    case, party = occasion.case, occasion.party
    assert party is not None, "a receipt is addressed to one party"
    return {
        "body": agency_facts(case.agency),
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
        **letter(occasion),
        "parties": names_of(case),
        "source": codes.source_group(case.source),
        "accepted_on": iso(clock.local(case.accepted_at or clock.now()).date()),
        "mediation_until": mediation_until(case),
        "mediators": mediators_of(case),
        "case_code": case.code,
    }


@builds("refusal_notice")
def _refusal_notice(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    refusal = case.refusal or {}
    return {
        **letter(occasion),
        "parties": names_of(case),
        "applied_on": iso(clock.local(case.registered_at).date()),
        "reasons": refusal.get("reasons")
        or [{"text": refusal.get("reason") or case.outcome or "不属于人民调解受理范围"}],
        "routes": refusal.get("routes"),
    }


@builds("rights_notice")
def _rights_notice(occasion: Occasion) -> dict[str, Any]:
    facts = {**letter(occasion), "mediators": mediators_of(occasion.case)}
    facts["court_referred"] = occasion.case.source.startswith("court")
    return {key: value for key, value in facts.items() if key not in ("date", "contact")}


@builds("invitation")
def _invitation(occasion: Occasion) -> dict[str, Any]:
    meeting = about(occasion, Meeting)
    own = next((one for one in meeting.invitations if occasion.party and one.party_id == occasion.party.id), None)
    return {
        **letter(occasion),
        "meeting": {"starts_at": moment(own.at if own else meeting.starts_at), "place": _place_for(meeting, own)},
        "mediators": mediators_of(occasion.case),
        "bring": ["本人身份证件", "与纠纷有关的证据材料"],
    }


def _place_for(meeting: Meeting, own: Invitation | None) -> str:
    """The place, how this party takes part if it does not come into the room, and who interprets."""
    told = [f"以{codes.name('modes', own.mode, 'zh')}方式参加"] if own is not None and own.mode in ("telephone", "video") else []
    told += [f"{interpreter_of(one)}到场" for one in meeting.invitations if one.role == "interpreter"]
    return f"{meeting.place}（{'，'.join(told)}）"[:120] if told else meeting.place


@builds("termination_notice")
def _termination_notice(occasion: Occasion) -> dict[str, Any]:
    case, ending = occasion.case, occasion.case.ending or {}
    return {
        **letter(occasion),
        "parties": names_of(case),
        "accepted_on": iso(clock.local(case.accepted_at or case.registered_at).date()),
        "ended_on": ending.get("on") or today(),
        "cause": ending.get("cause") or "not_reached",
        "cause_text": ending.get("public_reason"),
        "undisputed": ending.get("undisputed"),
        "routes": ending.get("routes"),
        "limitation": ending.get("limitation"),
    }


@builds("urging_letter")
def _urging_letter(occasion: Occasion) -> dict[str, Any]:
    case, found, party = occasion.case, agreement_of(occasion), occasion.party
    late = [owed for owed in found.obligations if owed.status == "defaulted" and party and owed.debtor_id == party.id]
    creditors = list(dict.fromkeys(owed.creditor.name for owed in late if owed.creditor))
    confirmation = current_confirmation(case.id)
    return {
        **letter(occasion),
        "agreement": agreement_in_short(case, found),
        "creditors": creditors or names_of(case),
        "overdue": [_overdue(owed) for owed in late],
        "perform_by": iso(working_days_after(clock.today(), 5).last_day),
        "confirmed": bool(confirmation and confirmation.status in ("confirmed", "partly")),
    }


def _overdue(owed: Obligation) -> dict[str, Any]:
    return full(
        {
            "what": owed.what[:120],
            "due": iso(owed.due_on),
            "amount": amount(owed.amount),
            "paid": amount(owed.paid) if owed.paid else None,
        }
    )


@builds("referral_letter")
def _referral_letter(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    return {
        **head(occasion),
        "body": agency_facts(case.agency),
        "to": occasion.given.get("to") or (case.referral or {}).get("name", ""),
        "date": today(),
        "case_code": case.code,
        "parties": [named_party(party) for party in parties_of(case)],
        "summary": case.summary or case.title,
        "reason": occasion.given.get("reason") or (case.referral or {}).get("reason") or "依职责转请办理",
        "reply_by": occasion.given.get("reply_by") or iso(working_days_after(clock.today(), 5).last_day),
        "contact": contact_of(case),
    }
