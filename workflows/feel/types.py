"""FEEL's types as `instance of`, parameters and typeRefs name them, and whether a value conforms to one."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .temporal import midnight_utc
from .values import Function, Range, kind

SIMPLE = frozenset({
    "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
    "years and months duration", "Any", "Null", "list", "context", "function", "range",
})
_OTHER_SPELLINGS = {
    "dateTime": "date and time", "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration", "any": "Any",
}


@dataclass(frozen=True, slots=True)
class FeelType:
    """A type: its name, the element type of a list or range, the entries of a context, the shape of a function."""

    name: str
    element: FeelType | None = None
    entries: tuple[tuple[str, FeelType], ...] | None = None
    parameters: tuple[FeelType, ...] | None = None
    result: FeelType | None = None


ANY = FeelType("Any")


def simple_type(name: str) -> FeelType | None:
    """The type of that name, with or without the `feel:` prefix; None where there is none."""
    bare = name.strip().removeprefix("feel:")
    bare = _OTHER_SPELLINGS.get(bare, bare)
    return FeelType(bare) if bare in SIMPLE else None


def conforms(value: Any, wanted: FeelType) -> bool:
    """Whether a value may stand where the type is wanted; null may stand everywhere."""
    return value is None or instance_of(value, wanted)


def instance_of(value: Any, wanted: FeelType) -> bool:
    """`value instance of wanted` (DMN 1.3, 10.3.2.9): null is an instance of Null alone."""
    if value is None:
        return wanted.name == "Null"
    if wanted.name == "Any":
        return True
    if kind(value) != wanted.name:
        return False
    if isinstance(value, list):
        return wanted.element is None or all(conforms(item, wanted.element) for item in value)
    if isinstance(value, dict):
        return _has_entries(value, wanted)
    if isinstance(value, Range):
        return wanted.element is None or (conforms(value.low, wanted.element) and conforms(value.high, wanted.element))
    return not isinstance(value, Function) or _takes(value, wanted)


def _has_entries(value: dict[str, Any], wanted: FeelType) -> bool:
    entries = wanted.entries or ()
    return all(key in value and conforms(value[key], entry) for key, entry in entries)


def _takes(value: Function, wanted: FeelType) -> bool:
    """A function fits by its number of parameters, and by their types where both sides declare them."""
    if wanted.parameters is None:
        return True
    if len(value.parameters) != len(wanted.parameters):
        return False
    declared = value.types or (None,) * len(value.parameters)
    return all(own is None or own.name in ("Any", given.name)
               for own, given in zip(declared, wanted.parameters, strict=True))


def coerce(value: Any, wanted: FeelType | None) -> tuple[bool, Any]:
    """The value as the type wants it, by the implicit conversions of DMN 1.3, 10.3.2.9.4; else (False, None).

    A single value becomes a list of one, a list of one its element, a date a date and time at midnight UTC.
    """
    if wanted is None or wanted.name == "Any" or conforms(value, wanted):
        return True, value
    if wanted.name == "list" and not isinstance(value, list):
        fits, one = coerce(value, wanted.element)
        return (True, [one]) if fits else (False, None)
    if isinstance(value, list) and len(value) == 1 and wanted.name != "list" and conforms(value[0], wanted):
        return True, value[0]
    if wanted.name == "date and time" and kind(value) == "date":
        return True, midnight_utc(value)
    return False, None
