"""What the archive tells of a case beside its papers: plain data in the words of the tables, for whoever reads it in twenty years."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mediation import clock, codes
from mediation.case_view import current_agreement, said
from mediation.models import Agency, Agreement, Case, Obligation, Party
from mediation.papers.facts import parties_of


def told(case: Case, papers: Iterable[dict[str, Any]], originals: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Case, parties and agreement; the papers and originals as they were bound. How a protected party is reached stays out."""
    agreement = current_agreement(case.id)
    return {
        "case": _case(case),
        "parties": [_party(party) for party in parties_of(case)],
        "agreement": _agreement(agreement, case) if agreement else None,
        "papers": list(papers),
        "originals": list(originals),
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "code": case.code,
        "number": case.number,
        "title": case.title,
        "summary": case.summary,
        "claims": case.claims,
        "kind": case.kind,
        "kind_name": codes.name("kinds", case.kind, "zh"),
        "source": case.source,
        "source_name": codes.name("sources", case.source, "zh"),
        "amount": plain(case.amount),
        "place": case.place,
        "happened_on": plain(case.happened_on),
        "people": case.people_count,
        "level": case.level,
        "risk": case.risk,
        "status": case.status,
        "status_name": codes.name("statuses", case.status, "zh"),
        "outcome": case.outcome,
        "outcome_name": codes.name("outcomes", case.outcome, "zh"),
        "registered_at": plain(case.registered_at),
        "accepted_at": plain(case.accepted_at),
        "closed_at": plain(case.closed_at),
        "mediator": case.mediator.name if case.mediator else None,
        "agency": _agency(case.agency),
        "committee": _agency(case.committee) if case.committee else None,
        "release": case.release_hash,
    }


def _agency(agency: Agency) -> dict[str, Any]:
    return {
        "key": agency.key, "name": agency.name, "name_en": agency.name_en, "kind": agency.kind, "short_name": agency.short_name,
        "region": agency.region, "phone": agency.phone, "address": agency.address,
    }  # fmt: skip


def _party(party: Party) -> dict[str, Any]:
    return {
        "side": party.side,
        "kind": party.kind,
        "name": party.name,
        "sex": party.sex,
        "birth_date": plain(party.birth_date),
        "ethnicity": party.ethnicity,
        "id_number": party.id_number,
        "phone": "" if party.protected else party.phone,
        "address": "" if party.protected else party.address,
        "representatives": [
            {"kind": one.kind, "name": one.name, "relation": one.relation, "authority": one.authority}
            for one in party.representatives
        ],
    }


def _agreement(found: Agreement, case: Case) -> dict[str, Any]:
    names = {party.id: party.name for party in case.parties}
    return {
        "kind": found.kind,
        "status": found.status,
        "facts": found.facts,
        "issues": found.issues,
        "responsibility": found.responsibility,
        "terms": [sentence for _term, sentence in said(found)],
        "drafted_at": plain(found.drafted_at),
        "effective_at": plain(found.effective_at),
        "obligations": [_obligation(one, names) for one in found.obligations],
        "signatures": [
            {"who": one.who, "name": names.get(one.party_id or 0), "manner": one.manner, "on": plain(one.signed_on)}
            for one in found.signatures
        ],
    }


def _obligation(one: Obligation, names: dict[int, str]) -> dict[str, Any]:
    return {
        "debtor": names.get(one.debtor_id), "creditor": names.get(one.creditor_id or 0), "what": one.what,
        "amount": plain(one.amount), "due_on": plain(one.due_on), "status": one.status, "performed_on": plain(one.performed_on),
    }  # fmt: skip


def plain(value: Any) -> Any:
    """A value as JSON keeps it: moments local with their offset, amounts as text."""
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.2f}" if isinstance(value, Decimal) else value
