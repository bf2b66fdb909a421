"""Archives out of the house and into it: packed from what the worker signed, and kept here to be read after every check."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from documents import archive
from documents.archive import Archive, fingerprint, unpack, vouched
from mediation import assets, clock, journal
from mediation.access import offices
from mediation.extensions import db
from mediation.models import Agency, ArchivedCase, ArchivedFile, Case, Dossier, SealCertificate, StoredFile, User
from mediation.signing import seals
from mediation.storage import keep

CHECK_PAGE = "check.html"
TOLD, JOURNAL = "metadata.json", "journal.json"
KEPT = ("dossier", "paper", "original")


class ImportRefused(ValueError):
    """A sound archive that is not taken; ``code``: known (the case is here already), stranger (nobody here vouches for who
    signed it), agency (it is not said who keeps it), incomplete (it tells too little of its case)."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(f"{code}: {about}" if about else code)
        self.code = code
        self.about = about


def check_page() -> bytes:
    """The page that checks files without any network, as it was built. Raises AssetMissing."""
    return assets.built(CHECK_PAGE).read_bytes()


# --- out --------------------------------------------------------------------------------------------------------------


def export(row: Dossier | ArchivedCase) -> bytes:
    """The archive as a zip: of a finished dossier, or of a case that was brought here, then byte for byte as it came.

    Every byte in it was hashed and signed when the dossier was sealed; nothing is signed anew.
    """
    assert row.manifest is not None, "only finished dossiers have an archive"
    assert row.signature is not None
    assert row.made_at is not None
    hashes = {one["path"]: one["sha256"] for one in json.loads(row.manifest)["files"]}
    query = select(StoredFile).where(StoredFile.sha256.in_(set(hashes.values()))).options(undefer(StoredFile.content))
    stored = {file.sha256: file.content for file in db.session.scalars(query)}
    beside = {TOLD: (row.told or "").encode(), JOURNAL: (row.journal or "").encode()}
    contents = {path: beside[path] if path in beside else stored[sha256] for path, sha256 in hashes.items()}
    return archive.pack(contents, row.manifest.encode(), row.signature.encode(), check_page(), clock.local(row.made_at))


# --- in ---------------------------------------------------------------------------------------------------------------


def bring(content: bytes, *, trusted: Sequence[bytes], known: str, agency: str, by: str) -> ArchivedCase:
    """Take an archive in, to be read here. Raises ArchiveRefused, ImportRefused; then nothing is kept.

    ``trusted`` are certificates (PEM) that may vouch beside those of this house, ``known`` the fingerprint of the signer's
    certificate as somebody compared it, ``agency`` the key of who keeps it here; empty: the body's own, if it is here or the
    house is still empty.
    """
    found = unpack(content)
    mark = fingerprint(found.certificate)
    if mark.replace(" ", "") != known.replace(" ", "").upper() and not vouched(
        found, [*seals.roots(), *trusted], clock.now()
    ):
        raise ImportRefused("stranger", mark)
    code = str(found.told["case"])
    if db.session.scalar(select(Case.id).where(Case.code == code)) or _there(code):
        raise ImportRefused("known", code)
    told = _read(found)
    row = ArchivedCase(
        agency=_keeper(agency, told), code=code, number=str(told["case"]["number"] or code)[:60], title=str(told["case"]["title"])[:200],
        body=str(found.told["body"])[:120], fingerprint=mark, made_at=datetime.fromisoformat(str(found.told["made_at"])),
        told=found.contents[TOLD].decode(), journal=found.contents[JOURNAL].decode(), manifest=found.manifest.decode(),
        signature=found.signature.decode(), imported_at=clock.now(), imported_by=by[:60],
    )  # fmt: skip
    row.files = _files(found)
    db.session.add(row)
    db.session.flush()
    journal.record(
        "archive-imported", actor=by, subject=f"archived:{row.id}", details={"code": code, "fingerprint": mark}
    )
    return row


def _there(code: str) -> bool:
    return db.session.scalar(select(ArchivedCase.id).where(ArchivedCase.code == code)) is not None


def _read(found: Archive) -> dict[str, Any]:
    """What the archive tells of its case; whoever signed it, a page must be able to show it."""
    try:
        told, lines = json.loads(found.contents[TOLD]), json.loads(found.contents[JOURNAL])
        case = told["case"]
        plain = isinstance(case["title"], str) and isinstance(case["agency"]["key"], str)
        rows = [*told["parties"], *told["papers"], *told["originals"], *lines]
        if "\0" in json.dumps(dict(found.told), ensure_ascii=False) + case["title"] + str(case["agency"]):
            raise ValueError("no text that a database keeps")
        if (
            not plain
            or len(case["code"]) > 24
            or case["code"] != found.told["case"]
            or not all(isinstance(row, dict) for row in rows)
        ):
            raise ValueError("another case")
        if not found.of("dossier"):
            raise ValueError("no dossier")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ImportRefused("incomplete") from error
    return told


def _keeper(key: str, told: dict[str, Any]) -> Agency:
    """Who keeps it: the agency that was named, the one of the case, or in an empty house that one, made from the archive."""
    from_archive = told["case"]["agency"]
    wanted = key or from_archive["key"]
    found = db.session.scalar(select(Agency).where(Agency.key == wanted))
    if found is not None:
        return found
    if key or db.session.scalar(select(func.count(Agency.id))):
        raise ImportRefused("agency", wanted)
    text = {
        name: str(from_archive.get(name) or "")
        for name in ("name", "name_en", "kind", "short_name", "region", "phone", "address")
    }
    made = Agency(key=wanted[:40], **{name: value[: _LONGEST[name]] for name, value in text.items()})
    db.session.add(made)
    return made


_LONGEST = {"name": 120, "name_en": 120, "kind": 30, "short_name": 20, "region": 200, "phone": 40, "address": 200}


def _files(found: Archive) -> list[ArchivedFile]:
    rows = [one for one in found.files if one.what in KEPT]
    made = []
    for ordinal, one in enumerate(rows, start=1):
        file = keep(found.contents[one.path], one.media[:80])
        made.append(
            ArchivedFile(
                ordinal=ordinal,
                path=one.path,
                what=one.what,
                title=one.title[:200],
                media=one.media[:80],
                sha256=file.sha256,
            )  # fmt: skip
        )
    return made


# --- reading ----------------------------------------------------------------------------------------------------------


def visible_archives(user: User) -> Select[tuple[ArchivedCase]]:
    """Archives that an office of the user's keeps. Unordered."""
    return select(ArchivedCase).where(ArchivedCase.agency_id.in_(offices(user)))


def archived_of(user: User, archived_id: int) -> ArchivedCase | None:
    """One archived case with its files, if it is in the user's view."""
    query = visible_archives(user).where(ArchivedCase.id == archived_id)
    wanted = (
        undefer(ArchivedCase.told),
        undefer(ArchivedCase.journal),
        undefer(ArchivedCase.manifest),
        undefer(ArchivedCase.signature),
    )
    files = selectinload(ArchivedCase.files).joinedload(ArchivedFile.file)
    return db.session.scalar(query.options(*wanted, files))


def marks() -> list[tuple[str, str, bool]]:
    """(body, fingerprint of its certificate, whether it seals with it now) of every body of this house, by name."""
    query = (
        select(SealCertificate)
        .where(SealCertificate.agency_id.is_not(None))
        .options(joinedload(SealCertificate.agency))
    )
    rows = db.session.scalars(query.order_by(SealCertificate.id.desc()))
    told = [
        (row.agency.name, fingerprint(row.certificate.encode()), row.retired_at is None) for row in rows if row.agency
    ]
    return sorted(told, key=lambda one: (one[0], not one[2]))
