"""Linked disputes on pages: what a typed or registered case is like, joining and parting."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from mediation import access, codes
from mediation.cases import links, traits
from mediation.cases.blueprint import bp, the_case
from mediation.cases.forms import ReasonForm, RegistrationForm
from mediation.cases.links import Alike
from mediation.cases.operations import Refused
from mediation.extensions import db
from mediation.models import Case, CaseLink
from mediation.requests import person


@bp.post("/cases/new/alike")
@access.roles("clerk", "dispatcher")
def alike_typed() -> str:
    """Cases like the dispute that is being typed, with what they share."""
    form = RegistrationForm(request.form)
    return render_template("cases/_alike.html", alike=alike_of_form(form), codes=codes, typed=request.form)


def alike_of_form(form: RegistrationForm, without: tuple[int, ...] = ()) -> list[Alike]:
    """Cases like the typed dispute, for this person."""
    answers = form.answers()
    listed = [
        {**party, "address": party.get("address") or "", "representatives": party.get("representatives") or ()}
        for party in answers["parties"]
    ]
    wanted = traits.traits_of(listed, str(answers.get("kind") or ""), str(answers.get("place") or ""))
    return links.alike(person(), wanted, [str(party.get("name") or "") for party in listed], without)


def join_wished(case: Case, found: list[Alike]) -> None:
    """Join what the registrar ticked, with what the cases share as the reason."""
    reasons = {one.case.id: "；".join(one.reasons) for one in found}
    for other, kind in links.wished_links(request.form, found):
        links.join(case, other, kind, reasons[other.id], by=person())


@bp.get("/cases/<int:case_id>/links")
@access.signed_in
def case_links(case_id: int) -> str:
    """What is joined to a case, what is like it, and a form to join another."""
    return _page(_workable(case_id), "")


@bp.post("/cases/<int:case_id>/links")
@access.signed_in
def join(case_id: int) -> Response | tuple[str, int]:
    """Join a case that this person may read."""
    case = _workable(case_id)
    other = links.readable_case(person(), request.form.get("number", ""))
    reason, kind = request.form.get("reason", "").strip()[:500], request.form.get("kind", "")
    problem = (
        _("No case that you may read has this number.") if other is None
        else _("Choose how they belong together.") if kind not in links.KINDS
        else _("Write the reason.") if not reason else ""
    )  # fmt: skip
    if problem or other is None:
        return _page(case, problem), 422
    try:
        links.join(case, other, kind, reason, by=person())
    except Refused as refused:
        db.session.rollback()
        return _page(case, str(refused)), 422
    db.session.commit()
    flash(_("The cases are linked. Both show it."), "success")
    return redirect(url_for("cases.show", case_id=case.id))


@bp.route("/cases/<int:case_id>/links/<int:link_id>/undo", methods=["GET", "POST"])
@access.roles("dispatcher", "director")
def part(case_id: int, link_id: int) -> Response | str | tuple[str, int]:
    """A dispatcher undoes a link and says why; that there was one stays on record."""
    case = the_case(case_id)
    row = _link_of(case, link_id)
    if not (links.may_part(person(), row.case) or links.may_part(person(), row.other)):
        abort(403)
    form = ReasonForm()
    if request.method == "GET" or not form.validate():
        words = {"heading": _("Undo the link"), "submit": _("Undo the link"), "confirm": None, "files": False}
        note, back = _("That there was a link, the reason and your name stay on record."), _back(case)
        page = render_template("cases/form.html", case=case, form=form, note=note, back=back, **words)
        return (page, 422) if request.method == "POST" else page
    links.part(row, form.reason.data or "", by=person())
    db.session.commit()
    flash(_("The link was undone."), "success")
    return redirect(_back(case))


def _back(case: Case) -> str:
    return url_for("cases.case_links", case_id=case.id)


def _workable(case_id: int) -> Case:
    case = the_case(case_id)
    if not links.may_join(person(), case):
        abort(403)
    return case


def _link_of(case: Case, link_id: int) -> CaseLink:
    query = select(CaseLink).where(
        CaseLink.id == link_id, CaseLink.undone_at.is_(None),
        (CaseLink.case_id == case.id) | (CaseLink.other_id == case.id),
    )  # fmt: skip
    return db.session.scalar(query) or abort(404)


def _page(case: Case, problem: str) -> str:
    rows = links.links_of(case)
    return render_template(
        "cases/links.html", case=case, problem=problem, codes=codes, alike=links.alike_of(person(), case, rows),
        typed=request.form, linked=joined_to(case, rows), kinds=codes.choices("links"),
    )  # fmt: skip


def joined_to(case: Case, rows: list[CaseLink]) -> list[dict[str, Any]]:
    """The links of a case as its pages draw them: the other case, and whether this person may read it."""
    others = {row.id: row.other if row.case_id == case.id else row.case for row in rows}
    ids = [other.id for other in others.values()]
    seen = access.readable_cases(person()).with_only_columns(Case.id).where(Case.id.in_(ids))
    visible = set(db.session.scalars(seen)) if ids else set()
    return [
        {"row": row, "other": others[row.id], "visible": others[row.id].id in visible,
         "may_part": links.may_part(person(), case) or links.may_part(person(), others[row.id])}
        for row in rows
    ]  # fmt: skip
