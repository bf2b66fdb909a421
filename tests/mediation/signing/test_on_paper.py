"""Signing on paper: sheets that come back are this paper or are refused, and then stand as the signed original."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select

from mediation.extensions import command, db
from mediation.models import Agreement, Attachment, Case, Paper
from mediation.papers.operations import issue_again
from tests.mediation.signing.conftest import content, hands, photographs

pytestmark = pytest.mark.once


def told(paper: Paper, **changes: str) -> dict[str, str]:
    """Everybody signed by hand and was known by the identity card; the seal is on the sheet."""
    answers = {"signed_on": "2026-11-23"}
    for hand in hands(paper):
        answers |= {f"signed-{hand.id}": "yes", f"manner-{hand.id}": "hand", f"identity-{hand.id}": "id_card"}
    return {**answers, **changes}


@pytest.fixture
def brings(sign_in, deed):
    """`brings([bytes], "IMG.jpg")`: the mediator takes in files as the sheets of the deed."""

    def bring(files, name="IMG_1.jpg", status=200, **changes):
        person = sign_in("mediator")
        person.get(f"/papers/{deed.id}/signing/sheets")
        sent = [(io.BytesIO(one), name) for one in files]
        person.post(f"/papers/{deed.id}/signing/sheets", {**told(deed, **changes), "sheets": sent}, status=status)
        db.session.expire_all()
        return person

    return bring


def test_photographed_sheets_stand_as_the_signed_original(deed, brings):
    brings(photographs(content(deed.sha256)))
    assert deed.status == "sealed"
    assert {hand.status for hand in hands(deed)} == {"signed"}
    sheets = list(db.session.scalars(select(Attachment).where(Attachment.purpose == "signed-paper")))
    assert {hand.field: hand.scan_id for hand in hands(deed)} == {
        name: sheets[int(box[0]) - 1].id for name, box in deed.boxes.items()
    }
    assert (len(sheets), sheets[0].shared) == (deed.pages, True)


def test_the_agreement_knows_who_signed_on_the_sheets(deed, brings):
    brings(photographs(content(deed.sha256)))
    agreement = db.session.scalars(select(Agreement)).one()
    assert {(one.who, one.manner, str(one.signed_on)) for one in agreement.signatures} == {
        ("party", "hand", "2026-11-23"), ("mediator", "hand", "2026-11-23"), ("seal", "seal", "2026-11-23"),
    }  # fmt: skip


def test_a_scan_as_pdf_is_read_page_by_page(deed, brings):
    pages = [Image.open(io.BytesIO(one)) for one in photographs(content(deed.sha256))]
    scan = io.BytesIO()
    pages[0].save(scan, "PDF", save_all=True, append_images=pages[1:], resolution=170)
    brings([scan.getvalue()], "scan.pdf")
    assert deed.status == "sealed"


def refused(person) -> str:
    return person.page.select_one(".callout-danger").get_text()


def test_the_sheets_of_another_paper_are_refused(deed, brings, house):
    sheets = photographs(content(deed.sha256))
    with command():
        again = issue_again(db.session.get(Paper, deed.id), by=house.users["mediator"])
        db.session.get(Paper, deed.id).status, again.status = "ready", "superseded"
        db.session.get(Paper, deed.id).check_code = "ANOTHERCODEXXXXX"
    assert "另一份文书" in refused(brings(sheets, status=422))
    assert {hand.status for hand in hands(deed)} == {"open"}


def test_a_sheet_that_says_something_else_than_was_printed_is_refused(deed, brings):
    sheets = photographs(content(deed.sha256))
    with command():
        paper = db.session.get(Paper, deed.id)
        paper.facts = {**paper.facts, "matter": "另一件事"}
    assert "不符" in refused(brings(sheets, status=422))


def test_a_missing_page_is_missed(deed, brings):
    with command():
        db.session.get(Paper, deed.id).pages = 9
    assert "共 9 页" in refused(brings(photographs(content(deed.sha256)), status=422))


def test_the_file_as_it_was_printed_is_no_scan(deed, brings):
    assert "生成的文件" in refused(brings([content(deed.sha256)], "agreement.pdf", status=422))


def test_a_printed_file_saved_again_is_no_scan(deed, brings):
    again = io.BytesIO()
    with pikepdf.open(io.BytesIO(content(deed.sha256))) as opened:
        opened.save(again)
    brings([again.getvalue()], "agreement.pdf", status=422)
    assert {hand.status for hand in hands(deed)} == {"open"}


def picture(size: tuple[int, int], mode: str = "RGB") -> bytes:
    kept = io.BytesIO()
    Image.new(mode, size, "white" if mode == "RGB" else 1).save(kept, "PNG")
    return kept.getvalue()


def foreign_pdf() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (1400, 2000), "white").save(kept, "PDF")
    return kept.getvalue()


@pytest.mark.parametrize(("file", "name"), [
    (picture((1400, 2000)), "white.png"), (picture((300, 400)), "small.png"), (foreign_pdf(), "foreign.pdf"),
    (b"%PDF-1.7\n%%EOF\n", "empty.pdf"), (b"GIF89a" + b"\0" * 50, "x.gif"), (b"hello", "note.txt"),
    (b"<html><script>alert(1)</script>", "page.html"), (picture((12_000, 12_000), "1"), "huge.png"),
])  # fmt: skip
def test_what_is_no_sheet_of_ours_is_refused_in_words(deed, brings, file, name):
    assert len(refused(brings([file], name, status=422))) > 5
    assert {hand.status for hand in hands(deed)} == {"open"}


def test_nobody_is_signed_in_without_a_checked_identity(deed, brings):
    first = hands(deed)[0].id
    brings(photographs(content(deed.sha256)), status=422, **{f"identity-{first}": ""})
    assert {hand.status for hand in hands(deed)} == {"open"}


def test_what_was_told_of_each_hand_survives_a_refused_sheet(deed, brings):
    first, second = hands(deed)[:2]
    changes = {f"signed-{second.id}": "", f"manner-{first.id}": "fingerprint", "signed_on": "2026-11-20"}
    page = brings([b"%PDF-1.7 no scan"], "scan.pdf", 422, **changes).page
    assert page.select_one(f"#s{first.id}").has_attr("checked")
    assert not page.select_one(f"#s{second.id}").has_attr("checked")
    assert page.select_one(f"#m{first.id} [selected]")["value"] == "fingerprint"
    assert page.select_one(f"#i{first.id} [selected]")["value"] == "id_card"
    assert page.select_one("#signed_on")["value"] == "2026-11-20"


def test_a_day_to_come_is_refused(deed, brings):
    brings(photographs(content(deed.sha256)), status=422, signed_on="2027-01-01")


def test_screen_and_paper_are_not_mixed(deed, brings, signs, sign_in):
    signs(0)
    assert "屏幕" in refused(brings(photographs(content(deed.sha256)), status=422))


def test_what_began_on_a_screen_can_begin_anew_on_paper(deed, brings, signs, sign_in):
    signs(0)
    person = sign_in("mediator")
    person.get(f"/papers/{deed.id}/signing")
    person.post(f"/papers/{deed.id}/signing/anew")
    db.session.expire_all()
    after = db.session.scalars(select(Paper).where(Paper.supersedes_id == deed.id)).one()
    agreement = db.session.scalars(select(Agreement)).one()
    assert (deed.status, after.status, after.facts["terms"]) == ("superseded", "queued", deed.facts["terms"])
    assert [one.signed_on for one in agreement.signatures] == [None] * 4


def test_succession_is_signed_by_hand_and_sealed_on_the_sheet(deed, brings):
    with command():
        db.session.get(Case, deed.case_id).wet_ink_only = True
    brings(photographs(content(deed.sha256)))
    assert deed.status == "sealed"
