"""One paper with its proof: the file that counts, who signed it and when, a manifest signed by its body, and the page that checks it all.

What a party, a bank or a court is handed when it wants one paper and not the whole dossier; checked like an archive.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from documents.archive import Listed, listed, manifest_of, pack, signature_of
from mediation import clock, codes
from mediation.dossiers.archives import TOLD, check_page
from mediation.dossiers.telling import plain
from mediation.extensions import db
from mediation.models import Attachment, Hand, Paper, PaperVersion, StoredFile
from mediation.papers.operations import layouts_of
from mediation.papers.rendering import check_url, imprint
from mediation.signing import seals
from mediation.storage import ENDINGS


@dataclass(frozen=True)
class Proof:
    """Everything that the packet of one paper holds, read in one transaction."""

    contents: dict[str, bytes]
    files: list[Listed]
    head: dict[str, str]  # of the manifest
    seal: seals.Seal
    at: datetime


def gather(paper: Paper) -> Proof:
    """What is packed for one paper that has its file. Raises SealMissing, TokenUnavailable."""
    name, at = str(layouts_of(paper.release_hash).kind(paper.kind).name["zh"]), clock.local(clock.now())
    file = db.session.get_one(StoredFile, paper.sha256, options=[undefer(StoredFile.content)])
    hands = _hands(paper)
    rows = [listed(f"papers/001-{paper.kind}.pdf", file.content, file.media_type, "paper", name)]
    contents = {rows[0].path: file.content}
    for one in _sheets(hands):
        path = f"originals/{len(contents):03}.{ENDINGS.get(one.original.media_type, ('bin',))[0]}"
        contents[path] = one.original.content
        rows.append(listed(path, one.original.content, one.original.media_type, "original", one.name))
    told = _json({"paper": _paper(paper, name), "hands": [_hand(one) for one in hands], "versions": _versions(paper)})
    rows.append(listed(TOLD, told, "application/json", "metadata", "签名和版本记录"))
    return Proof({**contents, TOLD: told}, rows, _head(paper, name, at), seals.seal_of(paper), at)


def packed(proof: Proof) -> bytes:
    """The packet as a zip, its manifest signed now. Raises TokenUnavailable; ask with no transaction open."""
    manifest = manifest_of(proof.files, proof.head)
    return pack(proof.contents, manifest, signature_of(manifest, proof.seal.key), check_page(), proof.at)


def _head(paper: Paper, name: str, at: datetime) -> dict[str, str]:
    return {
        "case": paper.case.code, "number": paper.number, "title": name, "body": seals.body_of(paper).name,
        "made_at": at.isoformat(timespec="seconds"), "release": paper.release_hash,
    }  # fmt: skip


def _paper(paper: Paper, name: str) -> dict[str, Any]:
    return {
        "kind": paper.kind, "name": name, "number": paper.number, "status": paper.status, "issued_at": plain(paper.issued_at),
        "pages": paper.pages, "sha256": paper.sha256, "check_code": paper.check_code, "check_url": check_url(paper),
        "imprint": imprint(paper), "layout": paper.layout_version, "release": paper.release_hash,
    }  # fmt: skip


def _hand(hand: Hand) -> dict[str, Any]:
    """Who signed and how it was known who that was; the number of the document that was shown stays in the house."""
    return {
        "field": hand.field, "words": hand.words, "status": hand.status, "at": plain(hand.given_at),
        "manner": codes.name("hands", hand.manner, "zh") if hand.manner else None,
        "identity": codes.name("identities", hand.identity, "zh") if hand.identity else None,
        "checked_by": hand.checked_by.name if hand.checked_by else None, "left_out": hand.reason or None,
        "scan": hand.scan.original_sha256 if hand.scan else None,
    }  # fmt: skip


def _hands(paper: Paper) -> list[Hand]:
    scans = joinedload(Hand.scan).joinedload(Attachment.original).undefer(StoredFile.content)
    query = select(Hand).where(Hand.paper_id == paper.id).options(joinedload(Hand.checked_by), scans)
    return list(db.session.scalars(query.order_by(Hand.ordinal)))


def _sheets(hands: Iterable[Hand]) -> list[Attachment]:
    """The sheets that came back signed, each once."""
    return list({one.scan.id: one.scan for one in hands if one.scan is not None}.values())


def _versions(paper: Paper) -> list[dict[str, Any]]:
    query = select(PaperVersion).where(PaperVersion.paper_id == paper.id).order_by(PaperVersion.ordinal)
    return [
        {"what": one.what, "sha256": one.sha256, "made_at": plain(one.made_at)} for one in db.session.scalars(query)
    ]


def _json(told: Any) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
