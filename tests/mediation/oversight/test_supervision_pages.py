"""Warnings and orders in oversight: numbers with denominators, the lists behind them, few statements, no other centre."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mediation import clock
from mediation.cases.clocks import start_clock
from mediation.extensions import command, db
from mediation.models import Task
from mediation.oversight import supervision_queries as queries
from mediation.supervision import operations
from mediation.supervision.warnings import warn_overdue
from tests.kept import kept
from tests.mediation.oversight.test_oversight import register, statements

PAGES = (
    *(f"/oversight/warnings?kind={kind}&by={way}" for kind in queries.KINDS for way in queries.WAYS),
    *(f"/oversight/warnings/list?kind={kind}" for kind in queries.KINDS),
    *(f"/oversight/orders?by={way}" for way in queries.WAYS),
    "/oversight/orders/list", "/oversight/orders/list?state=late&by=agency&key=1",
)  # fmt: skip
SPAN = (date(2026, 1, 1), date(2027, 12, 31))


def order_about(house, case, login="supervisor"):
    task = db.session.scalars(
        select(Task).where(Task.case_id == case.id, Task.process_key == "intake", Task.status == "open")
    ).first()
    with command():
        return operations.order(case, task.name, operations.addressed(task), reason="逾期", demands="说明原因", task=task,
                                answer_due=clock.today() + timedelta(days=2), by=house.users[login])  # fmt: skip


@pytest.fixture
@kept
def late(house):
    """Two cases whose first step is over and one that is fresh, a clock that runs out, an order that nobody answered."""
    cases = [register(house), register(house)]
    start_clock(cases[0], "labour")
    db.session.commit()
    order_about(house, cases[0])
    clock.set_clock(clock.now() + timedelta(days=14))
    register(house)
    warn_overdue()
    return cases


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_drawn(late, sign_in, page, language):
    sign_in("supervisor").speaks(language).get(page)


def test_numbers_have_their_denominator_and_lead_to_their_rows(late, house):
    user = house.users["supervisor"]
    (line,) = [one for one in queries.lines(user, "task", "agency") if one.name == house.agencies["centre"].name]
    rows = queries.warned(user, "task", way="agency", key=line.key, stage="red")
    assert len(rows) == line.red > 0
    assert line.running > line.red + line.yellow - 1
    assert [row.due for row in rows] == sorted(row.due for row in rows)


def test_a_clock_near_its_end_is_yellow_and_an_order_without_answer_is_red(late, house):
    numbers = queries.totals(house.users["supervisor"])
    assert (numbers["clock"].running, numbers["clock"].yellow, numbers["clock"].red) == (1, 1, 0)
    assert (numbers["order"].running, numbers["order"].red) == (1, 1)


def test_orders_are_counted_by_agency_and_person(late, house):
    (line,) = queries.order_lines(house.users["supervisor"], "agency", *SPAN)
    assert (line.given, line.open, line.late, line.closed) == (1, 1, 1, 0)
    (line,) = queries.order_lines(house.users["supervisor"], "person", *SPAN)
    assert [one.person_id for one in queries.orders(house.users["supervisor"], *SPAN, way="person", key=line.key)] == [
        house.users["director"].id
    ]


def test_the_list_of_late_orders_names_their_steps_in_the_language_of_the_page(late, sign_in):
    person, page = sign_in("supervisor"), "/oversight/warnings/list?kind=order"
    assert "Check papers and admissibility" in person.speaks("en").get(page).get_text()
    assert "审查材料" in person.speaks("zh").get(page).get_text()


@pytest.mark.parametrize("login", ["clerk", "mediator", "court", "system_admin", "flow_admin"])
def test_who_does_not_oversee_sees_none_of_it(house, sign_in, login):
    person = sign_in(login)
    for page in ("/oversight/warnings", "/oversight/warnings/list", "/oversight/orders", "/oversight/orders/list"):
        person.get(page, status=403)


@pytest.mark.parametrize(
    "page", ["/oversight/warnings?by=house", "/oversight/warnings?kind=x", "/oversight/orders?by=step"]
)
def test_what_nobody_counts_by_is_not_found(house, sign_in, page):
    sign_in("supervisor").get(page, status=404)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "page",
    ["/oversight/warnings", "/oversight/warnings/list", "/oversight/warnings/list?kind=order", "/oversight/orders",
     "/oversight/orders/list"],
)  # fmt: skip
def test_a_page_takes_as_many_statements_for_many_cases_as_for_few(late, house, sign_in, page, language):
    person = sign_in("supervisor").speaks(language)
    person.get(page)
    with statements() as few:
        person.get(page)
    for _ in range(4):
        order_about(house, register(house))
    clock.set_clock(clock.now() + timedelta(days=14))
    warn_overdue()
    person.stays()
    with statements() as many:
        person.get(page)
    assert len(many) <= len(few)
