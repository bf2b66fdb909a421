"""BPMN is read into plain data with the line of every element; XML that means harm is refused in a sentence."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.lint import sheet
from workflows import dialect

BPMN = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
SMALL = f'<definitions {BPMN} id="d"><process id="p" name="调解" isExecutable="true"/></definitions>'

HOSTILE = {
    "doctype": f"<!DOCTYPE definitions><definitions {BPMN}/>".encode(),
    "lower case doctype": b"<!doctype a><a/>",
    "after a comment": b'<!-- x --><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "billion laughs": b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>',
    "in utf-16": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
    "external parameter": b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;]><a/>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_entities_and_doctypes_are_refused(name):
    with pytest.raises(dialect.BrokenFile) as refused:
        dialect.read("x.bpmn", HOSTILE[name])
    assert refused.value.problem.code in ("doctype", "broken-xml")


def test_the_word_doctype_in_a_text_is_no_doctype():
    text = SMALL.replace(
        "/></definitions>", "><documentation><![CDATA[<!DOCTYPE a>]]></documentation></process></definitions>"
    )
    assert dialect.read("x.bpmn", text.encode()).processes[0].documentation == "<!DOCTYPE a>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gbk"])
def test_chinese_names_are_read_in_the_encodings_that_editors_write(encoding):
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{SMALL}'.encode(encoding)
    assert dialect.read("x.bpmn", xml).processes[0].name == "调解"


def test_a_byte_order_mark_is_no_obstacle():
    assert dialect.read("x.bpmn", codecs.BOM_UTF8 + SMALL.encode()).processes[0].id == "p"


def test_the_line_is_that_on_which_the_tag_begins():
    task = '<userTask\n  id="ask"\n  name="询问"\n/>'
    xml = f'<?xml version="1.0"?>\n<definitions {BPMN}>\n<process id="p">\n{task}\n</process></definitions>'
    assert dialect.read("x.bpmn", xml.encode()).processes[0].elements["ask"].line == 4


def test_everything_the_dialect_says_of_a_user_task_is_read():
    more = '<z:assignmentDefinition assignee="=case.mediator" candidateGroups="=agency"/>'
    maps = sheet.out("=answer", "reply") + sheet.given("=1", "one")
    xml = sheet.definitions(sheet.process(sheet.start(), sheet.user("ask", more=more, maps=maps), sheet.end()))
    ask = dialect.read("x.bpmn", xml).processes[0].elements["ask"]
    assert (ask.form_id, ask.lane, ask.due_date) == ("consent", "clerk", "=working_days(3)")
    assert (ask.assignee, ask.candidate_groups) == ("=case.mediator", "=agency")
    assert [(one.source, one.target) for one in (*ask.outputs, *ask.inputs)] == [("=answer", "reply"), ("=1", "one")]
    assert ask.properties["ground"] == "《人民调解法》第十一条"


def test_the_innermost_lane_counts_and_a_subprocess_hands_its_lane_down():
    inner = '<lane id="l2" name="mediator"><flowNodeRef>sub</flowNodeRef></lane>'
    nested = f"<flowNodeRef>sub</flowNodeRef><childLaneSet>{inner}</childLaneSet>"
    lanes = f'<laneSet><lane id="l1" name="clerk">{nested}</lane></laneSet>'
    body = f'{lanes}<subProcess id="sub">{sheet.user("ask")}</subProcess>'
    xml = sheet.definitions(f'<process id="p" isExecutable="true">{body}</process>')
    elements = dialect.read("x.bpmn", xml).processes[0].elements
    assert (elements["sub"].lane, elements["ask"].lane, elements["ask"].parent_id) == ("mediator", "mediator", "sub")


def test_events_carry_what_they_refer_to():
    told = sheet.process(sheet.catch("wait", sheet.message()), sheet.catch("later", sheet.timer("P7D")))
    elements = dialect.read("x.bpmn", sheet.definitions(told, sheet.ENDED)).processes[0].elements
    assert elements["wait"].events[0].name == "mediation-ended"
    assert (elements["later"].events[0].timer, elements["later"].events[0].expression) == ("duration", "P7D")


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_stumble(content):
    with pytest.raises(dialect.BrokenFile) as refused:
        dialect.read("x.bpmn", content)
    assert refused.value.problem.message.endswith((".", ":"))
