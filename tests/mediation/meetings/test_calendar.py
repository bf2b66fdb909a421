"""The calendar: what a person may see in full, what is only occupied; meetings that are booked by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import event, select

from mediation.extensions import command, db
from mediation.models import Agency, Case, Interpreter, Meeting, Notice, Room
from mediation.referrals import operations
from tests.house import House, join
from tests.mediation.meetings.conftest import TEN
from tests.person import Person

WEEK = "/meetings/data?from=2026-11-23&to=2026-11-30"


def events(person: Person, url: str = WEEK) -> list[dict[str, str]]:
    person.stays()
    found: list[dict[str, str]] = person.client.get(url).get_json()
    return found


def test_who_sees_the_case_reads_it_who_does_not_reads_that_the_room_is_taken(
    case: Case, meets: Any, room: Room, sign_in: Callable[[str], Person]
) -> None:
    meets(case, room)
    (shown,) = events(sign_in("clerk"))
    (hidden,) = events(sign_in("mediator2"))
    assert case.code in shown["title"]
    assert shown["url"].startswith(f"/cases/{case.id}/")
    assert case.code not in str(hidden)
    assert "url" not in hidden
    assert "第一调解室" in hidden["title"]


def test_the_week_is_a_table_for_who_has_no_script(
    case: Case, meets: Any, room: Room, sign_in: Callable[[str], Person]
) -> None:
    meets(case, room)
    clerk = sign_in("clerk")
    page = clerk.get("/meetings?day=2026-11-26")
    assert case.code in page.select_one("table.rows").get_text()
    assert case.code not in clerk.get("/meetings?day=2026-12-05").get_text()
    assert case.code not in sign_in("mediator2").get("/meetings?day=2026-11-26").get_text()


def test_a_stretch_that_is_none_or_too_long_is_refused(house: House, sign_in: Callable[[str], Person]) -> None:
    clerk = sign_in("clerk")
    for query in (
        "",
        "?from=2026-11-23",
        "?from=x&to=y",
        "?from=2026-11-30&to=2026-11-23",
        "?from=2026-01-01&to=2026-12-01",
    ):
        clerk.stays()
        assert clerk.client.get(f"/meetings/data{query}").status_code == 400


def test_a_hundred_meetings_take_as_many_statements_as_one(
    case: Case, meets: Any, room: Room, sign_in: Callable[[str], Person]
) -> None:
    clerk, asked = sign_in("clerk"), []
    meets(case, room)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        events(clerk)
        few, asked[:] = len(asked), []
        for hours in range(99):
            meets(case, room, TEN + timedelta(minutes=hours))
        asked.clear()
        assert len(events(clerk)) == 100
        assert len(asked) == few
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_joint_meeting_is_booked_and_its_agencies_are_told(
    case: Case, room: Room, house: House, sign_in: Callable[[str], Person]
) -> None:
    join(house, "police1", "police", "liaison")
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/meetings/book")
    clerk.submit({"title": "研判", "starts_at": "2026-11-26T10:00", "duration": "90", "room": str(room.id), "agencies": ["police"],
                  "parties": [str(case.parties[0].id)]})  # fmt: skip
    meeting = db.session.scalars(select(Meeting)).one()
    assert (meeting.kind, meeting.starts_at, meeting.room_id) == ("joint", TEN, room.id)
    assert {one.name for one in meeting.invitations if one.agency_id} == {"青禾区（police）"}
    told = {(one.template, one.user_id is None) for one in db.session.scalars(select(Notice))}
    assert {("joint-invited", False), ("meeting-invited", True)} <= told
    assert "研判" in events(sign_in("police1"))[0]["title"], "who is asked to come finds it in the calendar"


def test_a_collision_stands_at_the_field_and_nothing_typed_is_lost(
    case: Case, other: Case, meets: Any, room: Room, sign_in: Callable[[str], Person]
) -> None:
    meets(other, room)
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/meetings/book")
    page = clerk.submit({"title": "碰头会", "starts_at": "2026-11-26T11:00", "duration": "60", "room": str(room.id),
                         "parties": [str(case.parties[1].id)]}, status=422)  # fmt: skip
    assert "第一调解室" in page.select_one(".error-summary").get_text()
    assert page.select_one("[name=title]")["value"] == "碰头会"
    assert db.session.scalar(select(Meeting).where(Meeting.kind == "joint")) is None


def test_a_meeting_to_which_nobody_is_asked_is_refused(case: Case, sign_in: Callable[[str], Person]) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/meetings/book")
    page = clerk.submit({"title": "碰头会", "starts_at": "2026-11-26T11:00"}, status=422)
    assert page.select_one(".error-summary a[href='#agencies']")
    assert page.select_one("[name=title]")["value"] == "碰头会"


def test_a_meeting_booked_by_hand_is_called_off(case: Case, meets: Any, sign_in: Callable[[str], Person]) -> None:
    meeting = meets(case, kind="joint")
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/meetings")
    clerk.post(f"/meetings/{meeting.id}/call-off", {"reason": "改期"})
    assert db.session.get_one(Meeting, meeting.id).status == "cancelled"
    assert events(clerk) == []


def test_the_file_for_ones_own_calendar_says_time_and_place_and_no_name(
    case: Case, meets: Any, sign_in: Callable[[str], Person]
) -> None:
    meeting = meets(case)
    clerk = sign_in("clerk")
    clerk.stays()
    text = clerk.client.get(f"/meetings/{meeting.id}.ics").text
    assert "DTSTART:20261126T020000Z" in text
    assert "王建国" not in text
    stranger = sign_in("mediator2")
    stranger.stays()
    assert stranger.client.get(f"/meetings/{meeting.id}.ics").status_code == 404


def test_rooms_and_interpreters_are_entered_and_changed(house: House, sign_in: Callable[[str], Person]) -> None:
    admin = sign_in("system_admin")
    centre = house.agencies["centre"].id
    admin.get("/admin/rooms/new")
    admin.submit({"name": "", "agency": str(centre)}, status=422)
    admin.submit({"name": "第三调解室", "agency": str(centre), "kind": "video", "capacity": "12", "accessible": "yes"})
    room = db.session.scalars(select(Room)).one()
    assert (room.name, room.kind, room.capacity, room.accessible, room.active) == (
        "第三调解室",
        "video",
        12,
        True,
        True,
    )
    admin.get(f"/admin/rooms/{room.id}")
    admin.submit({"capacity": "0"}, status=422)
    admin.submit({"capacity": "4", "active": None})
    room = db.session.scalars(select(Room)).one()
    assert (room.capacity, room.active) == (4, False)
    admin.get("/admin/interpreters/new")
    admin.submit({"name": "乌云", "language": "mongolian", "agency": str(centre), "phone": "0472-5550101"})
    assert db.session.scalars(select(Interpreter)).one().name == "乌云"
    assert "乌云" in admin.get("/admin/rooms").get_text()


def test_a_room_that_is_not_in_use_cannot_be_booked(case: Case, room: Room, sign_in: Callable[[str], Person]) -> None:
    with command():
        db.session.get_one(Room, room.id).active = False
    page = sign_in("clerk").get(f"/cases/{case.id}/meetings/book")
    assert page.select_one(f"select[name=room] option[value='{room.id}']") is None


def test_another_agency_reads_of_the_meetings_to_which_it_is_asked_alone(
    case: Case, meets: Any, room: Room, house: House, sign_in: Callable[[str], Person]
) -> None:
    """What was handed to it carries no sittings: neither when nor where the parties meet (人民调解法 23)."""
    join(house, "housing", "housing", "liaison")
    meeting = meets(case, room)
    with command():
        housing = db.session.scalars(select(Agency).where(Agency.key == "housing")).one()
        operations.let_in(case, housing, ["facts", "parties"])
    liaison = sign_in("housing")
    liaison.get(f"/cases/{case.id}")
    assert case.code not in str(events(liaison))
    assert case.code not in liaison.get("/meetings?day=2026-11-26").get_text()
    liaison.get(f"/meetings/{meeting.id}.ics", status=404)
