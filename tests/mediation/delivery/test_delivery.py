"""Papers reach their addressees: at the table, at the door, by post or message; every attempt leaves its certificate."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from functools import partial

import pytest
from PIL import Image
from sqlalchemy import insert, inspect, select

from mediation.delivery import operations
from mediation.delivery.operations import DeliveryRefused, Plan, Told
from mediation.delivery.working import sign_due
from mediation.extensions import command, db
from mediation.models import Delivery, Entry, Hand, Notice, Paper
from mediation.notices.sending import words_of
from mediation.papers.operations import issue
from mediation.papers.rendering import render_due
from tests.journeys.steps import text_of_pdf
from tests.mediation.cases.test_links import statements
from tests.mediation.delivery.conftest import party_of
from tests.mediation.signing.conftest import content, written


def photograph() -> tuple[io.BytesIO, str]:
    kept = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(kept, "JPEG")
    kept.seek(0)
    return kept, "door.jpg"


def again(row: Delivery) -> Delivery:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Delivery, row.id)


def test_the_carrier_sees_name_address_and_title_and_nothing_else(planned, sign_in, notice):
    row = planned("grid")
    grid = sign_in("grid")
    grid.get("/deliveries")
    text = grid.text()
    assert "李秀兰" in text
    assert "和平路 2 号" in text
    assert "权利义务告知" in text
    assert not re.search(r"王建国|楼上漏水|139", text)
    grid.get(f"/papers/{notice.id}.pdf", status=404)
    grid.get(f"/cases/{notice.case_id}", status=404)
    grid.get(f"/deliveries/{row.id}")


def test_at_the_door_a_finger_signs_and_the_certificate_carries_the_ink(planned, sign_in):
    row = planned("grid")
    grid = sign_in("grid")
    grid.get(f"/deliveries/{row.id}")
    grid.submit({"ink": written(), "received_by": "李秀兰"})
    row = again(row)
    assert (row.status, row.proof.status) == ("received", "queued")
    assert render_due() >= 1
    assert sign_due() == 1
    hand = db.session.scalar(select(Hand).where(Hand.paper_id == row.proof_id, Hand.field == "hand-1"))
    assert (hand.status, hand.ink_sha256) == ("given", row.ink_sha256)
    assert re.search(r"之\d+$", row.proof.number)


def test_the_certificate_says_who_received_what_where(planned, sign_in, house):
    row = planned("person")
    with command():
        told = Told("received", row.created_at, "李小兰", relation="同住的女儿")
        operations.finish(db.session.get(Delivery, row.id), told, by=house.users["mediator"])
    render_due()
    text = text_of_pdf(content(again(row).proof.sha256))
    assert "李秀兰" in text
    assert "同住的女儿" in text
    assert "直接送达" in text


def test_somebody_else_receives_only_as_a_relative(planned, sign_in):
    row = planned("grid")
    grid = sign_in("grid")
    grid.get(f"/deliveries/{row.id}")
    grid.submit({"ink": written(), "received_by": "邻居小张"}, status=422)
    assert again(row).status == "planned"


def test_leaving_a_paper_needs_two_witnesses_or_a_photograph(planned, sign_in):
    row = planned("grid")
    grid = sign_in("grid")
    grid.get(f"/deliveries/{row.id}")
    refused = {"outcome": "left", "reason": "不肯开门"}
    grid.submit({**refused, "witness_1": "张大爷"}, form="form#other", status=422)
    grid.submit({**refused, "witness_1": "张大爷", "witness_2": "楼栋长老赵"}, form="form#other")
    row = again(row)
    assert (row.status, row.witnesses) == ("left", ["张大爷", "楼栋长老赵"])
    facts = row.proof.facts
    assert (facts["manner"], facts["outcome"], [one["name"] for one in facts["witnesses"]]) == (
        "left",
        "left",
        ["张大爷", "楼栋长老赵"],
    )


def test_a_photograph_of_the_letter_box_does_as_well(planned, sign_in):
    row = planned("grid")
    grid = sign_in("grid")
    grid.get(f"/deliveries/{row.id}")
    grid.submit({"outcome": "left", "reason": "拒收", "photo": photograph()}, form="form#other")
    row = again(row)
    assert (row.status, row.photo.purpose, row.photo.party_id) == ("left", "delivery", row.party_id)


def test_what_parties_sign_is_never_left_at_a_door(mediating, house, carrier):
    case = mediating.case
    with command():
        paper = issue(case, "rights_notice", by=house.users["mediator"], to="respondent")[0]
        paper.kind, paper.status = "agreement", "ready"
        wished = Plan("grid", operations.clock.today(), carrier.id)
        row = operations.plan(paper, party_of(paper), wished, by=house.users["mediator"])
        told = Told("left", operations.clock.now(), reason="拒收", witnesses=["甲", "乙"])
        with pytest.raises(DeliveryRefused):
            operations.finish(row, told, by=house.users["mediator"])
        db.session.rollback()


def test_after_a_failed_attempt_comes_the_next_one(planned, sign_in, notice, clock):
    row = planned("post", reference="1234567890")
    office = sign_in("mediator")
    assert "邮件退回" in office.get(f"/deliveries/{row.id}").select_one("#other").get_text()
    office.submit({"outcome": "failed", "reason": "查无此人"}, form="form#other")
    office.get(f"/cases/{notice.case_id}/deliveries")
    assert "失败" in office.text() or "未能" in office.text()
    again_planned = planned("person")
    assert (again_planned.ordinal, again(row).status) == (2, "failed")
    assert "1234567890" in again(row).proof.facts["reason"]


def test_who_refused_or_was_not_there_received_nothing(planned, sign_in):
    row = planned("grid")
    grid = sign_in("grid")
    grid.get(f"/deliveries/{row.id}")
    grid.submit({"outcome": "failed", "reason": "敲门无人应答"}, form="form#other")
    row = again(row)
    assert (row.received_by, row.proof.facts.get("received_by", "")) == ("", "")


def test_a_signature_at_the_door_survives_a_question(planned, sign_in):
    row = planned("grid")
    grid = sign_in("grid")
    grid.get(f"/deliveries/{row.id}")
    drawn = written()
    grid.submit({"ink": drawn, "received_by": "李小兰"}, status=422)
    assert grid.page.select_one("#form [name=ink]")["value"] == drawn
    assert grid.page.select_one("#form [name=received_by]")["value"] == "李小兰"
    assert grid.page.select("#other [checked]") == []
    assert grid.page.select_one("#other [name=received_by]")["value"] == "李秀兰"
    grid.submit({"relation": "同住的女儿"})
    assert again(row).status == "received"


def test_the_list_speaks_of_deliveries_and_not_of_meetings_or_consents(planned, sign_in, notice):
    row = planned("grid")
    office = sign_in("mediator")
    words = office.get(f"/cases/{notice.case_id}/deliveries").text
    assert "取消本次送达" in words
    assert "收件人" in words
    grid = sign_in("grid")
    grid.get(f"/deliveries/{row.id}")
    grid.submit({"outcome": "refused", "reason": "当面拒收"}, form="form#other")
    assert "拒绝签收" in office.get(f"/cases/{notice.case_id}/deliveries").text
    assert not {"取消会议", "不同意"} & {tag.get_text(strip=True) for tag in office.page.select("td *")}


def test_an_attempt_that_is_over_cannot_be_called_off_and_the_page_says_so(planned, sign_in):
    row = planned("person")
    office = sign_in("mediator")
    office.get(f"/deliveries/{row.id}")
    office.submit({"outcome": "refused", "reason": "当面拒收"}, form="form#other")
    office.post(f"/deliveries/{row.id}/off")
    assert "已经结束" in office.text()


def test_two_attempts_never_run_at_once_and_none_after_success(planned, notice, sign_in, carrier):
    planned("grid")
    person = sign_in("mediator")
    person.get(f"/papers/{notice.id}/deliver/{notice.party_id}")
    person.submit({"manner": "person"}, status=422)
    assert len(db.session.scalars(select(Delivery.id)).all()) == 1


def test_whose_whereabouts_are_secret_gets_papers_in_person_only(planned, notice, sign_in, carrier):
    with command():
        party_of(notice).protected = True
    person = sign_in("mediator")
    person.get(f"/papers/{notice.id}/deliver/{notice.party_id}")
    assert "和平路 2 号" not in person.text()
    person.submit({"manner": "grid", "carrier": str(carrier.id)}, status=422)
    person.submit({"manner": "person"})


def test_an_attempt_that_was_called_off_is_over(planned, sign_in):
    row = planned("grid")
    person = sign_in("mediator")
    person.get(f"/cases/{row.case_id}/deliveries")
    person.post(f"/deliveries/{row.id}/off")
    assert again(row).status == "off"
    sign_in("grid").get("/deliveries")


def test_others_reach_neither_the_door_nor_the_list(planned, sign_in, notice):
    row = planned("grid")
    for login, status in (("court", 404), ("mediator2", 404), ("flow_admin", 404)):
        person = sign_in(login)
        person.get(f"/deliveries/{row.id}", status=404)
        person.get(f"/cases/{notice.case_id}/deliveries", status=status)


# --- by message -------------------------------------------------------------------------------------------------------


@pytest.fixture
def linked(planned):
    """A link that was sent, and the words of the message."""
    row = planned("message", agreed="yes")
    notice = db.session.scalars(select(Notice).where(Notice.template == "delivery-link")).one()
    token = re.search(r"/d/(\w+)", words_of(notice)[1])[1]
    return row, token


def code_in_the_message() -> str:
    notice = db.session.scalars(
        select(Notice).where(Notice.template == "delivery-code").order_by(Notice.id.desc())
    ).first()
    return re.search(r"\d{6}", words_of(notice)[1])[0]


def test_by_message_only_with_consent(notice, sign_in, carrier):
    person = sign_in("mediator")
    person.get(f"/papers/{notice.id}/deliver/{notice.party_id}")
    person.submit({"manner": "message"}, status=422)


def test_the_link_shows_nothing_before_the_code(linked, resident):
    row, token = linked
    phone = resident()
    phone.get(f"/d/{token}")
    assert not re.search(r"李秀兰|告知|漏水|13900002222", phone.text())
    phone.get(f"/d/{token}/paper.pdf", status=404)
    assert again(row).status == "planned"


def test_the_code_opens_the_paper_and_the_opening_is_the_delivery(linked, resident, clock):
    row, token = linked
    phone = resident()
    phone.get(f"/d/{token}")
    phone.submit(form=f"form[action='/d/{token}/code']")
    clock.set_clock(clock.now() + timedelta(minutes=2))
    phone.submit({"code": code_in_the_message()})
    phone.get(f"/d/{token}/paper.pdf")
    assert phone.response.mimetype == "application/pdf"
    row = again(row)
    assert (row.status, row.done_at, row.proof.facts["manner"]) == ("received", clock.now(), "message")
    actions = db.session.scalars(
        select(Entry.action).where(Entry.chain == row.case_id, Entry.actor == f"party:{row.party_id}")
    )
    assert {"delivery-received", "paper-downloaded"} <= set(actions)


def test_a_code_is_tried_five_times_and_lives_ten_minutes(linked, resident, clock):
    row, token = linked
    phone = resident()
    phone.get(f"/d/{token}")
    phone.submit(form=f"form[action='/d/{token}/code']")
    code = code_in_the_message()
    clock.set_clock(clock.now() + timedelta(minutes=11))
    phone.submit({"code": code}, status=422)
    phone.submit(form=f"form[action='/d/{token}/code']")
    code = code_in_the_message()
    for _ in range(5):
        phone.submit({"code": "000000" if code != "000000" else "111111"}, status=422)
    phone.submit({"code": code}, status=429)
    assert again(row).status == "planned"


def test_a_second_code_waits_a_minute(linked, resident):
    _row, token = linked
    phone = resident()
    phone.get(f"/d/{token}")
    phone.submit(form=f"form[action='/d/{token}/code']")
    phone.post(f"/d/{token}/code", status=429)
    assert len(db.session.scalars(select(Notice.id).where(Notice.template == "delivery-code")).all()) == 1


def test_a_link_that_was_called_off_or_is_old_opens_nothing(linked, resident, house, clock):
    row, token = linked
    phone = resident()
    clock.set_clock(clock.now() + timedelta(days=31))
    phone.get(f"/d/{token}", status=404)
    clock.set_clock(clock.now() - timedelta(days=31))
    with command():
        operations.call_off(db.session.get(Delivery, row.id), by=house.users["mediator"])
    phone.get(f"/d/{token}", status=404)


def test_a_withdrawn_paper_is_no_longer_shown(linked, resident):
    row, token = linked
    with command():
        db.session.get(Paper, row.paper_id).status = "withdrawn"
    resident().get(f"/d/{token}", status=404)


# --- many -------------------------------------------------------------------------------------------------------------


def test_the_lists_cost_as_much_with_sixty_deliveries_as_with_three(planned, notice, sign_in, carrier):
    grid, office = sign_in("grid"), sign_in("mediator")
    row = planned("grid")
    pages = ((grid, "/deliveries"), (office, f"/cases/{notice.case_id}/deliveries"))
    many_more(row, notice, range(2))
    for person, url in pages:
        person.get(url)  # what a process reads once is read
    before = [len(statements(partial(person.get, url))) for person, url in pages]
    many_more(row, notice, range(2, 62))
    after = [len(statements(partial(person.get, url))) for person, url in pages]
    assert len(grid.page.select("main .sheet")) >= 30
    assert len(office.page.select("tbody tr")) >= 60
    assert after == before


def many_more(row: Delivery, notice: Paper, numbers: range) -> None:
    """As many papers of this party, each brought to it once, with a certificate; every other one still on its way."""
    paper, brought = copied(Paper, notice), copied(Delivery, row)
    with command():
        for number in numbers:
            ids = []
            for what in ("paper", "proof"):
                unique = {"check_code": f"{what}{number:04}", "number": f"{what} {number}"}
                ids.append(db.session.scalar(insert(Paper).values({**paper, **unique}).returning(Paper.id)))
            over = {"status": "received", "done_at": row.created_at, "proof_id": ids[1]} if number % 2 else {}
            db.session.execute(insert(Delivery).values({**brought, "paper_id": ids[0], **over}))


def copied(table: type, row: object) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in inspect(table).column_attrs if column.key != "id"}
