"""Reads everything that one dossier is made of, in one transaction: what the worker then binds without the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from documents.archive import Listed
from documents.bundle import Layouts
from mediation import clock, codes
from mediation.dossiers import queries, telling
from mediation.dossiers.binding import Job, Sheet
from mediation.dossiers.extract import extract
from mediation.dossiers.queries import Contents, Found
from mediation.extensions import db
from mediation.models import Agency, Case, Dossier, Paper, StoredFile
from mediation.papers.facts import parties_of
from mediation.papers.pieces import agency_facts, full, iso, mediators_of
from mediation.papers.told import told as answers
from mediation.signing import seals
from mediation.storage import ENDINGS


@dataclass(frozen=True)
class Read:
    """A dossier's job, and what its archive will tell beside the pages."""

    job: Job
    layouts: Layouts
    body: str
    retention: str
    missing: list[dict[str, str]]
    told: dict[str, Any]
    files: list[Listed]


def read(dossier: Dossier) -> Read:
    """Everything for one dossier. Raises SealMissing, TokenUnavailable."""
    case, at = dossier.case, clock.local(clock.now())
    body, layouts, there = case.committee or case.agency, queries.layouts_for(case), queries.contents(case)
    retention = _retention(case, there, layouts)
    bound = list(_sheets(case, there, layouts))
    journal = extract(case)
    absent = [one for one in there.arranged.missing if not one.unsigned]
    missing = [{language: one.told(language) for language in ("zh", "en")} for one in absent]
    seal, filed_by = seals.seal_for(body), dossier.asked_by.name
    job = Job(
        head=_head(case, body), cover=_cover(case, filed_by, retention, at), case_code=case.code, filed_by=filed_by,
        sheets=[sheet for sheet, _row, _file in bound], lines=journal.lines, chain=journal.head,
        missing=[one["zh"] for one in missing],
        unsigned=[one.requirement.name["zh"] for one in there.arranged.missing if one.unsigned], seal=seal.name, key=seal.key, at=at,
    )  # fmt: skip
    rows = [row for _sheet, row, _file in bound]
    told = telling.told(
        case, [row for row in rows if row["what"] == "paper"], [row for row in rows if row["what"] == "original"]
    )
    return Read(job, layouts, body.name, retention, missing, told, [file for _sheet, _row, file in bound])


def _head(case: Case, body: Agency) -> dict[str, Any]:
    return {"body": agency_facts(body), "number": case.display_number, "matter": case.title[:120]}


def _cover(case: Case, filed_by: str, retention: str, at: datetime) -> dict[str, Any]:
    ended = case.closed_at
    return full({
        "parties": [party.name[:60] for party in parties_of(case)][:30] or [case.title[:60]],
        "mediators": [{"name": one["name"]} for one in mediators_of(case)],
        "mediated_from": iso(clock.local(case.accepted_at).date()) if case.accepted_at else None,
        "mediated_until": iso(clock.local(ended).date()) if ended else None,
        "result": codes.name("outcomes", case.outcome, "zh"),
        "filed_by": filed_by,
        "filed_on": at.date().isoformat(),
        "retention": retention,
    })  # fmt: skip


def _retention(case: Case, there: Contents, layouts: Layouts) -> str:
    """As the closing step says; else as long as the paper in it that is kept longest."""
    chosen = answers(case, "closing").text("retention", 10)
    if chosen in queries.RETENTIONS:
        return chosen
    kinds = [layouts.kinds.get(row.paper.kind) for _place, row in there.in_order() if row.paper]
    return max((kind.retention for kind in kinds if kind), key=queries.RETENTIONS.index, default="long")


def _sheets(case: Case, there: Contents, layouts: Layouts) -> Iterator[tuple[Sheet, dict[str, Any], Listed]]:
    lacking = {item.key for filled in there.arranged.places for item in filled.items if not item.whole}
    counts = {"papers": 0, "originals": 0}
    for place, row in there.in_order():
        folder = "papers" if row.paper else "originals"
        counts[folder] += 1
        path = f"{folder}/{_file_name(row, counts[folder])}"
        file = _stored(row)
        sheet = (
            _paper_sheet(row, path, file, layouts, row.item.key in lacking)
            if row.paper
            else _scan_sheet(case, row, path, file)
        )
        listed = Listed(
            path, file.sha256, file.size, file.media_type, "paper" if row.paper else "original", sheet.title
        )
        yield sheet, _row(row, place, listed), listed


def _file_name(row: Found, number: int) -> str:
    if row.paper:
        return f"{number:03}-{row.paper.kind}.pdf"
    assert row.attachment is not None
    media = row.attachment.original.media_type
    ending = ENDINGS.get(media, (PurePosixPath(row.attachment.name).suffix.lstrip(".").lower()[:5] or "bin",))[0]
    return f"{number:03}.{ending}"


def _stored(row: Found) -> StoredFile:
    query = select(StoredFile).where(StoredFile.sha256 == row.sha256).options(undefer(StoredFile.content))
    return db.session.scalars(query).one()


def _paper_sheet(row: Found, path: str, file: StoredFile, layouts: Layouts, lacking: bool) -> Sheet:
    paper = row.paper
    assert paper is not None
    return Sheet(
        title=row.name(layouts, "zh"), path=path, content=file.content, media=file.media_type, number=paper.number,
        made_on=clock.local(paper.issued_at).date().isoformat(), sealed=paper.status in ("signed", "sealed", "superseded"),
        remark=_replaced_by(paper, row.successor) if row.successor else "未签名盖章" if lacking else "",
        replaced=row.successor is not None,
    )  # fmt: skip


def _replaced_by(paper: Paper, successor: Paper) -> str:
    """What the index says of a signed paper that counts no longer; a deed that was made anew bears the same number."""
    day = clock.local(successor.issued_at).date()
    made = f"{day.year}年{day.month}月{day.day}日"
    return f"已被{made}文书取代" if successor.number == paper.number else f"已被{successor.number}取代"[:60]


def _scan_sheet(case: Case, row: Found, path: str, file: StoredFile) -> Sheet:
    one = row.attachment
    assert one is not None
    day = clock.local(one.uploaded_at).date().isoformat()
    facts = full({
        "name": one.name[:120], "handed_in_by": one.party.name[:60] if one.party else "调解组织", "received_on": day,
        "purpose": queries.purpose_of(one)[:60], "sha256": one.original_sha256,
    })  # fmt: skip
    return Sheet(one.name, path, file.content, file.media_type, made_on=day, remark="扫描件", scan=facts)


def _row(row: Found, place: int, listed: Listed) -> dict[str, Any]:
    """What the archive tells of one paper or original."""
    told: dict[str, Any] = {
        "what": listed.what,
        "place": place,
        "path": listed.path,
        "name": listed.title,
        "sha256": listed.sha256,
    }
    if row.paper:
        paper = row.paper
        return told | {
            "kind": paper.kind, "number": paper.number, "status": paper.status, "party": paper.party.name if paper.party else None,
            "issued_at": telling.plain(paper.issued_at), "release": paper.release_hash, "layout": paper.layout_version,
        }  # fmt: skip
    one = row.attachment
    assert one is not None
    return told | {
        "purpose": one.purpose, "party": one.party.name if one.party else None, "media": listed.media,
        "handed_in_at": telling.plain(one.uploaded_at),
    }  # fmt: skip
