"""Archived cases from other systems, to be read; and the page with which anybody checks an archive without this house."""

from __future__ import annotations

import json

from flask import Response, abort, render_template, request
from sqlalchemy import or_
from sqlalchemy.orm import joinedload, undefer

from documents.dossier_order import order
from mediation import access, codes, journal
from mediation.dossiers import archives
from mediation.dossiers.blueprint import bp
from mediation.dossiers.case_views import sent
from mediation.extensions import db
from mediation.models import ArchivedCase, StoredFile
from mediation.requests import language, person

SHOWN = 50


@bp.get("/archives")
@access.staff
def index() -> str:
    """Cases that were brought here as archives, the newest first, or those that a word finds."""
    text, query = request.args.get("q", "").strip()[:60], archives.visible_archives(person())
    if text:
        like = f"%{text.replace('%', '').replace('_', '')}%"
        query = query.where(
            or_(ArchivedCase.number.like(like), ArchivedCase.code.like(like), ArchivedCase.title.like(like))
        )
    query = query.options(joinedload(ArchivedCase.agency)).order_by(ArchivedCase.id.desc()).limit(SHOWN)
    return render_template("dossiers/archives.html", rows=list(db.session.scalars(query)), text=text, shown=SHOWN)


@bp.get("/archives/<int:archived_id>")
@access.staff
def archived(archived_id: int) -> str:
    """One archived case: what it was about, its papers, its course. Nothing here can be changed."""
    found = _archived(archived_id)
    journal.note_read("archive-seen", by=person(), subject=f"archived:{found.id}")
    told, lines = json.loads(found.told), json.loads(found.journal)
    return render_template(
        "dossiers/archived.html", found=found, told=told, lines=lines, codes=codes, order=order().places, language=language(),
        files={one.path: one for one in found.files},
    )  # fmt: skip


@bp.get("/archives/<int:archived_id>/files/<int:ordinal>")
@access.staff
def archived_file(archived_id: int, ordinal: int) -> Response:
    """One file of an archived case."""
    found = _archived(archived_id)
    one = next((file for file in found.files if file.ordinal == ordinal), None) or abort(404)
    journal.note_read("archive-downloaded", by=person(), subject=f"archived:{found.id}", details={"path": one.path})
    file = db.session.get_one(StoredFile, one.sha256, options=[undefer(StoredFile.content)], populate_existing=True)
    return sent(file.content, file.media_type, one.path.rpartition("/")[2])


@bp.get("/archives/<int:archived_id>.zip")
@access.staff
def archived_zip(archived_id: int) -> Response:
    """The archive as it came, to be carried on."""
    found = _archived(archived_id)
    journal.note_read("archive-exported", by=person(), subject=f"archived:{found.id}")
    return sent(archives.export(found), "application/zip", f"{found.code}.zip")


def _archived(archived_id: int) -> ArchivedCase:
    return archives.archived_of(person(), archived_id) or abort(404)


# --- for everybody ----------------------------------------------------------------------------------------------------


@bp.get("/verify/offline")
@access.public
def offline() -> str:
    """How files are checked without this house, and the fingerprints to compare."""
    return render_template("dossiers/offline.html", marks=archives.marks())


@bp.get("/verify/check.html")
@access.public
def check() -> Response:
    """The page itself, to be kept: it works without any network."""
    return sent(archives.check_page(), "text/html", archives.CHECK_PAGE)
