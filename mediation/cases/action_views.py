"""What may be done to a case at any step: correct, void, end, open a flow beside, an account, a tie, a code, a representative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from mediation import access, codes, words
from mediation.cases import appointing, beside, facts, flow_words, operations, queries, ties, timeline
from mediation.cases.blueprint import bp, conflict_of, party_of, the_case
from mediation.cases.forms import (
    AnotherMediatorForm,
    ConflictForm,
    EndForm,
    Form,
    MoreTimeForm,
    ReasonForm,
    RepresentativeForm,
    StatementForm,
    correction_form,
)
from mediation.cases.receipts import remember_codes
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Case, Party
from mediation.permissions import can_appoint_another, can_correct, can_read_content, can_void, is_open, works_on
from mediation.requests import person

Answer = Response | str | tuple[str, int]


def _act(case: Case, form: Form, act: Callable[[], str], *, after: str | None = None, **words: Any) -> Answer:
    """Show the form; when it is sent and right, act, commit once, say what happened, and go back to the case, or to
    `after` where the case is no longer this person's."""
    if request.method == "GET" or not form.validate():
        return _page(case, form, **words), 422 if request.method == "POST" else 200
    try:
        told = act()
    except (operations.Refused, AnswersRefused) as refused:
        db.session.rollback()
        form.form_errors.append(str(refused))
        return _page(case, form, **words), 422
    db.session.commit()
    flash(told, "success")
    return redirect(after or words.get("back") or url_for("cases.show", case_id=case.id))


def _page(case: Case, form: Form, **words: Any) -> str:
    told = {"note": None, "confirm": None, "files": False, "back": url_for("cases.show", case_id=case.id)} | words
    return render_template("cases/form.html", case=case, form=form, **told)


# --- mistakes ------------------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>/correct")
@access.signed_in
def correct(case_id: int) -> str:
    """Every fact that can be corrected, with what is registered now."""
    case = the_case(case_id)
    if not can_correct(person(), case):
        abort(403)
    return render_template(
        "cases/correct.html", case=case, parties=queries.parties(case), case_facts=facts.CASE_FACTS,
        party_facts=facts.PARTY_FACTS, told=_told, field_name=timeline.field_name, codes=codes,
    )  # fmt: skip


def _told(subject: Case | Party, field: str) -> str:
    value = operations.told(subject, field)
    if field == "phone":
        return words.masked_phone(value) if value else ""
    tables = {"kind": "kinds", "source": "sources", "sex": "sexes", "interpreter": "interpreters"}
    return codes.name(tables[field], value) if field in tables and value else value


@bp.route("/cases/<int:case_id>/correct/<field>", methods=["GET", "POST"])
@access.signed_in
def correct_fact(case_id: int, field: str) -> Answer:
    """Correct one fact of the dispute."""
    case = the_case(case_id)
    if not can_correct(person(), case) or field not in facts.CASE_FACTS:
        abort(403)
    return _correct(case, None, field)


@bp.route("/cases/<int:case_id>/parties/<int:party_id>/correct/<field>", methods=["GET", "POST"])
@access.signed_in
def correct_party(case_id: int, party_id: int, field: str) -> Answer:
    """Correct one fact of a party."""
    case = the_case(case_id)
    party = party_of(case, party_id)
    if not can_correct(person(), case) or field not in facts.PARTY_FACTS:
        abort(403)
    return _correct(case, party, field)


def _correct(case: Case, party: Party | None, field: str) -> Answer:
    form = correction_form(party or case, field, timeline.field_name(field))

    def act() -> str:
        row = operations.correct_fact(case, party, field, form.new.data, form.reason.data, by=person())
        return _("Corrected. Papers that say it are issued anew.") if row else _("Nothing was changed.")

    about = f"{party.name} · " if party else ""
    return _act(
        case, form, act, heading=_("Correct: %(what)s", what=about + timeline.field_name(field)), submit=_("Correct"),
        note=_("What was registered before, the reason and your name stay on record."),
        back=url_for("cases.correct", case_id=case.id),
    )  # fmt: skip


@bp.route("/cases/<int:case_id>/void", methods=["GET", "POST"])
@access.roles("director", "dispatcher")
def void(case_id: int) -> Answer:
    """Void a case that was registered in error."""
    case = the_case(case_id)
    if not can_void(person(), case):
        abort(403)
    form = ReasonForm()

    def act() -> str:
        operations.void_case(case, form.reason.data, by=person())
        return _("The case was voided.")

    return _act(
        case, form, act, heading=_("Void the case"), submit=_("Void"),
        note=_("Its flow stops where it stands. Nothing is deleted; it cannot be undone."),
        confirm=_("Void this case? It cannot be undone."),
    )  # fmt: skip


# --- what may break in ---------------------------------------------------------------------------------------


@bp.route("/cases/<int:case_id>/end", methods=["GET", "POST"])
@access.signed_in
def end_mediation(case_id: int) -> Answer:
    """A side, or the mediator, ends mediation."""
    case = the_case(case_id)
    if not works_on(person(), case) or not is_open(case):
        abort(403)
    form = EndForm(queries.parties(case))

    def act() -> str:
        party = party_of(case, form.who.data) if form.who.data != "mediator" else None
        operations.end_mediation(case, party, form.reason.data, by=person())
        return _("Mediation was ended. The notice is the next step.")

    return _act(
        case, form, act, heading=_("End mediation"), submit=_("End mediation"),
        note=_("Either side may end mediation at any time (People's Mediation Law, art. 23). The notice says more."),
        confirm=_("End mediation in this case?"),
    )  # fmt: skip


@bp.route("/cases/<int:case_id>/more-time", methods=["GET", "POST"])
@access.signed_in
def more_time(case_id: int) -> Answer:
    """A side asks for more time at the table or by telephone."""
    case = the_case(case_id)
    if not works_on(person(), case) or not operations.waits_for(case.id, "extension-requested"):
        abort(403)
    form = MoreTimeForm(queries.parties(case))

    def act() -> str:
        party = party_of(case, form.who.data) if form.who.data != "mediator" else None
        operations.ask_more_time(case, party, form.reason.data, by=person())
        return _("Asked for more time. The next step is the consent of every side.")

    return _act(
        case, form, act, heading=_("Ask for more time"), submit=_("Ask for more time"),
        note=_("More time needs the consent of every side; the reason stands on the paper that they sign."),
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/beside/<key>")
@access.signed_in
def open_beside(case_id: int, key: str) -> Response:
    """Open a flow beside the case and show its first step."""
    case = the_case(case_id)
    try:
        first = beside.open_beside(case, key, by=person())
    except operations.Refused:
        abort(403)
    db.session.commit()
    if first is not None:
        return redirect(url_for("tasks.show", task_id=first.id))
    name = flow_words.process_name(case.release_hash, key)
    flash(_("“%(name)s” was opened beside this case; no step of it is yours now.", name=name), "success")
    return redirect(url_for("cases.flow", case_id=case.id, process=key))


# --- what is told --------------------------------------------------------------------------------------------


@bp.route("/cases/<int:case_id>/statement", methods=["GET", "POST"])
@access.signed_in
def statement(case_id: int) -> Answer:
    """Take a party's own account, or its request to the centre."""
    case = the_case(case_id)
    if not works_on(person(), case) or not is_open(case):
        abort(403)
    form = StatementForm(queries.parties(case), data={"party": request.args.get("party")})

    def act() -> str:
        party = party_of(case, form.party.data)
        operations.add_statement(case, party, form.text.data, by=person(), kind=form.kind.data)
        return _("The account was kept. The other side never sees it.")

    return _act(
        case, form, act, heading=_("Take an account"), submit=_("Keep"),
        note=_("It stays behind this side's wall: the other side never sees it."),
        back=url_for("cases.parties", case_id=case.id),
    )  # fmt: skip


# --- people --------------------------------------------------------------------------------------------------


@bp.route("/cases/<int:case_id>/conflict", methods=["GET", "POST"])
@access.signed_in
def conflict(case_id: int) -> Answer:
    """Declare a tie between a colleague and the case."""
    case = the_case(case_id)
    if not works_on(person(), case) or not is_open(case):
        abort(403)
    people = queries.colleagues(person())
    form = ConflictForm(people)

    def act() -> str:
        chosen = next((one for one in people if str(one.id) == form.user.data), None) or abort(404)
        operations.declare_conflict(case, chosen, form.reason.data, by=person())
        name = words.named(chosen)
        if chosen.id == case.mediator_id:
            return _("The tie was recorded. %(name)s mediates this case: until both sides, once told, accept, %(name)s hands in "
                     "no step of it. Open steps can be handed over to a colleague.", name=name)  # fmt: skip
        return _("The tie was recorded. %(name)s cannot be appointed unless both sides accept.", name=name)

    return _act(
        case, form, act, heading=_("Declare a tie"), submit=_("Declare"),
        note=_("A near relative, an interest or another tie bars a mediator unless both sides, once told, accept."),
    )  # fmt: skip


@bp.route("/cases/<int:case_id>/mediator", methods=["GET", "POST"])
@access.signed_in
def another_mediator(case_id: int) -> Answer:
    """Appoint another mediator; the open steps of the former one go over."""
    case, user = the_case(case_id), person()
    if not can_appoint_another(user, case):
        abort(403)
    people = appointing.candidates(case)
    form = AnotherMediatorForm(people)

    def act() -> str:
        to = next(one for one, _words in people if one.login == form.mediator.data)
        count = appointing.appoint_another(case, to, form.chosen_by.data, form.reason.data, by=user)
        told = _("%(name)s mediates this case from now on. Both mediators and all parties are told.", name=words.named(to))
        return told + " " + ngettext("%(num)s open step went over.", "%(num)s open steps went over.", count) if count else told

    return _act(
        case, form, act, heading=_("Appoint another mediator"), submit=_("Appoint"),
        note=_("Until now: %(name)s. Open steps of the mediation go over; what was done and printed keeps the name of who did "
               "it. The parties hear the new name, not the reason, and may object.", name=words.named(case.mediator)),
        after=url_for("tasks.work") if user.id == case.mediator_id else None,
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/conflicts/<int:conflict_id>/accept")
@access.signed_in
def accept_conflict(case_id: int, conflict_id: int) -> Response:
    """Both sides, told of the tie, accept; written down by somebody else than the person concerned."""
    case = the_case(case_id)
    found = conflict_of(case, conflict_id)
    if not works_on(person(), case) or not is_open(case) or found.user_id == person().id:
        abort(403)
    operations.accept_conflict(found, by=person())
    db.session.commit()
    return redirect(url_for("cases.show", case_id=case.id))


@bp.post("/cases/<int:case_id>/conflicts/<int:conflict_id>/clear")
@access.signed_in
def clear_conflict(case_id: int, conflict_id: int) -> Response:
    """Somebody else than the person concerned looked into it: a namesake."""
    case = the_case(case_id)
    found = conflict_of(case, conflict_id)
    if not works_on(person(), case) or not is_open(case) or found.found_by != "name" or found.user_id == person().id:
        abort(403)
    ties.clear(found, by=person())
    db.session.commit()
    return redirect(url_for("cases.show", case_id=case.id))


@bp.route("/cases/<int:case_id>/parties/<int:party_id>/representative", methods=["GET", "POST"])
@access.signed_in
def representative(case_id: int, party_id: int) -> Answer:
    """Name somebody who acts for a party."""
    case = the_case(case_id)
    party = party_of(case, party_id)
    if not can_correct(person(), case):
        abort(403)
    form = RepresentativeForm()

    def act() -> str:
        operations.represent(party, form.data, by=person())
        return _("The representative was added.")

    heading = _("Who acts for %(name)s", name=party.name)
    return _act(case, form, act, heading=heading, submit=_("Add"), back=url_for("cases.parties", case_id=case.id))


@bp.route("/cases/<int:case_id>/parties/<int:party_id>/withdraw", methods=["GET", "POST"])
@access.signed_in
def withdraw_party(case_id: int, party_id: int) -> Answer:
    """Take a party that was registered by mistake out of the case."""
    case = the_case(case_id)
    party = party_of(case, party_id)
    if not can_correct(person(), case):
        abort(403)
    form = ReasonForm()

    def act() -> str:
        operations.withdraw_party(party, form.reason.data, by=person())
        return _("The party was taken out of the case.")

    heading = _("Take %(name)s out of the case", name=party.name)
    return _act(case, form, act, heading=heading, submit=_("Take out"), back=url_for("cases.parties", case_id=case.id))


@bp.post("/cases/<int:case_id>/parties/<int:party_id>/code")
@access.signed_in
def renew_code(case_id: int, party_id: int) -> Response:
    """Give a party a new code; it is shown once, on the page to print."""
    case = the_case(case_id)
    party = party_of(case, party_id)
    if not works_on(person(), case) or not can_read_content(person(), case):
        abort(403)
    code = operations.renew_party_code(party, by=person())
    db.session.commit()
    remember_codes(case, {party.id: code})
    return redirect(url_for("cases.receipt", case_id=case.id))
