"""Nobody sees what is not theirs: every address of the application, as everybody, against everything one side owns."""

from __future__ import annotations

import json
import logging
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from mediation import access, permissions
from mediation.cases import case_views, walls
from mediation.extensions import db
from mediation.models import Attachment, Case, Entry, InboxMessage, Incident, Notice, Paper, Process
from tests.house import join
from tests.person import Person
from tests.security.rows import JOURNAL, snapshot
from tests.security.walking import Answer, addresses, leaks, squeezed, walk
from tests.security.walled import CORRECTION, PROTECTED, A, B, Side, Walled

CAUCUS = {"A's caucus": A.caucus, "B's caucus": B.caucus}
# Into which account B pays stands in the agreement: whoever reads the agreement reads it, and nobody else.
AGREED = {"A's account"}


def own(letter: str, side: Side) -> dict[str, str]:
    return {f"{letter}'s {what}": secret for what, secret in side.private.items()}


OF_A = own("A", A) | {"A's protected address": PROTECTED, "why A was corrected": CORRECTION}
OF_B = own("B", B)
NAMES = {"A's name": A.name, "B's name": B.name}
EVERYTHING = OF_A | OF_B | CAUCUS
PERSONAL = EVERYTHING | NAMES
WORDS = {key: value for key, value in EVERYTHING.items() if "id_number" not in key and key not in AGREED}

# Who asks, and what must never come back.
VIEWERS: dict[str, tuple[Callable[[Walled], Person], Mapping[str, str]]] = {
    "resident A": (lambda house: house.resident(A), OF_B | CAUCUS),
    "resident B": (lambda house: house.resident(B), {key: OF_A[key] for key in OF_A if key not in AGREED} | CAUCUS),
    "court liaison": (lambda house: house.staff("court"), WORDS),
    "mediator who has nothing to do with it": (lambda house: house.staff("mediator2"), EVERYTHING | NAMES),
    "clerk of the centre": (lambda house: house.staff("clerk"), CAUCUS),
    "supervisor": (lambda house: house.staff("supervisor"), CAUCUS),
    "director": (lambda house: house.staff("director"), CAUCUS),
    "who draws flows": (lambda house: house.staff("flow_admin"), EVERYTHING | NAMES),
    "who keeps accounts": (lambda house: house.staff("system_admin"), EVERYTHING | NAMES),
    "nobody": (lambda house: house.nobody(), EVERYTHING | NAMES),
}


def everywhere(walled: Walled) -> list[str]:
    """Every page, and the pages behind lists and searches."""
    found = [
        f"/search?q={word}"
        for word in (A.name, B.name[:2], A.phone, B.corrected_phone, A.id_number, walled.table.case.code)
    ]
    found += [
        "/cases?state=all",
        "/cases?q=secretof",
        "/work?tab=offered",
        "/work?tab=mine&q=" + B.name[:2],
        "/oversight/cases",
    ]
    found += [
        f"/cases/{walled.table.case_id}/flow?process={key}" for key in ("peoples_mediation", "performance_and_visits")
    ]
    return [*addresses(walled.app, "GET"), *found]


def heard(walled: Walled, viewer: str) -> list[Answer]:
    """What came back from everywhere, of which only the secrets are kept; each walks once for all tests."""
    if viewer not in walled.heard:
        person, before = VIEWERS[viewer][0](walled), snapshot(without=JOURNAL)
        walled.heard[viewer] = [secrets_of(answer) for answer in walk(person, everywhere(walled))]
        assert snapshot(without=JOURNAL) == before, "somebody only looked, and something changed"
    return walled.heard[viewer]


def secrets_of(answer: Answer) -> Answer:
    told = [squeezed(secret) for secret in PERSONAL.values() if squeezed(secret) in answer.text]
    return replace(answer, text=" ".join(told))


# PostgreSQL is asked by one of each kind: who holds rights can do no more there, but a statement can fail.
ON_BOTH = ("resident B", "court liaison", "supervisor")


@pytest.mark.parametrize(
    "viewer", [viewer if viewer in ON_BOTH else pytest.param(viewer, marks=pytest.mark.once) for viewer in VIEWERS]
)
def test_no_page_paper_search_or_download_gives_away_what_is_not_theirs(walled: Walled, viewer: str) -> None:
    answers = heard(walled, viewer)
    assert leaks(iter(answers), VIEWERS[viewer][1]) == []
    assert [answer.url for answer in answers if answer.status >= 500 and answer.url != "/readyz"] == []


@pytest.mark.once
def test_the_walk_sees_what_may_be_seen(walled: Walled) -> None:
    """Else the walk would prove nothing: each side its own, the mediator everything, the office both sides."""
    pages = list(walk(walled.staff("mediator"), everywhere(walled)))
    mediator = _found(pages, OF_A | OF_B | CAUCUS)
    assert mediator >= {
        "A's caucus",
        "B's caucus",
        "A's enquiry",
        "B's answer",
        "A's cannot",
        "A's request",
        "A's file",
    }
    clerk = _found(heard(walled, "clerk of the centre"), OF_A | OF_B)
    assert clerk >= {"A's statement", "B's consent", "B's enquiry", "why A was corrected"}
    mine = _found(heard(walled, "resident A"), OF_A)
    assert mine >= {"A's statement", "A's request", "A's file", "A's file_name"}
    papers = [answer for answer in pages if answer.kind == "application/pdf"]
    assert len(papers) >= 14


def _found(answers: list[Answer], secrets: Mapping[str, str]) -> set[str]:
    return {what for what, secret in secrets.items() if any(squeezed(secret) in answer.text for answer in answers)}


def test_the_court_reads_identity_numbers_in_the_application_alone(walled: Walled) -> None:
    kinds = dict(db.session.execute(select(Paper.id, Paper.kind)).all())
    found = leaks(iter(heard(walled, "court liaison")), {"A": A.id_number, "B": B.id_number})
    assert found
    assert {kinds[int(line.split(".pdf")[0].rpartition("/")[2])] for line in found} == {"confirmation_application"}


def of_rows(url: str) -> bool:
    own_pages = ("/cases/new", "/admin", "/see", "/cases?", "/search", "/work", "/notices")
    return bool(re.search(r"/(cases|papers|tasks|letters)/.", url)) and not url.startswith(own_pages)


OUTSIDE = {
    "mediator2": "mediator who has nothing to do with it",
    "flow_admin": "who draws flows",
    "system_admin": "who keeps accounts",
}


@pytest.mark.once
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("login", OUTSIDE)
def test_rows_of_others_do_not_exist(walled: Walled, login: str, method: str) -> None:
    """Not found, or not theirs to ask at all; never a word on whether there is such a row."""
    if method == "GET":
        answers = [answer for answer in heard(walled, OUTSIDE[login]) if of_rows(answer.url)]
    else:
        urls = [url for url in addresses(walled.app, method) if of_rows(url)]
        answers = list(walk(walled.staff(login), urls, method))
    assert len(answers) > 30
    told = {(answer.url, answer.status) for answer in answers if answer.status not in (403, 404)}
    # Who comes too late to claim a task of the own pool is told who was faster, on the page of the own work.
    assert {
        pair for pair in told if not (pair[0].endswith("/claim") and pair[1] == 302 and login == "mediator2")
    } == set()


SHARED_NUMBERS = (A.corrected_phone, A.corrected_phone[:5], B.corrected_phone, A.id_number)


@pytest.mark.parametrize("number", SHARED_NUMBERS)
def test_a_number_finds_its_case_for_those_only_who_may_read_the_number(walled: Walled, number: str) -> None:
    """A search that answers yes or no would give the number away, digit by digit."""
    for login, found in (("clerk", True), ("mediator", True), ("court", False)):
        page = walled.staff(login)
        page.get(f"/search?q={number}")
        assert (A.name in page.text()) == found, login
        if number != A.id_number:
            page.get(f"/work?tab=mine&q={number}")
            assert (A.name in page.text()) == (login == "mediator"), login
    court = walled.staff("court")
    court.get(f"/search?q={A.name}")
    assert B.name in court.text()


def test_a_colleague_who_was_asked_sees_the_shared_part_alone(walled: Walled) -> None:
    """To be asked a question opens the case, not the accounts of its sides nor the file's records."""
    join(walled.house, "colleague", "committee", "mediator")
    asked = walled.staff("colleague")
    task_id = walled.table.task_id("urge")
    mediator = walled.table.opens("mediator", "urge")
    mediator.get(f"/tasks/{task_id}/ask")
    mediator.submit({"to": str(walled.house.users["colleague"].id), "text": "怎么看？"}, form="main form")
    answers = list(walk(asked, everywhere(walled)))
    assert _found(answers, NAMES) == set(NAMES)
    assert leaks(iter(answers), {key: EVERYTHING[key] for key in EVERYTHING if key not in AGREED}) == []


# --- what a mutation must break -----------------------------------------------------------------------------------------

ALWAYS = lambda *_: True  # noqa: E731 - the wall taken down
MUTATIONS: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "papers of the other side": (
        "resident B", lambda mp: mp.setattr(access, "party_papers", lambda party: select(Paper).where(Paper.case_id == party.case_id))),
    "files of the other side": ("resident B", lambda mp: mp.setattr(
        "mediation.portal.queries.party_can_read_attachment", lambda party, attachment: True)),
    "accounts in the shared view": ("resident B", lambda mp: mp.setattr(
        walls, "_own_statements", lambda party: tuple(walls.OwnStatement(one.made_at, one.kind, one.text) for one in db.session.scalars(
            select(walls.Statement).where(walls.Statement.case_id == party.case_id))))),
    "accounts for the court": ("court liaison", lambda mp: mp.setattr(access, "reads_statements", ALWAYS)),
    "contact data for the court": ("court liaison", lambda mp: mp.setattr(access, "reads_contacts", ALWAYS)),
    "files for the court": ("court liaison", lambda mp: mp.setattr(
        access, "visible_attachments", lambda user, case: select(Attachment).where(Attachment.case_id == case.id))),
    "papers of the file for the court": ("court liaison", lambda mp: mp.setattr(
        "mediation.access.visible.visible_papers", lambda user: select(Paper))),
    "confidences for the office": ("clerk of the centre", lambda mp: mp.setattr(case_views, "can_read_caucus", ALWAYS)),
    "every case for everybody": ("mediator who has nothing to do with it", lambda mp: mp.setattr(
        "mediation.access.visible.visible_cases", lambda user: select(Case))),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_walk_finds_a_wall_that_is_down(walled: Walled, mutation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer, break_it = MUTATIONS[mutation]
    break_it(monkeypatch)
    come, secrets = VIEWERS[viewer]
    near = ("/parties", "/see/", "/papers/", "/attachments/", "/tasks/", f"/cases/{walled.table.case_id}")
    urls = [url for url in addresses(walled.app, "GET", tasks=2) if any(part in url for part in near)]
    assert leaks(walk(come(walled), urls), secrets) != []


# --- what lies beneath ---------------------------------------------------------------------------------------------------


def told_in(content: str) -> list[str]:
    return [what for what, secret in PERSONAL.items() if squeezed(secret) in squeezed(content)]


def test_the_journal_names_nobody(walled: Walled) -> None:
    for entry in db.session.scalars(select(Entry)):
        assert told_in(json.dumps([entry.actor, entry.subject, entry.details], ensure_ascii=False)) == [], entry.action


def test_notices_messages_and_incidents_name_nobody(walled: Walled) -> None:
    for notice in db.session.scalars(select(Notice)):
        assert told_in(json.dumps([notice.details, notice.failure], ensure_ascii=False)) == [], notice.template
    kept = [*db.session.scalars(select(InboxMessage.payload)), *db.session.scalars(select(Incident.message))]
    assert told_in(json.dumps(kept, ensure_ascii=False)) == []


def test_the_log_names_nobody(walled: Walled) -> None:
    """A page that fails is logged by its places: its exception may quote what was typed."""
    try:
        raise ValueError(f"{A.name} {A.phone} {A.statement}")
    except ValueError as error:
        logging.getLogger("mediation.requests").error("request failed", exc_info=error)
    written = walled.log.getvalue()
    lines = [json.loads(line) for line in written.splitlines()]
    assert lines[-1]["error"] == "ValueError"
    assert told_in(written) == []


SEALED = (
    ("party", "id_number"),
    ("paper", "facts"),
    ("draft", "answers"),
    ("task", "answers"),
    ("obligation", "account"),
    ("agreement", "accounts"),
)


@pytest.mark.parametrize(("table", "column"), SEALED)
def test_what_must_be_sealed_lies_sealed_in_the_database(walled: Walled, table: str, column: str) -> None:
    stored = [
        str(row[0]) for row in db.session.execute(text(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"))
    ]
    if table == "draft":
        stored += [_kept_draft(walled)]
    assert stored
    assert all(value.startswith("gAAAA") for value in stored)
    assert told_in(" ".join(stored)) == []


def _kept_draft(walled: Walled) -> str:
    task_id, holder = walled.table.task_id("urge"), walled.table.opens("mediator", "urge")
    holder.client.post(f"/tasks/{task_id}/draft", data={"csrf_token": holder.token(), "note": A.statement})
    db.session.rollback()
    return str(db.session.execute(text("SELECT answers FROM draft")).scalar_one())


def test_the_position_of_a_flow_holds_nobodys_words(walled: Walled) -> None:
    for process in db.session.scalars(select(Process)):
        content = zlib.decompress(process.state[4 + 1 + 32 :]).decode()
        assert told_in(content) == []


def test_a_session_carries_no_plain_code(walled: Walled) -> None:
    """The clerk's cookie carries the codes to the page that prints them, sealed."""
    clerk, party = walled.staff("clerk"), walled.party(A)
    clerk.get(f"/cases/{walled.table.case_id}/parties")
    clerk.post(f"/cases/{walled.table.case_id}/parties/{party.id}/code", follow=False, status=302)
    with clerk.client.session_transaction() as session:
        sealed = json.dumps(dict(session), default=str)
    clerk.get(f"/cases/{walled.table.case_id}/receipt")
    code = clerk.page.select("main .number.h1")[-1].get_text(strip=True)
    assert code not in sealed
    walled.codes[A.name] = code


# --- what is sent -------------------------------------------------------------------------------------------------------

SENDERS = (
    "resident A", "resident B", "court liaison", "mediator who has nothing to do with it", "who draws flows",
    "who keeps accounts", "nobody",
)  # fmt: skip


@pytest.mark.parametrize(
    "viewer", [viewer if viewer in ON_BOTH else pytest.param(viewer, marks=pytest.mark.once) for viewer in SENDERS]
)
def test_whatever_is_sent_no_answer_gives_away_what_is_not_theirs(walled: Walled, viewer: str) -> None:
    """Every address that takes something, by those who must not; forms come back with errors and what was typed."""
    come, secrets = VIEWERS[viewer]
    skipped = ("/admin/users", "/see/end", "/admin/agencies", "/me/password")
    urls = [url for url in addresses(walled.app, "POST", tasks=2) if not url.startswith(skipped)]
    data = {"party": str(walled.party(A).id), "text": "?", "case": walled.table.case.code, "code": "12345678",
            "answer": "comes", "summary": "x", "parties-0-name": "无名"}  # fmt: skip
    answers = list(walk(come(walled), urls, "POST", data))
    assert leaks(iter(answers), secrets) == []
    assert [answer.url for answer in answers if answer.status >= 500] == []


def test_permissions_as_a_query_say_the_same_as_one_by_one(walled: Walled) -> None:
    case = walled.table.case
    for user in walled.house.users.values():
        mine = access.readable_cases(db.session.merge(user)).where(Case.id == case.id)
        assert (db.session.scalar(mine) is not None) == permissions.can_read_content(db.session.merge(user), case), (
            user.login
        )
