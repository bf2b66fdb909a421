"""A change by consent that takes effect moves the step at which the case stands: timer, urging, choice of a route."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from mediation import clock
from mediation.agreements import changes
from mediation.cases.queries import AFTER_A_CHANGE
from mediation.extensions import command, db
from mediation.models import (
    AgreementChange,
    Incident,
    Notice,
    Paper,
    Party,
    Process,
    Receipt,
    Task,
    Visit,
    WaitingEvent,
)
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table, fill
from tests.mediation.agreements.test_ledger import _seal, enters
from tests.mediation.agreements.test_packets import owes
from tests.mediation.cases.disputes import register

pytestmark = pytest.mark.once


def opens_change(table: Table, terms: list[dict[str, Any]] | None = None) -> date:
    """Open and draft a change; returns the first new day."""
    first = clock.today() + timedelta(days=60)
    person = table.person("mediator")
    person.get(f"/cases/{table.case.id}")
    person.post(f"/cases/{table.case.id}/beside/agreement_change")
    plan = f"{first.isoformat()} 4000\n{(first + timedelta(days=30)).isoformat()} 5000"
    term = steps.pays(table, "李秀兰", "王建国", "9000", when="instalments", plan=plan)
    table.does("mediator", "draft", reason="李秀兰误工，暂无收入。", terms=terms or [term])
    return first


def agree_anew(table: Table, terms: list[dict[str, Any]] | None = None) -> date:
    """Agree on a change, sign and seal its deed; returns the first new day."""
    first = opens_change(table, terms)
    table.does("mediator", "ask", consents=[{"answer": "agree"} for _ in table.case.parties])
    _seal(db.session.scalars(select(AgreementChange).order_by(AgreementChange.id.desc())).first())
    assert changes.settle_due() == 1
    return first


def performs(table: Table) -> None:
    """Everything that was agreed at first comes in."""
    for owed in table.obligations():
        table.does(
            "mediator", "receive", obligation=owed.id, result="received", amount=owed.amount, received_on=clock.today()
        )
    assert table.case.status == "following-up"


def visits_made(table: Table) -> None:
    """Nobody wants to go to the court, and every visit finds peace."""
    table.does("mediator", "precheck", wish="none", explained=True)
    for _ in range(3):
        steps.visit(table)


def falls_due(table: Table) -> None:
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))


def timers(table: Table) -> dict[str, date]:
    db.session.rollback()
    query = select(WaitingEvent).where(WaitingEvent.case_id == table.case_id, WaitingEvent.kind == "timer")
    return {one.element_id: clock.day_of_deadline(one.due_at) for one in db.session.scalars(query)}


def test_the_timer_and_the_reminder_follow_the_new_plan(table: Table) -> None:
    first = agree_anew(table)
    found = timers(table)
    assert (found["due_passed"], found["due_soon"]) == (first, first - timedelta(days=3))
    task = db.session.get_one(Task, table.task_id("receive"))
    assert clock.day_of_deadline(task.due_at) == first


def test_an_urging_for_what_is_no_longer_due_ends_and_the_mediator_is_told(table: Table) -> None:
    falls_due(table)
    urged = table.task_id("urge")
    first = agree_anew(table)
    assert {"urge", "routes"}.isdisjoint(table.open_steps())
    assert db.session.get_one(Task, urged).status == "cancelled"
    assert timers(table)["due_passed"] == first
    assert db.session.scalar(select(Notice.id).where(Notice.template == "agreement-changed"))
    person = table.person("mediator")
    person.get(f"/tasks/{urged}")
    assert "变更" in person.text()


def test_a_route_is_no_longer_chosen_for_a_plan_that_was_replaced(table: Table) -> None:
    falls_due(table)
    table.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="refused")
    agree_anew(table)
    assert "routes" not in table.open_steps()
    assert "receive" in table.open_steps()


def test_a_change_that_leaves_nothing_to_be_done_ends_the_watch(table: Table) -> None:
    falls_due(table)
    apology = {"kind": "refrain", "debtor": str(table.party("李秀兰").id), "what": "不再在夜间用水", "when": "standing"}
    agree_anew(table, [apology])
    assert {"urge", "receive"}.isdisjoint(table.open_steps())
    assert table.case.status == "following-up"


def test_what_a_party_had_reported_is_looked_at_with_the_new_plan(table: Table, resident: Any) -> None:
    person = enters(table, resident, "李秀兰")
    person.get(f"/see/due/{table.obligations()[0].id}")
    person.submit({"amount": "1200"})
    agree_anew(table)
    table.does("mediator", "verify", result="partly", received_on=clock.today())
    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.status, receipt.obligation.change_id is not None, receipt.obligation.rest) == (
        "counts",
        True,
        Decimal("2800"),
    )


@pytest.fixture
def third(table: Table) -> Table:
    """刘洋 owes something, too, and owes nothing by the plan that follows."""
    case = table.case
    db.session.rollback()
    with command():
        case.parties.append(Party(name="刘洋", kind="person", side="third", code_hash="0123456789abcdef"))
    owes(table, "刘洋", "王建国", "700", "清运费")
    return table


def reports(table: Table, resident: Any, name: str) -> Receipt:
    """A party says that 刘洋 has paid."""
    person = enters(table, resident, name)
    row = next(owed for owed in table.obligations() if owed.debtor.name == "刘洋")
    person.get(f"/see/due/{row.id}")
    person.submit({"amount": "700"})
    return db.session.scalars(select(Receipt)).one()


def ends_with_an_apology(table: Table) -> None:
    """A change by which nobody owes anything any more."""
    agree_anew(table, [{"kind": "refrain", "debtor": str(table.party("李秀兰").id), "what": "不再在夜间用水", "when": "standing"}])


def test_what_a_debtor_paid_who_owes_nothing_by_the_new_plan_is_booked_for_the_old_one(
    third: Table, resident: Any
) -> None:
    table, receipt = third, reports(third, resident, "王建国")
    agree_anew(table)
    person = table.opens("mediator", "verify")
    chosen = person.page.select_one("[name=obligation] option[selected]")
    assert "清运费" in chosen.get_text()
    table.does("mediator", "verify", result="default", status=422)
    table.does("mediator", "verify", result="received", received_on=clock.today())
    db.session.refresh(receipt)
    assert (receipt.status, receipt.obligation.status) == ("counts", "replaced")


def test_what_the_creditor_has_received_is_verified_even_when_nothing_is_owed_any_more(
    third: Table, resident: Any
) -> None:
    table, receipt = third, reports(third, resident, "王建国")
    ends_with_an_apology(table)
    table.does("mediator", "verify", result="not_received", received_on=clock.today())
    db.session.refresh(receipt)
    assert receipt.status == "refused"
    assert table.case.status == "following-up"
    person = table.person("mediator")
    person.get(f"/cases/{table.case_id}/performance")
    assert "协议变更前没有核实" in person.text()


@pytest.mark.parametrize(("name", "status"), [("王建国", "counts"), ("刘洋", "refused")])
def test_where_nobody_will_look_any_more_the_creditors_word_counts_and_the_debtors_does_not(
    third: Table, resident: Any, name: str, status: str
) -> None:
    falls_due(third)  # the step that urges hears of no report
    receipt = reports(third, resident, name)
    ends_with_an_apology(third)
    db.session.refresh(receipt)
    assert (receipt.status, receipt.obligation.status) == (status, "replaced")


def test_a_debtor_whose_report_does_not_count_is_told_and_reads_it_on_the_own_page(third: Table, resident: Any) -> None:
    falls_due(third)
    reports(third, resident, "刘洋")
    ends_with_an_apology(third)
    told = db.session.scalars(select(Notice).where(Notice.template == "receipt-refused")).all()
    assert [one.party.name for one in told] == ["刘洋"]
    for name, sees in (("刘洋", True), ("王建国", False)):
        page = enters(third, resident, name).get("/see")
        assert ("没有得到核实" in page.get_text()) is sees, name
    assert "清运费" not in page.get_text()


def test_a_second_change_follows_the_first(table: Table) -> None:
    agree_anew(table)
    clock.set_clock(clock.now() + timedelta(days=20))
    first = agree_anew(table)
    assert timers(table)["due_passed"] == first


def test_a_flow_that_does_not_hear_of_changes_keeps_its_timer_in_step(table: Table) -> None:
    """Cases keep the rules they began with: an earlier release has no edge for the message."""
    db.session.rollback()
    with command():
        for event in db.session.scalars(select(WaitingEvent).where(WaitingEvent.name == changes.CHANGED)):
            db.session.delete(event)
    first = agree_anew(table)
    assert timers(table)["due_passed"] == first


def test_what_a_change_adds_while_visits_go_on_is_reminded_of_urged_and_followed(table: Table) -> None:
    performs(table)
    first = agree_anew(table)
    assert (timers(table)["due_passed"], table.case.status) == (first, "performing")
    table.goes_to(clock.start_of(first))
    assert db.session.scalar(select(Notice.id).where(Notice.template == "performance-reminder"))
    table.goes_to(clock.end_of(first) + timedelta(hours=9))
    steps.cure(table)
    steps.receive(table)
    assert table.case.status == "following-up"
    assert "receive" not in table.open_steps()


def test_what_a_change_adds_after_the_last_visit_is_watched_and_visited_once_more(table: Table) -> None:
    performs(table)
    visits_made(table)
    assert table.open_steps() == {"close"}
    agree_anew(table)
    assert table.case.status == "performing"
    for _ in range(2):
        steps.receive(table)
    steps.visit(table)
    assert "receive" not in table.open_steps()
    assert (
        db.session.scalar(select(func.count(Visit.id)).where(Visit.case_id == table.case_id, Visit.status == "done"))
        == 4
    )


def test_a_second_change_is_heard_by_the_watch_that_the_first_began(table: Table) -> None:
    performs(table)
    agree_anew(table)
    clock.set_clock(clock.now() + timedelta(days=20))
    first = agree_anew(table)
    query = select(Process.id).where(Process.case_id == table.case_id, Process.key == AFTER_A_CHANGE)
    assert (timers(table)["due_passed"], len(db.session.scalars(query).all())) == (first, 1)


def test_a_change_while_a_report_is_verified_is_not_watched_twice(table: Table, resident: Any) -> None:
    person = enters(table, resident, "李秀兰")
    person.get(f"/see/due/{table.obligations()[0].id}")
    person.submit({"amount": "1200"})
    agree_anew(table)
    assert "receive" not in table.open_steps()
    table.does("mediator", "verify", result="partly", received_on=clock.today())
    query = select(Task.id).where(Task.case_id == table.case_id, Task.element_id == "receive", Task.status == "open")
    assert len(db.session.scalars(query).all()) == 1


def test_a_case_is_closed_when_what_a_change_adds_is_performed_and_visited(table: Table) -> None:
    performs(table)
    visits_made(table)
    agree_anew(table)
    for _ in range(2):
        steps.receive(table)
        person = table.opens("dispatcher", "close")
        fill(person, steps.CLOSED, status=422)
        assert "变更后" in person.text()
    steps.visit(table)
    table.does("mediator", "sign", result="effective")
    steps.close(table)
    assert table.case.closed_at is not None


def test_a_case_is_not_closed_while_a_change_is_signed(table: Table) -> None:
    performs(table)
    visits_made(table)
    opens_change(table)
    person = table.opens("dispatcher", "close")
    fill(person, steps.CLOSED, status=422)
    assert "变更协议正在协商" in person.text()


@pytest.fixture
def sealed(table: Table) -> AgreementChange:
    """A change whose deed is sealed, and which nobody has looked at yet."""
    opens_change(table)
    table.does("mediator", "ask", consents=[{"answer": "agree"}, {"answer": "agree"}])
    change = db.session.scalars(select(AgreementChange)).one()
    _seal(change)
    return change


def of_another_case(house: House, change: AgreementChange) -> AgreementChange:
    case, deed = register(house).case, changes.deed_of(change)
    with command():
        other = AgreementChange(
            case_id=case.id, agreement_id=change.agreement_id, ordinal=2, status="agreed", reason="误工", drafted_at=clock.now(),
            drafted_by_id=change.drafted_by_id,
        )  # fmt: skip
        db.session.add(other)
        db.session.flush()
        db.session.add(Paper(
            case_id=case.id, kind=deed.kind, number="2", audience="shared", facts={}, release_hash=case.release_hash, issued_at=clock.now(),
            check_code="another", status="sealed", try_after=clock.now(), subject=f"change:{other.id}",
        ))  # fmt: skip
    return other


def test_a_change_that_cannot_take_effect_holds_up_no_other_case(
    house: House, sealed: AgreementChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, taken, broken = of_another_case(house, sealed).id, [], sealed.id

    def take_effect(change: AgreementChange, _deed: Paper) -> None:
        if change.id == broken:
            raise RuntimeError("this one is broken")
        taken.append(change.id)

    monkeypatch.setattr(changes, "take_effect", take_effect)
    assert changes.settle_due() == 1
    assert taken == [other]
    incident = db.session.scalars(select(Incident)).one()
    assert (incident.code, incident.case_id) == (changes.STUCK, sealed.case_id)


def test_a_change_that_failed_is_tried_again_when_its_incident_is_resolved(
    sealed: AgreementChange, table: Table, monkeypatch: pytest.MonkeyPatch, sign_in: Any
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(changes, "take_effect", lambda *_given: 1 / 0)
        assert changes.settle_due() == 0
    assert changes.settle_due() == 0
    incident = db.session.scalars(select(Incident)).one()
    person = sign_in("system_admin")
    person.get(f"/admin/incidents/{incident.id}")
    assert "变更" in person.text()
    person.post(f"/admin/incidents/{incident.id}/resolve")
    assert changes.settle_due() == 1
