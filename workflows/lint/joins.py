"""Joins that wait for ever and paths that meet without one, told by playing the process."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import SUBPROCESSES, ProcessModel
from workflows.lint.graph import Graph
from workflows.lint.release import Release, at
from workflows.lint.tokens import Findings, play
from workflows.model import Problem


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """Deadlocks and double runs of every scope."""
    graph = Graph(process)
    for findings in findings_of(process).values():
        for element_id in sorted(findings.stuck):
            yield at(process, process.elements[element_id], "join-deadlock")
        for element_id in sorted(_first_ones(graph, findings.twice)):
            yield at(process, process.elements[element_id], "runs-twice")


def findings_of(process: ProcessModel) -> dict[str | None, Findings]:
    """What playing each scope of a process has shown, by the scope's element id (None: the process)."""
    scopes: list[str | None] = [None]
    scopes += [one.id for one in process.elements.values() if one.kind in SUBPROCESSES and not one.event_subprocess]
    return {scope: play(process, scope) for scope in scopes}


def together(process: ProcessModel) -> frozenset[frozenset[str]]:
    """Pairs of elements that can be at work at the same time, those inside subprocesses too."""
    graph = Graph(process)
    found: set[frozenset[str]] = set()
    for findings in findings_of(process).values():
        for pair in findings.together:
            one, other = sorted(pair)
            for first in {one, *graph.inside(one)}:
                found.update(frozenset({first, second}) for second in {other, *graph.inside(other)})
    return frozenset(found)


def _first_ones(graph: Graph, twice: set[str]) -> set[str]:
    """Where it begins: the merging elements that no other one leads to."""
    merging = {one for one in twice if len(graph.process.elements[one].incoming) > 1} or twice
    firsts = {one for one in merging if not any(one in graph.after[other] for other in merging - {one})}
    return firsts or set(sorted(merging)[:1])
