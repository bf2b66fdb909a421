"""Attachments over HTTP: taken in by what they are, given out only as downloads, each behind its party's wall."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from mediation import access, journal, storage
from mediation.cases import operations, queries
from mediation.cases.blueprint import attachment_of, bp, party_of, the_case
from mediation.cases.forms import UploadForm
from mediation.extensions import db
from mediation.models import Case
from mediation.permissions import can_upload
from mediation.requests import person

MOST_FILES = 20


@bp.route("/cases/<int:case_id>/upload", methods=["GET", "POST"])
@access.signed_in
def upload(case_id: int) -> Response | str | tuple[str, int]:
    """Take in what somebody handed in: all of the files, or none of them."""
    case = the_case(case_id)
    if not can_upload(person(), case):
        abort(403)
    form = UploadForm(queries.parties(case), data={"party": request.args.get("party", "")})
    if request.method == "GET" or not form.validate():
        return _page(case, form), 422 if request.method == "POST" else 200
    sent = [file for file in form.files.data if isinstance(file, FileStorage) and file.filename][:MOST_FILES]
    try:
        taken = [_take(case, form, file) for file in sent]
    except storage.FileRefused as refused:
        db.session.rollback()
        form.files.errors = [refused.message]
        return _page(case, form), 422
    db.session.commit()
    flash(ngettext("%(num)s file was taken in.", "%(num)s files were taken in.", len(taken)), "success")
    return redirect(url_for("cases.parties", case_id=case.id) + "#files")


def _take(case: Case, form: UploadForm, file: FileStorage) -> object:
    name = str(file.filename)
    try:
        kept = storage.store(file.stream, name, limit=current_app.config["UPLOAD_MB"] * 1024 * 1024)
    except storage.FileRefused as refused:
        raise storage.FileRefused(refused.code, f"{name}: {refused.message}") from None
    party = party_of(case, form.party.data) if form.party.data else None
    shared = form.shared.data or party is None
    return operations.attach(case, kept, party=party, purpose=form.purpose.data, shared=shared, by=person())


def _page(case: Case, form: UploadForm) -> str:
    return render_template(
        "cases/form.html", case=case, form=form, heading=_("Take in files"), submit=_("Take in"), files=True,
        back=url_for("cases.parties", case_id=case.id), note=None, confirm=None,
    )  # fmt: skip


@bp.get("/cases/<int:case_id>/attachments/<int:attachment_id>")
@access.signed_in
def attachment(case_id: int, attachment_id: int) -> Response:
    """The original, as a download; who fetched it is written down."""
    case = the_case(case_id)
    found = attachment_of(case, attachment_id)
    journal.note_read("attachment-downloaded", case_id=case.id, by=person(), subject=f"attachment:{found.id}")
    return storage.send(found.original, found.name)


@bp.get("/cases/<int:case_id>/attachments/<int:attachment_id>/preview")
@access.signed_in
def attachment_preview(case_id: int, attachment_id: int) -> Response:
    """The picture as it was drawn anew here."""
    case = the_case(case_id)
    found = attachment_of(case, attachment_id)
    if found.preview is None:
        abort(404)
    return storage.send(found.preview, f"{found.name}.jpg", inline=True)


@bp.post("/cases/<int:case_id>/attachments/<int:attachment_id>/share")
@access.signed_in
def share_attachment(case_id: int, attachment_id: int) -> Response:
    """Let both sides see it."""
    case = the_case(case_id)
    found = attachment_of(case, attachment_id)
    if not can_upload(person(), case):
        abort(403)
    operations.share_attachment(found, by=person())
    db.session.commit()
    flash(_("Both sides can see the file now."), "success")
    return redirect(url_for("cases.parties", case_id=case.id) + "#files")


@bp.post("/cases/<int:case_id>/attachments/<int:attachment_id>/withdraw")
@access.signed_in
def withdraw_attachment(case_id: int, attachment_id: int) -> Response:
    """Take it out of the case."""
    case = the_case(case_id)
    found = attachment_of(case, attachment_id)
    if not can_upload(person(), case):
        abort(403)
    operations.withdraw_attachment(found, by=person())
    db.session.commit()
    flash(_("The file was withdrawn."), "success")
    return redirect(url_for("cases.parties", case_id=case.id) + "#files")
