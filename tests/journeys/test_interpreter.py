"""A party who needs an interpreter, another who takes part by video, in a room that is booked: asked, invited, present, printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mediation import clock
from mediation.extensions import command, db
from mediation.models import Interpreter, Invitation, Meeting, Paper, Room
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table
from tests.person import Person


@pytest.fixture
def table(app: Flask, house: House, sign_in: Callable[[str], Person]) -> Table:
    with command():
        centre = house.agencies["centre"].id
        db.session.add(Room(agency_id=centre, name="第一调解室", kind="mediation", capacity=8))
        db.session.add(Interpreter(agency_id=centre, name="乌云", language="mongolian"))
    return Table(app, sign_in)


def invited(table: Table) -> dict[str, Any]:
    """Up to the invitation; what the mediator fills in."""
    first, second = steps.LEAK["parties"]
    steps.register(table, {**steps.LEAK, "parties": [first, {**second, "interpreter": "mongolian"}]})
    steps.accept(table)
    steps.appoint_and_consent(table)
    steps.tell_rights_and_enquire(table)
    starts_at = (clock.local(clock.now()) + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
    room = db.session.scalars(select(Room.id)).one()
    return {"starts_at": starts_at, "place": "青禾区综治中心", "room": str(room), "mode": "room", "duration": "90"}


def test_nobody_who_needs_an_interpreter_is_invited_without_one(table: Table) -> None:
    answers = invited(table)
    page = table.does("mediator", "invite", **answers, status=422).page
    assert "蒙古语" in page.select_one(".error-summary").get_text()
    known = str(db.session.scalars(select(Interpreter.id)).one())
    applicant, respondent = table.party("王建国"), table.party("李秀兰")
    rows = [{"party": applicant.id, "mode": "video"}, {"party": respondent.id, "mode": "room", "interpreter": known}]
    table.does("mediator", "invite", **answers, comings=rows)
    meeting = db.session.scalars(select(Meeting)).one()
    assert meeting.until - meeting.starts_at == timedelta(minutes=90)
    assert [(one.role, one.mode) for one in meeting.invitations] == [
        ("", "video"),
        ("", "room"),
        ("interpreter", "room"),
    ]
    papers = db.session.scalars(select(Paper).where(Paper.kind == "invitation").order_by(Paper.id)).all()
    places = [paper.facts["meeting"]["place"] for paper in papers]
    assert "以视频方式参加" in places[0]
    assert all("乌云（蒙古语翻译）" in place and "第一调解室" in place for place in places)
    _is_held(table)


def _is_held(table: Table) -> None:
    """Who came, in which way, and that the interpreter was there: in the tables and in the minutes."""
    table.days_pass(3)
    table.does("mediator", "hold", result="held")
    rows = db.session.scalars(select(Invitation).order_by(Invitation.id)).all()
    assert [(one.attended, one.attended_mode) for one in rows] == [(True, "video"), (True, "room"), (True, "")]
    table.does(
        "mediator", "minutes", result="adjourned", recorder="周雨晴", record="各方陈述。", ended_at=clock.local(clock.now()),
        read_back=True,
    )  # fmt: skip
    minutes = db.session.scalars(select(Paper).where(Paper.kind == "minutes")).one()
    assert [one["name"] for one in minutes.facts["participants"]] == ["乌云（蒙古语翻译）"]
