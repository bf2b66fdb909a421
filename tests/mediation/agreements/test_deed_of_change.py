"""A change by consent signed by real hands, on a tablet or on sheets that come back: then the ledger has its new rows."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from sqlalchemy import select

from documents.sealing import verify
from mediation import clock
from mediation.agreements import changes
from mediation.agreements.ledger import ledger_of
from mediation.case_view import current_agreement
from mediation.extensions import db
from mediation.models import AgreementChange, Hand, Paper
from mediation.signing import seals
from mediation.signing.working import seal_due
from tests.journeys.table import Table
from tests.mediation.agreements.test_ledger import _draft_change, _open_change
from tests.mediation.signing.conftest import content, hands, photographs, written
from tests.person import Person

pytestmark = pytest.mark.once


@pytest.fixture
def deed(table: Table) -> Paper:
    """A thousand was paid; then everybody agreed to a new plan, and its deed is printed."""
    table.does("mediator", "receive", result="partly", amount="1000", received_on=clock.today(), how="transfer")
    _open_change(table)
    _draft_change(table)
    table.does("mediator", "ask", consents=[{"answer": "agree"}, {"answer": "agree"}])
    table.renders()
    paper = db.session.scalars(select(Paper).where(Paper.kind == "supplementary_agreement")).one()
    assert paper.status == "ready", paper.failure
    return paper


def signs(person: Person, deed: Paper, hand: Hand) -> None:
    """The mediator checks who it is and hands over the tablet; that hand signs with a finger."""
    person.get(f"/papers/{deed.id}/signing")
    person.post(f"/papers/{deed.id}/signing/{hand.id}/invite", {"identity": "id_card", "where": "here"})
    person.submit({"ink": written(), "read": "yes"})


def states(table: Table) -> tuple[list[str], list[str]]:
    db.session.rollback()
    db.session.expire_all()
    found = ledger_of(current_agreement(table.case_id))
    return [row.state for row in found.rows], [row.state for row in found.before]


def test_a_deed_signed_with_the_finger_and_sealed_makes_the_new_plan(table: Table, deed: Paper) -> None:
    person = table.opens("mediator", "sign")
    assert person.page.select_one(f"main a[href='/papers/{deed.id}/signing']")
    for hand in [one for one in hands(deed) if one.who != "seal"]:
        signs(person, deed, hand)
    seal_due()
    assert states(table) == (["partly", "open", "open"], [])  # nothing counts before the seal
    person.get(f"/papers/{deed.id}/signing")
    person.post(f"/papers/{deed.id}/signing/seal")
    seal_due()
    assert changes.settle_due() == 1
    assert states(table) == (["open", "open"], ["replaced"] * 3)
    assert verify(content(db.session.get_one(Paper, deed.id).sha256), seals.roots(), at=deed.issued_at).sealed
    the_ledger_tells_both_plans(table)


def test_a_deed_that_comes_back_on_paper_makes_the_new_plan(table: Table, deed: Paper) -> None:
    person, told = table.person("mediator"), {"signed_on": str(clock.today())}
    for hand in hands(deed):
        told |= {f"signed-{hand.id}": "yes", f"manner-{hand.id}": "hand", f"identity-{hand.id}": "id_card"}
    person.get(f"/papers/{deed.id}/signing/sheets")
    sheets = [(io.BytesIO(one), "IMG_1.jpg") for one in photographs(content(deed.sha256))]
    person.post(f"/papers/{deed.id}/signing/sheets", {**told, "sheets": sheets})
    assert changes.settle_due() == 1
    assert states(table) == (["open", "open"], ["replaced"] * 3)
    the_ledger_tells_both_plans(table)


def the_ledger_tells_both_plans(table: Table) -> None:
    """The new plan counts, the old one stays readable with what came in for it, and the step of the flow goes on."""
    found = ledger_of(current_agreement(table.case_id))
    assert (found.paid, found.rest, found.before[0].paid) == (Decimal("1000"), Decimal("9000"), Decimal("1000"))
    person = table.person("mediator")
    person.get(f"/cases/{table.case_id}/performance")
    assert "原计划" in person.text()
    assert "¥ 4,000.00" in person.text()
    table.does("mediator", "sign", result="effective")
    change = db.session.scalars(select(AgreementChange)).one()
    assert (change.status, "sign" in table.open_steps()) == ("effective", False)


def test_the_draft_of_a_change_is_looked_through_while_it_is_written(table: Table) -> None:
    _open_change(table)
    person = table.opens("mediator", "draft")
    task_id = table.task_id("draft")
    found = person.post(f"/tasks/{task_id}/findings", {"reason": "先付一半", "version": "1"})
    assert found.select_one(".findings-sum") is not None
    assert "责任" not in found.get_text()  # those are said in the agreement that it changes
    assert person.get(f"/tasks/{task_id}").select_one("button[name=_calculate]") is not None
