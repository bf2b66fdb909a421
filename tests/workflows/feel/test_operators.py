"""Arithmetic, comparison and logic, row by row as chapters 10.3.2.11 to 10.3.2.14 of DMN 1.3 have them."""
from __future__ import annotations

from decimal import Decimal

import pytest

from workflows.feel import evaluate, to_json

ARITHMETIC = [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 - 2 - 1", 4), ("2 / 4", 0.5), ("10 / 4 / 5", 0.5), (".5 + 0.25", 0.75),
    ("-2 ** 2", 4), ("3 ** 4 ** 5", 3486784401), ("2 ** -1", 0.5), ("0 ** 0", 1), ("- - 3", 3), ("10 * -10", -100),
    ("1 / 0", None), ("0 / 0", None), ("1 + null", None), ('1 + "1"', None), ('"a" - "b"', None), ("true + 1", None),
    ('"a" + "b" + "c"', "abc"), ('"a" + null', None), ("[2] ** 4", None), ("[1] + 1", None), ("{a: 2} * 2", None),
    ("1e3", 1000), ("1.5E-1", 0.15), ("-0 = 0", True), ("0.1 + 0.2 = 0.3", True), ("1.0 = 1", True),
    ("-true", None), ('-"a"', None), ("-null", None), ("(function(a) a) + 1", None), ("[1..2] + 1", None),
]
COMPARISON = [
    ("1 = 1", True), ("1 != 2", True), ("1 = null", False), ("null = null", True), ("null != null", False),
    ('1 = "1"', None), ("true = 1", None), ('"foo" = 100', None), ('100 != "100"', None), ("false = 0", None),
    ("[1, 2] = [1, 2]", True), ("[1, 2] = [2, 1]", False), ("[1] = [1, 1]", False), ("[] = []", True),
    ("[1] = 1", None), ("{} = {}", True), ("{a: 1, b: 2} = {b: 2, a: 1}", True), ('{"a": 1} = {a: 1}', True),
    ("{a: 1} = {a: 2}", False), ("{a: 1} = null", False), ("{a: 1} = 1", None), ("[1..3] = [1..3]", True),
    ("[1..3] = (1..3]", False), ("(> 3) = (> 3)", True), ("(> 3) = (>= 3)", False),
    ("1 < 2", True), ("2 <= 2", True), ("3 > 4", False), ("3 >= 3", True), ('"a" < "b"', True), ('"b" <= "a"', False),
    ("1 < null", None), ("null < null", None), ('1 < "2"', None), ("true < false", None), ("[1] < [2]", None),
    ("5 between 1 and 5", True), ("0 between 1 and 5", False), ("null between 1 and 5", None),
    ("5 between null and 3", False), ("2 between null and 3", None), ('"b" between "a" and "c"', True),
    ("1 between 0 and 2 and 3 between 4 and 5", False),
]
LOGIC = [
    ("true and true", True), ("true and false", False), ("true and null", None), ("false and null", False),
    ("null and false", False), ("null and null", None), ('true and "x"', None), ('false and "x"', False),
    ("true or null", True), ("false or null", None), ("null or true", True), ("null or null", None),
    ('false or "x"', None), ('true or "x"', True), ("false or true and false", False),
    ("true or false and false", True),
    ("not(true)", False), ("not(false)", True), ("not(null)", None), ("not(1)", None), ('not("a")', None),
    ("not(1 = 1 and null)", None), ("1 = 1 = true", True),
]
CONTROL = [
    ("if true then 1 else 2", 1), ("if false then 1 else 2", 2), ("if null then 1 else 2", 2),
    ('if "x" then 1 else 2', 2),
    ("if 1 > 0 then if 2 > 3 then 1 else 2 else 3", 2), ("1 + if true then 1 else 2", 2),
    ("for i in [1, 2, 3] return i + 1", [2, 3, 4]), ("for i in [1,2,3], j in [4,5] return i + j", [5, 6, 6, 7, 7, 8]),
    ("for i in [] return i", []), ("for i in 2..4 return i", [2, 3, 4]), ("for i in 4..2 return i", [4, 3, 2]),
    ("for i in -1..1 return i", [-1, 0, 1]), ("for i in 1..-1 return i", [1, 0, -1]), ("for i in 1..1 return i", [1]),
    ("for i in 1+1..1+3 return i", [2, 3, 4]), ("for i in 5 return i * 2", [10]), ("for i in null return i", None),
    ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
    ("for i in [1,2], j in 1..i return i * j", [1, 2, 4]), ("for i in 1.5..3 return i", None),
    ("for my item in [1, 2] return my item * 2", [2, 4]), ("for i in 1..3 return count(partial)", [0, 1, 2]),
    ("some i in [1, 2, 3] satisfies i > 2", True), ("every i in [1, 2, 3] satisfies i > 2", False),
    ("some i in [] satisfies true", False), ("every i in [] satisfies false", True),
    ("some i in [1, null] satisfies i > 2", None), ("some i in [null, 3] satisfies i > 2", True),
    ("every i in [1, null] satisfies i > 0", None), ("every i in [null, -1] satisfies i > 0", False),
    ("some i in [1, 2], j in [2, 3] satisfies i = j", True), ("every i in 1..3 satisfies i < 4", True),
    ("some i in null satisfies true", None),
]


@pytest.mark.parametrize(("expression", "expected"), ARITHMETIC + COMPARISON + LOGIC + CONTROL)
def test_an_expression_has_the_value_the_specification_gives_it(expression: str, expected: object) -> None:
    value = to_json(evaluate(expression))
    assert value == expected
    assert isinstance(value, bool) == isinstance(expected, bool)


def test_numbers_keep_34_digits_and_round_half_to_even() -> None:
    assert evaluate("1 / 3") == Decimal("0.3333333333333333333333333333333333")
    assert evaluate("2 / 3") == Decimal("0.6666666666666666666666666666666667")
    assert evaluate("12345678901234567890123456789012345") == Decimal("1.234567890123456789012345678901234E+34")


def test_null_carries_its_reason_to_whoever_asks() -> None:
    warnings: list[str] = []
    assert evaluate('1 + "a"', warnings=warnings) is None
    assert warnings == ["‘+’ is not defined between number and string."]
