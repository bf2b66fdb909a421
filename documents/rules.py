"""What must agree within one paper before it may be printed; each kind names its rules under ``checks``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from documents.amounts import in_figures
from documents.refusals import PaperRefused

Facts = Mapping[str, Any]


def words_agree(facts: Facts) -> None:
    """Nothing: the reader compares figures and 大写 in every kind; kinds of earlier releases still name this rule."""


def instalments_add_up(facts: Facts) -> None:
    """Instalments sum up to the stated total."""
    _sum_is(facts, (item["amount"] for item in facts["instalments"]), "分期金额")


def overdue_adds_up(facts: Facts) -> None:
    """What is still open sums up to the stated total; nobody has paid more than was due."""
    for index, item in enumerate(facts["overdue"]):
        if item["paid"] and (not item["amount"] or Decimal(item["paid"]) > Decimal(item["amount"])):
            raise PaperRefused(
                "paid-exceeds-due", "已付金额大于应付金额", f"overdue[{index}].paid", "more paid than due"
            )
    open_sums = (Decimal(item["amount"]) - Decimal(item["paid"] or 0) for item in facts["overdue"] if item["amount"])
    _sum_is(facts, open_sums, "未履行金额")


def shares_add_up(facts: Facts) -> None:
    """What each of several respondents owes sums up to what is asked for in all: the debt of each is definite (民诉法解释 427)."""
    total = sum((Decimal(one["amount"]) for one in facts["shares"]), Decimal(0))
    if facts["shares"] and total != Decimal(facts["amount"]):
        raise PaperRefused(
            "sum-differs", f"各被申请人应付金额合计{total}元，与请求金额不符", "shares", "the shares do not sum up to the amount"
        )


def _sum_is(facts: Facts, amounts: Iterable[Any], what: str) -> None:
    listed = [Decimal(amount) for amount in amounts]
    if not listed or facts["total"] is None:
        return
    total = sum(listed, Decimal(0))
    if total != Decimal(facts["total"]):
        message = f"{what}之和为{in_figures(total)}元，与合计{in_figures(Decimal(facts['total']))}元不一致"
        raise PaperRefused(
            "sum-differs", message, "total", f"the parts sum up to {total}, the total says {facts['total']}"
        )


def instalments_name_parties(facts: Facts) -> None:
    """Who pays and who receives is a party of this paper, by name or by label: a court must be able to enforce it."""
    known = {party["name"] for party in facts["parties"]} | set(labels(facts["parties"]))
    for index, item in enumerate(facts["instalments"]):
        for side in ("payer", "payee"):
            if item[side] not in known:
                message = f"“{item[side]}”不是本协议的当事人"
                raise PaperRefused(
                    "not-a-party", message, f"instalments[{index}].{side}", "this is not a party of the agreement"
                )
        if item["payer"] == item["payee"]:
            raise PaperRefused(
                "pays-itself", "付款人与收款人相同", f"instalments[{index}]", "payer and payee are the same"
            )


def minors_have_guardians(facts: Facts) -> None:
    """A party under sixteen acts through a guardian; from sixteen on a minor may live on own wages (民法典 18-23)."""
    for index, party in enumerate(facts["parties"]):
        age = _age(party, facts.get("date"))
        if age is not None and age < 16 and party["guardian"] is None:
            raise PaperRefused(
                "guardian-missing",
                "未成年当事人须由监护人代理",
                f"parties[{index}].guardian",
                "a minor needs a guardian",
            )


def _age(party: Facts, on: str | None) -> int | None:
    """Full years on the day of the paper, as far as the facts tell."""
    if party["birth_date"] is None or on is None:
        return party["age"]
    born, today = date.fromisoformat(party["birth_date"]), date.fromisoformat(on)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def copies_suffice(facts: Facts) -> None:
    """人民调解法 29: one copy for each party and one for the committee."""
    needed = len(facts["parties"]) + 1
    if facts["copies"] is not None and facts["copies"] < needed:
        raise PaperRefused("copies-too-few", f"至少一式{needed}份", "copies", f"at least {needed} copies are needed")


def minutes_say_something(facts: Facts) -> None:
    """Minutes without any record of what was said are no minutes."""
    if not facts["speeches"] and not facts["record"]:
        raise PaperRefused("missing", "缺少调解经过", "record", "the course of the meeting is missing")


def extension_is_later(facts: Facts) -> None:
    """An extension ends later than the period it extends."""
    if date.fromisoformat(facts["extended_until"]) <= date.fromisoformat(facts["until"]):
        raise PaperRefused("not-later", "延长后的日期应晚于原期限", "extended_until", "the new day must be later")


def agreement_names_its_effect(facts: Facts) -> None:
    """民事诉讼法 205 counts thirty days from effectiveness, so the application must name that day."""
    if facts["agreement"]["effective_on"] is None:
        raise PaperRefused(
            "missing", "缺少“协议生效日期”", "agreement.effective_on", "the day of effectiveness is missing"
        )


def an_organisation_applies(facts: Facts) -> None:
    """The courts' form for persons and units is for those among whom one is a unit (民事诉讼法 51)."""
    if all(party["kind"] == "person" for party in facts["applicants"]):
        raise PaperRefused("no-organisation", "申请人中没有单位", "applicants", "none of the applicants is an organisation")


def labels(parties: Iterable[Facts]) -> list[str]:
    """How the parties are called in the text: their own labels, else 甲方, 乙方, …, from the eleventh on 当事人11."""
    stems = "甲乙丙丁戊己庚辛壬癸"
    return [
        party["label"] or (f"{stems[index]}方" if index < len(stems) else f"当事人{index + 1}")
        for index, party in enumerate(parties)
    ]


RULES: dict[str, Callable[[Facts], None]] = {
    "words-agree": words_agree,
    "instalments-add-up": instalments_add_up,
    "overdue-adds-up": overdue_adds_up,
    "shares-add-up": shares_add_up,
    "instalments-name-parties": instalments_name_parties,
    "minors-have-guardians": minors_have_guardians,
    "copies-suffice": copies_suffice,
    "minutes-say-something": minutes_say_something,
    "extension-is-later": extension_is_later,
    "agreement-names-its-effect": agreement_names_its_effect,
    "an-organisation-applies": an_organisation_applies,
}
