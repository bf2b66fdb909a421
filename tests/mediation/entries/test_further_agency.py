"""A further agency needs no Python: a flow, its forms, a role and their translations are all that it brings."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from mediation import clock, releases
from mediation.config import ROOT
from mediation.extensions import command, db
from mediation.models import Agency, Attachment, Case, Draft, Membership, Pool, StoredFile, Task, User
from mediation.vocabulary import shipped_vocabulary
from tests.house import House
from tests.person import Person
from workflows.bundle import read_folder
from workflows.lint import lint

pytestmark = pytest.mark.once

BRIGADE = Path(__file__).parent / "fire_brigade"
WRONG = {"summary": "楼道堆满纸箱", "place": "幸福街 3 号楼", "applicant_name": "", "days": ""}
FOUND = {"summary": "楼道堆满纸箱", "place": "幸福街 3 号楼", "days": "7"}


@pytest.fixture
def release(house: House, tmp_path: Path) -> str:
    """The shipped flows and the brigade's beside them, linted clean and published."""
    folder = tmp_path / "bpmn"
    shutil.copytree(ROOT / "bpmn", folder)
    shutil.copytree(BRIGADE / "forms", folder / "forms", dirs_exist_ok=True)
    shutil.copy(BRIGADE / "fire_check.bpmn", folder)
    for name in ("roles.json", "i18n/en.json"):
        merge(folder / name, BRIGADE / name)
    bundle = read_folder(folder, ROOT / "documents")
    assert [one for one in lint(bundle, shipped_vocabulary()) if "fire" in f"{one.file}{one.element_id}"] == []
    with command():
        return releases.publish(bundle, note="with the fire brigade", by=None).hash


def merge(target: Path, source: Path) -> None:
    whole, part = json.loads(target.read_text("utf-8")), json.loads(source.read_text("utf-8"))
    for key, value in part.items():
        whole[key] = {**whole.get(key, {}), **value}
    target.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")


@pytest.fixture
def officer(app: Flask, house: House, release: str) -> Person:
    """Somebody of the fire brigade, which works for the centre's district."""
    with command():
        centre = house.agencies["centre"].id
        brigade = Agency(key="fire", name="青禾消防救援站", kind="fire", parent_id=centre, active=True)
        user = User(login="fire", name="霍平安", email="fire@qinghe.example", password_hash="!", created_at=clock.now())
        pool = Pool(role="fire_officer", agency=brigade)
        db.session.add_all([brigade, pool, user])
        db.session.flush()
        user.memberships.append(Membership(pool=pool, role="fire_officer"))
    return Person(app, user)


def photo() -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "grey").save(content, "JPEG")
    content.seek(0)
    return content, "楼道.jpg"


def begun() -> Case:
    return db.session.scalars(select(Case).where(Case.root_process == "fire_check")).one()


def test_a_case_of_its_own_is_begun_and_worked_to_its_end(officer: Person) -> None:
    officer.get("/register")
    assert "消防隐患督改" in officer.text()
    officer.get("/register/fire_check")
    officer.submit({**FOUND, "photos": photo()})
    case = begun()
    assert (case.summary, case.place, case.kind, case.status) == ("楼道堆满纸箱", "幸福街 3 号楼", "1399", "accepted")
    assert (case.agency.key, case.origin.key, case.title) == ("centre", "fire", "消防隐患督改：楼道堆满纸箱")
    first = db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "done")).one()
    photographs = db.session.scalars(select(Attachment).where(Attachment.case_id == case.id)).all()
    assert first.answers["photos"] == [str(photographs[0].id)]
    recheck(officer, "there")
    recheck(officer, "gone")
    assert begun().status == "closed"


def recheck(officer: Person, result: str) -> None:
    open_task = db.session.scalars(select(Task).where(Task.case_id == begun().id, Task.status == "open")).one()
    if open_task.claimed_by_id is None:
        officer.post(f"/tasks/{open_task.id}/claim")
    officer.get(f"/tasks/{open_task.id}")
    officer.submit({"result": result})


def test_what_is_wrong_is_told_and_nothing_typed_or_brought_is_lost(officer: Person) -> None:
    officer.get("/register/fire_check")
    officer.submit({**WRONG, "photos": photo()}, status=422)
    assert "楼道.jpg" in officer.text()
    assert officer.page.select_one("#summary").get_text(strip=True) == "楼道堆满纸箱"
    assert db.session.scalar(select(Case.id).where(Case.root_process == "fire_check")) is None
    officer.submit({"days": "5"})
    assert db.session.scalar(select(Attachment.name).where(Attachment.case_id == begun().id)) == "楼道.jpg"
    assert db.session.scalar(select(Draft.id)) is None


def test_who_reported_it_gets_a_receipt_with_codes(officer: Person) -> None:
    officer.get("/register/fire_check")
    officer.submit({**FOUND, "applicant_name": "高翠兰", "applicant_phone": "13900000001"})
    assert "登记回执" in officer.title()
    assert begun().code in officer.text()
    assert [(party.side, party.name, party.phone) for party in begun().parties] == [
        ("applicant", "高翠兰", "13900000001")
    ]


def test_a_draft_waits_until_one_comes_back(officer: Person) -> None:
    officer.get("/register/fire_check")
    officer.submit({"summary": "消火栓没有水"}, button="_save=1")
    assert "消火栓没有水" in officer.text()
    officer.get(officer.page.select_one("main a[href*='draft=']")["href"])
    assert officer.page.select_one("#summary").get_text(strip=True) == "消火栓没有水"


def test_what_is_thrown_away_leaves_nothing_behind(officer: Person) -> None:
    officer.get("/register/fire_check")
    officer.submit({"photos": photo()}, button="_save=1")
    token = officer.page.select_one("main input[name=draft]")["value"]
    officer.post("/register/drop", {"draft": token})
    assert (db.session.scalar(select(Draft.id)), db.session.scalar(select(StoredFile.sha256))) == (None, None)


def test_pressed_twice_it_is_one_case(officer: Person) -> None:
    officer.get("/register/fire_check")
    address = officer.page.select_one("form#form")["action"]
    officer.submit(FOUND)
    officer.post(address, FOUND)
    assert begun().summary == "楼道堆满纸箱"


def test_nobody_else_may_begin_it(release: str, sign_in: Callable[[str], Person]) -> None:
    clerk = sign_in("clerk")
    clerk.get("/register/fire_check", status=404)
    clerk.get("/register")
    assert "消防隐患督改" not in clerk.text()
