"""Kinship and other ties, declared for good or for a case, keep people away until all sides agree or it is cleared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from mediation.cases import operations as case_operations
from mediation.cases import ties
from mediation.extensions import command, db
from mediation.models import Case, Conflict, StaffTie, Task
from mediation.tasks import operations
from mediation.tasks.operations import Barred
from mediation.tasks.queries import Filters, counts, inbox
from tests.house import House
from tests.mediation.cases.disputes import PARTIES, register
from tests.mediation.tasks.desk import asking, put
from tests.person import Person

SignIn = Callable[[str], Person]
NUMBER = "11010119800307123X"


def declare(house: House, login: str = "clerk", **changes: str) -> None:
    answers = {"kind": "kin", "name": "王建国", "relation": "哥哥", "id_number": "", **changes}
    with command():
        ties.declare(house.users[login], answers, by=house.users[login])


def found(case: Case) -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Conflict).where(Conflict.case_id == case.id).order_by(Conflict.id))
    return [(row.user.login, row.found_by) for row in rows]


FOUND = {
    "the same identity number": ({"name": "王老大", "id_number": NUMBER.lower()}, [("clerk", "id")]),
    "the same name": ({}, [("clerk", "name")]),
    "a namesake with another number": ({"id_number": "110101198003071230"}, []),
    "somebody else": ({"name": "赵一"}, []),
    "an agent of a party": ({"name": "周律师"}, [("clerk", "name")]),
    "the employer": ({"kind": "organisation", "name": "李秀兰"}, [("clerk", "name")]),
}


@pytest.mark.parametrize("first", ["the tie", "the case"])
@pytest.mark.parametrize(("tie", "expected"), FOUND.values(), ids=FOUND)
def test_a_tie_is_found_whichever_came_first(
    house: House, tie: dict[str, str], expected: list[Any], first: str
) -> None:
    parties = [{**PARTIES[0], "representatives": [{"kind": "agent", "name": "周律师"}]}, PARTIES[1]]
    if first == "the tie":
        declare(house, **tie)
    case = register(house, parties=parties).case
    if first == "the case":
        declare(house, **tie)
    assert found(case) == expected


def test_who_is_tied_is_not_offered_the_task_and_told_how_many_and_why(house: House, sign_in: SignIn) -> None:
    case = register(house).case
    task = db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")).one()
    assert [line.id for line in inbox(asking(house.users["clerk"]), "offered", Filters()).lines] == [task.id]
    declare(house)
    user = asking(house.users["clerk"])
    assert inbox(user, "offered", Filters()).lines == ()
    assert (counts(user)["offered"], counts(user)["barred"]) == (0, 1)
    clerk = sign_in("clerk")
    assert clerk.get("/work?tab=offered").select_one('a[href="/duty/ties"]')
    assert "姓名（名称）相同" in clerk.get("/duty/ties").get_text()
    assert "姓名（名称）相同" in clerk.get(f"/tasks/{task.id}").get_text()
    clerk.post(f"/tasks/{task.id}/claim")
    assert db.session.get_one(Task, task.id).claimed_by_id is None


def test_nobody_hands_the_task_to_who_is_tied(house: House) -> None:
    with command():
        task = put(house, "mediator", holder="mediator2")
    with command():
        case_operations.declare_conflict(task.case, house.users["mediator"], "表亲", by=house.users["clerk"])
    with pytest.raises(Barred, match="表亲"), command():
        operations.hand_over(task, house.users["mediator"], "请接手", by=house.users["mediator2"])


def test_the_dispatcher_is_warned_and_clears_a_namesake(house: House, sign_in: SignIn) -> None:
    declare(house, "mediator")
    case = register(house).case
    dispatcher = sign_in("dispatcher")
    assert house.users["mediator"].name in dispatcher.get(f"/cases/{case.id}").get_text()
    row = db.session.scalars(select(Conflict)).one()
    dispatcher.post(f"/cases/{case.id}/conflicts/{row.id}/clear")
    assert ties.barred(house.users["mediator"].id, case.id) is None


def test_nobody_clears_a_tie_of_his_own_nor_one_that_is_certain(house: House, sign_in: SignIn) -> None:
    declare(house, "dispatcher")
    declare(house, "director", name="某某", id_number=NUMBER)
    case = register(house).case
    own, certain = db.session.scalars(select(Conflict).order_by(Conflict.id))
    sign_in("dispatcher").post(f"/cases/{case.id}/conflicts/{own.id}/clear", status=403)
    sign_in("dispatcher").post(f"/cases/{case.id}/conflicts/{certain.id}/clear", status=403)


def test_when_both_sides_accept_the_person_is_let_in(house: House) -> None:
    declare(house)
    case = register(house).case
    with command():
        case_operations.accept_conflict(db.session.scalars(select(Conflict)).one(), by=house.users["dispatcher"])
    assert len(inbox(asking(house.users["clerk"]), "offered", Filters()).lines) == 1
    with command():
        case.title = "再次登记"
        ties.note_ties(case)
    assert len(db.session.scalars(select(Conflict)).all()) == 1


def test_whoever_mediated_a_dispute_does_not_take_a_step_of_the_court_in_it(house: House) -> None:
    with command():
        task = put(house, "court")
        task.case.mediator = house.users["court"]
    assert ties.why_not(house.users["court"], task)
    assert ties.why_not(house.users["mediator"], task) is None


def test_the_database_holds_no_name_of_a_relative(house: House) -> None:
    declare(house, name="赵钱孙", id_number=NUMBER)
    raw = db.session.execute(text("SELECT * FROM staff_tie")).one()
    assert not any("赵钱孙" in str(value) or NUMBER in str(value) for value in raw)
    assert db.session.scalars(select(StaffTie)).one().name == "赵钱孙"


def test_ties_are_declared_and_ended_by_oneself_alone(house: House, sign_in: SignIn) -> None:
    mediator = sign_in("mediator")
    mediator.get("/duty/ties")
    mediator.submit({"kind": "kin", "name": "王"}, status=422)
    mediator.submit({"kind": "kin", "name": "王建国", "relation": "哥哥"})
    assert "王建国" in mediator.text()
    tie = db.session.scalars(select(StaffTie)).one()
    assert "王建国" not in sign_in("director").get("/duty/ties").get_text()
    sign_in("director").post(f"/duty/ties/{tie.id}/end", status=404)
    mediator.post(f"/duty/ties/{tie.id}/end")
    assert db.session.get_one(StaffTie, tie.id).ended_at is not None


def test_a_declared_name_does_not_tell_who_has_a_dispute(house: House, sign_in: SignIn) -> None:
    """Everybody who works here may declare a tie; of a case out of view it says neither that it is there nor its number."""
    case = register(house).case
    outsider = sign_in("flow_admin")
    outsider.get("/duty/ties")
    outsider.submit({"kind": "kin", "name": "王建国", "relation": "哥哥"})
    assert ties.barred(house.users["flow_admin"].id, case.id) is not None
    assert case.code not in outsider.text()
    assert "本案" not in outsider.text()


def test_a_tie_that_was_found_is_told_in_the_language_of_the_page(house: House, sign_in: SignIn) -> None:
    case = register(house).case
    declare(house)
    task = db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")).one()
    clerk = sign_in("clerk").speaks("en")
    clerk.get(f"/tasks/{task.id}")
    assert "a declared relative (哥哥) is a party of this case or acts for one: the name agrees" in clerk.text()
    assert "申报的近亲属" not in clerk.text()
