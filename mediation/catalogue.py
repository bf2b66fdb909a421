"""The Chinese catalogue of the pages: kept up with the sources, checked for gaps, compiled when it has changed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from mediation.config import ROOT

FOLDER = ROOT / "mediation" / "translations" / "zh" / "LC_MESSAGES"
PO, MO = FOLDER / "messages.po", FOLDER / "messages.mo"
_METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
_OPTIONS = {"**.html": {"silent": "false"}, "**.txt": {"silent": "false"}}
_KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
_SOURCES = ("mediation", "templates")


def sources() -> Catalog:
    """Every text that code and templates ask to be translated."""
    catalog = Catalog()
    for folder in _SOURCES:
        for path, line, text, _comments, context in extract_from_dir(
            str(ROOT / folder), method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, comment_tags=()
        ):
            catalog.add(text, None, [(f"{folder}/{path}", line)], context=context)
    return catalog


def translations() -> Catalog:
    """The catalogue as it is kept."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def missing() -> list[str]:
    """Texts without a Chinese translation, or whose translation lost a placeholder."""
    kept = translations()
    return [_source(message) for message in _texts(sources()) if not _is_translated(kept.get(message.id), message)]


def unused() -> list[str]:
    """Translations of texts that nobody asks for any more."""
    wanted = sources()
    return [_source(message) for message in _texts(translations()) if wanted.get(message.id) is None]


def _texts(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_translated(found: Message | None, wanted: Message) -> bool:
    if found is None or found.fuzzy or not found.string:
        return False
    strings = [found.string] if isinstance(found.string, str) else list(found.string)
    return all(strings) and not list(found.check())


def update() -> int:
    """Bring the catalogue up to the sources: new texts empty, old ones gone; returns how many are still empty."""
    kept = translations() if PO.exists() else Catalog(locale="zh_CN")
    fresh = Catalog(locale="zh_CN", project="mediation", fuzzy=False)
    for message in _texts(sources()):
        known = kept.get(message.id)
        fresh.add(message.id, known.string if known else None, sorted(message.locations)[:3])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, fresh, width=120, sort_output=True, no_location=True)
    return sum(1 for message in _texts(fresh) if not message.string)


def ensure_compiled() -> None:
    """Compile the catalogue when it is newer than its compiled form; safe when several processes start at once."""
    if not PO.exists() or (MO.exists() and MO.stat().st_mtime >= PO.stat().st_mtime):
        return
    handle, name = tempfile.mkstemp(dir=FOLDER, suffix=".mo")
    with os.fdopen(handle, "wb") as file:
        write_mo(file, translations())
    Path(name).replace(MO)
