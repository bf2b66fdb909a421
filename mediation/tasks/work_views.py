"""My work: the page people live in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from mediation import codes, crypto, journal
from mediation.access import signed_in
from mediation.cases.flow_words import element_name, process_name
from mediation.extensions import db
from mediation.models import Agency, SavedView, User
from mediation.releases import definition_of
from mediation.requests import language, person
from mediation.tasks import queries
from mediation.tasks.blueprint import bp
from mediation.tasks.queries import TABS, Cursor, Filters, Line, Page, Tab
from mediation.words import named

MOST_VIEWS = 20
PARTS = ("q", "step", "kind", "agency", "due", "process", "sort")
TEXTS = ("q", "step", "kind", "due", "process")
# A list of more agencies than these is no help to anybody.
MOST_AGENCIES = 60
# More names than these are counted, not listed.
NAMES_SHOWN = 3


@bp.get("/")
@signed_in
def home() -> Response:
    """The first page of whoever works here."""
    return redirect(url_for("tasks.work"))


@bp.get("/work")
@signed_in
def work() -> str:
    """One tab of my work, a page at a time."""
    user, filters = person(), _filters(request.args)
    counts = queries.counts(user)
    tab = _tab(counts)
    page = queries.inbox(user, tab, filters, Cursor.parse(request.args.get("after")))
    if filters.q:
        _note_search(user, filters.q, page)
    choices = _choices(user, page)
    return render_template(
        "tasks/work.html", page=page, tab=tab, filters=filters, tabs=_tabs(counts, tab), views=_views(user),
        chips=_chips(tab, filters, choices), choices=choices, more_url=_more(tab, filters, page),
        query=_address(tab, filters), row=row_words, say=row_labels(), kept_away=counts[queries.KEPT_AWAY],
    )  # fmt: skip


def row_labels() -> dict[str, str]:
    """The words that every row repeats, translated once."""
    return {
        "case": _("Case"), "parties": _("Parties"), "kind": _("Kind"), "work": _("Work on it"), "claim": _("Claim"),
    }  # fmt: skip


def row_words(line: Line) -> dict[str, Any]:
    """What a row says: the step and the kind in the language of the page, the first names and how many more."""
    others = len(line.parties) - NAMES_SHOWN
    return {
        "step": element_name(line.release_hash, line.process_key, line.element_id) if language() == "en" else line.name,
        "kind": codes.name("kinds", line.kind),
        "names": " / ".join(line.parties[:NAMES_SHOWN]),
        "others": _("and %(number)s more", number=others) if others > 0 else "",
    }


# --- saved views ------------------------------------------------------------------------------------------------------


@bp.post("/work/views")
@signed_in
def save_view() -> Response:
    """Keep the filters that are on under a name; a name used before is given its new meaning."""
    user, name = person(), " ".join(request.form.get("name", "").split())[:60]
    mine = _views(user)
    row = next((view for view in mine if view.name == name), None)
    query = _address(_wished_tab(request.form) or "mine", _filters(request.form))
    if not name:
        flash(_("Give the view a name."), "warning")
    elif row is None and len(mine) >= MOST_VIEWS:
        flash(_("You have %(most)s views already; remove one first.", most=MOST_VIEWS), "warning")
    else:
        row = row or SavedView(user_id=user.id, name=name)
        row.query = query
        db.session.add(row)
        db.session.commit()
        flash(_("The view “%(name)s” is kept.", name=name), "success")
    return redirect(f"{url_for('tasks.work')}?{query}")


@bp.post("/work/views/<int:view_id>/remove")
@signed_in
def remove_view(view_id: int) -> Response:
    """Forget a view of one's own."""
    row = db.session.scalar(select(SavedView).where(SavedView.id == view_id, SavedView.user_id == person().id))
    if row is None:
        abort(404)
    db.session.delete(row)
    db.session.commit()
    flash(_("The view is removed."), "success")
    return redirect(url_for("tasks.work"))


def _views(user: User) -> Sequence[SavedView]:
    return db.session.scalars(select(SavedView).where(SavedView.user_id == user.id).order_by(SavedView.name)).all()


# --- what was asked for -----------------------------------------------------------------------------------------------


def _wished_tab(given: Mapping[str, str]) -> Tab | None:
    wished: Any = given.get("tab")
    return wished if wished in TABS else None


def _tab(counts: Mapping[str, int]) -> Tab:
    """The tab asked for; without a wish, mine, or what is offered when nothing is mine."""
    return _wished_tab(request.args) or ("offered" if not counts["mine"] and counts["offered"] else "mine")


def _filters(given: Mapping[str, str]) -> Filters:
    texts = {name: (given.get(name) or "").strip()[:80] for name in TEXTS}
    agency = given.get("agency") or ""
    return Filters(
        **texts, agency=int(agency) if agency.isdecimal() else None,
        sort="entered" if given.get("sort") == "entered" else "due",
    )  # fmt: skip


def _address(tab: Tab, filters: Filters) -> str:
    """The query of this very list: what a view keeps and what a colleague can be sent."""
    asked = {name: str(getattr(filters, name)) for name in PARTS if getattr(filters, name)}
    if filters.sort == "due":
        asked.pop("sort")
    return urlencode({"tab": tab, **asked})


def _url(tab: Tab, filters: Filters) -> str:
    return f"{url_for('tasks.work')}?{_address(tab, filters)}"


def _more(tab: Tab, filters: Filters, page: Page) -> str | None:
    return f"{_url(tab, filters)}&{urlencode({'after': str(page.more)})}" if page.more else None


def _note_search(user: User, text: str, page: Page) -> None:
    """Who searched what: the words may be a name, so the journal keeps what they can be compared with."""
    found = sorted({line.case_id for line in page.lines})
    journal.note_read("searched", by=user, subject=crypto.keyed_hash(text, "search"), details={"found": found})


# --- what the page offers ---------------------------------------------------------------------------------------------


def _tabs(counts: Mapping[str, int], current: Tab) -> list[dict[str, Any]]:
    labels = {
        "mine": _("Mine"), "offered": _("To be claimed"), "others": _("Others on duty"),
        "deputy": _("Delegated to me"), "today": _("Due today"), "over": _("Overdue"),
    }  # fmt: skip
    return [
        {
            "label": labels[tab],
            "url": url_for("tasks.work", tab=tab),
            "count": counts[tab],
            "current": tab == current,
            "tone": "danger" if tab == "over" else None,
        }
        for tab in TABS
        if tab != "others" or counts["others"] or current == "others"
    ]


def due_names() -> dict[str, str]:
    """The filters by deadline."""
    return {"over": _("Overdue"), "today": _("Due today"), "week": _("Within seven days"), "later": _("Later")}


def _choices(user: User, page: Page) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer; steps and flows come from the releases of the rows, without asking the database."""
    releases = list(dict.fromkeys(line.release_hash for line in page.lines))
    roles, lang = frozenset(user.roles), language()
    return {
        "step": _merged(_steps(one, roles, lang) for one in releases),
        "process": _merged(_processes(one, lang) for one in releases),
        "kind": [(key, codes.name("kinds", key)) for key in codes.table("kinds") if len(key) == 2],
        "agency": [(str(one.id), named(one)) for one in _agencies(user)],
        "due": list(due_names().items()),
    }


def _merged(lists: Iterable[tuple[tuple[str, str], ...]]) -> list[tuple[str, str]]:
    """One list of what several releases offer; a newer name of the same step wins."""
    return list({key: label for pairs in lists for key, label in pairs}.items())


@lru_cache(maxsize=256)
def _steps(release_hash: str, roles: frozenset[str], _language: str) -> tuple[tuple[str, str], ...]:
    """The steps that people in these roles do, as they are called in the language of the page."""
    definition = definition_of(release_hash)
    return tuple(
        (f"{model.id}/{element.id}", element_name(release_hash, model.id, element.id))
        for model in definition.processes.values()
        for element in model.elements.values()
        if element.kind == "userTask" and definition.roles.find(model.lanes.get(element.id, "")) in roles
    )


@lru_cache(maxsize=64)
def _processes(release_hash: str, _language: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, process_name(release_hash, key)) for key in definition_of(release_hash).processes)


def _agencies(user: User) -> list[Agency]:
    """The user's agencies when there are several to choose from, and not too many for a list."""
    ids = {held.agency_id for held in user.memberships}
    if not 1 < len(ids) <= MOST_AGENCIES:
        return []
    return list(db.session.scalars(select(Agency).where(Agency.id.in_(ids)).order_by(Agency.name, Agency.id)))


def _chips(tab: Tab, filters: Filters, choices: Mapping[str, list[tuple[str, str]]]) -> list[dict[str, str]]:
    offered = {name: dict(pairs) for name, pairs in choices.items()} if filters.narrows else {}
    chips = []
    for name in ("q", "step", "process", "kind", "agency", "due"):
        value = str(getattr(filters, name) or "")
        if value:
            label = offered.get(name, {}).get(value) or value
            chips.append({"label": label, "remove_url": _url(tab, filters.without(name))})
    return chips
