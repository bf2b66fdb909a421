"""What each kind of activity and gateway does with a token: our dialect's elements as SpiffWorkflow task specs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask, _EndJoin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from workflows.diagram import Element
from workflows.formula import Formula, Source
from workflows.model import EffectCall
from workflows.moments import moment
from workflows.spiff_tree import Called, Token

MOST_INSTANCES = 50


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
    """Cancel the boundary events that still wait beside an activity."""
    for other in paired(main):
        if other._state == TaskState.WAITING:
            other.cancel()


def paired(token: Token) -> list[Token]:
    """The activity and boundary events beside one of them. The paths of events that have happened may hang there too,
    when what lay between has been forgotten; they are left out."""
    pairing = token.parent
    return [one for one in pairing.children if one is not token and one.task_spec.name in pairing.task_spec._outputs]


class Start(Direct, BpmnStartTask):  # type: ignore[misc]
    """Where every process begins, before its drawn start event."""


class EndJoin(Direct, _EndJoin):  # type: ignore[misc]
    """Waits until every token of the process has ended."""

    joins = True

    def _update_hook(self, my_task: Token) -> bool:
        others = [one for one in my_task.workflow.tasks.values() if one.unfinished and one is not my_task]
        if any(one.task_spec is not self for one in others):
            my_task._set_state(TaskState.WAITING)
            return False
        absorb(my_task, others)
        return True


def absorb(survivor: Token, others: Iterable[Token]) -> None:
    """One token goes on for several. What lies behind it is no single line any more, so no step leads back."""
    for other in others:
        other._set_state(TaskState.CANCELLED)
        survivor.internal_data["cut"] = True


class End(Direct, SimpleBpmnTask):  # type: ignore[misc]
    """The very end of a process."""


class Attachment(Direct, SimpleBpmnTask):  # type: ignore[misc]
    """Stands before an activity with boundary events: the activity and its events are its children."""


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
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


class Passing(Direct, SimpleBpmnTask):  # type: ignore[misc]
    """An element that a token merely passes: a start event, a plain end or throw event."""


class ScriptTask(Direct, SimpleBpmnTask):  # type: ignore[misc]
    """A FEEL expression whose value becomes a variable."""

    script: Formula
    result_variable: str

    def result(self, token: Token) -> Any:
        """What the task works out."""
        return token.workflow.script_engine.evaluate(token, self.script)

    def act(self, token: Token) -> None:
        self.localise(token)
        value = self.result(token)
        if self.outputs_mapped:
            self.put(token, self.outputs_mapped, {self.result_variable: value} if self.result_variable else {})
        elif self.result_variable:
            token.write(self.result_variable, value)


class RuleTask(ScriptTask):
    """A decision of the release, asked with the variables in sight."""

    decision: str

    def result(self, token: Token) -> Any:
        return token.workflow.script_engine.decide(token, self.decision)


class EffectTask(Direct, SimpleBpmnTask):  # type: ignore[misc]
    """A registered effect: what it is to do is worked out here and performed after the step."""

    effect: str
    headers: Mapping[str, Source]

    def act(self, token: Token) -> None:
        self.localise(token)
        engine = token.workflow.script_engine
        arguments = {key: engine.evaluate(token, value) for key, value in self.headers.items()}
        engine.effects.append(EffectCall(self.effect, arguments, *self.address))


class UserTask(Direct, defaults.UserTask):  # type: ignore[misc]
    """A step that a person takes. Deadline, agency and assignee are worked out once, when the task is entered."""

    role: str = ""
    due: Source | None = None
    group: Source | None = None
    assignee: Source | None = None

    def _on_ready(self, my_task: Token) -> None:
        self.localise(my_task)
        world = my_task.workflow.script_engine.world
        kept = my_task.internal_data
        kept["entered"] = world.now.isoformat()
        kept["due"] = self._deadline(my_task)
        kept["group"] = self._name(my_task, self.group)
        kept["assignee"] = self._name(my_task, self.assignee)

    def _deadline(self, token: Token) -> str | None:
        if self.due is None:
            return None
        engine = token.workflow.script_engine
        value = engine.evaluate(token, self.due)
        if value is None:
            return None
        try:
            return moment(value, engine.world.now).isoformat()
        except (ValueError, OverflowError) as error:
            raise token.fault("deadline", f"The deadline “{self.due.text}” gives {error}.") from error

    def _name(self, token: Token, wanted: Source | None) -> str | None:
        value = token.workflow.script_engine.evaluate(token, wanted) if wanted is not None else None
        if value is None or (isinstance(value, str) and value):
            return value
        raise token.fault("assignment", f"“{wanted.text if wanted else ''}” gives neither a name nor null.")

    def answer(self, token: Token, answers: Mapping[str, Any]) -> None:
        """Write the declared outputs of a finished form, and nothing else."""
        if self.outputs_mapped:
            self.put(token, self.outputs_mapped, {**answers, "answers": dict(answers)})


class CallActivity(Direct, defaults.CallActivity):  # type: ignore[misc]
    """Runs another process, or the subprocess drawn inside it, and takes over the declared results."""

    def _update_hook(self, my_task: Token) -> bool:
        engine = my_task.workflow.script_engine
        data = {mapped.target: engine.evaluate(my_task, mapped.source) for mapped in self.inputs_mapped}
        called = Called(my_task.workflow.top_workflow.subprocess_specs[self.spec], my_task, data)
        my_task._set_state(TaskState.STARTED)
        called.begin()
        return False

    def finished(self, host: Token, called: Called) -> None:
        """The inner process has ended: write its results and let the host go on."""
        if host._state == TaskState.STARTED:
            self.put(host, self.outputs_mapped, called.data)
            host._set_state(TaskState.READY)


class SubProcess(CallActivity):
    """An embedded subprocess; it shares the variables of the process around it, except in a round of many."""

    def finished(self, host: Token, called: Called) -> None:
        if host.instance:
            host.internal_data["local"].update(called.data)
        super().finished(host, called)


class MultiInstance(Direct, defaults.ParallelMultiInstanceTask):  # type: ignore[misc]
    """An activity once for every item of a list, at once or one after another."""

    body = True
    collection: Formula
    item: str
    collected: str
    result: Formula | None = None
    enough: Formula | None = None
    sequential: bool = False

    def _update_hook(self, my_task: Token) -> bool:
        items = my_task.workflow.script_engine.evaluate(my_task, self.collection)
        if not isinstance(items, list):
            raise my_task.fault("not-a-list", f"“{self.collection.text}” gives no list to go through.")
        if len(items) > MOST_INSTANCES:
            message = f"{len(items)} rounds; {MOST_INSTANCES} is the limit. Draw one task over a table, or a loop."
            raise my_task.fault("too-many-instances", message)
        my_task.internal_data["results"] = [None] * len(items)
        if not items:
            self._collect(my_task)
            return True
        self._start(my_task, items)
        return False

    def _start(self, token: Token, items: list[Any]) -> None:
        token.internal_data["done"] = 0
        token._set_state(TaskState.STARTED)
        if self.sequential:
            token.internal_data["items"] = items
            items = items[:1]
        rounds = [self._round(token, index, item) for index, item in enumerate(items)]
        for one in rounds:
            one.task_spec._update(one)

    def _round(self, token: Token, index: int, item: Any) -> Token:
        one = token._add_child(self._wf_spec.task_specs[self.task_spec])
        one.triggered = True
        local: dict[str, Any] = {"loopCounter": index + 1}
        if self.item:
            local[self.item] = item
        one.internal_data.update(index=index, local=local)
        return one

    def merge(self, token: Token, one: Token) -> None:
        """A round is done: keep its result, begin the next one or let the whole activity go on."""
        if token._state != TaskState.STARTED:
            return
        kept = token.internal_data
        engine = token.workflow.script_engine
        kept["done"] += 1
        if self.result is not None:
            kept["results"][one.internal_data["index"]] = engine.evaluate(one, self.result)
        if kept["done"] == len(kept["results"]) or self._is_enough(one):
            self._finish(token, one)
        elif self.sequential:
            following = self._round(token, kept["done"], kept["items"][kept["done"]])
            following.task_spec._update(following)

    def _is_enough(self, one: Token) -> bool:
        if self.enough is None:
            return False
        return truth(one, self.enough, "the completion condition")

    def _finish(self, token: Token, last: Token) -> None:
        for other in token.children:
            if other is not last:
                other.cancel()
        self._collect(token)
        token.internal_data["cut"] = True
        token._set_state(TaskState.READY)

    def _collect(self, token: Token) -> None:
        results = token.internal_data.pop("results")
        token.internal_data.pop("items", None)
        if self.collected:
            token.write(self.collected, results)


@dataclass(frozen=True)
class Choice:
    """An outgoing flow of a gateway; without a condition it is the default."""

    flow_id: str
    target: str
    condition: Formula | None


def truth(token: Token, condition: Formula, where: str) -> bool:
    """A condition is true or false; null or anything else is an incident, never a default."""
    value = token.workflow.script_engine.evaluate(token, condition)
    if value is True or value is False:
        return bool(value)
    told = "null" if value is None else "no truth value"
    raise token.fault("condition-not-boolean", f"“{condition.text}” of {where} gives {told}.")


class Choosing(Direct):
    """What gateways with conditions share."""

    choices: tuple[Choice, ...] = ()

    def connect(self, taskspec: Any) -> None:
        TaskSpec.connect(self, taskspec)

    def holds(self, token: Token, choice: Choice) -> bool:
        """Whether the condition of a flow is true."""
        return choice.condition is not None and truth(token, choice.condition, f"flow {choice.flow_id}")

    def otherwise(self, token: Token) -> list[str]:
        """The default flow. Raises EngineError("no-flow") when none is drawn."""
        defaults_drawn = [choice.target for choice in self.choices if choice.condition is None]
        if not defaults_drawn:
            raise token.fault("no-flow", "No condition of the gateway is true, and it has no default flow.")
        return defaults_drawn[:1]


class ExclusiveGateway(Choosing, defaults.ExclusiveGateway):  # type: ignore[misc]
    """Takes the first flow whose condition is true."""

    def following(self, token: Token) -> list[str]:
        for choice in self.choices:
            if self.holds(token, choice):
                return [choice.target]
        return self.otherwise(token)


class InclusiveGateway(Choosing, defaults.InclusiveGateway):  # type: ignore[misc]
    """Takes every flow whose condition is true; waits while another token can still come to it."""

    joins = True
    reach: frozenset[str] = frozenset()

    def _update_hook(self, my_task: Token) -> bool:
        if len(self._inputs) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        standing = [one for one in my_task.workflow.tasks.values() if one.unfinished and one is not my_task]
        if any(one.task_spec is not self and one.task_spec.name in self.reach for one in standing):
            return False
        absorb(my_task, [one for one in standing if one.task_spec is self and one._state == TaskState.WAITING])
        return True

    def following(self, token: Token) -> list[str]:
        taken = [choice.target for choice in self.choices if self.holds(token, choice)]
        return taken or self.otherwise(token)


class ParallelGateway(Direct, defaults.ParallelGateway):  # type: ignore[misc]
    """Waits for one token on every incoming flow, then takes every outgoing flow."""

    joins = True

    def _update_hook(self, my_task: Token) -> bool:
        if len(self._inputs) < 2:
            return True
        my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
        my_task._set_state(TaskState.WAITING)
        chosen = self._complete_set(my_task)
        if my_task not in chosen:
            return False
        absorb(my_task, [one for one in chosen if one is not my_task])
        return True

    def _complete_set(self, token: Token) -> list[Token]:
        """The oldest waiting tokens, one a flow; empty while one is missing."""
        needed = Counter(self._inputs)
        chosen: list[Token] = []
        for one in token.workflow.tasks.values():
            if one.task_spec is self and one._state == TaskState.WAITING and needed[one.internal_data["from"]] > 0:
                needed[one.internal_data["from"]] -= 1
                chosen.append(one)
        return [] if any(count > 0 for count in needed.values()) else chosen


class EventGateway(Direct, SimpleBpmnTask):  # type: ignore[misc]
    """Arms all events behind it; the first one that happens disarms the others."""
