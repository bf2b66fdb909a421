"""A risk over HTTP: police and civil affairs answer, victims are protected, nobody is forced into one room, a team stands by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mediation import clock
from mediation.case_view import kept_apart
from mediation.extensions import db
from mediation.models import CrisisMember, Invitation, Paper, Process, Statement
from tests.journeys import steps
from tests.journeys.table import Table
from tests.mediation.risk.conftest import alert, does

CALL = {"station": "幸福派出所", "receiver": "值班民警", "note": ""}
PROTECT = {"told": ["police", "order"], "order": "yes", "safe_contact": "工作日上午打其姐电话 13700137007"}


def protect(table: Table, **more: Any) -> None:
    rows = [{"protected": "yes" if party.name == "王建国" else "no"} for party in table.case.parties]
    table.does("director", "protect", parties=rows, **{**PROTECT, **more})


def meeting(table: Table, separate: str, *, status: int = 200) -> Any:
    starts_at = clock.start_of(clock.today() + timedelta(days=3)) + timedelta(hours=10)
    return table.does("mediator", "invite", status=status, starts_at=starts_at, place="第一调解室", mode="room",
                      separate=separate, open_to_public="no")  # fmt: skip


def test_the_table_raises_the_level_that_the_reporter_saw(table: Table) -> None:
    alert(table, "violence", "weapon")
    assert table.case.risk == "red"
    assert {"tell_police", "measures", "examine"} <= table.open_steps()


def test_the_police_sign_for_the_report_and_give_a_receipt(table: Table) -> None:
    alert(table, "weapon")
    table.does("director", "tell_police", reported_at=clock.now(), **CALL)
    table.does("police", "police_receipt", received_at=clock.now(), receipt_number="接 0921", officer="值班民警",
               measures=["visit"])  # fmt: skip
    assert "police_receipt" not in table.open_steps()


def test_a_child_who_may_be_harmed_is_reported_and_civil_affairs_see_to_a_guardian(table: Table) -> None:
    alert(table, "minor_harmed")
    suspected = {"reported_at": clock.now(), "receipt": "幸福派出所 0922", "guardian": "suspected"}
    table.does("director", "report_minor", status=422, **suspected)
    table.does("director", "report_minor", substitute="外祖母", **suspected)
    table.does("civil", "civil_affairs", received_at=clock.now(), officer="民政专干", care="temporary")
    assert table.open_steps() >= {"tell_police", "measures"}


def test_several_risks_run_beside_each_other(table: Table) -> None:
    alert(table, "weapon")
    alert(table, "domestic_violence", login="director")
    running = db.session.query(Process).filter_by(case_id=table.case_id, key="risk_response", status="running")
    assert running.count() == 2


# --- violence at home --------------------------------------------------------------------------------------------------


def test_contact_data_of_the_victim_is_hidden_and_a_protection_order_opened(table: Table) -> None:
    alert(table, "domestic_violence")
    protect(table)
    assert table.party("王建国").protected
    assert not table.party("李秀兰").protected
    assert "apply" in table.open_steps()
    assert db.session.query(Process).filter_by(case_id=table.case_id, key="protection_order").count() == 1


def test_a_victim_who_is_no_party_keeps_the_sides_apart_too(table: Table) -> None:
    alert(table, "domestic_violence")
    rows = [{"party": str(party.id), "protected": "no"} for party in table.case.parties]
    does(table, "director", "protect", parties=rows, told=["police"], order="no")
    assert kept_apart(table.case)
    assert not any(party.protected for party in table.case.parties)


def test_how_the_victim_is_reached_is_for_the_staff_alone(table: Table, resident: Any) -> None:
    alert(table, "domestic_violence")
    protect(table)
    safe = "13700137007"
    assert safe in table.person("director").get(f"/cases/{table.case_id}/safety").get_text()
    assert safe not in table.person("court").get("/work").get_text()
    assert not any(safe in row.text for row in db.session.query(Statement))
    code, person = steps.new_code(table, "李秀兰"), resident()
    person.get("/see")
    person.submit({"case": table.case.code}, form="main form")
    person.submit({"code": code}, form="main form")
    assert safe not in person.text()


def test_nobody_is_called_into_one_room_and_separate_sessions_are_offered(mediating: Table) -> None:
    alert(mediating, "domestic_violence")
    assert "请选择分别进行" in meeting(mediating, "no", status=422).text()
    meeting(mediating, "yes")
    assert "hold" in mediating.open_steps()


def test_in_separate_sessions_each_side_is_asked_to_come_at_another_hour(mediating: Table) -> None:
    meeting(mediating, "yes")
    hours = {one.party.name: clock.local(one.at).strftime("%H:%M") for one in db.session.query(Invitation)}
    assert hours == {"王建国": "10:00", "李秀兰": "11:00"}
    mediating.renders()
    letters = db.session.query(Paper).filter_by(case_id=mediating.case_id, kind="invitation")
    assert sorted(paper.facts["meeting"]["starts_at"][-5:] for paper in letters) == ["10:00", "11:00"]


def test_a_meeting_that_was_called_before_is_not_held_together(mediating: Table) -> None:
    meeting(mediating, "no")
    alert(mediating, "domestic_violence")
    rows = [{"attended": "yes"} for _ in mediating.case.parties]
    held = {"result": "held", "began_at": clock.now(), "attendance": rows}
    assert "请选择分别进行" in mediating.does("mediator", "hold", status=422, **held).text()
    mediating.does("mediator", "hold", result="postponed", reason="改为分别进行", attendance=rows)
    assert "invite" in mediating.open_steps()


def test_a_protected_party_alone_keeps_the_sides_apart(mediating: Table) -> None:
    db.session.get(type(mediating.case), mediating.case_id).parties[0].protected = True
    db.session.commit()
    assert "请选择分别进行" in meeting(mediating, "no", status=422).text()


# --- the team ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def team(table: Table) -> Table:
    alert(table, "suicide")
    does(table, "director", "measures", measures=["team"])
    members = [
        {"member": "police", "task": "上门查看", "due_on": clock.today(), "until": "yellow"},
        {"member": "mediator2", "task": "劝导家属", "due_on": clock.today(), "until": "blue"},
    ]
    table.does("director", "team", members=members)
    return table


def on_duty(table: Table) -> set[str]:
    db.session.rollback()
    query = db.session.query(CrisisMember).filter_by(case_id=table.case_id, stood_down_at=None)
    return {member.user.login for member in query}


def test_named_members_are_told_and_see_the_case(team: Table) -> None:
    assert on_duty(team) == {"police", "mediator2"}
    assert "上门查看" in team.person("police").get(f"/cases/{team.case_id}/safety").get_text()
    assert "劝导家属" not in team.person("police").text()
    assert "劝导家属" in team.person("director").get(f"/cases/{team.case_id}/safety").get_text()


def test_the_team_stands_down_as_the_level_sinks(team: Table) -> None:
    team.days_pass(2)
    team.does("dispatcher", "review", result="lowered", risk="yellow", note="情绪好转")
    assert on_duty(team) == {"mediator2"}
    team.days_pass(8)
    team.does("dispatcher", "review", result="lifted", risk="blue", note="平稳")
    assert on_duty(team) == set()
    team.days_pass(31)
    team.does("dispatcher", "follow_up", result="quiet", risk="blue", note="平稳")
    assert "follow_up" not in team.open_steps()


def test_who_is_not_of_these_houses_cannot_be_named(table: Table) -> None:
    alert(table, "suicide")
    does(table, "director", "measures", measures=["team"])
    stranger = {"member": "system_admin", "task": "查看", "due_on": clock.today(), "until": "blue"}
    table.does("director", "team", status=422, members=[stranger])
