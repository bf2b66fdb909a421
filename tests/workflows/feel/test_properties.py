"""Whatever the text and the values: an expression evaluates or is refused, and stored values come back as they were."""
from __future__ import annotations

import contextlib
import json
import math
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.feel import (
    FeelError,
    Function,
    Range,
    YearsMonths,
    answer,
    dump,
    evaluate,
    evaluate_unary,
    from_python,
    load,
    parse,
    render,
    to_json,
)
from workflows.feel.library import BUILTINS

LITERALS = st.sampled_from([
    "1", "0", "-2.5", "1e30", '"a"', '""', "null", "true", "x", "y", "[1, 2, null]", "[]", "{a: 1}",
    "[{a: 1}, {a: 2}]", '@"2020-02-29"', "[1..5]",
    '@"9999-12-31"', '@"P1D"', '@"P1Y2M"', '@"10:00:00+08:00"', '@"23:00:00@Asia/Shanghai"', '@"2020-01-01T10:00:00Z"',
    "(> 3)",
    "function(a) a", "function(a, b) a < b", "count", '{key: "a", value: 1}', '"P1D"', "item", "?",
])
OPERATORS = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"])


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.builds(lambda name, arguments: f"{name}({', '.join(arguments)})", st.sampled_from(sorted(BUILTINS)),
                     st.lists(inner, max_size=3))
    return st.one_of(
        call,
        st.builds(lambda a, o, b: f"({a}) {o} ({b})", inner, OPERATORS, inner),
        st.builds(lambda a, b: f"({a})[{b}]", inner, inner),
        st.builds(lambda a, m: f"({a}).{m}", inner, st.sampled_from(["a", "year", "days", "start", "time offset"])),
        st.builds(lambda a, b, c: f"if {a} then {b} else {c}", inner, inner, inner),
        st.builds(lambda a, b: f"for i in {a} return {b}", inner, inner),
        st.builds(lambda a, b: f"some i in {a} satisfies {b}", inner, inner),
        st.builds(lambda a: f"[{a}, {a}]", inner),
    )


EXPRESSIONS = st.recursive(LITERALS, _bigger, max_leaves=8)


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        expression = parse(text)
    except FeelError:
        return
    _evaluates_or_is_refused(expression.text)


@given(EXPRESSIONS)
@settings(max_examples=400, deadline=None)
def test_any_expression_evaluates_or_is_refused(text: str) -> None:
    _evaluates_or_is_refused(text)


def _evaluates_or_is_refused(text: str) -> None:
    context = {"x": 5, "y": [1, {"a": None}]}
    shown = render(answer({"expression": text, "context": context}))
    assert set(json.loads(shown)) <= {"value", "error"}
    with contextlib.suppress(FeelError):
        assert evaluate_unary(text, 5, context) in (True, False, None)


@given(EXPRESSIONS)
@settings(max_examples=100, deadline=None)
def test_an_expression_gives_the_same_value_each_time(text: str) -> None:
    context = {"x": 5, "y": [1, 2]}
    assert answer({"expression": text, "context": context}) == answer({"expression": text, "context": context})


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.text(max_size=10),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10**20, max_value=10**20),
    st.integers(-10**30, 10**30).map(Decimal), st.dates(), st.times(), st.datetimes(), st.datetimes(timezones=OFFSETS),
    st.timedeltas(min_value=timedelta(days=-10**6), max_value=timedelta(days=10**6)),
    st.integers(-10**6, 10**6).map(YearsMonths),
)
KEYS = st.one_of(st.text(max_size=5), st.just("$feel"), st.just("v"))
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=15)


@given(VALUES)
@settings(max_examples=300, deadline=None)
def test_a_stored_value_comes_back_as_what_it_was(value: object) -> None:
    admitted = from_python(value)
    stored = json.loads(json.dumps(dump(admitted)))
    assert load(stored) == admitted
    assert [type(one) for one in _leaves(load(stored))] == [type(one) for one in _leaves(admitted)]


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    return [leaf for item in value for leaf in _leaves(item)] if isinstance(value, list) else [value]


def test_the_tagged_form_is_readable_and_a_forged_one_is_refused() -> None:
    assert dump({"due": date(2026, 1, 1), "amount": Decimal("1.50"), "n": 3}) == {
        "due": {"$feel": "date", "v": "2026-01-01"}, "amount": {"$feel": "number", "v": "1.50"}, "n": 3}
    assert load(dump(Range(Decimal(1), None, True, False, ">="))) == Range(Decimal(1), None, True, False, ">=")
    for forged in ({"$feel": "date", "v": "x"}, {"$feel": "date"}, {"$feel": "code", "v": "1"}, {"$feel": "date",
    "v": "2026-01-01", "x": 1}):
        with pytest.raises(FeelError):
            load(forged)


def test_a_function_can_be_neither_stored_nor_shown() -> None:
    function = evaluate("function(a) a")
    assert isinstance(function, Function)
    for way_out in (dump, to_json):
        with pytest.raises(FeelError):
            way_out(function)


@given(st.integers(-10**15, 10**15), st.integers(-10**15, 10**15))
def test_whole_numbers_add_exactly(first: int, second: int) -> None:
    assert to_json(evaluate("a + b", {"a": first, "b": second})) == first + second


@given(st.floats(min_value=1e-200, max_value=1e200) | st.floats(min_value=-1e200, max_value=-1e-200))
def test_a_float_keeps_the_digits_it_shows(number: float) -> None:
    assert math.isclose(float(to_json(evaluate("a", {"a": number}))), number, rel_tol=1e-12, abs_tol=1e-300)


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(3000, 1, 1)), st.integers(-5000, 5000))
def test_days_added_to_a_date_come_off_again(day: date, days: int) -> None:
    context = {"day": day, "span": timedelta(days=days)}
    assert evaluate("(day + span) - day = span and day + span - span = day", context) is True


@given(st.datetimes(timezones=OFFSETS), st.times())
def test_moments_are_written_as_they_are_read(moment: datetime, clock: time) -> None:
    assert evaluate("date and time(string(m)) = m and time(string(t)) = t", {"m": moment, "t": clock}) is True


def test_answers_show_all_digits_and_chinese_as_it_is() -> None:
    assert render(answer({"expression": "{数: 1/3, a: 10 ** 20, d: @\"2026-01-01\"}"})) == (
        '{"value": {"数": 0.3333333333333333333333333333333333, "a": 100000000000000000000, "d": "2026-01-01"}}')
    assert answer({"expression": "x.名 称", "context": {"x": {"名 称": 1}}}) == {"value": 1}
    assert answer({"expression": 5}) == {"error": "A line needs an ‘expression’ that is text."}
    assert answer({"expression": "1", "context": []}) == {"error": "The ‘context’ is a JSON object."}
    assert answer({"expression": "1 +"})["error"].startswith("syntax: Found the end")
