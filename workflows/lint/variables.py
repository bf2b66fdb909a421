"""Which variables a process has where: who writes them, who may read them, and who would overwrite whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.diagram import SUBPROCESSES, Element, ProcessModel
from workflows.form_model import Form
from workflows.forms import KEY, RESERVED
from workflows.lint.graph import Graph
from workflows.lint.joins import together
from workflows.lint.release import Release, at
from workflows.model import Problem
from workflows.problems import problem

_KEPT = RESERVED | {"payload", "loopCounter"}


@dataclass(frozen=True)
class Write:
    """One variable that one element sets."""

    element: Element
    variable: str
    line: int


class Variables:
    """The variables of one process."""

    def __init__(self, release: Release, process: ProcessModel) -> None:
        self.process = process
        self.graph = Graph(process)
        self.writes = [one for element in process.elements.values() for one in writes(element)]
        given = {mapping.target for _, call in release.callers(process.id) for mapping in call.inputs}
        self.inputs = frozenset({*process.declared_inputs, *given})
        self.all = frozenset({*self.inputs, *(one.variable for one in self.writes)})
        self._before: dict[str, set[str]] = {}
        for one in self.writes:
            for later in self.graph.after[one.element.id]:
                self._before.setdefault(later, set()).add(one.variable)

    def before(self, element: Element) -> frozenset[str]:
        """What can be set when a token comes to the element: inputs, earlier writes, local names around it."""
        return self.inputs | self._before.get(element.id, set()) | self.local(element)

    def at_exit(self, element: Element) -> frozenset[str]:
        """The same when it is left: what was set inside it too."""
        inside = self.graph.inside(element.id)
        return self.before(element) | {one.variable for one in self.writes if one.element.id in inside}

    def local(self, element: Element) -> frozenset[str]:
        """Names that only the element itself sees, or what is drawn inside the subprocess: inputs, the loop's item."""
        names: set[str] = set()
        current: Element | None = element
        while current is not None:
            inside = current is not element
            if current.kind != "callActivity" and (inside or current.kind not in SUBPROCESSES):
                names.update(mapping.target for mapping in current.inputs)
            names |= loop_names(current)
            current = self.process.elements.get(current.parent_id or "")
        return frozenset(names)

    def results(self) -> frozenset[str]:
        """What a caller may take over."""
        return self.all


def loop_names(element: Element) -> set[str]:
    """The names that one round of a repeated activity has."""
    loop = element.loop
    if loop is None or loop.kind == "standard":
        return set()
    rounds = {mapping.target for mapping in element.outputs} | {element.result_variable}
    return {name for name in {loop.input_element, "loopCounter", *rounds} if name}


def writes(element: Element) -> Iterator[Write]:
    """The variables that an element sets; of a repeated one only its output collection leaves the round."""
    if element.loop:
        if element.loop.output_collection:
            yield Write(element, element.loop.output_collection, element.loop.line)
    elif element.outputs:
        yield from (Write(element, one.target, one.line) for one in element.outputs if one.target)
    elif element.result_variable:
        yield Write(element, element.result_variable, element.line)


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """Names that cannot be variables, and variables with more than one writer."""
    yield from _bad_names(process)
    yield from _shared(process)


def _bad_names(process: ProcessModel) -> Iterator[Problem]:
    for element in process.elements.values():
        targets = [(one.target, one.line) for one in (*element.inputs, *element.outputs)]
        loop = element.loop
        if loop:
            targets += [(loop.input_element, loop.line), (loop.output_collection, loop.line)]
        targets.append((element.result_variable, element.line))
        for name, line in targets:
            if name == "typename":
                yield problem("typename-key", process.file, element.id, line, name=element.label)
            elif name and (not KEY.fullmatch(name) or name in _KEPT):
                yield problem("variable-name", process.file, element.id, line, name=element.label, variable=name)


def _shared(process: ProcessModel) -> Iterator[Problem]:
    writers: dict[str, list[Element]] = {}
    for element in process.elements.values():
        for one in writes(element):
            if element not in writers.setdefault(one.variable, []):
                writers[one.variable].append(element)
    if all(len(elements) < 2 for elements in writers.values()):
        return
    parallel, graph = together(process), Graph(process)
    for variable, elements in writers.items():
        for index, later in enumerate(elements):
            if clash := _clash(later, elements[:index], parallel, graph):
                code, other = clash
                yield at(process, later, code, variable=variable, other=other.label)


def _clash(
    later: Element, earlier: list[Element], parallel: frozenset[frozenset[str]], graph: Graph
) -> tuple[str, Element] | None:
    for other in earlier:
        if frozenset({later.id, other.id}) in parallel:
            return "parallel-write", other
    for other in earlier:
        if graph.follows(other.id, later.id) or graph.follows(later.id, other.id):
            return "written-twice", other
    return None


def form_names(form: Form | None) -> frozenset[str]:
    """What an output mapping of a user task may read of its form: the keys, and all of them as `answers`."""
    return frozenset(form.keys) | {"answers"} if form else frozenset({"answers"})
