"""The ledger of an agreement: receipts that parties hand in, changes by consent, and what goes to the court."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from PIL import Image
from pypdfium2 import PdfDocument
from sqlalchemy import select

from mediation import clock
from mediation.agreements import changes, packets, performance
from mediation.agreements.confirmation import why_closed, window_of
from mediation.agreements.ledger import ledger_of
from mediation.case_view import current_agreement
from mediation.effects import BINDINGS
from mediation.extensions import command, db
from mediation.models import (
    AgreementChange,
    Entry,
    Hand,
    Notice,
    Obligation,
    Packet,
    Paper,
    Promise,
    Receipt,
    StoredFile,
    Task,
)
from mediation.papers.rendering import render_due
from tests.journeys import steps
from tests.journeys.table import Table
from tests.mediation.cases.test_links import statements
from tests.person import form_values


def photograph() -> tuple[io.BytesIO, str]:
    kept = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(kept, "JPEG")
    kept.seek(0)
    return kept, "receipt.jpg"


def ledger(table: Table):
    db.session.rollback()
    db.session.expire_all()
    return ledger_of(current_agreement(table.case.id))


def enters(table: Table, resident: Any, name: str):
    """The party's own page, by the session: how one comes in is tested elsewhere."""
    person = resident()
    with person.client.session_transaction() as session:
        seconds = int(clock.now().timestamp())
        party = table.party(name)
        session.update({"party_id": party.id, "party_code": party.code_hash[:16], "began": seconds, "seen": seconds})
    return person


def test_the_page_shows_every_row_with_its_rest(table: Table) -> None:
    page = table.person("mediator")
    page.get(f"/cases/{table.case.id}/performance")
    assert "9,000.00" in page.text()
    assert "李秀兰" in page.text()
    assert ledger(table).percent == 0


def test_partial_payments_add_up_and_more_than_is_owed_is_refused(table: Table) -> None:
    table.does("mediator", "receive", result="partly", amount="1000", received_on=clock.today(), how="transfer")
    table.does("mediator", "receive", result="partly", amount="500.50", received_on=clock.today(), how="cash")
    person = table.opens("mediator", "receive")
    person.submit({"result": "partly", "amount": "2000", "received_on": clock.today().isoformat()}, status=422)
    found = ledger(table)
    assert (found.paid, found.rest, found.rows[0].state) == (Decimal("1500.50"), Decimal("7499.50"), "partly")
    assert len(found.rows[0].receipts) == 2


def test_late_rows_stand_out(table: Table) -> None:
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=2))
    assert [row.state for row in ledger(table).rows] == ["late", "open", "open"]
    person = table.person("mediator")
    person.get(f"/cases/{table.case.id}/performance")
    assert person.page.select_one("tr.row-late") is not None


def test_a_change_needs_everybody(table: Table, sign_in: Any) -> None:
    _open_change(table)
    _draft_change(table)
    said = [{"answer": "agree"}, {"answer": "refuse"}]
    table.does("mediator", "ask", consents=said)
    change = db.session.scalars(select(AgreementChange)).one()
    assert (change.status, [row.state for row in ledger(table).rows]) == ("dropped", ["open", "open", "open"])


def _open_change(table: Table) -> None:
    person = table.person("mediator")
    person.get(f"/cases/{table.case.id}")
    person.post(f"/cases/{table.case.id}/beside/agreement_change")


def _draft_change(table: Table) -> None:
    later = clock.today() + timedelta(days=60)
    plan = f"{later.isoformat()} 4000\n{(later + timedelta(days=30)).isoformat()} 5000"
    term = steps.pays(table, "李秀兰", "王建国", "9000", when="instalments", plan=plan)
    table.does("mediator", "draft", reason="李秀兰误工，暂无收入。", terms=[term])


def test_red_findings_of_a_change_stand_in_the_journal_with_their_reasons(table: Table) -> None:
    _open_change(table)
    due = clock.today() + timedelta(days=60)
    term = {**steps.pays(table, "李秀兰", "王建国", "9000"), "amount": None, "when": "date", "due_on": due.isoformat()}
    reasons = {"amount-missing@terms.0": "金额待鉴定，双方同意"}
    told = [{"finding": name, "reason": reason} for name, reason in reasons.items()]
    task = db.session.get_one(Task, table.task_id("draft"))
    with command():
        BINDINGS["agreement-change"].apply(task, {"reason": "误工", "terms": [term], "overrides": told}, table.case.mediator)
    entry = db.session.scalars(select(Entry).where(Entry.action == "red-findings-kept")).one()
    change = db.session.scalars(select(AgreementChange)).one()
    assert (entry.subject, entry.details["reasons"]) == (f"change:{change.id}", reasons)
    person = table.person("mediator")
    person.get(f"/cases/{table.case.id}/course")
    assert "金额待鉴定，双方同意" in person.text()


def test_a_signed_change_replaces_what_is_open_and_keeps_what_came_in(table: Table) -> None:
    table.does("mediator", "receive", result="partly", amount="1000", received_on=clock.today(), how="transfer")
    _open_change(table)
    _draft_change(table)
    table.does("mediator", "ask", consents=[{"answer": "agree"}, {"answer": "agree"}])
    change = db.session.scalars(select(AgreementChange)).one()
    assert change.status == "agreed"
    assert [row.state for row in ledger(table).rows] == ["partly", "open", "open"]
    typed = table.opens("mediator", "sign")
    typed.submit({"result": "effective"}, status=422)
    _seal(change)
    assert changes.settle_due() == 1
    found = ledger(table)
    assert [row.state for row in found.rows] == ["open", "open"]
    assert [row.state for row in found.before] == ["replaced"] * 3
    assert (found.paid, found.rest, found.agreed) == (Decimal("1000"), Decimal("9000"), Decimal("10000"))
    table.does("mediator", "sign", result="effective")
    assert table.obligations()[-1].due_on > clock.today() + timedelta(days=80)


def _seal(change: AgreementChange) -> None:
    """The deed as it is when everybody has signed and the seal is on it."""
    while render_due():
        pass
    with command():
        paper = db.session.scalars(select(Paper).where(Paper.subject == f"change:{change.id}")).one()
        assert paper.status == "ready", paper.failure
        paper.status = "sealed"
        for hand in db.session.scalars(select(Hand).where(Hand.paper_id == paper.id)):
            hand.status, hand.given_at = "signed", clock.now()


def test_after_a_change_the_old_day_is_no_default(table: Table) -> None:
    old = table.obligations()[0].due_on
    _open_change(table)
    _draft_change(table)
    table.does("mediator", "ask", consents=[{"answer": "agree"}, {"answer": "agree"}])
    _seal(db.session.scalars(select(AgreementChange)).one())
    changes.settle_due()
    table.goes_to(clock.end_of(old) + timedelta(hours=9))
    assert "urge" not in table.open_steps()
    assert "receive" in table.open_steps()


def test_a_default_goes_to_the_court_in_one_packet(table: Table) -> None:
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=2))
    person = table.person("mediator")
    person.get(f"/cases/{table.case.id}/performance")
    person.post(f"/cases/{table.case.id}/packets/payment_order")
    assert packets.bind_due() == 0  # the papers are being printed
    render_due()
    clock.set_clock(clock.now() + timedelta(seconds=10))
    assert packets.bind_due() == 1
    packet = db.session.scalars(select(Packet)).one()
    assert packet.status == "ready", packet.failure
    assert [entry["name"] for entry in packet.contents][:2] == ["支付令申请书", "人民调解协议书"]
    assert "调解协议履行情况表" in [entry["name"] for entry in packet.contents]
    content = db.session.scalars(select(StoredFile.content).where(StoredFile.sha256 == packet.sha256)).one()
    text = re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in PdfDocument(content)))
    assert "尚欠3,000.00元" in text
    person.get(f"/cases/{table.case.id}/packets/{packet.id}.pdf")
    assert person.response.mimetype == "application/pdf"


def test_an_order_for_payment_knows_who_owes_how_much(table: Table) -> None:
    table.goes_to(clock.end_of(table.obligations()[0].due_on) + timedelta(hours=2))
    late, person = table.obligations()[0], table.person("mediator")
    person.get(f"/cases/{table.case.id}")
    person.post(f"/cases/{table.case.id}/beside/payment_order")
    known = form_values(person.page.select_one("form#form"))
    assert (known["debtor"], known["amount"]) == (str(late.debtor_id), "3000")


def test_nothing_goes_to_the_court_while_nothing_is_late(table: Table) -> None:
    person = table.person("mediator")
    person.get(f"/cases/{table.case.id}/performance")
    person.post(f"/cases/{table.case.id}/packets/suit")
    assert db.session.scalar(select(Packet.id)) is None


def test_a_party_hands_in_a_receipt_and_the_mediator_checks_it(table: Table, resident: Any) -> None:
    owed = table.obligations()[0]
    person = enters(table, resident, "李秀兰")
    person.get(f"/see/due/{owed.id}")
    person.submit({"amount": "1200", "photo": photograph()})
    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.status, receipt.amount, receipt.party_id) == ("reported", Decimal("1200"), table.party("李秀兰").id)
    assert ledger(table).paid == 0
    table.does("mediator", "verify", result="partly", received_on=clock.today())
    assert db.session.get(Receipt, receipt.id, populate_existing=True).status == "counts"
    found = ledger(table)
    assert (found.paid, found.rows[0].receipts[0].attachment_id is not None) == (Decimal("1200"), True)


def test_what_one_party_reports_is_not_written_over_by_another(table: Table) -> None:
    owed, (first, second) = table.obligations()[0], table.case.parties[:2]
    with command():
        owed = db.session.merge(owed)
        for party, amount in ((first, "1200"), (second, "800"), (first, "1500")):
            performance.hand_in(owed, party, Decimal(amount), clock.today(), "", None)
    told = db.session.execute(select(Receipt.party_id, Receipt.amount).order_by(Receipt.id)).all()
    assert told == [(first.id, Decimal("1500")), (second.id, Decimal("800"))]


def test_a_receipt_that_is_not_true_does_not_count(table: Table, resident: Any) -> None:
    owed = table.obligations()[0]
    person = enters(table, resident, "李秀兰")
    person.get(f"/see/due/{owed.id}")
    person.submit({"amount": "3000"})
    table.does("mediator", "verify", result="not_received")
    assert db.session.scalars(select(Receipt.status)).one() == "refused"
    assert ledger(table).paid == 0
    assert db.session.scalars(select(Notice.party_id).where(Notice.template == "receipt-refused")).all() == [table.party("李秀兰").id]
    assert "没有得到核实" in person.get("/see").get_text()
    table.does("mediator", "receive", obligation=str(owed.id), result="received", received_on=clock.today())
    assert "没有得到核实" not in person.get("/see").get_text()


def test_a_report_that_was_refused_by_mistake_waits_again_when_the_step_is_taken_back(table: Table, resident: Any) -> None:
    owed = table.obligations()[0]
    person = enters(table, resident, "李秀兰")
    person.get(f"/see/due/{owed.id}")
    person.submit({"amount": "3000"})
    task_id = table.task_id("verify")
    table.does("mediator", "verify", result="not_received")
    table.person("mediator").post(f"/tasks/{task_id}/take-back")
    assert db.session.scalars(select(Receipt.status)).one() == "reported"
    assert db.session.scalars(select(Notice.status).where(Notice.template == "receipt-refused")).one() == "withdrawn"
    assert "没有得到核实" not in person.get("/see").get_text()
    table.does("mediator", "verify", result="received", received_on=clock.today())
    assert ledger(table).paid == Decimal("3000")


def test_a_party_cannot_report_more_than_is_owed(table: Table, resident: Any) -> None:
    person = enters(table, resident, "李秀兰")
    person.get(f"/see/due/{table.obligations()[0].id}")
    person.submit({"amount": "30000"}, status=422)
    assert db.session.scalar(select(Receipt.id)) is None


def test_the_ledger_takes_a_fixed_number_of_statements(table: Table) -> None:
    found = ledger(table)
    assert len(found.rows) == 3
    db.session.expire_all()
    assert len(statements(lambda: ledger_of(current_agreement(table.case.id)))) <= 9


def test_a_party_says_on_its_own_page_that_the_court_should_confirm(table: Table, resident: Any) -> None:
    person = enters(table, resident, "李秀兰")
    person.get("/see/confirmation")
    assert "还剩" in person.text()
    person.submit(button="answer=yes")
    window = window_of(current_agreement(table.case.id))
    said = window.consents[table.party("李秀兰").id]
    assert (said.agrees, said.how, window.wanted_by_all, window.left) == (True, "portal", False, window.left)


def test_the_joint_application_is_every_partys_word_in_writing(table: Table) -> None:
    steps.confirm_by_the_court(table)
    window = window_of(current_agreement(table.case.id))
    assert {said.how for said in window.consents.values()} == {"paper"}
    assert window.wanted_by_all


def test_after_the_last_day_nobody_applies(table: Table) -> None:
    agreement = current_agreement(table.case.id)
    assert why_closed(agreement).startswith(("还没有", "Not every"))
    clock.set_clock(clock.end_of(window_of(agreement).last_day) + timedelta(minutes=1))
    assert str(window_of(agreement).last_day.year) in why_closed(agreement)
    assert not window_of(agreement).open


def test_forty_rows_cost_no_more_statements_than_three(table: Table) -> None:
    person, address = table.person("mediator"), f"/cases/{table.case_id}/performance"
    table.does("mediator", "receive", result="partly", amount="500", received_on=clock.today(), how="cash")
    person.get(address)  # what is read once for a process is read
    few = len(statements(lambda: person.get(address)))
    with command():
        agreement = current_agreement(table.case_id)
        for ordinal in range(4, 41):
            made = _like(agreement.obligations[0], ordinal)
            agreement.obligations.append(made)
    many = len(statements(lambda: person.get(address)))
    assert len(person.page.select("table.rows")[0].select("tbody > tr")) == 40
    assert many <= few + 2  # what is late is asked of the court's decision, whatever the number of rows


def _like(owed: Obligation, ordinal: int) -> Obligation:
    """One more row of the same kind, late, with a receipt and a broken promise."""
    made = Obligation(
        case_id=owed.case_id, ordinal=ordinal, term=owed.term, debtor_id=owed.debtor_id, creditor_id=owed.creditor_id,
        what=owed.what, amount=owed.amount, due_on=clock.today() - timedelta(days=ordinal), how=owed.how, status="defaulted",
    )  # fmt: skip
    now, by = clock.now(), owed.receipts[0].recorded_by_id
    made.receipts.append(
        Receipt(amount=Decimal(100), received_on=clock.today(), recorded_by_id=by, recorded_at=now, note="")
    )
    made.promises.append(Promise(promised_on=clock.today(), made_on=clock.today(), recorded_by_id=by, recorded_at=now))
    return made


def test_a_party_reads_a_change_in_plain_words_and_answers_on_its_own_page(table: Table, resident: Any) -> None:
    _open_change(table)
    _draft_change(table)
    person = enters(table, resident, "李秀兰")
    person.get("/see/case")
    assert person.page.select_one("#change a[href='/see/change']")
    person.get("/see/change")
    assert "李秀兰误工" in person.text()
    assert "一共 9,000 元" in person.text()
    person.submit(button="answer=yes")
    mediator = table.opens("mediator", "ask")
    rows = [mediator.page.select_one(f"[name=consents-{number}-answer][checked]") for number in (0, 1)]
    assert [row and row["value"] for row in rows] == [None, "agree"]
    assert "李秀兰误工" in mediator.page.select_one("aside").get_text()
    assert ledger(table).rest == 9000  # an answer changes nothing by itself


def test_what_is_no_longer_asked_can_no_longer_be_answered(table: Table, resident: Any) -> None:
    _open_change(table)
    _draft_change(table)
    table.does("mediator", "ask", consents=[{"answer": "agree"}, {"answer": "refuse"}])
    person = enters(table, resident, "李秀兰")
    person.get("/see/case")
    assert person.page.select_one("#change") is None
    person.get("/see/change")
    assert person.response.request.path == "/see/case"
