"""The worker's side of a dossier: take one on lease, bind and seal it outside any transaction, keep it with one commit.

A worker that dies loses the lease and nothing else: what it had made counts only with the commit at the end, and only
while the dossier is still waiting. So none is lost, and none is there twice.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from documents.archive import listed, manifest_of, signature_of
from documents.dossier import NotBindable
from documents.refusals import PaperRefused, RenderFailed
from documents.render import Paper as Rendered
from documents.sealing import NotSealable, TokenUnavailable
from mediation import clock, journal, queues
from mediation.dossiers import queries
from mediation.dossiers.binding import Made, make
from mediation.dossiers.reading import Read, read
from mediation.extensions import command, db
from mediation.models import Dossier
from mediation.papers.rendering import current_processes, renderer
from mediation.signing.seals import SealMissing
from mediation.storage import keep

log = logging.getLogger("mediation.dossiers")

BATCH = 2
LEASE = timedelta(minutes=5)  # hundreds of scans take minutes
SOON = timedelta(seconds=5)  # until papers that are still being printed are asked for again
ATTEMPTS = 5
LONGEST_WAIT = 12  # leases


def make_due() -> int:
    """Bind the dossiers that are due; returns how many became ready."""
    return sum(
        _make(dossier_id)
        for dossier_id in queues.lease(Dossier, Dossier.status == "queued", batch=BATCH, wait=_wait)
    )


def _wait(attempts: int) -> timedelta:
    return LEASE * min(attempts, LONGEST_WAIT)


def _make(dossier_id: int) -> bool:
    try:
        with command():  # in the demonstration a body's first seal is made here
            dossier = db.session.get_one(Dossier, dossier_id)
            if queries.contents(dossier.case).waiting:
                dossier.try_after, dossier.attempts = clock.now() + SOON, dossier.attempts - 1
                return False
            found = read(dossier)
        made = make(found.job, partial(_print, found), partial(_stand, dossier_id))
        return _keep(dossier_id, found, made)
    except (SealMissing, TokenUnavailable, RenderFailed) as error:
        log.warning("dossier waits", extra={"code": type(error).__name__})
        return _failed(dossier_id, f"{type(error).__name__}: {error}")
    except (PaperRefused, NotBindable, NotSealable) as refused:
        return _failed(dossier_id, str(refused), for_good=True)


def _print(found: Read, kind: str, facts: Mapping[str, Any]) -> Future[Rendered]:
    return renderer(current_processes()).render(kind, facts, layouts=found.layouts)


def _stand(dossier_id: int, stage: str) -> None:
    """Let the page tell where the work stands."""
    with command():
        dossier = db.session.get(Dossier, dossier_id)
        if dossier is not None and dossier.status == "queued":
            dossier.stage = stage


def _keep(dossier_id: int, found: Read, made: Made) -> bool:
    told = _json({**found.told, "dossier": _counts(found, made)})
    lines = _json(found.job.lines)
    files = [
        listed("dossier.pdf", made.pdf, "application/pdf", "dossier", f"{found.job.head['number']} 卷宗"),
        listed("metadata.json", told.encode(), "application/json", "metadata", "案件信息"),
        listed("journal.json", lines.encode(), "application/json", "journal", "办理经过摘录"),
        *found.files,
    ]
    manifest = manifest_of(files, _manifest_head(found))
    signature = signature_of(manifest, found.job.key)
    with command():
        dossier = db.session.scalar(select(Dossier).where(Dossier.id == dossier_id).with_for_update())
        if dossier is None or dossier.status != "queued":
            return False  # another worker was faster
        dossier.sha256, dossier.status, dossier.stage = keep(made.pdf, "application/pdf").sha256, "ready", ""
        dossier.made_at, dossier.failure, dossier.retention = clock.now(), "", found.retention
        dossier.papers, dossier.scans, dossier.pages, dossier.missing = (
            made.papers,
            made.scans,
            made.pages,
            found.missing,
        )
        dossier.told, dossier.journal = told, lines
        dossier.manifest, dossier.signature = manifest.decode(), signature.decode()
        journal.record("dossier-sealed", case_id=dossier.case_id, actor="worker", subject=f"dossier:{dossier.id}",
                       details={"sha256": dossier.sha256, "pages": made.pages, "missing": len(found.missing)})  # fmt: skip
        return True


def _counts(found: Read, made: Made) -> dict[str, Any]:
    return {
        "papers": made.papers, "scans": made.scans, "pages": made.pages, "filed_by": found.job.filed_by,
        "retention": found.retention, "missing": found.missing, "made_at": found.job.at.isoformat(timespec="seconds"),
    }  # fmt: skip


def _manifest_head(found: Read) -> dict[str, str]:
    job = found.job
    return {
        "case": job.case_code, "number": str(job.head["number"]), "title": str(job.head["matter"]), "body": found.body,
        "made_at": job.at.isoformat(timespec="seconds"), "release": str(found.told["case"]["release"]),
        "journal_head": job.chain,
    }  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _failed(dossier_id: int, failure: str, *, for_good: bool = False) -> bool:
    with command():
        dossier = db.session.scalar(select(Dossier).where(Dossier.id == dossier_id).with_for_update())
        if dossier is not None and dossier.status == "queued":
            dossier.failure = failure[:500]
            if for_good or dossier.attempts >= ATTEMPTS:
                dossier.status, dossier.stage = "failed", ""
                journal.record(
                    "dossier-failed", case_id=dossier.case_id, actor="worker", subject=f"dossier:{dossier.id}"
                )
    return False
