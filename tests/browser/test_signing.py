"""Signing on a telephone and dropping a file, in a real browser."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from mediation.extensions import command, db
from mediation.models import Paper
from mediation.signing import operations, verify_views
from mediation.signing.working import seal_due
from tests.mediation.signing.conftest import content, deed, hands, mediating, registered, written  # noqa: F401 - fixtures

PHONE = {"width": 360, "has_touch": True, "is_mobile": True, "locale": "zh-CN"}


@pytest.fixture
def token(deed, house) -> str:  # noqa: F811 - the fixture
    verify_views.LOOKS.forget()
    verify_views.OPENINGS.forget()
    with command():
        return operations.invite(hands(deed)[0], "id_card", "", by=house.users["mediator"])


def works(app: Flask) -> None:
    """The worker puts the ink into the file; beside Playwright, whose loop is the thread's only one."""

    def work() -> int:
        with app.app_context():
            return seal_due()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() == 1
    db.session.rollback()
    db.session.expire_all()


def writes(page: Page) -> None:
    """A finger on the glass: touch events, as a telephone sends them."""
    box = page.locator("#pad").bounding_box()
    assert box is not None
    line = [(30, 120), (80, 30), (120, 140), (180, 40), (260, 90)]
    points = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in line]
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for one in points[1:]:
        cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [one]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_party_signs_with_a_finger_on_the_own_telephone(app, serve, open_page, deed, token):  # noqa: F811
    page = open_page(f"{serve(app)}/sign/{token}", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="签名").click()
    page.locator("#read").check()
    page.get_by_role("button", name="签名").click()
    expect(page.locator("#pad-state")).to_contain_text("还没有签名")
    writes(page)
    page.get_by_role("button", name="签名").click()
    expect(page.locator("h1")).to_have_text("已签署")
    hand = hands(deed)[0]
    assert (hand.status, hand.manner, "Chrome" in hand.device) == ("given", "ink", True)
    works(app)


def test_what_was_written_can_be_written_again(app, serve, open_page, deed, token):  # noqa: F811
    page = open_page(f"{serve(app)}/sign/{token}", **PHONE)
    writes(page)
    page.get_by_role("button", name="重写").click()
    page.locator("#read").check()
    page.get_by_role("button", name="签名").click()
    expect(page.locator("#pad-state")).to_contain_text("还没有签名")
    assert hands(deed)[0].status == "open"


def test_what_was_written_stands_there_again_after_a_question(app, serve, open_page, deed, token):  # noqa: F811
    page = open_page(f"{serve(app)}/sign/{token}", **PHONE)
    writes(page)
    page.locator("#read").evaluate("box => box.required = false")
    page.get_by_role("button", name="签名").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    drawn = "pad => [...pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data].some(Boolean)"
    page.wait_for_function(f"({drawn})(document.querySelector('#pad'))")
    page.locator("#read").check()
    page.get_by_role("button", name="签名").click()
    expect(page.locator("h1")).to_have_text("已签署")


def drop(page: Page, pdf: bytes) -> None:
    """Let a file fall onto the place for it."""
    handle = page.evaluate_handle(
        """sent => { const all = new DataTransfer();
        all.items.add(new File([Uint8Array.from(atob(sent), one => one.charCodeAt(0))], "paper.pdf", {type: "application/pdf"}));
        return all; }""",
        base64.b64encode(pdf).decode(),
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": handle})


def test_a_file_that_is_dropped_is_known_without_being_sent(app, serve, open_page, deed, token):  # noqa: F811
    with command():
        operations.give(token, ink_of(), "test")
    works(app)
    page, sent = open_page(f"{serve(app)}/verify", locale="zh-CN"), []
    page.on("request", lambda asked: sent.append(asked.method))
    drop(page, content(db.session.get(Paper, deed.id).sha256))
    expect(page.locator(".callout-success")).to_contain_text("属实")
    assert set(sent) == {"GET"}


def test_a_changed_file_is_examined_when_it_is_sent(app, serve, open_page, deed, token, tmp_path: Path):  # noqa: F811
    with command():
        operations.give(token, ink_of(), "test")
    works(app)
    pdf = bytearray(content(db.session.get(Paper, deed.id).sha256))
    pdf[pdf.index(b"stream") + 40] ^= 1
    page = open_page(f"{serve(app)}/verify", locale="zh-CN")
    drop(page, bytes(pdf))
    expect(page.locator("[data-state]")).to_contain_text("没有登记该文件")
    page.get_by_role("button", name="发送文件并核验签名").click()
    expect(page.locator(".callout-danger")).to_contain_text("被改动")


def ink_of() -> bytes:
    from mediation.signing.ink import clean

    return clean(written())
