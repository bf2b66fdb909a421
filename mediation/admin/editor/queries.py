"""What the pages of the editor list: drafts, the files of one, who has which of them open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from mediation import clock
from mediation.access import visible_drafts
from mediation.extensions import db
from mediation.models import DraftEditor, DraftFile, ReleaseDraft, User
from mediation.requests import language
from workflows import dialect, forms, roles
from workflows.decision import DecisionError, load
from workflows.model import Bundle
from workflows.problems import BrokenFile

# An editor reports every half minute; whoever was not heard of for longer has gone.
PRESENT = timedelta(seconds=90)
MOST_SHOWN = 50


@dataclass(frozen=True)
class FileLine:
    """A file of a draft as its list shows it."""

    path: str
    name: str
    key: str
    change: str  # "", added, changed, removed
    errors: int
    warnings: int
    editors: tuple[str, ...]


def open_drafts(user: User) -> list[ReleaseDraft]:
    """Drafts that are being written, the latest saved first."""
    query = visible_drafts(user).where(ReleaseDraft.closed_at.is_(None)).options(*_PEOPLE)
    return list(db.session.scalars(query.order_by(ReleaseDraft.saved_at.desc(), ReleaseDraft.id).limit(MOST_SHOWN)))


def closed_drafts(user: User) -> list[ReleaseDraft]:
    """Drafts that were published or given up, the latest closed first."""
    query = visible_drafts(user).where(ReleaseDraft.closed_at.is_not(None)).options(*_PEOPLE)
    return list(db.session.scalars(query.order_by(ReleaseDraft.closed_at.desc(), ReleaseDraft.id).limit(MOST_SHOWN)))


_PEOPLE = (joinedload(ReleaseDraft.begun_by), joinedload(ReleaseDraft.saved_by))


def draft_by_id(user: User, draft_id: int) -> ReleaseDraft | None:
    """A draft with its files."""
    files = selectinload(ReleaseDraft.files).joinedload(DraftFile.saved_by)
    return db.session.scalar(visible_drafts(user).where(ReleaseDraft.id == draft_id).options(*_PEOPLE, files))


def editors(draft: ReleaseDraft, *, without: User | None = None) -> dict[str, list[str]]:
    """Path -> names of those who have it open now."""
    since = clock.now() - PRESENT
    query = (
        select(DraftEditor)
        .where(DraftEditor.draft_id == draft.id, DraftEditor.seen_at >= since)
        .options(joinedload(DraftEditor.user))
        .order_by(DraftEditor.path, DraftEditor.user_id)
    )
    found: dict[str, list[str]] = {}
    for row in db.session.scalars(query):
        if without is None or row.user_id != without.id:
            found.setdefault(row.path, []).append(row.user.name)
    return found


# --- what the files define ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Catalogue:
    """Key -> name of everything that a bundle defines, and which file defines it; broken files define nothing."""

    flows: Mapping[str, str]
    forms: Mapping[str, str]
    decisions: Mapping[str, str]
    roles: roles.Roles
    file_of: Mapping[str, str]  # "flow:intake" -> "intake.bpmn"
    layouts: Mapping[str, str]  # path -> name of the first kind of paper that is printed with it

    def name_of(self, path: str) -> tuple[str, str]:
        """Name and key of what a file defines first; a layout has only a name."""
        if path in self.layouts:
            return self.layouts[path], ""
        for kind, names in (("flow", self.flows), ("form", self.forms), ("decision", self.decisions)):
            for key, name in names.items():
                if self.file_of.get(f"{kind}:{key}") == path:
                    return name, key
        return "", ""


def catalogue(bundle: Bundle) -> Catalogue:
    """What the files of the bundle define."""
    flows: dict[str, str] = {}
    asked: dict[str, str] = {}
    decisions: dict[str, str] = {}
    file_of: dict[str, str] = {}
    layouts: dict[str, str] = {}
    known = roles.Roles({})
    for path in sorted(bundle.files):
        if path.startswith("documents/"):
            if named := _layout_named(path, bundle.files[path]):
                layouts.setdefault(*named)
            continue
        for kind, key, name in _defined(path, bundle.files[path]):
            {"flow": flows, "form": asked, "decision": decisions}[kind].setdefault(key, name)
            file_of.setdefault(f"{kind}:{key}", path)
        if path == "roles.json":
            known = _read(roles.parse, bundle.files[path], path) or known
    return Catalogue(flows, asked, decisions, known, file_of, layouts)


def _layout_named(path: str, content: bytes) -> tuple[str, str] | None:
    """Where a kind of paper has its layout, and what the paper is called in the language of the page."""
    if not path.startswith("documents/kinds/"):
        return None
    try:
        kind = json.loads(content)
        return f"documents/layouts/{kind['layout']}", str(kind["name"].get(language()) or kind["name"]["zh"])
    except (ValueError, KeyError, TypeError):
        return None  # the check of papers says what is wrong with it


# A save changes one file of hundreds; the others are not read again.
@lru_cache(maxsize=1024)
def _defined(path: str, content: bytes) -> tuple[tuple[str, str, str], ...]:
    """(kind, key, name) of what a file defines."""
    if path.endswith(".bpmn") and (diagram := _read(dialect.read, path, content)):
        return tuple(("flow", one.id, one.name) for one in diagram.processes)
    if path.endswith(".form") and (form := _read(forms.parse, content, path)):
        return (("form", form.id, form.title),)
    if path.endswith(".dmn") and (model := _read(load, content, path)):
        return tuple(("decision", key, one.name) for key, one in model.decisions.items())
    return ()


def _read(reader: Any, *arguments: Any) -> Any:
    try:
        return reader(*arguments)
    except (BrokenFile, DecisionError):
        return None  # lint says what is wrong with it
