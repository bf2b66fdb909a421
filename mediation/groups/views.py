"""The page of a group: its roster, what its members said, how it chose who speaks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask import Response as Download
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mediation import access, clock, flow, journal, storage, words
from mediation.access import signed_in
from mediation.cases.case_views import page as case_page
from mediation.cases.operations import attach
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.groups import bindings, elections, queries, roster, spreadsheet  # noqa: F401 - bindings register themselves
from mediation.groups.elections import Candidate
from mediation.models import Attachment, Case, RosterDraft, RosterMember
from mediation.permissions import can_read_content, is_open, works_on
from mediation.requests import person
from mediation.storage import FileRefused

bp = Blueprint("groups", __name__)

Page = str | Response | tuple[str, int]
SHOWN_MISTAKES = 100
CANDIDATES = 10


def _case(case_id: int, *, change: bool = False) -> Case:
    """The case, for who reads its content; to change its roster, for who works on it while it is open."""
    user = person()
    case = access.case_or_404(user, case_id)
    if not can_read_content(user, case) or (change and not (works_on(user, case) and is_open(case))):
        abort(403)
    if change and request.method == "POST":
        flow.lock_case(case.id)
    return case


def _shown(template: str, case: Case, **more: Any) -> str:
    may = works_on(person(), case) and is_open(case)
    return case_page(template, case, "group", counts=queries.counts(case), may_change=may, **more)


@bp.get("/cases/<int:case_id>/group")
@signed_in
def roster_page(case_id: int) -> str:
    """The members, searched and page by page, masked; how many said what; how the group decided."""
    case = _case(case_id)
    journal.note_read("roster-seen", case_id=case.id, by=person())
    return _roster(case)


def _roster(case: Case, message: str = "", revealed: dict[tuple[int, str], str] | None = None) -> str:
    wanted = queries.wanted_of(request.values)
    rows, following = queries.page(case, wanted)
    more = url_for("groups.roster_page", case_id=case.id, after=following, **wanted.query) if following else None
    return _shown(
        "group", case, rows=rows, wanted=wanted, more_url=more, elections=queries.elections(case),
        draft=db.session.get(RosterDraft, case.id), message=message, tally_of=elections.tally_of, today=clock.today(),
        revealed=revealed or {},
    )  # fmt: skip


# --- taking a spreadsheet in -------------------------------------------------------------------------------------------


@bp.get("/roster-template.xlsx")
@signed_in
def template() -> Download:
    """An empty roster to fill in."""
    answer = Download(spreadsheet.template(), mimetype=spreadsheet.XLSX, headers=storage.SAFE_HEADERS)
    answer.headers["Content-Disposition"] = 'attachment; filename="roster-template.xlsx"'
    return answer


@bp.post("/cases/<int:case_id>/group/import")
@signed_in
def import_roster(case_id: int) -> Page:
    """Read a spreadsheet: what is right goes onto the roster as a whole, else its mistakes are shown and corrected here."""
    case = _case(case_id, change=True)
    file = request.files.get("file")
    try:
        content = file.stream.read(spreadsheet.LARGEST + 1) if file else b""
        sheet = spreadsheet.read(content)
    except FileRefused as refused:
        return _roster(case, refused.message), 422
    return _take(case, (file.filename if file else "") or "roster", sheet.rows)


def _take(case: Case, name: str, rows: list[dict[str, str]]) -> Page:
    if not rows:
        return _roster(case, _("Nothing is left to import.")), 422
    found = roster.mistakes(case, rows)
    if found:
        roster.keep_draft(case, name, rows, by=person())
        db.session.commit()
        return redirect(url_for("groups.correct", case_id=case.id), 303)
    taken = roster.take_in(case, rows, by=person())
    db.session.commit()
    flash(_("%(number)s members are on the roster.", number=taken), "success")
    return redirect(url_for("groups.roster_page", case_id=case.id), 303)


@bp.get("/cases/<int:case_id>/group/correct")
@signed_in
def correct(case_id: int) -> Page:
    """The rows with mistakes, each cell to be corrected; the rows without are kept beside them."""
    case = _case(case_id, change=True)
    draft = db.session.get(RosterDraft, case.id)
    if draft is None:
        return redirect(url_for("groups.roster_page", case_id=case.id))
    return _correct_page(case, draft)


def _correct_page(case: Case, draft: RosterDraft) -> str:
    rows = list(draft.rows)
    found = roster.mistakes(case, rows)
    wrong: dict[int, dict[str, str]] = {}
    for one in found:
        wrong.setdefault(one.row, {}).setdefault(one.column, one.message)
    first = dict(list(wrong.items())[:SHOWN_MISTAKES])
    return _shown(
        "group_correct", case, draft=draft, rows=rows, wrong=first, hidden=len(wrong) - len(first),
        right=len(rows) - len(wrong), columns=column_words(),
    )  # fmt: skip


def column_words() -> dict[str, str]:
    """The columns of a roster as the page names them."""
    return {
        "name": _("Full name"), "id_number": _("Identity number"), "phone": _("Telephone"), "unit": _("House or unit"),
        "area": _("Area (m²)"), "claim": _("Amount claimed"), "note": _("Note"),
    }  # fmt: skip


@bp.post("/cases/<int:case_id>/group/correct")
@signed_in
def correct_rows(case_id: int) -> Page:
    """Take over what was corrected or left out, and import when nothing is wrong any more."""
    case = _case(case_id, change=True)
    draft = db.session.get(RosterDraft, case.id)
    if draft is None:
        return redirect(url_for("groups.roster_page", case_id=case.id))
    if "drop" in request.form:
        db.session.delete(draft)
        db.session.commit()
        flash(_("The spreadsheet was put aside; nothing of it was imported."), "success")
        return redirect(url_for("groups.roster_page", case_id=case.id), 303)
    rows = [_corrected(place, row) for place, row in enumerate(draft.rows) if f"leave-{place}" not in request.form]
    return _take(case, draft.file_name, rows)


def _corrected(place: int, row: dict[str, str]) -> dict[str, str]:
    typed = {key: request.form.get(f"{key}-{place}") for key in spreadsheet.COLUMNS}
    return row | {key: value.strip()[: spreadsheet.LONGEST_CELL] for key, value in typed.items() if value is not None}


# --- what members said --------------------------------------------------------------------------------------------------


@bp.post("/cases/<int:case_id>/group/mark")
@signed_in
def mark(case_id: int) -> Page:
    """Write down for several members at once: consent with day and sheet, a vote, that they were told."""
    case = _case(case_id, change=True)
    ids = _chosen(case)
    if not ids:
        return _roster(case, _("Choose members first.")), 422
    what, _colon, value = request.form.get("what", "").partition(":")
    try:
        done = _MARKS[what](case, ids, value) if what in _MARKS else None
    except (FileRefused, AnswersRefused) as refused:
        db.session.rollback()
        return _roster(case, str(refused)), 422
    if done is None:
        return _roster(case, _("Choose what to write down.")), 422
    db.session.commit()
    flash(_("Written down for %(number)s members.", number=done), "success")
    wanted = queries.wanted_of(request.form)
    return redirect(url_for("groups.roster_page", case_id=case.id, **wanted.query), 303)


def _chosen(case: Case) -> list[int]:
    if request.form.get("all") == "yes":
        return queries.ids_of(case, queries.wanted_of(request.form))
    return [int(one) for one in request.form.getlist("member") if one.isdecimal() and len(one) < 19]


def _mark_consent(case: Case, ids: list[int], value: str) -> int | None:
    if value not in roster.CONSENTS:
        return None
    on = _day(request.form.get("on"))
    if value != "open" and (on is None or on > clock.today()):
        raise AnswersRefused({"on": _("Say on which day they signed; it cannot lie ahead.")})
    return roster.record_consent(case, ids, value, on, _proof(case), by=person())


def _proof(case: Case) -> Attachment | None:
    """The scan of the signed sheet, kept with the case."""
    file = request.files.get("proof")
    if file is None or not file.filename:
        return None
    kept = storage.store(file.stream, file.filename, limit=current_app.config["UPLOAD_MB"] * 1024 * 1024)
    proof = attach(case, kept, party=None, purpose="signed-paper", by=person())
    db.session.flush()
    return proof


def _mark_vote(case: Case, ids: list[int], value: str) -> int | None:
    return roster.record_vote(case, ids, value, by=person()) if value in roster.VOTES else None


def _mark_told(case: Case, ids: list[int], _value: str) -> int | None:
    return roster.mark_told(case, ids, by=person())


_MARKS: dict[str, Callable[[Case, list[int], str], int | None]] = {
    "consent": _mark_consent, "vote": _mark_vote, "told": _mark_told
}  # fmt: skip


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


@bp.post("/cases/<int:case_id>/group/<int:member_id>/reveal/<what>")
@signed_in
def reveal(case_id: int, member_id: int, what: str) -> str:
    """The whole of a masked value; that it was looked at is written down first."""
    case = _case(case_id)
    if what not in ("id_number", "phone"):
        abort(404)
    found = queries.found(case, queries.Wanted()).where(RosterMember.id == member_id)
    member = db.session.scalar(found) or abort(404)
    journal.record("revealed", case_id=case.id, by=person(), subject=f"member:{member.id}", details={"what": what})
    db.session.commit()
    value = getattr(member, what) or "—"
    if request.headers.get("HX-Request"):
        return render_template("cases/_revealed.html", value=value)
    return _roster(case, revealed={(member.id, what): value})


@bp.get("/cases/<int:case_id>/group/sheet")
@signed_in
def sheet(case_id: int) -> str:
    """One sheet to print on which members consent or refuse by hand; identity numbers masked."""
    case = _case(case_id)
    journal.note_read("roster-seen", case_id=case.id, by=person())
    state = queries.wanted_of(request.values).state
    members = queries.all_of(case, state if state in roster.CONSENTS else None)
    return render_template("groups/sheet.html", case=case, members=members, masked=words.masked_id)


# --- elections and votes -----------------------------------------------------------------------------------------------


@bp.route("/cases/<int:case_id>/group/election", methods=["GET", "POST"])
@signed_in
def election(case_id: int) -> Page:
    """Record how representatives were elected: who stood, with how many votes, on which day."""
    case = _case(case_id, change=True)
    if request.method == "GET":
        return _election_page(case, {})
    form = request.form
    held_on, minutes = _day(form.get("held_on")), form.get("minutes", "").strip()[:5000]
    candidates, errors = _candidates(case)
    try:
        if errors:
            raise AnswersRefused(elections.day_errors(held_on) | errors)
        elections.elect(case, held_on, _number(form.get("present")), candidates, minutes, by=person())
    except AnswersRefused as refused:
        db.session.rollback()
        return _election_page(case, refused.errors), 422
    db.session.commit()
    flash(_("The representatives are recorded."), "success")
    return redirect(url_for("groups.roster_page", case_id=case.id), 303)


def _election_page(case: Case, errors: dict[str, str]) -> str:
    typed = request.form if request.method == "POST" else {}
    listed = [(one.ordinal, one.name, one.unit) for one in queries.all_of(case)]
    return _shown("group_election", case, errors=errors, typed=typed, listed=listed, lines=range(CANDIDATES))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 0


def _candidates(case: Case) -> tuple[list[Candidate], dict[str, str]]:
    """Rows of “12 王某”: the place on the roster says who it is, the name is checked against it. Beside them the errors."""
    typed = {line: request.form.get(f"candidate-{line}", "").strip() for line in range(CANDIDATES)}
    ordinals = {line: _number(text.split()[0]) for line, text in typed.items() if text}
    known = queries.by_ordinals(case, set(ordinals.values()))
    found, errors = [], {}
    for line, ordinal in ordinals.items():
        member, votes = known.get(ordinal), request.form.get(f"votes-{line}", "").strip()
        if member is None or (len(typed[line].split()) > 1 and member.name not in typed[line]):
            told = _("“%(text)s” is nobody on the roster: choose from the list.", text=typed[line])
            errors[f"candidate-{line}"] = told
        elif votes and not votes.isdecimal():
            errors[f"votes-{line}"] = _("Write the votes as a number.")
        else:
            elected = request.form.get(f"elected-{line}") == "yes"
            found.append(Candidate(member, _number(votes), elected, line))
    return found, errors


@bp.route("/cases/<int:case_id>/group/vote", methods=["GET", "POST"])
@signed_in
def vote(case_id: int) -> Page:
    """Count the vote of owners by head and area, show the arithmetic, and keep it."""
    case = _case(case_id, change=True)
    form = request.form
    if request.method == "GET":
        return _vote_page(case, {})
    try:
        row = elections.close_vote(case, form.get("matter", "").strip(), _day(form.get("held_on")), form.get("special") == "yes",
                                   form.get("minutes", "").strip()[:5000], by=person())  # fmt: skip
    except AnswersRefused as refused:
        db.session.rollback()
        return _vote_page(case, refused.errors), 422
    db.session.commit()
    flash(
        _("The vote has passed.") if row.passed else _("The vote has not passed."),
        "success" if row.passed else "warning",
    )
    return redirect(url_for("groups.roster_page", case_id=case.id), 303)


def _vote_page(case: Case, errors: dict[str, str]) -> str:
    typed = request.form if request.method == "POST" else {}
    counted = elections.tally(case, special=typed.get("special") == "yes")
    return _shown("group_vote", case, errors=errors, typed=typed, counted=counted)
