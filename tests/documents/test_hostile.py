"""Hostile facts and hostile layouts come out as harmless text or as a clear refusal; nothing is ever fetched."""

from __future__ import annotations

import copy
import io
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

import pikepdf
import pytest

from documents.bundle import Layouts
from documents.facts import LONGEST_LINE, LONGEST_TEXT
from documents.fonts import Fonts
from documents.refusals import PaperRefused
from documents.render import Paper, Press, render
from documents.samples import CHECK_URL, SAMPLES
from tests.documents.conftest import plain, text_of
from tests.documents.hostile import HIDDEN, ODD, REFUSED, SHOWN

LAYOUTS = Layouts.shipped()
Path = tuple[str | int, ...]
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


class Markup(HTMLParser):
    """What a layout made of its facts, as a reader of HTML understands it: tags with their attributes, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: set[tuple[str, ...]] = set()
        self.text = ""

    @classmethod
    def of(cls, kind: str, clean: dict[str, Any]) -> Markup:
        read = cls()
        read.feed(Press.shared().markup(LAYOUTS, kind, clean))
        return read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks.add((tag, *sorted(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def leaves(kind: str) -> list[tuple[Path, dict[str, Any]]]:
    """Every fact of a sample that is no record: its way there, and its field."""
    return list(_leaves(LAYOUTS.kind(kind).facts, SAMPLES[kind], ()))


def _leaves(fields: Any, facts: dict[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for key, value in facts.items():
        many = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, one in many:
            way = (*path, key) if index is None else (*path, key, index)
            if isinstance(one, dict):
                yield from _leaves(LAYOUTS.records[fields[key]["type"]], one, way)
            else:
                yield way, fields[key]


def at(facts: Any, path: Path) -> Any:
    for step in path:
        facts = facts[step]
    return facts


def put(facts: Any, path: Path, value: Any) -> Any:
    """A copy with another value in one place."""
    changed = copy.deepcopy(facts)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def longest(field: dict[str, Any]) -> int:
    return int(field.get("max", LONGEST_TEXT if field["type"] == "text" else LONGEST_LINE))


def poisoned(kind: str, start: int) -> tuple[dict[str, Any], list[Path]]:
    """The sample with a hostile input in every field of text that may hold it, and the places where one stands."""
    facts, places = SAMPLES[kind], []
    inputs = [*SHOWN, *HIDDEN]
    for number, (path, field) in enumerate(leaf for leaf in leaves(kind) if leaf[1]["type"] in ("line", "text")):
        changed = put(facts, path, inputs[(start + number) % len(inputs)][: longest(field)])
        with suppress(PaperRefused):  # a payer has to be a party: a rule may ask for the honest name
            LAYOUTS.read(kind, changed, Fonts.found().printable)
            facts = changed
            places.append(path)
    return facts, places


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_whatever_stands_in_any_field_is_printed_as_the_text_it_is(
    kind: str, sample_papers: Mapping[str, Paper]
) -> None:
    facts, places = poisoned(kind, start=sorted(SAMPLES).index(kind) * 13)
    clean = LAYOUTS.read(kind, facts)
    markup, honest = (Markup.of(kind, said) for said in (clean, LAYOUTS.read(kind, SAMPLES[kind])))
    assert markup.marks <= honest.marks
    paper = render(kind, facts, check_url=CHECK_URL)
    assert_harmless(paper.pdf)
    shown = [text for text in (plain(at(clean, path)) for path in places) if text in plain(markup.text)]
    assert shown
    printed = Counter(plain(text_of(paper.pdf)))
    lost = {text: Counter(text) - printed for text in shown if Counter(text) - printed}
    assert all(set(letters) == {"-"} for letters in lost.values()), lost  # a hyphen that ends a line is not extracted
    assert set(paper.boxes) == set(sample_papers[kind].boxes)


def test_there_are_two_hundred_inputs_and_every_one_is_printed_or_refused() -> None:
    assert len({*map(repr, (*SHOWN, *HIDDEN, *(value for value, _ in REFUSED), *ODD))}) >= 200
    fields = sum(1 for kind in SAMPLES for _, field in leaves(kind) if field["type"] in ("line", "text"))
    assert fields > len(SHOWN) + len(HIDDEN)


@pytest.mark.parametrize(("hidden", "left"), HIDDEN.items())
def test_characters_that_hide_or_reorder_leave_plain_text(hidden: str, left: str) -> None:
    facts = {**SAMPLES["invitation"], "addressee": hidden}
    assert LAYOUTS.read("invitation", facts, Fonts.found().printable)["addressee"] == left


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_what_cannot_be_printed_is_refused_by_name_in_every_field(kind: str) -> None:
    for number, (path, field) in enumerate(leaves(kind)):
        if field["type"] not in ("line", "text"):
            continue
        for value, code in (REFUSED[(number * 2 + step) % len(REFUSED)] for step in (0, 1)):
            if (code == "too-long" and longest(field) > 10_000) or (code == "missing" and field.get("optional")):
                continue
            with pytest.raises(PaperRefused) as refusal:
                LAYOUTS.read(kind, put(SAMPLES[kind], path, value), Fonts.found().printable)
            short = isinstance(value, str) and len(value) > longest(field)
            assert isinstance(value, bytes) or refusal.value.code == ("too-long" if short else code), (path, value)
            assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_dates_amounts_and_choices_take_nothing_odd(kind: str) -> None:
    for number, (path, field) in enumerate(leaves(kind)):
        if field["type"] in ("line", "text"):
            continue
        for step in range(3):
            with pytest.raises(PaperRefused) as refusal:
                LAYOUTS.read(kind, put(SAMPLES[kind], path, ODD[(number + step * 7) % len(ODD)]))
            assert refusal.value.code in ("wrong-type", "too-long", "missing")


def test_an_input_of_every_type_is_refused_where_it_stands() -> None:
    for value, code in REFUSED:
        with pytest.raises(PaperRefused) as refusal:
            LAYOUTS.read("invitation", {**SAMPLES["invitation"], "addressee": value}, Fonts.found().printable)
        assert isinstance(value, bytes) or (refusal.value.code, refusal.value.field) == (code, "addressee")


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
    return Layouts({**Layouts.shipped().files, "layouts/invitation.html": whole})  # as if nobody had checked it


def test_a_hostile_style_sheet_is_refused() -> None:
    files = Layouts.shipped().files
    for rule in ('@import "file:///etc/passwd";', "body { background: url(https://evil.example/) }"):
        sheet = rule + files["layouts/paper.css"]
        with pytest.raises(PaperRefused, match="layout"):
            render("invitation", SAMPLES["invitation"], layouts=Layouts({**files, "layouts/paper.css": sheet}))


@pytest.mark.parametrize("layout", ["", "  ", "<!-- nothing -->", "<?xml version='1.0' encoding='gbk'?>"])
def test_a_layout_that_says_nothing_is_an_empty_page(layout: str) -> None:
    files = {**Layouts.shipped().files, "layouts/invitation.html": layout}
    paper = render("invitation", SAMPLES["invitation"], layouts=Layouts(files))
    assert (paper.pages, plain(text_of(paper.pdf))) == (1, "第1页共1页")


def test_entities_that_a_layout_declares_bring_nothing_in() -> None:
    layout = '<!DOCTYPE html [<!ENTITY file SYSTEM "file:///etc/passwd">]><p>begin &file; end</p>'
    files = {**Layouts.shipped().files, "layouts/invitation.html": layout}
    text = text_of(render("invitation", SAMPLES["invitation"], layouts=Layouts(files)).pdf)
    assert "end" in text
    assert "root:" not in text


def test_a_layout_is_told_nothing_but_plain_facts() -> None:
    layout = "<p>{{ addressee }}|{{ meeting.place }}|{{ title }}|{{ 'no' if kind is defined else 'plain' }}</p>"
    text = text_of(render("invitation", SAMPLES["invitation"], layouts=with_layout(layout)).pdf)
    assert "王䶮|青禾区综治中心二楼|参加调解邀请书|plain" in plain(text)


def test_papers_are_printed_in_chinese_only() -> None:
    with pytest.raises(PaperRefused, match="language"):
        render("invitation", SAMPLES["invitation"], language="en")
