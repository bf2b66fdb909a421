"""All files of a bundle, read once, with what each of them declares: the ground that every check stands on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from workflows import decision, dialect, forms, roles
from workflows.diagram import Diagram, Element, Flow, ProcessModel
from workflows.form_model import Form
from workflows.forms import load_json
from workflows.model import Bundle, Problem
from workflows.problems import BrokenFile, problem
from workflows.vocabulary import Vocabulary


@dataclass
class Release:
    """What a bundle declares, by name, and what was wrong while reading it."""

    bundle: Bundle
    vocabulary: Vocabulary
    diagrams: list[Diagram] = field(default_factory=list)
    processes: dict[str, ProcessModel] = field(default_factory=dict)
    diagram_of: dict[str, Diagram] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    decisions: dict[str, decision.Decisions] = field(default_factory=dict)
    decision_files: dict[str, decision.Decisions] = field(default_factory=dict)
    file_of_decision: dict[str, str] = field(default_factory=dict)
    roles: roles.Roles | None = None
    translations: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    # What was worked out about a process once, for those that call it.
    memory: dict[tuple[str, ...], Any] = field(default_factory=dict)

    @property
    def papers(self) -> frozenset[str]:
        """The kinds of papers: those of the bundle and those that the vocabulary lists."""
        kinds = {
            path.removeprefix("documents/kinds/").removesuffix(".json")
            for path in self.bundle.files
            if path.startswith("documents/kinds/") and path.endswith(".json")
        }
        return frozenset(kinds | (self.vocabulary.papers or frozenset()))

    @property
    def role_names(self) -> tuple[str, ...]:
        """The keys of all roles."""
        own = tuple(self.roles.by_key) if self.roles else ()
        return (*own, *sorted(self.vocabulary.roles - set(own)))

    def callers(self, process_id: str) -> Iterator[tuple[ProcessModel, Element]]:
        """The call activities that call a process."""
        for process in self.processes.values():
            for element in process.elements.values():
                if element.kind == "callActivity" and element.called_process == process_id:
                    yield process, element


def read(bundle: Bundle, vocabulary: Vocabulary) -> Release:
    """Read every file; a broken one is a problem and the others are still read."""
    release = Release(bundle, vocabulary)
    readers = {".bpmn": _read_diagram, ".dmn": _read_decisions, ".form": _read_form}
    for path in sorted(bundle.files):
        if path.startswith("documents/"):
            continue
        try:
            for suffix, reader in readers.items():
                if path.endswith(suffix):
                    reader(release, path)
            if path.endswith(".json"):
                _read_json(release, path)
        except BrokenFile as broken:
            release.problems.append(broken.problem)
    return release


# The shipped files are read again for every single file that is judged; a file that is the same reads the same.
@lru_cache(maxsize=256)
def _diagram(path: str, content: bytes) -> Diagram:
    return dialect.read(path, content)


@lru_cache(maxsize=512)
def _form(path: str, content: bytes) -> tuple[tuple[Problem, ...], Form | None]:
    found = tuple(forms.problems(content, path))
    try:
        return found, forms.parse(content, path)
    except BrokenFile:
        return found, None  # the finding says why


@lru_cache(maxsize=64)
def _decisions(path: str, content: bytes) -> decision.Decisions:
    return decision.load(content, path)


@lru_cache(maxsize=64)
def _of_decisions(path: str, content: bytes, functions: frozenset[str]) -> tuple[Problem, ...]:
    """What is wrong with the tables of a file: comparing their rows with each other takes longest of all reading."""
    return tuple(decision.problems(_decisions(path, content), functions=functions, file=path))


def _read_diagram(release: Release, path: str) -> None:
    diagram = _diagram(path, release.bundle.files[path])
    release.diagrams.append(diagram)
    release.problems += diagram.problems
    if not diagram.processes:
        release.problems.append(problem("no-process", path))
    for process in diagram.processes:
        first = release.processes.get(process.id)
        if first is not None:
            release.problems.append(
                problem("duplicate-process", path, process.id, process.line, id=process.id, other=first.file)
            )
            continue
        release.processes[process.id] = process
        release.diagram_of[process.id] = diagram


def _read_form(release: Release, path: str) -> None:
    content = release.bundle.files[path]
    found, form = _form(path, content)
    release.problems += found
    if form is None:
        return
    first = release.forms.get(form.id)
    if first is not None and form.id:
        release.problems.append(problem("duplicate-form", path, form.id, id=form.id, other=first.file))
    else:
        release.forms[form.id] = form


def _read_decisions(release: Release, path: str) -> None:
    content = release.bundle.files[path]
    try:
        model = _decisions(path, content)
    except decision.DecisionError as error:
        release.problems.append(problem("broken-decision", path, error.element_id, error.line, reason=error.message))
        return
    release.problems += _of_decisions(path, content, frozenset(release.vocabulary.functions or ()))
    release.decision_files[path] = model
    for key, one in model.decisions.items():
        if key in release.decisions:
            other = release.file_of_decision[key]
            found = problem("duplicate-decision", path, key, one.place.line, id=key, other=other)
            release.problems.append(found)
            continue
        release.decisions[key] = model
        release.file_of_decision[key] = path


def _read_json(release: Release, path: str) -> None:
    content = release.bundle.files[path]
    if path == "roles.json":
        release.problems += roles.problems(content, path)
        release.roles = roles.parse(content, path)
    elif path.startswith("i18n/"):
        texts = load_json(content, path)
        if isinstance(texts, dict):
            release.translations[path] = texts
        else:
            release.problems.append(problem("wrong-shape", path, path=path, expected="an object"))


def at(process: ProcessModel, element: Element, code: str, /, **details: object) -> Problem:
    """A finding at an element, called by its name."""
    return problem(code, process.file, element.id, element.line, **{"name": element.label, **details})


def at_flow(process: ProcessModel, flow: Flow, code: str, /, **details: object) -> Problem:
    """A finding at a sequence flow."""
    return problem(code, process.file, flow.id, flow.line, **{"name": flow.name or flow.id, **details})


def at_process(process: ProcessModel, code: str, /, **details: object) -> Problem:
    """A finding about a whole process."""
    return problem(code, process.file, process.id, process.line, **{"name": process.name or process.id, **details})


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names as a list that stays readable."""
    known = sorted(set(names))
    return ", ".join(known[:most]) + (", …" if len(known) > most else "") if known else "—"


def hint(name: str, names: Iterable[str]) -> str:
    """` Did you mean “…”?` when a known name is close, otherwise nothing."""
    close = difflib.get_close_matches(name, sorted(set(names)), n=1, cutoff=0.75)
    return f" Did you mean “{close[0]}”?" if close else ""
