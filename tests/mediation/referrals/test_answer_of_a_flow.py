"""What a flow answers by itself is written in the language of papers and read in one's own."""

from __future__ import annotations

from typing import Any

import pytest
from flask_babel import force_locale

from mediation import clock
from mediation.effects import EFFECTS, Occasion
from mediation.extensions import command, db
from mediation.models import Case, Referral, Task
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import register


@pytest.fixture
@kept
def case(house: House) -> Case:
    return register(house).case


def signed(house: House, case: Case) -> Referral:
    task = db.session.query(Task).filter_by(case_id=case.id, element_id="examine").one()
    row = Referral(
        case_id=case.id, process_id=task.process_id, task_id=task.id, from_agency_id=case.agency_id,
        to_agency=house.agencies["court"], reason="应由法院", purpose="立案", part="facts", status="signed",
        expects_answer=False, prepared_by_id=house.users["dispatcher"].id, sent_at=clock.now(), signed_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_what_a_flow_asks_of_an_agency_is_read_in_english_and_what_somebody_typed_as_typed(
    house: House, case: Case, sign_in: Any
) -> None:
    with command():
        signed(house, case).purpose = "登记立案"
        signed(house, case).purpose = "请先看现场"
    reader = sign_in("director")
    reader.speaks("en").get(f"/cases/{case.id}")
    assert "To docket the case" in reader.text()
    assert "请先看现场" in reader.text()
    reader.speaks("zh").get(f"/cases/{case.id}")
    assert "登记立案" in reader.text()


def test_a_flow_answers_in_the_language_of_papers_whoever_caused_it(house: House, case: Case, sign_in: Any) -> None:
    with command():
        row, task = signed(house, case), db.session.query(Task).filter_by(case_id=case.id, element_id="examine").one()
        with force_locale("en"):
            occasion = Occasion(case, task.process, "answered", house.users["director"])
            EFFECTS["answer-referral"].run(occasion, settled=True)
    assert row.answer == "已在流程各环节办理。"
    reader = sign_in("director")
    reader.speaks("en").get(f"/cases/{case.id}")
    assert "Done in the steps of the flow." in reader.text()
    reader.speaks("zh").get(f"/cases/{case.id}")
    assert "已在流程各环节办理。" in reader.text()
