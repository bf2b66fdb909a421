"""Remarks and questions beside a task, and what a colleague who was asked may see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from mediation.cases.operations import declare_conflict
from mediation.extensions import command, db
from mediation.models import Entry, Notice, Statement, Task, TaskComment, User
from tests.house import House
from tests.kept import kept
from tests.mediation.tasks.desk import a_case, put
from tests.person import Person

SignIn = Callable[[str], Person]
SECRET = "我其实可以少要一半"


@pytest.fixture
@kept
def task(house: House) -> Task:
    """A task that a mediator holds, of a case in which one side has told its own account."""
    with command():
        case = a_case(house)
        case.mediator_id = house.users["mediator"].id
        db.session.add(Statement(case_id=case.id, party_id=case.parties[0].id, text=SECRET, made_at=case.registered_at))
        return put(house, "mediator", case, holder="mediator")


def ask(person: Person, task: Task, colleague: User, *, status: int = 200) -> None:
    person.get(f"/tasks/{task.id}/ask")
    person.submit({"to": str(colleague.id), "text": "这类漏水谁承担？"}, status=status)


def told(house: House, login: str) -> list[str]:
    query = select(Notice.template).where(Notice.user_id == house.users[login].id).order_by(Notice.id)
    return list(db.session.scalars(query))


def test_a_colleague_who_is_asked_sees_the_task_without_the_accounts_of_the_sides(
    house: House, sign_in: SignIn, task: Task
) -> None:
    sign_in("mediator2").get(f"/tasks/{task.id}", status=404)
    ask(sign_in("mediator"), task, house.users["mediator2"])
    page = sign_in("mediator2").get(f"/tasks/{task.id}").get_text()
    assert "这类漏水谁承担？" in page
    assert "王建国" in page
    assert SECRET not in page
    assert told(house, "mediator2") == ["task-asked"]


def test_the_holder_reads_each_sides_account_beside_the_form(sign_in: SignIn, task: Task) -> None:
    assert SECRET in sign_in("mediator").get(f"/tasks/{task.id}").get_text()


def test_an_answer_settles_the_question_and_tells_who_asked(house: House, sign_in: SignIn, task: Task) -> None:
    ask(sign_in("mediator"), task, house.users["mediator2"])
    sign_in("mediator2").post(f"/tasks/{task.id}/comments", {"text": "看产权"})
    question, answer = db.session.scalars(select(TaskComment).order_by(TaskComment.id)).all()
    assert question.answered_at is not None
    assert answer.text == "看产权"
    assert told(house, "mediator") == ["task-answered"]


def test_a_remark_settles_nothing_that_was_not_asked(house: House, sign_in: SignIn, task: Task) -> None:
    ask(sign_in("mediator"), task, house.users["mediator2"])
    sign_in("mediator").post(f"/tasks/{task.id}/comments", {"text": "补充：三楼"})
    assert db.session.scalars(select(TaskComment).order_by(TaskComment.id)).first().answered_at is None


def test_remarks_are_journalled_without_their_words(sign_in: SignIn, task: Task) -> None:
    sign_in("mediator").post(f"/tasks/{task.id}/comments", {"text": "王建国很激动"})
    entry = db.session.scalars(select(Entry).where(Entry.action == "task-commented")).one()
    assert "王建国" not in str(entry.details)


def test_an_empty_remark_is_not_written(sign_in: SignIn, task: Task) -> None:
    sign_in("mediator").post(f"/tasks/{task.id}/comments", {"text": "   "})
    assert db.session.scalars(select(TaskComment)).all() == []


def test_only_colleagues_of_the_same_house_are_asked(house: House, sign_in: SignIn, task: Task) -> None:
    ask(sign_in("mediator"), task, house.users["court"], status=422)
    assert db.session.scalars(select(TaskComment)).all() == []


def test_who_has_a_tie_to_the_case_is_not_asked(house: House, sign_in: SignIn, task: Task) -> None:
    with command():
        declare_conflict(
            db.session.merge(task).case, house.users["mediator2"], "被申请人的亲属", by=house.users["dispatcher"]
        )
    mediator = sign_in("mediator")
    ask(mediator, task, house.users["mediator2"], status=422)
    assert "被申请人的亲属" in mediator.text()


def test_only_the_holder_asks(house: House, sign_in: SignIn, task: Task) -> None:
    ask(sign_in("mediator"), task, house.users["mediator2"])
    sign_in("mediator2").get(f"/tasks/{task.id}/ask", status=403)
