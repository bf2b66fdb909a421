"""What people do beside a form before they hand it in: a roster is imported, representatives elected, consents taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any

from mediation import access, clock
from mediation.case_view import kept_apart
from mediation.cases import ties
from mediation.cases.justice_bindings import PASSING, SCORED
from mediation.cases.operations import add_party
from mediation.cases.options import mediators_for
from mediation.extensions import db
from mediation.groups import elections, queries, roster
from mediation.meetings.bindings import latest_meeting
from mediation.models import Case, Task, User
from mediation.papers.pieces import parties_of
from mediation.referrals.operations import returned_before
from mediation.simulation import residents

# (task, who has it, chance) -> answers that the person now gives.
Preparation = Callable[[Task, User, Random], Mapping[str, Any]]


def prepare(task: Task, user: User, rng: Random) -> Mapping[str, Any]:
    """Do what the step asks for elsewhere in the program; returns the answers that follow from it."""
    return PREPARATIONS.get(task.bind or f"{task.process_key}.{task.element_id}", _nothing)(task, user, rng)


def _nothing(_task: Task, _user: User, _rng: Random) -> Mapping[str, Any]:
    return {}


def _roster(task: Task, user: User, rng: Random) -> Mapping[str, Any]:
    if not queries.counts(task.case).members:
        rows = [_row(number, rng) for number in range(rng.randint(10, 40))]
        roster.take_in(task.case, rows, by=user)
    return {"complete": True}


def _row(number: int, rng: Random) -> dict[str, str]:
    return {
        "name": residents.person(rng), "id_number": _identity(rng, number), "phone": f"139{rng.randrange(10**8):08d}",
        "unit": f"{rng.randint(1, 9)} 栋 {rng.randint(101, 909)}", "area": str(rng.randint(20, 140)),
        "claim": str(rng.randint(1000, 60000)), "note": "",
    }  # fmt: skip


def _identity(rng: Random, number: int) -> str:
    """A made-up identity number whose last place is right (GB 11643)."""
    first = f"150203{rng.randint(1950, 2004)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(one) * by for one, by in zip(first, weights, strict=True)) % 11]


def _representation(task: Task, user: User, rng: Random) -> Mapping[str, Any]:
    members = queries.all_of(task.case)
    if len(members) < elections.FEWEST or rng.random() < 0.15:
        return {"way": "none", "reason": "推选会到会人数不足，成员自行参加"}
    chosen = rng.sample(members, min(3, len(members)))
    stood = [elections.Candidate(one, len(members) - place, True) for place, one in enumerate(chosen)]
    elections.elect(task.case, clock.today(), len(members), stood, "现场投票，当场唱票", by=user)
    return {"way": "representatives"}


def _consents(task: Task, user: User, rng: Random) -> Mapping[str, Any]:
    asked = {"agree": [], "refuse": []}  # type: dict[str, list[int]]
    for one in queries.all_of(task.case, "open"):
        drawn = rng.random()
        if drawn < 0.97:
            asked["agree" if drawn < 0.85 else "refuse"].append(one.id)
    for consent, ids in asked.items():
        roster.record_consent(task.case, ids, consent, clock.today(), None, by=user)
    return {"closing": "silent" if queries.counts(task.case).open else "all"}


def _referral(task: Task, _user: User, _rng: Random) -> Mapping[str, Any]:
    """What came back is sent again with something new in it."""
    if returned_before(task) is None:
        return {}
    return {"reason": f"经补充核实，仍属贵单位职责范围，附补充说明（{clock.today()}）。"}


def _protection(_task: Task, _user: User, rng: Random) -> Mapping[str, Any]:
    """A protection order holds for months, six at the most (反家庭暴力法 30); one of days would be renewed without end."""
    return {"until": clock.today() + timedelta(days=rng.randint(90, 180))}


def _appointment(task: Task, _user: User, rng: Random) -> Mapping[str, Any]:
    """The committee's own mediators take turns, since one alone has no free hour left after a few hundred disputes; who is
    tied to the case is passed over."""
    tied = ties.tied_people(task.case)
    offered = [user for user in db.session.scalars(mediators_for(task.case)) if user.id not in tied]
    own = [user for user in offered if task.case.committee_id in {held.agency_id for held in user.memberships}]
    return {"mediator": rng.choice(own or offered).login} if offered else {}


def _meeting(task: Task, _user: User, _rng: Random) -> Mapping[str, Any]:
    """Where violence was told of after the invitation, the sides are invited anew, each by itself (反家庭暴力法 5)."""
    called = latest_meeting(task.case_id, "invited", "held")
    if called is None or called.facts.get("separate") or not kept_apart(task.case):
        return {}
    return {"result": "postponed", "reason": "涉及家庭暴力，改为分别进行"}


def _review(_task: Task, _user: User, rng: Random) -> Mapping[str, Any]:
    """Most files are in order; where one part is weak the fault is named and corrected within ten days."""
    scores = {key: rng.randint(PASSING, 10) for key in SCORED}
    if rng.random() < 0.7:
        return {**scores, "grade": "good", "findings": []}
    scores["filing"] = rng.randint(3, PASSING - 1)
    fault = {"part": "归档和卷内目录", "fault": "卷内目录缺页次"}
    return {**scores, "grade": "correct", "findings": [fault], "correct_by": clock.today() + timedelta(days=10)}


def _new_dispute(task: Task, user: User, _rng: Random) -> Mapping[str, Any]:
    """The dispute that came of this one was registered at the window before."""
    others = access.visible_cases(user).where(Case.id != task.case_id).order_by(Case.id.desc()).limit(1)
    newest = db.session.scalars(others).first()
    return {"number": newest.code} if newest else {}


def _somebody_named(task: Task, _user: User, rng: Random) -> Mapping[str, Any]:
    """What the grid or the police told of names nobody yet: whoever applies is registered first."""
    if not parties_of(task.case):
        add_party(task.case, {"name": residents.person(rng), "side": "applicant", "kind": "person"})
        db.session.flush()
    return {}


# By what a form fills, or by the step of a flow.
PREPARATIONS: dict[str, Preparation] = {
    "appointment": _appointment,
    "appraisal.commission": _somebody_named,
    "attendance": _meeting,
    "file-review": _review,
    "protection_order.apply": _somebody_named,
    "protection_order.rule": _protection,
    "referral": _referral,
    "reopened-new": _new_dispute,
    "roster-ready": _roster,
    "roster-representation": _representation,
    "roster-consents": _consents,
    "subsidy-sheet": _somebody_named,
}
