"""Our script engine: FEEL is the only language a flow can speak, and what a step causes is collected as data."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine

from workflows.decision import Decisions, decide
from workflows.feel import FeelError
from workflows.formula import Source
from workflows.model import EffectCall, EngineError, Environment, LogLine

MOST_STEPS = 10_000


def plain(value: Any) -> Any:
    """A FEEL value with whole numbers as int, so that it is the same before it was stored and after."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.adjusted() < 40 else value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


class NoPython(BasePythonScriptEngineEnvironment):
    """The environment that SpiffWorkflow would hand Python to; it refuses everything."""

    def evaluate(self, expression: Any, context: Any, external_context: Any = None) -> Any:
        raise EngineError("no-python", "A flow holds FEEL, never Python.")

    def execute(self, script: Any, context: Any, external_context: Any = None) -> Any:
        raise EngineError("no-python", "A flow holds FEEL, never Python.")

    def call_service(self, context: Any, **kwargs: Any) -> Any:
        raise EngineError("no-python", "A service task is an effect, performed after the step.")


class FeelEngine(PythonScriptEngine):
    """What one step sees of the world and what it has caused so far: effects, log lines, work done."""

    def __init__(self, world: Environment, decisions: Mapping[str, Decisions] | None = None) -> None:
        super().__init__(environment=NoPython())
        self.world = world
        self.decisions = decisions or {}
        self.effects: list[EffectCall] = []
        self.log: list[LogLine] = []
        self.steps = 0
        self.current: Any = None

    def validate(self, expression: Any) -> None:
        """Expressions were parsed when the release was compiled."""

    def evaluate(self, task: Any, expression: Source, external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression in the sight of a token, with further names laid over it.

        Raises EngineError("expression") with the element when FEEL refuses.
        """
        context = task.sight()
        if external_context:
            context.update(external_context)
        context["case"] = self.world.case
        try:
            return plain(expression.value(context, self.world))
        except FeelError as error:
            raise task.fault("expression", f"The expression “{expression.text}” failed: {error}") from error

    def decide(self, task: Any, decision_id: str) -> Any:
        """What a decision of the release gives in the sight of a token. Raises EngineError("decision")."""
        context = {**task.sight(), "case": self.world.case}
        try:
            decisions, world = self.decisions[decision_id], self.world
            return plain(decide(decisions, decision_id, context, now=world.now, functions=world.functions))
        except FeelError as error:
            raise task.fault("decision", f"The decision “{decision_id}” cannot be made: {error}") from error

    def execute(self, task: Any, script: Any, external_context: Any = None) -> Any:
        raise task.fault("no-python", "A flow holds FEEL, never Python.")

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        raise task.fault("no-python", "A service task is an effect, performed after the step.")

    def count(self, token: Any) -> None:
        """Remember where the engine is, and stop a loop in which no person ever gets a word."""
        self.current = token
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise token.fault("runaway", f"The flow passed {MOST_STEPS} elements without waiting for anybody.")
