"""What the steps of a studio's mediation fill: the studio, its mediator, who is invited, and what each side says to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from mediation import journal
from mediation.cases import participants, queries, studios
from mediation.cases.bindings import refuse_tied, seat
from mediation.effects import AnswersRefused, applies, prefills
from mediation.extensions import db
from mediation.models import Agency, Task, User


@prefills("studio-choice")
def _prefill_choice(task: Task, _user: User) -> dict[str, Any]:
    """The studio that suits best and why; nothing is decided."""
    found = studios.ranked(task.case)
    if not found or found[0].asked:
        told = _("Every studio was asked before.") if found else _("No studio is registered.")
        return {"why": told, "decision": "none"}
    return {"why": found[0].words(), "studio": found[0].agency.key, "decision": "assign"}


@applies("studio-choice")
def _apply_choice(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The dispatcher's decision; whoever departs from the suggestion says why."""
    found = studios.ranked(task.case)
    reason = str(answers.get("reason") or "").strip()
    suggested = found[0].agency.key if found and not found[0].asked else None
    if answers.get("decision") == "assign":
        if answers.get("studio") not in {one.agency.key for one in found}:
            raise AnswersRefused({"studio": _("Choose one from the list.")})
        if suggested and answers["studio"] != suggested and not reason:
            raise AnswersRefused({"reason": _("This differs from the suggestion: write the reason.")})
    elif suggested and not reason:
        raise AnswersRefused({"reason": _("Write the reason.")})
    told = {"decision": answers.get("decision"), "suggested": suggested or ""}
    journal.record("studio-chosen", case_id=task.case_id, by=by, subject=str(answers.get("studio") or ""), details=told)


@applies("studio-take")
def _apply_take(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Whoever takes the case up mediates it, unless a tie speaks against it (特邀调解规定 15)."""
    if answers.get("answer") != "accept":
        journal.record("studio-declined", case_id=task.case_id, by=by, subject=task.pool.agency.key)
        return
    case = task.case
    refuse_tied(case, by, "answer", accepted=False)
    case.committee = db.session.get_one(Agency, task.pool.agency_id)
    db.session.flush()
    seat(case, by, [], by)
    case.mediator_chosen_by = "committee"


@prefills("participants")
def _prefill_people(task: Task, _user: User) -> dict[str, Any]:
    rows = [
        {"role": one.role, "name": one.name, "relation": one.relation, "phone": one.phone}
        for one in participants.of_case(task.case_id)
    ]
    return {"people_wanted": "yes", "people": rows} if rows else {"people_wanted": "no"}


@applies("participants")
def _apply_people(task: Task, answers: Mapping[str, Any], by: User) -> None:
    wanted = list(answers.get("people") or ()) if answers.get("people_wanted") == "yes" else []
    if answers.get("people_wanted") == "yes" and not wanted:
        raise AnswersRefused({"people": _("Write down who is invited, or choose that nobody is.")})
    names = {party.name for party in queries.parties(task.case)}
    if any(str(row.get("name") or "").strip() in names for row in wanted):
        raise AnswersRefused({"people": _("A party comes to the table anyway; invite others.")})
    participants.invite(task.case, wanted, by=by)


@prefills("participant-consents")
def _prefill_consents(task: Task, _user: User) -> dict[str, Any]:
    """One row for each person invited and each side."""
    listed = queries.parties(task.case)
    return {"opinions": [
        {"participant": str(one.id), "party": str(party.id), "name": one.name, "side": party.name,
         "answer": one.consents.get(str(party.id)) or "open"}
        for one in participants.of_case(task.case_id) for party in listed
    ]}  # fmt: skip


@applies("participant-consents")
def _apply_consents(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """What each side said of each; who is not agreed to by all does not come to the table (人民调解法 20)."""
    people = {str(one.id): one for one in participants.of_case(task.case_id)}
    parties = {str(party.id) for party in queries.parties(task.case)}
    rows = answers.get("opinions") or []
    if {(str(row.get("participant")), str(row.get("party"))) for row in rows} != {
        (person, party) for person in people for party in parties
    }:
        raise AnswersRefused({"opinions": _("There must be one row for each person and each side.")})
    for row in rows:
        participants.answer(people[str(row["participant"])], str(row["party"]), str(row["answer"]), by=by)
