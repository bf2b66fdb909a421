"""The calendar that periods are counted by: the days off of a year, the administrator's corrections, what they move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from mediation import clock, clocks, deadlines, flow, journal, words
from mediation.access import roles
from mediation.admin import queries
from mediation.admin.blueprint import Page, bp
from mediation.cases.flow_words import task_text, value_name
from mediation.deadlines import Works
from mediation.extensions import db
from mediation.models import Deadline, Holiday
from mediation.referrals import operations as referrals
from mediation.requests import language, person

YEARS_AROUND = 5


@dataclass(frozen=True)
class Day:
    """A day that is not as its weekday says: a holiday on a working day, a weekend that is worked, a correction."""

    day: date
    works: bool
    name: str
    corrected: bool


@dataclass(frozen=True)
class Moved:
    """A running clock, or the date of an open step, that ends at another moment with the change."""

    case: str
    clock: str
    before: date
    after: date


@bp.route("/admin/holidays", methods=["GET", "POST"])
@roles("system_admin")
def holidays() -> Page | Response:
    """A year's days off and made-up days; a correction says first which running clocks it moves."""
    if request.method != "POST":
        return _page()
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return _page(_("Please give the day as year, month and day.")), 422
    works, name = request.form.get("works") == "yes", request.form.get("name", "").strip()[:60]
    if not name:
        return _page(_("Please say what day this is, such as the name of the holiday.")), 422
    moved = _moved(day, works)
    if moved and request.form.get("confirmed") != "yes":
        return _page(moved=moved, correcting=day)
    before = deadlines.calendar_with()
    row = db.session.get(Holiday, day) or Holiday(day=day)
    row.works, row.name = works, name
    db.session.add(row)
    journal.record("holiday-entered", by=person(), subject=day.isoformat(), details={"works": works})
    number = _count_anew(day, works, before)
    db.session.commit()
    said = _("%(day)s counts as a working day.") if works else _("%(day)s counts as a day off.")
    flash(said % {"day": words.day(day)} + _recounted(number), "success")
    return redirect(url_for("admin.holidays", year=day.year))


@bp.post("/admin/holidays/<day>/remove")
@roles("system_admin")
def remove_holiday(day: str) -> Page | Response:
    """The published calendar applies again to this day; running clocks that this moves are told first."""
    try:
        row = db.session.get(Holiday, date.fromisoformat(day))
    except ValueError:
        row = None
    if row is None:
        abort(404)
    moved = _moved(row.day, None)
    if moved and request.form.get("confirmed") != "yes":
        return _page(moved=moved, removing=row)
    before = deadlines.calendar_with()
    db.session.delete(row)
    journal.record("holiday-removed", by=person(), subject=day)
    number = _count_anew(row.day, None, before)
    db.session.commit()
    flash(_("The published calendar applies again to %(day)s.", day=day) + _recounted(number), "success")
    return redirect(url_for("admin.holidays", year=row.day.year))


def _recounted(number: int) -> str:
    if not number:
        return ""
    return " " + ngettext(
        "%(num)s running clock or date of a step was counted anew.",
        "%(num)s running clocks and dates of steps were counted anew.",
        number,
    )


def _page(
    message: str = "",
    *,
    moved: list[Moved] | None = None,
    correcting: date | None = None,
    removing: Holiday | None = None,
) -> str:
    this = clock.today().year
    year = request.args.get("year", type=int) or (correcting or (removing.day if removing else clock.today())).year
    year = min(max(year, this - YEARS_AROUND), this + YEARS_AROUND)
    known = [(one, deadlines.calendar_covers(one)) for one in (this, this + 1)]
    return render_template(
        "admin/holidays.html", year=year, days=_days_of(year), known=known, message=message, moved=moved or [],
        removing=removing, correcting=correcting, typed=request.form if message or correcting else {},
        years=[{"label": str(one), "url": url_for("admin.holidays", year=one), "current": one == year}
               for one in sorted({*range(this - 1, this + 3), year})],
    )  # fmt: skip


def _days_of(year: int) -> list[Day]:
    """The days of a year that are not as their weekday says, the corrections among them."""
    corrected = {row.day: row for row in queries.holidays()}
    found = []
    day = date(year, 1, 1)
    while day.year == year:
        row = corrected.get(day)
        published = deadlines.is_working_day(day, {})
        if row is not None:
            found.append(Day(day, row.works, row.name, True))
        elif published != (day.weekday() < 5):
            found.append(Day(day, published, _name(day), False))
        day += timedelta(days=1)
    return found


def _name(day: date) -> str:
    """What the published calendar calls a day; a working day made up for a holiday is called after it."""
    name = deadlines.day_name(day)
    return deadlines.english_day_name(name) if language() == "en" else name


def _moved(day: date, works: bool | None) -> list[Moved]:
    return [
        Moved(
            row.case.display_number,
            value_name(row.case.release_hash, "clocks", row.name),
            clock.day_of_deadline(row.due_at),
            counted.last_day,
        )
        for row, counted in clocks.affected_by(day, works)
    ] + _moved_steps(day, works)


def _moved_steps(day: date, works: bool | None) -> list[Moved]:
    """The dates of open steps that the change moves; those that follow a clock move with it."""
    before, after = deadlines.calendar_with(), deadlines.calendar_with(day, works)
    found = []
    for process in queries.counted_across(day):
        result = flow.plan_recount(process, before, after)
        for task, was, due in flow.moved_by(process, result) if result else ():
            if was and due:
                told = process.case.display_number, task_text(task, process.release_hash, "name")
                found.append(Moved(*told, clock.day_of_deadline(was), clock.day_of_deadline(due)))
    return found


def _count_anew(day: date, works: bool | None, before: Works) -> int:
    """Count what the change moves, case by case: clocks, what follows them, and the dates of open steps. `before` is the
    calendar as it was. How many they were."""
    rows = [row for row, _counted in clocks.affected_by(day, works)]
    processes: dict[int, list[int]] = {}
    for process in queries.counted_across(day):
        processes.setdefault(process.case_id, []).append(process.id)
    db.session.flush()
    deadlines.forget_corrections()
    number = len(rows)
    for case_id in sorted({row.case_id for row in rows} | set(processes)):
        case = flow.lock_case(case_id)
        for row in [one for one in rows if one.case_id == case_id]:
            db.session.refresh(row)
            if row.stopped_at is None:  # not stopped by somebody else before the case was locked
                _count(row)
        flow.follow_clocks(case, by=person())
        for process_id in processes.get(case_id, ()):
            number += flow.recount(process_id, before, deadlines.is_working_day, by=person())
        referrals.count_anew(case)
    return number


def _count(row: Deadline) -> None:
    before = row.due_at
    clocks.count_anew(row)
    journal.record(
        "clock-recounted", case_id=row.case_id, by=person(), subject=row.clock,
        details={"before": str(clock.day_of_deadline(before)), "after": str(clock.day_of_deadline(row.due_at))},
    )  # fmt: skip
