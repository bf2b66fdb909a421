"""What the pages of a roster list: members by place, searched; how many said what; elections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from mediation.cases import facts
from mediation.extensions import db
from mediation.groups import roster
from mediation.models import Case, Election, RosterMember

PAGE = 50
STATES = ("agree", "refuse", "open", "representative", "voted", "not_voted", "untold")


@dataclass(frozen=True)
class Counts:
    """The roster in numbers."""

    members: int
    representatives: int
    agree: int
    refuse: int
    open: int
    voted: int
    untold: int
    claims: Any


@dataclass(frozen=True)
class Wanted:
    """What was searched for; `after` is the place behind which the page begins."""

    text: str = ""
    state: str = ""
    after: int = 0

    @property
    def query(self) -> dict[str, str]:
        return {key: value for key, value in (("q", self.text), ("state", self.state)) if value}


def wanted_of(sent: Mapping[str, str]) -> Wanted:
    """The search of an address or a form; anything it does not know counts as nothing."""
    state, after = sent.get("state", ""), sent.get("after", "")
    return Wanted(
        sent.get("q", "").strip()[:60],
        state if state in STATES else "",
        int(after) if after.isdecimal() and len(after) < 10 else 0,
    )


def counts(case: Case) -> Counts:
    """Everything that the head of the page says, in one statement."""
    member, consent = RosterMember, RosterMember.consent
    query = select(
        func.count(), func.count().filter(member.representative), func.count().filter(consent == "agree"),
        func.count().filter(consent == "refuse"), func.count().filter(consent == "open"),
        func.count().filter(member.vote != ""), func.count().filter(consent != "agree", member.told_at.is_(None)),
        func.sum(member.claim),
    ).where(member.case_id == case.id)  # fmt: skip
    return Counts(*db.session.execute(query).one())


def found(case: Case, wanted: Wanted) -> Select[tuple[RosterMember]]:
    """The members that the search finds. Unordered."""
    query = select(RosterMember).where(RosterMember.case_id == case.id)
    if wanted.text:
        query = query.where(_matches(wanted.text))
    states = {
        "representative": RosterMember.representative, "voted": RosterMember.vote != "",
        "not_voted": RosterMember.vote == "", "untold": (RosterMember.consent != "agree") & RosterMember.told_at.is_(None),
    }  # fmt: skip
    if wanted.state:
        query = query.where(states.get(wanted.state, RosterMember.consent == wanted.state))
    return query


def _matches(text: str) -> Any:
    """Part of a name or unit, a whole identity number, the end of a telephone number."""
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    ways = [
        RosterMember.name.ilike(like, escape="\\"), RosterMember.unit.ilike(like, escape="\\"),
        RosterMember.id_number_hash == roster.hash_of(text),
    ]  # fmt: skip
    digits = facts.digits(text)
    if len(digits) >= 4 and digits == text:
        ways.append(RosterMember.phone.like(f"%{digits}"))
    return or_(*ways)


def page(case: Case, wanted: Wanted) -> tuple[list[RosterMember], int | None]:
    """One page of members by their place, with the signed sheet of each; and behind which place the next one begins."""
    query = found(case, wanted).where(RosterMember.ordinal > wanted.after).options(joinedload(RosterMember.proof))
    rows = list(db.session.scalars(query.order_by(RosterMember.ordinal, RosterMember.id).limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1].ordinal if len(rows) > PAGE else None


def all_of(case: Case, consent: str | None = None) -> list[RosterMember]:
    """Every member by place, or those who answered so."""
    query = select(RosterMember).where(RosterMember.case_id == case.id)
    if consent is not None:
        query = query.where(RosterMember.consent == consent)
    return list(
        db.session.scalars(
            query.options(undefer(RosterMember.id_number)).order_by(RosterMember.ordinal, RosterMember.id)
        )
    )


def ids_of(case: Case, wanted: Wanted) -> list[int]:
    """All that the search finds, not only the page."""
    return list(db.session.scalars(found(case, wanted).with_only_columns(RosterMember.id)))


def elections(case: Case) -> list[Election]:
    """How the group decided, the last first."""
    query = select(Election).where(Election.case_id == case.id).options(joinedload(Election.by))
    return list(db.session.scalars(query.order_by(Election.id.desc())))


def by_ordinals(case: Case, ordinals: set[int]) -> dict[int, RosterMember]:
    query = select(RosterMember).where(RosterMember.case_id == case.id, RosterMember.ordinal.in_(ordinals))
    return {member.ordinal: member for member in db.session.scalars(query.order_by(RosterMember.id))}
