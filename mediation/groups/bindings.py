"""What the forms of a group dispute look at in the roster, and how members are told what stays open to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, journal
from mediation.cases.facts import digits
from mediation.effects import AnswersRefused, Occasion, applies, effect, prefills
from mediation.extensions import db
from mediation.groups import elections, queries, roster
from mediation.models import Case, Election, Notice, RosterDraft, RosterMember, Task, User


@prefills("roster-ready")
def _state(task: Task, _user: User) -> dict[str, Any]:
    return {"state": in_words(task.case)}


def in_words(case: Case) -> str:
    """The roster in a sentence."""
    known = queries.counts(case)
    return _("%(members)s members; %(representatives)s representatives; consent: %(agree)s, refusal: %(refuse)s, no answer: %(open)s.",
             members=known.members, representatives=known.representatives, agree=known.agree, refuse=known.refuse,
             open=known.open)  # fmt: skip


@applies("roster-ready")
def _check(task: Task, _answers: Mapping[str, Any], by: User) -> None:
    if not queries.counts(task.case).members:
        raise AnswersRefused({"complete": _("The roster is empty: import it on the case's page “Group”.")})
    if db.session.get(RosterDraft, task.case_id) is not None:
        raise AnswersRefused({"complete": _("A spreadsheet waits to be corrected on the case's page “Group”.")})
    journal.record("roster-checked", case_id=task.case_id, by=by)


@prefills("roster-representation")
def _representation(task: Task, _user: User) -> dict[str, Any]:
    way = next((one for one in ("representatives", "owners") if _decided(task.case, one)), None)
    return {"state": in_words(task.case), "way": way}


@applies("roster-representation")
def _speak_for(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Two to five representatives, or a vote that has passed; else the members take part themselves."""
    way = answers["way"]
    if way == "representatives" and not _decided(task.case, way):
        raise AnswersRefused(
            {"way": _("No two to five representatives are recorded: record the election on the case's page “Group”.")}
        )
    if way == "owners" and not _decided(task.case, way):
        raise AnswersRefused({"way": _("No vote of the owners has passed: count it on the case's page “Group”.")})
    journal.record("group-represented", case_id=task.case_id, by=by, details={"way": way})


def _decided(case: Case, way: str) -> bool:
    if way == "representatives":
        return elections.FEWEST <= queries.counts(case).representatives <= elections.MOST
    last = (
        select(Election.passed)
        .where(Election.case_id == case.id, Election.kind == "owners")
        .order_by(Election.id.desc())
    )
    return bool(db.session.scalar(last.limit(1)))


@prefills("roster-consents")
def _consents(task: Task, _user: User) -> dict[str, Any]:
    return {"state": in_words(task.case), "closing": None if queries.counts(task.case).open else "all"}


@applies("roster-consents")
def _close_asking(task: Task, answers: Mapping[str, Any], by: User) -> None:
    waiting = queries.counts(task.case).open
    if answers["closing"] == "all" and waiting:
        raise AnswersRefused({"closing": _("%(number)s members have not answered yet.", number=waiting)})
    journal.record("consents-closed", case_id=task.case_id, by=by, details={"open": waiting})


# --- telling the members ----------------------------------------------------------------------------------------------


@effect("tell-members", who=("unbound", "all"), required=())
def _tell_members(occasion: Occasion, *, who: str = "unbound") -> None:
    """Members whom no settlement binds are told that they keep the way to the court (民诉法 56): by text message; who has
    no mobile number stays on the list of those to be told by hand."""
    case = occasion.case
    query = select(RosterMember).where(RosterMember.case_id == case.id, RosterMember.told_at.is_(None))
    if who == "unbound":
        query = query.where(RosterMember.consent != "agree")
    reached = [one for one in db.session.scalars(query.order_by(RosterMember.ordinal)) if _is_mobile(one.phone)]
    now = clock.now()
    db.session.add_all(
        Notice(
            case_id=case.id,
            member_id=one.id,
            channel="sms",
            template="member-routes",
            details={},
            created_at=now,
            try_after=now,
        )
        for one in reached
    )
    if reached:
        roster.mark_told(case, [one.id for one in reached], by=occasion.by)


def _is_mobile(phone: str) -> bool:
    number = digits(phone).removeprefix("86")
    return len(number) == 11 and number.startswith("1")
