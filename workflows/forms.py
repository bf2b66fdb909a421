"""Reads form-js files, the subset that a page without JavaScript can show, and says what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows.answers import AnswerError, check
from workflows.form_model import ANSWERED, CHOICES, KINDS, Field, Form, Option
from workflows.model import Problem
from workflows.problems import BrokenFile, problem

__all__ = ["AnswerError", "Field", "Form", "Option", "check", "parse", "problems", "translate"]

LARGEST = 1024 * 1024
DEEPEST = 8
RULES = ("required", "min", "max", "minLength", "maxLength", "pattern", "patternErrorMessage", "validationType")
KEY = re.compile(r"[^\W\d]\w*")
RESERVED = frozenset({
    "case", "answers", "variables", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and",
    "or", "not", "between", "instance", "true", "false", "null", "function", "item", "partial", "external",
})  # fmt: skip
_NESTED_REPETITION = re.compile(r"\([^()]*[+*][^()]*\)[+*{]")


def parse(content: bytes, file: str = "") -> Form:
    """The form in a form-js file. Raises BrokenFile when it is no form at all; smaller faults are for `problems`."""
    return _Reader(file, content).form


def problems(content: bytes, file: str = "") -> list[Problem]:
    """What is wrong with a form file, except for its expressions, which need to know the flow around them."""
    try:
        reader = _Reader(file, content)
    except BrokenFile as broken:
        return [broken.problem]
    return [*reader.found, *_key_problems(reader)]


def translate(form: Form, translations: Mapping[str, Any]) -> Form:
    """The form with the texts of `i18n/<language>.json`'s entry for it; what has no translation stays as it is."""
    texts = translations.get("fields", {})
    fields = tuple(_translated(one, texts) for one in form.fields)
    return replace(form, title=translations.get("title") or form.title, fields=fields)


def _translated(field: Field, texts: Mapping[str, Any]) -> Field:
    own = texts.get(field.path, {})
    options = own.get("options", {})
    return replace(
        field,
        label=own.get("label") or field.label,
        hint=own.get("hint") or field.hint,
        text=own.get("text") or field.text,
        pattern_message=own.get("pattern_message") or field.pattern_message,
        options=tuple(Option(one.value, options.get(one.value) or one.label) for one in field.options),
        fields=tuple(_translated(one, texts) for one in field.fields),
    )


def line_of(content: bytes, key: str) -> int:
    """The line of a form file on which a key is given, 0 when it cannot be told."""
    return _line_of(content.decode("utf-8-sig", "replace").split("\n"), key)


def _line_of(lines: list[str], key: str) -> int:
    wanted = re.compile(rf'"(?:key|path|id)"\s*:\s*"{re.escape(key)}"')
    return next((number for number, line in enumerate(lines, 1) if key and wanted.search(line)), 0)


def load_json(content: bytes, file: str) -> Any:
    """JSON of reasonable size and depth. Raises BrokenFile with `broken-json` or `file-too-large`."""
    if len(content) > LARGEST:
        raise BrokenFile(problem("file-too-large", file))
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise BrokenFile(problem("file-encoding", file, encoding="UTF-8")) from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        reason = getattr(error, "msg", "") or ("nested too deep" if isinstance(error, RecursionError) else str(error))
        raise BrokenFile(problem("broken-json", file, line=line, reason=reason)) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


class _Reader:
    """Reads one file; `found` collects the faults."""

    def __init__(self, file: str, content: bytes) -> None:
        self.file = file
        self.found: list[Problem] = []
        raw = load_json(content, file)
        self._lines = content.decode("utf-8-sig").split("\n")
        self._nameless = 0
        if not isinstance(raw, dict) or not isinstance(raw.get("components"), list):
            raise BrokenFile(problem("wrong-shape", file, path="components", expected="a list of fields"))
        self.form = self._form(raw)

    def _form(self, raw: Mapping[str, Any]) -> Form:
        form_id = _text(raw.get("id"))
        fields = tuple(self._fields(raw["components"], "", 0))
        if not form_id:
            self._say("form-without-id", "")
        if not fields:
            self._say("form-empty", "", form=form_id)
        return Form(form_id, _text(raw.get("title")) or _text(raw.get("name")), fields, self.file, _strings(raw))

    def _say(self, code: str, key: str, /, **details: object) -> None:
        self.found.append(problem(code, self.file, key, self.line_of(key), **details))

    def line_of(self, key: str) -> int:
        """The line on which a key is given, 0 when it cannot be told."""
        return _line_of(self._lines, key)

    def _fields(self, raw: Any, prefix: str, depth: int) -> Iterator[Field]:
        for index, one in enumerate(raw if isinstance(raw, list) else ()):
            if isinstance(one, dict):
                yield self._field(one, prefix, depth)
            else:
                self._say("wrong-shape", "", path=f"components[{index}]", expected="a field")

    def _field(self, raw: Mapping[str, Any], prefix: str, depth: int) -> Field:
        kind = _text(raw.get("type"))
        key = _text(raw.get("path") if kind in ("group", "dynamiclist") else raw.get("key"))
        path = f"{prefix}{key}" if key and (kind in ANSWERED or kind in ("group", "dynamiclist")) else self._number()
        label = _text(raw.get("label")) or _text(raw.get("dateLabel")) or _text(raw.get("timeLabel"))
        self._judge(kind, key, label, depth, raw)
        inner = f"{path}." if key else prefix
        holder = kind in ("group", "dynamiclist") and depth < DEEPEST
        rules = raw.get("validate") if isinstance(raw.get("validate"), dict) else {}
        field = Field(
            key=key, kind=kind, label=label, path=path, hint=_text(raw.get("description")),
            fields=tuple(self._fields(raw.get("components"), inner, depth + 1)) if holder else (),
            options=tuple(self._options(raw, key)) if kind in CHOICES else (),
            options_from=_text(raw.get("valuesKey")) or _text(raw.get("valuesExpression")).removeprefix("=").strip(),
            hide=_hide(raw), default=raw.get("defaultValue"), properties=_strings(raw),
            subtype=_text(raw.get("subtype")) or ("date" if kind == "datetime" else ""),
            decimal_digits=raw["decimalDigits"] if isinstance(raw.get("decimalDigits"), int) else None,
            accept=_text(raw.get("accept")), multiple=raw.get("multiple") is True, disabled=raw.get("disabled") is True,
            no_past_dates=raw.get("disallowPassedDates") is True,
            text=_text(raw.get("text")), **self._rules(rules or {}, key),
        )  # fmt: skip
        return self._counted(field) if kind == "dynamiclist" else self._complete(field)

    def _number(self) -> str:
        self._nameless += 1
        return f"@{self._nameless - 1}"

    def _judge(self, kind: str, key: str, label: str, depth: int, raw: Mapping[str, Any]) -> None:
        name = label or key or kind
        if kind not in KINDS:
            self._say("form-kind", key, name=name, kind=kind, known=", ".join(sorted(KINDS)))
        if not key and (kind in ANSWERED or kind == "dynamiclist"):
            self._say("form-key-missing", "", name=name)
        if key and not label and kind in ANSWERED:
            self._say("form-label", key, key=key)
        if depth >= DEEPEST:
            self._say("form-nesting", key, name=name)
        if kind == "dynamiclist" and _holds_list({"components": raw.get("components")}):
            self._say("form-nesting", key, name=name)

    def _options(self, raw: Mapping[str, Any], key: str) -> Iterator[Option]:
        seen: set[str] = set()
        listed = raw.get("values")
        for one in listed if isinstance(listed, list) else ():
            value = _text(one.get("value")) if isinstance(one, dict) else ""
            if not value:
                self._say("form-options", key, name=key)
                continue
            if value in seen:
                self._say("form-option-twice", key, name=key, value=value)
            seen.add(value)
            yield Option(value, _text(one.get("label")) or value)

    def _rules(self, raw: Mapping[str, Any], key: str) -> dict[str, Any]:
        for rule in raw:
            if rule not in RULES:
                self._say("form-rule-unknown", key, name=key, rule=rule, known=", ".join(RULES))
        validation = _text(raw.get("validationType"))
        if validation not in ("", "email", "phone", "custom"):
            self._bad_rule(key, "validationType", "email or phone")
        return {
            "required": raw.get("required") is True,
            "min": self._limit(raw, "min", key),
            "max": self._limit(raw, "max", key),
            "min_length": self._length(raw, "minLength", key),
            "max_length": self._length(raw, "maxLength", key),
            "pattern": self._pattern(_text(raw.get("pattern")), key),
            "pattern_message": _text(raw.get("patternErrorMessage")),
            "validation": validation if validation in ("email", "phone") else "",
        }

    def _limit(self, raw: Mapping[str, Any], rule: str, key: str) -> Decimal | str | None:
        value = raw.get(rule)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.startswith("="):
            return value
        try:
            number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self._bad_rule(key, rule, "a number")
            return None
        return number

    def _length(self, raw: Mapping[str, Any], rule: str, key: str) -> int | str | None:
        limit = self._limit(raw, rule, key)
        if isinstance(limit, Decimal) and (limit < 0 or limit != limit.to_integral_value()):
            self._bad_rule(key, rule, "a whole number")
            return None
        return int(limit) if isinstance(limit, Decimal) else limit

    def _pattern(self, pattern: str, key: str) -> str:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            self._bad_rule(key, "pattern", str(error))
            return ""
        if len(pattern) > 300 or _NESTED_REPETITION.search(pattern):
            self._bad_rule(key, "pattern", "a repetition within a repetition can take for ever")
            return ""
        return pattern

    def _bad_rule(self, key: str, rule: str, reason: str) -> None:
        self._say("form-rule", key, name=key, rule=rule, reason=reason)

    def _counted(self, field: Field) -> Field:
        """The rows that a repeated list may have stand in its custom properties."""
        limits = {name: self._limit(field.properties, name, field.key) for name in ("min", "max")}
        return replace(field, min=limits["min"], max=limits["max"])

    def _complete(self, field: Field) -> Field:
        if field.kind in CHOICES and not field.options and not field.options_from:
            self._say("form-options", field.key, name=field.label or field.key)
        if isinstance(field.min, Decimal) and isinstance(field.max, Decimal) and field.min > field.max:
            self._bad_rule(field.key, "min", "larger than max")
        lengths = field.min_length, field.max_length
        if isinstance(lengths[0], int) and isinstance(lengths[1], int) and lengths[0] > lengths[1]:
            self._bad_rule(field.key, "minLength", "larger than maxLength")
        if field.kind == "datetime" and field.subtype not in ("date", "time", "datetime"):
            self._bad_rule(field.key, "subtype", "date, time or datetime")
        if field.default is not None and field.options and field.kind in CHOICES:
            self._default(field)
        return field

    def _default(self, field: Field) -> None:
        given = field.default if isinstance(field.default, list) else [field.default]
        values = {one.value for one in field.options}
        for value in given:
            if str(value) not in values:
                self._say("form-default", field.key, name=field.label or field.key, reason=f"{value} is no option")


def _key_problems(reader: _Reader) -> Iterator[Problem]:
    """Keys that cannot be read by an expression, and keys that two fields share."""
    file, seen = reader.file, set()
    for field in reader.form.walk():
        if not field.key or (field.kind not in ANSWERED and field.kind not in ("group", "dynamiclist")):
            continue
        line = reader.line_of(field.key)
        if field.key == "typename":
            yield problem("typename-key", file, field.key, line, name=field.label or field.key)
        elif not KEY.fullmatch(field.key) or field.key in RESERVED:
            yield problem("form-key", file, field.key, line, key=field.key, name=field.label or field.key)
        if field.path in seen:
            yield problem("form-key-twice", file, field.key, line, key=field.path)
        seen.add(field.path)


def _holds_list(raw: Any) -> bool:
    """Whether a field is or holds a repeated list; without recursion, since a file may nest as it likes."""
    ahead = [raw]
    while ahead:
        one = ahead.pop()
        if not isinstance(one, dict):
            continue
        if one.get("type") == "dynamiclist":
            return True
        parts = one.get("components")
        ahead += parts if isinstance(parts, list) else []
    return False


def _hide(raw: Mapping[str, Any]) -> str | None:
    conditional = raw.get("conditional")
    hide = conditional.get("hide") if isinstance(conditional, dict) else None
    return hide.strip() if isinstance(hide, str) and hide.strip() else None


def _strings(raw: Mapping[str, Any]) -> dict[str, str]:
    given = raw.get("properties")
    return {str(key): _text(value) for key, value in given.items()} if isinstance(given, dict) else {}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip() if isinstance(value, str) else (str(value) if isinstance(value, int | float) else "")
