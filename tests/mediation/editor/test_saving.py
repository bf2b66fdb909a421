"""Saving a draft: as one goes, at the same time as somebody else, and what is refused at the door."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mediation import clock
from mediation.extensions import command, db
from mediation.models import DraftFile, Membership, ReleaseDraft
from tests.mediation.editor.conftest import in_draft
from tests.small_release import FORM, flow

pytestmark = pytest.mark.once

BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><definitions>&lol2;</definitions>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]><definitions>&secret;</definitions>"""


@pytest.fixture
def colleague(house, sign_in):
    """A second flow administrator."""
    with command():
        first = house.users["flow_admin"].memberships[0]
        house.users["director"].memberships.append(Membership(pool=first.pool, role=first.role))
    return sign_in("director")


def test_a_save_is_kept_and_checked(admin, draft, sends):
    told = sends(admin, "intake.bpmn", flow("看一看").decode())
    assert (told.status_code, told.json["revision"]) == (200, 1)
    assert "看一看".encode() in in_draft(draft.id, "intake.bpmn")
    told = sends(admin, "intake.bpmn", flow("再看").decode(), 1)
    assert told.json["revision"] == 2


def test_what_is_broken_is_told_at_the_element_and_keeps_the_draft_from_being_published(admin, draft, sends):
    sends(admin, "intake.bpmn", flow(due="no_such_function(3)").decode())
    page = admin.get(f"/admin/drafts/{draft.id}/findings?path=intake.bpmn")
    links = page.select("#findings a[data-element]")
    assert ("look", "error") in {(link["data-element"], link["data-severity"]) for link in links}
    refused = admin.post(f"/admin/drafts/{draft.id}/publish", {"note": "试"}, status=422)
    assert "仍有错误" in refused.text or "errors" in refused.text
    assert db.session.get(ReleaseDraft, draft.id).closed_at is None


def test_who_loses_the_race_is_told_who_saved_and_can_put_the_own_version_over_it(admin, colleague, draft, sends):
    assert sends(admin, "intake.bpmn", flow("甲").decode()).status_code == 200
    lost = sends(colleague, "intake.bpmn", flow("乙").decode())
    assert lost.status_code == 409
    assert "钱明" in lost.json["message"]
    assert "甲".encode() in in_draft(draft.id, "intake.bpmn")
    assert sends(colleague, "intake.bpmn", flow("乙").decode(), lost.json["theirs"]).status_code == 200
    assert "乙".encode() in in_draft(draft.id, "intake.bpmn")


def test_of_two_who_save_at_once_one_wins(admin, colleague, draft, sends):
    both = [(admin, "intake.bpmn", flow("甲").decode()), (colleague, "intake.bpmn", flow("乙").decode())]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: sends(*one).status_code, both))
    assert sorted(answers) == [200, 409]
    assert db.session.query(DraftFile).one().revision == 1


def test_without_a_script_the_text_that_lost_stands_on_the_page(admin, colleague, draft):
    address = f"/admin/drafts/{draft.id}/edit/forms/look.form"
    mine = json.dumps({**FORM, "title": "乙的标题"}, ensure_ascii=False)
    colleague.get(address)
    admin.get(address)
    admin.submit({"content": json.dumps({**FORM, "title": "甲的标题"}, ensure_ascii=False)})
    page = colleague.submit({"content": mine}, status=409)
    assert "钱明" in page.get_text()
    assert page.select_one("textarea").get_text().strip() == mine
    colleague.submit()
    assert "乙的标题".encode() in in_draft(draft.id, "forms/look.form")


def test_two_people_may_change_different_files_of_a_draft(admin, colleague, draft, sends):
    assert sends(admin, "intake.bpmn", flow("甲").decode()).status_code == 200
    assert sends(colleague, "forms/look.form", json.dumps(FORM)).status_code == 200


def test_it_is_seen_who_else_has_a_file_open(admin, colleague, draft, sends):
    assert sends(admin, "intake.bpmn", "", what="here").json["others"] == ""
    assert "钱明" in sends(colleague, "intake.bpmn", "", what="here").json["others"]
    assert "孟庆国" in admin.get(f"/admin/drafts/{draft.id}").get_text()
    clock.set_clock(clock.now() + timedelta(minutes=5))
    assert sends(admin, "intake.bpmn", "", what="here").json["others"] == ""


@pytest.mark.parametrize("content", [BOMB, OUTSIDE, "<a><b></a>", "no xml at all", ""])
def test_xml_that_means_harm_or_is_broken_is_not_kept(admin, draft, sends, content):
    told = sends(admin, "intake.bpmn", content)
    assert told.status_code == 422
    assert told.json["message"]
    assert db.session.query(DraftFile).count() == 0


def test_a_half_written_form_is_kept_and_the_check_says_so(admin, draft, sends):
    assert sends(admin, "forms/look.form", '{"type": "default", "id": "lo').status_code == 200
    assert "broken-json" in admin.get(f"/admin/drafts/{draft.id}/findings?path=forms/look.form").get_text()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"content": "x" * (2 * 1024 * 1024 + 1), "revision": 0}, 422),
        ({"content": "x" * (9 * 1024 * 1024), "revision": 0}, 413),
        ({"content": "{}\0", "revision": 0}, 422),
        ({"content": 7, "revision": 0}, 400),
        ({"content": "{}", "revision": "later"}, 400),
        ([], 400),
    ],
)
def test_what_is_too_large_or_no_text_is_refused(admin, draft, body, status):
    token = admin.token()
    admin.stays()
    told = admin.client.post(
        f"/admin/drafts/{draft.id}/edit/forms/look.form", json=body, headers={"X-CSRFToken": token}
    )
    assert told.status_code == status
    assert db.session.query(DraftFile).count() == 0


def test_without_the_token_nothing_is_saved(admin, draft):
    admin.stays()
    told = admin.client.post(f"/admin/drafts/{draft.id}/edit/intake.bpmn", json={"content": "<a/>", "revision": 0})
    assert told.status_code == 400


@pytest.mark.parametrize(
    "path", ["../secrets.bpmn", "documents/kinds/agreement.json", "nothing.bpmn", "i18n/../roles.json", "app.py"]
)
def test_only_the_files_of_a_release_are_read_and_written(admin, draft, sends, path):
    assert admin.client.get(f"/admin/drafts/{draft.id}/file/{path}").status_code == 404
    assert sends(admin, path, "<a/>").status_code == 404


def test_a_draft_that_was_closed_meanwhile_takes_nothing_more(admin, draft, sends):
    admin.post(f"/admin/drafts/{draft.id}/give-up")
    told = sends(admin, "intake.bpmn", flow().decode())
    assert told.status_code == 409
    assert "theirs" not in told.json


@pytest.mark.parametrize("login", ["clerk", "director", "mediator", "supervisor", "system_admin"])
def test_nobody_else_sees_or_changes_a_draft(sign_in, draft, sends, login):
    person = sign_in(login)
    for page in (
        "",
        f"/{draft.id}",
        f"/{draft.id}/edit/intake.bpmn",
        f"/{draft.id}/file/intake.bpmn",
        f"/{draft.id}/publish",
    ):
        person.get(f"/admin/drafts{page}", status=403)
    assert sends(person, "intake.bpmn", flow().decode()).status_code == 403


def test_laying_out_draws_anew_and_saves_nothing(admin, draft, sends):
    bare = flow().decode().split("<bpmndi:BPMNDiagram")[0] + "</bpmn:definitions>"
    told = sends(admin, "", bare, what="layout")
    assert "BPMNShape" in told.json["content"]
    assert sends(admin, "", BOMB, what="layout").status_code == 422
    assert db.session.query(DraftFile).count() == 0


def test_the_preview_is_the_form_as_a_task_draws_it(admin, draft, sends):
    told = sends(admin, "", json.dumps(FORM, ensure_ascii=False), what="preview")
    assert "核对情况" in told.text
    assert "<textarea" in told.text
    assert sends(admin, "", "{", what="preview").status_code == 200


def test_drawing_pages_allow_style_attributes_and_nothing_more(admin, draft):
    admin.get(f"/admin/drafts/{draft.id}/edit/intake.bpmn")
    policy = admin.response.headers["Content-Security-Policy"]
    assert "style-src 'self'; style-src-attr 'unsafe-inline'" in policy
    assert policy.count("unsafe-inline") == 1
    for page in (f"/admin/drafts/{draft.id}", f"/admin/drafts/{draft.id}/edit/forms/look.form"):
        admin.get(page)
        assert "unsafe-inline" not in admin.response.headers["Content-Security-Policy"]
