"""Whose task it is: claiming, racing, ties to a case, giving back, handing over, and who sees the case thereby."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mediation import access
from mediation.cases.operations import accept_conflict, declare_conflict
from mediation.extensions import command, db
from mediation.models import Case, Entry, Notice, Task
from mediation.tasks import drafts
from tests.house import House
from tests.mediation.tasks.desk import a_case, asking, put
from tests.person import Person

SignIn = Callable[[str], Person]


def fresh(task: Task) -> Task:
    db.session.rollback()
    return db.session.get_one(Task, task.id, populate_existing=True)


def sees(house: House, login: str, case: Case) -> bool:
    db.session.rollback()
    query = access.visible_cases(asking(house.users[login])).where(Case.id == case.id)
    return db.session.scalar(query) is not None


def actions(case: Case) -> list[str]:
    query = select(Entry.action).where(Entry.chain == case.id, Entry.action.not_like("%seen"))
    return list(db.session.scalars(query.order_by(Entry.ordinal)))


def test_who_claims_a_task_has_it_and_sees_its_case(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator")
    assert not sees(house, "mediator", task.case)
    sign_in("mediator").post(f"/tasks/{task.id}/claim")
    assert fresh(task).claimed_by_id == house.users["mediator"].id
    assert sees(house, "mediator", task.case)
    assert not sees(house, "mediator2", task.case)
    assert actions(task.case) == ["task-claimed"]


def test_claiming_twice_is_claiming_once(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator")
    for _ in range(2):
        sign_in("mediator").post(f"/tasks/{task.id}/claim")
    assert actions(task.case) == ["task-claimed"]


def claim_in_the_list(person: Person, task: Task) -> str:
    """Press the button in the list, as htmx does; the answer is a row."""
    person.get("/work")
    return claim_now(person, task.id)


def claim_now(person: Person, task_id: str) -> str:
    """Pressed in a context of its own, as every request has one: nothing of the test's own context leaks in."""
    sent: dict[str, Any] = {"data": {"csrf_token": person.token()}, "headers": {"HX-Request": "true"}}
    answer = Context().run(person.client.post, f"/tasks/{task_id}/claim", **sent)
    return str(answer.get_data(as_text=True))


def test_who_comes_second_is_told_who_was_faster(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator")
    assert f'href="/tasks/{task.id}"' in claim_in_the_list(sign_in("mediator"), task)
    lost = claim_in_the_list(sign_in("mediator2"), task)
    assert house.users["mediator"].name in lost
    assert task.case.code not in lost
    assert fresh(task).claimed_by_id == house.users["mediator"].id


def test_of_two_who_claim_at_the_same_moment_exactly_one_gets_it(app: Flask, house: House, sign_in: SignIn) -> None:
    with command():
        tasks = [put(house, "mediator") for _ in range(5)]
    people = {login: sign_in(login) for login in ("mediator", "mediator2")}
    for person in people.values():
        person.get("/work")
    for task in tasks:
        rows = race(people, task.id)
        winner = fresh(task).claimed_by
        assert winner is not None
        assert actions(task.case) == ["task-claimed"]
        loser = next(login for login in people if login != winner.login)
        assert f'href="/tasks/{task.id}"' in rows[winner.login]
        assert winner.name in rows[loser]


def race(people: dict[str, Person], task_id: str) -> dict[str, str]:
    """Everybody claims at once, each in a thread; the rows that they get."""
    gate, rows = threading.Barrier(len(people)), {}

    def claim(login: str) -> None:
        gate.wait()
        rows[login] = claim_now(people[login], task_id)

    threads = [threading.Thread(target=claim, args=(login,)) for login in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return rows


def test_a_tie_to_the_case_bars_and_says_why_until_both_sides_agree(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "clerk")
        tie = declare_conflict(task.case, house.users["clerk"], "申请人是我的表兄", by=house.users["dispatcher"])
    clerk = sign_in("clerk")
    assert "申请人是我的表兄" in clerk.post(f"/tasks/{task.id}/claim").get_text()
    assert fresh(task).claimed_by_id is None
    with command():
        accept_conflict(db.session.merge(tie), by=house.users["dispatcher"])
    clerk.post(f"/tasks/{task.id}/claim")
    assert fresh(task).claimed_by_id == house.users["clerk"].id


def test_who_is_tied_after_claiming_hands_in_nothing_and_what_was_typed_stays(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "clerk", holder="clerk")
    clerk = sign_in("clerk")
    clerk.get(f"/tasks/{task.id}")
    with command():
        declare_conflict(task.case, house.users["clerk"], "申请人是我的表兄", by=house.users["clerk"])
    clerk.submit(
        {"materials_complete": "yes", "identity_checked": "y", "exclusion": "none", "conclusion": "admit"}, status=422
    )
    assert "申请人是我的表兄" in clerk.page.select_one(".callout-warning").get_text()
    assert (fresh(task).status, drafts.kept(task, house.users["clerk"]) is not None) == ("open", True)


def test_nobody_claims_what_no_pool_of_his_offers(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "court")
    sign_in("mediator").post(f"/tasks/{task.id}/claim", status=404)
    assert fresh(task).claimed_by_id is None


def test_a_task_given_back_is_offered_again_and_its_case_leaves_ones_view(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator")
    mediator = sign_in("mediator")
    mediator.post(f"/tasks/{task.id}/claim")
    mediator.post(f"/tasks/{task.id}/release")
    assert fresh(task).claimed_by_id is None
    assert not sees(house, "mediator", task.case)
    assert actions(task.case) == ["task-claimed", "task-released"]


def test_only_the_holder_gives_a_task_back(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "clerk", holder="clerk")
    sign_in("dispatcher").post(f"/tasks/{task.id}/release", status=404)
    assert fresh(task).claimed_by_id == house.users["clerk"].id


def test_handing_over_gives_task_note_notice_and_sight_of_the_case(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator", a_case(house), holder="mediator")
    giver, taker = sign_in("mediator"), house.users["mediator2"]
    giver.get(f"/tasks/{task.id}/hand-over")
    giver.submit({"to": str(taker.id), "note": "当事人下午来"})
    task = fresh(task)
    assert (task.claimed_by_id, task.returned_note) == (taker.id, "当事人下午来")
    assert sees(house, "mediator2", task.case)
    assert not sees(house, "mediator", task.case)
    notices = db.session.scalars(select(Notice).where(Notice.user_id == taker.id)).all()
    assert [notice.template for notice in notices] == ["task-handed"]
    assert "当事人下午来" in sign_in("mediator2").get(f"/tasks/{task.id}").get_text()


@pytest.mark.parametrize(("to", "word"), [("", "选择"), ("clerk", "选择"), ("999999", "选择")])
def test_a_task_is_handed_only_to_who_may_hold_it(house: House, sign_in: SignIn, to: str, word: str) -> None:
    with command():
        task = put(house, "mediator", holder="mediator")
    giver = sign_in("mediator")
    giver.get(f"/tasks/{task.id}/hand-over")
    chosen = str(house.users[to].id) if to in house.users else to
    giver.submit({"to": chosen, "note": "请接手"}, status=422)
    assert giver.page.select_one(".error-summary") is not None
    assert fresh(task).claimed_by_id == house.users["mediator"].id


def test_a_colleague_with_a_tie_is_not_handed_the_task(house: House, sign_in: SignIn) -> None:
    with command():
        task = put(house, "mediator", holder="mediator")
        declare_conflict(task.case, house.users["mediator2"], "同住一楼", by=house.users["dispatcher"])
    giver = sign_in("mediator")
    giver.get(f"/tasks/{task.id}/hand-over")
    giver.submit({"to": str(house.users["mediator2"].id), "note": "请接手"}, status=422)
    assert "同住一楼" in giver.text()
    assert fresh(task).claimed_by_id == house.users["mediator"].id


def test_a_director_of_the_agency_gives_a_task_to_somebody_else(house: House) -> None:
    from mediation.permissions import can_reassign

    with command():
        task = put(house, "clerk", holder="clerk")
    assert can_reassign(house.users["director"], task, [house.users["director"].id])
    assert not can_reassign(house.users["dispatcher"], task, [house.users["dispatcher"].id])
