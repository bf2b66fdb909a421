"""Makes decisions: first those it rests on, then its own logic over their values and the inputs."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows.feel.budget import DEFAULT_BUDGET, Budget
from workflows.feel.compiler import Frame
from workflows.feel.convert import admit
from workflows.feel.errors import FeelError
from workflows.feel.values import Function

from .fitting import fitted, from_outside
from .logic import function_value
from .model import Decision, DecisionError, Decisions, Outcome
from .table import Deciding


def decide(decisions: Decisions, id_or_name: str, context: Mapping[str, Any], *, now: datetime | None = None,
           functions: Mapping[str, Any] | None = None, budget: Budget | None = None) -> Any:
    """The value of a decision, in FEEL values. Raises DecisionError (a FeelError) where it is refused:
    `unknown-decision`, `faulty`, `overlap`, `any-differs`, `not-allowed`, and whatever an expression refuses."""
    return explain(decisions, id_or_name, context, now=now, functions=functions, budget=budget).value


def explain(decisions: Decisions, id_or_name: str, context: Mapping[str, Any], *, now: datetime | None = None,
            functions: Mapping[str, Any] | None = None, budget: Budget | None = None) -> Outcome:
    """A decision with the rules that gave it and the reasons why anything became null; raises as `decide` does."""
    wanted = decisions.find(id_or_name)
    _refuse_faulty(decisions, wanted)
    run = Deciding(budget or DEFAULT_BUDGET, now, functions)
    try:
        value = _Scope(decisions, context, run).value(wanted)
    except DecisionError:
        raise
    except FeelError as error:
        raise DecisionError(error.code, str(error), wanted.id, wanted.place.line) from error
    except RecursionError:
        raise DecisionError("nesting", "Nested too deeply.", wanted.id, wanted.place.line) from None
    except ArithmeticError:
        raise DecisionError("number-range", "A number or date beyond what is covered.", wanted.id) from None
    return Outcome(value, tuple(run.hits), tuple(run.warnings))


def _refuse_faulty(decisions: Decisions, wanted: Decision) -> None:
    """A decision is refused when it, what it rests on, or the file as a whole has faults."""
    owners = {"", *decisions.knowledge}
    for one in decisions.closure(wanted):
        owners |= {one.id, *one.inputs}
    errors = [fault for owner in owners for fault in decisions.faults_of.get(owner, ()) if fault.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise DecisionError("faulty", errors[0].message + more, errors[0].element_id, errors[0].line)


class _Scope:
    """The values of one call: each required decision is made once."""

    def __init__(self, decisions: Decisions, context: Mapping[str, Any], run: Deciding) -> None:
        self._decisions = decisions
        self._context = context
        self._run = run
        self._made: dict[str, Any] = {}
        self._declared = {one.name for one in decisions.inputs.values()}

    def value(self, decision: Decision) -> Any:
        """The value of a decision."""
        if decision.id not in self._made:
            variables = self._variables(decision)
            self._run.decision_id = decision.id
            frame = Frame(variables, Frame({}, None, self._run, self._visible(decision)), self._run)
            value = decision.code(frame)
            self._made[decision.id] = fitted(value, decision.type, f"The decision ‘{decision.name}’", self._run)
        return self._made[decision.id]

    def _variables(self, decision: Decision) -> dict[str, Any]:
        found: dict[str, Any] = {one: self._input(one) for one in self._input_names(decision)}
        for needed in decision.knowledge:
            function = self._function(needed)
            found[function.name] = function
        for needed in decision.decisions:
            other = self._decisions.decisions[needed]
            found[other.variable] = self.value(other)
        return found

    def _input_names(self, decision: Decision) -> list[str]:
        return [self._decisions.inputs[needed].name for needed in decision.inputs]

    def _input(self, name: str) -> Any:
        declared = next(one for one in self._decisions.inputs.values() if one.name == name)
        if name not in self._context:
            self._run.warn(f"The input ‘{name}’ is not given; it is null.")
            return None
        value = from_outside(admit(self._context[name]), declared.type.type)
        return fitted(value, declared.type, f"The input ‘{name}’", self._run)

    def _visible(self, decision: Decision) -> Mapping[str, Any]:
        """The caller's context; where a decision draws arrows to inputs, the inputs without an arrow are hidden."""
        hidden = self._declared - set(self._input_names(decision)) if decision.inputs else set()
        if not hidden & set(self._context):
            return self._context
        return {name: value for name, value in self._context.items() if name not in hidden}

    def _function(self, knowledge_id: str) -> Function:
        knowledge = self._decisions.knowledge[knowledge_id]
        known = [self._function(needed) for needed in knowledge.knowledge]
        frame = Frame({function.name: function for function in known}, None, self._run, {})
        return function_value(knowledge.parameters, knowledge.code, knowledge.type, frame, knowledge.name)
