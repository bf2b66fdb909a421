"""Oversight's pages of warnings and supervision orders: numbers with their denominators, a chart, the list behind each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from mediation import clock
from mediation.access import roles
from mediation.cases.flow_words import asked_words, element_name, ordered_step, value_name
from mediation.oversight import supervision_queries as queries
from mediation.oversight.blueprint import bp
from mediation.oversight.queries import PAGE
from mediation.oversight.supervision_queries import KINDS, STATES, WAYS, Line, OrderLine, Warned
from mediation.permissions import can_supervise
from mediation.requests import person
from mediation.supervision.operations import SUPERVISORS
from mediation.words import named

CHART_LINES = 12
QUARTER = timedelta(days=90)


def _one_of(name: str, allowed: tuple[str, ...], usual: str) -> str:
    value = request.args.get(name, usual)
    return value if value in allowed else abort(404)


def _kind_names() -> dict[str, str]:
    return {"task": _("Steps"), "clock": _("Clocks"), "referral": _("Hand-overs"), "order": _("Supervision orders")}


def _way_names() -> dict[str, str]:
    return {"centre": _("By centre"), "agency": _("By agency"), "person": _("By person")}


# --- warnings ---------------------------------------------------------------------------------------------------------


@bp.get("/oversight/warnings")
@roles(*SUPERVISORS)
def warnings() -> str:
    """How many steps, clocks, hand-overs and orders run, and how many of them are yellow and red, and with whom."""
    user, kind, way = person(), _one_of("kind", KINDS, "task"), _one_of("by", WAYS, "agency")
    found = queries.lines(user, kind, way)
    return render_template(
        "oversight/warnings.html", kind=kind, by=way, lines=found, totals=queries.totals(user), kinds=_kind_names(),
        tabs_of_kinds=_tabs("oversight.warnings", "kind", _kind_names(), kind, by=way),
        tabs_of_ways=_tabs("oversight.warnings", "by", _way_names(), way, kind=kind), chart_data=_warning_chart(found),
    )  # fmt: skip


def _tabs(endpoint: str, name: str, names: dict[str, str], current: str, **more: Any) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": url_for(endpoint, **{name: key}, **more), "current": key == current}
        for key, label in names.items()
    ]


def _warning_chart(found: list[Line]) -> dict[str, Any]:
    shown = found[:CHART_LINES]
    return _stacked([one.name or _("claimed by nobody") for one in shown],
                    {_("Over"): [one.red for one in shown], _("Soon"): [one.yellow for one in shown]})  # fmt: skip


def _stacked(names: list[str], series: dict[str, list[int]]) -> dict[str, Any]:
    """Lying bars, one behind the other; the same numbers stand in the table below."""
    return {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"bottom": 0},
        "grid": {"left": 28, "right": 24, "top": 8, "bottom": 32, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": names,
                  "axisLabel": {"width": 160, "overflow": "break"}},
        "series": [{"name": name, "type": "bar", "stack": "all", "data": data} for name, data in series.items()],
    }  # fmt: skip


@bp.get("/oversight/warnings/list")
@roles(*SUPERVISORS)
def warning_list() -> str:
    """The things behind a number, the oldest first; steps can be urged and ordered from here."""
    user, kind = person(), _one_of("kind", KINDS, "task")
    way, key, stage = request.args.get("by", ""), request.args.get("key", ""), request.args.get("stage", "")
    page = max(request.args.get("page", 1, type=int), 1)
    rows = queries.warned(user, kind, way=way, key=key, stage=stage, page=page)
    chosen = {"by": way, "key": key, "stage": stage}
    more = url_for("oversight.warning_list", kind=kind, by=way, key=key, stage=stage, page=page + 1)
    stages = {"": _("Over and soon"), "red": _("Over"), "yellow": _("Soon")}
    return render_template(
        "oversight/warning_list.html", kind=kind, kinds=_kind_names(), rows=rows[:PAGE], name=_name,
        may_order=lambda row: can_supervise(user, row.case),
        more_url=more if len(rows) > PAGE else None, urged=queries.urged_today([row.id for row in rows if row.task]),
        chosen={"back": "oversight", **{name: value for name, value in chosen.items() if value}},
        chips=_chosen_by(kind, way, stage, rows),
        tabs_of_stages=_tabs("oversight.warning_list", "stage", stages, stage, kind=kind, by=way, key=key),
    )  # fmt: skip


def _chosen_by(kind: str, way: str, stage: str, rows: list[Warned]) -> list[dict[str, str]]:
    """By which centre, agency or person the list is chosen, to be taken off; its rows tell the name."""
    if way not in WAYS or not rows:
        return []
    first = rows[0]
    name = {"centre": named(first.case.agency), "agency": first.agency or "—"}.get(way, first.person or _("claimed by nobody"))
    url = url_for("oversight.warning_list", kind=kind, stage=stage or None)
    return [{"label": name, "remove_url": url}]


def _name(row: Warned) -> str:
    """The step, clock, hand-over or order in the language of the page."""
    if row.task is not None:
        return element_name(row.case.release_hash, row.task.process_key, row.task.element_id)
    if row.order is not None:
        return ordered_step(row.order)
    return asked_words(row.case.release_hash, value_name(row.case.release_hash, "clocks", row.what))


# --- orders -----------------------------------------------------------------------------------------------------------


@bp.get("/oversight/orders")
@roles(*SUPERVISORS)
def orders() -> str:
    """Supervision orders given in a period, by whom they went to, and how they were answered."""
    user, way, (begin, end) = person(), _one_of("by", WAYS, "agency"), _days()
    found = queries.order_lines(user, way, begin, end)
    span = {"from": begin.isoformat(), "to": end.isoformat()}
    return render_template(
        "oversight/orders.html", by=way, lines=found, span=span, begin=begin, end=end,
        whole=[sum(numbers) for numbers in zip(*((o.given, o.open, o.late, o.closed) for o in found), strict=True)] or [0] * 4,
        tabs_of_ways=_tabs("oversight.orders", "by", _way_names(), way, **span), chart_data=_order_chart(found),
    )  # fmt: skip


def _order_chart(found: list[OrderLine]) -> dict[str, Any]:
    shown = found[:CHART_LINES]
    waiting = [one.open - one.late for one in shown]
    return _stacked(
        [one.name or _("no person named") for one in shown],
        {_("Late"): [one.late for one in shown], _("Open"): waiting, _("Closed"): [one.closed for one in shown]},
    )


def _days() -> tuple[date, date]:
    """The days asked for, else the last quarter of a year."""
    today = clock.today()
    begin, end = _day("from") or today - QUARTER, _day("to") or today
    return (begin, end) if begin <= end else (end, begin)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@bp.get("/oversight/orders/list")
@roles(*SUPERVISORS)
def order_list() -> str:
    """The orders behind a number, the earliest day to answer first."""
    begin, end = _days()
    asked = {name: request.args.get(name, "") for name in ("by", "key", "state")}
    page = max(request.args.get("page", 1, type=int), 1)
    rows = queries.orders(person(), begin, end, state=asked["state"], way=asked["by"], key=asked["key"], page=page)
    span = {"from": begin.isoformat(), "to": end.isoformat()}
    states = {"": _("All orders"), **dict(zip(STATES, (_("Open"), _("Late"), _("Answered"), _("Closed")), strict=True))}
    more = url_for("oversight.order_list", **asked, **span, page=page + 1)
    return render_template(
        "oversight/order_list.html", orders=rows[:PAGE], more_url=more if len(rows) > PAGE else None, today=clock.today(),
        ordered_step=ordered_step,
        tabs_of_states=_tabs("oversight.order_list", "state", states, asked["state"], by=asked["by"], key=asked["key"], **span),
    )  # fmt: skip
