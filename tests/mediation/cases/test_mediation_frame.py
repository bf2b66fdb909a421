"""From the window to the table: what each step's form writes and refuses, and that doing it again adds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from mediation import access, clock, flow
from mediation.case_view import CaseView
from mediation.cases import beside, operations
from mediation.cases.clocks import start_clock
from mediation.effects import BINDINGS, AnswersRefused
from mediation.extensions import command, db
from mediation.models import Case, CaucusNote, Conflict, Deadline, Paper, Participation, Statement, Task
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import leak, register
from tests.person import Person, form_values

ADMIT = {"materials_complete": "yes", "identity_checked": True, "exclusion": "none", "conclusion": "admit"}
ACCEPT = {
    "decision": "accept",
    "kind": "0201",
    "statistics_kind": "neighbour",
    "level": "ordinary",
    "risk": "blue",
    "route": "peoples_mediation",
    "deadline_days": 30,
    "committee": "committee",
    "suggestion": "confirmed",
}
APPOINT = {"mediator": "mediator", "chosen_by": "committee", "conflict": "none"}


def open_task(case: Case, element: str) -> Task:
    query = select(Task).where(Task.case_id == case.id, Task.element_id == element, Task.status == "open")
    return db.session.scalars(query).one()


def do(house: House, case: Case, element: str, answers: dict[str, Any], login: str) -> Task:
    """The person takes the task and hands the answers in."""
    with command():
        task = open_task(case, element)
        task.claimed_by = house.users[login]
        db.session.flush()
        flow.complete(task, answers, by=house.users[login])
    return task


def rows(case: Case, **same: Any) -> list[dict[str, Any]]:
    return [{"party": str(party.id), "name": party.name, **same} for party in case.parties]


@pytest.fixture
@kept
def case(house: House) -> Case:
    return register(house).case


@pytest.fixture
@kept
def accepted(house: House, case: Case) -> Case:
    do(house, case, "examine", ADMIT, "clerk")
    do(house, case, "confirm_triage", with_suggestion(case), "dispatcher")
    return case


def with_suggestion(case: Case, **changes: Any) -> dict[str, Any]:
    """The triage as the table suggests it."""
    prefill = BINDINGS["triage"].prefill
    assert prefill is not None
    known = prefill(open_task(case, "confirm_triage"), case.registered_by)
    return ACCEPT | {key: value for key, value in known.items() if value is not None} | changes


@pytest.fixture
@kept
def appointed(house: House, accepted: Case) -> Case:
    do(house, accepted, "appoint", APPOINT, "dispatcher")
    return accepted


@pytest.fixture
@kept
def consenting(house: House, appointed: Case) -> Case:
    do(house, appointed, "consent", {"consents": rows(appointed, answer="agree"), "openness": "closed"}, "mediator")
    return appointed


# --- intake --------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"exclusion": "criminal"}, {"materials_complete": "no"}, {"exclusion": "decided", "conclusion": "supplement"}],
)
def test_what_bars_a_dispute_is_not_admitted(house: House, case: Case, changes: dict[str, str]) -> None:
    with pytest.raises(AnswersRefused) as refused:
        do(house, case, "examine", ADMIT | changes, "clerk")
    assert "conclusion" in refused.value.errors


def test_acceptance_gives_a_number_a_clock_and_a_notice_to_each_side(house: House, accepted: Case) -> None:
    assert accepted.number == "（2026）青禾人调字第1号"
    assert accepted.status in ("accepted", "mediating")
    assert accepted.accepted_at == clock.now()
    clocks = {row.clock: row for row in db.session.scalars(select(Deadline).where(Deadline.case_id == accepted.id))}
    assert clocks["peoples-mediation"].due_at > clock.now() + timedelta(days=28)
    assert "handling" in clocks
    notices = select(func.count()).where(Paper.case_id == accepted.id, Paper.kind == "acceptance_notice")
    assert db.session.scalar(notices) == 2


def test_the_suggestion_is_ready_to_be_confirmed(house: House, case: Case) -> None:
    do(house, case, "examine", ADMIT, "clerk")
    known = with_suggestion(case)
    assert (known["level"], known["risk"], known["route"]) == ("ordinary", "blue", "peoples_mediation")
    assert known["committee"] == "committee"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"risk": "red"}, "suggestion"),
        ({"suggestion": "overridden"}, "reason"),
        ({"decision": "refer", "suggestion": "overridden", "reason": "应由民政部门办理"}, "target_agency"),
    ],
)
def test_a_suggestion_is_confirmed_as_it_is_or_overridden_with_a_reason(
    house: House, case: Case, changes: dict[str, str], field: str
) -> None:
    do(house, case, "examine", ADMIT, "clerk")
    with pytest.raises(AnswersRefused) as refused:
        do(house, case, "confirm_triage", with_suggestion(case, **changes), "dispatcher")
    assert list(refused.value.errors) == [field]


def test_a_refusal_keeps_its_reason_and_the_other_ways_for_the_notice(house: House, case: Case) -> None:
    do(
        house,
        case,
        "examine",
        ADMIT | {"exclusion": "decided", "conclusion": "refuse", "reason": "法院已经受理"},
        "clerk",
    )
    if db.session.scalar(
        select(Task).where(Task.case_id == case.id, Task.element_id == "confirm_triage", Task.status == "open")
    ):
        do(
            house,
            case,
            "confirm_triage",
            with_suggestion(case, decision="refuse", suggestion="overridden", reason="法院已经受理"),
            "dispatcher",
        )
    do(
        house,
        case,
        "decide_refusal",
        {
            "decision": "refuse",
            "reason": "人民法院已经受理",
            "basis": "《人民调解法》第二条",
            "routes": ["sue", "legal_aid"],
        },
        "director",
    )
    assert case.status == "refused"
    assert case.closed_at is not None
    paper = db.session.scalars(select(Paper).where(Paper.case_id == case.id, Paper.kind == "refusal_notice")).one()
    assert paper.facts["reasons"] == [{"text": "人民法院已经受理", "basis": "《人民调解法》第二条"}]
    assert [route["way"] for route in paper.facts["routes"]] == ["向人民法院起诉", "申请法律援助"]


# --- the mediator --------------------------------------------


def test_the_appointed_mediator_sees_the_case_and_colleagues_do_not(house: House, appointed: Case) -> None:
    assert appointed.mediator is house.users["mediator"]
    seen = {
        login: db.session.scalar(access.visible_cases(house.users[login]).where(Case.id == appointed.id))
        for login in ("mediator", "mediator2")
    }
    assert seen["mediator"] is not None
    assert seen["mediator2"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mediator": "clerk"}, "mediator"),
        ({"conflict": "relative"}, "disclosed_and_accepted"),
    ],
)
def test_who_may_not_mediate_is_not_appointed(
    house: House, accepted: Case, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(AnswersRefused) as refused:
        do(house, accepted, "appoint", APPOINT | changes, "dispatcher")
    assert field in refused.value.errors


def test_a_declared_tie_bars_the_mediator_until_both_sides_accept(house: House, accepted: Case) -> None:
    with command():
        tie = operations.declare_conflict(accepted, house.users["mediator"], "申请人的表兄", by=house.users["clerk"])
    with pytest.raises(AnswersRefused):
        do(house, accepted, "appoint", APPOINT, "dispatcher")
    with command():
        operations.accept_conflict(db.session.merge(tie), by=house.users["clerk"])
    do(house, accepted, "appoint", APPOINT, "dispatcher")
    assert accepted.mediator_id == house.users["mediator"].id


def test_nobody_mediates_a_dispute_of_his_own(house: House) -> None:
    parties = [leak()["parties"][0] | {"name": "李晓"}, leak()["parties"][1]]
    case = register(house, parties=parties).case
    do(house, case, "examine", ADMIT, "clerk")
    do(house, case, "confirm_triage", with_suggestion(case), "dispatcher")
    with pytest.raises(AnswersRefused):
        do(house, case, "appoint", APPOINT, "dispatcher")


def test_a_replaced_mediator_no_longer_sees_the_case(house: House, appointed: Case) -> None:
    task = db.session.scalars(select(Task).where(Task.case_id == appointed.id, Task.element_id == "appoint")).one()
    apply = BINDINGS["appointment"].apply
    assert apply is not None
    with command():
        apply(db.session.merge(task), APPOINT | {"mediator": "mediator2"}, house.users["dispatcher"])
    gone = db.session.scalars(
        select(Participation).where(
            Participation.case_id == appointed.id, Participation.user_id == house.users["mediator"].id
        )
    ).one()
    assert gone.until_at is not None


# --- consent, rights, enquiry --------------------------------------------


def test_every_party_is_asked_and_a_stranger_is_refused(house: House, appointed: Case) -> None:
    some = rows(appointed, answer="agree")[:1]
    with pytest.raises(AnswersRefused):
        do(house, appointed, "consent", {"consents": some}, "mediator")
    with pytest.raises(AnswersRefused):
        do(
            house,
            appointed,
            "consent",
            {"consents": [*rows(appointed, answer="agree"), {"party": "999", "answer": "agree"}]},
            "mediator",
        )


def test_a_refusal_closes_the_way_to_mediation(house: House, appointed: Case) -> None:
    answers = rows(appointed, answer="agree")
    answers[1]["answer"] = "refuse"
    do(house, appointed, "consent", {"consents": answers, "openness": "closed"}, "mediator")
    assert CaseView(appointed)["consents_refused"] == 1
    assert db.session.scalar(select(Task).where(Task.case_id == appointed.id, Task.element_id == "tell_rights")) is None


def test_a_minor_cannot_agree_without_a_guardian(house: House) -> None:
    young = leak()["parties"][1] | {"birth_date": "2012-05-01"}
    case = register(house, parties=[leak()["parties"][0], young]).case
    do(house, case, "examine", ADMIT, "clerk")
    do(house, case, "confirm_triage", with_suggestion(case), "dispatcher")
    do(house, case, "appoint", APPOINT, "dispatcher")
    answers = rows(case, answer="agree")
    with pytest.raises(AnswersRefused) as refused:
        do(house, case, "consent", {"consents": answers}, "mediator")
    assert "李秀兰" in refused.value.errors["consents"]
    answers[1] |= {"guardian_name": "李建军", "guardian_relation": "父亲"}
    do(house, case, "consent", {"consents": answers}, "mediator")
    assert [(who.kind, who.name) for who in case.parties[1].representatives] == [("guardian", "李建军")]


def test_rights_are_told_on_a_day_and_papers_reach_the_address(house: House, consenting: Case) -> None:
    told = rows(consenting, told_on=clock.today(), how="in_person", service_address="幸福路 99 号")
    do(house, consenting, "tell_rights", {"told": told, "free_of_charge": True, "sham_warned": True}, "mediator")
    assert {party.service_address for party in consenting.parties} == {"幸福路 99 号"}
    assert all(party.rights_told_at for party in consenting.parties)


ENQUIRY = {
    "started_at": "2026-11-23T09:30",
    "place": "第一调解室",
    "exchanges": [{"question": "漏水从何时开始？", "answer": "十一月十日。"}],
    "statement": "愿意接受五千元",
    "caucus": "最低四千元也可以",
    "next_step": "meeting",
}


def test_an_enquiry_done_again_corrects_itself(house: House, consenting: Case) -> None:
    told = rows(consenting, told_on=clock.today(), how="in_person", service_address="幸福路 99 号")
    do(house, consenting, "tell_rights", {"told": told}, "mediator")
    asked = ENQUIRY | {"asked": str(consenting.parties[1].id)}
    task = do(house, consenting, "enquire", asked, "mediator")
    apply = BINDINGS["enquiry"].apply
    assert apply is not None
    with command():
        apply(db.session.merge(task), asked | {"caucus": "最低四千五百元"}, house.users["mediator"])
    kept = db.session.scalars(
        select(Statement).where(Statement.case_id == consenting.id, Statement.facts.is_not(None))
    ).all()
    assert [row.kind for row in kept if row.facts.get("task") == task.id].count("enquiry") == 1
    assert [note.text for note in db.session.scalars(select(CaucusNote))] == ["最低四千五百元"]
    paper = db.session.scalars(select(Paper).where(Paper.kind == "enquiry_record")).one()
    assert paper.audience == "file"
    assert "最低" not in str(paper.facts)


# --- more time, the end --------------------------------------------


def ask_for_time(case: Case) -> None:
    with command():
        assert flow.send_message(case, "extension-requested", {"by": "mediator"})


def test_more_time_needs_every_side(house: House, consenting: Case) -> None:
    ask_for_time(consenting)
    answers = {"reason": "等待鉴定", "decision": "extend", "extended_until": clock.today() + timedelta(days=60)}
    one_refuses = rows(consenting, answer="agree")
    one_refuses[0]["answer"] = "refuse"
    with pytest.raises(AnswersRefused) as refused:
        do(house, consenting, "extend", answers | {"consents": one_refuses}, open_holder(consenting))
    assert "decision" in refused.value.errors
    before = CaseView(consenting)["mediation_due"]
    do(house, consenting, "extend", answers | {"consents": rows(consenting, answer="agree")}, open_holder(consenting))
    assert CaseView(consenting)["mediation_due"] == clock.today() + timedelta(days=60) > before
    assert consenting.extensions == 1


def test_whoever_works_on_the_case_asks_for_more_time_and_is_not_asked_again_who_and_why(
    house: House, consenting: Case, sign_in: Callable[[str], Person]
) -> None:
    mediator = sign_in("mediator")
    assert "请求延长时间" in mediator.get(f"/cases/{consenting.id}").get_text()
    mediator.get(f"/cases/{consenting.id}/more-time")
    asking = str(consenting.parties[1].id)
    mediator.submit({"who": asking, "reason": "下周才能回来"})
    mediator.get(f"/tasks/{open_task(consenting, 'extend').id}")
    known = form_values(mediator.page.select_one("form#form"))
    assert (known["requested_by"], known["reason"]) == (asking, "下周才能回来")
    assert [known.get(f"consents-{number}-answer") for number in (0, 1)] == [None, "agree"]
    assert "请求延长时间" not in mediator.get(f"/cases/{consenting.id}").get_text()
    mediator.get(f"/cases/{consenting.id}/more-time", status=403)


def test_the_mediator_who_commissioned_an_appraisal_receives_the_opinion(house: House, consenting: Case) -> None:
    answers = {"subject": "伤情", "institution": "鉴定所", "by": "parties", "commissioned_on": clock.today()}
    with command():
        beside.open_beside(consenting, "appraisal", answers, by=house.users["mediator"])
    task = open_task(consenting, "opinion")
    assert (task.claimed_by, task.pool.agency) == (house.users["mediator"], consenting.committee)


def open_holder(case: Case) -> str:
    return "mediator" if open_task(case, "extend").pool.role == "mediator" else "director"


def test_time_that_ran_out_still_counts_until_it_is_stopped(house: House, consenting: Case) -> None:
    due = CaseView(consenting)["mediation_due"]
    deadline = db.session.scalars(select(Deadline).where(Deadline.clock == "peoples-mediation")).one()
    with command():
        db.session.merge(deadline).status = "passed"
    assert CaseView(consenting)["mediation_due"] == due


def test_either_side_ends_mediation_at_any_step(house: House, consenting: Case) -> None:
    with command():
        delivered = operations.end_mediation(consenting, consenting.parties[0], "不愿意再谈", by=house.users["clerk"])
    assert delivered
    do(
        house,
        consenting,
        "terminate",
        {
            "cause": "withdrawn",
            "ended_on": clock.today(),
            "routes": ["sue", "arbitration"],
            "cause_text": "申请人撤回申请",
        },
        "mediator",
    )
    assert consenting.status == "ended"
    notices = db.session.scalars(select(Paper).where(Paper.kind == "termination_notice")).all()
    assert len(notices) == 2
    assert "不愿意再谈" not in str([notice.facts for notice in notices])
    assert not db.session.scalars(
        select(Deadline).where(Deadline.clock == "peoples-mediation", Deadline.stopped_at.is_(None))
    ).all()


def test_a_case_is_closed_once_its_dossier_is_filed(house: House, consenting: Case) -> None:
    with command():
        operations.end_mediation(consenting, None, "联系不上", by=house.users["mediator"])
    do(
        house,
        consenting,
        "terminate",
        {"cause": "unreachable", "ended_on": clock.today(), "routes": ["sue"]},
        "mediator",
    )
    do(
        house,
        consenting,
        "close",
        {
            "outcome": "terminated",
            "performance": "none",
            "dossier": ["rights"],
            "retention": "short",
            "summary": "终止结案",
        },
        "dispatcher",
    )
    assert consenting.closed_at == clock.now()
    assert (consenting.status, consenting.outcome) == ("ended", "terminated")


def test_a_risk_alert_runs_beside_the_mediation(house: House, consenting: Case) -> None:
    with command():
        first = beside.open_beside(consenting, "risk_response", by=house.users["mediator"])
        again = beside.open_beside(consenting, "risk_response", by=house.users["mediator"])
    assert first.id == again.id
    do(
        house,
        consenting,
        "report",
        {"risk": "red", "signs": ["weapon"], "description": "扬言持刀", "noticed_at": clock.now(), "police": "yes"},
        "mediator",
    )
    assert consenting.risk == "red"
    assert open_task(consenting, "tell_police") is not None
    assert open_task(consenting, "tell_rights") is not None


def test_a_voided_case_stands_still(house: House, consenting: Case) -> None:
    with command():
        operations.void_case(consenting, "重复登记", by=house.users["director"])
    assert not db.session.scalars(select(Task).where(Task.case_id == consenting.id, Task.status == "open")).all()
    assert consenting.status == "voided"
    with pytest.raises(operations.Refused), command():
        operations.void_case(consenting, "再次", by=house.users["director"])


# --- what the forms suggest ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wished", [False, True])
def test_who_must_recuse_is_not_suggested_again(house: House, accepted: Case, wished: bool) -> None:
    mediator = house.users["mediator"]
    with command():
        accepted.mediator = None if wished else mediator
        for party in accepted.parties:
            party.chosen_mediator = "mediator" if wished else ""
        db.session.add(tie := Conflict(
            case_id=accepted.id, user_id=mediator.id, reason="亲属", declared_by_id=mediator.id, declared_at=clock.now()
        ))  # fmt: skip
    assert "mediator" not in suggested(house, accepted, "appoint", "appointment")
    with command():
        tie.cleared_at = clock.now()
    assert suggested(house, accepted, "appoint", "appointment")["mediator"] == "mediator"


def test_a_clock_that_cannot_be_extended_is_suggested_no_more_time(house: House, accepted: Case) -> None:
    assert "decision" not in suggested(house, accepted, "appoint", "extension")
    with command():
        start_clock(accepted, "labour")
    assert suggested(house, accepted, "appoint", "extension")["decision"] == "refuse"


def suggested(house: House, case: Case, element: str, bind: str) -> dict[str, Any]:
    return BINDINGS[bind].prefill(open_task(case, element), house.users["dispatcher"])
