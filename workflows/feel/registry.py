"""How a built-in function is declared, found, and given its arguments (DMN 1.3, 10.3.4)."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .budget import Run
from .values import Function, kind

# Functions of DMN 1.3 that are left out by name, each with the reason an administrator reads.
REFUSED = {
    "matches": "regular expressions are not covered; use ‘contains’, ‘starts with’ or ‘ends with’",
    "replace": "regular expressions are not covered; use ‘substring before’ and ‘substring after’",
    "extract": "regular expressions are not covered",
}
_MOST_ARGUMENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, the kinds it takes (`any` for all of them, null too), whether it may be left out."""

    name: str
    kinds: frozenset[str]
    optional: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    body: Callable[..., Any]

    @property
    def most(self) -> int:
        """How many arguments it takes at most."""
        return _MOST_ARGUMENTS if self.parameters and self.parameters[-1].variadic else len(self.parameters)

    @property
    def fewest(self) -> int:
        """How many arguments it needs."""
        return sum(not (parameter.optional or parameter.variadic) for parameter in self.parameters)

    def accepts(self, arguments: list[Any]) -> list[Any] | None:
        """The arguments as the parameters want them, None where they do not fit."""
        if not self.fewest <= len(arguments) <= self.most:
            return None
        fitted = []
        for index, value in enumerate(arguments):
            fits, argument = fit(value, self.parameters[min(index, len(self.parameters) - 1)])
            if not fits:
                return None
            fitted.append(argument)
        return fitted

    def ordered(self, named: dict[str, Any]) -> list[Any] | None:
        """Named arguments in the order of the parameters, None where the names do not fit."""
        known = [parameter.name for parameter in self.parameters]
        if not set(named) <= set(known) or any(
                parameter.name not in named for parameter in self.parameters if not parameter.optional):
            return None
        last = max((known.index(name) for name in named), default=-1)
        return [named.get(name) for name in known[:last + 1]]


def fit(value: Any, parameter: Parameter) -> tuple[bool, Any]:
    """A value as a parameter takes it: a single value for a list becomes a list, a list of one its element."""
    kinds = parameter.kinds
    if "any" in kinds or kind(value) in kinds or (value is None and parameter.optional):
        return True, value
    if "list" in kinds and value is not None:
        return True, [value]
    if isinstance(value, list) and len(value) == 1 and kind(value[0]) in kinds:
        return True, value[0]
    return False, None


@dataclass(slots=True)
class Builtin:
    """A built-in function with its overloads, the first that fits is called; null where none does."""

    name: str
    overloads: list[Overload] = field(default_factory=list)

    def call(self, run: Run, arguments: list[Any]) -> Any:
        """Call with positional arguments."""
        for overload in self.overloads:
            fitted = overload.accepts(arguments)
            if fitted is not None:
                return overload.body(run, *fitted)
        run.warn(f"‘{self.name}’ does not take ({', '.join(kind(value) for value in arguments)}).")
        return None

    def call_named(self, run: Run, named: dict[str, Any]) -> Any:
        """Call with named arguments."""
        for overload in self.overloads:
            ordered = overload.ordered(named)
            fitted = overload.accepts(ordered) if ordered is not None else None
            if fitted is not None:
                return overload.body(run, *fitted)
        run.warn(f"‘{self.name}’ does not take the arguments {', '.join(named)}.")
        return None

    def as_value(self) -> Function:
        """The function as a value that can be handed on."""
        parameters = tuple(parameter.name for parameter in self.overloads[0].parameters)
        return Function(parameters, self.call, name=self.name, open_ended=True, owner=self)


BUILTINS: dict[str, Builtin] = {}


def builtin(name: str, signature: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an overload: `@builtin("substring", "string: string, start position: number, length: number?")`.

    A type ends in `?` where the argument may be left out or null, in `...` where it repeats; `|` separates kinds.
    """
    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        parameters = tuple(_parameter(part) for part in signature.split(", ")) if signature else ()
        BUILTINS.setdefault(name, Builtin(name)).overloads.append(Overload(parameters, body))
        return body

    return declare


_SHORT = {"days": "days and time duration", "months": "years and months duration", "datetime": "date and time",
          "null": "Null"}


def _parameter(text: str) -> Parameter:
    name, _, types = text.partition(": ")
    bare = types.rstrip("?.")
    kinds = frozenset(_SHORT.get(word, word) for word in bare.split("|"))
    return Parameter(name, kinds, types.endswith("?"), types.endswith("..."))
