"""Plain words say what the term says, in both languages, and nothing that a resident would have to look up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from documents.agreement import plain, terms
from documents.agreement.terms import Term
from tests.documents.agreement.drafts import act, pays
from tests.documents.agreement.test_terms import NAMES, any_term


def lines(row: dict[str, str], language: str = "zh") -> list[str]:
    return plain.plain(terms.read(row), NAMES, language).lines()


def test_who_pays_whom_how_much_when_how_and_what_if_not() -> None:
    row = pays(when="instalments", due_on="2026-12-31", interval="month", count=2, penalty="其余各期一并到期")
    assert lines(row) == [
        "李秀兰给王建国钱：赔偿。", "一共 9,000 元。", "分 2 次。",
        "最晚 2026年12月31日，付 4,500 元。", "最晚 2027年1月31日，付 4,500 元。",
        "转到银行账户；账户：王建国 青禾农商银行 6200 0001。", "如果没有做到：其余各期一并到期。",
    ]  # fmt: skip


def test_the_same_in_english() -> None:
    assert lines(pays(account=None), "en") == [
        "李秀兰 pays 王建国: compensation.", "In all 9,000 yuan.", "At the latest on 2026-12-31.", "By bank transfer.",
    ]  # fmt: skip


def test_every_line_ends_once_also_where_somebody_typed_the_full_stop() -> None:
    told = lines(pays(how="cash", account=None, penalty="其余各期一并到期。"))
    assert told[-2:] == ["给现金。", "如果没有做到：其余各期一并到期。"]


def test_a_long_plan_is_told_by_its_rhythm() -> None:
    told = lines(pays(when="instalments", due_on="2026-12-31", interval="month", count=24))
    assert "分 24 次。" in told
    assert "第一次 2026年12月31日，最后一次 2028年11月30日。" in told


def test_what_must_not_be_done_holds_from_then_on() -> None:
    row = {"kind": "refrain", "debtor": "2", "what": "夜里十点后弹琴", "when": "standing"}
    assert lines(row) == ["李秀兰不可以：夜里十点后弹琴。", "从协议生效那天起，一直这样。"]


@given(any_term(), st.sampled_from(("zh", "en", "mn")))
def test_any_term_has_plain_words(term: Term, language: str) -> None:
    told = plain.plain(term, NAMES, language).lines()
    assert all(isinstance(line, str) and line for line in told)
    if term.kind == "pay" and term.debtor and term.creditor:
        assert NAMES[term.debtor] in told[0]


def test_the_paper_takes_only_what_is_said() -> None:
    (point,) = plain.facts([terms.read(act("vacate", what="文化路9号301室"))], NAMES)
    assert point == {"who": "李秀兰搬出文化路9号301室。", "when": "最晚 2026年12月31日。"}
