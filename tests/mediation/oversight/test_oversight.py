"""Oversight: the numbers are right, each has its list, nobody sees another centre, and a page takes the same few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from mediation import clock as wall
from mediation.cases.operations import register_dispute, void_case
from mediation.extensions import command, db
from mediation.models import Agreement, Case, Deadline, Obligation, Task
from mediation.oversight import queries
from mediation.oversight.queries import Period
from tests.mediation.portal.conftest import dispute

THIS_YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
PAGES = (
    "/oversight", "/oversight/overdue", "/oversight/overdue?by=agency", "/oversight/overdue?by=person",
    "/oversight/overdue/tasks?by=agency&key=1", "/oversight/cases", "/oversight/reads",
)  # fmt: skip


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that the database is sent."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def register(house, **changes):
    with command():
        return register_dispute(dispute(**changes), by=house.users["clerk"]).case


def settle(case, house, days):
    """An agreement in force so many days after registration."""
    with command():
        db.session.add(Agreement(case_id=case.id, kind="written", status="effective", drafted_at=case.registered_at,
                                 drafted_by_id=house.users["mediator"].id,
                                 effective_at=case.registered_at + timedelta(days=days)))  # fmt: skip


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_cases_are_counted_by_status_and_kind_with_their_denominator(house, app):
    first, second, _third = register(house), register(house), register(house, kind="0301")
    settle(first, house, 10)
    stands = queries.standing(house.users["supervisor"], THIS_YEAR)
    assert (stands.registered, stands.running, stands.agreed) == (3, 3, 1)
    assert sum(stands.by_status.values()) == 3
    assert stands.by_kind == {"02": (2, 1), "03": (1, 0)}
    assert second.status in stands.by_status


def test_a_case_registered_in_error_is_not_counted(house):
    case = register(house)
    with command():
        void_case(case, "登记错误", by=house.users["director"])
    assert queries.standing(house.users["supervisor"], THIS_YEAR).registered == 0


def test_only_cases_of_the_period_are_counted(house, clock):
    register(house)
    clock.set_clock(clock.now() + timedelta(days=60))
    register(house)
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert queries.standing(house.users["supervisor"], november).registered == 1


def test_the_last_day_of_a_period_counts_until_midnight_in_shanghai(house, clock):
    clock.set_clock(wall.end_of(date(2026, 11, 30)) - timedelta(seconds=1))
    register(house)
    clock.set_clock(wall.end_of(date(2026, 11, 30)))
    register(house)
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert queries.standing(house.users["supervisor"], november).registered == 1


def test_days_to_the_agreement_are_averaged_over_the_cases_that_have_one(house):
    for days in (2, 4, 12):
        settle(register(house), house, days)
    register(house)
    took = queries.duration(house.users["supervisor"], THIS_YEAR)
    assert (took.cases, took.average, took.middle) == (3, 6.0, 4.0)


def test_without_an_agreement_there_is_no_average(house):
    register(house)
    assert queries.duration(house.users["supervisor"], THIS_YEAR).average is None


def test_overdue_tasks_are_counted_by_step_agency_and_person(house, clock):
    cases = [register(house) for _ in range(3)]
    with command():
        held = db.session.scalars(select(Task).where(Task.case_id == cases[0].id, Task.status == "open")).one()
        held.claimed_by_id = house.users["clerk"].id
    clock.set_clock(clock.now() + timedelta(days=10))
    user = house.users["supervisor"]
    assert queries.overdue_total(user) == 3
    assert [(one.key, one.number) for one in queries.overdue_by_step(user)] == [("intake.examine", 3)]
    assert [(one.name, one.number) for one in queries.overdue_by_agency(user)] == [("青禾区综治中心", 3)]
    assert [(one.name, one.number) for one in queries.overdue_by_person(user)] == [("", 2), ("周雨晴", 1)]


def test_behind_each_number_stands_a_list_of_that_length(house, clock, sign_in):
    for _ in range(3):
        register(house)
    clock.set_clock(clock.now() + timedelta(days=10))
    person = sign_in("supervisor")
    for by in ("step", "agency", "person"):
        person.get(f"/oversight/overdue?by={by}")
        row = person.page.select_one("main table tbody tr")
        person.get(row.select_one("a")["href"])
        assert len(person.page.select("#tasks tr[data-href]")) == int(row.select("td")[1].get_text()) == 3


def test_a_long_list_goes_on(house, clock, sign_in, monkeypatch):
    for _ in range(5):
        register(house)
    clock.set_clock(clock.now() + timedelta(days=10))
    monkeypatch.setattr(queries, "PAGE", 2)
    person, seen = sign_in("director"), []
    person.get("/oversight/overdue/tasks?by=step&key=intake.examine")
    while True:
        seen += [row["data-href"] for row in person.page.select("#tasks tr[data-href]")]
        more = person.page.select_one("a.more")
        if more is None:
            break
        person.get(more["href"])
    assert len(seen) == len(set(seen)) == 5


def test_the_numbers_of_the_page_lead_to_their_cases(house, sign_in):
    register(house)
    register(house, kind="0301")
    person = sign_in("supervisor")
    person.get("/oversight")
    kinds = person.page.select('a[href*="kind=03"]')
    person.get(kinds[0]["href"])
    assert len(person.page.select("#cases tr[data-href]")) == 1


def test_periods_of_law_that_end_within_a_week_are_shown_the_nearest_first(house, clock, sign_in):
    case = register(house)
    with command():
        for days in (30, 6, 2):
            db.session.add(Deadline(case_id=case.id, clock="handling", name=f"第{days}天", ground="", counted="",
                                    started_on=wall.today(), due_at=clock.now() + timedelta(days=days)))  # fmt: skip
    near = queries.near_deadlines(house.users["supervisor"])
    assert [one.what for one in near] == ["第2天", "第6天"]


def test_a_period_of_law_is_called_as_the_reader_speaks(house, sign_in):
    case = register(house)
    with command():
        db.session.add(Deadline(case_id=case.id, clock="handling", name="综治中心办理期限", ground="综治中心分级办理规则",
                                counted="", started_on=wall.today(), due_at=wall.now() + timedelta(days=2)))  # fmt: skip
    page = sign_in("supervisor").speaks("en").get("/oversight")
    assert "The centre's own limit" in page.text
    assert "综治中心办理期限" not in page.text


def test_what_was_agreed_and_not_done_is_shown(house, clock):
    case = register(house)
    settle(case, house, 1)
    with command():
        agreement = db.session.scalars(select(Agreement)).one()
        for days, status in ((5, "open"), (5, "performed"), (60, "open")):
            agreement.obligations.append(Obligation(
                case_id=case.id, ordinal=1, debtor_id=case.parties[1].id, what=f"{days} {status}", status=status,
                due_on=wall.today() + timedelta(days=days),
            ))  # fmt: skip
    clock.set_clock(clock.now() + timedelta(days=20))
    assert [one.what for one in queries.unperformed(house.users["director"])] == ["5 open"]


# --- who sees it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["clerk", "dispatcher", "mediator", "court", "flow_admin", "system_admin"])
def test_only_supervisors_and_directors_oversee(house, sign_in, login):
    person = sign_in(login)
    for page in PAGES:
        person.get(page, status=403)


def test_pages_only_read(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("oversight.")]
    assert rules
    assert {method for rule in rules for method in rule.methods} == {"GET", "HEAD", "OPTIONS"}


def test_another_centre_is_not_overseen(registered, house, sign_in, clock):
    from mediation.models import Agency, Membership, Pool, User

    with command():
        other = Agency(key="elsewhere", name="别处综治中心", kind="centre", short_name="别", region="别处")
        db.session.add(other)
        db.session.flush()
        stranger = User(login="stranger", name="外人", password_hash="!", created_at=clock.now())
        stranger.memberships.append(Membership(pool=Pool(role="supervisor", agency_id=other.id), role="supervisor"))
        db.session.add(stranger)
    house.users["stranger"] = stranger
    clock.set_clock(clock.now() + timedelta(days=10))
    assert queries.standing(stranger, THIS_YEAR).registered == 0
    assert queries.overdue_total(stranger) == 0
    person = sign_in("stranger")
    for page in PAGES:
        person.get(page)
        assert registered.case.display_number not in person.text()


def test_who_looked_at_what_is_shown_and_that_one_asked_is_written_down(registered, house, sign_in):
    from mediation.models import Entry

    sign_in("clerk").get(f"/cases/{registered.case.id}")
    person = sign_in("supervisor")
    person.get(f"/oversight/reads?user={house.users['clerk'].id}")
    assert person.page.select(f'#reads tr[data-href="/cases/{registered.case.id}"]')
    asked = select(Entry).where(Entry.action == "journal-seen", Entry.user_id == house.users["supervisor"].id)
    assert db.session.scalars(asked).one().subject == f"user:{house.users['clerk'].id}"


@pytest.mark.parametrize("query", ["?from=yesterday&to=x", "?from=2026-12-01&to=2026-01-01", "?by=nothing"])
def test_nonsense_in_the_address_is_no_error(registered, sign_in, query):
    sign_in("supervisor").get(f"/oversight{query}")


# --- how many statements ----------------------------------------------------------------------------------------------


def count_on(person):
    """Page -> how many statements it takes."""
    counted = {}
    for page in PAGES:
        person.get(page)
        with statements() as sent:
            person.get(page)
        counted[page] = len(sent)
    return counted


def test_a_page_takes_the_same_few_statements_for_one_case_and_for_many(house, sign_in, clock):
    register(house)
    clock.set_clock(clock.now() + timedelta(days=10))
    person = sign_in("supervisor")
    few = count_on(person)
    for _ in range(6):
        register(house)
    clock.set_clock(clock.now() + timedelta(days=10))
    assert count_on(person) == few
    assert max(few.values()) <= 20


def test_the_same_case_is_not_counted_twice_after_a_second_agreement(house):
    case = register(house)
    settle(case, house, 3)
    settle(case, house, 9)
    stands = queries.standing(house.users["supervisor"], THIS_YEAR)
    took = queries.duration(house.users["supervisor"], THIS_YEAR)
    assert (stands.registered, stands.agreed, took.cases, took.average) == (1, 1, 1, 3.0)
    assert db.session.get(Case, case.id)
