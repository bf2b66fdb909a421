"""A dispute is handed to other agencies: signed for, returned, late, called back, decided by the director."""

from __future__ import annotations

from typing import Any

import pytest

from mediation import clock, flow
from mediation.extensions import command, db
from mediation.models import Notice, Referral, SupervisionOrder
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table, driven

ASKED = {"reason": "违法搭建由贵单位查处", "purpose": "核查并书面答复", "answer_days": 5}


@driven
def referred(table: Table) -> None:
    for login in ("housing", "land"):
        table.joins(login, login, "liaison")
    steps.register_leak(table)
    steps.examine(table)
    table.does("dispatcher", "confirm_triage", decision="refer", target_agency="housing", suggestion="overridden",
               reason="属于住建部门职责")  # fmt: skip


@pytest.fixture
def table(house: House) -> Table:
    """Registered, and triage hands it to the housing bureau."""
    return referred(house)


def hand_over(table: Table, agency: str = "housing", **more: Any) -> None:
    table.does("dispatcher", "send", **{"decision": "send", "agency": agency, **ASKED, **more})


def give_back(table: Table, login: str) -> None:
    table.does(login, "sign", answer="returned", reason="不属于本单位职责")


def referrals() -> list[Referral]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.query(Referral).order_by(Referral.id))


def told(template: str) -> set[str]:
    db.session.rollback()
    rows = db.session.query(Notice).filter_by(template=template).order_by(Notice.id)
    return {row.user.login for row in rows if row.user}


def supervised() -> list[tuple[str, str]]:
    """Each supervision order: what was late, and whose agency has to answer."""
    db.session.rollback()
    rows = db.session.query(SupervisionOrder).order_by(SupervisionOrder.id)
    return [(row.step, row.agency.key) for row in rows]


def test_signed_for_and_answered_it_comes_back_settled(table: Table) -> None:
    hand_over(table)
    assert table.case.status == "handed-over"
    table.does("housing", "sign", answer="signed", receipt_number="住建收 12")
    table.does("housing", "answer", settled="yes", summary="已责令拆除，当事人认可。")
    assert table.open_steps() == {"close"}
    row = referrals()[0]
    assert (row.status, row.settled, row.signed_by.login) == ("answered", True, "housing")
    page = table.person("dispatcher")
    page.get(f"/cases/{table.case_id}")
    assert "已责令拆除" in page.text()
    assert page.page.select_one("#hand-overs svg rect.hand-over-answered")
    table.does("dispatcher", "close", outcome="referred", performance="none", dossier=["application"], retention="short",
               summary="住建部门已办结。")  # fmt: skip
    assert (table.case.status, table.case.outcome) == ("referred", "referred")


def test_what_came_back_goes_elsewhere_and_never_unchanged(table: Table) -> None:
    hand_over(table)
    give_back(table, "housing")
    assert "不属于本单位职责" in table.opens("dispatcher", "send").text()
    table.does("dispatcher", "send", status=422)
    hand_over(table, "land", reason="属于土地部门职责")
    assert [(row.round, row.status) for row in referrals()] == [(1, "returned"), (2, "sent")]
    table.person("housing").get(f"/cases/{table.case_id}", status=404)
    table.person("land").get(f"/cases/{table.case_id}")


def test_returned_twice_the_director_assigns_it(table: Table) -> None:
    hand_over(table)
    give_back(table, "housing")
    hand_over(table, "land", reason="属于土地部门职责")
    give_back(table, "land")
    assert "不属于本单位职责" in table.opens("director", "decide").text()
    table.does("director", "decide", choice="bind", agency="housing", reason="首办责任")
    table.does("dispatcher", "send", status=422, **{"decision": "send", **ASKED, "agency": "land"})
    hand_over(table, "housing", reason="首办责任")
    table.does("housing", "sign", status=422, answer="returned", reason="仍不属于本单位职责")
    table.does("housing", "sign", answer="signed")
    assert referrals()[-1].binding


def test_returned_twice_the_director_keeps_it_or_calls_all_to_one_table(table: Table) -> None:
    hand_over(table)
    give_back(table, "housing")
    hand_over(table, "land", reason="属于土地部门职责")
    give_back(table, "land")
    table.does("director", "decide", choice="joint_meeting", reason="职责交叉")
    page = table.opens("dispatcher", "confirm_triage").page
    assert page.select_one("select[name=route] option[selected]")["value"] == "joint_meeting"


def test_late_with_signing_is_reminded_then_supervised(table: Table) -> None:
    hand_over(table)
    table.days_pass(1.7)
    assert told("referral-late") == {"housing", "dispatcher"}
    assert supervised() == []
    table.days_pass(1)
    assert supervised() == [("签收转办事项", "housing")]
    page = table.person("dispatcher")
    page.get(f"/cases/{table.case_id}")
    assert "逾期" in page.page.select_one("#hand-overs").get_text()


def test_late_with_the_answer_is_reminded_then_supervised(table: Table) -> None:
    hand_over(table)
    table.does("housing", "sign", answer="signed")
    assert clock.local(referrals()[0].answer_due_at).date().isoformat() == "2026-12-01"
    table.days_pass(7.7)
    assert told("referral-late") == {"housing", "dispatcher"}
    table.days_pass(1)
    assert supervised() == [("答复转办事项", "housing")]


def test_the_sender_calls_it_back(table: Table) -> None:
    hand_over(table)
    page = table.person("dispatcher")
    page.get(f"/cases/{table.case_id}/hand-overs/{referrals()[0].id}/withdraw")
    page.submit({"reason": "当事人已自行和解"})
    assert referrals()[0].status == "withdrawn"
    assert table.open_steps() == {"confirm_triage"}
    table.person("housing").get(f"/cases/{table.case_id}", status=404)


def calls_back(table: Table, row: Referral, *, status: int = 200) -> None:
    page = table.person("dispatcher")
    page.get(f"/cases/{table.case_id}/hand-overs/{row.id}/withdraw")
    page.submit({"reason": "当事人已自行和解"}, status=status)


@pytest.mark.parametrize("second", ["land", "housing"])
def test_of_two_under_way_at_once_each_is_called_back_by_itself(table: Table, second: str) -> None:
    """Also of two with the same agency: the other one's step and clock go on."""
    hand_over(table)
    with command():
        asked = {"agency": None, "purpose": "核查", "answer_days": 3, "expects_answer": True}
        flow.start(table.case, "referral", asked, by=None)
    hand_over(table, second, reason="另一事项")
    calls_back(table, referrals()[1])
    assert [row.status for row in referrals()] == ["sent", "withdrawn"]
    table.does("housing", "sign", answer="signed")
    calls_back(table, referrals()[0])
    assert [row.status for row in referrals()] == ["withdrawn", "withdrawn"]
    assert table.open_steps() == {"confirm_triage"}
    calls_back(table, referrals()[0], status=422)


@pytest.mark.parametrize("late_with", ["signing", "the answer"])
def test_what_is_called_back_is_supervised_no_longer(table: Table, late_with: str) -> None:
    """The agency is told, and the order does not keep it at the case; nor does one about signing, once it has signed."""
    hand_over(table)
    table.days_pass(3)
    table.does("housing", "sign", answer="signed") if late_with == "the answer" else None
    table.days_pass(8 if late_with == "the answer" else 0)
    calls_back(table, referrals()[0])
    orders = db.session.query(SupervisionOrder).all()
    assert {(one.review, one.closed_at is not None, one.process.status) for one in orders} == {
        ("当事人已自行和解", True, "cancelled")
    }
    assert table.open_steps() == {"confirm_triage"}
    assert "housing" in told("order-withdrawn")
    table.person("housing").get(f"/cases/{table.case_id}", status=404)
    page = table.person("dispatcher")
    assert "已撤回" in page.get(f"/cases/{table.case_id}").select_one("#supervision-orders").get_text()
    assert "督办单已撤回" in page.get(f"/cases/{table.case_id}/course").get_text()


def test_of_two_under_way_the_other_stays_supervised(table: Table) -> None:
    hand_over(table)
    with command():
        asked = {"agency": None, "purpose": "核查", "answer_days": 3, "expects_answer": True}
        flow.start(table.case, "referral", asked, by=None)
    hand_over(table, "land", reason="另一事项")
    table.days_pass(3)
    assert supervised() == [("签收转办事项", "housing"), ("签收转办事项", "land")]
    calls_back(table, referrals()[0])
    rows = db.session.query(SupervisionOrder).order_by(SupervisionOrder.id)
    assert [one.closed_at is not None for one in rows] == [True, False]


def test_an_agency_without_a_liaison_cannot_be_asked(table: Table, house: Any) -> None:
    hand_over(table)
    give_back(table, "housing")
    table.does("dispatcher", "send", status=422, **{"decision": "send", **ASKED, "agency": "court"})
    assert table.open_steps() == {"send"}


def test_signing_is_taken_back_while_nothing_came_of_it(table: Table) -> None:
    hand_over(table)
    task_id = table.task_id("sign")
    table.does("housing", "sign", answer="returned", reason="看错了")
    table.person("housing").post(f"/tasks/{task_id}/take-back")
    assert referrals()[0].status == "sent"
    table.does("housing", "sign", answer="signed")
    assert referrals()[0].status == "signed"


@pytest.mark.parametrize("way", ["returned", "called back"])
def test_what_is_handed_over_no_longer_is_seen_no_longer(table: Table, way: str) -> None:
    """Not by its address, nor by that of the agency's own step, which somebody there held or did."""
    hand_over(table)
    table.opens("housing", "sign")
    step = table.task_id("sign")
    if way == "returned":
        give_back(table, "housing")
    else:
        page = table.person("dispatcher")
        page.get(f"/cases/{table.case_id}/hand-overs/{referrals()[0].id}/withdraw")
        page.submit({"reason": "当事人已自行和解"})
    housing = table.person("housing")
    for address in (f"/tasks/{step}", f"/tasks/{step}/done"):
        housing.get(address)
        assert "李秀兰" not in housing.text()
        assert "浸湿" not in housing.text()
    housing.get(f"/cases/{table.case_id}", status=404)
