"""What lint says of a draft, kept while the draft stays as it is: the same question comes from several pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from mediation.vocabulary import shipped_vocabulary
from workflows.lint import Vocabulary, lint, problem_text
from workflows.model import Bundle, Problem

_LAST: dict[str, tuple[Problem, ...]] = {}
_LOCK = Lock()
MOST_KEPT = 8


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
        found = tuple(lint(bundle, _vocabulary()))
        with _LOCK:
            while len(_LAST) >= MOST_KEPT:
                del _LAST[next(iter(_LAST))]
            _LAST[bundle.hash] = found
    return found


def told(problems: Iterable[Problem], language: str) -> list[Finding]:
    """Findings as sentences, errors first."""
    found = [
        Finding(one.severity, problem_text(one, language), one.file, one.element_id, one.line, one.code)
        for one in problems
    ]
    return sorted(found, key=lambda one: (one.severity != "error", one.file, one.line))
