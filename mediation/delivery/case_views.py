"""The office's side: which paper has reached whom, the next attempt, and how one went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from mediation import access, clock, words
from mediation.access import signed_in
from mediation.delivery import operations
from mediation.delivery.blueprint import Page, bp
from mediation.delivery.operations import DeliveryRefused, Plan
from mediation.extensions import db
from mediation.models import Case, Delivery, Paper, Party
from mediation.models.papers import STANDS
from mediation.papers.operations import layouts_of
from mediation.permissions import can_read_content, is_open, works_on
from mediation.requests import language, person


@dataclass(frozen=True)
class Line:
    """One paper and one addressee: every attempt so far, the first first."""

    paper: Paper
    party: Party
    attempts: list[Delivery]

    @property
    def state(self) -> str:
        """none, or how the last attempt stands."""
        return self.attempts[-1].status if self.attempts else "none"

    @property
    def may_plan(self) -> bool:
        return self.paper.stands and not any(one.status in ("planned", *operations.REACHED) for one in self.attempts)


@bp.get("/cases/<int:case_id>/deliveries")
@signed_in
def case_page(case_id: int) -> Page:
    """Every paper with its addressees, and how far each is."""
    case = _case(case_id)
    return render_template(
        "delivery/case.html", case=case, lines=_lines(case), name=_names(case), manners=manners(), states=states(),
        may_plan=works_on(person(), case) and is_open(case), today=clock.today(),
    )  # fmt: skip


def _case(case_id: int) -> Case:
    """A case whose content this person reads; 404 where it is not in view, 403 for others."""
    case = access.case_or_404(person(), case_id)
    if not can_read_content(person(), case):
        abort(403)
    return case


def _lines(case: Case) -> list[Line]:
    tried: dict[tuple[int, int], list[Delivery]] = {}
    for row in operations.deliveries_of(case):
        tried.setdefault((row.paper_id, row.party_id), []).append(row)
    query = access.visible_papers(person()).where(Paper.case_id == case.id, Paper.audience.in_(("shared", "party")))
    papers = db.session.scalars(query.options(selectinload(Paper.party)).order_by(Paper.id.desc()))
    found = [
        Line(paper, party, tried.get((paper.id, party.id), []))
        for paper in papers
        for party in operations.addressees(paper)
    ]
    return [line for line in found if line.paper.status in STANDS or line.attempts]


def _names(case: Case) -> dict[str, str]:
    return {key: kind.name[language()] for key, kind in layouts_of(case.release_hash).kinds.items()}


def manners() -> dict[str, str]:
    return {
        "person": _("in person"), "grid": _("by a grid worker at the door"), "post": _("by post"),
        "message": _("by message with a link"), "court": _("through the court"),
    }  # fmt: skip


def states() -> dict[str, tuple[str, str]]:
    """State -> its words and tone."""
    return {
        "none": (_("not delivered yet"), "quiet"), "planned": (_("under way"), "accent"),
        "received": (_("received"), "good"), "left": (_("left at the place"), "good"),
        "refused": (_("receipt refused"), "danger"), "failed": (_("failed"), "warning"), "off": (_("called off"), "quiet"),
    }  # fmt: skip


@bp.route("/papers/<int:paper_id>/deliver/<int:party_id>", methods=["GET", "POST"])
@signed_in
def plan(paper_id: int, party_id: int) -> Page:
    """The next attempt to bring this paper to this party."""
    paper = access.paper_or_404(person(), paper_id)
    if not works_on(person(), paper.case):
        abort(403)
    party = next((one for one in operations.addressees(paper) if one.id == party_id), None)
    if party is None:
        abort(404)
    if request.method == "GET":
        return _plan_page(paper, party)
    try:
        operations.plan(paper, party, _wished(), by=person())
    except DeliveryRefused as refused:
        db.session.rollback()
        return _plan_page(access.paper_or_404(person(), paper_id), party, str(refused)), 422
    db.session.commit()
    return redirect(url_for("delivery.case_page", case_id=paper.case_id), 303)


def _wished() -> Plan:
    form = request.form
    return Plan(
        form.get("manner", ""), day_of(form.get("on", "")), form.get("carrier", type=int),
        form.get("reference", "").strip(), bool(form.get("agreed")),
    )  # fmt: skip


def day_of(text: str) -> date:
    """The day that was typed. Raises DeliveryRefused."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeliveryRefused(_("Please choose a day.")) from None


def _plan_page(paper: Paper, party: Party, message: str = "") -> str:
    return render_template(
        "delivery/plan.html", paper=paper, party=party, case=paper.case, message=message, manners=manners(),
        name=_names(paper.case)[paper.kind], carriers=operations.carriers(), address=operations.address_for(party),
        phone=words.masked_phone(party.phone), today=clock.today(), usual=clock.today() + operations.NEXT_ATTEMPT,
        typed=request.form, before=operations.attempts(paper, party), states=states(),
    )  # fmt: skip


@bp.post("/deliveries/<int:delivery_id>/off")
@signed_in
def call_off(delivery_id: int) -> Page:
    """The attempt is not made after all."""
    row = db.session.scalar(select(Delivery).where(Delivery.id == delivery_id))
    if row is None:
        abort(404)
    case = access.case_or_404(person(), row.case_id)
    if not works_on(person(), case):
        abort(403)
    try:
        operations.call_off(row, by=person())
    except DeliveryRefused as refused:
        db.session.rollback()
        flash(str(refused), "warning")
    else:
        db.session.commit()
    return redirect(url_for("delivery.case_page", case_id=case.id), 303)
