"""Turns a syntax tree into closures over a scope; each closure takes a frame and gives the value."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from . import nodes, operators
from .budget import Run
from .convert import admit
from .errors import FeelError
from .functions import function_named
from .types import coerce, instance_of
from .values import Function, Range, compare, conjunction, kind, less, negation, unary_range

MISSING: Any = object()


class Frame:
    """A scope: its own variables, the one around it, the run; the outermost also the caller's raw context."""

    __slots__ = ("vars", "parent", "run", "raw")

    def __init__(self, variables: dict[str, Any], parent: Frame | None, run: Run,
                 raw: Mapping[str, Any] | None = None) -> None:
        self.vars = variables
        self.parent = parent
        self.run = run
        self.raw = raw


Code = Callable[[Frame], Any]


def find(frame: Frame, name: str) -> Any:
    """The value of a name in the scope, MISSING where nothing has it."""
    while True:
        value = frame.vars.get(name, MISSING)
        if value is not MISSING:
            return value
        if frame.parent is None:
            break
        frame = frame.parent
    value = frame.raw.get(name, MISSING) if frame.raw is not None else MISSING
    if value is MISSING:
        return MISSING
    value = frame.vars[name] = admit(value)
    return value


def compile_node(node: nodes.Node) -> Code:
    """The closure that computes a node."""
    return _COMPILERS[type(node)](node)


def _literal(node: nodes.Literal) -> Code:
    value = node.value
    return lambda frame: value


def _name(node: nodes.Name) -> Code:
    name, position = node.name, node.position

    def read(frame: Frame) -> Any:
        value = find(frame, name)
        return value if value is not MISSING else _without_variable(frame, name, position)

    return read


def _without_variable(frame: Frame, name: str, position: int) -> Any:
    """A name no scope has: a function's, or unknown - null, and refused where the caller is strict."""
    found = function_named(frame.run, name)
    if found is not None:
        return found
    if frame.run.strict:
        raise FeelError("unknown-name", f"There is no variable ‘{name}’.", position)
    frame.run.warn(f"There is no variable ‘{name}’.")
    return None


# --- operators ------------------------------------------------------------------------------------------------------


def _chain(node: nodes.Chain) -> Code:
    operator = node.rest[0][0]
    operands = [compile_node(node.first), *(compile_node(operand) for _, operand in node.rest)]
    if operator in ("and", "or"):
        return _logic(operands, operator == "or")
    steps = tuple((operators.ARITHMETIC[symbol], code)
                  for (symbol, _), code in zip(node.rest, operands[1:], strict=True))
    first = operands[0]

    def compute(frame: Frame) -> Any:
        value = first(frame)
        run = frame.run
        for operation, code in steps:
            value = operation(value, code(frame), run)
        return value

    return compute


def _logic(operands: list[Code], decisive: bool) -> Code:
    """`and` is decided by the first false, `or` by the first true; anything but a boolean counts as null."""

    def decide(frame: Frame) -> bool | None:
        result: bool | None = not decisive
        for code in operands:
            value = code(frame)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                result = None
        return result

    return decide


def _negate(node: nodes.Negate) -> Code:
    code = compile_node(node.operand)
    return lambda frame: operators.negated(code(frame), frame.run)


def _compare(node: nodes.Compare) -> Code:
    operator, left, right = node.operator, compile_node(node.left), compile_node(node.right)
    if operator == "<":
        return lambda frame: less(left(frame), right(frame))
    if operator == ">":
        return lambda frame: less(right(frame), left(frame))
    return lambda frame: compare(operator, left(frame), right(frame), frame.run)


def _between(node: nodes.Between) -> Code:
    value, low, high = compile_node(node.value), compile_node(node.low), compile_node(node.high)

    def between(frame: Frame) -> bool | None:
        middle = value(frame)
        return conjunction(negation(less(middle, low(frame))), negation(less(high(frame), middle)))

    return between


def _instance_of(node: nodes.InstanceOf) -> Code:
    code, wanted = compile_node(node.value), node.type
    return lambda frame: instance_of(code(frame), wanted)


def _if(node: nodes.If) -> Code:
    condition, yes, no = compile_node(node.condition), compile_node(node.yes), compile_node(node.no)
    return lambda frame: yes(frame) if condition(frame) is True else no(frame)


# --- structures -----------------------------------------------------------------------------------------------------


def _list(node: nodes.ListLiteral) -> Code:
    items = tuple(compile_node(item) for item in node.items)

    def build(frame: Frame) -> list[Any]:
        frame.run.grow(len(items))
        return [code(frame) for code in items]

    return build


def _context(node: nodes.ContextLiteral) -> Code:
    entries = tuple((key, compile_node(value)) for key, value in node.entries)

    def build(frame: Frame) -> dict[str, Any]:
        frame.run.grow(len(entries))
        built: dict[str, Any] = {}
        inner = Frame(built, frame, frame.run)
        for key, code in entries:
            built[key] = code(inner)
        return dict(built)

    return build


def _range(node: nodes.RangeLiteral) -> Code:
    low, high = compile_node(node.low), compile_node(node.high)
    low_included, high_included = node.low_included, node.high_included

    def build(frame: Frame) -> Range | None:
        start, end = low(frame), high(frame)
        if start is not None and end is not None and less(start, end) is None:
            frame.run.warn(f"No range goes from {kind(start)} to {kind(end)}.")
            return None
        return Range(start, end, low_included, high_included)

    return build


def _unary_range(node: nodes.UnaryRange) -> Code:
    operator, bound = node.operator, compile_node(node.bound)
    return lambda frame: unary_range(operator, bound(frame))


def _path(node: nodes.Path) -> Code:
    steps = [node.member]
    base: nodes.Node = node.value
    while isinstance(base, nodes.Path):
        steps.append(base.member)
        base = base.value
    steps.reverse()
    if isinstance(base, nodes.Name):
        return _path_from_name(base, tuple(steps))
    start = compile_node(base)
    return lambda frame: _walk(start(frame), steps, frame.run)


def _walk(value: Any, steps: Any, run: Run) -> Any:
    for step in steps:
        value = operators.member(value, step, run)
    return value


def _path_from_name(base: nodes.Name, steps: tuple[str, ...]) -> Code:
    """A path over a variable walks the caller's own mapping, so that a large `case` is never copied for one fact."""
    name, read = base.name, _name(base)

    def walk(frame: Frame) -> Any:
        outer = frame
        while outer.parent is not None and name not in outer.vars:
            outer = outer.parent
        if name in outer.vars or outer.raw is None:
            return _walk(read(frame), steps, frame.run)
        value: Any = outer.raw.get(name, MISSING)
        if value is MISSING:
            return _walk(read(frame), steps, frame.run)
        for index, step in enumerate(steps):
            if not isinstance(value, Mapping):
                return _walk(admit(value), steps[index:], frame.run)
            if step not in value:
                frame.run.warn(f"‘{name}’ has no entry ‘{step}’.")
                return _walk(None, steps[index + 1:], frame.run)
            value = value[step]
        return admit(value)

    return walk


def _filter(node: nodes.Filter) -> Code:
    value, condition = compile_node(node.value), compile_node(node.condition)

    def select(frame: Frame) -> Any:
        found = value(frame)
        if found is None:
            return None
        items = found if type(found) is list else [found]
        if not items:
            index = condition(Frame({"item": None}, frame, frame.run))
            return None if type(index) is Decimal else []
        first = condition(_item_frame(items[0], frame))
        if type(first) is Decimal:
            return operators.element(items, first, frame.run)
        return _selected(items, first, condition, frame)

    return select


def _selected(items: list[Any], first: Any, condition: Code, frame: Frame) -> list[Any]:
    run = frame.run
    run.grow(len(items))
    run.iterate()
    chosen = [items[0]] if first is True else []
    for item in items[1:]:
        run.iterate()
        if condition(_item_frame(item, frame)) is True:
            chosen.append(item)
    return chosen


def _item_frame(item: Any, frame: Frame) -> Frame:
    outer = Frame({"item": item}, frame, frame.run)
    return Frame(item, outer, frame.run) if type(item) is dict else outer


# --- functions ---------------------------------------------------------------------------------------------------


def _function(node: nodes.FunctionDefinition) -> Code:
    body = compile_node(node.body)
    names = tuple(name for name, _ in node.parameters)
    types = tuple(wanted for _, wanted in node.parameters)

    def define(frame: Frame) -> Function:
        def call(run: Run, arguments: list[Any]) -> Any:
            variables = {}
            for name, wanted, value in zip(names, types, arguments, strict=True):
                fits, variables[name] = coerce(value, wanted)
                if not fits:
                    run.warn(f"The argument ‘{name}’ is no {wanted.name if wanted else 'value'}; it counts as null.")
            return body(Frame(variables, frame, run))

        return Function(names, call, types)

    return define


_COMPILERS: dict[type, Callable[[Any], Code]] = {
    nodes.Literal: _literal, nodes.Name: _name, nodes.Chain: _chain, nodes.Negate: _negate, nodes.Compare: _compare,
    nodes.Between: _between, nodes.InstanceOf: _instance_of, nodes.If: _if, nodes.ListLiteral: _list,
    nodes.ContextLiteral: _context, nodes.RangeLiteral: _range, nodes.UnaryRange: _unary_range, nodes.Path: _path,
    nodes.Filter: _filter, nodes.FunctionDefinition: _function,
}


def register(node_type: type, compiler: Callable[[Any], Code]) -> None:
    """Add the compiler of a node type that lives in a module above this one."""
    _COMPILERS[node_type] = compiler
