"""The shapes of a form: what is asked, of which kind, by which rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

# Kinds that take an answer, kinds that only show something, kinds that hold others.
ANSWERED = frozenset({
    "textfield", "textarea", "number", "datetime", "select", "radio", "checkbox", "checklist", "taglist", "filepicker",
})  # fmt: skip
SHOWN = frozenset({"text", "separator", "spacer"})
HOLDERS = frozenset({"group", "dynamiclist"})
KINDS = ANSWERED | SHOWN | HOLDERS
CHOICES = frozenset({"select", "radio", "checklist", "taglist"})
SEVERAL = frozenset({"checklist", "taglist"})


@dataclass(frozen=True)
class Option:
    """One choice: what is stored and what is read."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One component of a form.

    `path` is the dotted key by which translations and errors find it (`instalments.amount`; `@2` for the third one
    without a key). `min` and `max` are numbers or FEEL texts (`=…`); `hide` is FEEL or None. `options_from` names a
    list that the case manager offers instead of `options`. `subtype` of datetime: date, time or datetime.
    For a dynamiclist `min` and `max` count rows.
    """

    key: str
    kind: str
    label: str = ""
    path: str = ""
    hint: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    options_from: str = ""
    min: Decimal | str | None = None
    max: Decimal | str | None = None
    min_length: int | str | None = None
    max_length: int | str | None = None
    pattern: str = ""
    pattern_message: str = ""
    validation: str = ""
    hide: str | None = None
    fields: tuple[Field, ...] = ()
    default: Any = None
    properties: Mapping[str, str] = field(default_factory=dict)
    subtype: str = ""
    decimal_digits: int | None = None
    accept: str = ""
    multiple: bool = False
    disabled: bool = False
    no_past_dates: bool = False
    text: str = ""

    @property
    def money(self) -> bool:
        """Whether the number is an amount in yuan."""
        return self.properties.get("money", "") in ("true", "1", "yes")


@dataclass(frozen=True)
class Form:
    """A form as a task shows it."""

    id: str
    title: str = ""
    fields: tuple[Field, ...] = ()
    file: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    def walk(self) -> Iterator[Field]:
        """Every field in document order, those within groups and lists too."""
        yield from _walk(self.fields)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names that an output mapping may read: top-level keys, lists, and groups with a path."""
        return tuple(dict.fromkeys(_keys(self.fields)))


def _walk(fields: tuple[Field, ...]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _walk(one.fields)


def _keys(fields: tuple[Field, ...]) -> Iterator[str]:
    for one in fields:
        if one.kind == "group" and not one.key:
            yield from _keys(one.fields)
        elif one.key:
            yield one.key
