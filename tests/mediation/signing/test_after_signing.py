"""What was signed is never printed anew: a correction is told beside it, and a new paper has to be signed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.cases.operations import correct_fact
from mediation.extensions import command, db
from mediation.models import Agreement, Hand, Paper, Task
from mediation.papers.operations import issue, may_issue_anew
from mediation.papers.rendering import render_due
from mediation.signing import operations
from mediation.signing.working import seal_due
from tests.mediation.signing.conftest import content, hands


def correct(paper, house, field, new, party=None):
    with command():
        correct_fact(paper.case, party, field, new, "登记时写错", by=house.users["clerk"])
    db.session.expire_all()


def test_a_correction_leaves_a_signed_paper_as_it_was_signed(deed, signs, house):
    signs(0)
    seal_due()
    before = db.session.get(Paper, deed.id).sha256
    correct(deed, house, "name", "王建果", deed.case.parties[0])
    assert (deed.status, deed.sha256, "parties" in deed.disagrees) == ("ready", before, True)
    assert db.session.scalar(select(Paper.id).where(Paper.supersedes_id == deed.id)) is None


def test_a_correction_issues_an_unsigned_agreement_anew(deed, house):
    correct(deed, house, "name", "王建果", deed.case.parties[0])
    assert deed.status == "superseded"


def test_the_mediator_reads_in_what_a_signed_paper_no_longer_agrees(deed, signs, house, sign_in):
    signs(0)
    correct(deed, house, "name", "王建果", deed.case.parties[0])
    person = sign_in("mediator")
    person.get(f"/cases/{deed.case_id}/papers")
    assert "与更正不一致" in person.text()
    assert "当事人" in person.text()
    person.get(f"/papers/{deed.id}/signing")
    assert "签署后有事实更正" in person.text()


def test_it_can_be_issued_anew_and_the_old_one_says_so(deed, signs, house, sign_in, resident):
    signs(0)
    correct(deed, house, "name", "王建果", deed.case.parties[0])
    person = sign_in("mediator")
    person.get(f"/cases/{deed.case_id}/papers")
    person.post(f"/papers/{deed.id}/anew")
    db.session.expire_all()
    after = db.session.scalars(select(Paper).where(Paper.supersedes_id == deed.id)).one()
    assert (deed.status, after.facts["parties"][0]["name"]) == ("superseded", "王建果")
    anybody = resident()
    anybody.get(f"/verify/{deed.check_code}")
    assert anybody.page.select_one(".callout-warning")


def test_an_agreement_in_force_is_changed_by_its_parties_alone(deed, signs, house, sign_in):
    signs(0)
    correct(deed, house, "name", "王建果", deed.case.parties[0])
    with command():
        db.session.scalars(select(Agreement)).one().effective_at = deed.issued_at
    assert not may_issue_anew(db.session.get(Paper, deed.id))
    person = sign_in("mediator")
    person.get(f"/cases/{deed.case_id}/papers")
    person.post(f"/papers/{deed.id}/anew", status=403)


def test_a_paper_that_agrees_is_not_issued_anew(deed, sign_in):
    person = sign_in("mediator")
    person.get(f"/cases/{deed.case_id}/papers")
    person.post(f"/papers/{deed.id}/anew", status=403)


def test_the_form_of_the_signatures_does_not_undo_what_is_on_the_paper(deed, signs, house):
    from mediation.agreements.bindings import _sign

    signs(0)
    agreement = db.session.scalars(select(Agreement)).one()
    task = Task(case_id=deed.case_id, case=deed.case)
    rows = [{"signature": str(one.id), "signed": "no"} for one in agreement.signatures]
    with db.session.no_autoflush:
        _sign(task, {"signatures": rows, "next_step": "go_on"}, house.users["mediator"])
    assert [one.manner for one in agreement.signatures] == ["electronic", "", "", ""]
    db.session.rollback()


def test_going_back_to_the_draft_withdraws_what_was_signed(deed, signs, house):
    from mediation.agreements.bindings import _sign

    signs(0)
    task = Task(case_id=deed.case_id, case=deed.case)
    with db.session.no_autoflush:
        _sign(task, {"next_step": "renegotiate"}, house.users["mediator"])
    assert db.session.get(Paper, deed.id, populate_existing=True).status == "withdrawn"
    db.session.rollback()


# --- letters ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def letters_sealed(app):
    app.config["SEAL_LETTERS"] = True
    yield
    app.config["SEAL_LETTERS"] = False


def letter(mediating, house, kind="acceptance_notice"):
    with command():
        made = issue(mediating.case, kind, by=house.users["mediator"], to="applicant")[0]
    render_due()
    while seal_due():
        pass
    db.session.expire_all()
    return db.session.get(Paper, made.id)


def test_a_letter_is_sealed_by_itself_where_the_house_says_so(letters_sealed, mediating, house):
    paper = letter(mediating, house)
    assert (paper.status, [hand.field for hand in hands(paper)]) == ("sealed", ["seal"])
    assert b"/ByteRange" in content(paper.sha256)


def test_a_letter_stays_without_a_seal_where_it_does_not(mediating, house):
    assert letter(mediating, house).status == "ready"


def test_what_a_party_has_to_sign_is_never_sealed_by_itself(letters_sealed, mediating, house):
    paper = letter(mediating, house, "rights_notice")
    assert (paper.status, {hand.status for hand in hands(paper)}) == ("ready", {"open"})


def test_a_sealed_letter_is_told_of_and_not_rewritten(letters_sealed, mediating, house):
    paper = letter(mediating, house)
    correct(paper, house, "name", "王建果", paper.case.parties[0])
    assert (paper.status, may_issue_anew(paper)) == ("sealed", True)


def test_a_sealed_paper_takes_no_further_hand(letters_sealed, mediating, house):
    paper = letter(mediating, house)
    with pytest.raises(operations.SigningRefused), command():
        operations.ask_for_seal(db.session.get(Paper, paper.id), by=house.users["mediator"])
    assert db.session.scalar(select(Hand.status).where(Hand.paper_id == paper.id)) == "signed"
