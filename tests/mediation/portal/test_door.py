"""How a resident comes in: with two codes or a one-time password, and with nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mediation.accounts.passwords import TRIES_PER_ORIGIN_AND_SUBJECT
from mediation.extensions import command, db
from mediation.models import Entry, Notice, PartyPass
from mediation.notices.sending import send_due
from mediation.portal.operations import PASSES_AN_HOUR, TRIES_PER_PASS


def at_the_door(person, case_code):
    person.get("/see")
    person.submit({"case": case_code})
    return person


def ask_for_a_pass(person, case_code, phone):
    at_the_door(person, case_code)
    person.get("/see/telephone")
    person.submit({"phone": phone})
    return person


def password_in_the_message(app):
    send_due()
    newest = sorted(Path(app.config["OUTBOX"]).glob("sms-*.txt"))[-1].read_text("utf-8")
    return next(
        word for word in newest.replace("，", " ").replace("：", " ").split() if word.isdigit() and len(word) == 6
    )


@pytest.fixture(autouse=True)
def _empty_outbox(app):
    for file in Path(app.config["OUTBOX"]).glob("*.txt"):
        file.unlink()


def is_inside(person):
    return person.response.request.path == "/see/case"


def test_both_codes_open_the_page_of_this_party(enter):
    person = enter(0)
    assert is_inside(person)
    assert "王建国" in person.text()


@pytest.mark.parametrize("typed", [" {} ", "{}-", "lower"])
def test_a_code_is_taken_however_it_is_typed(resident, registered, typed):
    code = registered.codes[registered.case.parties[0].id]
    person = at_the_door(resident(), registered.case.code.lower())
    person.submit({"code": code.lower() if typed == "lower" else typed.format(f"{code[:4]} {code[4:]}")})
    assert is_inside(person)


def test_another_cases_party_code_opens_nothing(resident, registered, house):
    from mediation.cases.operations import register_dispute
    from tests.mediation.portal.conftest import dispute

    with command():
        other = register_dispute(dispute(), by=house.users["clerk"])
    person = at_the_door(resident(), other.case.code)
    person.submit({"code": registered.codes[registered.case.parties[0].id]}, status=422)
    person.get("/see/case")
    assert person.response.request.path == "/see"


def test_whether_a_case_exists_cannot_be_read_off_the_answers(resident, registered):
    pages = []
    for case_code in (registered.case.code, "ZZZZZZZZZZ"):
        person = at_the_door(resident(), case_code)
        person.submit({"code": "WRONGCODE"}, status=422)
        first = person.text()
        person.get("/see/telephone")
        person.submit({"phone": "13911112222"})
        pages.append((first, person.text(), person.response.status_code))
    assert pages[0] == pages[1]


def test_wrong_codes_from_one_place_must_wait_and_the_party_elsewhere_need_not(resident, registered):
    guesser = at_the_door(resident(), registered.case.code)
    guesser.client.environ_base["REMOTE_ADDR"] = "198.51.100.9"
    for _ in range(TRIES_PER_ORIGIN_AND_SUBJECT):
        guesser.submit({"code": "WRONGCODE"}, status=422)
    right = {"code": registered.codes[registered.case.parties[0].id]}
    guesser.submit(right, status=429)
    owner = at_the_door(resident(), registered.case.code)
    owner.submit(right)
    assert is_inside(owner)


def test_a_session_fixed_beforehand_is_given_up(resident, registered):
    person = at_the_door(resident(), registered.case.code)
    with person.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    person.submit({"code": registered.codes[registered.case.parties[0].id]})
    with person.client.session_transaction() as session:
        assert "planted" not in session
        assert "door" not in session


def test_the_session_ends_when_nobody_touches_it(enter, app, clock):
    person = enter(0)
    clock.set_clock(clock.now() + timedelta(minutes=app.config["IDLE_MINUTES"] + 1))
    answer = person.client.get("/see/case")
    assert answer.status_code == 302
    assert answer.location.startswith("/see?")


def test_a_new_party_code_ends_the_sessions_of_the_old_one(enter, registered, house):
    from mediation.cases.operations import renew_party_code

    person = enter(0)
    with command():
        renew_party_code(registered.case.parties[0], by=house.users["clerk"])
    person.get("/see/case")
    assert not is_inside(person)


def test_leaving_closes_the_page(enter):
    person = enter(0)
    person.post("/see/leave")
    person.get("/see/case")
    assert person.response.request.path == "/see"


# --- one-time passwords -----------------------------------------------------------------------------------------------


def test_a_one_time_password_opens_the_page_once(resident, registered, app):
    person = ask_for_a_pass(resident(), registered.case.code, "139-0000-1111")
    password = password_in_the_message(app)
    person.submit({"code": password})
    assert is_inside(person)
    again = at_the_door(resident(), registered.case.code)
    again.get("/see/password")
    again.submit({"code": password}, status=422)


def test_the_password_lies_nowhere_in_the_database(resident, registered, app):
    ask_for_a_pass(resident(), registered.case.code, "13900001111")
    password = password_in_the_message(app)
    row = db.session.scalars(select(PartyPass)).one()
    kept = [str(value) for value in vars(row).values()]
    kept += [str(notice.details) for notice in db.session.scalars(select(Notice))]
    kept += [str(entry.details) for entry in db.session.scalars(select(Entry))]
    assert not any(password in text for text in kept)


def test_only_the_browser_that_asked_can_use_the_password(resident, registered, app):
    ask_for_a_pass(resident(), registered.case.code, "13900001111")
    password = password_in_the_message(app)
    thief = at_the_door(resident(), registered.case.code)
    thief.get("/see/password")
    thief.submit({"code": password}, status=422)


def test_a_password_is_over_after_ten_minutes(resident, registered, app, clock):
    person = ask_for_a_pass(resident(), registered.case.code, "13900001111")
    password = password_in_the_message(app)
    clock.set_clock(clock.now() + timedelta(minutes=10, seconds=1))
    person.submit({"code": password}, status=422)


def test_a_password_is_over_after_too_many_tries(resident, registered, app):
    person = ask_for_a_pass(resident(), registered.case.code, "13900001111")
    password = password_in_the_message(app)
    wrong = f"{(int(password) + 1) % 10**6:06d}"
    for _ in range(TRIES_PER_PASS):
        person.submit({"code": wrong}, status=422)
    person.submit({"code": password}, status=422)


@pytest.mark.parametrize("phone", ["13900009999", "", "1", "139"])
def test_a_number_that_is_not_on_file_gets_no_message_and_the_same_answer(resident, registered, phone):
    person = ask_for_a_pass(resident(), registered.case.code, phone)
    assert person.response.request.path == "/see/password"
    assert db.session.scalar(select(func.count()).select_from(PartyPass)) == 0


def test_nobodys_telephone_is_made_to_ring_all_night(resident, registered):
    for number in range(PASSES_AN_HOUR + 3):
        person = resident()
        person.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        ask_for_a_pass(person, registered.case.code, "13900001111")
    assert db.session.scalar(select(func.count()).select_from(PartyPass)) == PASSES_AN_HOUR


def test_who_follows_a_wrong_address_reads_a_page_for_residents(house, resident):
    person = resident()
    page = person.get("/see/nonsense", status=404)
    assert "portal" in page.body["class"]
    assert page.select_one(".portal-phone a[href^='tel:']")
    assert page.select_one("a.btn[href='/see']")
    assert "搜索" not in person.text()


def test_in_english_the_page_names_the_mediator_the_body_and_the_law_in_english(enter, mediating):
    case = mediating.case
    with command():
        case.mediator.name_en = "Li Xiao"
    told = enter(0).speaks("en").get("/see/case").select_one("main").get_text(" ")
    assert "Mediator Li Xiao" in told
    assert "《" not in told
    assert (case.committee or case.agency).name not in told
