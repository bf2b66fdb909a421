"""Calculators: the law's own examples, figures that add up, and inputs that are refused in words."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.agreement import calculators, checker, rates, terms
from documents.agreement.calculators import Calculator, InputRefused, Result
from tests.documents.agreement.drafts import draft

TODAY = date(2026, 11, 22)
SUMS = st.integers(0, 10**8).map(lambda cents: f"{Decimal(cents) / 100}")
DAYS = st.dates(date(2019, 9, 1), date(2035, 12, 31))


def reckon(key: str, **typed: Any) -> Result:
    return calculators.calculate(key, {**calculators.defaults(calculators.calculators()[key], TODAY), **typed})


def amounts(result: Result) -> dict[str, Decimal]:
    return {line.name["zh"]: line.amount for line in result.lines}


@pytest.mark.parametrize(
    ("key", "typed", "total"),
    [
        ("late_interest", {"principal": "10000", "begin": "2025-06-01", "end": "2026-05-31", "basis": "lpr"}, "300.00"),
        ("late_interest", {"principal": "10000", "begin": "2025-06-01", "end": "2026-05-31", "basis": "lpr_150"}, "450.00"),
        ("late_interest", {"principal": "10000", "begin": "2025-06-01", "end": "2026-05-31", "basis": "cap"}, "1200.00"),
        ("late_interest", {"principal": "10000", "begin": "2025-06-01", "end": "2026-05-26", "basis": "own", "rate": "6",
                           "days": "360"}, "600.00"),
        ("delayed_performance", {"principal": "10000", "begin": "2026-01-01", "end": "2026-04-10"}, "175.00"),
        ("wage_arrears", {"wage": "6000", "months": "2.5", "surcharge": "50"}, "22500.00"),
        ("wage_arrears", {"wage": "6000", "months": "1", "quits": "yes", "years": "3.4"}, "27000.00"),
        ("overtime", {"wage": "4350", "weekday": "8", "restday": "8", "holiday": "8"}, "1300.00"),
        ("severance", {"begin": "2020-03-01", "end": "2026-08-31", "wage": "8000"}, "56000.00"),
        ("severance", {"begin": "2020-03-01", "end": "2026-08-30", "wage": "8000"}, "52000.00"),
        ("severance", {"begin": "2020-03-01", "end": "2021-02-28", "wage": "8000"}, "8000.00"),
        ("severance", {"begin": "2026-03-01", "end": "2026-03-10", "wage": "8000", "kind": "2n"}, "8000.00"),
        ("severance", {"begin": "2020-01-01", "end": "2021-12-31", "wage": "8000", "kind": "n1"}, "24000.00"),
        ("severance", {"begin": "2000-01-01", "end": "2025-12-31", "wage": "40000", "local_wage": "10000"}, "360000.00"),
        ("work_injury", {"outcome": "9", "wage": "5000", "medical_months": "6", "job_months": "8", "leave": "3"}, "172000.00"),
        ("work_injury", {"outcome": "1", "wage": "4000", "local_wage": "8000"}, "129600.00"),
        ("work_injury", {"outcome": "death", "wage": "5000", "income": "54188"}, "1131760.00"),
        ("traffic_injury", {"medical": "20000", "share": "70", "insurance": "18000"}, "1400.00"),
        ("traffic_injury", {"outcome": "10", "age": "76", "income": "50000"}, "25000.00"),
        ("traffic_injury", {"outcome": "death", "age": "61", "income": "50000", "month_wage": "8000"}, "998000.00"),
        ("medical_injury", {"medical": "10000", "share": "20", "solace": "5000"}, "7000.00"),
        ("child_support", {"income": "8000", "born_on": "2020-02-29", "begin": "2026-12-01"}, "270000.00"),
    ],
)  # fmt: skip
def test_the_sum_is_what_the_law_gives(key: str, typed: dict[str, str], total: str) -> None:
    assert reckon(key, **typed).total == Decimal(total)


def test_interest_is_cut_where_the_rate_changed_and_says_which_rates() -> None:
    result = reckon("late_interest", principal="10000", begin="2024-06-01", end="2025-06-30", basis="lpr")
    assert [str(rate.value) for rate in result.rates] == ["3.45", "3.35", "3.10", "3.00"]
    assert "51" in result.lines[0].working
    assert result.lines[0].working.endswith("= 48.21")


def test_a_pension_by_the_month_is_not_in_the_total() -> None:
    result = reckon("work_injury", outcome="2", wage="6000", local_wage="8000")
    assert amounts(result)["伤残津贴（每月）"] == Decimal("5100.00")
    assert result.total == Decimal("150000.00")


def test_all_dependants_together_get_no_more_than_one_share_a_year() -> None:
    alone = amounts(reckon("traffic_injury", outcome="death", dependants="8/1"))["被扶养人生活费"]
    three = amounts(reckon("traffic_injury", outcome="death", dependants="8/1, 9/1, 10/1"))["被扶养人生活费"]
    assert alone == three == Decimal("345570.00")


@given(SUMS, DAYS, st.integers(0, 3000), st.sampled_from(("lpr", "lpr_150", "cap", "own")))
def test_interest_grows_with_the_days_and_its_lines_add_up(principal: str, begin: date, days: int, basis: str) -> None:
    typed = {"principal": principal, "begin": begin.isoformat(), "basis": basis, "rate": "5", "days": "365"}
    end = begin + timedelta(days=days)
    result = reckon("late_interest", **typed, end=end.isoformat())
    longer = reckon("late_interest", **typed, end=(end + timedelta(days=1)).isoformat())
    assert result.total == sum((line.amount for line in result.lines), Decimal(0))
    assert Decimal(0) <= result.total <= longer.total + Decimal("0.02")
    if basis.startswith("lpr"):
        assert sum((line.working.count("×") for line in result.lines), 0) == 2 * len(result.lines)


@given(
    SUMS,
    SUMS,
    st.integers(0, 100),
    SUMS,
    st.sampled_from(("healed", *map(str, range(1, 11)), "death")),
    st.integers(0, 110),
)
def test_nobody_ever_owes_less_than_nothing(
    medical: str, paid: str, share: int, insured: str, outcome: str, age: int
) -> None:
    insured = str(min(Decimal(insured), Decimal(200000)))
    result = reckon(
        "traffic_injury", medical=medical, paid=paid, share=str(share), insurance=insured, outcome=outcome, age=str(age)
    )
    assert result.total >= 0
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for line in result.lines)


@given(st.dates(date(1990, 1, 1), date(2026, 1, 1)), st.integers(0, 15000))
def test_severance_never_falls_as_one_works_on(begin: date, days: int) -> None:
    end = begin + timedelta(days=days)
    now, later = (
        reckon("severance", begin=begin.isoformat(), end=day.isoformat(), wage="1").total
        for day in (end, end + timedelta(days=1))
    )
    assert Decimal("0.5") <= now <= later


@pytest.mark.parametrize("one", calculators.calculators().values(), ids=lambda one: one.key)
def test_each_names_its_law_says_all_in_both_languages_and_shows_its_working(one: Calculator) -> None:
    for words in (
        one.title,
        one.law,
        *(asked.label for asked in one.inputs),
        *(label for asked in one.inputs for _v, label in asked.options),
    ):
        assert set(words) == {"zh", "en"}
        assert all(words.values())
    typed = {"principal": "1000", "begin": "2025-01-01", "end": "2026-01-01", "wage": "5000", "months": "2", "weekday": "4",
             "income": "5000", "born_on": "2020-01-01", "medical": "100"}  # fmt: skip
    result = reckon(
        one.key, **{key: value for key, value in typed.items() if key in {asked.key for asked in one.inputs}}
    )
    assert result.lines
    for line in result.lines:
        assert line.law["zh"].strip()
        assert line.working.split(" = ")[-1] == f"{line.amount:,}".replace("-", "−")


@pytest.mark.parametrize("wrong", ["", "-1", "abc", "NaN", "1e400", "99999999999", "٣", "1.0000000001"])
def test_what_is_no_amount_is_refused_in_words(wrong: str) -> None:
    if wrong == "٣":
        assert reckon("wage_arrears", wage=wrong, months="1").total == 3
        return
    with pytest.raises(InputRefused) as refused:
        reckon("wage_arrears", wage=wrong, months="1")
    assert refused.value.errors["wage"]["zh"]


@pytest.mark.parametrize("typed", [{"begin": "gestern"}, {"end": "2019-01-01"}, {"basis": "usury"}])
def test_days_and_choices_are_refused_in_words(typed: dict[str, str]) -> None:
    given_ = {"principal": "1", "begin": "2025-01-01", "end": "2025-02-01", **typed}
    with pytest.raises(InputRefused):
        reckon("late_interest", **given_)


def test_a_result_becomes_a_term_that_the_checker_leaves_alone() -> None:
    typed = {"outcome": "9", "wage": "5000", "medical_months": "6", "job_months": "8"}
    row = {**calculators.as_term("work_injury", typed, reckon("work_injury", **typed)), "debtor": "2", "creditor": "1",
           "due_on": "2026-12-31", "account": "6200"}  # fmt: skip
    assert checker.check(draft(row)) == []


def test_child_support_becomes_a_term_by_the_month_until_eighteen() -> None:
    typed = {"income": "8000", "born_on": "2020-03-05", "begin": "2026-12-01"}
    term = terms.read(calculators.as_term("child_support", typed, reckon("child_support", **typed)))
    assert (term.when, term.amount, term.until) == ("periodic", Decimal(2000), date(2038, 3, 5))


def test_every_rate_has_a_source_and_says_whether_it_was_checked() -> None:
    for key in ("lpr_1y", "lpr_5y", "delay_daily", "urban_income", "urban_spending", "paid_days"):
        listed = rates.history(key)
        assert [rate.since for rate in listed] == sorted(rate.since for rate in listed)
        assert all(rate.source["zh"] and rate.source["en"] and not rate.verified for rate in listed)


def test_the_cap_is_four_times_the_rate_of_the_day() -> None:
    assert rates.lending_cap(date(2024, 8, 1)) == Decimal("13.40")
    assert rates.lending_cap(date(2000, 1, 1)) == rates.lending_cap(date(2019, 8, 20))
