"""The worker binds a dossier: what is in it, in which order, sealed; and never lost or doubled, whatever happens meanwhile."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pikepdf
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from documents.dossier import STAMP_PALE
from documents.sealing import verify
from mediation.dossiers import making, operations, queries
from mediation.dossiers.making import make_due
from mediation.extensions import command, db
from mediation.models import Case, CaucusNote, Dossier, Entry, Paper, SealedNote
from mediation.papers.operations import issue, issue_again
from mediation.papers.rendering import render_due
from mediation.signing import seals
from tests.journeys.steps import text_of_pdf
from tests.mediation.signing.conftest import content

pytestmark = pytest.mark.once


def titles(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_outline() as outline:
        return [item.title for item in outline.root]


def attached(pdf: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return set(opened.attachments)


def test_papers_and_scans_stand_in_the_order_of_the_rules(bound):
    found = titles(content(bound().sha256))
    assert [found[0], found[1], found[-3:]] == ["卷宗封面", "卷内目录", ["办理经过摘录", "卷宗情况说明", "卷宗封底"]]
    inner = [found.index(name) for name in ("身份证.jpg", "漏水照片.jpg", "人民调解协议书")]
    assert inner == sorted(inner)


def test_it_is_sealed_with_the_certificate_of_the_body(bound):
    made = bound()
    report = verify(content(made.sha256), seals.roots(), at=made.made_at)
    assert report.sealed
    assert (report.signatures[0].signer, report.signatures[0].whole) == ("青禾区人民调解委员会", True)


def test_the_index_tells_page_numbers_and_what_is_missing(bound):
    text = text_of_pdf(content(bound().sha256))
    for words in ("缺少应当归档的文书", "人民调解协议书", "电子文件", "漏水照片.jpg"):
        assert words in text.replace("\n", "")


def test_signed_papers_and_originals_lie_inside(bound):
    names = attached(content(bound().sha256))
    assert any(name.endswith("-agreement.pdf") for name in names)
    assert {"001.jpg", "002.jpg", "003.wav"} <= names


def test_counts_and_what_was_missing_are_kept(bound):
    made = bound()
    assert (made.scans, made.papers > made.scans, made.pages > 5, made.retention) == (3, True, True, "permanent")
    assert {"zh": "权利义务告知书", "en": "Notice of rights and duties"} in made.missing


def test_a_sealed_note_and_a_caucus_note_never_enter(bound, case, house):
    with command():
        by = house.users["mediator"].id
        party = case.parties[0]
        db.session.add(
            CaucusNote(case_id=case.id, party_id=party.id, text="底线是四千元", at=case.registered_at, by_id=by)
        )
    made = bound()
    everything = text_of_pdf(content(made.sha256)) + made.told + made.journal
    assert "四千元" not in everything.replace("\n", "")
    assert SealedNote.__tablename__ not in everything


def test_the_journal_tells_what_was_done_and_not_who_looked(bound, sign_in, case):
    sign_in("supervisor").get(f"/cases/{case.id}/parties")
    lines = json.loads(bound().journal)
    assert {"at", "who", "what"} == set(lines[0])
    assert not any("沈立秋" in line["who"] for line in lines)


def test_a_second_press_asks_for_nothing_more(case, house):
    with command():
        first = operations.ask(case, by=house.users["mediator"])
        assert operations.ask(case, by=house.users["clerk"]) is first


def test_earlier_dossiers_stay(bound):
    first, second = bound(), bound()
    assert [(one.ordinal, one.status) for one in queries.dossiers_of(first.case)] == [(2, "ready"), (1, "ready")]
    assert first.sha256 != second.sha256


def test_it_waits_for_papers_that_are_being_made(case, house, clock):
    with command():
        issue(case, "registration_form", by=house.users["mediator"])
        dossier = operations.ask(case, by=house.users["mediator"])
    assert make_due() == 0
    render_due()
    clock.set_clock(clock.now() + making.SOON)
    assert make_due() == 1
    db.session.expire_all()
    assert "registration_form" in dossier.told


# --- whatever happens meanwhile ---------------------------------------------------------------------------------------


@pytest.fixture
def asked(case, house) -> Dossier:
    render_due()
    with command():
        return operations.ask(case, by=house.users["mediator"])


def test_a_worker_that_dies_loses_its_lease_and_nothing_else(asked, clock, monkeypatch):
    monkeypatch.setattr(making, "make", _dies)
    with pytest.raises(KeyboardInterrupt):
        make_due()
    monkeypatch.undo()
    assert make_due() == 0
    clock.set_clock(clock.now() + making.LEASE + timedelta(seconds=1))
    assert make_due() == 1


def _dies(*_arguments):
    raise KeyboardInterrupt


def test_a_full_disk_costs_time_and_no_dossier(asked, clock, monkeypatch):
    monkeypatch.setattr(making, "keep", _full)
    with pytest.raises(OperationalError):
        make_due()
    monkeypatch.undo()
    db.session.expire_all()
    assert (asked.status, asked.sha256) == ("queued", None)
    clock.set_clock(clock.now() + making.LEASE + timedelta(seconds=1))
    assert make_due() == 1


def _full(*_arguments):
    raise OperationalError("INSERT", {}, Exception("database or disk is full"))


def test_two_workers_make_one(asked, clock, monkeypatch):
    def slow(*arguments):
        made = genuine(*arguments)
        monkeypatch.setattr(making, "make", genuine)
        clock.set_clock(clock.now() + making.LEASE + timedelta(seconds=1))
        assert make_due() == 1  # the lease was over: another worker has finished it
        return made

    genuine = making.make
    monkeypatch.setattr(making, "make", slow)
    assert make_due() == 0
    sealed = select(Entry.id).where(Entry.chain == asked.case_id, Entry.action == "dossier-sealed")
    assert len(list(db.session.scalars(sealed))) == 1


def test_a_seal_that_is_missing_is_told_and_tried_again(asked, clock, monkeypatch):
    monkeypatch.setattr(seals, "seal_for", _missing)
    assert make_due() == 0
    db.session.expire_all()
    assert (asked.status, asked.failure) == ("queued", "SealMissing: 青禾区人民调解委员会")
    for _attempt in range(5):
        clock.set_clock(clock.now() + making.LEASE * 12)
        make_due()
    db.session.expire_all()
    assert asked.status == "failed"


def _missing(agency):
    raise seals.SealMissing(agency.name)


def test_a_scan_that_cannot_be_read_is_told_and_does_not_stop_the_dossier(bound, case, house):
    from tests.mediation.dossiers.conftest import hand_in

    hand_in(case, b"%PDF-1.4\nnot really\n%%EOF\n", "坏的扫描件.pdf", "evidence", house)
    text = text_of_pdf(content(bound().sha256)).replace("\n", "")
    assert "未印成页" in text
    assert "坏的扫描件.pdf" in text


def test_a_signed_paper_that_was_replaced_stands_behind_its_successor_and_says_so(bound, case, house):
    with command():
        old = db.session.scalars(select(Paper).where(Paper.case_id == case.id, Paper.kind == "agreement")).one()
        assert old.status == "sealed"
        new = issue_again(old, by=house.users["mediator"])
        newer = issue_again(new, by=house.users["mediator"])
    made = bound()
    told = [one for one in json.loads(made.told)["papers"] if one["kind"] == "agreement"]
    assert [one["status"] for one in told] == ["ready", "superseded"]
    assert told[1]["sha256"] == db.session.get(Paper, old.id).sha256
    assert db.session.get(Paper, newer.id).sha256 == told[0]["sha256"]
    assert "文书取代" in "".join(text_of_pdf(content(made.sha256)).split())
    with pikepdf.open(io.BytesIO(content(made.sha256))) as pdf:
        drawn = [pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page)) for page in pdf.pages]
    stamped = [page for page in drawn if STAMP_PALE.encode() in page]
    assert 1 <= len(stamped) < len(drawn)


def test_what_is_withdrawn_stays_outside(bound, case):
    with command():
        for one in queries.contents(db.session.get_one(Case, case.id)).found.values():
            if one.attachment:
                one.attachment.withdrawn_at = case.registered_at
    assert bound().scans == 0
