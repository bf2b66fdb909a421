"""What a resident does: answer, report, ask, hand in, end. Each act reaches the table or the flow that waits for it."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import select

from mediation.cases.operations import register_dispute
from mediation.clock import now as clock_now
from mediation.clock import today
from mediation.extensions import command, db
from mediation.models import (
    Agreement,
    Alarm,
    Attachment,
    Case,
    Entry,
    InboxMessage,
    Invitation,
    Notice,
    Obligation,
    Receipt,
    Statement,
    Task,
)
from mediation.portal.questions import _send
from tests.mediation.portal.conftest import dispute, do


def entries(case_id, action):
    return list(db.session.scalars(select(Entry).where(Entry.chain == case_id, Entry.action == action)))


def told_the_mediator(case_id, what):
    query = select(Notice).where(Notice.case_id == case_id, Notice.template == "party-wrote")
    return any(notice.details["what"] == what for notice in db.session.scalars(query))


def test_the_status_page_says_where_it_stands_and_what_comes_next(enter, mediating):
    person = enter(1)
    assert person.page.select_one(".portal-status").get_text(strip=True)
    assert person.page.select_one("ol.tracker li[aria-current=step]")
    assert person.page.select_one('a[href="/see/consent"]')


def test_the_applicant_who_agreed_is_not_asked_again(enter, mediating):
    with command():
        mediating.case.parties[0].consent = "agree"
    assert enter(0).page.select_one('a[href="/see/consent"]') is None


def test_an_answer_to_the_mediators_question_reaches_the_mediator(enter, mediating):
    person = enter(1)
    person.get("/see/consent")
    person.submit(button="answer=refuse")
    said = db.session.scalars(select(Statement).where(Statement.kind == "request")).one()
    assert said.party_id == mediating.case.parties[1].id
    assert told_the_mediator(mediating.case.id, "consent")


@pytest.mark.parametrize(("answer", "note"), [("comes", ""), ("cannot", "下周三可以")])
def test_an_invitation_is_answered(enter, invited, mediating, answer, note):
    mine = invited.invitations[0]
    person = enter(0)
    person.get(f"/see/meetings/{mine.id}")
    person.submit({"note": note}, button=f"answer={answer}")
    row = db.session.get(Invitation, mine.id)
    assert (row.answer, row.note) == (answer, note)
    assert told_the_mediator(mediating.case.id, answer)
    assert entries(mediating.case.id, "meeting-answered")


def test_the_other_sides_invitation_is_not_found(enter, invited):
    enter(0).get(f"/see/meetings/{invited.invitations[1].id}", status=404)


def test_a_meeting_that_is_over_is_not_answered(enter, invited, clock):
    clock.set_clock(clock.now() + timedelta(days=4))
    enter(0).get(f"/see/meetings/{invited.invitations[0].id}", status=404)


def test_one_click_says_that_one_comes(enter, invited):
    person = enter(0)
    person.submit(form=f'form[action="/see/meetings/{invited.invitations[0].id}"]', button="answer=comes")
    assert db.session.get(Invitation, invited.invitations[0].id).answer == "comes"


def test_what_was_agreed_shows_who_owes_what_by_when(enter, agreed):
    assert "¥ 6,000.00" in enter(0).page.select_one("#dues").get_text(" ")


def test_a_draft_binds_nobody_and_is_not_shown(enter, agreed):
    with command():
        agreed.status = "draft"
    assert enter(0).page.select_one("#dues") is None


def test_a_payment_is_reported_while_it_is_owed_though_no_step_waits_for_it(enter, agreed):
    due = agreed.obligations[0]
    person = enter(0)
    person.get(person.page.select_one(f'a[href="/see/due/{due.id}"]')["href"])
    person.submit({"amount": "1500"})
    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.status, receipt.amount, receipt.obligation_id) == ("reported", Decimal("1500"), due.id)
    assert db.session.scalar(select(InboxMessage.id)) is None


def performed(agreement):
    agreement.obligations[0].status = "performed"


def closed(agreement):
    db.session.get(Case, agreement.case_id).closed_at = clock_now()


@pytest.mark.parametrize("over", [performed, closed])
def test_what_is_performed_or_closed_is_neither_offered_nor_taken(enter, agreed, over):
    with command():
        over(agreed)
    person = enter(0)
    assert person.page.select_one("#dues") is not None
    assert person.page.select_one('a[href^="/see/due/"]') is None
    person.get(f"/see/due/{agreed.obligations[0].id}")
    assert person.response.request.path == "/see/case"


def test_the_same_report_sent_twice_is_one_message(app, agreed, mediating):
    party = mediating.case.parties[0]
    for _ in range(2):
        with app.test_request_context(), command():
            _send(party, "receipt-reported", {"obligation": "1"}, "receipt 1")
    message = db.session.scalars(select(InboxMessage)).one()
    assert (message.party_id, message.payload["obligation"]) == (party.id, "1")


def test_somebody_elses_due_is_not_found(enter, agreed, registered, house):
    other = obligation_of_another_case(house)
    enter(0).get(f"/see/due/{other.id}", status=404)


def obligation_of_another_case(house):
    with command():
        other = register_dispute(dispute(), by=house.users["clerk"])
        agreement = Agreement(case_id=other.case.id, kind="written", status="effective", drafted_at=clock_now(),
                              drafted_by_id=house.users["mediator"].id, effective_at=clock_now())  # fmt: skip
        owed = Obligation(
            case_id=other.case.id, ordinal=1, debtor_id=other.case.parties[0].id, what="x", due_on=today()
        )
        agreement.obligations = [owed]
        db.session.add(agreement)
    return owed


def test_only_what_the_flow_waits_for_is_offered(enter, registered):
    person = enter(0)
    person.get("/see/more-time")
    assert person.response.request.path == "/see/case"


def test_either_side_ends_the_mediation(enter, mediating):
    person = enter(1)
    person.get("/see/end")
    person.submit({"sure": "yes", "reason": "不想调了"})
    case = db.session.get(Case, mediating.case.id)
    assert case.ending["by"] == str(mediating.case.parties[1].id)
    open_now = db.session.scalars(select(Task.element_id).where(Task.case_id == case.id, Task.status == "open")).all()
    assert open_now == ["terminate"]
    assert person.page.select_one('a[href="/see/end"]') is None


def test_ending_needs_the_box_to_be_ticked_and_keeps_what_was_typed(enter, mediating):
    person = enter(1)
    person.get("/see/end")
    person.submit({"reason": "不想调了"}, status=422)
    assert "不想调了" in person.page.select_one("textarea").get_text()
    assert db.session.get(Case, mediating.case.id).ending is None


def test_why_one_ends_it_is_not_told_to_the_other_side(enter, mediating):
    person = enter(1)
    person.get("/see/end")
    person.submit({"sure": "yes", "reason": "因为对方欠我人情"})
    other = enter(0)
    assert "因为对方欠我人情" not in other.response.text


def test_more_time_is_asked_for(enter, mediating, house):
    case = mediating.case
    answers = [{"party": str(party.id), "name": party.name, "answer": "agree"} for party in case.parties]
    do(case.id, "consent", {"consents": answers, "openness": "closed"}, house.users["mediator"])
    person = enter(0)
    person.get("/see/more-time")
    person.submit({"reason": "出差在外"})
    message = db.session.scalars(select(InboxMessage).where(InboxMessage.name == "extension-requested")).one()
    assert message.party_id == case.parties[0].id
    assert message.delivered_at is not None


def test_what_is_written_stays_behind_the_partys_wall(enter, mediating):
    person = enter(0)
    person.get("/see/statement")
    person.submit({"text": "  我补充一点  "})
    row = db.session.scalars(select(Statement).order_by(Statement.id.desc()).limit(1)).one()
    assert (row.text, row.party_id, row.taken_by_id) == ("我补充一点", mediating.case.parties[0].id, None)
    assert told_the_mediator(mediating.case.id, "statement")
    assert "我补充一点" not in enter(1).response.text


def test_an_empty_statement_is_asked_for_again(enter, mediating):
    person = enter(0)
    person.get("/see/statement")
    person.submit({"text": "   "}, status=422)


def photograph():
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_photograph_is_handed_in(enter, mediating):
    person = enter(0)
    person.get("/see/file")
    person.post("/see/file", {"file": (io.BytesIO(photograph()), "水渍.jpg"), "purpose": "evidence"})
    row = db.session.scalars(select(Attachment)).one()
    assert (row.name, row.party_id, row.shared) == ("水渍.jpg", mediating.case.parties[0].id, False)
    assert entries(mediating.case.id, "attachment-added")[0].actor == f"party:{mediating.case.parties[0].id}"


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00 a program", b"<html><script>alert(1)</script>"])
def test_what_is_no_picture_or_document_is_refused(enter, mediating, content):
    person = enter(0)
    person.get("/see/file")
    person.post("/see/file", {"file": (io.BytesIO(content), "x.jpg"), "purpose": "evidence"}, status=422)
    assert db.session.scalars(select(Attachment)).all() == []


def test_missing_papers_are_supplied_and_the_examination_begins_again(enter, registered, house):
    case_id = registered.case.id
    asked = {"materials_complete": "no", "missing": ["identity"], "identity_checked": True, "exclusion": "none",
             "conclusion": "supplement", "reason": "缺身份证"}  # fmt: skip
    do(case_id, "examine", asked, house.users["clerk"])
    person = enter(0)
    person.get("/see/file")
    person.post("/see/file", {"file": (io.BytesIO(photograph()), "身份证.jpg"), "purpose": "identity"})
    assert person.response.request.path == "/see/complete"
    person.submit()
    open_now = db.session.scalars(select(Task.element_id).where(Task.case_id == case_id, Task.status == "open")).all()
    assert open_now == ["examine"]


def test_a_closed_case_takes_nothing_more(enter, registered, house):
    from mediation.cases.operations import void_case

    with command():
        void_case(registered.case, "登记错误", by=house.users["director"])
    person = enter(0)
    person.get("/see/statement")
    assert person.response.request.path == "/see/case"


def test_a_form_without_its_token_is_refused(enter, mediating):
    person = enter(0)
    answer = person.client.post("/see/statement", data={"text": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_there_in_both_languages(enter, invited, agreed, language):
    person = enter(0).speaks(language)
    for url in ("/see/case", "/see/end", "/see/statement", "/see/file", f"/see/meetings/{invited.invitations[0].id}"):
        person.get(url)
        assert person.page.html["lang"] == {"zh": "zh-CN", "en": "en"}[language]
        assert "0000-5550100" in person.page.select_one(".portal-phone").get_text()


@pytest.fixture
def closed(registered, house):
    with command():
        registered.case.closed_at, registered.case.status = clock_now(), "closed"
        registered.case.mediator_id, registered.case.committee = house.users["mediator"].id, house.agencies["committee"]
        for task in db.session.scalars(select(Task).where(Task.case_id == registered.case.id)):
            task.status = "cancelled"
    return registered.case


def test_what_is_written_after_closing_opens_the_follow_up_again(enter, closed):
    person = enter(1)
    assert person.page.select_one('a[href="/see/statement"]') is None
    person.get("/see/again")
    person.submit({"text": " "}, status=422)
    person.submit({"text": "又漏水了"})
    party = closed.parties[1]
    said = db.session.scalars(select(Statement).where(Statement.text == "又漏水了")).one()
    alarm = db.session.scalars(select(Alarm)).one()
    assert (said.party_id, alarm.source, alarm.text) == (party.id, "party", "又漏水了")
    assert [entry.actor for entry in entries(closed.id, "alarm-raised")] == [f"party:{party.id}"]
    opened = select(Task).where(Task.case_id == closed.id, Task.status == "open")
    assert db.session.scalars(opened).one().bind == "reopened-check"
    assert told_the_mediator(closed.id, "statement")


def test_nobody_writes_again_on_a_case_that_goes_on_or_was_voided(enter, closed):
    person = enter(0)
    with command():
        closed.voided_at = clock_now()
    assert person.get("/see/again").select_one("textarea") is None
    with command():
        closed.voided_at = closed.closed_at = None
    assert person.get("/see/again").select_one("textarea") is None
    assert db.session.scalars(select(Alarm)).all() == []
