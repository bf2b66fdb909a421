"""Turns the files of a release into a definition that the runtime can step: every expression read, every name found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.specs.base import TaskSpec

from workflows import decision, dialect, forms
from workflows import roles as role_file
from workflows.diagram import DataMapping, Element, EventDefinition, Loop, ProcessModel
from workflows.form_model import Form
from workflows.formula import formula, source
from workflows.model import Bundle, EngineError
from workflows.problems import BrokenFile
from workflows.roles import Roles
from workflows.spiff_activities import (
    CallActivity,
    EffectTask,
    MultiInstance,
    RuleTask,
    ScriptTask,
    SubProcess,
    UserTask,
)
from workflows.spiff_events import BoundaryEvent, CatchEvent, TerminateEnd, ThrowEvent
from workflows.spiff_gateways import Choice, EventGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from workflows.spiff_specs import Attachment, Mapped, Passing, ProcessSpec, entry_name

CATCHABLE = {
    "intermediateCatchEvent": ("timer", "message"),
    "receiveTask": ("message",),
    "boundaryEvent": ("timer", "message", "error", "escalation"),
}
THROWABLE = {"intermediateThrowEvent": ("escalation",), "endEvent": ("error", "escalation", "terminate")}
GATEWAYS_THAT_SPLIT = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway")


@dataclass(frozen=True)
class Definition:
    """A release, ready to run. It is never changed after compiling, so that threads may share it.

    `processes` are the drawn ones, `specs` their graphs for the engine (embedded subprocesses as `process/element`).
    """

    hash: str
    processes: Mapping[str, ProcessModel]
    decisions: Mapping[str, decision.Decisions]
    forms: Mapping[str, Form]
    roles: Roles
    translations: Mapping[str, Any]
    specs: Mapping[str, ProcessSpec]
    bundle: Bundle


def compile_bundle(bundle: Bundle) -> Definition:
    """The definition of a release.

    Raises EngineError for what the engine cannot run (`unsupported`, `expression`, `missing-process`,
    `missing-decision`, `start-events`, `broken-file`, `twice`). Lint says more, and says it to a person.
    """
    try:
        return _compile(bundle)
    except BrokenFile as error:
        found = error.problem
        raise EngineError("broken-file", f"{found.file}: {found.message}", found.element_id) from error


def _compile(bundle: Bundle) -> Definition:
    processes = _processes(bundle)
    roles = role_file.parse(bundle.files.get("roles.json", b"{}"))
    decisions = _decisions(bundle)
    specs = {}
    for model in processes.values():
        for spec in _Builder(model, processes, decisions, roles).specs():
            specs[spec.name] = spec
    return Definition(
        bundle.hash, processes, decisions, _forms(bundle), roles, _translations(bundle), specs, bundle
    )


def _named(bundle: Bundle, suffix: str, folder: str = "") -> Iterator[tuple[str, bytes]]:
    for path in sorted(bundle.files):
        if path.endswith(suffix) and path.startswith(folder) and not path.startswith("documents/"):
            yield path, bundle.files[path]


def _processes(bundle: Bundle) -> dict[str, ProcessModel]:
    found: dict[str, ProcessModel] = {}
    for path, xml in _named(bundle, ".bpmn"):
        for model in dialect.read(path, xml).processes:
            if model.id in found:
                raise EngineError("twice", f"Two processes are called “{model.id}”.", "", model.id)
            found[model.id] = model
    return found


def _decisions(bundle: Bundle) -> dict[str, decision.Decisions]:
    """Each decision's id -> the file it is in, read."""
    found: dict[str, decision.Decisions] = {}
    for path, xml in _named(bundle, ".dmn"):
        try:
            model = decision.load(xml, path)
        except decision.DecisionError as error:
            raise EngineError("broken-file", f"{path}: {error}") from error
        found.update(dict.fromkeys(model.decisions, model))
    return found


def _forms(bundle: Bundle) -> dict[str, Form]:
    parsed = [forms.parse(content, path) for path, content in _named(bundle, ".form")]
    return {form.id: form for form in parsed}


def _translations(bundle: Bundle) -> dict[str, Any]:
    """The texts of each language in `i18n/`, by language."""
    paths = _named(bundle, ".json", "i18n/")
    return {path[len("i18n/") : -len(".json")]: forms.load_json(content, path) for path, content in paths}


class _Builder:
    """Builds the specs of one drawn process: one for the process and one for each subprocess embedded in it."""

    def __init__(
        self, model: ProcessModel, processes: Mapping[str, Any], decisions: Mapping[str, Any], roles: Roles
    ) -> None:
        self.model = model
        self.processes = processes
        self.decisions = decisions
        self.roles = roles
        self.kinds: dict[str, Callable[[ProcessSpec, Element, str], Any]] = {
            "userTask": self._user_task,
            "scriptTask": self._script_task,
            "businessRuleTask": self._rule_task,
            "serviceTask": self._effect,
            "sendTask": self._effect,
            "callActivity": self._call,
            "subProcess": self._subprocess,
            "exclusiveGateway": self._gateway(ExclusiveGateway),
            "inclusiveGateway": self._gateway(InclusiveGateway),
            "parallelGateway": self._gateway(ParallelGateway),
            "eventBasedGateway": self._gateway(EventGateway),
            "startEvent": self._start_event,
            "endEvent": self._throw_event,
            "intermediateThrowEvent": self._throw_event,
            "intermediateCatchEvent": self._catch_event,
            "receiveTask": self._catch_event,
            "boundaryEvent": self._boundary_event,
        }

    def specs(self) -> Iterator[ProcessSpec]:
        """The process, then its embedded subprocesses."""
        yield self._scope(None, self.model.id)
        for element in self.model.elements.values():
            if element.kind == "subProcess":
                yield self._scope(element.id, self._inside(element))

    def _inside(self, element: Element) -> str:
        return f"{self.model.id}/{element.id}"

    def _scope(self, parent_id: str | None, name: str) -> ProcessSpec:
        spec = ProcessSpec(name, self.model.id, embedded=parent_id is not None)
        elements = self.model.children(parent_id)
        starts = [element for element in elements if element.kind == "startEvent"]
        if len(starts) != 1:
            where = parent_id or ""
            raise EngineError("start-events", "A process has exactly one start event.", where, self.model.id)
        for element in elements:
            self._place(spec, element)
        for element in elements:
            self._connect(spec, element)
        spec.start.connect(spec.task_specs[starts[0].id])
        for gateway in spec.task_specs.values():
            if isinstance(gateway, InclusiveGateway):
                gateway.reach = {entry: _leading_to(spec, gateway, entry) for entry in gateway._inputs}
        return spec

    def _place(self, spec: ProcessSpec, element: Element) -> None:
        make = self.kinds.get(element.kind)
        if make is None or element.event_subprocess:
            raise self._refusal(element, f"A {element.kind} cannot be run.")
        node = self._describe(make(spec, element, f"{element.id}[]" if element.loop else element.id), element)
        if element.loop:
            node.silent = True
            node = self._describe(self._multi_instance(spec, element, element.loop), element)
            node.inputs_mapped = node.outputs_mapped = ()
        if self.model.boundaries(element.id):
            node.guarded = True
            Attachment(spec, entry_name(element.id)).connect(node)

    def _describe(self, node: Any, element: Element) -> Any:
        node.element = element
        node.inputs_mapped = self._mapped(element, element.inputs)
        node.outputs_mapped = self._mapped(element, element.outputs)
        return node

    def _mapped(self, element: Element, mappings: tuple[DataMapping, ...]) -> tuple[Mapped, ...]:
        return tuple(Mapped(one.target, source(one.source, element.id, self.model.id)) for one in mappings)

    def _connect(self, spec: ProcessSpec, element: Element) -> None:
        node = spec.task_specs[element.id]
        if element.attached_to:
            spec.task_specs[entry_name(element.attached_to)].connect(node)
        if element.kind == "endEvent":
            node.connect(spec.end)
        targets = [(flow_id, self._entry(spec, self.model.flows[flow_id].target)) for flow_id in element.outgoing]
        if len(targets) > 1 and element.kind not in GATEWAYS_THAT_SPLIT:
            raise self._refusal(element, "More than one flow leaves it; draw a gateway.")
        if isinstance(node, ExclusiveGateway | InclusiveGateway):
            node.choices = tuple(self._choice(element, flow_id, target) for flow_id, target in targets)
        elif any(self.model.flows[flow_id].condition for flow_id, _ in targets):
            raise self._refusal(element, "A flow with a condition leaves it; only gateways choose.")
        for _, target in targets:
            TaskSpec.connect(node, target)

    def _entry(self, spec: ProcessSpec, element_id: str) -> Any:
        return spec.task_specs.get(entry_name(element_id)) or spec.task_specs[element_id]

    def _choice(self, element: Element, flow_id: str, target: Any) -> Choice:
        text = self.model.flows[flow_id].condition
        if flow_id == element.default_flow or (not text and len(element.outgoing) == 1):
            return Choice(flow_id, target.name, None)
        if not text:
            raise self._refusal(element, f"Flow {flow_id} needs a condition, or has to be the default flow.")
        return Choice(flow_id, target.name, self._formula(element, text))

    def _formula(self, element: Element, text: str) -> Any:
        return formula(text, element.id, self.model.id)

    def _source(self, element: Element, text: str) -> Any:
        return source(text, element.id, self.model.id) if text else None

    def _refusal(self, element: Element, message: str) -> EngineError:
        return EngineError("unsupported", f"{element.label}: {message}", element.id, self.model.id)

    def _user_task(self, spec: ProcessSpec, element: Element, name: str) -> UserTask:
        task = UserTask(spec, name, lane=element.lane, bpmn_name=element.name)
        task.role = self.roles.find(element.lane) or element.lane
        task.due = self._source(element, element.due_date)
        task.group = self._source(element, element.candidate_groups)
        task.assignee = self._source(element, element.assignee)
        return task

    def _script_task(self, spec: ProcessSpec, element: Element, name: str) -> ScriptTask:
        if not element.script:
            raise self._refusal(element, "A script task needs a FEEL expression (zeebe:script).")
        task = ScriptTask(spec, name)
        task.script = self._formula(element, element.script)
        task.result_variable = element.result_variable
        return task

    def _rule_task(self, spec: ProcessSpec, element: Element, name: str) -> RuleTask:
        if element.called_decision not in self.decisions:
            message = f"The decision “{element.called_decision}” is not in the release."
            raise EngineError("missing-decision", message, element.id, self.model.id)
        task = RuleTask(spec, name)
        task.decision = element.called_decision
        task.result_variable = element.result_variable
        return task

    def _effect(self, spec: ProcessSpec, element: Element, name: str) -> EffectTask:
        if not element.task_type:
            raise self._refusal(element, "It names no effect (zeebe:taskDefinition).")
        task = EffectTask(spec, name)
        task.effect = element.task_type
        task.headers = {key: source(value, element.id, self.model.id) for key, value in element.headers.items()}
        return task

    def _call(self, spec: ProcessSpec, element: Element, name: str) -> CallActivity:
        if element.called_process not in self.processes:
            message = f"The process “{element.called_process}” is not in the release."
            raise EngineError("missing-process", message, element.id, self.model.id)
        return CallActivity(spec, name, element.called_process, bpmn_name=element.name)

    def _subprocess(self, spec: ProcessSpec, element: Element, name: str) -> SubProcess:
        return SubProcess(spec, name, self._inside(element), bpmn_name=element.name)

    def _gateway(self, kind: Any) -> Callable[[ProcessSpec, Element, str], Any]:
        def make(spec: ProcessSpec, element: Element, name: str) -> Any:
            return kind(spec, name)

        return make

    def _start_event(self, spec: ProcessSpec, element: Element, name: str) -> Passing:
        if element.events:
            raise self._refusal(element, "Only a plain start event can begin a process.")
        return Passing(spec, name)

    def _throw_event(self, spec: ProcessSpec, element: Element, name: str) -> Any:
        if element.task_type:
            return self._effect(spec, element, name)
        if not element.events:
            return Passing(spec, name)
        event = self._one_event(element, THROWABLE[element.kind])
        if event.kind == "terminate":
            return TerminateEnd(spec, name)
        node = ThrowEvent(spec, name)
        node.thrown = event
        return node

    def _catch_event(self, spec: ProcessSpec, element: Element, name: str) -> CatchEvent:
        return self._catching(CatchEvent(spec, name), element)

    def _boundary_event(self, spec: ProcessSpec, element: Element, name: str) -> BoundaryEvent:
        return self._catching(BoundaryEvent(spec, name, None, element.interrupting), element)

    def _catching(self, node: Any, element: Element) -> Any:
        node.caught = self._one_event(element, CATCHABLE[element.kind])
        if node.caught.kind == "timer":
            if not node.caught.expression:
                raise self._refusal(element, "The timer says neither date, duration nor cycle.")
            node.timer = source(node.caught.expression, element.id, self.model.id)
        return node

    def _one_event(self, element: Element, kinds: tuple[str, ...]) -> EventDefinition:
        if len(element.events) != 1 or element.events[0].kind not in kinds:
            raise self._refusal(element, f"A {element.kind} can hold one of: {', '.join(kinds)}.")
        return element.events[0]

    def _multi_instance(self, spec: ProcessSpec, element: Element, loop: Loop) -> MultiInstance:
        if loop.kind == "standard" or not loop.input_collection or loop.cardinality:
            raise self._refusal(element, "It repeats only over a list (zeebe:loopCharacteristics inputCollection).")
        body = MultiInstance(spec, element.id, f"{element.id}[]")
        body.collection = self._formula(element, loop.input_collection)
        body.item = loop.input_element
        body.collected = loop.output_collection
        body.result = self._formula(element, loop.output_element) if loop.output_element else None
        body.enough = self._formula(element, loop.completion_condition) if loop.completion_condition else None
        body.sequential = loop.kind == "sequential"
        return body


def _leading_to(spec: ProcessSpec, gateway: InclusiveGateway, entry: str) -> frozenset[str]:
    """The specs from which a token can still come to the gateway by one of its ways in, without passing it first."""
    found: set[str] = set()
    ahead = [entry]
    while ahead:
        name = ahead.pop()
        if name not in found and name != gateway.name:
            found.add(name)
            ahead += spec.task_specs[name]._inputs
    return frozenset(found)
