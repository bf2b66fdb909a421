"""Calling a function value, wherever it comes from."""
from __future__ import annotations

from typing import Any

from .budget import Run
from .convert import external
from .registry import BUILTINS, Builtin
from .values import Function, kind


def function_named(run: Run, name: str) -> Function | None:
    """The function of that name as a value: the caller's, else a built-in one."""
    if run.functions is not None and name in run.functions:
        return external(name, run.functions[name])
    builtin = BUILTINS.get(name)
    return builtin.as_value() if builtin is not None else None


def call_built_in(builtin: Builtin, values: list[Any], names: tuple[str, ...] | None, run: Run) -> Any:
    """Call a built-in function with positional or named arguments."""
    run.work(2)
    if names is None:
        return builtin.call(run, values)
    return builtin.call_named(run, dict(zip(names, values, strict=True)))


def invoke(function: Any, values: list[Any], names: tuple[str, ...] | None, run: Run) -> Any:
    """Call a function value; null where it is none, or the arguments do not fit its parameters."""
    if not isinstance(function, Function):
        run.warn(f"A {kind(function)} cannot be called.")
        return None
    if isinstance(function.owner, Builtin):
        return call_built_in(function.owner, values, names, run)
    ordered = _in_order(function, values, names)
    if ordered is None:
        run.warn(f"The arguments do not fit {function.name}({', '.join(function.parameters)}).")
        return None
    run.enter()
    try:
        return function.body(run, ordered)
    finally:
        run.leave()


def _in_order(function: Function, values: list[Any], names: tuple[str, ...] | None) -> list[Any] | None:
    if names is None:
        fits = len(values) == len(function.parameters) or function.open_ended
        return values if fits else None
    if set(names) != set(function.parameters):
        return None
    given = dict(zip(names, values, strict=True))
    return [given[name] for name in function.parameters]
