"""The worker's side of a paper: take a queued row on lease, make the PDF outside any transaction, keep the bytes."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import timedelta
from functools import lru_cache

from flask import current_app
from sqlalchemy import func, select

from documents.refusals import PaperRefused, RenderFailed
from documents.render import Paper as Rendered
from documents.workers import Renderer
from mediation import clock, journal, queues
from mediation.extensions import command, db
from mediation.models import Paper, PaperVersion
from mediation.papers.hands import lay_out
from mediation.papers.operations import layouts_of
from mediation.storage import keep

log = logging.getLogger("mediation.papers")

BATCH = 20
LEASE = timedelta(seconds=90)
ATTEMPTS = 5


@lru_cache(maxsize=1)
def renderer(processes: int) -> Renderer:
    """The render workers of this process, started when the first paper is due. Raises RendererUnavailable."""
    made = Renderer(processes=processes)
    made.start()
    return made


def close() -> None:
    """End the render workers, if any were started."""
    if renderer.cache_info().currsize:
        renderer(current_processes()).close()
        renderer.cache_clear()


def current_processes() -> int:
    return int(current_app.config["RENDER_PROCESSES"]) if current_app else 1


def render_due() -> int:
    """Make the PDFs that are due; returns how many became ready."""
    due = queues.lease(Paper, Paper.status == "queued", batch=BATCH, wait=lambda _attempts: LEASE)
    return sum(_render(paper_id) for paper_id in due)


def _render(paper_id: int) -> bool:
    paper = db.session.get(Paper, paper_id)
    if paper is None or paper.status != "queued":
        return False
    kind, facts, layouts, url = paper.kind, paper.facts, layouts_of(paper.release_hash), check_url(paper)
    attempts, annex = paper.attempts, paper.annex
    db.session.rollback()  # nothing is held open while the PDF is made
    try:
        made = renderer(current_processes()).render(kind, facts, check_url=url, annex=annex, layouts=layouts).result()
    except PaperRefused as refused:
        return _refuse(paper_id, str(refused))
    except RenderFailed as failed:
        log.warning("render failed", extra={"paper": paper_id})
        return _refuse(paper_id, str(failed)) if attempts >= ATTEMPTS else False
    return _keep(paper_id, made)


def _keep(paper_id: int, made: Rendered) -> bool:
    with command():
        paper = db.session.scalar(select(Paper).where(Paper.id == paper_id).with_for_update())
        if paper is None or paper.sha256 is not None or paper.status not in ("queued", "superseded", "withdrawn"):
            return False
        now = clock.now()
        keep_version(paper, made.pdf, "printed")
        paper.pages, paper.layout_version, paper.ready_at = made.pages, made.layout_version, now
        paper.try_after, paper.attempts = now, 0  # from here on they count the attempts to sign and seal
        if paper.status == "queued":
            paper.status = "ready"
            lay_out(paper, layouts_of(paper.release_hash).kind(paper.kind), made.hands, made.boxes)
        journal.record("paper-rendered", case_id=paper.case_id, actor="worker", subject=f"paper:{paper.id}",
                       details={"sha256": made.sha256})  # fmt: skip
        return True


def keep_version(paper: Paper, pdf: bytes, what: str) -> None:
    """The paper's file from now on; what it was before stays known, so that it can be told apart."""
    ordinal = 1 + (db.session.scalar(select(func.count()).where(PaperVersion.paper_id == paper.id)) or 0)
    paper.sha256 = keep(pdf, "application/pdf").sha256
    db.session.add(
        PaperVersion(paper_id=paper.id, ordinal=ordinal, what=what, sha256=paper.sha256, made_at=clock.now())
    )


def _refuse(paper_id: int, reason: str) -> bool:
    with command():
        paper = db.session.scalar(select(Paper).where(Paper.id == paper_id).with_for_update())
        if paper is not None and paper.status == "queued":
            paper.status, paper.failure = "refused", reason[:500]
            journal.record("paper-refused", case_id=paper.case_id, actor="worker", subject=f"paper:{paper_id}")
    return False


def check_url(paper: Paper) -> str:
    """Where anybody can see whether the paper is genuine; it stands in the QR code, with the mark of what it says."""
    return f"{public_address()}/verify/{paper.check_code}?p={imprint(paper)}"


def public_address() -> str:
    """The address under which people reach this house, without a slash at its end."""
    settings = current_app.config
    return str(settings["PUBLIC_URL"]).rstrip("/") or f"http://{settings['HOST']}:{settings['PORT']}"


def imprint(paper: Paper) -> str:
    """Eight hexadecimal digits over what the paper says: a sheet that comes back says which printing it is."""
    said = json.dumps([paper.kind, paper.check_code, paper.facts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:8]
