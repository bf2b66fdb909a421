"""A diagram that was drawn elsewhere is put right where that has one meaning, and every change is told."""

from __future__ import annotations

import pytest

from tests.workflows.lint.sheet import definitions, end, flow, line, process, start
from workflows import dialect
from workflows.lint import lint
from workflows.model import Bundle
from workflows.normalise import normalise
from workflows.problems import problem_text

FOREIGN = definitions(
    '<process id="p" name="外来" isExecutable="false"><dataStoreReference id="store"/>'
    '<userTask id="ask" name="询问" c7:formKey="consent" c7:dueDate="${now}"><dataOutputAssociation/></userTask>'
    '<userTask id="a" name="甲"/><userTask id="b" name="乙"/>',
    flow("ask", "a", "=case.minors"),
    flow("ask", "b"),
    "</process>",
)


def told(xml: bytes) -> list[str]:
    return [one.message for one in normalise(xml, "x.bpmn")[1]]


def test_a_foreign_diagram_can_be_drawn_on_afterwards():
    xml, report = normalise(FOREIGN, "x.bpmn")
    model = dialect.read("x.bpmn", xml).processes[0]
    assert model.executable
    assert model.elements["ask"].form_id == "consent"
    assert model.elements["ask"].due_date == ""
    assert model.elements["split_ask"].kind == "inclusiveGateway"
    assert {one.kind for one in model.elements.values()} == {"startEvent", "userTask", "inclusiveGateway", "endEvent"}
    assert {one.code for one in report} == {"normalised"}
    assert all(one.severity == "warning" for one in report)


def test_what_is_left_to_say_is_what_only_a_person_can_know():
    xml, _ = normalise(FOREIGN)
    codes = {one.code for one in lint(Bundle({"x.bpmn": xml})) if one.severity == "error"}
    assert codes == {"missing-lane", "missing-form", "unknown-form", "missing-deadline", "missing-condition"}


def test_every_change_is_told_in_both_languages():
    report = normalise(FOREIGN)[1]
    assert "Changed when the file was brought in: The process was marked executable." in told(FOREIGN)
    assert "导入时的更改：流程已标为可执行。" in {problem_text(one, "zh") for one in report}
    assert any("${now}" in message for message in told(FOREIGN))


def test_a_diagram_of_our_own_is_left_as_it_is():
    own = definitions(process(start(), end(), line("start", "end")))
    xml, report = normalise(own)
    assert report == []
    assert dialect.read("p", xml).processes[0].elements.keys() == {"start", "end"}


def test_what_was_added_has_a_place_in_the_picture():
    picture = (
        '<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"><d:BPMNPlane id="pl" bpmnElement="p">'
        '<d:BPMNShape id="ask_di" bpmnElement="ask"><c:Bounds xmlns:c="http://www.omg.org/spec/DD/20100524/DC" x="200"'
        ' y="100" width="100" height="80"/></d:BPMNShape></d:BPMNPlane></d:BPMNDiagram>'
    )
    xml, _ = normalise(definitions('<process id="p"><userTask id="ask"/></process>', picture))
    assert b'bpmnElement="start_p"' in xml
    assert b'bpmnElement="end_ask"' in xml
    assert b'bpmnElement="ask__end_ask"' in xml


@pytest.mark.parametrize("xml", [b"", b"<a/>", b"<!DOCTYPE a><a/>"])
def test_what_is_no_diagram_is_refused_with_a_sentence(xml):
    with pytest.raises(dialect.BrokenFile) as refused:
        normalise(xml, "x.bpmn")
    assert refused.value.problem.message
