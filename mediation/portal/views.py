"""Where a resident's case stands, and the papers that are this party's."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import access, clock, journal
from mediation.access import party_only
from mediation.agreements import understanding
from mediation.cases import walls
from mediation.extensions import db
from mediation.models import Paper
from mediation.papers.operations import layouts_of
from mediation.papers.views import pdf_response
from mediation.portal import entrance, queries, questions  # noqa: F401 - their pages hang on the same blueprint
from mediation.portal.blueprint import Page, bp, this_party
from mediation.requests import language
from mediation.storage import send


@bp.get("/see/case")
@party_only
def status() -> Page:
    """Where the case stands, what comes next, and what this party may do."""
    party = this_party()
    view = walls.party_view(party)
    offered, listed = queries.choices(party), queries.dues(party)
    invitations = [one for one in view.invitations if one.at > clock.now()]
    journal.note_read("case-seen", case_id=party.case_id, actor=f"party:{party.id}")
    return render_template(
        "portal/status.html", party=party, view=view, shared=view.shared, offered=offered, dues=listed,
        agreed=queries.agreement_told(party), invitations=invitations, clocks=queries.clocks(party),
        paper_names=_paper_names(party.case.release_hash),
        next_step=queries.next_step(party, offered, invitations, listed),
    )  # fmt: skip


def _paper_names(release_hash: str) -> dict[str, str]:
    return {key: kind.name[language()] for key, kind in layouts_of(release_hash).kinds.items()}


@bp.route("/see/agreement", methods=["GET", "POST"])
@party_only
def agreement() -> Page:
    """The agreement in plain words; the party ticks what it has understood, and the mediator sees it."""
    party = this_party()
    found = queries.agreement_told(party)
    if found is None:
        abort(404)
    if request.method == "POST":
        understanding.tick(found, party, request.form.getlist("understood", type=int))
        db.session.commit()
        flash(_("Kept. The mediator sees what you have ticked."), "success")
        return redirect(url_for("portal.agreement"), 303)
    return render_template(
        "portal/agreement.html", points=understanding.points(found), mine=understanding.ticked(found).get(party.id, {})
    )


@bp.get("/see/papers/<int:paper_id>.pdf")
@party_only
def paper(paper_id: int) -> Response:
    """A paper of this party, or of everybody at the table."""
    party = this_party()
    found = db.session.scalar(access.party_papers(party).where(Paper.id == paper_id))
    if found is None:
        abort(404)
    journal.note_read("paper-downloaded", case_id=party.case_id, actor=f"party:{party.id}", subject=f"paper:{found.id}",
                      details={"kind": found.kind})  # fmt: skip
    return pdf_response(found)


@bp.get("/see/files/<int:attachment_id>")
@party_only
def file(attachment_id: int) -> Response:
    """A file that this party handed in, or a shared one."""
    party = this_party()
    found = queries.attachment_of(party, attachment_id)
    if found is None:
        abort(404)
    journal.note_read("attachment-downloaded", case_id=party.case_id, actor=f"party:{party.id}",
                      subject=f"attachment:{found.id}")  # fmt: skip
    return send(found.original, found.name)
