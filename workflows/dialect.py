"""Reads BPMN with the Camunda 8 extension elements into plain data, and refuses XML that means harm."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from workflows.diagram import (
    ACTIVITIES,
    EVENTS,
    FLOW_NODES,
    GATEWAYS,
    SUBPROCESSES,
    TASKS,
    DataMapping,
    Diagram,
    Element,
    EventDefinition,
    Flow,
    Lane,
    Loop,
    Named,
    ProcessModel,
)
from workflows.dialect_checks import remarks
from workflows.problems import BrokenFile, problem

__all__ = [
    "ACTIVITIES", "BPMN", "EVENTS", "FLOW_NODES", "GATEWAYS", "SUBPROCESSES", "TASKS", "ZEEBE",
    "BrokenFile", "DataMapping", "Diagram", "Element", "EventDefinition", "Flow", "Lane", "Loop", "Named",
    "ProcessModel", "parse_xml", "read",
]  # fmt: skip

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
LARGEST = 5 * 1024 * 1024
DEEPEST = 100

_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "ascii", "gbk", "gb2312", "gb18030", "iso-8859-1", "big5", "utf8"}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb'^\s*<\?xml[^>]*encoding\s*=\s*["\']([A-Za-z0-9._-]+)["\']')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FIRST_TAG = re.compile(r"<[^!?]")

Node = etree._Element


def read(path: str, xml: bytes) -> Diagram:
    """The diagram in a BPMN file. Raises BrokenFile, whose problem is a sentence, for anything that is no BPMN."""
    root = parse_xml(path, xml)
    if root.tag != f"{{{BPMN}}}definitions":
        raise BrokenFile(problem("not-bpmn", path, line=_line(root), root=etree.QName(root).localname))
    return _Reader(path, root, xml).diagram()


def parse_xml(path: str, xml: bytes) -> Node:
    """The root of an XML document without DOCTYPE, entities, network, or unreasonable size and depth.

    Decisions are read through it too. Raises BrokenFile with codes `file-too-large`, `file-encoding`, `doctype`,
    `broken-xml` and `too-deep`.
    """
    if len(xml) > LARGEST:
        raise BrokenFile(problem("file-too-large", path))
    text = _decode(path, xml)
    prolog = _COMMENT.sub("", text[:_start_of_root(text)])
    if "<!DOCTYPE" in prolog.upper() or "<!ENTITY" in prolog.upper():
        raise BrokenFile(problem("doctype", path, line=1))
    # Keep the line breaks of the declaration, so that line numbers stay those of the file.
    plain = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text, count=1)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(plain.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise BrokenFile(problem("broken-xml", path, line=line, reason=_reason(error))) from error
    _guard_depth(path, root)
    return root


def _decode(path: str, xml: bytes) -> str:
    if xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif xml.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    else:
        declared = _DECLARED.match(xml)
        encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
        if encoding not in _ENCODINGS:
            raise BrokenFile(problem("file-encoding", path, line=1, encoding=encoding))
    try:
        return xml.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise BrokenFile(problem("file-encoding", path, line=1, encoding=encoding)) from error


def _start_of_root(text: str) -> int:
    blank = _COMMENT.sub(lambda match: " " * len(match[0]), text)
    found = _FIRST_TAG.search(blank)
    return found.start() if found else len(text)


def _reason(error: Exception) -> str:
    return re.sub(r",? \(?<string>.*$", "", str(error)) or type(error).__name__


def _guard_depth(path: str, root: Node) -> None:
    level: list[Node] = [root]
    for _ in range(DEEPEST):
        level = [child for node in level for child in node]
        if not level:
            return
    raise BrokenFile(problem("too-deep", path, line=_line(level[0])))


def _line(node: Node) -> int:
    return node.sourceline or 0


class _Reader:
    """Walks one document; everything it finds goes into a Diagram."""

    def __init__(self, path: str, root: Node, xml: bytes) -> None:
        self.path = path
        self.root = root
        self.lines = _Lines(_decode(path, xml))
        self.messages = self._named("message")
        self.errors = self._named("error", "errorCode")
        self.signals = self._named("signal")
        self.escalations = self._named("escalation", "escalationCode")

    def diagram(self) -> Diagram:
        processes = tuple(self._process(node) for node in _children(self.root, "process"))
        return Diagram(
            self.path, processes, self.messages, self.errors, self.signals, self.escalations,
            tuple(remarks(self.path, self.root, self.lines.of)),
        )  # fmt: skip

    def _named(self, kind: str, code: str = "") -> dict[str, Named]:
        nodes = list(_children(self.root, kind))
        return {
            node.get("id", ""): Named(
                node.get("id", ""), node.get("name", ""), node.get(code, "") if code else "", self.lines.of(node)
            )
            for node in nodes
        }

    def _process(self, node: Node) -> ProcessModel:
        lane_list = tuple(self._lanes(node))
        lanes = {element_id: lane.name for lane in lane_list for element_id in lane.elements}
        elements: dict[str, Element] = {}
        flows: dict[str, Flow] = {}
        self._scope(node, None, lanes, elements, flows)
        placed = {key: element.lane for key, element in elements.items() if element.lane}
        return ProcessModel(
            node.get("id", ""), node.get("name", ""), node.get("isExecutable") in ("true", "1"),
            elements, flows, placed, _text(node, "documentation"), _properties(node),
            self.lines.of(node), self.path, lane_list,
        )  # fmt: skip

    def _lanes(self, node: Node, parent_id: str = "") -> Iterator[Lane]:
        """Outer lanes first, so that the innermost lane of an element wins."""
        for lane_set in (*_children(node, "laneSet"), *_children(node, "childLaneSet")):
            for lane in _children(lane_set, "lane"):
                refs = tuple((ref.text or "").strip() for ref in _children(lane, "flowNodeRef"))
                yield Lane(lane.get("id", ""), lane.get("name", "").strip(), self.lines.of(lane), refs, parent_id)
                yield from self._lanes(lane, lane.get("id", ""))

    def _scope(
        self, node: Node, parent: Element | None, lanes: Mapping[str, str],
        elements: dict[str, Element], flows: dict[str, Flow],
    ) -> None:  # fmt: skip
        parent_id = parent.id if parent else None
        for child in _children(node, "sequenceFlow"):
            if flow_id := child.get("id", ""):
                flows.setdefault(flow_id, self._flow(child, parent_id))
        ends = _Ends(flows)
        for child in node:
            if _local(child) not in FLOW_NODES or not child.get("id") or child.get("id") in elements:
                continue
            element = self._element(child, parent, lanes, ends)
            elements[element.id] = element
            if element.kind in SUBPROCESSES:
                self._scope(child, element, lanes, elements, flows)

    def _flow(self, node: Node, parent_id: str | None) -> Flow:
        condition = next(_children(node, "conditionExpression"), None)
        return Flow(
            node.get("id", ""), node.get("sourceRef", ""), node.get("targetRef", ""),
            _text(node, "conditionExpression"), node.get("name", ""), self.lines.of(node), parent_id,
            condition.get("language", "") if condition is not None else "",
        )  # fmt: skip

    def _element(
        self, node: Node, parent: Element | None, lanes: Mapping[str, str], ends: _Ends
    ) -> Element:
        own_id = node.get("id", "")
        extensions = _extensions(node)
        return Element(
            id=own_id,
            kind=_local(node),
            name=node.get("name", "").strip(),
            line=self.lines.of(node),
            parent_id=parent.id if parent else None,
            incoming=tuple(ends.incoming.get(own_id, ())),
            outgoing=tuple(ends.outgoing.get(own_id, ())),
            lane=lanes.get(own_id) or (parent.lane if parent else ""),
            attached_to=node.get("attachedToRef"),
            interrupting=_interrupts(node),
            default_flow=node.get("default", ""),
            events=tuple(self._events(node)),
            loop=self._loop(node),
            properties=_properties(node),
            attributes={key: value for key, value in node.attrib.items() if not key.startswith("{")},
            documentation=_text(node, "documentation"),
            **_zeebe(node, extensions, self.lines),
        )

    def _events(self, node: Node) -> Iterator[EventDefinition]:
        for child in node:
            kind = _local(child)
            if kind.endswith("EventDefinition"):
                yield self._event(child, kind.removesuffix("EventDefinition"))
        if _local(node) in ("receiveTask", "sendTask") and node.get("messageRef"):
            ref = node.get("messageRef", "")
            yield EventDefinition("message", ref, self._name(self.messages, ref), line=self.lines.of(node))

    def _event(self, node: Node, kind: str) -> EventDefinition:
        line = self.lines.of(node)
        if kind == "timer":
            for timer in ("date", "duration", "cycle"):
                if any(True for _ in _children(node, f"time{timer.capitalize()}")):
                    return EventDefinition(kind, timer=timer, expression=_text(node, f"time{timer.capitalize()}"),
                                           line=line)  # fmt: skip
            return EventDefinition(kind, line=line)
        ref = node.get(f"{kind}Ref", "")
        declared = {"message": self.messages, "error": self.errors, "signal": self.signals}.get(kind, self.escalations)
        found = declared.get(_local_name(ref))
        name = node.get("name", "") if kind == "link" else (found.name if found else "")
        return EventDefinition(
            kind, ref, name, found.code if found else "", expression=_text(node, "condition"), line=line
        )

    def _name(self, declared: Mapping[str, Named], ref: str) -> str:
        found = declared.get(_local_name(ref))
        return found.name if found else ""

    def _loop(self, node: Node) -> Loop | None:
        for child in _children(node, "standardLoopCharacteristics"):
            return Loop("standard", line=self.lines.of(child))
        for child in _children(node, "multiInstanceLoopCharacteristics"):
            zeebe = next((one for one in _extensions(child) if _is_zeebe(one, "loopCharacteristics")), None)
            settings = dict(zeebe.attrib) if zeebe is not None else {}
            return Loop(
                "sequential" if child.get("isSequential") in ("true", "1") else "parallel",
                settings.get("inputCollection", ""), settings.get("inputElement", ""),
                settings.get("outputCollection", ""), settings.get("outputElement", ""),
                _text(child, "completionCondition"), _text(child, "loopCardinality"), self.lines.of(child),
            )  # fmt: skip
        return None


class _Ends:
    """The flows into and out of each element, in drawing order."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self.incoming: dict[str, list[str]] = {}
        self.outgoing: dict[str, list[str]] = {}
        for flow in flows.values():
            self.incoming.setdefault(flow.target, []).append(flow.id)
            self.outgoing.setdefault(flow.source, []).append(flow.id)


class _Lines:
    """The line on which an element's start tag begins: libxml2 remembers the line on which it ends."""

    def __init__(self, text: str) -> None:
        self._text = text.split("\n")

    def of(self, node: Node) -> int:
        end = _line(node)
        name = re.compile(rf"<(?:[\w.-]+:)?{re.escape(etree.QName(node).localname)}(?![\w.-])")
        for line in range(end, max(end - 200, 0), -1):
            if line <= len(self._text) and name.search(self._text[line - 1]):
                return line
        return end


def _zeebe(node: Node, extensions: list[Node], lines: _Lines) -> dict[str, Any]:
    """The fields of Element that come from `zeebe:` extension elements."""
    first: dict[str, Node] = {}
    for one in extensions:
        if etree.QName(one).namespace == ZEEBE:
            first.setdefault(_local(one), one)

    def get(name: str, attribute: str) -> str:
        return (first[name].get(attribute) or "").strip() if name in first else ""

    mappings = list(first["ioMapping"]) if "ioMapping" in first else []
    is_call = _local(node) == "callActivity"
    called = get("calledElement", "processId") or (node.get("calledElement") or "").strip()
    return {
        "form_id": get("formDefinition", "formId"),
        "assignee": get("assignmentDefinition", "assignee"),
        "candidate_groups": get("assignmentDefinition", "candidateGroups"),
        "due_date": get("taskSchedule", "dueDate"),
        "follow_up_date": get("taskSchedule", "followUpDate"),
        "task_type": get("taskDefinition", "type"),
        "headers": _headers(first.get("taskHeaders")),
        "called_process": called if is_call else "",
        "called_decision": get("calledDecision", "decisionId"),
        "result_variable": get("calledDecision", "resultVariable") or get("script", "resultVariable"),
        "script": get("script", "expression"),
        "inputs": tuple(_mapping(one, lines) for one in mappings if _local(one) == "input"),
        "outputs": tuple(_mapping(one, lines) for one in mappings if _local(one) == "output"),
        # Only mapped results ever come back; left out it is as good as false, whatever Camunda's default.
        "propagates_all": is_call and get("calledElement", "propagateAllChildVariables") == "true",
    }


def _mapping(node: Node, lines: _Lines) -> DataMapping:
    return DataMapping(node.get("source", "").strip(), node.get("target", "").strip(), lines.of(node))


def _headers(node: Node | None) -> dict[str, str]:
    return {} if node is None else {one.get("key", ""): one.get("value", "") for one in node if _local(one) == "header"}


def _properties(node: Node) -> dict[str, str]:
    return {
        one.get("name", ""): one.get("value", "")
        for group in _extensions(node)
        if _is_zeebe(group, "properties")
        for one in group
    }


def _interrupts(node: Node) -> bool:
    attribute = "cancelActivity" if _local(node) == "boundaryEvent" else "isInterrupting"
    return node.get(attribute, "true") not in ("false", "0")


def _extensions(node: Node) -> list[Node]:
    return [one for group in _children(node, "extensionElements") for one in group]


def _is_zeebe(node: Node, name: str) -> bool:
    return node.tag == f"{{{ZEEBE}}}{name}"


def _children(node: Node, name: str) -> Iterator[Node]:
    return node.iterchildren(f"{{{BPMN}}}{name}")


def _local(node: Node) -> str:
    name = etree.QName(node)
    return name.localname if name.namespace in (BPMN, ZEEBE) else f"{{{name.namespace}}}{name.localname}"


def _local_name(ref: str) -> str:
    """References are QNames in BPMN; our own files never prefix them."""
    return ref.rpartition(":")[2]


def _text(node: Node, name: str) -> str:
    found = next(_children(node, name), None)
    return "".join(found.itertext()).strip() if found is not None else ""
