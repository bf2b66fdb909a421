"""Pages of agreements beside the tasks: the calculators, the agreement in plain words."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from documents.agreement import calculators as reckoning
from documents.agreement.calculators import Calculator, InputRefused, Result
from documents.agreement.rates import rate_on
from mediation import access, clock
from mediation.access import signed_in
from mediation.agreements import (  # noqa: F401 - they register what forms fill, and add their routes
    bindings,
    changes,
    confirmation,
    countdown,
    ledger_views,
    performance,
    understanding,
)
from mediation.agreements.blueprint import bp
from mediation.case_view import current_agreement
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.meetings.bindings import parties_of
from mediation.models import Agreement, Case, Task
from mediation.papers.operations import issue
from mediation.permissions import works_on
from mediation.requests import language, person

__all__ = ["bp"]


@bp.get("/calculators")
@signed_in
def calculators() -> str:
    """Every sum that the law has a formula for. Beside a draft (`task`) a result can be put into it as a term."""
    listed = reckoning.calculators().values()
    return render_template("agreements/calculators.html", listed=listed, task=_beside(), spoken=language())


@bp.get("/calculators/<key>")
@signed_in
def calculator(key: str) -> str | tuple[str, int]:
    """One calculator. What is asked travels in the address: nothing is kept, and the page can be sent to a colleague."""
    found = reckoning.calculators().get(key)
    if found is None:
        abort(404)
    typed = {**reckoning.defaults(found, clock.today()), **request.args.to_dict()}
    if "reckon" not in request.args:
        return _page(found, typed)
    try:
        return _page(found, typed, result=reckoning.calculate(key, typed))
    except InputRefused as refused:
        return _page(found, typed, errors=refused.errors), 422


def _page(
    found: Calculator, typed: dict[str, str], *, result: Result | None = None, errors: dict[str, object] | None = None
) -> str:
    return render_template(
        "agreements/calculator.html", one=found, typed=typed, result=result, errors=errors or {}, task=_beside(),
        spoken=language(), term=reckoning.as_term(found.key, typed, result) if result else {},
    )  # fmt: skip


def _beside() -> Task | None:
    """The draft that the calculators stand beside, if it is this person's to see."""
    task_id = request.args.get("task", "")
    return access.task_or_404(person(), task_id) if task_id else None


@bp.get("/cases/<int:case_id>/plain-words")
@signed_in
def plain_words(case_id: int) -> str:
    """The agreement in plain words, and what each party has ticked as understood."""
    case, found = _told(case_id)
    return render_template(
        "agreements/plain.html", case=case, points=understanding.points(found), ticked=understanding.ticked(found),
        parties=parties_of(case), may_print=works_on(person(), case) and found.status in understanding.TOLD,
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/plain-words")
@signed_in
def print_plain(case_id: int) -> Response:
    """Issue the plain words as a paper in large print."""
    case, found = _told(case_id)
    if not works_on(person(), case) or found.status not in understanding.TOLD:
        abort(403)
    try:
        issue(case, "plain_words", by=person(), subject=f"agreement:{found.id}")
    except AnswersRefused as refused:
        db.session.rollback()
        flash(" ".join(refused.errors.values()), "danger")
        return redirect(url_for("agreements.plain_words", case_id=case_id), 303)
    db.session.commit()
    flash(_("The paper is being made; it appears among the papers of the case."), "success")
    return redirect(url_for("cases.papers", case_id=case_id), 303)


def _told(case_id: int) -> tuple[Case, Agreement]:
    """The case and the agreement that counts, for whoever may read what was agreed; 404 otherwise."""
    case = access.case_or_404(person(), case_id)
    found = current_agreement(case.id) if access.view_of(person(), case).has("papers") else None
    if found is None:
        abort(404)
    return case, found


@bp.context_processor
def _texts() -> dict[str, object]:
    return {
        "unverified": _("(not verified, please check)"),
        "rate_of": lambda key: rate_on(key, clock.today()),
    }


@bp.app_context_processor
def _clock_of_confirmation() -> dict[str, object]:
    """For the pages of other slices: the line that stands on every tab of a case, and on every step of it."""
    return {
        "confirmation_countdown": lambda case: countdown.countdown_for(case, person()),
        "confirmation_last_days": lambda cases: countdown.last_days([case.id for case in cases], person()),
    }
