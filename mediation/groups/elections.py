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
    """A member who stood, with the votes and whether he or she was elected; `line` is the one on the form."""

    member: RosterMember
    votes: int
    elected: bool
    line: int = 0


def elect(
    case: Case, held_on: date | None, present: int, candidates: Sequence[Candidate], minutes: str, *, by: User
) -> Election:
    """Record an election; who was elected speaks for the group from now on. Raises AnswersRefused with the fields."""
    errors = day_errors(held_on) | _count_errors(case, present, candidates)
    if errors:
        raise AnswersRefused(errors)
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


def day_errors(held_on: date | None) -> dict[str, str]:
    """What is wrong with the day of an election or vote."""
    if held_on is None:
        return {"held_on": _("Please give the day as year, month and day.")}
    return {"held_on": _("This day is still to come.")} if held_on > clock.today() else {}


def _count_errors(case: Case, present: int, candidates: Sequence[Candidate]) -> dict[str, str]:
    """Each at the field that is wrong; votes are only measured against a number of voters that can be."""
    members = members_of(case)
    if not 1 <= present <= members:
        return {"present": _("From 1 to %(members)s members can have voted.", members=members)}
    return _twice(candidates) or _too_many_votes(present, candidates) or _who_was_elected(candidates)


def _twice(candidates: Sequence[Candidate]) -> dict[str, str]:
    first = {one.member.id: one for one in reversed(candidates)}
    again = [one for one in candidates if first[one.member.id] is not one]
    return {f"candidate-{one.line}": _("A candidate is named twice.") for one in again}


def _too_many_votes(present: int, candidates: Sequence[Candidate]) -> dict[str, str]:
    told = _("There are more votes than members who voted can have given.")
    errors = {f"votes-{one.line}": told for one in candidates if one.votes > present}
    return errors or ({"candidates": told} if sum(one.votes for one in candidates) > present * MOST else {})


def _who_was_elected(candidates: Sequence[Candidate]) -> dict[str, str]:
    elected = [one for one in candidates if one.elected]
    if not FEWEST <= len(elected) <= MOST:
        told = _("Two to five representatives are elected, not %(number)s (Interpretation of the Civil Procedure Law, art. 78).",
                 number=len(elected))  # fmt: skip
        return {"candidates": told}
    lowest = min(one.votes for one in elected)
    told = _("Somebody who was not elected has more votes than somebody who was.")
    return {f"votes-{one.line}": told for one in candidates if one.votes > lowest and not one.elected}


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


def close_vote(case: Case, matter: str, held_on: date | None, special: bool, minutes: str, *, by: User) -> Election:
    """Keep the count of the owners' vote, passed or not. Raises AnswersRefused when it cannot be counted by area."""
    errors = _matter_errors(case, matter) | day_errors(held_on)
    if errors:
        raise AnswersRefused(errors)
    counted = tally(case, special=special)
    row = Election(
        case_id=case.id, kind="owners", matter=matter[:200], special=special, held_on=held_on, present=counted.voting_heads,
        count=counted.as_json(), passed=counted.passed, minutes=minutes, by_id=by.id, at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    journal.record("owners-voted", case_id=case.id, by=by, details={"passed": row.passed})
    return row


def _matter_errors(case: Case, matter: str) -> dict[str, str]:
    if not matter:
        return {"matter": _("Write what was voted on.")}
    without = select(func.count()).where(RosterMember.case_id == case.id, RosterMember.area.is_(None))
    missing = db.session.scalar(without) or 0
    told = _("Of %(number)s members the area is missing: the vote is counted by area, too.", number=missing)
    return {"matter": told} if missing else {}
