"""Lists, contexts, paths, filters, ranges and functions (DMN 1.3, 10.3.2.5 to 10.3.2.10)."""
from __future__ import annotations

import pytest

from workflows.feel import FeelError, evaluate, to_json

LISTS = [
    ("[1, 2, 3][1]", 1), ("[1, 2, 3][3]", 3), ("[1, 2, 3][-1]", 3), ("[1, 2, 3][-3]", 1), ("[1, 2, 3][0]", None),
    ("[1, 2, 3][4]", None), ("[1, 2, 3][-4]", None), ("[1, 2, 3][1.5]", None), ("[][1]", None), ("100[1]", 100),
    ("100[0]", None), ("true[true]", [True]), ('"foo"[false]', []), ("[1, 2, 3][true]", [1, 2, 3]),
    ("[1, 2, 3][item >= 2]", [2, 3]), ("[1, 2, 3][null]", []), ("[{a: 1}, {a: 2}, {a: 3}][a >= 2].a", [2, 3]),
    ("[{a: 1}, {a: 2}][item.a = 2]", [{"a": 2}]), ("[{item: 1}, {item: 2}][item >= 2]", [{"item": 2}]),
    ("[{a: 1}, {b: 2}].a", [1, None]), ("[{a: {b: 1}}, {a: {b: 2}}].a.b", [1, 2]), ("[[1], [2]][2][1]", 2),
    ("[{x: 1, y: 2}, {x: null, y: 3}][x < 2]", [{"x": 1, "y": 2}]), ("null[1]", None), ("null.a", None),
    ("[1, 2, 3][even(item)]", [2]), ("[][item > 1]", []), ("{a: [1, 2]}.a[1]", 1),
]
CONTEXTS = [
    ("{a: 1 + 2, b: a + 3}.b", 6), ("{a: 1, c: {d: a + 1}}.c.d", 2), ("{foo bar: 1}.foo bar", 1),
    ('{"foo+bar((!!],foo": "x"}', {"foo+bar((!!],foo": "x"}), ("{foo+bar: 1, b: foo+bar + 1}.b", 2), ("{a: 1}.b", None),
    ("{年龄: 70, 高龄: 年龄 >= 60}.高龄", True), ("{a b: 1, c: a b * 2}", {"a b": 1, "c": 2}), ("{}", {}),
    ("{a: {b: {c: 1}}}.a.b.c", 1), ("{f: function(a) a + 1, b: f(2)}.b", 3), ("{a: 1}.a.b", None),
]
RANGES = [
    ("5 in [1..5]", True), ("5 in [1..5)", False), ("5 in [1..5[", False), ("1 in ]1..5]", False),
    ("1 in (1..5]", False),
    ("3 in (1..5)", True), ('"b" in ["a".."c"]', True), ("null in [1..5]", None), ('"a" in [1..5]', None),
    ("5 in (> 3)", True), ("5 in (<= 4)", False), ("5 in > 3", True), ("5 in <= 4", False), ("10 in =10", True),
    ("10 in !=10", False), ("10 in (1, < 5, >=10)", True), ("10 in (1, 5, 9)", False), ("1 in [2,3,1]", True),
    ("1 in [[2..4], [1..3]]", True), ("5 in [[2..4], [1..3]]", False), ("1 in 1", True), ("1 in 2", False),
    ("[1,2,3] in [[1,2,3,4], [1,2,3]]", True), ("{a: 1} in [{b: 2}, {a: 1}]", True), ('"a" in "a"', True),
    ("[1..10].start", 1), ("(1..10].start included", False), ("[1..10[.end included", False), ("(> 5).end", None),
    ("(>= 5).start included", True), ("(< 10).end", 10), ("[1..3].end", 3), ("5 in (? > 3)", True),
    ('1 in ["a", 1]', True), ("null in [null]", True), ("5 in ([1..3], [4..6])", True), ("[1..\"a\"]", None),
]
FUNCTIONS = [
    ("(function(a, b) a + b)(1, 2)", 3), ("{add: function(a, b) a - b, r: add(b: 1, a: 3)}.r", 2),
    ("{f: function(x) function(y) x + y, r: f(1)(2)}.r", 3), ("(function() 1)()", 1), ("(function(a) a)()", None),
    ("(function(a: number) a)(\"x\")", None), ("(function(a: number) a = null)(\"x\")", True),
    ("(function(a: list<number>) a)(1)", [1]), ("(function(a: number) a)([1])", 1), ("1(2)", None), ("(null)(1)", None),
    ("{n: 3, f: function(a) a + n, r: f(1)}.r", 4), ("(function(a) a)(b: 1)", None), ("{c: count, r: c([1, 2])}.r", 2),
]


@pytest.mark.parametrize(("expression", "expected"), LISTS + CONTEXTS + RANGES + FUNCTIONS)
def test_a_structure_is_read_as_the_specification_says(expression: str, expected: object) -> None:
    value = to_json(evaluate(expression))
    assert value == expected
    assert isinstance(value, bool) == isinstance(expected, bool)


INSTANCES = [
    ("null instance of Null", True), ("null instance of Any", False), ("null instance of number", False),
    ("1 instance of number", True), ("1 instance of Any", True), ("1 instance of string", False),
    ('"a" instance of string', True), ("true instance of boolean", True), ('@"2020-01-01" instance of date', True),
    ('@"2020-01-01" instance of date and time', False), ('@"2020-01-01T10:00:00" instance of date and time', True),
    ('@"10:00:00" instance of time', True), ('@"P1D" instance of days and time duration', True),
    ('@"P1Y" instance of days and time duration', False), ('@"P1Y" instance of years and months duration', True),
    ("[1, 2] instance of list<number>", True), ('[1, "a"] instance of list<number>', False),
    ("[] instance of list<Any>", True), ("1 instance of list<number>", False), ("[1] instance of list", True),
    ('{a: "x"} instance of context<a: string>', True), ("{a: null} instance of context<a: string>", True),
    ('{a: "x", b: 1} instance of context<a: string>', True), ("{} instance of context<a: string>", False),
    ("{a: {b: 1}} instance of context<a: context<b: number>>", True),
    ("{a: {b: 1}} instance of context<a: context<b: string>>", False), ("[1..3] instance of range<number>", True),
    ('["a".."b"] instance of range<number>', False), ("(function() 1) instance of function<>->Any", True),
    ("(function(a) 1) instance of function<>->Any", False), ("1 instance of function<>->Any", False),
    ("(function(a: string) 1) instance of function<number>->Any", False), ("count instance of function", True),
]


@pytest.mark.parametrize(("expression", "expected"), INSTANCES)
def test_a_value_is_an_instance_of_its_types_only(expression: str, expected: bool) -> None:
    assert evaluate(expression) is expected


@pytest.mark.parametrize(("expression", "code"), [
    ("[1, 2] in [1, 2]", "unsupported"), ("for i in [1..3] return i", "unsupported"),
    ("(function() 1) instance of function<>->string", "unsupported"), ("1 instance of tank", "unsupported"),
    ("function(a) external {}", "unsupported"), ("nobody(1)", "unknown-function"), ("{a: 1, a: 2}", "syntax"),
])
def test_what_is_not_covered_is_refused_by_name(expression: str, code: str) -> None:
    with pytest.raises(FeelError) as refusal:
        evaluate(expression)
    assert refusal.value.code == code
