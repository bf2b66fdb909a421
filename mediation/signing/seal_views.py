"""The seals of the house for its administrators, and the root certificate for everybody."""

from __future__ import annotations

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from documents.certificates import CertificateRefused
from documents.seal_picture import round_seal
from documents.sealing import TokenUnavailable
from mediation.access import public, roles
from mediation.extensions import db
from mediation.models import Agency
from mediation.requests import person
from mediation.signing import seals
from mediation.signing.blueprint import Page, bp

LARGEST_FILE = 100_000


@bp.get("/admin/seals")
@roles("system_admin")
def seal_list() -> Page:
    """Whose seals there are, and until when they are good."""
    return _page()


def _page(message: str = "") -> str:
    return render_template(
        "signing/seals.html", held=seals.held(), message=message, demo=current_app.config["MODE"] == "demo",
        token=bool(current_app.config["PKCS11_MODULE"]), letters=current_app.config["SEAL_LETTERS"], roots=len(seals.roots()),
    )  # fmt: skip


@bp.post("/admin/seals/<int:agency_id>")
@roles("system_admin")
def take_seal(agency_id: int) -> Page:
    """A new certificate for a body: a PKCS#12 file with its passphrase, or the label of a key on the token."""
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        abort(404)
    sent, label = request.files.get("file"), request.form.get("label", "").strip()
    try:
        if sent and sent.filename:
            seals.take_file(agency, sent.stream.read(LARGEST_FILE), request.form.get("passphrase", ""), by=person())
        else:
            seals.take_token(agency, label, by=person())
    except (CertificateRefused, TokenUnavailable) as refused:
        db.session.rollback()
        return _page(why_refused(refused)), 422
    db.session.commit()
    flash(_("From now on %(body)s seals with this certificate.", body=agency.name), "success")
    return redirect(url_for("signing.seal_list"), 303)


def why_refused(refused: Exception) -> str:
    """Why a certificate was not taken, in the words of the page."""
    return {
        "unreadable": _("The file does not open with this passphrase."),
        "incomplete": _("The file holds no certificate with its key."),
        "purpose": _("This certificate is not meant for signing."),
        "expired": _("This certificate has run out."),
        "no-token": _("No file was chosen, and no token is named in the configuration."),
    }.get(getattr(refused, "code", ""), _("The token cannot be reached: look at its settings."))


@bp.get("/admin/seals/<int:agency_id>/picture.png")
@roles("system_admin")
def seal_picture(agency_id: int) -> Response:
    """How the seal of a body looks on paper."""
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        abort(404)
    try:
        drawn = round_seal(agency.name)
    except ValueError:
        abort(404)
    return Response(drawn, mimetype="image/png", headers={"Cache-Control": "private, max-age=3600"})


@bp.get("/verify/roots.pem")
@public
def root_certificates() -> Response:
    """The certificates that vouch for the seals, for whoever checks a paper with a program of their own."""
    found = seals.roots()
    if not found:
        abort(404)
    return Response(b"".join(found), mimetype="application/x-pem-file",
                    headers={"Content-Disposition": "attachment; filename=seal-roots.pem"})  # fmt: skip
