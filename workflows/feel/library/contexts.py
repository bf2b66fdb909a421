"""Functions on contexts (DMN 1.3, 10.3.4.9), and the identity test `is`."""
from __future__ import annotations

from typing import Any

from ..budget import Run
from ..errors import FeelError
from ..registry import builtin
from ..values import equal, kind, zone_name, zone_undated

_MOMENTS = ("time", "date and time")


@builtin("get value", "m: context, key: string")
@builtin("get value", "context: context, key: string")
def get_value(run: Run, context: dict[str, Any], key: str) -> Any:
    """The entry with that key; null where there is none."""
    return context.get(key)


@builtin("get entries", "m: context")
@builtin("get entries", "context: context")
def get_entries(run: Run, context: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries as a list of contexts with `key` and `value`."""
    run.grow(2 * len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def from_entries(run: Run, entries: list[Any]) -> dict[str, Any] | None:
    """The context of a list of entries; null where one is no entry or a key stands twice."""
    run.grow(len(entries))
    built: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "key" not in entry or "value" not in entry:
            return None
        key = entry["key"]
        if not isinstance(key, str) or key in built:
            return None
        built[key] = entry["value"]
    return built


@builtin("context put", "context: context, key: string, value: any")
def context_put(run: Run, context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The context with one entry new or replaced."""
    run.grow(len(context) + 1)
    return {**context, key: value}


@builtin("context put", "context: context, keys: list, value: any")
def context_put_deep(run: Run, context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    """The context with an entry of an inner context replaced; null for an empty path or keys that are no text."""
    if not keys or not all(isinstance(key, str) for key in keys) or len(keys) > 100:
        return None
    run.grow(len(context) + 1)
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0])
    if not isinstance(inner, dict):
        return None
    deeper = context_put_deep(run, inner, keys[1:], value)
    return None if deeper is None else {**context, keys[0]: deeper}


@builtin("context merge", "contexts: list")
def context_merge(run: Run, contexts: list[Any]) -> dict[str, Any] | None:
    """The contexts in one, later ones first in doubt."""
    if not all(isinstance(context, dict) for context in contexts):
        return None
    run.grow(sum(map(len, contexts)))
    merged: dict[str, Any] = {}
    for context in contexts:
        merged.update(context)
    return merged


@builtin("is", "value1: any, value2: any")
def identical(run: Run, first: Any, second: Any) -> bool:
    """Whether both are the same element of the same domain: moments also share their zone."""
    if kind(first) != kind(second):
        return False
    if kind(first) in _MOMENTS:
        return _same_moment(first, second)
    return equal(first, second, run) is True


def _same_moment(first: Any, second: Any) -> bool:
    """Moments of the same clock at the same offset; refused where a zone's offset depends on a date not given."""
    if first.replace(tzinfo=None) != second.replace(tzinfo=None):
        return False
    if zone_name(first) == zone_name(second):
        return bool(first.utcoffset() == second.utcoffset())
    if zone_undated(first) or zone_undated(second):
        raise FeelError("unsupported", "‘is’ between times in different zones needs a date.")
    return bool(first.utcoffset() == second.utcoffset())
