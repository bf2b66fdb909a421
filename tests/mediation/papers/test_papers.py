"""A paper's way: issued with facts that were checked, made by a worker, fetched, replaced, withdrawn, checked by its code."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from documents.refusals import PaperRefused, RenderFailed
from mediation import queues
from mediation.cases.operations import correct_fact
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.models import Agreement, Entry, Paper, StoredFile
from mediation.papers import rendering
from mediation.papers.operations import issue, withdraw
from mediation.papers.rendering import ATTEMPTS, render_due


def issued(registered, house, kind="rights_notice", **options):
    with command():
        return issue(registered.case, kind, by=house.users["mediator"], **options)


def papers(case_id, kind):
    return list(
        db.session.scalars(select(Paper).where(Paper.case_id == case_id, Paper.kind == kind).order_by(Paper.id))
    )


def test_a_paper_is_queued_made_and_fetched(mediating, house, sign_in):
    issued(mediating, house)
    assert {paper.status for paper in papers(mediating.case.id, "rights_notice")} == {"queued"}
    assert render_due() > 0
    paper = papers(mediating.case.id, "rights_notice")[0]
    assert (paper.status, paper.pages >= 1) == ("ready", True)
    person = sign_in("mediator")
    person.get(f"/papers/{paper.id}.pdf")
    assert hashlib.sha256(person.response.data).hexdigest() == paper.sha256
    assert person.response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_paper_that_is_being_made_is_not_there_yet(mediating, house, sign_in):
    paper = issued(mediating, house)[0]
    sign_in("mediator").get(f"/papers/{paper.id}.pdf", status=404)


def test_each_party_gets_its_own(mediating, house):
    made = issued(mediating, house)
    assert [paper.party_id for paper in made] == [party.id for party in mediating.case.parties]
    assert {paper.audience for paper in made} == {"party"}


def test_one_side_alone_can_be_addressed(mediating, house):
    assert [paper.party_id for paper in issued(mediating, house, to="respondent")] == [mediating.case.parties[1].id]


def test_facts_that_do_not_make_the_paper_are_refused_before_it_is_issued(mediating, house):
    with command():
        agreement = Agreement(case_id=mediating.case.id, kind="written", drafted_by_id=house.users["mediator"].id,
                              drafted_at=mediating.case.registered_at)  # fmt: skip
        db.session.add(agreement)
    with pytest.raises(AnswersRefused), command():
        issue(mediating.case, "agreement", by=house.users["mediator"], subject=f"agreement:{agreement.id}")
    assert papers(mediating.case.id, "agreement") == []


def test_a_later_paper_about_the_same_replaces_the_earlier(mediating, house):
    first = issued(mediating, house, to="applicant")[0]
    second = issued(mediating, house, to="applicant")[0]
    assert (db.session.get(Paper, first.id).status, second.supersedes_id) == ("superseded", first.id)


def test_the_same_facts_give_the_same_bytes(mediating, house):
    issued(mediating, house, to="applicant")
    render_due()
    first = papers(mediating.case.id, "rights_notice")[0]
    before = first.sha256
    with command():
        again = db.session.get(Paper, first.id)
        again.status, again.sha256, again.try_after = "queued", None, first.issued_at
    render_due()
    assert db.session.get(Paper, first.id).sha256 == before


def test_a_rendered_paper_is_rendered_once(mediating, house):
    issued(mediating, house)
    assert render_due() > 0
    assert render_due() == 0


def test_what_the_renderer_refuses_is_shown_as_refused(mediating, house, monkeypatch):
    paper = issued(mediating, house, to="applicant")[0]
    monkeypatch.setattr(rendering, "renderer", lambda _n: _Failing(PaperRefused("no-glyph", "字形缺失")))
    render_due()
    row = db.session.get(Paper, paper.id)
    assert (row.status, "字形缺失" in row.failure) == ("refused", True)


def test_a_worker_that_dies_is_tried_again_and_in_the_end_given_up(mediating, house, monkeypatch, clock):
    paper = issued(mediating, house, to="applicant")[0]
    monkeypatch.setattr(rendering, "renderer", lambda _n: _Failing(RenderFailed("killed")))
    for attempt in range(1, ATTEMPTS + 1):
        assert db.session.get(Paper, paper.id).status == "queued", attempt
        render_due()
        assert db.session.get(Paper, paper.id).attempts == attempt
        clock.set_clock(clock.now() + timedelta(minutes=5))
    assert db.session.get(Paper, paper.id).status == "refused"


def lease():
    return queues.lease(Paper, Paper.status == "queued", batch=20, wait=lambda _attempts: rendering.LEASE)


def test_a_leased_paper_is_left_alone_until_the_lease_is_over(mediating, house, clock):
    issued(mediating, house, to="applicant")
    leased = lease()
    assert leased
    assert lease() == []
    clock.set_clock(clock.now() + rendering.LEASE + timedelta(seconds=1))
    assert lease() == leased


class _Failing:
    def __init__(self, error):
        self.error = error

    def render(self, *_arguments, **_options):
        return self

    def result(self):
        raise self.error


# --- who may fetch it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "status"), [("clerk", 200), ("supervisor", 200), ("mediator", 200), ("mediator2", 404), ("court", 404)]
)
def test_only_who_works_on_the_case_fetches_a_partys_paper(mediating, house, sign_in, login, status):
    paper = issued(mediating, house, to="applicant")[0]
    render_due()
    sign_in(login).get(f"/papers/{paper.id}.pdf", status=status)


def test_fetching_is_written_down(mediating, house, sign_in):
    paper = issued(mediating, house, to="applicant")[0]
    render_due()
    sign_in("clerk").get(f"/papers/{paper.id}.pdf")
    entry = db.session.scalars(select(Entry).where(Entry.action == "paper-downloaded")).one()
    assert (entry.actor, entry.subject, entry.chain) == ("clerk", f"paper:{paper.id}", mediating.case.id)


# --- is it genuine ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "tone"), [("ready", "success"), ("superseded", "warning"), ("withdrawn", "danger")])
def test_the_code_on_a_paper_says_whether_it_counts_and_nothing_else(mediating, house, resident, status, tone):
    paper = issued(mediating, house, to="applicant")[0]
    render_due()
    with command():
        db.session.get(Paper, paper.id).status = status
    person = resident()
    person.get(f"/check/{paper.check_code.lower()}")
    assert person.page.select_one(f".callout-{tone}")
    assert not [name for name in ("王建国", "李秀兰", "漏水") if name in person.response.text]


@pytest.mark.parametrize("code", ["UNKNOWNCODE", "x"])
def test_an_unknown_code_is_unknown(house, resident, code):
    resident().get(f"/check/{code}", status=404)


def test_a_code_is_taken_with_the_spaces_and_hyphens_of_the_print(mediating, house, resident):
    paper = issued(mediating, house, to="applicant")[0]
    render_due()
    code = paper.check_code
    person = resident()
    person.get(f"/check?code={code[:4]}-{code[4:8]} {code[8:]}")
    assert person.page.select_one(".callout-success")


def test_a_withdrawn_paper_is_withdrawn(mediating, house):
    paper = issued(mediating, house, to="applicant")[0]
    with command():
        withdraw(db.session.get(Paper, paper.id), by=house.users["clerk"], reason="写错了")
    assert db.session.get(Paper, paper.id).status == "withdrawn"


# --- a corrected fact -------------------------------------------------------------------------------------------------


def correct(registered, house, field, new, party=None):
    with command():
        correct_fact(registered.case, party, field, new, "登记时写错", by=house.users["clerk"])


def test_a_corrected_name_replaces_every_paper_that_names_it(mediating, house):
    issued(mediating, house)
    correct(mediating, house, "name", "王建果", mediating.case.parties[0])
    newest = papers(mediating.case.id, "acceptance_notice")[-1]
    assert "王建果" in newest.facts["parties"]
    old = db.session.get(Paper, newest.supersedes_id)
    assert (old.status, "王建国" in old.facts["parties"]) == ("superseded", True)


def test_a_correction_is_told_by_those_papers_alone_that_say_it(mediating, house):
    before = {paper.id: paper.status for paper in db.session.scalars(select(Paper))}
    correct(mediating, house, "occupation", "教师", mediating.case.parties[1])
    told = [paper for paper in db.session.scalars(select(Paper)) if paper.id not in before]
    says_it = {"mediation_application", "registration_form", "identity_sheet"}
    assert {paper.kind for paper in told} == says_it


def test_a_correction_changes_nothing_else_on_the_paper(mediating, house, clock):
    before = papers(mediating.case.id, "acceptance_notice")[0]
    facts_before = dict(before.facts)
    clock.set_clock(clock.now() + timedelta(days=9))
    correct(mediating, house, "title", "王建国与李秀兰漏水纠纷")
    after = db.session.scalars(select(Paper).where(Paper.supersedes_id == before.id)).one()
    changed = {key for key in {*facts_before, *after.facts} if facts_before.get(key) != after.facts.get(key)}
    assert changed == {"matter", "number"}  # a paper of its own has a number of its own


def test_a_correction_after_the_agreement_was_replaced_still_works(mediating, agreed, house):
    with command():
        db.session.get(Agreement, agreed.id).status = "superseded"
    correct(mediating, house, "name", "王建果", mediating.case.parties[0])


def test_a_reissued_paper_is_made_like_any_other(mediating, house):
    correct(mediating, house, "name", "王建果", mediating.case.parties[0])
    render_due()
    newest = papers(mediating.case.id, "acceptance_notice")[-1]
    assert db.session.get(StoredFile, newest.sha256).size > 1000


# --- an English translation -------------------------------------------------------------------------------------------


def test_a_translation_is_put_behind_a_paper_on_request(mediating, house, sign_in):
    render_due()
    paper = papers(mediating.case.id, "acceptance_notice")[0]
    before = paper.pages
    person = sign_in("mediator")
    person.get(f"/cases/{mediating.case.id}/papers")
    person.post(f"/papers/{paper.id}/translation")
    render_due()
    db.session.expire_all()
    assert (paper.status, paper.annex, paper.pages > before) == ("ready", True, True)
    person.get(f"/cases/{mediating.case.id}/papers")
    person.post(f"/papers/{paper.id}/translation", status=403)


def test_who_only_looks_asks_for_no_translation(mediating, house, sign_in):
    render_due()
    paper = papers(mediating.case.id, "acceptance_notice")[0]
    person = sign_in("supervisor")
    person.get(f"/cases/{mediating.case.id}/papers")
    assert person.page.select("form[action*=translation]") == []
    person.post(f"/papers/{paper.id}/translation", status=403)
