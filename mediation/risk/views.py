"""The safety of a case on one page: its level, who is protected, the crisis team, and the sealed notes that one may open."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from mediation import access, journal
from mediation.cases import queries
from mediation.cases.blueprint import the_case
from mediation.cases.case_views import page
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Case, CrisisMember, SealedNote, SealedNoteReader
from mediation.requests import person
from mediation.risk import bindings, effects, people  # noqa: F401 - they register what flows cause and forms fill

bp = Blueprint("risk", __name__)


@bp.get("/cases/<int:case_id>/safety")
@access.signed_in
def show(case_id: int) -> str:
    """What guards the people of this case, as far as it concerns the reader."""
    case = the_case(case_id)
    whole = access.view_of(person(), case).whole
    team = _team(case) if whole else [one for one in _team(case) if one.user_id == person().id]
    protected = [party for party in queries.parties(case) if party.protected] if whole else []
    return page("safety", case, "risk", team=team, protected=protected, notes=_notes(case), whole=whole)


def _team(case: Case) -> list[CrisisMember]:
    query = select(CrisisMember).where(CrisisMember.case_id == case.id).options(selectinload(CrisisMember.user))
    return list(db.session.scalars(query.order_by(CrisisMember.id.desc())))


def _notes(case: Case) -> list[SealedNote]:
    query = access.visible_sealed_notes(person()).where(SealedNote.case_id == case.id)
    return list(db.session.scalars(query.options(selectinload(SealedNote.author)).order_by(SealedNote.id.desc())))


@bp.get("/cases/<int:case_id>/sealed/<int:note_id>")
@access.signed_in
def note(case_id: int, note_id: int) -> str:
    """One sealed note, for its author and whom the author named; that it was opened is written down first."""
    case, found = the_case(case_id), _note_or_404(case_id, note_id)
    journal.note_read("sealed-note-read", case_id=case.id, by=person(), subject=f"sealed-note:{found.id}")
    mine = found.author_id == person().id
    return render_template(
        "risk/note.html", case=case, note=found, mine=mine, choices=people.may_read(found) if mine else [], told=people.told,
        named={reader.user_id for reader in found.readers},
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/sealed/<int:note_id>/readers")
@access.signed_in
def readers(case_id: int, note_id: int) -> Response:
    """The author says who else may open a note."""
    case, found = the_case(case_id), _note_or_404(case_id, note_id)
    if found.author_id != person().id:
        abort(403)
    try:
        bindings.name_readers(found, request.form.getlist("readers"), by=person())
    except AnswersRefused:
        db.session.rollback()
        abort(422)
    journal.record("sealed-note-shared", case_id=case.id, by=person(), subject=f"sealed-note:{found.id}")
    db.session.commit()
    flash(_("Who may open this note was kept."), "success")
    return redirect(url_for("risk.note", case_id=case.id, note_id=found.id))


def _note_or_404(case_id: int, note_id: int) -> SealedNote:
    query = access.visible_sealed_notes(person()).where(SealedNote.case_id == case_id, SealedNote.id == note_id)
    query = query.options(selectinload(SealedNote.readers).selectinload(SealedNoteReader.user))
    return db.session.scalar(query) or abort(404)
