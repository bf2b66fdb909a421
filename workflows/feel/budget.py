"""How much one evaluation may cost, and the run that counts it, so that no expression can hold up a desk."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import thread_time
from typing import Any

from .errors import FeelError

MAX_TEXT = 64 * 1024
MAX_NESTING = 100
_WORK_BETWEEN_LOOKS = 500


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one evaluation: iterations, seconds, characters or elements of one value and of all, call depth."""

    iterations: int = 10_000
    seconds: float = 0.1
    size: int = 64 * 1024
    total: int = 2 * 1024 * 1024
    depth: int = MAX_NESTING


DEFAULT_BUDGET = Budget()


class Run:
    """One evaluation: its budget as far as spent, its clock, its functions, and the warnings it gathered."""

    __slots__ = ("budget", "now", "functions", "strict", "warnings", "depth",
                 "_iterations", "_work", "_next_look", "_deadline", "_grown")

    def __init__(self, budget: Budget = DEFAULT_BUDGET, now: datetime | None = None,
                 functions: Mapping[str, Any] | None = None, strict: bool = False) -> None:
        self.budget = budget
        self.now = now
        self.functions = functions
        self.strict = strict
        self.warnings: list[str] = []
        self.depth = 0
        self._iterations = 0
        self._work = 0
        self._grown = 0
        self._next_look = _WORK_BETWEEN_LOOKS
        self._deadline: float | None = None

    def warn(self, sentence: str) -> None:
        """Keep why a value became null; the first hundred are enough for a reader."""
        if len(self.warnings) < 100:
            self.warnings.append(sentence)

    def iterate(self) -> None:
        """Count one turn of a loop, filter, quantifier or function call."""
        self._iterations += 1
        if self._iterations > self.budget.iterations:
            raise FeelError("iterations", f"More than {self.budget.iterations} iterations.")
        self.work(10)

    def work(self, units: int = 1) -> None:
        """Count small steps, and look now and then at the time that this thread has worked: waiting for others is no fault."""
        self._work += units
        if self._work >= self._next_look:
            self._next_look = self._work + _WORK_BETWEEN_LOOKS
            self._look()

    def _look(self) -> None:
        """The time counts from the first look: most evaluations end long before it, and asking the machine for the time
        of a thread costs as much as a whole short one."""
        now = thread_time()
        if self._deadline is None:
            self._deadline = now + self.budget.seconds
        elif now > self._deadline:
            raise FeelError("time", f"Took longer than {self.budget.seconds * 1000:.0f} ms.")

    def grow(self, size: int) -> None:
        """Account for a string or list of `size` that is about to be built."""
        if size > self.budget.size:
            raise FeelError("size", f"A value of {size} characters or elements; {self.budget.size} is the limit.")
        self._grown += size
        self.work(1 + (size >> 4))
        if self._grown > self.budget.total:
            raise FeelError("size", f"More than {self.budget.total} characters and elements built altogether.")

    def enter(self) -> None:
        """Go one function call deeper; `leave` comes back."""
        self.depth += 1
        if self.depth > self.budget.depth:
            raise FeelError("nesting", f"Function calls nested deeper than {self.budget.depth}.")
        self.iterate()

    def leave(self) -> None:
        """Come back from a function call."""
        self.depth -= 1
