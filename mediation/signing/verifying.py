"""Whether a paper is genuine: told by its code, by the hash of its file, or by the signatures inside a file."""

from __future__ import annotations

import hashlib
import threading
import unicodedata
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from documents.examining import examine
from documents.sealing import NotReadable, Report
from mediation import clock
from mediation.extensions import db
from mediation.models import ArchivedFile, Dossier, Paper, PaperVersion
from mediation.papers.rendering import imprint
from mediation.signing import seals

# What is said of a paper of this house, by its state.
_STATES = {"superseded": "superseded", "withdrawn": "withdrawn"}


@dataclass(frozen=True)
class Answer:
    """What is known: genuine, earlier (signed or sealed since), superseded, withdrawn, altered, unknown for papers of this
    house; kept for a dossier or a paper of an archived case; for other files what their signatures say: sound, changed,
    added, foreign, unsigned, unreadable."""

    state: str
    paper: Paper | None = None
    report: Report | None = None

    @property
    def signers(self) -> dict[tuple[str, bool, bool], int]:
        """Who signed, whether that is unchanged and whether the signer is known: how many times."""
        rows = self.report.signatures if self.report else ()
        return Counter((one.signer, one.intact, one.trusted) for one in rows)


def spelled(code: str) -> str:
    """A code as it is kept, however it was read out or typed: small letters, full-width ones, blanks, dashes, dots."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(one for one in plain if one.isascii() and one.isalnum())


def by_code(code: str, mark: str | None) -> Answer:
    """The paper of this code; with the mark of its QR code also whether that sheet says what was printed."""
    paper = db.session.scalar(select(Paper).where(Paper.check_code == spelled(code)))
    if paper is None or paper.sha256 is None:
        return Answer("unknown")
    if mark is not None and mark.lower() != imprint(paper):
        return Answer("altered", paper)
    return Answer(_STATES.get(paper.status, "genuine"), paper)


def by_hash(digest: str) -> Answer:
    """The paper whose file this is, or once was."""
    query = select(Paper).join(PaperVersion, PaperVersion.paper_id == Paper.id).where(PaperVersion.sha256 == digest)
    paper = db.session.scalar(query.limit(1)) or db.session.scalar(select(Paper).where(Paper.sha256 == digest).limit(1))
    if paper is None:
        return Answer("kept" if _keeps(digest) else "unknown")
    state = _STATES.get(paper.status, "genuine")
    return Answer("earlier" if state == "genuine" and paper.sha256 != digest else state, paper)


def _keeps(digest: str) -> bool:
    """Whether this very file is a dossier of this house, or the dossier or a paper of a case that was brought here."""
    bound = select(Dossier.id).where(Dossier.sha256 == digest)
    brought = select(ArchivedFile.id).where(ArchivedFile.sha256 == digest, ArchivedFile.what.in_(("dossier", "paper")))
    return db.session.scalar(bound.limit(1)) is not None or db.session.scalar(brought.limit(1)) is not None


def by_file(content: bytes, roots: list[bytes], at: datetime) -> Answer:
    """What the signatures inside a file say that is not known here. Ask with no transaction open: it takes a second."""
    try:
        report = examine(content, roots, at=at)
    except NotReadable:
        return Answer("unreadable")
    state = {"unknown": "foreign"}.get(report.state, report.state)
    return Answer(state, None, report)


def before_it_was_added_to(content: bytes, report: Report) -> Paper | None:
    """The paper of this house that a file began as, before something was put behind one of its signatures."""
    for one in reversed(report.signatures):
        found = by_hash(hashlib.sha256(content[: one.ends]).hexdigest()).paper
        if found is not None:
            return found
    return None


def trusted() -> list[bytes]:
    """Whose seals are believed."""
    return seals.roots()


class Brake:
    """Counts how often an origin asks; kept in this process alone, since nothing but load depends on it."""

    def __init__(self, most: int, window: timedelta) -> None:
        self._most, self._window = most, window
        self._asked: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def asks(self, origin: str) -> bool:
        """Note that this origin asks, and say whether it may."""
        now = clock.now()
        with self._lock:
            if len(self._asked) > 10_000:
                self._asked = {
                    key: times for key, times in self._asked.items() if times and times[-1] > now - self._window
                }
            times = self._asked.setdefault(origin, deque(maxlen=self._most))
            while times and times[0] <= now - self._window:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            return True

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._asked.clear()
