"""Events: what a token waits for, what it throws, and whom that reaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.util.task import TaskState

from workflows.diagram import EventDefinition
from workflows.feel import FeelError
from workflows.formula import Source
from workflows.moments import cycle, following, moment
from workflows.spiff_gateways import EventGateway
from workflows.spiff_specs import Direct, paired
from workflows.spiff_tree import Called, Token


class Catching(Direct):
    """Waits for one timer, message, error or escalation; `fire` lets it happen."""

    caught: EventDefinition
    timer: Source | None = None

    def _update_hook(self, my_task: Token) -> bool:
        if my_task._state != TaskState.WAITING:
            my_task._set_state(TaskState.WAITING)
            if self.timer is not None:
                self._arm(my_task, self.timer)
        return False

    def follow_clocks(self, token: Token) -> bool:
        """Work out anew when a timer that names a clock of the case falls due. Whether it does."""
        if self.timer is None or not self.timer.follows_clock or self.caught.timer == "cycle":
            return False
        self._arm(token, self.timer)
        return True

    def _arm(self, token: Token, timer: Source) -> None:
        """When it falls due; a timer whose clock does not run is held: it has no moment."""
        engine = token.workflow.script_engine
        value = engine.evaluate(token, timer)
        if value is None and timer.follows_clock:
            token.internal_data.pop("due", None)
            return
        try:
            if self.caught.timer == "cycle":
                self._arm_cycle(token, value, engine.world.now)
            else:
                token.internal_data["due"] = moment(value, engine.world.now).isoformat()
        except (ValueError, OverflowError, FeelError) as error:
            raise token.fault("timer-value", f"The timer “{timer.text}” gives {error}.") from error

    def counted(self, token: Token) -> str | None:
        """When the timer falls due as the engine's world is now; None where it repeats or is none."""
        if self.timer is None or self.caught.timer == "cycle":
            return None
        engine = token.workflow.script_engine
        try:
            return moment(engine.evaluate(token, self.timer), engine.world.now).isoformat()
        except (ValueError, OverflowError, FeelError) as error:
            raise token.fault("timer-value", f"The timer “{self.timer.text}” gives {error}.") from error

    def _arm_cycle(self, token: Token, value: Any, now: datetime) -> None:
        repeated = cycle(value, now)
        if repeated.times == 0:
            token.cancel()
        else:
            first = repeated.first.isoformat()
            token.internal_data.update(due=first, every=repeated.every, left=repeated.times)

    def fire(self, token: Token, payload: Mapping[str, Any] | None = None) -> None:
        """The event happens to a waiting token."""
        if payload:
            token.internal_data["payload"] = dict(payload)
        if isinstance(token.parent.task_spec, EventGateway):
            for other in token.parent.children:
                if other is not token:
                    other.cancel()
        token._ready()

    def act(self, token: Token) -> None:
        payload = token.internal_data.pop("payload", {})
        self.put(token, self.outputs_mapped, {**payload, "payload": payload})


class CatchEvent(Catching, SimpleBpmnTask):
    """An intermediate catch event or receive task."""


class BoundaryEvent(Catching, defaults.BoundaryEvent):
    """An event on the edge of an activity, which it ends, or not."""

    def fire(self, token: Token, payload: Mapping[str, Any] | None = None) -> None:
        """An interrupting event cancels the activity and its other events. One that does not may happen again
        (message, escalation, cycle): then a token of its own goes on and this one keeps waiting."""
        if self.cancel_activity:
            for other in paired(token):
                if _attached(other):
                    other.cancel()
        elif self._again(token):
            token = token.parent._add_child(self, TaskState.WAITING)
        if payload:
            token.internal_data["payload"] = dict(payload)
        token.internal_data["cut"] = True
        token._ready()

    def _again(self, token: Token) -> bool:
        if self.timer is None:
            return True
        kept = token.internal_data
        if kept.get("left", 1) == 1:
            return False
        kept["left"] -= 1 if kept["left"] > 0 else 0
        kept["due"] = following(datetime.fromisoformat(kept["due"]), kept["every"]).isoformat()
        return True


def _attached(token: Token) -> bool:
    """The activity itself or a boundary event that still waits, not the path of one that has happened."""
    return not isinstance(token.task_spec, BoundaryEvent) or token._state == TaskState.WAITING


class ThrowEvent(Direct, SimpleBpmnTask):
    """An error or escalation, thrown up to the first enclosing activity that catches it."""

    thrown: EventDefinition

    def act(self, token: Token) -> None:
        if not throw_up(token, self.thrown) and self.thrown.kind == "error":
            code = self.thrown.code or self.thrown.name
            raise token.fault("uncaught-error", f"Nothing around this process catches the error “{code}”.")


class TerminateEnd(Direct, SimpleBpmnTask):
    """Ends the process at once, with everything that still runs in it."""

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.cancel()
        my_task.workflow._task_completed_notify(my_task)


def awaited(token: Token) -> bool:
    """Whether this is a timer or message that a case waits for; errors and escalations come from inside."""
    spec = token.task_spec
    return token._state == TaskState.WAITING and isinstance(spec, Catching) and spec.caught.kind in ("timer", "message")


def throw_up(token: Token, thrown: EventDefinition) -> bool:
    """Fire the nearest boundary event that catches it; only what encloses the thrower is asked. Whether one did."""
    scope = token.workflow
    while isinstance(scope, Called):
        host = scope.host
        activity = host.parent if host.instance else host
        for event in activity.parent.children if activity.task_spec.guarded else ():
            if isinstance(event.task_spec, BoundaryEvent) and _catches(event, thrown):
                event.task_spec.fire(event)
                return True
        scope = host.workflow
    return False


def _catches(event: Token, thrown: EventDefinition) -> bool:
    caught = event.task_spec.caught
    if event._state != TaskState.WAITING or caught.kind != thrown.kind:
        return False
    return not caught.ref or (caught.code, caught.name if not caught.code else "") == (
        thrown.code, thrown.name if not caught.code else "")  # fmt: skip
