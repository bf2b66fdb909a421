"""Types of a decision file: item definitions, what a typeRef means, and values made to fit it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from lxml import etree

from workflows.feel import temporal
from workflows.feel.budget import Run
from workflows.feel.compiler import Frame
from workflows.feel.types import FeelType, coerce, simple_type
from workflows.feel.unary import INPUT

from .model import ANYTHING, DecisionError, ItemType, Place

_NUMBERS = ("integer", "long", "double", "int", "decimal")
_READERS: dict[str, tuple[type, Callable[[str], Any]]] = {
    "date": (date, temporal.read_date), "time": (time, temporal.read_time),
    "date and time": (datetime, temporal.read_date_and_time),
    "days and time duration": (object, temporal.read_duration),
    "years and months duration": (object, temporal.read_duration),
}


def type_named(reference: str | None, known: Mapping[str, ItemType]) -> ItemType | None:
    """What a typeRef means, with or without a prefix; anything where it is missing, None where it is unknown."""
    if not reference or reference.strip() in ("", "<Undefined>"):
        return ANYTHING
    bare = reference.strip()
    for name in (bare, bare.partition(":")[2]):
        if name in known:
            return known[name]
    bare = bare.rpartition(":")[2]
    if bare in _NUMBERS:
        bare = "number"
    found = simple_type(bare)
    return ItemType(found) if found is not None else None


def read_types(root: etree._Element, tag: Callable[[str], str], parse_tests: Callable[..., Any],
               fault: Callable[..., None]) -> dict[str, ItemType]:
    """The item definitions of a file by name; one that refers to itself or to nothing is a fault."""
    elements = {element.get("name", ""): element for element in root.findall(tag("itemDefinition"))}
    known: dict[str, ItemType] = {}
    reader = _TypeReader(elements, tag, parse_tests, fault, known)
    for name, element in elements.items():
        if name not in known:
            known[name] = reader.read(element, (name,))
    return known


class _TypeReader:
    """Reads item definitions in whatever order they refer to each other."""

    def __init__(self, elements: Mapping[str, etree._Element], tag: Callable[[str], str],
                 parse_tests: Callable[..., Any], fault: Callable[..., None], known: dict[str, ItemType]) -> None:
        self._elements, self._tag, self._known = elements, tag, known
        self._parse_tests, self._fault = parse_tests, fault

    def read(self, element: etree._Element, within: tuple[str, ...]) -> ItemType:
        """One definition or component; `within` are the names being read around it."""
        place = Place(element.get("id") or within[-1], element.sourceline or 0)
        function = element.find(self._tag("functionItem"))
        if function is not None:
            result = self._named(function.get("outputTypeRef") or "", within, place)
            return ItemType(FeelType("function"), result=result)
        components = {part.get("name", ""): self.read(part, within)
                      for part in element.findall(self._tag("itemComponent"))}
        if components:
            shape = FeelType("context", entries=tuple((name, one.type) for name, one in components.items()))
            found = ItemType(shape, None, components)
        else:
            found = self._referred(element, within, place)
        allowed = element.find(self._tag("allowedValues"))
        if allowed is not None:
            tests = self._parse_tests(allowed, place)
            found = ItemType(found.type, tests.expression if tests is not None else None, found.components)
        if element.get("isCollection") == "true":
            return ItemType(FeelType("list", element=found.type), found.allowed, found.components)
        return found

    def _referred(self, element: etree._Element, within: tuple[str, ...], place: Place) -> ItemType:
        return self._named((element.findtext(self._tag("typeRef")) or "").strip(), within, place)

    def _named(self, reference: str, within: tuple[str, ...], place: Place) -> ItemType:
        for name in (reference, reference.partition(":")[2]):
            if name in within:
                self._fault("decision-type-cycle", place, name=name)
                return ANYTHING
            if name in self._elements and name not in self._known and len(within) < 50:
                self._known[name] = self.read(self._elements[name], (*within, name))
        found = type_named(reference, self._known)
        if found is None:
            self._fault("decision-unknown-type", place, name=reference)
            return ANYTHING
        return found


def from_outside(value: Any, wanted: FeelType) -> Any:
    """A value from JSON as the type wants it: ISO text becomes a date, time, date and time or duration."""
    if isinstance(value, str) and wanted.name in _READERS:
        kept, reader = _READERS[wanted.name]
        found = reader(value)
        return found if found is not None and isinstance(found, kept) else value
    if isinstance(value, list) and wanted.name == "list" and wanted.element is not None:
        return [from_outside(item, wanted.element) for item in value]
    if isinstance(value, dict) and wanted.entries:
        shapes = dict(wanted.entries)
        return {key: from_outside(item, shapes[key]) if key in shapes else item for key, item in value.items()}
    return value


def fitted(value: Any, wanted: ItemType, what: str, run: Run) -> Any:
    """A value made to fit a type, null where it does not; raises DecisionError for a value that is not allowed."""
    fits, result = coerce(value, wanted.type)
    if not fits:
        run.warn(f"{what} is no {wanted.type.name}; it counts as null.")
        return None
    check_allowed(result, wanted, what, run)
    return result


def check_allowed(value: Any, wanted: ItemType, what: str, run: Run) -> None:
    """Refuse a value that its type does not allow; null is let through."""
    if value is None:
        return
    if wanted.allowed is not None:
        for item in value if isinstance(value, list) and wanted.type.name == "list" else [value]:
            if not meets(wanted.allowed.code, item, Frame({}, None, run, {})):
                raise DecisionError("not-allowed", f"{what} has a value that its type does not allow.")
    if wanted.components:
        for part in value if isinstance(value, list) else [value]:
            for name, component in wanted.components.items():
                check_allowed(part.get(name), component, f"{what}.{name}", run)


def meets(code: Callable[[Frame], Any], value: Any, frame: Frame) -> bool:
    """Whether a value meets unary tests for certain."""
    return code(Frame({INPUT: value}, frame, frame.run)) is True
