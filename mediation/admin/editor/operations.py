"""What is done to a draft: begun, changed file by file, brought up to date, published, given up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from mediation import clock, journal, releases
from mediation.access import visible_drafts
from mediation.admin.editor import findings
from mediation.extensions import db
from mediation.models import DraftEditor, DraftFile, Release, ReleaseDraft, User
from mediation.releases import current_release_hash, load_bundle
from workflows.model import Bundle


class SavedMeanwhile(Exception):
    """Somebody else saved the file since it was opened: `row` says who and when; what was sent has not been kept."""

    def __init__(self, row: DraftFile) -> None:
        super().__init__(row.path)
        self.row = row


class DraftClosed(Exception):
    """The draft was published or given up in the meantime."""


class NotPublishable(Exception):
    """The draft changes nothing, has errors, or was made to a release that is no longer the current one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason  # nothing, errors, behind


@dataclass(frozen=True)
class Change:
    """A file that a draft changes: `kind` is added, changed or removed."""

    path: str
    kind: str
    before: bytes | None
    after: bytes | None


def begin(name: str, base: Release, *, by: User) -> ReleaseDraft:
    """A new draft without changes, to a published release."""
    now = clock.now()
    draft = ReleaseDraft(
        name=name, base_hash=base.hash, begun_by_id=by.id, begun_at=now, saved_by_id=by.id, saved_at=now
    )
    db.session.add(draft)
    db.session.flush()
    journal.record("draft-begun", by=by, subject=f"draft {draft.id}", details={"base": base.hash[:12]})
    return draft


def locked(draft_id: int, *, by: User) -> ReleaseDraft | None:
    """The draft, locked until the transaction ends; None where there is none. Raises DraftClosed."""
    query = visible_drafts(by).where(ReleaseDraft.id == draft_id)
    draft: ReleaseDraft | None = db.session.scalar(
        query.with_for_update(of=ReleaseDraft).execution_options(populate_existing=True)
    )
    if draft is not None and draft.closed_at is not None:
        raise DraftClosed
    return draft


def revision_of(draft: ReleaseDraft, path: str) -> int:
    """The number that a save of the file has to name: 0 until somebody changes it."""
    row = _row(draft, path)
    return row.revision if row is not None else 0


def save(draft: ReleaseDraft, path: str, content: bytes, seen: int, *, by: User) -> int:
    """Keep a file as it is now and return its new revision. Raises SavedMeanwhile when `seen` is not the latest one."""
    row = _row(draft, path)
    if row is not None and row.revision != seen:
        raise SavedMeanwhile(row)
    return _keep(draft, path, content, by).revision


def remove(draft: ReleaseDraft, path: str, *, by: User) -> None:
    """Take a file out of the release that the draft becomes."""
    _keep(draft, path, None, by)


def restore(draft: ReleaseDraft, path: str, *, by: User) -> None:
    """Forget what the draft changed in a file: it is again as in the release that the draft began with."""
    _keep(draft, path, load_bundle(draft.base_hash).files.get(path), by)


def _row(draft: ReleaseDraft, path: str) -> DraftFile | None:
    return next((row for row in draft.files if row.path == path), None)


def _keep(draft: ReleaseDraft, path: str, content: bytes | None, by: User) -> DraftFile:
    """A row stays once there is one, so that its revision goes on counting and no save is mistaken for an older one."""
    row = _row(draft, path)
    now = clock.now()
    if row is None:
        row = DraftFile(draft_id=draft.id, path=path, revision=0)
        draft.files.append(row)
    row.content, row.revision = content, row.revision + 1
    row.saved_by_id, row.saved_at = by.id, now
    draft.saved_by_id, draft.saved_at, draft.revision = by.id, now, draft.revision + 1
    db.session.flush()
    return row


def bundle_of(draft: ReleaseDraft) -> Bundle:
    """The whole release as it would be published now."""
    return Bundle(_with_changes(load_bundle(draft.base_hash).files, draft))


def _with_changes(files: Mapping[str, bytes], draft: ReleaseDraft) -> dict[str, bytes]:
    changed = {row.path: row.content for row in draft.files}
    kept = {path: content for path, content in files.items() if path not in changed}
    return kept | {path: content for path, content in changed.items() if content is not None}


def changes(draft: ReleaseDraft, base: Bundle) -> list[Change]:
    """The files that differ from the release that the draft began with, by path."""
    rows = {row.path: row.content for row in draft.files if row.content != base.files.get(row.path)}
    return [_change(path, base.files.get(path), rows[path]) for path in sorted(rows)]


def _change(path: str, before: bytes | None, after: bytes | None) -> Change:
    kind = "removed" if after is None else "added" if before is None else "changed"
    return Change(path, kind, before, after)


# --- up to date ---------------------------------------------------------------------------------------------------


def behind(draft: ReleaseDraft) -> list[str] | None:
    """None while new cases follow the release that the draft began with; else the files that both have changed."""
    current = current_release_hash()
    if draft.base_hash == current:
        return None
    base, now = load_bundle(draft.base_hash).files, load_bundle(current).files
    mine = {row.path for row in draft.files if row.content != base.get(row.path)}
    return sorted(
        path for path in mine if base.get(path) != now.get(path) and _merged_json(path, base, now, draft) is None
    )


def bring_up_to_date(draft: ReleaseDraft, *, by: User) -> None:
    """Make the current release the draft's base. Texts and roles are merged word by word; of a file that both have
    changed, the draft's version stands."""
    current = current_release_hash()
    base, now = load_bundle(draft.base_hash).files, load_bundle(current).files
    for row in list(draft.files):
        merged = _merged_json(row.path, base, now, draft)
        if merged is not None:
            _keep(draft, row.path, merged, by)
        elif row.content == base.get(row.path):
            _keep(draft, row.path, now.get(row.path), by)
    draft.base_hash = current
    journal.record("draft-renewed", by=by, subject=f"draft {draft.id}", details={"base": current[:12]})


def _merged_json(path: str, base: Mapping[str, bytes], now: Mapping[str, bytes], draft: ReleaseDraft) -> bytes | None:
    """Translations and roles are one file for everything: two people change different parts of it all the time."""
    row = _row(draft, path)
    if row is None or row.content is None or not (path == "roles.json" or path.startswith("i18n/")):
        return None
    try:
        old, theirs, mine = (json.loads(one) for one in (base.get(path, b"{}"), now.get(path, b"{}"), row.content))
    except ValueError:
        return None
    return as_json(_merged(old, theirs, mine))


def as_json(content: Any) -> bytes:
    """JSON as the files of a release are written."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _merged(old: Any, theirs: Any, mine: Any) -> Any:
    if mine == old:
        return theirs
    if not (isinstance(mine, dict) and isinstance(theirs, dict)):
        return mine
    before = old if isinstance(old, dict) else {}
    keys = [*theirs, *(key for key in mine if key not in theirs)]
    kept = {key: _merged(before.get(key), theirs.get(key), mine.get(key)) for key in keys}
    return {key: value for key, value in kept.items() if value is not None}


# --- the end of a draft -------------------------------------------------------------------------------------------


def publish(draft: ReleaseDraft, note: str, *, by: User) -> Release:
    """Make a release of the draft: new cases follow it, running ones keep theirs. Raises NotPublishable."""
    if draft.base_hash != current_release_hash():
        raise NotPublishable("behind")
    if not changes(draft, load_bundle(draft.base_hash)):
        raise NotPublishable("nothing")
    bundle = bundle_of(draft)
    if any(one.severity == "error" for one in findings.of(bundle)):
        raise NotPublishable("errors")
    release = releases.publish(bundle, note=note, by=by)
    db.session.flush()
    _close(draft)
    draft.published_hash = release.hash
    return release


def give_up(draft: ReleaseDraft, *, by: User) -> None:
    """Close a draft without publishing it; its files are kept."""
    _close(draft)
    journal.record("draft-given-up", by=by, subject=f"draft {draft.id}")


def _close(draft: ReleaseDraft) -> None:
    draft.closed_at = clock.now()
    db.session.execute(delete(DraftEditor).where(DraftEditor.draft_id == draft.id))


# --- who is here --------------------------------------------------------------------------------------------------


def note_presence(draft: ReleaseDraft, path: str, *, by: User) -> None:
    """Remember that this person has the file open now."""
    row = db.session.get(DraftEditor, (draft.id, by.id, path))
    if row is None:
        row = DraftEditor(draft_id=draft.id, user_id=by.id, path=path)
        db.session.add(row)
    row.seen_at = clock.now()
