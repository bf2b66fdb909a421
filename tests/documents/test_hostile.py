"""Hostile facts and hostile layouts come out as harmless text or as a clear refusal; nothing is ever fetched."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from documents.bundle import Layouts
from documents.refusals import PaperRefused
from documents.render import render
from documents.samples import CHECK_URL, SAMPLES
from tests.documents.conftest import plain, text_of

SHOWN = {
    "script": "<script>alert(1)</script>",
    "image": '<img src="https://evil.example/x.png" onerror="alert(1)">',
    "file-image": "<img src=file:///etc/passwd>",
    "svg": '<svg onload="alert(1)"><image href="http://evil.example/"/></svg>',
    "style": "<style>*{display:none}</style>",
    "css-break": "} body { background: url(http://evil.example/) } {",
    "style-attribute": '" style="position:fixed;top:0;font-size:400pt',
    "close-tag": "</p></body></html>",
    "comment": "<!-- --><!--",
    "entity": "&lt;b&gt;&#60;&amp;nbsp;",
    "doctype": '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;',
    "cdata": "<![CDATA[<b>]]>",
    "link": '<a href="javascript:alert(1)">x</a>',
    "attachment": '<link rel=attachment href="file:///etc/passwd">',
    "meta": '<meta http-equiv="refresh" content="0;url=http://evil.example">',
    "base": '<base href="http://evil.example/">',
    "object": '<object data="file:///etc/passwd"></object>',
    "iframe": "<iframe src=http://169.254.169.254/latest></iframe>",
    "jinja": "{{ 7*7 }}{% for x in ().__class__.__mro__ %}{% endfor %}",
    "jinja-config": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "format": "%s%n{0.__class__}",
    "pdf": ") Tj ET endstream endobj 1 0 obj << /JS (app.alert) >>",
    "quotes": "\"'`“”‘’«»",
    "data": "data:text/html;base64,PHNjcmlwdD4=",
    "backslash": "\\\\server\\share\\a \\0 \\u0041",
    "sql": "'; DROP TABLE party; --",
    "formula": "=HYPERLINK(A1)+cmd|'/c calc'!A0",
}
HIDDEN = {
    "right-to-left": "李\u202e四\u202c",
    "isolate": "李\u2066四\u2069",
    "zero-width": "李\u200b\u200d四\ufeff",
    "nul": "李\x00四",
    "escape": "李\x1b[31m四",
    "backspace": "李\x08四",
    "c1": "李\x85\x9b四",
    "soft-hyphen": "李\u00ad四",
    "variation": "李\ufe00\U000e0101四",
    "tags": "李\U000e0041\U000e007f四",
    "hangul-filler": "李\u3164四",
    "line-separators": "李\u2028\u2029\r\n四",
    "tabs": "李\t\t四",
}
REFUSED = {
    "surrogate": ("李\udcff", "no-glyph"),
    "private-use": ("李\uf8ff", "no-glyph"),
    "noncharacter": ("李\uffff", "no-glyph"),
    "unassigned": ("李\U0003ffff", "no-glyph"),
    "emoji": ("李👨‍👩‍👧", "no-glyph"),
    "arabic": ("محمد", "no-glyph"),
    "hebrew": ("דוד", "no-glyph"),
    "thai": ("สมชาย", "no-glyph"),
    "zalgo": ("Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d", "no-glyph"),
    "long": ("李" * 10_000, "too-long"),
    "long-with-hidden": ("\u200b" * 10_000, "too-long"),
    "only-hidden": ("\u200b\u202e", "missing"),
    "only-space": (" \u3000 ".strip() or "  ", "missing"),
    "number": (7, "wrong-type"),
    "list": (["李四"], "wrong-type"),
    "markup-like": ({"__html__": "<b>"}, "wrong-type"),
}
BAD_PDF = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/OpenAction", "/AA", "/URI", "/Filespec", "/RichMedia")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("a paper tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def assert_harmless(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                assert not set(BAD_PDF) & {str(key) for key in item.keys()}  # noqa: SIM118 - a pikepdf object is no dict
                assert str(item.get("/S", "")) not in BAD_PDF
        pictures = [item for item in document.objects if isinstance(item, pikepdf.Stream) and item.get("/Width")]
        assert len(pictures) == 1


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("where", ["party", "matter", "body"])
def test_markup_in_facts_is_printed_as_the_text_it_is(
    where: str, name: str, facts: Callable[[str], dict[str, Any]]
) -> None:
    hostile = facts("extension_notice")
    place = {"party": hostile["parties"][0], "matter": hostile, "body": hostile["body"]}[where]
    key = "matter" if where == "matter" else "name"
    place[key] = SHOWN[name][: 60 if key == "name" else 120]
    paper = render("extension_notice", hostile, check_url=CHECK_URL)
    assert plain(place[key]) in plain(text_of(paper.pdf))
    assert_harmless(paper.pdf)


@pytest.mark.parametrize("name", HIDDEN)
def test_characters_that_hide_or_reorder_leave_plain_text(name: str, facts: Callable[[str], dict[str, Any]]) -> None:
    hostile = facts("extension_notice")
    hostile["parties"][0]["name"] = HIDDEN[name]
    paper = render("extension_notice", hostile, check_url=CHECK_URL)
    text = plain(text_of(paper.pdf))
    assert "甲方李四" in text or "甲方李[31m四" in text
    assert_harmless(paper.pdf)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("kind", ["invitation", "acceptance_notice"])
def test_what_cannot_be_printed_is_refused_by_name(
    kind: str, name: str, facts: Callable[[str], dict[str, Any]]
) -> None:
    value, code = REFUSED[name]
    hostile = {**facts(kind), "addressee": value}
    with pytest.raises(PaperRefused) as refusal:
        render(kind, hostile)
    assert (refusal.value.code, refusal.value.field) == (code, "addressee")
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("long", ["李" * 60, "A" * 60, "-" * 60, "1" * 60, "（" * 60, "李，" * 30, "·" * 60, "𬭎" * 60])
def test_the_longest_names_stay_on_the_paper(long: str, facts: Callable[[str], dict[str, Any]]) -> None:
    hostile = facts("agreement")
    hostile["parties"][0]["name"] = long
    for instalment in hostile["instalments"]:
        instalment["payee"] = "甲方"
    text = plain(text_of(render("agreement", hostile).pdf))
    assert text.count(long) == 5  # as a party, in three instalments, and where it signs


def test_a_table_at_its_limit_runs_over_pages_with_its_head_repeated(facts: Callable[[str], dict[str, Any]]) -> None:
    hostile = facts("agreement")
    row = {**hostile["instalments"][0], "amount": "200.00"}
    hostile["instalments"] = [row] * 60
    paper = render("agreement", hostile)
    assert paper.pages <= 6
    assert plain(text_of(paper.pdf)).count("期次付款人收款人") >= 2


@pytest.mark.parametrize(
    "many",
    [
        {"speeches": [{"speaker": "某", "text": "话" * 5000}] * 300},
        {"speeches": [{"speaker": "某", "text": "话"}] * 301},
        {"record": "话" * 30_001},
        {"participants": [{"name": "某"}] * 31},
        {"participants": [{"name": "某"} for _ in range(100_000)]},
    ],
)
def test_more_than_a_paper_can_hold_is_refused(many: dict[str, Any], facts: Callable[[str], dict[str, Any]]) -> None:
    with pytest.raises(PaperRefused, match="too-(long|many)"):
        render("minutes", {**facts("minutes"), **many})


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://a/", "//a", "", "https://a/ b", 7),
        *("https://a/\nb", "https://例/", "https://a/" + "x" * 300, b"https://a/", "https://a/\x00"),
    ],
)
def test_only_a_plain_web_address_stands_behind_the_qr_code(address: Any) -> None:
    with pytest.raises(PaperRefused) as refusal:
        render("invitation", SAMPLES["invitation"], check_url=address)
    assert refusal.value.field == "check_url"


@pytest.mark.parametrize(
    "layout",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ addressee.__class__ }}",
        "{{ m.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self._TemplateReference__context.environment }}",
        "{{ range(10 ** 9)|list }}",
        "{{ '%s' % nothing }}",
        "{{ bring.append('x') }}",
        "{% include '/etc/passwd' %}",
        "{% include '../kinds/records.json' %}",
        "{% import 'os' as os %}",
        "{{ 1 / 0 }}",
        "{% if %}",
        "{{ addressee|nonesuch }}",
        "<img src='file:///etc/passwd'>",
        "<img src='https://evil.example/a.png'>",
        "<img src='//evil.example/a.png'>",
        "<img src='data:image/png;base64,iVBORw0KGgo='>",
        "<img src='paper:other'>",
        "<link rel=stylesheet href='https://evil.example/a.css'>",
        "<link rel=attachment href='file:///etc/passwd'>",
        "<style>@import url('https://evil.example/a.css');</style>",
        "<style>@font-face { font-family: X; src: url('file:///etc/passwd') } p { font-family: X }</style>",
        "<style>p { background: url('https://evil.example/a.png') }</style><p>x</p>",
        "<p style=\"list-style-image: url('file:///etc/passwd'); display: list-item\">x</p>",
        "<object data='file:///etc/passwd' type='image/png'></object>",
        "<embed src='file:///etc/passwd' type='image/png'>",
    ],
)
def test_a_hostile_layout_is_refused(layout: str) -> None:
    with pytest.raises(PaperRefused, match="layout"):
        render("invitation", SAMPLES["invitation"], layouts=with_layout(layout))


def with_layout(layout: str) -> Layouts:
    whole = '{% extends "base.html" %}{% block content %}' + layout + "{% endblock %}"
    return Layouts.of({**Layouts.shipped().files, "layouts/invitation.html": whole})


def test_a_hostile_style_sheet_is_refused() -> None:
    files = Layouts.shipped().files
    for rule in ('@import "file:///etc/passwd";', "body { background: url(https://evil.example/) }"):
        sheet = rule + files["layouts/paper.css"]
        with pytest.raises(PaperRefused, match="layout"):
            render("invitation", SAMPLES["invitation"], layouts=Layouts.of({**files, "layouts/paper.css": sheet}))


def test_a_layout_is_told_nothing_but_plain_facts() -> None:
    layout = "<p>{{ addressee }}|{{ meeting.place }}|{{ title }}|{{ 'no' if kind is defined else 'plain' }}</p>"
    text = text_of(render("invitation", SAMPLES["invitation"], layouts=with_layout(layout)).pdf)
    assert "王䶮|青禾区综治中心二楼|参加调解邀请书|plain" in plain(text)


def test_papers_are_printed_in_chinese_only() -> None:
    with pytest.raises(PaperRefused, match="language"):
        render("invitation", SAMPLES["invitation"], language="en")
