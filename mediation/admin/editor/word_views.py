"""The English beside the Chinese: every text of a flow, decision or form in a table."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mediation.access import roles
from mediation.admin.blueprint import Page, bp
from mediation.admin.editor import operations, paths, queries, texts
from mediation.admin.editor.draft_views import draft_or_404, locked_or_404
from mediation.admin.editor.file_views import saved_meanwhile
from mediation.admin.editor.operations import SavedMeanwhile
from mediation.extensions import db
from mediation.models import ReleaseDraft
from mediation.requests import person
from workflows.model import Bundle

LONGEST = 2000


@bp.route("/admin/drafts/<int:draft_id>/words/<path:path>", methods=["GET", "POST"])
@roles("flow_admin")
def file_words(draft_id: int, path: str) -> Page:
    """What people read in a file, in both languages; the English is kept in the draft's translations."""
    if request.method != "POST":
        draft = draft_or_404(draft_id)
        return _table(draft, operations.bundle_of(draft), path)
    draft = locked_or_404(draft_id)
    bundle = operations.bundle_of(draft)
    _check(bundle, path)
    try:
        _keep(draft, bundle, path)
    except SavedMeanwhile as lost:
        db.session.rollback()
        found = draft_or_404(draft_id)
        return _table(found, operations.bundle_of(found), path, saved_meanwhile(lost.row)), 409
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("admin.file_words", draft_id=draft_id, path=path))


def _check(bundle: Bundle, path: str) -> None:
    if not paths.is_editable(path) or path not in bundle.files or paths.kind_of(path) == "words":
        abort(404)


def _keep(draft: ReleaseDraft, bundle: Bundle, path: str) -> None:
    english = texts.translations(bundle)
    for one in texts.of(bundle, path):
        typed = request.form.get(one.field)
        if typed is not None:
            texts.put(english, one.place, " ".join(typed.split())[:LONGEST])
    seen = request.form.get("revision", "")
    if not (seen.isdecimal() and len(seen) < 10):
        abort(400)
    operations.save(draft, texts.TRANSLATIONS, operations.as_json(english), int(seen), by=person())


def _table(draft: ReleaseDraft, bundle: Bundle, path: str, message: str = "") -> str:
    _check(bundle, path)
    listed = texts.of(bundle, path)
    typed = {one.field: request.form.get(one.field, one.english) for one in listed} if message else {}
    return render_template(
        "admin/editor/words.html", draft=draft, path=path, name=queries.catalogue(bundle).name_of(path)[0] or path,
        texts=listed, typed=typed, message=message, kind=paths.kind_of(path), parts=_parts(),
        revision=operations.revision_of(draft, texts.TRANSLATIONS),
    )  # fmt: skip


def _parts() -> dict[str, str]:
    return {
        "name": _("What it is called"),
        "documentation": _("Description"),
        "ground": _("Ground"),
        "overdue": _("When the deadline passes"),
        "next": _("On the button"),
        "title": _("Heading"),
        "label": _("Label"),
        "hint": _("Hint"),
        "text": _("Text"),
        "option": _("Choice"),
        "pattern_message": _("What is said when it does not fit"),
    }
