"""A simulated year finds what goes wrong, and finds nothing wrong with the shipped flows."""

from __future__ import annotations

import re
from datetime import timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from mediation import clock
from mediation.cases import operations as cases
from mediation.commands.simulating import _print_ladder
from mediation.demo.playing import registration
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.models import Task, User, WaitingEvent
from mediation.papers.pieces import parties_of
from mediation.simulation.filling import CannotAnswer, Filler
from mediation.simulation.preparing import prepare
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


def test_what_is_tried_again_is_no_further_round(house: House) -> None:
    with command():
        case = cases.register_dispute(registration(dispute(Random(1))), by=house.users["clerk"]).case
    life = Life(case.id, Random(1), "intake", lambda _task, _known: {"identity_checked": False})
    world = World(clock.now() + timedelta(days=1))
    task = db.session.scalars(select(Task).where(Task.status == "open").order_by(Task.id)).first()
    assert task
    life.planned[task.id] = clock.now()
    tries = []
    world._complete = lambda *told: (tries.append(told[2]), refuse())  # type: ignore[method-assign, func-returns-value]
    world._do(life, task.id)
    assert (len(tries), life.rounds[task.element_id]) == (len(DRAWS), 1)


def refuse() -> None:
    raise AnswersRefused({"field": "not like this"})


def test_a_protection_order_holds_for_months() -> None:
    ruling = Task(bind="", process_key="protection_order", element_id="rule")
    with clock.at(MORNING):
        until = [prepare(ruling, User(), Random(seed))["until"] for seed in range(50)]
        assert timedelta(days=90) <= min(until) - clock.today()
        assert max(until) - clock.today() <= timedelta(days=180)


def test_who_asks_for_protection_is_registered_first(house: House) -> None:
    answers = registration(dispute(Random(1)))
    with command():
        case = cases.register_dispute(answers, by=house.users["clerk"]).case
        for party in case.parties:
            party.withdrawn_at = clock.now()
        asking = Task(bind="", process_key="protection_order", element_id="apply", case=case)
        prepare(asking, house.users["clerk"], Random(1))
    assert [party.side for party in parties_of(case)] == ["applicant"]
