"""Amounts of money on a paper stand twice, in figures and in words (大写), and the two must say the same.

Words follow 正确填写票据和结算凭证的基本规定 (支付结算办法 annex 1): 元 is closed with 整, 角 and 分 are not, an inner
run of zeros is one 零. Reading accepts every spelling that the rule allows (正 for 整, 圆 for 元, the optional 零).
"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
LIMIT = Decimal(10) ** 12  # up to 玖仟玖佰玖拾玖亿: the words of larger sums are no longer uniform

_FIGURES = re.compile(r"(0|[1-9][0-9]{0,11}|[1-9][0-9]{0,2}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?", re.ASCII)
_D = "[壹贰叁肆伍陆柒捌玖]"
_SECTION = re.compile(f"零?(?:({_D})仟)?零?(?:({_D})佰)?零?(?:({_D})拾)?零?({_D})?")
_COINS = f"(?:零?(?P<jiao>{_D})角)?(?:零?(?P<fen>{_D})分)?"
_WORDS = re.compile(f"(?:(?P<yuan>[^元角分]+)元)?{_COINS}整?")
_WEIGHTS = (1000, 100, 10, 1)


def parse_amount(value: object) -> Decimal:
    """Read an amount in yuan: an int, a Decimal, or figures such as ``"12000"``, ``"12,000.50"``; never a float.

    Raises ValueError for anything else, for negative amounts and for 10^12 and above.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("an amount is an integer or figures in a string")
    text = format(value, "f") if isinstance(value, Decimal) else str(value).strip()
    if not _FIGURES.fullmatch(text):
        raise ValueError("an amount has digits, at most two decimals, and is not negative")
    return Decimal(text.replace(",", "")).quantize(Decimal("0.01"))


def in_figures(amount: Decimal) -> str:
    """``Decimal("12000")`` -> ``"12,000.00"``."""
    return f"{amount:,.2f}"


def in_words(amount: Decimal) -> str:
    """``Decimal("1409.50")`` -> ``"壹仟肆佰零玖元伍角"``; raises ValueError out of range or finer than a 分."""
    if not 0 <= amount < LIMIT or amount != amount.quantize(Decimal("0.01")):
        raise ValueError("amount out of range")
    cents = int(amount * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    if not cents:
        return "零元整"
    words = _integer_words(yuan) + "元" if yuan else ""
    if not jiao and not fen:
        return words + "整"
    if jiao:
        words += DIGITS[jiao] + "角"
    if fen:
        words += ("零" if yuan and not jiao else "") + DIGITS[fen] + "分"
    return words


def _integer_words(yuan: int) -> str:
    sections = ((yuan // 10**8, "亿"), (yuan // 10**4 % 10**4, "万"), (yuan % 10**4, ""))
    words = ""
    for value, unit in sections:
        if not value:
            continue
        gap = "零" if words and (value < 1000 or not _follows(yuan, unit)) else ""
        words += gap + _section_words(value) + unit
    return words


def _follows(yuan: int, unit: str) -> bool:
    """Whether the section above this one is written, so that no 零 has to stand for it."""
    return unit == "万" or yuan // 10**4 % 10**4 > 0


def _section_words(value: int) -> str:
    words, gap = "", False
    for weight, unit in zip(_WEIGHTS, "仟佰拾 ", strict=True):
        digit = value // weight % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + unit.strip()
        gap = not digit
    return words


def from_words(words: str) -> Decimal:
    """Read 大写 back: ``"人民币壹万贰仟元整"`` -> ``Decimal("12000.00")``; raises ValueError for anything else."""
    text = "".join(words.split()).removeprefix("人民币").lstrip(":：").replace("圆", "元").replace("正", "整")
    if text in ("零元整", "零元"):
        return Decimal("0.00")
    match = _WORDS.fullmatch(text)
    if not match or not any(match.group("yuan", "jiao", "fen")):
        raise ValueError("not an amount in words")
    yuan = _read_integer(match["yuan"]) if match["yuan"] else 0
    amount = Decimal(yuan * 100 + _digit(match["jiao"]) * 10 + _digit(match["fen"])) / 100
    if not _spells(text.removesuffix("整"), in_words(amount).removesuffix("整")):
        raise ValueError("not an amount in words")
    return amount.quantize(Decimal("0.01"))


def _spells(text: str, canonical: str) -> bool:
    """Whether the text is the canonical spelling, but for a 零 that the rule leaves free: after 亿, 万 and 元."""
    place = 0
    for index, character in enumerate(text):
        if place < len(canonical) and character == canonical[place]:
            place += 1
        elif character != "零" or index == 0 or text[index - 1] not in "亿万元":
            return False
    return place == len(canonical)


def _read_integer(text: str) -> int:
    total = 0
    for unit, weight in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            head, text = text.split(unit, 1)
            total += _read_section(head) * weight
    return total + (_read_section(text) if text else 0)


def _read_section(text: str) -> int:
    match = _SECTION.fullmatch(text)
    if not match or not any(match.groups()):
        raise ValueError("not an amount in words")
    return sum(_digit(digit) * weight for digit, weight in zip(match.groups(), _WEIGHTS, strict=True))


def _digit(character: str | None) -> int:
    return DIGITS.index(character) if character else 0
