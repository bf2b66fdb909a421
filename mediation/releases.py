"""Releases: flows, decisions, forms, roles, paper kinds and layouts under one hash, and the compiled form of each."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from mediation import clock, journal
from mediation.extensions import db
from mediation.models import Release, User
from workflows import cache
from workflows.bundle import read_folder
from workflows.compile import Definition
from workflows.model import Bundle

ROOT = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=1)
def shipped_bundle() -> Bundle:
    """What this program ships with: `bpmn/` and the paper kinds and layouts of `documents/`."""
    return read_folder(ROOT / "bpmn", ROOT / "documents")


def publish(bundle: Bundle, *, note: str, by: User | None) -> Release:
    """Keep the bundle as a release and let new cases follow it. The caller has linted it. Publishing again changes nothing."""
    db.session.execute(Release.__table__.update().values(current=False))
    release = db.session.get(Release, bundle.hash)
    if release is None:
        release = Release(
            hash=bundle.hash,
            files=_pack(bundle),
            note=note,
            published_by_id=by.id if by else None,
            published_at=clock.now(),
        )
        db.session.add(release)
    release.current = True
    journal.record("release-published", by=by, subject=bundle.hash[:12], details={"note": note})
    return release


def make_current(release: Release, *, by: User | None) -> None:
    """Let new cases follow a release that was published before; running cases keep to theirs."""
    db.session.execute(Release.__table__.update().values(current=False))
    release.current = True
    db.session.flush()
    journal.record("release-made-current", by=by, subject=release.hash[:12])


CURRENT_HASH = select(Release.hash).where(Release.current)


def current_release_hash() -> str:
    """The release that new cases follow."""
    found = db.session.scalar(CURRENT_HASH)
    if found is None:
        raise LookupError("no release is published; run `mediation demo` or publish one")
    return found


def definition_of(release_hash: str) -> Definition:
    """The compiled release; kept in the process, since a release never changes."""
    return cache.get(release_hash, lambda: load_bundle(release_hash))


def load_bundle(release_hash: str) -> Bundle:
    """The files of a release as they were published."""
    release = db.session.get(Release, release_hash)
    if release is None:
        raise LookupError(f"release {release_hash[:12]} does not exist")
    return _unpack(release.files)


def _pack(bundle: Bundle) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(bundle.files):
            archive.writestr(zipfile.ZipInfo(path), bundle.files[path], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unpack(packed: bytes) -> Bundle:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return Bundle({name: archive.read(name) for name in archive.namelist()})
