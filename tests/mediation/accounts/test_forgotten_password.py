"""A forgotten password: from the page, through a real mail server on this machine, to the new one."""

from __future__ import annotations

import email
import re
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from mediation.accounts import passwords
from mediation.accounts.operations import link_by_administrator
from mediation.extensions import command, db
from mediation.models import Notice, PasswordReset, User
from mediation.notices.sending import send_due
from tests.house import PASSWORD

NEW = "another long sentence of 8 words"


class Postbox:
    """Keeps the messages that arrive."""

    def __init__(self) -> None:
        self.messages: list[email.message.Message] = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the name that aiosmtpd calls
        self.messages.append(email.message_from_bytes(envelope.content))
        return "250 OK"

    def text(self, number: int = -1) -> str:
        return self.messages[number].get_payload(decode=True).decode("utf-8")


@pytest.fixture
def postbox(app) -> Iterator[Postbox]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    app.config["SMTP"] = f"127.0.0.1:{port}"
    yield box
    app.config["SMTP"] = ""
    server.stop()


@pytest.fixture(autouse=True)
def _cheap_passwords(app):
    app.config["CHEAP_PASSWORDS"] = True
    yield
    app.config["CHEAP_PASSWORDS"] = False


def ask(person, name):
    person.get("/forgot")
    person.submit({"name": name})
    return person


def link_in(text):
    return re.search(r"/new-password/[0-9a-f]{64}", text)[0]


def set_new(person, link, new=NEW, *, status=200):
    person.get(link)
    return person.submit({"new_password": new, "repeat_password": new}, status=status)


@pytest.mark.parametrize("name", ["clerk", "CLERK@qinghe.example "])
def test_the_link_in_the_mail_sets_a_new_password_once(resident, house, postbox, name):
    ask(resident(), name)
    send_due()
    assert postbox.messages[0]["To"] == "clerk@qinghe.example"
    link = link_in(postbox.text())
    person = resident()
    set_new(person, link)
    assert passwords.matches(db.session.get(User, house.users["clerk"].id), NEW)
    person.get(link, status=404)


def test_the_mail_goes_out_once(resident, house, postbox):
    ask(resident(), "clerk")
    assert (send_due(), send_due()) == (1, 0)
    assert len(postbox.messages) == 1


def test_nobody_learns_whether_there_is_such_an_account(resident, house, postbox):
    known, unknown = ask(resident(), "clerk"), ask(resident(), "nobody")
    assert known.text() == unknown.text()
    send_due()
    assert len(postbox.messages) == 1


def test_the_link_lies_nowhere_in_the_database(resident, house, postbox):
    ask(resident(), "clerk")
    send_due()
    token = link_in(postbox.text()).rsplit("/", 1)[1]
    rows = [*db.session.scalars(select(PasswordReset)), *db.session.scalars(select(Notice))]
    assert not any(token in str(value) for row in rows for value in vars(row).values())


def test_a_link_is_over_after_two_hours(resident, house, postbox, clock):
    ask(resident(), "clerk")
    send_due()
    clock.set_clock(clock.now() + timedelta(hours=2, seconds=1))
    resident().get(link_in(postbox.text()), status=404)


def test_using_one_link_uses_up_the_others(resident, house, postbox):
    ask(resident(), "clerk")
    ask(resident(), "clerk")
    send_due()
    set_new(resident(), link_in(postbox.text(0)))
    resident().get(link_in(postbox.text(1)), status=404)


def test_a_new_password_ends_every_session(resident, sign_in, house, postbox):
    somebody = sign_in("clerk")
    ask(resident(), "clerk")
    send_due()
    set_new(resident(), link_in(postbox.text()))
    assert somebody.client.get("/me").status_code == 302


@pytest.mark.parametrize("new", ["short", "clerk is my name"])
def test_a_poor_password_is_refused_and_the_link_stays(resident, house, postbox, new):
    ask(resident(), "clerk")
    send_due()
    link = link_in(postbox.text())
    set_new(resident(), link, new, status=422)
    set_new(resident(), link)


def test_asking_again_and_again_is_braked(resident, house, postbox):
    for _ in range(passwords.TRIES_PER_ORIGIN_AND_SUBJECT):
        ask(resident(), "clerk")
    person = resident()
    person.get("/forgot")
    person.submit({"name": "clerk"}, status=429)


def test_links_cannot_be_guessed_at_for_ever(resident, house):
    person = resident()
    for number in range(passwords.TRIES_PER_ORIGIN_AND_SUBJECT):
        person.post(f"/new-password/{number:064x}", {"new_password": NEW, "repeat_password": NEW}, status=404)
    person.get(f"/new-password/{'f' * 64}", status=429)


def test_an_administrator_hands_over_a_link(resident, house):
    with command():
        token = link_by_administrator(house.users["clerk"], by=house.users["system_admin"])
    set_new(resident(), f"/new-password/{token}")
    assert passwords.matches(db.session.get(User, house.users["clerk"].id), NEW)


def test_an_account_without_a_password_opens_for_nobody(resident, house):
    person = resident()
    person.get("/sign-in")
    person.submit({"login": "clerk", "password": PASSWORD}, status=422)
