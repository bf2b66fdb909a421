"""The clock of confirmation is told to everybody while it runs: staff, the court's liaison, both sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mediation import clock
from mediation.agreements.countdown import CLOCK, countdown_of, last_days
from mediation.case_view import current_agreement
from mediation.extensions import command, db
from mediation.models import Case, Deadline, Participation, User
from tests.house import House, join
from tests.journeys import steps
from tests.journeys.table import Table
from tests.mediation.agreements.test_ledger import enters

pytestmark = pytest.mark.once

TABS = ("", "/course", "/parties", "/papers", "/dossier", "/meetings", "/performance", "/flow")


def line(table: Table, login: str, address: str) -> str:
    person = table.person(login)
    person.get(f"/cases/{table.case_id}{address}")
    found = person.page.select_one("#confirmation-clock")
    return found.get_text(" ", strip=True) if found else ""


@pytest.mark.parametrize("login", ["mediator", "director", "supervisor", "clerk"])
def test_staff_who_see_the_case_read_the_days_left_on_every_tab(table: Table, login: str) -> None:
    for tab in TABS:
        assert "还剩" in line(table, login, tab), tab


def test_the_line_says_how_it_was_counted_and_what_each_party_has_said(table: Table, resident: Any) -> None:
    person = enters(table, resident, "李秀兰")
    person.get("/see/confirmation")
    assert "不愿意申请" in person.page.select_one("button[value=no]").get_text()
    person.submit(button="answer=no")
    told = line(table, "mediator", "/performance")
    assert "自次日起计30日" in told
    assert "李秀兰：不愿意申请" in told
    assert "王建国：未答复" in told


def test_the_line_and_the_clock_of_the_flow_end_on_the_same_day(table: Table) -> None:
    row = db.session.scalars(select(Deadline).where(Deadline.case_id == table.case_id, Deadline.clock == CLOCK)).one()
    assert countdown_of(table.case).window.last_day == clock.day_of_deadline(row.due_at)


def test_both_sides_read_it_on_their_own_pages(table: Table, resident: Any) -> None:
    for name in ("李秀兰", "王建国"):
        person = enters(table, resident, name)
        person.get("/see/case")
        told = person.page.select_one("#confirmation-clock").get_text(" ", strip=True)
        assert "还剩" in told
        assert "您" in told


def test_the_courts_liaison_who_has_the_case_reads_it_on_the_page_and_on_the_list(table: Table) -> None:
    assert table.person("court").client.get(f"/cases/{table.case_id}").status_code == 404
    _let_in(table, "court")
    assert "还剩" in line(table, "court", "")
    person = table.person("court")
    person.get("/cases")
    assert "司法确认" in person.page.select_one("#cases").get_text()


def _let_in(table: Table, login: str) -> User:
    """As a commission, or a hand-over, lets somebody's pool in."""
    db.session.rollback()
    with command():
        user = db.session.scalars(select(User).where(User.login == login)).one()
        pool_id = user.memberships[0].pool_id
        db.session.add(
            Participation(case_id=table.case_id, pool_id=pool_id, since_at=clock.now(), part="facts parties")
        )
    return user


def test_another_house_does_not_read_it(table: Table, house: House) -> None:
    with command():
        join(house, "officer", "police", "police_liaison")
    user = _let_in(table, "officer")
    assert line(table, "officer", "") == ""
    assert last_days([table.case_id], user) == {}


def test_it_goes_when_the_application_is_filed(table: Table) -> None:
    steps.confirm_by_the_court(table)
    assert countdown_of(table.case) is None


def test_it_goes_when_the_sides_do_not_apply(table: Table) -> None:
    table.does("mediator", "precheck", wish="none", scope="all", explained=True)
    assert countdown_of(table.case) is None


def test_that_it_has_run_out_is_told_for_a_month(table: Table, resident: Any) -> None:
    last_day = countdown_of(table.case).window.last_day
    table.goes_to(clock.end_of(last_day) + timedelta(hours=9))
    assert "期限已过" in line(table, "mediator", "/course")
    person = enters(table, resident, "李秀兰")
    person.get("/see/case")
    assert "期限已过" in person.text()
    assert not person.page.select("a[href='/see/confirmation']")
    clock.set_clock(clock.end_of(last_day) + timedelta(days=31))
    assert countdown_of(db.session.get_one(Case, table.case_id)) is None


def test_nothing_runs_for_an_agreement_that_no_court_confirms(table: Table) -> None:
    db.session.rollback()
    with command():
        agreement = current_agreement(table.case_id)
        agreement.terms = [{"kind": "status", "what": "双方自愿离婚", "debtor": "", "creditor": ""}]
    assert countdown_of(table.case) is None
