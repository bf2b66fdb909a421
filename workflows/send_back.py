"""A step back: opens the finished user task that led here, and undoes what has followed from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from SpiffWorkflow.util.task import TaskState

from workflows.model import EngineError, LogLine
from workflows.prune import led_here
from workflows.spiff_activities import UserTask
from workflows.spiff_specs import entry_name
from workflows.spiff_tree import WAITS, Called, Case, Token


def reopen(case: Case, task_id: str) -> None:
    """Make a finished user task open again, in place. Raises EngineError("cannot-send-back")."""
    task = case.find(task_id)
    if task is None or task._state != TaskState.COMPLETED or not isinstance(task.task_spec, UserTask):
        raise EngineError("cannot-send-back", "This task cannot be opened again.")
    if not any(led_here(token) is task for token in case.tokens() if token.unfinished):
        raise task.fault("cannot-send-back", "No single line leads from this task to what is open now.")
    followers = list(_followers(task))
    _take_back(case, followers)
    _revive_processes(task)
    _enter_again(task)


def _followers(task: Token) -> Iterator[Token]:
    """All that follows from a task: behind it, and behind the calls that have ended with it."""
    yield from _behind(task)
    scope = task.workflow
    while isinstance(scope, Called) and scope.completed:
        yield from _behind(scope.host)
        scope = scope.host.workflow


def _behind(token: Token) -> Iterator[Token]:
    waiting = list(token.children)
    while waiting:
        one = waiting.pop()
        yield one
        inside = one.inner()
        if inside is not None:
            waiting += inside.tasks.values()
        waiting += [child for child in one.children if child.workflow is one.workflow]


def _take_back(case: Case, followers: list[Token]) -> None:
    unique = {token.id: token for token in followers}
    order = [token for token in case.tokens() if token.id in unique]
    for token in reversed(order):
        token.undo()
    for token in order:
        if token.unfinished and token.task_spec.element is not None and token.task_spec.element.kind in WAITS:
            element_id, process_id = token.task_spec.address
            case.script_engine.log.append(LogLine(element_id, process_id, token.task_spec.element.kind, "cancelled"))
        case.subprocesses.pop(token.id, None)
        token.workflow.tasks.pop(token.id, None)
        if token.parent is not None:
            token.parent._children.remove(token.id)


def _revive_processes(task: Token) -> None:
    """The calls that had ended with the task are under way again, with the events on their edge as they were."""
    scope = task.workflow
    while isinstance(scope, Called) and scope.completed:
        host = scope.host
        scope.completed = False
        scope.last_task = None
        host.undo()
        host._state = TaskState.STARTED
        _arm_edge(host)
        scope = host.workflow


def _arm_edge(host: Token) -> None:
    """The events that waited beside a call wait again, for the same moments, as far as they are still drawn."""
    pairing = host.workflow.spec.task_specs.get(entry_name(host.task_spec.name))
    remembered = host.internal_data.pop("edge", {})
    edge = {name: kept for name, kept in remembered.items() if pairing is not None and name in pairing._outputs}
    for event in _pair_again(host, edge) if edge else ():
        event.internal_data = edge[event.task_spec.name]
        event._state = TaskState.WAITING


def _enter_again(task: Token) -> None:
    """As if the flow had just reached the task: new deadline, boundary events armed anew."""
    task.undo()
    kept = task.internal_data
    task.internal_data = {key: kept[key] for key in ("cut",) if key in kept}
    events: list[Token] = []
    if task.task_spec.guarded:
        pairing = task.workflow.spec.task_specs[entry_name(task.task_spec.name)]
        events = _pair_again(task, [name for name in pairing._outputs if name != task.task_spec.name])
    task._state = TaskState.FUTURE
    for one in (task, *events):
        one.task_spec._update(one)


def _pair_again(activity: Token, names: Iterable[str]) -> list[Token]:
    """Put an activity and fresh tokens for events on its edge under a pairing of their own."""
    parent, specs = activity.parent, activity.workflow.spec.task_specs
    pairing = parent._add_child(specs[entry_name(activity.task_spec.name)])
    pairing._state = TaskState.COMPLETED
    parent._children.remove(activity.id)
    pairing._children.append(activity.id)
    activity._parent = pairing.id
    # Parents stand before their children in a stored state.
    tasks = activity.workflow.tasks
    tasks[activity.id] = tasks.pop(activity.id)
    return [pairing._add_child(specs[name]) for name in names]
