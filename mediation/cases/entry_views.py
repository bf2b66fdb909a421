"""The window for every entry flow: what may be begun here, the form of its first step, and the case that comes of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from mediation import access, clock
from mediation.case_view import CaseView
from mediation.cases import brought
from mediation.cases import entry as entering
from mediation.cases.blueprint import bp
from mediation.cases.flow_words import process_name, process_note, step_text
from mediation.cases.receipts import remember_codes
from mediation.effects import AnswersRefused
from mediation.entries import Entry, entries_for
from mediation.extensions import command, db
from mediation.forms import AnswerForm, Circumstances, form_of, offered
from mediation.functions import feel_functions
from mediation.models import Draft
from mediation.releases import CURRENT_HASH
from mediation.requests import language, person
from workflows.model import EngineError

Page = str | tuple[str, int]
DISPUTES = ("clerk", "dispatcher")
MOST_DRAFTS = 12
NOT_TYPED = frozenset({"csrf_token", "_add", "_remove", "_redraw", "_save"})


@bp.get("/register")
@access.signed_in
def entries() -> Response | str:
    """What this person may begin; straight to the registration of a dispute where that is all."""
    user = person()
    mine = _mine()
    disputes = user.holds(*DISPUTES)
    if not mine and not disputes:
        abort(403)
    if not mine:
        return redirect(url_for("cases.register"))
    listed = [(key, _name(entry), process_note(entry.release_hash, key)) for key, entry in mine.items()]
    return render_template("cases/entries.html", entries=listed, disputes=disputes, drafts=_unfinished(mine))


@bp.get("/register/<key>")
@access.signed_in
def enter(key: str) -> Response | str:
    """The form of the first step, with what was typed before."""
    entry = _entry(key)
    token = _token()
    if token is None:
        return redirect(url_for("cases.enter", key=key, draft=secrets.token_hex(8)))
    draft = _draft(token)
    kept = _Kept.of(draft)
    return _page(entry, token, _form(entry, kept, MultiDict(kept.typed) if draft is not None else None))


@bp.post("/register/<key>")
@access.signed_in
def begin(key: str) -> Page | Response:
    """Draw the form anew, or begin the case with what it says."""
    entry, token = _entry(key), _token() or abort(400)
    entering.one_at_a_time(person())
    kept = _Kept.of(_draft(token))
    form = _form(entry, kept, request.form)
    redrawn = form.redrawn(request.form)
    if brought.keep(form.uploads(), kept.files):
        _save(entry, token, kept)
        db.session.commit()
    if redrawn:
        return _page(entry, token, form)
    if "_save" in request.form:
        _save(entry, token, kept)
        db.session.commit()
        return redirect(url_for("cases.entries"))
    refused = any(control.errors for control in form.uploads())
    if not form.check() or refused:
        return _page(entry, token, form), 422
    return _begin(entry, token, form, kept)


def _begin(entry: Entry, token: str, form: AnswerForm, kept: _Kept) -> Page | Response:
    by = person()
    known = entering.begun_as(token, by)
    if known is not None:
        return redirect(url_for("cases.show", case_id=known))
    files = brought.chosen(form.uploads(), kept.files)
    try:
        done, first = entering.begin(entry, form.answers, files, token=token, by=by)
    except AnswersRefused as refused:
        db.session.rollback()
        form.refuse(refused.errors)
        return _page(entry, token, form), 422
    except EngineError:
        # The case does not come into being; what was typed does not get lost.
        g.typed = form.told()
        with command():
            _save(entry, token, kept)
        raise
    draft = _draft(token)
    if draft is not None:
        db.session.delete(draft)
    db.session.commit()
    if done.codes:
        remember_codes(done.case, dict(done.codes))
        return redirect(url_for("cases.receipt", case_id=done.case.id), 303)
    return redirect(url_for("tasks.done", task_id=first.id), 303)


@bp.post("/register/<key>/draft")
@access.signed_in
def keep_entry(key: str) -> tuple[dict[str, str], int]:
    """Keep what is typed so far."""
    entry, token = _entry(key), _token() or abort(400)
    if entering.begun_as(token, person()) is not None:
        return {"message": _("Somebody else has finished this step meanwhile, or it is no longer yours.")}, 409
    draft = _save(entry, token, _Kept.of(_draft(token)))
    db.session.commit()
    return {"saved": clock.local(draft.saved_at).strftime("%H:%M")}, 200


@bp.post("/register/drop")
@access.signed_in
def drop_entry() -> Response:
    """Throw away what was begun and not handed in."""
    entering.one_at_a_time(person())
    draft = _draft(request.form.get("draft", ""))
    if draft is not None:
        files = _Kept.of(draft).files
        db.session.delete(draft)
        db.session.flush()
        entering.forget(files)
        db.session.commit()
    return redirect(url_for("cases.entries"))


# --- the form ---


def _mine() -> dict[str, Entry]:
    return entries_for(person(), db.session.scalar(CURRENT_HASH))


def _entry(key: str) -> Entry:
    return _mine().get(key) or abort(404)


def _form(entry: Entry, kept: _Kept, typed: MultiDict[str, str] | None) -> AnswerForm:
    case = entering.fresh_case(entry, by=person())
    form = form_of(case.release_hash, entry.first.form_id, language())
    around = Circumstances({"case": CaseView(case)}, offered(form, case, None), language(), feel_functions(case))
    drawn = AnswerForm(form, around, typed=typed)
    brought.name(drawn.uploads(), kept.files)
    return drawn


def _page(entry: Entry, token: str, form: AnswerForm) -> str:
    key, release = entry.process.id, entry.release_hash
    return render_template(
        "cases/enter.html", key=key, token=token, form=form, name=_name(entry), note=process_note(release, key),
        ground=step_text(release, key, entry.first.id, "ground"),
        submit_label=step_text(release, key, entry.first.id, "next"),
    )  # fmt: skip


def _name(entry: Entry) -> str:
    return process_name(entry.release_hash, entry.process.id)


# --- what was typed and brought before the case is there ---


@dataclass
class _Kept:
    """A draft: what was typed, and the files that came with it by number (name, original, preview)."""

    typed: dict[str, list[str]]
    files: brought.Files

    @classmethod
    def of(cls, draft: Draft | None) -> _Kept:
        told = draft.answers if draft is not None else {}
        return cls(dict(told.get("typed", {})), dict(told.get("files", {})))


def _token() -> str | None:
    token = request.args.get("draft", "")
    return token if token.isalnum() and len(token) <= 20 else None


def _draft(token: str) -> Draft | None:
    query = select(Draft).where(Draft.user_id == person().id, Draft.subject == f"entry:{token}")
    return db.session.scalar(query) if token else None


def _save(entry: Entry, token: str, kept: _Kept) -> Draft:
    draft = _draft(token)
    if draft is None:
        draft = Draft(user_id=person().id, subject=f"entry:{token}")
        db.session.add(draft)
    kept.typed = {name: values for name, values in request.form.lists() if name not in NOT_TYPED}
    draft.answers = {"process": entry.process.id, "typed": kept.typed, "files": kept.files}
    draft.saved_at = clock.now()
    return draft


def _unfinished(mine: dict[str, Entry]) -> list[dict[str, Any]]:
    """What this person began and has not handed in, the latest first."""
    query = select(Draft).where(Draft.user_id == person().id, Draft.subject.like("entry:%"))
    rows = db.session.scalars(query.order_by(Draft.saved_at.desc(), Draft.id).limit(MOST_DRAFTS))
    return [
        {"token": row.subject.partition(":")[2], "key": key, "at": row.saved_at, "words": _words(row),
         "name": _name(mine[key])}
        for row in rows if (key := str(row.answers.get("process"))) in mine
    ]  # fmt: skip


def _words(draft: Draft) -> str:
    return next((text[:40] for text in draft.answers["typed"].get("summary", []) if text), "")
