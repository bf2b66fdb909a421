"""What people bring is read by what it is: .xlsx and .csv, within limits, nothing in it is executed."""

from __future__ import annotations

import io
import zipfile
from time import perf_counter

import openpyxl
import pytest
from flask import Flask

from mediation.groups import spreadsheet
from mediation.storage import FileRefused
from tests.mediation.groups.conftest import HEAD, csv, owner, xlsx


def refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        spreadsheet.read(content)
    return caught.value.code


@pytest.mark.parametrize("content", [
    xlsx([owner(1)]), csv([owner(1)]), csv([owner(1)], "gb18030"), csv([owner(1)], "utf-8-sig"),
    "\t".join(HEAD).encode() + b"\n" + "\t".join(owner(1)).encode(), xlsx([["某某商场业主名册"], [], HEAD, owner(1)], ["综治中心"]),
], ids=["xlsx", "utf-8", "gbk", "with a mark", "tabs", "a title above"])  # fmt: skip
def test_a_roster_is_read(app: Flask, content: bytes) -> None:
    (row,) = spreadsheet.read(content).rows
    assert (row["name"], row["phone"], row["unit"], row["area"]) == ("业主001", "13900000001", "1-001", "20.50")


def test_headings_are_known_under_their_other_names_and_in_any_order(app: Flask) -> None:
    head = ["手机号码", "证件号码", "业主姓名*", "铺号", "没有见过的列"]
    (row,) = spreadsheet.read(xlsx([["13900000001", "X1234567", "王某", "A12", "?"]], head)).rows
    assert (row["name"], row["id_number"], row["phone"], row["unit"], row["note"]) == (
        "王某",
        "X1234567",
        "13900000001",
        "A12",
        "",
    )


def test_a_formula_is_what_it_gave_and_is_never_computed(app: Flask) -> None:
    content = xlsx([owner(1, name='=HYPERLINK("http://x","a")', claim="=1+1")])
    (row,) = spreadsheet.read(content).rows
    assert (row["name"], row["claim"]) == ("", ""), "openpyxl has computed nothing, and neither have we"
    (row,) = spreadsheet.read(csv([owner(1, note="=cmd|' /C calc'!A0")])).rows
    assert row["note"].startswith("=cmd"), "text it was and text it stays"


def test_a_number_that_lost_its_last_digits_is_marked(app: Flask) -> None:
    (row,) = spreadsheet.read(xlsx([owner(1, id=110101197001000018, phone=13900000001, area=20.5)])).rows
    assert row["id_number"].startswith(spreadsheet.LOST)
    assert (row["phone"], row["area"]) == ("13900000001", "20.5")


def bomb(size: int) -> bytes:
    """A workbook with a sheet that unpacks to `size` bytes."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([owner(1)]))) as before,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.infolist():
            content = before.read(part)
            after.writestr(part.filename, content + b" " * size if "sheet1" in part.filename else content)
    return kept.getvalue()


def with_entity() -> bytes:
    kept = io.BytesIO()
    declared = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(xlsx([owner(1)]))) as before, zipfile.ZipFile(kept, "w") as after:
        for part in before.infolist():
            text = before.read(part).decode()
            after.writestr(part.filename, declared + text.partition("?>")[2] if "sheet1" in part.filename else text)
    return kept.getvalue()


@pytest.mark.parametrize(("content", "code"), [
    (b"", "empty"), (b"x" * (spreadsheet.LARGEST + 1), "too-large"), (bomb(spreadsheet.UNPACKED), "too-large"),
    (b"%PDF-1.7\n%%EOF", "type"), (xlsx([owner(1)], ["甲", "乙"]), "no-heading"), (xlsx([]), "no-rows"),
    (b"a,b\n1,2", "no-heading"), (csv([owner(n % 900) for n in range(5001)]), "too-many"), (with_entity(), "broken"),
], ids=["nothing", "a huge file", "a bomb", "a PDF", "no headings", "no rows", "another table", "too many", "an entity"])  # fmt: skip
def test_what_is_no_roster_is_refused(app: Flask, content: bytes, code: str) -> None:
    assert refused(content) == code


def test_half_a_workbook_is_refused(app: Flask) -> None:
    content = xlsx([owner(n) for n in range(1, 50)])
    assert refused(content[: len(content) // 2]) in ("broken", "type")


def test_a_sheet_that_claims_a_million_rows_is_read_to_the_limit(app: Flask) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(owner(1))
    book.active.cell(1_000_000, 1, "业主")
    kept = io.BytesIO()
    book.save(kept)
    began = perf_counter()
    assert len(spreadsheet.read(kept.getvalue()).rows) == 1
    assert perf_counter() - began < 2


def test_the_template_is_read_by_the_same_reader(app: Flask) -> None:
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.template()))
    for place, cell in enumerate(owner(7), 1):
        book.active.cell(2, place, cell)
    kept = io.BytesIO()
    book.save(kept)
    (row,) = spreadsheet.read(kept.getvalue()).rows
    assert row["name"] == "业主007"
