"""Forms of a release as WTForms: every kind of question, rows, conditions, errors at their place, nothing lost."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from mediation.forms import AnswerForm, Circumstances, rule_names
from workflows import forms

EVERYTHING = [
    {"type": "text", "text": "# 说明"},
    {"type": "textfield", "key": "name", "label": "姓名", "validate": {"required": True, "maxLength": 20}},
    {"type": "textarea", "key": "story", "label": "经过"},
    {"type": "number", "key": "amount", "label": "金额（元）", "properties": {"money": "true"}, "validate": {"min": 0}},
    {"type": "datetime", "key": "day", "label": "日期", "subtype": "date"},
    {"type": "datetime", "key": "moment", "label": "时间", "subtype": "datetime"},
    {"type": "datetime", "key": "hour", "label": "几点", "subtype": "time"},
    {
        "type": "radio",
        "key": "side",
        "label": "哪一方",
        "values": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}],
    },
    {"type": "select", "key": "party", "label": "当事人", "valuesKey": "parties"},
    {"type": "checkbox", "key": "read", "label": "已宣读"},
    {
        "type": "checklist",
        "key": "papers",
        "label": "材料",
        "values": [{"value": "x", "label": "甲证"}, {"value": "y", "label": "乙证"}],
    },
    {
        "type": "textarea",
        "key": "reason",
        "label": "理由",
        "validate": {"required": True},
        "conditional": {"hide": '=side != "b"'},
    },
    {"type": "group", "label": "送达", "components": [{"type": "textfield", "key": "address", "label": "地址"}]},
    {
        "type": "group",
        "path": "service",
        "label": "方式",
        "components": [{"type": "textfield", "key": "how", "label": "如何"}],
    },
    {
        "type": "dynamiclist",
        "path": "parts",
        "label": "分期",
        "properties": {"min": "1", "max": "3"},
        "components": [
            {"type": "number", "key": "sum", "label": "数额", "validate": {"required": True}},
            {"type": "checkbox", "key": "cash", "label": "现金"},
            {"type": "textfield", "key": "account", "label": "账号", "conditional": {"hide": "=cash"}},
        ],
    },
]
PARTIES = {"parties": [("1", "王建国"), ("2", "李秀兰")]}
TYPED = {
    "name": "王建国",
    "story": "一\n二",
    "amount": "1,200.50",
    "day": "2026-11-24",
    "moment": "2026-11-24T10:30",
    "hour": "09:15",
    "side": "a",
    "party": "2",
    "read": "y",
    "papers": ["x", "y"],
    "address": "幸福路",
    "service-how": "邮寄",
    "parts-0-rowmark": "1",
    "parts-0-sum": "600.25",
    "parts-1-rowmark": "1",
    "parts-1-sum": "600.25",
    "parts-1-cash": "y",
}


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Any:
    with app.test_request_context("/"):
        yield


def form(components: list[dict[str, Any]], typed: Any = None, known: Any = None, **around: Any) -> AnswerForm:
    definition = forms.parse(json.dumps({"id": "f", "components": components}).encode())
    circumstances = Circumstances({"case": {}, **around}, PARTIES)
    return AnswerForm(definition, circumstances, typed=MultiDict(typed) if typed is not None else None, known=known)


def test_every_kind_of_question_comes_back_as_its_own_type() -> None:
    filled = form(EVERYTHING, TYPED)
    assert filled.check(), filled.errors
    moment = filled.answers.pop("moment")
    assert moment == datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    assert filled.answers.pop("hour").isoformat() == "09:15:00"
    assert filled.answers == {
        "name": "王建国",
        "story": "一\n二",
        "amount": Decimal("1200.50"),
        "day": date(2026, 11, 24),
        "side": "a",
        "party": "2",
        "read": True,
        "papers": ["x", "y"],
        "address": "幸福路",
        "service": {"how": "邮寄"},
        "parts": [{"sum": Decimal("600.25"), "cash": False, "account": None}, {"sum": Decimal("600.25"), "cash": True}],
    }


def test_what_is_known_is_drawn_as_it_would_be_typed() -> None:
    first = form(EVERYTHING, TYPED)
    first.check()
    again = form(EVERYTHING, known=first.answers)
    assert [again[name]._value() for name in ("amount", "day", "moment", "hour")] == [
        "1200.50", "2026-11-24", "2026-11-24T10:30", "09:15",
    ]  # fmt: skip
    assert len(again["parts"]) == 2
    assert again["name"].known
    assert again.check()
    assert again.answers == first.answers


def test_only_what_must_be_answered_is_told_to_be_required() -> None:
    drawn = form(EVERYTHING)
    told = {name: " required" in str(drawn[name]()) for name in ("name", "story", "amount", "day", "moment", "party")}
    assert [name for name, must in told.items() if must] == ["name"]


def test_answers_read_back_from_json_mean_the_same() -> None:
    first = form(EVERYTHING, TYPED)
    first.check()
    again = form(EVERYTHING, known=json.loads(json.dumps(first.answers, default=str)))
    assert again.check()
    assert again.answers == first.answers


def test_a_hidden_question_is_neither_drawn_nor_required_nor_kept() -> None:
    shown, hidden = form(EVERYTHING, {**TYPED, "side": "b"}), form(EVERYTHING, {**TYPED, "reason": "写过"})
    assert (shown["reason"].hidden_now, hidden["reason"].hidden_now) == (False, True)
    assert not shown.check()
    assert shown["reason"].errors
    assert hidden.check()
    assert "reason" not in hidden.answers


def test_a_row_hides_by_its_own_answers() -> None:
    rows = form(EVERYTHING, TYPED)["parts"].entries
    assert [row.form["account"].hidden_now for row in rows] == [False, True]


def test_an_error_in_a_row_is_told_there_and_in_the_summary() -> None:
    filled = form(EVERYTHING, {**TYPED, "parts-1-sum": "viel"})
    assert not filled.check()
    assert filled["parts"].entries[1].form["sum"].errors
    assert not filled["parts"].entries[0].form["sum"].errors
    assert "parts" in filled.errors


def test_rows_are_added_and_removed_without_judging_anything() -> None:
    filled = form(EVERYTHING, {**TYPED, "name": ""})
    assert filled.redrawn({"_add": "parts"})
    assert [entry.form["sum"].data for entry in filled["parts"]] == ["600.25", "600.25", None]
    assert filled.redrawn({"_add": "parts"})
    assert len(filled["parts"]) == 3  # no more than the list allows
    assert filled.redrawn({"_remove": filled["parts"].entries[0].name})
    assert len(filled["parts"]) == 2
    assert not filled.errors


def test_the_case_managers_rows_can_be_neither_added_nor_removed() -> None:
    fixed = [{"type": "dynamiclist", "path": "rows", "label": "各方", "properties": {"fixed": "true"}, "components": [
        {"type": "textfield", "key": "party", "label": "编号", "properties": {"readonly": "true", "widget": "hidden"}},
        {"type": "textfield", "key": "name", "label": "当事人", "properties": {"readonly": "true"}},
        {"type": "textfield", "key": "note", "label": "说明"},
    ]}]  # fmt: skip
    filled = form(fixed, known={"rows": [{"party": "7", "name": "王建国"}, {"party": "8", "name": "李秀兰"}]})
    assert [row.heading for row in filled["rows"]] == ["王建国", "李秀兰"]
    filled.redrawn({"_add": "rows", "_remove": filled["rows"].entries[0].name})
    assert [row.form["party"].data for row in filled["rows"]] == ["7", "8"]
    assert {row.form["party"].type for row in filled["rows"]} == {"HiddenField"}


def test_a_value_that_no_list_offers_is_refused() -> None:
    filled = form(EVERYTHING, {**TYPED, "party": "3", "side": "c"})
    assert not filled.check()
    assert filled["party"].errors
    assert filled["side"].errors


def test_frames_are_sections_and_texts_stand_between_questions() -> None:
    filled = form(EVERYTHING)
    titles = [title for title, _note, _names in filled.sections]
    assert titles == [None, "送达", None]
    assert filled.sections[1][2] == ["address"]
    assert filled["@0"].text == "说明"
    assert filled["@0"].heading


def test_the_keys_that_rules_read_redraw_the_form() -> None:
    filled = form(EVERYTHING)
    assert filled["side"].drives
    assert not filled["name"].drives
    assert rule_names(filled.definition) == {"side", "cash"}


def test_rules_may_read_the_case_and_variables() -> None:
    asked = [
        {"type": "textfield", "key": "a", "label": "甲", "conditional": {"hide": '=route = "court" or case.minors'}}
    ]
    assert form(asked, route="court")["a"].hidden_now
    assert not form(asked, route="mediation")["a"].hidden_now


def test_what_was_typed_is_told_in_labels_and_words() -> None:
    told = dict(form(EVERYTHING, TYPED).told())
    assert told["哪一方"] == "甲"
    assert told["当事人"] == "李秀兰"
    assert told["材料"] == "甲证、乙证"
    assert told["分期 1 · 数额"] == "600.25"


def test_keys_that_are_names_of_methods_do_no_harm() -> None:
    odd = [
        {"type": "textfield", "key": key, "label": key}
        for key in ("data", "errors", "process", "validate", "meta", "check")
    ]
    filled = form(odd, {"data": "一", "errors": "二", "process": "三", "validate": "四", "meta": "五", "check": "六"})
    assert filled.check()
    assert list(filled.answers.values()) == ["一", "二", "三", "四", "五", "六"]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.dictionaries(st.sampled_from([*TYPED, "parts-7-sum", "parts-x-sum", "nothing"]), st.text(max_size=40)))
def test_whatever_is_sent_is_judged_and_never_breaks_the_page(typed: dict[str, str]) -> None:
    filled = form(EVERYTHING, typed)
    assert filled.check() is not bool(filled.errors)
    assert filled["story"].data == typed.get("story")
