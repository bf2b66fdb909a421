"""People invited to the table beside the parties: who they are, what each side says, and leaving."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import access, codes, flow
from mediation.cases import participants
from mediation.cases.blueprint import bp, the_case
from mediation.extensions import db
from mediation.models import Case, Participant
from mediation.permissions import can_read_content, is_open, works_on
from mediation.requests import person

SAID = ("agree", "refuse", "open")


@bp.get("/cases/<int:case_id>/people")
@access.signed_in
def invited(case_id: int) -> str:
    """Who is invited, and what each side says to it."""
    case = the_case(case_id)
    if not can_read_content(person(), case):
        abort(403)
    return _page(case, {})


@bp.post("/cases/<int:case_id>/people")
@access.signed_in
def invite(case_id: int) -> Response | tuple[str, int]:
    """Invite one more person; the sides have to be asked."""
    case = _workable(case_id)
    row = {key: request.form.get(key, "").strip() for key in ("role", "name", "relation", "phone")}
    if not row["name"] or row["role"] not in participants.ROLES or len(row["name"]) > 60:
        return _page(case, {"name": _("Write the name and choose the role.")}), 422
    listed = [{key: getattr(one, key) for key in row} for one in participants.of_case(case.id)]
    participants.invite(case, [*listed, row], by=person())
    db.session.commit()
    flash(_("Invited. Ask each side whether it agrees."), "success")
    return redirect(url_for("cases.invited", case_id=case.id))


@bp.post("/cases/<int:case_id>/people/<int:participant_id>/answer")
@access.signed_in
def answer_about(case_id: int, participant_id: int) -> Response:
    """Record what a side says to somebody's coming; a consent that is withdrawn means that the person leaves."""
    case = _workable(case_id)
    one = _participant(case, participant_id)
    party = participants.party_of(case, request.form.get("party")) or abort(404)
    said = request.form.get("said", "")
    if said not in SAID or one.left_at is not None:
        abort(422)
    participants.answer(one, str(party.id), said, by=person())
    db.session.commit()
    if one.left_at is not None:
        flash(_("The consent was withdrawn: %(name)s no longer comes to the table.", name=one.name), "warning")
    return redirect(url_for("cases.invited", case_id=case.id))


@bp.post("/cases/<int:case_id>/people/<int:participant_id>/leave")
@access.signed_in
def leave_table(case_id: int, participant_id: int) -> Response:
    """Somebody does not come any more."""
    case = _workable(case_id)
    participants.leave(_participant(case, participant_id), request.form.get("reason", ""), by=person())
    db.session.commit()
    return redirect(url_for("cases.invited", case_id=case.id))


def _workable(case_id: int) -> Case:
    case = the_case(case_id)
    if not works_on(person(), case):
        abort(403)
    flow.lock_case(case.id)  # what every side says stands in one row: two answers at once must both be kept
    if not is_open(case):
        abort(403)
    return case


def _participant(case: Case, participant_id: int) -> Participant:
    return participants.of_this_case(case, participant_id) or abort(404)


def _page(case: Case, errors: dict[str, str]) -> str:
    listed = participants.of_case(case.id, left=True)
    return render_template(
        "cases/invited.html", case=case, people=listed, stands=participants.stands, codes=codes, errors=errors,
        typed=request.form if errors else {}, parties=[one for one in case.parties if one.withdrawn_at is None],
        may_change=works_on(person(), case) and is_open(case), roles=codes.choices("participants"),
    )  # fmt: skip
