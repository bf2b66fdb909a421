"""Fetching a paper, and issuing one anew that no longer agrees with what was corrected."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as AnyResponse

from mediation import access, journal
from mediation.access import signed_in
from mediation.extensions import db
from mediation.models import Paper, StoredFile
from mediation.papers import operations
from mediation.permissions import can_correct
from mediation.requests import person
from mediation.storage import SAFE_HEADERS

bp = Blueprint("papers", __name__)


@bp.get("/papers/<int:paper_id>.pdf")
@signed_in
def download(paper_id: int) -> Response:
    """The PDF, shown by the browser; who fetched it is journalled."""
    user = person()
    paper = access.paper_or_404(user, paper_id)
    journal.note_read(
        "paper-downloaded", case_id=paper.case_id, by=user, subject=f"paper:{paper.id}", details={"kind": paper.kind}
    )
    return pdf_response(paper)


def pdf_response(paper: Paper) -> Response:
    """The bytes of a paper that is ready; 404 while it is being made."""
    if paper.sha256 is None:
        abort(404)
    file = db.session.get_one(StoredFile, paper.sha256, options=[undefer(StoredFile.content)])
    response = Response(file.content, mimetype="application/pdf", headers=SAFE_HEADERS)
    # A viewer of the browser's own cannot work inside a sandbox; the renderer made the bytes, nobody else.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; frame-ancestors 'none'; object-src 'self'; style-src 'unsafe-inline'"
    )
    response.headers["Content-Disposition"] = f'inline; filename="{paper.kind}-{paper.id}.pdf"'
    response.headers["X-Content-SHA256"] = paper.sha256
    return response


@bp.post("/papers/<int:paper_id>/translation")
@signed_in
def translate(paper_id: int) -> AnyResponse:
    """A paper that nobody has signed yet is printed with an English translation behind it."""
    user = person()
    paper = access.paper_or_404(user, paper_id)
    if not can_correct(user, paper.case) or paper.id not in operations.translatable([paper]):
        abort(403)
    operations.translate(paper, by=user)
    db.session.commit()
    flash(_("The paper is printed again, with an English translation behind it."), "success")
    return redirect(url_for("cases.papers", case_id=paper.case_id), 303)


@bp.post("/papers/<int:paper_id>/anew")
@signed_in
def issue_anew(paper_id: int) -> AnyResponse:
    """A signed or sealed paper that no longer agrees with what was corrected is issued again; the old one says so."""
    user = person()
    paper = access.paper_or_404(user, paper_id)
    if not can_correct(user, paper.case) or not operations.may_issue_anew(paper):
        abort(403)
    operations.issue_anew(paper, by=user)
    db.session.commit()
    flash(_("The paper is issued anew; the old one is superseded."), "success")
    return redirect(url_for("cases.papers", case_id=paper.case_id), 303)
