"""Oversight's pages: few numbers, each with its denominator, and the list behind it one click away."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from mediation import clock, codes, journal
from mediation.access import roles
from mediation.cases.flow_words import element_name
from mediation.cases.queries import colleagues
from mediation.cases.stages import TONES
from mediation.models import Case, Task, User
from mediation.oversight import queries, supervision_views
from mediation.oversight.blueprint import bp
from mediation.oversight.queries import Count, Period, Standing
from mediation.requests import person

# Imported so that its pages hang on the same blueprint.
REGISTERED = (supervision_views,)
WAYS = ("step", "agency", "person")


@bp.get("/oversight")
@roles("supervisor", "director")
def index() -> str:
    """What is overdue now, and how the cases registered in a period stand."""
    user, period = person(), _period()
    stands = queries.standing(user, period)
    return render_template(
        "oversight/index.html", period=period, presets=_presets(period), stands=stands,
        overdue=queries.overdue_total(user), took=queries.duration(user, period),
        near=queries.near_deadlines(user), unperformed=queries.unperformed(user),
        statuses=_status_lines(stands), kinds=_kind_lines(stands), status_chart=_status_chart(stands),
        kind_chart=_kind_chart(stands), tones=TONES,
    )  # fmt: skip


# --- the period -------------------------------------------------------------------------------------------------------


def _period() -> Period:
    """The days asked for; this year when none, or none that make sense, are given."""
    today = clock.today()
    begin, end = _day("from") or today.replace(month=1, day=1), _day("to") or today
    return Period(begin, end) if begin <= end else Period(end, begin)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _presets(period: Period) -> list[dict[str, Any]]:
    today = clock.today()
    first = today.replace(day=1)
    last_month = first - timedelta(days=1)
    listed = (
        (_("This month"), Period(first, today)),
        (_("Last month"), Period(last_month.replace(day=1), last_month)),
        (_("This quarter"), Period(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today)),
        (_("This year"), Period(today.replace(month=1, day=1), today)),
    )
    return [{"label": label, "url": _with(one), "current": one == period} for label, one in listed]


def _with(period: Period, endpoint: str = "oversight.index", **more: Any) -> str:
    return url_for(endpoint, **{"from": period.begin.isoformat(), "to": period.end.isoformat()}, **more)


# --- tables and charts ------------------------------------------------------------------------------------------------


def _status_lines(stands: Standing) -> list[tuple[str, str, int]]:
    """(key, name, number) in the order in which a case passes through them."""
    return [(key, codes.name("statuses", key), stands.by_status[key]) for key in TONES if key in stands.by_status]


def _kind_lines(stands: Standing) -> list[tuple[str, str, int, int]]:
    """(key, name, registered, agreed), the most frequent first."""
    lines = [(key, codes.name("kinds", key), *numbers) for key, numbers in stands.by_kind.items()]
    return sorted(lines, key=lambda line: (-line[2], line[0]))


def _status_chart(stands: Standing) -> dict[str, Any]:
    lines = _status_lines(stands)
    return _bars([name for _key, name, _n in lines], {_("Cases"): [n for *_rest, n in lines]})


def _kind_chart(stands: Standing) -> dict[str, Any]:
    lines = _kind_lines(stands)[:12]
    registered, agreed = [line[2] for line in lines], [line[3] for line in lines]
    return _bars([line[1] for line in lines], {_("Registered"): registered, _("Agreement in force"): agreed})


def _bars(names: list[str], series: dict[str, list[int]]) -> dict[str, Any]:
    """Lying bars, the first line on top; the same numbers stand in the table below."""
    return {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"show": len(series) > 1, "bottom": 0},
        "grid": {"left": 28, "right": 24, "top": 8, "bottom": 32 if len(series) > 1 else 8, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": names},
        "series": [{"name": name, "type": "bar", "data": data} for name, data in series.items()],
    }


# --- the lists behind the numbers -------------------------------------------------------------------------------------


@bp.get("/oversight/overdue")
@roles("supervisor", "director")
def overdue() -> str:
    """Overdue tasks counted by step, agency or person."""
    user, by = person(), request.args.get("by", "step")
    if by not in WAYS:
        abort(404)
    counts = {"step": _steps, "agency": queries.overdue_by_agency, "person": queries.overdue_by_person}[by](user)
    return render_template("oversight/overdue.html", by=by, counts=counts, total=sum(count.number for count in counts))


def _steps(user: User) -> list[Count]:
    return [
        Count(count.key, element_name(count.extra, *count.key.split(".", 1)), count.number, count.oldest)
        for count in queries.overdue_by_step(user)
    ]


@bp.get("/oversight/overdue/tasks")
@roles("supervisor", "director")
def overdue_tasks() -> str:
    """The tasks behind one of these numbers."""
    by, key = request.args.get("by", ""), request.args.get("key", "")
    rows = queries.overdue_tasks(person(), by, key, _after())
    shown = rows[: queries.PAGE]
    more = None
    if len(rows) > queries.PAGE:
        more = url_for("oversight.overdue_tasks", by=by, key=key, after=_key_of(shown[-1]))
    names = {task.id: element_name(task.case.release_hash, task.process_key, task.element_id) for task in shown}
    return render_template(
        "oversight/overdue_tasks.html", tasks=shown, names=names, more_url=more, by=by if by in WAYS else "step"
    )


def _key_of(task: Task) -> str:
    assert task.due_at is not None, "what is overdue has a date"
    return f"{task.due_at.isoformat()}~{task.id}"


def _after() -> tuple[datetime, str] | None:
    at, _tilde, task_id = request.args.get("after", "").partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, task_id) if moment.tzinfo else None


@bp.get("/oversight/cases")
@roles("supervisor", "director")
def cases() -> str:
    """The cases behind a number of the first page."""
    period, status, kind = _period(), request.args.get("status", "")[:20], request.args.get("kind", "")[:2]
    rows = queries.cases_in(person(), period, status, kind, request.args.get("after", type=int))
    shown: list[Case] = rows[: queries.PAGE]
    more = None
    if len(rows) > queries.PAGE:
        more = _with(period, "oversight.cases", status=status or None, kind=kind or None, after=shown[-1].id)
    named = [codes.name("statuses", status)] if status else []
    named += [codes.name("kinds", kind)] if kind else []
    return render_template("oversight/cases.html", cases=shown, period=period, named=named, more_url=more, tones=TONES,
                           status_words=lambda case: codes.name("statuses", case.status),
                           kind_words=lambda case: codes.name("kinds", case.kind))  # fmt: skip


@bp.get("/oversight/reads")
@roles("supervisor", "director")
def reads() -> str:
    """What one colleague has looked at; that this was asked is itself written down."""
    user, reader_id = person(), request.args.get("user", type=int)
    people = colleagues(user)
    reader = next((one for one in people if one.id == reader_id), None)
    rows = queries.reads_of(user, reader.id, request.args.get("before", type=int)) if reader else []
    if reader:
        journal.note_read("journal-seen", by=user, subject=f"user:{reader.id}")
    shown = rows[: queries.PAGE]
    more = url_for("oversight.reads", user=reader_id, before=shown[-1][0].id) if len(rows) > queries.PAGE else None
    return render_template(
        "oversight/reads.html", people=people, reader=reader, rows=shown, more_url=more, words=_read_words()
    )


def _read_words() -> dict[str, str]:
    return {
        "case-seen": _("opened the case"), "content-seen": _("read the parties' accounts"),
        "revealed": _("looked at contact data or a number"), "searched": _("found it by a search"),
        "attachment-downloaded": _("fetched an attachment"), "paper-downloaded": _("fetched a paper"),
        "journal-seen": _("read the journal"),
    }  # fmt: skip
