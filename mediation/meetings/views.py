"""The calendar of rooms and meetings, meetings booked by hand, and what one side said to the mediator alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask import Response as Download
from flask_babel import gettext
from werkzeug.wrappers import Response

from mediation import access, clock, codes, flow, journal
from mediation.access import roles, signed_in
from mediation.cases.operations import Refused
from mediation.effects import AnswersRefused
from mediation.extensions import db
from mediation.meetings import bindings, joint_bindings, operations, queries  # noqa: F401 - they register what forms fill
from mediation.meetings.forms import BookingForm, moment_of
from mediation.meetings.queries import Booking
from mediation.models import CaucusNote, Meeting
from mediation.permissions import can_read_caucus, is_open, works_on
from mediation.requests import language, person
from mediation.words import named

bp = Blueprint("meetings", __name__)

LONGEST_STRETCH = timedelta(days=45)


@bp.get("/meetings")
@signed_in
def index() -> str:
    """One week of rooms and meetings: a calendar, and the same as a table for who has no script."""
    today = clock.start_of(clock.today())
    asked = moment_of(request.args.get("day")) or today
    begin = asked - timedelta(days=clock.local(asked).weekday())
    user, room_id = person(), request.args.get("room", type=int)
    days: dict[object, list[Booking]] = {}
    for booking in queries.bookings(user, begin, begin + timedelta(days=7), room_id):
        days.setdefault(clock.local(booking.starts_at).date(), []).append(booking)
    week = {name: clock.local(begin + timedelta(days=offset)).date() for name, offset in
            (("before", -7), ("first", 0), ("last", 6), ("after", 7))}  # fmt: skip
    return render_template(
        "meetings/index.html", days=days, rooms=queries.rooms(user), room_id=room_id, week=week, language=language(),
        codes=codes,
    )  # fmt: skip


@bp.get("/meetings/data")
@signed_in
def data() -> Download | tuple[Download, int]:
    """What the calendar draws: only what this person may know, of a stretch of six weeks at most."""
    begin, end = moment_of(request.args.get("from")), moment_of(request.args.get("to"))
    if begin is None or end is None or not timedelta(0) < end - begin <= LONGEST_STRETCH:
        return jsonify(message=gettext("Give two days, six weeks apart at most.")), 400
    found = queries.bookings(person(), begin, end, request.args.get("room", type=int))
    answer = jsonify([_event(booking) for booking in found])
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _event(booking: Booking) -> dict[str, str]:
    room = named(booking.room) if booking.room else (booking.meeting.place if booking.meeting else "")
    kind = booking.meeting.kind if booking.meeting else "occupied"
    event = {
        "title": f"{booking.title} · {room}" if room else booking.title, "start": booking.starts_at.isoformat(),
        "end": booking.ends_at.isoformat(), "kind": kind,
    }  # fmt: skip
    if booking.case is not None:
        event["url"] = url_for("cases.meetings", case_id=booking.case.id)
    return event


# --- joint meetings by hand ----------------------------------------------------------------------------------


@bp.route("/cases/<int:case_id>/meetings/book", methods=["GET", "POST"])
@signed_in
def book(case_id: int) -> str | Response | tuple[str, int]:
    """Book a joint meeting of the case."""
    user = person()
    case = access.case_or_404(user, case_id)
    if not works_on(user, case) or not is_open(case):
        abort(403)
    form = BookingForm(case)
    if request.method == "GET" or not form.validate():
        return _book_page(case, form), 422 if request.method == "POST" else 200
    try:
        flow.lock_case(case.id)
        operations.call_joint(case, form.called(), by=user)
    except (AnswersRefused, Refused) as refused:
        db.session.rollback()
        _put(form, refused)
        return _book_page(case, form), 422
    db.session.commit()
    flash(gettext("The meeting is booked; who was asked to come is told."), "success")
    return redirect(url_for("cases.meetings", case_id=case.id))


def _book_page(case: object, form: BookingForm) -> str:
    return render_template("meetings/book.html", case=case, form=form)


def _put(form: BookingForm, refused: Exception) -> None:
    for key, message in getattr(refused, "errors", {"": str(refused)}).items():
        if key in form._fields:
            form._fields[key].errors = [*form._fields[key].errors, message]
        else:
            form.form_errors.append(message)


@bp.post("/meetings/<int:meeting_id>/call-off")
@signed_in
def call_off(meeting_id: int) -> Response:
    """Call a meeting off that was booked by hand."""
    user = person()
    meeting = _meeting_or_404(meeting_id)
    case = access.case_or_404(user, meeting.case_id)
    if not works_on(user, case):
        abort(403)
    reason = request.form.get("reason", "").strip()[:500] or gettext("called off")
    try:
        operations.call_off(meeting, reason, by=user)
    except AnswersRefused as refused:
        db.session.rollback()
        flash(str(refused), "warning")
        return redirect(url_for("cases.meetings", case_id=case.id))
    db.session.commit()
    flash(gettext("The meeting is called off."), "success")
    return redirect(url_for("cases.meetings", case_id=case.id))


def _meeting_or_404(meeting_id: int) -> Meeting:
    found = db.session.scalar(access.visible_meetings(person()).where(Meeting.id == meeting_id))
    return found or abort(404)


@bp.get("/meetings/<int:meeting_id>.ics")
@signed_in
def ical(meeting_id: int) -> Download:
    """The meeting for a calendar of one's own: time and place, the case by its number and nothing else of it."""
    meeting = _meeting_or_404(meeting_id)
    case = access.case_or_404(person(), meeting.case_id)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//mediation//meetings//ZH", "BEGIN:VEVENT",
        f"UID:meeting-{meeting.id}@{case.code.lower()}", f"DTSTAMP:{_ical_time(clock.now())}",
        f"DTSTART:{_ical_time(meeting.starts_at)}", f"DTEND:{_ical_time(meeting.until)}",
        f"SUMMARY:{_ical_text(case.display_number)}", f"LOCATION:{_ical_text(meeting.place)}",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    answer = Download("\r\n".join(lines), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="meeting-{meeting.id}.ics"'
    return answer


def _ical_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _ical_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


# --- behind the wall -----------------------------------------------------------------------------------------


@bp.post("/cases/<int:case_id>/caucus")
@roles("mediator")
def note_caucus(case_id: int) -> Response:
    """Write down what one side said alone; only the mediator of the case reads it."""
    user = person()
    case = access.case_or_404(user, case_id)
    if not can_read_caucus(user, case):
        abort(403)
    party_id, text = request.form.get("party", type=int), request.form.get("text", "").strip()
    if party_id not in {party.id for party in case.parties} or not text:
        flash(gettext("Choose the side and write down what was said."), "warning")
        return redirect(url_for("cases.show", case_id=case.id, tab="meetings"))
    db.session.add(CaucusNote(case_id=case.id, party_id=party_id, text=text, by_id=user.id, at=clock.now()))
    journal.record("caucus-noted", case_id=case.id, by=user, subject=f"party:{party_id}")
    db.session.commit()
    flash(gettext("The note is kept; only you can read it."), "success")
    return redirect(url_for("cases.show", case_id=case.id, tab="meetings"))
