"""Flows beside a case: who is offered which and when, what opening one does, and that pressing twice opens one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from mediation import access, clock
from mediation.case_view import CaseView
from mediation.cases import beside
from mediation.cases.operations import Refused
from mediation.extensions import command, db
from mediation.models import Case, Paper, Process
from mediation.releases import definition_of
from mediation.roles import role_keys
from tests.house import House, join
from tests.kept import kept
from tests.mediation.cases.disputes import register


@pytest.fixture
@kept
def case(house: House) -> Case:
    return register(house).case


@pytest.mark.parametrize(
    ("properties", "login", "closed", "offered"),
    [
        ({"beside": "yes"}, "clerk", False, True),
        ({"beside": "yes"}, "supervisor", False, False),
        ({"beside": "yes", "opens": "supervisor, director"}, "supervisor", False, True),
        ({"beside": "yes", "opens": "supervisor"}, "clerk", False, False),
        ({"beside": "yes"}, "clerk", True, False),
        ({"beside": "yes", "when": "closed"}, "clerk", True, True),
        ({"beside": "yes", "when": "closed"}, "clerk", False, False),
        ({"beside": "yes", "when": "any"}, "clerk", True, True),
        ({"beside": "yes", "if": "=case.parties >= 2"}, "clerk", False, True),
        ({"beside": "yes", "if": "=case.parties > 2"}, "clerk", False, False),
        ({"beside": "yes", "if": '=case.agreement.status = "effective"'}, "clerk", False, False),
        ({}, "clerk", False, False),
    ],
)
def test_a_flow_says_to_whom_and_when_it_is_offered(
    house: House, case: Case, properties: dict[str, str], login: str, closed: bool, offered: bool
) -> None:
    process = replace(definition_of(case.release_hash).processes["legal_aid"], properties=properties)
    case.closed_at = clock.now() if closed else None
    assert beside.may_open(process, case, house.users[login], CaseView(case)) is offered


def test_a_voided_case_is_offered_nothing(house: House, case: Case) -> None:
    case.voided_at = clock.now()
    assert beside.offered(case, house.users["director"]) == []


def test_whoever_opens_a_flow_holds_its_first_step_once(house: House, case: Case) -> None:
    with command():
        first = beside.open_beside(case, "legal_aid", by=house.users["dispatcher"])
        again = beside.open_beside(case, "legal_aid", by=house.users["dispatcher"])
    assert first.id == again.id
    assert first.claimed_by.login == "dispatcher"
    running = select(func.count()).select_from(Process).where(Process.case_id == case.id, Process.key == "legal_aid")
    assert db.session.scalar(running) == 1


@pytest.mark.parametrize("key", ["intake", "file_review", "no_such_flow"])
def test_what_is_not_offered_is_not_opened(house: House, case: Case, key: str) -> None:
    with pytest.raises(Refused), command():
        beside.open_beside(case, key, by=house.users["clerk"])


def test_the_menu_of_a_case_opens_the_flow_and_its_first_step(house: House, case: Case, sign_in: Any) -> None:
    clerk = sign_in("clerk").speaks("en")
    clerk.get(f"/cases/{case.id}")
    clerk.submit(form=f'form[action="/cases/{case.id}/beside/legal_aid"]')
    assert "Take the application" in clerk.text()
    clerk.post(f"/cases/{case.id}/beside/file_review", status=403)


def test_every_flow_beside_names_roles_that_are_there(house: House) -> None:
    processes = definition_of(house.release).processes.values()
    named = {role for process in processes for role in beside.opening_roles(process)}
    assert named <= set(role_keys())


def test_the_judicial_office_reviews_a_closed_file(app: Flask, house: House, sign_in: Any) -> None:
    join(house, "judicial", "judicial-office", "judicial_officer")
    case = register(house).case
    officer = sign_in("judicial")
    officer.get(f"/cases/{case.id}", status=404)
    with command():
        close(db.session.get_one(Case, case.id))
    officer.get(f"/cases/{case.id}")
    receipt = db.session.scalars(select(Paper).where(Paper.case_id == case.id, Paper.audience == "party")).first()
    assert receipt.id in [paper.id for paper in db.session.scalars(access.visible_papers(house.users["judicial"]))]
    officer.submit(form=f'form[action="/cases/{case.id}/beside/file_review"]')
    scores = dict.fromkeys(("intake", "rights", "enquiry", "minutes", "agreement", "follow_up", "filing"), "9")
    officer.submit({**scores, "signatures": "3", "grade": "good"}, status=422)
    assert "限期整改" in officer.text()
    officer.submit({"signatures": "7", "grade": "good"})
    sheet = db.session.execute(select(Process.status).where(Process.key == "file_review")).scalar_one()
    assert sheet == "running"


def close(case: Case) -> None:
    """As the flow closes it at the end."""
    from mediation.effects import EFFECTS, Occasion

    root = db.session.scalars(select(Process).where(Process.case_id == case.id).order_by(Process.id)).first()
    EFFECTS["close-case"].run(Occasion(case, root, "closing", None))


def test_no_penalty_for_a_kept_agreement_is_offered_only_with_the_rule_and_the_agreement(house: House, case: Case) -> None:
    offered = [one.id for one in beside.offered(case, house.users["dispatcher"])]
    assert "penalty_exemption" not in offered
    assert "assistance" in offered
