"""A dispute of many, and spreadsheets as people bring them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from mediation.extensions import command, db
from mediation.groups import roster
from mediation.models import Case
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import register
from tests.security.walled import identity

HEAD = ["姓名", "身份证号", "电话", "房号", "面积", "金额", "备注"]


def owner(number: int, **changes: Any) -> list[Any]:
    """A row of the roster: the owner of one shop, invented."""
    row = {
        "name": f"业主{number:03d}", "id": identity(f"1101011970010{number:04d}"[:17]), "phone": f"139{number:08d}",
        "unit": f"{number // 100 + 1}-{number:03d}", "area": "20.50", "claim": "12000", "note": "",
    }  # fmt: skip
    return list((row | changes).values())


def xlsx(rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> bytes:
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def csv(rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(str(cell) for cell in row) for row in [HEAD, *rows]).encode(encoding)


def as_read(rows: Sequence[Sequence[Any]]) -> list[dict[str, str]]:
    """Rows as the reader gives them."""
    keys = ("name", "id_number", "phone", "unit", "area", "claim", "note")
    return [{"line": str(place), **dict(zip(keys, map(str, row), strict=True))} for place, row in enumerate(rows, 2)]


@pytest.fixture
@kept
def case(house: House) -> Case:
    """Three hundred owners of a book mall against the company that runs it; one of them has applied."""
    return register(house, kind="0402", people_count=300).case


@pytest.fixture
@kept
def members(case: Case, house: House) -> Case:
    """The same with twelve of them on the roster."""
    with command():
        roster.take_in(
            db.session.get_one(Case, case.id), as_read([owner(n) for n in range(1, 13)]), by=house.users["clerk"]
        )
    return case
