"""The English translation of a paper: the facts under their English names, dates and sums as English writes them.

Names and free text stay as they were written: nobody translates a party's words here. The Chinese paper prevails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from documents.amounts import in_figures
from documents.facts import Field

Fields = Mapping[str, Field]
Records = Mapping[str, Fields]


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact: its English name, its ``lines``, or the ``entries`` of a record; of ``several`` records, one each."""

    name: str
    lines: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    several: bool = False


def entries(fields: Fields, facts: Mapping[str, Any], records: Records) -> tuple[Entry, ...]:
    """What the clean facts say, in the order of the kind; what is absent and what only repeats in 大写 is left out."""
    said = [(field, facts[key]) for key, field in fields.items() if field["type"] != "words"]
    return tuple(_entry(field, value, records) for field, value in said if value not in (None, []))


def _entry(field: Field, value: Any, records: Records) -> Entry:
    name, kind, many = field["en"], field["type"], "list" in field
    if kind not in records:
        return Entry(name, tuple(_written(field, one) for one in (value if many else [value])))
    if not many:
        return Entry(name, entries=entries(records[kind], value, records))
    numbered = (Entry(str(number), entries=entries(records[kind], one, records)) for number, one in enumerate(value, 1))
    return Entry(name, entries=tuple(numbered), several=True)


def _written(field: Field, value: Any) -> str:
    match field["type"]:
        case "date":
            return day(date.fromisoformat(value))
        case "datetime":
            moment = datetime.fromisoformat(value)
            return f"{day(moment.date())}, {moment:%H:%M}"
        case "amount":
            return f"RMB {in_figures(Decimal(value))}"
        case "boolean":
            return "Yes" if value else "No"
        case "choice":
            return str(field["options"][value]["en"])
        case _:
            return str(value)


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day(found: date) -> str:
    """21 November 2026, whatever language the machine speaks."""
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"
