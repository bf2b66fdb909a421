"""What an attacker would try at the doors that came last: rosters, duty, ties, searches, oversight, the editor, hand-overs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask

from mediation.groups import spreadsheet
from mediation.storage import FileRefused
from tests.house import House
from tests.mediation.cases.disputes import register
from tests.person import Person

pytestmark = pytest.mark.once

SignIn = Callable[[str], Person]
NINES = "9" * 40
NONSENSE = (
    "day=0001-01-01", "day=9999-12-31", "week=0001-01-01", "week=9999-12-31", "from=0001-01-01&to=9999-12-31",
    f"page={NINES}", f"by=person&key={NINES}", "by=person&key=²", "after=²", f"room={NINES}", "from=9999-12-01&to=9999-12-31",
    f"year={NINES}", "state=²",
)  # fmt: skip
PAGES = (
    "/meetings", "/meetings/data", "/duty", "/grid/property", "/oversight/warnings", "/oversight/warnings/list", "/oversight/orders",
    "/oversight/orders/list",
)  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_in_a_query_breaks_no_new_page(house: House, sign_in: SignIn, query: str) -> None:
    case = register(house, people_count=20).case
    director = sign_in("director")
    for page in (*PAGES, f"/cases/{case.id}/group"):
        director.stays()
        assert director.client.get(f"{page}?{query}").status_code < 500, page


def _changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(spreadsheet.template())) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return kept.getvalue()


CHANGES = {
    "cut": lambda old: old[: len(old) // 2], "empty": lambda old: b"", "garbage": lambda old: b"\xff\xfe\x00garbage",
    "bomb": lambda old: b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
    "other root": lambda old: b"<x/>",
}  # fmt: skip
with zipfile.ZipFile(io.BytesIO(spreadsheet.template())) as _book:
    PARTS = _book.namelist()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_spreadsheet_is_read_or_refused_in_words(app: Flask, part: str, change: str) -> None:
    with suppress(FileRefused):
        spreadsheet.read(_changed(part, CHANGES[change]))


@pytest.mark.parametrize("path", ["mark", "election", "vote", "correct"])
def test_a_number_that_is_none_breaks_no_form_of_a_group(house: House, sign_in: SignIn, path: str) -> None:
    case, clerk = register(house, people_count=20).case, sign_in("clerk")
    odd = {"member": "²", "after": "²", "present": "²", "candidate-0": "² 王", "votes-0": "²"}
    clerk.stays()
    answer = clerk.client.post(
        f"/cases/{case.id}/group/{path}",
        data={"csrf_token": clerk.token(), "what": "told:", "held_on": "2026-01-01", **odd},
    )
    assert answer.status_code < 500
