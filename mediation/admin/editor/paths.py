"""Which files of a release a person may edit, by path and kind."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A flow, decisions, a form, the roles, translations, the layouts of papers. What facts a kind of paper has is not edited:
# the program gathers them.
EDITABLE = re.compile(
    r"[\w-]{1,60}\.bpmn|(?:decisions/)?[\w-]{1,60}\.dmn|(?:forms/)?[\w-]{1,60}\.form|roles\.json|i18n/[a-z]{2}\.json"
    r"|documents/layouts/[\w-]{1,60}\.(?:html|css)"
)
KINDS = {
    ".bpmn": "flow",
    ".dmn": "decision",
    ".form": "form",
    ".json": "words",
    ".html": "paper",
    ".css": "paper",
}
FOLDERS = {"flow": "{}.bpmn", "decision": "decisions/{}.dmn", "form": "forms/{}.form"}
# What a new flow, form or decision may be called: it goes into addresses, files and expressions.
KEY = re.compile(r"[a-z][a-z0-9_]{1,49}")


def is_editable(path: str) -> bool:
    return EDITABLE.fullmatch(path) is not None


def kind_of(path: str) -> str:
    """flow, decision, form, words or paper."""
    return KINDS["." + path.rpartition(".")[2]]


def editable(paths: Iterable[str]) -> list[str]:
    """Flows first, then decisions, forms and texts, each by name."""
    order = list(dict.fromkeys(KINDS.values()))
    return sorted((path for path in paths if is_editable(path)), key=lambda path: (order.index(kind_of(path)), path))
