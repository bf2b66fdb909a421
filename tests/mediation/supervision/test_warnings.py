"""When warnings turn yellow and red, and that each is told once a stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from mediation import clock, clocks
from mediation.cases.clocks import start_clock
from mediation.extensions import command, db
from mediation.models import (
    Case,
    Deadline,
    Notice,
    OverdueNotice,
    Process,
    Referral,
    SupervisionOrder,
    Task,
    WarningTold,
)
from mediation.supervision import warnings
from mediation.supervision.warnings import Rule, rule_for, warn_overdue
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import register

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
@kept
def case(house: House) -> Case:
    return register(house).case


@pytest.mark.parametrize(
    ("rule", "days", "yellow"),
    [
        (Rule(3, 1), 30, 27),  # three days before the end
        (Rule(3, 0.8), 30, 24),  # four fifths come first
        (Rule(3, 0.8), 10, 7),  # of a short clock the days come first
    ],
)
def test_yellow_by_days_or_by_the_share_that_is_used(rule: Rule, days: int, yellow: int) -> None:
    assert rule.yellow_at(BEGIN, BEGIN + timedelta(days=days)) == BEGIN + timedelta(days=yellow)


def test_the_rules_come_from_the_table(house: House) -> None:
    assert rule_for("clock", "peoples-mediation") == Rule(3, 0.8)
    assert rule_for("clock", "civil-limitation") == Rule(30, 0.95)
    assert rule_for("task", "intake.examine") == Rule(1, 1)


def stages() -> list[str]:
    return list(db.session.scalars(select(WarningTold.stage).order_by(WarningTold.id)))


def test_a_clock_is_warned_of_once_yellow_and_once_red(house: House, case: Case) -> None:
    start_clock(case, "labour")
    db.session.commit()
    for days, wanted in ((1, []), (12, ["yellow"]), (1, ["yellow"]), (8, ["yellow", "red"]), (1, ["yellow", "red"])):
        clock.set_clock(clock.now() + timedelta(days=days))
        warn_overdue()
        assert stages() == wanted
    red = select(Notice.user_id).where(Notice.template == "clock-red", Notice.channel == "inbox")
    assert house.users["supervisor"].id in set(db.session.scalars(red))


def medical(case: Case) -> Deadline:
    row = clocks.running(case, "medical")
    assert row is not None
    return row


def test_a_clock_that_stands_still_is_not_warned_of_and_an_extended_one_again(house: House, case: Case) -> None:
    start_clock(case, "medical")
    db.session.commit()
    with command():
        clocks.pause(medical(case), clocks.changes_of(case, "medical"), reason="鉴定", by=None)
    clock.set_clock(clock.now() + timedelta(days=70))
    warn_overdue()
    assert stages() == []
    with command():
        clocks.resume(medical(case), by=None)
    clock.set_clock(medical(case).due_at - timedelta(days=1))
    warn_overdue()
    assert stages() == ["yellow"]
    asked = clocks.Asked(length=20, consents=[{"name": "王建国"}, {"name": "李秀兰"}])
    with command():
        clocks.extend(medical(case), clocks.changes_of(case, "medical"), asked, by=None)
    assert stages() == []


# --- nobody waits behind those whose time has not come ------------------------------------------------------------------


@pytest.fixture
def crowd(house: House, monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """Six cases, and a sweep that takes two at a time."""
    monkeypatch.setattr(warnings, "BATCH", 2)
    return [register(house).case for _ in range(6)]


def test_a_clock_that_ends_later_but_is_warned_of_earlier_does_not_wait(crowd: list[Case]) -> None:
    for case in crowd[:5]:
        start_clock(case, "labour")  # 15 days, yellow after twelve
    start_clock(crowd[5], "enforcement")
    late = db.session.scalars(select(Deadline).where(Deadline.clock == "enforcement")).one()
    late.due_at = clock.now() + timedelta(days=29)  # yellow thirty days before
    db.session.commit()
    clock.set_clock(clock.now() + timedelta(days=1))
    warn_overdue()
    assert db.session.scalars(select(WarningTold.subject)).all() == [f"deadline:{late.id}"]


def test_a_step_that_ends_later_but_is_warned_of_earlier_does_not_wait(
    crowd: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = list(db.session.scalars(select(Task).where(Task.status == "open").order_by(Task.due_at, Task.id)))
    with command():
        tasks[-1].due_at, tasks[-1].element_id = clock.now() + timedelta(days=20), "long"
    monkeypatch.setattr(
        warnings, "rule_for", lambda _kind, subject, _table=None: Rule(30 if subject.endswith("long") else 0)
    )
    warn_overdue()
    told = select(OverdueNotice.task_id).where(OverdueNotice.stage == "yellow")
    assert db.session.scalars(told).all() == [tasks[-1].id]


def test_hand_overs_and_orders_do_not_wait_either(
    crowd: list[Case], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warnings, "rule_for", lambda *_: Rule(0, 0.5))
    with command():
        for case in crowd:
            begun = clock.now() - timedelta(days=60 if case is crowd[5] else 0)
            hand_over(house, case, begun, clock.now() + timedelta(days=20 if case is crowd[5] else 10))
    warn_overdue()
    told = {subject.split(":")[0] for subject in db.session.scalars(select(WarningTold.subject))}
    assert (told, stages()) == ({"referral-sent", "order"}, ["yellow", "yellow"])


def hand_over(house: House, case: Case, begun: datetime, due: datetime) -> None:
    """Something that waits for a signature, and an order about it."""
    court, process = house.agencies["court"].id, select(Process.id).where(Process.case_id == case.id)
    db.session.add(Referral(
        case_id=case.id, process_id=db.session.scalars(process).one(), task_id="", from_agency_id=case.agency_id,
        to_agency_id=court, reason="", purpose="", part="", prepared_by_id=house.users["director"].id, status="sent",
        sent_at=begun, sign_due_at=due,
    ))  # fmt: skip
    db.session.add(SupervisionOrder(
        case_id=case.id, step="签收", agency_id=court, reason="", ordered_at=begun, answer_due=clock.local(due).date()
    ))  # fmt: skip


def test_more_than_one_sweep_can_tell_are_told_by_the_next(crowd: list[Case]) -> None:
    for case in crowd:
        start_clock(case, "labour")
    db.session.commit()
    clock.set_clock(clock.now() + timedelta(days=13))
    told = []
    for _ in range(3):
        warn_overdue()
        told.append(len(stages()))
    assert told == [2, 4, 6]
