"""A room, a mediator and a person can be at one table at a time; what collides is named, and what is free is proposed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from mediation import clock
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.meetings import booking
from mediation.meetings.bindings import place_in, without_room
from mediation.meetings.operations import Called, call_joint
from mediation.models import Case, Meeting, Room, User
from tests.house import House
from tests.mediation.meetings.conftest import TEN


def refusal(wish: booking.Wish) -> str:
    """What is said of a wish; nothing when it can be."""
    try:
        with command():
            booking.refuse_collisions(wish)
    except AnswersRefused as refused:
        return str(refused)
    return ""


def test_a_free_time_is_not_refused(case: Case, wish: Any, room: Room) -> None:
    assert refusal(wish(room=room)) == ""


def test_a_taken_room_is_named_with_the_time_and_what_is_free(
    app: Flask, other: Case, meets: Any, wish: Any, room: Room
) -> None:
    meets(other, room)
    with app.test_request_context():
        told = refusal(wish(room=room, parties=[]))
    assert "第一调解室" in told
    assert "2026-11-26 10:00" in told
    assert "12:00" in told
    assert "14:00" in told, "the afternoon is free"
    assert "赵六" not in told, "whose meeting it is stays unsaid"


def test_a_mediator_leads_one_meeting_at_a_time(case: Case, other: Case, meets: Any, wish: Any, house: House) -> None:
    with command():
        db.session.get_one(Case, other.id).mediator_id = house.users["mediator"].id
    meets(other)
    assert "李晓" in refusal(wish(parties=[]))


def test_the_same_person_in_two_cases_is_known_by_number_and_telephone(
    case: Case, other: Case, meets: Any, wish: Any
) -> None:
    meets(other)
    assert "王建国" in refusal(wish())
    first, _second = other.parties
    with command():
        first.id_number_hash = None
    assert "王建国" in refusal(wish()), "the telephone number says it, too"
    with command():
        first.phone = ""
    assert refusal(wish()) == "", "a name alone is nobody in particular"


def test_an_organisation_can_send_two_people(case: Case, other: Case, meets: Any, wish: Any) -> None:
    with command():
        for party in (*case.parties, *other.parties):
            party.kind = "organisation"
    meets(other)
    assert refusal(wish()) == ""


@pytest.mark.parametrize(("minutes", "taken"), [(-120, False), (-119, True), (119, True), (120, False)])
def test_one_meeting_may_begin_when_another_ends(
    other: Case, meets: Any, wish: Any, room: Room, minutes: int, taken: bool
) -> None:
    meets(other, room)
    assert bool(refusal(wish(TEN + timedelta(minutes=minutes), room=room, parties=[]))) is taken


def test_a_meeting_that_was_called_off_takes_nothing(other: Case, meets: Any, wish: Any, room: Room) -> None:
    meets(other, room, status="cancelled")
    assert refusal(wish(room=room)) == ""


def test_a_place_names_the_room_that_is_taken_now_and_no_other(case: Case, meets: Any, room: Room) -> None:
    house = case.agency.name
    assert place_in(f"{house}调解室", room, case) == f"{house} 第一调解室"
    assert place_in("社区活动室", room, case) == "社区活动室 第一调解室"
    meeting = meets(case, room)
    meeting.place = f"{house} 第一调解室"
    assert without_room(meeting) == house


def test_more_people_than_the_room_holds_are_refused(wish: Any, room: Room) -> None:
    assert "6" in refusal(wish(room=room, in_room=7))
    assert refusal(wish(room=room, in_room=6)) == ""


def test_what_is_proposed_is_free_and_lies_in_the_hours_of_working_days(
    other: Case, meets: Any, wish: Any, room: Room
) -> None:
    for hours in (0, 4, 6, 24):
        meets(other, room, TEN + timedelta(hours=hours))
    found = booking.free_times(wish(room=room))
    assert len(found) == booking.PROPOSED
    for begin in found:
        local = clock.local(begin)
        assert local.weekday() < 5
        assert refusal(wish(begin, room=room)) == ""


def test_of_two_bookings_at_one_moment_one_wins(app: Flask, case: Case, other: Case, room: Room, house: House) -> None:
    """Both look, both find the room free, both book: only one may stand, on either database."""
    start, told = Barrier(2), []

    def book(case_id: int, login: str) -> None:
        with app.app_context(), app.test_request_context():
            start.wait()
            try:
                with command():
                    user = db.session.scalars(select(User).where(User.login == login)).one()
                    mine, theirs = db.session.get_one(Case, case_id), db.session.get_one(Room, room.id)
                    call_joint(
                        mine, Called("碰头", TEN, TEN + timedelta(hours=1), "调解室", theirs, "room", []), by=user
                    )
            except AnswersRefused as refused:
                told.append(str(refused))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(book, (case.id, other.id), ("dispatcher", "director")))
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Meeting)) == 1
    assert len(told) == 1
    assert "第一调解室" in told[0]
