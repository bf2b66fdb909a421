"""One party's pages show its own side, and nothing of the other's: on every page that a resident can reach."""

from __future__ import annotations

import pytest

from mediation import clock, clocks
from mediation.cases.operations import add_statement, attach
from mediation.extensions import command, db
from mediation.models import Attachment, CaucusNote, Entry, Paper, Statement
from mediation.papers.operations import issue
from mediation.papers.rendering import render_due
from mediation.storage import store
from tests.kept import kept
from tests.mediation.portal.conftest import APPLICANT_PHONE, APPLICANT_SAYS, RESPONDENT_PHONE, RESPONDENT_SAYS

PAGES = (
    "/see/case", "/see/consent", "/see/end", "/see/more-time", "/see/statement", "/see/file", "/see/complete",
)  # fmt: skip
SECRETS = ("只告诉调解员的话", "对方附件", RESPONDENT_SAYS, RESPONDENT_PHONE, RESPONDENT_PHONE[-4:], "和平路 2 号")


@pytest.fixture
@kept
def full_case(mediating, agreed, invited, house):
    """A case with everything that stands behind the respondent's wall."""
    case, respondent = mediating.case, mediating.case.parties[1]
    with command():
        add_statement(case, respondent, "只告诉调解员的话", by=house.users["mediator"])
        db.session.add(CaucusNote(case_id=case.id, party_id=respondent.id, text="只告诉调解员的话",
                                  by_id=house.users["mediator"].id, at=clock.now()))  # fmt: skip
        kept = store("对方附件的内容".encode(), "对方附件.txt", limit=1000)
        attach(case, kept, party=respondent, purpose="evidence", by=house.users["mediator"])
    return mediating


def test_nothing_of_the_other_side_is_on_any_page(enter, full_case):
    person = enter(0)
    for page in PAGES:
        person.get(page)
        assert [secret for secret in SECRETS if secret in person.response.text] == [], page


def test_ones_own_words_and_files_are_there(enter, full_case):
    person = enter(1)
    person.get("/see/case")
    assert RESPONDENT_SAYS in person.text()
    assert "对方附件.txt" in person.text()
    assert APPLICANT_SAYS not in person.response.text
    assert APPLICANT_PHONE not in person.response.text


def test_the_other_sides_file_is_not_found(enter, full_case):
    theirs = db.session.query(Attachment).filter_by(party_id=full_case.case.parties[1].id).one()
    enter(0).get(f"/see/files/{theirs.id}", status=404)
    assert "对方附件的内容" in enter(1).client.get(f"/see/files/{theirs.id}").text


def test_a_shared_file_is_found_by_both(enter, full_case):
    with command():
        theirs = db.session.query(Attachment).filter_by(party_id=full_case.case.parties[1].id).one()
        theirs.shared = True
    enter(0).get(f"/see/files/{theirs.id}")


def test_papers_open_for_their_addressee_only(enter, full_case, house):
    case = full_case.case
    with command():
        issue(case, "rights_notice", to="each", by=house.users["mediator"])
    render_due()
    mine, theirs = (
        db.session.query(Paper).filter_by(kind="rights_notice", party_id=party.id).one() for party in case.parties
    )
    person = enter(0)
    person.get(f"/see/papers/{mine.id}.pdf")
    assert person.response.data.startswith(b"%PDF-")
    person.get(f"/see/papers/{theirs.id}.pdf", status=404)
    seen = db.session.query(Entry).filter_by(chain=case.id, action="paper-downloaded").all()
    assert [(entry.actor, entry.subject) for entry in seen] == [(f"party:{case.parties[0].id}", f"paper:{mine.id}")]


def test_another_cases_rows_are_not_found(enter, full_case, house):
    from mediation.cases.operations import register_dispute
    from tests.mediation.portal.conftest import dispute

    with command():
        other = register_dispute(dispute(), by=house.users["clerk"])
        attach(other.case, store(b"abc", "a.txt", limit=9), party=None, purpose="evidence", shared=True, by=None)
    render_due()
    paper = db.session.query(Paper).filter_by(case_id=other.case.id).first()
    file = db.session.query(Attachment).filter_by(case_id=other.case.id).one()
    person = enter(0)
    person.get(f"/see/papers/{paper.id}.pdf", status=404)
    person.get(f"/see/files/{file.id}", status=404)


def test_without_a_party_every_page_leads_to_the_door(resident, registered):
    for page in (*PAGES, "/see/papers/1.pdf", "/see/files/1", "/see/meetings/1", "/see/due/1"):
        answer = resident().client.get(page)
        assert answer.status_code == 302, page
        assert answer.location.split("?")[0] == "/see", page


def test_staff_are_no_party(sign_in, registered):
    person = sign_in("mediator")
    person.get("/see/case")
    assert person.response.request.path == "/see"


def test_a_party_is_no_staff(enter, registered):
    answer = enter(0).client.get(f"/cases/{registered.case.id}")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_what_a_party_reads_is_written_down(enter, registered):
    enter(0)
    actions = {
        entry.action for entry in db.session.query(Entry).filter_by(actor=f"party:{registered.case.parties[0].id}")
    }
    assert actions >= {"party-came-in", "case-seen"}


def test_statements_of_a_witness_stay_in_the_file(enter, full_case):
    with command():
        db.session.add(
            Statement(case_id=full_case.case.id, party_id=None, text="证人的话", facts={}, made_at=clock.now())
        )
    assert "证人的话" not in enter(0).response.text


def test_a_party_reads_how_a_clock_was_counted_but_not_what_the_office_noted(enter, mediating):
    case = mediating.case
    with command():
        row = clocks.start(case, "peoples-mediation", clock.today())
        told = clocks.changes_of(case, "peoples-mediation")
        clocks.pause(row, told, reason="委托鉴定、评估", evidence="只给同事看的话", by=None)
    page = enter(0)
    page.get("/see/case")
    assert "期限中止" in page.text()
    assert "委托鉴定、评估" in page.text()
    assert "只给同事看的话" not in page.text()
