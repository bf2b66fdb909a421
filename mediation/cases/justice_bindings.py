"""What the forms between the centre, the courts, the police and the judicial office fill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, flow, journal
from mediation.case_view import is_younger
from mediation.cases import queries
from mediation.cases.bindings import mediator_called, refuse_tied, rows_of, seat
from mediation.cases.operations import last_answers, waits_for
from mediation.effects import AnswersRefused, Occasion, applies, effect, prefills
from mediation.extensions import db
from mediation.models import Agency, Case, Conflict, Meeting, Party, Task, User
from mediation.releases import definition_of
from workflows.decision import decide

# 在线调解规则 10: the case came from a court before or after it was filed.
COMMISSIONS = {"court_before_filing": "before", "court_after_filing": "ordinary"}


def choose_court(case: Case, key: Any) -> None:
    """The court that the case belongs to from now on; refused when there is none of this key."""
    court = db.session.scalar(select(Agency).where(Agency.key == str(key), Agency.kind == "court", Agency.active))
    if court is None:
        raise AnswersRefused({"court": _("There is no such court.")})
    case.court = court


# --- a mediation that a court commissions ----------------------------------------------------------------------


@applies("court-commission")
def _apply_commission(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Which court commissions; its number is kept with the step (特邀调解规定 8)."""
    choose_court(task.case, answers.get("court"))
    journal.record("court-commissioned", case_id=task.case_id, by=by, details={"commission": answers.get("commission")})


@prefills("court-commission")
def _prefill_commission(task: Task, _user: User) -> dict[str, Any]:
    case = task.case
    court = case.court.key if case.court else None
    return {"commission": COMMISSIONS.get(case.source), "court": court, "received_on": clock.today()}


@applies("court-choice")
def _apply_choice(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The mediator whom the parties chose together takes part; nobody yet when the court is to name one."""
    if answers.get("result") != "chosen":
        return
    mediator = mediator_called(task.case, answers.get("mediator"))
    refuse_tied(task.case, mediator, "mediator", False)
    seat(task.case, mediator, [], by)
    task.case.mediator_chosen_by = "parties"


@applies("court-acceptance")
def _apply_acceptance(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """A tie bars unless all sides, once told, accept; who must recuse is not named again (特邀调解规定 15)."""
    tie, accepted = answers.get("tie"), bool(answers.get("accepted_by_all"))
    if answers.get("answer") == "accept" and tie not in (None, "none") and not accepted:
        told = _("A mediator with a tie may only be appointed when both sides were told and accept it.")
        raise AnswersRefused({"accepted_by_all": told})
    if answers.get("answer") == "recuse":
        _note_recusal(task.case, by, str(answers.get("reason") or tie))


def _note_recusal(case: Case, person: User, reason: str) -> None:
    known = db.session.scalar(select(Conflict).where(Conflict.case_id == case.id, Conflict.user_id == person.id))
    row = known or Conflict(case_id=case.id, user=person, declared_by_id=person.id, declared_at=clock.now())
    row.reason, row.accepted_by_all = reason, False
    db.session.add(row)
    journal.record("conflict-declared", case_id=case.id, by=person, subject=f"user:{person.id}")


@applies("court-checks")
def _apply_checks(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Each party's identity, the warning, and the confirmed address for service (在线调解规则 17)."""
    for party, row in rows_of(task.case, answers, "checked"):
        party.service_address = str(row.get("address") or "").strip()[:200]
        journal.record("service-address-confirmed", case_id=task.case_id, by=by, subject=f"party:{party.id}")


@prefills("court-checks")
def _prefill_checks(task: Task, _user: User) -> dict[str, Any]:
    listed = queries.parties(task.case)
    return {"checked": [{"party": str(one.id), "address": one.service_address or one.address} for one in listed]}


# --- when it failed ----------------------------------------------------------------------------------------------


@applies("court-report")
def _apply_report(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Why it failed and what is no longer in dispute; concessions stay out (在线调解规则 18, 21)."""
    known = task.case.ending or {}
    cause = str(answers.get("reason") or "other")
    task.case.ending = {
        **known, "by": known.get("by", ""), "cause": "other" if cause in ("sham", "unfit") else cause,
        "kept_cause": "other" if cause == "unfit" else cause, "on": clock.today().isoformat(),
        "undisputed": str(answers.get("undisputed") or ""),
    }  # fmt: skip
    journal.record("failure-reported", case_id=task.case_id, by=by, details={"reason": cause})


@prefills("court-report")
def _prefill_report(task: Task, _user: User) -> dict[str, Any]:
    known = (task.case.ending or {}).get("kept_cause") or (task.case.ending or {}).get("cause")
    return {
        "reason": known or "not_reached", "facts": task.case.summary, "undisputed": _undisputed(task.case),
        "returned_on": clock.today(),
    }  # fmt: skip


def _undisputed(case: Case) -> str | None:
    """What both sides acknowledged: as it was reported, else as the minutes of the last meeting have it."""
    reported = (case.ending or {}).get("undisputed")
    if reported:
        return str(reported)
    query = select(Meeting).where(Meeting.case_id == case.id, Meeting.status.in_(("held", "adjourned")))
    meeting = db.session.scalar(query.order_by(Meeting.id.desc()).limit(1))
    return (meeting.facts or {}).get("undisputed") if meeting else None


# --- on to the court ---------------------------------------------------------------------------------------------


@applies("court-filing")
def _apply_filing(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The packet for the court: which court, and where papers reach the parties (民事诉讼法 124)."""
    if answers.get("wish") != "file":
        return
    choose_court(task.case, answers.get("court"))
    known = {str(party.id): party for party in queries.parties(task.case)}
    for row in answers.get("addresses") or ():
        party = known.get(str(row.get("party")))
        if party is None:
            raise AnswersRefused({"addresses": _("There must be one row for each party.")})
        party.service_address = str(row.get("address") or "").strip()[:200]
    journal.record("filing-prepared", case_id=task.case_id, by=by)


@prefills("court-filing")
def _prefill_filing(task: Task, _user: User) -> dict[str, Any]:
    """What is known already is not asked again: claims, facts, what is undisputed, evidence, addresses."""
    case = task.case
    listed = queries.parties(case)
    first = next((party for party in listed if party.side == "applicant"), None)
    return {
        "wish": "file", "plaintiff": str(first.id) if first else None, "court": case.court.key if case.court else None,
        "claims": case.claims, "grounds": case.summary, "undisputed": _undisputed(case), "evidence": _evidence(case),
        "addresses": [{"party": str(one.id), "address": one.service_address or one.address} for one in listed],
    }  # fmt: skip


def _evidence(case: Case) -> list[dict[str, str]]:
    """The evidence that the last enquiry noted."""
    listed = last_answers(case, "enquiry").get("evidence") or ()
    return [{"name": str(one.get("name") or ""), "source": str(one.get("source") or "")} for one in listed]


# --- a sham ------------------------------------------------------------------------------------------------------


@effect("end-mediation", required=("cause",))
def _end_mediation(occasion: Occasion, *, cause: str) -> None:
    """Tell the sittings that run that they are over, for a cause of the form of termination (特邀调解规定 18)."""
    case = occasion.case
    case.ending = {"by": "", "cause": "other", "kept_cause": cause, "reason": "", "on": clock.today().isoformat()}
    if waits_for(case.id, "mediation-ended"):
        flow.send_message(case, "mediation-ended", {"by": "", "reason": cause}, by=occasion.by)


# --- public-order mediation ------------------------------------------------------------------------------------------

CALLED_BELOW = 16


@prefills("public-order-examination")
def _prefill_examination(task: Task, _user: User) -> dict[str, Any]:
    """Whether anybody is under sixteen, from the dates of birth that are registered."""
    young = _under_sixteen(task.case)
    return {"accepted_on": clock.today(), "facts": task.case.summary, "under_16": "yes" if young else "no"}


@applies("public-order-examination")
def _apply_examination(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Nobody who is registered as younger is taken for sixteen: the guardian must be called (治安调解工作规范)."""
    _refuse_without_guardian(task.case, answers.get("under_16") == "yes", "under_16")
    journal.record("public-order-examined", case_id=task.case_id, by=by, details={"offence": answers.get("offence")})


@applies("public-order-mediation")
def _apply_attempt(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """No mediation by the police with somebody under sixteen whose guardian is not there."""
    _refuse_without_guardian(task.case, bool(answers.get("guardian_present")), "guardian_present")
    journal.record("public-order-mediated", case_id=task.case_id, by=by, details={"result": answers.get("result")})


def _refuse_without_guardian(case: Case, cared_for: bool, field: str) -> None:
    young = _under_sixteen(case)
    if young and not cared_for:
        told = _("%(name)s is under sixteen: the guardian must be called.", name=young[0].name)
        raise AnswersRefused({field: told})


def _under_sixteen(case: Case) -> list[Party]:
    return [one for one in queries.parties(case) if is_younger(one, CALLED_BELOW)]


# --- review of files -------------------------------------------------------------------------------------------------

SCORED = ("intake", "rights", "enquiry", "minutes", "agreement", "signatures", "follow_up", "filing")
PASSING = 6


@applies("file-review")
def _apply_review(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The score of the file by items of ten points; nobody reviews an own file, and a fault is named."""
    if by.id == task.case.mediator_id:
        raise AnswersRefused({"grade": _("Nobody reviews a file of his or her own.")})
    weak = [key for key in SCORED if (answers.get(key) or 0) < PASSING]
    if weak and answers.get("grade") in ("excellent", "good"):
        told = _(
            "An item below %(points)s points is corrected first, or the file is not up to standard.", points=PASSING
        )
        raise AnswersRefused({"grade": told})
    if answers.get("grade") in ("correct", "failed") and not answers.get("findings"):
        raise AnswersRefused({"findings": _("Name what is wrong.")})
    total = sum(int(answers.get(key) or 0) for key in SCORED)
    details = {"total": total, "grade": answers.get("grade")}
    journal.record("file-reviewed", case_id=task.case_id, by=by, details=details)


@prefills("file-review")
def _prefill_review(task: Task, _user: User) -> dict[str, Any]:
    """After a correction the reviewer sees the score before it."""
    known = last_answers(task.case, "file-review")
    return {key: known[key] for key in (*SCORED, "findings") if key in known}


@prefills("subsidy-sheet")
def _prefill_sheet(task: Task, _user: User) -> dict[str, Any]:
    """The amount by the table of the release, for the mediator of the case."""
    case = task.case
    known = {"difficulty": case.level or "ordinary", "grade": last_answers(case, "file-review").get("grade", "good")}
    rate = decide(definition_of(case.release_hash).decisions["subsidy"], "subsidy", known, now=clock.now())
    payee = case.mediator.login if case.mediator else None
    return {"payee": payee, "amount": rate["amount"], "basis": rate["reason"]}
