"""Clocks of a case: they pause, resume and are extended by their rules, and what is drawn with them follows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from mediation import clock, clocks, flow
from mediation.case_view import CaseView
from mediation.cases import clock_words
from mediation.cases.clocks import start_clock
from mediation.clocks import Asked, ClockRefused
from mediation.effects import EFFECTS, AnswersRefused, Occasion
from mediation.extensions import command, db
from mediation.functions import feel_functions
from mediation.models import Case, Deadline, Process, Task, WaitingEvent
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import register
from workflows.model import EngineError


@pytest.fixture
@kept
def case(house: House) -> Case:
    return register(house).case


def cause(case: Case, name: str, *, task: Task | None = None, **arguments: Any) -> None:
    """A flow of the case causes the effect."""
    process = db.session.scalars(select(Process).where(Process.case_id == case.id)).first()
    assert process is not None
    with command():
        EFFECTS[name].run(Occasion(case, process, "step", None, task), **arguments)


def due_of(case: Case, name: str = "medical") -> date | datetime | None:
    return clocks.due(case, name)


def later(**span: float) -> None:
    clock.set_clock(clock.now() + timedelta(**span))


def test_a_pause_leaves_its_working_days_out(case: Case) -> None:
    cause(case, "start-clock", clock="medical")
    first = due_of(case)
    cause(case, "pause-clock", clock="mediation", reason="鉴定", evidence="委托书 3 号")
    assert due_of(case) is None
    later(days=7)
    cause(case, "resume-clock", clock="medical", evidence="意见书 9 号")
    assert due_of(case) == first + timedelta(days=7)
    cause(case, "pause-clock", clock="medical", reason="补充鉴定")
    later(days=2)
    cause(case, "resume-clock", clock="medical")
    assert feel_functions(case)["clock_left"]("medical") == 30


def test_what_is_left_stays_while_a_clock_stands_still(case: Case) -> None:
    cause(case, "start-clock", clock="court-before-filing")
    cause(case, "pause-clock", clock="court-before-filing", reason="鉴定")
    later(days=12)
    assert clocks.left(case, "court-before-filing") == 30
    assert CaseView(case)["mediation_due"] is None


def test_a_clock_without_a_rule_of_its_own_neither_pauses_nor_grows(case: Case) -> None:
    cause(case, "start-clock", clock="labour")
    with pytest.raises(EngineError, match="no-pause"):
        cause(case, "pause-clock", clock="labour", reason="鉴定")
    with pytest.raises(EngineError, match="no-extension"):
        cause(case, "extend-clock", clock="labour", days=10, agreed=2)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("medical", {"days": 10, "agreed": 1}, "consent"),
    ("medical", {"agreed": 2}, "how-long"),
    ("medical", {"until": "2026-11-24", "agreed": 2}, "not-later"),
    ("petition-decision", {"days": 30}, "authority"),
    ("petition-decision", {"days": 40, "authority": "局长"}, "too-long"),
]


@pytest.mark.parametrize(("name", "asked", "code"), REFUSED)
def test_more_time_is_refused_without_what_the_law_wants(
    case: Case, name: str, asked: dict[str, Any], code: str
) -> None:
    cause(case, "start-clock", clock=name)
    before = due_of(case, name)
    with pytest.raises(EngineError, match=code):
        cause(case, "extend-clock", clock=name, **asked)
    db.session.expire_all()
    assert due_of(case, name) == before


def test_more_time_by_an_authority_is_given_once(case: Case) -> None:
    cause(case, "start-clock", clock="petition-decision")
    first = due_of(case, "petition-decision")
    cause(case, "extend-clock", clock="petition-decision", authority="分管局长", reason="情况复杂")
    assert due_of(case, "petition-decision") >= first + timedelta(days=30)
    with pytest.raises(EngineError, match="extended-before"):
        cause(case, "extend-clock", clock="petition-decision", authority="分管局长")


def test_a_step_that_asks_for_too_much_gets_a_sentence(case: Case) -> None:
    cause(case, "start-clock", clock="medical")
    task = db.session.scalars(select(Task).where(Task.case_id == case.id)).first()
    with pytest.raises(AnswersRefused, match="医疗纠纷调解期限"):
        cause(case, "extend-clock", task=task, clock="medical", days=10, agreed=1)


def test_why_it_stands_still_is_told_in_the_language_of_the_page(case: Case, app: Flask) -> None:
    cause(case, "start-clock", clock="medical")
    cause(case, "pause-clock", clock="medical", reason="委托鉴定、评估")
    row = db.session.scalars(select(Deadline)).one()
    with app.test_request_context(), force_locale("en"):
        assert "an appraisal was commissioned" in " ".join(clock_words.steps(row, case.release_hash))


def test_what_a_flow_says_of_more_time_and_of_evidence_is_told_in_the_language_of_the_page(case: Case, app: Flask) -> None:
    cause(case, "start-clock", clock="petition-decision")
    authority = "办理机关负责人批准（信访工作条例第三十四条）"
    cause(case, "extend-clock", clock="petition-decision", authority=authority, reason="案情重大、复杂")
    cause(case, "start-clock", clock="medical")
    cause(case, "pause-clock", clock="medical", reason="鉴定时间不计入调解期限")
    cause(case, "resume-clock", clock="medical", evidence="鉴定意见书")
    rows = db.session.scalars(select(Deadline)).all()
    with app.test_request_context(), force_locale("en"):
        told = " ".join(step for row in rows for step in clock_words.steps(row, case.release_hash))
    assert all(words in told for words in ("head of the agency", "grave or complex", "the appraisal opinion")), told


def test_who_agreed_when_is_kept_and_told(case: Case) -> None:
    cause(case, "start-clock", clock="medical")
    cause(case, "extend-clock", clock="medical", days=10, agreed=["张三", "李四"], reason="等鉴定")
    row = db.session.scalars(select(Deadline)).one()
    assert [entry["name"] for entry in row.extensions[0].consents] == ["张三", "李四"]
    told = " ".join(clock_words.steps(row, case.release_hash))
    assert "张三" in told
    assert "等鉴定" in told


def test_a_protection_order_counts_hours_from_the_moment(case: Case) -> None:
    cause(case, "start-clock", clock="protection-order-urgent")
    moment = due_of(case, "protection-order-urgent")
    assert isinstance(moment, datetime)
    row = db.session.scalars(select(Deadline)).one()
    assert row.due_at - row.started_at == timedelta(hours=24)


def test_started_again_a_clock_forgets_pauses_and_extensions(case: Case) -> None:
    cause(case, "start-clock", clock="medical")
    cause(case, "extend-clock", clock="medical", days=10, agreed=2)
    cause(case, "pause-clock", clock="medical", reason="鉴定")
    later(days=1)
    again = start_clock(case, "medical")
    db.session.commit()
    assert (again.status, again.pauses) == ("running", [])
    assert due_of(case) == feel_functions(case)["clock"]("medical")


def test_a_stopped_clock_says_whether_it_was_in_time(case: Case) -> None:
    cause(case, "start-clock", clock="labour")
    cause(case, "stop-clock", clock="labour")
    cause(case, "start-clock", clock="traffic-notice")
    later(days=20)
    cause(case, "stop-clock", clock="traffic-notice")
    rows = db.session.scalars(select(Deadline).order_by(Deadline.id))
    assert [(row.clock, row.status) for row in rows] == [("labour", "met"), ("traffic-notice", "passed")]


def month_over(case: Case) -> WaitingEvent:
    query = select(WaitingEvent).where(WaitingEvent.case_id == case.id, WaitingEvent.element_id == "month_over")
    return db.session.scalars(query).one()


def test_the_flow_follows_its_clock_through_pause_and_extension(house: House, case: Case) -> None:
    with command():
        flow.start(case, "peoples_mediation", {}, by=house.users["clerk"])
    assert month_over(case).due_at is None
    cause(case, "start-clock", clock="medical")
    row = db.session.scalars(select(Deadline)).one()
    assert month_over(case).due_at == row.due_at
    cause(case, "pause-clock", clock="medical", reason="鉴定")
    assert month_over(case).due_at is None
    later(days=3)
    cause(case, "resume-clock", clock="medical")
    cause(case, "extend-clock", clock="medical", days=5, agreed=2)
    assert month_over(case).due_at == row.due_at


def undone(case: Case, task: Task) -> None:
    with command():
        assert clocks.take_back(case, task.id)
        flow.follow_clocks(case, by=None)
        assert not clocks.take_back(case, task.id)


CHANGES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "a pause": [("pause-clock", {"reason": "鉴定"})],
    "the end of a pause": [("resume-clock", {})],
    "more time": [("extend-clock", {"days": 5, "agreed": 2})],
    "its end": [("stop-clock", {})],
    "all at once": [("pause-clock", {"reason": "鉴定"}), ("resume-clock", {}), ("extend-clock", {"days": 5, "agreed": 2}),
                    ("stop-clock", {})],
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_step_taken_back_takes_back_what_it_did_to_a_clock(house: House, case: Case, what: str) -> None:
    with command():
        flow.start(case, "peoples_mediation", {}, by=house.users["clerk"])
    cause(case, "start-clock", clock="medical")
    if what == "the end of a pause":
        cause(case, "pause-clock", clock="medical", reason="鉴定")
    row, step = db.session.scalars(select(Deadline)).one(), case_step(case)
    before = (row.due_at, row.status, row.stopped_at, month_over(case).due_at, case.extensions)
    for name, arguments in CHANGES[what]:
        cause(case, name, task=step, clock="medical", **arguments)
    assert (row.due_at, row.status, row.stopped_at, month_over(case).due_at, case.extensions) != before
    undone(case, step)
    assert (row.due_at, row.status, row.stopped_at, month_over(case).due_at, case.extensions) == before


def test_a_clock_that_a_step_started_ends_with_it_and_begins_anew_when_it_is_done_again(case: Case) -> None:
    step = case_step(case)
    cause(case, "start-clock", task=step, clock="medical")
    undone(case, step)
    assert due_of(case) is None
    assert db.session.scalars(select(Deadline.status)).all() == ["stopped"]
    cause(case, "start-clock", task=step, clock="medical")
    assert due_of(case) is not None


def case_step(case: Case) -> Task:
    return db.session.scalars(select(Task).where(Task.case_id == case.id).order_by(Task.entered_at, Task.id)).first()  # type: ignore[return-value]


def test_nothing_is_extended_that_does_not_run(case: Case) -> None:
    with pytest.raises(EngineError, match="none-runs"):
        cause(case, "extend-clock", clock="medical", days=5, agreed=2)
    row = start_clock(case, "medical")
    with pytest.raises(ClockRefused, match="not-paused"):
        clocks.resume(row, by=None)
    assert clocks.changes_of(case, "medical").consent == "both"
    with pytest.raises(ClockRefused):
        clocks.check_extension(row, clocks.changes_of(case, "labour"), Asked(length=3))
