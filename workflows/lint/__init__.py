"""Finds in a release what the engine would silently get wrong, and says what to draw instead."""

from __future__ import annotations

from collections.abc import Collection

from workflows.lint import asked, drawing, elements, errors, expressions, joins, names, paths, translations, variables
from workflows.lint.release import Release, read
from workflows.model import Bundle, Problem
from workflows.problems import Code, codes, in_order, problem_text
from workflows.vocabulary import NOTHING_KNOWN, EffectSignature, Vocabulary

__all__ = ["Code", "EffectSignature", "Vocabulary", "codes", "lint", "problem_text"]

_OF_A_PROCESS = (drawing, paths, joins, elements, errors, names, variables, expressions)
_OF_THE_RELEASE = (asked, translations)


def lint(
    bundle: Bundle, vocabulary: Vocabulary = NOTHING_KNOWN, only: Collection[str] | None = None
) -> list[Problem]:
    """All findings in a release, sorted by file and line; with `only`, those in the files of these paths.

    Never raises for anything that a file may contain. `bundle.for_file` makes the bundle for a single file.
    """
    release = read(bundle, vocabulary)
    found = [*release.problems, *_findings(release)]
    return in_order(one for one in found if only is None or one.file in only)


def _findings(release: Release) -> list[Problem]:
    found: list[Problem] = []
    for process in release.processes.values():
        for check in _OF_A_PROCESS:
            found += check.check(release, process)
    for whole in _OF_THE_RELEASE:
        found += whole.check(release)
    return found
