"""The flows and releases that cases follow: read, compared, and an earlier release made current again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from mediation import releases as release_store
from mediation.access import roles
from mediation.admin import queries
from mediation.admin.blueprint import bp
from mediation.cases.flow_words import drawing, element_name, process_name
from mediation.extensions import db
from mediation.models import Release
from mediation.releases import current_release_hash, definition_of, load_bundle
from mediation.requests import language, person
from mediation.roles import role_name
from mediation.storage import disposition
from mediation.vocabulary import shipped_vocabulary
from workflows.lint import lint, problem_text
from workflows.model import Problem


@dataclass(frozen=True)
class Step:
    """A user task as the list of a flow shows it."""

    id: str
    name: str
    role: str
    form: str
    deadline: str
    ground: str


@bp.get("/admin/flows")
@roles("flow_admin")
def flow_list() -> str:
    """Every flow of the current release."""
    release_hash = current_release_hash()
    listed = [
        (key, process_name(release_hash, key), len(steps_of(release_hash, key)))
        for key in sorted(definition_of(release_hash).processes)
    ]
    return render_template("admin/flows.html", flows=listed, release_hash=release_hash)


def steps_of(release_hash: str, key: str) -> list[Step]:
    """The user tasks of a flow, in the order in which the file draws them."""
    definition = definition_of(release_hash)
    model, translated = definition.processes[key], definition.translations.get(language(), {})
    elements = translated.get("processes", {}).get(key, {}).get("elements", {})
    return [
        Step(
            id=element.id, name=element_name(release_hash, key, element.id), role=_role(definition.roles.find(element.lane or "")),
            form=element.form_id or "", deadline=element.due_date or "",
            ground=elements.get(element.id, {}).get("ground") or element.properties.get("ground", ""),
        )
        for element in model.elements.values()
        if element.kind == "userTask"
    ]  # fmt: skip


def _role(key: str | None) -> str:
    return role_name(key) if key else "—"


@bp.get("/admin/flows/<key>")
@roles("flow_admin")
def flow_page(key: str) -> str:
    """One flow: its drawing and its steps."""
    release_hash = current_release_hash()
    if key not in definition_of(release_hash).processes:
        abort(404)
    return render_template(
        "admin/flow.html", key=key, name=process_name(release_hash, key), steps=steps_of(release_hash, key),
        release_hash=release_hash, file=definition_of(release_hash).processes[key].file,
    )  # fmt: skip


@bp.get("/admin/flows/<key>.bpmn")
@roles("flow_admin")
def flow_file(key: str) -> Response:
    """The BPMN file, its names in the language of the page; `original` gives it as it was published."""
    lang = "original" if "original" in request.args else language()
    content = drawing(current_release_hash(), key, lang)
    if content is None:
        abort(404)
    response = Response(content, mimetype="application/xml")
    response.headers["Content-Disposition"] = disposition("inline", f"{key}.bpmn")
    return response


# --- releases ---------------------------------------------------------------------------------------------------------


@bp.get("/admin/releases")
@roles("flow_admin")
def releases() -> str:
    """All releases, and what lint says of the current one."""
    lines = queries.releases()
    current = next((line.release.hash for line in lines if line.release.current), None)
    found = problems_of(current) if current else ()
    return render_template(
        "admin/releases.html", lines=lines, problems=[(one, problem_text(one, language())) for one in found]
    )


@lru_cache(maxsize=8)
def problems_of(release_hash: str) -> tuple[Problem, ...]:
    """What lint finds in a release; kept, since a release never changes."""
    return tuple(lint(load_bundle(release_hash), shipped_vocabulary()))


@bp.post("/admin/releases/<release_hash>/current")
@roles("flow_admin")
def make_current(release_hash: str) -> AnyResponse:
    """Let new cases follow an earlier release again; running cases keep to theirs."""
    release = db.session.get(Release, release_hash)
    if release is None:
        abort(404)
    broken = [one for one in problems_of(release_hash) if one.severity == "error"]
    if broken:
        told = problem_text(broken[0], language())
        flash(_("This release cannot be used with this version of the program: %(problem)s", problem=told), "danger")
        return redirect(url_for("admin.releases"))
    release_store.make_current(release, by=person())
    db.session.commit()
    flash(_("New cases follow this release from now on. Running cases keep to theirs."), "success")
    return redirect(url_for("admin.releases"))
