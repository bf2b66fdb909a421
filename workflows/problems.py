"""One catalogue of everything lint can say, so that code, English, Chinese and documentation cannot drift apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.model import Problem
from workflows.problem_texts import TEXTS, feel
from workflows.problem_texts.words import WORDS

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Code:
    """A stable code with its severity and its sentence in both languages; ‹words› stand for what is filled in."""

    code: str
    severity: Severity
    english: str
    chinese: str


class BrokenFile(Exception):
    """A file that cannot be read at all; `problem` says why in a sentence."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def problem(code: str, /, file: str = "", element_id: str = "", line: int = 0, **details: object) -> Problem:
    """A finding whose English sentence comes from the catalogue. Raises KeyError on a code that is not in it."""
    severity, english, _ = TEXTS[code]
    known = {key: str(value) for key, value in details.items()}
    level: Severity = "warning" if severity == "warning" else "error"
    return Problem(code, _fill(english, known), file, element_id, line, level, known)


def problem_text(found: Problem, language: str) -> str:
    """The sentence for a reader: Chinese for `zh…`, otherwise English; a code from elsewhere keeps its message."""
    text = TEXTS.get(found.code)
    if text is None or not language.lower().startswith("zh"):
        return found.message
    return _fill(text[2], {key: _in_chinese(key, value) for key, value in found.details.items()})


def _in_chinese(key: str, value: str) -> str:
    """What fills a gap: names stay as they are, our own words are translated, hints are sentences of their own."""
    if key == "hint" and value:
        return value.replace("Did you mean", "您是否想写").replace("?", "？").strip()
    if key == "reason" and (told := feel.in_chinese(value)):
        return told
    return value if key in ("name", "variable", "expression", "text", "id") else WORDS.get(value, value)


def codes() -> tuple[Code, ...]:
    """Every code, sorted, with its sentences as patterns: the documentation's table."""
    return tuple(
        Code(code, "warning" if severity == "warning" else "error", _pattern(english), _pattern(chinese))
        for code, (severity, english, chinese) in sorted(TEXTS.items())
    )


def in_order(found: Iterable[Problem]) -> list[Problem]:
    """Sorted by file, line, element and code, each finding once."""
    unique = {(one.file, one.line, one.element_id, one.code, one.message): one for one in found}
    return [unique[key] for key in sorted(unique)]


def _fill(template: str, details: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: details.get(match[1], ""), template)


def _pattern(template: str) -> str:
    return re.sub(r"\{(\w+)\}", r"‹\1›", template)
