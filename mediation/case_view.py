"""The read-only `case` that expressions in flows see: made from the tables, part by part, only as far as one asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import func, select

from documents.agreement import terms
from documents.agreement.terms import Term
from mediation import clock
from mediation.extensions import db
from mediation.models import (
    AgencyOpinion,
    Agreement,
    Case,
    Confirmation,
    Deadline,
    Election,
    JointTask,
    Meeting,
    Obligation,
    Party,
    RosterMember,
    Visit,
)

# What lint knows of `case`: name -> FEEL type, or a context of them.
CASE_SCHEMA: dict[str, Any] = {
    "code": "string", "number": "string", "kind": "string", "statistics_kind": "string", "source": "string",
    "level": "string", "risk": "string", "amount": "number", "registered_on": "date", "accepted_on": "date",
    "agency": "string", "committee": "string", "court": "string", "mediator": "string", "status": "string",
    "route": "string", "wet_ink_only": "boolean", "domestic_violence": "boolean", "minors": "boolean",
    "parties": "number", "organisations": "number", "consents_given": "number", "consents_refused": "number", "consents_open": "number",
    "guardians_missing": "number", "written_requested": "boolean", "commercial": "boolean",
    "agreement": {
        "kind": "string", "status": "string", "effective_on": "date", "confirmable": "boolean", "money": "boolean",
        "status_terms": "boolean", "instalments": "number", "amount": "number", "immediate": "boolean",
        "signatures_open": "number",
    },
    "confirmation": {"status": "string", "due_on": "date"},
    "obligations_open": "number", "obligations_overdue": "number", "next_due": "date", "visits_planned": "number",
    "visits_open": "number", "next_visit": "date", "mediation_due": "date", "extensions": "number",
    "extension_consents": "number", "meetings_held": "number", "next_meeting": "date and time", "ended_by": "string",
    "escalated": "boolean", "origin": "string", "reporter": "string",
    "roster": {
        "members": "number", "representatives": "number", "consented": "number", "refused": "number", "open": "number",
        "vote_passed": "boolean",
    },
    "joint": {
        "asked": "number", "must_open": "number", "tasks": "number", "tasks_open": "number", "next_meeting": "date and time",
    },
}  # fmt: skip

ADULT_AT = 18
# The clocks in decisions/clocks.dmn that limit mediation itself, each regime its own.
MEDIATION_CLOCKS = (
    "peoples-mediation", "medical", "labour", "court-before-filing", "court-after-filing", "court-after-filing-summary",
)  # fmt: skip


class CaseView(Mapping[str, Any]):
    """`case`, lazily: a name is computed when an expression reads it, and then kept for the step."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            if name not in CASE_SCHEMA:
                raise KeyError(name)
            reader = _READERS.get(name)
            self._known[name] = reader(self) if reader else _plain(self._case, name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(CASE_SCHEMA)

    def __len__(self) -> int:
        return len(CASE_SCHEMA)

    @cached_property
    def parties(self) -> list[Party]:
        query = select(Party).where(Party.case_id == self._case.id, Party.withdrawn_at.is_(None)).order_by(Party.id)
        return list(db.session.scalars(query))

    @cached_property
    def obligations(self) -> list[Obligation]:
        agreement = self.agreement
        return list(agreement.obligations) if agreement else []

    @cached_property
    def agreement(self) -> Agreement | None:
        return current_agreement(self._case.id)

    @cached_property
    def visits(self) -> list[Visit]:
        query = select(Visit).where(Visit.case_id == self._case.id).order_by(Visit.due_on, Visit.id)
        return list(db.session.scalars(query))


def current_agreement(case_id: int) -> Agreement | None:
    """The agreement that counts: the newest that no other has replaced."""
    query = select(Agreement).where(Agreement.case_id == case_id, Agreement.status != "superseded")
    return db.session.scalar(query.order_by(Agreement.id.desc()).limit(1))


def terms_of(agreement: Agreement) -> list[Term]:
    """The terms as they are kept, each with its account, which lies encrypted beside them."""
    accounts = agreement.accounts or {}
    rows = enumerate(agreement.terms, start=1)
    return [terms.read({**row, "account": accounts.get(str(number), "")}) for number, row in rows]


def said(agreement: Agreement) -> list[tuple[Term, str]]:
    """Every term with its sentence, in the parties' names of today."""
    names = names_in(agreement.case_id)
    return [(term, terms.sentence(term, names)) for term in terms_of(agreement)]


def names_in(case_id: int) -> dict[str, str]:
    """Key -> name of everybody who is or was a party of the case."""
    rows = db.session.execute(select(Party.id, Party.name).where(Party.case_id == case_id))
    return {str(key): name for key, name in rows}


def current_confirmation(case_id: int) -> Confirmation | None:
    query = select(Confirmation).where(Confirmation.case_id == case_id)
    return db.session.scalar(query.order_by(Confirmation.id.desc()).limit(1))


def is_minor(party: Party) -> bool:
    """Under eighteen today (民法典 17-20)."""
    return is_younger(party, ADULT_AT)


def is_younger(party: Party, years: int) -> bool:
    """Known to be under so many years today."""
    born, today = party.birth_date, clock.today()
    return born is not None and (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < years


def kept_apart(case: Case) -> bool:
    """Domestic violence, or somebody whose whereabouts are kept secret: the sides never sit in one room (反家庭暴力法 5)."""
    return case.domestic_violence or any(party.protected for party in case.parties if party.withdrawn_at is None)


def lacks_guardian(party: Party) -> bool:
    """A minor for whom nobody acts: such a party cannot sign (民法典 19-23)."""
    return is_minor(party) and not any(who.kind == "guardian" for who in party.representatives)


def _plain(case: Case, name: str) -> Any:
    value = getattr(case, name)
    return None if value == "" else value


def _agreement_facts(view: CaseView) -> dict[str, Any] | None:
    found = view.agreement
    if found is None:
        return None
    money = [owed for owed in found.obligations if owed.amount is not None]
    return {
        "kind": found.kind,
        "status": found.status,
        "effective_on": clock.local(found.effective_at).date() if found.effective_at else None,
        "confirmable": found.kind == "written" and is_confirmable(found),
        "money": bool(money),
        "status_terms": found.status_terms,
        "instalments": len(found.obligations),
        "amount": sum((owed.amount or Decimal(0) for owed in money), Decimal(0)) if money else found.amount,
        "immediate": found.immediate,
        "signatures_open": sum(1 for signature in found.signatures if signature.signed_on is None),
    }


def is_confirmable(agreement: Agreement) -> bool:
    """Whether anything is left for the court once status and title are taken out (民诉法解释 355)."""
    return any(not terms.obstacle(term) for term in terms_of(agreement))


def _confirmation_facts(view: CaseView) -> dict[str, Any] | None:
    found = current_confirmation(view._case.id)
    return {"status": found.status, "due_on": found.due_on} if found else None


def _counts(consent: str) -> Callable[[CaseView], int]:
    return lambda view: sum(1 for party in view.parties if party.consent == consent)


def _open(view: CaseView) -> list[Obligation]:
    """What is still to be done here: rows not yet due, and those in default with which nobody has gone to the court."""
    return [owed for owed in view.obligations if owed.status in ("open", "defaulted")]


def _next_due(view: CaseView) -> date | None:
    """The day on which the flow looks next. A row in default that nobody promised for is looked at today: where several
    were late together, the others are urged after the first."""
    today = clock.today()
    return min((owed.awaited_on(today) or today for owed in _open(view)), default=None)


def _mediation_due(view: CaseView) -> Any:
    # One that has run out still counts until it is stopped: the flow asks whether the month is over.
    # While it pauses its end is not known.
    query = select(Deadline.due_at).where(
        Deadline.case_id == view._case.id, Deadline.clock.in_(MEDIATION_CLOCKS), Deadline.stopped_at.is_(None),
        Deadline.status != "paused",
    )  # fmt: skip
    due_at = db.session.scalar(query.order_by(Deadline.due_at.desc()).limit(1))
    return clock.day_of_deadline(due_at) if due_at else None


def _meetings_held(view: CaseView) -> int:
    query = select(func.count()).where(
        Meeting.case_id == view._case.id, Meeting.kind == "mediation", Meeting.status.in_(("held", "adjourned"))
    )
    return db.session.scalar(query) or 0


def _next_meeting(view: CaseView) -> Any:
    query = select(Meeting.starts_at).where(
        Meeting.case_id == view._case.id, Meeting.kind == "mediation", Meeting.status == "invited"
    )
    return db.session.scalar(query.order_by(Meeting.id.desc()).limit(1))


def _roster_facts(view: CaseView) -> dict[str, Any]:
    """The group of a dispute of many in numbers; without a roster all of them are zero."""
    own, one = RosterMember.case_id == view._case.id, RosterMember
    counts = select(
        func.count(), func.count().filter(one.representative), func.count().filter(one.consent == "agree"),
        func.count().filter(one.consent == "refuse"), func.count().filter(one.consent == "open"),
    ).where(own)  # fmt: skip
    members, representatives, consented, refused, waiting = db.session.execute(counts).one()
    vote = select(Election.passed).where(Election.case_id == view._case.id, Election.kind == "owners")
    return {
        "members": members, "representatives": representatives, "consented": consented, "refused": refused,
        "open": waiting, "vote_passed": bool(db.session.scalar(vote.order_by(Election.id.desc()).limit(1))),
    }  # fmt: skip


def _joint_facts(view: CaseView) -> dict[str, Any]:
    """What agencies were asked last before a joint meeting, and what they took on at the last one."""
    case_id, asked = view._case.id, AgencyOpinion
    last = select(func.max(asked.round)).where(asked.case_id == case_id).scalar_subquery()
    open_ = asked.given_at.is_(None)
    opinions = select(func.count(), func.count().filter(open_, asked.must)).where(
        asked.case_id == case_id, asked.round == last
    )
    meeting = select(func.max(JointTask.meeting_id)).where(JointTask.case_id == case_id).scalar_subquery()
    tasks = select(func.count(), func.count().filter(JointTask.answered_at.is_(None))).where(
        JointTask.case_id == case_id, JointTask.meeting_id == meeting, JointTask.withdrawn.is_(False)
    )
    (given, must_open), (taken, tasks_open) = db.session.execute(opinions).one(), db.session.execute(tasks).one()
    next_ = select(Meeting.starts_at).where(Meeting.case_id == case_id, Meeting.kind == "joint", Meeting.status == "invited")
    return {
        "asked": given, "must_open": must_open, "tasks": taken, "tasks_open": tasks_open,
        "next_meeting": db.session.scalar(next_.order_by(Meeting.id.desc()).limit(1)),
    }  # fmt: skip


def _planned(view: CaseView) -> list[Visit]:
    return [visit for visit in view.visits if visit.status == "planned"]


_READERS: dict[str, Callable[[CaseView], Any]] = {
    "number": lambda view: view._case.display_number,
    "registered_on": lambda view: clock.local(view._case.registered_at).date(),
    "accepted_on": lambda view: clock.local(view._case.accepted_at).date() if view._case.accepted_at else None,
    "agency": lambda view: view._case.agency.key,
    "origin": lambda view: view._case.origin.key if view._case.origin else None,
    "reporter": lambda view: view._case.registered_by.login,
    "committee": lambda view: view._case.committee.key if view._case.committee else None,
    "court": lambda view: view._case.court.key if view._case.court else None,
    "mediator": lambda view: view._case.mediator.login if view._case.mediator else None,
    "minors": lambda view: any(is_minor(party) for party in view.parties),
    "parties": lambda view: len(view.parties),
    "organisations": lambda view: sum(1 for party in view.parties if party.kind == "organisation" and party.side != "third"),
    "consents_given": _counts("agree"),
    "consents_refused": _counts("refuse"),
    "consents_open": lambda view: sum(1 for party in view.parties if party.consent in ("open", "silent")),
    "guardians_missing": lambda view: sum(1 for party in view.parties if lacks_guardian(party)),
    "agreement": _agreement_facts,
    "confirmation": _confirmation_facts,
    "obligations_open": lambda view: len(_open(view)),
    "obligations_overdue": lambda view: sum(1 for owed in _open(view) if owed.due_on < clock.today()),
    "next_due": _next_due,
    "visits_planned": lambda view: len(view.visits),
    "visits_open": lambda view: len(_planned(view)),
    "next_visit": lambda view: min((visit.due_on for visit in _planned(view)), default=None),
    "mediation_due": _mediation_due,
    "extension_consents": lambda view: len((view._case.extension or {}).get("agreed", [])),
    "meetings_held": _meetings_held,
    "next_meeting": _next_meeting,
    "ended_by": lambda view: (view._case.ending or {}).get("by"),
    "escalated": lambda view: view._case.risk in ("orange", "red"),
    "roster": _roster_facts,
    "joint": _joint_facts,
}
