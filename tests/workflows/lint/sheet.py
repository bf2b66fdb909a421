"""A few words to draw small processes with, and the world in which lint judges them."""

from __future__ import annotations

import json
import re

from workflows.lint import EffectSignature, Vocabulary, lint
from workflows.model import Bundle, Problem

ROLES = {"clerk": {"name": "登记员", "name_en": "Clerk"}, "mediator": {"name": "调解员", "name_en": "Mediator"}}
FORM = {
    "id": "consent", "title": "同意", "components": [
        {"type": "radio", "key": "answer", "label": "态度", "values": [{"value": "yes", "label": "同意"}]},
        {"type": "number", "key": "amount", "label": "金额"},
    ],
}  # fmt: skip
DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="days" name="days"><variable name="days"/>
<literalExpression><text>[7, 30]</text></literalExpression></decision></definitions>"""
VOCABULARY = Vocabulary(
    effects={
        "issue-paper": EffectSignature(("kind",), {"kind": None, "to": ("all", "role:")}),
        "close-case": EffectSignature(),
    },
    bindings=frozenset({"consent"}),
    papers=frozenset({"agreement", "minutes"}),
    templates=frozenset({"reminder"}),
    case_schema={"amount": "number|null", "kind": "string", "minors": "boolean", "next_due": "date|null",
                 "agreement": {"kind": "string"}},
    functions=frozenset({"working_days", "today"}),
    lists=frozenset({"parties"}),
    messages=frozenset({"mediation-ended"}),
)  # fmt: skip
DUE = '<z:taskSchedule dueDate="=working_days(3)"/>'
WHY = '<z:property name="ground" value="《人民调解法》第十一条"/><z:property name="overdue" value="提醒主任"/>'
ENDED = '<message id="m" name="mediation-ended"/>'


def start(own: str = "start", inside: str = "") -> str:
    return f'<startEvent id="{own}">{inside}</startEvent>'


def end(own: str = "end", inside: str = "") -> str:
    return f'<endEvent id="{own}">{inside}</endEvent>'


def extended(*parts: str) -> str:
    return f"<extensionElements>{''.join(parts)}</extensionElements>" if any(parts) else ""


def user(own: str, *, form: str = "consent", due: str = DUE, why: str = WHY, maps: str = "", more: str = "",
         name: str = "询问", inside: str = "") -> str:  # fmt: skip
    asked = f'<z:formDefinition formId="{form}"/>' if form else ""
    mapped = f"<z:ioMapping>{maps}</z:ioMapping>" if maps else ""
    properties = f"<z:properties>{why}</z:properties>" if why else ""
    return f'<userTask id="{own}" name="{name}">{extended(asked, due, mapped, properties, more)}{inside}</userTask>'


def out(source: str, target: str) -> str:
    return f'<z:output source="{source}" target="{target}"/>'


def given(source: str, target: str) -> str:
    return f'<z:input source="{source}" target="{target}"/>'


def service(own: str, effect: str = "close-case", headers: str = "", more: str = "") -> str:
    typed = f'<z:taskDefinition type="{effect}"/>' if effect else ""
    listed = f"<z:taskHeaders>{headers}</z:taskHeaders>" if headers else ""
    return f'<serviceTask id="{own}" name="{own}">{extended(typed, listed, more)}</serviceTask>'


def header(key: str, value: str) -> str:
    return f'<z:header key="{key}" value="{value}"/>'


def script(own: str, expression: str, variable: str) -> str:
    told = f'<z:script expression="{expression}" resultVariable="{variable}"/>'
    return f'<scriptTask id="{own}" name="{own}">{extended(told)}</scriptTask>'


def call(own: str, process: str = "called", maps: str = "", everything: str = "false") -> str:
    named = f'<z:calledElement processId="{process}" propagateAllChildVariables="{everything}"/>' if process else ""
    mapped = f"<z:ioMapping>{maps}</z:ioMapping>" if maps else ""
    return f'<callActivity id="{own}" name="{own}">{extended(named, mapped)}</callActivity>'


def gateway(kind: str, own: str, default: str = "") -> str:
    chosen = f' default="{default}"' if default else ""
    return f'<{kind}Gateway id="{own}"{chosen}/>'


def catch(own: str, inside: str, maps: str = "") -> str:
    mapped = extended(f"<z:ioMapping>{maps}</z:ioMapping>") if maps else ""
    return f'<intermediateCatchEvent id="{own}" name="{own}">{mapped}{inside}</intermediateCatchEvent>'


def rule(own: str, decision: str = "days", variable: str = "visit_days") -> str:
    told = f'<z:calledDecision decisionId="{decision}" resultVariable="{variable}"/>' if decision else ""
    return f'<businessRuleTask id="{own}" name="{own}">{extended(told)}</businessRuleTask>'


def rounds(settings: str, inside: str = "", sequential: bool = True) -> str:
    how = ' isSequential="true"' if sequential else ""
    told = extended(f"<z:loopCharacteristics {settings}/>") if settings else ""
    return f"<multiInstanceLoopCharacteristics{how}>{told}{inside}</multiInstanceLoopCharacteristics>"


def boundary(own: str, on: str, inside: str, interrupting: bool = True) -> str:
    cancels = "" if interrupting else ' cancelActivity="false"'
    return f'<boundaryEvent id="{own}" name="{own}" attachedToRef="{on}"{cancels}>{inside}</boundaryEvent>'


def timer(text: str = "P3D", kind: str = "Duration") -> str:
    return f"<timerEventDefinition><time{kind}>{text}</time{kind}></timerEventDefinition>"


def message(ref: str = "m") -> str:
    return f'<messageEventDefinition messageRef="{ref}"/>' if ref else "<messageEventDefinition/>"


def flow(source: str, target: str, condition: str = "", own: str = "") -> str:
    asked = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    own = own or f"{source}_{target}"
    return f'<sequenceFlow id="{own}" sourceRef="{source}" targetRef="{target}">{asked}</sequenceFlow>'


def line(*ids: str) -> str:
    """Flows from each to the next."""
    return "\n".join(flow(one, other) for one, other in zip(ids, ids[1:], strict=False))


def process(*parts: str, own: str = "p", lane: str = "clerk", attributes: str = 'isExecutable="true"',
            inputs: str = "") -> str:  # fmt: skip
    body = "\n".join(parts)
    tasks = re.findall(r'<userTask id="([^"]+)"', body)
    refs = "".join(f"<flowNodeRef>{one}</flowNodeRef>" for one in tasks)
    lanes = f'<laneSet id="{own}_lanes"><lane id="{own}_lane" name="{lane}">{refs}</lane></laneSet>' if lane else ""
    told = extended(f'<z:properties><z:property name="inputs" value="{inputs}"/></z:properties>') if inputs else ""
    return f'<process id="{own}" name="{own}" {attributes}>{told}\n{lanes}\n{body}\n</process>'


def definitions(*parts: str) -> bytes:
    body = "\n".join(parts)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:z="http://camunda.org/schema/zeebe/1.0" xmlns:c7="http://camunda.org/schema/1.0/bpmn"'
        ' xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:other="http://example.org/other"'
        f' id="defs" targetNamespace="flows">\n{body}\n</definitions>'
    ).encode()


def bundle(*parts: str, **more: bytes | str) -> Bundle:
    """A release of one file `p.bpmn`, or of one process when the parts are no whole one; `more` adds files by path."""
    body = parts if any("<process" in part for part in parts) else (process(*parts),)
    files: dict[str, bytes] = {
        "p.bpmn": definitions(*body), "roles.json": json.dumps(ROLES).encode(),
        "forms/consent.form": json.dumps(FORM).encode(), "decisions/days.dmn": DECISION.encode(),
    }  # fmt: skip
    files |= {path: text.encode() if isinstance(text, str) else text for path, text in more.items()}
    return Bundle(files)


def found(*parts: str, vocabulary: Vocabulary = VOCABULARY, **more: bytes | str) -> list[Problem]:
    """What lint says of a drawing."""
    return lint(bundle(*parts, **more), vocabulary)


def said(problems: list[Problem]) -> set[tuple[str, str]]:
    """Codes and elements."""
    return {(one.code, one.element_id) for one in problems}
