"""Disputes that belong together: found while one types, joined by a person, undone by a dispatcher, followed up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select

from mediation import clock
from mediation.cases import links, recognition, traits
from mediation.extensions import command, db
from mediation.models import Agency, Alarm, Case, CaseLink, CaseTrait, Process, Task, Visit
from tests.house import House
from tests.mediation.cases.disputes import PARTIES, leak, register
from tests.mediation.tasks.desk import asking
from tests.person import Person, form_values

SignIn = Callable[[str], Person]
STRANGER = {"side": "respondent", "kind": "person", "name": "孙某", "address": "", "phone": ""}


def typed(*parties: dict[str, Any], kind: str = "0202", place: str = "") -> tuple[list[traits.Trait], list[str]]:
    return list(traits.traits_of(parties, kind, place)), [str(one["name"]) for one in parties]


SHARED = {
    "the identity number": ({"name": "王大", "id_number": "11010119800307123x"}, {}, "身份证件号码相同"),
    "the telephone": ({"name": "王大", "phone": "138 0000 1234"}, {}, "电话相同"),
    "name and date of birth": ({"name": "王建国", "birth_date": date(1980, 3, 7)}, {}, "姓名和出生日期相同"),
    "the address": ({"name": "王大", "address": "幸福路12号 301"}, {}, "地址相同"),
    "the matter": ({"name": "李秀兰"}, {"kind": "0201", "place": "幸福路 12 号"}, "同一对方"),
}


@pytest.mark.parametrize(("party", "more", "reason"), SHARED.values(), ids=SHARED)
def test_what_is_shared_is_found_and_named(
    house: House, party: dict[str, Any], more: dict[str, str], reason: str
) -> None:
    born = {**PARTIES[0], "birth_date": "1980-03-07"}
    case = register(house, place=PLACE if "place" in more else "", parties=[born, PARTIES[1]]).case
    wanted, names = typed(party, STRANGER, **more)
    found = links.alike(asking(house.users["clerk"]), wanted, names)
    assert [one.case.id for one in found] == [case.id]
    assert any(reason in one for one in found[0].reasons), found[0].reasons


PLACE = "幸福路 12 号"


def test_a_name_alone_joins_nobody(house: House) -> None:
    register(house)
    wanted, names = typed({"name": "王建国"}, STRANGER)
    assert links.alike(asking(house.users["clerk"]), wanted, names) == []


def test_of_a_case_elsewhere_only_the_fact_and_whom_to_ask_is_told(house: House, sign_in: SignIn) -> None:
    case = register(house).case
    with command():
        case.agency = Agency(key="far", name="远山区综治中心", kind="centre", phone="0471-5550999", active=True)
        case.title = "王建国与李秀兰漏水纠纷"
    clerk = sign_in("clerk")
    clerk.get("/cases/new")
    page = clerk.post("/cases/new/alike", as_typed(leak()))
    told = page.get_text()
    assert "远山区综治中心" in told
    assert "0471-5550999" in told
    assert not any(word in told for word in (case.title, case.code, "李秀兰 ⇄"))
    assert page.select_one(f"select[name=link-{case.id}]") is None


def as_typed(answers: dict[str, Any], **more: str) -> dict[str, str]:
    """What the browser sends for a registration."""
    sent = {key: str(answers[key]) for key in ("summary", "claims", "kind", "source", "place")}
    for number, party in enumerate(answers["parties"]):
        sent |= {f"parties-{number}-{key}": "" for key in ("sex", "interpreter", "rep_kind")}
        for key in ("side", "kind", "name", "phone", "address", "service_address"):
            sent[f"parties-{number}-{key}"] = str(party.get(key) or "")
    return sent | more


def registered(clerk: Person, answers: dict[str, Any], **more: str) -> Case:
    clerk.get("/cases/new")
    form = clerk.page.select_one("form#form")
    assert form is not None
    clerk.post(str(form["action"]), as_typed(answers, **more))
    return db.session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()


def test_the_registrar_sees_it_while_typing_and_joins_it_or_not(house: House, sign_in: SignIn) -> None:
    first = register(house).case
    clerk = sign_in("clerk")
    clerk.get("/cases/new")
    page = clerk.post("/cases/new/alike", as_typed(leak()))
    assert page.select_one(f"select[name=link-{first.id}]")
    assert "电话相同" in page.get_text()
    alone = registered(clerk, leak())
    assert db.session.scalars(select(CaseLink)).all() == []
    joined = registered(clerk, leak(), **{f"link-{first.id}": "repeat"})
    row = db.session.scalars(select(CaseLink)).one()
    assert (row.case_id, row.other_id, row.kind, row.by_id) == (joined.id, first.id, "repeat", house.users["clerk"].id)
    assert "电话相同" in row.reason
    for one, other in ((first, joined), (joined, first)):
        page = clerk.get(f"/cases/{one.id}")
        assert page.select_one(f'a[href="/cases/{other.id}"]'), one.id
    assert alone.id not in (row.case_id, row.other_id)


def test_a_mistake_in_the_form_loses_no_wish(house: House, sign_in: SignIn) -> None:
    first = register(house).case
    clerk = sign_in("clerk")
    clerk.get("/cases/new")
    form = clerk.page.select_one("form#form")
    assert form is not None
    sent = as_typed(leak(), **{f"link-{first.id}": "related"}) | {"summary": ""}
    page = clerk.post(str(form["action"]), sent, status=422)
    assert page.select_one(f"select[name=link-{first.id}] option[value=related][selected]")


def test_what_is_typed_costs_as_many_statements_in_a_full_house(house: House, sign_in: SignIn) -> None:
    clerk, costs = sign_in("clerk"), []
    clerk.get("/cases/new")
    for _ in range(3):
        for _ in range(4):
            register(house)
        clerk.get("/cases/new")
        costs.append(len(statements(lambda: clerk.post("/cases/new/alike", as_typed(leak())))))
    assert len(set(costs)) == 1, costs
    assert costs[0] <= 6


def statements(act: Callable[[], object]) -> list[str]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return seen


def test_no_trait_lies_open_in_the_table(house: House) -> None:
    register(house)
    rows = db.session.scalars(select(CaseTrait)).all()
    assert {row.kind for row in rows} >= {"id", "phone", "address", "matter", "name"}
    assert not any("138" in row.hash or "王" in row.hash for row in rows)
    assert all(len(row.hash) == 64 for row in rows)


def test_a_corrected_telephone_is_found_and_the_old_one_is_not(house: House) -> None:
    from mediation.cases import operations

    case = register(house).case
    with command():
        operations.correct_fact(case, case.parties[0], "phone", "13700009999", "写错", by=house.users["clerk"])
    clerk = asking(house.users["clerk"])
    assert links.alike(clerk, *typed({"name": "某", "phone": "13800001234"})) == []
    assert len(links.alike(clerk, *typed({"name": "某", "phone": "137 0000 9999"}))) == 1


def test_cases_of_an_older_house_are_recognised_once(house: House) -> None:
    cases = [register(house).case for _ in range(3)]
    with command():
        db.session.execute(delete(CaseTrait))
    assert recognition.catch_up() == 3
    assert set(db.session.scalars(select(CaseTrait.case_id))) == {case.id for case in cases}
    assert recognition.catch_up() == 0


# --- on the case's pages ------------------------------------------------------------------------------------------


def two(house: House) -> tuple[Case, Case]:
    return register(house).case, register(house, parties=[{**PARTIES[0], "phone": ""}, PARTIES[1]]).case


def test_a_case_is_joined_from_its_page_and_parted_by_a_dispatcher(house: House, sign_in: SignIn) -> None:
    one, other = two(house)
    clerk, dispatcher = sign_in("clerk"), sign_in("dispatcher")
    clerk.get(f"/cases/{one.id}/links")
    clerk.submit({"number": other.code.lower(), "kind": "same-matter", "reason": "同一漏水"})
    row = db.session.scalars(select(CaseLink)).one()
    clerk.get(f"/cases/{one.id}/links/{row.id}/undo", status=403)
    dispatcher.get(f"/cases/{other.id}/links")
    dispatcher.get(f"/cases/{other.id}/links/{row.id}/undo")
    dispatcher.submit({"reason": ""}, status=422)
    dispatcher.submit({"reason": "不是同一件事"})
    row = db.session.scalars(select(CaseLink)).one()
    assert (row.undone_by_id, row.undone_reason) == (house.users["dispatcher"].id, "不是同一件事")
    assert dispatcher.get(f"/cases/{one.id}").select_one(f'a[href="/cases/{other.id}"]') is None


WRONG = ({"number": "没有的号"}, {"kind": ""}, {"reason": ""}, {"number": "self"})


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_makes_no_sense_is_refused(house: House, sign_in: SignIn, wrong: dict[str, str]) -> None:
    one, other = two(house)
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{one.id}/links")
    wish = {"number": other.code, "kind": "related", "reason": "相关", **wrong}
    wish["number"] = one.code if wish["number"] == "self" else wish["number"]
    clerk.submit(wish, status=422)
    assert db.session.scalars(select(CaseLink)).all() == []


def test_joined_twice_it_is_one_link(house: House) -> None:
    one, other = two(house)
    with command():
        first = links.join(one, other, "related", "相关", by=house.users["clerk"])
        assert links.join(other, one, "repeat", "又一次", by=house.users["clerk"]).id == first.id


def test_a_case_that_the_clerk_may_not_read_is_not_joined(house: House, sign_in: SignIn) -> None:
    one, other = two(house)
    with command():
        other.agency = Agency(key="far", name="远山区综治中心", kind="centre", active=True)
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{one.id}/links")
    clerk.submit({"number": other.code, "kind": "related", "reason": "相关"}, status=422)


# --- after closing ------------------------------------------------------------------------------------------------


def closed(house: House) -> Case:
    case = register(house).case
    with command():
        case.closed_at, case.status = clock.now(), "closed"
        case.mediator, case.committee = house.users["mediator"], house.agencies["committee"]
        for task in db.session.scalars(select(Task).where(Task.case_id == case.id)):
            task.status = "cancelled"
    return case


def follow_up(case: Case) -> Task:
    query = select(Task).where(Task.case_id == case.id, Task.status == "open")
    return db.session.scalars(query).one()


def test_a_new_dispute_joined_to_a_closed_case_opens_its_follow_up_again(house: House, sign_in: SignIn) -> None:
    old = closed(house)
    clerk = sign_in("clerk")
    new = registered(clerk, leak(), **{f"link-{old.id}": "repeat"})
    alarm = db.session.scalars(select(Alarm)).one()
    assert (alarm.case_id, alarm.source, alarm.about_id) == (old.id, "new_case", new.id)
    assert follow_up(old).element_id == "check"
    page = clerk.get(f"/cases/{old.id}").get_text()
    assert "结案后又有情况" in page
    assert new.display_number in page


ORIGINS = {
    "a grid report": ("grid", "visit"),
    "the hotline": ("hotline", "hotline"),
    "the police": ("police", "police"),
}


@pytest.mark.once
@pytest.mark.parametrize(("came_from", "told"), ORIGINS.values(), ids=ORIGINS)
def test_what_is_joined_from_the_closed_case_tells_where_it_came_from(house: House, came_from: str, told: str) -> None:
    """Whichever of the two pages somebody is on; even when the new matter is already closed again."""
    old = closed(house)
    new = register(house, source=came_from).case
    with command():
        old.closed_at -= timedelta(hours=1)  # type: ignore[operator]
        new.closed_at = clock.now()
    with command():
        links.join(old, new, "related", "同一楼", by=house.users["clerk"])
    alarm = db.session.scalars(select(Alarm)).one()
    assert (alarm.case_id, alarm.about_id, alarm.source) == (old.id, new.id, told)
    assert follow_up(old).element_id == "check"


def test_an_earlier_matter_that_is_over_too_opens_nothing(house: House) -> None:
    earlier, later = closed(house), closed(house)
    with command():
        earlier.registered_at -= timedelta(days=9)
        earlier.closed_at -= timedelta(days=8)
        later.registered_at -= timedelta(days=9)
    with command():
        links.join(later, earlier, "related", "同一楼", by=house.users["clerk"])
    assert db.session.scalars(select(Alarm)).all() == []


def test_a_call_to_110_about_a_closed_case_opens_its_follow_up_again(house: House, sign_in: SignIn) -> None:
    case = closed(house)
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}")
    clerk.post(f"/cases/{case.id}/beside/hotline_diversion")
    clerk.submit({"direction": "to_centre", "called_at": "2026-11-20T20:00", "matter": "又在楼道里吵", "urgent": "no"})
    alarm = db.session.scalars(select(Alarm)).one()
    assert (alarm.source, alarm.text) == ("police", "又在楼道里吵")
    opened = select(Task.element_id).where(Task.case_id == case.id, Task.status == "open")
    assert "check" in db.session.scalars(opened).all()


def test_an_alarm_is_checked_visited_and_ends_when_all_is_quiet(house: House, sign_in: SignIn) -> None:
    case = closed(house)
    with command():
        links.raise_alarm(case, "police", "邻居报警称又在吵架", by=None)
        links.raise_alarm(case, "hotline", "12345 转来同一诉求", by=None)
    dispatcher, mediator = sign_in("dispatcher"), sign_in("mediator")
    task = follow_up(case)  # the second alarm found the first still unchecked
    dispatcher.post(f"/tasks/{task.id}/claim")
    assert "邻居报警" in dispatcher.page.select_one("textarea[name=alarm]").get_text()  # type: ignore[union-attr]
    dispatcher.submit({"found": "属实", "decision": "visit"}, button="_redraw=1")
    dispatcher.submit({"visit_on": "2026-11-27"})
    task = follow_up(case)
    assert (task.element_id, task.claimed_by_id) == ("visit", house.users["mediator"].id)
    visit = db.session.scalars(select(Visit).where(Visit.case_id == case.id)).one()
    assert (visit.due_on, visit.status) == (date(2026, 11, 27), "planned")
    mediator.get(f"/tasks/{task.id}")
    mediator.submit({
        "result": "done", "visited_at": "2026-11-23T08:30", "manner": "visit", "performance": "performed",
        "satisfaction": "satisfied", "signs": "none", "visited": [str(case.parties[0].id)],
    })  # fmt: skip
    running = select(Process).where(Process.case_id == case.id, Process.key == "reopened_follow_up")
    assert db.session.scalars(running).one().status == "completed"
    assert db.session.scalars(select(Alarm).order_by(Alarm.id)).all()[0].source == "police"


def test_a_new_dispute_found_by_the_check_is_registered_and_linked(house: House, sign_in: SignIn) -> None:
    case = closed(house)
    dispatcher, clerk = sign_in("dispatcher"), sign_in("clerk")
    dispatcher.get(f"/cases/{case.id}")
    dispatcher.post(f"/cases/{case.id}/beside/reopened_follow_up")
    dispatcher.submit({"source": "police", "alarm": "又吵起来了", "found": "新的纠纷", "decision": "new_dispute"})
    task = follow_up(case)
    assert task.element_id == "register_new"
    new = registered(clerk, leak())
    clerk.post(f"/tasks/{task.id}/claim")
    clerk.submit({"number": "不存在", "reason": "再次发生"}, status=422)
    clerk.submit({"number": new.code, "reason": "再次发生"})
    row = db.session.scalars(select(CaseLink)).one()
    assert (row.case_id, row.other_id, row.kind) == (new.id, case.id, "repeat")


def test_a_new_dispute_that_raised_the_alarm_need_not_be_named_again(house: House, sign_in: SignIn) -> None:
    case, new = closed(house), register(house).case
    with command():
        links.join(new, case, "repeat", "同一堵墙", by=house.users["clerk"])
    dispatcher, clerk = sign_in("dispatcher"), sign_in("clerk")
    dispatcher.post(f"/tasks/{follow_up(case).id}/claim")
    dispatcher.submit({"found": "新的纠纷", "decision": "new_dispute"})
    clerk.post(f"/tasks/{follow_up(case).id}/claim")
    known = form_values(clerk.page.select_one("form#form"))
    assert (known["number"], known["reason"]) == (new.code, "同一堵墙")
    clerk.submit({})
    assert len(db.session.scalars(select(CaseLink)).all()) == 1


def test_known_people_are_named_where_only_the_telephone_is_the_same(house: House, sign_in: SignIn) -> None:
    register(house)
    clerk = sign_in("clerk")
    clerk.get("/cases/new")
    clerk.post("/cases/new/people", {"parties-0-name": "程秀芝", "parties-0-phone": PARTIES[0]["phone"]})
    assert PARTIES[0]["name"] in clerk.text()


def test_a_case_closed_under_an_older_release_is_followed_up_by_todays_flow(house: House) -> None:
    from mediation import releases
    from workflows import bundle

    case = closed(house)
    files = {name: text for name, text in releases.shipped_bundle().files.items() if "reopened" not in name}
    with command():
        old = releases.publish(bundle.Bundle(files), note="before", by=None).hash
        releases.publish(releases.shipped_bundle(), note="shipped", by=None)
        case.release_hash = old
    with command():
        links.raise_alarm(case, "police", "报警", by=None)
    assert follow_up(case).process.release_hash == house.release


def test_why_cases_are_joined_is_told_to_who_may_read_both(house: House, sign_in: SignIn) -> None:
    """The reason names people of both: whoever reads one case learns no name of the other by way of the link."""
    case, other = register(house).case, register(house, parties=[PARTIES[0], STRANGER]).case
    with command():
        links.join(case, other, "related", "王建国 ⇄ 孙某：电话相同", by=house.users["clerk"])
    clerk = sign_in("clerk")
    assert "孙某" in clerk.get(f"/cases/{case.id}").get_text()
    with command():
        other.agency = Agency(key="far", name="远山区综治中心", kind="centre", phone="0471-5550999", active=True)
    for page in (f"/cases/{case.id}", f"/cases/{case.id}/links"):
        text = clerk.get(page).get_text()
        assert "远山区综治中心" in text
        assert "孙某" not in text
