"""Parties read the agreement in plain words, and the mediator sees what each has ticked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import command, db
from mediation.models import Entry, Paper, Understanding


@pytest.fixture
def told(agree, pays):
    """An agreement whose words are checked, of two terms."""
    agreement = agree(pays(), {"kind": "other", "what": "再无其他争议"})
    with command():
        agreement.status = "checked"
    return agreement


def test_a_party_reads_who_pays_whom_how_much_and_when(told, enter):
    person = enter(0)
    assert person.page.select_one('a[href="/see/agreement"]') is not None
    person.get("/see/agreement")
    lines = [line.get_text() for line in person.page.select("[data-say]")]
    assert lines[:2] == ["李秀兰给王建国钱：赔偿。", "一共 6,000 元。"]
    assert person.page.select_one("button[data-read-aloud=points]") is not None


def test_a_draft_is_not_yet_told(agree, pays, enter):
    agree(pays())
    person = enter(0)
    assert person.page.select_one('a[href="/see/agreement"]') is None
    person.get("/see/agreement", status=404)


def test_what_is_ticked_is_kept_with_its_time_and_seen_by_the_mediator(told, case, enter, sign_in):
    enter(0).post("/see/agreement", {"understood": ["1", "2", "2", "99", "x"]})
    rows = db.session.scalars(select(Understanding).order_by(Understanding.term)).all()
    assert [(row.party_id, row.term) for row in rows] == [(case.parties[0].id, 1), (case.parties[0].id, 2)]
    assert db.session.scalars(select(Entry).where(Entry.action == "agreement-understood")).one().details["terms"] == [
        1,
        2,
    ]
    mediator = sign_in("mediator")
    mediator.get(f"/cases/{case.id}/plain-words")
    assert "2 条中的 2 条" in mediator.page.get_text()
    assert "2 条中的 0 条" in mediator.page.get_text()


def test_ticked_twice_is_ticked_once(told, enter):
    person = enter(1)
    for _ in range(2):
        person.post("/see/agreement", {"understood": ["1"]})
    assert len(db.session.scalars(select(Understanding)).all()) == 1


def test_new_words_have_been_understood_by_nobody(told, agree, pays, enter):
    enter(0).post("/see/agreement", {"understood": ["1"]})
    agree(pays(amount="5000"))
    assert db.session.scalars(select(Understanding)).all() == []


def test_the_plain_words_are_printed_as_a_paper(told, case, sign_in):
    mediator = sign_in("mediator")
    mediator.post(f"/cases/{case.id}/plain-words")
    paper = db.session.scalars(select(Paper).where(Paper.kind == "plain_words")).one()
    assert paper.facts["points"][0]["who"] == "李秀兰给王建国钱：赔偿。"
    assert mediator.response.request.path == f"/cases/{case.id}/papers"


def test_somebody_who_does_not_work_on_the_case_neither_reads_nor_prints(told, case, sign_in):
    sign_in("court").get(f"/cases/{case.id}/plain-words", status=404)
    sign_in("court").post(f"/cases/{case.id}/plain-words", status=404)
