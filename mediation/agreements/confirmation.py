"""What the forms of judicial confirmation fill: pre-check, joint application, what the court decides, and what then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import select, update

from documents.agreement.terms import obstacle
from mediation import clock, journal
from mediation.agreements.bindings import agreement_of
from mediation.case_view import current_agreement, current_confirmation, is_confirmable, said, terms_of
from mediation.deadlines import Counted, calendar_days_after
from mediation.effects import AnswersRefused, applies, prefills
from mediation.extensions import db
from mediation.meetings.bindings import parties_of
from mediation.models import (
    Agency,
    Agreement,
    Case,
    Confirmation,
    ConfirmationConsent,
    Obligation,
    Party,
    Task,
    User,
    Visit,
)

# 民事诉讼法 205: jointly, within thirty days of the agreement's effect.
APPLY_WITHIN = 30
# 民事诉讼法 187: special procedures are closed within thirty days of filing.
DECIDE_WITHIN = 30


@dataclass(frozen=True)
class Window:
    """The days in which both sides may apply together, and who has said so; `applied`: it is before the court."""

    counted: Counted
    status: str
    consents: dict[int, ConfirmationConsent]
    parties: list[Party]

    @property
    def last_day(self) -> date:
        return self.counted.last_day

    @property
    def left(self) -> int:
        """Days left, the last one counted as none; negative when the time is over."""
        return (self.last_day - clock.today()).days

    @property
    def open(self) -> bool:
        return self.status == "none" and self.left >= 0

    @property
    def wanted_by_all(self) -> bool:
        return bool(self.parties) and all(
            party.id in self.consents and self.consents[party.id].agrees for party in self.parties
        )


def window_of(agreement: Agreement) -> Window | None:
    """The window of a written agreement in effect that a court may confirm; None for others."""
    if agreement.effective_at is None or agreement.kind != "written" or not is_confirmable(agreement):
        return None
    found = current_confirmation(agreement.case_id)
    mine = found if found is not None and found.agreement_id == agreement.id else None
    query = select(ConfirmationConsent).where(ConfirmationConsent.agreement_id == agreement.id)
    consents = {row.party_id: row for row in db.session.scalars(query)}
    case = db.session.get_one(Case, agreement.case_id)
    asking = [party for party in parties_of(case) if party.side != "third"]
    effective = clock.local(agreement.effective_at).date()
    return Window(calendar_days_after(effective, APPLY_WITHIN), mine.status if mine else "none", consents, asking)


def why_closed(agreement: Agreement) -> str:
    """Why nobody can apply for confirmation now; empty when both sides can."""
    window = window_of(agreement)
    if window is None:
        return gettext("Nothing in this agreement can be confirmed by a court.")
    if window.status != "none":
        return gettext("The application was made already.")
    if window.left < 0:
        return gettext("The last day for the application was %(day)s.", day=window.last_day)
    return "" if window.wanted_by_all else gettext("Not every party has said that it wants the confirmation.")


def consent(agreement: Agreement, party: Party, agrees: bool, how: str, *, by: User | None) -> None:
    """Keep what a party says about applying; said again, the later word counts."""
    query = select(ConfirmationConsent).where(
        ConfirmationConsent.agreement_id == agreement.id, ConfirmationConsent.party_id == party.id
    )
    row = db.session.scalar(query) or ConfirmationConsent(agreement_id=agreement.id, party_id=party.id)
    row.agrees, row.how, row.at, row.recorded_by_id = agrees, how, clock.now(), by.id if by else None
    db.session.add(row)
    journal.record(
        "confirmation-wanted" if agrees else "confirmation-unwanted", case_id=agreement.case_id, by=by,
        actor="" if by else f"party:{party.id}", subject=f"party:{party.id}", details={"how": how},
    )  # fmt: skip


def confirmation_of(task: Task) -> Confirmation:
    """The confirmation of the agreement that counts, begun when it is first spoken of."""
    found, agreement = current_confirmation(task.case_id), agreement_of(task)
    if found is None or found.agreement_id != agreement.id:
        effective = clock.local(agreement.effective_at or clock.now()).date()
        last_day = calendar_days_after(effective, APPLY_WITHIN).last_day
        found = Confirmation(case_id=task.case_id, agreement_id=agreement.id, status="none", due_on=last_day, facts={})
        db.session.add(found)
        db.session.flush()
    return found


@prefills("confirmation-precheck")
def _suggest(task: Task, _user: User) -> dict[str, Any]:
    agreement = current_agreement(task.case_id)
    if agreement is None:
        return {}
    told = said(agreement)
    barred = [text for term, text in told if obstacle(term)]
    rest = [text for term, text in told if not obstacle(term)]
    obstacles = sorted({obstacle(term) for term, _text in told} - {""})
    return {
        "obstacles": obstacles,
        "scope": ("part" if rest else "none") if barred else "all",
        "wish": "all",
        "consents": _said_so_far(agreement),
        "confirm_terms": "\n".join(rest),
        "excluded": "\n".join(barred),
    }


def _said_so_far(agreement: Agreement) -> list[dict[str, Any]]:
    """A line for each party, with what it has said already, here or on its own page."""
    window = window_of(agreement)
    if window is None:
        return []
    said = [(party, window.consents.get(party.id)) for party in window.parties]
    return [
        {
            "party": str(party.id),
            "name": party.name,
            "agrees": ("yes" if one.agrees else "no") if one else None,
            "how": one.how if one else None,
        }
        for party, one in said
    ]


def _keep_consents(agreement: Agreement, answers: Mapping[str, Any], by: User) -> None:
    """What each party said, as far as it was asked; who does not want it keeps all from applying (民事诉讼法 205)."""
    window = window_of(agreement)
    parties = {str(party.id): party for party in window.parties} if window else {}
    known = window.consents if window else {}
    for number, row in enumerate(answers.get("consents") or []):
        party, agrees = parties.get(row["party"]), row.get("agrees")
        if party is None or not agrees:
            continue
        if agrees == "no" and answers.get("wish") == "all":
            text = gettext("This party does not want it: the application is a joint one.")
            raise AnswersRefused({f"consents-{number}-agrees": text})
        before = known.get(party.id)
        if before is None or before.agrees != (agrees == "yes"):
            consent(agreement, party, agrees == "yes", row.get("how") or "in_person", by=by)


@applies("confirmation-precheck")
def _precheck(task: Task, answers: Mapping[str, Any], by: User) -> None:
    found, agreement = confirmation_of(task), agreement_of(task)
    _keep_consents(agreement, answers, by)
    barred = any(obstacle(term) for term in terms_of(agreement))
    if barred and answers["scope"] == "all":
        text = gettext("Marriage, parentage, adoption and title cannot be confirmed; apply for the other terms only.")
        raise AnswersRefused({"scope": text})
    if answers["scope"] != "none" and not is_confirmable(agreement):
        raise AnswersRefused({"scope": gettext("Nothing in this agreement can be confirmed by a court.")})
    found.scope, found.excluded = answers["scope"], answers.get("excluded") or ""
    found.facts = {key: answers.get(key) for key in ("wish", "obstacles", "confirm_terms")}


@prefills("confirmation-application")
def _applicants(task: Task, _user: User) -> dict[str, Any]:
    found = current_confirmation(task.case_id)
    rows = [{"party": str(party.id), "name": party.name} for party in parties_of(task.case)]
    court = db.session.scalar(
        select(Agency.key).where(Agency.kind == "court", Agency.active).order_by(Agency.id).limit(1)
    )
    return {
        "applicants": rows,
        "excluded": found.excluded if found else "",
        "court": court,
        "result": "filed",
        "annexes": ["agreement", "mediation_proof", "identity"],
        "applied_on": clock.today(),
    }


@applies("confirmation-application")
def _apply(task: Task, answers: Mapping[str, Any], by: User) -> None:
    found = confirmation_of(task)
    if answers["result"] == "withdrawn":
        found.status = "withdrawn"
        return
    unsigned = [row for row in answers["applicants"] if row["signed"] != "yes"]
    if unsigned:
        raise AnswersRefused({"applicants": gettext("The application is a joint one: every party signs it.")})
    if found.due_on and answers["applied_on"] > found.due_on:
        raise AnswersRefused({"applied_on": gettext("The last day for the application was %(day)s.", day=found.due_on)})
    _keep_signatures(found, answers, by)
    court = db.session.scalar(select(Agency).where(Agency.key == answers["court"], Agency.kind == "court"))
    if court is None:
        raise AnswersRefused({"court": gettext("There is no such court.")})
    task.case.court_id, task.case.court = court.id, court
    found.status, found.applied_on = "applied", answers["applied_on"]
    found.excluded = answers.get("excluded") or found.excluded
    found.facts = {**found.facts, "annexes": answers["annexes"], "how": answers.get("how")}


def _keep_signatures(found: Confirmation, answers: Mapping[str, Any], by: User) -> None:
    """Whoever signs the joint application wants it: that is that party's word, in writing."""
    agreement = db.session.get_one(Agreement, found.agreement_id)
    window = window_of(agreement)
    signed = {row["party"] for row in answers["applicants"] if row["signed"] == "yes"}
    for party in window.parties if window else ():
        before = window.consents.get(party.id) if window else None
        if str(party.id) in signed and (before is None or not before.agrees):
            consent(agreement, party, True, "paper", by=by)


@prefills("confirmation-papers")
def _wanted(task: Task, _user: User) -> dict[str, Any]:
    return {"supplied_on": clock.today()}


@applies("confirmation-papers")
def _supply(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    found = confirmation_of(task)
    supplied = {"result": answers["result"], "on": answers["supplied_on"].isoformat(), "note": answers["note"]}
    found.facts = {**found.facts, "supplied": [*found.facts.get("supplied", []), supplied]}


@prefills("confirmation-ruling")
def _decided_today(_task: Task, _user: User) -> dict[str, Any]:
    return {"decided_on": clock.today()}


@applies("confirmation-ruling")
def _rule(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    """Both of the court's forms: whether it accepts, and what it rules."""
    found, decision = confirmation_of(task), answers["decision"]
    if answers["decided_on"] > clock.today():
        raise AnswersRefused({"decided_on": gettext("This day has not come yet.")})
    if decision == "papers":
        found.facts = {**found.facts, "papers_wanted": answers["papers_wanted"]}
        return
    found.status, found.reason = decision, answers.get("reason") or ""
    if decision == "accepted":
        found.due_on = calendar_days_after(answers["decided_on"], DECIDE_WITHIN).last_day
        found.facts = {**found.facts, "court_number": answers.get("court_number") or ""}
        return
    found.decided_on, found.ruling_number = answers["decided_on"], answers.get("ruling_number") or ""
    found.facts = {
        **found.facts,
        "confirmed_terms": answers.get("confirmed_terms") or "",
        "served": bool(answers.get("served")),
    }


@applies("confirmation-next")
def _next(task: Task, answers: Mapping[str, Any], _by: User) -> None:
    """Mediate again only if all agree: the old agreement no longer counts and nothing of it is due."""
    found = confirmation_of(task)
    found.facts = {**found.facts, "next": answers["choice"], "next_reason": answers["reason"]}
    if answers["choice"] != "remediate":
        return
    if not answers.get("agreed_by_all"):
        raise AnswersRefused({"agreed_by_all": gettext("Without the consent of all there is no second mediation.")})
    agreement = agreement_of(task)
    agreement.status = "superseded"
    open_ones = update(Obligation).where(
        Obligation.agreement_id == agreement.id, Obligation.status.in_(("open", "defaulted"))
    )
    db.session.execute(open_ones.values(status="excused"))
    db.session.execute(
        update(Visit).where(Visit.case_id == task.case_id, Visit.status == "planned").values(status="dropped")
    )
    db.session.expire_all()
