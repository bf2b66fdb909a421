"""Checks answers against a form on the server: the only judgement that counts, whatever the page did before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel import FeelError, evaluate
from workflows.form_model import ANSWERED, CHOICES, SEVERAL, Field, Form

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST = 20_000
MOST_ROWS = 200

_MESSAGES = {
    "required": ("Please fill this in.", "请填写此项。"),
    "choose": ("Please choose one of the options.", "请从选项中选择。"),
    "number": ("Please enter a number, for instance 1200.50.", "请填写数字，例如 1200.50。"),
    "decimals": ("At most {limit} decimal places.", "最多 {limit} 位小数。"),
    "min": ("At least {limit}.", "不能小于 {limit}。"),
    "max": ("At most {limit}.", "不能大于 {limit}。"),
    "min-length": ("At least {limit} characters.", "至少 {limit} 个字。"),
    "max-length": ("At most {limit} characters.", "最多 {limit} 个字。"),
    "date": ("Please enter a date as 2026-11-21.", "请按 2026-11-21 的格式填写日期。"),
    "time": ("Please enter a time as 09:30.", "请按 09:30 的格式填写时间。"),
    "datetime": ("Please enter date and time as 2026-11-21 09:30.", "请按 2026-11-21 09:30 的格式填写日期和时间。"),
    "past": ("The date has passed already.", "该日期已经过去。"),
    "email": ("Please enter an e-mail address.", "请填写电子邮箱地址。"),
    "phone": ("Please enter a mobile or landline number.", "请填写手机号码或固定电话号码。"),
    "pattern": ("This is not in the expected form.", "格式不正确。"),
    "text": ("Please enter text.", "请填写文字。"),
    "yes-no": ("Please answer yes or no.", "请选择是或否。"),
    "rows": ("Please enter a list of rows.", "请逐行填写。"),
    "min-rows": ("At least {limit} rows.", "至少 {limit} 行。"),
    "max-rows": ("At most {limit} rows.", "最多 {limit} 行。"),
    "rule": ("The rule of this field cannot be worked out; tell whoever keeps the form.",
             "此项的规则无法计算，请告知表单维护人员。"),
}  # fmt: skip

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_MOBILE = re.compile(r"(\+?86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(\+?86)?(0\d{2,3})?[2-9]\d{6,7}(转\d{1,6}|-\d{1,6})?|400\d{7}")
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,12})?")
# Control characters, and the marks that turn the direction of writing: a name must not read otherwise than it is kept.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class AnswerError:
    """Why an answer is refused; `text(language)` says it to the person. `message` is the form's own sentence."""

    code: str
    limit: str = ""
    message: str = ""

    def text(self, language: str = "zh") -> str:
        """The form's own sentence if it has one, otherwise ours."""
        english, chinese = _MESSAGES[self.code]
        return self.message or (chinese if language.lower().startswith("zh") else english).format(limit=self.limit)


class _Refused(Exception):
    def __init__(self, code: str, limit: object = "", message: str = "") -> None:
        self.error = AnswerError(code, str(limit), message)


@dataclass
class _Circumstances:
    """What the rules of a form may look at."""

    outside: Mapping[str, Any]
    lists: Mapping[str, Any]
    now: datetime | None
    functions: Mapping[str, Callable[..., Any]]
    errors: dict[str, AnswerError] = field(default_factory=dict)


def check(
    form: Form,
    answers: Mapping[str, Any],
    *,
    variables: Mapping[str, Any] | None = None,
    lists: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> tuple[dict[str, Any], dict[str, AnswerError]]:
    """Clean answers and errors by path (`amount`, `instalments.0.due_on`).

    Clean: text is trimmed, numbers are Decimal, dates are date, moments are aware datetimes in Asia/Shanghai, choices
    are the option's value (a list for checklist and taglist), rows are lists of dicts, files lists of keys. Unknown
    keys and answers of hidden or disabled fields are dropped; an empty answer is None. `variables` are the names that
    `hide` and limits may read (with `case` among them); `lists` are the offered options by name: values, or pairs
    of value and label. An option list that is not given cannot be judged and any text is accepted.
    """
    around = _Circumstances(variables or {}, lists or {}, now, functions or {})
    clean = _level(form.fields, answers, {}, "", around)
    return clean, around.errors


def hidden(
    fields: tuple[Field, ...],
    answers: Mapping[str, Any],
    *,
    outer: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> frozenset[str]:
    """The paths of what `check` would drop at one level, and of texts and frames that stand there in vain.

    `outer` are the names that rules may read beside this level's own keys: variables, `case`, the answers around a row.
    """
    around = _Circumstances(outer or {}, {}, now, functions or {})
    context = _bare(fields, answers)
    visible = _visible(fields, context, around)
    gone = [one for one in _flat(fields) if one.key and one not in visible and not one.disabled]
    known = {**context, **{one.key: None for one in gone}}
    return frozenset(_hidden(fields, known, around, False))


def _hidden(
    fields: tuple[Field, ...], known: Mapping[str, Any], around: _Circumstances, already: bool
) -> Iterator[str]:
    for one in fields:
        gone = already or (one.hide is not None and _evaluate(one.hide, known, around) is True)
        if gone:
            yield one.path
        if one.kind == "group" and not one.key:
            yield from _hidden(one.fields, known, around, gone)


def _level(
    fields: tuple[Field, ...], answers: Mapping[str, Any], outer: Mapping[str, Any], path: str, around: _Circumstances
) -> dict[str, Any]:
    """One level of keys: the form itself, a group with a path, or a row."""
    context = {**outer, **_bare(fields, answers)}
    visible = _visible(fields, context, around)
    known = {**context, **{one.key: None for one in _flat(fields) if one.key and one not in visible}}
    clean: dict[str, Any] = {}
    for one in visible:
        where = f"{path}{one.key}"
        try:
            clean[one.key] = _answer(one, answers.get(one.key), known, where, around)
        except _Refused as refused:
            around.errors[where] = refused.error
    return clean


def _flat(fields: tuple[Field, ...]) -> list[Field]:
    """The fields of a level; a group without a path is only a frame around its fields."""
    flat: list[Field] = []
    for one in fields:
        if one.kind == "group" and not one.key:
            flat += _flat(one.fields)
        elif one.key and (one.kind in ANSWERED or one.kind in ("group", "dynamiclist")):
            flat.append(one)
    return flat


def _visible(fields: tuple[Field, ...], context: dict[str, Any], around: _Circumstances) -> list[Field]:
    """What is neither hidden nor disabled. A hidden field counts as null for those that depend on it."""
    known = dict(context)
    shown = _shown(fields, known, around)
    for _ in range(len(shown) + 1):
        hidden = [one.key for one in _flat(fields) if one not in shown]
        known = {**context, **dict.fromkeys(hidden)}
        again = _shown(fields, known, around)
        if again == shown:
            break
        shown = again
    return [one for one in shown if not one.disabled]


def _shown(fields: tuple[Field, ...], context: Mapping[str, Any], around: _Circumstances) -> list[Field]:
    shown: list[Field] = []
    for one in fields:
        if one.hide is not None and _evaluate(one.hide, context, around) is True:
            continue
        if one.kind == "group" and not one.key:
            shown += _shown(one.fields, context, around)
        elif one in _flat((one,)):
            shown.append(one)
    return shown


def _evaluate(text: str, context: Mapping[str, Any], around: _Circumstances) -> Any:
    """The value of a rule; one that cannot be worked out counts as null, and lint has said so before."""
    try:
        bare = text.strip().removeprefix("=")
        return evaluate(bare, {**around.outside, **context}, now=around.now, functions=around.functions)
    except FeelError:
        return None


def _bare(fields: tuple[Field, ...], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as expressions see them before they are checked: of the right type where that can be told."""
    return {one.key: _guess(one, answers.get(one.key)) for one in _flat(fields)}


def _guess(one: Field, value: Any) -> Any:
    if one.kind in ("group", "dynamiclist"):
        return value if isinstance(value, dict | list) else None
    try:
        return _converted(one, value)
    except _Refused:
        return None


def _answer(one: Field, value: Any, known: Mapping[str, Any], where: str, around: _Circumstances) -> Any:
    if one.kind == "group":
        return _level(one.fields, value if isinstance(value, Mapping) else {}, known, f"{where}.", around)
    if one.kind == "dynamiclist":
        return _rows(one, value, known, where, around)
    clean = _converted(one, value)
    if clean in (None, "", []) or (one.kind == "checkbox" and clean is False):
        if one.required:
            raise _Refused("required")
        return clean if one.kind in ("checkbox", "filepicker", *SEVERAL) else None
    _judge(one, clean, known, around)
    return clean


def _rows(one: Field, value: Any, known: Mapping[str, Any], where: str, around: _Circumstances) -> list[dict[str, Any]]:
    rows = [] if value is None else value
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise _Refused("rows")
    least, most = _limit(one.min, known, around), _limit(one.max, known, around)
    if least is not None and len(rows) < least:
        raise _Refused("min-rows", least)
    limit = MOST_ROWS if most is None else min(int(most), MOST_ROWS)
    if len(rows) > limit:
        raise _Refused("max-rows", limit)
    return [_level(one.fields, row, known, f"{where}.{index}.", around) for index, row in enumerate(rows)]


def _converted(one: Field, value: Any) -> Any:
    """The answer in the type of its field, None when it is empty. Raises _Refused when it is something else."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return {"checkbox": False}.get(one.kind, [] if one.kind in (*SEVERAL, "filepicker") else None)
    return _CONVERTERS[one.kind](one, value)


def _as_text(one: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _Refused("text")
    if len(value) > LONGEST:
        raise _Refused("max-length", LONGEST)
    text = _CONTROL.sub("", unicodedata.normalize("NFC", value).replace("\r\n", "\n")).strip()
    return text if one.kind == "textarea" else " ".join(text.split("\n"))


def _as_number(one: Field, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise _Refused("number")
    text = unicodedata.normalize("NFKC", str(value)).strip().replace(",", "").removeprefix("+")
    text = format(value, "f") if isinstance(value, Decimal) and value.is_finite() else text
    if not _NUMBER.fullmatch(text):
        raise _Refused("number")
    number = Decimal(text)
    digits = 2 if one.decimal_digits is None and one.money else one.decimal_digits
    if digits is not None and number != round(number, digits):
        raise _Refused("decimals", digits)
    return number


def _as_moment(one: Field, value: Any) -> date | time | datetime:
    kinds: dict[str, Callable[[str], date | time | datetime]] = {
        "date": date.fromisoformat, "time": time.fromisoformat, "datetime": datetime.fromisoformat,
    }  # fmt: skip
    text = value.isoformat() if isinstance(value, date | time) else value
    if not isinstance(text, str):
        raise _Refused(one.subtype)
    try:
        moment = kinds.get(one.subtype, date.fromisoformat)(unicodedata.normalize("NFKC", text).strip())
    except ValueError as error:
        raise _Refused(one.subtype) from error
    if isinstance(moment, datetime):
        return moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return moment


def _as_choice(one: Field, value: Any) -> str:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    if text is None or (one.options and text not in {option.value for option in one.options}):
        raise _Refused("choose")
    return text


def _as_choices(one: Field, value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _Refused("choose")
    return list(dict.fromkeys(_as_choice(one, item) for item in value))


def _as_truth(one: Field, value: Any) -> bool:
    known = {True: True, False: False, "true": True, "false": False, "on": True, "1": True, "0": False, "y": True}
    if not isinstance(value, bool | str) or value not in known:
        raise _Refused("yes-no")
    return known[value]


def _as_files(one: Field, value: Any) -> list[str]:
    keys = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(key, str) for key in keys):
        raise _Refused("text")
    return list(keys)


_CONVERTERS: dict[str, Callable[[Field, Any], Any]] = {
    "textfield": _as_text, "textarea": _as_text, "number": _as_number, "datetime": _as_moment, "select": _as_choice,
    "radio": _as_choice, "checkbox": _as_truth, "checklist": _as_choices, "taglist": _as_choices,
    "filepicker": _as_files,
}  # fmt: skip


def _judge(one: Field, value: Any, known: Mapping[str, Any], around: _Circumstances) -> None:
    if isinstance(value, str) and one.kind in ("textfield", "textarea"):
        _judge_text(one, value, known, around)
    elif isinstance(value, Decimal):
        _judge_number(one, value, known, around)
    elif one.kind in CHOICES and one.options_from in around.lists:
        _judge_offered(value, around.lists[one.options_from])
    elif one.no_past_dates and around.now is not None and isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        if day < around.now.astimezone(SHANGHAI).date():
            raise _Refused("past")


def _judge_text(one: Field, value: str, known: Mapping[str, Any], around: _Circumstances) -> None:
    least, most = _limit(one.min_length, known, around), _limit(one.max_length, known, around)
    if least is not None and len(value) < least:
        raise _Refused("min-length", least)
    if most is not None and len(value) > most:
        raise _Refused("max-length", most)
    if one.validation == "email" and not _EMAIL.fullmatch(value):
        raise _Refused("email", message=one.pattern_message)
    if one.validation == "phone" and not _is_phone(value):
        raise _Refused("phone", message=one.pattern_message)
    if one.pattern and not re.search(one.pattern, value[:2000]):
        raise _Refused("pattern", message=one.pattern_message)


def _is_phone(value: str) -> bool:
    text = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", value))
    plain = text.replace("-", "")
    return bool(_MOBILE.fullmatch(plain) or _LANDLINE.fullmatch(plain) or _LANDLINE.fullmatch(text.replace("-", "", 1)))


def _judge_number(one: Field, value: Decimal, known: Mapping[str, Any], around: _Circumstances) -> None:
    least, most = _limit(one.min, known, around), _limit(one.max, known, around)
    if least is not None and value < least:
        raise _Refused("min", least)
    if most is not None and value > most:
        raise _Refused("max", most)


def _judge_offered(value: Any, offered: Any) -> None:
    allowed = {str(one[0] if isinstance(one, list | tuple) else one) for one in offered}
    if not set(value if isinstance(value, list) else [value]) <= allowed:
        raise _Refused("choose")


def _limit(limit: Decimal | int | str | None, known: Mapping[str, Any], around: _Circumstances) -> Decimal | None:
    if limit is None:
        return None
    value = _evaluate(limit, known, around) if isinstance(limit, str) else limit
    try:
        return Decimal(str(value)) if value is not None and not isinstance(value, bool) else None
    except InvalidOperation as error:
        raise _Refused("rule") from error
