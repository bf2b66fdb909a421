"""The pages of a case: what each person finds on them, what is walled off, how few questions they ask the database."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event, select

from mediation import access, flow
from mediation.cases import facts, operations, queries, walls
from mediation.extensions import command, db
from mediation.models import (
    Attachment,
    Case,
    CaucusNote,
    Conflict,
    Correction,
    Entry,
    Meeting,
    Paper,
    Party,
    SearchTerm,
)
from tests.house import House
from tests.kept import kept
from tests.mediation.cases.disputes import leak, register
from tests.mediation.cases.test_mediation_frame import ADMIT, APPOINT, do, open_task, with_suggestion
from tests.person import Person

SECRET, OWN = "我其实愿意付五千", "他家水管漏水泡了我的天花板。"
TABS = ("", "/course", "/parties", "/papers", "/meetings", "/performance", "/flow", "/journal")
# The first tab shows most; what flows beside the case ask of it (agreement, parties, agents) is read once for all of them.
MOST_STATEMENTS = 30

SignIn = Callable[[str], Person]


@pytest.fixture
@kept
def case(house: House) -> Case:
    """A dispute in mediation: the mediator has heard one side alone."""
    case = register(house).case
    do(house, case, "examine", ADMIT, "clerk")
    do(house, case, "confirm_triage", with_suggestion(case), "dispatcher")
    do(house, case, "appoint", APPOINT, "dispatcher")
    with command():
        db.session.add(
            CaucusNote(
                case_id=case.id,
                party_id=case.parties[1].id,
                text=SECRET,
                by_id=house.users["mediator"].id,
                at=case.registered_at,
            )
        )
        db.session.add(
            Meeting(
                case_id=case.id,
                round=1,
                starts_at=case.registered_at,
                place="第一调解室",
                called_by_id=house.users["mediator"].id,
            )
        )
    return case


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_drawn_with_few_statements(case: Case, sign_in: SignIn, tab: str) -> None:
    mediator = sign_in("mediator")
    mediator.get(f"/cases/{case.id}{tab}")
    with counted() as seen:
        mediator.get(f"/cases/{case.id}{tab}")
    asked = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(asked) <= MOST_STATEMENTS, "\n".join(statement[:150] for statement in asked)
    assert case.title in mediator.text()


@pytest.mark.parametrize("tab", TABS)
def test_who_does_not_take_part_finds_nothing(case: Case, sign_in: SignIn, tab: str) -> None:
    sign_in("mediator2").get(f"/cases/{case.id}{tab}", status=404)


def test_the_list_is_paged_by_key_and_filtered(house: House, sign_in: SignIn) -> None:
    cases = [register(house, kind="0402" if n % 2 else "0201").case.id for n in range(4)]
    clerk = sign_in("clerk")
    clerk.get("/cases?kind=04")
    links = {str(a["href"]) for a in clerk.page.select("a.row-link")}
    assert links == {f"/cases/{cases[1]}", f"/cases/{cases[3]}"}
    clerk.get("/cases?state=ended")
    assert not clerk.page.select("a.row-link")


def test_more_goes_on_where_the_page_ended(house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from mediation.cases import queries

    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setattr(queries.list_cases, "__defaults__", (None, 2))
    ids = [register(house).case.id for _ in range(3)]
    clerk = sign_in("clerk")
    clerk.get("/cases")
    first = [a["href"] for a in clerk.page.select("a.row-link")]
    more = clerk.page.select_one("a.more")
    assert more is not None
    clerk.get(str(more["href"]))
    assert [*first, *[a["href"] for a in clerk.page.select("a.row-link")]] == [f"/cases/{one}" for one in reversed(ids)]


def test_a_search_is_journalled_without_its_words(case: Case, sign_in: SignIn) -> None:
    sign_in("clerk").get("/search?q=建国")
    entry = db.session.scalars(select(Entry).where(Entry.action == "searched")).one()
    assert entry.details == {"found": [case.id]}
    assert "建国" not in entry.subject


def test_a_number_leads_straight_to_its_case(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/search?q={case.number}")
    assert clerk.response is not None
    assert clerk.response.request.path == f"/cases/{case.id}"


def test_a_court_does_not_read_what_was_said_at_the_table(case: Case, house: House, sign_in: SignIn) -> None:
    court = house.users["court"]
    with command():
        meeting = db.session.scalars(select(Meeting)).one()
        meeting.minutes, meeting.status = "被申请人说可以让步", "held"
        paper = Paper(
            case_id=case.id, kind="minutes", number="", audience="shared", facts={}, release_hash=house.release,
            check_code="MINUTES", try_after=case.registered_at, issued_at=case.registered_at,
        )  # fmt: skip
        db.session.add(paper)
        flow.let_in(case.id, {(court.memberships[0].pool_id, court.id)})
    assert "可以让步" in sign_in("mediator").get(f"/cases/{case.id}/meetings").get_text()
    sign_in("court").get(f"/cases/{case.id}/meetings", status=404)
    assert db.session.scalars(access.visible_papers(court).where(Paper.id == paper.id)).all() == []
    assert db.session.scalars(access.visible_papers(house.users["clerk"]).where(Paper.id == paper.id)).all() == [paper]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("第128号", True),
        ("人调字第128号", True),
        ("[2026] 青禾人调字第128号", True),
        ("青禾人调字第128号", True),
        ("128", True),
        ("第12号", False),
        ("〔2025〕", False),
    ],
)
def test_a_number_is_found_as_people_shorten_it(case: Case, house: House, typed: str, found: bool) -> None:
    with command():
        numbered = db.session.merge(case)
        numbered.number = "（2026）青禾人调字第128号"
        facts.write_search_terms(numbered)
    listed = queries.search(house.users["clerk"], typed).rows
    assert [one.id for one in listed] == ([case.id] if found else [])


def test_opening_a_case_is_written_down(case: Case, sign_in: SignIn) -> None:
    sign_in("supervisor").get(f"/cases/{case.id}/parties")
    entry = db.session.scalars(select(Entry).where(Entry.action == "content-seen", Entry.chain == case.id)).one()
    assert entry.actor == "supervisor"


# --- walls --------------------------------------------


def test_what_was_said_alone_is_for_the_mediator(case: Case, sign_in: SignIn) -> None:
    pages = {
        login: sign_in(login).get(f"/cases/{case.id}/parties").get_text() for login in ("mediator", "clerk", "director")
    }
    assert SECRET in pages["mediator"]
    assert SECRET not in pages["clerk"]
    assert SECRET not in pages["director"]
    assert OWN in pages["clerk"]


def test_the_court_sees_names_and_no_accounts_nor_contact_data(house: House, case: Case, sign_in: SignIn) -> None:
    let_court_in(house, case)
    court = sign_in("court")
    told = "".join(str(court.get(f"/cases/{case.id}{tab}")) for tab in ("", "/course", "/parties", "/papers"))
    assert "王建国" in told
    for walled in (OWN, SECRET, "13800001234", "138-0000-1234", "138****1234", "110101", "幸福路 12 号 401"):
        assert (
            walled not in told.replace(case.parties[1].service_address, "") or walled == case.parties[1].service_address
        )
    for tab, status in (("meetings", 404), ("performance", 404), ("flow", 404), ("journal", 403)):
        court.get(f"/cases/{case.id}/{tab}", status=status)


def let_court_in(house: House, case: Case) -> None:
    from mediation import flow

    with command():
        flow.let_in(case.id, {(flow.pool_of("court_liaison", "court", case).id, None)})


def test_a_protected_address_is_not_shown_to_the_court(house: House, case: Case) -> None:
    let_court_in(house, case)
    case.parties[1].protected = True
    cards = walls.party_cards(house.users["court"], case, case.parties)
    assert [card.service_address for card in cards] == ["幸福路 12 号 301", ""]
    assert [card.phone for card in cards] == ["", ""]


def test_a_masked_number_is_shown_on_request_and_that_is_written_down(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    party = case.parties[0]
    assert "11010119800307123X" not in str(clerk.get(f"/cases/{case.id}/parties"))
    clerk.post(f"/cases/{case.id}/parties/{party.id}/reveal/id_number")
    assert "11010119800307123X" in str(clerk.page)
    entry = db.session.scalars(select(Entry).where(Entry.action == "revealed")).one()
    assert (entry.subject, entry.details) == (f"party:{party.id}", {"what": "id_number"})


@pytest.mark.parametrize("what", ["code_hash", "name", "address"])
def test_only_masked_values_can_be_asked_for(case: Case, sign_in: SignIn, what: str) -> None:
    sign_in("clerk").post(f"/cases/{case.id}/parties/{case.parties[0].id}/reveal/{what}", status=403)


def test_a_side_sees_its_own_part_and_nothing_of_the_other(case: Case) -> None:
    own, other = case.parties
    told = repr(walls.party_view(own))
    assert OWN in told
    for walled in (SECRET, "我家水管没有漏。", other.phone, "5678"):
        assert walled not in told
    assert other.name in told


def test_the_shared_view_holds_no_contact_data(case: Case) -> None:
    case.parties[0].protected = True
    told = repr(walls.shared_view(case))
    for walled in (OWN, SECRET, "138", "139", "110101", "幸福路 12 号 301"):
        assert walled not in told


# --- mistakes --------------------------------------------


def test_a_corrected_name_is_found_printed_and_remembered(case: Case, sign_in: SignIn) -> None:
    clerk, party = sign_in("clerk"), case.parties[1]
    clerk.get(f"/cases/{case.id}/parties/{party.id}/correct/name")
    clerk.submit({"new": "李秀莲", "reason": "登记时写错"})
    row = db.session.scalars(select(Correction)).one()
    assert (row.before, row.after, row.party_id) == ("李秀兰", "李秀莲", party.id)
    terms = set(db.session.scalars(select(SearchTerm.term).where(SearchTerm.case_id == case.id)))
    assert "秀莲" in terms
    assert "秀兰" not in terms
    newest = db.session.scalars(select(Paper).where(Paper.kind == "acceptance_notice", Paper.status == "queued")).all()
    assert {name for paper in newest for name in paper.facts["parties"]} == {"王建国", "李秀莲"}


def test_a_corrected_identity_number_stays_masked_on_record(house: House, case: Case) -> None:
    with command():
        operations.correct_fact(
            case, db.session.merge(case.parties[0]), "id_number", "11010519491231002X", "写错", by=house.users["clerk"]
        )
    row = db.session.scalars(select(Correction)).one()
    assert (row.before, row.after) == ("1101**********123X", "1101**********002X")


def test_a_correction_without_a_reason_is_refused(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/correct/amount")
    clerk.submit({"new": "九千", "reason": ""}, status=422)
    assert len(clerk.page.select(".error-summary li")) == 2
    assert "九千" in str(clerk.page)


@pytest.mark.parametrize("field", ["status", "code", "release_hash"])
def test_nothing_else_is_corrected_this_way(case: Case, sign_in: SignIn, field: str) -> None:
    sign_in("clerk").get(f"/cases/{case.id}/correct/{field}", status=403)


def test_a_party_of_another_case_is_not_found_under_this_one(house: House, case: Case, sign_in: SignIn) -> None:
    other = register(house).case.parties[0]
    sign_in("clerk").get(f"/cases/{case.id}/parties/{other.id}/correct/name", status=404)
    sign_in("clerk").post(f"/cases/{case.id}/parties/{other.id}/reveal/phone", status=404)


def test_the_director_voids_a_case_and_the_mediator_cannot(case: Case, sign_in: SignIn) -> None:
    sign_in("mediator").get(f"/cases/{case.id}/void", status=403)
    director = sign_in("director")
    director.get(f"/cases/{case.id}/void")
    director.submit({"reason": "重复登记"})
    assert db.session.get_one(Case, case.id, populate_existing=True).status == "voided"
    assert "重复登记" in director.text()


# --- actions --------------------------------------------


def test_an_account_is_taken_for_one_side(case: Case, sign_in: SignIn) -> None:
    mediator = sign_in("mediator")
    mediator.get(f"/cases/{case.id}/statement?party={case.parties[1].id}")
    mediator.submit({"text": "我愿意修好水管", "kind": "statement"})
    assert "我愿意修好水管" in mediator.text()


def test_a_side_ends_mediation_from_the_page(case: Case, sign_in: SignIn) -> None:
    mediator = sign_in("mediator")
    mediator.get(f"/cases/{case.id}/end")
    mediator.submit({"who": str(case.parties[0].id), "reason": "不愿再谈"})
    db.session.expire_all()
    ending = db.session.get_one(Case, case.id).ending
    assert ending is not None
    assert ending["by"] == str(case.parties[0].id)
    mediator.get(f"/cases/{case.id}")
    assert "/end" not in str(mediator.page.select("main"))


def test_a_tie_is_declared_and_accepted(case: Case, sign_in: SignIn, house: House) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/conflict")
    clerk.submit({"user": str(house.users["mediator2"].id), "reason": "被申请人的邻居"})
    row = db.session.scalars(select(Conflict)).one()
    clerk.post(f"/cases/{case.id}/conflicts/{row.id}/accept")
    db.session.expire_all()
    assert db.session.scalars(select(Conflict)).one().accepted_by_all


def test_who_is_tied_does_not_write_down_that_both_sides_accept(case: Case, sign_in: SignIn, house: House) -> None:
    with command():
        found = db.session.get_one(Case, case.id)
        tie = operations.declare_conflict(found, house.users["clerk"], "申请人的邻居", by=house.users["clerk"])
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}")
    assert "申请人的邻居" in clerk.text()
    assert f"/conflicts/{tie.id}/" not in str(clerk.page.select("main"))
    clerk.post(f"/cases/{case.id}/conflicts/{tie.id}/accept", status=403)


def test_a_new_code_is_shown_once_and_the_old_one_opens_nothing(case: Case, sign_in: SignIn) -> None:
    before = case.parties[0].code_hash
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/parties")
    clerk.post(f"/cases/{case.id}/parties/{case.parties[0].id}/code")
    assert clerk.response is not None
    assert clerk.response.request.path.endswith("/receipt")
    db.session.expire_all()
    assert db.session.get_one(Party, case.parties[0].id).code_hash != before


def test_the_drawing_is_that_of_the_cases_release_in_the_readers_language(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/flow/intake.bpmn")
    assert clerk.response is not None
    assert "登记纠纷" in clerk.response.text
    clerk.speaks("en").get(f"/cases/{case.id}/flow/intake.bpmn")
    assert not [word for word in ("登记纠纷", "纠纷受理与流转", "受理员") if f'name="{word}"' in clerk.response.text]
    clerk.get(f"/cases/{case.id}/flow/nothing.bpmn", status=404)


def test_the_diagram_marks_what_is_done_and_where_it_stands(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/flow?process=intake")
    figure = clerk.page.select_one("[data-flow-marks]")
    assert figure is not None
    marks = str(figure["data-flow-marks"])
    assert '"examine"' in marks.partition('"done"')[2]
    assert '"mediate"' in marks.partition('"current"')[2].partition("]")[0]


# --- files over HTTP --------------------------------------------


def photograph() -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    buffer.seek(0)
    return buffer


def hand_in(person: Person, case: Case, party: Party | None, content: io.BytesIO, name: str, status: int = 200) -> None:
    person.get(f"/cases/{case.id}/upload")
    person.submit(
        {"files": (content, name), "party": str(party.id) if party else "", "purpose": "evidence"}, status=status
    )


def test_a_file_stays_behind_its_partys_wall_until_it_is_shared(house: House, case: Case, sign_in: SignIn) -> None:
    let_court_in(house, case)
    clerk, court = sign_in("clerk"), sign_in("court")
    hand_in(clerk, case, case.parties[0], photograph(), "漏水.jpg")
    file = db.session.scalars(select(Attachment)).one()
    url = f"/cases/{case.id}/attachments/{file.id}"
    court.get(url, status=404)
    assert file.id not in [one.id for one in walls.party_view(case.parties[1]).attachments]
    clerk.post(f"{url}/share")
    court.get(url)
    db.session.expire_all()
    assert file.id in [one.id for one in walls.party_view(db.session.get_one(Party, case.parties[1].id)).attachments]


def test_a_file_is_given_out_as_a_download_that_runs_nowhere(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    hand_in(clerk, case, None, photograph(), "漏水.jpg")
    file = db.session.scalars(select(Attachment)).one()
    clerk.get(f"/cases/{case.id}/attachments/{file.id}")
    assert clerk.response is not None
    headers = clerk.response.headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert db.session.scalars(select(Entry).where(Entry.action == "attachment-downloaded")).one()


def test_a_refused_file_is_named_and_nothing_is_kept(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    hand_in(clerk, case, None, io.BytesIO(b"<html><script>alert(1)</script></html>"), "photo.jpg", status=422)
    assert "photo.jpg" in clerk.text()
    assert db.session.scalars(select(Attachment)).all() == []


def test_a_withdrawn_file_is_gone_from_the_case(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    hand_in(clerk, case, None, photograph(), "a.jpg")
    file = db.session.scalars(select(Attachment)).one()
    clerk.post(f"/cases/{case.id}/attachments/{file.id}/withdraw")
    clerk.get(f"/cases/{case.id}/attachments/{file.id}", status=404)


def test_a_case_elsewhere_does_not_lend_its_files(house: House, case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    hand_in(clerk, case, None, photograph(), "a.jpg")
    file = db.session.scalars(select(Attachment)).one()
    other = register(house, parties=leak()["parties"]).case
    clerk.get(f"/cases/{other.id}/attachments/{file.id}", status=404)


def test_triage_shows_its_suggestion_and_the_reasons_beside_the_form(house: House, sign_in: SignIn) -> None:
    case = register(house).case
    do(house, case, "examine", ADMIT, "clerk")
    task = open_task(case, "confirm_triage")
    dispatcher = sign_in("dispatcher")
    dispatcher.get(f"/tasks/{task.id}")
    assert "未发现激化苗头" in dispatcher.text()


def test_nobody_is_printed_the_other_sides_code(house: House, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get("/cases/new")
    clerk.submit(
        {"summary": "漏水", "kind": "0201", "claims": "赔偿", "parties-0-name": "王建国", "parties-1-name": "李秀兰"}
    )
    sheets = clerk.page.select(".own-page")
    assert [sheet.get_text().count("王建国 · ") for sheet in sheets] == [1, 0]
    assert all(len(sheet.select(".h1")) == 1 for sheet in sheets)


@pytest.mark.parametrize("field", ["id_number", "phone"])
def test_correcting_a_masked_value_does_not_lay_it_open(case: Case, sign_in: SignIn, field: str) -> None:
    clerk = sign_in("clerk")
    page = clerk.get(f"/cases/{case.id}/parties/{case.parties[0].id}/correct/{field}")
    assert "11010119800307123X" not in str(page)
    assert "138-0000-1234" not in str(page)


def test_a_guardian_is_named_from_the_page_and_found_by_name(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/parties/{case.parties[1].id}/representative")
    clerk.submit({"kind": "guardian", "name": "李建军", "relation": "父亲"})
    assert "李建军" in clerk.text()
    clerk.get("/search?q=建军")
    assert case.title in clerk.text() or str(case.number) in clerk.text()


def test_the_last_party_of_a_side_stays(house: House, case: Case) -> None:
    with pytest.raises(operations.Refused), command():
        operations.withdraw_party(db.session.merge(case.parties[1]), "登记错误", by=house.users["clerk"])
