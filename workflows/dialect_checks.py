"""What only the XML shows: elements of other tools, extensions without effect, ids missing or shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from lxml import etree

from workflows.diagram import FLOW_NODES
from workflows.model import Problem
from workflows.problems import problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
CAMUNDA7 = "http://camunda.org/schema/1.0/bpmn"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

# File, id of the element and line; worked out only when there is something to say.
Where = Callable[[], tuple[str, str, int]]

# Namespaces that only say how something looks, or which editor made it.
_HARMLESS = (
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/",
    "http://bpmn.io/schema/",
    "http://camunda.org/schema/modeler/",
    "http://camunda.org/schema/color/",
    "http://www.omg.org/spec/BPMN/non-normative/color/",
    "http://www.w3.org/",
)
_EVENT_DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "timer", "message", "error", "escalation", "signal", "terminate", "compensate", "conditional", "link", "cancel",
    )  # fmt: skip
)
_ORNAMENTS = frozenset({
    "documentation", "extensionElements", "incoming", "outgoing", "textAnnotation", "association", "group", "text",
    "category", "categoryValue", "categoryValueRef", "laneSet", "childLaneSet", "lane", "flowNodeRef", "participant",
    "messageFlow", "collaboration", "process", "sequenceFlow", "conditionExpression", "message", "error", "signal",
    "escalation", "script", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "loopCardinality",
    "completionCondition", "loopCondition", "timeDate", "timeDuration", "timeCycle", "condition",
    "participantMultiplicity",
    "auditing", "monitoring", "import", "source", "target",
})  # fmt: skip
_DATA_STORES = frozenset({"dataStore", "dataStoreReference"})
_DATA_OBJECTS = frozenset({"dataObject", "dataObjectReference", "dataState"})
_DATA_LINKS = frozenset({"dataInputAssociation", "dataOutputAssociation", "property"})
# What modellers leave at the top of a file, and what only tells how something would be done elsewhere.
_DECLARATIONS = frozenset({
    "itemDefinition", "resource", "relationship", "extension", "interface", "partnerEntity", "partnerRole", "endPoint",
    "correlationProperty",
})  # fmt: skip
_IGNORED_EXTENSIONS = frozenset({"priorityDefinition", "modelerTemplateIcon", "exampleData"})
# Which element carries which extension; an extension elsewhere would do nothing.
_PLACES = {
    "formDefinition": {"userTask"},
    "userTask": {"userTask"},
    "assignmentDefinition": {"userTask"},
    "taskSchedule": {"userTask"},
    "taskDefinition": {"serviceTask", "sendTask", "intermediateThrowEvent", "endEvent", "scriptTask"},
    "taskHeaders": {"serviceTask", "sendTask", "intermediateThrowEvent", "endEvent", "userTask"},
    "calledElement": {"callActivity"},
    "calledDecision": {"businessRuleTask"},
    "script": {"scriptTask"},
    "ioMapping": set(FLOW_NODES),
    "properties": {*FLOW_NODES, "process", "participant", "lane", "sequenceFlow", "collaboration"},
    "loopCharacteristics": {"multiInstanceLoopCharacteristics"},
    "subscription": {"message"},
    "versionTag": {"process"},
    # They belong to their parents above.
    "header": None,
    "input": None,
    "output": None,
    "property": None,
}
_REPEATED = frozenset({"properties"})  # of all others only the first is read


def remarks(path: str, root: etree._Element, line_of: Callable[[etree._Element], int]) -> Iterator[Problem]:
    """The findings of one document, in no particular order."""
    seen: set[str] = set()
    connected = _connected(root)
    for node in root.iter(etree.Element):
        where = partial(_where, path, node, line_of)
        space = etree.QName(node).namespace or ""
        if space == BPMN:
            yield from _ids(node, seen, where)
            yield from _bpmn_element(node, where)
            yield from _references(node, connected, where)
            yield from _attributes(node, where)
        elif space == ZEEBE:
            yield from _zeebe_extension(node, where)
        elif not space.startswith(_HARMLESS):
            yield from _foreign(space, etree.QName(node).localname, where)


def _where(path: str, node: etree._Element, line_of: Callable[[etree._Element], int]) -> tuple[str, str, int]:
    return path, _owner_id(node), line_of(node)


def _owner_id(node: etree._Element) -> str:
    """The id of the element itself or of the nearest element around it that is drawn."""
    current: etree._Element | None = node
    while current is not None:
        if current.get("id") and etree.QName(current).namespace == BPMN and _name(current) not in _EVENT_DEFINITIONS:
            return current.get("id", "")
        current = current.getparent()
    return ""


def _ids(node: etree._Element, seen: set[str], where: Where) -> Iterator[Problem]:
    own_id = node.get("id")
    if own_id:
        if own_id in seen:
            yield problem("duplicate-id", *where(), id=own_id)
        seen.add(own_id)
    elif _name(node) in FLOW_NODES or _name(node) in ("process", "sequenceFlow"):
        yield problem("missing-id", *where(), kind=_name(node), name=node.get("name", ""))


def _bpmn_element(node: etree._Element, where: Where) -> Iterator[Problem]:
    name = _name(node)
    if name in _DATA_STORES:
        yield problem("data-store", *where())
    elif name == "scriptTask":
        yield from _script(node, where)
    elif name in _DATA_OBJECTS:
        if name == "dataObjectReference":
            yield problem("data-object", *where(), name=node.get("name", ""))
    elif name in _DATA_LINKS:
        if name != "property":
            yield problem("data-association", *where())
    elif name not in FLOW_NODES | _EVENT_DEFINITIONS | _ORNAMENTS and not _inside_skipped(node):
        yield problem("unknown-element", *where(), kind=name)


def _script(node: etree._Element, where: Where) -> Iterator[Problem]:
    """BPMN's own script element is never run, whatever its language; the dialect has zeebe:script."""
    language = node.get("scriptFormat", "")
    body = node.findtext(f"{{{BPMN}}}script") or ""
    if body.strip() or (language and language.upper() != "FEEL"):
        name = node.get("name") or node.get("id", "")
        yield problem("script-language", *where(), name=name, language=language or "—")


def _connected(root: etree._Element) -> set[tuple[str, str, str]]:
    """(incoming or outgoing, element, flow) for every flow that is drawn."""
    flows = list(root.iter(f"{{{BPMN}}}sequenceFlow"))
    leaving = {("outgoing", one.get("sourceRef", ""), one.get("id", "")) for one in flows}
    return leaving | {("incoming", one.get("targetRef", ""), one.get("id", "")) for one in flows}


def _references(node: etree._Element, connected: set[tuple[str, str, str]], where: Where) -> Iterator[Problem]:
    """`incoming` and `outgoing` repeat what the flows say; where they say something else, a flow was lost."""
    owner = node.getparent()
    if _name(node) not in ("incoming", "outgoing") or owner is None or _name(owner) not in FLOW_NODES:
        return
    flow = (node.text or "").strip().rpartition(":")[2]
    if (_name(node), owner.get("id", ""), flow) not in connected:
        name = owner.get("name") or owner.get("id", "")
        yield problem("lost-flow", *where(), name=name, flow=flow, end=_name(node))


def _inside_skipped(node: etree._Element) -> bool:
    """Children of what is reported already, and the root itself, need no second word."""
    parent = node.getparent()
    if parent is None or _name(node) in _DECLARATIONS:
        return True
    name = _name(parent)
    known = (FLOW_NODES | _EVENT_DEFINITIONS | _ORNAMENTS | {"definitions"}) - _DECLARATIONS
    return etree.QName(parent).namespace == BPMN and name not in known


def _attributes(node: etree._Element, where: Where) -> Iterator[Problem]:
    for key in node.attrib:
        space, _, name = str(key).rpartition("}")
        space = space.lstrip("{")
        if space and space not in (BPMN, ZEEBE) and not space.startswith(_HARMLESS):
            yield from _foreign(space, name, where)


def _zeebe_extension(node: etree._Element, where: Where) -> Iterator[Problem]:
    name = _name(node)
    if name in _IGNORED_EXTENSIONS:
        yield problem("foreign-extension", *where(), name=f"zeebe:{name}", namespace=ZEEBE)
        return
    if name not in _PLACES:
        yield problem("unsupported-extension", *where(), name=f"zeebe:{name}")
        return
    places = _PLACES[name]
    owner = node.getparent()
    owner = owner.getparent() if owner is not None else None
    if places is not None and owner is not None and _name(owner) not in places:
        yield problem("misplaced-extension", *where(), name=f"zeebe:{name}", kind=_name(owner))
    earlier = any(one.tag == node.tag for one in node.itersiblings(preceding=True))
    if earlier and places is not None and name not in _REPEATED:
        yield problem("extension-twice", *where(), name=f"zeebe:{name}")


def _foreign(space: str, name: str, where: Where) -> Iterator[Problem]:
    if space == CAMUNDA7 or "camunda.org/schema/1.0" in space or "activiti" in space or "flowable" in space:
        yield problem("camunda7", *where(), name=name)
    elif space == SPIFF or "spiffworkflow" in space:
        yield problem("spiff-extension", *where(), name=name)
    else:
        yield problem("foreign-extension", *where(), name=name, namespace=space)


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname
