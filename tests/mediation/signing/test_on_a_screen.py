"""Signing on a screen: identity first, one link a hand, the seal last; the worker puts it all into the file."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from documents.sealing import verify
from mediation.extensions import command, db
from mediation.models import Agreement, Case, Entry, Hand, PaperVersion, SigningLink
from mediation.portal import queries
from mediation.signing import operations, seals, working
from mediation.signing.working import seal_due
from tests.mediation.signing.conftest import content, hands, written


def sealed(paper, sign_in):
    person = sign_in("mediator")
    person.get(f"/papers/{paper.id}/signing")
    person.post(f"/papers/{paper.id}/signing/seal")
    seal_due()
    db.session.expire_all()


def test_the_places_on_the_paper_are_known_as_soon_as_it_is_printed(deed):
    told = [(hand.field, hand.who, hand.words.split()[-1]) for hand in hands(deed)]
    assert [who for _field, who, _name in told] == ["party", "party", "mediator", "recorder", "seal"]
    assert [name for _field, _who, name in told][:3] == ["王建国", "李秀兰", "李晓"]


def test_everybody_signs_and_the_seal_comes_last(deed, signs, sign_in):
    for number in range(4):
        signs(number)
    assert seal_due() == 1
    db.session.expire_all()
    assert deed.status == "signed"
    sealed(deed, sign_in)
    assert deed.status == "sealed"
    report = verify(content(deed.sha256), seals.roots(), at=deed.issued_at)
    assert (report.sealed, [one.field for one in report.signatures][-1]) == (True, "seal")
    assert "当面签名，身份由李晓核验（居民身份证）" in report.signatures[0].reason


def test_the_agreement_is_in_force_with_the_last_of_all(deed, signs, sign_in, clock):
    for number in range(4):
        signs(number)
    clock.set_clock(clock.now() + timedelta(minutes=9))
    sealed(deed, sign_in)
    agreement = db.session.scalars(select(Agreement)).one()
    assert {one.manner for one in agreement.signatures} == {"electronic"}
    assert max(one.recorded_at for one in agreement.signatures) == clock.now()


def test_the_mediator_waits_for_the_parties_and_the_seal_for_all(deed, signs, sign_in):
    person = sign_in("mediator")
    mediator = hands(deed)[2]
    person.get(f"/papers/{deed.id}/signing")
    person.post(f"/papers/{deed.id}/signing/{mediator.id}/invite", {"identity": "id_card"}, status=422)
    person.post(f"/papers/{deed.id}/signing/seal", status=422)
    assert [hand.status for hand in hands(deed)] == ["open"] * 5


def test_nobody_signs_whose_identity_was_not_checked(deed, sign_in):
    person = sign_in("mediator")
    person.get(f"/papers/{deed.id}/signing")
    person.post(f"/papers/{deed.id}/signing/{hands(deed)[0].id}/invite", {"identity": "trust me"}, status=422)
    assert db.session.scalar(select(SigningLink.id)) is None


def test_time_device_and_who_checked_are_kept(deed, signs):
    signs(0)
    hand = hands(deed)[0]
    assert (hand.identity, hand.checked_by.login, hand.manner) == ("id_card", "mediator", "ink")
    assert hand.given_at is not None
    assert hand.device


def test_an_agent_may_sign_for_the_absent_party(deed, sign_in, house):
    with command():
        recorder = db.session.get(Hand, hands(deed)[3].id)
        operations.leave_out(recorder, "记录人未到场", by=house.users["mediator"])
    assert hands(deed)[3].status == "left"


def test_a_party_without_anybody_else_is_never_left_out(deed, house):
    with pytest.raises(operations.SigningRefused), command():
        operations.leave_out(db.session.get(Hand, hands(deed)[0].id), "没来", by=house.users["mediator"])


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(deed, house) -> str:
    """A link for the first party."""
    with command():
        return operations.invite(db.session.get(Hand, hands(deed)[0].id), "id_card", "", by=house.users["mediator"])


def test_a_link_shows_the_paper_and_takes_one_signature(deed, token, resident):
    phone = resident()
    phone.get(f"/sign/{token}/paper.pdf")
    assert phone.response.mimetype == "application/pdf"
    phone.get(f"/sign/{token}")
    phone.submit({"ink": written(), "read": "yes"})
    assert hands(deed)[0].status == "given"
    phone.get(f"/sign/{token}", status=404)
    phone.get(f"/sign/{token}/paper.pdf", status=404)


def test_what_a_resident_opens_is_in_large_type_and_names_the_telephone(token, resident):
    signer = resident()
    for address, status in ((f"/sign/{token}", 200), ("/sign/nonsense", 404), ("/signed", 200), ("/d/nonsense", 404)):
        page = signer.get(address, status=status)
        assert "portal" in page.body["class"], address
        assert page.select_one(".portal-phone a[href^='tel:']"), address


def test_whoever_handed_over_the_device_finds_back_and_nobody_else(deed, signs, resident):
    back = f"a[href='/papers/{deed.id}/signing']"
    assert signs(0).page.select_one(back)
    assert not resident().get("/signed").select_one(back)


def test_who_has_signed_is_not_asked_to_sign_again(deed, signs, house):
    with command():
        db.session.get(Case, deed.case_id).status = "agreed"
    first, second = deed.case.parties
    signs(0)
    db.session.expire_all()
    told = [queries.next_step(party, replace(queries.choices(party), consent=False), [], []) for party in (first, second)]
    assert ("您已经签名" in told[0], "您已经签名" in told[1]) == (True, False), told


def test_a_token_that_is_played_again_signs_nothing(deed, token, resident):
    first, second = resident(), resident()
    first.get(f"/sign/{token}")
    second.get(f"/sign/{token}")
    first.submit({"ink": written(), "read": "yes"})
    before = hands(deed)[0].ink_sha256
    second.submit({"ink": written(size=(700, 300)), "read": "yes"}, status=404)
    assert hands(deed)[0].ink_sha256 == before


def test_a_link_ends_after_its_minutes(deed, token, resident, clock):
    phone = resident()
    phone.get(f"/sign/{token}")
    clock.set_clock(clock.now() + operations.LINK_LIVES)
    phone.submit({"ink": written(), "read": "yes"}, status=404)
    assert hands(deed)[0].status == "open"


def test_a_new_link_ends_the_one_before(deed, token, house, resident):
    with command():
        operations.invite(db.session.get(Hand, hands(deed)[0].id), "passport", "", by=house.users["mediator"])
    resident().get(f"/sign/{token}", status=404)


def test_a_link_ends_with_its_paper(deed, token, resident, house):
    with command():
        operations.begin_anew(deed, by=house.users["mediator"])
    resident().get(f"/sign/{token}", status=404)


def test_only_a_hash_of_the_token_is_kept(token):
    kept = db.session.scalars(select(SigningLink)).one()
    assert token not in (kept.token_hash, str(kept.__dict__))


@pytest.mark.parametrize("guess", ["x", "A" * 32, "../../etc", "%00"])
def test_a_guessed_token_opens_nothing(deed, resident, guess):
    phone = resident()
    phone.client.get(f"/sign/{guess}")
    assert phone.client.get(f"/sign/{guess}").status_code in (400, 404)


# --- ink --------------------------------------------------------------------------------------------------------------


def bomb() -> str:
    """A picture that is small on the wire and huge in memory."""
    import base64

    kept = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


@pytest.mark.parametrize("sent", [
    "", "data:image/png;base64,", "data:image/png;base64,AAAA", "data:image/svg+xml,<svg/>", "data:text/html,hello",
    "data:image/png;base64,%%%", written(stroke=False), "x" * 500_000, bomb(),
])  # fmt: skip
def test_what_is_no_signature_is_not_taken(deed, token, resident, sent):
    phone = resident()
    phone.get(f"/sign/{token}")
    phone.submit({"ink": sent, "read": "yes"}, status=422)
    assert hands(deed)[0].status == "open"


def test_who_has_not_read_does_not_sign(deed, token, resident):
    phone = resident()
    phone.get(f"/sign/{token}")
    phone.submit({"ink": written(), "read": None}, status=422)
    assert hands(deed)[0].status == "open"


def test_ink_is_drawn_anew_and_cut_to_the_line(deed, signs):
    signs(0)
    ink = Image.open(io.BytesIO(content(hands(deed)[0].ink_sha256)))
    assert (ink.mode, ink.width < 640, ink.height < 260) == ("LA", True, True)


# --- somebody else's paper --------------------------------------------------------------------------------------------


def test_whoever_does_not_see_the_paper_does_not_see_its_signing(deed, sign_in):
    for login in ("mediator2", "court", "flow_admin"):
        sign_in(login).get(f"/papers/{deed.id}/signing", status=404)


def test_a_supervisor_looks_and_signs_nobody_in(deed, sign_in):
    person = sign_in("supervisor")
    person.get(f"/papers/{deed.id}/signing")
    assert person.page.select("form[action*=invite]") == []
    person.post(f"/papers/{deed.id}/signing/{hands(deed)[0].id}/invite", {"identity": "id_card"}, status=403)
    person.post(f"/papers/{deed.id}/signing/seal", status=403)


def test_a_hand_of_another_paper_is_not_given_here(deed, sign_in):
    person = sign_in("mediator")
    person.get(f"/papers/{deed.id}/signing")
    person.post(f"/papers/{deed.id}/signing/999999/invite", {"identity": "id_card"}, status=404)


# --- what the law wants by hand ----------------------------------------------------------------------------------------


def test_marriage_and_succession_are_signed_on_paper_alone(deed, sign_in):
    with command():
        db.session.get(Case, deed.case_id).wet_ink_only = True
    person = sign_in("mediator")
    person.get(f"/papers/{deed.id}/signing")
    assert "第三条" in person.text() or "电子签名法" in person.text()
    assert person.page.select("form[action*=invite]") == []
    person.post(f"/papers/{deed.id}/signing/{hands(deed)[0].id}/invite", {"identity": "id_card"}, status=422)


# --- the worker -------------------------------------------------------------------------------------------------------


def versions(paper):
    query = select(PaperVersion.what).where(PaperVersion.paper_id == paper.id).order_by(PaperVersion.ordinal)
    return list(db.session.scalars(query))


def test_a_worker_that_died_in_the_middle_loses_nothing_and_doubles_nothing(deed, signs, clock, monkeypatch):
    signs(0)
    with monkeypatch.context() as broken:
        broken.setattr(working, "_keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            seal_due()
    assert (seal_due(), versions(deed)) == (0, ["printed"])  # the lease is still held
    clock.set_clock(clock.now() + working.LEASE)
    assert (seal_due(), versions(deed)) == (1, ["printed", "signed"])
    assert seal_due() == 0


def test_two_workers_with_the_same_paper_put_a_hand_into_it_once(deed, signs):
    signs(0)
    with command():
        job = working._read(deed.id)
    pdf = working._signed(job)
    assert [working._keep(job, pdf), working._keep(job, pdf)] == [True, False]
    assert versions(deed) == ["printed", "signed"]


def test_a_paper_without_a_certificate_waits_and_says_so(deed, signs, app, clock):
    signs(0)
    app.config["MODE"] = "production"
    try:
        assert seal_due() == 0
        db.session.expire_all()
        assert (deed.status, deed.failure.split(":")[0], hands(deed)[0].status) == ("ready", "SealMissing", "given")
    finally:
        app.config["MODE"] = "demo"
    clock.set_clock(clock.now() + working.LEASE)
    assert seal_due() == 1
    db.session.expire_all()
    assert deed.failure == ""


def test_what_happened_stands_in_the_journal_without_names(deed, signs):
    signs(0)
    seal_due()
    told = {row.action: row for row in db.session.scalars(select(Entry).where(Entry.subject == f"paper:{deed.id}"))}
    assert {"signing-invited", "hand-given", "paper-signed"} <= set(told)
    assert "王建国" not in str([row.details for row in told.values()])


def test_in_english_the_page_says_as_what_each_signs_in_english(deed, sign_in):
    page = sign_in("mediator").speaks("en").get(f"/papers/{deed.id}/signing")
    told = [one.get_text() for one in page.select(".hands .hand-head strong")]
    assert [one.rpartition(" ")[0] for one in told[:4]] == ["Applicant", "Respondent", "People's mediator", "Recorder"]
