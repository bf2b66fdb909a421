"""A search through the grids: opened by a dispatcher, reported grid by grid, each finding a case of its own."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from mediation.extensions import command, db
from mediation.grid import queries
from mediation.models import Agency, Attachment, Case, Draft, GridSearch, SearchResult, Task, User
from tests.house import House
from tests.mediation.entries.conftest import worker
from tests.mediation.entries.test_matters import photo
from tests.person import Person

SEARCH = {"name": "消防隐患大排查", "subject": "楼道堆物、电动车进楼", "from_on": "2026-11-23", "until_on": "2026-11-29",
          "grids": ["community", "community2"]}  # fmt: skip
FINDING = {
    "findings-0-summary": "楼道堆满纸箱",
    "findings-0-place": "3 号楼",
    "findings-0-kind": "1399",
    "findings-0-people": "1",
}


@pytest.fixture
def opened(neighbourhood: dict[str, User], sign_in: Callable[[str], Person]) -> GridSearch:
    dispatcher = sign_in("dispatcher")
    dispatcher.get("/grid/new")
    dispatcher.submit(SEARCH)
    return db.session.scalars(select(GridSearch)).one()


def at_report(app: Flask, user: User) -> Person:
    """A grid worker on the page of the report, come by the list and the search."""
    person = Person(app, user)
    person.get("/grid")
    person.get(person.page.select_one("a.row-link")["href"])
    person.get(person.page.select_one("a[href*='/report/']")["href"])
    return person


def test_each_finding_becomes_a_case_from_the_grid(
    app: Flask, opened: GridSearch, neighbourhood: dict[str, User]
) -> None:
    grid = at_report(app, neighbourhood["grid"])
    grid.submit(button="_add=findings")
    grid.submit({"places": "42", **FINDING})
    case = db.session.scalars(select(Case)).one()
    assert (case.root_process, case.origin.key, case.summary, case.kind) == (
        "grid_report",
        "community",
        "楼道堆满纸箱",
        "1399",
    )
    assert "楼道堆满纸箱" in grid.text()
    handling = db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")).one()
    assert (handling.element_id, handling.claimed_by_id) == ("handle_grid", neighbourhood["grid"].id)


def test_a_photograph_goes_with_its_finding_and_no_mistake_loses_it(
    app: Flask, opened: GridSearch, neighbourhood: dict[str, User]
) -> None:
    grid = at_report(app, neighbourhood["grid"])
    grid.submit(button="_add=findings")
    grid.submit({"findings-0-photos": photo()}, button="_add=findings")
    grid.submit({"places": "", **FINDING, "findings-1-photos": (io.BytesIO(b"MZ"), "a.exe")}, status=422)
    assert "照片.jpg" in grid.text()
    assert grid.page.select_one(".error-summary a[href='#findings-1-photos']")
    grid.submit(
        {
            "places": "42",
            **FINDING,
            "findings-1-summary": "单车堵门",
            "findings-1-place": "5 号楼",
            "findings-1-kind": "1399",
        }
    )
    kept = db.session.scalars(select(Attachment)).one()
    assert (kept.name, db.session.get_one(Case, kept.case_id).summary) == ("照片.jpg", "楼道堆满纸箱")
    assert db.session.scalars(select(Draft)).all() == []


def test_nothing_found_counts_as_a_report(app: Flask, opened: GridSearch, neighbourhood: dict[str, User]) -> None:
    at_report(app, neighbourhood["grid"]).submit({"places": "30"})
    with app.test_request_context():
        lines = queries.grid_lines(opened)
    assert [(line.area.agency.key, line.reports, line.found, line.places) for line in lines] == [
        ("community", 1, 0, 30), ("community2", 0, 0, 0)]  # fmt: skip


def test_the_same_page_sent_twice_reports_once(app: Flask, opened: GridSearch, neighbourhood: dict[str, User]) -> None:
    grid = at_report(app, neighbourhood["grid"])
    page = grid.page
    grid.submit({"places": "30"})
    grid.page = page
    grid.submit({"places": "30"})
    assert len(db.session.scalars(select(SearchResult)).all()) == 1


def test_what_is_missing_is_told_and_the_findings_stay(
    app: Flask, opened: GridSearch, neighbourhood: dict[str, User]
) -> None:
    grid = at_report(app, neighbourhood["grid"])
    grid.submit(button="_add=findings")
    grid.submit({"places": "", **FINDING}, status=422)
    assert grid.page.select_one("#findings-0-summary").get_text(strip=True) == "楼道堆满纸箱"
    assert db.session.scalar(select(Case.id)) is None


def test_after_the_last_day_nobody_reports(
    app: Flask, opened: GridSearch, neighbourhood: dict[str, User], clock: object
) -> None:
    grid = at_report(app, neighbourhood["grid"])
    clock.set_clock(datetime(2026, 11, 30, 1, 0, tzinfo=UTC))
    grid.submit({"places": "30"}, status=422)
    assert "排查" in grid.text()


def test_a_grid_sees_only_searches_it_takes_part_in(
    app: Flask, neighbourhood: dict[str, User], sign_in: Callable[[str], Person]
) -> None:
    dispatcher = sign_in("dispatcher")
    dispatcher.get("/grid/new")
    dispatcher.submit({**SEARCH, "grids": ["community2"]})
    other = Person(app, neighbourhood["grid"])
    other.get("/grid")
    assert "消防隐患大排查" not in other.text()
    other.get(dispatcher.response.request.path, status=404)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"until_on": "2026-11-01"}, {"grids": []}, {"from_on": "tomorrow"}], ids=str
)
def test_a_search_that_cannot_be_is_refused(
    wrong: dict[str, object], neighbourhood: dict[str, User], sign_in: Callable[[str], Person]
) -> None:
    dispatcher = sign_in("dispatcher")
    dispatcher.get("/grid/new")
    dispatcher.submit({**SEARCH, **wrong}, status=422)
    assert db.session.scalar(select(GridSearch.id)) is None


def test_a_search_can_be_ended(opened: GridSearch, sign_in: Callable[[str], Person]) -> None:
    dispatcher = sign_in("dispatcher")
    dispatcher.get(f"/grid/{opened.id}")
    dispatcher.post(f"/grid/{opened.id}/close")
    assert db.session.get_one(GridSearch, opened.id).closed_at is not None


@pytest.mark.parametrize(
    ("day", "half"),
    [((2026, 11, 15), ("2026-11-01", "2026-11-15")), ((2026, 11, 16), ("2026-11-16", "2026-11-30")),
     ((2027, 2, 20), ("2027-02-16", "2027-02-28")), ((2026, 12, 31), ("2026-12-16", "2026-12-31"))],
)  # fmt: skip
def test_half_months(day: tuple[int, int, int], half: tuple[str, str]) -> None:
    assert tuple(one.isoformat() for one in queries.half_month(date(*day))) == half


def test_a_search_is_ended_by_the_centre_that_opened_it_alone(
    app: Flask, opened: GridSearch, neighbourhood: dict[str, User], house: House
) -> None:
    street = db.session.scalars(select(Agency).where(Agency.key == "community")).one()
    with command():
        head = worker("head", "社区负责人", "director", street)
    other = Person(app, head)
    assert other.get(f"/grid/{opened.id}").select_one("form[action$=close]") is None
    other.post(f"/grid/{opened.id}/close", status=403)
    Person(app, house.users["director"]).post(f"/grid/{opened.id}/close")
    assert db.session.get_one(GridSearch, opened.id).closed_at is not None
