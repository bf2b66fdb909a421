"""A simulated year finds what goes wrong, and finds nothing wrong with the shipped flows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from mediation import clock
from mediation.cases import operations as cases
from mediation.cases.justice_bindings import PASSING, SCORED
from mediation.commands.simulating import _print_ladder
from mediation.demo.playing import registration
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.models import Conflict, Meeting, Task, User, WaitingEvent
from mediation.papers.pieces import parties_of
from mediation.simulation.filling import CannotAnswer, Filler
from mediation.simulation.preparing import PREPARATIONS, prepare
from mediation.simulation.residents import dispute
from mediation.simulation.world import DRAWS, Life, World, office_hour
from mediation.simulation.year import simulate
from tests.house import House
from tests.processes.journey import FRESH_CASE, MORNING, calendar, shipped
from workflows.forms import parse

OFFERED = [("1", "one"), ("2", "two")]


@pytest.mark.parametrize("form_id", sorted(shipped().forms))
def test_every_shipped_form_can_be_filled(form_id: str) -> None:
    form = shipped().forms[form_id]
    lists = {field.options_from: OFFERED for field in form.walk() if field.options_from}
    with clock.at(MORNING):
        answers = Filler(
            form, Random(1), {}, {"case": FRESH_CASE}, lists, calendar(MORNING.date()), photograph=lambda: "1"
        ).fill()
    assert set(answers) <= set(form.keys)


def test_a_form_that_nobody_can_fill_says_where() -> None:
    form = parse(
        b'{"type": "default", "id": "odd", "components": [{"type": "textfield", "key": "plate", "label": "plate",'
        b' "validate": {"required": true, "pattern": "^\\\\d{4}-\\\\d{4}$"}}]}',
        "odd.form",
    )
    with pytest.raises(CannotAnswer) as caught:
        Filler(form, Random(1)).fill()
    assert list(caught.value.errors) == ["plate"]


def test_a_few_weeks_run_through_without_trouble(app: Flask) -> None:
    summary = simulate(12, 5, 30)
    assert summary.troubles == []
    assert (summary.cases, summary.closed) == (12, 12)
    assert list(summary.ladder) == ["grid", "community", "street", "district", "city", ""]
    assert sum(summary.ladder.values()) == summary.by_flow["grid_report"][0] > summary.ladder["grid"] > 0
    assert summary.ladder[""] == 0


def test_the_same_seed_brings_the_same_people() -> None:
    assert dispute(Random(3)).parties == dispute(Random(3)).parties
    assert dispute(Random(3)).parties != dispute(Random(4)).parties


def test_what_stands_still_and_what_was_lost_is_told(house: House) -> None:
    with command():
        case = cases.register_dispute(registration(dispute(Random(1))), by=house.users["clerk"]).case
    life = Life(case.id, Random(1), "intake", lambda _task, _known: None)
    world = World(clock.now() + timedelta(days=1))
    world.judge([life])
    assert world.troubles == []
    with command():
        db.session.execute(update(Task).values(status="cancelled"))
        db.session.execute(delete(WaitingEvent))
    world.judge([life])
    assert [trouble.what for trouble in world.troubles] == ["stuck"]


def test_office_hours_are_kept_unless_the_deadline_is_nearer() -> None:
    night = clock.start_of(MORNING.date()) + timedelta(days=5, hours=22)  # a Saturday
    moved = clock.local(office_hour(night, Random(1), None))
    assert (moved.weekday(), 9 <= moved.hour < 12) == (0, True)
    assert office_hour(night, Random(1), night + timedelta(hours=1)) == night


def test_the_ladder_is_printed_beside_the_figures_it_is_modelled_on(capsys: pytest.CaptureFixture[str]) -> None:
    _print_ladder({"grid": 74, "community": 14, "street": 7, "district": 3, "city": 1, "": 1})
    printed = capsys.readouterr().out
    assert re.search(r"community +14 of +100 reports from the grid +14\.0 %", printed)
    assert re.search(r"here +100 in all, 74 settled in the grid 74\.0 %, 25 escalated 25\.0 %", printed)
    assert re.search(r"source +4011 in all, 2904 settled in the grid 72\.4 %, 986 escalated 24\.6 %", printed)


def _about_to_do(house: House) -> tuple[World, Life, str]:
    """A case whose first step is due now."""
    with command():
        case = cases.register_dispute(registration(dispute(Random(1))), by=house.users["clerk"]).case
    life = Life(case.id, Random(1), "intake", lambda _task, _known: {"identity_checked": False})
    world = World(clock.now() + timedelta(days=1))
    task = db.session.scalars(select(Task).where(Task.status == "open").order_by(Task.id)).first()
    assert task
    life.planned[task.id] = clock.now()
    return world, life, task.id


def test_what_is_tried_again_is_no_further_round(house: House) -> None:
    world, life, task_id = _about_to_do(house)
    tries = []
    world._complete = lambda *told: (tries.append(told[2]), refuse())  # type: ignore[method-assign, func-returns-value]
    world._do(life, task_id)
    assert (len(tries), sum(life.rounds.values())) == (len(DRAWS), 1)
    assert [str(one).split(":")[0] for one in world.troubles] == [f"TROUBLE case {life.case_id} refused"]


def refuse() -> None:
    raise AnswersRefused({"field": "not like this"})


def test_a_protection_order_holds_for_months() -> None:
    ruling = Task(bind="", process_key="protection_order", element_id="rule")
    with clock.at(MORNING):
        until = [prepare(ruling, User(), Random(seed))["until"] for seed in range(50)]
        assert timedelta(days=90) <= min(until) - clock.today()
        assert max(until) - clock.today() <= timedelta(days=180)


def test_each_dispute_has_terms_between_its_two_sides() -> None:
    for seed in range(200):
        for term in dispute(Random(seed)).terms:
            assert term.get("by") != term.get("to") or "by" not in term


def test_who_is_asked_why_a_red_finding_stays_says_it_and_hands_in_again(house: House) -> None:
    row = {"finding": "owes-himself@terms.0", "says": "…", "reason": ""}
    given: list[Mapping[str, Any]] = []
    world, life, task_id = _about_to_do(house)

    def complete(_life: Life, _task: Task, _ordinary: float, asked: Mapping[str, Any]) -> None:
        given.append(asked)
        if not asked:
            raise AnswersRefused({"overrides.0.reason": "why?"}, {"overrides": [row]})

    world._complete = complete  # type: ignore[method-assign, assignment]
    world._do(life, task_id)
    assert world.troubles == []
    assert [one["finding"] for one in given[1]["overrides"]] == ["owes-himself@terms.0"]
    assert given[1]["overrides"][0]["reason"]


def test_mediators_of_the_committee_take_turns(house: House) -> None:
    with command():
        case = cases.register_dispute(registration(dispute(Random(1))), by=house.users["clerk"]).case
        case.committee_id = house.agencies["committee"].id
        db.session.flush()
        appointing = Task(bind="appointment", process_key="peoples_mediation", element_id="appoint", case=case)

        def chosen() -> set[str]:
            return {prepare(appointing, house.users["dispatcher"], Random(seed))["mediator"] for seed in range(20)}

        assert chosen() == {"mediator", "mediator2"}
        tie = Conflict(
            case_id=case.id,
            user=house.users["mediator"],
            reason="…",
            declared_by_id=house.users["mediator"].id,
            declared_at=clock.now(),
        )
        db.session.add(tie)
        db.session.flush()
        assert chosen() == {"mediator2"}


def test_after_violence_was_told_of_the_meeting_is_put_off_and_called_anew(house: House) -> None:
    with command():
        case = cases.register_dispute(registration(dispute(Random(1))), by=house.users["clerk"]).case
        holding = Task(
            bind="attendance", process_key="peoples_mediation", element_id="hold", case_id=case.id, case=case
        )
        db.session.add(
            Meeting(
                case_id=case.id,
                round=1,
                place="…",
                called_by_id=house.users["mediator"].id,
                starts_at=clock.now(),
                facts={"separate": False},
            )
        )
        db.session.flush()
        assert prepare(holding, house.users["mediator"], Random(1)) == {}
        case.domestic_violence = True
        assert prepare(holding, house.users["mediator"], Random(1))["result"] == "postponed"
        db.session.rollback()


@pytest.mark.parametrize("seed", range(20))
def test_a_review_of_a_file_names_the_fault_where_a_part_is_weak(seed: int) -> None:
    reviewing = Task(bind="file-review", process_key="file_review", element_id="score")
    with clock.at(MORNING):
        given = prepare(reviewing, User(), Random(seed))
    weak = [key for key in SCORED if given[key] < PASSING]
    assert (bool(weak), bool(given["findings"])) == (given["grade"] == "correct", given["grade"] == "correct")


def test_what_is_prepared_is_prepared_for_a_step_of_the_shipped_flows() -> None:
    steps = set()
    for process in shipped().processes.values():
        for element in process.elements.values():
            if element.kind == "userTask":
                steps.add(element.properties.get("bind") or f"{process.id}.{element.id}")
    assert set(PREPARATIONS) <= steps


def test_who_reports_that_it_goes_on_names_the_new_dispute(house: House) -> None:
    with command():
        first, second = (
            cases.register_dispute(registration(dispute(Random(seed))), by=house.users["clerk"]).case for seed in (1, 2)
        )
        naming = Task(bind="reopened-new", process_key="reopened_follow_up", element_id="register_new", case_id=first.id)
        assert prepare(naming, house.users["dispatcher"], Random(1)) == {"number": second.code}


@pytest.mark.parametrize(
    ("process", "element", "bind"),
    [("protection_order", "apply", ""), ("appraisal", "commission", ""), ("file_review", "sheet", "subsidy-sheet")],
)
def test_whoever_applies_is_registered_first(house: House, process: str, element: str, bind: str) -> None:
    answers = registration(dispute(Random(1)))
    with command():
        case = cases.register_dispute(answers, by=house.users["clerk"]).case
        for party in case.parties:
            party.withdrawn_at = clock.now()
        asking = Task(bind=bind, process_key=process, element_id=element, case=case)
        prepare(asking, house.users["clerk"], Random(1))
    assert [party.side for party in parties_of(case)] == ["applicant"]
