"""The words of the trade by key: one case has several codings, and this is where each is listed and crossed over.

The two-level kinds follow the 综治 directory of matters, the statistics kinds the judicial administration's report on
people's mediation; numbers of children which the published directory leaves to the centre end in the order listed here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mediation.requests import language

FILE = Path(__file__).with_name("codes.json")


@dataclass(frozen=True)
class Code:
    """A key with its names; `related` is the crosswalk to another table, `words` betray it in a text."""

    key: str
    zh: str
    en: str
    related: str = ""
    words: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Code]]:
    listed = json.loads(FILE.read_text("utf-8"))
    return {table: {row[0]: _code(row) for row in rows} for table, rows in listed.items()}


def _code(row: list[str]) -> Code:
    key, zh, en, *more = row
    related = more[0] if more else ""
    return Code(key, zh, en, related, tuple(more[1].split()) if len(more) > 1 else ())


def table(name: str) -> dict[str, Code]:
    """All codes of a table by key, in the order listed."""
    return _tables()[name]


def name(table_name: str, key: str | None, lang: str | None = None) -> str:
    """The code as people say it, in the language of the page or in `lang` (zh, en); an unknown key itself."""
    code = table(table_name).get(key or "")
    if code is None:
        return key or ""
    return code.en if (lang or language()) == "en" else code.zh


def choices(table_name: str) -> list[tuple[str, str]]:
    """(key, name) of a whole table, for a select."""
    return [(key, name(table_name, key)) for key in table(table_name)]


def kind_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The two levels of kinds: (name of the group, [(key, name) of its children])."""
    kinds = table("kinds")
    return [
        (name("kinds", group), [(key, name("kinds", key)) for key in kinds if len(key) == 4 and key[:2] == group])
        for group in kinds
        if len(group) == 2
    ]


def kind_choices() -> list[tuple[str, str]]:
    """Every kind that a case can have, with its group before it."""
    return [
        (key, f"{group} · {child}" if group != child else child)
        for group, children in kind_groups()
        for key, child in children
    ]


def statistics_kind(kind: str) -> str:
    """The crosswalk from the two-level kind to the kind of the statistics."""
    code = table("kinds").get(kind)
    return code.related if code else "other"


def source_group(source: str) -> str:
    """How the acceptance notice names a source: application, initiative or referral."""
    code = table("sources").get(source)
    return code.related if code else "application"


def kind_betrayed_by(text: str) -> tuple[str, str] | None:
    """The kind whose words the text uses most, and the first of those words; None when no word of any kind occurs."""
    found: list[tuple[int, str, str]] = []
    lowered = text.lower()
    for code in table("kinds").values():
        hits = [word for word in code.words if word in lowered]
        if hits:
            found.append((sum(len(word) for word in hits), code.key, hits[0]))
    if not found:
        return None
    _, key, word = max(found, key=lambda hit: (hit[0], hit[1] < "99"))
    return key, word
