"""A notice goes out once, by the channel that reaches the person, and is tried again when the server does not answer."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mediation import flow
from mediation.cases.clocks import start_clock
from mediation.effects import EFFECTS, Occasion
from mediation.extensions import command, db
from mediation.models import Agency, Entry, Notice, Process, Task, User
from mediation.notices import sending
from mediation.notices.operations import tell_party, tell_user
from mediation.notices.sending import ATTEMPTS, send_due, words_of
from mediation.supervision.warnings import warn_overdue

TEMPLATES = sorted(path.stem for path in Path("templates/mails").glob("[!_]*.txt"))


@pytest.fixture(autouse=True)
def _empty_outbox(app):
    for file in Path(app.config["OUTBOX"]).glob("*.txt"):
        file.unlink()


def files(app, channel=""):
    return sorted(path.name for path in Path(app.config["OUTBOX"]).glob(f"{channel}*.txt"))


def mail_to(house, login="clerk", template="task-given", **details):
    with command():
        tell_user(house.users[login].id, template, channels=("mail",), **{"title": "案1", "step": "登记", **details})
    return db.session.scalars(select(Notice).where(Notice.channel == "mail").order_by(Notice.id.desc()).limit(1)).one()


def test_a_mail_is_written_once(house, app):
    mail_to(house)
    assert (send_due(), send_due()) == (1, 0)
    assert len(files(app, "mail-")) == 1


def test_the_inbox_needs_nobody_to_send_it(house):
    with command():
        tell_user(house.users["clerk"].id, "task-given", title="案1", step="登记")
    assert send_due() == 0
    assert db.session.scalars(select(Notice)).one().status == "sent"


def test_an_english_account_reads_the_steps_and_clocks_in_english(house, registered, sign_in):
    with command():
        db.session.get(User, house.users["clerk"].id).language = "en"
    task = db.session.scalars(select(Task).where(Task.case_id == registered.case.id, Task.status == "open")).one()
    row = start_clock(registered.case, "medical")
    with command():
        tell_user(house.users["clerk"].id, "task-red", case=task.case, task=task, title="1", step=task.name)
        tell_user(house.users["clerk"].id, "clock-red", case=task.case, title="1", step=row.name)
    told = [words_of(one)[0] for one in db.session.scalars(select(Notice).order_by(Notice.id.desc()).limit(2))]
    assert all(subject.isascii() for subject in told), told
    page = sign_in("clerk").get("/notices").get_text()
    assert all(subject in page for subject in told)
    assert task.name not in page


@pytest.mark.parametrize(("phone", "channel"), [
    ("139 0000 1111", "sms"), ("+86 13900001111", "sms"), ("0532-8550100", "letter"), ("", "letter"), ("12345", "letter"),
])  # fmt: skip
def test_a_party_is_told_by_text_message_or_else_by_letter(registered, phone, channel):
    with command():
        party = registered.case.parties[0]
        party.phone = phone
        notice = tell_party(party, "accepted", case=registered.case)
    assert notice.channel == channel


def test_a_notice_to_a_role_of_the_court_goes_to_the_court_of_the_case(registered, house):
    happening = Occasion(registered.case, db.session.scalars(select(Process)).first(), "told", by=None)
    with command():
        registered.case.court = db.session.scalars(select(Agency).where(Agency.kind == "court")).one()
        EFFECTS["send-notice"].run(happening, template="task-given", to="role:court_liaison")
        EFFECTS["send-notice"].run(happening, template="task-red", to="director")
    told = db.session.execute(select(Notice.template, Notice.user_id).where(Notice.channel == "inbox")).all()
    assert ("task-given", house.users["court"].id) in told
    assert ("task-red", house.users["director"].id) in told


def test_a_corrected_number_is_the_one_that_is_used(registered, app):
    with command():
        tell_party(registered.case.parties[0], "accepted", case=registered.case)
    with command():
        registered.case.parties[0].phone = "13977776666"
    send_due()
    text = (Path(app.config["OUTBOX"]) / files(app, "sms-")[0]).read_text("utf-8")
    assert text.startswith("sms\t13977776666\n")


def failing(monkeypatch):
    def refuse(*_arguments):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(sending, "_post", refuse)


def test_a_server_that_is_away_is_asked_again_later_and_later(house, monkeypatch, clock, app):
    notice = mail_to(house)
    with monkeypatch.context() as patched:
        failing(patched)
        assert send_due() == 0
    first_wait = db.session.get(Notice, notice.id).try_after - clock.now()
    assert send_due() == 0  # not before its time
    clock.set_clock(clock.now() + first_wait)
    assert send_due() == 1
    assert len(files(app, "mail-")) == 1


def test_what_cannot_be_sent_is_given_up_and_shown_as_failed(house, monkeypatch, clock):
    notice = mail_to(house)
    failing(monkeypatch)
    for _ in range(ATTEMPTS):
        assert db.session.get(Notice, notice.id).status == "queued"
        send_due()
        clock.set_clock(clock.now() + timedelta(days=1))
    row = db.session.get(Notice, notice.id)
    assert (row.status, row.failure) == ("failed", "SMTPServerDisconnected")


def test_a_party_whom_no_text_message_reaches_gets_a_letter(registered, monkeypatch, clock):
    with command():
        notice = tell_party(registered.case.parties[0], "accepted", case=registered.case)
    failing(monkeypatch)
    for _ in range(ATTEMPTS):
        send_due()
        clock.set_clock(clock.now() + timedelta(days=1))
    assert db.session.get(Notice, notice.id).status == "failed"
    letter = db.session.scalars(select(Notice).where(Notice.channel == "letter", Notice.template == "accepted")).one()
    assert (letter.party_id, letter.status) == (registered.case.parties[0].id, "queued")


def test_nobody_without_an_address_is_written_to_for_ever(house):
    with command():
        db.session.get(User, house.users["clerk"].id).email = ""
    notice = mail_to(house)
    send_due()
    assert db.session.get(Notice, notice.id).failure == "no address"


def test_one_notice_without_words_does_not_keep_the_others_back(house, app):
    broken = mail_to(house, template="no-such-template")
    mail_to(house)
    assert send_due() == 1
    assert db.session.get(Notice, broken.id).status == "failed"


def test_sending_is_written_down(registered):
    with command():
        tell_party(registered.case.parties[0], "accepted", case=registered.case)
    send_due()
    sent = select(Entry).where(Entry.chain == registered.case.id, Entry.action == "notice-sent")
    assert len(db.session.scalars(sent).all()) == 1


def test_the_words_are_in_the_recipients_language(house):
    with command():
        db.session.get(User, house.users["clerk"].id).language = "en"
    english = words_of(mail_to(house, "clerk", step="Register"))
    chinese = words_of(mail_to(house, "mediator", step="Register"))
    assert english != chinese
    assert english[0].isascii()


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_has_words_for_a_party_or_a_colleague(registered, house, template):
    if template in sending.LINKS:
        return  # written with a link of their own; tested where the link is made
    with command():
        tell_user(house.users["clerk"].id, template, case=registered.case, title="案1", step="登记", what="file", by="李晓",
                  name="李晓", note="请看", reason="请假", text="问", asked="李晓")  # fmt: skip
    subject, body = words_of(db.session.scalars(select(Notice).where(Notice.template == template)).first())
    assert subject
    assert body.strip()
    assert "None" not in subject + body


def test_no_template_names_a_party(registered, house):
    with command():
        for template in TEMPLATES:
            if template not in sending.LINKS:
                tell_party(registered.case.parties[0], template, case=registered.case)
    texts = [words_of(notice) for notice in db.session.scalars(select(Notice).where(Notice.party_id.is_not(None)))]
    assert not [text for text in texts for name in ("王建国", "李秀兰") if name in text[0] + text[1]]


# --- who hears of what ------------------------------------------------------------------------------------------------


def test_who_is_offered_a_task_hears_of_it_but_not_who_caused_it(registered, house):
    told = select(Notice.user_id).where(Notice.template == "task-offered")
    assert house.users["clerk"].id not in set(db.session.scalars(told))


def test_a_withdrawn_notice_is_not_sent(mediating):
    task = db.session.scalars(select(Task).where(Task.element_id == "confirm_triage")).one()
    with command():
        flow.withdraw_consequences(task)
    withdrawn = db.session.scalars(select(Notice).where(Notice.task_id == task.id, Notice.status == "withdrawn")).all()
    assert withdrawn
    send_due()
    assert {db.session.get(Notice, notice.id).status for notice in withdrawn} == {"withdrawn"}


def test_an_overdue_task_is_told_once_to_its_pool_and_the_director(registered, house, clock):
    clock.set_clock(clock.now() + timedelta(days=10))
    warn_overdue()
    warn_overdue()
    red = db.session.scalars(select(Notice).where(Notice.template == "task-red", Notice.channel == "inbox")).all()
    told = sorted(notice.user_id for notice in red)
    assert told == sorted(house.users[login].id for login in ("clerk", "director", "supervisor"))


def test_a_task_that_is_due_soon_is_told_to_its_holders_only(registered, house, clock):
    task = db.session.scalars(select(Task).where(Task.element_id == "examine")).one()
    clock.set_clock(task.due_at - timedelta(hours=3))
    warn_overdue()
    yellow = db.session.scalars(select(Notice).where(Notice.template == "task-yellow")).all()
    assert [notice.user_id for notice in yellow] == [house.users["clerk"].id]


# --- my notices -------------------------------------------------------------------------------------------------------


def test_ones_own_notices_are_listed_opened_and_marked_as_read(registered, house, sign_in):
    with command():
        tell_user(house.users["clerk"].id, "task-given", case=registered.case, title="案1", step="登记")
        tell_user(house.users["director"].id, "task-given", case=registered.case, title="案2", step="登记")
    person = sign_in("clerk")
    person.get("/notices")
    assert len(person.page.select("#list li")) == 1
    person.submit(form='form[action="/notices/read"]')
    mine = select(Notice).where(Notice.user_id == house.users["clerk"].id)
    assert db.session.scalars(mine).one().read_at is not None
    others = db.session.scalars(select(Notice).where(Notice.user_id == house.users["director"].id)).one()
    assert others.read_at is None
    person.get(f"/notices/{others.id}", status=404)
