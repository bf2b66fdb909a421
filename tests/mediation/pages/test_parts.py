"""The parts of pages and the frames: they keep to the strict content security policy and read well without sight."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mediation import clock

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
FRAME = {
    "centre": "Green Hill Centre",
    "phone": "0531 8800 0110",
    "search_url": "/search",
    "work_url": "/work",
    "notices_url": "/notices",
    "notices": 120,
    "user_name": "Li Xiao",
    "logout_url": "/leave",
    "places": [
        {"key": "work", "label": "My work", "url": "/work", "count": 3},
        {"key": "cases", "label": "Cases", "url": "/cases"},
    ],
    "languages": [
        {"code": "zh", "label": "中", "url": "/zh", "current": False},
        {"code": "en", "label": "EN", "url": "/en", "current": True},
    ],
}
ERRORS = sorted(path.name for path in (TEMPLATES / "errors").glob("[0-9]*.html"))


@pytest.mark.parametrize("template", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")))
def test_no_page_carries_inline_styles_or_scripts(template):
    source = (TEMPLATES / template).read_text("utf-8")
    assert " style=" not in source
    assert "<style" not in source
    handlers = ("onclick", "onchange", "onsubmit", "onload", "oninput", "hx-on")
    assert not any(f" {handler}" in source for handler in handlers)
    assert "<script>" not in source


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_is_a_whole_page_in_plain_words(draw, name):
    page = draw(f'{{% include "errors/{name}" %}}', frame=FRAME)
    assert page.h1.text
    assert page.select_one("main").find("p")
    assert name[:3] not in page.h1.text


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_comes_out_even_without_a_frame(draw, name):
    assert draw(f'{{% include "errors/{name}" %}}').h1.text


def test_what_was_typed_is_kept_on_the_page_that_refuses_it(draw):
    page = draw('{% include "errors/409.html" %}', frame=FRAME, kept=[("Facts", "The ceiling is wet.")])
    assert "The ceiling is wet." in page.main.text


def test_the_frame_starts_with_a_skip_link_and_marks_the_place(draw):
    page = draw(
        '{% extends "base.html" %}{% set place = "work" %}{% block heading %}My work{% endblock %}', frame=FRAME
    )
    assert page.body.find("a")["href"] == "#main"
    assert page.find(id="main").name == "main"
    assert page.select_one(".places a[aria-current=page]")["href"] == "/work"
    assert page.title.text == "My work · Green Hill Centre"
    assert page.select_one(".bar .count").text == "99+"


def test_residents_see_the_telephone_number_and_nothing_of_the_staff_frame(draw):
    page = draw('{% extends "portal_base.html" %}{% block heading %}Where your case stands{% endblock %}', frame=FRAME)
    assert page.select_one("a[href^='tel:']")["href"] == "tel:053188000110"
    assert not page.select(".places, .search, #search")


def test_large_type_is_remembered_by_a_cookie(bare_app, draw):
    with bare_app.test_request_context("/", headers={"Cookie": "type=large"}):
        page = draw('{% extends "base.html" %}', frame=FRAME)
    assert page.html["class"] == ["large-type"]


@pytest.mark.parametrize(
    ("due", "tone", "said"),
    [
        (date(2026, 11, 19), "due-over", "2 days over"),
        (date(2026, 11, 21), "due-today", "due today"),
        (date(2026, 11, 24), "due-soon", "3 days left"),
        (date(2026, 12, 24), "due-far", "33 days left"),
    ],
)
def test_a_deadline_has_an_icon_and_words_beside_its_colour(draw, due, tone, said):
    with clock.at(datetime(2026, 11, 21, 2, 0, tzinfo=UTC)):
        page = draw('{% from "macros/deadline.html" import deadline %}{{ deadline(due) }}', due=due)
    shown = page.select_one(".due")
    assert tone in shown["class"]
    assert shown.text == said
    assert shown.svg


def test_the_tracker_says_each_state_in_words(draw):
    stages = [
        {"label": "Registered", "status": "done"},
        {"label": "Mediation", "status": "now"},
        {"label": "Court", "status": "skipped"},
    ]
    page = draw('{% from "macros/page.html" import tracker %}{{ tracker(stages) }}', stages=stages)
    said = [item.select_one(".visually-hidden").text.strip() for item in page.select("li")]
    assert said == ["(done)", "(now)", "(left out)"]
    assert page.select_one("[aria-current=step]").text.strip().startswith("Mediation")


def test_an_action_is_a_form_with_a_token_and_may_ask_first(draw):
    page = draw(
        '{% from "macros/page.html" import post_button %}'
        '{{ post_button("/end", "End", "danger", confirm="Really?", fields={"why": "x"}) }}'
    )
    assert page.form["method"] == "post"
    assert page.form["data-confirm"] == "Really?"
    assert page.select_one("[name=csrf_token]")["value"]
    assert page.select_one("[name=why]")["value"] == "x"


def test_marks_of_a_flow_survive_quotes_in_their_notes(draw):
    marks = {"done": ["a"], "notes": {"a": 'Li said: "it\'s done" <ok>'}}
    source = '{% from "macros/page.html" import flow_diagram %}{{ flow_diagram("/flow", marks, "Flow") }}'
    page = draw(source, marks=marks)
    assert json.loads(page.figure["data-flow-marks"]) == marks


def test_the_end_of_a_list_is_a_link_that_works_without_a_script(draw):
    page = draw(
        '{% from "macros/page.html" import more %}<table><tbody id="list">'
        '{{ more("/work?after=9", "list", 5) }}{{ more(None, "list", 5) }}</tbody></table>'
    )
    assert [link["href"] for link in page.select("a")] == ["/work?after=9"]
    assert page.td["colspan"] == "5"
