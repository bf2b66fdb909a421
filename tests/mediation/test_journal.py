"""The journal: append-only, chained, anchored; a changed, removed or cut-off row is found."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from mediation import journal
from mediation.extensions import command, db
from mediation.models import Anchor, ChainHead, Entry


def write(number: int, chain: int = 7) -> None:
    with command():
        for index in range(number):
            journal.record(
                "tested", case_id=chain, actor="test", subject=f"s{index}", details={"n": index, "词": "调解"}
            )


def write_and_fail() -> None:
    with command():
        journal.record("tested", case_id=7, actor="test")
        raise RuntimeError


def test_an_untouched_journal_holds(app) -> None:
    write(3)
    write(2, chain=8)
    assert list(journal.verify()) == []


def test_a_changed_row_is_found(app) -> None:
    write(3)
    with command():
        db.session.execute(update(Entry).where(Entry.chain == 7, Entry.ordinal == 2).values(subject="another"))
    assert [(found.chain, found.ordinal, found.reason) for found in journal.verify(7)] == [(7, 2, "changed")]


def test_a_removed_row_is_found(app) -> None:
    write(3)
    with command():
        db.session.execute(delete(Entry).where(Entry.chain == 7, Entry.ordinal == 2))
    assert "missing" in {found.reason for found in journal.verify(7)}


def test_a_chain_cut_off_at_its_end_is_found_by_its_head(app) -> None:
    write(3)
    with command():
        db.session.execute(delete(Entry).where(Entry.chain == 7, Entry.ordinal == 3))
    assert [found.reason for found in journal.verify(7)] == ["end"]


def test_a_chain_cut_off_with_its_head_is_found_by_the_anchor(app) -> None:
    write(3)
    with command():
        journal.anchor_heads()
    second = db.session.query(Entry).filter_by(chain=7, ordinal=2).one().hash
    with command():
        db.session.execute(delete(Entry).where(Entry.chain == 7, Entry.ordinal == 3))
        db.session.execute(update(ChainHead).where(ChainHead.chain == 7).values(ordinal=2, hash=second))
    assert any("anchor" in found.reason for found in journal.verify())


def test_a_changed_anchor_is_found(app) -> None:
    write(1)
    with command():
        anchor = journal.anchor_heads()
        anchor.heads = {}
    assert db.session.query(Anchor).count() == 1
    assert any("anchor" in found.reason for found in journal.verify())


def test_what_is_rolled_back_leaves_no_gap(app) -> None:
    write(1)
    with pytest.raises(RuntimeError):
        write_and_fail()
    write(1)
    assert [entry.ordinal for entry in db.session.query(Entry).filter_by(chain=7).order_by(Entry.ordinal)] == [1, 2]
    assert list(journal.verify()) == []


def test_two_entries_of_one_transaction_follow_each_other(app) -> None:
    with command():
        journal.record("first", case_id=9, actor="test")
        journal.record("second", case_id=9, actor="test")
    assert list(journal.verify(9)) == []
