"""A release of one short flow that lint has nothing to say of: what the editor's tests change, whatever is shipped."""

from __future__ import annotations

import json

from mediation import releases
from mediation.extensions import command
from mediation.models import Release
from workflows.layout import lay_out
from workflows.model import Bundle

STEP = """<bpmn:userTask id="{id}" name="{name}"><bpmn:extensionElements><zeebe:userTask /><zeebe:formDefinition formId="{form}" />
<zeebe:taskSchedule dueDate="={due}" />{outputs}<zeebe:properties><zeebe:property name="ground" value="《人民调解法》第十七条" />
<zeebe:property name="overdue" value="期限届满：提醒承办人" /><zeebe:property name="next" value="提交：下一步" />{bind}</zeebe:properties>
</bpmn:extensionElements></bpmn:userTask>"""
FLOW = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="file" targetNamespace="http://bpmn.io/schema/bpmn">
<bpmn:collaboration id="collaboration"><bpmn:participant id="pool" name="受理" processRef="intake" /></bpmn:collaboration>
<bpmn:process id="intake" name="受理" isExecutable="true">
<bpmn:laneSet id="lanes"><bpmn:lane id="lane_clerk" name="受理员"><bpmn:flowNodeRef>start</bpmn:flowNodeRef>
<bpmn:flowNodeRef>register</bpmn:flowNodeRef><bpmn:flowNodeRef>look</bpmn:flowNodeRef><bpmn:flowNodeRef>rate</bpmn:flowNodeRef>
<bpmn:flowNodeRef>close</bpmn:flowNodeRef><bpmn:flowNodeRef>end</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="start" name="当事人到窗口" />
{register}
{look}
<bpmn:businessRuleTask id="rate" name="定级"><bpmn:extensionElements>
<zeebe:calledDecision decisionId="rating" resultVariable="rated" /></bpmn:extensionElements></bpmn:businessRuleTask>
<bpmn:serviceTask id="close" name="结案"><bpmn:extensionElements><zeebe:taskDefinition type="close-case" />
</bpmn:extensionElements></bpmn:serviceTask>
<bpmn:endEvent id="end" name="结束" />
{flows}
</bpmn:process></bpmn:definitions>"""
ORDER = ("start", "register", "look", "rate", "close", "end")
DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rating_file" name="定级" namespace="http://qinghe.example/dmn">
<decision id="rating" name="定级"><decisionTable id="rating_table" hitPolicy="FIRST">
<input id="in" label="金额"><inputExpression id="in_x" typeRef="number"><text>case.amount</text></inputExpression></input>
<output id="out" label="级别" name="level" typeRef="string" />
<rule id="r1"><inputEntry id="r1_in"><text>&gt; 10000</text></inputEntry>
<outputEntry id="r1_out"><text>"complex"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="r2_in"><text>-</text></inputEntry>
<outputEntry id="r2_out"><text>"simple"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
FORM = {
    "type": "default", "id": "look", "title": "核对", "schemaVersion": 18,
    "components": [{"type": "textarea", "key": "seen", "label": "核对情况", "validate": {"required": True, "maxLength": 200}}],
}  # fmt: skip
ENGLISH = {
    "processes": {"intake": {"name": "Intake", "elements": {
        "start": {"name": "Somebody at the window"}, "rate": {"name": "Grade"}, "close": {"name": "Close"}, "end": {"name": "End"},
        "register": {"name": "Register", "ground": "Law", "overdue": "Reminder", "next": "Submit"},
        "look": {"name": "Look at it", "ground": "Law", "overdue": "Reminder", "next": "Submit"},
    }}},
    "forms": {"look": {"title": "Look", "fields": {"seen": {"label": "What was seen"}}}},
    "decisions": {"rating": {"name": "Grade"}},
}  # fmt: skip


def flow(step: str = "核对材料", due: str = "working_days(3)") -> bytes:
    """The flow: the clerk registers, looks, a table grades, the case is closed."""
    register = STEP.format(
        id="register", name="登记纠纷", form="registration", due="today()", outputs="",
        bind='<zeebe:property name="bind" value="registration" />',
    )  # fmt: skip
    look = STEP.format(id="look", name=step, form="look", due=due, outputs="", bind="")
    pairs = zip(ORDER, ORDER[1:], strict=False)
    flows = "\n".join(f'<bpmn:sequenceFlow id="{a}__{b}" sourceRef="{a}" targetRef="{b}" />' for a, b in pairs)
    text = FLOW.format(register=register, look=look, flows=flows)
    for name in ORDER:
        ways = [("incoming", f"{a}__{b}") for a, b in zip(ORDER, ORDER[1:], strict=False) if b == name]
        ways += [("outgoing", f"{a}__{b}") for a, b in zip(ORDER, ORDER[1:], strict=False) if a == name]
        text = _with_ways(text, name, "".join(f"<bpmn:{way}>{flow_id}</bpmn:{way}>" for way, flow_id in ways))
    return lay_out(text.encode())


def _with_ways(text: str, name: str, ways: str) -> str:
    """`incoming` and `outgoing` inside an element, behind its extensions."""
    start = text.index(f' id="{name}"')
    closed, opened = text.index(">", start), text.rindex("<", 0, start)
    tag = text[opened + 1 : start].split()[0]
    if text[closed - 1] == "/":
        return f"{text[: closed - 1].rstrip()}>{ways}</{tag}>{text[closed + 1 :]}"
    end = text.index(f"</{tag}>", closed)
    return text[:end] + ways + text[end:]


def small_bundle() -> Bundle:
    """The flow with its decision and forms; roles and papers are those that the program ships with."""
    shipped = releases.shipped_bundle().files
    english = json.loads(shipped["i18n/en.json"])
    forms = {**ENGLISH["forms"], "registration": english["forms"]["registration"]}
    kept = {path: content for path, content in shipped.items() if path == "roles.json" or path.startswith("documents/")}
    return Bundle({
        **kept,
        "intake.bpmn": flow(),
        "decisions/rating.dmn": DECISION.encode(),
        "forms/registration.form": shipped["forms/registration.form"],
        "forms/look.form": json.dumps(FORM, ensure_ascii=False, indent=1).encode(),
        "i18n/en.json": json.dumps({**ENGLISH, "forms": forms}, ensure_ascii=False, indent=1).encode(),
    })  # fmt: skip


def publish_small() -> Release:
    """New cases follow the short flow from now on."""
    with command():
        return releases.publish(small_bundle(), note="short", by=None)
