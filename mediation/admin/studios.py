"""What a studio is good at: kinds of dispute, languages, the area that it serves."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from mediation import codes, journal
from mediation.access import roles
from mediation.admin import queries
from mediation.admin.blueprint import Page, bp
from mediation.extensions import db
from mediation.models import Agency, Studio
from mediation.requests import person

LONGEST_AREA = 40
MOST_AREAS = 30


@bp.route("/admin/agencies/<int:agency_id>/studio", methods=["GET", "POST"])
@roles("system_admin")
def studio(agency_id: int) -> Page:
    """The registry of a studio: what the matching reads."""
    agency = queries.agency_by_id(agency_id)
    if agency is None or agency.kind != "studio":
        abort(404)
    found = db.session.get(Studio, agency.id) or Studio(agency_id=agency.id, kinds=[], languages=[], areas=[], about="")
    if request.method != "POST":
        return _page(agency, found)
    areas = [part.strip() for part in request.form.get("areas", "").replace("，", "、").replace(",", "、").split("、")]
    found.kinds = [key for key in request.form.getlist("kinds") if key in codes.table("kinds")]
    found.languages = [key for key in request.form.getlist("languages") if key in codes.table("interpreters")]
    found.areas = list(dict.fromkeys(area[:LONGEST_AREA] for area in areas if area))
    found.about = request.form.get("about", "").strip()[:1000]
    if not found.kinds or len(found.areas) > MOST_AREAS:
        told = (
            _("Choose at least one kind of dispute.")
            if not found.kinds
            else _("At most %(most)s areas.", most=MOST_AREAS)
        )
        page = _page(agency, found, told)
        db.session.rollback()
        return page, 422
    db.session.add(found)
    journal.record("studio-registered", by=person(), subject=f"agency:{agency.id}", details={"kinds": found.kinds})
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("admin.agency", agency_id=agency.id))


def _page(agency: Agency, found: Studio, message: str = "") -> str:
    return render_template(
        "admin/studio.html", agency=agency, studio=found, message=message, codes=codes,
        kinds=codes.table("kinds"), spoken=codes.choices("interpreters"),
    )  # fmt: skip
