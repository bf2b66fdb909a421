"""With court, police and procuratorate, over HTTP: a commission that fails, a call that ends in a penalty, a suit that is supported."""

from __future__ import annotations

from typing import Any

import pytest

from mediation import clock
from mediation.extensions import db
from mediation.models import Deadline, Task
from tests.house import House, join
from tests.journeys import steps
from tests.journeys.table import Table


@pytest.fixture
def table(app: Any, house: House, sign_in: Any) -> Table:
    join(house, "court2", "court", "liaison")
    join(house, "police", "police", "police_liaison", "liaison")
    join(house, "procurator", "procuratorate", "procuratorate_liaison", "liaison")
    return Table(app, sign_in)


def arrive(table: Table, route: str, source: str = "window") -> None:
    """The case is registered, examined and sent this way by triage."""
    steps.register(table, {**steps.LEAK, "source": source})
    steps.examine(table)
    table.does(
        "dispatcher", "confirm_triage", decision="accept", route=route, suggestion="overridden", reason="分流研判"
    )


def clocks(table: Table) -> dict[str, str]:
    db.session.rollback()
    rows = db.session.query(Deadline).filter_by(case_id=table.case_id)
    return {row.clock: row.status for row in rows}


def hand_over(table: Table, login: str) -> None:
    """The dispatcher sends, the other house signs."""
    table.does("dispatcher", "send", decision="send", reason="依法移送")
    table.does(login, "sign", answer="signed")


def file_the_suit(table: Table) -> None:
    rows = [{"address": "和平小区", "confirmed": True} for _ in table.case.parties]
    table.does("clerk", "prepare", wish="file", court="court", cause="财产损害赔偿纠纷", claims="赔偿 9000 元",
               grounds="楼上漏水致损。", addresses=rows, limitation_told=True)  # fmt: skip
    hand_over(table, "court2")
    table.does("court", "docket", decision="docketed", court_number="（2026）青民初1号", decided_on=clock.today())


def test_a_commission_that_fails_is_reported_and_docketed(table: Table) -> None:
    arrive(table, "court_commissioned", "court_before_filing")
    table.does("dispatcher", "receive", court="court", received_on=clock.today(), materials="起诉状", answer="take")
    table.does("dispatcher", "choose", result="chosen", mediator="mediator")
    assert table.case.mediator.login == "mediator"
    table.does("mediator", "confirm", answer="accept", tie="none")
    table.does("mediator", "contact", result="willing", contacted_on=clock.today())
    row = {"identity": True, "warned": True, "address": "和平小区 3 号楼", "address_confirmed": True}
    table.does("mediator", "checks", checked=[row, row], suspicion="no")
    assert {party.service_address for party in table.case.parties} == {"和平小区 3 号楼"}
    refusal = [{"answer": "agree", "given_on": clock.today(), "how": "phone"}, {"answer": "refuse", "how": "phone"}]
    table.does("mediator", "consent", consents=refusal, openness="closed")
    table.does("mediator", "report", reason="refused", facts="楼上漏水。", undisputed="漏水属实。", undisputed_signed=True,
               returned="起诉状", returned_on=clock.today(), insists="yes")  # fmt: skip
    assert clocks(table)["court-before-filing"] == "met"
    file_the_suit(table)
    packet = db.session.query(Task).filter_by(case_id=table.case_id, element_id="prepare").one()
    assert packet.answers["undisputed"] == "漏水属实。"
    assert table.open_steps() == {"terminate"}
    assert table.case.outcome == "litigation"


def test_a_silent_mediator_is_replaced_by_the_court(table: Table) -> None:
    arrive(table, "court_commissioned", "court_before_filing")
    table.does("dispatcher", "receive", court="court", received_on=clock.today(), materials="起诉状", answer="take")
    table.days_pass(3)
    table.does("court", "assign", mediator="mediator", chosen_by="court", conflict="none")
    table.days_pass(6)
    table.does("court", "assign", mediator="mediator2", chosen_by="court", conflict="none")
    assert (table.case.mediator.login, table.open_steps()) == ("mediator2", {"confirm"})
    table.does("mediator2", "confirm", answer="recuse", tie="relative", reason="近亲属")
    table.does("court", "assign", status=422, mediator="mediator2", chosen_by="court", conflict="none")


def test_what_the_police_mediated_and_nobody_performed_ends_in_a_penalty(table: Table) -> None:
    arrive(table, "police_linkage")
    hand_over(table, "police")
    table.does("police", "examine", offence="damage", accepted_on=clock.today(), appraisal="no", under_16="no",
               risk="no", facts="争执中损坏门锁。")  # fmt: skip
    assert "可以治安调解" in table.opens("police", "decide").text()
    table.does("police", "decide", decision="mediate", reason="民间纠纷引起")
    table.does("police", "first", held_at=clock.now(), result="agreed", terms="赔偿 500 元", amount="500",
               manner="now")  # fmt: skip
    table.does("police", "performance", performed="no", checked_on=clock.today(), reason="反悔")
    table.does("police", "penalty", outcome="penalty", decision_number="青公（治）1号", decided_on=clock.today(),
               civil_told=True)  # fmt: skip
    assert clocks(table)["public-security-handling"] == "met"
    assert table.open_steps() == {"terminate"}


def test_a_weak_litigant_is_supported_and_the_suit_is_docketed(table: Table) -> None:
    arrive(table, "procuratorate_linkage")
    hand_over(table, "procurator")
    table.does("procurator", "matter", matter="support")
    table.does("clerk", "request", party=str(table.party("王建国").id), person_kind="elderly", willing="yes",
               unable="yes", claims="赔偿 9000 元")  # fmt: skip
    assert "老年人" in table.opens("procurator", "examine").text()
    table.does("procurator", "examine", decision="support", reason="诉讼能力较弱")
    table.does("procurator", "assist", advice="可以起诉。", hearing="no")
    table.does("procurator", "opinion", opinion="support", number="青检民支1号", issued_on=clock.today(),
               reason="符合条件")  # fmt: skip
    file_the_suit(table)
    assert table.case.outcome == "litigation"
    assert table.open_steps() == {"close"}
