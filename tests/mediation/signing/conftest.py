"""A dispute whose agreement is printed and waits for its signatures; ink, and sheets as a telephone photographs them."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import select

from mediation import clock
from mediation.extensions import command, db
from mediation.models import Agreement, Hand, Paper, Signature, StoredFile
from mediation.papers.operations import issue
from mediation.papers.rendering import render_due
from tests.kept import kept
from tests.mediation.portal.conftest import mediating, registered  # noqa: F401 - fixtures
from tests.person import Person


@pytest.fixture
@kept
def deed(mediating, house) -> Paper:  # noqa: F811 - the fixture
    """The agreement, printed and ready to be signed: two parties, the mediator, the recorder, the seal."""
    case = mediating.case
    first, second = case.parties
    with command():
        agreement = Agreement(
            case_id=case.id, kind="written", status="checked", drafted_by_id=house.users["mediator"].id,
            drafted_at=clock.now(), facts="楼上漏水致楼下家具受损。", issues="赔偿数额。", responsibility="楼上承担。",
            terms=[{"text": f"{second.name}赔偿{first.name}损失。", "kind": "money", "amount": "6000.00"}],
            manner="银行转账", deadline_text="2026年12月31日前", details={"copies": 3, "recorder": "周雨晴"},
        )  # fmt: skip
        agreement.signatures = [Signature(who="party", party_id=party.id) for party in (first, second)]
        agreement.signatures += [Signature(who="mediator"), Signature(who="seal")]
        db.session.add(agreement)
        db.session.flush()
        paper = issue(case, "agreement", by=house.users["mediator"], subject=f"agreement:{agreement.id}")[0]
    render_due()
    db.session.expire_all()
    assert paper.status == "ready", paper.failure
    return paper


def hands(paper: Paper) -> list[Hand]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Hand).where(Hand.paper_id == paper.id).order_by(Hand.ordinal)))


def written(stroke: bool = True, size: tuple[int, int] = (640, 260)) -> str:
    """A signature as a canvas gives it out."""
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    if stroke:
        line = [(40, 200), (160, 50), (260, 210), (380, 60), (560, 150)]
        ImageDraw.Draw(drawn).line(line, fill=(16, 20, 24, 255), width=8)
    kept = io.BytesIO()
    drawn.save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


@pytest.fixture
def signs(sign_in, resident, deed: Paper) -> Callable[..., Person]:
    """`signs(0)`: the mediator checks who it is and hands over the tablet; the hand of this number signs on it."""

    def sign(number: int, *, by: str = "mediator", identity: str = "id_card", **answers: Any) -> Person:
        person = sign_in(by)
        hand = hands(deed)[number]
        person.get(f"/papers/{deed.id}/signing")
        person.post(f"/papers/{deed.id}/signing/{hand.id}/invite", {"identity": identity, "where": "here"})
        person.submit({"ink": written(), "read": "yes", **answers})
        return person

    return sign


def content(sha256: str) -> bytes:
    return db.session.scalars(select(StoredFile.content).where(StoredFile.sha256 == sha256)).one()


def photographs(pdf: bytes, dpi: int = 150) -> list[bytes]:
    """Each page as a telephone takes it: slightly turned, slightly blurred, on a table."""
    document = pypdfium2.PdfDocument(pdf)
    taken = []
    for page in document:
        sheet = page.render(scale=dpi / 72).to_pil().convert("RGB")
        table = Image.new("RGB", (sheet.width + 240, sheet.height + 240), (120, 104, 88))
        turned = sheet.rotate(2.5, expand=True, fillcolor=(120, 104, 88), resample=Image.Resampling.BICUBIC)
        table.paste(turned, (90, 80))
        kept = io.BytesIO()
        table.filter(ImageFilter.GaussianBlur(0.8)).save(kept, "JPEG", quality=60)
        taken.append(kept.getvalue())
    document.close()
    return taken
