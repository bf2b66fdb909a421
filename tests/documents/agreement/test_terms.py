"""Terms: what is typed becomes a sentence, parts that add up, and rows of the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.agreement import terms
from documents.agreement.terms import KINDS, MOST_PARTS, Term
from documents.amounts import from_words
from tests.documents.agreement.drafts import act, pays, said

NAMES = {"1": "王建国", "2": "李秀兰"}
DAYS = st.dates(date(2020, 1, 1), date(2100, 12, 31))
SUMS = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=20)


@st.composite
def any_term(draw: st.DrawFn) -> Term:
    """Any term that a form can make."""
    return Term(
        kind=draw(st.sampled_from(KINDS)), debtor=draw(st.sampled_from(("", "1", "2"))),
        creditor=draw(st.sampled_from(("", "1", "2"))), purpose=draw(st.sampled_from(("", *terms.PURPOSES))),
        status=draw(st.sampled_from(("", *terms.STATUSES))), what=draw(WORDS), amount=draw(st.none() | SUMS),
        when=draw(st.sampled_from(("", "now", "date", "instalments", "periodic", "standing"))), due_on=draw(st.none() | DAYS),
        interval=draw(st.sampled_from(("", "week", "month", "quarter", "half_year", "year"))), until=draw(st.none() | DAYS),
        count=draw(st.none() | st.integers(1, 300)), how=draw(st.sampled_from(("", "transfer", "cash"))), account=draw(WORDS),
        place=draw(WORDS), late_rate=draw(st.none() | st.integers(0, 999).map(Decimal)), penalty=draw(WORDS), text=draw(WORDS),
        born_on=draw(st.none() | DAYS),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_the_ledger_always_says_what_is_owed(kind: str) -> None:
    """Its receipt cannot be printed otherwise, and what an agreement forgot to say is known by then."""
    term = Term(kind=kind, debtor="1", when="date", due_on=date(2026, 12, 1))
    assert all(row.what for row in terms.ledger([term]))
    assert terms.subject(term)


@given(SUMS, st.integers(1, MOST_PARTS))
def test_shares_add_up_and_none_is_negative(total: Decimal, count: int) -> None:
    parts = terms.shares(total, count)
    assert sum(parts, Decimal(0)) == total
    assert len(parts) == count
    assert min(parts) >= 0
    assert max(parts) - min(parts) <= max(count, 1)


@given(DAYS, st.sampled_from(("week", "month", "quarter", "half_year", "year")), st.integers(0, 100))
def test_steps_go_forward_and_keep_the_day_where_there_is_one(first: date, interval: str, number: int) -> None:
    here, following = terms.step_from(first, interval, number), terms.step_from(first, interval, number + 1)
    assert here < following
    if interval != "week" and first.day <= 28:
        assert here.day == first.day


def test_the_31st_becomes_the_last_day_of_a_shorter_month() -> None:
    days = [terms.step_from(date(2026, 12, 31), "month", number) for number in range(4)]
    assert days == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


@given(any_term())
def test_what_is_kept_is_read_back_the_same(term: Term) -> None:
    again = terms.read(terms.kept(term))
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in vars(term).items()}
    assert again == Term(**stripped)


@given(any_term())
def test_the_ledger_adds_up_to_what_the_term_says(term: Term) -> None:
    rows = terms.ledger([term])
    assert all(row.debtor and row.what is not None for row in rows)
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    if rows and term.kind == "pay" and term.amount is not None and term.when in ("date", "instalments"):
        assert sum((row.amount for row in rows if row.amount is not None), Decimal(0)) == term.amount


@given(any_term())
def test_every_term_is_a_sentence_whose_figures_and_words_agree(term: Term) -> None:
    text = terms.sentence(term, NAMES)
    assert text == "" or text.endswith(("。", "！", "？"))
    if "人民币" in text and "（大写：" in text and not term.what + term.text + term.penalty + term.account + term.place:
        figures = text.split("人民币")[1].split("元")[0].replace(",", "")
        assert from_words(text.split("（大写：")[1].split("）")[0]) == Decimal(figures)


@given(st.lists(st.tuples(DAYS, SUMS), min_size=1, max_size=12))
def test_a_typed_plan_is_read_whatever_the_order(parts: list[tuple[date, Decimal]]) -> None:
    text = "\n".join(f"{day} {amount}" for day, amount in parts)
    read, unread = terms.plan_of(Term(plan=text))
    assert unread == []
    assert sorted((part.due_on, part.amount) for part in read) == sorted(parts)


@pytest.mark.parametrize(
    "line", ["2026年12月31日前支付3000元", "2026-12-31：3,000.00", "2026.12.31 ¥3000 首期", "2026/12/31，3000元"]
)
def test_a_line_of_a_plan_may_be_written_as_people_write(line: str) -> None:
    parts, unread = terms.plan_of(Term(plan=line))
    assert ([(part.due_on, part.amount) for part in parts], unread) == ([(date(2026, 12, 31), Decimal(3000))], [])


@pytest.mark.parametrize(
    "line", ["年底前 3000", "2026-13-01 3000", "2026-12-31", "2026-12-31 三千", "2026-12-31 3000 2027-01-31 3000"]
)
def test_a_line_that_is_no_day_with_an_amount_is_told(line: str) -> None:
    assert terms.plan_of(Term(plan=line)) == ([], [line])


def test_a_payment_says_who_whom_how_much_when_how_and_what_if_not() -> None:
    term = terms.read(pays(late_rate="3.60", penalty="王建国可以申请强制执行"))
    assert terms.sentence(term, NAMES) == (
        "李秀兰于2026年12月31日前（含当日）向王建国支付赔偿款人民币9,000.00元（大写：玖仟元整）。"
        "以银行转账方式支付，收款账户：王建国 青禾农商银行 6200 0001。"
        "逾期未付的，就未付部分按年利率3.6%支付逾期利息，自逾期之日起计算至付清之日止；王建国可以申请强制执行。"
    )


def test_child_support_becomes_a_row_for_each_month_until_its_end() -> None:
    term = terms.read(
        pays(
            purpose="support", amount="800", when="periodic", interval="month", due_on="2026-12-01", until="2027-03-15"
        )
    )
    rows = terms.ledger([term])
    assert [(row.due_on.isoformat(), row.amount, row.parts) for row in rows] == [
        ("2026-12-01", 800, 4), ("2027-01-01", 800, 4), ("2027-02-01", 800, 4), ("2027-03-01", 800, 4),
    ]  # fmt: skip


def test_what_is_done_at_once_or_always_holds_leaves_nothing_to_watch() -> None:
    told = [pays(when="now"), act("refrain", what="夜间弹琴"), said("再无其他争议")]
    agreed = [terms.read(row) for row in told]
    assert terms.is_immediate(agreed)
    assert terms.ledger([agreed[0], agreed[2]]) == []
    assert not terms.is_immediate([terms.read(pays())])


def test_marriage_and_title_are_not_for_the_court_but_custody_and_a_transfer_are() -> None:
    kinds = {"divorce": "status", "adoption": "status", "custody": "", "visits": ""}
    assert {key: terms.obstacle(Term(kind="status", status=key)) for key in kinds} == kinds
    assert terms.obstacle(Term(kind="property_right")) == "property_right"
    assert terms.obstacle(Term(kind="transfer_title")) == ""


def test_an_old_term_is_its_own_text() -> None:
    term = terms.read({"text": "李秀兰向王建国支付赔偿款 9000 元", "kind": "money", "amount": "9000.00"})
    assert (term.kind, terms.sentence(term, NAMES)) == ("pay", "李秀兰向王建国支付赔偿款 9000 元。")


def test_rubbish_is_read_as_nothing() -> None:
    term = terms.read({"kind": "<script>", "amount": "NaN", "due_on": "31/12", "count": "-3", "late_rate": "1e99"})
    assert (term.kind, term.amount, term.due_on, term.count, term.late_rate) == ("other", None, None, None, None)


def test_manner_time_and_place_come_from_the_terms() -> None:
    agreed = [
        terms.read(row)
        for row in (pays(), act("hand_over", what="钥匙", place="调委会", due_on="2026-12-01"), pays(when="now"))
    ]
    assert terms.performance(agreed) == {
        "manner": "银行转账、实际履行", "place": "调委会",
        "time": "约定当场履行的，于签订本协议时履行完毕；自2026年12月1日起按约定的期限履行，2026年12月31日前履行完毕",
    }  # fmt: skip


@given(st.lists(any_term(), max_size=6))
def test_the_total_is_what_the_money_terms_come_to(agreed: list[Term]) -> None:
    sums = [amount for term in agreed if (amount := terms.sum_of(term)) is not None]
    assert terms.total_of(agreed) == (sum(sums, Decimal(0)) if sums else None)
    assert all(timedelta(0) <= row.due_on - date(1900, 1, 1) for row in terms.ledger(agreed))
