"""What people do in a search through the grids: open it, report what a grid found, close it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, journal
from mediation.cases import entry as entering
from mediation.cases.brought import Files
from mediation.cases.operations import Refused
from mediation.entries import Entry, entries_of
from mediation.extensions import db
from mediation.models import Agency, Case, Draft, GridSearch, SearchArea, SearchFinding, SearchResult, User
from mediation.releases import current_release_hash

REPORT = "grid_report"


def open_search(
    agency: Agency, name: str, subject: str, from_on: date, until_on: date, grids: Sequence[Agency], *, by: User
) -> GridSearch:
    """Open a search in these grids. Raises Refused where none is chosen or the days run backwards."""
    if not grids:
        raise Refused(_("Choose at least one grid."))
    if until_on < from_on:
        raise Refused(_("The last day lies before the first."))
    search = GridSearch(
        agency=agency, name=name, subject=subject, from_on=from_on, until_on=until_on, opened_by_id=by.id,
        opened_at=clock.now(), areas=[SearchArea(agency=grid) for grid in grids],
    )  # fmt: skip
    db.session.add(search)
    db.session.flush()
    journal.record("search-opened", by=by, subject=f"search:{search.id}", details={"grids": len(grids)})
    return search


def report(
    area: SearchArea,
    findings: Sequence[Mapping[str, Any]],
    files: Files,
    *,
    places: int,
    note: str,
    token: str,
    by: User,
) -> list[Case]:
    """What a grid found: each finding (answers of the first step of `grid_report`, photographs by their numbers in
    `files`) becomes a case of that flow; none is "nothing found". Sent twice under one token it counts once. Raises
    Refused when the search is over."""
    search = db.session.scalar(select(GridSearch).where(GridSearch.id == area.search_id).with_for_update())
    if db.session.scalar(select(SearchResult.id).where(SearchResult.token == token)) is not None:
        return []
    if search is None or not running(search):
        raise Refused(_("This search is over."))
    result = SearchResult(
        area=area, token=token, found=len(findings), places=places, note=note, by_id=by.id, at=clock.now()
    )
    db.session.add(result)
    cases = [_case_of(answers, files, f"{token}-{number}", by) for number, answers in enumerate(findings)]
    db.session.add_all(SearchFinding(result=result, case_id=case.id) for case in cases)
    told = {"found": len(cases), "places": places, "grid": area.agency.key}
    journal.record("search-reported", by=by, subject=f"search:{search.id}", details=told)
    return cases


def _case_of(answers: Mapping[str, Any], files: Files, token: str, by: User) -> Case:
    photographs = {key: files[key] for key in answers.get("photos") or ()}
    return entering.begin(_report_flow(), answers, photographs, token=token, by=by)[0].case


def _report_flow() -> Entry:
    entry = entries_of(current_release_hash()).get(REPORT)
    if entry is None:
        raise Refused(_("The flow that findings become cases of is not in force."))
    return entry


def photographs(token: str, by: User) -> Draft:
    """The photographs that somebody has brought to the page of this token, as a draft that may be empty and new."""
    subject = f"search:{token}"
    found = db.session.scalar(select(Draft).where(Draft.user_id == by.id, Draft.subject == subject))
    return found or Draft(user_id=by.id, subject=subject, answers={"files": {}}, saved_at=clock.now())


def keep_photographs(draft: Draft, files: Files) -> None:
    """Keep them until the page is sent without a mistake; those of pages left a day ago go."""
    draft.answers, draft.saved_at = {"files": files}, clock.now()
    db.session.add(draft)
    mine = select(Draft).where(Draft.user_id == draft.user_id, Draft.subject.like("search:%"))
    for left in db.session.scalars(mine.where(Draft.saved_at < clock.now() - timedelta(days=1))).all():
        db.session.delete(left)
        db.session.flush()
        entering.forget(left.answers["files"])


def close_search(search: GridSearch, *, by: User) -> None:
    """End a search before its last day."""
    search.closed_at = search.closed_at or clock.now()
    journal.record("search-closed", by=by, subject=f"search:{search.id}")


def running(search: GridSearch) -> bool:
    """Whether grids can report: from the first day to the end of the last, unless closed."""
    return search.closed_at is None and search.from_on <= clock.today() <= search.until_on
