"""The list of cases, the search, and the window at which a dispute is registered."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from mediation import access, clock, codes, crypto, journal
from mediation.cases import (
    action_views,
    bindings,
    case_views,
    clocks,
    effects,
    ending_bindings,
    entry_views,
    file_views,
    follow_up_bindings,
    intake_bindings,
    justice_bindings,
    link_views,
    operations,
    participant_views,
    queries,
    service_matters,
    studio_bindings,
    told_before,
    triage,
)
from mediation.cases.blueprint import bp, the_case
from mediation.cases.forms import RegistrationForm, rows_changed
from mediation.cases.receipts import remember_codes, remembered_codes
from mediation.cases.stages import RISK_TONES, TONES
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.models import Draft, Entry, Party, User
from mediation.permissions import can_read_content
from mediation.requests import person

__all__ = ["bp"]

# Imported so that they register themselves: pages with the blueprint, effects and bindings with the flow.
REGISTERED = (
    action_views, bindings, case_views, clocks, effects, ending_bindings, entry_views, file_views, follow_up_bindings,
    intake_bindings, justice_bindings, link_views, participant_views, service_matters, studio_bindings, told_before,
)  # fmt: skip

REGISTRARS = ("clerk", "dispatcher")
SHORTEST_SEARCH = 2


@bp.get("/cases")
@access.staff
def index() -> str:
    """The cases that this person may see, the newest first."""
    filters = _filters()
    page = queries.list_cases(person(), filters, request.args.get("after"))
    return render_template(
        "cases/index.html", page=page, filters=filters, chips_on=_chips(filters), codes=codes, tones=TONES,
        risk_tones=RISK_TONES, more=_more(page),
    )  # fmt: skip


def _filters() -> queries.Filters:
    args = request.args
    return queries.Filters(
        state=args.get("state", "open") if args.get("state") in ("open", "ended", "all") else "open",
        kind=args.get("kind", "")[:4], level=args.get("level", ""), risk=args.get("risk", ""),
        status=args.get("status", ""), mine=bool(args.get("mine")),
    )  # fmt: skip


def _chips(filters: queries.Filters) -> list[dict[str, str]]:
    named = [
        ("kind", codes.name("kinds", filters.kind)), ("level", codes.name("levels", filters.level)),
        ("risk", codes.name("risks", filters.risk)), ("status", codes.name("statuses", filters.status)),
        ("mine", _("I am the mediator") if filters.mine else ""),
    ]  # fmt: skip
    return [{"label": label, "remove_url": _without(key)} for key, label in named if label]


def _without(*names: str) -> str:
    kept = {key: value for key, value in request.args.items() if key not in (*names, "after")}
    return url_for(str(request.endpoint), **kept)


def _more(page: queries.Page) -> str | None:
    if page.more is None:
        return None
    return url_for(str(request.endpoint), **{**request.args.to_dict(), "after": page.more})


@bp.get("/search")
@access.staff
def search() -> Response | str:
    """Cases by number, any part of a name, telephone or identity number; a whole number leads straight to its case."""
    text = request.args.get("q", "").strip()[:80]
    if len(text) < SHORTEST_SEARCH:
        return render_template(
            "cases/search.html", text=text, page=None, codes=codes, tones=TONES, risk_tones=RISK_TONES, more=None
        )
    page = queries.search(person(), text, request.args.get("after"))
    # The words may be somebody's name or number: the journal keeps what proves a search, not what was searched.
    hash_ = crypto.keyed_hash(text, "search")
    journal.note_read("searched", by=person(), subject=hash_, details={"found": [case.id for case in page.rows]})
    if len(page.rows) == 1 and text.upper() in (page.rows[0].code, (page.rows[0].number or "").upper()):
        return redirect(url_for("cases.show", case_id=page.rows[0].id))
    return render_template(
        "cases/search.html", text=text, page=page, codes=codes, tones=TONES, risk_tones=RISK_TONES, more=_more(page)
    )


# --- registering ---------------------------------------------------------------------------------------------


@bp.route("/cases/new", methods=["GET", "POST"])
@access.roles(*REGISTRARS)
def register() -> Response | str | tuple[str, int]:
    """Register a dispute: four sections on one page, saved as one goes."""
    token = request.args.get("draft", "")
    if not token.isalnum() or len(token) > 20:
        return redirect(url_for("cases.register", draft=secrets.token_hex(8)))
    if request.method != "POST":
        return _registration_page(_form_of(_draft(token)), token)
    form = RegistrationForm(request.form)
    if rows_changed(form, request.form):
        return _registration_page(form, token)
    if not form.validate():
        return _registration_page(form, token), 422
    return _register(form, token)


def _register(form: RegistrationForm, token: str) -> Any:
    by = person()
    known = _registered_as(token, by)
    if known is not None:
        return redirect(url_for("cases.show", case_id=known))
    alike = link_views.alike_of_form(form)
    try:
        done = operations.register_dispute(form.answers() | {"token": token}, by=by)
        link_views.join_wished(done.case, alike)
    except AnswersRefused as refused:
        db.session.rollback()
        _put_errors(form, refused)
        return _registration_page(form, token), 422
    draft = _draft(token)
    if draft is not None:
        db.session.delete(draft)
    db.session.commit()
    remember_codes(done.case, dict(done.codes))
    return redirect(url_for("cases.receipt", case_id=done.case.id))


def _registered_as(token: str, by: User) -> int | None:
    """The case that this very page registered before: a second press of the button registers nothing."""
    db.session.execute(select(User.id).where(User.id == by.id).with_for_update())
    query = select(Entry.chain).where(
        Entry.user_id == by.id, Entry.at > clock.now() - timedelta(days=1), Entry.action == "case-registered",
        Entry.subject == token,
    )  # fmt: skip
    return db.session.scalar(query.limit(1))


def _put_errors(form: RegistrationForm, refused: AnswersRefused) -> None:
    for key, message in refused.errors.items():
        field = form._fields.get(key)
        if field is not None:
            field.errors = [*field.errors, message]
        else:
            form.form_errors.append(message)


def _registration_page(form: RegistrationForm, token: str) -> str:
    answers = form.answers()
    return render_template(
        "cases/register.html", form=form, token=token, suggestion=triage.suggest(answers), codes=codes,
        people=_people(form), drafts=_drafts() if request.method == "GET" else [],
        alike=link_views.alike_of_form(form), typed=request.form,
    )  # fmt: skip


@bp.post("/cases/new/suggestion")
@access.roles(*REGISTRARS)
def suggestion() -> str:
    """The triage suggestion for what is typed so far, with its reasons."""
    form = RegistrationForm(request.form)
    return render_template("cases/_suggestion.html", suggestion=triage.suggest(form.answers()), codes=codes)


@bp.post("/cases/new/people")
@access.roles(*REGISTRARS)
def people() -> str:
    """People of the page who are known from cases that this person may see."""
    return render_template("cases/_people.html", people=_people(RegistrationForm(request.form)), codes=codes)


def _people(form: RegistrationForm) -> list[tuple[str, list[Party]]]:
    by = person()
    found = []
    for entry in form.parties:
        told = entry.form
        same = queries.known_people(by, told.name.data or "", told.phone.data or "", told.id_number.data or "")
        readable = [party for party in same if can_read_content(by, party.case)]
        if readable:
            found.append((told.name.data or "", readable))
    return found


# --- drafts --------------------------------------------------------------------------------------------------


@bp.post("/cases/new/draft")
@access.roles(*REGISTRARS)
def save_draft() -> tuple[dict[str, str], int]:
    """Keep what is typed; it may hold identity numbers, so it is sealed."""
    token = request.args.get("draft", "")
    if not token.isalnum() or len(token) > 20:
        abort(400)
    draft = _draft(token)
    if draft is None:
        draft = Draft(user_id=person().id, subject=f"registration:{token}")
        db.session.add(draft)
    pairs = [[key, value] for key, value in request.form.items(multi=True) if not key.startswith(("_", "csrf"))]
    draft.answers, draft.saved_at = {"sealed": crypto.encrypt(json.dumps(pairs))}, clock.now()
    db.session.commit()
    return {"saved": clock.local(draft.saved_at).strftime("%H:%M")}, 200


@bp.post("/cases/new/drop")
@access.roles(*REGISTRARS)
def drop_draft() -> Response:
    """Throw an unfinished registration away."""
    draft = _draft(request.form.get("draft", ""))
    if draft is not None:
        db.session.delete(draft)
        db.session.commit()
    return redirect(url_for("cases.register"))


def _draft(token: str) -> Draft | None:
    query = select(Draft).where(Draft.user_id == person().id, Draft.subject == f"registration:{token}")
    return db.session.scalar(query)


def _drafts() -> list[dict[str, Any]]:
    """Registrations that this person began and has not finished."""
    query = select(Draft).where(Draft.user_id == person().id, Draft.subject.like("registration:%"))
    rows = db.session.scalars(query.order_by(Draft.saved_at.desc()).limit(6))
    shown = request.args.get("draft", "")
    return [
        {"token": row.subject.partition(":")[2], "at": row.saved_at, "words": _unsealed(row).get("summary", "")[:40]}
        for row in rows
        if row.subject.partition(":")[2] != shown
    ]


def _unsealed(draft: Draft) -> MultiDict[str, str]:
    return MultiDict(json.loads(crypto.decrypt(draft.answers["sealed"])))


def _form_of(draft: Draft | None) -> RegistrationForm:
    return RegistrationForm(_unsealed(draft)) if draft is not None else RegistrationForm(None)


# --- the receipt ---------------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>/receipt")
@access.signed_in
def receipt(case_id: int) -> Response | str:
    """The receipt to print, with the case code and, this once, the codes of the parties."""
    case = the_case(case_id)
    given = remembered_codes(case)
    if not given:
        flash(_("A party's code is shown once. Give the party a new one if it was lost."), "info")
        return redirect(url_for("cases.show", case_id=case.id))
    return render_template("cases/receipt.html", case=case, parties=queries.parties(case), given=given, codes=codes)
