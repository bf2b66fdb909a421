"""What an attacker would try at the doors, in the forms and with files; each attempt is refused and tells nothing."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app import create_app
from mediation import clock, storage
from mediation.accounts.operations import create_user
from mediation.cases.operations import register_dispute
from mediation.extensions import command, db
from mediation.models import Agreement, Attachment, Case, CaucusNote, Notice, Party, PartyPass, Signature, Task, User
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table, driven
from tests.kept import kept
from tests.mediation.portal.conftest import dispute
from tests.person import Person
from workflows.answers import check
from workflows.dialect import read
from workflows.forms import parse
from workflows.model import EngineError

pytestmark = pytest.mark.once

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
PASSWORD = "a long sentence of 7 words"


@pytest.fixture
@kept
def case(house: House) -> Case:
    with command():
        return register_dispute(dispute(), by=house.users["clerk"]).case


# --- sessions and doors ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def production(database_url: str) -> Iterator[Flask]:
    """The application as it would run for real."""
    secret = {"SECRET_KEY": "s" * 40, "DATA_KEY": "d" * 40, "TLS": "proxy", "PUBLIC_URL": "https://centre.example"}
    app = create_app({"MODE": "production", "DATABASE": database_url, **secret})
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_cookies_of_production_are_for_https_and_no_script_reads_them(house: House, production: Flask) -> None:
    client = production.test_client()
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax"))


def test_a_session_that_was_fixed_beforehand_opens_nothing_afterwards(
    house: House, resident: Callable[[], Person]
) -> None:
    """Whoever planted the cookie holds a session of nobody; the owner gets a new one on signing in."""
    with command():
        create_user(login="owner", name="主", email="", roles=[("clerk", "centre")], password=PASSWORD, by=None)
    owner, attacker = resident(), resident()
    owner.get("/sign-in")
    planted = owner.client.get_cookie("mediation").value
    owner.submit({"login": "owner", "password": PASSWORD}, form="main form")
    attacker.client.set_cookie("mediation", planted)
    assert attacker.client.get("/work").status_code == 302


def test_a_cookie_that_was_changed_is_nobodys(house: House, sign_in: Callable[[str], Person]) -> None:
    clerk = sign_in("clerk")
    value = clerk.client.get_cookie("mediation").value
    clerk.client.set_cookie("mediation", value[:-4] + ("AAAA" if value[-4:] != "AAAA" else "BBBB"))
    assert clerk.client.get("/work").status_code == 302


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1@evil.example"])
def test_no_answer_repeats_the_host_that_was_asked_for(house: House, resident: Callable[[], Person], host: str) -> None:
    person = resident()
    for url in ("/work", "/sign-in", "/see", "/forgot", "/verify/ZZZZ", "/cases/1"):
        answer = person.client.get(url, headers={"Host": host, "X-Forwarded-Host": host})
        assert "evil" not in answer.text + str(answer.headers)


def test_a_link_in_a_mail_leads_to_the_house_whatever_host_asked(
    house: House, app: Flask, resident: Callable[[], Person]
) -> None:
    from mediation.notices.sending import words_of

    person = resident()
    person.get("/forgot")
    person.client.post(
        "/forgot", data={"csrf_token": person.token(), "name": "clerk"}, headers={"X-Forwarded-Host": "evil.example"}
    )
    notice = db.session.scalars(select(Notice).where(Notice.template == "password-link")).one()
    assert "evil.example" not in words_of(notice)[1]


OUTSIDE = ("//evil.example", "/\\evil.example", "https:evil.example", "/%09/evil.example", "\\\\evil.example", "/a\nb")


@pytest.mark.parametrize("target", OUTSIDE)
def test_no_door_leads_out_of_the_house(house: House, resident: Callable[[], Person], target: str) -> None:
    person = resident()
    answer = person.client.get("/language/zh", query_string={"next": target.replace("%09", "\t")})
    assert "evil" not in (answer.location or "")


def test_a_party_code_cannot_be_tried_for_ever_and_locks_nobody_else_out(
    house: House, resident: Callable[[], Person]
) -> None:
    with command():
        done = register_dispute(dispute(), by=house.users["clerk"])
    attacker, owner = resident(), resident()
    for person in (attacker, owner):
        person.get("/see")
        person.submit({"case": done.case.code}, form="main form")
    elsewhere, token = {"REMOTE_ADDR": "203.0.113.9"}, attacker.token()
    guesses = [{"csrf_token": token, "code": f"AAAABBB{number}"} for number in range(9)]
    tried = [attacker.client.post("/see/code", data=guess, environ_base=elsewhere).status_code for guess in guesses]
    assert (tried[0], tried[-1]) == (422, 429)
    owner.submit({"code": done.codes[done.case.parties[0].id]}, form="main form")
    assert "王建国" in owner.text()


def test_a_one_time_password_opens_once_and_only_where_it_was_asked_for(
    house: House, resident: Callable[[], Person]
) -> None:
    from mediation.portal.operations import _digits_of

    with command():
        done = register_dispute(dispute(), by=house.users["clerk"])
    owner, thief = resident(), resident()
    for person in (owner, thief):
        person.get("/see")
        person.submit({"case": done.case.code}, form="main form")
    owner.get("/see/telephone")
    owner.submit({"phone": "13900001111"}, form="main form")
    code = _digits_of(db.session.scalars(select(PartyPass)).one())
    thief.get("/see/password")
    thief.submit({"code": code}, form="main form", status=422)
    owner.submit({"code": code}, form="main form")
    assert "王建国" in owner.text()
    owner.post("/see/leave")
    owner.get("/see")
    owner.submit({"case": done.case.code}, form="main form")
    owner.get("/see/password")
    owner.submit({"code": code}, form="main form", status=422)


def test_an_error_page_gives_back_text_and_never_a_password_or_code(
    house: House, resident: Callable[[], Person]
) -> None:
    person = resident()
    typed = {
        "login": "typedname",
        "password": "secretpassword",
        "new_password": "newsecret1",
        "repeat_password": "newsecret2",
        "code": "SECRETCODE",
    }
    answer = person.client.post("/sign-in", data={**typed, "csrf_token": "old"})
    assert answer.status_code == 400
    assert "typedname" in answer.text
    assert not [key for key, value in typed.items() if key != "login" and value in answer.text]


# --- what is typed --------------------------------------------------------------------------------------------------------


def test_what_people_type_runs_in_no_page(house: House, sign_in: Callable[[str], Person]) -> None:
    """Names, titles, accounts, places: on every page they are text; so are they in attributes and in the charts' data."""
    given = dispute(title=SCRIPT, summary=SCRIPT, claims=SCRIPT, place=SCRIPT)
    given["parties"][0] |= {"name": SCRIPT, "address": SCRIPT, "statement": SCRIPT}
    with command():
        made = register_dispute(given, by=house.users["clerk"]).case
    clerk = sign_in("clerk")
    tabs = ("", "/course", "/parties", "/papers", "/flow", "/journal", "/correct", "/performance")
    task_id = db.session.scalars(select(Task.id).where(Task.status == "open")).one()
    seen = 0
    for url in [
        "/work",
        "/cases",
        f"/search?q={SCRIPT[:20]}",
        f"/tasks/{task_id}",
        *(f"/cases/{made.id}{tab}" for tab in tabs),
    ]:
        clerk.get(url)
        assert clerk.page.select("script:not([src]), img[onerror], img[src=x]") == [], url
        assert not [tag for tag in clerk.page.find_all(True) for name in tag.attrs if name.startswith("on")], url
        seen += SCRIPT in clerk.page.get_text()
    assert seen > 5
    supervisor = sign_in("supervisor")
    supervisor.get("/oversight")
    assert "<script>alert" not in supervisor.response.text


@pytest.mark.parametrize("name", ["王\u202e国建", "王\x00建国", "\u2067王建国", "王\x1b[31m建国", "王建\u200b国"])
def test_a_name_reads_as_it_is_kept(app: Flask, name: str) -> None:
    from mediation.cases.facts import write_party

    party = Party(representatives=[])
    write_party(party, {"name": name})
    assert party.name.isprintable()


FORM = parse(json.dumps({"id": "f", "type": "default", "schemaVersion": 16, "components": [
    {"type": "number", "key": "amount", "label": "a", "validate": {"min": 0, "max": 1000000}},
    {"type": "datetime", "key": "day", "subtype": "date", "dateLabel": "d"},
    {"type": "textfield", "key": "name", "label": "n", "validate": {"maxLength": 60}},
    {"type": "select", "key": "who", "label": "w", "valuesKey": "people"},
    {"type": "dynamiclist", "path": "rows", "label": "r", "components": [{"type": "textfield", "key": "text", "label": "t"}]},
]}).encode())  # fmt: skip


@pytest.mark.parametrize(
    "amount", ["NaN", "-1", "Infinity", "1e9", "1e999999999", "0x10", "١٢٣e5", "9" * 40, "1000001", "--1"]
)
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    assert "amount" in check(FORM, {"amount": amount})[1]


@pytest.mark.parametrize("day", ["0000-01-01", "10000-01-01", "2026-02-30", "1e3", "2026-W01-9", "x" * 5000])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    assert "day" in check(FORM, {"day": day})[1]


def test_what_no_list_offers_nor_any_field_asks_for_is_not_taken() -> None:
    lists = {"people": [("mediator", "李晓")]}
    clean, errors = check(
        FORM,
        {"who": "flow_admin", "role": "system_admin", "name": "x" * 10_000, "rows": [{"text": "x"}] * 10_000},
        lists=lists,
    )
    assert set(errors) == {"who", "name", "rows"}
    assert "role" not in clean


@pytest.mark.parametrize(
    "url",
    ["/cases/%00", "/tasks/%00", "/cases/99999999999999999999999", "/papers/18446744073709551616.pdf", "/verify/%00",
     "/verify/file/%00", "/sign/%00"],
)
def test_an_address_that_no_row_can_have_is_not_found(house: House, sign_in: Callable[[str], Person], url: str) -> None:
    clerk = sign_in("clerk")
    assert clerk.client.get(url).status_code in (400, 404)


NINES = "9" * 40
NONSENSE = (
    "q=%00", f"after=9999-12-31T23:59:59%2B00:00~{NINES}", "after=x", f"before={NINES}", "kind=%25", "from=0001-01-01&to=9999-12-31",
    f"user={NINES}", f"by=person&key={NINES}",
)  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_in_a_query_breaks_no_page(
    house: House, case: Case, sign_in: Callable[[str], Person], query: str
) -> None:
    director = sign_in("director")
    for page in ("/work", "/cases", "/search", "/notices", "/oversight", "/oversight/cases", "/oversight/overdue/tasks", "/oversight/reads",
                 f"/cases/{case.id}/course", f"/cases/{case.id}/journal"):  # fmt: skip
        director.stays()
        assert director.client.get(f"{page}?{query}").status_code < 500, page


def test_a_flood_of_rows_or_text_is_refused_and_not_worked_on(
    house: House, case: Case, sign_in: Callable[[str], Person]
) -> None:
    clerk = sign_in("clerk")
    token = clerk.token()
    clerk.stays()
    rows = {f"parties-{number}-name": "x" for number in range(10_000)}
    assert clerk.client.post("/cases/new?draft=abc", data={"csrf_token": token, **rows}).status_code == 422
    clerk.stays()
    answer = clerk.client.post("/cases/new?draft=abc", data={"csrf_token": token, "summary": "x" * 3_000_000})
    assert answer.status_code == 413


def test_a_form_of_a_task_takes_no_ten_thousand_rows(
    house: House, case: Case, sign_in: Callable[[str], Person]
) -> None:
    with command():
        task = db.session.scalars(select(Task).where(Task.status == "open")).one()
        task.form_id, task.bind, task.claimed_by_id = "enquiry", "enquiry", house.users["clerk"].id
    clerk = sign_in("clerk")
    clerk.get(f"/tasks/{task.id}")
    rows = {f"exchanges-{number}-{key}": "x" for number in range(10_000) for key in ("question", "rowmark")}
    clerk.post(f"/tasks/{task.id}", {"version": str(task.version), **rows}, status=422)
    assert len(clerk.page.select("[name^=exchanges-][name$=-question]")) <= 201


# --- what belongs to another case -----------------------------------------------------------------------------------------


@driven
def agreed(table: Table) -> None:
    steps.register_leak(table)
    steps.accept(table)
    steps.agree_in_a_meeting(table)


@pytest.fixture
def signing(house: House) -> Table:
    """A leak whose agreement waits to be signed."""
    return agreed(house)


def test_signatures_of_another_agreement_are_not_signed_from_here(signing: Table, house: House) -> None:
    """Nor is a number that is none an error of ours; and a form sent twice is taken once."""
    stranger = _a_stranger(house)
    mediator = signing.opens("mediator", "sign")
    url, version = mediator.response.request.path, mediator.page.select_one("[name=version]")["value"]
    ids = [field["value"] for field in mediator.page.select("[name^=signatures-][name$=-signature]")]
    data = {"version": version, "next_step": "go_on", "copies_delivered": "y"}
    for number, one in enumerate([str(stranger.id), "no number", *ids[2:]]):
        row = {
            "signature": one,
            "signed": "yes",
            "manner": "hand",
            "signed_on": str(clock.today()),
            "rowmark": "1",
            "name": "x",
        }
        data |= {f"signatures-{number}-{key}": value for key, value in row.items()}
    mediator.post(url, data)
    db.session.expire_all()
    assert db.session.get_one(Signature, stranger.id).signed_on is None
    assert db.session.scalars(select(Agreement).where(Agreement.case_id == signing.case_id)).one().effective_at is None
    mediator.post(url, data, status=409)


def _a_stranger(house: House) -> Signature:
    with command():
        other = register_dispute(dispute(), by=house.users["clerk"]).case
        agreement = Agreement(
            case_id=other.id, kind="written", drafted_by_id=house.users["mediator"].id, drafted_at=clock.now()
        )
        agreement.signatures = [Signature(who="seal")]
        db.session.add(agreement)
    return agreement.signatures[0]


def test_a_party_or_a_mediator_from_elsewhere_is_taken_in_no_form(
    house: House, app: Flask, sign_in: Callable[[str], Person]
) -> None:
    table = Table(app, sign_in)
    steps.register_leak(table)
    _a_stranger(house)
    foreign = db.session.scalars(select(Party).where(Party.case_id != table.case_id)).first()
    steps.accept(table)
    dispatcher = table.opens("dispatcher", "appoint")
    for login in ("court", "flow_admin", "nobody", "mediator' OR 1=1"):
        sent = {"version": _version(dispatcher), "mediator": login, "chosen_by": "committee", "conflict": "none"}
        dispatcher.post(_here(dispatcher), sent, status=422)
    assert table.case.mediator_id is None
    table.does("dispatcher", "appoint", mediator="mediator", chosen_by="committee", conflict="none")
    mediator = table.opens("mediator", "consent")
    rows = {f"consents-{n}-{key}": value for n, party in enumerate((foreign.id, foreign.id)) for key, value in (
        ("party", str(party)), ("name", "x"), ("answer", "agree"), ("rowmark", "1"), ("given_on", clock.today().isoformat()))}  # fmt: skip
    mediator.post(_here(mediator), {"version": _version(mediator), "openness": "closed", **rows}, status=422)
    db.session.expire_all()
    assert db.session.get_one(Party, foreign.id).consent == "open"


def _version(person: Person) -> str:
    return str(person.page.select_one("[name=version]")["value"])


def _here(person: Person) -> str:
    return person.response.request.path


def test_what_was_confided_is_not_handed_over_with_the_step(
    app: Flask, house: House, sign_in: Callable[[str], Person]
) -> None:
    """The step is taken back and handed to a colleague: the note stays with the mediator, and is not wiped out."""
    table = Table(app, sign_in)
    steps.register_leak(table)
    steps.accept(table)
    steps.appoint_and_consent(table)
    steps.tell_rights_and_enquire(table)
    done = db.session.scalars(select(Task).where(Task.element_id == "enquire")).one()
    assert "caucus" not in done.answers
    mediator = table.person("mediator")
    mediator.get(f"/tasks/{done.id}/done")
    mediator.post(f"/tasks/{done.id}/take-back")
    mediator.get(f"/tasks/{done.id}")
    assert "六千也行" in mediator.page.select_one("[name=caucus]").get_text()
    mediator.post(f"/tasks/{done.id}/hand-over", {"to": str(house.users["mediator2"].id), "note": "请代办"})
    colleague = table.person("mediator2")
    colleague.get(f"/tasks/{done.id}")
    assert "六千" not in colleague.page.get_text()
    colleague.submit()
    assert db.session.scalars(select(CaucusNote.text)).all() == ["只告诉调解员：六千也行。"]


# --- files ----------------------------------------------------------------------------------------------------------------


def a_bomb(side: int) -> bytes:
    """A picture of few bytes and very many pixels."""
    buffer = io.BytesIO()
    Image.new("1", (side, side)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def a_zip(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def eps_as_jpeg() -> bytes:
    return b"\xff\xd8\xff" + b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file"


BAD_FILES: dict[str, Callable[[], bytes]] = {
    "a picture that unfolds": lambda: a_bomb(12_000),
    "svg": lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": lambda: b"\xef\xbb\xbf  <!doctype html><script>1</script>",
    "gif and script": lambda: b"GIF89a/*<script>*/=1;",
    "jpeg that begins a page": lambda: b"\xff\xd8\xff\xe0" + b"<html><script>alert(1)</script>" + b"\0" * 100,
    "postscript called a picture": eps_as_jpeg,
    "a bare archive": lambda: a_zip(**{"a.txt": b"0" * 1_000_000}),
    "a document with macros": lambda: a_zip(
        **{"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""}
    ),
    "both word and excel": lambda: a_zip(**{"[Content_Types].xml": b"", "word/d.xml": b"", "xl/w.xml": b""}),
    "a program": lambda: b"\x7fELF" + b"\0" * 200,
    "a shell script": lambda: b"#!/bin/sh\nrm -rf /",
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_is_not_what_it_seems_is_not_taken(app: Flask, what: str) -> None:
    with pytest.raises(storage.FileRefused):
        storage.store(BAD_FILES[what](), "photo.jpg", limit=25_000_000)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "/etc/shadow",
        "a\r\nSet-Cookie: x=1",
        "x\u202etxt.exe",
        "",
        ".",
        "\0",
        "a" * 5000,
        'a;b="c".txt',
    ],
)
def test_a_name_of_a_file_leads_nowhere_and_breaks_no_header(
    house: House, case: Case, sign_in: Callable[[str], Person], name: str
) -> None:
    clerk = sign_in("clerk")
    with command():
        kept = storage.store(b"plain text", name, limit=1000)
        row = Attachment(
            case_id=case.id, name=kept.name, original_sha256=kept.original.sha256, uploaded_at=clock.now(), shared=True
        )
        db.session.add(row)
    clerk.stays()
    answer = clerk.client.get(f"/cases/{case.id}/attachments/{row.id}")
    told = answer.headers["Content-Disposition"]
    assert (answer.status_code, told.startswith("attachment;"), "Set-Cookie: x" in str(answer.headers)) == (
        200,
        True,
        False,
    )
    assert not set("/\\\r\n\0") & set(told)
    assert len(kept.name) < 130


# --- flows ----------------------------------------------------------------------------------------------------------------

BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]><definitions>&c;</definitions>'
OUTSIDE_XML = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><definitions>&b;</definitions>'
)


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE_XML, b"<a>" * 5000, b"\xff\xfe\x00", b""])
def test_a_drawing_that_is_a_bomb_or_reaches_outside_is_refused(xml: bytes) -> None:
    from workflows.problems import BrokenFile

    with pytest.raises(BrokenFile) as refused:
        read("evil.bpmn", xml)
    assert "root:" not in str(refused.value)


def test_an_expression_without_end_becomes_an_incident_and_the_retry_works(
    house: House, case: Case, sign_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the step is kept; the administrator sees the place; handed in again it goes on."""
    from workflows import feel, runtime

    clerk = sign_in("clerk")
    task_id = db.session.scalars(select(Task.id).where(Task.status == "open")).one()
    clerk.get("/work")
    clerk.post(f"/tasks/{task_id}/claim")
    clerk.get(f"/tasks/{task_id}")
    real = runtime.complete

    def bomb(*arguments: Any) -> Any:
        try:
            feel.evaluate("count(for a in 1..100000, b in 1..100000 return a)", {})
        except feel.FeelError as error:
            raise EngineError("expression", str(error), "triage") from error
        return real(*arguments)

    examined = {"materials_complete": "yes", "identity_checked": "y", "exclusion": "none", "conclusion": "admit"}
    with monkeypatch.context() as broken:
        broken.setattr("mediation.flow.runtime.complete", bomb)
        clerk.submit(examined, status=409)
    assert db.session.scalars(select(Task.id).where(Task.status == "open")).all() == [task_id]
    admin = sign_in("flow_admin")
    admin.get("/admin/incidents")
    assert case.display_number in admin.text()
    clerk.get(f"/tasks/{task_id}")
    clerk.submit(examined)
    assert db.session.get_one(Task, task_id).status == "done"


def test_publishing_refuses_what_lint_refuses(app: Flask, house: House, tmp_path: Any, shipped_flows: Any) -> None:
    import shutil

    from mediation.commands.flows import publish
    from mediation.models import Release

    folder = tmp_path / "bpmn"
    shutil.copytree(shipped_flows, folder)
    drawing = folder / "intake.bpmn"
    drawing.write_text(
        drawing.read_text("utf-8").replace("zeebe:formDefinition formId=", "zeebe:formDefinition formIdd=", 1), "utf-8"
    )
    before = db.session.scalars(select(Release.hash)).all()
    result = app.test_cli_runner().invoke(publish, [str(folder)])
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    db.session.rollback()
    assert db.session.scalars(select(Release.hash)).all() == before


def test_a_used_link_for_a_password_opens_nothing_again(house: House, resident: Callable[[], Person]) -> None:
    from mediation.accounts import passwords

    with command():
        user = db.session.get_one(User, house.users["clerk"].id)
        token = passwords.token_of(passwords.new_link(user))
    person = resident()
    person.get(f"/new-password/{token}")
    person.submit({"new_password": PASSWORD, "repeat_password": PASSWORD}, form="main form")
    person.get(f"/new-password/{token}", status=404)
    person.post(
        f"/new-password/{token}", {"new_password": PASSWORD + "!", "repeat_password": PASSWORD + "!"}, status=404
    )
