"""Forms are read from form-js files, and answers are judged by the server alone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows import forms, roles
from workflows.forms import Form
from workflows.problems import BrokenFile

FIELDS: list[dict[str, Any]] = [
    {"type": "text", "text": "请核对"},
    {"type": "radio", "key": "decision", "label": "态度", "validate": {"required": True},
     "values": [{"value": "yes", "label": "同意"}, {"value": "no", "label": "拒绝"}]},
    {"type": "textarea", "key": "reason", "label": "理由", "validate": {"required": True, "maxLength": 10},
     "conditional": {"hide": '=decision = "yes"'}},
    {"type": "group", "label": "送达", "path": "service", "components": [
        {"type": "textfield", "key": "phone", "label": "电话", "validate": {"validationType": "phone"}}]},
    {"type": "dynamiclist", "path": "instalments", "label": "分期", "properties": {"max": "2"}, "components": [
        {"type": "number", "key": "amount", "label": "金额", "properties": {"money": True},
         "validate": {"required": True, "min": 0}},
        {"type": "datetime", "key": "due_on", "label": "日期", "subtype": "date"}]},
]  # fmt: skip


def form(*fields: dict[str, Any]) -> Form:
    return forms.parse(json.dumps({"id": "f", "components": list(fields or FIELDS)}).encode())


def one(kind: str, value: Any, **more: Any) -> Any:
    """The clean answer of a form of one field, or the code of its error."""
    clean, errors = forms.check(form({"type": kind, "key": "k", "label": "K", **more}), {"k": value})
    return errors["k"].code if errors else clean["k"]


def test_a_form_keeps_kinds_keys_paths_and_rules():
    read = form()
    assert [field.path for field in read.walk()] == [
        "@0", "decision", "reason", "service", "service.phone",
        "instalments", "instalments.amount", "instalments.due_on",
    ]  # fmt: skip
    assert read.keys == ("decision", "reason", "service", "instalments")
    assert read.fields[1].required
    assert [option.label for option in read.fields[1].options] == ["同意", "拒绝"]
    assert forms.problems(json.dumps({"id": "f", "components": FIELDS}).encode()) == []


def test_good_answers_come_back_clean_and_typed():
    rows = [{"amount": "1,200.50", "due_on": "2026-12-01"}]
    given_answers = {
        "decision": "no",
        "reason": "  不 愿意 ",
        "service": {"phone": "138 0013 8000"},
        "instalments": rows,
        "stranger": 1,
    }
    clean, errors = forms.check(form(), given_answers)
    assert errors == {}
    assert clean["instalments"] == [{"amount": Decimal("1200.50"), "due_on": date(2026, 12, 1)}]
    assert clean["reason"] == "不 愿意"
    assert "stranger" not in clean


def test_what_is_hidden_is_neither_asked_nor_kept():
    clean, errors = forms.check(form(), {"decision": "yes", "reason": "忘了删"})
    assert errors == {}
    assert "reason" not in clean


def test_a_field_that_depends_on_a_hidden_one_sees_nothing_of_it():
    chain = form(
        {"type": "checkbox", "key": "a", "label": "A"},
        {"type": "checkbox", "key": "b", "label": "B", "conditional": {"hide": "=a = false"}},
        {"type": "textfield", "key": "c", "label": "C", "conditional": {"hide": "=b != true"}},
    )
    assert set(forms.check(chain, {"a": False, "b": True, "c": "x"})[0]) == {"a"}
    assert set(forms.check(chain, {"a": True, "b": True, "c": "x"})[0]) == {"a", "b", "c"}


def test_errors_are_found_by_path_and_read_in_both_languages():
    rows = [{"amount": "-1"}, {"amount": ""}]
    _, errors = forms.check(form(), {"decision": "no", "reason": "一" * 11, "instalments": rows})
    assert {path: error.code for path, error in errors.items()} == {
        "reason": "max-length",
        "instalments.0.amount": "min",
        "instalments.1.amount": "required",
    }
    assert errors["reason"].text("zh_CN") == "最多 10 个字。"
    assert errors["reason"].text("en") == "At most 10 characters."


def test_a_list_has_no_more_rows_than_allowed():
    _, errors = forms.check(form(), {"decision": "yes", "instalments": [{"amount": 1}] * 3})
    assert errors["instalments"].code == "max-rows"


@pytest.mark.parametrize(
    ("kind", "value", "more", "expected"),
    [
        ("textfield", "a\nb\x00c", {}, "a bc"),
        ("textarea", "a\r\nb", {}, "a\nb"),
        ("textfield", 3, {}, "text"),
        ("textfield", "   ", {"validate": {"required": True}}, "required"),
        ("number", "１２．５", {}, Decimal("12.5")),
        ("number", "0.125", {"decimalDigits": 2}, "decimals"),
        ("number", "12.345", {"properties": {"money": "true"}}, "decimals"),
        ("number", "1e9", {}, "number"),
        ("number", "NaN", {}, "number"),
        ("number", True, {}, "number"),
        ("number", "5", {"validate": {"max": "=2 + 2"}}, "max"),
        ("datetime", "2026-02-30", {"subtype": "date"}, "date"),
        ("datetime", "09:61", {"subtype": "time"}, "time"),
        ("datetime", "tomorrow", {"subtype": "datetime"}, "datetime"),
        ("checkbox", "on", {}, True),
        ("checkbox", None, {"validate": {"required": True}}, "required"),
        ("checkbox", "maybe", {}, "yes-no"),
        ("select", "c", {"values": [{"value": "a"}]}, "choose"),
        ("checklist", ["a", "a"], {"values": [{"value": "a"}]}, ["a"]),
        ("checklist", ["a", "z"], {"values": [{"value": "a"}]}, "choose"),
        ("filepicker", "files::1", {}, ["files::1"]),
        ("textfield", "a@b.cn", {"validate": {"validationType": "email"}}, "a@b.cn"),
        ("textfield", "a@b", {"validate": {"validationType": "email"}}, "email"),
        ("textfield", "abc", {"validate": {"pattern": "^\\d+$"}}, "pattern"),
    ],
)
def test_each_kind_of_field_takes_what_it_is_for(kind, value, more, expected):
    assert one(kind, value, **more) == expected


@pytest.mark.parametrize(
    "number", ["13800138000", "+86 138-0013-8000", "0471-3988888", "010-12345678-801", "3988888", "400-820-8820"]
)
def test_chinese_numbers_are_telephone_numbers(number):
    assert one("textfield", number, validate={"validationType": "phone"}) == number


@pytest.mark.parametrize("number", ["12345", "23800138000", "abc", "1380013800", "0471-39"])
def test_other_numbers_are_none(number):
    assert one("textfield", number, validate={"validationType": "phone"}) == "phone"


def test_a_moment_without_offset_is_meant_in_shanghai():
    moment = one("datetime", "2026-12-01T09:00", subtype="datetime")
    assert moment.astimezone(UTC) == datetime(2026, 12, 1, 1, tzinfo=UTC)


def test_the_past_is_refused_where_the_form_says_so():
    asked = form({"type": "datetime", "key": "k", "label": "K", "disallowPassedDates": True})
    now = datetime(2026, 11, 21, 17, tzinfo=UTC)  # already the 22nd in Shanghai
    assert forms.check(asked, {"k": "2026-11-21"}, now=now)[1]["k"].code == "past"
    assert forms.check(asked, {"k": "2026-11-22"}, now=now)[1] == {}


def test_a_choice_from_an_offered_list_must_be_on_it():
    asked = form({"type": "select", "key": "party", "label": "P", "valuesKey": "parties"})
    lists = {"parties": [("1", "张三"), ("2", "李四")]}
    assert forms.check(asked, {"party": "2"}, lists=lists)[1] == {}
    assert forms.check(asked, {"party": "3"}, lists=lists)[1]["party"].code == "choose"


def test_the_forms_own_sentence_is_said_when_it_has_one():
    asked = form(
        {"type": "textfield", "key": "k", "label": "K", "validate": {"pattern": "^A", "patternErrorMessage": "以A开头"}}
    )
    assert forms.check(asked, {"k": "B"})[1]["k"].text("zh") == "以A开头"


def test_a_disabled_field_takes_no_answer():
    assert forms.check(form({"type": "textfield", "key": "k", "label": "K", "disabled": True}), {"k": "x"}) == ({}, {})


def test_a_form_is_translated_and_keeps_what_has_no_translation():
    texts = {
        "title": "Consent",
        "fields": {
            "decision": {"label": "Attitude", "options": {"yes": "agrees"}},
            "instalments.amount": {"label": "Amount"},
            "@0": {"text": "Check"},
        },
    }
    english = forms.translate(form(), texts)
    assert english.title == "Consent"
    assert [option.label for option in english.fields[1].options] == ["agrees", "拒绝"]
    assert (english.fields[0].text, english.fields[4].fields[0].label) == ("Check", "Amount")
    assert english.fields[2].label == "理由"


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"components": 1}', b"\xff", b"[" * 5000, b'{"a": NaN}'])
def test_what_is_no_form_is_refused_with_a_sentence(content):
    with pytest.raises(BrokenFile) as refused:
        forms.parse(content, "x.form")
    assert refused.value.problem.message


def test_a_pattern_that_could_run_for_ever_is_refused():
    bad = {"type": "textfield", "key": "k", "label": "K", "validate": {"pattern": "(a+)+$"}}
    found = forms.problems(json.dumps({"id": "f", "components": [bad]}).encode())
    assert [one.code for one in found] == ["form-rule"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["decision", "reason", "service", "instalments"]), JSON))
def test_no_answers_make_the_check_stumble(answers):
    clean, errors = forms.check(form(), answers)
    assert isinstance(clean, dict)
    assert all(error.text("zh") for error in errors.values())


WORDS = st.sampled_from(
    ["type", "key", "path", "label", "components", "validate", "values", "conditional", "defaultValue", "text"]
)
KINDS = st.sampled_from(["textfield", "number", "select", "group", "dynamiclist", "datetime"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(WORDS, JSON | KINDS), max_size=4))
def test_no_form_file_makes_the_reader_stumble(components):
    content = json.dumps({"id": "f", "components": components}).encode()
    assert all(found.message for found in forms.problems(content))
    assert isinstance(forms.check(forms.parse(content), {})[0], dict)


def test_a_role_is_found_by_key_and_by_name_in_either_language():
    known = roles.parse(json.dumps({"clerk": {"name": "登记员", "name_en": "Intake clerk"}}).encode())
    assert [known.find(name) for name in ("clerk", "登记员", "intake clerk", "judge")] == ["clerk"] * 3 + [None]


def test_roles_may_also_be_listed():
    known = roles.parse(b'{"roles": [{"key": "clerk", "name": "x"}]}')
    assert list(known.by_key) == ["clerk"]


@pytest.mark.parametrize("content", [b"{", b"3", b'{"clerk": 3}'])
def test_roles_of_another_shape_are_refused(content):
    assert [found.severity for found in roles.problems(content)] == ["error"]
