"""Layouts of papers in a draft: changed as text, seen as the sample prints them, refused when they would not print."""

from __future__ import annotations

import base64

import pytest

from mediation.extensions import db
from mediation.models import ReleaseDraft
from mediation.releases import current_release_hash, load_bundle
from tests.mediation.editor.conftest import in_draft

LAYOUT = "documents/layouts/agreement.html"


def layout_text() -> str:
    return load_bundle(current_release_hash()).files[LAYOUT].decode()


def preview(admin, draft, text, kind="agreement"):
    return admin.post(f"/admin/drafts/{draft.id}/paper-preview/{LAYOUT}?kind={kind}", {"content": text})


def test_the_sample_is_seen_as_pictures_while_the_layout_is_written(admin, draft):
    page = preview(admin, draft, layout_text().replace("协议内容", "约定的内容"))
    pictures = [image["src"] for image in page.select("[data-preview] img")]
    assert len(pictures) >= 2
    assert all(base64.b64decode(one.partition(",")[2]).startswith(b"\x89PNG") for one in pictures)
    assert in_draft(draft.id, LAYOUT) == layout_text().encode()


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("{{ facts|safe }}", "safe"),
        ("{% autoescape false %}{{ facts }}{% endautoescape %}", "autoescape"),
        ("{{ secret }}", "secret"),
        ("{% include '/etc/passwd' %}", "/etc/passwd"),
        ("<img src='http://elsewhere.example/x.png'>", "外部内容"),
        ("{% if %}", "花括号"),
        ("{{ ''.__class__.__mro__ }}", "版式有误"),
        ("{% for a in range(999999999) %}x{% endfor %}", "版式有误"),
    ],
)
def test_a_layout_that_reaches_for_more_than_its_facts_is_told_so_and_prints_nothing(admin, draft, added, told):
    page = preview(admin, draft, layout_text().replace("{% endblock %}", added + "{% endblock %}"))
    assert told in page.select_one("[data-preview]").get_text()
    assert not page.select("img")


def test_the_editor_is_headed_by_the_name_of_the_paper_in_the_language_of_the_page(admin, draft):
    for spoken, name in (("zh", "人民调解协议书"), ("en", "Mediation agreement")):
        page = admin.speaks(spoken).get(f"/admin/drafts/{draft.id}/edit/{LAYOUT}")
        assert name in page.h1.get_text()


def test_the_findings_lead_to_the_line(admin, draft):
    admin.get(f"/admin/drafts/{draft.id}/edit/{LAYOUT}")
    page = admin.submit({"content": layout_text().replace("{{ matter }}", "{{ mattress }}")}, form="#form")
    line = layout_text().split("{{ matter }}")[0].count("\n") + 1
    finding = page.select_one(f"#findings a[data-element='line-{line}']")
    assert "mattress" in finding.get_text()


def test_a_layout_whose_sample_does_not_print_is_not_published(admin, draft):
    admin.get(f"/admin/drafts/{draft.id}/edit/{LAYOUT}")
    admin.submit({"content": layout_text().replace("{{ matter }}", "{{ matter.nothing.at.all }}")}, form="#form")
    page = admin.post(f"/admin/drafts/{draft.id}/publish", {"note": "换了版式"}, status=422)
    assert "人民调解协议书" in page.select_one("[role=alert]").get_text()
    assert db.session.get(ReleaseDraft, draft.id).closed_at is None


def test_a_changed_layout_is_published_and_new_papers_are_printed_with_it(admin, draft):
    before = current_release_hash()
    admin.get(f"/admin/drafts/{draft.id}/edit/{LAYOUT}")
    admin.submit({"content": layout_text().replace("协议内容", "约定的内容")}, form="#form")
    admin.post(f"/admin/drafts/{draft.id}/publish", {"note": "换了标题"})
    assert current_release_hash() != before
    assert "约定的内容" in layout_text()


def test_a_layout_that_others_extend_is_seen_as_what_they_print(admin, draft):
    parent = "documents/layouts/arbitration_application.html"
    text = load_bundle(current_release_hash()).files[parent].decode()
    page = admin.get(f"/admin/drafts/{draft.id}/edit/{parent}")
    offered = {option["value"] for option in page.select("#preview-kind option")}
    assert offered == {"labour_arbitration_application", "land_arbitration_application"}
    url = f"/admin/drafts/{draft.id}/paper-preview/{parent}?kind=land_arbitration_application"
    assert admin.post(url, {"content": text.replace("仲裁请求", "请求仲裁的事项")}).select("[data-preview] img")
    assert "mattress" in admin.post(url, {"content": text.replace("{{ matter }}", "{{ mattress }}")}).get_text()
