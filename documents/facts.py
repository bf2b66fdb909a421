"""What a paper may be told: every fact is listed in its kind with a type, and nothing else gets in.

Facts are plain JSON. Reading them gives a clean copy: invisible characters gone, amounts and dates in one spelling,
absent facts ``None`` (lists: empty), so that a layout never meets a surprise. Unknown keys are refused: what a paper
does not list cannot slip onto it, nor into the row that keeps its facts. Figures and 大写 that do not say the same are
refused wherever they stand side by side, in every kind and in free text alike (票据法 art. 8).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from documents.amounts import from_words, in_figures, in_words, parse_amount
from documents.refusals import PaperRefused

Field = Mapping[str, Any]
WORDS = "_words"  # the fact that says in 大写 what its neighbour says in figures: total, total_words
LONGEST_LINE = 200
LONGEST_TEXT = 5000
LARGEST = 150_000  # characters of JSON, a hundred and twenty pages; the longest minutes have a tenth of it

# Marks that reorder, hide or join text show nothing on paper themselves; what they hide must show.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_IN_WORDS = "(?:人民币)?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+[元圆][零壹贰叁肆伍陆柒捌玖角分整正]*"
_SAID_TWICE = re.compile(
    f"(?P<words>{_IN_WORDS})[（(](?:小写)?[:： ]?[¥￥]?(?P<figures>[0-9][0-9,.]*)元?[）)]"
    f"|(?P<figures2>[0-9][0-9,.]*)元[（(](?:大写)?[:： ]?(?P<words2>{_IN_WORDS})[）)]"
)
# Marks that may not begin a line: a long row of them cannot be broken, and would run off the paper.
_UNBREAKABLE = re.compile(r"[，。、；：！？）》」』】〉〕”’…,.!?;:)\]}%]{24}")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029\u0085]")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the facts of one bundle: its records by name, and the code points that can be printed (``None``: any)."""

    records: Mapping[str, Mapping[str, Field]]
    printable: Container[int] | None = None

    def read(self, fields: Mapping[str, Field], facts: object, path: str = "") -> dict[str, Any]:
        """Return the clean copy of one record; raise PaperRefused at the first fact that does not fit."""
        if not isinstance(facts, Mapping):
            raise PaperRefused("wrong-type", "应为一组事项", path, "a set of named facts is needed")
        for key in facts:
            if key not in fields:
                name = _shown(key)
                raise PaperRefused(
                    "unknown-fact", f"该文书没有“{name}”这一项", _join(path, name), "this paper has no such fact"
                )
        clean = {key: self._field(field, facts.get(key), _join(path, key)) for key, field in fields.items()}
        for key in (key for key, field in fields.items() if field["type"] == "words"):
            _agree(clean[key], clean[key.removesuffix(WORDS)], _join(path, key))
        return clean

    def _field(self, field: Field, value: object, path: str) -> Any:
        if value is None or value == "" or value == []:
            if field.get("optional") or field.get("list", [1])[0] == 0:
                return [] if "list" in field else None
            raise PaperRefused("missing", f"缺少“{field['zh']}”", path, f"{field['en']} is missing")
        if "list" in field:
            return self._list(field, value, path)
        return self._one(field, value, path)

    def _list(self, field: Field, value: object, path: str) -> list[Any]:
        least, most = field["list"]
        if not isinstance(value, list | tuple):
            raise PaperRefused("wrong-type", f"“{field['zh']}”应为列表", path, f"{field['en']} must be a list")
        if len(value) < least:
            raise PaperRefused("too-few", f"“{field['zh']}”至少{least}项", path, f"{field['en']}: at least {least}")
        if len(value) > most:
            raise PaperRefused("too-many", f"“{field['zh']}”最多{most}项", path, f"{field['en']}: at most {most}")
        single = {key: item for key, item in field.items() if key not in ("list", "optional")}
        return [self._field(single, item, f"{path}[{index}]") for index, item in enumerate(value)]

    def _one(self, field: Field, value: object, path: str) -> Any:
        kind = field["type"]
        if kind in self.records:
            return self.read(self.records[kind], value, path)
        clean = _SCALARS[kind](self, field, value, path)
        if clean is None:
            raise PaperRefused("missing", f"缺少“{field['zh']}”", path, f"{field['en']} is missing")
        return clean

    def text_of(self, field: Field, value: object, path: str) -> str | None:
        if not isinstance(value, str):
            raise PaperRefused("wrong-type", f"“{field['zh']}”应为文字", path, f"{field['en']} must be text")
        longest = field.get("max", LONGEST_TEXT if field["type"] == "text" else LONGEST_LINE)
        if len(value) > longest:
            raise PaperRefused(
                "too-long", f"“{field['zh']}”最长{longest}字", path, f"{field['en']}: at most {longest} characters"
            )
        clean = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", value)).replace("\t", " ")
        self._refuse_unprintable(field, clean, path)
        for words, figures in spoken_amounts(clean):
            _agree(words, figures, path)
        lines = (" ".join(line.split(" ")).strip() for line in clean.split("\n"))
        return "\n".join(line for line in lines if line) or None

    def line_of(self, field: Field, value: object, path: str) -> str | None:
        text = self.text_of(field, value, path)
        return text.replace("\n", " ") if text else None

    def _refuse_unprintable(self, field: Field, text: str, path: str) -> None:
        if _UNBREAKABLE.search(text):
            message = f"“{field['zh']}”中连续的标点太多，无法换行，请改写"
            raise PaperRefused(
                "unbreakable", message, path, f"{field['en']} has too many marks in a row: no line can break there"
            )
        for character in text:
            if character in "\n " or self._prints(character):
                continue
            shown = f"U+{ord(character):04X}"
            message = f"“{field['zh']}”中有字库无法印刷的字符（{shown}），请改写"
            raise PaperRefused(
                "no-glyph", message, path, f"{field['en']} has a character that cannot be printed ({shown})"
            )

    def _prints(self, character: str) -> bool:
        if unicodedata.category(character) in ("Cs", "Co", "Cn", "Cc"):
            return False
        return self.printable is None or ord(character) in self.printable


def _day(reader: Reader, field: Field, value: object, path: str) -> str:
    try:
        if not isinstance(value, str):
            raise ValueError("not text")
        found = date.fromisoformat(value)
    except ValueError:
        raise _wrong(field, path, "日期", "a date such as 2026-11-21") from None
    return _plausible(found, field, path).isoformat()


def _moment(reader: Reader, field: Field, value: object, path: str) -> str:
    """A wall-clock moment in China without offset: papers are read by people, not by machines."""
    try:
        if not isinstance(value, str):
            raise ValueError("not text")
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            raise ValueError("local time only")
    except ValueError:
        raise _wrong(field, path, "北京时间", "local time such as 2026-11-21T09:30") from None
    _plausible(found.date(), field, path)
    return found.isoformat(timespec="minutes")


def _plausible(day: date, field: Field, path: str) -> date:
    if not 1900 <= day.year <= 2199:
        raise _wrong(field, path, "日期", "a date between 1900 and 2199")
    return day


def _amount(reader: Reader, field: Field, value: object, path: str) -> str:
    try:
        return in_figures(parse_amount(value)).replace(",", "")
    except ValueError:
        raise _wrong(field, path, "金额", "an amount such as 12000.00") from None


def _words(reader: Reader, field: Field, value: object, path: str) -> str:
    try:
        text = reader.line_of({**field, "max": 80}, value, path) or ""
        from_words(text)
    except PaperRefused:
        raise
    except ValueError:
        raise _wrong(field, path, "大写金额", "an amount in words such as 壹万贰仟元整") from None
    return text


def _agree(words: str | None, figures: str | None, path: str) -> None:
    """Figures and 大写 say the same, or the paper is refused."""
    if words is None:
        return
    if figures is None:
        raise PaperRefused(
            "words-without-figures", "有大写金额而无小写金额", path, "an amount in words has no figures beside it"
        )
    if from_words(words) != Decimal(figures):
        right = in_words(Decimal(figures))
        message = f"大写“{words}”与小写{figures}元不一致，应为“{right}”"
        raise PaperRefused("amounts-differ", message, path, f"the words do not say {figures}; they should be {right}")


def spoken_amounts(text: str) -> Iterator[tuple[str, str]]:
    """Each amount that a text says twice, as (words, figures): 壹万元整（¥10,000.00）, 10000元（大写：壹万元整）."""
    for found in _SAID_TWICE.finditer(text):
        words, figures = found["words"] or found["words2"], found["figures"] or found["figures2"]
        try:
            from_words(words)
            amount = parse_amount(figures)
        except ValueError:
            continue  # not an amount after all: 3元（壹） is somebody's numbering
        yield words, in_figures(amount).replace(",", "")


def _integer(reader: Reader, field: Field, value: object, path: str) -> int:
    least, most = field.get("min", 0), field.get("max", 10**9)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _wrong(field, path, f"{least}至{most}的整数", f"a whole number from {least} to {most}")
    return value


def _boolean(reader: Reader, field: Field, value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(field, path, "是或否", "true or false")
    return value


def _choice(reader: Reader, field: Field, value: object, path: str) -> str:
    if not isinstance(value, str) or value not in field["options"]:
        options = "、".join(field["options"])
        raise _wrong(field, path, f"以下之一：{options}", f"one of {', '.join(field['options'])}")
    return value


def _wrong(field: Field, path: str, wanted: str, wanted_en: str) -> PaperRefused:
    return PaperRefused("wrong-type", f"“{field['zh']}”应为{wanted}", path, f"{field['en']} must be {wanted_en}")


_SCALARS: dict[str, Callable[[Reader, Field, object, str], Any]] = {
    "line": Reader.line_of,
    "text": Reader.text_of,
    "date": _day,
    "datetime": _moment,
    "amount": _amount,
    "words": _words,
    "integer": _integer,
    "boolean": _boolean,
    "choice": _choice,
}
SCALARS = frozenset(_SCALARS)


def refuse_oversize(facts: object) -> None:
    """Refuse what is not plain JSON or too large to be a paper, before anything walks it."""
    try:
        size = len(json.dumps(facts, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise PaperRefused("wrong-type", "事项不是普通数据", "", "the facts are not plain data") from None
    if size > LARGEST:
        raise PaperRefused("too-long", "内容过多，无法印成一份文书", "", "too much for one paper")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(key: object) -> str:
    """A hostile key may be anything; its name in a message is short and plain."""
    return re.sub(r"[^\w-]", "?", str(key))[:40]
