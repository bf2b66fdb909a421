"""The blueprint of the case pages, and how each of them finds its case."""

from __future__ import annotations

from flask import Blueprint, abort, g, request
from sqlalchemy import select

from mediation import access
from mediation.extensions import db
from mediation.models import Attachment, Case, Conflict, Party, Process
from mediation.requests import person

bp = Blueprint("cases", __name__)


def the_case(case_id: int) -> Case:
    """The case, if it is in the view of who is signed in; else 404. Steps of its flow that fail are recorded for it."""
    case = access.case_or_404(person(), case_id)
    root = select(Process.id).where(Process.case_id == case.id).order_by(Process.id).limit(1)
    if request.method == "POST":
        g.step_of = (case.id, db.session.scalar(root))
    return case


def party_of(case: Case, party_id: int | str | None) -> Party:
    """A party of this very case; else 404."""
    found = next(
        (party for party in case.parties if str(party.id) == str(party_id) and party.withdrawn_at is None), None
    )
    return found or abort(404)


def whole_case(case_id: int) -> Case:
    """The case, if who is signed in sees all of it; else 404: what another house did on it is none of this house's."""
    case = the_case(case_id)
    return case if access.view_of(person(), case).whole else abort(404)


def attachment_of(case: Case, attachment_id: int) -> Attachment:
    """An attachment of this very case that who is signed in may open; else 404."""
    query = access.visible_attachments(person(), case).where(Attachment.id == attachment_id)
    return db.session.scalar(query) or abort(404)


def conflict_of(case: Case, conflict_id: int) -> Conflict:
    query = select(Conflict).where(Conflict.id == conflict_id, Conflict.case_id == case.id)
    return db.session.scalar(query) or abort(404)
