"""What activities do with a token: people's tasks, scripts, decisions, effects, called processes, rounds of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.util.task import TaskState

from workflows.feel import FeelError
from workflows.formula import Formula, Source
from workflows.model import EffectCall
from workflows.moments import moment
from workflows.spiff_specs import Direct, truth
from workflows.spiff_tree import Called, Token

MOST_INSTANCES = 50


class ScriptTask(Direct, SimpleBpmnTask):
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


class EffectTask(Direct, SimpleBpmnTask):
    """A registered effect: what it is to do is worked out here and performed after the step."""

    effect: str
    headers: Mapping[str, Source]

    def act(self, token: Token) -> None:
        self.localise(token)
        engine = token.workflow.script_engine
        arguments = {key: engine.evaluate(token, value) for key, value in self.headers.items()}
        engine.effects.append(EffectCall(self.effect, arguments, *self.address))


class UserTask(Direct, defaults.UserTask):
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
        kept["due"] = self.counted(my_task)
        kept["group"] = self._name(my_task, self.group)
        kept["assignee"] = self._name(my_task, self.assignee)

    def follow_clocks(self, token: Token) -> bool:
        """Work out anew a deadline that names a clock of the case. Whether it does."""
        if self.due is None or not self.due.follows_clock:
            return False
        token.internal_data["due"] = self.counted(token)
        return True

    def counted(self, token: Token) -> str | None:
        """When the task falls due as the engine's world is now; None for one without a deadline."""
        if self.due is None:
            return None
        engine = token.workflow.script_engine
        value = engine.evaluate(token, self.due)
        if value is None:
            return None
        try:
            return moment(value, engine.world.now).isoformat()
        except (ValueError, OverflowError, FeelError) as error:
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


class CallActivity(Direct, defaults.CallActivity):
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


class MultiInstance(Direct, defaults.ParallelMultiInstanceTask):
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
