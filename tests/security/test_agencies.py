"""Another agency sees its own part of a case and nothing else: every address, asked by its liaison."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import command, db
from mediation.models import Agency, Case, Referral, Task
from mediation.referrals import operations
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table, driven
from tests.person import Person
from tests.security.rows import snapshot
from tests.security.walking import addresses, leaks, walk

CENTRE, HOUSING = "secretofthecentre", "secretofhousing"
ID_NUMBER = {"identity number": "11010119680312001X"}
CONTACTS = {"telephone": "13800138001", "other telephone": "13900139002", "address": "和平小区 3 号楼 201"}
ACCOUNT = {"account": "心里其实只要八千"}
# Who asks (housing was sent the facts, land contact data and accounts too), and what must never come back.
VIEWERS = {
    "housing": {**CONTACTS, **ID_NUMBER, **ACCOUNT, "talk of the centre": CENTRE},
    "land": {**ID_NUMBER, "talk of the centre": CENTRE, "talk of housing": HOUSING},
    "market": {**CONTACTS, **ID_NUMBER, **ACCOUNT, "talk": CENTRE, "name": "李秀兰", "facts": "浸湿楼下吊顶"},
}


@driven
def handed_over(table: Table) -> None:
    for login in VIEWERS:
        table.joins(login, login, "liaison")
    steps.register_leak(table)
    steps.examine(table)
    _remark(table, "dispatcher", "confirm_triage", CENTRE)
    table.does("dispatcher", "confirm_triage", decision="refer", target_agency="housing", suggestion="overridden",
               reason="住建部门职责")  # fmt: skip
    table.does("dispatcher", "send", decision="send", agency="housing", reason="查处", purpose="答复", answer_days=5,
               carries=[])  # fmt: skip
    table.does("housing", "sign", answer="signed")
    _remark(table, "housing", "answer", HOUSING)
    _ask_land(table.case_id)


@pytest.fixture
def table(house: House) -> Table:
    return handed_over(house)


def _remark(table: Table, login: str, element: str, text: str) -> None:
    table.opens(login, element)
    table.person(login).post(f"/tasks/{table.task_id(element)}/comments", {"text": text})


def _ask_land(case_id: int) -> None:
    """A second agency at the same time, with more of the file."""
    with command():
        case, first = db.session.get_one(Case, case_id), db.session.scalars(select(Referral)).one()
        land = db.session.scalars(select(Agency).where(Agency.key == "land")).one()
        row = Referral(
            case=case, process_id=first.process_id, task_id="by-hand", from_agency_id=case.agency_id, to_agency=land,
            reason="权属", purpose="意见", part="facts parties contacts statements", prepared_by_id=first.prepared_by_id,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        operations.send(row, expects_answer=False, by=None)


def everywhere(table: Table) -> list[str]:
    db.session.rollback()
    tasks = [f"/tasks/{task_id}" for task_id in db.session.scalars(select(Task.id))]
    words = ("13800138001", "王建国", "11010119680312001X", table.case.code)
    return [*addresses(table.app, "GET"), *tasks, *(f"/search?q={word}" for word in words), "/cases?state=all"]


@pytest.mark.parametrize("login", VIEWERS)
def test_no_address_gives_away_more_than_was_sent(table: Table, login: str) -> None:
    answers = list(walk(table.person(login), everywhere(table)))
    assert leaks(iter(answers), VIEWERS[login]) == []
    assert [one.url for one in answers if one.status >= 500 and one.url != "/readyz"] == []


def test_an_agency_reads_what_was_sent_and_only_its_own_course(table: Table) -> None:
    housing, case = table.person("housing"), f"/cases/{table.case_id}"
    housing.get(case)
    assert "浸湿楼下吊顶" in housing.text()
    housing.get(f"{case}/course")
    assert "青禾区（housing）" in housing.text()
    assert "青禾区（land）" not in housing.text()
    for tab in ("meetings", "performance", "flow"):
        housing.get(f"{case}/{tab}", status=404)
    housing.get(f"{case}/journal", status=403)


def test_contact_data_is_looked_at_by_whom_it_was_sent_to(table: Table) -> None:
    party = table.party("王建国")
    reveal = f"/cases/{table.case_id}/parties/{party.id}/reveal/"
    table.person("land").post(reveal + "phone")
    assert "13800138001" in table.person("land").text()
    table.person("land").post(reveal + "id_number", status=403)
    table.person("housing").post(reveal + "phone", status=403)


def test_an_agency_changes_nothing_but_its_own_step(table: Table) -> None:
    kept = ("case", "party", "statement", "attachment", "meeting", "agreement", "representative", "correction")
    before = {name: rows for name, rows in snapshot().items() if name in kept}
    list(walk(table.person("land"), addresses(table.app, "POST"), "POST"))
    assert {name: rows for name, rows in snapshot().items() if name in kept} == before


def test_what_was_answered_stays_readable_and_what_was_returned_does_not(table: Table, house: House) -> None:
    table.does("housing", "answer", settled="no", summary="已核查。")
    housing: Person = table.person("housing")
    housing.get(f"/cases/{table.case_id}")
    assert "已核查" in housing.text()
    assert "权属" not in housing.text()
    with command():
        row = db.session.scalars(select(Referral).where(Referral.purpose == "意见")).one()
        operations.take_back(row, "不需要了", by=None)
    table.person("land").get(f"/cases/{table.case_id}", status=404)
