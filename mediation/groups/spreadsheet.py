"""Reads a roster out of a spreadsheet that somebody hands in: by what it is, within limits, and nothing in it is executed."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from defusedxml import DefusedXmlException
from flask_babel import gettext as _

from mediation import storage
from mediation.storage import FileRefused

LARGEST = 5 * 1024 * 1024
# What an archive of this size may unpack to: a sheet of some thousand rows takes a few MB.
UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 300
MOST_ROWS = 5000
WIDEST = 40
HEADER_WITHIN = 10
LONGEST_CELL = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Key of a column -> the headings that people give it; the first is the one in our template.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "业主姓名", "成员姓名", "名称", "name"),
    "id_number": ("身份证号", "身份证号码", "身份证", "证件号码", "identity number", "id number"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码", "telephone", "phone"),
    "unit": ("房号", "单元房号", "铺号", "商铺号", "门牌", "门牌号", "房屋", "unit"),
    "area": ("面积", "建筑面积", "专有面积", "面积（平方米）", "面积(平方米)", "面积(㎡)", "area"),
    "claim": ("金额", "主张金额", "请求金额", "金额（元）", "金额(元)", "claim", "amount"),
    "note": ("备注", "说明", "note"),
}
_HEADINGS = {heading: key for key, headings in COLUMNS.items() for heading in headings}
# What the reader stumbles over in a file that is damaged or made to harm; both XML parsers' errors are syntax errors.
_MESSY = (zipfile.BadZipFile, zlib.error, DefusedXmlException, SyntaxError, LookupError, ValueError,
          OSError, TypeError, AttributeError, EOFError, ArithmeticError, RuntimeError)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """The rows under the heading, as text by column; `line` is where each stands in the file."""

    rows: list[dict[str, str]]


def read(content: bytes) -> Sheet:
    """The roster in the file; raises FileRefused for what is no spreadsheet, is too large, or has no heading we know."""
    if not content:
        raise FileRefused("empty", _("The file is empty."))
    if len(content) > LARGEST:
        raise FileRefused("too-large", _("The file is larger than %(size)s MB.", size=LARGEST // (1024 * 1024)))
    media_type = storage.recognise(content)
    if media_type == XLSX:
        return _roster(_xlsx_rows(content))
    if media_type == "text/plain":
        return _roster(_csv_rows(content))
    raise FileRefused("type", _("This is no spreadsheet. Please bring .xlsx, or .csv as text."))


# --- .xlsx ------------------------------------------------------------------------------------------------------------


def _xlsx_rows(content: bytes) -> Iterator[list[Any]]:
    import openpyxl  # here, since it takes long to load and few processes ever see a spreadsheet
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_bomb(content)
    try:
        # data_only: what a formula gave when the file was saved, never the formula.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise FileRefused("no-sheet", _("The file has no sheet."))
        limit = MOST_ROWS + HEADER_WITHIN + 1
        rows = [list(row) for row in sheet.iter_rows(max_row=limit, max_col=WIDEST, values_only=True)]
        book.close()
    except (*_MESSY, InvalidFileException):
        raise FileRefused("broken", _("The file is damaged.")) from None
    yield from rows


def _refuse_bomb(content: bytes) -> None:
    """An archive that unpacks to far more than it is, from its own listing; nothing is unpacked for it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise FileRefused("broken", _("The file is damaged.")) from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise FileRefused("too-large", _("The file unpacks to more than a roster can be."))


# --- .csv -------------------------------------------------------------------------------------------------------------


def _csv_rows(content: bytes) -> Iterator[list[Any]]:
    text = _text(content)
    head = text[:4000]
    delimiter = max((",", "\t", ";", "，"), key=head.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        yield from islice(rows, MOST_ROWS + HEADER_WITHIN + 1)
    except csv.Error:
        raise FileRefused("broken", _("The file is damaged.")) from None


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("encoding", _("The text is neither UTF-8 nor GBK."))


# --- rows -------------------------------------------------------------------------------------------------------------


def _roster(lines: Iterable[list[Any]]) -> Sheet:
    columns: dict[int, str] | None = None
    rows: list[dict[str, str]] = []
    for number, line in enumerate(lines, 1):
        if columns is None:
            columns = _heading(line)
            if columns is None and number >= HEADER_WITHIN:
                break
            continue
        row = {key: _told(line[place]) if place < len(line) else "" for place, key in columns.items()}
        if any(row.values()):
            rows.append({"line": str(number), **{key: row.get(key, "") for key in COLUMNS}})
    if columns is None:
        raise FileRefused(
            "no-heading", _("No row with the headings “姓名” and “身份证号” was found: use the template.")
        )
    if not rows:
        raise FileRefused("no-rows", _("There are no rows under the headings."))
    if len(rows) > MOST_ROWS:
        raise FileRefused("too-many", _("A roster has at most %(most)s rows.", most=MOST_ROWS))
    return Sheet(rows)


def _heading(line: list[Any]) -> dict[int, str] | None:
    """Place -> column, when the row names at least the name and the identity number."""
    found: dict[int, str] = {}
    for place, cell in enumerate(line[:WIDEST]):
        key = _HEADINGS.get("".join(_told(cell).split()).strip("*").lower()) or _HEADINGS.get(
            _told(cell).strip("* ").lower()
        )
        if key is not None and key not in found.values():
            found[place] = key
    return found if {"name", "id_number"} <= set(found.values()) else None


def _told(cell: Any) -> str:
    """A cell as the person sees it. A number of sixteen digits or more has lost its last ones in the spreadsheet."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, int | float):
        return _number(cell)
    shown = "".join(char for char in str(cell) if char.isprintable() or char == "\u3000").replace("\u3000", " ")
    return shown.strip().lstrip("'").strip()[:LONGEST_CELL]


LOST = "#"  # stands before a long number whose last digits a spreadsheet has rounded away


def _number(cell: int | float) -> str:
    if isinstance(cell, float) and not cell.is_integer():
        return str(Decimal(str(cell)))
    whole = str(int(cell))
    return LOST + whole if len(whole) >= 16 else whole


# --- the template -----------------------------------------------------------------------------------------------------


def template() -> bytes:
    """An empty roster as .xlsx, with the headings and the columns of numbers formatted as text."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "成员名册"
    sheet.append([headings[0] + ("*" if key in ("name", "id_number") else "") for key, headings in COLUMNS.items()])
    for place in range(1, len(COLUMNS) + 1):
        cell = sheet.cell(1, place)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 20
        sheet.column_dimensions[cell.column_letter].number_format = "@"
    for row in sheet.iter_rows(min_row=2, max_row=501, min_col=2, max_col=3):
        for cell in row:
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
