"""Signing in: who gets in, who must wait, and that nobody can keep somebody else waiting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mediation.accounts import passwords
from mediation.accounts.operations import create_user, set_active
from mediation.accounts.passwords import TRIES_PER_ORIGIN, TRIES_PER_ORIGIN_AND_SUBJECT, WINDOW
from mediation.extensions import command, db
from mediation.models import Entry, SignInAttempt, User
from mediation.scheduler import tidy
from tests.house import PASSWORD


@pytest.fixture(autouse=True)
def _cheap_passwords(app):
    app.config["CHEAP_PASSWORDS"] = True
    passwords._nobody.cache_clear()
    yield
    app.config["CHEAP_PASSWORDS"] = False
    passwords._nobody.cache_clear()


@pytest.fixture
def clerk(house):
    with command():
        passwords.set_password(house.users["clerk"], PASSWORD)
    return house.users["clerk"]


def sign_in(person, login="clerk", password=PASSWORD, *, status=200, address=None):
    if address:
        person.client.environ_base["REMOTE_ADDR"] = address
    person.get("/sign-in")
    person.submit({"login": login, "password": password}, status=status)
    return person


def is_inside(person):
    return person.response.request.path == "/work"


def test_account_and_password_open_my_work(resident, clerk):
    assert is_inside(sign_in(resident(), login=" Clerk "))


@pytest.mark.parametrize(("login", "password"), [("clerk", "wrong"), ("nobody", PASSWORD), ("", ""), ("clerk", "")])
def test_wrong_name_and_wrong_password_get_the_same_answer(resident, clerk, login, password):
    person = sign_in(resident(), login, password, status=422)
    right = sign_in(resident(), "clerk", "wrong", status=422)
    assert person.page.select_one(".callout-danger").text == right.page.select_one(".callout-danger").text


def test_a_closed_account_does_not_open(resident, clerk, house):
    with command():
        set_active(clerk, False, by=house.users["system_admin"])
    sign_in(resident(), status=422)


def test_guessing_from_one_place_must_wait_even_with_the_right_password(resident, clerk):
    for _ in range(TRIES_PER_ORIGIN_AND_SUBJECT):
        sign_in(resident(), password="wrong", status=422, address="198.51.100.1")
    sign_in(resident(), status=429, address="198.51.100.1")


def test_the_owner_gets_in_from_another_place(resident, clerk):
    for _ in range(TRIES_PER_ORIGIN_AND_SUBJECT + 1):
        resident_ = resident()
        resident_.client.environ_base["REMOTE_ADDR"] = "198.51.100.1"
        resident_.post("/sign-in", {"login": "clerk", "password": "wrong"}, status=resident_status(resident_))
    assert is_inside(sign_in(resident(), address="198.51.100.2"))


def resident_status(person):
    """422 until the place must wait, then 429: both refuse."""
    from mediation.accounts.passwords import must_wait

    return 429 if must_wait("clerk", person.client.environ_base["REMOTE_ADDR"]) else 422


def test_the_owner_gets_in_from_the_same_address_in_a_browser_that_is_known(resident, clerk):
    owner = sign_in(resident(), address="198.51.100.1")
    owner.post("/sign-out")
    for _ in range(TRIES_PER_ORIGIN_AND_SUBJECT):
        sign_in(resident(), password="wrong", status=422, address="198.51.100.1")
    sign_in(resident(), status=429, address="198.51.100.1")
    assert is_inside(sign_in(owner))


def test_a_known_browser_is_known_for_its_own_account_only(app, clerk):
    cookie = passwords.remember_browser(None, "clerk")
    assert passwords.known_browser(cookie, "clerk")
    assert passwords.known_browser(cookie, "director") is None
    assert passwords.known_browser(cookie + "x", "clerk") is None
    assert passwords.known_browser(None, "clerk") is None


def test_a_known_browser_must_wait_too_when_it_guesses(resident, clerk):
    owner = sign_in(resident())
    owner.post("/sign-out")
    for _ in range(TRIES_PER_ORIGIN_AND_SUBJECT):
        sign_in(owner, password="wrong", status=422)
    sign_in(owner, status=429)


def test_a_place_that_tries_many_accounts_must_wait_for_all(resident, clerk, app):
    with command():
        for number in range(TRIES_PER_ORIGIN):
            passwords.note_failure(f"account{number}", "198.51.100.1")
    sign_in(resident(), status=429, address="198.51.100.1")


def test_after_a_quarter_of_an_hour_one_may_try_again(resident, clerk, clock):
    for _ in range(TRIES_PER_ORIGIN_AND_SUBJECT):
        sign_in(resident(), password="wrong", status=422)
    clock.set_clock(clock.now() + WINDOW + timedelta(seconds=1))
    assert is_inside(sign_in(resident()))


def test_failures_are_forgotten_after_two_days(resident, clerk, clock):
    sign_in(resident(), password="wrong", status=422)
    clock.set_clock(clock.now() + timedelta(days=3))
    tidy()
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_the_journal_names_no_account_that_failed(resident, clerk):
    sign_in(resident(), login="my-password-by-mistake", status=422)
    entry = db.session.scalars(select(Entry).where(Entry.action == "sign-in-failed")).one()
    assert "my-password" not in f"{entry.actor} {entry.subject} {entry.details}"


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_ends_when_nobody_touches_it(resident, clerk, app, clock):
    person = sign_in(resident())
    clock.set_clock(clock.now() + timedelta(minutes=app.config["IDLE_MINUTES"] + 1))
    answer = person.client.get("/me")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_session_ends_after_a_day_of_work_however_busy(resident, clerk, app, clock):
    person = sign_in(resident())
    for _ in range(app.config["SESSION_HOURS"] * 2):
        clock.set_clock(clock.now() + timedelta(minutes=30))
        assert person.client.get("/me").status_code == 200
    clock.set_clock(clock.now() + timedelta(minutes=30))
    assert person.client.get("/me").status_code == 302


def test_signing_in_leaves_nothing_of_the_session_before(resident, clerk):
    person = resident()
    with person.client.session_transaction() as session:
        session["planted"] = "x"
    sign_in(person)
    with person.client.session_transaction() as session:
        assert "planted" not in session


def test_closing_an_account_ends_its_sessions_at_once(resident, clerk, house):
    person = sign_in(resident())
    with command():
        set_active(clerk, False, by=house.users["system_admin"])
    assert person.client.get("/me").status_code == 302


@pytest.mark.parametrize(("target", "goes"), [
    ("/notices", "/notices"), ("//evil.example/x", "/work"), ("https://evil.example", "/work"), ("/\\evil.example", "/work"),
    ("javascript:alert(1)", "/work"),
])  # fmt: skip
def test_after_signing_in_one_goes_on_inside_the_house_only(resident, clerk, target, goes):
    person = resident()
    person.get("/sign-in")
    answer = person.client.post(
        "/sign-in",
        query_string={"next": target},
        data={"login": "clerk", "password": PASSWORD, "csrf_token": person.token()},
    )
    assert answer.location == goes


# --- one's own password -----------------------------------------------------------------------------------------------


def change(person, old, new, *, status=200):
    person.get("/me/password")
    person.submit({"password": old, "new_password": new, "repeat_password": new}, status=status)


NEW = "another long sentence of 8 words"


def test_changing_the_password_ends_the_other_sessions(resident, clerk):
    here, elsewhere = sign_in(resident()), sign_in(resident())
    change(here, PASSWORD, NEW)
    assert here.client.get("/me").status_code == 200
    assert elsewhere.client.get("/me").status_code == 302
    sign_in(resident(), password=PASSWORD, status=422)
    assert is_inside(sign_in(resident(), password=NEW))


@pytest.mark.parametrize("new", ["short", "password123", "aaaaaaaaaaaa", "my clerk is good", PASSWORD, "x" * 201])
def test_a_password_that_everybody_tries_is_refused(resident, clerk, new):
    person = sign_in(resident())
    change(person, PASSWORD, new, status=422)


def test_the_present_password_is_asked_for_and_cannot_be_guessed_for_ever(resident, clerk):
    person = sign_in(resident())
    for _ in range(TRIES_PER_ORIGIN_AND_SUBJECT):
        change(person, "not the present one", NEW, status=422)
    change(person, PASSWORD, NEW, status=429)


def test_who_must_change_the_password_can_do_nothing_else_first(resident, clerk):
    with command():
        db.session.get(User, clerk.id).must_change_password = True
    person = sign_in(resident())
    assert person.response.request.path == "/me/password"
    person.get("/notices")
    assert person.response.request.path == "/me/password"
    change(person, PASSWORD, NEW)
    person.get("/notices")
    assert person.response.request.path == "/notices"


def test_a_demonstration_account_in_production_is_made_ones_own_once(resident, clerk, app):
    with command():
        db.session.get(User, clerk.id).demo = True
    app.config["MODE"] = "production"
    try:
        person = sign_in(resident())
        assert person.response.request.path == "/me/password"
        change(person, PASSWORD, NEW)
        person.get("/notices")
        assert person.response.request.path == "/notices"
    finally:
        app.config["MODE"] = "demo"


def test_in_the_demonstration_its_accounts_open_without_ado(resident, clerk):
    with command():
        db.session.get(User, clerk.id).demo = True
    assert is_inside(sign_in(resident()))


# --- accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [
    {"login": "x"}, {"login": "Ünlaut"}, {"login": "clerk"}, {"name": " "}, {"email": "no address"}, {"roles": [("king", "centre")]},
    {"roles": [("clerk", "nowhere")]}, {"password": "short"},
])  # fmt: skip
def test_an_account_that_makes_no_sense_is_refused(house, changes):
    from mediation.accounts.operations import AccountRefused

    sound = {"login": "new.person", "name": "新人", "email": "", "roles": [("clerk", "centre")], "password": PASSWORD}
    with pytest.raises(AccountRefused), command():
        create_user(**{**sound, **changes}, by=house.users["system_admin"])
    assert db.session.scalar(select(User).where(User.name == "新人")) is None
