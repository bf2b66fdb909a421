"""Files of a draft: new ones, copies, files from outside, taken out, put back, their English."""

from __future__ import annotations

import io
import json

import pytest

from mediation.admin.editor import operations
from mediation.extensions import command, db
from mediation.models import DraftFile, ReleaseDraft, User
from tests.mediation.editor.conftest import in_draft
from tests.mediation.editor.test_saving import BOMB, OUTSIDE
from tests.person import Person
from tests.small_release import flow

NEW = {
    "flow": ("quiet_hours.bpmn", "先调查后调解"),
    "form": ("forms/quiet_hours.form", "先调查后调解"),
    "decision": ("decisions/quiet_hours.dmn", "先调查后调解"),
}
DRAWN_ELSEWHERE = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d"
targetNamespace="x"><process id="from_outside" name="外来" isExecutable="false">
<userTask id="ask" name="询问" camunda:formKey="look" /></process></definitions>"""


def hands_in(admin, draft, name, content, status=200):
    data = {"file": (io.BytesIO(content if isinstance(content, bytes) else content.encode()), name)}
    return admin.post(f"/admin/drafts/{draft.id}/import", data, status=status)


@pytest.mark.parametrize("kind", NEW)
def test_a_new_flow_form_or_decision_opens_in_its_editor(admin, draft, kind):
    path, name = NEW[kind]
    admin.get(f"/admin/drafts/{draft.id}")
    page = admin.submit({"kind": kind, "key": "quiet_hours", "name": name, "role": "mediator"}, form="#add-form")
    assert admin.response.request.path.endswith(f"/edit/{path}")
    assert name in page.get_text()
    assert in_draft(draft.id, path)


@pytest.mark.parametrize("source", ["intake.bpmn", "forms/look.form", "decisions/rating.dmn"])
def test_a_copy_has_a_key_of_its_own_and_raises_no_error(admin, draft, source):
    admin.get(f"/admin/drafts/{draft.id}")
    admin.submit({"key": "another", "name": "另一个", "copy": source}, form="#add-form")
    page = admin.get(f"/admin/drafts/{draft.id}/findings")
    assert "duplicate" not in page.get_text()
    assert "错误" not in [mark.get_text(strip=True) for mark in page.select("#findings .mark-danger")]


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "flow", "key": "intake", "name": "又一个"},
        {"kind": "form", "key": "Look", "name": "大写"},
        {"kind": "flow", "key": "../x", "name": "路径"},
        {"kind": "flow", "key": "fine", "name": " "},
        {"kind": "other", "key": "fine", "name": "别的"},
        {"kind": "form", "key": "fine", "name": "副本", "copy": "forms/none.form"},
    ],
)
def test_a_key_that_is_taken_or_no_key_is_refused_and_what_was_typed_stays(admin, draft, typed):
    page = admin.post(f"/admin/drafts/{draft.id}/new", typed, status=422)
    assert page.select_one("#add-form #key")["value"] == typed["key"]
    assert db.session.query(DraftFile).count() == 0


def test_a_diagram_from_elsewhere_is_put_right_and_every_change_is_told(admin, draft):
    page = hands_in(admin, draft, "theirs.bpmn", DRAWN_ELSEWHERE)
    told = page.get_text()
    assert "from_outside.bpmn" in told
    assert "formKey" in told
    assert b"camunda:formKey" not in in_draft(draft.id, "from_outside.bpmn")


def test_a_file_of_the_same_key_replaces_the_one_in_the_draft(admin, draft):
    hands_in(admin, draft, "anything.bpmn", flow("来自文件"))
    assert "来自文件".encode() in in_draft(draft.id, "intake.bpmn")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.bpmn", BOMB),
        ("outside.bpmn", OUTSIDE),
        ("outside.dmn", OUTSIDE),
        ("deep.bpmn", "<a>" * 200 + "</a>" * 200),
        ("form.form", "{"),
        ("form.form", '{"id": "../../roles", "components": []}'),
        ("page.html", "<html></html>"),
        ("empty.bpmn", ""),
        ("program.exe", b"MZ\x00\x01"),
    ],
)
def test_what_is_no_flow_or_means_harm_is_refused_with_a_sentence(admin, draft, name, content):
    page = hands_in(admin, draft, name, content, status=422)
    assert page.select_one(".callout-danger").get_text(strip=True)
    assert db.session.query(DraftFile).count() == 0


def test_a_file_that_is_too_large_is_not_read_to_its_end(admin, draft, monkeypatch):
    for module in ("workflows.dialect", "mediation.admin.editor.draft_views"):
        monkeypatch.setattr(f"{module}.LARGEST", 1000)
    page = hands_in(admin, draft, "large.bpmn", flow(), status=422)
    assert "5 MB" in page.select_one(".callout-danger").get_text()
    assert db.session.query(DraftFile).count() == 0


def test_what_is_taken_out_can_be_put_back(admin, draft):
    admin.post(f"/admin/drafts/{draft.id}/remove/forms/look.form")
    assert in_draft(draft.id, "forms/look.form") is None
    assert "look" in admin.get(f"/admin/drafts/{draft.id}/findings").get_text()
    admin.post(f"/admin/drafts/{draft.id}/restore/forms/look.form")
    assert in_draft(draft.id, "forms/look.form") is not None
    assert admin.get(f"/admin/drafts/{draft.id}/publish").select("tbody tr") == []


def test_the_english_stands_beside_the_chinese_and_is_kept_in_the_draft(admin, draft):
    page = admin.get(f"/admin/drafts/{draft.id}/words/intake.bpmn")
    assert page.select_one("[name='processes/intake/elements/look/name']")["value"] == "Look at it"
    admin.submit({"processes/intake/elements/look/name": "Look twice", "processes/intake/elements/end/name": ""})
    english = json.loads(in_draft(draft.id, "i18n/en.json"))["processes"]["intake"]["elements"]
    assert english["look"]["name"] == "Look twice"
    assert "end" not in english
    assert "missing-translation" in admin.get(f"/admin/drafts/{draft.id}/findings").get_text()


def test_english_that_was_saved_meanwhile_is_not_overwritten_unseen(admin, draft):
    admin.get(f"/admin/drafts/{draft.id}/words/intake.bpmn")
    admin.post(f"/admin/drafts/{draft.id}/words/forms/look.form", {"revision": "0", "forms/look/title": "Inspect"})
    admin.get(f"/admin/drafts/{draft.id}/words/intake.bpmn")
    page = admin.submit({"revision": "0", "processes/intake/name": "Entry"}, status=409)
    assert page.select_one("[name='processes/intake/name']")["value"] == "Entry"
    admin.submit()
    english = json.loads(in_draft(draft.id, "i18n/en.json"))
    assert (english["processes"]["intake"]["name"], english["forms"]["look"]["title"]) == ("Entry", "Inspect")


def test_a_download_gives_the_file_as_it_stands(admin, draft):
    told = admin.client.get(f"/admin/drafts/{draft.id}/file/intake.bpmn?download=1")
    assert told.headers["Content-Disposition"].startswith("attachment")
    assert told.data == flow()


def test_a_file_with_a_chinese_name_is_fetched(draft: ReleaseDraft, admin: Person) -> None:
    """Headers are Latin: a name in Chinese goes in the way that browsers decode."""
    with command():
        operations.save(draft, "forms/调解.form", b"{}", 0, by=db.session.query(User).first())
    admin.stays()
    answer = admin.client.get(f"/admin/drafts/{draft.id}/file/forms/调解.form")
    assert answer.headers["Content-Disposition"].encode("latin-1").endswith(b"filename*=UTF-8''%E8%B0%83%E8%A7%A3.form")


@pytest.mark.parametrize("sent", ['{"revision": 0, "content": "\\ud800"}', "[" * 100_000, '{"content": 7}'])
@pytest.mark.parametrize("what", ["edit/roles.json", "preview", "layout"])
def test_what_no_script_sends_is_refused(draft: ReleaseDraft, admin: Person, what: str, sent: str) -> None:
    admin.stays()
    answer = admin.client.post(
        f"/admin/drafts/{draft.id}/{what}", data=sent, content_type="application/json",
        headers={"X-CSRFToken": admin.token(), "Accept": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 400
