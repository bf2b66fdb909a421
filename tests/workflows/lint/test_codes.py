"""Each thing that lint refuses: a small drawing that has it, and the element at which it is said."""

from __future__ import annotations

import json
import re

import pytest

from tests.workflows.lint.sheet import (
    DECISION,
    ENDED,
    FORM,
    ROLES,
    WHY,
    boundary,
    call,
    catch,
    end,
    flow,
    found,
    gateway,
    header,
    line,
    message,
    out,
    process,
    rounds,
    rule,
    said,
    script,
    service,
    start,
    timer,
    user,
)
from workflows.lint import codes
from workflows.problems import problem_text

ERROR = '<error id="e" name="退回" errorCode="returned"/>'
THROWS = '<errorEventDefinition errorRef="e"/>'
ESCALATION = '<escalation id="up" name="升级" escalationCode="up"/>'
ESCALATES = '<escalationEventDefinition escalationRef="up"/>'
SIGNAL = '<signal id="s" name="all"/>'
SIGNALS = '<signalEventDefinition signalRef="s"/>'
LINE = line("start", "ask", "end")


def around(middle: str, *others: str) -> tuple[str, ...]:
    """Start, the element in question (id `it`), end."""
    return (start(), middle, end(), line("start", "it", "end"), *others)


def task(**how: str) -> tuple[str, ...]:
    return around(user("it", **how))


def beside(inside: str, interrupting: bool = True, on: str = "") -> tuple[str, ...]:
    """A boundary event (id `it`) on a task, or on another activity with id `ask`."""
    event = boundary("it", "ask", inside, interrupting)
    return (start(), on or user("ask"), event, end(), end("aside"), LINE, flow("it", "aside"))


def waiting(inside: str) -> tuple[str, ...]:
    return around(catch("it", inside))


def scripted(expression: str) -> tuple[str, ...]:
    return around(script("it", expression, "result"))


def chosen(condition: str, kind: str = "exclusive") -> tuple[str, ...]:
    """A choice whose flow `it` has the condition."""
    return (
        start(),
        gateway(kind, "x", "x_no"),
        end("yes"),
        end("no"),
        flow("start", "x"),
        flow("x", "yes", condition, "it"),
        flow("x", "no"),
    )


def after_events(*events: str) -> tuple[str, ...]:
    ids = re.findall(r'Event id="(\w+)"', "".join(events))
    return (
        start(),
        '<eventBasedGateway id="it"/>',
        *events,
        end(),
        flow("start", "it"),
        *(line("it", one, "end") for one in ids),
    )


CALLED = process(start("s2"), user("ask2"), end("e2"), line("s2", "ask2", "e2"), own="called")
THROWING = process(start("s2"), user("ask2"), end("e2", THROWS), line("s2", "ask2", "e2"), own="called")
ASKING = process(start("s2"), user("ask2"), end("e2"), line("s2", "ask2", "e2"), own="called", inputs="sum")
FORK = (start(), gateway("parallel", "fork"), flow("start", "fork"))

# code: (the element, the drawing)
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    # The drawing
    "no-process": ("", ("<!-- <process -->",)),
    "empty-process": ("p", (process(lane=""),)),
    "process-too-large": ("p", tuple(user(f"u{number}") for number in range(401))),
    "process-not-executable": ("p", (process(*task(), attributes='isExecutable="false"'),)),
    "missing-id": ("p", ('<userTask name="无"/>', *task())),
    "duplicate-id": ("it", (*task(), '<textAnnotation id="it"/>')),
    "duplicate-process": ("p", (process(*task()), process(*task()).replace('"it"', '"other"'))),
    "unknown-element": ("it", (*task(), '<callConversation id="it"/>')),
    "lost-flow": ("it", task(inside="<incoming>gone</incoming>")),
    "no-start-event": ("p", (user("ask"), end(), flow("ask", "end"))),
    "several-start-events": ("it", (start(), start("it"), user("ask"), end(), LINE, flow("it", "ask"))),
    "start-event-kind": (
        "it",
        (
            start("it", message()),
            end(),
            flow("it", "end"),
        ),
    ),
    "no-end-event": ("p", (start(), user("ask"), flow("start", "ask"))),
    "dead-end": ("it", (*FORK, user("it"), end(), flow("fork", "it"), flow("fork", "end"))),
    "unreachable": ("it", (start(), user("it"), end(), flow("start", "end"), flow("it", "end"))),
    "cannot-end": (
        "it",
        (*FORK, end(), flow("fork", "end"), gateway("exclusive", "x"), user("it"), line("fork", "x", "it", "x")),
    ),
    "broken-flow": ("lost", (*task(), '<sequenceFlow id="lost" sourceRef="it" targetRef="gone"/>')),
    "flow-across-scopes": (
        "sub_end",
        (
            start(),
            '<subProcess id="sub">',
            start("in"),
            end("out"),
            flow("in", "out"),
            "</subProcess>",
            end(),
            line("start", "sub"),
            flow("in", "end", own="sub_end"),
            flow("sub", "end"),
        ),
    ),
    "flow-into-event": ("start", (*task(), flow("it", "start", own="back"))),
    "flow-out-of-end": ("end", (*task(), end("more"), flow("end", "more"))),
    "condition-without-gateway": (
        "it_end",
        (start(), user("it"), end(), flow("start", "it"), flow("it", "end", "=1 = 2")),
    ),
    "several-outgoing": ("it", (*task(), end("other"), flow("it", "other"))),
    "missing-condition": (
        "x_b",
        (
            start(),
            gateway("exclusive", "x"),
            end("a"),
            end("b"),
            flow("start", "x"),
            flow("x", "a", "=case.minors"),
            flow("x", "b"),
        ),
    ),
    "default-with-condition": (
        "x_no",
        tuple(
            one.replace('targetRef="no">', 'targetRef="no"><conditionExpression>=case.minors</conditionExpression>')
            for one in chosen("=case.minors")
        ),
    ),
    "default-not-outgoing": (
        "it",
        (start(), gateway("exclusive", "it", "start_it"), end(), line("start", "it", "end")),
    ),
    "default-without-gateway": ("it", tuple(one.replace("<userTask", '<userTask default="it_end"') for one in task())),
    "condition-on-parallel": (
        "fork_a",
        (*FORK, end("a"), end("b"), flow("fork", "a", "=case.minors"), flow("fork", "b")),
    ),
    "single-conditional": (
        "x_end",
        (start(), gateway("exclusive", "x"), end(), flow("start", "x"), flow("x", "end", "=case.minors")),
    ),
    "event-gateway-branches": ("it", after_events(catch("a", timer()))),
    "event-gateway-target": ("ask", (*after_events(catch("a", timer())), user("ask"), line("it", "ask", "end"))),
    "two-timers": ("it", after_events(catch("a", timer("PT48H")), catch("b", timer("PT1H")))),
    "same-message-twice": ("b", (*after_events(catch("a", message()), catch("b", message())),)),
    "event-gateway-starts": (
        "it",
        tuple(
            one.replace("Gateway id", 'Gateway instantiate="true" id')
            for one in after_events(catch("a", timer()), catch("b", message()))
        ),
    ),
    "complex-gateway": ("it", around('<complexGateway id="it"/>')),
    "join-deadlock": (
        "it",
        (
            start(),
            gateway("exclusive", "x", "x_b"),
            user("a"),
            user("b"),
            gateway("parallel", "it"),
            end(),
            flow("start", "x"),
            flow("x", "a", "=case.minors"),
            flow("x", "b"),
            line("a", "it"),
            line("b", "it", "end"),
        ),
    ),
    "runs-twice": (
        "it",
        (
            *FORK,
            user("a"),
            user("b"),
            gateway("exclusive", "it"),
            user("c"),
            end(),
            line("fork", "a", "it"),
            line("fork", "b", "it", "c", "end"),
        ),
    ),
    "cycle-without-gateway": (
        "a",
        (
            start(),
            user("a"),
            user("b"),
            boundary("late", "b", timer()),
            end(),
            line("start", "a", "b", "a"),
            flow("late", "end"),
        ),
    ),
    "cycle-without-wait": (
        "again",
        (
            start(),
            gateway("exclusive", "again"),
            service("act"),
            gateway("exclusive", "x", "x_again"),
            end(),
            line("start", "again", "act", "x", "again"),
            flow("x", "end", "=case.minors"),
        ),
    ),
    "in-two-lanes": (
        "ask",
        (
            process(start(), user("ask"), end(), LINE).replace(
                "</laneSet>", '<lane id="l2" name="mediator"><flowNodeRef>ask</flowNodeRef></lane></laneSet>'
            ),
        ),
    ),
    "entry-first-step": (
        "p",
        (
            process(
                *FORK, user("it"), end(), flow("fork", "it"), flow("fork", "end"), flow("it", "end"), inputs="sum"
            ).replace('name="inputs" value="sum"', 'name="entry" value="yes"'),
        ),
    ),
    "opens-role-unknown": (
        "p",
        (process(*task(), inputs="sum").replace('name="inputs" value="sum"', 'name="opens" value="clerk, nobody"'),),
    ),
    "lane-reference": (
        "p",
        (process(*task()).replace("<flowNodeRef>it<", "<flowNodeRef>it</flowNodeRef><flowNodeRef>gone<"),),
    ),
    # Extensions of others
    "camunda7": ("it", around('<userTask id="it" name="a" c7:assignee="x"/>')),
    "spiff-extension": ("it", task(more="<s:preScript>x = 1</s:preScript>")),
    "foreign-extension": ("it", task(more="<other:thing/>")),
    "unsupported-extension": ("it", task(more="<z:executionListeners/>")),
    "misplaced-extension": ("it", task(more='<z:script expression="=1" resultVariable="x"/>')),
    "extension-twice": ("it", task(more="<z:ioMapping/><z:ioMapping/>")),
    "data-store": (
        "it",
        (
            *task(),
            '<dataStoreReference id="it2"/>'.replace("it2", "it"),
        ),
    ),
    "data-object": ("d", (*task(), '<dataObjectReference id="d" name="案卷"/>')),
    "data-association": ("it", task(inside="<dataOutputAssociation/>")),
    # Elements
    "task-kind": ("it", around('<manualTask id="it" name="盖章"/>')),
    "event-subprocess": (
        "it",
        (
            start(),
            end(),
            flow("start", "end"),
            '<subProcess id="it" triggeredByEvent="true">',
            start("s2", message()),
            end("e2"),
            flow("s2", "e2"),
            "</subProcess>",
        ),
    ),
    "ad-hoc-subprocess": (
        "it",
        around(f'<adHocSubProcess id="it">{start("a")}{end("b")}{flow("a", "b")}</adHocSubProcess>'),
    ),
    "transaction": ("it", around(f'<transaction id="it">{start("a")}{end("b")}{flow("a", "b")}</transaction>')),
    "link-event": (
        "it",
        (
            start(),
            '<intermediateThrowEvent id="it"><linkEventDefinition name="x"/></intermediateThrowEvent>',
            flow("start", "it"),
        ),
    ),
    "compensation": (
        "it",
        around('<intermediateThrowEvent id="it"><compensateEventDefinition/></intermediateThrowEvent>'),
    ),
    "signal-event": ("it", (start(), end("it", SIGNALS), flow("start", "it"))),
    "conditional-event": (
        "it",
        waiting("<conditionalEventDefinition><condition>=1 = 1</condition></conditionalEventDefinition>"),
    ),
    "cancel-event": ("it", beside("<cancelEventDefinition/>")),
    "throw-error": ("it", around(f'<intermediateThrowEvent id="it">{THROWS}</intermediateThrowEvent>')),
    "throw-event-kind": ("it", around(f'<intermediateThrowEvent id="it">{timer()}</intermediateThrowEvent>')),
    "catch-event-kind": ("it", waiting(ESCALATES)),
    "event-without-definition": ("it", waiting("")),
    "several-event-definitions": ("it", waiting(timer() + message())),
    "boundary-without-activity": (
        "it",
        (*beside(timer())[:2], boundary("it", "gone", timer()), end(), end("aside"), LINE, flow("it", "aside")),
    ),
    "boundary-on-automatic": ("it", beside(timer(), on=service("ask"))),
    "non-interrupting-message": ("it", beside(message(), interrupting=False)),
    "non-interrupting-signal": ("it", beside(SIGNALS, interrupting=False)),
    "non-interrupting-error": ("it", beside(THROWS, interrupting=False)),
    "uncaught-error": ("it", (start(), end("it", THROWS), flow("start", "it"))),
    "error-not-thrown": ("it", (process(*beside(THROWS, on=call("ask"))), CALLED)),
    "escalation-not-thrown": ("it", (process(*beside(ESCALATES, on=call("ask"))), CALLED)),
    "uncaught-escalation": ("it", around(f'<intermediateThrowEvent id="it">{ESCALATES}</intermediateThrowEvent>')),
    "unknown-reference": ("it", waiting(message("nobody"))),
    "message-missing": ("it", waiting(message(""))),
    "message-without-name": ("it", (*waiting(message("nameless")),)),
    "unknown-message": ("it", waiting(message("strange"))),
    "error-without-code": ("it", (start(), end("it", "<errorEventDefinition/>"), flow("start", "it"))),
    "timer-missing": ("it", waiting(timer(""))),
    "timer-text": ("it", waiting(timer("3 days"))),
    "timer-result": ("it", waiting(timer("=7"))),
    "timer-cycle": ("it", waiting(timer("R3/P1D", "Cycle"))),
    "standard-loop": ("it", task(inside="<standardLoopCharacteristics/>")),
    "loop-without-collection": ("it", task(inside=rounds(""))),
    "loop-cardinality": ("it", task(inside=rounds("", "<loopCardinality>3</loopCardinality>"))),
    "loop-too-long": ("it", task(inside=rounds('inputCollection="=for i in 1..51 return i"'))),
    "loop-output": ("it", task(inside=rounds('inputCollection="=[1]" outputCollection="all"'))),
    "loop-interrupted": (
        "it",
        beside(
            timer(), on=user("ask", inside=rounds('inputCollection="=[1]" outputCollection="all" outputElement="=1"'))
        ),
    ),
    # Names
    "missing-lane": ("it", (process(*task(), lane=""),)),
    "unnamed-lane": ("p_lane", (process(*task()).replace('name="clerk"', 'name=""'),)),
    "unknown-role": ("p_lane", (process(*task(), lane="judge"),)),
    "missing-form": ("it", task(form="")),
    "unknown-form": ("it", task(form="concent")),
    "missing-deadline": ("it", task(due="")),
    "due-date-text": ("it", task(due='<z:taskSchedule dueDate="tomorrow"/>')),
    "due-date-result": ("it", task(due='<z:taskSchedule dueDate="=3"/>')),
    "missing-ground": ("it", task(why='<z:property name="overdue" value="x"/>')),
    "missing-overdue": ("it", task(why='<z:property name="ground" value="x"/>')),
    "missing-name": ("it", task(name="")),
    "missing-effect": ("it", around(service("it", ""))),
    "effect-expression": ("it", around(service("it", "=effect"))),
    "unknown-effect": ("it", around(service("it", "close-cases"))),
    "missing-argument": ("it", around(service("it", "issue-paper"))),
    "unknown-argument": ("it", around(service("it", "close-case", header("why", "x")))),
    "argument-value": ("it", around(service("it", "issue-paper", header("kind", "minutes") + header("to", "nobody")))),
    "unknown-paper": ("it", around(service("it", "issue-paper", header("kind", "agrement")))),
    "unknown-binding": ("it", task(why=WHY + '<z:property name="bind" value="consents"/>')),
    "missing-process": ("it", around(call("it", ""))),
    "called-process-expression": ("it", around(call("it", "=route"))),
    "unknown-process": ("it", around(call("it", "nowhere"))),
    "recursion": ("it", around(call("it", "p"))),
    "propagates-everything": ("it", (process(*around(call("it", everything="true"))), CALLED)),
    "missing-input": ("it", (process(*around(call("it"))), ASKING)),
    "missing-decision": ("it", around(rule("it", ""))),
    "decision-expression": ("it", around(rule("it", "=which"))),
    "unknown-decision": ("it", around(rule("it", "dais"))),
    "missing-result": ("it", around(rule("it", "days", ""))),
    "missing-script": ("it", around('<scriptTask id="it" name="x"/>')),
    "script-language": (
        "it",
        around('<scriptTask id="it" name="x" scriptFormat="python"><script>import os</script></scriptTask>'),
    ),
    "mapping-without-effect": ("it", around(service("it", more=f"<z:ioMapping>{out('=1', 'x')}</z:ioMapping>"))),
    # Expressions and variables
    "expression-syntax": ("it", scripted("=1 +")),
    "expression-python": ("it", scripted("=case.kind.upper()")),
    "expression-template": ("it", scripted("=${amount}")),
    "not-an-expression": ("it", task(maps=out("amount", "sum"))),
    "equals-sign-missing": ("it", chosen("case.minors")),
    "empty-expression": ("it", scripted("=")),
    "condition-not-boolean": ("it", chosen("=case.amount")),
    "list-expected": ("it", task(inside=rounds('inputCollection="=5"'))),
    "text-expected": ("it", task(more='<z:assignmentDefinition candidateGroups="=5"/>')),
    "unknown-variable": ("it", scripted("=amuont + 1")),
    "answer-without-way": (
        "it",
        (
            start(),
            user("ask", maps=out("=answer", "reply")),
            gateway("exclusive", "it"),
            end("a"),
            end("b"),
            line("start", "ask", "it"),
            flow("it", "a", '=reply = "no"'),
            flow("it", "b", '=reply in ("maybe", "never")'),
        ),
    ),
    "answer-not-mapped": (
        "x_yes",
        (
            start(),
            user("ask"),
            gateway("exclusive", "x", "x_no"),
            end("yes"),
            end("no"),
            line("start", "ask", "x"),
            flow("x", "yes", '=answer = "yes"'),
            flow("x", "no"),
        ),
    ),
    "variable-before-set": (
        "it",
        (start(), script("it", "=later", "x"), script("b", "=1", "later"), end(), line("start", "it", "b", "end")),
    ),
    "unknown-case-field": ("it", scripted("=case.ammount")),
    "unknown-function": ("it", scripted("=workingdays(3)")),
    "parallel-write": (
        "b",
        (
            *FORK,
            user("a", maps=out("=amount", "v")),
            user("b", maps=out("=amount", "v")),
            end("x"),
            end("y"),
            line("fork", "a", "x"),
            line("fork", "b", "y"),
        ),
    ),
    "written-twice": (
        "b",
        (start(), script("a", "=1", "v"), script("b", "=v + 1", "v"), end(), line("start", "a", "b", "end")),
    ),
    "variable-name": ("it", task(maps=out("=amount", "total sum"))),
    "mapping-incomplete": ("it", task(maps=out("=amount", ""))),
    "typename-key": ("it", task(maps=out("=amount", "typename"))),
}

OTHERS = ENDED + ERROR + ESCALATION + SIGNAL + '<message id="nameless"/><message id="strange" name="weather"/>'


def form(*fields: dict) -> str:
    return json.dumps({"id": "f", "components": list(fields)})


def text(**more: object) -> dict:
    return {"type": "textfield", "key": "k", "label": "K", **more}


def choice(**more: object) -> dict:
    return {"type": "select", "key": "k", "label": "K", "values": [{"value": "a", "label": "A"}], **more}


FORMS: dict[str, str] = {
    "broken-json": "{",
    "form-kind": form(text(type="iframe")),
    "form-key": form(text(key="a.b")),
    "form-key-missing": form(text(key="")),
    "form-key-twice": form(text(), text()),
    "form-label": form(text(label="")),
    "form-options": form(choice(values=[])),
    "form-option-twice": form(choice(values=[{"value": "a"}, {"value": "a"}])),
    "form-list-unknown": form(choice(values=[], valuesKey="party")),
    "form-rule": form(text(validate={"pattern": "("})),
    "form-rule-unknown": form(text(validate={"minimum": 3})),
    "form-without-id": json.dumps({"components": [text()]}),
    "form-empty": form(),
    "form-default": form(choice(defaultValue="b")),
    "form-nesting": form(
        {
            "type": "dynamiclist",
            "path": "a",
            "components": [{"type": "dynamiclist", "path": "b", "components": [text()]}],
        }
    ),
    "typename-key": form(text(key="typename")),
    "unknown-variable": form(text(conditional={"hide": "=other = 1"})),
    "condition-not-boolean": form(text(conditional={"hide": "=5"})),
    "wrong-shape": json.dumps({"id": "f", "components": 3}),
}

FILES: dict[str, tuple[str, bytes]] = {
    "file-too-large": ("x.bpmn", b"x" * (5 * 1024 * 1024 + 1)),
    "file-encoding": ("x.bpmn", b'<?xml version="1.0" encoding="ebcdic"?><a/>'),
    "doctype": ("x.bpmn", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "broken-xml": ("x.bpmn", b"<definitions><process"),
    "too-deep": ("x.bpmn", b"<a>" * 150 + b"</a>" * 150),
    "not-bpmn": ("x.bpmn", b"<html/>"),
    "broken-decision": ("decisions/x.dmn", b"<definitions"),
    "duplicate-form": ("forms/x.form", json.dumps(FORM).encode()),
    "role-name-shared": ("roles.json", json.dumps({**ROLES, "other": {"name": "登记员"}}).encode()),
    "bad-id": ("roles.json", json.dumps({**ROLES, "1 b": {"name": "x"}}).encode()),
    "missing-translation": ("i18n/en.json", b"{}"),
    "unknown-translation": ("i18n/en.json", b'{"processes": {"gone": {}}}'),
}


@pytest.mark.parametrize("code", CASES)
def test_what_would_go_wrong_is_said_at_its_element_and_line(code):
    element_id, drawn = CASES[code]
    whole = drawn if any(part.startswith(("<process", "<!--")) for part in drawn) else (process(*drawn),)
    problems = found(*whole, OTHERS)
    assert (code, element_id) in said(problems)
    one = next(one for one in problems if one.code == code and one.element_id == element_id)
    assert (one.line > 0) or code == "no-process"


@pytest.mark.parametrize("code", FORMS)
def test_what_is_wrong_with_a_form_is_said_with_its_field(code):
    problems = [one for one in found(*task(), **{"forms/f.form": FORMS[code]}) if one.file == "forms/f.form"]
    assert code in {one.code for one in problems}


@pytest.mark.parametrize("code", FILES)
def test_a_file_that_cannot_be_used_is_named_and_the_others_are_still_judged(code):
    path, content = FILES[code]
    problems = found(*task(due=""), **{path: content})
    assert code in {one.code for one in problems}
    assert ("missing-deadline", "it") in said(problems)


@pytest.mark.parametrize(
    "expression", ["={typename: 1}", "={a: {&quot;typename&quot;: 1}}", "=context put({}, &quot;typename&quot;, 1)"]
)
def test_a_context_that_could_never_be_loaded_again_is_refused_in_expressions_too(expression):
    assert ("typename-key", "it") in said(found(*scripted(expression)))


def test_a_decision_defined_twice_is_named_with_the_other_file():
    dmn = DECISION.replace('id="d"', 'id="e"')
    problem = next(one for one in found(*task(), **{"decisions/more.dmn": dmn}) if one.code == "duplicate-decision")
    assert (problem.file, problem.element_id, problem.details["other"]) == (
        "decisions/more.dmn",
        "days",
        "decisions/days.dmn",
    )


def test_every_code_is_shown_by_a_drawing_here():
    shown = {*CASES, *FORMS, *FILES, "duplicate-decision", "normalised", "unreadable"}
    ours = {one.code for one in codes() if not one.code.startswith("decision-")} | {"decision-expression"}
    assert ours - shown == set()
    assert shown - ours == set()


@pytest.mark.parametrize("code", codes(), ids=lambda one: one.code)
def test_both_languages_fill_in_the_same_things(code):
    gaps = [set(re.findall(r"‹(\w+)›", text)) for text in (code.english, code.chinese)]
    assert gaps[1] - {"chinese"} <= gaps[0]
    assert re.search(r"[\u4e00-\u9fff]", code.chinese)


def test_a_finding_can_be_read_in_chinese():
    problem = next(one for one in found(*task(due="")) if one.code == "missing-deadline")
    assert problem_text(problem, "zh_CN").startswith("用户任务“询问”没有期限")
    assert problem_text(problem, "en") == problem.message
