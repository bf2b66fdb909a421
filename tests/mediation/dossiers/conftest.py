"""A case with a signed agreement, scans and a recording, from which dossiers are made."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select

from mediation.cases.operations import attach
from mediation.dossiers import operations
from mediation.dossiers.making import make_due
from mediation.extensions import command, db
from mediation.models import Case, Dossier, Hand, Paper, User
from mediation.papers.rendering import render_due
from mediation.signing.working import seal_due
from mediation.storage import store
from tests.kept import kept
from tests.mediation.portal.conftest import mediating, registered  # noqa: F401 - fixtures
from tests.mediation.signing.conftest import deed, signs  # noqa: F401 - fixtures

WAV = (
    b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data"
    + bytes(4)
)


def photograph(words: str = "scan") -> bytes:
    drawn = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(drawn).text((60, 60), words, fill="black")
    kept = io.BytesIO()
    drawn.save(kept, "JPEG")
    return kept.getvalue()


def hand_in(case: Case, content: bytes, name: str, purpose: str, house) -> None:
    with command():
        kept = store(content, name, limit=5_000_000)
        attach(case, kept, party=case.parties[0], purpose=purpose, shared=False, by=house.users["clerk"])


@pytest.fixture
@kept
def case(deed: Paper, house) -> Case:  # noqa: F811 - the fixture
    """The agreement signed and sealed; an identity card, a photograph and a recording handed in."""
    with command():
        for hand in db.session.scalars(select(Hand).where(Hand.paper_id == deed.id)):
            hand.status, hand.given_at, hand.manner = "given", deed.issued_at, "ink"
    seal_due()
    found = deed.case
    hand_in(found, photograph("identity"), "身份证.jpg", "identity", house)
    hand_in(found, photograph("leak"), "漏水照片.jpg", "evidence", house)
    hand_in(found, WAV, "通话录音.wav", "evidence", house)
    return found


@pytest.fixture
def bound(case: Case, house) -> Callable[[], Dossier]:
    """Ask for a dossier and let the worker make it."""

    @kept
    def bind(case_id: int, by: User) -> Dossier:
        with command():
            made = operations.ask(db.session.get_one(Case, case_id), by=by)
        render_due()
        make_due()
        db.session.expire_all()
        assert made.status == "ready", made.failure
        return made

    return lambda: bind(case.id, house.users["mediator"])
