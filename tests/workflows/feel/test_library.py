"""The built-in functions, a row for each sentence of DMN 1.3, 10.3.4 that could be got wrong."""
from __future__ import annotations

import pytest

from workflows.feel import FeelError, evaluate, to_json

CONVERSION = [
    ('number("1.000.000,01", ".", ",")', 1000000.01), ('number("1 000 000.01", " ", ".")', 1000000.01),
    ('number("1,000,000.01", " ", ".")', None), ('number("1,000.01", ":", ".")', None),
    ('number("1,000", ",", ",")', None),
    ('number("1,000,000", ",", null)', 1000000), ('number("foo", ".", ",")', None), ('number("1234")', 1234),
    ('number("00123")', 123), ('number(null, ".", ",")', None), ('number("1.000", ".")', None), ("number(11.5)", 11.5),
    ('number(from: "1.000,01", decimal separator: ",", grouping separator: ".")', 1000.01),
    ('number("1.5,5", null, ",")', None),
    ("string(1.10)", "1.1"), ("string(null)", None), ('string("a")', "a"), ("string(true)", "true"),
    ('string([1, "a"])', '[1, "a"]'),
    ('string({a: "b", c: null})', '{a: "b", c: null}'), ('string(@"2020-01-01")', "2020-01-01"),
    ("string(1e3)", "1000"),
    ("string([1..3])", "[1..3]"), ("string(-0)", "0"),
]
STRINGS = [
    ('substring("foobar", 3)', "obar"), ('substring("foobar", 3, 3)', "oba"), ('substring("foobar", -2, 1)', "a"),
    ('substring("foobar", 3, 3.8)', "oba"), ('substring("foobar", 0)', None), ('substring("foobar", 7)', None),
    ('substring("\\U01F40Eab", 2)', "ab"), ('substring(string: "foobar", start position: 3)', "obar"),
    ("substring(1, 1)", None),
    ('string length("\\U01F40E")', 1), ('string length("")', 0), ("string length(null)", None),
    ('upper case("aBc4")', "ABC4"),
    ('lower case("aBc4")', "abc4"), ('substring before("foobar", "bar")', "foo"),
    ('substring before("foobar", "xyz")', ""),
    ('substring before("foobar", "")', ""), ('substring after("foobar", "ob")', "ar"), ('substring after("", "a")', ""),
    ('substring after("foo", "")', "foo"), ('contains("foobar", "of")', False), ('contains("调解协议", "协议")', True),
    ('starts with("foobar", "fo")', True), ('ends with("foobar", "r")', True), ('ends with(null, "r")', None),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]), ('split("a.b", "\\\\.")', ["a", "b"]),
    ('string join(["a", "b"], ", ")', "a, b"),
    ('string join(["a", null, "b"])', "ab"), ('string join(["a", 1])', None),
    ('string join(["a"], null, "<", ">")', "<a>"),
    ('string join([], "-")', ""), ('string join("a")', "a"), ('"\\u4E2D\\n\\t\\\\\\""', '中\n\t\\"'),
    ('"\\uD83D\\uDC0E"', "🐎"),
    ('"\\s"', "\\s"),
]
LISTS = [
    ("list contains([1, 2], 2)", True), ("list contains([1, null], null)", True), ("list contains(null, 1)", None),
    ("count([])", 0), ("count([1, [2, 3]])", 2), ("count(1)", 1), ("count(null)", None), ("min([3, 1, 2])", 1),
    ("min(3, 1)", 1),
    ("max([])", None), ('max("a", "c", "b")', "c"), ('min(1, "a")', None), ("min([1, null])", None), ("min()", None),
    ("min(5)", 5),
    ("sum([1, 2.5])", 3.5), ("sum(1, 2)", 3), ("sum([])", None), ('sum([1, "a"])', None), ("sum(null)", None),
    ("mean([1, 2, 6])", 3),
    ("mean([])", None), ("product([2, 3, 4])", 24), ("product(2, 3)", 6), ("product([])", None),
    ("median(8, 2, 5, 3, 4)", 4),
    ("median([6, 1, 2, 3])", 2.5), ("median([])", None), ("stddev(2, 4, 7, 5)", 2.0816659994661326),
    ("stddev([47])", None),
    ("stddev([])", None), ("mode([6, 3, 9, 6, 6])", [6]), ("mode([6, 1, 9, 6, 1])", [1, 6]), ("mode([])", []),
    ("mode(null)", None),
    ("all([true, true])", True), ("all([false, null])", False), ("all([true, null])", None), ("all([])", True),
    ("all(true)", True),
    ("any([false, true, null])", True), ("any([false, null])", None), ("any([])", False), ("any(false)", False),
    ("all(0)", None),
    ("sublist([4, 5, 6], 2)", [5, 6]), ("sublist([4, 5, 6], 1, 2)", [4, 5]), ("sublist([4, 5, 6], -2)", [5, 6]),
    ("sublist([1], 0)", None),
    ("append([1], 2, 3)", [1, 2, 3]), ("append(1, 2)", [1, 2]), ("append([1], null)", [1, None]),
    ("append(null, 1)", None),
    ("concatenate([1, 2], [3])", [1, 2, 3]), ("concatenate([1], 2)", [1, 2]), ("concatenate([1], null)", None),
    ("insert before([1, 3], 1, 2)", [2, 1, 3]), ("insert before([1, 3], -1, 2)", [1, 2, 3]),
    ("insert before([1], 0, 2)", None),
    ("remove([1, 2, 3], 2)", [1, 3]), ("remove([1, 2], -1)", [1]), ("remove([1], 3)", None),
    ("reverse([1, 2, 3])", [3, 2, 1]),
    ("index of([1, 2, 3, 2], 2)", [2, 4]), ("index of([1], 5)", []), ("index of([1, null], null)", [2]),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ("distinct values([1, 2, 3, 2, 1])", [1, 2, 3]), ('distinct values([1, "1", 1.0])', [1, "1"]),
    ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
    ("flatten(1)", [1]), ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
    ("sort(list: [1, 2], precedes: function(x, y) x > y)", [2, 1]),
    ("sort([{a: 2, n: 1}, {a: 1, n: 2}, {a: 2, n: 3}], function(x, y) x.a < y.a).n", [2, 1, 3]),
    ("list replace([1, 2, 3], 2, 9)", [1, 9, 3]),
    ("list replace([1, 5], function(item, newItem) item < newItem, 3)", [3, 5]),
]
NUMBERS = [
    ("decimal(1/3, 2)", 0.33), ("decimal(1.5, 0)", 2), ("decimal(2.5, 0)", 2), ("decimal(0.255, 2)", 0.26),
    ("decimal(125, -1)", 120),
    ("decimal(1, null)", None), ("decimal(1, 7000)", None), ("floor(1.5)", 1), ("floor(-1.5)", -2),
    ("floor(-1.56, 1)", -1.6), ("ceiling(1.5)", 2),
    ("ceiling(-1.5)", -1), ("floor(null)", None), ("abs(-5)", 5), ("abs(null)", None), ("modulo(12, 5)", 2),
    ("modulo(-12, 5)", 3),
    ("modulo(12, -5)", -3), ("modulo(-12, -5)", -2), ("modulo(10.1, 4.5)", 1.1), ("modulo(-10.1, 4.5)", 3.4),
    ("modulo(10, 0)", None),
    ("sqrt(16)", 4), ("sqrt(-3)", None), ("decimal(log(10), 8)", 2.30258509), ("log(0)", None), ("log(-1)", None),
    ("decimal(exp(5), 6)", 148.413159),
    ("odd(5)", True), ("odd(-2)", False), ("even(0)", True), ("odd(2.5)", None), ("even(null)", None),
    ("round up(5.5, 0)", 6),
    ("round up(-5.5, 0)", -6), ("round up(1.121, 2)", 1.13), ("round up(-1.126, 2)", -1.13),
    ("round down(5.5, 0)", 5), ("round down(-1.126, 2)", -1.12),
    ("round half up(5.5, 0)", 6), ("round half up(-5.5, 0)", -6), ("round half up(1.125, 2)", 1.13),
    ("round half down(5.5, 0)", 5),
    ("round half down(-5.5, 0)", -5), ("round half down(1.126, 2)", 1.13), ("round up(0.0001, 2)", 0.01),
    ("floor(-0.0001, 2)", -0.01),
    ("floor([1.5])", 1), ("floor([1.5, 2])", None), ('floor("1")', None), ("floor(1, 2, 3)", None),
]
RANGES = [
    ("before(1, 10)", True), ("before(10, 1)", False), ("before(1, [1..10])", False), ("before(1, (1..10])", True),
    ("before(1, [5..10])", True),
    ("before([1..10], 10)", False), ("before([1..10), 10)", True), ("before([1..10], 15)", True),
    ("before([1..10], [15..20])", True),
    ("before([1..10), [10..20])", True), ("before([1..10], [10..20])", False), ("before([1..10], (10..20])", True),
    ("after(10, 5)", True),
    ("after(12, [1..10])", True), ("after(10, [1..10))", True), ("after(10, [1..10])", False),
    ("after([11..20], 12)", False),
    ("after([11..20], 10)", True), ("after((11..20], 11)", True), ("after([11..20], [1..10])", True),
    ("after([11..20], [1..11))", True),
    ("meets([1..5], [5..10])", True), ("meets([1..5), [5..10])", False), ("meets([1..5], [6..10])", False),
    ("met by([5..10], [1..5])", True),
    ("overlaps([1..5], [3..8])", True), ("overlaps([1..8], [3..5])", True), ("overlaps([1..5], [6..8])", False),
    ("overlaps([1..5], [5..8])", True),
    ("overlaps([1..5], (5..8])", False), ("overlaps([5..8], [1..5))", False), ("overlaps before([1..5], [3..8])", True),
    ("overlaps before([1..5], [6..8])", False), ("overlaps before([1..5], [5..8])", True),
    ("overlaps before([1..5), [5..8])", False),
    ("overlaps before([1..5), (1..5])", True), ("overlaps before([1..5], (1..5])", True),
    ("overlaps before([1..5], [1..5])", False),
    ("overlaps after([3..8], [1..5])", True), ("overlaps after([6..8], [1..5])", False),
    ("overlaps after([5..8], [1..5])", True),
    ("overlaps after((5..8], [1..5])", False), ("overlaps after((1..5], [1..5))", True),
    ("overlaps after([1..5], [1..5])", False),
    ("finishes(10, [1..10])", True), ("finishes(10, [1..10))", False), ("finishes([5..10], [1..10])", True),
    ("finishes([5..10), [1..10])", False),
    ("finishes([1..10], [1..10])", True), ("finishes((1..10], [1..10])", True), ("finished by([1..10], 10)", True),
    ("finished by([1..10], [5..10])", True),
    ("includes([1..10], 5)", True), ("includes([1..10], 12)", False), ("includes([1..10), 10)", False),
    ("includes([1..10], [4..6])", True),
    ("includes((1..10], (1..5])", True), ("includes((1..10), [1..5])", False), ("during(5, [1..10])", True),
    ("during(1, (1..10])", False),
    ("during([4..6], [1..10])", True), ("during((1..5], (1..10])", True), ("starts(1, [1..10])", True),
    ("starts(1, (1..10])", False),
    ("starts([1..5], [1..10])", True), ("starts((1..5], [1..10])", False), ("starts([1..10], [1..10])", True),
    ("started by([1..10], 1)", True),
    ("started by([1..10], [1..5])", True), ("coincides(5, 5)", True), ("coincides([1..5], [1..5])", True),
    ("coincides((1..5), [1..5])", False),
    ("before(1, null)", None), ('before(1, "a")', None),
]
CONTEXTS = [
    ('get value({a: 1}, "a")', 1), ('get value({a: 1}, "b")', None), ("get value(null, \"a\")", None),
    ("get entries({a: 1, b: 2})", [{"key": "a", "value": 1}, {"key": "b", "value": 2}]),
    ('context([{key: "a", value: 1}])', {"a": 1}),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None), ('context([{key: "a"}])', None),
    ('context({key: "a", value: 1})', {"a": 1}),
    ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}), ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
    ("context put({}, [], 1)", None),
    ('context put({a: 1}, ["b", "c"], 2)', None), ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
    ("context merge([{a: 1}, 2])", None),
    ("is(1, 1.0)", True), ('is(1, "1")', False), ("is(null, null)", True), ("is([1], [1])", True), ("not(true)", False),
]


@pytest.mark.parametrize(("expression", "expected"), CONVERSION + STRINGS + LISTS + NUMBERS + RANGES + CONTEXTS)
def test_a_function_gives_what_its_description_says(expression: str, expected: object) -> None:
    value = to_json(evaluate(expression))
    assert value == expected
    assert isinstance(value, bool) == isinstance(expected, bool)


@pytest.mark.parametrize("name", ["matches", "replace", "extract"])
def test_a_function_with_regular_expressions_is_refused_when_parsed(name: str) -> None:
    with pytest.raises(FeelError, match=name) as refusal:
        evaluate(f'if true then 1 else {name}("a", "b")')
    assert refusal.value.code == "unsupported"


@pytest.mark.parametrize("delimiter", ["[;,]", "\\\\s", "a|b", ".", ""])
def test_split_takes_plain_delimiters_only(delimiter: str) -> None:
    with pytest.raises(FeelError):
        evaluate(f'split("a b", "{delimiter}")')


def test_is_defined_tells_a_missing_variable_from_an_empty_one() -> None:
    context = {"a": None, "b": {"c": 1}}
    asked = ["a", "nope", "b.c", "b.d", "nope.x"]
    assert [evaluate(f"is defined({name})", context) for name in asked] == [True, False, True, False, False]
