"""My work: which tasks stand in which tab, how the list is narrowed, ordered and paged, and what it costs."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from mediation.extensions import command, db
from mediation.models import Agency, Entry, Membership, Pool, SavedView, Task
from mediation.tasks.queries import Cursor, Filters, counts, inbox
from tests.house import House
from tests.mediation.tasks.desk import a_case, asking, put
from tests.person import Person

SignIn = Callable[[str], Person]
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def ids(house: House, login: str, tab: str, **filters: object) -> list[str]:
    return [line.id for line in inbox(asking(house.users[login]), tab, Filters(**filters)).lines]  # type: ignore[arg-type]


def test_a_task_stands_in_the_tabs_of_who_may_do_it_and_of_nobody_else(house: House) -> None:
    with command():
        offered = put(house, "mediator")
        held = put(house, "mediator", holder="mediator")
    assert ids(house, "mediator", "offered") == [offered.id] == ids(house, "mediator2", "offered")
    assert ids(house, "mediator", "mine") == [held.id]
    assert ids(house, "mediator2", "mine") == ids(house, "clerk", "offered") == []


def test_due_today_and_overdue_take_what_i_hold_and_what_i_could_claim(house: House) -> None:
    with command():
        late = put(house, "clerk", due=timedelta(hours=-1))
        today = put(house, "clerk", due=timedelta(hours=3), holder="clerk")
        put(house, "clerk", due=timedelta(days=3))
    assert ids(house, "clerk", "over") == [late.id]
    assert ids(house, "clerk", "today") == [today.id]
    assert counts(house.users["clerk"]) == {
        "mine": 1, "offered": 2, "others": 0, "deputy": 0, "today": 1, "over": 1, "barred": 0,
    }  # fmt: skip


def test_the_earliest_deadline_comes_first_and_no_deadline_last(house: House) -> None:
    with command():
        far, none, near = (put(house, "clerk", due=due) for due in (timedelta(days=9), None, timedelta(days=1)))
    assert ids(house, "clerk", "offered") == [near.id, far.id, none.id]


def test_sorted_by_entry_the_newest_comes_first(house: House) -> None:
    with command():
        old, new = (put(house, "clerk", entered=timedelta(days=days)) for days in (5, 1))
    assert ids(house, "clerk", "offered", sort="entered") == [new.id, old.id]


@pytest.mark.parametrize("sort", ["due", "entered"])
def test_pages_follow_each_other_without_a_gap_or_a_repetition(house: House, sort: str) -> None:
    with command():
        case = a_case(house)
        for number in range(13):
            due = None if number % 4 == 0 else timedelta(days=number % 3)
            put(house, "clerk", case, due=due, entered=timedelta(hours=number % 5))
    everything = inbox(house.users["clerk"], "offered", Filters(sort=sort), limit=50)  # type: ignore[arg-type]
    seen, after = [], None
    for _ in range(7):
        page = inbox(house.users["clerk"], "offered", Filters(sort=sort), after, limit=2)  # type: ignore[arg-type]
        seen += [line.id for line in page.lines]
        after = Cursor.parse(str(page.more)) if page.more else None
    assert after is None
    assert seen == [line.id for line in everything.lines]
    assert len(set(seen)) == 13


def test_pages_over_many_pools_are_those_of_one_sorted_list(house: House) -> None:
    """More pools than a page has rows: what a page can at most hold is found from the pools' first deadlines."""
    chance, user = random.Random(3), house.users["mediator"]
    with command():
        case = a_case(house)
        for number in range(30):
            agency = Agency(key=f"a{number}", name=f"第 {number} 所", kind="committee", active=True)
            pool = Pool(role="mediator", agency=agency)
            user.memberships.append(Membership(pool=pool, role="mediator"))
            db.session.flush()
            for _ in range(chance.randint(0, 5)):
                due = None if chance.random() < 0.2 else timedelta(hours=chance.randint(-50, 50))
                put(house, "mediator", case, due=due).pool = pool
    expected = sorted(db.session.scalars(select(Task)).all(), key=lambda one: (one.due_at is None, one.due_at or NEVER, one.id))
    found: list[str] = []
    after = None
    while True:
        page = inbox(asking(user), "offered", Filters(), after, limit=7)
        found += [line.id for line in page.lines]
        if (after := page.more) is None:
            break
    assert found == [task.id for task in expected]


@pytest.mark.parametrize("text", ["", "~", "x~1", "2026-01-01~1", "2026-13-40T00:00:00Z~1", "2026-01-01T00:00:00Z"])
def test_what_is_no_cursor_begins_at_the_beginning(text: str) -> None:
    assert Cursor.parse(text) is None


@pytest.mark.parametrize("q", ["秀兰", "李秀", "王建国", "１３８"])
def test_a_case_is_found_by_any_two_characters_of_a_name_or_a_number(house: House, q: str) -> None:
    with command():
        put(house, "clerk", a_case(house, "张伟", "某物业"))
        case = a_case(house, "王建国", "李秀兰")
        case.parties[0].phone = "13800001234"
        from mediation.cases.facts import write_search_terms

        write_search_terms(case)
        wanted = put(house, "clerk", case)
    assert ids(house, "clerk", "offered", q=q) == [wanted.id]
    assert ids(house, "clerk", "offered", q=case.code[:6].lower()) == [wanted.id]


def test_filters_narrow_by_step_kind_deadline_agency_and_flow(house: House) -> None:
    with command():
        leak = put(house, "clerk", a_case(house, kind="0201"))
        divorce = put(house, "clerk", a_case(house, kind="0101"), element="supplement", due=timedelta(days=30))
    centre, court = house.agencies["centre"].id, house.agencies["court"].id
    assert ids(house, "clerk", "offered", kind="01") == [divorce.id]
    assert ids(house, "clerk", "offered", step="intake/examine") == [leak.id]
    assert ids(house, "clerk", "offered", due="later") == [divorce.id]
    assert ids(house, "clerk", "offered", agency=centre) == [leak.id, divorce.id]
    assert ids(house, "clerk", "offered", agency=court) == ids(house, "clerk", "offered", process="referral") == []


def test_searching_is_written_into_the_journal_without_the_words(house: House, sign_in: SignIn) -> None:
    with command():
        case = put(house, "clerk").case
    sign_in("clerk").get("/work?tab=offered&q=李秀兰")
    entry = db.session.scalars(select(Entry).where(Entry.action == "searched")).one()
    assert entry.details == {"found": [case.id]}
    assert "李秀兰" not in f"{entry.subject}{entry.details}"
    assert entry.user_id == house.users["clerk"].id


def test_a_view_is_kept_named_and_removed_by_its_owner_only(house: House, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get("/work")
    clerk.post("/work/views", {"name": "急件", "tab": "offered", "due": "today", "evil": "x"})
    view = db.session.scalars(select(SavedView)).one()
    assert (view.name, view.query) == ("急件", "tab=offered&due=today")
    assert "急件" in clerk.get("/work").get_text()
    sign_in("dispatcher").post(f"/work/views/{view.id}/remove", status=404)
    clerk.post(f"/work/views/{view.id}/remove")
    assert db.session.scalars(select(SavedView)).all() == []


@pytest.mark.parametrize("tab", ["mine", "offered", "deputy", "today", "over"])
def test_an_empty_tab_says_what_will_be_there(sign_in: SignIn, tab: str) -> None:
    empty = sign_in("mediator").speaks("en").get(f"/work?tab={tab}").select_one(".empty-state")
    assert empty is not None
    assert "here" in empty.get_text()


def statements_of(person: Person, url: str) -> list[str]:
    """What a page asks the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        person.get(url)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("login", ["clerk", "mediator"])
def test_the_page_costs_eight_statements_however_many_tasks_there_are(
    house: House, sign_in: SignIn, login: str
) -> None:
    person, costs = sign_in(login), []
    person.get("/work")  # what a release says is read once
    for _ in range(3):
        with command():
            for _ in range(8):
                put(house, login)
        costs.append(len(statements_of(person, "/work?tab=offered")))
    assert len(set(costs)) == 1
    assert costs[0] <= 8, statements_of(person, "/work?tab=offered")


def test_a_long_list_goes_on_by_key(house: House, sign_in: SignIn) -> None:
    with command():
        case = a_case(house)
        for number in range(30):
            put(house, "clerk", case, due=timedelta(hours=number + 1))
    clerk = sign_in("clerk")
    page = clerk.get("/work?tab=offered")
    assert len(page.select("#work-rows tr[data-href]")) == 25
    rest = clerk.get(page.select_one("a.more")["href"])
    assert len(rest.select("#work-rows tr[data-href]")) == 5
    assert rest.select_one("a.more") is None
