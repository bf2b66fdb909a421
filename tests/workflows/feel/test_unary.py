"""Unary tests, the cells of decision tables (DMN 1.3, 10.3.2.8 and table 55)."""
from __future__ import annotations

import pytest

from workflows.feel import evaluate_unary

TESTS = [
    ("-", 5, True), ("-", None, True), ("5", 5, True), ("5", 6, False), ("< 5", 4, True), ("< 5", 5, False),
    ("<= 5", 5, True), ("> 5", 5, False),
    (">= 5", 5, True), ("= 5", 5, True), ("!= 5", 5, False), ("[1..5]", 5, True), ("[1..5)", 5, False),
    ("]1..5]", 1, False), ("(1..5)", 3, True),
    ("1, 3, 5", 3, True), ("1, 3, 5", 4, False), ("< 2, > 8", 9, True), ('"a","b"', "b", True),
    ('"a","b"', "c", False), ("not(5)", 5, False),
    ("not(5)", 6, True), ('not("a","b")', "b", False), ('not("a","b")', "c", True), ("not(< 5)", 4, False),
    ("not([1..5])", 6, True),
    ("null", None, True), ("null", 5, False), ("5", None, False), ("< 5", None, None), ("not(null)", None, False),
    ("not(null)", 5, True),
    ("? > 3", 4, True), ("? > 3 and ? < 5", 5, False), ("even(?)", 4, True), ('contains(?, "x")', "axb", True),
    ("not(even(?))", 3, True),
    ("? = null", None, True), ("true", True, True), ("true", False, False), ("false", False, True),
    ("not(true)", False, True), ("?", "x", True),
    ("[1, 2, 3]", 2, True), ("[1, 2, 3]", 4, False), ("2 + 3", 5, True), ("limit", 10, True), ("< limit", 9, True),
    ("[low..limit]", 5, True),
    ("levels", "high", True), ("levels", "none", False), ('@"2020-01-01"', "2020-01-01", None), ("-1", -1, True),
    ("- 1, 2", -1, True),
    ('? in ["a", "b"]', "a", True), ("list contains(?, 1)", [1, 2], True), ('"a"', 5, None), ("< 5", "a", None),
    ("5 = 5", "x", None),
    ('string length("?") = 1', "foo", None), ('starts with(?, "x") or ? = "y"', "y", True),
    ("not(1, 2) and true", 5, False),
    ("some x in ? satisfies x > 2", [1, 3], True), ("?.a > 1", {"a": 2}, True), ("(< 5)", 4, True),
    ("(? > 1)", 2, True),
    ("not((1..3])", 3, False), ("not(limit)", 10, False), ('"a" , not("b")', "a", True),
]


@pytest.mark.parametrize(("tests", "value", "expected"), TESTS)
def test_a_cell_is_met_as_the_specification_says(tests: str, value: object, expected: bool | None) -> None:
    context = {"limit": 10, "low": 1, "levels": ["high", "low"]}
    assert evaluate_unary(tests, value, context) is expected


def test_a_boolean_that_does_not_ask_the_input_is_said_to_differ() -> None:
    warnings: list[str] = []
    evaluate_unary("1 = 1", "x", warnings=warnings)
    assert any("without mentioning" in warning for warning in warnings)
