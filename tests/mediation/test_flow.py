"""The hinge: what a command does to tables and state, and what it leaves alone when it cannot be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mediation import clock, flow, scheduler
from mediation.cases import operations as cases
from mediation.demo.playing import Player, registration
from mediation.demo.stories import STORIES, Story
from mediation.extensions import command, db
from mediation.models import (
    Case,
    Draft,
    Entry,
    InboxMessage,
    Incident,
    Participation,
    Process,
    Task,
    User,
    WaitingEvent,
)
from mediation.releases import definition_of
from workflows.model import EngineError

LEAK = next(story for story in STORIES if story.title.startswith("王桂芳"))


def user(login: str) -> User:
    return db.session.scalars(select(User).where(User.login == login)).one()


def play(story: Story, until_days: float = 60) -> int:
    """Play a story from this morning on, as the demonstration centre does; the people are those of the house."""
    begin = clock.now()
    case_id = Player(story, {}, begin + timedelta(days=until_days), begin).play()
    return case_id


@pytest.fixture
def case_id(house: Any) -> int:
    with command():
        return cases.register_dispute(registration(LEAK), by=user("clerk")).case.id


def open_task(case_id: int, element: str | None = None) -> Task:
    query = select(Task).where(Task.case_id == case_id, Task.status == "open")
    return db.session.scalars(query.where(Task.element_id == element) if element else query).one()


def claim(task: Task, login: str) -> None:
    with command():
        held = db.session.get_one(Task, task.id)
        held.claimed_by_id, held.claimed_at = user(login).id, clock.now()


def examine(case_id: int, **more: Any) -> flow.Step:
    task = open_task(case_id, "examine")
    claim(task, "clerk")
    answers = {
        "materials_complete": "yes",
        "identity_checked": True,
        "exclusion": "none",
        "conclusion": "admit",
        **more,
    }
    with command():
        return flow.complete(db.session.get_one(Task, task.id), answers, by=user("clerk"))


def test_completing_a_task_mirrors_state_tasks_and_journal(case_id: int) -> None:
    before = db.session.scalars(select(Process)).one().revision
    step = examine(case_id)
    assert [task.element_id for task in step.opened] == ["confirm_triage"]
    process = db.session.scalars(select(Process)).one()
    assert process.revision == before + 1
    done = db.session.scalars(select(Task).where(Task.element_id == "examine")).one()
    assert (done.status, done.done_by_id) == ("done", user("clerk").id)
    assert done.answers["conclusion"] == "admit"
    entry = db.session.scalars(select(Entry).where(Entry.action == "task-completed").order_by(Entry.id.desc())).first()
    assert ["intake", "examine", "completed"] in entry.details["path"]


def test_whoever_does_not_hold_a_task_cannot_complete_it(case_id: int) -> None:
    with pytest.raises(flow.TaskGone):
        complete_as(open_task(case_id), "dispatcher", {})
    assert open_task(case_id).element_id == "examine"


def complete_as(task: Task, login: str, answers: dict[str, Any]) -> None:
    with command():
        flow.complete(db.session.get_one(Task, task.id), answers, by=user(login))


def test_a_task_is_completed_once(case_id: int) -> None:
    task = open_task(case_id)
    examine(case_id)
    with pytest.raises(flow.TaskGone):
        complete_as(task, "clerk", {"conclusion": "refuse"})


def test_a_step_is_taken_back_while_nobody_has_touched_the_next(case_id: int) -> None:
    examine(case_id)
    done = db.session.scalars(select(Task).where(Task.element_id == "examine")).one()
    with command():
        flow.take_back(db.session.get_one(Task, done.id), by=user("clerk"))
    again = open_task(case_id)
    assert (again.id, again.element_id, again.claimed_by_id) == (done.id, "examine", user("clerk").id)
    examine(case_id, conclusion="refuse", exclusion="decided", reason="已判决")
    assert open_task(case_id).element_id == "decide_refusal"


def test_a_step_is_not_taken_back_once_the_next_is_claimed(case_id: int) -> None:
    examine(case_id)
    claim(open_task(case_id), "dispatcher")
    done = db.session.scalars(select(Task).where(Task.element_id == "examine")).one()
    with pytest.raises(flow.CannotUndo, match="next-step-touched"):
        take_back(done.id)
    assert open_task(case_id).element_id == "confirm_triage"


@pytest.mark.parametrize("begun", [False, True])
def test_a_step_that_the_flow_gave_to_somebody_is_begun_with_a_draft(case_id: int, begun: bool) -> None:
    examine(case_id)
    done = db.session.scalars(select(Task).where(Task.element_id == "examine")).one()
    with command():
        given = open_task(case_id)
        given.claimed_by_id = user("mediator").id
        if begun:
            subject = f"task:{given.id}"
            db.session.add(Draft(user_id=user("mediator").id, subject=subject, answers={}, saved_at=clock.now()))
    assert flow.touched_since(done, user("clerk")) is begun


def take_back(task_id: str) -> None:
    with command():
        flow.take_back(db.session.get_one(Task, task_id), by=user("clerk"))


def test_who_holds_the_next_step_sends_the_case_back_with_a_reason(case_id: int) -> None:
    examine(case_id)
    task = open_task(case_id)
    claim(task, "dispatcher")
    with command():
        flow.send_back(db.session.get_one(Task, task.id), "身份证明看不清", by=user("dispatcher"))
    again = open_task(case_id)
    assert (again.element_id, again.returned_note) == ("examine", "身份证明看不清")


def test_a_draft_goes_with_the_task_it_belongs_to(case_id: int) -> None:
    with command():
        subject = f"task:{open_task(case_id).id}"
        db.session.add(Draft(user_id=user("clerk").id, subject=subject, answers={"reason": "x"}, saved_at=clock.now()))
    examine(case_id)
    assert db.session.scalars(select(Draft)).all() == []


def test_a_message_nobody_waits_for_is_kept_until_somebody_does(house: Any) -> None:
    story = next(one for one in STORIES if "supplement" in one.stop)
    with command():
        case_id = cases.register_dispute(registration(story), by=user("clerk")).case.id
        assert not flow.send_message(db.session.get_one(Case, case_id), "papers-supplied", {})
    examine(case_id, conclusion="supplement", materials_complete="no", missing=["evidence"], reason="缺合同")
    message = db.session.scalars(select(InboxMessage)).one()
    assert message.delivered_at is not None
    assert open_task(case_id).element_id != "supplement"


def test_the_same_message_twice_is_one_message(case_id: int) -> None:
    with command():
        flow.send_message(db.session.get_one(Case, case_id), "papers-supplied", {}, sender_key="k1")
        flow.send_message(db.session.get_one(Case, case_id), "papers-supplied", {}, sender_key="k1")
    assert len(db.session.scalars(select(InboxMessage)).all()) == 1


def test_a_timer_acts_once_however_often_it_is_fired(house: Any) -> None:
    story = next(one for one in STORIES if one.title.startswith("民间借贷"))
    case_id = play(story, until_days=3)
    clock.set_clock(clock.now() + timedelta(days=6))
    assert scheduler.sweep_timers() >= 1
    assert scheduler.sweep_timers() == 0
    chased = select(Entry).where(Entry.chain == case_id, Entry.action == "timer-fired")
    assert len(db.session.scalars(chased).all()) >= 1


def test_a_timer_that_cannot_fire_is_set_aside_as_an_incident_and_the_sweep_goes_on(
    house: Any, monkeypatch: Any
) -> None:
    story = next(one for one in STORIES if one.title.startswith("民间借贷"))
    case_id = play(story, until_days=3)

    def broken(*_: Any) -> None:
        raise EngineError("condition-not-boolean", "neither true nor false", "gateway")

    clock.set_clock(clock.now() + timedelta(days=6))
    monkeypatch.setattr("mediation.flow.runtime.tick", broken)
    assert scheduler.sweep_timers() == 0
    incident = db.session.scalars(select(Incident)).one()
    assert (incident.case_id, incident.code) == (case_id, "condition-not-boolean")
    failed = select(WaitingEvent).where(WaitingEvent.failed_at.is_not(None))
    assert db.session.scalars(failed).first() is not None


def test_a_step_that_fails_leaves_everything_as_it_was(case_id: int, monkeypatch: Any) -> None:
    def broken(*_: Any) -> None:
        raise EngineError("no-flow", "no flow leads on", "gateway")

    state = db.session.scalars(select(Process.state)).one()
    monkeypatch.setattr("mediation.flow.runtime.complete", broken)
    with pytest.raises(EngineError):
        examine(case_id)
    assert db.session.scalars(select(Process.state)).one() == state
    assert open_task(case_id).element_id == "examine"
    assert db.session.get_one(Case, case_id).status == "registered"


def test_voiding_ends_every_process_where_it_stands(case_id: int) -> None:
    with command():
        cases.void_case(db.session.get_one(Case, case_id), "登记错误", by=user("dispatcher"))
    assert {process.status for process in db.session.scalars(select(Process))} == {"cancelled"}
    assert db.session.scalars(select(Task).where(Task.status == "open")).all() == []
    assert db.session.scalars(select(WaitingEvent)).all() == []


def test_a_case_moves_to_a_release_with_the_same_shape_and_keeps_its_task(case_id: int, house: Any) -> None:
    from mediation import releases
    from workflows.model import Bundle

    files = dict(releases.shipped_bundle().files)
    files["intake.bpmn"] = files["intake.bpmn"].replace("审查材料与受理条件".encode(), "审查受理".encode())
    with command():
        newer = releases.publish(Bundle(files), note="renamed", by=None).hash
    process, before = db.session.scalars(select(Process)).one(), open_task(case_id)
    assert flow.plan_move(process, newer) == []
    with command():
        flow.move(db.session.get_one(Process, process.id), newer, by=user("flow_admin"))
    assert (open_task(case_id).id, db.session.scalars(select(Process)).one().release_hash) == (before.id, newer)
    examine(case_id)
    assert open_task(case_id).element_id == "confirm_triage"


def test_a_mediator_takes_part_only_from_the_task_on_that_is_given_to_him(case_id: int) -> None:
    def takes_part(login: str) -> bool:
        query = select(Participation).where(Participation.case_id == case_id, Participation.user_id == user(login).id)
        return db.session.scalar(query) is not None

    assert not takes_part("mediator")
    examine(case_id)
    task = open_task(case_id)
    claim(task, "dispatcher")
    triage = {
        "decision": "accept",
        "kind": "0201",
        "statistics_kind": "neighbour",
        "level": "simple",
        "risk": "blue",
        "route": "peoples_mediation",
        "deadline_days": 7,
        "committee": "committee",
        "suggestion": "overridden",
        "reason": "x",
    }
    with command():
        flow.complete(db.session.get_one(Task, task.id), triage, by=user("dispatcher"))
    claim(open_task(case_id, "appoint"), "dispatcher")
    with command():
        appoint = {"mediator": "mediator", "chosen_by": "committee", "conflict": "none"}
        flow.complete(db.session.get_one(Task, open_task(case_id, "appoint").id), appoint, by=user("dispatcher"))
    assert takes_part("mediator")
    assert open_task(case_id, "consent").claimed_by_id == user("mediator").id


def test_the_shipped_release_compiles_and_names_every_effect_and_binding(house: Any) -> None:
    from mediation.effects import BINDINGS, EFFECTS

    definition = definition_of(house.release)
    elements = [element for process in definition.processes.values() for element in process.elements.values()]
    assert {element.task_type for element in elements if element.task_type} <= set(EFFECTS)
    assert {bind for element in elements if (bind := element.properties.get("bind"))} <= set(BINDINGS)
