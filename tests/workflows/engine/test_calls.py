"""Processes inside processes: what goes in, what comes out, and an activity done once for each of many."""

from __future__ import annotations

import pytest

from tests.workflows.engine.drawing import (
    Play,
    boundary,
    bundle,
    call,
    effect,
    end,
    gateway,
    many,
    mapping,
    message,
    node,
    process,
    script,
    start,
    subprocess,
    timer,
    user,
)
from workflows import runtime
from workflows.compile import compile_bundle
from workflows.model import EngineError

CALLED = process("q", "qs > x > qe", start("qs"), user("x", {"answer": "=given", "secret": "=1"}), end("qe"))


def calling(**mappings: dict[str, str]) -> Play:
    flow = process("p", "start > c > last > end", start(), call("c", "q", **mappings), user("last"), end())
    return Play(bundle(flow, CALLED), hidden="outer", amount=7)


def test_a_called_process_sees_its_inputs_only():
    assert calling(inputs={"sum": "=amount"}).task("x").variables == {"sum": 7}


def test_only_declared_results_of_a_call_come_back():
    play = calling(outputs={"result": "=answer"}).do("x", given="yes")
    assert play.task("last").variables == {"hidden": "outer", "amount": 7, "result": "yes"}


def test_without_outputs_nothing_comes_back():
    assert calling().do("x", given="yes").task("last").variables == {"hidden": "outer", "amount": 7}


def test_a_process_that_is_not_there_does_not_compile():
    with pytest.raises(EngineError) as refused:
        compile_bundle(bundle(process("p", "start > c > end", start(), call("c", "nowhere"), end())))
    assert (refused.value.code, refused.value.element_id) == ("missing-process", "c")


def test_calls_inside_calls_tell_where_they_are():
    outer = process("p", "start > c > end", start(), call("c", "middle"), end())
    middle = process("middle", "ms > d > me", start("ms"), call("d", "q"), end("me"))
    play = Play(bundle(outer, middle, CALLED))
    assert (play.task("x").scope, play.task("x").process_id) == (("c", "d"), "q")
    assert play.do("x").result.status == "completed"


def test_a_subprocess_shares_the_variables_around_it():
    inner = subprocess(
        "sub", "is > x > s > ie", start("is"), user("x", {"a": "=a"}), script("s", "=a + before", "sum"), end("ie")
    )
    play = Play(bundle(process("p", "start > sub > last > end", start(), inner, user("last"), end())), before=1)
    assert play.do("x", a=2).task("last").variables == {"before": 1, "a": 2, "sum": 3}


def test_a_local_input_is_seen_by_its_element_only():
    local = node("userTask", "a", "", mapping({"twice": "=amount * 2"}, {"kept": "=twice"}))
    play = Play(bundle(process("p", "start > a > b > end", start(), local, user("b"), end())), amount=4)
    assert play.task("a").variables == {"amount": 4, "twice": 8}
    assert play.do("a").task("b").variables == {"amount": 4, "kept": 8}


def opinions(one_by_one: bool = False, inside: str = "") -> Play:
    loop = many("=parties", "party", "opinions", '=party + ": " + opinion', one_by_one)
    task = user("ask", {"opinion": "=opinion"}, inside=loop + inside)
    flow = process(
        "p",
        "start > ask > last > end; late > last",
        start(),
        task,
        user("last"),
        end(),
        boundary("late", "ask", timer("Duration", "P3D")),
    )
    return Play(bundle(flow), parties=["甲", "乙", "丙"])


def test_everybody_is_asked_at_once_and_answers_stand_in_the_order_of_the_list():
    play = opinions()
    assert [(task.index, task.variables["party"]) for task in play.result.tasks] == [(0, "甲"), (1, "乙"), (2, "丙")]
    for index, text in ((2, "no"), (0, "yes"), (0, "perhaps")):
        task = play.result.tasks[-1] if index == 2 else play.result.tasks[index]
        answer_to(play, task.id, text)
    assert play.task("last").variables == {
        "parties": ["甲", "乙", "丙"],
        "opinions": ["甲: yes", "乙: perhaps", "丙: no"],
    }


def answer_to(play: Play, task_id: str, text: str) -> None:
    play.take(runtime.complete(play.definition, play.state, task_id, {"opinion": text}, play.world))


def test_one_after_another_is_asked_when_the_loop_says_so():
    play = opinions(one_by_one=True)
    seen = []
    while play.open == ["ask"]:
        seen.append(play.task("ask").variables["party"])
        play.do("ask", opinion="yes")
    assert (seen, play.task("last").variables["opinions"]) == (["甲", "乙", "丙"], ["甲: yes", "乙: yes", "丙: yes"])


@pytest.mark.parametrize("one_by_one", [True, False])
def test_rounds_under_way_go_on_with_a_definition_compiled_anew(one_by_one):
    """SpiffWorkflow connects rounds to their loop by callbacks, and hangs when the specs are read again."""
    play = opinions(one_by_one).do("ask", opinion="yes")
    play.definition = compile_bundle(play.definition.bundle)
    play.do("ask", opinion="yes")
    play.definition = compile_bundle(play.definition.bundle)
    assert play.do("ask", opinion="yes").open == ["last"]


@pytest.mark.parametrize("one_by_one", [True, False])
def test_an_empty_list_is_passed_at_once(one_by_one):
    flow = process(
        "p",
        "start > a > last > end",
        start(),
        user("a", inside=many("=[]", "x", "out", "=x", one_by_one)),
        user("last"),
        end(),
    )
    assert Play(bundle(flow)).task("last").variables == {"out": []}


@pytest.mark.parametrize(("count", "code"), [(50, ""), (51, "too-many-instances")])
def test_more_than_fifty_rounds_are_an_incident(count, code):
    flow = bundle(process("p", "start > a > end", start(), user("a", inside=many("=items", "x")), end()))
    if not code:
        assert len(Play(flow, items=list(range(count))).open) == 50
        return
    with pytest.raises(EngineError) as refused:
        Play(flow, items=list(range(count)))
    assert (refused.value.code, refused.value.element_id) == (code, "a")


def test_what_is_no_list_cannot_be_gone_through():
    with pytest.raises(EngineError) as refused:
        Play(bundle(process("p", "start > a > end", start(), user("a", inside=many("=parties", "x")), end())))
    assert (refused.value.code, refused.value.element_id) == ("not-a-list", "a")


def test_a_deadline_ends_all_rounds():
    play = opinions().do("ask", opinion="yes").wait(days=3)
    assert (play.open, play.cancelled) == (["last"], ["ask"])


def test_enough_answers_end_the_loop():
    enough = '<bpmn:completionCondition>=opinion = "no"</bpmn:completionCondition>'
    loop = many("=parties", "party", "opinions", "=opinion").replace("</bpmn:multi", enough + "</bpmn:multi")
    flow = process(
        "p", "start > ask > last > end", start(), user("ask", {"opinion": "=opinion"}, inside=loop), user("last"), end()
    )
    play = Play(bundle(flow), parties=["甲", "乙", "丙"]).do("ask", opinion="yes").do("ask", opinion="no")
    assert (play.open, play.task("last").variables["opinions"]) == (["last"], ["yes", "no", None])


def test_a_call_for_each_item_keeps_the_rounds_apart():
    loop = many("=amounts", "amount", "paid", "=done")
    flow = process(
        "p",
        "start > c > last > end",
        start(),
        call("c", "q", {"amount": "=amount"}, {"done": "=receipt"}, loop),
        user("last"),
        end(),
    )
    called = process("q", "qs > x > qe", start("qs"), user("x", {"receipt": "=amount + extra"}), end("qe"))
    play = Play(bundle(flow, called), amounts=[10, 20])
    assert [task.scope for task in play.result.tasks] == [("c[0]",), ("c[1]",)]
    second = play.task("x", 1).id
    play.take(runtime.complete(play.definition, play.state, second, {"extra": 2}, play.world)).do("x", extra=1)
    assert play.task("last").variables == {"amounts": [10, 20], "paid": [11, 22]}


def test_a_subprocess_for_each_item_has_variables_of_its_own():
    inner = subprocess(
        "sub",
        "is > x > y > ie",
        start("is"),
        user("x", {"note": "=note"}),
        user("y"),
        end("ie"),
        inside=many("=items", "item", "notes", "=note"),
    )
    play = Play(bundle(process("p", "start > sub > last > end", start(), inner, user("last"), end())), items=["a", "b"])
    play.do("x", note="first").do("x", note="second")
    assert sorted(task.variables["note"] for task in play.result.tasks) == ["first", "second"]
    assert play.do("y").do("y").task("last").variables == {"items": ["a", "b"], "notes": ["first", "second"]}


def test_scripts_and_effects_can_be_repeated_too():
    loop = many("=items", "item", "doubled", "=twice")
    double = script("double", "=item * 2", "twice").replace("</bpmn:scriptTask>", loop + "</bpmn:scriptTask>")
    tell = effect("tell", "send-notice", to="=item").replace(
        "</bpmn:serviceTask>", many("=items", "item") + "</bpmn:serviceTask>"
    )
    play = Play(
        bundle(process("p", "start > double > tell > last > end", start(), double, tell, user("last"), end())),
        items=[1, 2],
    )
    assert play.task("last").variables == {"items": [1, 2], "doubled": [2, 4]}
    assert [dict(one.arguments) for one in play.result.effects] == [{"to": 1}, {"to": 2}]


def test_a_message_reaches_the_call_it_was_meant_for():
    loop = many("=agencies", "agency")
    flow = process("p", "start > c > end", start(), call("c", "q", {"agency": "=agency"}, inside=loop), end())
    called = process(
        "q", "qs > m > x > qe", start("qs"), node("intermediateCatchEvent", "m", message("word")), user("x"), end("qe")
    )
    play = Play(bundle(flow, called, names=("word",)), agencies=["court", "police"]).deliver("m", 1)
    assert (play.task("x").variables, play.event("m").scope) == ({"agency": "police"}, ("c[0]",))


def test_a_gateway_inside_a_called_process_reads_its_own_variables():
    flow = process("p", "start > c > end", start(), call("c", "q", {"kind": '="inner"'}), end())
    called = process(
        "q",
        'qs > g > x > qe; g > y [kind = "inner"]; y > qe',
        start("qs"),
        gateway("exclusive", "g", "g-x"),
        user("x"),
        user("y"),
        end("qe"),
    )
    assert Play(bundle(flow, called), kind="outer").open == ["y"]
