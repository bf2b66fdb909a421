"""Where a resident's case stands, and the papers that are this party's."""

from __future__ import annotations

from flask import abort, render_template
from werkzeug.wrappers import Response

from mediation import access, clock, journal
from mediation.access import party_only
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
        invitations=invitations, clocks=queries.clocks(party), paper_names=_paper_names(party.case.release_hash),
        next_step=queries.next_step(party, offered, invitations, listed),
    )  # fmt: skip


def _paper_names(release_hash: str) -> dict[str, str]:
    return {key: kind.name[language()] for key, kind in layouts_of(release_hash).kinds.items()}


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
