"""The bench's own flows, drawn in the product's dialect: a straight one of ten user tasks, and a loop around a call."""

from __future__ import annotations

import json

from documents.bundle import Layouts
from workflows.model import Bundle

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="d_{id}" targetNamespace="http://mediation.example/bench">'
)


def _user_task(name: str, output: str = "") -> str:
    mapping = (
        f'<zeebe:ioMapping><zeebe:output source="={output}" target="{output}" /></zeebe:ioMapping>' if output else ""
    )
    return (
        f'<bpmn:userTask id="{name}" name="{name}"><bpmn:extensionElements><zeebe:formDefinition formId="step" />'
        f'<zeebe:taskSchedule dueDate="=calendar_days(3)" />{mapping}<zeebe:properties>'
        '<zeebe:property name="ground" value="bench" /></zeebe:properties></bpmn:extensionElements></bpmn:userTask>'
    )


def _flow(number: int, source: str, target: str, condition: str = "") -> str:
    inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
    return f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner if condition else ""}</bpmn:sequenceFlow>'


def _lane(nodes: list[str]) -> str:
    references = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
    return f'<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="clerk">{references}</bpmn:lane></bpmn:laneSet>'


def _process(key: str, body: str) -> str:
    return f'{_HEAD.format(id=key)}<bpmn:process id="{key}" name="{key}" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'


def straight(tasks: int = 10) -> str:
    """start -> t1 … tn -> end."""
    names = [f"t{number}" for number in range(1, tasks + 1)]
    chain = ["start", *names, "end"]
    flows = "".join(_flow(number, *pair) for number, pair in enumerate(zip(chain, chain[1:], strict=False)))
    nodes = '<bpmn:startEvent id="start" />' + "".join(map(_user_task, names)) + '<bpmn:endEvent id="end" />'
    return _process("straight", _lane(chain) + nodes + flows)


def loop() -> str:
    """start -> call(one_round) -> again? -> call …"""
    nodes = (
        '<bpmn:startEvent id="start" /><bpmn:callActivity id="call" name="round"><bpmn:extensionElements>'
        '<zeebe:calledElement processId="one_round" propagateAllChildVariables="false" />'
        '<zeebe:ioMapping><zeebe:output source="=again" target="again" /></zeebe:ioMapping></bpmn:extensionElements></bpmn:callActivity>'
        '<bpmn:exclusiveGateway id="more" name="again?" default="f3" /><bpmn:endEvent id="end" />'
    )
    flows = (
        _flow(1, "start", "call")
        + _flow(2, "call", "more")
        + _flow(4, "more", "call", "=again")
        + _flow(3, "more", "end")
    )
    return _process("loop", _lane(["start", "call", "more", "end"]) + nodes + flows)


def one_round() -> str:
    """start -> one user task -> end; hands `again` back."""
    nodes = '<bpmn:startEvent id="start" />' + _user_task("ask", "again") + '<bpmn:endEvent id="end" />'
    return _process(
        "one_round", _lane(["start", "ask", "end"]) + nodes + _flow(1, "start", "ask") + _flow(2, "ask", "end")
    )


def bundle() -> Bundle:
    """All of it as a release, with the papers of the product so that it is a whole one."""
    form = {
        "type": "default",
        "id": "step",
        "title": "step",
        "schemaVersion": 18,
        "components": [
            {"type": "textfield", "key": "note", "label": "note"},
            {"type": "checkbox", "key": "again", "label": "again"},
        ],
    }
    roles = {"clerk": {"name": "clerk", "name_en": "clerk"}}
    files = {
        "straight.bpmn": straight(),
        "loop.bpmn": loop(),
        "one_round.bpmn": one_round(),
        "forms/step.form": json.dumps(form),
        "roles.json": json.dumps(roles),
        "i18n/en.json": "{}",
    }
    papers = {f"documents/{path}": text for path, text in Layouts.shipped().files.items()}
    return Bundle({path: text.encode() for path, text in {**files, **papers}.items()})
