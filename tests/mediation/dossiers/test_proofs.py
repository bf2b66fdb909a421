"""One paper with its proof: packed like an archive, checked like one, and written down."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from documents.archive import ArchiveRefused, unpack, vouched
from mediation import clock
from mediation.cases import queries
from mediation.dossiers import archives
from mediation.dossiers.archives import ImportRefused
from mediation.extensions import command, db
from mediation.models import Attachment, Entry, Hand, Paper
from mediation.signing import seals
from tests.documents.test_archive import rezipped


@pytest.fixture
def proof(case, sign_in):
    """The packet of the sealed agreement, as the mediator fetches it."""
    paper = db.session.scalars(select(Paper).where(Paper.case_id == case.id, Paper.kind == "agreement")).one()
    mediator = sign_in("mediator")
    mediator.get(f"/papers/{paper.id}/signing")
    mediator.post(f"/papers/{paper.id}/proof")
    return paper, mediator.response.data


def test_it_holds_the_paper_who_signed_it_and_a_manifest_that_the_body_signed(proof):
    paper, content = proof
    found = unpack(content)
    assert [one.what for one in found.files] == ["paper", "metadata"]
    assert found.files[0].sha256 == db.session.get(Paper, paper.id).sha256
    assert found.told["body"] == "青禾区人民调解委员会"
    assert vouched(found, seals.roots(), clock.now())
    told = json.loads(found.contents["metadata.json"])
    assert told["paper"]["check_code"] == paper.check_code
    assert [one["what"] for one in told["versions"]] == ["printed", "sealed"]
    assert {one["status"] for one in told["hands"]} == {"signed"}


def test_a_changed_paper_is_seen_and_a_packet_is_no_case_to_take_in(proof):
    _paper, content = proof
    with pytest.raises(ArchiveRefused, match="changed"):
        unpack(rezipped(content, **{"papers/001-agreement.pdf": b"%PDF-1.7 another"}))
    with pytest.raises(ImportRefused), command():
        archives.bring(content, trusted=[], known="", agency="", by="somebody")


def test_taking_it_out_is_written_down_and_nobody_else_may(proof, case, sign_in):
    paper, _content = proof
    actions = set(db.session.scalars(select(Entry.action).where(Entry.chain == case.id)))
    assert "paper-exported" in actions
    assert "paper-exported" not in queries.READS
    sign_in("supervisor").post(f"/papers/{paper.id}/proof", status=403)


def test_what_counts_no_longer_is_not_sent_out_with_a_seal_of_today(proof, sign_in):
    paper, _content = proof
    with command():
        db.session.get_one(Paper, paper.id).status = "withdrawn"
    sign_in("mediator").post(f"/papers/{paper.id}/proof", status=404)


def test_sheets_that_came_back_signed_lie_in_it(case, proof, sign_in):
    paper, _content = proof
    with command():
        sheet = select(Attachment.id).where(Attachment.case_id == case.id, Attachment.purpose == "evidence")
        hand = db.session.scalars(select(Hand).where(Hand.paper_id == paper.id).limit(1)).one()
        hand.scan_id = db.session.scalars(sheet.order_by(Attachment.id).limit(1)).one()
    mediator = sign_in("mediator")
    mediator.get(f"/papers/{paper.id}/signing")
    mediator.post(f"/papers/{paper.id}/proof")
    found = unpack(mediator.response.data)
    assert [one.path for one in found.of("original")] == ["originals/001.jpg"]
