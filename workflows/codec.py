"""Stores where a case stands, and nothing else: no specs, no copies of data, no classes to be brought back to life.

A state is four letters, a schema number, the release's hash, and compressed JSON. Values that JSON does not know
(dates, durations, fractions) are tagged by `workflows.feel` and come back as what they were.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from workflows import feel
from workflows.compile import Definition
from workflows.feel.convert import TAG
from workflows.model import EngineError
from workflows.spiff_engine import FeelEngine
from workflows.spiff_tree import Called, Case, Scope, Token

MAGIC = b"CASE"
SCHEMA = 1
DEEPEST = 800
DEEPEST_VALUE = 50
_HEADER = len(MAGIC) + 1 + 32
_SCALARS = (str, bool, int, Decimal, date, time, timedelta, feel.YearsMonths, type(None))
_FORBIDDEN = ("typename", TAG)


def storable(values: Mapping[str, Any]) -> None:
    """Refuse what a person or a message may not put into a case.

    Raises EngineError: `typename-key` for the key `typename` (or FEEL's own tag) at any depth, `not-storable` for
    anything that is neither JSON nor a FEEL value, or nested deeper than 50.
    """
    _check(values, 0)


def _check(value: Any, depth: int) -> None:
    if isinstance(value, _SCALARS):
        return
    if depth > DEEPEST_VALUE:
        raise EngineError("not-storable", f"A value nested deeper than {DEEPEST_VALUE}.")
    if isinstance(value, Mapping):
        for key in value:
            if key in _FORBIDDEN:
                raise EngineError("typename-key", f"“{key}” is no name for a value.")
            if not isinstance(key, str):
                raise EngineError("not-storable", "The names of values are texts.")
            _check(value[key], depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item, depth + 1)
    elif not isinstance(value, float) or not math.isfinite(value):
        raise EngineError("not-storable", f"A {type(value).__name__} cannot be kept in a case.")


def encode(case: Case, release: str) -> bytes:
    """The stored form of a case. Raises EngineError `too-deep` beyond 800 tokens in a line, and `not-storable`."""
    scopes = [_scope(scope) for scope in case.scopes()]
    content = {"process": case.spec.name, "cancelled": case.cancelled, "scopes": scopes}
    try:
        text = json.dumps(content, default=feel.dump, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, TypeError, feel.FeelError) as error:
        raise EngineError("not-storable", f"A variable cannot be stored: {error}") from error
    return MAGIC + bytes([SCHEMA]) + bytes.fromhex(release) + zlib.compress(text.encode(), 1)


def _scope(scope: Scope) -> list[Any]:
    index: dict[str | None, int] = {}
    depths: dict[str | None, int] = {None: 0}
    rows = []
    for token in scope.tasks.values():
        index[token.id] = len(index)
        depths[token.id] = depths[token._parent] + 1
        if depths[token.id] > DEEPEST:
            raise token.fault("too-deep", f"More than {DEEPEST} elements passed in one line.")
        row = [token.id, index.get(token._parent, -1), int(token._state), token.task_spec.name, token.internal_data]
        rows.append(row if token.internal_data else row[:4])
    host = scope.host.id if isinstance(scope, Called) else None
    last = scope.last_task.id if scope.completed and scope.last_task is not None else None
    return [scope.spec.name, host, scope.completed, last, scope.data, rows]


def release_of(state: bytes) -> str:
    """The hash of the release that a state was written by. Raises EngineError `broken-state`."""
    if len(state) <= _HEADER or state[:4] != MAGIC:
        raise EngineError("broken-state", "This is no stored case.")
    if state[4] != SCHEMA:
        raise EngineError("broken-state", f"Schema {state[4]} of stored cases is not known here.")
    return state[5:_HEADER].hex()


def decode(state: bytes, definition: Definition, engine: FeelEngine) -> Case:
    """A stored case on its own release. Raises EngineError `wrong-release`, `broken-state` and `missing-element`."""
    if release_of(state) != definition.hash:
        raise EngineError("wrong-release", "The case was stored under another release.")
    return restore(content(state), definition, engine)


def content(state: bytes) -> dict[str, Any]:
    """What a state says, as plain data. Raises EngineError `broken-state`."""
    release_of(state)
    try:
        text = zlib.decompress(state[_HEADER:]).decode()
        # Only a state with tagged values pays for looking at every object.
        found: dict[str, Any] = json.loads(text, object_hook=_untag if f'"{TAG}"' in text else None)
    except (zlib.error, ValueError, feel.FeelError) as error:
        raise EngineError("broken-state", "The stored case cannot be read.") from error
    return found


def _untag(found: dict[str, Any]) -> Any:
    return feel.load(found) if TAG in found else found


def restore(found: dict[str, Any], definition: Definition, engine: FeelEngine) -> Case:
    """The tokens of a state on the specs of a release, with our script engine."""
    case: Case | None = None
    for name, host_id, completed, last, data, rows in found["scopes"]:
        spec = definition.specs.get(name)
        host = case.find(host_id) if case is not None and host_id else None
        if spec is None or (case is not None and host is None):
            raise EngineError("missing-element", f"The process “{name}” is not in the release.", "", name)
        scope: Scope
        if case is None or host is None:
            scope = case = Case(spec, definition.specs, engine)
            case.data = data
        else:
            scope = Called(spec, host, data)
        _tokens(scope, rows)
        scope.completed = completed
        scope.last_task = scope.tasks.get(last)
    if case is None:
        raise EngineError("broken-state", "The stored case is empty.")
    case.cancelled = found["cancelled"]
    return case


def _tokens(scope: Any, rows: list[list[Any]]) -> None:
    specs = scope.spec.task_specs
    made: list[Token] = []
    for token_id, parent, state, name, *kept in rows:
        spec = specs.get(name)
        if spec is None:
            message = f"The element “{name}” is not in the release."
            raise EngineError("missing-element", message, name, scope.spec.process_id)
        token = Token(scope, spec, made[parent] if parent >= 0 else None, state, token_id)
        if kept:
            token.internal_data = kept[0]
        made.append(token)
    scope.task_tree = made[0]
