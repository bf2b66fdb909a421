"""The ledger on the case: rows, receipts, changes, and what goes to the court because of a default."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from mediation import access, clock
from mediation.access import signed_in
from mediation.agreements import confirmation, packets
from mediation.agreements.blueprint import bp
from mediation.agreements.ledger import ledger_of
from mediation.agreements.remedies import remedies
from mediation.case_view import current_agreement, names_in
from mediation.cases import queries
from mediation.cases.blueprint import whole_case
from mediation.cases.case_views import page
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Case, Obligation, Packet, Receipt, Task
from mediation.papers.operations import issue
from mediation.permissions import can_read_content, works_on
from mediation.requests import person
from mediation.storage import send


@bp.get("/cases/<int:case_id>/performance")
@signed_in
def ledger(case_id: int) -> str:
    """What was agreed, what of it is performed, what the court said, and whether it holds."""
    case = whole_case(case_id)
    found, content = current_agreement(case.id), can_read_content(person(), case)
    known = ledger_of(found) if found else None
    return page(
        "ledger", case, "performance", agreement=found, ledger=known,
        visits=queries.visits(case), names=names_in(case.id), content=content, states=states(), today=clock.today(),
        window=confirmation.window_of(found) if found else None, works=works_on(person(), case),
        remedies=remedies(case, person(), known),
    )  # fmt: skip


def states() -> dict[str, tuple[str, str]]:
    """State of a row -> its words and tone."""
    return {
        "performed": (_("performed"), "good"), "partly": (_("in part"), "accent"), "open": (_("not due yet"), "neutral"),
        "late": (_("late"), "danger"), "refused": (_("refused before its day"), "danger"),
        "court": (_("with the court"), "accent"), "excused": (_("no longer owed here"), "quiet"),
        "replaced": (_("replaced by a change"), "quiet"),
    }  # fmt: skip


@bp.post("/cases/<int:case_id>/receipts/<int:receipt_id>/paper")
@signed_in
def receipt_paper(case_id: int, receipt_id: int) -> Response:
    """Print the receipt of a performance, to be signed by who paid and who received."""
    case = _worked_on(case_id)
    query = select(Receipt).join(Obligation).where(Receipt.id == receipt_id, Obligation.case_id == case.id)
    receipt = db.session.scalar(query.where(Receipt.status == "counts"))
    if receipt is None:
        abort(404)
    try:
        issue(case, "performance_receipt", by=person(), subject=f"receipt:{receipt.id}")
    except AnswersRefused as refused:
        return _refused(case, " ".join(refused.errors.values()))
    return _done(case, _("The paper is being made; it appears among the papers of the case."))


@bp.post("/cases/<int:case_id>/packets/<way>")
@signed_in
def packet(case_id: int, way: str) -> Response:
    """Gather everything for this way to the court and bind it; a worker makes the file."""
    case = _worked_on(case_id)
    try:
        packets.ask(case, way, by=person())
    except packets.PacketRefused as refused:
        return _refused(case, str(refused))
    except AnswersRefused as refused:
        return _refused(case, " ".join(refused.errors.values()))
    return _done(case, _("The packet is being made."))


@bp.post("/cases/<int:case_id>/packets/<int:packet_id>/again")
@signed_in
def packet_again(case_id: int, packet_id: int) -> Response:
    """Bind a packet again of which a paper could not be printed."""
    case = _worked_on(case_id)
    try:
        packets.again(_packet_of(case, packet_id), by=person())
    except packets.PacketRefused as refused:
        return _refused(case, str(refused))
    except AnswersRefused as refused:
        return _refused(case, " ".join(refused.errors.values()))
    return _done(case, _("The packet is being made."))


@bp.get("/cases/<int:case_id>/packets/<int:packet_id>.pdf")
@signed_in
def packet_file(case_id: int, packet_id: int) -> Response:
    """The bound packet."""
    case = whole_case(case_id)
    found = _packet_of(case, packet_id)
    if found.sha256 is None or not can_read_content(person(), case):
        abort(404)
    packets.note_read(found, by=person())
    return send(packets.file_of(found), f"{case.display_number}-{found.way}.pdf")


def _packet_of(case: Case, packet_id: int) -> Packet:
    return db.session.scalar(select(Packet).where(Packet.id == packet_id, Packet.case_id == case.id)) or abort(404)


def _worked_on(case_id: int) -> Case:
    case = whole_case(case_id)
    if not works_on(person(), case):
        abort(403)
    return case


def _done(case: Case, message: str) -> Response:
    db.session.commit()
    flash(message, "success")
    return _back(case)


def _refused(case: Case, message: str) -> Response:
    db.session.rollback()
    flash(message, "danger")
    return _back(case)


def _back(case: Case) -> Response:
    """To the step beside which it was asked for (`task`), else to the ledger."""
    asked = access.visible_tasks(person()).where(Task.id == request.args.get("task", ""), Task.case_id == case.id)
    task = db.session.scalar(asked)
    here = url_for("tasks.show", task_id=task.id) if task else url_for("agreements.ledger", case_id=case.id)
    return redirect(here, 303)
