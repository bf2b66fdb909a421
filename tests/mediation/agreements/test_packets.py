"""What goes to the court opens as one valid PDF: the list, the application with its facts, the agreement, what proves it."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pikepdf
import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import select

from mediation import clock
from mediation.agreements import confirmation, packets
from mediation.case_view import current_agreement
from mediation.deadlines import Period, reckon
from mediation.extensions import command, db
from mediation.models import AgreementChange, Obligation, Packet, Paper, Party, StoredFile, User
from mediation.papers.rendering import render_due
from tests.journeys import steps
from tests.journeys.table import Table

pytestmark = pytest.mark.once

SET = ["人民调解协议书", "主持调解证明", "调解协议履行情况表"]


def gather(table: Table, way: str) -> tuple[Packet, bytes]:
    """Ask for the packet on the ledger, let the workers print and bind, and read the file."""
    person = table.person("mediator")
    person.get(f"/cases/{table.case_id}/performance")
    person.post(f"/cases/{table.case_id}/packets/{way}")
    while render_due():
        pass
    clock.set_clock(clock.now() + timedelta(seconds=10))
    assert packets.bind_due() == 1
    packet = db.session.scalars(select(Packet)).one()
    assert packet.status == "ready", packet.failure
    content = db.session.scalars(select(StoredFile.content).where(StoredFile.sha256 == packet.sha256)).one()
    return packet, content


def says(content: bytes) -> str:
    return re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in PdfDocument(content)))


def is_a_valid_set(packet: Packet, content: bytes, application: str) -> None:
    """The list counts the pages as they are; every part is there in its order and begins where the list says."""
    names = [entry["name"] for entry in packet.contents]
    assert names[0] == application
    assert [name for name in names if name in SET] == SET
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == packet.pages
        assert not pdf.check_pdf_syntax()
    pages = PdfDocument(content)
    offset = packet.pages - sum(entry["count"] for entry in packet.contents)  # the list itself has no number
    for entry in packet.contents:
        first = re.sub(r"\s+", "", pages[offset + int(entry["pages"]) - 1].get_textpage().get_text_range())
        assert entry["name"].partition("（")[0] in first, entry
    assert len(set(names)) == len(names), "nobody can tell two of one name apart"
    assert all(entry["made_on"] <= clock.today().isoformat() for entry in packet.contents)


def months_after(day: date, months: int) -> date:
    return reckon(Period(day, months, "month")).last_day


@pytest.fixture
def late(table: Table) -> Table:
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    return table


def wants_it(table: Table) -> None:
    """Both sides have said that they want the confirmation."""
    db.session.rollback()
    with command():
        by = db.session.scalars(select(User).where(User.login == "mediator")).one()
        for party in table.case.parties:
            confirmation.consent(current_agreement(table.case_id), party, True, "in_person", by=by)


def test_the_packet_of_a_suit_is_a_valid_set(late: Table) -> None:
    packet, content = gather(late, "suit")
    is_a_valid_set(packet, content, "民事起诉状")
    text = says(content)
    assert "判令被告支付调解协议约定而未付的款项3,000.00元" in text
    assert "尚欠3,000.00元" in text
    assert "原告王建国" in text.replace("：", "")
    assert "督促履行调解协议函" in [entry["name"] for entry in packet.contents]


def test_the_packet_of_the_confirmation_is_a_valid_set(table: Table) -> None:
    wants_it(table)
    packet, content = gather(table, "confirmation")
    is_a_valid_set(packet, content, "司法确认申请书")
    text, last_day = says(content), confirmation.window_of(current_agreement(table.case_id)).last_day
    assert "供人民法院审查" in text
    assert f"申请司法确认的期限至{last_day.year}年{last_day.month}月{last_day.day}日届满" in text
    assert "楼上漏水致楼下家具受损" in text
    assert "督促履行" not in "".join(entry["name"] for entry in packet.contents)


def test_the_packet_of_an_order_for_payment_is_a_valid_set(late: Table) -> None:
    packet, content = gather(late, "payment_order")
    is_a_valid_set(packet, content, "支付令申请书")


def test_the_certificate_tells_who_led_and_when_they_met_but_nothing_of_what_was_said(table: Table) -> None:
    wants_it(table)
    gather(table, "confirmation")
    facts = db.session.scalars(select(Paper.facts).where(Paper.kind == "mediation_proof")).one()
    assert facts["mediators"][0]["name"]
    assert len(facts["meetings"]) == 1
    assert "第一调解室" in facts["meetings"][0]
    assert "漏水" not in str(facts["meetings"])
    assert set(facts) <= {"body", "number", "court", "matter", "parties", "accepted_on", "mediators", "meetings", "agreement",
                          "form", "date"}  # fmt: skip


def owes(table: Table, debtor: str, creditor: str, amount: str | None, what: str) -> None:
    """One more row beside the three, due with the first of them."""
    first = table.obligations()[0]
    with command():
        db.session.add(Obligation(
            case_id=table.case_id, agreement_id=first.agreement_id, ordinal=9, debtor_id=table.party(debtor).id,
            creditor_id=table.party(creditor).id, what=what, amount=Decimal(amount) if amount else None, due_on=first.due_on,
        ))  # fmt: skip


def applications(kind: str) -> dict[str, dict[str, object]]:
    """Subject -> facts of the applications that count."""
    query = select(Paper.subject, Paper.facts).where(Paper.kind == kind, Paper.status != "superseded")
    return {subject: facts for subject, facts in db.session.execute(query)}


def asks(table: Table, way: str) -> None:
    person = table.person("mediator")
    person.get(f"/cases/{table.case_id}/performance")
    person.post(f"/cases/{table.case_id}/packets/{way}")
    db.session.rollback()


def jams(kind: str) -> None:
    """The printer refuses the papers of this kind that wait to be printed."""
    while render_due():
        pass
    with command():
        for paper in db.session.scalars(select(Paper).where(Paper.kind == kind, Paper.status == "ready")):
            paper.status, paper.failure, paper.sha256 = "refused", "no-glyph", None
    clock.set_clock(clock.now() + timedelta(seconds=10))


@pytest.mark.parametrize(("kind", "name"), [("complaint", "民事起诉状"), ("ledger_extract", "调解协议履行情况表")])
def test_a_packet_of_which_a_paper_was_not_printed_says_which_and_is_bound_again(late: Table, kind: str, name: str) -> None:
    asks(late, "suit")
    jams(kind)
    assert packets.bind_due() == 0
    packet = db.session.scalars(select(Packet)).one()
    assert (packet.status, packet.sha256) == ("failed", None)
    person = late.person("mediator")
    person.get(f"/cases/{late.case_id}/performance")
    assert name in person.page.select_one(".callout-danger").get_text()
    person.post(f"/cases/{late.case_id}/packets/{packet.id}/again")
    while render_due():
        pass
    clock.set_clock(clock.now() + timedelta(seconds=10))
    assert packets.bind_due() == 1
    db.session.refresh(packet)
    assert packet.contents[0]["name"] == "民事起诉状"
    assert name in [entry["name"] for entry in packet.contents]


def test_a_packet_that_is_whole_is_not_bound_again(late: Table) -> None:
    packet, _content = gather(late, "suit")
    person = late.person("mediator")
    person.post(f"/cases/{late.case_id}/packets/{packet.id}/again")
    db.session.refresh(packet)
    assert packet.status == "ready"


def test_where_both_sides_are_late_each_creditor_has_a_suit_of_its_own(table: Table) -> None:
    owes(table, "王建国", "李秀兰", "500", "退还押金")
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    asks(table, "suit")
    asks(table, "suit")  # pressed twice it is one
    assert {one.creditor.name for one in db.session.scalars(select(Packet))} == {"王建国", "李秀兰"}
    assert len(db.session.scalars(select(Packet)).all()) == 2
    told = applications("complaint")
    for name, sum_, other in (("王建国", "3,000.00", "李秀兰"), ("李秀兰", "500.00", "王建国")):
        facts = told[f"creditor:{table.party(name).id}"]
        assert [one["name"] for one in facts["plaintiffs"]] == [name]
        assert [one["name"] for one in facts["defendants"]] == [other]
        assert sum_ in facts["requests"]


def test_a_suit_asks_for_what_is_to_be_done_beside_the_money(table: Table) -> None:
    owes(table, "李秀兰", "王建国", None, "修复天花板")
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    asks(table, "suit")
    (facts,) = applications("complaint").values()
    assert "3,000.00元" in facts["requests"]
    assert "修复天花板" in facts["requests"]


def test_an_order_for_payment_asks_for_money_that_is_due_alone(late: Table) -> None:
    owes(late, "李秀兰", "王建国", None, "修复天花板")
    late.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="refused")
    late.does("mediator", "routes", choice="payment_order", rest="hand_over", told_on=clock.today())
    asks(late, "payment_order")
    facts = applications("payment_order_application")[f"creditor:{late.party('王建国').id}"]
    assert facts["amount"] == "3000.00"
    assert "修复天花板" not in facts["grounds"]


@pytest.fixture
def two_debtors(table: Table) -> Table:
    """A third person owes the same creditor something by the same day."""
    case = table.case
    db.session.rollback()
    with command():
        case.parties.append(Party(name="刘洋", kind="person", side="third", code_hash="-"))
    owes(table, "刘洋", "王建国", "700", "清运费")
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    return table


def test_an_order_for_payment_says_what_each_of_several_debtors_owes(two_debtors: Table) -> None:
    asks(two_debtors, "payment_order")
    (facts,) = applications("payment_order_application").values()
    assert facts["amount"] == "3700.00"
    assert facts["shares"] == [{"name": "李秀兰", "amount": "3000.00"}, {"name": "刘洋", "amount": "700.00"}]
    assert not facts.get("joint")  # joint liability is never presumed


def test_what_the_agreement_says_of_joint_liability_stands_in_the_order_word_by_word(two_debtors: Table) -> None:
    with command():
        agreement = current_agreement(two_debtors.case_id)
        agreement.terms = [*agreement.terms, {"kind": "other", "what": "刘洋对李秀兰的上述款项承担连带责任"}]
    asks(two_debtors, "payment_order")
    (facts,) = applications("payment_order_application").values()
    assert "刘洋对李秀兰的上述款项承担连带责任" in facts["joint"]


def test_a_suit_asks_interest_of_each_debtor_by_itself(two_debtors: Table) -> None:
    asks(two_debtors, "suit")
    (facts,) = applications("complaint").values()
    assert "判令被告李秀兰支付调解协议约定而未付的款项3,000.00元" in facts["requests"]
    assert "判令被告刘洋支付调解协议约定而未付的款项700.00元" in facts["requests"]


def test_a_secret_address_does_not_go_to_the_other_side_with_the_packet(late: Table) -> None:
    db.session.rollback()
    with command():
        late.party("李秀兰").protected = True
    packet, _content = gather(late, "suit")
    confirmed = select(Paper.id).where(Paper.kind == "address_confirmation", Paper.status != "superseded")
    assert len(db.session.scalars(confirmed).all()) == 2
    assert [entry["name"] for entry in packet.contents].count("送达地址确认书") == 1


@pytest.mark.parametrize(("ruling", "told"), [("confirmed", "确认该协议有效"), ("partly", "确认该协议部分有效")])
def test_what_the_court_confirmed_is_enforced_by_its_ruling(table: Table, ruling: str, told: str) -> None:
    steps.confirm_by_the_court(table, ruling=ruling)
    asks(table, "enforcement")
    assert applications("enforcement_application") == {}  # nothing is late yet
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    packet, content = gather(table, "enforcement")
    text = says(content)
    assert [entry["name"] for entry in packet.contents][:2] == ["强制执行申请书", "人民调解协议书"]
    sides = ("申请执行人：王建国", "被执行人：李秀兰")
    for words in (told, *sides, "（2026）青民特1号民事裁定", "支付未付的款项3,000.00元；", "第二百六十四条"):
        assert words in text, words
    assert ("付款条款。" in text) == (ruling == "partly")
    last = table.obligations()[-1].due_on  # of parts the two years count from the last one (民事诉讼法 250)
    assert f"履行期间的最后一日为{last.year}年{last.month}月{last.day}日" in text
    until = months_after(last, 24)
    assert f"最迟于{until.year}年{until.month}月{until.day}日申请执行" in text


def test_an_agreement_that_was_not_confirmed_is_not_enforced(late: Table) -> None:
    asks(late, "enforcement")
    assert applications("enforcement_application") == {}
    assert "法院确认" in packets.why_closed("enforcement", current_agreement(late.case_id))


def test_what_was_changed_after_the_ruling_is_sued_on(table: Table) -> None:
    steps.confirm_by_the_court(table)
    agreement, day, by = current_agreement(table.case_id), clock.now(), table.case.mediator_id
    with command():
        db.session.add(AgreementChange(
            case_id=table.case_id, agreement_id=agreement.id, ordinal=1, status="effective", reason="误工", terms=[], before=[],
            drafted_by_id=by, drafted_at=day, effective_at=day,
        ))  # fmt: skip
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=9))
    found = current_agreement(table.case_id)
    assert (packets.why_closed("suit", found), packets.why_closed("payment_order", found)) == ("", "")
    assert "变更" in packets.why_closed("enforcement", found)
