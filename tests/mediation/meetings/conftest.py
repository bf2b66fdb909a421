"""Two disputes of one person, a room, and a mediator: what collides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mediation.extensions import command, db
from mediation.meetings.booking import Wish
from mediation.models import Case, Invitation, Meeting, Room
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import PARTIES, register

# Thursday, ten in the morning.
TEN = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.fixture
@kept
def room(house: House) -> Room:
    with command():
        made = Room(
            agency_id=house.agencies["centre"].id, name="第一调解室", kind="mediation", capacity=6, accessible=True
        )
        db.session.add(made)
    return made


@pytest.fixture
@kept
def case(house: House) -> Case:
    with command():
        found = register(house).case
        found = db.session.get_one(Case, found.id)
        found.mediator_id = house.users["mediator"].id
    return found


@pytest.fixture
@kept
def other(house: House) -> Case:
    """A dispute of other people, but with 王建国 in it, who wrote his telephone number in another way."""
    listed: list[dict[str, Any]] = [
        {**PARTIES[0], "phone": "13800001234"},
        {**PARTIES[1], "name": "赵六", "phone": "137-0000-1111"},
    ]
    with command():
        found = db.session.get_one(Case, register(house, parties=listed).case.id)
        found.mediator_id = house.users["mediator2"].id
    return found


@pytest.fixture
def meets(house: House) -> Callable[..., Meeting]:
    """`meets(case, room)` puts a meeting of two hours at ten into the calendar."""

    def put(case: Case, room: Room | None = None, starts_at: datetime = TEN, **more: Any) -> Meeting:
        with command():
            meeting = Meeting(
                case_id=case.id, round=1, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), place="调解室",
                room_id=room.id if room else None, called_by_id=house.users["dispatcher"].id, facts={}, **more,
            )  # fmt: skip
            meeting.invitations = [Invitation(party_id=party.id) for party in case.parties]
            db.session.add(meeting)
        return meeting

    return put


@pytest.fixture
def wish(case: Case, house: House) -> Callable[..., Wish]:
    """`wish(room=…)` is a wish of the first case for ten o'clock."""

    def make(starts_at: datetime = TEN, minutes: int = 120, **more: Any) -> Wish:
        told = {"chair": house.users["mediator"], "parties": list(case.parties), **more}
        return Wish(starts_at, starts_at + timedelta(minutes=minutes), **told)

    return make
