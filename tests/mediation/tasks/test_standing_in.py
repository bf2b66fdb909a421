"""While somebody is away a deputy sees and does that person's tasks, and the journal says for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from mediation.extensions import command, db
from mediation.models import Entry, Notice, StandIn, Task
from mediation.tasks import standing_in
from tests.house import House
from tests.mediation.cases.disputes import register
from tests.mediation.tasks.desk import put
from tests.person import Person

SignIn = Callable[[str], Person]
TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)
EXAMINED = {"materials_complete": "yes", "identity_checked": "y", "exclusion": "none", "conclusion": "admit"}


def name_deputy(house: House, absent: str, deputy: str, first: date = TODAY, last: date = FRIDAY) -> StandIn:
    people = house.users
    with command():
        return standing_in.name_deputy(people[absent], people[deputy], first, last, "", by=people[absent])


def test_a_deputy_is_named_on_the_page_and_told(house: House, sign_in: SignIn) -> None:
    mediator = sign_in("mediator")
    mediator.get("/work/away")
    mediator.submit({"deputy": str(house.users["mediator2"].id), "first": "2026-11-23", "last": "2026-11-27"})
    row = db.session.scalars(select(StandIn)).one()
    assert (row.absent_id, row.deputy_id) == (house.users["mediator"].id, house.users["mediator2"].id)
    assert house.users["mediator2"].name in mediator.text()
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.user_id, notice.template) == (house.users["mediator2"].id, "stand-in")
    assert house.users["mediator"].name in sign_in("mediator2").get("/notices").get_text()


def test_who_reads_no_case_or_changes_none_does_not_stand_in(house: House, sign_in: SignIn) -> None:
    offered = sign_in("clerk").get("/work/away").select("select[name=deputy] option[value]")
    people = {int(str(option["value"])) for option in offered if option["value"]}
    assert people == {house.users[login].id for login in ("dispatcher", "director")}


def test_days_that_make_no_sense_are_told_at_their_fields(house: House, sign_in: SignIn) -> None:
    name_deputy(house, "mediator", "mediator2")
    mediator, deputy = sign_in("mediator"), str(house.users["mediator2"].id)
    for first, last in (
        ("2026-11-27", "2026-11-23"),
        ("2026-11-26", "2026-11-30"),
        ("", ""),
        ("2026-01-01", "2026-01-02"),
    ):
        mediator.get("/work/away")
        mediator.submit({"deputy": deputy, "first": first, "last": last}, status=422)
        assert mediator.page.select_one(".error-summary")


def test_tasks_of_who_is_away_stand_with_the_deputy_for_these_days_only(
    house: House, sign_in: SignIn, clock: Any
) -> None:
    with command():
        task = put(house, "mediator", holder="mediator")
    name_deputy(house, "mediator", "mediator2")
    deputy = sign_in("mediator2")
    page = deputy.get("/work?tab=deputy")
    assert page.select_one(f'a[href="/tasks/{task.id}"]') is not None
    assert house.users["mediator"].name in page.get_text()
    clock.set_clock(clock.now() + timedelta(days=5))
    assert deputy.get("/work?tab=deputy").select_one(f'a[href="/tasks/{task.id}"]') is None
    deputy.get(f"/tasks/{task.id}", status=404)


def test_what_a_deputy_finishes_is_journalled_as_done_for_the_other(house: House, sign_in: SignIn) -> None:
    case = register(house).case
    task = db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")).one()
    sign_in("clerk").post(f"/tasks/{task.id}/claim")
    name_deputy(house, "clerk", "dispatcher")
    deputy = sign_in("dispatcher")
    page = deputy.get(f"/tasks/{task.id}")
    assert house.users["clerk"].name in page.select_one(".callout-info").get_text()
    deputy.submit(EXAMINED)
    done = db.session.get_one(Task, task.id, populate_existing=True)
    assert (done.status, done.done_by_id) == ("done", house.users["dispatcher"].id)
    entry = db.session.scalars(select(Entry).where(Entry.action == "acted-for")).one()
    assert (entry.user_id, entry.details["for"]) == (house.users["dispatcher"].id, "clerk")


def test_back_early_the_deputy_sees_the_tasks_no_longer(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator", holder="mediator")
    row = name_deputy(house, "mediator", "mediator2")
    sign_in("mediator2").post(f"/work/away/{row.id}/end", status=404)
    sign_in("mediator").post(f"/work/away/{row.id}/end")
    sign_in("mediator2").get(f"/tasks/{task.id}", status=404)


def test_who_directs_nobody_is_away_only_for_himself(house: House, sign_in: SignIn) -> None:
    mediator = sign_in("mediator")
    mediator.get("/work/away")
    sent = {"absent": str(house.users["mediator2"].id), "deputy": str(house.users["mediator2"].id)}
    mediator.post("/work/away", {**sent, "first": "2026-11-23", "last": "2026-11-27"})
    assert db.session.scalars(select(StandIn)).one().absent_id == house.users["mediator"].id
