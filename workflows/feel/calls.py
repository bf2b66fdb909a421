"""Compiles calls: a function is looked for in the scope, then among the caller's, then among the built-in ones."""
from __future__ import annotations

from typing import Any

from . import nodes
from .compiler import MISSING, Code, Frame, compile_node, find
from .convert import external
from .errors import FeelError
from .functions import call_built_in, invoke
from .library import BUILTINS
from .values import Function


def compile_call(node: nodes.Call) -> Code:
    """The closure of a call."""
    if isinstance(node.function, nodes.Name):
        if node.function.name == "is defined" and len(node.arguments) == 1:
            return _is_defined(node.arguments[0])
        return _call_by_name(node.function, node)
    function = compile_node(node.function)
    arguments = tuple(compile_node(argument) for argument in node.arguments)

    def call(frame: Frame) -> Any:
        return invoke(function(frame), [code(frame) for code in arguments], node.names, frame.run)

    return call


def _call_by_name(callee: nodes.Name, node: nodes.Call) -> Code:
    name, position, names = callee.name, callee.position, node.names
    arguments = tuple(compile_node(argument) for argument in node.arguments)
    builtin = BUILTINS.get(name)

    def call(frame: Frame) -> Any:
        run = frame.run
        found = find(frame, name)
        values = [code(frame) for code in arguments]
        if type(found) is Function:
            return invoke(found, values, names, run)
        if run.functions is not None and name in run.functions:
            return invoke(external(name, run.functions[name]), values, names, run)
        if builtin is not None:
            return call_built_in(builtin, values, names, run)
        if found is MISSING:
            raise FeelError("unknown-function", f"There is no function ‘{name}’.", position)
        return invoke(found, values, names, run)

    return call


def _is_defined(argument: nodes.Node) -> Code:
    """`is defined(x)`: whether the scope has the variable, or the context the entry, even where it is null."""
    if isinstance(argument, nodes.Name):
        name = argument.name
        return lambda frame: find(frame, name) is not MISSING
    value = compile_node(argument.value if isinstance(argument, nodes.Path) else argument)
    member = argument.member if isinstance(argument, nodes.Path) else None

    def defined(frame: Frame) -> bool:
        found = value(frame)
        return member in found if isinstance(found, dict) and member is not None else found is not None

    return defined

