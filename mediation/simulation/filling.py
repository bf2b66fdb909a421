"""Plausible answers for any form: what is known stays, the rest is drawn; the form's own rules have the last word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from mediation import clock
from mediation.forms.options import Choices, flat
from workflows import answers as rules
from workflows.form_model import SEVERAL, Field, Form

# Whoever writes a form names the ordinary answer first; it is the likeliest.
ORDINARY = 0.72
# Rounds in which an answer that the rules refuse is drawn anew.
TRIES = 8
NAMES = ("陈立", "王桂芬", "刘海", "赵永强", "孙丽华", "高建国", "白音", "其木格", "何秀云", "许明")
_LATER = ("due", "until", "next", "starts", "deadline", "by_when")


class CannotAnswer(Exception):
    """No answers were found that the form takes; `errors` are its own, by path."""

    def __init__(self, form: Form, errors: Mapping[str, str]) -> None:
        super().__init__(f"form {form.id}: {dict(errors)}")
        self.form, self.errors = form, dict(errors)


@dataclass
class Filler:
    """Fills one form for one step. `known` are prefilled answers, `lists` what the form's option lists offer."""

    form: Form
    rng: Random
    known: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Choices] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=dict)
    # Hands in a photograph and says its key.
    photograph: Callable[[], str] | None = None
    ordinary: float = ORDINARY

    def fill(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Clean answers as a task takes them; `given` are answers that somebody has already thought of."""
        typed = {**self._level(self.form.fields, self.known), **(given or {})}
        for _ in range(TRIES):
            clean, errors = self._check(typed)
            if not errors:
                return clean
            for path in errors:
                self._again(typed, path, errors[path])
        raise CannotAnswer(self.form, {path: error.text("en") for path, error in errors.items()})

    def _check(self, typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, rules.AnswerError]]:
        lists = {name: flat(choices) for name, choices in self.lists.items()}
        return rules.check(
            self.form, typed, variables=self.variables, lists=lists, now=clock.now(), functions=self.functions
        )

    def _again(self, typed: dict[str, Any], path: str, error: rules.AnswerError) -> None:
        holder, one, row = self._find(typed, path)
        if one is not None:
            holder[one.key] = self._answer(one, must=True, limit=error)

    def _find(self, typed: dict[str, Any], path: str) -> tuple[dict[str, Any], Field | None, int]:
        """The mapping in which a path like `terms.0.amount` ends, and its field."""
        level, fields, holder, row = typed, _flat(self.form.fields), typed, -1
        one: Field | None = None
        for part in path.split("."):
            if part.isdigit() and one is not None:
                rows = holder.setdefault(one.key, [])
                row = int(part)
                while len(rows) <= row:
                    rows.append({})
                level, fields = rows[row], _flat(one.fields)
                continue
            holder = level
            one = next((each for each in fields if each.key == part), None)
            if one is None:
                return typed, None, row
            if one.kind == "group":
                level, fields = holder.setdefault(one.key, {}), _flat(one.fields)
        return holder, one, row

    # --- one answer ---

    def _level(self, fields: Sequence[Field], known: Mapping[str, Any]) -> dict[str, Any]:
        return {one.key: self._known_or_new(one, known.get(one.key)) for one in _flat(fields)}

    def _known_or_new(self, one: Field, known: Any) -> Any:
        if one.kind == "dynamiclist":
            rows = known if isinstance(known, list) else [{}] * int(one.min or 0) if _is_number(one.min) else []
            return [{**row, **self._level(one.fields, row)} for row in rows]
        if known not in (None, "", []):
            return known
        if one.default not in (None, ""):
            return one.default
        return self._answer(one, must=one.required)

    def _answer(self, one: Field, *, must: bool, limit: rules.AnswerError | None = None) -> Any:
        if one.kind == "dynamiclist":
            return [
                self._level(one.fields, {})
                for _ in range(max(1, int(limit.limit) if limit and limit.limit.isdigit() else 1))
            ]
        if one.kind == "group":
            return self._level(one.fields, {})
        if one.kind == "checkbox":
            return True if must else self.rng.random() < self.ordinary
        if one.kind == "filepicker":
            return [self.photograph()] if self.photograph and (must or self.rng.random() < self.ordinary) else []
        if one.options or one.options_from:
            return self._choice(one)
        if one.kind == "number":
            return self._number(one, limit)
        if one.kind == "datetime":
            return self._moment(one)
        return self._text(one, limit) if must or self.rng.random() < 0.4 else None

    def _choice(self, one: Field) -> Any:
        values = [option.value for option in one.options] or [v for v, _ in flat(self.lists.get(one.options_from, []))]
        values = [value for value in values if value]
        if not values:
            return [] if one.kind in SEVERAL else None
        if one.kind in SEVERAL:
            return sorted(self.rng.sample(values, self.rng.randint(1, min(2, len(values)))), key=values.index)
        if one.options_from:
            return self.rng.choice(values)
        return values[0] if self.rng.random() < self.ordinary else self.rng.choice(values)

    def _number(self, one: Field, limit: rules.AnswerError | None) -> Decimal:
        low = _decimal(one.min) if one.min is not None else Decimal(1)
        high = _decimal(one.max) if one.max is not None else low + (20000 if one.money else 20)
        if limit is not None and limit.code in ("min", "max") and limit.limit:
            return Decimal(limit.limit)
        return Decimal(self.rng.randint(int(low), max(int(low), int(high))))

    def _moment(self, one: Field) -> Any:
        later = any(word in one.key for word in _LATER) or one.no_past_dates
        if one.subtype == "time":
            return "09:30"
        if one.subtype == "datetime":
            moment = clock.local(clock.now()).replace(second=0, microsecond=0)
            return moment + timedelta(days=self.rng.randint(2, 6)) if later else moment
        return clock.today() + timedelta(days=self.rng.randint(3, 20)) if later else clock.today()

    def _text(self, one: Field, limit: rules.AnswerError | None) -> str:
        if one.validation == "phone" or "phone" in one.key:
            return f"139{self.rng.randrange(10**8):08d}"
        if one.validation == "email":
            return "someone@qinghe.example"
        if one.key.endswith(("name", "_by", "receiver", "officer", "person", "recorder")):
            return self.rng.choice(NAMES)
        text = f"{one.label}：已按规定办理并记录在案。"
        longest = int(_decimal(one.max_length)) if one.max_length is not None else len(text)
        if limit is not None and limit.code == "min-length":
            return (text * 40)[: int(limit.limit)]
        return text[:longest]


def _flat(fields: Sequence[Field]) -> list[Field]:
    """The fields that take an answer; a group without a key is only a frame around its own."""
    found: list[Field] = []
    for one in fields:
        if one.kind == "group" and not one.key:
            found += _flat(one.fields)
        elif one.key:
            found.append(one)
    return found


def _is_number(limit: Any) -> bool:
    return limit is not None and not isinstance(limit, str)


def _decimal(limit: Any) -> Decimal:
    return Decimal(limit) if _is_number(limit) else Decimal(1)
