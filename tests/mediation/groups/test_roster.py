"""The roster: mistakes row by row, all or nothing, people found and masked, what members said, nothing asked twice."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from mediation.case_view import CaseView
from mediation.extensions import command, db
from mediation.groups import queries, roster
from mediation.models import Attachment, Case, Entry, RosterDraft, RosterMember
from tests.house import House
from tests.mediation.groups.conftest import as_read, csv, owner, xlsx
from tests.person import Person

SignIn = Callable[[str], Person]


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def size() -> int:
    return db.session.scalar(select(func.count()).select_from(RosterMember)) or 0


def hands_in(person: Person, case: Case, content: bytes, name: str = "名册.xlsx", status: int = 200) -> Any:
    person.get(f"/cases/{case.id}/group")
    return person.post(f"/cases/{case.id}/group/import", {"file": (io.BytesIO(content), name)}, status=status)


@pytest.mark.parametrize(("changes", "column"), [
    ({"name": ""}, "name"), ({"name": "名" * 61}, "name"), ({"id": ""}, "id_number"), ({"id": "110101197001000011"}, "id_number"),
    ({"id": "#110101197001000000"}, "id_number"), ({"id": "证"}, "id_number"),
    ({"id": "15020419700101"}, "id_number"), ({"phone": "12"}, "phone"), ({"area": "大"}, "area"),
    ({"area": "-3"}, "area"), ({"area": "Infinity"}, "area"),
    ({"claim": "很多"}, "claim"), ({"claim": "-1"}, "claim"), ({"note": "注" * 201}, "note"),
])  # fmt: skip
def test_a_mistake_is_told_at_its_row_and_column(case: Case, changes: dict[str, str], column: str) -> None:
    found = roster.mistakes(case, as_read([owner(1), owner(2, **changes)]))
    assert [(one.row, one.column) for one in found] == [(1, column)]
    assert found[0].message


@pytest.mark.parametrize("changes", [
    {"area": "1,020.5㎡"}, {"claim": "¥12,000元"}, {"phone": ""}, {"area": ""}, {"id": "91150204MA0N1ABC1X"}, {"id": "E12345678"},
    {"id": "150204700101001"},
])  # fmt: skip
def test_what_people_write_in_their_own_way_is_taken(case: Case, changes: dict[str, str]) -> None:
    assert roster.mistakes(case, as_read([owner(1, **changes)])) == []


def test_the_same_person_twice_is_told_with_the_row_and_one_on_the_roster_too(members: Case) -> None:
    rows = as_read([owner(20), owner(21, id=owner(20)[1].lower()), owner(3)])
    first, second = roster.mistakes(members, rows)
    assert (first.row, second.row) == (1, 2)
    assert "2" in first.message


def test_a_right_file_is_on_the_roster_at_once(case: Case, sign_in: SignIn) -> None:
    hands_in(sign_in("clerk"), case, xlsx([owner(n) for n in range(1, 31)]))
    assert size() == 30
    member = db.session.scalars(select(RosterMember).order_by(RosterMember.ordinal)).first()
    assert (member.ordinal, member.name, member.area, member.id_number) == (1, "业主001", Decimal("20.5"), owner(1)[1])
    raw = db.session.execute(text("SELECT id_number FROM roster_member LIMIT 1")).scalar()
    assert owner(1)[1] not in raw, "the number lies encrypted"


def test_with_a_mistake_nothing_is_imported_and_nothing_is_lost(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    page = hands_in(clerk, case, csv([owner(1), owner(2, id="123"), owner(3, area="大")], "gb18030"), "名册.csv")
    assert size() == 0
    assert {str(field["name"]) for field in page.select("input[aria-invalid]")} == {"id_number-1", "area-2"}
    page = clerk.submit({"id_number-1": owner(2)[1], "area-2": "又大"})
    assert size() == 0
    assert [str(field["name"]) for field in page.select("input[aria-invalid]")] == ["area-2"]
    clerk.submit({"area-2": "33.30"})
    assert size() == 3
    assert db.session.scalar(select(RosterDraft)) is None


def test_a_row_can_be_left_out_and_a_file_put_aside(case: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    hands_in(clerk, case, xlsx([owner(1), owner(2, name="")]))
    clerk.submit({"leave-1": "yes"})
    assert size() == 1
    hands_in(clerk, case, xlsx([owner(1)]))
    clerk.submit({}, button="drop=yes")
    assert (size(), db.session.scalar(select(RosterDraft))) == (1, None)


def test_what_is_no_spreadsheet_is_said_on_the_same_page(case: Case, sign_in: SignIn) -> None:
    page = hands_in(sign_in("clerk"), case, b"%PDF-1.7\n1\n%%EOF", status=422)
    assert page.select_one(".callout-danger") is not None
    hands_in(sign_in("clerk"), case, b"", status=422)


def test_a_thousand_rows_take_well_below_a_second_and_few_statements(case: Case, house: House, sign_in: SignIn) -> None:
    rows = [owner(n) for n in range(1, 1001)]
    content = xlsx(rows)
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{case.id}/group")
    began = perf_counter()
    with counted() as seen:
        clerk.post(
            f"/cases/{case.id}/group/import", {"file": (io.BytesIO(content), "名册.xlsx")}, follow=False, status=303
        )
    assert size() == 1000
    assert perf_counter() - began < 2.5, "about a third of a second on a quiet machine"
    assert len(seen) < 40


def test_the_page_asks_as_little_for_a_thousand_as_for_twelve(members: Case, house: House, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    with counted() as few:
        clerk.get(f"/cases/{members.id}/group")
    with command():
        roster.take_in(
            db.session.get_one(Case, members.id), as_read([owner(n) for n in range(13, 400)]), by=house.users["clerk"]
        )
    with counted() as many:
        page = clerk.get(f"/cases/{members.id}/group")
    assert len(many) == len(few) <= 30
    assert len(page.select("#members tr")) == queries.PAGE + 1, "one page, and the way to the next"
    assert "业主051" in clerk.get(f"/cases/{members.id}/group?after=50").get_text()


@pytest.mark.parametrize(
    ("text_", "found"),
    [("业主007", ["业主007"]), ("1-01", ["业主010", "业主011", "业主012"]), ("00000005", ["业主005"]), ("%", [])],
)
def test_members_are_found(members: Case, text_: str, found: list[str]) -> None:
    assert [one.name for one in queries.page(members, queries.Wanted(text_))[0]] == found
    assert [one.name for one in queries.page(members, queries.Wanted(owner(9)[1]))[0]] == ["业主009"]


def test_numbers_are_masked_and_looking_at_one_is_written_down(members: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    page = clerk.get(f"/cases/{members.id}/group")
    assert owner(1)[1] not in str(page)
    assert owner(1)[2] not in str(page)
    member = db.session.scalars(select(RosterMember).order_by(RosterMember.ordinal)).first()
    page = clerk.post(f"/cases/{members.id}/group/{member.id}/reveal/id_number")
    assert owner(1)[1] in str(page)
    assert db.session.scalars(select(Entry.subject).where(Entry.action == "revealed")).all() == [f"member:{member.id}"]


def test_who_does_not_work_on_the_case_neither_reads_nor_writes(members: Case, sign_in: SignIn) -> None:
    sign_in("mediator2").get(f"/cases/{members.id}/group", status=404)
    supervisor = sign_in("supervisor")
    page = supervisor.get(f"/cases/{members.id}/group")
    assert page.select_one("input[name=member]") is None
    supervisor.post(
        f"/cases/{members.id}/group/mark", {"all": "yes", "what": "consent:agree", "on": "2026-11-20"}, status=403
    )
    supervisor.post(f"/cases/{members.id}/group/import", {}, status=403)


def test_consents_are_written_down_in_batches_with_day_and_sheet(members: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    url = f"/cases/{members.id}/group"
    ids = [str(one) for one in queries.ids_of(members, queries.Wanted())]
    clerk.get(url)
    clerk.post(
        f"{url}/mark",
        {
            "member": ids[:9],
            "what": "consent:agree",
            "on": "2026-11-20",
            "proof": (io.BytesIO(b"%PDF-1.4\n1\n%%EOF"), "签字.pdf"),
        },
    )
    clerk.post(f"{url}/mark", {"member": ids[9:10], "what": "consent:refuse", "on": "2026-11-21"})
    counts = queries.counts(members)
    assert (counts.agree, counts.refuse, counts.open) == (9, 1, 2)
    first = db.session.scalars(select(RosterMember).order_by(RosterMember.ordinal)).first()
    assert (first.consented_on, first.proof.name) == (date(2026, 11, 20), "签字.pdf")
    assert db.session.scalars(select(Attachment.purpose)).all() == ["signed-paper"]
    assert CaseView(members)["roster"] == {
        "members": 12, "representatives": 0, "consented": 9, "refused": 1, "open": 2, "vote_passed": False
    }  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [
        {"what": "consent:agree", "on": ""},
        {"what": "consent:agree", "on": "2027-01-01"},
        {"what": "nothing"},
        {"what": "consent:maybe"},
    ],
)
def test_a_mark_that_says_nothing_is_refused(members: Case, sign_in: SignIn, sent: dict[str, str]) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{members.id}/group")
    clerk.post(f"/cases/{members.id}/group/mark", {"all": "yes", **sent}, status=422)
    clerk.post(f"/cases/{members.id}/group/mark", {"what": "told:yes"}, status=422)
    assert queries.counts(members).open == 12


def test_everybody_whom_a_search_finds_is_marked_together(members: Case, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{members.id}/group?q=1-01")
    clerk.post(f"/cases/{members.id}/group/mark", {"all": "yes", "q": "1-01", "what": "vote:for"})
    assert queries.counts(members).voted == 3


def test_the_sheet_to_sign_names_everybody_once_and_no_number_whole(members: Case, sign_in: SignIn) -> None:
    page = sign_in("clerk").get(f"/cases/{members.id}/group/sheet")
    assert len(page.select("tbody tr")) == 12
    assert owner(1)[1] not in str(page)


def test_a_mistake_loses_no_tick(members: Case, sign_in: Callable[[str], Person]) -> None:
    clerk, page = sign_in("clerk"), f"/cases/{members.id}/group"
    chosen = clerk.get(page).select("input[name=member]")[3]["value"]
    clerk.post(f"{page}/mark", {"member": [chosen], "what": "consent:refuse", "on": "2026-12-31"}, status=422)
    assert [one["value"] for one in clerk.page.select("input[name=member][checked]")] == [chosen]
    assert clerk.page.select_one("#what option[selected]")["value"] == "consent:refuse"
    assert clerk.page.select_one("#on")["value"] == "2026-12-31"


def test_the_enter_key_shows_no_identity_number(members: Case, sign_in: Callable[[str], Person]) -> None:
    """It presses the first button of a form, wherever that stands."""
    form = sign_in("clerk").get(f"/cases/{members.id}/group").select_one("form[action$=mark]")
    assert "formaction" not in form.select_one("button").attrs


def test_what_is_written_down_for_the_chosen_stands_before_the_list_with_a_way_back_to_it(
    members: Case, sign_in: Callable[[str], Person]
) -> None:
    form = sign_in("clerk").get(f"/cases/{members.id}/group").select_one("form[action$=mark]")
    assert form.select_one("#write-down ~ table.members") is not None
    assert form.select_one(".action-bar a[href='#write-down']") is not None
