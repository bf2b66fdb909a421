"""Where names end: spaces, symbols, keywords, Chinese, backticks (DMN 1.3, 10.3.1.2 and 10.3.1.4)."""
from __future__ import annotations

import pytest

from workflows.feel import FeelError, evaluate, parse, to_json

CONTEXT = {
    "first name": "Li", "a-b": 7, "a": 10, "b": 4, "金额": 5, "当事人 姓名": "王",
    "in a list": [1, 2], "days in weekend": ["六"],
    "date": "2026-01-01", "orders/month": 3, "don't": 1, "order": {"total amount": 9, "n+1": 2, "x": 1}, "v1.2": 8,
    "rows": [{"unit price": 2, "n": 1}, {"unit price": 3, "n": 2}], "金额（元）": 6,
    "item": 3, "for sale": True, "case": {"kind": "x"},
}
NAMES = [
    ('first name + "!"', "Li!"), ("first  name", "Li"), ("a-b", 7), ("a - 1", 9), ("b-a", -6), ("金额 * 2", 10),
    ("当事人 姓名", "王"),
    ("for i in in a list return i", [1, 2]), ("for i in days in weekend return i", ["六"]), ("orders/month", 3),
    ("don't + 1", 2),
    ("order.total amount", 9), ("order.n+1", 2), ("v1.2 + 1", 9), ("rows[unit price > 2].n", [2]),
    ("sum(rows.unit price)", 5),
    ("金额（元） + 1", 7), ("item", 3), ("if for sale then 1 else 2", 1), ("`first name`", "Li"), ("`a-b` + 1", 8),
    ('date("2026-02-03").day', 3), ('string length("abc")', 3), ("/* a */ 1 // b\n + 1", 2), ("1 /* + 2", None),
    ("{a-b: 1, c: a-b}.c", 1),
    ("[{a-b: 1}, a-b][2]", 7), ("order.`total amount`", 9), ("item > 2 and item < 4", True), ("case.kind", "x"),
    ("missing", None),
    ("missing.more", None), ("order.missing", None), ("_x1", None), ("for a-b in [1] return a-b + 1", [2]),
    ("substring(\"abc\", a - 8)", "bc"),
]


@pytest.mark.parametrize(("expression", "expected"), NAMES)
def test_the_longest_known_name_is_read(expression: str, expected: object) -> None:
    if expression == "1 /* + 2":
        with pytest.raises(FeelError):
            evaluate(expression, CONTEXT)
        return
    assert to_json(evaluate(expression, CONTEXT)) == expected


@pytest.mark.parametrize(("text", "mark"), [("a，b", "，"), ("金额＞100", "＞"), ("（1）", "（"), ("a ＝ 1", "＝")])
def test_full_width_punctuation_is_refused_with_a_hint(text: str, mark: str) -> None:
    with pytest.raises(FeelError, match=mark):
        parse(text)


@pytest.mark.parametrize("text", [
    "", " ", "1 +", "(1", "[1, 2", "{a 1}", "{a: 1", "if 1 then 2", "for i in 1..2", "some x in [1]",
    '"abc', '"a\nb"', "1 2", "a b",
    "and", "then", "x ==1", "x = = 1", "1..2", "f(a: 1, 2)", "f(a: 1, a: 2)", "function(a, a) 1", "x.", "x[", "x[]",
    "@1", "#", "“a”",
    '"\\uD800"', '"\\UFFFFFF"', "1 between 2", "x instance of", "not x", "`a", "{: 1}", "][", "x in", "x in ()",
    "'a'", "a ? b : c",
    "__import__('os')", "().__class__", "x if y else z", "lambda: 1", "[i for i in x]", "x ; y", "${x}", "x && y",
    "!x", "x || y",
])
def test_what_is_no_feel_is_refused_as_syntax(text: str) -> None:
    with pytest.raises(FeelError) as refusal:
        parse(text)
    assert refusal.value.code == "syntax"


def test_a_refusal_says_where_and_what() -> None:
    with pytest.raises(FeelError) as refusal:
        parse("amount > then")
    assert refusal.value.position == 9
    assert str(refusal.value) == "Found ‘then’, expected a value. (at character 10)"


def test_unknown_names_are_refused_where_the_caller_is_strict() -> None:
    with pytest.raises(FeelError, match="nobody") as refusal:
        evaluate("nobody + 1", {}, strict=True)
    assert refusal.value.code == "unknown-name"


READS = [
    ("case.amount > limit", {"case.amount", "limit"}), ("for x in xs return x + y", {"xs", "y"}),
    ("{a: 1, b: a + c}", {"c"}),
    ("function(a) a + z", {"z"}), ("some x in case.list satisfies x = 1", {"case.list"}), ("xs[n > 1]", {"xs"}),
    ("? > a", {"a"}),
    ("count(a.b.c)", {"a.b.c"}), ("working_days(n)", {"n"}), ("1 in [lo..hi]", {"lo", "hi"}),
    ("x in (> y)", {"x", "y"}),
    ('"a" + `b c`', {"b c"}), ("(a).b", {"a.b"}), ("for i in 1..2 return partial", set()), ("xs[item > 1]", {"xs"}),
]


@pytest.mark.parametrize(("text", "names"), READS)
def test_an_expression_knows_what_it_reads(text: str, names: set[str]) -> None:
    assert parse(text).variables == names


def test_names_in_a_filter_may_be_the_items_and_calls_are_told_apart() -> None:
    expression = parse("xs[n > limit and odd(n)] = working_days(2)")
    assert expression.ambiguous == {"n", "limit"}
    assert expression.functions == {"working_days"}
