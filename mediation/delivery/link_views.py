"""What opens from a message: that there is a paper, then, with the code from the telephone, the paper itself."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from mediation import clock, journal, words
from mediation.access import public
from mediation.accounts import passwords
from mediation.delivery import links, operations
from mediation.delivery.blueprint import Page, bp
from mediation.delivery.operations import Told
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Delivery
from mediation.papers.operations import layouts_of
from mediation.papers.views import pdf_response
from mediation.requests import language


@bp.route("/d/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> Page:
    """Who asks is told that there is a paper; who gives the code reads it, and its opening is written down."""
    row = links.by_token(token)
    if row is None:
        return _gone()
    if request.method == "GET":
        return _page(row, token)
    if passwords.must_wait(_brake(row), _origin()):
        return _page(row, token, _("That was tried too often. Please wait a quarter of an hour.")), 429
    if not links.fits(row, request.form.get("code", "")[:20]):
        passwords.note_failure(_brake(row), _origin())
        db.session.commit()  # a try that failed counts
        return _page(
            row, token, _("This code does not fit, or its ten minutes are over. You may ask for another one.")
        ), 422
    if row.status == "planned" and not _received(row):
        return _page(row, token, _("Please call us: the paper could not be opened.")), 503
    row.code_sent_at = None
    session["delivered"] = row.id
    db.session.commit()
    return redirect(url_for("delivery.link", token=token), 303)


def _received(row: Delivery) -> bool:
    try:
        told = Told("received", clock.now(), row.party.name)
        operations.finish(row, told, by=None, actor=f"party:{row.party_id}")
    except AnswersRefused:
        db.session.rollback()
        return False
    return True


def _page(row: Delivery, token: str, message: str = "") -> str:
    opened = session.get("delivered") == row.id
    name = layouts_of(row.paper.release_hash).kind(row.paper.kind).name[language()] if opened else ""
    return render_template(
        "delivery/link.html", row=row, token=token, message=message, opened=opened, name=name,
        phone=words.masked_phone(row.party.phone), asked=row.code_sent_at is not None,
    )  # fmt: skip


@bp.post("/d/<token>/code")
@public
def code(token: str) -> Page:
    """Send the code to the telephone on file."""
    row = links.by_token(token)
    if row is None:
        return _gone()
    if not links.send_code(row):
        db.session.rollback()
        return _page(row, token, _("A code was sent a moment ago. Please wait a minute, or call us.")), 429
    db.session.commit()
    return redirect(url_for("delivery.link", token=token), 303)


@bp.get("/d/<token>/paper.pdf")
@public
def paper(token: str) -> Response | tuple[str, int]:
    """The paper, for the browser that gave the code."""
    row = links.by_token(token)
    if row is None or session.get("delivered") != row.id:
        return _gone()
    journal.note_read("paper-downloaded", case_id=row.case_id, actor=f"party:{row.party_id}",
                      subject=f"paper:{row.paper_id}", details={"kind": row.paper.kind})  # fmt: skip
    return pdf_response(row.paper)


def _gone() -> tuple[str, int]:
    return render_template("delivery/gone.html"), 404


def _brake(row: Delivery) -> str:
    return f"delivery {row.id}"


def _origin() -> str:
    return request.remote_addr or ""
