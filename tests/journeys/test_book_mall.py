"""Three hundred owners of shops in a book mall have had no rent for two years: roster, representatives, the agencies at one
table, the work they take on, the consent of every member, and the ways that stay open to those whom nothing binds."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mediation import clock, scheduler
from mediation.extensions import command, db
from mediation.models import AgencyOpinion, Election, JointTask, Meeting, Notice, Room, RosterMember, Task
from tests.house import House, join
from tests.journeys import steps
from tests.journeys.table import Table, fill
from tests.mediation.groups.conftest import owner, xlsx
from tests.person import Person

pytestmark = pytest.mark.once

MALL: dict[str, Any] = {
    **steps.LEAK, "kind": "0401", "people_count": "300", "amount": "3600000",
    "summary": "图书城三百余户业主的商铺由经营公司统一承租，两年未付租金。", "claims": "支付两年租金。", "place": "青禾区图书城",
}  # fmt: skip
MUST = ("housing", "police", "judicial-office")
MAY = ("procuratorate", "legal-aid")


@pytest.fixture
def table(app: Flask, house: House, sign_in: Callable[[str], Person]) -> Table:
    for kind in (*MUST, *MAY):
        join(house, f"{kind}-1", kind, "liaison")
    with command():
        db.session.add(Room(agency_id=house.agencies["centre"].id, name="联席会议室", kind="joint", capacity=30))
    return Table(app, sign_in)


def does_at(table: Table, kind: str, element: str, **answers: Any) -> None:
    """The liaison of an agency does its own one of several steps of the same name."""
    person = table.person(f"{kind}-1")
    query = select(Task).where(Task.case_id == table.case_id, Task.element_id == element, Task.status == "open")
    task = next(
        one for one in db.session.scalars(query.order_by(Task.entered_at, Task.id)) if one.pool.agency.kind == kind
    )
    person.get(f"/tasks/{task.id}")
    if person.page.select_one("form#form") is None:
        person.post(f"/tasks/{task.id}/claim")
        person.get(f"/tasks/{task.id}")
    fill(person, answers)


def test_from_the_window_to_the_ways_that_stay_open(table: Table) -> None:
    register_and_call(table)
    bring_the_roster(table)
    elect(table)
    agencies_answer(table)
    meet_and_split(table)
    agencies_do_their_part(table)
    members_answer(table)
    mediation_fails(table)


def register_and_call(table: Table) -> None:
    steps.register(table, MALL)
    table.does(
        "clerk", "examine", materials_complete="yes", identity_checked=True, exclusion="none", conclusion="admit"
    )
    page = table.opens("dispatcher", "confirm_triage").page
    assert page.select_one("[name=route] option[selected], [name=route][checked]")["value"] == "joint_meeting"
    table.does("dispatcher", "confirm_triage", decision="accept", suggestion="confirmed")
    page = table.opens("dispatcher", "prepare").page
    assert page.select_one("[name=group][checked]")["value"] == "yes", "three hundred people are a group"
    table.does("dispatcher", "prepare", must=list(MUST), may=list(MAY), answer_days="3")
    assert table.open_steps() == {"roster"}


def bring_the_roster(table: Table) -> None:
    """A workbook with three mistakes in three hundred rows: nothing is imported until they are corrected on the page."""
    table.does("dispatcher", "roster", complete=True, status=422)
    rows = [owner(number) for number in range(1, 301)]
    rows[16][1], rows[120][4], rows[250][1] = "15020419700101", "二十", owner(250)[1]
    rows[299][2] = "0472-5550199"
    clerk, url = table.person("clerk"), f"/cases/{table.case_id}/group"
    clerk.get(url)
    page = clerk.post(f"{url}/import", {"file": (io.BytesIO(xlsx(rows)), "图书城业主.xlsx")})
    assert sorted(str(field["name"]) for field in page.select("input[aria-invalid]")) == [
        "area-120",
        "id_number-16",
        "id_number-250",
    ]
    assert db.session.scalar(select(RosterMember)) is None
    clerk.submit({"id_number-16": owner(17)[1], "area-120": "20", "id_number-250": owner(251)[1]})
    assert len(db.session.scalars(select(RosterMember.id)).all()) == 300
    table.does("dispatcher", "roster", complete=True)


def elect(table: Table) -> None:
    table.does("dispatcher", "represent", way="representatives", status=422)
    clerk, url = table.person("clerk"), f"/cases/{table.case_id}/group/election"
    typed = {"held_on": "2026-11-22", "present": "280", "minutes": "在图书城一楼大厅当场唱票。"}
    for place, (ordinal, votes) in enumerate([(3, 200), (50, 180), (120, 150)]):
        typed |= {f"candidate-{place}": str(ordinal), f"votes-{place}": str(votes), f"elected-{place}": "yes"}
    clerk.get(url)
    clerk.post(url, typed)
    assert db.session.scalars(select(Election)).one().present == 280
    table.does("dispatcher", "represent", way="representatives")


def agencies_answer(table: Table) -> None:
    """Each in its own pool; the host reads an opinion as soon as it is given; who may answer holds nobody up."""
    for kind in MUST:
        does_at(
            table, kind, "opinion", position="ours", opinion=f"{kind}：依职责参加处理。", attends="yes", attendee="张三"
        )
    page = table.person("dispatcher").get(f"/cases/{table.case_id}/meetings").get_text()
    assert "housing：依职责参加处理。" in page
    table.days_pass(12)
    given = db.session.scalars(select(AgencyOpinion).where(AgencyOpinion.given_at.is_not(None))).all()
    assert (len(given), table.open_steps()) == (3, {"call"}), "what was said outlives the round; who may answer is not urged"


def meet_and_split(table: Table) -> None:
    starts_at = clock.local(clock.now()).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    room = db.session.scalars(select(Room)).one()
    table.does(
        "dispatcher", "call", starts_at=starts_at, room=str(room.id), agencies=list(MUST), remote=["procuratorate"]
    )
    meeting = db.session.scalars(select(Meeting)).one()
    assert (meeting.kind, meeting.room_id, len(meeting.invitations)) == ("joint", room.id, 6)
    table.days_pass(1.2)
    today = clock.today()
    table.does(
        "dispatcher", "hold", ended_at=clock.local(clock.now()), recorder="周雨晴", record="各单位分别说明情况，形成分工。",
        result="tasks", tasks=[
            {"agency": "housing", "what": "核查统一承租合同备案", "due_on": (today + timedelta(days=7)).isoformat()},
            {"agency": "judicial-office", "what": "向业主代表释明诉讼和调解途径", "due_on": (today + timedelta(days=14)).isoformat()},
            {"agency": "housing", "what": "约谈经营公司", "due_on": (today + timedelta(days=14)).isoformat()},
        ],
    )  # fmt: skip
    assert [row.agency.kind for row in db.session.scalars(select(JointTask).order_by(JointTask.id))] == [
        "housing", "judicial-office", "housing"
    ]  # fmt: skip


def agencies_do_their_part(table: Table) -> None:
    """The housing bureau is late with the first: it is reminded, then supervision is told."""
    table.days_pass(9)
    told = set(db.session.scalars(select(Notice.template).where(Notice.created_at > clock.now() - timedelta(days=4))))
    assert "task-yellow" in told
    for kind in ("housing", "housing", "judicial-office"):
        does_at(table, kind, "do_task", result="done", answer="已办结，材料附后。")
    assert {row.result for row in db.session.scalars(select(JointTask))} == {"done"}
    page = table.opens("dispatcher", "conclude").page
    assert "约谈经营公司" in page.select_one("[name=answers_given]").get_text()
    table.does("dispatcher", "conclude", summary="多数业主愿意调解。", outcome="mediate")


def members_answer(table: Table) -> None:
    table.does("dispatcher", "consents", closing="all", status=422)
    clerk, url = table.person("clerk"), f"/cases/{table.case_id}/group"
    clerk.get(url)
    clerk.post(f"{url}/mark", {"all": "yes", "what": "consent:agree", "on": clock.today().isoformat()})
    refusing = [str(one.id) for one in db.session.scalars(select(RosterMember).where(RosterMember.ordinal > 290))]
    clerk.post(f"{url}/mark", {"member": refusing, "what": "consent:refuse", "on": clock.today().isoformat()})
    table.does("dispatcher", "consents", closing="all")


def mediation_fails(table: Table) -> None:
    """The company refuses: everybody is told what stays open, and who has no mobile telephone stands on a list."""
    table.does("dispatcher", "appoint", mediator="mediator", chosen_by="committee", conflict="none")
    first, second = table.party("王建国"), table.party("李秀兰")
    said = [
        {"party": party.id, "answer": answer, "given_on": clock.today()}
        for party, answer in ((first, "agree"), (second, "refuse"))
    ]
    table.does("mediator", "consent", consents=said, openness="closed")
    told = db.session.scalars(select(Notice).where(Notice.template == "member-routes")).all()
    assert len(told) == 299
    for _ in range(8):
        scheduler.sending.send_due()
    assert {one.status for one in db.session.scalars(select(Notice).where(Notice.template == "member-routes"))} == {
        "sent"
    }
    page = table.person("clerk").get(f"/cases/{table.case_id}/group?state=open")
    assert page.select("#members tr") == [], "everybody has answered"
    assert db.session.scalars(select(RosterMember.ordinal).where(RosterMember.told_at.is_(None))).all() == [300]
    assert "terminate" in table.open_steps(), "the court and the other ways are told by the intake"
