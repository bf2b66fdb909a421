"""Helps to bring in a diagram that was drawn elsewhere: puts right what has one meaning, reports every change.

The result is a start for a person in the editor, not a flow that runs: roles, forms, deadlines and effects are still
theirs to give, and lint says which are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from workflows.diagram import ACTIVITIES, FLOW_NODES
from workflows.dialect import BPMN, ZEEBE, parse_xml
from workflows.model import Problem
from workflows.normalise_picture import complete_picture
from workflows.problems import BrokenFile, problem

CAMUNDA7 = "http://camunda.org/schema/1.0/bpmn"
_DATA = (
    "dataStoreReference", "dataObjectReference", "dataObject", "dataStore", "dataInputAssociation",
    "dataOutputAssociation", "ioSpecification", "property",
)  # fmt: skip
_DROPPED_EXTENSIONS = ("camunda.org/schema/1.0", "activiti", "flowable", "spiffworkflow")
# Camunda 7's attribute -> zeebe element and attribute; what needs thought (listeners, connectors, classes) is dropped.
_ATTRIBUTES = {
    "formKey": ("formDefinition", "formId"),
    "assignee": ("assignmentDefinition", "assignee"),
    "candidateGroups": ("assignmentDefinition", "candidateGroups"),
    "dueDate": ("taskSchedule", "dueDate"),
    "followUpDate": ("taskSchedule", "followUpDate"),
    "topic": ("taskDefinition", "type"),
    "decisionRef": ("calledDecision", "decisionId"),
    "resultVariable": ("calledDecision", "resultVariable"),
}

Node = etree._Element
Report = list[Problem]


def normalise(xml: bytes, path: str = "") -> tuple[bytes, list[Problem]]:
    """The diagram with what could be put right, and a finding for every change. Raises BrokenFile."""
    root = parse_xml(path, xml)
    if root.tag != f"{{{BPMN}}}definitions":
        raise BrokenFile(problem("not-bpmn", path, root=etree.QName(root).localname))
    report: Report = []
    steps: tuple[Callable[[Node, Report, str], None], ...] = (
        _executable, _without_data, _from_camunda7, _without_foreign, _with_ends, _with_gateways, _with_references,
    )  # fmt: skip
    for step in steps:
        step(root, report, path)
    complete_picture(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), report


def _say(report: Report, path: str, node: Node, what: str, chinese: str) -> None:
    report.append(
        problem("normalised", path, node.get("id", ""), node.sourceline or 0, what=what, chinese=chinese)
    )  # fmt: skip


def _executable(root: Node, report: Report, path: str) -> None:
    for process in root.iter(_tag("process")):
        if process.get("isExecutable") != "true" and any(_name(child) in FLOW_NODES for child in process):
            process.set("isExecutable", "true")
            _say(report, path, process, "The process was marked executable.", "流程已标为可执行。")


def _without_data(root: Node, report: Report, path: str) -> None:
    for node in [one for one in root.iter(*(_tag(name) for name in _DATA))]:
        _remove(node)
        _say(report, path, node, f"A {_name(node)} was removed: it carries no data here.",
             f"已删除 {_name(node)}：它在此不传递数据。")  # fmt: skip


def _from_camunda7(root: Node, report: Report, path: str) -> None:
    for node in root.iter(etree.Element):
        for key in [one for one in node.attrib if str(one).startswith(f"{{{CAMUNDA7}}}")]:
            name = etree.QName(key).localname
            value = node.attrib.pop(key)
            if name in _ATTRIBUTES and "${" not in value and "#{" not in value:
                _extend(node, *_ATTRIBUTES[name], value)
                _say(report, path, node, f"camunda:{name} became zeebe:{_ATTRIBUTES[name][0]}.",
                     f"camunda:{name} 已改为 zeebe:{_ATTRIBUTES[name][0]}。")  # fmt: skip
            else:
                _say(report, path, node, f"camunda:{name} (“{value}”) was removed: say it anew in FEEL.",
                     f"已删除 camunda:{name}（“{value}”）：请用 FEEL 重新填写。")  # fmt: skip


def _extend(node: Node, element: str, attribute: str, value: str) -> None:
    group = node.find(_tag("extensionElements"))
    if group is None:
        group = etree.Element(_tag("extensionElements"))
        documentation = node.find(_tag("documentation"))
        node.insert(0 if documentation is None else node.index(documentation) + 1, group)
    own = group.find(f"{{{ZEEBE}}}{element}")
    if own is None:
        own = etree.SubElement(group, f"{{{ZEEBE}}}{element}", nsmap={"zeebe": ZEEBE})
    own.set(attribute, value)


def _without_foreign(root: Node, report: Report, path: str) -> None:
    for group in list(root.iter(_tag("extensionElements"))):
        for node in list(group):
            space = etree.QName(node).namespace or ""
            if any(word in space for word in _DROPPED_EXTENSIONS):
                _remove(node)
                owner = group.getparent()
                _say(report, path, owner if owner is not None else group, f"The extension {_name(node)} was removed.",
                     f"已删除扩展 {_name(node)}。")  # fmt: skip


def _scopes(root: Node) -> Iterator[Node]:
    for scope in root.iter(_tag("process"), _tag("subProcess")):
        if any(_name(child) in FLOW_NODES for child in scope):
            yield scope


def _with_ends(root: Node, report: Report, path: str) -> None:
    """A start event before what nothing leads to, an end event behind what leads nowhere."""
    for scope in list(_scopes(root)):
        nodes = [child for child in scope if _name(child) in FLOW_NODES and child.get("id")]
        flows = list(scope.iterchildren(_tag("sequenceFlow")))
        entered = {flow.get("targetRef") for flow in flows}
        left = {flow.get("sourceRef") for flow in flows}
        first = [one for one in nodes if one.get("id") not in entered and _name(one) in ACTIVITIES]
        if not any(_name(one) == "startEvent" for one in nodes) and len(first) == 1:
            start = _add(scope, "startEvent", f"start_{scope.get('id')}")
            _connect(scope, start, first[0])
            _say(report, path, start, "A start event was added.", "已添加开始事件。")
        for one in nodes:
            if one.get("id") not in left and _name(one) != "endEvent":
                end = _add(scope, "endEvent", f"end_{one.get('id')}")
                _connect(scope, one, end)
                _say(report, path, end, "An end event was added.", "已添加结束事件。")


def _with_gateways(root: Node, report: Report, path: str) -> None:
    """Several flows out of a task mean all of them, or those whose condition holds: a gateway says which."""
    for scope in list(_scopes(root)):
        flows = list(scope.iterchildren(_tag("sequenceFlow")))
        for node in [child for child in scope if _name(child) in FLOW_NODES and not _name(child).endswith("Gateway")]:
            leaving = [flow for flow in flows if flow.get("sourceRef") == node.get("id")]
            conditional = any(flow.find(_tag("conditionExpression")) is not None for flow in leaving)
            if len(leaving) < 2 and not conditional:
                continue
            kind = "inclusiveGateway" if conditional else "parallelGateway"
            gateway = _add(scope, kind, f"split_{node.get('id')}")
            if default := node.attrib.pop("default", None):
                gateway.set("default", default)
            for flow in leaving:
                flow.set("sourceRef", gateway.get("id", ""))
            _connect(scope, node, gateway)
            _say(report, path, gateway, f"The flows out of “{node.get('name') or node.get('id')}” now leave a {kind}.",
                 f"“{node.get('name') or node.get('id')}”的流出连线现由 {kind} 分流。")  # fmt: skip


def _with_references(root: Node, report: Report, path: str) -> None:
    """`incoming` and `outgoing` repeat what the flows say; here they are written anew."""
    for scope in _scopes(root):
        flows = list(scope.iterchildren(_tag("sequenceFlow")))
        for node in [child for child in scope if _name(child) in FLOW_NODES]:
            for old in [*node.iterchildren(_tag("incoming")), *node.iterchildren(_tag("outgoing"))]:
                _remove(old)
            place = sum(1 for child in node if _name(child) in ("documentation", "extensionElements"))
            for name, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
                for flow in [one for one in reversed(flows) if one.get(end) == node.get("id")]:
                    reference = etree.Element(_tag(name))
                    reference.text = flow.get("id")
                    node.insert(place, reference)


def _add(scope: Node, kind: str, own_id: str) -> Node:
    taken = set(scope.getroottree().getroot().xpath("//@id"))
    while own_id in taken:
        own_id += "_"
    return etree.SubElement(scope, _tag(kind), id=own_id)


def _connect(scope: Node, source: Node, target: Node) -> None:
    flow = _add(scope, "sequenceFlow", f"{source.get('id')}__{target.get('id')}")
    flow.set("sourceRef", source.get("id", ""))
    flow.set("targetRef", target.get("id", ""))


def _remove(node: Node) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def _name(node: Node) -> str:
    return etree.QName(node).localname
