"""One file of a draft in its editor: shown, saved as one goes, laid out, previewed, fetched; and who else has it open."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from lxml import etree
from werkzeug.wrappers import Response as AnyResponse

from mediation import words
from mediation.access import roles
from mediation.admin.blueprint import Page, bp
from mediation.admin.editor import findings, operations, palette, paper_previews, paths, queries
from mediation.admin.editor.draft_views import draft_or_404, locked_or_404, split
from mediation.admin.editor.operations import SavedMeanwhile
from mediation.extensions import db
from mediation.forms import AnswerForm, Circumstances
from mediation.models import DraftFile, ReleaseDraft
from mediation.requests import CSP, language, person
from mediation.storage import disposition
from workflows import forms
from workflows.dialect import parse_xml
from workflows.layout import lay_out
from workflows.lint import problem_text
from workflows.model import Bundle
from workflows.problems import BrokenFile

# What an editor may send: half as much as a file that is handed in, and far more than anybody draws.
LARGEST = 2 * 1024 * 1024
TEMPLATES = {
    "flow": "admin/editor/flow.html", "decision": "admin/editor/decision.html",
    "form": "admin/editor/text.html", "words": "admin/editor/text.html", "paper": "admin/editor/text.html",
}  # fmt: skip
# bpmn-js and dmn-js write style attributes into what they draw; no nonce covers those, and hashes cannot: they differ.
# So the pages of these two editors allow attributes, not style sheets; everything else is as strict as everywhere.
DRAWING_POLICY = f"{CSP}; style-src 'self'; style-src-attr 'unsafe-inline'"
MEDIA = {
    "flow": "application/xml",
    "decision": "application/xml",
    "form": "application/json",
    "words": "application/json",
    "paper": "text/plain",
}


@bp.get("/admin/drafts/<int:draft_id>/edit/<path:path>")
@roles("flow_admin")
def edit_file(draft_id: int, path: str) -> Page:
    """The editor of a file: a drawing, a decision table, or a text with a preview."""
    draft = draft_or_404(draft_id)
    if draft.closed_at is not None:
        return redirect(url_for("admin.draft", draft_id=draft_id))
    page = make_response(_editor(draft, path))
    if paths.kind_of(path) in ("flow", "decision"):
        page.headers["Content-Security-Policy"] = DRAWING_POLICY
    return page


def _editor(draft: ReleaseDraft, path: str, **more: Any) -> str:
    bundle = operations.bundle_of(draft)
    if not paths.is_editable(path) or path not in bundle.files:
        abort(404)
    kind, known = paths.kind_of(path), queries.catalogue(bundle)
    name, key = known.name_of(path)
    listed = findings.told(findings.of(bundle), language())
    page: dict[str, Any] = {
        "draft": draft, "path": path, "name": name or path, "key": key, "kind": kind, "message": "", "theirs": None,
        "revision": operations.revision_of(draft, path), "others": _others(draft, path), "words": _words(),
    }  # fmt: skip
    if kind == "flow":
        page["catalogue"] = palette.catalogue_for_panel(known, language())
        page["templates"] = palette.element_templates(known, language())
    if kind in ("form", "words", "paper"):
        page["content"] = more.get("content") or bundle.files[path].decode("utf-8", "replace")
        page["preview"] = _preview(page["content"]) if kind == "form" else None
    if kind == "paper":
        page |= paper_previews.beside_editor(bundle, path)
    return render_template(TEMPLATES[kind], **(page | split(listed, path) | more))


def _words() -> dict[str, str]:
    """What the script says about saving."""
    return {
        "unsaved": _("Not saved yet"),
        "saving": _("Saving …"),
        "saved": _("Saved at"),
        "refused": _("Not saved"),
        "offline": _("Not saved: the connection is interrupted. It is tried again."),
        "requirements": _("What requires what"),
    }


def _others(draft: ReleaseDraft, path: str) -> str:
    names = queries.editors(draft, without=person()).get(path, [])
    return _("Also open with: %(names)s", names="、".join(names)) if names else ""


# --- saving -----------------------------------------------------------------------------------------------------------


@bp.post("/admin/drafts/<int:draft_id>/edit/<path:path>")
@roles("flow_admin")
def save_file(draft_id: int, path: str) -> Page | AnyResponse | dict[str, Any] | tuple[dict[str, Any], int]:
    """Keep the file: from the script as JSON, from the page as a form. A lost race tells who saved, and keeps nothing."""
    draft = locked_or_404(draft_id)
    if not paths.is_editable(path) or path not in operations.bundle_of(draft).files:
        abort(404)
    content, seen = _sent()
    refused = _refusal(path, content)
    if refused:
        return _not_saved(draft_id, path, content, refused)
    try:
        revision = operations.save(draft, path, content.encode(), seen, by=person())
    except SavedMeanwhile as lost:
        return _not_saved(draft_id, path, content, saved_meanwhile(lost.row), theirs=lost.row.revision)
    db.session.commit()
    if request.is_json:
        return {"revision": revision, "saved": words.clock_time(draft.saved_at)}
    return redirect(url_for("admin.edit_file", draft_id=draft_id, path=path))


def _sent() -> tuple[str, int]:
    """The text and the revision that it was made from; lines end as in the files, whatever a form made of them."""
    given = _given()
    seen = str(given.get("revision", ""))
    if not (seen.isdecimal() and len(seen) < 10):
        abort(400)
    return _text_in(given).replace("\r\n", "\n"), int(seen)


def _given() -> Any:
    """What came, as JSON or as a form: something with `get`."""
    if (request.content_length or 0) > 4 * LARGEST:
        abort(413)
    try:
        given: Any = request.get_json(silent=True) if request.is_json else request.form
    except RecursionError:  # nested deeper than any script sends
        given = None
    if not hasattr(given, "get"):
        abort(400)
    return given


def _text_in(given: Any) -> str:
    """The text that came; half a sign, which JSON can name and no file can hold, is none."""
    content = given.get("content")
    if not isinstance(content, str) or any("\ud800" <= sign <= "\udfff" for sign in content):
        abort(400)
    return content


def _refusal(path: str, content: str) -> str:
    """Why a text cannot be kept. A half-written form can; XML comes from an editor and is whole, or not from one."""
    if len(content) > LARGEST or len(content.encode()) > LARGEST:
        return _("The file is too large: at most 2 MB.")
    if "\0" in content:
        return _("The text holds a sign that no keyboard types.")
    if paths.kind_of(path) in ("flow", "decision"):
        try:
            parse_xml(path, content.encode())
        except BrokenFile as broken:
            return problem_text(broken.problem, language())
    return ""


def _not_saved(
    draft_id: int, path: str, content: str, message: str, theirs: int | None = None
) -> Page | tuple[dict[str, Any], int]:
    db.session.rollback()
    code = 409 if theirs is not None else 422
    if request.is_json:
        return {"message": message, **({"theirs": theirs} if theirs is not None else {})}, code
    if paths.kind_of(path) in ("flow", "decision"):
        abort(code)
    return _editor(draft_or_404(draft_id), path, content=content, message=message, theirs=theirs), code


def saved_meanwhile(row: DraftFile) -> str:
    """Who saved the file while another person had it open."""
    return _(
        "%(name)s saved this file at %(time)s, after you had opened it. Nothing of yours is lost: it stands here as you left it.",
        name=row.saved_by.name, time=words.clock_time(row.saved_at),
    )  # fmt: skip


@bp.post("/admin/drafts/<int:draft_id>/here/<path:path>")
@roles("flow_admin")
def editing_here(draft_id: int, path: str) -> dict[str, Any]:
    """The script says that the file is open here, and hears who else has it open and what was saved."""
    draft = locked_or_404(draft_id)
    if not paths.is_editable(path):
        abort(404)
    operations.note_presence(draft, path, by=person())
    db.session.commit()
    row = next((one for one in draft.files if one.path == path), None)
    message = saved_meanwhile(row) if row is not None and row.saved_by_id != person().id else _saved_elsewhere()
    return {"others": _others(draft, path), "revision": row.revision if row is not None else 0, "message": message}


def _saved_elsewhere() -> str:
    return _("You have saved this file in another window since. Nothing of what stands here is lost.")


# --- what the editors ask for -----------------------------------------------------------------------------------------


@bp.get("/admin/drafts/<int:draft_id>/file/<path:path>")
@roles("flow_admin")
def draft_file(draft_id: int, path: str) -> Response:
    """The file as it stands in the draft; with `download`, to be kept."""
    content = operations.bundle_of(draft_or_404(draft_id)).files.get(path)
    if not paths.is_editable(path) or content is None:
        abort(404)
    response = Response(content, mimetype=MEDIA[paths.kind_of(path)])
    manner = "attachment" if "download" in request.args else "inline"
    response.headers["Content-Disposition"] = disposition(manner, path.rpartition("/")[2])
    return response


@bp.post("/admin/drafts/<int:draft_id>/layout")
@roles("flow_admin")
def lay_out_file(draft_id: int) -> dict[str, str] | tuple[dict[str, str], int]:
    """The drawing put in order; nothing is saved, the editor shows it and saves."""
    draft_or_404(draft_id)
    content = sent_text()
    try:
        parse_xml("", content.encode())
        drawn = lay_out(content.encode())
    except BrokenFile as broken:
        return {"message": problem_text(broken.problem, language())}, 422
    except (ValueError, etree.XMLSyntaxError):
        return {"message": _("This drawing cannot be laid out: there is no flow in it.")}, 422
    return {"content": drawn.decode()}


def sent_text() -> str:
    """The text of a file that is only looked at."""
    content = _text_in(_given())
    if len(content) > LARGEST:
        abort(413)
    return content


@bp.post("/admin/drafts/<int:draft_id>/preview")
@roles("flow_admin")
def preview_form(draft_id: int) -> str:
    """The form as a task would show it, drawn by the same macros; nothing is saved."""
    draft_or_404(draft_id)
    content = sent_text()
    return render_template("admin/editor/preview.html", preview=_preview(content))


@bp.post("/admin/drafts/<int:draft_id>/paper-preview/<path:path>")
@roles("flow_admin")
def preview_paper(draft_id: int, path: str) -> str:
    """The sample of a kind of paper as the layout that was sent prints it; nothing is saved."""
    bundle = operations.bundle_of(draft_or_404(draft_id))
    if paths.kind_of(path) != "paper" or path not in bundle.files:
        abort(404)
    changed = Bundle({**bundle.files, path: sent_text().replace("\r\n", "\n").encode()})
    preview = paper_previews.sample_as_pictures(changed, request.args.get("kind", ""))
    return render_template("admin/editor/paper_preview.html", preview=preview)


def _preview(content: str) -> AnswerForm | str:
    """The form with nothing filled in, or a sentence about what keeps it from being drawn."""
    try:
        form = forms.parse(content.encode(), "")
    except BrokenFile as broken:
        return problem_text(broken.problem, language())
    sample = [("1", _("an example")), ("2", _("another example"))]
    lists = {one.options_from: sample for one in form.walk() if one.options_from}
    known = {
        one.key: [{}] for one in form.fields if one.kind == "dynamiclist" and one.properties.get("fixed") == "true"
    }
    return AnswerForm(form, Circumstances(lists=lists, language=language()), known=known)
