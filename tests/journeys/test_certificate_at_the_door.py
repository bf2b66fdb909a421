"""A pregnant woman's certificate: one window through the community's agent, one supplement at most, brought to her door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mediation import clock
from mediation.extensions import db
from mediation.models import Attachment, Deadline, Task
from tests.house import House
from tests.journeys.table import Table, driven, photograph

pytestmark = pytest.mark.once

ASKED = {
    "matter": "birth_registration", "applicant_name": "萨仁", "applicant_phone": "13800138033",
    "applicant_address": "青禾区和平小区 2 号楼 501", "summary": "怀孕七个月，行动不便，申请生育登记。", "delivery": "door",
}  # fmt: skip
ABOLISHED = {"income_by_committee", "no_house_by_committee", "alive_by_committee", "relation_by_committee"}


@driven
def asked(table: Table) -> None:
    table.joins("agent", "community", "agent")
    table.joins("grid", "community", "grid_worker")
    table.joins("health", "health", "liaison")
    table.begins("agent", "service_matter", **ASKED, photos=photograph("身份证.jpg"))


@pytest.fixture
def table(house: House) -> Table:
    return asked(house)


def accept(table: Table) -> None:
    table.does("clerk", "proofs", proofs=["id_card", "marriage_or_statement"], decision="complete")


def bring_it(table: Table) -> None:
    table.does("grid", "deliver", received_by="萨仁", relation="本人", photos=photograph("送达签收.jpg"))


def test_from_the_agent_to_the_door_in_one_go(table: Table) -> None:
    assert [party.name for party in table.case.parties] == ["萨仁"]
    accept(table)
    assert table.case.status == "accepted"
    table.does("health", "handle", result="granted", document="青卫生育登记 2026-77")
    assert table.open_steps() == {"deliver"}
    bring_it(table)
    table.does("agent", "evaluate", evaluation="very")
    assert (table.case.status, table.case.outcome) == ("closed", "granted")
    assert steps_done(table) == {"hand_in": 1, "proofs": 1, "handle": 1, "deliver": 1, "evaluate": 1}


def steps_done(table: Table) -> dict[str, int]:
    db.session.rollback()
    done: dict[str, int] = {}
    for step in db.session.query(Task).filter_by(case_id=table.case_id, status="done"):
        done[step.element_id] = done.get(step.element_id, 0) + 1
    return done


def test_she_is_asked_for_two_papers_and_for_none_that_was_abolished(table: Table) -> None:
    page = table.opens("clerk", "proofs").page
    offered = {str(box["value"]) for box in page.select("input[name=proofs]")}
    assert offered == {"id_card", "marriage_or_statement"}
    assert not offered & ABOLISHED


def test_an_abolished_proof_that_is_sent_all_the_same_is_refused(table: Table) -> None:
    clerk = table.opens("clerk", "proofs")
    clerk.submit({"proofs": ["id_card", "relation_by_committee"], "decision": "complete"}, status=422)
    assert table.open_steps() == {"proofs"}


def test_what_is_missing_is_asked_for_once_and_never_again(table: Table) -> None:
    table.does("clerk", "proofs", proofs=["id_card"], decision="supplement", reason="请补结婚证或者情况说明")
    assert "请补结婚证或者情况说明" in table.opens("agent", "supplement").text()
    table.does("agent", "supplement", brought="brought", photos=photograph("情况说明.jpg"))
    page = table.opens("clerk", "proofs_again").page
    assert {str(box["value"]) for box in page.select("input[name=decision]")} == {"complete", "refuse"}
    table.does("clerk", "proofs_again", proofs=["id_card", "marriage_or_statement"], decision="complete")
    assert table.open_steps() == {"handle"}


def test_the_department_has_one_working_day_and_keeps_it(table: Table) -> None:
    accept(table)
    clock_of = db.session.query(Deadline).filter_by(case_id=table.case_id, clock="service-matter").one()
    step = db.session.get_one(Task, table.task_id("handle"))
    assert clock_of.status == "running"
    assert step.due_at == clock_of.due_at
    table.days_pass(1 / 24)
    table.does("health", "handle", result="granted")
    assert db.session.query(Deadline).filter_by(case_id=table.case_id).one().status != "running"


def test_nothing_counts_as_brought_without_a_picture_of_the_receipt(table: Table) -> None:
    accept(table)
    table.does("health", "handle", result="granted")
    table.does("grid", "deliver", received_by="萨仁", status=422)
    assert table.open_steps() == {"deliver"}
    assert db.session.get_one(Task, table.task_id("deliver")).due_at > clock.now() + timedelta(days=1)
    bring_it(table)
    names = {row.name for row in db.session.query(Attachment).filter_by(case_id=table.case_id)}
    assert names == {"身份证.jpg", "送达签收.jpg"}


def test_a_bad_mark_is_made_good_before_the_matter_is_closed(table: Table) -> None:
    accept(table)
    table.does("health", "handle", result="granted")
    bring_it(table)
    table.does("agent", "evaluate", evaluation="no", told="登记信息有错字")
    assert table.open_steps() == {"make_good"}
    assert table.case.closed_at is None
