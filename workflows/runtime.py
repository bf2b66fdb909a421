"""Steps a case: pure functions from a definition, a state and a command to a new state and what follows from it.

Every function raises EngineError and then nothing of the step may be kept; the old state stays valid. `state` is what
an earlier StepResult held; `environment` says what moment it is and shows the case's facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows.codec import decode, storable
from workflows.compile import Definition
from workflows.model import EngineError, Environment, OpenTask, StepResult, WaitingEvent
from workflows.outcome import open_tasks, outcome, running, waiting_events
from workflows.send_back import reopen
from workflows.spiff_activities import UserTask
from workflows.spiff_engine import FeelEngine
from workflows.spiff_events import BoundaryEvent, awaited
from workflows.spiff_specs import paired
from workflows.spiff_tree import Case, Token

# The world at a moment: what an expression would have seen then.
World = Callable[[datetime], Environment]


def start(
    definition: Definition, process_id: str, variables: Mapping[str, Any], environment: Environment
) -> StepResult:
    """Begin a process with its first variables.

    Errors: `missing-process`, `typename-key`, `not-storable`, any of a step.
    """
    if process_id not in definition.processes:
        raise EngineError("missing-process", f"The process “{process_id}” is not in the release.", "", process_id)
    storable(variables)
    engine = _engine(definition, environment)
    with _guarded(engine, process_id):
        case = Case(definition.specs[process_id], definition.specs, engine)
        case.data.update(variables)
        case.begin()
        case.advance()
        return outcome(definition, case)


def complete(
    definition: Definition, state: bytes, task_id: str, answers: Mapping[str, Any], environment: Environment
) -> StepResult:
    """Finish an open user task with the answers of its form; only its declared outputs become variables.

    Errors: `task-not-open` for a task that is unknown, finished or cancelled, `typename-key`, any of a step.
    """
    storable(answers)

    def act(case: Case) -> None:
        token = _open_task(case, task_id)
        case.script_engine.current = token
        token.task_spec.answer(token, answers)
        token.run()

    return _step(definition, state, environment, act)


def tick(definition: Definition, state: bytes, environment: Environment) -> StepResult:
    """Let every timer happen that is due at `environment.now`, the earliest first; a repeating one once a call."""

    def act(case: Case) -> None:
        fired: set[str] = set()
        while (token := _next_due(case, environment.now, fired)) is not None:
            fired.add(token.id)
            case.script_engine.count(token)
            token.task_spec.fire(token)
            case.advance()

    return _step(definition, state, environment, act)


def deliver(
    definition: Definition, state: bytes, waiting_id: str, payload: Mapping[str, Any], environment: Environment
) -> StepResult:
    """Hand a message to one waiting event, whose `zeebe:output` mappings take what they want from it.

    A timer may be delivered too: then it happens before its time. Errors: `not-waiting`, `typename-key`, any of a step.
    """
    storable(payload)

    def act(case: Case) -> None:
        token = _waiting(case, waiting_id)
        case.script_engine.count(token)
        token.task_spec.fire(token, payload)

    return _step(definition, state, environment, act)


def send_back(definition: Definition, state: bytes, task_id: str, environment: Environment) -> StepResult:
    """Open a finished user task again and take back what followed from it, variables included.

    `task_id` is the `previous` of an open task. Errors: `cannot-send-back` when no single line leads from it to what is
    open now, or somebody has finished a later task on any branch.
    """
    return _step(definition, state, environment, lambda case: reopen(case, task_id))


def cancel(definition: Definition, state: bytes, environment: Environment) -> StepResult:
    """End the process where it stands."""

    def act(case: Case) -> None:
        case.cancel()
        case.cancelled = True

    return _step(definition, state, environment, act)


def reschedule(
    definition: Definition, state: bytes, waiting_id: str, due_at: datetime, environment: Environment
) -> StepResult:
    """Move a timer, or the deadline of an open user task, to another moment (aware).

    Errors: `not-waiting` for an id that is neither.
    """
    if due_at.tzinfo is None:
        raise ValueError("a moment without offset")

    def act(case: Case) -> None:
        token = case.find(waiting_id)
        if token is None or not (_is_open(token) or (awaited(token) and "due" in token.internal_data)):
            raise EngineError("not-waiting", "This timer or task does not wait any more.")
        token.internal_data["due"] = due_at.astimezone(UTC).isoformat()

    return _step(definition, state, environment, act)


def follow_clocks(definition: Definition, state: bytes, environment: Environment) -> StepResult | None:
    """A clock of the case has changed: every timer and deadline that names one is worked out anew.

    None when none of them moves; the state then stays as it is.
    """
    engine = _engine(definition, environment)
    with _guarded(engine, ""):
        case = running(decode(state, definition, engine))
        moved = [token for token in case.tokens() if _moved_with_its_clock(token)]
        return outcome(definition, case) if moved else None


def recount(
    definition: Definition, state: bytes, environment: Environment, before: World, after: World
) -> StepResult | None:
    """The calendar was corrected: deadlines of open user tasks, and timers at their edges, are counted anew from the
    moment at which the task was entered. `before` and `after` show that moment by the old and by the new calendar.

    What was moved by hand, or would not come out the same today by the old calendar, stays. None when nothing moves.
    """
    engine = _engine(definition, environment)
    with _guarded(engine, ""):
        case = running(decode(state, definition, engine))
        moved = [token for token in case.tokens() if _recounted(token, engine, before, after)]
        engine.world = environment
        return outcome(definition, case) if moved else None


def look(
    definition: Definition, state: bytes, environment: Environment
) -> tuple[tuple[OpenTask, ...], tuple[WaitingEvent, ...]]:
    """The open tasks and waiting events of a state, without a step."""
    engine = _engine(definition, environment)
    with _guarded(engine, ""):
        case = decode(state, definition, engine)
        return tuple(open_tasks(case)), tuple(waiting_events(case))


def _step(definition: Definition, state: bytes, environment: Environment, act: Callable[[Case], None]) -> StepResult:
    engine = _engine(definition, environment)
    with _guarded(engine, ""):
        case = running(decode(state, definition, engine))
        act(case)
        case.advance()
        return outcome(definition, case)


def _engine(definition: Definition, environment: Environment) -> FeelEngine:
    if environment.now.tzinfo is None:
        raise ValueError("a moment without offset")
    return FeelEngine(environment, definition.decisions)


@contextmanager
def _guarded(engine: FeelEngine, process_id: str) -> Iterator[None]:
    """Whatever goes wrong inside the engine becomes an EngineError; the half-stepped case is never seen again."""
    try:
        yield
    except EngineError:
        raise
    except Exception as error:  # SpiffWorkflow and a release's own values may raise anything; all of it is an incident
        address = engine.current.task_spec.address if engine.current is not None else ("", process_id)
        raise EngineError("engine", f"The step failed inside the engine ({type(error).__name__}).", *address) from error


def _open_task(case: Case, task_id: str) -> Token:
    token = case.find(task_id)
    if token is None or not _is_open(token):
        raise EngineError("task-not-open", "This task is not open any more.")
    return token


def _is_open(token: Token) -> bool:
    return token._state == TaskState.READY and isinstance(token.task_spec, UserTask)


def _moved_with_its_clock(token: Token) -> bool:
    before = token.internal_data.get("due")
    waits = _is_open(token) or awaited(token)
    return waits and token.task_spec.follow_clocks(token) and token.internal_data.get("due") != before


def _recounted(token: Token, engine: FeelEngine, before: World, after: World) -> bool:
    entered = _entered(token)
    if entered is None or token.internal_data.get("due") is None:
        return False
    with suppress(EngineError):  # what it was counted from is no longer there
        engine.world = before(entered)
        was = token.task_spec.counted(token)
        engine.world = after(entered)
        due = token.task_spec.counted(token)
        if was == token.internal_data["due"] and due not in (None, was):
            token.internal_data["due"] = due
            return True
    return False


def _entered(token: Token) -> datetime | None:
    """When an open user task was entered; for a timer that waits at its edge, the same moment."""
    if awaited(token) and isinstance(token.task_spec, BoundaryEvent):
        token = next((one for one in paired(token) if _is_open(one)), token)
    return datetime.fromisoformat(token.internal_data["entered"]) if _is_open(token) else None


def _waiting(case: Case, waiting_id: str) -> Token:
    token = case.find(waiting_id)
    if token is None or not awaited(token):
        raise EngineError("not-waiting", "Nothing waits for this message any more.")
    return token


def _next_due(case: Case, now: datetime, fired: set[str]) -> Token | None:
    due = [
        (datetime.fromisoformat(token.internal_data["due"]), order, token)
        for order, token in enumerate(case.tokens())
        if token.id not in fired and awaited(token) and "due" in token.internal_data
    ]
    ready = [one for one in due if one[0] <= now]
    return min(ready)[2] if ready else None
