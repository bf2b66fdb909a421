"""The dossier of a case: what there is in the order of the rules, what is missing, and the dossiers that were made."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as AnyResponse

from mediation import access, journal
from mediation.cases.blueprint import whole_case
from mediation.cases.case_views import page
from mediation.dossiers import archives, operations, queries
from mediation.dossiers.blueprint import bp
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Case, Dossier, StoredFile
from mediation.permissions import can_read_content, works_on
from mediation.requests import language, person
from mediation.storage import SAFE_HEADERS, disposition

STAGES = ("printing", "binding", "sealing")


def _case(case_id: int) -> Case:
    """A dispute whose content this person may read; else 404, as if it had no dossier."""
    case = whole_case(case_id)
    if case.root_process != access.DISPUTE or not can_read_content(person(), case):
        abort(404)
    return case


def _own_case(case_id: int) -> Case:
    """A dispute on which this person works: only then may a dossier be made or carried away."""
    case = _case(case_id)
    return case if works_on(person(), case) else abort(403)


def _dossier(case: Case, dossier_id: int) -> Dossier:
    """A finished dossier of this very case; else 404."""
    query = select(Dossier).where(Dossier.id == dossier_id, Dossier.case_id == case.id, Dossier.status == "ready")
    return db.session.scalar(query) or abort(404)


@bp.get("/cases/<int:case_id>/dossier")
@access.signed_in
def show(case_id: int) -> str:
    """The places in order with what stands there, what is missing, and the dossiers made so far."""
    case = _case(case_id)
    journal.note_read("content-seen", case_id=case.id, by=person())
    made = queries.dossiers_of(case)
    return page(
        "dossier", case, "dossier", there=queries.contents(case), layouts=queries.layouts_for(case), made=made,
        running=next((one for one in made if one.status == "queued"), None), language=language(), making=STAGES,
        works=works_on(person(), case) and case.voided_at is None,
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/dossier")
@access.signed_in
def make(case_id: int) -> AnyResponse:
    """One click: the worker gathers, numbers, binds and seals."""
    case = _own_case(case_id)
    if case.voided_at is not None:
        abort(403)
    operations.ask(case, by=person())
    db.session.commit()
    return redirect(url_for("dossiers.show", case_id=case.id), 303)


@bp.post("/cases/<int:case_id>/dossier/papers/<kind>")
@access.signed_in
def issue(case_id: int, kind: str) -> AnyResponse:
    """Issue a paper that is missing and that the tables can make."""
    case = _own_case(case_id)
    if kind not in operations.issuable() or case.voided_at is not None:
        abort(404)
    try:
        operations.issue_missing(case, kind, by=person())
    except AnswersRefused as refused:
        db.session.rollback()
        flash(next(iter(refused.errors.values()), _("The paper cannot be made.")), "danger")
        return redirect(url_for("dossiers.show", case_id=case.id), 303)
    db.session.commit()
    flash(_("The paper is being made."), "success")
    return redirect(url_for("dossiers.show", case_id=case.id), 303)


@bp.get("/cases/<int:case_id>/dossier/<int:dossier_id>.pdf")
@access.signed_in
def download(case_id: int, dossier_id: int) -> Response:
    """The sealed dossier; who fetched it is journalled."""
    case = _case(case_id)
    found = _dossier(case, dossier_id)
    journal.note_read("dossier-downloaded", case_id=case.id, by=person(), subject=f"dossier:{found.id}")
    assert found.sha256 is not None
    file = db.session.get_one(StoredFile, found.sha256, options=[undefer(StoredFile.content)])
    return sent(file.content, "application/pdf", f"{case.display_number} 卷宗 {found.ordinal}.pdf")


@bp.get("/cases/<int:case_id>/dossier/<int:dossier_id>.zip")
@access.signed_in
def archive(case_id: int, dossier_id: int) -> Response:
    """The electronic archive: dossier, papers, originals, what is told of the case, and the signed manifest."""
    case = _own_case(case_id)
    found = _dossier(case, dossier_id)
    content = archives.export(found)
    journal.note_read("archive-exported", case_id=case.id, by=person(), subject=f"dossier:{found.id}")
    return sent(content, "application/zip", f"{case.code}-{found.ordinal}.zip")


def sent(content: bytes, media: str, name: str) -> Response:
    """A file to be kept, never shown."""
    response = Response(content, mimetype=media, headers=SAFE_HEADERS)
    response.headers["Content-Disposition"] = disposition("attachment", name)
    return response
