"""A renovation without permit, photographed in the grid: dispatched within minutes, stopped, put right, told and assessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mediation import clock
from mediation.extensions import db
from mediation.models import Attachment, Entry, Notice, Task, User
from mediation.supervision.warnings import warn_overdue
from tests.house import House
from tests.journeys.table import Table, driven, photograph

pytestmark = pytest.mark.once

FOUND = {
    "summary": "二楼住户未经许可敲承重墙，工人正在施工。", "place": "青禾区和平小区 5 号楼 202", "kind": "0402", "people": 2,
    "agency_needed": True, "applicant_name": "邱桂香", "applicant_phone": "13800138022",
}  # fmt: skip
STOPPED = "已责令当场停工，敲开的墙体须由物业组织加固。"


@driven
def reported(table: Table) -> None:
    table.joins("grid", "community", "grid_worker")
    for login in ("street", "district", "housing", "property"):
        table.joins(login, login, "liaison")
    table.begins("grid", "grid_report", **FOUND, photos=photograph("敲墙现场.jpg", "brown"))


@pytest.fixture
def table(house: House) -> Table:
    """The grid worker has just sent the photograph."""
    return reported(house)


def photographs(table: Table) -> dict[str, str]:
    """Each file of the case, and who handed it in."""
    db.session.rollback()
    rows = db.session.query(Attachment, User).join(User, User.id == Attachment.uploaded_by_id)
    return {row.name: by.login for row, by in rows.filter(Attachment.case_id == table.case_id)}


def seen(table: Table, action: str) -> list[tuple[str, Any]]:
    """Who did this reading act in the case, and when."""
    db.session.rollback()
    rows = db.session.query(Entry, User).join(User, User.id == Entry.user_id)
    return [(user.login, row.at) for row, user in rows.filter(Entry.chain == table.case_id, Entry.action == action)]


def stop_the_work(table: Table) -> None:
    """The street asks the housing bureau, which stops the work on the spot."""
    table.does("street", "handle", decision="link", agency="housing", told="请住建部门到场制止")
    table.does("dispatcher", "send", decision="send", agency="housing", reason="擅自改动承重结构",
               purpose="到场制止并书面答复", answer_days=5)  # fmt: skip
    table.does("housing", "sign", answer="signed", receipt_number="住建收 31")
    table.does("housing", "answer", settled="no", summary=STOPPED, files=photograph("停工通知张贴.jpg", "red"))


def put_right(table: Table) -> None:
    """The street orders the property company, which proves by photograph what it has done."""
    table.does("street", "handle", decision="rectify", told="请物业组织加固")
    table.does("street", "order", company="property", order="七日内加固墙体，清运渣土", days=7)
    table.does("property", "answer", done="已按方案加固", by="管家明", photos=photograph("加固完成.jpg", "green"))


def test_from_the_photograph_to_the_assessment(table: Table) -> None:
    assert photographs(table) == {"敲墙现场.jpg": "grid"}
    assert table.open_steps() == {"dispatch"}
    table.days_pass(4 / 60 / 24)
    table.does("dispatcher", "dispatch", level="street", days=3)
    stop_the_work(table)
    assert table.open_steps() == {"handle"}
    assert STOPPED in table.opens("street", "handle").text()
    put_right(table)
    table.does("grid", "check", result="accepted", photos=photograph("现场核验.jpg", "blue"))
    table.does("grid", "feedback", satisfied="yes", told="已上门告知邱桂香，施工停止，墙体已加固。")
    table.does("dispatcher", "assess", speed="good", quality="good", points=10)
    assert (table.case.status, table.case.outcome) == ("closed", "settled")
    assert photographs(table) == {
        "敲墙现场.jpg": "grid", "停工通知张贴.jpg": "housing", "加固完成.jpg": "property", "现场核验.jpg": "grid",
    }  # fmt: skip


def test_dispatching_is_due_ten_minutes_after_the_report(table: Table) -> None:
    step = db.session.get_one(Task, table.task_id("dispatch"))
    assert step.due_at - step.entered_at == timedelta(minutes=10)


def test_dispatched_in_four_minutes_nobody_is_urged(table: Table) -> None:
    table.days_pass(4 / 60 / 24)
    table.does("dispatcher", "dispatch", level="street", days=3)
    table.days_pass(1 / 24)
    step = db.session.query(Task).filter_by(case_id=table.case_id, element_id="dispatch").one()
    assert timedelta(minutes=4) <= step.done_at - step.entered_at < timedelta(minutes=10)
    assert warned(table) == set()


def test_after_ten_minutes_without_dispatch_the_dispatcher_is_urged(table: Table) -> None:
    table.days_pass(11 / 60 / 24)
    assert warned(table) == {"dispatcher", "director", "supervisor"}
    assert table.open_steps() == {"dispatch"}


def warned(table: Table) -> set[str]:
    """Who has been told that a step was over time; the scheduler has looked."""
    warn_overdue()
    db.session.rollback()
    rows = db.session.query(Notice).filter_by(case_id=table.case_id).order_by(Notice.id)
    return {row.user.login for row in rows if row.user and row.template == "task-red"}


def test_who_opened_the_photograph_and_when_stands_in_the_journal(table: Table) -> None:
    table.days_pass(3 / 60 / 24)
    at, photo = clock.now(), db.session.query(Attachment).filter_by(case_id=table.case_id).one().id
    dispatcher = table.person("dispatcher")
    dispatcher.get(f"/cases/{table.case_id}/attachments/{photo}/preview")
    dispatcher.get(f"/cases/{table.case_id}/attachments/{photo}")
    assert [(login, moment - at < timedelta(minutes=1)) for login, moment in seen(table, "attachment-downloaded")] == [
        ("dispatcher", True)
    ]
    table.does("dispatcher", "dispatch", level="street", days=3)
    table.opens("street", "handle")
    assert ("street", True) in [(login, moment >= at) for login, moment in seen(table, "task-seen")]


def test_the_property_company_cannot_answer_without_a_photograph(table: Table) -> None:
    table.does("dispatcher", "dispatch", level="street", days=3)
    table.does("street", "handle", decision="rectify", told="请物业组织加固")
    table.does("street", "order", company="property", order="停工并加固", days=7)
    table.does("property", "answer", done="已停工", by="管家明", status=422)
    assert table.open_steps() == {"answer"}
    table.days_pass(8)
    assert "property" in warned(table)


def test_work_that_goes_on_is_reported_back_and_ordered_once_more(table: Table) -> None:
    table.does("dispatcher", "dispatch", level="street", days=3)
    put_right(table)
    table.does("grid", "check", result="again", reason="渣土仍在楼道")
    assert table.open_steps() == {"answer"}
    table.does("property", "answer", done="渣土已清运", by="管家明", photos=photograph("清运后.jpg"))
    table.does("grid", "check", result="accepted")
    assert table.open_steps() == {"feedback"}


def test_a_neighbour_who_does_not_accept_it_is_heard_one_level_up(table: Table) -> None:
    table.does("dispatcher", "dispatch", level="street", days=3)
    put_right(table)
    table.does("grid", "check", result="accepted")
    table.does("grid", "feedback", satisfied="no", told="邱桂香认为墙体未复原")
    assert table.open_steps() == {"handle"}
    assert db.session.get_one(Task, table.task_id("handle")).pool.agency.kind == "district"


@pytest.mark.parametrize("login", ["street", "property"])
def test_whoever_must_act_sees_the_photograph_from_the_grid(table: Table, login: str) -> None:
    photo = db.session.query(Attachment).filter_by(case_id=table.case_id).one().id
    url = f"/cases/{table.case_id}/attachments/{photo}/preview"
    table.person(login).get(url, status=404)
    table.does("dispatcher", "dispatch", level="street", days=3)
    table.does("street", "handle", decision="rectify", told="请物业组织加固")
    table.does("street", "order", company="property", order="停工并加固", days=7)
    table.opens("property", "answer")
    table.person(login).get(url)
    table.person("district").get(url, status=404)


def test_the_grid_worker_sees_the_proof_that_is_to_be_checked(table: Table) -> None:
    table.does("dispatcher", "dispatch", level="street", days=3)
    put_right(table)
    proof = db.session.query(Attachment).filter_by(case_id=table.case_id, name="加固完成.jpg").one().id
    table.opens("grid", "check")
    table.person("grid").get(f"/cases/{table.case_id}/attachments/{proof}/preview")
