"""What a BPMN file says, as plain data: the shapes that lint, the compiler and the pages read instead of XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.model import Problem

TASKS = frozenset(
    {"userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "manualTask", "task"}
)
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS


@dataclass(frozen=True)
class EventDefinition:
    """What an event waits for or throws. `kind`: timer, message, error, escalation, signal, terminate, compensate,
    conditional, link or cancel; `name` is the message's or link's name, `code` the error's or escalation's code."""

    kind: str
    ref: str = ""
    name: str = ""
    code: str = ""
    timer: str = ""  # date, duration or cycle
    expression: str = ""
    line: int = 0


@dataclass(frozen=True)
class Loop:
    """Repetition of one activity: `parallel` or `sequential` over a collection, or BPMN's `standard` loop."""

    kind: str
    input_collection: str = ""
    input_element: str = ""
    output_collection: str = ""
    output_element: str = ""
    completion_condition: str = ""
    cardinality: str = ""
    line: int = 0


@dataclass(frozen=True)
class DataMapping:
    """One `zeebe:input` or `zeebe:output`: the FEEL source (with its leading `=`) and the variable it is put in."""

    source: str
    target: str
    line: int = 0


@dataclass(frozen=True)
class Element:
    """A flow node of any kind (the BPMN name, e.g. `userTask`). Absent texts are empty strings, ids of flows are in
    drawing order, `lane` is the lane's name (a child of a subprocess inherits it)."""

    id: str
    kind: str
    name: str = ""
    line: int = 0
    parent_id: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    lane: str = ""
    attached_to: str | None = None
    interrupting: bool = True
    default_flow: str = ""
    events: tuple[EventDefinition, ...] = ()
    loop: Loop | None = None
    form_id: str = ""
    assignee: str = ""
    candidate_groups: str = ""
    due_date: str = ""
    follow_up_date: str = ""
    task_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    called_process: str = ""
    called_decision: str = ""
    result_variable: str = ""
    script: str = ""
    inputs: tuple[DataMapping, ...] = ()
    outputs: tuple[DataMapping, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    propagates_all: bool = False
    documentation: str = ""

    @property
    def label(self) -> str:
        """What a person calls it: the name if it has one, otherwise the id."""
        return self.name or self.id

    @property
    def event_subprocess(self) -> bool:
        return self.kind in SUBPROCESSES and self.attributes.get("triggeredByEvent") in ("true", "1")


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `condition` is FEEL with its leading `=`, empty when there is none."""

    id: str
    source: str
    target: str
    condition: str = ""
    name: str = ""
    line: int = 0
    parent_id: str | None = None
    condition_language: str = ""


@dataclass(frozen=True)
class Lane:
    """A lane; its name is a role."""

    id: str
    name: str
    line: int
    elements: tuple[str, ...] = ()
    parent_id: str = ""


@dataclass(frozen=True)
class Named:
    """A message, error, signal or escalation declared in a file."""

    id: str
    name: str = ""
    code: str = ""
    line: int = 0


@dataclass(frozen=True)
class ProcessModel:
    """One process: all its elements and flows, those of embedded subprocesses too (see `parent_id`).

    `lanes` maps an element's id to its lane's name; `properties` are the process's own `zeebe:properties`.
    """

    id: str
    name: str
    executable: bool
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, str] = field(default_factory=dict)
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    line: int = 0
    file: str = ""
    lane_list: tuple[Lane, ...] = ()

    def children(self, parent_id: str | None) -> tuple[Element, ...]:
        """The elements drawn directly in a subprocess, or in the process itself (None), in file order."""
        return tuple(element for element in self.elements.values() if element.parent_id == parent_id)

    def boundaries(self, element_id: str) -> tuple[Element, ...]:
        """The boundary events that sit on an activity."""
        return tuple(element for element in self.elements.values() if element.attached_to == element_id)

    @property
    def declared_inputs(self) -> tuple[str, ...]:
        """The variables that whoever starts or calls the process hands in (process property `inputs`)."""
        return tuple(name for part in self.properties.get("inputs", "").split(",") if (name := part.strip()))


@dataclass(frozen=True)
class Diagram:
    """One BPMN file. `problems` are what can be seen in the XML alone: unknown elements, foreign extensions, ids."""

    file: str
    processes: tuple[ProcessModel, ...]
    messages: Mapping[str, Named] = field(default_factory=dict)
    errors: Mapping[str, Named] = field(default_factory=dict)
    signals: Mapping[str, Named] = field(default_factory=dict)
    escalations: Mapping[str, Named] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
