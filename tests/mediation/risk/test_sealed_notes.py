"""A counsellor's notes are sealed: only the author and whom the author names can open them, in whatever way one looks."""

from __future__ import annotations

import contextlib
import zlib
from typing import Any

import pytest
from sqlalchemy import text

from mediation import clock
from mediation.extensions import command, db
from mediation.models import Entry, Notice, Paper, SealedNote, StandIn, Task
from tests.house import House
from tests.journeys.table import Table
from tests.mediation.risk.conftest import alert, does

SECRET = "她说夜里总想着那把刀"


@pytest.fixture
def noted(table: Table) -> SealedNote:
    """A session was held and its notes handed in."""
    alert(table, "suicide")
    does(table, "director", "measures", measures=["psychology"])
    session(table)
    return db.session.query(SealedNote).one()


def session(table: Table, **more: Any) -> None:
    answers = {"session_at": clock.now(), "sealed": SECRET, "advice": "watch", "next_step": "done", **more}
    table.does("counsellor", "counsel", **answers)


def address(table: Table, note: SealedNote) -> str:
    return f"/cases/{table.case_id}/sealed/{note.id}"


def test_the_author_opens_the_notes_and_that_is_written_down(table: Table, noted: SealedNote) -> None:
    author = table.person("counsellor")
    author.get(f"/cases/{table.case_id}/safety")
    assert SECRET not in author.text()
    author.get(address(table, noted))
    assert SECRET in author.text()
    assert db.session.query(Entry).filter_by(action="sealed-note-read", subject=f"sealed-note:{noted.id}").count() == 1


def test_nobody_else_finds_them(table: Table, noted: SealedNote) -> None:
    for login in ("director", "dispatcher", "supervisor", "clerk", "police", "system_admin"):
        table.person(login).get(address(table, noted), status=404)


def test_nobody_stands_in_for_the_author(table: Table, house: House, noted: SealedNote) -> None:
    with command():
        db.session.add(StandIn(
            absent_id=house.users["counsellor"].id, deputy_id=house.users["director"].id, from_at=clock.now(),
            until_at=clock.now().replace(year=2027),
        ))  # fmt: skip
    table.person("director").get(address(table, noted), status=404)


def test_whom_the_author_names_may_read_and_is_told(table: Table, noted: SealedNote) -> None:
    table.person("counsellor").get(address(table, noted))
    table.person("counsellor").post(address(table, noted) + "/readers", {"readers": ["director", "police"]})
    assert SECRET in table.person("director").get(address(table, noted)).get_text()
    assert SECRET in table.person("police").get(address(table, noted)).get_text()
    assert db.session.query(Notice).filter_by(template="sealed-note").count() == 2
    table.person("counsellor").get(address(table, noted))
    table.person("counsellor").post(address(table, noted) + "/readers", {})
    table.person("director").get(address(table, noted), status=404)


def test_only_the_author_names_readers(table: Table, noted: SealedNote) -> None:
    table.person("counsellor").get(address(table, noted))
    table.person("counsellor").post(address(table, noted) + "/readers", {"readers": ["director"]})
    director = table.person("director")
    director.get(address(table, noted))
    director.post(address(table, noted) + "/readers", {"readers": ["supervisor"]}, status=403)


def test_they_reach_no_page_of_the_case(table: Table, noted: SealedNote) -> None:
    task = db.session.query(Task).filter_by(element_id="counsel").one().id
    director = table.person("director")
    for page in ("", "/course", "/parties", "/papers", "/meetings", "/safety", "/flow", "/journal"):
        assert SECRET not in director.get(f"/cases/{table.case_id}{page}").get_text()
    for page in (f"/tasks/{task}/done", "/search?q=那把刀", "/work?q=那把刀"):
        assert SECRET not in director.get(page).get_text()
    table.renders()
    assert not any(SECRET in str(paper.facts) for paper in db.session.query(Paper))
    assert SECRET not in str([entry.details for entry in db.session.query(Entry)])


def test_nothing_of_them_lies_open_in_the_database(table: Table, noted: SealedNote) -> None:
    """What a backup holds: every column of every row as it is stored, drafts and the engine's state too."""
    db.session.rollback()
    rows = [
        value
        for listed in db.metadata.sorted_tables
        for row in db.session.execute(text(f'SELECT * FROM "{listed.name}"'))  # noqa: S608 - names of our own tables
        for value in row
    ]
    assert len(rows) > 100
    escaped = SECRET.encode("unicode_escape").decode()
    assert not [one for one in rows if SECRET in _readable(one) or escaped in _readable(one)]


def _readable(value: Any) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    content = bytes(value)
    with contextlib.suppress(zlib.error):
        content = zlib.decompress(content)
    return content.decode("utf-8", "replace")


def test_a_draft_of_them_is_encrypted_and_the_authors_own(table: Table) -> None:
    alert(table, "suicide")
    does(table, "director", "measures", measures=["psychology"])
    author = table.opens("counsellor", "counsel")
    author.submit({"sealed": SECRET}, form="form#form", button="_save=1")
    stored = db.session.execute(text("SELECT answers FROM draft")).scalars().all()
    assert stored
    assert not any(SECRET in str(one) or "\\u591c" in str(one) for one in stored)
    task = table.task_id("counsel")
    assert SECRET not in table.person("director").get(f"/tasks/{task}").get_text()
