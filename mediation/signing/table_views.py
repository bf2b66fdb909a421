"""The mediator's side of signing: the hands of a paper, the link for a signer, the sheets that came back, the seal."""

from __future__ import annotations

from datetime import date

import segno
from flask import Response, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from mediation import access, clock, codes, journal, storage
from mediation.access import signed_in
from mediation.extensions import db
from mediation.models import Hand, Paper
from mediation.papers.operations import disagreements, layouts_of
from mediation.papers.rendering import public_address
from mediation.permissions import works_on
from mediation.requests import language, person
from mediation.signing import operations, scans
from mediation.signing.blueprint import Page, bp
from mediation.signing.operations import IDENTITIES, ON_PAPER, OnSheet, SigningRefused

MOST_SHEETS = 30


@bp.get("/papers/<int:paper_id>/signing")
@signed_in
def table(paper_id: int) -> Page:
    """Who has signed, who is next, and what can be done."""
    paper = _paper(paper_id)
    if not request.headers.get("HX-Request"):  # the page asks again by itself while somebody signs elsewhere
        journal.note_read("signing-seen", case_id=paper.case_id, by=person(), subject=f"paper:{paper.id}")
    return _table(paper)


def _paper(paper_id: int) -> Paper:
    paper = access.paper_or_404(person(), paper_id)
    if paper.sha256 is None:
        abort(404)
    return paper


def _table(paper: Paper, message: str = "") -> str:
    return render_template(
        "signing/table.html", signing=operations.signing_of(paper, person()), paper=paper, case=paper.case,
        name=_name(paper), identities=_identities(), message=message, codes=codes, disagreements=disagreements(paper),
        works=works_on(person(), paper.case),
    )  # fmt: skip


def _name(paper: Paper) -> str:
    return str(layouts_of(paper.release_hash).kind(paper.kind).name[language()])


def _identities() -> list[tuple[str, str]]:
    return [(key, codes.name("identities", key)) for key in IDENTITIES]


def _to_change(paper_id: int) -> Paper:
    """A paper in view, for whoever works on its case; others are refused."""
    paper = _paper(paper_id)
    if not operations.signing_of(paper, person()).may_act:
        abort(403)
    return paper


def _hand(paper: Paper, hand_id: int) -> Hand:
    found = next((hand for hand in operations.hands_of(paper) if hand.id == hand_id), None)
    if found is None:
        abort(404)
    return found


@bp.post("/papers/<int:paper_id>/signing/<int:hand_id>/invite")
@signed_in
def invite(paper_id: int, hand_id: int) -> Page:
    """A link for one signer: opened here, or by the signer's own telephone from the code on this screen."""
    paper = _to_change(paper_id)
    hand, form = _hand(paper, hand_id), request.form
    note = form.get("note", "").strip()
    try:
        token = operations.invite(hand, form.get("identity", ""), note, by=person())
    except SigningRefused as refused:
        return _refused(paper_id, str(refused))
    db.session.commit()
    if form.get("where") != "phone":
        session["signing-table"] = paper.id  # the way back for whoever handed over the device
        return redirect(url_for("signing.sign", token=token), 303)
    address = public_address() + url_for("signing.sign", token=token)
    drawn = segno.make_qr(address, error="m").png_data_uri(scale=7, border=3)
    page = render_template("signing/link.html", paper=paper, case=paper.case, hand=hand, name=_name(paper), qr=drawn,
                           address=address, minutes=operations.LINK_LIVES.seconds // 60)  # fmt: skip
    return Response(page, headers={"Cache-Control": "no-store"})


def _refused(paper_id: int, message: str) -> Page:
    db.session.rollback()
    return _table(_paper(paper_id), message), 422


@bp.post("/papers/<int:paper_id>/signing/<int:hand_id>/leave")
@signed_in
def leave_out(paper_id: int, hand_id: int) -> Page:
    """Somebody else signs for this one."""
    paper = _to_change(paper_id)
    try:
        operations.leave_out(_hand(paper, hand_id), request.form.get("reason", "").strip(), by=person())
    except SigningRefused as refused:
        return _refused(paper_id, str(refused))
    db.session.commit()
    return redirect(url_for("signing.table", paper_id=paper_id), 303)


@bp.post("/papers/<int:paper_id>/signing/seal")
@signed_in
def seal(paper_id: int) -> Page:
    """All have signed: put the seal on it."""
    try:
        operations.ask_for_seal(_to_change(paper_id), by=person())
    except SigningRefused as refused:
        return _refused(paper_id, str(refused))
    db.session.commit()
    flash(_("The seal is being put on the paper."), "success")
    return redirect(url_for("signing.table", paper_id=paper_id), 303)


@bp.post("/papers/<int:paper_id>/signing/anew")
@signed_in
def anew(paper_id: int) -> Page:
    """Print the paper again, and sign it from the beginning."""
    try:
        made = operations.begin_anew(_to_change(paper_id), by=person())
    except SigningRefused as refused:
        return _refused(paper_id, str(refused))
    db.session.commit()
    flash(_("The paper is printed again. What was signed so far no longer counts."), "success")
    return redirect(url_for("cases.papers", case_id=made.case_id), 303)


# --- sheets that come back --------------------------------------------------------------------------------------------


@bp.route("/papers/<int:paper_id>/signing/sheets", methods=["GET", "POST"])
@signed_in
def sheets(paper_id: int) -> Page:
    """Take in the sheets that were signed on paper, if they are this paper."""
    paper = _to_change(paper_id)
    if request.method == "GET":
        return _sheets(paper)
    try:
        sent = _sent(paper)
        wanted = operations.expected(paper)
        db.session.rollback()  # reading pictures takes a while: nobody waits for it
        scans.check([(storage.recognise(content), content) for _name_, content in sent], wanted)
        paper = _to_change(paper_id)
        kept = [storage.store(content, name, limit=_limit()) for name, content in sent]
        operations.take_scan(paper, kept, _told(paper), _day(), by=person())
    except (SigningRefused, scans.ScanRefused, storage.FileRefused) as refused:
        g.typed = []
        db.session.rollback()
        return _sheets(_paper(paper_id), str(refused)), 422
    db.session.commit()
    flash(_("The signed sheets are kept as the original."), "success")
    return redirect(url_for("signing.table", paper_id=paper_id), 303)


def _sheets(paper: Paper, message: str = "") -> str:
    return render_template(
        "signing/sheets.html", signing=operations.signing_of(paper, person()), paper=paper, case=paper.case,
        name=_name(paper), identities=_identities(), message=message, codes=codes, today=clock.today(), typed=request.form,
        manners=[(key, codes.name("hands", key)) for key in ON_PAPER],
    )  # fmt: skip


def _limit() -> int:
    return int(current_app.config["UPLOAD_MB"]) * 1024 * 1024


def _sent(paper: Paper) -> list[tuple[str, bytes]]:
    """Name and content of every file; refused when one of them is what was printed here, and so no scan."""
    files = [one for one in request.files.getlist("sheets") if isinstance(one, FileStorage) and one.filename]
    if not files:
        raise SigningRefused(_("Please choose the photographs or the scan."))
    sent = [(str(one.filename), one.stream.read(_limit() + 1)) for one in files[:MOST_SHEETS]]
    for one in files:
        one.close()
    if any(len(content) > _limit() for _name_, content in sent):
        raise SigningRefused(_("The file is larger than %(size)s MB.", size=current_app.config["UPLOAD_MB"]))
    if any(operations.is_own_file(paper, content) for _name_, content in sent):
        raise SigningRefused(_("This is the file as it was made here, not the sheets that were signed."))
    return sent


def _told(paper: Paper) -> list[OnSheet]:
    form = request.form
    return [
        OnSheet(hand.id, form.get(f"manner-{hand.id}", ""), form.get(f"identity-{hand.id}", ""))
        for hand in operations.hands_of(paper) if form.get(f"signed-{hand.id}")
    ]  # fmt: skip


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("signed_on", ""))
    except ValueError:
        raise SigningRefused(_("Please say on which day it was signed.")) from None
