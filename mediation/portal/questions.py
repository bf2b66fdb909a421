"""What a resident may do: each a page with one question, and back to where the case stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import clock, flow, journal
from mediation.access import party_only
from mediation.agreements import changes, confirmation, performance
from mediation.case_view import current_agreement
from mediation.cases import links
from mediation.cases import operations as cases
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Obligation, Party, Receipt
from mediation.portal import operations, queries
from mediation.portal.blueprint import Page, bp, this_party
from mediation.storage import FileRefused, store
from workflows.model import EngineError

LONGEST_TEXT = 10_000
PURPOSES = ("evidence", "identity", "receipt")

Question = Callable[..., Page]


def _offered(name: str) -> Callable[[Question], Question]:
    """Let the question through only while the flow waits for its answer; else say so and go back."""

    def around(question: Question) -> Question:
        @wraps(question)
        def asked(**arguments: Any) -> Page:
            if not getattr(queries.choices(this_party()), name):
                flash(_("This is not possible at the moment. If you have a question, please call us."), "info")
                return redirect(url_for("portal.status"))
            return question(**arguments)

        return asked

    return around


def _done(message: str) -> Response:
    """One commit, and back to the page that shows what came of it."""
    db.session.commit()
    flash(message, "success")
    return redirect(url_for("portal.status"))


def _actor(party: Party) -> str:
    return f"party:{party.id}"


def _send(party: Party, name: str, payload: dict[str, Any], sender_key: str) -> None:
    """A message of the party into its case; the same one twice is one."""
    g.step_of = (party.case_id, None)
    sent = {"party": str(party.id), **payload}
    try:
        flow.send_message(party.case, name, sent, party_id=party.id, sender_key=sender_key)
    except AnswersRefused as refused:  # a paper lacks facts that a resident cannot give: an administrator hears of it
        raise EngineError("paper-refused", str(refused)) from refused
    journal.record("message-sent", case_id=party.case_id, actor=_actor(party), subject=name, details=payload)


@bp.route("/see/meetings/<int:invitation_id>", methods=["GET", "POST"])
@party_only
def meeting(invitation_id: int) -> Page:
    """Will you come?"""
    party = this_party()
    invitation = queries.invitation_of(party, invitation_id)
    if invitation is None:
        abort(404)
    answer = request.form.get("answer", "")
    if request.method == "GET" or answer not in ("comes", "cannot"):
        return render_template("portal/meeting.html", invitation=invitation, meeting=invitation.meeting)
    invitation.answer, invitation.answered_at = answer, clock.now()
    note = request.form.get("note", "").strip()[:500] if answer == "cannot" else ""
    invitation.note = note
    if note:  # what was promised to the mediator alone stands with the party's other requests
        cases.add_statement(party.case, party, note, by=None, kind="request", actor=_actor(party))
    journal.record("meeting-answered", case_id=party.case_id, actor=_actor(party), subject=f"meeting:{invitation.meeting_id}",
                   details={"answer": answer})  # fmt: skip
    operations.tell_mediator(party, answer)
    if answer == "comes":
        return _done(_("Thank you. The mediator knows that you will come."))
    return _done(_("Thank you for telling us. The mediator will call you about another time."))


@bp.route("/see/consent", methods=["GET", "POST"])
@party_only
@_offered("consent")
def consent() -> Page:
    """Do you agree to mediation? The answer goes to the mediator, who writes it into the case (人民调解法 17)."""
    party = this_party()
    answer = request.form.get("answer", "")
    if request.method == "GET" or answer not in ("agree", "refuse"):
        return render_template("portal/consent.html", party=party)
    said = (
        _("Answered here: I agree to mediation.")
        if answer == "agree"
        else _("Answered here: I do not agree to mediation.")
    )
    cases.add_statement(party.case, party, said, by=None, kind="request", actor=_actor(party))
    journal.record("consent-answered", case_id=party.case_id, actor=_actor(party), details={"answer": answer})
    operations.tell_mediator(party, "consent")
    return _done(_("Thank you. Your answer has reached the mediator."))


@bp.route("/see/due/<int:obligation_id>", methods=["GET", "POST"])
@party_only
def report(obligation_id: int) -> Page:
    """I have paid, or received, perhaps with a photograph: the mediator is told and checks it, then it counts."""
    party = this_party()
    due = queries.due_of(party, obligation_id)
    if due is None:
        abort(404)
    if not due.can_report:
        flash(_("This is not possible at the moment. If you have a question, please call us."), "info")
        return redirect(url_for("portal.status"))
    if request.method == "GET":
        return render_template("portal/report.html", due=due)
    note = request.form.get("note", "").strip()[:LONGEST_TEXT]
    try:
        receipt = _hand_in_receipt(party, obligation_id, note)
    except (FileRefused, AnswersRefused) as refused:
        db.session.rollback()
        message = refused.message if isinstance(refused, FileRefused) else " ".join(refused.errors.values())
        return render_template("portal/report.html", due=due, message=message), 422
    if queries.choices(party).report:
        key = f"receipt {due.id} {party.id} {due.due_on} {due.rest} {receipt.id}"
        _send(party, "receipt-reported", {"obligation": str(due.id)}, key)
    if note:
        cases.add_statement(party.case, party, note, by=None, kind="request", actor=_actor(party))
    operations.tell_mediator(party, "received")
    return _done(_("Thank you. The mediator checks it and writes it down."))


def _hand_in_receipt(party: Party, obligation_id: int, note: str) -> Receipt:
    """What was typed, and the photograph, as a receipt that waits for the mediator."""
    form, given = request.form, request.files.get("photo")
    file = None
    if given is not None and given.filename:
        kept = store(given.stream, given.filename, limit=current_app.config["UPLOAD_MB"] * 1024 * 1024)
        file = cases.attach(party.case, kept, party=party, purpose="receipt", by=None, actor=_actor(party))
    owed = db.session.get_one(Obligation, obligation_id)
    receipt = performance.hand_in(owed, party, _sum(form.get("amount", ""), owed), _day(form.get("on", "")), note, file)
    journal.record("receipt-handed-in", case_id=party.case_id, actor=_actor(party), subject=f"receipt:{receipt.id}",
                   details={"obligation": owed.id, "photograph": file is not None})  # fmt: skip
    return receipt


def _sum(text: str, owed: Obligation) -> Decimal | None:
    """The amount that was typed; left empty it was all that was still open."""
    plain = text.replace(",", "").replace("元", "").strip()
    if not plain:
        return owed.rest
    try:
        amount = Decimal(plain).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise AnswersRefused({"amount": _("Please write the amount as a number, for example 3000.")}) from None
    return amount


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise AnswersRefused({"on": _("Please choose a day.")}) from None


@bp.route("/see/confirmation", methods=["GET", "POST"])
@party_only
def confirm() -> Page:
    """Do you want the court to confirm the agreement? Both sides have to, within thirty days (民事诉讼法 205)."""
    party = this_party()
    found, agreement = queries.choices(party).confirm, current_agreement(party.case_id)
    if found is None or found.over or agreement is None:
        flash(_("This is not possible at the moment. If you have a question, please call us."), "info")
        return redirect(url_for("portal.status"))
    answer = request.form.get("answer", "")
    if request.method == "GET" or answer not in ("yes", "no"):
        return render_template("portal/confirm.html", window=found.window, countdown=found, party=party)
    confirmation.consent(agreement, party, answer == "yes", "portal", by=None)
    operations.tell_mediator(party, "confirmation")
    return _done(_("Thank you. Your answer has reached the mediator."))


@bp.route("/see/change", methods=["GET", "POST"])
@party_only
def change() -> Page:
    """Do you agree to the change of the agreement? All sides have to, and then sign (民法典 136, 543)."""
    party = this_party()
    found = queries.choices(party).change
    if found is None:
        flash(_("This is not possible at the moment. If you have a question, please call us."), "info")
        return redirect(url_for("portal.status"))
    answer = request.form.get("answer", "")
    if request.method == "GET" or answer not in ("yes", "no"):
        return render_template("portal/change.html", found=found, said=found.said.get(str(party.id)))
    changes.answer(party, answer == "yes")
    operations.tell_mediator(party, "change")
    return _done(_("Thank you. Your answer has reached the mediator."))


@bp.route("/see/end", methods=["GET", "POST"])
@party_only
@_offered("end")
def end() -> Page:
    """End mediation for my side: at any time, without a reason (人民调解法 23)."""
    party = this_party()
    if request.method == "GET":
        return render_template("portal/end.html")
    if request.form.get("sure") != "yes":
        message = _("Please tick the box if you really want to end the mediation.")
        return render_template("portal/end.html", message=message, reason=request.form.get("reason", "")), 422
    g.step_of = (party.case_id, None)
    try:
        cases.end_mediation(party.case, party, request.form.get("reason", "").strip()[:2000], by=None)
    except cases.Refused as refused:
        db.session.rollback()
        flash(str(refused), "warning")
        return redirect(url_for("portal.status"))
    journal.record("mediation-ended-by-party", case_id=party.case_id, actor=_actor(party))
    return _done(_("You have ended the mediation. A notice will tell you where else you can go."))


@bp.route("/see/more-time", methods=["GET", "POST"])
@party_only
@_offered("more_time")
def more_time() -> Page:
    """Ask for more time; it is given only if every side agrees."""
    party = this_party()
    if request.method == "GET":
        return render_template("portal/more_time.html")
    reason = request.form.get("reason", "").strip()[:2000]
    if reason:
        cases.add_statement(party.case, party, reason, by=None, kind="request", actor=_actor(party))
    cases.note_request_for_time(party.case, party)  # not the reason: it is behind this side's wall
    _send(party, "extension-requested", {}, f"extension {party.id} {clock.today()}")
    return _done(_("The mediator will ask the other side whether it agrees to more time."))


@bp.route("/see/statement", methods=["GET", "POST"])
@party_only
@_offered("hand_in")
def statement() -> Page:
    """Tell the mediator something; the other side never reads it."""
    party = this_party()
    if request.method == "GET":
        return render_template("portal/statement.html")
    text = request.form.get("text", "").strip()
    if not text or len(text) > LONGEST_TEXT:
        return render_template("portal/statement.html", message=_told_wrongly(text), text=text), 422
    cases.add_statement(party.case, party, text, by=None, actor=_actor(party))
    operations.tell_mediator(party, "statement")
    return _done(_("The mediator has what you wrote. The other side does not see it."))


@bp.route("/see/again", methods=["GET", "POST"])
@party_only
@_offered("write_again")
def again() -> Page:
    """Tell the centre what has happened since the case was closed: the follow-up is opened again (人民调解法 31)."""
    party = this_party()
    if request.method == "GET":
        return render_template("portal/again.html")
    text = request.form.get("text", "").strip()
    if not text or len(text) > LONGEST_TEXT:
        return render_template("portal/again.html", message=_told_wrongly(text), text=text), 422
    g.step_of = (party.case_id, None)
    cases.add_statement(party.case, party, text, by=None, actor=_actor(party))
    links.raise_alarm(party.case, "party", text, by=None, actor=_actor(party))
    operations.tell_mediator(party, "statement")
    return _done(_("We have what you wrote, and will get in touch with you. The other side does not see it."))


def _told_wrongly(text: str) -> str:
    """Why a text is not taken."""
    return _("Please write something first.") if not text else _("This is too long; please write less, or come to us.")


@bp.route("/see/file", methods=["GET", "POST"])
@party_only
@_offered("hand_in")
def hand_in() -> Page:
    """Hand in a photograph or a document; the other side sees it only when it is shared at the table."""
    party = this_party()
    if request.method == "GET":
        return render_template("portal/hand_in.html")
    given = request.files.get("file")
    limit = current_app.config["UPLOAD_MB"] * 1024 * 1024
    try:
        kept = store(given.stream if given else b"", given.filename or "" if given else "", limit=limit)
    except FileRefused as refused:
        db.session.rollback()
        message = refused.message if given and given.filename else _("Please choose a photograph or a file first.")
        return render_template("portal/hand_in.html", message=message), 422
    purpose = request.form.get("purpose", "")
    cases.attach(
        party.case,
        kept,
        party=party,
        purpose=purpose if purpose in PURPOSES else "evidence",
        by=None,
        actor=_actor(party),
    )
    operations.tell_mediator(party, "file")
    wanted = queries.choices(party).papers_wanted
    answer = _done(_("We have received %(name)s.", name=kept.name))
    return redirect(url_for("portal.complete")) if wanted else answer


@bp.route("/see/complete", methods=["GET", "POST"])
@party_only
@_offered("papers_wanted")
def complete() -> Page:
    """Was that everything we asked for?"""
    party = this_party()
    if request.method == "GET":
        return render_template("portal/complete.html")
    _send(party, "papers-supplied", {}, f"papers {party.id} {clock.now().isoformat(timespec='minutes')}")
    return _done(_("Thank you. We will look at your papers."))
