"""At the door, on a telephone: name, address and title of the paper, a field to sign in, or why it was not received.

Whoever carries the paper sees no word of it, and nothing of its case; the office records on the same page how an attempt
at the table, by post or through the court went.
"""

from __future__ import annotations

from datetime import datetime

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mediation import access, clock, journal
from mediation.access import acts_for, signed_in
from mediation.cases.operations import attach
from mediation.delivery import operations
from mediation.delivery.blueprint import Page, bp
from mediation.delivery.case_views import manners, states
from mediation.delivery.operations import DeliveryRefused, Told
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Attachment, Case, Delivery, Paper, User
from mediation.papers.operations import layouts_of
from mediation.permissions import works_on
from mediation.requests import language, person
from mediation.signing import ink
from mediation.storage import FileRefused, store


@bp.get("/deliveries")
@signed_in
def doors() -> Page:
    """What this person has to bring to which door, the most urgent first; and the last that was brought."""
    rows = access.visible_doors(person()).options(joinedload(Delivery.paper).load_only(Paper.kind, Paper.release_hash),
                                                  joinedload(Delivery.party))  # fmt: skip
    waiting = rows.where(Delivery.status == "planned").order_by(Delivery.planned_on, Delivery.id)
    done = rows.where(Delivery.status != "planned").order_by(Delivery.done_at.desc()).limit(20)
    return render_template(
        "delivery/doors.html", waiting=list(db.session.scalars(waiting)), done=list(db.session.scalars(done)),
        title=title_of, states=states(), today=clock.today(),
    )  # fmt: skip


def title_of(row: Delivery) -> str:
    """What the paper is called: all that its carrier learns of it."""
    return str(layouts_of(row.paper.release_hash).kind(row.paper.kind).name[language()])


@bp.route("/deliveries/<int:delivery_id>", methods=["GET", "POST"])
@signed_in
def door(delivery_id: int) -> Page:
    """How one attempt went: who received it and signed, or why not."""
    row = _attempt(delivery_id)
    if request.method == "GET":
        journal.note_read("delivery-seen", case_id=row.case_id, by=person(), subject=f"delivery:{row.id}")
        return _page(row)
    try:
        operations.finish(row, _told(row), by=person())
    except (DeliveryRefused, FileRefused, ink.InkRefused, AnswersRefused) as refused:
        message = " ".join(refused.errors.values()) if isinstance(refused, AnswersRefused) else str(refused)
        db.session.rollback()
        return _page(_attempt(delivery_id), message), 422
    db.session.commit()
    flash(_("Written down. The certificate of delivery is being made."), "success")
    if row.carrier_id in acts_for(person()):
        return redirect(url_for("delivery.doors"), 303)
    return redirect(url_for("delivery.case_page", case_id=row.case_id), 303)


def _attempt(delivery_id: int) -> Delivery:
    """An attempt that this person carries out, or of a case that this person works on; else 404."""
    mine = access.visible_doors(person()).with_only_columns(Delivery.id)
    seen = access.visible_cases(person()).with_only_columns(Case.id)
    query = select(Delivery).where(Delivery.id == delivery_id, or_(Delivery.id.in_(mine), Delivery.case_id.in_(seen)))
    row = db.session.scalar(query)
    if row is None or not (_carries(person(), row) or works_on(person(), row.case)):
        abort(404)
    return row


def _carries(user: User, row: Delivery) -> bool:
    return row.carrier_id in acts_for(user)


def _page(row: Delivery, message: str = "") -> str:
    return render_template(
        "delivery/door.html", row=row, title=title_of(row), message=message, typed=request.form, manner=manners()[row.manner],
        state=states()[row.status], office=works_on(person(), row.case), now=clock.local(clock.now()),
        may_leave=row.manner in ("person", "grid") and row.paper.kind not in operations.NEVER_LEFT,
    )  # fmt: skip


def _told(row: Delivery) -> Told:
    form = request.form
    drawn = form.get("ink", "")
    return Told(
        form.get("outcome", ""), _moment(form.get("at", "")), form.get("received_by", "").strip(),
        form.get("relation", "").strip(), form.get("reason", "").strip(),
        [name for key in ("witness_1", "witness_2") if (name := form.get(key, "").strip())],
        ink.clean(drawn) if drawn else None, _photo(row),
    )  # fmt: skip


def _moment(text: str) -> datetime:
    """When it was, as the page's field says it; now where nothing was typed."""
    if not text:
        return clock.now()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        raise DeliveryRefused(_("This time cannot be right.")) from None


def _photo(row: Delivery) -> Attachment | None:
    """The photograph of the door, the letter box or the signed sheet; it stands behind the addressee's wall."""
    given = request.files.get("photo")
    if given is None or not given.filename:
        return None
    kept = store(given.stream, given.filename, limit=current_app.config["UPLOAD_MB"] * 1024 * 1024)
    return attach(row.case, kept, party=row.party, purpose="delivery", by=person())
