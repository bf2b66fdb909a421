"""Incidents: what could not be done, where, and what an administrator can do about it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import clock, flow, journal
from mediation.access import roles
from mediation.admin import queries
from mediation.admin.blueprint import Page, bp
from mediation.admin.queries import IncidentLine
from mediation.cases.flow_words import element_name, process_name
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Incident
from mediation.releases import definition_of
from mediation.requests import person
from workflows.model import EngineError


@bp.get("/admin/incidents")
@roles("flow_admin", "system_admin")
def incident_list() -> str:
    """The open ones, or those that were resolved."""
    resolved = request.args.get("state") == "resolved"
    lines, last = queries.incidents(resolved, request.args.get("before", type=int))
    more = url_for("admin.incident_list", state="resolved" if resolved else None, before=last) if last else None
    return render_template("admin/incidents.html", lines=lines, resolved=resolved, more_url=more, words_of=words_of,
                           place_of=place_of, open_count=queries.open_incidents())  # fmt: skip


@bp.get("/admin/incidents/<int:incident_id>")
@roles("flow_admin", "system_admin")
def incident(incident_id: int) -> str:
    """One incident in plain words."""
    line = _line_or_404(incident_id)
    return render_template("admin/incident.html", line=line, words_of=words_of, place_of=place_of, advice_of=advice_of)


def _line_or_404(incident_id: int) -> IncidentLine:
    line = queries.incident_line(incident_id)
    if line is None:
        abort(404)
    return line


def place_of(line: IncidentLine) -> str:
    """The flow and the step, as people call them; a called flow is another process of the release than the case's root."""
    if not line.process_key:
        return _("in the flow of the case")
    step = line.incident.element_id
    drawn = definition_of(line.release_hash).processes
    key = next((key for key, model in drawn.items() if step in model.elements), line.process_key)
    flow_name = process_name(line.release_hash, key)
    return f"{flow_name} › {element_name(line.release_hash, key, step)}" if step else flow_name


def words_of(code: str) -> str:
    """What happened, said so that one need not know the engine."""
    told = {
        "change-failed": _("A change of an agreement, signed and sealed, could not take effect. It is tried again when this is "
                           "marked as resolved."),
        "condition-not-boolean": _("A condition on a path gave neither yes nor no."),
        "no-flow": _("None of the paths that leave a gateway applied."),
        "expression": _("An expression of the flow could not be worked out with what this case holds."),
        "decision": _("A decision table gave no answer, or several where one was expected."),
        "timer-stuck": _("A deadline has come, and the flow does not react to it."),
        "unknown-agency": _("The flow hands a task to an agency that is not entered here."),
        "missing-process": _("The flow calls another flow that its release does not hold."),
        "missing-decision": _("The flow asks a decision that its release does not hold."),
        "broken-state": _("The stored position of the case cannot be read."),
        "wrong-release": _("The case was stored under another release than the one it names."),
        "not-storable": _("A step produced a value that cannot be kept."),
        "paper-refused": _("A paper that the step issues lacks facts."),
        "effect-failed": _("Something that the step causes could not be done."),
    }
    return told.get(code, _("A step could not be taken."))


def advice_of(code: str) -> str:
    """What an administrator can do."""
    told = {
        "unknown-agency": _("Enter the agency under Administration, then try again."),
        "paper-refused": _("Ask the office to complete the facts of the case, then try again."),
        "decision": _(
            "Look at the table: a row for this combination is missing or overlaps. Publish a release and move the case."
        ),
        "broken-state": _("Restore the case's process from a backup; nothing can be done here."),
    }
    return told.get(code, _("Look at the place in the flow. If the drawing is at fault, publish a corrected release and "
                            "move the case to it; if a fact of the case is missing, ask the office; then try again."))  # fmt: skip


@bp.post("/admin/incidents/<int:incident_id>/retry")
@roles("flow_admin", "system_admin")
def retry(incident_id: int) -> Response:
    """Let the timers of the stuck process go on; if they fail again, nothing has changed."""
    line = _line_or_404(incident_id)
    here = redirect(url_for("admin.incident", incident_id=incident_id))
    if not line.can_retry or line.incident.process_id is None:
        flash(_("Nothing waits to be tried again. The person who did the step can simply submit it once more."), "info")
        return here
    try:
        _fire_again(line.incident)
    except (EngineError, AnswersRefused) as error:
        db.session.rollback()
        code = error.code if isinstance(error, EngineError) else "paper-refused"
        flash(_("It failed again: %(what)s Nothing was changed.", what=words_of(code)), "danger")
        return here
    db.session.commit()
    flash(_("It went on. The incident is resolved."), "success")
    return redirect(url_for("admin.incident_list"))


def _fire_again(incident: Incident) -> None:
    assert incident.process_id is not None, "can_retry is only true for a process"
    flow.lock_case(incident.case_id)
    for event in queries.stuck_timers(incident.process_id):
        event.failed_at = None
        if event.due_at is not None and event.due_at <= clock.now():
            flow.fire_timers(event)
    _resolve(incident, "incident-retried")


def _resolve(incident: Incident, action: str) -> None:
    incident.resolved_at, incident.resolved_by_id = clock.now(), person().id
    journal.record(action, case_id=incident.case_id, by=person(), subject=f"incident:{incident.id}",
                   details={"code": incident.code})  # fmt: skip


@bp.post("/admin/incidents/<int:incident_id>/resolve")
@roles("flow_admin", "system_admin")
def resolve(incident_id: int) -> Page:
    """Mark as resolved: somebody has dealt with it otherwise."""
    line = _line_or_404(incident_id)
    if line.incident.resolved_at is None:
        _resolve(line.incident, "incident-resolved")
        db.session.commit()
        flash(_("The incident is resolved."), "success")
    return redirect(url_for("admin.incident_list"))
