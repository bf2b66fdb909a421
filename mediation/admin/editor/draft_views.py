"""Drafts of a release: begun, looked at, brought up to date, published, given up; files added and taken out."""

from __future__ import annotations

from contextlib import closing

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation.access import roles
from mediation.admin.blueprint import Page, bp
from mediation.admin.editor import findings, operations, paper_previews, paths, queries, starting
from mediation.admin.editor.differences import differences
from mediation.admin.editor.operations import DraftClosed, NotPublishable
from mediation.admin.editor.queries import FileLine
from mediation.extensions import db
from mediation.models import Release, ReleaseDraft
from mediation.releases import current_release_hash, load_bundle
from mediation.requests import language, person
from workflows.dialect import LARGEST
from workflows.lint import problem_text
from workflows.model import Bundle, Problem
from workflows.problems import BrokenFile

LONGEST_NAME = 80
LONGEST_NOTE = 500
SECTIONS = ("flow", "decision", "form", "words", "paper")


# --- all drafts -------------------------------------------------------------------------------------------------------


@bp.get("/admin/drafts")
@roles("flow_admin")
def drafts() -> str:
    """Drafts that are being written, and those that are finished."""
    return _drafts_page()


def _drafts_page(message: str = "") -> str:
    who, path = person(), request.values.get("path", "")
    return render_template(
        "admin/editor/drafts.html", drafts=queries.open_drafts(who), closed=queries.closed_drafts(who), message=message,
        current=current_release_hash(), typed=request.form if message else {}, suggested=_suggested_name(),
        path=path if paths.is_editable(path) else "",
    )  # fmt: skip


def _suggested_name() -> str:
    return _("Changes by %(name)s", name=person().name)


@bp.post("/admin/drafts")
@roles("flow_admin")
def begin_draft() -> Page:
    """Begin a draft of the current release, and open the file that was asked for, if any."""
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    if not name:
        return _drafts_page(_("Please give the draft a name, so that others know what it is about.")), 422
    release = db.session.get(Release, current_release_hash())
    assert release is not None
    draft = operations.begin(name, release, by=person())
    db.session.commit()
    path = request.form.get("path", "")
    if paths.is_editable(path) and path in load_bundle(release.hash).files:
        return redirect(url_for("admin.edit_file", draft_id=draft.id, path=path))
    return redirect(url_for("admin.draft", draft_id=draft.id))


# --- one draft --------------------------------------------------------------------------------------------------------


@bp.get("/admin/drafts/<int:draft_id>")
@roles("flow_admin")
def draft(draft_id: int) -> str:
    """The files of a draft: which are changed, what lint says of each, who is editing."""
    return _draft_page(draft_or_404(draft_id))


def draft_or_404(draft_id: int) -> ReleaseDraft:
    found = queries.draft_by_id(person(), draft_id)
    if found is None:
        abort(404)
    return found


def locked_or_404(draft_id: int) -> ReleaseDraft:
    """The draft for a change; raises DraftClosed."""
    found = operations.locked(draft_id, by=person())
    if found is None:
        abort(404)
    return found


def _draft_page(found: ReleaseDraft, message: str = "", report: list[Problem] | None = None, landed: str = "") -> str:
    bundle = operations.bundle_of(found)
    known = queries.catalogue(bundle)
    lines = _file_lines(found, bundle, known)
    lines["changed"] = [line for kind in SECTIONS for line in lines[kind] if line.change]
    shown = request.args.get("show", "")
    shown = shown if shown in lines else "changed" if lines["changed"] else "flow"
    role_names = [(key, role.name_en if language() == "en" else role.name) for key, role in known.roles.by_key.items()]
    return render_template(
        "admin/editor/draft.html", draft=found, lines=lines[shown], shown=shown, message=message,
        counted={kind: len(lines[kind]) for kind in ("changed", *SECTIONS)},
        typed=request.form if message else {}, role_names=role_names, behind=_behind(found), landed=landed,
        copyable=[(line.path, line.name) for kind in SECTIONS[:3] for line in lines[kind] if line.key and line.change != "removed"],
        report=[problem_text(one, language()) for one in report] if report is not None else None,
        counts=_counts(findings.of(bundle)),
    )  # fmt: skip


def _behind(found: ReleaseDraft) -> list[str] | None:
    return operations.behind(found) if found.closed_at is None else None


def _counts(problems: tuple[Problem, ...]) -> tuple[int, int]:
    errors = sum(one.severity == "error" for one in problems)
    return errors, len(problems) - errors


def _file_lines(found: ReleaseDraft, bundle: Bundle, known: queries.Catalogue) -> dict[str, list[FileLine]]:
    base = load_bundle(found.base_hash)
    changed = {one.path: one.kind for one in operations.changes(found, base)}
    here = queries.editors(found)
    problems: dict[str, list[Problem]] = {}
    for one in findings.of(bundle):
        problems.setdefault(one.file, []).append(one)
    lines: dict[str, list[FileLine]] = {kind: [] for kind in SECTIONS}
    for path in paths.editable({*bundle.files, *base.files}):
        if path not in bundle.files and path not in changed:
            continue
        name, key = known.name_of(path)
        errors, warnings = _counts(tuple(problems.get(path, ())))
        lines[paths.kind_of(path)].append(
            FileLine(path, name, key, changed.get(path, ""), errors, warnings, tuple(here.get(path, ())))
        )
    return lines


@bp.get("/admin/drafts/<int:draft_id>/findings")
@roles("flow_admin")
def draft_findings(draft_id: int) -> str:
    """What lint says of the whole draft, or of one file; each line leads to the element in its editor."""
    found = draft_or_404(draft_id)
    path = request.args.get("path", "")
    listed = findings.told(findings.of(operations.bundle_of(found)), language())
    return render_template("admin/editor/findings.html", draft=found, path=path, **split(listed, path))


def split(listed: list[findings.Finding], path: str) -> dict[str, list[findings.Finding]]:
    """The findings in the file that is open, and those in the others."""
    return {
        "here": [one for one in listed if one.file == path],
        "elsewhere": [one for one in listed if one.file != path],
    }


# --- its files --------------------------------------------------------------------------------------------------------


@bp.post("/admin/drafts/<int:draft_id>/new")
@roles("flow_admin")
def add_file(draft_id: int) -> Page:
    """A new flow, form or decision, empty or as a copy of another one."""
    found = locked_or_404(draft_id)
    bundle = operations.bundle_of(found)
    try:
        path, content = _new_content(bundle)
    except BrokenFile as broken:
        return _refused(draft_id, problem_text(broken.problem, language()))
    except ValueError as refused:
        return _refused(draft_id, str(refused))
    operations.save(found, path, content, operations.revision_of(found, path), by=person())
    db.session.commit()
    return redirect(url_for("admin.edit_file", draft_id=draft_id, path=path))


def _new_content(bundle: Bundle) -> tuple[str, bytes]:
    kind, key = request.form.get("kind", ""), request.form.get("key", "").strip()
    name, source = request.form.get("name", "").strip()[:60], request.form.get("copy", "")
    if source in bundle.files and paths.is_editable(source):
        kind = paths.kind_of(source)
    if kind not in paths.FOLDERS:
        raise ValueError(_("Please choose what to add."))
    if not paths.KEY.fullmatch(key):
        raise ValueError(_("The key begins with a small letter and has small letters, digits and underscores only."))
    if not name:
        raise ValueError(_("Please give it a name."))
    known = queries.catalogue(bundle)
    if f"{kind}:{key}" in known.file_of or paths.FOLDERS[kind].format(key) in bundle.files:
        raise ValueError(_("There is something with the key %(key)s already.", key=key))
    if source:
        if source not in bundle.files:
            raise ValueError(_("The file to copy is not in this draft."))
        return starting.copy_of(kind, bundle.files[source], known.name_of(source)[1], key, name)
    role = known.roles.by_key.get(request.form.get("role", ""))
    return starting.new_file(kind, key, name, role.name if role else "")


def _refused(draft_id: int, message: str) -> Page:
    db.session.rollback()
    return _draft_page(draft_or_404(draft_id), message), 422


@bp.post("/admin/drafts/<int:draft_id>/import")
@roles("flow_admin")
def import_file(draft_id: int) -> Page:
    """A file from outside: read safely, put right where there is one way to do it, with a report of every change."""
    found = locked_or_404(draft_id)
    name, content = _handed_in()
    if not content:
        return _refused(draft_id, _("Please choose a file."))
    try:
        path, put_right, report = starting.imported(name, content)
    except BrokenFile as broken:
        return _refused(draft_id, problem_text(broken.problem, language()))
    path = _place_of(operations.bundle_of(found), path)
    if not paths.is_editable(path):
        return _refused(draft_id, _("The name of the file cannot be used."))
    operations.save(found, path, put_right, operations.revision_of(found, path), by=person())
    db.session.commit()
    return _draft_page(draft_or_404(draft_id), report=report, landed=path)


def _handed_in() -> tuple[str, bytes]:
    """Name and content of the file; of one that is too large no more than shows that it is."""
    sent = request.files.get("file")
    if sent is None:
        return "", b""
    with closing(sent):
        return sent.filename or "", sent.stream.read(LARGEST + 1)


def _place_of(bundle: Bundle, path: str) -> str:
    """A flow, form or decision that the draft has already is replaced where it lies."""
    kind, key = paths.kind_of(path), path.rpartition("/")[2].rpartition(".")[0]
    return queries.catalogue(bundle).file_of.get(f"{kind}:{key}", path)


@bp.post("/admin/drafts/<int:draft_id>/remove/<path:path>")
@roles("flow_admin")
def remove_file(draft_id: int, path: str) -> Response:
    """Take a file out of the release that the draft becomes; lint tells who still needs it."""
    found = _with_file(draft_id, path)
    operations.remove(found, path, by=person())
    db.session.commit()
    flash(_("%(path)s is taken out of the draft.", path=path), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id))


@bp.post("/admin/drafts/<int:draft_id>/restore/<path:path>")
@roles("flow_admin")
def restore_file(draft_id: int, path: str) -> Response:
    """Forget what the draft changed in a file."""
    found = _with_file(draft_id, path)
    operations.restore(found, path, by=person())
    db.session.commit()
    flash(_("%(path)s is again as in the release.", path=path), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id))


def _with_file(draft_id: int, path: str) -> ReleaseDraft:
    found = locked_or_404(draft_id)
    known = {*load_bundle(found.base_hash).files, *(row.path for row in found.files)}
    if not paths.is_editable(path) or path not in known:
        abort(404)
    return found


# --- the end of a draft -----------------------------------------------------------------------------------------------


@bp.route("/admin/drafts/<int:draft_id>/publish", methods=["GET", "POST"])
@roles("flow_admin")
def publish_draft(draft_id: int) -> Page:
    """What the draft changes; with a note it becomes the release that new cases follow."""
    if request.method != "POST":
        return _publish_page(draft_or_404(draft_id))
    note = request.form.get("note", "").strip()[:LONGEST_NOTE]
    if not note:
        return _not_published(draft_id, _("Please say what is new: the note stands in the list of releases."))
    tried = operations.bundle_of(draft_or_404(draft_id))
    if message := _papers_refused(tried, draft_id):
        return _not_published(draft_id, message)
    found = locked_or_404(draft_id)
    if operations.bundle_of(found).hash != tried.hash:
        return _not_published(draft_id, _("Somebody changed the draft meanwhile: please look at it once more."))
    try:
        release = operations.publish(found, note, by=person())
    except NotPublishable as refused:
        return _not_published(draft_id, _reasons()[refused.reason])
    db.session.commit()
    told = _(
        "Published as %(hash)s. New cases follow it from now on; running cases keep theirs.", hash=release.hash[:12]
    )
    flash(told, "success")
    return redirect(url_for("admin.releases"))


def _papers_refused(bundle: Bundle, draft_id: int) -> str:
    """Samples of changed papers are printed before anybody waits for a lock; what is wrong, or nothing."""
    base = load_bundle(draft_or_404(draft_id).base_hash)
    db.session.rollback()
    names = paper_previews.unprintable(bundle, base)
    return _("The samples of these papers no longer print: %(names)s", names="、".join(names)) if names else ""


def _reasons() -> dict[str, str]:
    return {
        "errors": _("The check still finds errors: please put them right first."),
        "nothing": _("The draft changes nothing."),
        "behind": _("Another release has been published meanwhile: bring the draft up to date first."),
    }


def _not_published(draft_id: int, message: str) -> Page:
    db.session.rollback()
    return _publish_page(draft_or_404(draft_id), message), 422


def _publish_page(found: ReleaseDraft, message: str = "") -> str:
    if found.closed_at is not None:
        raise DraftClosed
    listed = findings.told(findings.of(operations.bundle_of(found)), language())
    changes = operations.changes(found, load_bundle(found.base_hash))
    return render_template(
        "admin/editor/publish.html", draft=found, changes=changes, message=message, behind=operations.behind(found),
        different={one.path: _different(one) for one in changes},
        errors=[one for one in listed if one.severity == "error"], warnings=[one for one in listed if one.severity != "error"],
        note=request.form.get("note", "" if found.name == _suggested_name() else found.name),
    )  # fmt: skip


def _different(change: operations.Change) -> str:
    """What is different in a file: “Rules: 1 changed”."""
    kinds = {
        "rule": _("Rules"), "column": _("Columns"), "step": _("Steps"), "connection": _("Connections"),
        "drawing": _("Places on the drawing"), "field": _("Fields"), "role": _("Roles"), "text": _("Texts"), "line": _("Lines"),
    }  # fmt: skip
    told = []
    for one in differences(change.path, change.before, change.after):
        counts = [
            _("%(number)s new", number=one.added) if one.added else "",
            _("%(number)s changed", number=one.changed) if one.changed else "",
            _("%(number)s taken out", number=one.removed) if one.removed else "",
        ]  # fmt: skip
        said = _(", ").join(count for count in counts if count)
        told.append(_("%(name)s: %(said)s", name=kinds[one.kind], said=said))
    return " · ".join(told)


@bp.post("/admin/drafts/<int:draft_id>/renew")
@roles("flow_admin")
def renew_draft(draft_id: int) -> Response:
    """Make the current release the one that the draft changes."""
    found = locked_or_404(draft_id)
    operations.bring_up_to_date(found, by=person())
    db.session.commit()
    flash(_("The draft now changes the current release."), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id))


@bp.post("/admin/drafts/<int:draft_id>/give-up")
@roles("flow_admin")
def give_up_draft(draft_id: int) -> Response:
    """Close a draft without publishing it."""
    operations.give_up(locked_or_404(draft_id), by=person())
    db.session.commit()
    flash(_("The draft is closed; nothing of it was published."), "success")
    return redirect(url_for("admin.drafts"))


@bp.app_errorhandler(DraftClosed)
def draft_closed(_error: DraftClosed) -> Page | tuple[dict[str, str], int]:
    """Somebody published the draft or gave it up while another person had it open."""
    db.session.rollback()
    message = _("This draft has been published or closed meanwhile; it can no longer be changed.")
    if request.accept_mimetypes.best == "application/json":
        return {"message": message}, 409
    typed = request.form.get("content") or request.form.get("note")
    return render_template("errors/409.html", message=message, kept=[(_("Text"), typed)] if typed else []), 409
