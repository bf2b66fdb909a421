"""The roster decides whom a task is offered to today; where nobody is on duty it is everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from mediation import rosters
from mediation.duty import operations
from mediation.extensions import command, db
from mediation.models import DutyPost, DutyTurn, Holiday, Membership, Notice, Task
from mediation.notices.operations import offered_to
from mediation.tasks import standing_in
from mediation.tasks.queries import Filters, counts, inbox
from tests.house import House
from tests.mediation.cases.disputes import register
from tests.mediation.tasks.desk import a_case, asking, pool_of, put
from tests.person import Person

SignIn = Callable[[str], Person]
MONDAY = date(2026, 11, 23)


def post(house: House, login: str, second: str | None = None, **changes: Any) -> DutyPost:
    """A standing post on the weekdays of a week."""
    values = {"mode": "resident", "weekdays": "12345", "first_day": MONDAY, "kinds": [], "place": "3 号窗口", **changes}
    row = DutyPost(
        pool=pool_of(house, login), first=house.users[login], second=house.users[second] if second else None, **values
    )
    db.session.add(row)
    db.session.flush()
    return row


def turn(house: House, login: str, day: date = MONDAY, mode: str = "rotating") -> None:
    held: Membership = house.users[login].memberships[0]
    operations.plan_turns(held, [day], mode, "", ("", ""), by=house.users["director"])


def lists(house: House, login: str) -> tuple[list[str], list[str]]:
    """What this person is offered, and what is left to others on duty."""
    user = asking(house.users[login])
    return tuple([line.id for line in inbox(user, tab, Filters()).lines] for tab in ("offered", "others"))  # type: ignore[return-value]


def test_who_is_on_duty_is_offered_the_task_and_the_others_find_it_in_their_second_list(house: House) -> None:
    with command():
        task = put(house, "mediator")
        turn(house, "mediator")
    assert lists(house, "mediator") == ([task.id], [])
    assert lists(house, "mediator2") == ([], [task.id])
    assert (counts(house.users["mediator2"])["offered"], counts(house.users["mediator2"])["others"]) == (0, 1)


def test_where_nobody_is_on_duty_it_is_offered_to_all_of_the_pool(house: House) -> None:
    with command():
        task = put(house, "mediator")
        turn(house, "mediator", MONDAY + timedelta(days=1))
    assert lists(house, "mediator") == lists(house, "mediator2") == ([task.id], [])


def test_whoever_is_not_on_duty_may_claim_all_the_same(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator")
        turn(house, "mediator")
    mediator2 = sign_in("mediator2")
    assert mediator2.get("/work?tab=others").select_one(f'form[action="/tasks/{task.id}/claim"]')
    mediator2.post(f"/tasks/{task.id}/claim")
    assert db.session.get_one(Task, task.id).claimed_by_id == house.users["mediator2"].id


def away(house: House, login: str, deputy: str) -> None:
    people = house.users
    standing_in.name_deputy(people[login], people[deputy], MONDAY, MONDAY, "", by=people[login])


RESIDENT = {
    "on its weekdays": ({}, ["mediator"], {"mediator"}),
    "not on other days": ({"weekdays": "2345"}, [], set()),
    "not before it begins": ({"first_day": MONDAY + timedelta(days=1)}, [], set()),
    "not after its last day": ({"first_day": date(2026, 1, 1), "last_day": date(2026, 11, 20)}, [], set()),
    "a rotation is there on its turns only": ({"mode": "rotating"}, [], set()),
}


@pytest.mark.parametrize(("changes", "_names", "expected"), RESIDENT.values(), ids=RESIDENT)
def test_a_post_is_filled(house: House, changes: dict[str, Any], _names: list[str], expected: set[str]) -> None:
    with command():
        row = post(house, "mediator", **changes)
    assert rosters.watch_of(row.pool_id).everything == {house.users[login].id for login in expected}


def test_while_a_is_away_b_is_on_duty_and_without_b_nobody(house: House) -> None:
    with command():
        row = post(house, "mediator", "mediator2")
        away(house, "mediator", "mediator2")
    assert rosters.watch_of(row.pool_id).everything == {house.users["mediator2"].id}
    with command():
        away(house, "mediator2", "mediator")
    assert rosters.watch_of(row.pool_id).everything == set()


def test_the_b_of_a_post_takes_over_a_turn_too(house: House) -> None:
    with command():
        row = post(house, "mediator", "mediator2", mode="rotating")
        turn(house, "mediator")
        away(house, "mediator", "mediator2")
    assert rosters.watch_of(row.pool_id).everything == {house.users["mediator2"].id}


def test_on_a_holiday_no_post_is_filled_but_a_turn_is(house: House) -> None:
    with command():
        row = post(house, "mediator")
        db.session.add(Holiday(day=MONDAY, works=False, name="抢修停电"))
    assert rosters.watch_of(row.pool_id).everything == set()
    with command():
        turn(house, "mediator2")
    assert rosters.watch_of(row.pool_id).everything == {house.users["mediator2"].id}


def test_a_specialist_is_offered_the_kinds_of_the_specialty_beside_who_is_on_duty(house: House) -> None:
    with command():
        leak = put(house, "mediator", a_case(house, kind="0201"))
        wage = put(house, "mediator", a_case(house, "张三", "某厂", kind="0601"))
        post(house, "mediator")
        post(house, "mediator2", mode="professional", kinds=["02", "0201"])
    assert sorted(lists(house, "mediator")[0]) == sorted([leak.id, wage.id])
    assert lists(house, "mediator2")[0] == [leak.id]
    assert counts(house.users["mediator2"])["offered"] == 1
    assert offered_to(leak) == (sorted([house.users["mediator"].id, house.users["mediator2"].id]), True)
    assert offered_to(wage) == ([house.users["mediator"].id], True)


def test_a_notice_goes_to_the_people_on_duty(house: House) -> None:
    with command():
        post(house, "dispatcher")
    register(house)
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.template == "task-offered")))
    assert house.users["dispatcher"].id not in told  # the examination is the clerks'
    with command():
        task = put(house, "mediator")
        post(house, "mediator2")
    assert offered_to(task) == ([house.users["mediator2"].id], True)


def statements(person: Person, url: str) -> list[str]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        person.get(url)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return seen


def test_the_roster_costs_the_inbox_no_statement_of_its_own_however_long_it_is(house: House, sign_in: SignIn) -> None:
    mediator, costs = sign_in("mediator"), []
    mediator.get("/work")
    for day in range(3):
        with command():
            put(house, "mediator")
            post(house, "mediator2", mode="professional", kinds=["02"])
            turn(house, "mediator", MONDAY + timedelta(days=day))
        costs.append(len(statements(mediator, "/work?tab=offered")))
    assert len(set(costs)) == 1
    assert costs[0] <= 9


# --- the page -----------------------------------------------------------------------------------------------------


def test_a_dispatcher_plans_a_week_and_somebody_on_call_is_told(house: House, sign_in: SignIn) -> None:
    dispatcher = sign_in("dispatcher")
    dispatcher.get("/duty")
    court = house.users["court"]
    dispatcher.submit({"who": str(court.memberships[0].id), "mode": "on-call", "days": ["0", "2"], "place": "速裁法庭"})
    days = [row.day for row in db.session.scalars(select(DutyTurn).order_by(DutyTurn.day))]
    assert days == [MONDAY, MONDAY + timedelta(days=2)]
    assert court.name in dispatcher.text()
    assert "速裁法庭" in dispatcher.text()
    assert db.session.scalars(select(Notice.template).where(Notice.user_id == court.id)).all() == ["duty-invited"] * 2
    assert "2026-11-23" in sign_in("court").get("/notices").get_text()


WRONG = ({"who": ""}, {"days": None}, {"from_time": "9 Uhr"}, {"from_time": "17:00", "until_time": "09:00"})


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_makes_no_sense_is_refused_and_nothing_typed_is_lost(
    house: House, sign_in: SignIn, wrong: dict[str, Any]
) -> None:
    director = sign_in("director")
    director.get("/duty")
    who = str(house.users["mediator"].memberships[0].id)
    director.submit({"who": who, "mode": "rotating", "days": ["1"], "place": "调解一室", **wrong}, status=422)
    assert director.page.select_one("[role=alert]")
    assert director.page.select_one('input[name=place][value="调解一室"]')
    assert db.session.scalars(select(DutyTurn)).all() == []


def test_last_weeks_rotation_is_copied_once_and_invitations_are_not(house: House, sign_in: SignIn) -> None:
    with command():
        turn(house, "mediator", MONDAY - timedelta(days=6))
        turn(house, "mediator2", MONDAY - timedelta(days=5), "on-call")
    director = sign_in("director")
    for _ in range(2):
        director.get("/duty")
        director.post("/duty/copy", {"week": MONDAY.isoformat()})
    days = db.session.scalars(select(DutyTurn.day).where(DutyTurn.day >= MONDAY)).all()
    assert days == [MONDAY + timedelta(days=1)]


def test_a_post_is_kept_with_a_and_b_and_ended(house: House, sign_in: SignIn) -> None:
    director, people = sign_in("director"), house.users
    director.get("/duty/posts")
    director.submit({
        "who": str(people["mediator"].memberships[0].id), "second": str(people["mediator2"].memberships[0].id),
        "mode": "professional", "weekdays": ["1", "3"], "kinds": ["02"], "place": "2 号窗口",
    })  # fmt: skip
    row = db.session.scalars(select(DutyPost)).one()
    assert (row.first.login, row.second and row.second.login, row.weekdays, row.kinds) == (
        "mediator", "mediator2", "13", ["02"])  # fmt: skip
    assert people["mediator2"].name in director.text()
    director.post(f"/duty/posts/{row.id}/end")
    assert db.session.get_one(DutyPost, row.id).last_day == MONDAY - timedelta(days=1)


def test_b_is_of_the_same_pool(house: House, sign_in: SignIn) -> None:
    director, people = sign_in("director"), house.users
    director.get("/duty/posts")
    director.submit({
        "who": str(people["mediator"].memberships[0].id), "second": str(people["court"].memberships[0].id),
        "mode": "resident", "weekdays": ["1"],
    }, status=422)  # fmt: skip
    assert db.session.scalars(select(DutyPost)).all() == []


@pytest.mark.parametrize("login", ["clerk", "mediator", "court", "supervisor"])
def test_who_plans_nothing_reads_the_roster_and_changes_none(house: House, sign_in: SignIn, login: str) -> None:
    with command():
        turn(house, "mediator")
        row = db.session.scalars(select(DutyTurn)).one()
    person = sign_in(login)
    assert house.users["mediator"].name in person.get("/duty").get_text()
    assert person.page.select_one("form#form") is None
    who = {"week": MONDAY.isoformat(), "who": str(house.users["mediator"].memberships[0].id), "days": "1"}
    for url in ("/duty/turns", "/duty/copy", f"/duty/turns/{row.id}/remove", "/duty/posts"):
        person.post(url, who, status=403)


def test_a_director_of_another_agency_plans_only_its_own_people(house: House, sign_in: SignIn) -> None:
    with command():
        turn(house, "mediator")
        row = db.session.scalars(select(DutyTurn)).one()
        held = house.users["court"].memberships[0]
        held.role, held.pool.role = "director", "director"
    court = sign_in("court")
    court.get("/duty")
    court.post(f"/duty/turns/{row.id}/remove", status=404)
    other = str(house.users["mediator"].memberships[0].id)
    court.post("/duty/turns", {"who": other, "days": "1", "mode": "rotating", "week": MONDAY.isoformat()}, status=422)
