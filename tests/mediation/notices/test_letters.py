"""Letters: what a clerk hands over or posts, with the evidence that somebody was told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import command, db
from mediation.models import Entry, Notice, Paper
from mediation.notices.operations import tell_party
from mediation.papers.operations import issue
from mediation.papers.rendering import render_due
from tests.kept import kept


@pytest.fixture
@kept
def letter(mediating, house):
    """The respondent, who has no mobile number, is to be told of her rights."""
    with command():
        party = mediating.case.parties[1]
        party.phone, party.service_address = "", "和平路 2 号"
        paper = issue(mediating.case, "rights_notice", by=house.users["mediator"], to="respondent")[0]
        notice = tell_party(party, "accepted", case=mediating.case, paper=paper)
    return notice


def settle(person, letter, result, note=""):
    person.get("/letters")
    person.submit({"note": note}, form=f'form[action="/letters/{letter.id}"]', button=f"result={result}")


@pytest.mark.parametrize(
    ("result", "status"), [("handed-over", "sent"), ("posted", "sent"), ("refused", "failed"), ("not-found", "failed")]
)
def test_what_came_of_a_letter_is_written_down(letter, sign_in, house, result, status):
    settle(sign_in("clerk"), letter, result, "本人签收")
    row = db.session.get(Notice, letter.id)
    assert (row.status, row.details["delivery"], row.details["note"]) == (status, result, "本人签收")
    entry = db.session.scalars(select(Entry).where(Entry.action == f"letter-{result}")).one()
    assert (entry.actor, entry.chain) == ("clerk", letter.case_id)


def test_the_paper_is_one_click_away(letter, sign_in):
    person = sign_in("clerk")
    person.get("/letters")
    assert person.page.select_one(f'a[href="/papers/{letter.paper_id}.pdf"]') is None
    render_due()
    person.get("/letters")
    assert person.page.select_one(f'a[href="/papers/{letter.paper_id}.pdf"]')


def test_a_paper_that_was_replaced_meanwhile_is_not_handed_over(letter, sign_in, house):
    with command():
        newer = issue(
            db.session.get(Paper, letter.paper_id).case, "rights_notice", by=house.users["mediator"], to="respondent"
        )[0]
    render_due()
    person = sign_in("clerk")
    person.get("/letters")
    assert person.page.select_one(f'a[href="/papers/{newer.id}.pdf"]')
    assert person.page.select_one(f'a[href="/papers/{letter.paper_id}.pdf"]') is None


def test_two_clerks_settle_a_letter_once(letter, sign_in):
    first, second = sign_in("clerk"), sign_in("dispatcher")
    second.get("/letters")
    settle(first, letter, "handed-over")
    second.submit(form=f'form[action="/letters/{letter.id}"]', button="result=not-found")
    assert db.session.get(Notice, letter.id).details["delivery"] == "handed-over"


def test_a_result_that_does_not_exist_changes_nothing(letter, sign_in):
    person = sign_in("clerk")
    person.get("/letters")
    person.post(f"/letters/{letter.id}", {"result": "burnt"})
    assert db.session.get(Notice, letter.id).status == "queued"


@pytest.mark.parametrize("login", ["mediator", "court", "supervisor", "system_admin", "flow_admin"])
def test_letters_are_the_offices_work(letter, sign_in, login):
    person = sign_in(login)
    person.get("/letters", status=403)
    person.post(f"/letters/{letter.id}", {"result": "posted"}, status=403)


def test_letters_of_other_centres_are_not_seen(letter, house, sign_in):
    from mediation import clock
    from mediation.models import Agency, Membership, Pool, User

    with command():
        other = Agency(key="elsewhere", name="别处综治中心", kind="centre", short_name="别", region="别处")
        db.session.add(other)
        db.session.flush()
        stranger = User(login="stranger", name="外人", password_hash="!", created_at=clock.now())
        stranger.memberships.append(Membership(pool=Pool(role="clerk", agency_id=other.id), role="clerk"))
        db.session.add(stranger)
    house.users["stranger"] = stranger
    person = sign_in("stranger")
    person.get("/letters")
    assert "李秀兰" not in person.text()
    person.post(f"/letters/{letter.id}", {"result": "posted"})
    assert db.session.get(Notice, letter.id).status == "queued"


def test_settled_letters_stay_to_be_seen(letter, sign_in):
    person = sign_in("clerk")
    settle(person, letter, "posted", "EMS 1234")
    assert "EMS 1234" in person.text()
