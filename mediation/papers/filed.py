"""Papers of the file: the register, identity papers, authority, evidence, addresses, consents, receipts, and how a case closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from mediation import clock, codes, words
from mediation.case_view import current_agreement, current_confirmation
from mediation.extensions import db
from mediation.models import Attachment, Case, Meeting, Paper, Party, Receipt, Representative, RosterMember, User, Visit
from mediation.papers.pieces import (
    POWERS,
    Occasion,
    agency_facts,
    agreement_in_short,
    amount,
    body_of,
    build,
    builds,
    full,
    head,
    iso,
    mediators_of,
    named_party,
    names_of,
    parties_of,
    party_facts,
    terms_of,
    today,
)
from mediation.papers.told import told

# What was handed in, and is evidence or at least came from a party.
_EVIDENCE = ("evidence", "receipt")


# Who came to the window wants the committee to mediate; a report, a call or a court's commission is no application.
_APPLIED = ("application", "window")


@builds("mediation_application", when=lambda occasion: occasion.case.source in _APPLIED)
def _mediation_application(occasion: Occasion) -> dict[str, Any]:
    case, party = occasion.case, occasion.party
    assert party is not None, "an application is the applicant's own"
    return {
        "body": body_of(case),
        "case_code": case.code,
        "matter": case.title[:120],
        "applicants": [party_facts(party, contact=True)],
        "respondents": [named_party(one) for one in parties_of(case) if one.side == "respondent"],
        "requests": (case.claims or case.title)[:5000],
        "facts": (case.summary or case.title)[:5000],
    }


@builds("registration_form")
def _registration_form(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    return {
        **head(occasion),
        "received_on": iso(clock.local(case.registered_at).date()),
        "accepted_on": iso(clock.local(case.accepted_at or clock.now()).date()),
        "parties": [party_facts(party, contact=True) for party in parties_of(case)],
        "kind": kind_of(case),
        "source": codes.source_group(case.source),
        "source_text": codes.name("sources", case.source, "zh")[:120],
        "facts": (case.summary or case.title)[:5000],
        "requests": case.claims[:2000],
        "amount": amount(case.amount),
        "people": case.people_count or None,
        "mediators": mediators_of(case),
        "registrar": case.registered_by.name,
    }


def kind_of(case: Case) -> str:
    return codes.name("kinds", case.kind, "zh")[:60] or "其他纠纷"


@builds("identity_sheet")
def _identity_sheet(occasion: Occasion) -> dict[str, Any]:
    holders = []
    for party in parties_of(occasion.case):
        holder = named_party(party)
        if party.kind == "person" and party.id_number:
            holder["id_number"] = words.masked_id(party.id_number)
        holders.append(holder)
    checked = told(occasion.case, "admissibility")
    by = db.session.get(User, checked.task.done_by_id) if checked.task and checked.task.done_by_id else None
    return {**head(occasion), "holders": holders, "checked_by": by.name if by else None}


@builds("authority_letter", when=lambda occasion: _agents(occasion.party))
def _authority_letter(occasion: Occasion) -> dict[str, Any]:
    party = occasion.party
    assert party is not None, "each party gives its own authority"
    acting = _agents(party)[:2]
    given = {power for who in acting for power in who.authority.replace(",", "、").split("、")}
    return {
        **head(occasion),
        "principal": {key: value for key, value in party_facts(party, contact=True).items() if key != "agents"},
        "agents": [full({"name": who.name, "relation": who.relation, "phone": who.phone}) for who in acting],
        "powers": [power for power in POWERS if power in given],
        "other_power": "、".join(sorted(given - {*POWERS, ""}))[:120],
    }


@builds("evidence_list", when=lambda occasion: evidence_of(occasion.case))
def _evidence_list(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    return {
        **head(occasion),
        "evidence": evidence_of(case),
        "received_by": case.mediator.name if case.mediator else None,
    }


def evidence_of(case: Case) -> list[dict[str, Any]]:
    """What was handed in and counts, in the order it came, each with who brought it."""
    query = select(Attachment).where(
        Attachment.case_id == case.id, Attachment.purpose.in_(_EVIDENCE), Attachment.withdrawn_at.is_(None)
    )
    return [
        full({"name": one.name[:120], "source": f"{one.party.name[:56]}提交" if one.party else "调解组织收集"})
        for one in db.session.scalars(query.order_by(Attachment.id).limit(200))
    ]


@builds("address_confirmation")
def _address_confirmation(occasion: Occasion) -> dict[str, Any]:
    party = occasion.party
    assert party is not None, "each party confirms its own address"
    agent = next((who.name for who in party.representatives if who.kind == "agent"), "")
    return {
        **head(occasion),
        "party": named_party(party),
        "service_address": party.service_address or party.address,
        "phone": party.phone,
        "receiver": agent,
    }


@builds("consent_sheet", when=lambda occasion: _members(occasion.case))
def _consent_sheet(occasion: Occasion) -> dict[str, Any]:
    """The sheet for ink: one line for each member, what they say is theirs to tick."""
    case, found = occasion.case, current_agreement(occasion.case.id)
    members = _members(case)
    return {
        **head(occasion),
        "representatives": [one.name for one in members if one.representative][:10],
        "terms": terms_of(found)[:60] if found else [],
        "members": [full({"ordinal": one.ordinal, "name": one.name, "unit": one.unit}) for one in members],
        "date": today(),
    }


@builds("medical_secrecy")
def _medical_secrecy(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "medical_secrecy")
    return {
        **head(occasion),
        "parties": [named_party(party) for party in parties_of(case)],
        "publicity": "both" if case.publicity_agreed else "no",
        "told": [one[:60] for one in said.names("told")][:8],
        "told_on": said.day("told_on"),
        "mediators": mediators_of(case),
    }


@builds("performance_receipt", when=lambda occasion: occasion.subject and not _issued(occasion))
def _performance_receipt(occasion: Occasion) -> dict[str, Any]:
    receipt = db.session.get_one(Receipt, occasion.subject_id)
    owed = receipt.obligation
    paid = sum(
        (one.amount or Decimal(0) for one in owed.receipts if one.id <= receipt.id and one.status == "counts"),
        Decimal(0),
    )
    rest = owed.amount - paid if owed.amount is not None else None
    return {
        **head(occasion),
        "agreement": agreement_in_short(occasion.case, owed.agreement),
        "payer": owed.debtor.name,
        "payee": owed.creditor.name if owed.creditor else "对方当事人",
        "what": owed.what.replace("\n", " ")[:200],
        "amount": amount(receipt.amount),
        "received_on": iso(receipt.received_on),
        "voucher": receipt.note.replace("\n", " ")[:120],
        "rest": amount(rest) if rest is not None and rest > 0 else None,
    }


@builds("undisputed_facts", when=lambda occasion: undisputed_of(occasion.case) and len(parties_of(occasion.case)) > 1)
def _undisputed_facts(occasion: Occasion) -> dict[str, Any]:
    """What the parties agree about although they did not agree: from the end of mediation, or the report to the court."""
    case = occasion.case
    return {
        **head(occasion),
        "parties": [named_party(party) for party in parties_of(case)],
        "undisputed": undisputed_of(case),
        "mediators": mediators_of(case),
    }


def undisputed_of(case: Case) -> str:
    reported = told(case, "court_commissioned_report").text("undisputed", 5000)
    return reported or str((case.ending or {}).get("undisputed") or "")[:5000]


@builds("closing_report")
def _closing_report(occasion: Occasion) -> dict[str, Any]:
    case, closing = occasion.case, told(occasion.case, "closing")
    found, confirmation = current_agreement(case.id), current_confirmation(case.id)
    by = db.session.get(User, closing.task.done_by_id) if closing.task and closing.task.done_by_id else None
    return {
        **head(occasion),
        "parties": names_of(case)[:30],
        "kind": kind_of(case),
        "accepted_on": iso(clock.local(case.accepted_at).date()) if case.accepted_at else None,
        "closed_on": today(),
        "mediators": mediators_of(case),
        "meetings": _count(Meeting, Meeting.case_id == case.id, Meeting.held_at.is_not(None)),
        "facts": (case.summary or case.title)[:5000],
        "outcome": closing.name("outcome")[:60] or codes.name("outcomes", case.outcome, "zh")[:60] or "办结",
        "amount": _agreed(found),
        "performance": closing.name("performance")[:60],
        "confirmation": codes.name("confirmations", confirmation.status if confirmation else "none", "zh")[:60],
        "visits": f"回访{_count(Visit, Visit.case_id == case.id, Visit.status == 'done')}次",
        "summary": closing.text("summary", 5000) or "详见卷宗。",
        "retention": closing.text("retention", 10) or None,
        "reported_by": by.name if by else case.registered_by.name,
    }


def _agreed(found: Any) -> str | None:
    sums = [owed.amount for owed in found.obligations if owed.amount is not None] if found else []
    return amount(sum(sums, Decimal(0))) if sums else None


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count(model.id)).where(*conditions)) or 0


# The items of the review sheet, in its order.
_ITEMS = ("intake", "rights", "enquiry", "minutes", "agreement", "signatures", "follow_up", "filing")
_ITEM_NAMES = (
    "受理登记",
    "权利义务告知",
    "调查取证",
    "调解记录",
    "协议内容合法、明确",
    "签名盖章",
    "履行和回访",
    "归档和卷内目录",
)


@builds("file_review_sheet")
def _file_review_sheet(occasion: Occasion) -> dict[str, Any]:
    case, score = occasion.case, told(occasion.case, "file_review_score")
    by = db.session.get(User, score.task.done_by_id) if score.task and score.task.done_by_id else None
    return {
        **head(occasion),
        "body": agency_facts(score.house or case.agency),
        "mediators": mediators_of(case),
        "scores": _scores(score),
        "findings": [
            full({"before": str(row.get("part") or "")[:200], "after": str(row.get("fault") or "")[:2000]})
            for row in score.rows("findings") if row.get("fault")
        ][:50],
        "grade": score.name("grade")[:30] or "合格",
        "correct_by": score.day("correct_by"),
        "reviewer": by.name if by else "评查人",
        "date": today(),
    }  # fmt: skip


def _scores(score: Any) -> list[dict[str, Any]]:
    given = ((name, score.number(key)) for key, name in zip(_ITEMS, _ITEM_NAMES, strict=True))
    return [{"name": name, "points": points} for name, points in given if points is not None]


@builds("subsidy_sheet")
def _subsidy_sheet(occasion: Occasion) -> dict[str, Any]:
    case, sheet, score = (
        occasion.case,
        told(occasion.case, "file_review_sheet"),
        told(occasion.case, "file_review_score"),
    )
    payee = db.session.scalar(select(User).where(User.login == sheet.text("payee")))
    return {
        **head(occasion),
        "body": agency_facts(sheet.house or case.agency),
        "parties": names_of(case)[:30],
        "kind": kind_of(case),
        "level": codes.name("levels", case.level, "zh")[:60],
        "outcome": codes.name("outcomes", case.outcome, "zh")[:60],
        "performance": told(case, "closing").name("performance")[:60],
        "scores": _scores(score),
        "grade": score.name("grade")[:30],
        "payee": payee.name if payee else case.mediator.name if case.mediator else "调解员",
        "amount": sheet.money("amount") or "0.00",
        "basis": sheet.text("basis", 120) or "以案定补标准",
        "period": sheet.text("period", 60),
        "note": sheet.text("note", 1000),
        "date": today(),
    }


@builds("confirmation_application_unit")
def _confirmation_application_unit(occasion: Occasion) -> dict[str, Any]:
    facts = build("confirmation_application", occasion)
    annexes = [*facts["annexes"], "营业执照复印件、法定代表人身份证明书"]
    return {**facts, "annexes": annexes}


def _issued(occasion: Occasion) -> bool:
    """Whether this very paper stands already: a receipt that was signed is not written a second time."""
    query = select(Paper.id).where(
        Paper.case_id == occasion.case.id,
        Paper.subject == occasion.subject,
        Paper.status.not_in(("withdrawn", "refused")),
    )
    return db.session.scalar(query.limit(1)) is not None


def _agents(party: Party | None) -> list[Representative]:
    """Whom the party sends: the letter of authority is the party's to sign."""
    return [who for who in party.representatives if who.kind == "agent"] if party else []


def _members(case: Case) -> list[RosterMember]:
    query = select(RosterMember).where(RosterMember.case_id == case.id).order_by(RosterMember.ordinal, RosterMember.id)
    return list(db.session.scalars(query.limit(2000)))


def latest_receipt(case: Case) -> Receipt | None:
    """The case's latest receipt of performance."""
    found = current_agreement(case.id)
    receipts = [one for owed in found.obligations for one in owed.receipts if one.status == "counts"] if found else []
    return max(receipts, key=lambda one: one.id, default=None)
