"""Finds in a release what the engine would silently get wrong, and says what to draw instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from workflows.bundle import for_file, for_folder
from workflows.lint import (
    asked,
    choices,
    drawing,
    elements,
    entries,
    errors,
    expressions,
    joins,
    names,
    paths,
    translations,
    variables,
)
from workflows.lint.release import Release, at_process, read
from workflows.listing import listing
from workflows.model import Bundle, Problem
from workflows.problems import Code, codes, in_order, problem, problem_text
from workflows.vocabulary import NOTHING_KNOWN, EffectSignature, Vocabulary

__all__ = [
    "Code", "EffectSignature", "Vocabulary", "codes", "lint", "lint_file", "lint_paths", "listing", "problem_text",
]  # fmt: skip

# Nobody reads a larger drawing, and some checks take time that grows with its square.
MOST_ELEMENTS = 400
_OF_A_PROCESS = (drawing, paths, joins, elements, entries, errors, names, variables, expressions, choices)


def lint(bundle: Bundle, vocabulary: Vocabulary = NOTHING_KNOWN, only: Collection[str] | None = None) -> list[Problem]:
    """All findings in a release, sorted by file and line; with `only`, those in the files of these paths.

    Never raises for anything that a file may contain. `lint_paths` judges files and folders on a disk.
    """
    release = read(bundle, vocabulary)
    found = [*release.problems, *_findings(release, only)]
    return in_order(one for one in found if only is None or one.file in only)


def lint_paths(paths: Iterable[Path], shipped: Bundle, vocabulary: Vocabulary = NOTHING_KNOWN) -> list[Problem]:
    """The findings in files and folders. A folder is judged as a whole, a file by itself; names resolve there first
    and then in the shipped release. `Problem.file` is the path as given. A file that cannot be read is a finding."""
    found: list[Problem] = []
    for path in paths:
        try:
            around, own = for_folder(path, shipped) if path.is_dir() else for_file(path, shipped)
        except OSError as error:
            found.append(problem("unreadable", str(path), reason=error.strerror or str(error)))
            continue
        base = path if path.is_dir() else None
        for one in lint(around, vocabulary, own):
            found.append(replace(one, file=str(base / one.file if base else path)))
    return in_order(found)


def lint_file(path: Path, shipped: Bundle, vocabulary: Vocabulary = NOTHING_KNOWN) -> list[Problem]:
    """The findings in one file; see `lint_paths`."""
    return lint_paths([path], shipped, vocabulary)


def _findings(release: Release, only: Collection[str] | None) -> list[Problem]:
    found: list[Problem] = []
    for process in release.processes.values():
        if only is not None and process.file not in only:
            continue
        if len(process.elements) > MOST_ELEMENTS:
            found.append(at_process(process, "process-too-large", count=len(process.elements), most=MOST_ELEMENTS))
            continue
        for check in _OF_A_PROCESS:
            found += check.check(release, process)
    found += asked.check(release, only)
    found += translations.check(release, None if only is None else frozenset(only))
    return found
