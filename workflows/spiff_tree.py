"""The tree of tokens: where a process stands and what led there, without forecasts, clocks or copies of data.

SpiffWorkflow forecasts the tasks ahead, copies variables from task to task and merges the copies at joins. Here a token
comes into being when a flow reaches an element, and variables belong to the process, as in Camunda 8: parallel branches
cannot lose each other's writes, the stored state stays small, and another version of a flow can take the tokens over.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.model import EngineError, LogLine
from workflows.spiff_engine import FeelEngine

# Their records carry task data, and they ask the level of the logger itself: NOTSET would count as debug.
for _name in ("spiff.task", "spiff.workflow"):
    logging.getLogger(_name).setLevel(logging.WARNING)

DEEPEST_CALLS = 40
WAITS = frozenset({"userTask", "callActivity", "subProcess", "receiveTask", "intermediateCatchEvent"})
_UNFINISHED = int(TaskState.NOT_FINISHED_MASK)
_MISSING: list[Any] = []


class Token(Task):
    """A task in the tree. `internal_data` holds what the element must remember; `data` stays empty."""

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Token | None = None, state: int = TaskState.FUTURE, id: str = ""
    ) -> None:
        self.id = id or uuid4().hex
        workflow.tasks[self.id] = self
        self.workflow = workflow
        self._parent = parent.id if parent is not None else None
        self._children: list[str] = []
        self._state = state
        self.triggered = False
        self.task_spec = task_spec
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        if parent is not None:
            parent._children.append(self.id)

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        old = self._state
        if value != old:
            self._state = value
            self.workflow.top_workflow.moved(self, old, value)

    def complete(self) -> None:
        """Finish, unless throwing an error has just ended the process around this token."""
        if self._state & _UNFINISHED:
            super().complete()

    def cancel(self) -> None:
        """Cancel this token and everything that runs inside it; nothing is taken out of the tree."""
        if not self._state & _UNFINISHED:
            return
        self._set_state(TaskState.CANCELLED)
        inside = self.workflow.top_workflow.subprocesses.pop(self.id, None)
        if inside is not None:
            inside.cancel()
        for child in self.children:
            child.cancel()

    @property
    def unfinished(self) -> bool:
        """Whether the token still stands somewhere."""
        return bool(self._state & _UNFINISHED)

    @property
    def instance(self) -> bool:
        """Whether this is one round of a multi-instance activity."""
        return "index" in self.internal_data

    def inner(self) -> Called | None:
        """The process that runs, or ran, inside this call activity or subprocess."""
        found: Called | None = self.workflow.top_workflow.subprocesses.get(self.id)
        return found

    def sight(self) -> dict[str, Any]:
        """The variables that the element sees, its own local ones over those of its process."""
        visible: dict[str, Any] = self.workflow.visible()
        visible.update(self.internal_data.get("local", ()))
        return visible

    def write(self, name: str, value: Any) -> None:
        """Set a variable of the process, or of one round of a loop, and remember what it was for a step back."""
        if self.instance:
            self.internal_data["local"][name] = value
            return
        owner = self.workflow.owner(name)
        before = self.internal_data.setdefault("before", {})
        if name not in before:
            before[name] = [owner.data[name]] if name in owner.data else _MISSING
        owner.data[name] = value

    def undo(self) -> None:
        """Put the variables back that this token, or what was pruned behind it, has written."""
        for name, old in self.internal_data.pop("before", {}).items():
            owner = self.workflow.owner(name)
            if old:
                owner.data[name] = old[0]
            else:
                owner.data.pop(name, None)

    def fault(self, code: str, message: str) -> EngineError:
        """An EngineError that names the element this token stands on."""
        return EngineError(code, message, *self.task_spec.address)


class Scope:
    """What the root process and the processes inside it have in common."""

    tasks: dict[str, Token]
    data: dict[str, Any]
    completed: bool
    spec: Any
    top_workflow: Case
    last_task: Token | None
    task_tree: Token

    def begin(self) -> None:
        """Put the first token on the start."""
        self.task_tree = Token(self, self.spec.start)
        self.task_tree._set_state(TaskState.READY)

    def cancel(self, success: bool = False) -> list[Token]:
        """Cancel every token."""
        self.completed = True
        open_tokens = [token for token in self.tasks.values() if token.unfinished]
        for token in open_tokens:
            token.cancel()
        return open_tokens

    def update_waiting_tasks(self) -> None:
        """Ask the joins again whether all they wait for has come; timers are asked by `tick` only."""
        for token in [one for one in self.tasks.values() if one._state == TaskState.WAITING and one.task_spec.joins]:
            if token._state == TaskState.WAITING:
                token.task_spec._update(token)

    def _task_completed_notify(self, task: Token) -> None:
        self.last_task = task
        if task.task_spec.name == "End":
            self.completed = True
        if self.completed:
            self.closed()
        else:
            self.update_waiting_tasks()

    def closed(self) -> None:
        """The last token has arrived."""


class Case(Scope, BpmnWorkflow):
    """The root process of a case with everything it has called."""

    def __init__(self, spec: Any, specs: Mapping[str, Any], engine: FeelEngine) -> None:
        super().__init__(spec, specs, script_engine=engine, deserializing=True)
        self.agenda: deque[Token] = deque()
        self.cancelled = False

    def scopes(self) -> Iterator[Scope]:
        """The root process, then the processes inside it, in the order in which they began."""
        yield self
        yield from tuple(self.subprocesses.values())

    def tokens(self) -> Iterator[Token]:
        """Every token of every scope."""
        for scope in self.scopes():
            yield from tuple(scope.tasks.values())

    def find(self, token_id: str) -> Token | None:
        """The token with that id."""
        return next((scope.tasks[token_id] for scope in self.scopes() if token_id in scope.tasks), None)

    def visible(self) -> dict[str, Any]:
        """The process's variables, as a copy."""
        return dict(self.data)

    def owner(self, name: str) -> Scope:
        """The scope whose variable that name is."""
        return self

    def advance(self) -> None:
        """Let every token move that waits for nobody, first come first served."""
        while self.agenda:
            token = self.agenda.popleft()
            if token._state == TaskState.READY:
                self.script_engine.count(token)
                token.run()

    def moved(self, token: Token, old: int, new: int) -> None:
        """A token changed its state: put it on the agenda, and write down what people call it."""
        if new == TaskState.READY and not token.task_spec.manual:
            self.agenda.append(token)
        event = _event(token, old, new)
        if event is not None:
            element_id, process_id = token.task_spec.address
            self.script_engine.log.append(LogLine(element_id, process_id, token.task_spec.element.kind, event))


class Called(Scope, BpmnSubWorkflow):
    """A process inside another: a called one with variables of its own, or an embedded subprocess that shares them."""

    def __init__(self, spec: Any, host: Token, data: dict[str, Any]) -> None:
        self.host = host
        self.isolated = host.instance
        super().__init__(spec, host.id, host.workflow.top_workflow, deserializing=True)
        self.data = data
        self.top_workflow.subprocesses[host.id] = self

    @property
    def parent_workflow(self) -> Scope:
        """The scope of the call activity."""
        scope: Scope = self.host.workflow
        return scope

    def _calculate_depth(self) -> int:
        depth = int(self.host.workflow.depth) + 1
        if depth > DEEPEST_CALLS:
            raise self.host.fault("too-deep", f"More than {DEEPEST_CALLS} processes call one another.")
        return depth

    def visible(self) -> dict[str, Any]:
        """A called process sees its own variables only, an embedded one those around it too."""
        return {**self.host.sight(), **self.data} if self.spec.embedded else dict(self.data)

    def owner(self, name: str) -> Scope:
        """The scope whose variable that name is: the nearest that has it, otherwise the called or looping one."""
        if not self.spec.embedded or self.isolated or name in self.data:
            return self
        found: Scope = self.host.workflow.owner(name)
        return found

    def closed(self) -> None:
        """Hand the results to the call activity, which may then go on."""
        self.host.task_spec.finished(self.host, self)


def _event(token: Token, old: int, new: int) -> Any:
    """What the diagram and the timeline are told: waiting elements when entered, each when passed or cut short."""
    spec = token.task_spec
    if spec.element is None or spec.silent:
        return None
    if new == TaskState.COMPLETED:
        return "completed"
    if spec.element.kind not in WAITS and not spec.body:
        return None
    if new == TaskState.CANCELLED:
        return "cancelled" if old != TaskState.FUTURE else None
    return "entered" if old == TaskState.FUTURE else None
