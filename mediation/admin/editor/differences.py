"""What a draft changes in a file, in the things that people see there: rules, steps, fields, texts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from workflows import forms
from workflows.dialect import parse_xml
from workflows.problems import BrokenFile

# (kind, which one): kinds are rule, column, step, connection, drawing, field, role, text, line.
Place = tuple[str, str]

_CONNECTIONS = frozenset({"sequenceFlow", "messageFlow", "association"})
# Told by the connections and the steps themselves.
_SAID_ELSEWHERE = frozenset({"incoming", "outgoing", "flowNodeRef"})


@dataclass(frozen=True)
class Difference:
    """How many things of a kind are new, changed and gone."""

    kind: str
    added: int
    changed: int
    removed: int


def differences(path: str, before: bytes | None, after: bytes | None) -> list[Difference]:
    """Kind by kind. A file that cannot be read, or in which nothing of this differs, is told of by its lines."""
    try:
        found = _counted(_parts(path, before), _parts(path, after))
    except (BrokenFile, ValueError):
        found = []
    if len(found) > 1:  # a new step is drawn, too
        found = [one for one in found if one.kind != "drawing"]
    return found or _counted(_lines(before), _lines(after))


def _counted(old: Mapping[Place, Any], new: Mapping[Place, Any]) -> list[Difference]:
    added = Counter(kind for kind, _ in new.keys() - old.keys())
    removed = Counter(kind for kind, _ in old.keys() - new.keys())
    changed = Counter(place[0] for place in old.keys() & new.keys() if old[place] != new[place])
    kinds = dict.fromkeys(kind for kind, _ in (*old, *new))
    told = [Difference(kind, added[kind], changed[kind], removed[kind]) for kind in kinds]
    return [one for one in told if one.added or one.changed or one.removed]


def _parts(path: str, content: bytes | None) -> dict[Place, Any]:
    if content is None:
        return {}
    if path.endswith(".dmn"):
        return dict(_of_decisions(parse_xml(path, content)))
    if path.endswith(".bpmn"):
        return dict(_of_flows(parse_xml(path, content)))
    if path.endswith(".form"):
        return {("field", one.path): replace(one, fields=()) for one in forms.parse(content, path).walk()}
    if path == "roles.json":
        return {("role", key): role for key, role in json.loads(content).items()}
    return dict(_of_texts(json.loads(content))) if path.endswith(".json") else {}


def _of_decisions(root: Any) -> Iterator[tuple[Place, Any]]:
    for number, rule in enumerate(root.iter("{*}rule")):
        said = [(one.text or "").strip() for one in rule.iter("{*}text", "{*}description")]
        yield ("rule", rule.get("id") or str(number)), said
    for column in root.iter("{*}input", "{*}output"):
        yield ("column", column.get("id", "")), _written(column)


def _of_flows(root: Any) -> Iterator[tuple[Place, Any]]:
    for process in root.iter("{*}process"):
        for node in process.iter("{*}*"):
            if node.get("id") and _belongs_to_flow(node):
                kind = "connection" if _name(node) in _CONNECTIONS else "step"
                yield (kind, node.get("id")), _written(node)
    for drawn in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        yield ("drawing", drawn.get("bpmnElement", "")), _written(drawn)


def _belongs_to_flow(node: Any) -> bool:
    """Steps, events, gateways and connections stand in a process or a step of several; what describes them stands in them."""
    around = node.getparent()
    return _name(node) != "laneSet" and around is not None and _name(around) in ("process", "subProcess")


def _written(node: Any) -> tuple[Any, ...]:
    """What an element says, however editors move blanks and attributes about; without the steps that stand inside it."""
    inner = [
        _written(one) for one in node.iterchildren("{*}*")
        if _name(one) not in _SAID_ELSEWHERE and not (one.get("id") and _belongs_to_flow(one))
    ]  # fmt: skip
    return node.tag, tuple(sorted(node.attrib.items())), (node.text or "").strip(), tuple(inner)


def _name(node: Any) -> str:
    return str(etree.QName(node).localname)


def _of_texts(value: Any, place: str = "") -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_texts(inner, f"{place}/{key}")
    else:
        yield ("text", place), value


def _lines(content: bytes | None) -> dict[Place, Any]:
    """Each line with the number of its occurrence: one that moves is the same."""
    seen: Counter[bytes] = Counter()
    found: dict[Place, Any] = {}
    for line in (one.strip() for one in (content or b"").splitlines()):
        seen[line] += 1
        found["line", f"{seen[line]} {line!r}"] = None
    return found
