"""What is drawn well is left alone: no finding, not even a warning."""

from __future__ import annotations

import pytest

from tests.workflows.lint.sheet import (
    ENDED,
    boundary,
    call,
    catch,
    definitions,
    end,
    flow,
    found,
    gateway,
    given,
    header,
    line,
    message,
    out,
    process,
    rounds,
    rule,
    script,
    service,
    start,
    timer,
    user,
)
from workflows.lint import Vocabulary

ERROR = '<error id="e" name="退回" errorCode="returned"/>'
THROWS = '<errorEventDefinition errorRef="e"/>'
ROUNDS = rounds('inputCollection="=[1,2]" inputElement="number" outputCollection="all" outputElement="=given"')

CLEAN = {
    "one task": (start(), user("ask"), end(), line("start", "ask", "end")),
    "a choice with a default": (
        start(),
        user("ask", maps=out("=answer", "reply")),
        gateway("exclusive", "x", "x_end"),
        service("act"),
        end(),
        line("start", "ask", "x"),
        flow("x", "act", '=reply = "yes"'),
        flow("x", "end"),
        flow("act", "end"),
    ),
    "conditions that leave no gap": (
        start(),
        gateway("exclusive", "x"),
        end("a"),
        end("b"),
        flow("start", "x"),
        flow("x", "a", "=case.minors"),
        flow("x", "b", "=not(case.minors)"),
    ),
    "parallel work that is joined": (
        start(),
        gateway("parallel", "fork"),
        user("a", maps=out("=amount", "one")),
        user("b", maps=out("=amount", "two")),
        gateway("parallel", "join"),
        end(),
        line("start", "fork", "a", "join"),
        line("fork", "b", "join", "end"),
    ),
    "parallel work that ends apart": (
        start(),
        gateway("parallel", "fork"),
        user("a"),
        user("b"),
        end("x"),
        end("y"),
        flow("start", "fork"),
        line("fork", "a", "x"),
        line("fork", "b", "y"),
    ),
    "an inclusive choice": (
        start(),
        gateway("inclusive", "fork", "fork_c"),
        user("a"),
        user("b"),
        user("c"),
        gateway("inclusive", "join"),
        end(),
        flow("start", "fork"),
        flow("fork", "a", "=case.minors"),
        flow("fork", "b", "=case.amount &gt; 5"),
        flow("fork", "c"),
        flow("a", "join"),
        flow("b", "join"),
        flow("c", "join"),
        flow("join", "end"),
    ),
    "a loop with a person in it": (
        start(),
        gateway("exclusive", "again"),
        user("ask", maps=out("=answer", "reply")),
        gateway("exclusive", "x", "x_again"),
        end(),
        line("start", "again", "ask", "x"),
        flow("x", "again"),
        flow("x", "end", '=reply = "yes"'),
    ),
    "alternatives in a loop write the same": (
        start(),
        gateway("exclusive", "again"),
        user("ask", maps=out("=answer", "reply")),
        gateway("exclusive", "x", "x_b"),
        user("a", maps=out("=amount", "sum")),
        user("b", maps=out("=amount", "sum")),
        gateway("exclusive", "y", "y_again"),
        end(),
        line("start", "again", "ask", "x"),
        flow("x", "a", '=reply = "yes"'),
        flow("x", "b"),
        flow("a", "y"),
        flow("b", "y"),
        flow("y", "again"),
        flow("y", "end", "=sum &gt; 3"),
    ),
    "reminders beside a task": (
        start(),
        user("ask"),
        boundary("late", "ask", timer("R3/P1D", "Cycle"), interrupting=False),
        service("remind"),
        end(),
        end("reminded"),
        line("start", "ask", "end"),
        line("late", "remind", "reminded"),
    ),
    "a deadline that interrupts": (
        start(),
        user("ask"),
        boundary("late", "ask", timer("=working_days(5)", "Date")),
        end(),
        end("lapsed"),
        line("start", "ask", "end"),
        flow("late", "lapsed"),
    ),
    "whichever comes first": (
        start(),
        gateway("eventBased", "g"),
        catch("told", message()),
        catch("waited", timer()),
        end(),
        line("start", "g", "told", "end"),
        line("g", "waited", "end"),
    ),
    "waiting with a payload": (
        start(),
        catch("told", message(), out("=reason", "why")),
        script("count", "=string length(why) + 1", "size"),
        end(),
        line("start", "told", "count", "end"),
    ),
    "a decision": (
        start(),
        rule("rule"),
        end(),
        service("paper", "issue-paper", header("kind", "minutes") + header("to", "role:mediator")),
        line("start", "rule", "paper", "end"),
    ),
    "several rounds": (
        start(),
        user("ask", maps=out("=amount + number", "given"), inside=ROUNDS),
        script("sum", "=sum(all)", "total"),
        end(),
        line("start", "ask", "sum", "end"),
    ),
    "a way for every answer": (
        start(),
        user("ask", maps=out("=answers.answer", "reply")),
        gateway("exclusive", "x"),
        end("a"),
        end("b"),
        line("start", "ask", "x"),
        flow("x", "a", '=reply = "yes"'),
        flow("x", "b", '=reply = "no"'),
    ),
    "an end that ends everything": (
        start(),
        gateway("parallel", "fork"),
        user("a"),
        user("b"),
        end("all", "<terminateEventDefinition/>"),
        end(),
        flow("start", "fork"),
        line("fork", "a", "all"),
        line("fork", "b", "end"),
    ),
    "notes and groups beside the flow": (
        start(),
        user("ask"),
        end(),
        line("start", "ask", "end"),
        '<textAnnotation id="note"><text>给新人</text></textAnnotation>',
        '<association id="tie" sourceRef="ask" targetRef="note"/><group id="frame" categoryValueRef="cv"/>',
    ),
    "a subprocess": (
        start(),
        '<subProcess id="sub" name="sub">',
        start("in"),
        user("ask", maps=out("=amount", "sum")),
        end("out"),
        line("in", "ask", "out"),
        "</subProcess>",
        script("double", "=sum * 2", "twice"),
        end(),
        line("start", "sub", "double", "end"),
    ),
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_sound_drawing_has_no_findings(name):
    assert found(process(*CLEAN[name]), ENDED) == []


def test_a_call_with_error_message_and_results_has_no_findings():
    caller = process(
        start(),
        call("c", maps=given("=case.amount", "sum") + out("=result", "result")),
        boundary("failed", "c", THROWS),
        boundary("ended", "c", message()),
        gateway("exclusive", "x", "x_end"),
        end(),
        end("back"),
        line("start", "c", "x"),
        flow("x", "end"),
        flow("x", "back", '=result = "yes"'),
        flow("failed", "back"),
        flow("ended", "back"),
    )
    called = process(
        start(),
        user("ask", maps=out("=answer", "result")),
        gateway("exclusive", "x", "x_end"),
        end(),
        end("fail", THROWS),
        line("start", "ask", "x"),
        flow("x", "end"),
        flow("x", "fail", "=sum &gt; 10"),
        own="called",
        inputs="sum",
    )
    assert found(caller, ENDED, ERROR, **{"called.bpmn": definitions(called, ERROR)}) == []


@pytest.mark.parametrize("lane", ["clerk", "登记员", "Clerk"])
def test_a_lane_may_be_called_by_key_or_by_name_in_either_language(lane):
    assert found(process(start(), user("ask"), end(), line("start", "ask", "end"), lane=lane)) == []


def test_a_release_in_which_nothing_is_known_of_the_case_manager_is_judged_by_its_drawing_alone():
    drawn = (start(), user("ask", maps=out("=answer", "reply")), service("act", "whatever"), end())
    assert found(*drawn, line("start", "ask", "act", "end"), vocabulary=Vocabulary()) == []


def test_what_editors_and_modellers_write_around_a_process_is_no_matter():
    around = (
        '<collaboration id="co"><participant id="pa" name="调解" processRef="p"/><participant id="pb" name="法院"/>'
        '<messageFlow id="mf" sourceRef="pa" targetRef="pb"/></collaboration><itemDefinition id="item"/>'
        '<category id="cat"><categoryValue id="cv" value="x"/></category>'
        '<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" id="dg"/>'
    )
    assert found(process(*CLEAN["one task"]), around) == []
