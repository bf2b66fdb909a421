"""Supervision orders: given by hand or by a flow, answered in a form, reviewed, made on paper; and urging."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mediation import clock, flow
from mediation.effects import EFFECTS, Occasion
from mediation.extensions import command, db
from mediation.models import Case, Notice, Paper, Process, SupervisionOrder, Task, Urging, User
from mediation.notices.sending import words_of
from mediation.supervision import operations
from mediation.supervision.warnings import warn_overdue
from tests.house import House, join
from tests.kept import kept
from tests.mediation.cases.disputes import register


@pytest.fixture
@kept
def case(house: House) -> Case:
    return register(house).case


def examine(case: Case) -> Task:
    return db.session.scalars(select(Task).where(Task.case_id == case.id, Task.element_id == "examine")).one()


def give(house: House, case: Case, login: str = "supervisor") -> SupervisionOrder:
    task = examine(case)
    with command():
        return operations.order(
            case, task.name, operations.addressed(task), reason="逾期未审查", demands="说明原因",
            answer_due=clock.today() + timedelta(days=3), task=task, by=house.users[login],
        )  # fmt: skip


def step(case: Case, element: str) -> Task:
    query = select(Task).where(Task.case_id == case.id, Task.process_key == "supervision", Task.status == "open")
    return db.session.scalars(query.where(Task.element_id == element)).one()


def do(house: House, case: Case, element: str, login: str, **answers: Any) -> None:
    with command():
        task = step(case, element)
        task.claimed_by = house.users[login]
        db.session.flush()
        flow.complete(task, answers, by=house.users[login])


ANSWER = {"situation": "材料刚补齐", "measures": "今日审查"}


def later(**span: float) -> None:
    clock.set_clock(clock.now() + timedelta(**span))


def test_an_order_is_a_task_of_who_holds_the_step_and_a_paper(house: House, case: Case) -> None:
    with command():
        examine(case).claimed_by = house.users["clerk"]
    row = give(house, case)
    task = step(case, "answer")
    assert (task.claimed_by_id, clock.day_of_deadline(task.due_at)) == (house.users["clerk"].id, row.answer_due)
    paper = db.session.scalars(select(Paper).where(Paper.kind == "supervision_order")).one()
    assert (paper.facts["number"], paper.facts["demands"]) == (row.number, "说明原因")


def test_nobody_holds_it_then_a_director_answers(house: House, case: Case) -> None:
    assert give(house, case).person_id == house.users["director"].id


def test_a_second_order_about_the_same_is_the_first(house: House, case: Case) -> None:
    assert give(house, case).id == give(house, case, "director").id


def test_an_accepted_answer_closes_the_order(house: House, case: Case) -> None:
    row = give(house, case)
    do(house, case, "answer", "director", **ANSWER)
    assert step(case, "review").claimed_by_id == house.users["supervisor"].id
    do(house, case, "review", "supervisor", review="accepted", note="属实")
    db.session.refresh(row)
    assert row.closed_at is not None
    assert row.answer == "材料刚补齐\n今日审查"
    assert db.session.get(Process, row.process_id).status == "completed"


def test_an_answer_that_is_not_accepted_is_given_again_by_another_day(house: House, case: Case) -> None:
    row, again = give(house, case), clock.today() + timedelta(days=7)
    do(house, case, "answer", "director", **ANSWER)
    do(house, case, "review", "supervisor", review="again", note="未说明原因", answer_again_by=again)
    assert clock.day_of_deadline(step(case, "answer").due_at) == again
    db.session.refresh(row)
    assert (row.rounds, row.answered_at, row.closed_at, row.answer_due) == (2, None, None, again)


def test_who_does_not_answer_in_time_is_told_to_the_director(house: House, case: Case) -> None:
    give(house, case)
    later(days=6)
    warn_overdue()
    warn_overdue()
    told = db.session.scalars(select(Notice).where(Notice.template == "clock-red", Notice.channel == "inbox"))
    assert sorted({one.user_id for one in told}) == sorted(house.users[who].id for who in ("director", "supervisor"))


def test_a_flow_orders_by_itself(house: House, case: Case) -> None:
    process = db.session.scalars(select(Process).where(Process.case_id == case.id)).one()
    with command():
        EFFECTS["order-supervision"].run(Occasion(case, process, "late", None), step="审查材料")
    row = db.session.scalars(select(SupervisionOrder)).one()
    assert (row.ordered_by_id, row.task_id, row.agency_id) == (None, examine(case).id, house.agencies["centre"].id)
    assert step(case, "answer").claimed_by_id == house.users["director"].id


def test_an_order_of_a_called_flow_goes_to_the_step_that_it_names(house: House, case: Case) -> None:
    first = examine(case)
    with command():
        first.due_at = clock.now()
        db.session.add(
            Task(id="ruling", case=case, process=first.process, process_key="judicial_confirmation", element_id="rule",
                 name="裁定", form_id="", pool=first.pool, entered_at=clock.now())
        )  # fmt: skip
        db.session.flush()
        occasion = Occasion(case, first.process, "late", None, called="judicial_confirmation")
        EFFECTS["order-supervision"].run(occasion, step="rule")
    row = db.session.scalars(select(SupervisionOrder)).one()
    assert (row.step, row.task_id) == ("登记司法确认裁定", "ruling")


def test_an_order_of_a_flow_names_the_step_as_it_is_drawn(house: House, case: Case, sign_in: Any) -> None:
    process = db.session.scalars(select(Process).where(Process.case_id == case.id)).one()
    with command():
        EFFECTS["order-supervision"].run(Occasion(case, process, "late", None), step="examine")
    row = db.session.scalars(select(SupervisionOrder)).one()
    assert (row.step, "examine" in row.reason) == (examine(case).name, False)
    director = sign_in("director")
    for page in (f"/cases/{case.id}", "/oversight/orders/list"):
        director.speaks("zh").get(page)
        assert row.step in director.text()
        director.speaks("en").get(page)
        assert row.step not in director.text()


def test_who_is_told_that_a_step_is_late_reads_its_name(house: House, case: Case) -> None:
    process = db.session.scalars(select(Process).where(Process.case_id == case.id)).one()
    with command():
        EFFECTS["warn-overdue"].run(Occasion(case, process, "late", None), step="examine")
    told = db.session.scalars(select(Notice).where(Notice.template == "task-red", Notice.channel == "inbox")).all()
    assert {one.details["step"] for one in told} == {examine(case).name}


def test_the_name_is_found_in_the_flow_that_was_called(house: House, case: Case) -> None:
    with command():
        occasion = Occasion(case, examine(case).process, "late", None, called="judicial_confirmation")
        EFFECTS["warn-overdue"].run(occasion, step="rule")
    told = db.session.scalars(select(Notice).where(Notice.template == "task-red")).all()
    assert {(one.details["step"], "ruling" in one.details["step_en"].lower()) for one in told} == {("登记司法确认裁定", True)}


def test_that_an_order_is_not_answered_is_told_in_english_to_who_reads_english(house: House, case: Case) -> None:
    give(house, case)
    with command():
        db.session.get(User, house.users["director"].id).language = "en"
    later(days=5)
    warn_overdue()
    told = select(Notice).where(Notice.user_id == house.users["director"].id, Notice.template == "clock-red")
    subjects = {words_of(one)[0] for one in db.session.scalars(told)}
    assert subjects == {"Time is over: Supervision order: Check papers and admissibility"}


def test_what_a_flow_orders_is_read_in_the_readers_language(house: House, case: Case, sign_in: Any) -> None:
    process = db.session.scalars(select(Process).where(Process.case_id == case.id)).one()
    with command():
        EFFECTS["order-supervision"].run(Occasion(case, process, "late", None), step="examine")
        db.session.flush()
        step(case, "answer").claimed_by = house.users["clerk"]
    clerk = sign_in("clerk")
    page = clerk.speaks("en").get(f"/tasks/{step(case, 'answer').id}")
    told = [page.select_one(f"[name={key}]") for key in ("step", "reason", "demands")]
    assert all(str(one.get("value") or one.get_text(strip=True)).replace("“", "").replace("”", "").isascii() for one in told), told
    page = clerk.speaks("zh").get(f"/tasks/{step(case, 'answer').id}")
    assert "逾期未办结" in str(page.select_one("[name=reason]"))


def test_the_reason_that_a_flow_gives_is_read_in_english_and_what_somebody_wrote_as_written(
    house: House, case: Case, sign_in: Any
) -> None:
    process = db.session.scalars(select(Process).where(Process.case_id == case.id)).one()
    with command():
        EFFECTS["order-supervision"].run(Occasion(case, process, "late", None), step="examine", reason="风险二十四小时无人处置")
        db.session.flush()
        step(case, "answer").claimed_by = house.users["clerk"]
    clerk, address = sign_in("clerk"), f"/tasks/{step(case, 'answer').id}"
    assert "Nobody has acted on the risk" in str(clerk.speaks("en").get(address).select_one("[name=reason]"))
    assert "风险二十四小时无人处置" in str(clerk.speaks("zh").get(address).select_one("[name=reason]"))
    with command():
        db.session.scalars(select(SupervisionOrder)).one().reason = "请先看现场"
    assert "请先看现场" in str(clerk.speaks("en").get(address).select_one("[name=reason]"))


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_a_supervisor_gives_an_order_from_the_case(house: House, case: Case, sign_in: Any) -> None:
    person = sign_in("supervisor")
    person.get(f"/cases/{case.id}/supervise?task={examine(case).id}")
    person.submit({"reason": "逾期", "demands": "说明原因"})
    assert db.session.scalars(select(SupervisionOrder.reason)).all() == ["逾期"]


@pytest.mark.parametrize(
    "changes", [{"reason": " "}, {"answer_due": "2026-11-01"}, {"answer_due": "soon"}, {"step": ""}]
)
def test_an_order_that_makes_no_sense_is_refused_and_nothing_typed_is_lost(
    house: House, case: Case, sign_in: Any, changes: dict[str, str]
) -> None:
    person = sign_in("supervisor")
    person.get(f"/cases/{case.id}/supervise?task={examine(case).id}")
    page = person.submit({"reason": "逾期", "demands": "说明原因很重要", **changes}, status=422)
    assert "说明原因很重要" in page.text
    assert db.session.scalars(select(SupervisionOrder)).all() == []


@pytest.mark.parametrize(
    ("login", "status"),
    [("clerk", 403), ("mediator", 403), ("court", 403), ("dispatcher", 403), ("supervisor", 200), ("director", 200)],
)
def test_only_who_oversees_gives_orders(house: House, case: Case, sign_in: Any, login: str, status: int) -> None:
    sign_in(login).get(f"/cases/{case.id}/supervise", status=status)


@pytest.mark.parametrize("role", ["supervisor", "director", "dispatcher"])
def test_who_oversees_another_house_gives_none_though_the_case_is_seen_whole(
    house: House, case: Case, sign_in: Any, role: str
) -> None:
    guest = join(house, "guest", "other-centre", role)
    with command():
        flow.let_in(case.id, {(guest.pool_ids[0], guest.id)})
    person = sign_in("guest")
    assert "/supervise" not in str(person.get(f"/cases/{case.id}"))
    person.get(f"/cases/{case.id}/supervise", status=403)


def test_a_step_is_urged_once_a_day(house: House, case: Case, sign_in: Any) -> None:
    person, task = sign_in("supervisor"), examine(case)
    person.get(f"/cases/{case.id}")
    for _ in range(2):
        person.post(f"/tasks/{task.id}/urge")
    assert len(db.session.scalars(select(Urging)).all()) == 1
    later(days=1)
    person.post(f"/tasks/{task.id}/urge")
    assert len(db.session.scalars(select(Urging)).all()) == 2
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.template == "task-urged")))
    assert house.users["clerk"].id in told


def test_the_course_of_a_case_names_the_step_that_was_urged_or_overdue(house: House, case: Case, sign_in: Any) -> None:
    person, task = sign_in("supervisor"), examine(case)
    person.get(f"/cases/{case.id}")
    person.post(f"/tasks/{task.id}/urge")
    later(days=60)
    warn_overdue()
    page = person.get(f"/cases/{case.id}/course").get_text()
    assert (f"催办：{task.name}" in page, f"已超期：{task.name}" in page) == (True, True)


def test_who_urges_from_a_list_comes_back_to_that_list_and_sees_what_was_urged(
    house: House, case: Case, sign_in: Any
) -> None:
    task = db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")).first()
    clock.set_clock(clock.now() + timedelta(days=60))
    person, agency = sign_in("supervisor"), task.pool.agency
    page = person.get(f"/oversight/warnings/list?kind=task&by=agency&key={agency.id}&stage=red")
    assert agency.name in page.select_one(".chip").get_text()
    person.submit({}, form=f"form[action$='/{task.id}/urge']")
    assert dict(person.response.request.args) == {"kind": "task", "by": "agency", "key": str(agency.id), "stage": "red"}
    assert "今天已催办" in person.text()
    assert person.page.select_one(f"form[action$='/{task.id}/urge']") is None
