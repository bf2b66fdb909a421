"""How ways part and meet: gateways as SpiffWorkflow task specs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from workflows.formula import Formula
from workflows.spiff_specs import Direct, absorb, truth
from workflows.spiff_tree import Token


@dataclass(frozen=True)
class Choice:
    """An outgoing flow of a gateway; without a condition it is the default."""

    flow_id: str
    target: str
    condition: Formula | None


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


class ExclusiveGateway(Choosing, defaults.ExclusiveGateway):
    """Takes the first flow whose condition is true."""

    def following(self, token: Token) -> list[str]:
        for choice in self.choices:
            if self.holds(token, choice):
                return [choice.target]
        return self.otherwise(token)


class InclusiveGateway(Choosing, defaults.InclusiveGateway):
    """Takes every flow whose condition is true; joins as BPMN 2.0 (13.4.3) says: it waits while another token can
    still come by a way in that is empty, unless that token could as well come by one that is taken (a loop)."""

    joins = True
    reach: Mapping[str, frozenset[str]] = {}

    def _update_hook(self, my_task: Token) -> bool:
        if len(self._inputs) < 2:
            return True
        my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
        my_task._set_state(TaskState.WAITING)
        standing = [one for one in my_task.workflow.tasks.values() if one.unfinished and one is not my_task]
        here = [one for one in standing if one.task_spec is self and one._state == TaskState.WAITING]
        taken = {one.internal_data["from"] for one in (my_task, *here)}
        if any(one.task_spec is not self and self._awaits(one.task_spec.name, taken) for one in standing):
            return False
        absorb(my_task, here)
        return True

    def _awaits(self, name: str, taken: set[str]) -> bool:
        ways = {entry for entry, specs in self.reach.items() if name in specs}
        return bool(ways) and not ways & taken

    def following(self, token: Token) -> list[str]:
        taken = [choice.target for choice in self.choices if self.holds(token, choice)]
        return taken or self.otherwise(token)


class ParallelGateway(Direct, defaults.ParallelGateway):
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


class EventGateway(Direct, SimpleBpmnTask):
    """Arms all events behind it; the first one that happens disarms the others."""
