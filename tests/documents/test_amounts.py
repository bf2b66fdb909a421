"""Amounts in words, against the examples of the payment rules and as properties."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.amounts import from_words, in_figures, in_words, parse_amount

AMOUNTS = st.integers(min_value=0, max_value=10**14 - 1).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("80", "捌拾元整"),
        ("101", "壹佰零壹元整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("12000", "壹万贰仟元整"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("10001", "壹万零壹元整"),
        ("100010", "壹拾万零壹拾元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("100000000", "壹亿元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000000001", "壹拾亿零壹元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amounts_are_written_as_the_payment_rules_say(figures: str, words: str) -> None:
    assert in_words(Decimal(figures)) == words
    assert from_words(words) == Decimal(figures)


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("人民币壹仟陆佰捌拾元零叁角贰分", "1680.32"),
        ("壹拾万零柒仟元伍角叁分", "107000.53"),
        ("壹拾万柒仟元零伍角叁分", "107000.53"),
        ("壹万贰仟圆正", "12000"),
        ("人民币 壹万贰仟元", "12000"),
        ("壹仟肆佰零玖元伍角整", "1409.50"),
        ("人民币零元整", "0"),
    ],
)
def test_other_spellings_that_the_rules_allow_are_read(words: str, figures: str) -> None:
    assert from_words(words) == Decimal(figures)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "整",
        "元整",
        "一万二千元整",
        "拾元整",
        "壹万贰仟",
        "贰仟壹万元",
        "壹壹元整",
        "壹元伍",
        "壹元分",
        "负壹元整",
        "壹亿万元",
        "零角",
    ],
)
def test_words_that_are_no_amount_are_refused(words: str) -> None:
    with pytest.raises(ValueError):
        from_words(words)


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        True,
        None,
        "",
        "-1",
        "1e3",
        "1.234",
        "NaN",
        "１２",
        "12,00",
        "01",
        "1 000",
        10**12,
        "1000000000000",
        [],
        Decimal("NaN"),
    ],
)
def test_values_that_are_no_amount_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        parse_amount(value)


@given(AMOUNTS)
def test_words_say_what_the_figures_say(amount: Decimal) -> None:
    assert from_words(in_words(amount)) == amount
    assert parse_amount(in_figures(amount)) == amount


@given(AMOUNTS, AMOUNTS)
def test_different_amounts_never_read_the_same(one: Decimal, other: Decimal) -> None:
    assert (in_words(one) == in_words(other)) == (one == other)


@given(st.text(alphabet="零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整", max_size=14))
def test_whatever_reads_as_an_amount_means_that_amount_alone(words: str) -> None:
    try:
        amount = from_words(words)
    except ValueError:
        return
    assert from_words(in_words(amount)) == amount
    assert words.replace("零", "").removesuffix("整") in in_words(amount).replace("零", "") or amount == 0
