"""How a group decides who speaks for it: representatives (民诉法 56, 解释 78) or a vote of owners (民法典 278), counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from mediation import clock, journal
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Case, Election, RosterMember, User

FEWEST, MOST = 2, 5  # 民诉法解释 78


@dataclass(frozen=True)
class Candidate:
    """A member who stood, with the votes and whether he or she was elected."""

    member: RosterMember
    votes: int
    elected: bool


def elect(
    case: Case, held_on: date, present: int, candidates: Sequence[Candidate], minutes: str, *, by: User
) -> Election:
    """Record an election; who was elected speaks for the group from now on. Raises AnswersRefused with the field."""
    _refuse_election(case, held_on, present, candidates)
    chosen = [one.member.id for one in candidates if one.elected]
    own = update(RosterMember).where(RosterMember.case_id == case.id)
    db.session.execute(own.values(representative=False))
    db.session.execute(own.where(RosterMember.id.in_(chosen)).values(representative=True))
    told = [
        {"ordinal": one.member.ordinal, "name": one.member.name, "votes": one.votes, "elected": one.elected}
        for one in sorted(candidates, key=lambda one: (-one.votes, one.member.ordinal))
    ]  # fmt: skip
    row = Election(
        case_id=case.id, kind="representatives", held_on=held_on, present=present, count={"candidates": told}, passed=True,
        minutes=minutes, by_id=by.id, at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    journal.record(
        "representatives-elected", case_id=case.id, by=by, details={"elected": len(chosen), "present": present}
    )
    return row


def _refuse_election(case: Case, held_on: date, present: int, candidates: Sequence[Candidate]) -> None:
    elected = [one for one in candidates if one.elected]
    members = members_of(case)
    if held_on > clock.today():
        raise AnswersRefused({"held_on": _("This day is still to come.")})
    if not FEWEST <= len(elected) <= MOST:
        told = _("Two to five representatives are elected, not %(number)s (Interpretation of the Civil Procedure Law, art. 78).",
                 number=len(elected))  # fmt: skip
        raise AnswersRefused({"candidates": told})
    if len({one.member.id for one in candidates}) < len(candidates):
        raise AnswersRefused({"candidates": _("A candidate is named twice.")})
    if not 1 <= present <= members:
        raise AnswersRefused({"present": _("From 1 to %(members)s members can have voted.", members=members)})
    if any(one.votes > present for one in candidates) or sum(one.votes for one in candidates) > present * MOST:
        raise AnswersRefused({"candidates": _("There are more votes than members who voted can have given.")})
    lowest = min(one.votes for one in elected)
    if any(one.votes > lowest for one in candidates if not one.elected):
        raise AnswersRefused({"candidates": _("Somebody who was not elected has more votes than somebody who was.")})


def members_of(case: Case) -> int:
    return db.session.scalar(select(func.count()).where(RosterMember.case_id == case.id)) or 0


# --- the owners' vote -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """The vote of owners in heads and square metres, and what the law asks of it (民法典 278)."""

    heads: int
    area: Decimal
    voting_heads: int
    voting_area: Decimal
    for_heads: int
    for_area: Decimal
    special: bool

    @property
    def quorum(self) -> bool:
        """Two thirds of the area and of the heads take part."""
        return self.heads > 0 and self.voting_heads * 3 >= self.heads * 2 and self.voting_area * 3 >= self.area * 2

    @property
    def majority(self) -> bool:
        """Among those who take part: more than half of area and heads, in grave matters three quarters of both."""
        if self.special:
            return self.for_heads * 4 >= self.voting_heads * 3 and self.for_area * 4 >= self.voting_area * 3
        return self.for_heads * 2 > self.voting_heads and self.for_area * 2 > self.voting_area

    @property
    def passed(self) -> bool:
        return self.quorum and self.majority

    def lines(self) -> list[tuple[str, str, bool]]:
        """The arithmetic: what is asked, the sum, whether it holds."""
        part, wanted = "2/3", "3/4" if self.special else "1/2"
        reached = _("at least %(part)s", part=part)
        more = _("at least %(part)s", part=wanted) if self.special else _("more than %(part)s", part=wanted)
        return [
            (_("Taking part, by head: %(asked)s", asked=reached), _share(self.voting_heads, self.heads),
             self.voting_heads * 3 >= self.heads * 2 and self.heads > 0),
            (_("Taking part, by area: %(asked)s", asked=reached), _share(self.voting_area, self.area),
             self.voting_area * 3 >= self.area * 2 and self.heads > 0),
            (_("In favour, by head: %(asked)s", asked=more), _share(self.for_heads, self.voting_heads),
             self._enough(self.for_heads, self.voting_heads)),
            (_("In favour, by area: %(asked)s", asked=more), _share(self.for_area, self.voting_area),
             self._enough(self.for_area, self.voting_area)),
        ]  # fmt: skip

    def _enough(self, part: Decimal | int, whole: Decimal | int) -> bool:
        return part * 4 >= whole * 3 and whole > 0 if self.special else part * 2 > whole

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the election: decimals as text."""
        return {key: str(value) if isinstance(value, Decimal) else value for key, value in vars(self).items()}


def tally_of(count: dict[str, Any]) -> Tally:
    """The tally that an election keeps."""
    return Tally(**{key: Decimal(value) if key.endswith("area") else value for key, value in count.items()})


def _share(part: Decimal | int, whole: Decimal | int) -> str:
    percent = f"{Decimal(part) * 100 / Decimal(whole):.2f}%" if whole else "—"
    return f"{_shown(part)} ÷ {_shown(whole)} = {percent}"


def _shown(value: Decimal | int) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def tally(case: Case, *, special: bool) -> Tally:
    """Count what the members voted, in one statement."""
    took, yes = RosterMember.vote != "", RosterMember.vote == "for"
    area = RosterMember.area
    query = select(
        func.count(), func.sum(area), func.count().filter(took), func.sum(area).filter(took), func.count().filter(yes),
        func.sum(area).filter(yes),
    ).where(RosterMember.case_id == case.id)  # fmt: skip
    heads, whole, voting, voting_area, favour, favour_area = db.session.execute(query).one()
    none = Decimal("0.00")
    return Tally(heads, whole or none, voting, voting_area or none, favour, favour_area or none, special)


def close_vote(case: Case, matter: str, held_on: date, special: bool, minutes: str, *, by: User) -> Election:
    """Keep the count of the owners' vote, passed or not. Raises AnswersRefused when it cannot be counted by area."""
    if not matter:
        raise AnswersRefused({"matter": _("Write what was voted on.")})
    if held_on > clock.today():
        raise AnswersRefused({"held_on": _("This day is still to come.")})
    without = select(func.count()).where(RosterMember.case_id == case.id, RosterMember.area.is_(None))
    missing = db.session.scalar(without) or 0
    if missing:
        raise AnswersRefused(
            {
                "matter": _(
                    "Of %(number)s members the area is missing: the vote is counted by area, too.", number=missing
                )
            }
        )
    counted = tally(case, special=special)
    row = Election(
        case_id=case.id, kind="owners", matter=matter[:200], special=special, held_on=held_on, present=counted.voting_heads,
        count=counted.as_json(), passed=counted.passed, minutes=minutes, by_id=by.id, at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    journal.record("owners-voted", case_id=case.id, by=by, details={"passed": row.passed})
    return row
