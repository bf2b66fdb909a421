"""Takes the pictures of the README from the demonstration centre in a real browser: ``python -m tools.pictures``."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pypdfium2
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update
from werkzeug.serving import make_server

from app import create_app
from mediation import clock, schema
from mediation.cases.operations import renew_party_code
from mediation.config import ROOT
from mediation.demo import PASSWORD, load
from mediation.extensions import command, db
from mediation.models import Case, Meeting, Paper, Referral, StoredFile, Task, User
from mediation.papers import rendering
from mediation.supervision.warnings import warn_overdue

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = ROOT / "docs" / "pictures"
FONTS = ROOT / "node_modules" / "@expo-google-fonts"
DESKTOP = {"width": 1280, "height": 860}
TELEPHONE = {"width": 390, "height": 844}
COLOURS = 128
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--hide-scrollbars", "--font-render-hinting=none",
]  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """What is shown: a task to draft an agreement, a case under way with its agreement, one party's own codes, a case
    that other agencies have held, and a day of the week whose rooms are booked."""

    task_id: str
    holder: str
    case_id: int
    mediator: str
    case_code: str
    party_code: str
    agreement_id: int
    handed_case_id: int
    room_day: date


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no Chromium on this machine: apt-get install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["FONTCONFIG_FILE"] = str(_fonts(folder))  # for the browser, which has no Chinese type of its own
        app = create_app({"DATABASE": f"sqlite:///{folder / 'demo.sqlite'}", "OUTBOX": str(folder / "outbox")})
        with app.app_context():
            scene = _prepare()
            _agreement(scene)
        with _served(app) as address, _browser(chromium) as browser:
            _pages(browser, address, scene)


def _fonts(folder: Path) -> Path:
    """A font configuration with the Chinese faces of the pages' parts beside those of the machine."""
    file = folder / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>/usr/share/fonts</dir><dir>{escape(str(FONTS))}</dir><cachedir>{escape(str(folder))}</cachedir>"
        "<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>"
        "<alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias></fontconfig>",
        encoding="utf-8",
    )
    return file


# --- what is shown ----------------------------------------------------------------------------------------------------


def _prepare() -> Scene:
    """The demonstration centre, with the papers of the shown case made."""
    schema.upgrade()
    load()
    task = db.session.scalars(_open("draft")).first() or db.session.scalars(_open("sign")).one()
    case = _case_under_way()
    _render(case)
    warn_overdue()  # what the server does every minute: the page of warnings shows both stages
    with command():
        party = case.parties[0]
        code = renew_party_code(party, by=case.mediator)
    agreement = select(Paper.id).where(Paper.case_id == case.id, Paper.kind == "agreement", Paper.status == "ready")
    return Scene(
        task.id, db.session.get_one(User, task.claimed_by_id).login, case.id, case.mediator.login, case.code, code,
        db.session.scalars(agreement.order_by(Paper.id.desc())).first(), db.session.scalars(_handed()).first(), _room_day(),
    )  # fmt: skip


def _open(element: str):  # noqa: ANN202 - a select of tasks
    held = Task.status == "open", Task.element_id == element, Task.claimed_by_id.is_not(None)
    return select(Task).where(*held).order_by(Task.id).limit(1)


def _handed():  # noqa: ANN202 - a select of numbers of cases
    """The open case whose hand-overs went through most hands: sent, signed for, returned, answered."""
    steps = (Referral.sent_at, Referral.signed_at, Referral.returned_at, Referral.answered_at)
    moves = sum(func.count(at) for at in steps)
    held = select(Referral.case_id).join(Case).where(Case.closed_at.is_(None)).group_by(Referral.case_id)
    return held.order_by(moves.desc(), Referral.case_id).limit(1)


def _room_day() -> date:
    """The day of the next meeting in a room; today, where none is planned."""
    booked = select(Meeting.starts_at).where(Meeting.status == "invited", Meeting.room_id.is_not(None))
    next_one = db.session.scalar(booked.where(Meeting.starts_at > clock.now()).order_by(Meeting.starts_at).limit(1))
    return clock.local(next_one).date() if next_one else clock.today()


def _case_under_way() -> Case:
    """A case with a written agreement under performance, the one with the most papers."""
    query = (
        select(Case)
        .join(Paper, Paper.case_id == Case.id)
        .where(Case.status == "performing", Paper.kind == "agreement", Case.mediator_id.is_not(None))
        .order_by(Case.id.desc())
    )
    return db.session.scalars(query).first()


def _render(case: Case) -> None:
    """Make the papers of this case; all others stay in the queue."""
    with command():
        others = update(Paper).where(Paper.case_id != case.id)
        db.session.execute(others.values(try_after=clock.now() + timedelta(days=1)))
    while rendering.render_due():
        pass
    rendering.close()


def _agreement(scene: Scene) -> None:
    """The first page of the agreement, as it is printed."""
    paper = db.session.get_one(Paper, scene.agreement_id)
    document = pypdfium2.PdfDocument(db.session.get_one(StoredFile, paper.sha256).content)
    _keep("agreement", document[0].render(scale=1.35).to_pil())


# --- the pages --------------------------------------------------------------------------------------------------------


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def _browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - reads FONTCONFIG_FILE's environment when started

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield browser
        browser.close()


def _pages(browser: Browser, address: str, scene: Scene) -> None:
    page = _window(browser, address)
    page.goto("/sign-in")
    _shoot(page, "sign-in")
    _sign_in(page, scene.holder)
    page.goto("/work")
    _shoot(page, "my-work")
    page.goto(f"/tasks/{scene.task_id}")
    _shoot(page, "task")
    page = _signed_in(browser, address, scene.mediator)
    page.goto(f"/cases/{scene.case_id}")
    _shoot(page, "case")
    page.goto(f"/cases/{scene.case_id}/flow")
    page.wait_for_selector("[data-flow-url][data-ready=yes]")
    page.locator("[data-flow-url]").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('[data-flow-url]').scrollIntoView({block: 'center'})")
    _shoot(page, "flow")
    page = _signed_in(browser, address, "clerk")
    _register(page)
    _shoot(page, "register")
    page = _signed_in(browser, address, "director")
    page.goto("/oversight")
    _shoot(page, "oversight")
    page.goto("/oversight/warnings")
    _shoot(page, "warnings")
    page.goto(f"/cases/{scene.handed_case_id}")
    page.locator("#hand-overs").evaluate("place => place.scrollIntoView({block: 'center'})")
    _shoot(page, "hand-overs")
    page.goto(f"/meetings?day={scene.room_day.isoformat()}")
    page.wait_for_selector(".calendar-drawn")
    _shoot(page, "rooms")
    _editor(_signed_in(browser, address, "flow_admin"))
    _resident(browser, address, scene)


def _window(browser: Browser, address: str, size: dict[str, int] | None = None) -> Page:
    page = browser.new_context(viewport=size or DESKTOP, base_url=address, locale="zh-CN").new_page()
    page.set_default_timeout(20_000)
    return page


def _signed_in(browser: Browser, address: str, login: str) -> Page:
    page = _window(browser, address)
    page.goto("/sign-in")
    _sign_in(page, login)
    return page


def _sign_in(page: Page, login: str) -> None:
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/work*")


def _register(page: Page) -> None:
    """A dispute as a clerk has typed it so far, with the suggestion beside it."""
    page.goto("/cases/new")
    typed = {
        "summary": "楼上卫生间防水老化，漏水损坏楼下天花板和衣柜，双方就赔偿数额争执不下。",
        "happened_on": (clock.today() - timedelta(days=3)).isoformat(), "place": "青禾区幸福街 12 号 3 单元", "people_count": "2",
        "parties-0-name": "林秀英", "parties-0-phone": "13800000001",
    }  # fmt: skip
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    with page.expect_response("**/cases/new/suggestion"):
        page.select_option("select[name=kind]", "0201")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")


def _editor(page: Page) -> None:
    """A draft of the hand-over, with one step chosen, so that the panel says what it is."""
    page.goto("/admin/drafts?path=referral.bpmn")
    page.click("#form button")
    page.wait_for_selector("[data-flow-editor][data-ready=yes]")
    page.click("[data-flow-editor] [data-element-id=sign]")
    page.evaluate("scrollTo(0, 0)")
    _shoot(page, "editor")


def _resident(browser: Browser, address: str, scene: Scene) -> None:
    page = _window(browser, address, TELEPHONE)
    page.goto(f"/see?case={scene.case_code}")
    page.click("main button[type=submit]")
    page.fill("input[name=code]", scene.party_code)
    page.click("main button[type=submit]")
    page.wait_for_url("**/see/case")
    _shoot(page, "resident")


def _shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    _keep(name, Image.open(io.BytesIO(page.screenshot())))


def _keep(name: str, image: Image.Image) -> None:
    """Few colours make a small file, and pages have few."""
    path = PICTURES / f"{name}.png"
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
