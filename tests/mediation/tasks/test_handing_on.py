"""An absence hands open tasks on with a note, all or none; who comes back gets home what is still open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from mediation.cases import operations as case_operations
from mediation.extensions import command, db
from mediation.models import DutyPost, Entry, HandedOn, Membership, Notice, StandIn, Task
from mediation.tasks import standing_in
from tests.house import House
from tests.mediation.tasks.desk import pool_of, put
from tests.person import Person

SignIn = Callable[[str], Person]
TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)
NOTE = "当事人周三来电，请先看调查记录。"


def absence(house: House, count: int = 2) -> tuple[StandIn, list[Task]]:
    people = house.users
    with command():
        tasks = [put(house, "mediator", holder="mediator") for _ in range(count)]
        row = standing_in.name_deputy(people["mediator"], people["mediator2"], TODAY, FRIDAY, "", by=people["mediator"])
    return row, tasks


def holder(task: Task) -> str | None:
    found = db.session.get_one(Task, task.id).claimed_by
    return found.login if found else None


def test_b_of_the_post_is_proposed_as_deputy(house: House, sign_in: SignIn) -> None:
    people = house.users
    with command():
        db.session.add(DutyPost(pool=pool_of(house, "mediator"), mode="resident", first=people["mediator"],
                                second=people["mediator2"], first_day=TODAY))  # fmt: skip
    page = sign_in("mediator").get("/work/away")
    assert page.select_one(f"select[name=deputy] option[value='{people['mediator2'].id}'][selected]")


def test_after_recording_an_absence_the_open_tasks_are_shown(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator", holder="mediator")
    mediator = sign_in("mediator")
    mediator.get("/work/away")
    mediator.submit({"deputy": str(house.users["mediator2"].id), "first": "2026-11-23", "last": "2026-11-27"})
    assert mediator.page.select_one(f"select[name=to-{task.id}]")


def test_each_task_goes_where_it_is_sent_and_the_note_goes_with_it(house: House, sign_in: SignIn) -> None:
    row, (first, second, third) = absence(house, 3)
    mediator, other = sign_in("mediator"), house.users["mediator2"]
    mediator.get(f"/work/away/{row.id}/tasks")
    mediator.submit({f"to-{first.id}": str(other.id), f"to-{second.id}": "pool", "note": NOTE})
    assert (holder(first), holder(second), holder(third)) == ("mediator2", None, "mediator")
    assert NOTE in sign_in("mediator2").get(f"/tasks/{first.id}").get_text()
    assert [one.template for one in db.session.scalars(select(Notice).where(Notice.user_id == other.id))].count(
        "task-handed") == 1  # fmt: skip
    actions = set(db.session.scalars(select(Entry.action)))
    assert {"task-handed-over", "task-put-back", "absence-handed-on"} <= actions


def test_all_of_them_go_together_unless_one_is_sent_elsewhere(house: House, sign_in: SignIn) -> None:
    row, (first, second) = absence(house)
    mediator = sign_in("mediator")
    mediator.get(f"/work/away/{row.id}/tasks")
    mediator.submit({"all": "pool", f"to-{first.id}": str(house.users["mediator2"].id), "note": NOTE})
    assert (holder(first), holder(second)) == ("mediator2", None)


def test_when_one_cannot_go_none_goes_and_nothing_typed_is_lost(house: House, sign_in: SignIn) -> None:
    row, (first, second) = absence(house)
    with command():
        case_operations.declare_conflict(second.case, house.users["mediator2"], "表亲", by=house.users["clerk"])
    mediator, other = sign_in("mediator"), str(house.users["mediator2"].id)
    mediator.get(f"/work/away/{row.id}/tasks")
    mediator.submit({f"to-{first.id}": other, f"to-{second.id}": other, "note": NOTE}, status=422)
    assert (holder(first), holder(second)) == ("mediator", "mediator")
    assert "表亲" in mediator.text()
    assert NOTE in mediator.page.select_one("textarea[name=note]").get_text()  # type: ignore[union-attr]
    assert db.session.scalars(select(HandedOn)).all() == []


@pytest.mark.parametrize("to", ["99999", "nobody"])
def test_somebody_outside_the_pool_gets_nothing(house: House, sign_in: SignIn, to: str) -> None:
    row, (first, _second) = absence(house)
    mediator = sign_in("mediator")
    mediator.get(f"/work/away/{row.id}/tasks")
    mediator.post(f"/work/away/{row.id}/tasks", {f"to-{first.id}": to, "note": NOTE}, status=422)
    assert holder(first) == "mediator"


def test_a_note_is_needed(house: House, sign_in: SignIn) -> None:
    row, _tasks = absence(house)
    mediator = sign_in("mediator")
    mediator.get(f"/work/away/{row.id}/tasks")
    mediator.submit({"all": "pool", "note": " "}, status=422)
    assert mediator.page.select_one("[role=alert]")


def test_who_comes_back_gets_home_what_is_still_open(house: House, sign_in: SignIn) -> None:
    row, (first, second, third) = absence(house, 3)
    mediator, other = sign_in("mediator"), house.users["mediator2"]
    mediator.get(f"/work/away/{row.id}/tasks")
    mediator.submit(
        {f"to-{first.id}": str(other.id), f"to-{second.id}": "pool", f"to-{third.id}": "pool", "note": NOTE}
    )
    sign_in("mediator2").post(f"/tasks/{third.id}/claim")  # taken from the pool: it stays there
    mediator.post(f"/work/away/{row.id}/end")
    assert mediator.page.select_one(f'form[action="/work/away/{row.id}/back"]')
    mediator.post(f"/work/away/{row.id}/back")
    assert (holder(first), holder(second), holder(third)) == ("mediator", "mediator", "mediator2")
    told = db.session.scalars(select(Notice.template).where(Notice.user_id == other.id)).all()
    assert told.count("task-handed-back") == 1
    mediator.post(f"/work/away/{row.id}/back", status=404)


def test_a_director_hands_on_for_somebody_of_the_agency_and_nobody_else_does(house: House, sign_in: SignIn) -> None:
    row, (first, _second) = absence(house)
    for login in ("mediator2", "clerk", "court"):
        sign_in(login).get(f"/work/away/{row.id}/tasks", status=404)
        sign_in(login).post(f"/work/away/{row.id}/back", status=404)
    with command():
        held = house.users["dispatcher"].memberships[0]
        held.pool, held.role = pool_of(house, "mediator"), "director"
    boss = sign_in("dispatcher")
    boss.get(f"/work/away/{row.id}/tasks")
    boss.submit({"all": "pool", "note": NOTE})
    assert holder(first) is None


def test_a_director_brings_back_no_task_of_another_agency(house: House, sign_in: SignIn) -> None:
    row, (first, _second) = absence(house)
    mediator = sign_in("mediator")
    mediator.get(f"/work/away/{row.id}/tasks")
    mediator.submit({f"to-{first.id}": "pool", "note": NOTE})
    with command():  # the mediator is a court liaison, too, and the court has a director
        held = house.users["court"].memberships[0]
        house.users["mediator"].memberships.append(Membership(pool=held.pool, role=held.role))
        held.role = "director"
    sign_in("court").post(f"/work/away/{row.id}/back")
    assert holder(first) is None


def test_who_has_left_the_pool_gets_nothing_of_it_back(house: House, sign_in: SignIn) -> None:
    row, (first, _second) = absence(house)
    mediator = sign_in("mediator")
    mediator.get(f"/work/away/{row.id}/tasks")
    mediator.submit({f"to-{first.id}": "pool", "note": NOTE})
    with command():
        house.users["mediator"].memberships[0].pool = pool_of(house, "clerk")
    mediator.post(f"/work/away/{row.id}/back")
    assert holder(first) is None
