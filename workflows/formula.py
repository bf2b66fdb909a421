"""Expressions of a flow as the engine room keeps them: parsed once when a release is compiled, evaluated in steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from workflows.feel import FeelError, evaluate, parse
from workflows.model import EngineError, Environment

# What names a clock of the case: a deadline or timer that does so moves with the clock.
CLOCK_FUNCTION, CLOCK_FIELD = "clock_due", "case.mediation_due"


@dataclass(frozen=True, slots=True)
class Formula:
    """A FEEL expression: its text and its syntax tree."""

    text: str
    tree: Any

    @property
    def follows_clock(self) -> bool:
        """Whether it names a clock of the case, so that null means: the clock does not run."""
        return CLOCK_FUNCTION in self.tree.functions or CLOCK_FIELD in self.tree.variables

    def value(self, context: Mapping[str, Any], world: Environment) -> Any:
        """The value in a context. Raises FeelError when the expression is refused or runs past its limits."""
        return evaluate(self.tree, context, now=world.now, functions=world.functions)


@dataclass(frozen=True, slots=True)
class Constant:
    """A plain text, as headers and timers may hold one."""

    text: str
    follows_clock: ClassVar[bool] = False

    def value(self, context: Mapping[str, Any], world: Environment) -> Any:
        """The text itself."""
        return self.text


Source = Formula | Constant


def source(text: str, element_id: str = "", process_id: str = "") -> Source:
    """FEEL when the text begins with `=`, otherwise the text. Raises EngineError("expression")."""
    return formula(text, element_id, process_id) if text.lstrip().startswith("=") else Constant(text)


def formula(text: str, element_id: str = "", process_id: str = "") -> Formula:
    """A FEEL expression, with or without the leading `=`. Raises EngineError("expression") when it does not parse."""
    bare = text.strip().removeprefix("=").strip()
    try:
        return Formula(bare, parse(bare))
    except FeelError as error:
        message = f"The expression “{bare}” cannot be read: {error}"
        raise EngineError("expression", message, element_id, process_id) from error
