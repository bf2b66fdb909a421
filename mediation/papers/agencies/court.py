"""Papers between mediators and the court: the commission, the reply, the report of failure, a suspected sham."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Meeting
from mediation.papers.agencies.letterhead import letter, phone, without
from mediation.papers.applications import court_of
from mediation.papers.filed import undisputed_of
from mediation.papers.pieces import Occasion, builds, contact_of, mediators_of, named_party, names_of, parties_of, today
from mediation.papers.told import told

_BEFORE = "before"


@builds("mediation_commission")
def _mediation_commission(occasion: Occasion) -> dict[str, Any]:
    """The court's letter by which the matter came, as it was signed for; or that of another sender."""
    case, taken = occasion.case, told(occasion.case, "court_commissioned_receive")
    sender = taken.agency("court") or told(case, "police_linkage_decide").house or case.court or case.origin
    manner = taken.text("commission")
    return {
        **without(letter(case, sender), "case_code"),
        "number": taken.text("court_number", 60),
        "to": (case.committee or case.agency).name,
        "manner": _BEFORE if manner == _BEFORE else "after" if manner else "other",
        "parties": [named_party(party) for party in parties_of(case)],
        "summary": (case.summary or case.title)[:5000],
        "days": {_BEFORE: 30, "ordinary": 15, "summary": 7}.get(manner),
        "materials": _lines(taken.text("materials")),
        "judge": taken.text("judge", 80),
        "contact": phone(sender),
    }


def _lines(text: str) -> list[str]:
    """What was listed in a text, one item a line or between 、; a letter lists them one below the other."""
    items = [part.strip(" ；;，。") for line in text.splitlines() for part in line.split("、")]
    return [item[:120] for item in items if item][:40]


@builds("commission_reply")
def _commission_reply(occasion: Occasion) -> dict[str, Any]:
    case, taken = occasion.case, told(occasion.case, "court_commissioned_receive")
    court = taken.agency("court")
    return {
        **without(letter(case, case.committee), "case_code"),
        "to": court.name if court else court_of(case),
        "file_number": taken.text("court_number", 80),
        "received_on": taken.day("received_on"),
        "reason": taken.text("reason") or "该纠纷不适宜调解。",
        "materials": taken.text("materials", 1000),
        "contact": contact_of(case),
    }


@builds("termination_report")
def _termination_report(occasion: Occasion) -> dict[str, Any]:
    case = occasion.case
    said, taken = told(case, "court_commissioned_report"), told(case, "court_commissioned_receive")
    court = taken.agency("court")
    held = select(Meeting.id).where(Meeting.case_id == case.id, Meeting.held_at.is_not(None))
    return {
        **without(letter(case, case.committee), "case_code"),
        "to": court.name if court else court_of(case),
        "file_number": taken.text("court_number", 80),
        "parties": [named_party(party) for party in parties_of(case)],
        "accepted_on": taken.day("received_on"),
        "ended_on": (case.ending or {}).get("on") or today(),
        "meetings": len(db.session.scalars(held).all()),
        "facts": said.text("facts", 6000) or (case.summary or case.title)[:6000],
        "reason": said.name("reason")[:60] or "未达成一致",
        "undisputed": undisputed_of(case),
        "undisputed_signed": said.yes("undisputed_signed"),
        "conduct": said.text("conduct"),
        "returned": said.text("returned", 1000),
        "insists": said.yes("insists"),
        "mediators": mediators_of(case),
        "contact": contact_of(case),
    }


@builds("sham_report")
def _sham_report(occasion: Occasion) -> dict[str, Any]:
    case, said = occasion.case, told(occasion.case, "sham_report_suspect")
    return {
        **letter(case, case.committee),
        "to": court_of(case),
        "parties": names_of(case)[:30],
        "signs": [one[:60] for one in said.names("signs")][:12] or ["其他"],
        "description": said.text("description", 3000) or "详见材料。",
        "mediators": mediators_of(case),
        "contact": contact_of(case),
    }
