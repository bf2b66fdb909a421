"""Small flows drawn in a few lines, and a case played on them, so that a test reads as what happens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import quoteattr

from workflows import runtime
from workflows.compile import Definition, compile_bundle
from workflows.model import Bundle, Environment, OpenTask, StepResult, WaitingEvent

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">'
)
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 9 o'clock in Shanghai


def node(kind: str, id: str, inside: str = "", zeebe: str = "", **attributes: str) -> str:
    """Any element: its zeebe extensions, its BPMN content, its attributes."""
    extensions = f"<bpmn:extensionElements>{zeebe}</bpmn:extensionElements>" if zeebe else ""
    given = "".join(f" {key}={quoteattr(value)}" for key, value in {"id": id, "name": id, **attributes}.items())
    return f"<bpmn:{kind}{given}>{extensions}{inside}</bpmn:{kind}>"


def start(id: str = "start") -> str:
    return node("startEvent", id)


def end(id: str = "end", inside: str = "", zeebe: str = "") -> str:
    return node("endEvent", id, inside, zeebe)


def mapping(inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None) -> str:
    rows = [f"<zeebe:input source={quoteattr(v)} target={quoteattr(k)}/>" for k, v in (inputs or {}).items()]
    rows += [f"<zeebe:output source={quoteattr(v)} target={quoteattr(k)}/>" for k, v in (outputs or {}).items()]
    return f"<zeebe:ioMapping>{''.join(rows)}</zeebe:ioMapping>" if rows else ""


def many(collection: str, item: str = "", output: str = "", result: str = "", one_by_one: bool = False) -> str:
    inner = (
        f"<zeebe:loopCharacteristics inputCollection={quoteattr(collection)} inputElement={quoteattr(item)}"
        f" outputCollection={quoteattr(output)} outputElement={quoteattr(result)}/>"
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(one_by_one).lower()}">'
        f"<bpmn:extensionElements>{inner}</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )


def user(id: str, outputs: Mapping[str, str] | None = None, *, due: str = "", zeebe: str = "", inside: str = "") -> str:
    schedule = f"<zeebe:taskSchedule dueDate={quoteattr(due)}/>" if due else ""
    return node("userTask", id, inside, schedule + mapping(None, outputs) + zeebe)


def script(id: str, expression: str, variable: str) -> str:
    return node(
        "scriptTask", id, "", f"<zeebe:script expression={quoteattr(expression)} resultVariable={quoteattr(variable)}/>"
    )


def effect(id: str, name: str, element: str = "serviceTask", **headers: str) -> str:
    rows = "".join(f"<zeebe:header key={quoteattr(k)} value={quoteattr(v)}/>" for k, v in headers.items())
    return node(element, id, "", f'<zeebe:taskDefinition type="{name}"/><zeebe:taskHeaders>{rows}</zeebe:taskHeaders>')


def call(
    id: str,
    process: str,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    inside: str = "",
) -> str:
    called = f'<zeebe:calledElement processId="{process}" propagateAllChildVariables="false"/>'
    return node("callActivity", id, inside, called + mapping(inputs, outputs))


def gateway(kind: str, id: str, default: str = "") -> str:
    return node(f"{kind}Gateway", id, **({"default": default} if default else {}))


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:time{kind}>{text}</bpmn:time{kind}></bpmn:timerEventDefinition>"


def message(name: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="message_{name}"/>'


def error(code: str) -> str:
    return f'<bpmn:errorEventDefinition errorRef="error_{code}"/>'


def escalation(code: str) -> str:
    return f'<bpmn:escalationEventDefinition escalationRef="escalation_{code}"/>'


def catch(id: str, inside: str, outputs: Mapping[str, str] | None = None) -> str:
    return node("intermediateCatchEvent", id, inside, mapping(None, outputs))


def boundary(id: str, on: str, inside: str, outputs: Mapping[str, str] | None = None, interrupting: bool = True) -> str:
    return node(
        "boundaryEvent", id, inside, mapping(None, outputs), attachedToRef=on, cancelActivity=str(interrupting).lower()
    )


def subprocess(id: str, flows: str, *elements: str, inside: str = "") -> str:
    return node("subProcess", id, inside + "".join(elements) + _flows(flows))


def _flows(text: str) -> str:
    """`a > b > c; g > d [x > 1]`: flows are called `a-b`; the condition stands in brackets after the target."""
    found = []
    for line in filter(None, (part.strip() for part in text.split(";"))):
        chain, _, condition = line.partition("[")
        names = [name.strip() for name in chain.split(" > ")]
        for index, (source, target) in enumerate(zip(names, names[1:], strict=False)):
            last = index == len(names) - 2
            found.append(_flow(source, target, condition.rstrip("] ") if last else ""))
    return "".join(found)


def _flow(source: str, target: str, condition: str) -> str:
    escaped = condition.replace("&", "&amp;").replace("<", "&lt;")
    inner = f"<bpmn:conditionExpression>={escaped}</bpmn:conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{source}-{target}" {ends}>{inner}</bpmn:sequenceFlow>'


def process(id: str, flows: str, *elements: str, lanes: str = "") -> str:
    return f'<bpmn:process id="{id}" isExecutable="true">{lanes}{"".join(elements)}{_flows(flows)}</bpmn:process>'


def bundle(*processes: str, names: tuple[str, ...] = (), codes: tuple[str, ...] = (), **files: str) -> Bundle:
    """A release of one diagram; `names` are its messages, `codes` its errors and escalations."""
    declared = "".join(f'<bpmn:message id="message_{name}" name="{name}"/>' for name in names)
    for code in codes:
        declared += f'<bpmn:error id="error_{code}" name="{code}" errorCode="{code}"/>'
        declared += f'<bpmn:escalation id="escalation_{code}" name="{code}" escalationCode="{code}"/>'
    diagram = f"{HEAD}{declared}{''.join(processes)}</bpmn:definitions>"
    return Bundle({"flows.bpmn": diagram.encode(), **{path: text.encode() for path, text in files.items()}})


class Play:
    """One case on a definition: every command is stored and loaded again, as in the case manager."""

    def __init__(
        self, definition: Definition | Bundle, process_id: str = "p", case: Any = None, **variables: Any
    ) -> None:
        self.definition = definition if isinstance(definition, Definition) else compile_bundle(definition)
        self.now = MORNING
        self.case = case if case is not None else {}
        self.functions: dict[str, Any] = {}
        self.take(runtime.start(self.definition, process_id, variables, self.world))

    @property
    def world(self) -> Environment:
        return Environment(self.now, self.case, self.functions)

    def take(self, result: StepResult) -> Play:
        self.result = result
        self.state = result.state
        return self

    @property
    def open(self) -> list[str]:
        return [task.element_id for task in self.result.tasks]

    @property
    def waiting(self) -> list[str]:
        return [event.element_id for event in self.result.waiting]

    def task(self, element_id: str, index: int = 0) -> OpenTask:
        return [task for task in self.result.tasks if task.element_id == element_id][index]

    def event(self, element_id: str, index: int = 0) -> WaitingEvent:
        return [event for event in self.result.waiting if event.element_id == element_id][index]

    def do(self, *element_ids: str, **answers: Any) -> Play:
        for element_id in element_ids:
            task_id = self.task(element_id).id
            self.take(runtime.complete(self.definition, self.state, task_id, answers, self.world))
        return self

    def wait(self, **span: float) -> Play:
        self.now += timedelta(**span)
        return self.take(runtime.tick(self.definition, self.state, self.world))

    def deliver(self, element_id: str, index: int = 0, **payload: Any) -> Play:
        waiting_id = self.event(element_id, index).id
        return self.take(runtime.deliver(self.definition, self.state, waiting_id, payload, self.world))

    def back(self, element_id: str) -> Play:
        """Send an open task back to the one before it."""
        previous = self.task(element_id).previous
        assert previous is not None
        return self.take(runtime.send_back(self.definition, self.state, previous, self.world))

    @property
    def passed(self) -> list[str]:
        return [line.element_id for line in self.result.log if line.event == "completed"]

    @property
    def cancelled(self) -> list[str]:
        return [line.element_id for line in self.result.log if line.event == "cancelled"]
