"""Sums that the law has a formula for, beside the terms: interest, wages, severance, injuries, child support.

What each asks stands in `calculators.json`, the rates in `rates.json`. Every line names its article and shows its working.
Decimal only; each line is rounded to the fen, and the total is the sum of its lines.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from documents.agreement.rates import Rate, history, lending_cap, rate_on
from documents.agreement.terms import percent, step_from

FILE = Path(__file__).with_name("calculators.json")
CENT = Decimal("0.01")
ADULT_AT = 18
LARGEST = Decimal(10) ** 10
Words = Mapping[str, str]


@dataclass(frozen=True)
class Input:
    """One question. `kind`: amount, number, percent, date, choice, text. `rate` names the rate that is offered."""

    key: str
    kind: str
    label: Words
    default: str | None = None
    rate: str = ""
    options: tuple[tuple[str, Words], ...] = ()
    hint: Words = field(default_factory=dict)
    min: Decimal = Decimal(0)
    max: Decimal = LARGEST
    unverified: bool = False


@dataclass(frozen=True)
class Calculator:
    """One formula: its law, what it asks, and for which kind of payment its result stands in a term."""

    key: str
    purpose: str
    title: Words
    law: Words
    inputs: tuple[Input, ...]
    note: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One item: its name, its law, the working in figures, the amount. `monthly`: paid month by month, not in the total."""

    name: Words
    law: Words
    working: str
    amount: Decimal
    monthly: bool = False


@dataclass(frozen=True)
class Result:
    """What came out: the lines, the rates that were used, and the total of the lines that are paid once."""

    lines: tuple[Line, ...]
    rates: tuple[Rate, ...] = ()

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines if not line.monthly), Decimal(0))


class InputRefused(ValueError):
    """What was typed cannot be reckoned with: key of the input -> sentence in both languages."""

    def __init__(self, errors: Mapping[str, Words]) -> None:
        super().__init__(errors)
        self.errors = dict(errors)


@lru_cache(maxsize=1)
def calculators() -> Mapping[str, Calculator]:
    """Every calculator by key, in the order of the file."""
    return {row["key"]: _calculator(row) for row in json.loads(FILE.read_text("utf-8"))}


def _calculator(row: Mapping[str, Any]) -> Calculator:
    return Calculator(
        row["key"],
        row["purpose"],
        row["title"],
        row["law"],
        tuple(_input(one) for one in row["inputs"]),
        row.get("note", {}),
    )


def _input(row: Mapping[str, Any]) -> Input:
    limits = {name: Decimal(row[name]) for name in ("min", "max") if name in row}
    options = tuple((one["value"], one["label"]) for one in row.get("options", ()))
    plain = {
        name: row[name] for name in ("key", "kind", "label", "default", "rate", "hint", "unverified") if name in row
    }
    return Input(**{**plain, **limits}, options=options)


def defaults(calculator: Calculator, today: date) -> dict[str, str]:
    """What the fields show at first: defaults, and the rates of today."""
    offered = {one.key: str(rate_on(one.rate, today).value) for one in calculator.inputs if one.rate}
    return {one.key: one.default for one in calculator.inputs if one.default is not None} | offered


def calculate(key: str, typed: Mapping[str, Any]) -> Result:
    """Reckon. `typed` are texts by key; raises InputRefused, and KeyError for an unknown calculator."""
    calculator = calculators()[key]
    values: dict[str, Any] = {}
    errors: dict[str, Words] = {}
    for one in calculator.inputs:
        try:
            values[one.key] = _value(one, str(typed.get(one.key) or "").strip())
        except ValueError:
            errors[one.key] = _wrong(one, str(typed.get(one.key) or "").strip())
    if not errors and "begin" in values and "end" in values and values["end"] < values["begin"]:
        errors["end"] = {"zh": "结束日期早于开始日期。", "en": "The last day lies before the first."}
    if errors:
        raise InputRefused(errors)
    return Result(*_FORMULAS[key](values))


def as_term(key: str, typed: Mapping[str, Any], result: Result) -> dict[str, str]:
    """The result as parts of a term: what the money is for, how much by the law, how that was worked out, in Chinese."""
    calculator = calculators()[key]
    items = "；".join(f"{line.name['zh']} {line.working} 元" for line in result.lines if not line.monthly)
    said = {
        "kind": "pay",
        "how": "transfer",
        "purpose": calculator.purpose,
        "text": f"按{calculator.law['zh']}计算：{items}"[:1000],
    }
    if key != "child_support":
        return {**said, "when": "date", "amount": str(result.total), "standard": str(result.total)}
    born_on = date.fromisoformat(str(typed["born_on"]).strip())
    return {
        **said, "when": "periodic", "interval": "month", "amount": str(result.lines[0].amount), "due_on": str(typed["begin"]).strip(),
        "until": eighteenth(born_on).isoformat(), "born_on": born_on.isoformat(), "text": "",
    }  # fmt: skip


def _value(one: Input, text: str) -> Any:
    if one.kind == "date":
        day = date.fromisoformat(text)
        if not 1900 <= day.year <= 2200:
            raise ValueError(text)
        return day
    if one.kind == "choice":
        if text not in {value for value, _label in one.options}:
            raise ValueError(text)
        return text
    if one.kind == "text":
        return _dependants(text)
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or not one.min <= number <= one.max or number != number.quantize(Decimal("0.000001")):
        raise ValueError(text)
    return number


def _dependants(text: str) -> list[tuple[int, int]]:
    """``8/2, 70/3`` -> [(8, 2), (70, 3)]: age, and how many support this person."""
    found: list[tuple[int, int]] = []
    for part in filter(None, (one.strip() for one in text.replace("，", ",").replace("；", ",").split(","))):
        age, _, supporters = part.partition("/")
        pair = int(age), int(supporters or 1)
        if not (0 <= pair[0] <= 120 and 1 <= pair[1] <= 20) or len(found) >= 20:
            raise ValueError(part)
        found.append(pair)
    return found


def _wrong(one: Input, text: str) -> Words:
    """What to do about an answer that cannot be read; of a number also within which limits it has to lie."""
    if one.kind in _WRONG:
        return _WRONG[one.kind]
    if not text:
        return {"zh": "请填写数字。", "en": "Please enter a number."}
    return {
        "zh": f"请填写 {one.min:,} 至 {one.max:,} 之间的数字。",
        "en": f"Please enter a number from {one.min:,} to {one.max:,}.",
    }


_WRONG: Mapping[str, Words] = {
    "date": {"zh": "请填写日期。", "en": "Please enter a day."},
    "choice": {"zh": "请选择一项。", "en": "Please choose one."},
    "text": {"zh": "请按“年龄/扶养人数”填写，逗号分开。", "en": "Please write age/supporters, separated by commas."},
}  # fmt: skip


def cents(amount: Decimal) -> Decimal:
    """To the fen, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _line(zh: str, en: str, law: str, law_en: str, working: str, amount: Decimal, *, monthly: bool = False) -> Line:
    """A line; a bare figure is its own working, and is not said to equal itself."""
    said = f"{cents(amount):,}".replace("-", "−")
    bare = " " not in working and "%" not in working
    return Line(
        {"zh": zh, "en": en}, {"zh": law, "en": law_en}, said if bare else f"{working} = {said}", cents(amount), monthly
    )


Made = tuple[tuple[Line, ...], tuple[Rate, ...]]
Values = Mapping[str, Any]


# --- interest -----------------------------------------------------------------------------------------------------------


def _late_interest(v: Values) -> Made:
    principal, begin, end, base = v["principal"], v["begin"], v["end"], Decimal(v["days"])
    if v["basis"] in ("own", "cap"):
        cap = lending_cap(begin)
        rate, used = (v["rate"], ()) if v["basis"] == "own" else (cap, (rate_on("lpr_1y", begin),))
        days = (end - begin).days + 1
        law = "《民间借贷规定》第二十五条、第二十九条", "Provisions on Private Lending, art. 25 and 29"
        return (_interest_line(principal, rate, begin, end, days, base, *law),), used
    times = Decimal("1.5") if v["basis"] == "lpr_150" else Decimal(1)
    law = ("《买卖合同解释》第十八条", "Interpretation on Sales Contracts, art. 18") if times > 1 else (
        "《民法典》第五百七十七条、第六百七十六条", "Civil Code, art. 577 and 676")  # fmt: skip
    spans = list(_spans(begin, end))
    lines = [
        _interest_line(principal, rate.value * times, first, last, (last - first).days + 1, base, *law)
        for rate, first, last in spans
    ]
    return tuple(lines), tuple(rate for rate, _first, _last in spans)


def _spans(begin: date, end: date) -> Iterator[tuple[Rate, date, date]]:
    """The LPR and the days from begin to end on which it held."""
    first = begin
    for following in [
        *(rate.since for rate in history("lpr_1y") if begin < rate.since <= end),
        end + timedelta(days=1),
    ]:
        yield rate_on("lpr_1y", first), first, following - timedelta(days=1)
        first = following


def _interest_line(
    principal: Decimal, rate: Decimal, first: date, last: date, days: int, base: Decimal, law: str, law_en: str
) -> Line:
    amount = principal * rate / 100 * days / base
    working = f"{principal:,} × {percent(rate)} × {days} ÷ {base}"
    return _line(f"{first} 至 {last}，{days} 天", f"{first} to {last}, {days} days", law, law_en, working, amount)


def _delayed_performance(v: Values) -> Made:
    days = (v["end"] - v["begin"]).days + 1
    ordinary = v["principal"] * v["rate"] / 100 * days / 365
    doubled = v["principal"] * v["daily"] / 100 * days
    law = "法释〔2014〕8号第一条", "Fashi (2014) 8, art. 1"
    return (
        _line(
            "一般债务利息",
            "Ordinary interest",
            *law,
            f"{v['principal']:,} × {percent(v['rate'])} × {days} ÷ 365",
            ordinary,
        ),
        _line(
            "加倍部分债务利息", "Doubled part", *law, f"{v['principal']:,} × {percent(v['daily'])} × {days}", doubled
        ),
    ), (rate_on("delay_daily", v["begin"]),)


# --- work ---------------------------------------------------------------------------------------------------------------


def _wage_arrears(v: Values) -> Made:
    owed = cents(v["wage"] * v["months"])
    lines = [_line("拖欠的工资", "Wages owed", "《劳动合同法》第三十条", "Labour Contract Law, art. 30",
                   f"{v['wage']:,} × {v['months']}", owed)]  # fmt: skip
    if v["surcharge"]:
        lines.append(_line("加付赔偿金", "Surcharge", "《劳动合同法》第八十五条", "Labour Contract Law, art. 85",
                           f"{owed:,} × {percent(v['surcharge'])}", owed * v["surcharge"] / 100))  # fmt: skip
    if v["quits"] == "yes":
        months = _months_of_years(v["years"])
        lines.append(_line("经济补偿", "Severance pay", "《劳动合同法》第三十八条、第四十六条、第四十七条",
                           "Labour Contract Law, art. 38, 46 and 47", f"{v['wage']:,} × {months}", v["wage"] * months))  # fmt: skip
    return tuple(lines), ()


def _months_of_years(years: Decimal) -> Decimal:
    """One month for each year; a rest of half a year or more is a year, less is half a month (劳动合同法 47)."""
    whole = years // 1
    rest = years - whole
    return whole + (0 if rest == 0 else Decimal(1) if rest >= Decimal("0.5") else Decimal("0.5"))


def _overtime(v: Values) -> Made:
    if v["paid_days"] <= 0:
        raise InputRefused({"paid_days": {"zh": "请填写大于零的数字。", "en": "Please enter a number above zero."}})
    hour = v["wage"] / v["paid_days"] / 8
    kinds = (("weekday", "工作日加班", "Working days", 150), ("restday", "休息日加班", "Rest days", 200),
             ("holiday", "法定节假日加班", "Public holidays", 300))  # fmt: skip
    lines = [
        _line(zh, en, "《劳动法》第四十四条", "Labour Law, art. 44",
              f"{v['wage']:,} ÷ {v['paid_days']} ÷ 8 × {v[key]} × {times}%", hour * v[key] * times / 100)
        for key, zh, en, times in kinds if v[key]
    ]  # fmt: skip
    return (*lines, *_paid(v, lines)), ()


def _paid(v: Values, lines: list[Line]) -> list[Line]:
    """What was paid already, never more than what is owed."""
    owed = sum((line.amount for line in lines if not line.monthly), Decimal(0))
    paid = min(cents(v["paid"]), owed)
    if paid <= 0:
        return []
    return [
        _line("减：已付", "Less: paid already", "《民法典》第五百五十七条", "Civil Code, art. 557", f"−{paid:,}", -paid)
    ]


def _severance(v: Values) -> Made:
    months = _served(v["begin"], v["end"])
    wage, ceiling = v["wage"], v["local_wage"] * 3
    capped = ceiling > 0 and wage > ceiling
    if capped:
        wage, months = ceiling, min(months, Decimal(12))
    law = "《劳动合同法》第四十六条、第四十七条", "Labour Contract Law, art. 46 and 47"
    times = 2 if v["kind"] == "2n" else 1
    if times == 2:
        law = "《劳动合同法》第四十七条、第八十七条", "Labour Contract Law, art. 47 and 87"
    lines = [_line("经济补偿" if times == 1 else "赔偿金", "Severance pay" if times == 1 else "Damages", *law,
                   f"{wage:,} × {months}" + (" × 2" if times == 2 else ""), wage * months * times)]  # fmt: skip
    if v["kind"] == "n1":
        lines.append(_line("代通知金", "Pay in lieu of notice", "《劳动合同法》第四十条", "Labour Contract Law, art. 40",
                           f"{v['wage']:,} × 1", v["wage"]))  # fmt: skip
    return tuple(lines), ()


def _served(begin: date, end: date) -> Decimal:
    """Months of pay for the time served: one a year; a rest of six months or more is a year, less is half a month."""
    after = end + timedelta(days=1)
    months = (after.year - begin.year) * 12 + after.month - begin.month
    months -= step_from(begin, "month", months) > after
    years, rest = divmod(months, 12)
    if rest >= 6:
        return Decimal(years + 1)
    return Decimal(years) + (Decimal("0.5") if rest or step_from(begin, "month", months) < after else 0)


_GRADE_MONTHS = {1: 27, 2: 25, 3: 23, 4: 21, 5: 18, 6: 16, 7: 13, 8: 11, 9: 9, 10: 7}
_GRADE_PENSION = {1: 90, 2: 85, 3: 80, 4: 75, 5: 70, 6: 60}


def _work_injury(v: Values) -> Made:
    low, high = v["local_wage"] * Decimal("0.6"), v["local_wage"] * 3
    wage = min(max(v["wage"], low), high) if v["local_wage"] else v["wage"]
    lines = [*_injury_costs(v)]
    if v["outcome"] == "death":
        lines += _injury_death(v)
        return (*lines, *_paid(v, lines)), (rate_on("urban_income", date(2200, 1, 1)),)
    grade = int(v["outcome"])
    article = "第三十五条" if grade <= 4 else "第三十六条" if grade <= 6 else "第三十七条"
    law = (
        f"《工伤保险条例》{article}",
        f"Work Injury Regulations, art. {35 if grade <= 4 else 36 if grade <= 6 else 37}",
    )
    lines.append(
        _line(
            "一次性伤残补助金",
            "Disability grant",
            *law,
            f"{wage:,} × {_GRADE_MONTHS[grade]}",
            wage * _GRADE_MONTHS[grade],
        )
    )
    if grade >= 5:
        for key, zh, en in (
            ("medical_months", "一次性工伤医疗补助金", "Medical subsidy"),
            ("job_months", "一次性伤残就业补助金", "Employment subsidy"),
        ):
            lines.append(_line(zh, en, *law, f"{v['local_wage']:,} × {v[key]}", v["local_wage"] * v[key]))
    if grade in _GRADE_PENSION:
        share = _GRADE_PENSION[grade]
        lines.append(
            _line(
                "伤残津贴（每月）",
                "Disability pension (a month)",
                *law,
                f"{wage:,} × {share}%",
                wage * share / 100,
                monthly=True,
            )
        )
    return (*lines, *_paid(v, lines)), ()


def _injury_costs(v: Values) -> Iterator[Line]:
    if v["treatment"]:
        yield _line("医疗、康复、辅助器具费", "Treatment, rehabilitation, aids", "《工伤保险条例》第三十条、第三十二条",
                    "Work Injury Regulations, art. 30 and 32", f"{v['treatment']:,}", v["treatment"])  # fmt: skip
    if v["food"]:
        yield _line("住院伙食补助、交通食宿费", "Food in hospital, travel", "《工伤保险条例》第三十条",
                    "Work Injury Regulations, art. 30", f"{v['food']:,}", v["food"])  # fmt: skip
    law = "《工伤保险条例》第三十三条", "Work Injury Regulations, art. 33"
    if v["leave"]:
        yield _line(
            "停工留薪期工资", "Wages during leave", *law, f"{v['wage']:,} × {v['leave']}", v["wage"] * v["leave"]
        )
    if v["care"]:
        yield _line("停工留薪期护理费", "Care during leave", *law, f"{v['care']:,}", v["care"])


def _injury_death(v: Values) -> Iterator[Line]:
    law = "《工伤保险条例》第三十九条", "Work Injury Regulations, art. 39"
    yield _line("丧葬补助金", "Funeral grant", *law, f"{v['local_wage']:,} × 6", v["local_wage"] * 6)
    yield _line("一次性工亡补助金", "Death grant", *law, f"{v['income']:,} × 20", v["income"] * 20)


# --- injury to a person -------------------------------------------------------------------------------------------------

_RULES = "《人身损害赔偿解释》", "Interpretation on Personal Injury, art. "


def _injury(v: Values) -> Made:
    lines = [*_losses(v), *_lasting(v)]
    before_solace = sum((line.amount for line in lines), Decimal(0))
    insured = min(cents(v.get("insurance", Decimal(0))), before_solace)
    shared = cents((before_solace - insured) * (100 - v["share"]) / 100)
    if shared:
        lines.append(_line("减：自行承担部分", "Less: own share", "《民法典》第一千一百七十三条", "Civil Code, art. 1173",
                           f"−({before_solace:,} − {insured:,}) × {percent(100 - v['share'])}", -shared))  # fmt: skip
    if v["solace"]:
        lines.append(_line("精神损害抚慰金", "Damages for pain", "《民法典》第一千一百八十三条", "Civil Code, art. 1183",
                           f"{v['solace']:,}", v["solace"]))  # fmt: skip
    if insured:
        lines.append(_line("减：交强险已赔", "Less: compulsory insurance", "《道路交通安全法》第七十六条",
                           "Road Traffic Safety Law, art. 76", f"−{insured:,}", -insured))  # fmt: skip
    return (*lines, *_paid(v, lines)), ()


def _losses(v: Values) -> Iterator[Line]:
    items = (
        ("医疗费", "Medical treatment", 6, "第六条", f"{v['medical']:,}", v["medical"]),
        ("后续治疗费", "Later treatment", 6, "第六条", f"{v['later']:,}", v["later"]),
        (
            "误工费",
            "Lost income",
            7,
            "第七条",
            f"{v['day_income']:,} × {v['lost_days']}",
            v["day_income"] * v["lost_days"],
        ),
        ("护理费", "Care", 8, "第八条", f"{v['care_rate']:,} × {v['care_days']}", v["care_rate"] * v["care_days"]),
        ("交通费、住宿费", "Travel and lodging", 9, "第九条", f"{v['travel']:,}", v["travel"]),
        (
            "住院伙食补助费",
            "Food in hospital",
            10,
            "第十条",
            f"{v['food_rate']:,} × {v['hospital_days']}",
            v["food_rate"] * v["hospital_days"],
        ),
        ("营养费", "Nutrition", 11, "第十一条", f"{v['nutrition']:,}", v["nutrition"]),
        ("残疾辅助器具费", "Aids for disability", 13, "第十三条", f"{v['aids']:,}", v["aids"]),
    )
    for zh, en, number, article, working, amount in items:
        if amount:
            yield _line(zh, en, _RULES[0] + article, f"{_RULES[1]}{number}", working, amount)


def years_of(age: Decimal | int) -> int:
    """Years of income for a disability or a death: twenty, from sixty one less a year, from seventy-five five."""
    full = int(age)
    return 5 if full >= 75 else 20 - max(0, full - 60)


def _lasting(v: Values) -> Iterator[Line]:
    if v["outcome"] == "healed":
        return
    years = years_of(v["age"])
    share = 100 if v["outcome"] == "death" else (11 - int(v["outcome"])) * 10
    if v["outcome"] == "death":
        yield _line(
            "丧葬费",
            "Funeral costs",
            _RULES[0] + "第十四条",
            _RULES[1] + "14",
            f"{v['month_wage']:,} × 6",
            v["month_wage"] * 6,
        )
        yield _line("死亡赔偿金", "Compensation for death", _RULES[0] + "第十五条", _RULES[1] + "15",
                    f"{v['income']:,} × {years}", v["income"] * years)  # fmt: skip
    else:
        yield _line("残疾赔偿金", "Compensation for disability", _RULES[0] + "第十二条", _RULES[1] + "12",
                    f"{v['income']:,} × {years} × {share}%", v["income"] * years * share / 100)  # fmt: skip
    support, told = _support(v["dependants"], share)
    if support:
        yield _line("被扶养人生活费", "Living costs of dependants", _RULES[0] + "第十七条", _RULES[1] + "17",
                    f"{v['spending']:,} × ({told})", v["spending"] * support)  # fmt: skip


def dependant_years(age: int) -> int:
    """Years of support: to eighteen; an adult who cannot work twenty, from sixty one less a year, from seventy-five five."""
    return ADULT_AT - age if age < ADULT_AT else years_of(age)


def _support(dependants: list[tuple[int, int]], share: int) -> tuple[Decimal, str]:
    """How many times a year's consumption: year by year, never more than once a year for all together."""
    total = Decimal(0)
    for year in range(max((dependant_years(age) for age, _n in dependants), default=0)):
        running = sum(
            (Decimal(1) / supporters for age, supporters in dependants if dependant_years(age) > year), Decimal(0)
        )
        total += min(running * share / 100, Decimal(1))
    told = " + ".join(f"{dependant_years(age)} ÷ {supporters}" for age, supporters in dependants)
    return total, f"({told}) × {share}%, ≤ 1"


# --- children -----------------------------------------------------------------------------------------------------------


def _child_support(v: Values) -> Made:
    share = v["share"] / v["children"] if v["children"] > 1 else v["share"]
    monthly = cents(v["income"] * share / 100)
    months = max(0, _months_between(v["begin"], eighteenth(v["born_on"])))
    law = "婚姻家庭编解释（一）第四十九条", "Interpretation on Marriage and Family (1), art. 49"
    part = f"{percent(v['share'])} ÷ {v['children']}" if v["children"] > 1 else percent(v["share"])
    return (
        _line("每月（每个子女）", "A month (each child)", *law, f"{v['income']:,} × {part}", monthly, monthly=True),
        _line("到十八周岁合计", "Until eighteen, in all", "《民法典》第一千零六十七条；婚姻家庭编解释（一）第五十三条",
              "Civil Code, art. 1067; Interpretation on Marriage and Family (1), art. 53", f"{monthly:,} × {months}", monthly * months),
    ), ()  # fmt: skip


def eighteenth(born_on: date) -> date:
    """The day on which somebody comes of age (民法典 17); whoever was born on 29 February on 1 March."""
    try:
        return born_on.replace(year=born_on.year + ADULT_AT)
    except ValueError:
        return date(born_on.year + ADULT_AT, 3, 1)


def _months_between(first: date, last: date) -> int:
    """Months begun from first until last."""
    return (last.year - first.year) * 12 + last.month - first.month + (last.day > first.day)


_FORMULAS: Mapping[str, Callable[[Values], Made]] = {
    "late_interest": _late_interest, "delayed_performance": _delayed_performance, "wage_arrears": _wage_arrears,
    "overtime": _overtime, "severance": _severance, "work_injury": _work_injury, "traffic_injury": _injury,
    "medical_injury": _injury, "child_support": _child_support,
}  # fmt: skip
