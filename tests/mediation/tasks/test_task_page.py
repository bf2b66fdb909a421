"""A task over HTTP: its form, drafts, mistakes, handing it in, and what happens when somebody else was faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mediation import flow
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.models import Draft, Entry, Incident, Task, User
from mediation.tasks import operations
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import register
from tests.person import Person, form_values
from workflows.model import EngineError

SignIn = Callable[[str], Person]
EXAMINED = {"materials_complete": "yes", "identity_checked": "y", "exclusion": "none", "conclusion": "admit"}


@pytest.fixture
@kept
def examine(house: House) -> Task:
    """The step that a registered dispute waits for: a clerk examines it."""
    case = register(house).case
    return db.session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")).one()


@pytest.fixture
def clerk(examine: Task, sign_in: SignIn) -> Person:
    """The clerk, who has claimed the step and has its page open."""
    person = sign_in("clerk")
    person.post(f"/tasks/{examine.id}/claim")
    return person


def reread(task: Task) -> Task:
    db.session.rollback()
    return db.session.get_one(Task, task.id, populate_existing=True)


def open_now(task: Task) -> list[str]:
    db.session.rollback()
    query = select(Task.element_id).where(Task.case_id == task.case_id, Task.status == "open")
    return list(db.session.scalars(query))


def test_a_task_handed_in_says_what_comes_next_and_for_whom(clerk: Person, examine: Task) -> None:
    clerk.submit(EXAMINED)
    assert clerk.response.request.path == f"/tasks/{examine.id}/done"
    assert "研判分流" in clerk.text()
    assert "分流研判员" in clerk.text()
    assert reread(examine).answers["conclusion"] == "admit"
    assert open_now(examine) == ["confirm_triage"]


def test_the_button_says_what_happens_next_in_the_flows_own_words(clerk: Person) -> None:
    assert "提交：按审查意见流转" in clerk.page.select_one(".action-bar .btn-primary").get_text()


def test_the_page_explains_why_it_is_mine_why_now_and_what_then(clerk: Person) -> None:
    why = clerk.page.select_one("aside details").get_text()
    for told in ("周雨晴", "登记纠纷", "研判分流", "补正材料", "决定是否不予受理", "人民调解法"):
        assert told in why


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(clerk: Person, examine: Task) -> None:
    clerk.submit(
        {"materials_complete": "no", "conclusion": "supplement", "reason": "缺身份证明 <b>", "exclusion": None},
        status=422,
    )
    typed = form_values(clerk.page.select_one("form#form"))
    assert (typed["materials_complete"], typed["reason"]) == ("no", "缺身份证明 <b>")
    links = {link["href"] for link in clerk.page.select(".error-summary a")}
    assert links == {"#identity_checked", "#exclusion"}
    assert all(clerk.page.select_one(link) for link in links)
    assert open_now(examine) == ["examine"]


def test_what_was_refused_is_still_there_for_whoever_left(clerk: Person, examine: Task) -> None:
    clerk.submit({"materials_complete": "no", "reason": "缺身份证明", "exclusion": None}, status=422)
    clerk.get("/work")
    clerk.get(f"/tasks/{examine.id}")
    assert form_values(clerk.page.select_one("form#form"))["reason"] == "缺身份证明"


def test_an_answer_that_others_depend_on_redraws_the_form_without_judging_it(clerk: Person) -> None:
    assert clerk.page.select_one("[name=missing]") is None
    clerk.submit({"materials_complete": "no"}, button="_redraw=1")
    assert clerk.page.select_one("[name=missing]") is not None
    assert clerk.page.select_one(".error-summary") is None


def test_what_a_hidden_field_holds_is_not_handed_in(clerk: Person, examine: Task) -> None:
    clerk.submit({"materials_complete": "no"}, button="_redraw=1")
    clerk.submit({**EXAMINED, "missing": ["identity"]})
    assert "missing" not in reread(examine).answers


def test_what_is_typed_is_kept_and_there_again_with_its_mistakes(clerk: Person, examine: Task) -> None:
    clerk.post(f"/tasks/{examine.id}/draft", {"version": "1", "reason": "先打电话问", "conclusion": "nonsense"})
    assert clerk.response.json["saved"] == "09:00"
    clerk.get(f"/tasks/{examine.id}")
    assert form_values(clerk.page.select_one("form#form"))["reason"] == "先打电话问"
    clerk.post(f"/tasks/{examine.id}/draft/drop")
    assert form_values(clerk.page.select_one("form#form"))["reason"] == ""


def test_a_draft_is_replaced_and_gone_when_the_task_is_handed_in(clerk: Person, examine: Task) -> None:
    for text in ("一", "二"):
        clerk.post(f"/tasks/{examine.id}/draft", {"reason": text})
    assert [draft.answers["reason"] for draft in db.session.scalars(select(Draft))] == [["二"]]
    clerk.get(f"/tasks/{examine.id}")
    clerk.submit(EXAMINED)
    assert db.session.scalars(select(Draft)).all() == []


def test_save_and_leave_keeps_the_form_and_the_task(clerk: Person, examine: Task) -> None:
    clerk.submit({"reason": "等材料"}, button="_save=1")
    assert clerk.response.request.path == "/work"
    assert clerk.get(f"/tasks/{examine.id}").select_one("[name=reason]").get_text().strip() == "等材料"
    assert open_now(examine) == ["examine"]


def test_when_somebody_else_finished_the_step_the_typed_text_comes_back(
    clerk: Person, examine: Task, house: House
) -> None:
    with command():
        task = db.session.get_one(Task, examine.id)
        task.claimed_by_id = house.users["dispatcher"].id
        task.status, task.done_by_id, task.done_at = "done", house.users["dispatcher"].id, task.entered_at
    clerk.submit({**EXAMINED, "reason": "我写了很久的理由", "conclusion": "refuse"}, status=409)
    assert house.users["dispatcher"].name in clerk.text()
    assert "我写了很久的理由" in clerk.text()
    assert "建议不予受理" in clerk.text()
    clerk.post(f"/tasks/{examine.id}/draft", {"reason": "x"}, status=409)
    assert "message" in clerk.response.json


def test_a_form_opened_before_the_step_was_opened_again_is_not_taken(clerk: Person, examine: Task) -> None:
    with command():
        db.session.get_one(Task, examine.id).version += 2
    clerk.submit({**EXAMINED, "reason": "旧页面"}, status=409)
    assert open_now(examine) == ["examine"]


def test_answers_that_a_table_refuses_come_back_at_their_fields(
    clerk: Person, examine: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise AnswersRefused({"exclusion": "这一情形与材料不符", "elsewhere": "别处的问题"})

    monkeypatch.setattr(operations, "complete", refuse)
    clerk.submit(EXAMINED, status=422)
    summary = clerk.page.select_one(".error-summary").get_text()
    assert "这一情形与材料不符" in summary
    assert "别处的问题" in summary
    assert form_values(clerk.page.select_one("form#form"))["conclusion"] == "admit"


def test_a_flow_that_cannot_go_on_is_an_incident_and_keeps_what_was_typed(
    clerk: Person, examine: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(*_args: Any, **_kwargs: Any) -> None:
        raise EngineError("no-flow", "nothing leads on", "gateway")

    monkeypatch.setattr(flow, "complete", stuck)
    clerk.submit({**EXAMINED, "reason": "别丢"}, status=409)
    incident = db.session.scalars(select(Incident)).one()
    assert (incident.case_id, incident.code) == (examine.case_id, "no-flow")
    assert open_now(examine) == ["examine"]
    assert db.session.scalars(select(Draft)).one().answers["reason"] == ["别丢"]


def test_a_step_is_taken_back_while_nobody_has_begun_the_next(clerk: Person, examine: Task) -> None:
    clerk.submit({**EXAMINED})
    clerk.post(f"/tasks/{examine.id}/take-back")
    assert clerk.response.request.path == f"/tasks/{examine.id}"
    assert form_values(clerk.page.select_one("form#form"))["exclusion"] == "none"
    assert open_now(examine) == ["examine"]
    clerk.submit({"conclusion": "admit"})
    assert open_now(examine) == ["confirm_triage"]


def test_a_step_whose_next_was_begun_is_not_taken_back(clerk: Person, examine: Task, sign_in: SignIn) -> None:
    clerk.submit(EXAMINED)
    following = db.session.scalars(select(Task).where(Task.after_task_id == examine.id)).one()
    sign_in("dispatcher").post(f"/tasks/{following.id}/claim")
    clerk.post(f"/tasks/{examine.id}/take-back")
    assert open_now(examine) == ["confirm_triage"]
    assert clerk.page.select_one(".callout-warning") is not None


def test_the_holder_sends_a_step_back_with_a_reason(clerk: Person, examine: Task, sign_in: SignIn) -> None:
    clerk.submit(EXAMINED)
    following = db.session.scalars(select(Task).where(Task.after_task_id == examine.id)).one()
    dispatcher = sign_in("dispatcher")
    dispatcher.post(f"/tasks/{following.id}/claim")
    dispatcher.get(f"/tasks/{following.id}/send-back")
    dispatcher.submit({"reason": ""}, status=422)
    dispatcher.submit({"reason": "证件号码看不清"})
    assert open_now(examine) == ["examine"]
    assert "证件号码看不清" in clerk.get(f"/tasks/{examine.id}").get_text()


def test_seeing_a_task_is_written_into_the_journal(clerk: Person, examine: Task) -> None:
    query = select(Entry).where(Entry.chain == examine.case_id, Entry.action == "task-seen")
    assert [entry.details["task"] for entry in db.session.scalars(query)] == [examine.id]


def test_who_only_sees_the_case_gets_the_facts_and_no_form(examine: Task, sign_in: SignIn) -> None:
    dispatcher = sign_in("dispatcher")
    dispatcher.get(f"/tasks/{examine.id}")
    assert "王建国" in dispatcher.text()
    assert dispatcher.page.select_one("form#form") is None
    dispatcher.post(f"/tasks/{examine.id}", EXAMINED, status=409)
    assert open_now(examine) == ["examine"]


@pytest.mark.parametrize(
    "method_path",
    [
        "get /tasks/{id}",
        "post /tasks/{id}",
        "post /tasks/{id}/draft",
        "post /tasks/{id}/draft/drop",
        "get /tasks/{id}/done",
        "post /tasks/{id}/claim",
        "post /tasks/{id}/release",
        "get /tasks/{id}/hand-over",
        "post /tasks/{id}/hand-over",
        "post /tasks/{id}/comments",
        "get /tasks/{id}/ask",
        "post /tasks/{id}/ask",
        "get /tasks/{id}/send-back",
        "post /tasks/{id}/send-back",
        "post /tasks/{id}/take-back",
    ],
)
def test_what_is_not_in_ones_view_does_not_exist(examine: Task, sign_in: SignIn, method_path: str) -> None:
    method, path = method_path.format(id=examine.id).split()
    for login in ("mediator", "court"):
        getattr(sign_in(login), method)(path, status=404)
        getattr(sign_in(login), method)(path.replace(examine.id, "nothing"), status=404)


def test_nobody_gets_in_without_signing_in(examine: Task, resident: Callable[[], Person]) -> None:
    stranger = resident()
    for path in ("/", "/work", f"/tasks/{examine.id}", "/work/away"):
        stranger.get(path)
        assert stranger.response.request.path == "/sign-in"


def test_the_page_is_there_in_english_too(clerk: Person, examine: Task) -> None:
    page = clerk.speaks("en").get(f"/tasks/{examine.id}")
    assert "Why is this mine" in page.get_text()
    assert page.select_one("h1").get_text(strip=True).isascii()
    labels = [label.get_text(" ", strip=True) for label in page.select("#fields legend, #fields .field > label")]
    assert labels
    assert all(label.isascii() for label in labels)


def test_a_user_is_not_shown_two_forms_at_once(clerk: Person) -> None:
    assert len(clerk.page.select("form#form")) == 1
    assert isinstance(clerk.user, User)


def test_an_english_page_calls_agencies_people_and_steps_by_their_english_names(
    clerk: Person, examine: Task, house: House
) -> None:
    house.users["clerk"].name_en, examine.case.agency.name_en = "Zhou Yuqing", "Qinghe Governance Centre"
    db.session.commit()
    clerk.speaks("en").get(f"/cases/{examine.case_id}")
    assert "Zhou Yuqing" in clerk.text()
    assert "周雨晴" not in clerk.text()
    clerk.get(f"/cases/{examine.case_id}/course")
    assert "Claimed: Check papers and admissibility" in clerk.text()
