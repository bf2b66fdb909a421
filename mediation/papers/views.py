"""Fetching a paper, and the page behind its QR code that says whether it is genuine."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as AnyResponse

from mediation import access, journal
from mediation.access import public, signed_in
from mediation.extensions import db
from mediation.models import Paper, StoredFile
from mediation.papers.operations import layouts_of
from mediation.requests import language, person
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


@bp.get("/check/<code>")
@public
def check(code: str) -> tuple[str, int] | str:
    """Genuine, superseded, withdrawn or unknown; nothing of what the paper says."""
    paper = db.session.scalar(select(Paper).where(Paper.check_code == code.strip().upper()))
    if paper is None or paper.status in ("queued", "refused"):
        return render_template("papers/check.html", paper=None, state="unknown"), 404
    state = {"ready": "genuine", "superseded": "superseded", "withdrawn": "withdrawn"}[paper.status]
    name = layouts_of(paper.release_hash).kind(paper.kind).name[language()]
    return render_template("papers/check.html", paper=paper, state=state, name=name)


@bp.get("/check")
@public
def check_by_hand() -> AnyResponse | str:
    """The code under the QR code, typed in."""
    code = request.args.get("code", "").strip().replace("-", "").replace(" ", "")
    if code:
        return redirect(url_for("papers.check", code=code[:24]))
    return render_template("papers/check.html", paper=None, state="ask", name=gettext("Check a paper"))
