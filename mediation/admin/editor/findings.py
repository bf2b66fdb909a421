"""What lint says of a draft, kept while the draft stays as it is: the same question comes from several pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from documents import layout_check
from documents.layout_check import LayoutProblem
from mediation.vocabulary import shipped_vocabulary
from workflows.lint import Vocabulary, lint, problem_text
from workflows.model import Bundle, Problem

_LAST: dict[str, tuple[Problem, ...]] = {}
_LOCK = Lock()
MOST_KEPT = 8
PAPERS = "documents/"


@dataclass(frozen=True)
class Finding:
    """One line of the list, in the reader's language; `element` is empty where the whole file is meant."""

    severity: str
    text: str
    file: str
    element: str
    line: int
    code: str


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    """The slices register only once, so it is asked for once."""
    return shipped_vocabulary()


def of(bundle: Bundle) -> tuple[Problem, ...]:
    """The findings of the whole bundle, by file and line."""
    found = _LAST.get(bundle.hash)
    if found is None:
        found = (*lint(bundle, _vocabulary()), *(_as_problem(one) for one in _in_layouts(bundle)))
        with _LOCK:
            while len(_LAST) >= MOST_KEPT:
                del _LAST[next(iter(_LAST))]
            _LAST[bundle.hash] = found
    return found


def _in_layouts(bundle: Bundle) -> list[LayoutProblem]:
    return layout_check.problems(papers_of(bundle))


def papers_of(bundle: Bundle) -> dict[str, str]:
    """Kinds and layouts of papers by their path below `documents/`; what is not text reads as a fault of its template."""
    found = {path: content for path, content in bundle.files.items() if path.startswith(PAPERS)}
    return {path.removeprefix(PAPERS): content.decode("utf-8", "replace") for path, content in found.items()}


def _as_problem(one: LayoutProblem) -> Problem:
    at = f"line-{one.line}" if one.line else ""
    return Problem(one.code, one.text("en"), PAPERS + one.path, at, one.line, details=one.details)


def _text(one: Problem, language: str) -> str:
    if one.code in layout_check.TEXTS:
        return LayoutProblem(one.code, one.file, one.line, one.details).text(language)
    return problem_text(one, language)


def told(problems: Iterable[Problem], language: str) -> list[Finding]:
    """Findings as sentences, errors first."""
    found = [
        Finding(one.severity, _text(one, language), one.file, one.element_id, one.line, one.code)
        for one in problems
    ]
    return sorted(found, key=lambda one: (one.severity != "error", one.file, one.line))
