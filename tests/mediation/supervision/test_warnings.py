"""When warnings turn yellow and red, and that each is told once a stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from mediation import clock, clocks
from mediation.cases.clocks import start_clock
from mediation.extensions import command, db
from mediation.models import Case, Deadline, Notice, WarningTold
from mediation.supervision.warnings import Rule, rule_for, warn_overdue
from tests.house import House
from tests.mediation.cases.disputes import register

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
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
