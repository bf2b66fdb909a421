"""What papers are made of: the registry of their builders, and the pieces that many kinds share.

Only what a paper of its kind says is taken from the tables: a wall on the way out, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from mediation import clock, codes
from mediation.case_view import MEDIATION_CLOCKS, current_agreement, said
from mediation.extensions import db
from mediation.models import Agency, Agreement, Case, Deadline, Invitation, Party, Statement, Visit


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
# Kinds that are not always due: what tells whether there is anything to say.
OCCASIONS: dict[str, Callable[[Occasion], Any]] = {}


def builds(kind: str, *, when: Callable[[Occasion], Any] | None = None) -> Callable[[Builder], Builder]:
    """Register the builder of a kind; `when` answers false where the tables have nothing for such a paper."""

    def register(builder: Builder) -> Builder:
        BUILDERS[kind] = builder
        if when is not None:
            OCCASIONS[kind] = when
        return builder

    return register


def is_due(kind: str, occasion: Occasion) -> bool:
    """Whether there is anything to say on a paper of the kind: a list of evidence without evidence is not issued."""
    return kind not in OCCASIONS or bool(OCCASIONS[kind](occasion))


def build(kind: str, occasion: Occasion) -> dict[str, Any]:
    """The facts of one paper, without what is empty; what the caller gives wins over what the tables say."""
    facts = {**BUILDERS[kind](occasion), **occasion.given}
    return {key: value for key, value in facts.items() if value not in (None, "", [], {})}


def body_of(case: Case) -> dict[str, Any]:
    """The body that mediates: the committee once one is appointed, the centre before."""
    return agency_facts(case.committee or case.agency)


def agency_facts(agency: Agency) -> dict[str, Any]:
    return full({"name": agency.name, "address": agency.address, "phone": agency.phone})


def contact_of(case: Case) -> dict[str, Any]:
    agency = case.agency
    return full({"name": case.mediator.name if case.mediator else "", "phone": agency.phone, "address": agency.address})


def party_facts(party: Party, *, contact: bool = False) -> dict[str, Any]:
    """A party as papers name it. Contact data only on papers that the other side does not get, never when protected."""
    guardian = next((who for who in party.representatives if who.kind == "guardian"), None)
    agents = [
        full({"name": who.name, "authority": powers_of(who.authority)[:60], "relation": who.relation})
        for who in party.representatives
        if who.kind == "agent"
    ]
    legal = next((who.name for who in party.representatives if who.kind == "legal_representative"), "")
    number = party.id_number or ""
    return full(
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
            "guardian": full({"name": guardian.name, "relation": guardian.relation}) if guardian else None,
            "agents": agents,
        }
    )


# The boxes of the registration form, as papers say them; what was typed in words stays as it is.
POWERS = {
    "apply": "申请、终止调解", "evidence": "提交证据", "mediator": "选定调解员", "settle": "承认、放弃、变更请求",
    "sign": "签署文书", "collect": "代收文书、款项", "other": "其他",
}  # fmt: skip


def powers_of(authority: str) -> str:
    """``"apply、sign"`` -> ``"申请、终止调解；签署文书"``."""
    return "；".join(POWERS.get(one, one) for one in authority.split("、")) if authority else ""


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


def full(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value not in (None, "", [], {})}


def number_of(case: Case) -> str:
    return case.display_number


def today() -> str:
    return clock.today().isoformat()


def mediation_until(case: Case) -> str | None:
    query = select(Deadline).where(
        Deadline.case_id == case.id, Deadline.clock.in_(MEDIATION_CLOCKS), Deadline.status == "running"
    )
    found = db.session.scalar(query.order_by(Deadline.due_at.desc()).limit(1))
    return iso(clock.day_of_deadline(found.due_at)) if found else None


def head(occasion: Occasion) -> dict[str, Any]:
    """What nearly every paper begins with."""
    case = occasion.case
    return {"body": body_of(case), "number": number_of(case), "matter": case.title[:120]}


def letter(occasion: Occasion) -> dict[str, Any]:
    assert occasion.party is not None, "this kind is addressed to one party"
    return {**head(occasion), "date": today(), "addressee": occasion.party.name, "contact": contact_of(occasion.case)}


def terms_of(found: Agreement) -> list[dict[str, Any]]:
    """Every term as one sentence, its sum in figures and words in it."""
    return [{"text": sentence} for _term, sentence in said(found)]


def agreement_in_short(case: Case, found: Agreement) -> dict[str, Any]:
    return full(
        {
            "number": number_of(case),
            "made_on": iso(clock.local(found.drafted_at).date()),
            "effective_on": iso(clock.local(found.effective_at).date()) if found.effective_at else None,
            "body": body_of(case)["name"][:60],
        }
    )


def agreement_of(occasion: Occasion) -> Agreement:
    """The agreement that the paper is about; without one named, the one that counts."""
    if occasion.subject.startswith("agreement:"):
        return db.session.get_one(Agreement, occasion.subject_id)
    latest = select(Agreement).where(Agreement.case_id == occasion.case.id).order_by(Agreement.id.desc()).limit(1)
    return current_agreement(occasion.case.id) or db.session.scalars(latest).one()


def about(occasion: Occasion, model: Any) -> Any:
    """The row that the paper is about, or the case's latest of its kind."""
    query = select(model).where(model.case_id == occasion.case.id)
    if occasion.subject_id is not None:
        query = query.where(model.id == occasion.subject_id)
    if model is Visit:
        query = query.where(Visit.status == "done")
    if model is Statement:
        query = query.where(Statement.kind == "enquiry")
    return db.session.scalars(query.order_by(model.id.desc()).limit(1)).one()


def interpreter_of(invitation: Invitation) -> str:
    """An interpreter as a paper names one: with the language."""
    return f"{invitation.name}（{codes.name('interpreters', invitation.note, 'zh')}翻译）"
