"""Meetings of the cases in view, and the notes of what one side said to the mediator alone."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from mediation import access, clock, journal
from mediation.access import roles
from mediation.extensions import db
from mediation.meetings import bindings  # noqa: F401 - registers what the forms fill
from mediation.models import Case, CaucusNote, Invitation, Meeting
from mediation.permissions import can_read_caucus
from mediation.requests import person

bp = Blueprint("meetings", __name__)

AHEAD = timedelta(days=60)
MOST = 200


@bp.get("/meetings")
@roles("clerk", "dispatcher", "director", "mediator")
def index() -> str:
    """Meetings to come in the cases in view, day by day."""
    cases = access.visible_cases(person()).with_only_columns(Case.id)
    begin = clock.start_of(clock.today())
    query = (
        select(Meeting, Case)
        .join(Case, Case.id == Meeting.case_id)
        .where(Meeting.case_id.in_(cases), Meeting.status == "invited")
        .where(Meeting.starts_at >= begin, Meeting.starts_at < begin + AHEAD)
        .options(selectinload(Meeting.invitations).joinedload(Invitation.party), joinedload(Meeting.called_by))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST)
    )
    days: dict[object, list[object]] = {}
    for meeting, case in db.session.execute(query):
        days.setdefault(clock.local(meeting.starts_at).date(), []).append((meeting, case))
    return render_template("meetings/index.html", days=days)


@bp.post("/cases/<int:case_id>/caucus")
@roles("mediator")
def note_caucus(case_id: int) -> Response:
    """Write down what one side said alone; only the mediator of the case reads it."""
    user = person()
    case = access.case_or_404(user, case_id)
    if not can_read_caucus(user, case):
        abort(403)
    party_id, text = request.form.get("party", type=int), request.form.get("text", "").strip()
    if party_id not in {party.id for party in case.parties} or not text:
        flash(gettext("Choose the side and write down what was said."), "warning")
        return redirect(url_for("cases.show", case_id=case.id, tab="meetings"))
    db.session.add(CaucusNote(case_id=case.id, party_id=party_id, text=text, by_id=user.id, at=clock.now()))
    journal.record("caucus-noted", case_id=case.id, by=user, subject=f"party:{party_id}")
    db.session.commit()
    flash(gettext("The note is kept; only you can read it."), "success")
    return redirect(url_for("cases.show", case_id=case.id, tab="meetings"))
