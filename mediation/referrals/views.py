"""Hand-overs on the pages: the panel of a case with the time that each agency held it, and calling one back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from mediation import access
from mediation.cases.blueprint import the_case
from mediation.cases.flow_words import asked_words
from mediation.cases.forms import ReasonForm
from mediation.extensions import db
from mediation.models import Case, Referral
from mediation.permissions import is_open, works_on
from mediation.referrals import bindings, operations, queries
from mediation.requests import person
from mediation.words import named

bp = Blueprint("referrals", __name__)

# Imported so that it registers itself: effects and bindings with the flow.
REGISTERED = (bindings,)
TONES = {"sent": "warning", "signed": "accent", "returned": "danger", "answered": "good", "withdrawn": "quiet"}


@bp.app_context_processor
def _panel() -> dict[str, Any]:
    """`hand_overs(case)` for the case page: asked only by the page that draws it."""
    return {"hand_overs": _hand_overs}


def _hand_overs(case: Case) -> dict[str, Any]:
    rows = queries.holdings(person(), case)
    return {"rows": rows, "tones": TONES, "words": _words(), "held": _held, "name": named, "parts": part_names(), "answer": _answer,
            "asked": lambda row: asked_words(case.release_hash, row.purpose),
            "may_withdraw": bool(rows) and works_on(person(), case) and is_open(case)}  # fmt: skip


def _words() -> dict[str, str]:
    return {"sent": _("waits for a signature"), "signed": _("signed for"), "returned": _("returned"),
            "answered": _("answered"), "withdrawn": _("called back")}  # fmt: skip


def _answer(row: Referral) -> str:
    """What the agency answered, as it wrote it."""
    return _("Done in the steps of the flow.") if row.answer == operations.DONE_IN_FLOW else row.answer


def part_names() -> dict[str, str]:
    """What of a file a hand-over carries, in words."""
    return {"facts": _("facts"), "parties": _("names"), "contacts": _("contact data"), "papers": _("papers and files"),
            "statements": _("accounts")}  # fmt: skip


def _held(one: queries.Holding) -> str:
    """How long, in working days and by the clock."""
    days = ngettext("%(num)s working day", "%(num)s working days", one.working_days)
    hours, minutes = divmod(int(one.held.total_seconds()) // 60, 60)
    whole, rest = divmod(hours, 24)
    if whole:
        told = _("%(days)s d %(hours)s h", days=whole, hours=rest)
    else:
        told = _("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return f"{days} · {told}"




@bp.route("/cases/<int:case_id>/hand-overs/<int:referral_id>/withdraw", methods=["GET", "POST"])
@access.signed_in
def withdraw(case_id: int, referral_id: int) -> Response | str | tuple[str, int]:
    """Call a hand-over back while the agency has not answered it."""
    case = the_case(case_id)
    row = _referral_of(case, referral_id)
    if not works_on(person(), case) or not is_open(case):
        abort(403)
    form = ReasonForm()
    if request.method == "GET" or not form.validate():
        return _page(case, row, form), 422 if request.method == "POST" else 200
    try:
        operations.withdraw(row, form.reason.data, by=person())
    except operations.CannotWithdraw:
        db.session.rollback()
        form.form_errors.append(_("This hand-over cannot be called back any more: it is over."))
        return _page(case, row, form), 422
    db.session.commit()
    flash(_("The hand-over was called back."), "success")
    return redirect(url_for("cases.show", case_id=case.id))


def _referral_of(case: Case, referral_id: int) -> Referral:
    query = access.visible_referrals(person()).where(Referral.id == referral_id, Referral.case_id == case.id)
    return db.session.scalar(query) or abort(404)


def _page(case: Case, row: Referral, form: ReasonForm) -> str:
    return render_template(
        "cases/form.html", case=case, form=form, heading=_("Call back: %(agency)s", agency=named(row.to_agency)),
        submit=_("Call back"), files=False, back=url_for("cases.show", case_id=case.id), confirm=None,
        note=_("The agency's step ends and it sees the case no longer. The centre goes on with it."),
    )  # fmt: skip
