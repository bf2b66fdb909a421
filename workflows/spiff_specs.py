"""What every element has in common: how a token passes it, and the graph of a process as SpiffWorkflow task specs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask, _EndJoin
from SpiffWorkflow.util.task import TaskState

from workflows.diagram import Element
from workflows.formula import Formula, Source
from workflows.spiff_tree import Token


@dataclass(frozen=True)
class Mapped:
    """One `zeebe:input` or `zeebe:output`: where a value comes from and the variable it is put in."""

    target: str
    source: Source


class Direct:
    """Mixed into every spec: successors come into being when a token completes, and nothing is forecast or copied."""

    element: Element | None = None
    joins = False  # waits for other tokens of the same process
    guarded = False  # has boundary events
    body = False  # stands for all rounds of a multi-instance activity
    silent = False  # a round of one: only the body is logged
    inputs_mapped: tuple[Mapped, ...] = ()
    outputs_mapped: tuple[Mapped, ...] = ()
    name: str
    _outputs: list[str]
    _inputs: list[str]
    _wf_spec: Any

    @property
    def address(self) -> tuple[str, str]:
        """The element's id and the id of the process it is drawn in."""
        return self.element.id if self.element else "", self._wf_spec.process_id

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        return None

    def _update(self, my_task: Token) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready(self, my_task: Token) -> None:
        return None

    def _on_cancel(self, my_task: Token) -> None:
        return None

    def _run(self, my_task: Token) -> bool:
        self.act(my_task)
        return True

    def act(self, token: Token) -> None:
        """What the element does when a token passes."""

    def following(self, token: Token) -> Iterable[str]:
        """The names of the specs that the token goes on to."""
        return self._outputs

    def _on_complete(self, my_task: Token) -> None:
        if self.guarded and not my_task.instance:
            disarm(my_task)
        if my_task.instance:
            body = my_task.parent
            body.task_spec.merge(body, my_task)
        else:
            self.send_on(my_task)
        my_task.workflow._task_completed_notify(my_task)

    def send_on(self, token: Token) -> None:
        """Put a token on every following element; all exist before the first of them moves."""
        specs = self._wf_spec.task_specs
        children = [token._add_child(specs[name]) for name in self.following(token)]
        for child in children:
            if child._state == TaskState.FUTURE:
                child.task_spec._update(child)

    def put(self, token: Token, mappings: Iterable[Mapped], names: Mapping[str, Any]) -> None:
        """Write the results of mappings: all are evaluated before the first is written."""
        engine = token.workflow.script_engine
        values = [(mapped.target, engine.evaluate(token, mapped.source, names)) for mapped in mappings]
        for target, value in values:
            token.write(target, value)

    def localise(self, token: Token) -> None:
        """Evaluate `zeebe:input` mappings into variables that only this element sees."""
        if self.inputs_mapped:
            engine = token.workflow.script_engine
            values = {mapped.target: engine.evaluate(token, mapped.source) for mapped in self.inputs_mapped}
            token.internal_data.setdefault("local", {}).update(values)


def disarm(main: Token) -> None:
    """Cancel the boundary events that still wait beside an activity; a call remembers them for a step back into it."""
    waiting = [other for other in paired(main) if other._state == TaskState.WAITING]
    if main.inner() is not None:
        main.internal_data["edge"] = {other.task_spec.name: other.internal_data for other in waiting}
    for other in waiting:
        other.cancel()


def paired(token: Token) -> list[Token]:
    """The activity and boundary events beside one of them. The paths of events that have happened may hang there too,
    when what lay between has been forgotten; they are left out."""
    pairing = token.parent
    return [one for one in pairing.children if one is not token and one.task_spec.name in pairing.task_spec._outputs]


class Start(Direct, BpmnStartTask):
    """Where every process begins, before its drawn start event."""


class EndJoin(Direct, _EndJoin):
    """Waits until every token of the process has ended; a step leads back along the line that ended last. What has ended
    on another line stays ended: it met nobody here."""

    joins = True

    def _update_hook(self, my_task: Token) -> bool:
        others = [one for one in my_task.workflow.tasks.values() if one.unfinished and one is not my_task]
        if any(one.task_spec is not self for one in others):
            my_task._set_state(TaskState.WAITING)
            return False
        for one in others:
            one._set_state(TaskState.CANCELLED)
        return True


def absorb(survivor: Token, others: Iterable[Token]) -> None:
    """One token goes on for several. What lies behind it is no single line any more, so no step leads back."""
    for other in others:
        other._set_state(TaskState.CANCELLED)
        survivor.internal_data["cut"] = True


class End(Direct, SimpleBpmnTask):
    """The very end of a process."""


class Attachment(Direct, SimpleBpmnTask):
    """Stands before an activity with boundary events: the activity and its events are its children."""


class ProcessSpec(BpmnProcessSpec):
    """A process, or a subprocess embedded in one, as a graph of specs."""

    def __init__(self, name: str, process_id: str, embedded: bool = False) -> None:
        self.task_specs: dict[str, Any] = {}
        super(BpmnProcessSpec, self).__init__(name=name)
        self.process_id = process_id
        self.embedded = embedded
        self.start = Start(self, "Start")
        self.end = EndJoin(self, "EndJoin")
        self.end.connect(End(self, "End"))
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}

    def _add_notify(self, task_spec: Any) -> None:
        super(BpmnProcessSpec, self)._add_notify(task_spec)


class Passing(Direct, SimpleBpmnTask):
    """An element that a token merely passes: a start event, a plain end or throw event."""


def truth(token: Token, condition: Formula, where: str) -> bool:
    """A condition is true or false; null or anything else is an incident, never a default."""
    value = token.workflow.script_engine.evaluate(token, condition)
    if value is True or value is False:
        return bool(value)
    told = "null" if value is None else "no truth value"
    raise token.fault("condition-not-boolean", f"“{condition.text}” of {where} gives {told}.")


def entry_name(element_id: str) -> str:
    """The spec before an activity with boundary events."""
    return f"{element_id}.boundary"
