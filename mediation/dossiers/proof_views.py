"""Taking one paper out of the house with its proof."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from documents.sealing import TokenUnavailable
from mediation import access, journal
from mediation.dossiers import proofs
from mediation.dossiers.blueprint import bp
from mediation.dossiers.case_views import sent
from mediation.extensions import db
from mediation.permissions import works_on
from mediation.requests import person
from mediation.signing.seals import SealMissing


@bp.post("/papers/<int:paper_id>/proof")
@access.signed_in
def proof(paper_id: int) -> AnyResponse:
    """The packet of one paper; for whoever works on its case, and written down. In the demonstration the seal's
    certificate may be made here: so it is a POST."""
    user = person()
    paper = access.paper_or_404(user, paper_id)
    if not works_on(user, paper.case):
        abort(403)
    if paper.sha256 is None or not paper.stands:
        abort(404)  # what counts no longer is not sent out with a seal of today
    case_id, name = paper.case_id, f"{paper.case.code}-{paper.kind}-{paper.id}.zip"
    try:
        found, kind = proofs.gather(paper), paper.kind
        db.session.commit()  # nothing is held open while a token signs
        content = proofs.packed(found)
    except (SealMissing, TokenUnavailable):
        db.session.rollback()
        flash(_("No certificate for this body could be used. The administrators see it under Seals."), "danger")
        return redirect(url_for("cases.papers", case_id=case_id), 303)
    journal.record("paper-exported", case_id=case_id, by=person(), subject=f"paper:{paper_id}", details={"kind": kind})
    db.session.commit()
    return sent(content, "application/zip", name)
