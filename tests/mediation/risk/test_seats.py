"""Whoever came to the table only for a danger leaves it when the danger is over, and the journal says why."""

from __future__ import annotations

import pytest

from mediation import clock, flow
from mediation.cases import operations as cases
from mediation.extensions import command, db
from mediation.models import Case, Entry, Participation, SealedNote, Task
from tests.house import House
from tests.journeys.table import Table
from tests.mediation.risk.conftest import alert, does
from tests.mediation.risk.test_sealed_notes import address, session

LIFTED = {"result": "lifted", "risk": "blue", "note": "平稳"}


def form_team(table: Table, **until: str) -> None:
    members = [
        {"member": login, "task": "劝导家属", "due_on": clock.today(), "until": level} for login, level in until.items()
    ]
    table.does("director", "team", members=members)


@pytest.fixture
def team(table: Table) -> Table:
    """mediator2 stays until yellow, mediator until blue; neither had anything to do with the case before."""
    alert(table, "suicide")
    does(table, "director", "measures", measures=["team"])
    form_team(table, mediator2="yellow", mediator="blue")
    return table


@pytest.fixture
def read(table: Table) -> Table:
    """mediator2 may open the notes of a session."""
    alert(table, "suicide")
    does(table, "director", "measures", measures=["psychology"])
    session(table, readers=["mediator2"])
    return table


def reaches(table: Table, login: str) -> bool:
    person = table.person(login)
    person.stays()
    return person.client.get(f"/cases/{table.case_id}").status_code == 200


def left(table: Table) -> dict[str, str]:
    """Who left, and why, by the journal."""
    db.session.rollback()
    query = db.session.query(Entry).filter_by(chain=table.case_id, action="table-left").order_by(Entry.ordinal)
    return {entry.subject: entry.details["reason"] for entry in query}


def note_of(table: Table) -> SealedNote:
    return db.session.query(SealedNote).filter_by(case_id=table.case_id).one()


def test_a_member_leaves_when_the_level_is_down_to_what_was_agreed(team: Table, house: House) -> None:
    assert reaches(team, "mediator2")
    team.days_pass(2)
    team.does("dispatcher", "review", result="lowered", risk="yellow", note="情绪好转")
    assert (reaches(team, "mediator2"), reaches(team, "mediator")) == (False, True)
    assert left(team) == {f"user:{house.users['mediator2'].id}": "risk-lower"}


def test_who_is_at_the_table_for_another_reason_stays(team: Table, house: House) -> None:
    with command():
        db.session.get_one(Case, team.case_id).mediator_id = house.users["mediator2"].id
    team.days_pass(2)
    team.does("dispatcher", "review", **LIFTED)
    assert (reaches(team, "mediator2"), reaches(team, "mediator")) == (True, False)


def test_who_sat_there_before_the_danger_stays(table: Table, house: House) -> None:
    with command():
        db.session.add(Participation(
            case_id=table.case_id, pool_id=house.users["mediator2"].pool_ids[0], user_id=house.users["mediator2"].id,
            since_at=clock.now(),
        ))  # fmt: skip
    table.days_pass(1)
    alert(table, "suicide")
    does(table, "director", "measures", measures=["team"])
    form_team(table, mediator2="yellow")
    table.days_pass(2)
    table.does("dispatcher", "review", **LIFTED)
    assert reaches(table, "mediator2")


def test_a_member_of_two_teams_stays_for_the_other(team: Table) -> None:
    alert(team, "weapon", login="director")
    does(team, "director", "measures", measures=["team"])
    form_team(team, mediator2="blue")
    team.days_pass(2)
    does(team, "dispatcher", "review", result="lowered", risk="yellow", note="情绪好转")
    assert reaches(team, "mediator2")


def test_the_team_leaves_a_case_that_is_voided(team: Table, house: House) -> None:
    with command():
        cases.void_case(db.session.get_one(Case, team.case_id), "重复登记", by=house.users["director"])
    assert not reaches(team, "mediator")
    assert set(left(team).values()) == {"risk-over"}


def test_whom_the_team_does_not_name_again_leaves(table: Table, house: House) -> None:
    alert(table, "suicide")
    does(table, "director", "measures", measures=["team", "psychology"])
    form_team(table, mediator2="yellow", mediator="blue")
    with command():
        task = db.session.query(Task).filter_by(case_id=table.case_id, element_id="team").one()
        flow.take_back(task, by=house.users["director"])
    form_team(table, mediator="blue")
    assert (reaches(table, "mediator2"), reaches(table, "mediator")) == (False, True)


def test_a_reader_leaves_with_the_danger_and_the_note_stays_sealed(read: Table, house: House) -> None:
    page = address(read, note_of(read))
    read.person("mediator2").get(page)
    read.days_pass(2)
    read.does("dispatcher", "review", **LIFTED)
    read.person("mediator2").get(page, status=404)
    read.person("counsellor").get(page)
    assert left(read) == {f"user:{house.users['mediator2'].id}": "risk-lower"}


def test_a_reader_who_is_named_no_more_leaves(read: Table) -> None:
    page = address(read, note_of(read))
    read.person("counsellor").get(page)
    read.person("counsellor").post(page + "/readers", {})
    assert not reaches(read, "mediator2")
    assert set(left(read).values()) == {"not-named"}


def test_once_the_danger_is_over_nobody_new_is_named(read: Table) -> None:
    page = address(read, note_of(read))
    read.days_pass(2)
    read.does("dispatcher", "review", **LIFTED)
    read.days_pass(31)
    read.does("dispatcher", "follow_up", result="quiet", risk="blue", note="平稳")
    author = read.person("counsellor")
    assert "mediator" not in {box["value"] for box in author.get(page).select("[name=readers]")}
    author.post(page + "/readers", {"readers": ["mediator"]}, status=422)
    author.post(page + "/readers", {"readers": ["mediator2"]})
    assert not reaches(read, "mediator2")
