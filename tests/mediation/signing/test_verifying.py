"""Anybody can check a paper: by code or by file, and never learns what it says."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta

import pytest

from documents.render import Box
from documents.sealing import with_fields
from mediation.extensions import command, db
from mediation.models import Paper
from mediation.papers.operations import withdraw
from mediation.papers.rendering import check_url, imprint
from mediation.signing import operations, verify_views
from mediation.signing.verifying import Brake
from mediation.signing.working import seal_due
from tests.mediation.signing.conftest import content

pytestmark = pytest.mark.once

# A check sum is any letters and figures, an amount among them now and then.
CHECK_SUM = re.compile(r"[0-9a-f]{64}")
SECRETS = ("王建国", "李秀兰", "漏水", "6000", "李晓", "当面签名")


def said(person):
    return CHECK_SUM.sub("", person.response.text)


@pytest.fixture(autouse=True)
def fresh_brakes():
    verify_views.LOOKS.forget()
    verify_views.OPENINGS.forget()


@pytest.fixture
def sealed(deed, signs, house) -> Paper:
    """The agreement, signed by all and sealed."""
    for number in range(4):
        signs(number)
    with command():
        operations.ask_for_seal(db.session.get(Paper, deed.id), by=house.users["mediator"])
    seal_due()
    db.session.expire_all()
    return deed


def drops(person, pdf: bytes, status: int = 200):
    """Send the file, as a browser without scripts does."""
    person.get("/verify")
    person.post("/verify", {"file": (io.BytesIO(pdf), "paper.pdf")}, status=status)
    return person.page.select_one("[class*=callout-]")


def test_the_address_in_the_qr_code_leads_to_the_answer(deed, resident):
    person = resident()
    assert check_url(deed).endswith(f"/verify/{deed.check_code}?p={imprint(deed)}")
    person.get(check_url(deed).split("8000", 1)[1])
    assert person.page.select_one(".callout-success")
    assert not [word for word in SECRETS if word in said(person)]


def test_a_code_is_known_however_it_is_typed(deed, resident):
    person = resident()
    code = deed.check_code
    wide = code.translate({ord(one): ord(one) + 0xFEE0 for one in code})
    for typed in (
        code.lower(),
        " ".join(code),
        f"{code[:4]}-{code[4:8]}—{code[8:]}",
        wide,
        f"{code[:4]}．{code[4:]}\u3000",
    ):
        person.get(f"/verify?code={typed}")
        assert person.page.select_one(".callout-success"), typed


def test_the_mark_of_another_printing_is_seen(deed, resident):
    person = resident()
    person.get(f"/verify/{deed.check_code}?p=00000000")
    assert "不符" in person.page.select_one(".callout-danger").get_text()


def test_a_sealed_file_is_known_by_its_hash_alone(sealed, resident):
    person = resident()
    person.get(f"/verify/file/{sealed.sha256}")
    assert "印章" in person.page.select_one(".callout-success").get_text()
    assert not [word for word in SECRETS if word in said(person)]


def test_the_file_before_it_was_signed_is_an_earlier_state(deed, signs, resident):
    before = deed.sha256
    signs(0)
    seal_due()
    person = resident()
    person.get(f"/verify/file/{before}")
    assert "较早状态" in person.page.select_one(".callout-warning").get_text()


@pytest.mark.parametrize("digest", ["0" * 64, "x", "A" * 200, "'; --"])
def test_a_hash_that_nobody_knows_is_unknown(house, resident, digest):
    resident().get(f"/verify/file/{digest}", status=404)


def test_a_file_that_was_sent_is_known_like_its_hash(sealed, resident):
    assert "callout-success" in drops(resident(), content(sealed.sha256))["class"]


def test_a_changed_byte_is_seen_and_told(sealed, resident):
    pdf = bytearray(content(sealed.sha256))
    pdf[pdf.index(b"stream") + 40] ^= 1
    person = resident()
    assert "被改动" in drops(person, bytes(pdf)).get_text()
    listed = [row.get_text() for row in person.page.select(".plain-rows li")]
    assert len(listed) == len(set(listed))  # a body that signed more than once stands there once
    assert "个签名" in listed[0]


def test_something_added_after_the_seal_is_seen_and_the_paper_is_named(sealed, resident):
    person = resident()
    more = with_fields(content(sealed.sha256), {"more": Box(1, 100, 100, 200, 200)})
    assert "添加" in drops(person, more).get_text()
    assert "人民调解协议书" in person.text()
    assert not [word for word in SECRETS if word in said(person)]


@pytest.mark.parametrize(
    ("file", "word"), [(b"hello", "PDF"), (b"%PDF-1.4\n%%EOF", "PDF"), (b"%PDF-" + b"9" * 300_000, "PDF")]
)
def test_what_is_no_pdf_is_said_to_be_none(house, resident, file, word):
    assert word in drops(resident(), file).get_text()


def test_an_unsigned_file_of_somebody_is_not_known(house, resident):
    from PIL import Image

    kept = io.BytesIO()
    Image.new("RGB", (200, 200)).save(kept, "PDF")
    assert "没有登记" in drops(resident(), kept.getvalue()).get_text()


def test_nothing_chosen_is_said(house, resident):
    drops(resident(), b"", status=422)


def test_a_withdrawn_paper_is_withdrawn_by_code_and_by_file(deed, house, resident):
    with command():
        withdraw(db.session.get(Paper, deed.id), by=house.users["clerk"], reason="写错了")
    person = resident()
    for url in (f"/verify/{deed.check_code}", f"/verify/file/{deed.sha256}"):
        person.get(url)
        assert "已撤回" in person.page.select_one(".callout-danger").get_text()
        assert "现行有效" not in person.text()  # no file of it counts any more


def test_old_addresses_lead_to_the_new_ones(deed, resident):
    person = resident()
    person.get(f"/check/{deed.check_code.lower()}")
    assert person.page.select_one(".callout-success")
    person.get("/check", follow=False, status=301)


def test_whoever_asks_too_often_waits(house, resident, clock):
    person = resident()
    for _ in range(12):
        drops(person, b"hello")
    drops(person, b"hello", status=429)
    clock.set_clock(clock.now() + timedelta(minutes=11))
    drops(person, b"hello")


def test_a_brake_counts_each_origin_for_itself(app):
    brake = Brake(2, timedelta(minutes=1))
    assert [brake.asks("a"), brake.asks("a"), brake.asks("a"), brake.asks("b")] == [True, True, False, True]


def test_the_roots_of_the_seals_are_for_everybody(sealed, resident):
    person = resident()
    person.get("/verify/roots.pem")
    assert person.response.data.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in person.response.data


def test_asking_writes_nothing_and_runs_few_statements(sealed, resident):
    from sqlalchemy import event

    said: list[str] = []

    def listen(*arguments):
        said.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        resident().get(f"/verify/file/{hashlib.sha256(content(sealed.sha256)).hexdigest()}")
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert not [one for one in said if one.startswith(("INSERT", "UPDATE"))]
    assert len(said) < 15
