"""The dossier on the pages of a case: who sees it, what is missing in red, one click, and what can be fetched."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from sqlalchemy import insert, inspect, select

from mediation.dossiers import archives, making
from mediation.dossiers.making import make_due
from mediation.extensions import command, db
from mediation.models import Attachment, Dossier, Entry, Hand, Paper
from mediation.papers.rendering import render_due
from tests.mediation.cases.test_links import statements
from tests.mediation.signing.conftest import content


def test_places_papers_and_what_is_missing_stand_on_one_page(case, sign_in):
    person = sign_in("mediator")
    person.get(f"/cases/{case.id}/dossier")
    for words in ("卷宗不齐全", "缺少：权利义务告知书", "人民调解协议书", "漏水照片.jpg", "通话录音.wav"):
        assert words in person.text()
    assert len(person.page.select("tr[id^=place-]")) == 13


def test_one_click_makes_it_and_the_page_tells(case, sign_in):
    person = sign_in("clerk")
    person.get(f"/cases/{case.id}/dossier")
    person.submit(form=f"form[action='/cases/{case.id}/dossier']")
    assert person.page.select_one("#made[hx-get]") is not None
    assert person.page.select_one(f"form[action='/cases/{case.id}/dossier']") is None
    render_due()
    making._stand(db.session.scalar(select(Dossier.id)), "binding")
    person.get(f"/cases/{case.id}/dossier")
    assert "正在装订、编页" in person.text()
    make_due()
    person.get(f"/cases/{case.id}/dossier")
    assert "已盖章" in person.text()
    assert person.page.select_one("#made[hx-get]") is None


def test_a_missing_paper_is_made_from_what_is_known(case, sign_in):
    person = sign_in("mediator")
    person.get(f"/cases/{case.id}/dossier")
    person.submit(form="form[action$='/papers/rights_notice']")
    assert db.session.scalar(select(Paper.id).where(Paper.kind == "rights_notice", Paper.case_id == case.id))
    person.post(f"/cases/{case.id}/dossier/papers/agreement", status=404)


def test_the_dossier_and_its_archive_are_fetched_and_that_is_written_down(bound, sign_in):
    made = bound()
    person = sign_in("mediator")
    person.get(f"/cases/{made.case_id}/dossier/{made.id}.pdf")
    assert hashlib.sha256(person.response.data).hexdigest() == made.sha256
    person.get(f"/cases/{made.case_id}/dossier/{made.id}.zip")
    with zipfile.ZipFile(io.BytesIO(person.response.data)) as opened:
        assert opened.read("dossier.pdf") == content(made.sha256)
        assert opened.read("check.html") == archives.check_page()
    seen = set(db.session.scalars(select(Entry.action).where(Entry.chain == made.case_id)))
    assert {"dossier-downloaded", "archive-exported"} <= seen


def test_a_supervisor_reads_it_and_neither_makes_nor_carries_it_away(bound, sign_in):
    made, person = bound(), sign_in("supervisor")
    person.get(f"/cases/{made.case_id}/dossier")
    assert person.page.select_one(f"form[action='/cases/{made.case_id}/dossier']") is None
    person.get(f"/cases/{made.case_id}/dossier/{made.id}.pdf")
    person.get(f"/cases/{made.case_id}/dossier/{made.id}.zip", status=403)
    person.post(f"/cases/{made.case_id}/dossier", status=403)
    person.post(f"/cases/{made.case_id}/dossier/papers/rights_notice", status=403)


@pytest.mark.parametrize("login", ["mediator2", "court", "flow_admin"])
def test_who_does_not_read_the_content_finds_no_dossier(bound, sign_in, login):
    made, person = bound(), sign_in(login)
    for address in ("", f"/{made.id}.pdf", f"/{made.id}.zip"):
        person.get(f"/cases/{made.case_id}/dossier{address}", status=404)


def test_a_dossier_of_another_case_is_not_found(bound, sign_in, house):
    from mediation.cases.operations import register_dispute
    from tests.mediation.portal.conftest import dispute

    made = bound()
    with command():
        other = register_dispute(dispute(), by=house.users["clerk"]).case
    sign_in("clerk").get(f"/cases/{other.id}/dossier/{made.id}.pdf", status=404)


def test_nothing_to_fetch_before_it_is_sealed(case, sign_in):
    person = sign_in("mediator")
    person.get(f"/cases/{case.id}/dossier")
    person.submit(form=f"form[action='/cases/{case.id}/dossier']")
    waiting = db.session.scalars(select(Dossier)).one()
    person.get(f"/cases/{case.id}/dossier/{waiting.id}.pdf", status=404)


# --- for everybody ------------------------------------------------------------------------------------------------------


def test_anybody_learns_that_the_centre_keeps_this_very_dossier(bound, resident):
    made, anybody = bound(), resident()
    anybody.get(f"/verify/file/{made.sha256}")
    assert "本中心保存着这份文件" in anybody.text()


def test_anybody_fetches_the_page_that_works_without_a_network(resident, bound):
    bound()
    anybody = resident()
    anybody.get("/verify/offline")
    assert "青禾区人民调解委员会" in anybody.text()
    anybody.get("/verify/check.html")
    assert anybody.response.headers["Content-Disposition"].startswith("attachment")
    assert b"connect-src" not in anybody.response.data
    assert b"default-src 'none'" in anybody.response.data


def test_the_page_costs_as_much_with_sixty_rows_as_with_few(case, bound, sign_in, deed):
    bound()
    person, url = sign_in("mediator"), f"/cases/{case.id}/dossier"
    person.get(url)  # what a process reads once is read
    before = len(statements(lambda: person.get(url)))
    many_more(case, deed, range(20))
    after = len(statements(lambda: person.get(url)))
    assert (len(person.page.select("#made tbody tr")), len(person.page.select("[id^=place-] td + td > div"))) >= (
        21,
        40,
    )
    assert after == before


def many_more(case, deed, numbers):
    """As many papers with a hand that has not signed, scans, and dossiers that were made."""
    scan = db.session.scalars(select(Attachment).where(Attachment.case_id == case.id)).first()
    made = db.session.scalars(select(Dossier)).one()
    hand = db.session.scalars(select(Hand).where(Hand.paper_id == deed.id)).first()
    paper, scan, made, hand = (copied(one) for one in (deed, scan, made, hand))
    with command():
        for number in numbers:
            unique = {
                "check_code": f"PAPER{number:04}",
                "number": f"之{number}",
                "status": "ready",
                "kind": "rights_notice",
            }
            paper_id = db.session.scalar(insert(Paper).values({**paper, **unique}).returning(Paper.id))
            db.session.execute(insert(Hand).values({**hand, "paper_id": paper_id, "status": "open"}))
            db.session.execute(insert(Attachment).values(scan))
            db.session.execute(insert(Dossier).values({**made, "ordinal": number + 2}))


def copied(row):
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs if column.key != "id"}
