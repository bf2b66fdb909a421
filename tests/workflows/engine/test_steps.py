"""A case goes from task to task: who may do what, what is remembered, what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.workflows.engine.drawing import (
    MORNING,
    Play,
    bundle,
    effect,
    end,
    gateway,
    node,
    process,
    script,
    start,
    user,
)
from workflows import runtime
from workflows.compile import compile_bundle
from workflows.model import EngineError

TWO_STEPS = bundle(process("p", "start > a > b > end", start(), user("a", {"x": "=answers.amount"}), user("b"), end()))


def test_a_case_runs_from_start_to_end_over_stored_states():
    play = Play(TWO_STEPS)
    assert (play.open, play.result.status) == (["a"], "running")
    play.do("a", amount=3).do("b")
    assert (play.open, play.result.status) == ([], "completed")


def test_only_declared_outputs_become_variables():
    play = Play(TWO_STEPS).do("a", amount=3, secret="stays in the table")
    assert play.task("b").variables == {"x": 3}


def test_a_form_key_is_seen_bare_and_below_answers():
    outputs = {"bare": "=agreed", "below": "=answers.agreed", "old": "=known"}
    play = Play(bundle(process("p", "start > a > b > end", start(), user("a", outputs), user("b"), end())), known="yes")
    assert play.do("a", agreed=True).task("b").variables == {"bare": True, "below": True, "old": "yes", "known": "yes"}


def test_task_ids_stay_the_same_over_other_steps():
    both = process(
        "p",
        "start > g > a > j > end; g > b > j",
        start(),
        gateway("parallel", "g"),
        user("a"),
        user("b"),
        gateway("parallel", "j"),
        end(),
    )
    play = Play(bundle(both))
    waiting = play.task("b").id
    assert play.do("a").task("b").id == waiting


@pytest.mark.parametrize("task_id", ["unknown", "finished", "future"])
def test_a_task_that_is_not_open_cannot_be_completed(task_id):
    play = Play(TWO_STEPS)
    ids = {"unknown": "0" * 32, "finished": play.task("a").id, "future": "end"}
    play.do("a", amount=1)
    with pytest.raises(EngineError) as refused:
        runtime.complete(play.definition, play.state, ids[task_id], {}, play.world)
    assert refused.value.code == "task-not-open"


def test_an_ended_case_takes_no_more_commands():
    play = Play(TWO_STEPS).do("a", amount=1).do("b")
    with pytest.raises(EngineError) as refused:
        runtime.tick(play.definition, play.state, play.world)
    assert refused.value.code == "not-running"


def test_cancelling_ends_everything_and_says_what():
    play = Play(TWO_STEPS)
    play.take(runtime.cancel(play.definition, play.state, play.world))
    assert (play.result.status, play.open, play.cancelled) == ("cancelled", [], ["a"])


def test_a_failed_step_leaves_the_old_state_usable():
    failing = bundle(
        process(
            "p",
            "start > a > g > end; g > b [x]",
            start(),
            user("a", {"x": "=x"}),
            gateway("exclusive", "g", "g-end"),
            user("b"),
            end(),
        )
    )
    play = Play(failing)
    before, task_id = play.state, play.task("a").id
    with pytest.raises(EngineError):
        play.do("a", x=None)
    again = runtime.complete(play.definition, before, task_id, {"x": True}, play.world)
    assert [task.element_id for task in again.tasks] == ["b"]


def test_variables_come_back_as_what_they_were():
    given = {
        "day": date(2026, 12, 1),
        "moment": datetime(2026, 12, 1, 9, tzinfo=UTC),
        "span": timedelta(days=3),
        "share": Decimal("33.33"),
        "names": ["张三", {"role": "甲方", "since": date(2020, 1, 1)}],
        "none": None,
    }
    play = Play(TWO_STEPS, **given).do("a", amount=1)
    assert play.task("b").variables == {**given, "x": 1}


@pytest.mark.parametrize("answers", [{"typename": 1}, {"a": [{"b": {"typename": "x"}}]}, {"a": {"$feel": "date"}}])
def test_a_typename_key_is_refused_at_any_depth(answers):
    play = Play(TWO_STEPS)
    with pytest.raises(EngineError) as refused:
        runtime.complete(play.definition, play.state, play.task("a").id, answers, play.world)
    assert refused.value.code == "typename-key"


@pytest.mark.parametrize("value", [object(), {1: "a"}, float("nan"), b"bytes", {"deep": None}])
def test_what_is_neither_json_nor_feel_is_refused(value):
    if value == {"deep": None}:
        for _ in range(60):
            value = [value]
    with pytest.raises(EngineError) as refused:
        Play(TWO_STEPS, given=value)
    assert refused.value.code == "not-storable"


def test_deadline_agency_and_person_are_worked_out_once():
    extra = '<zeebe:assignmentDefinition assignee="=case.mediator" candidateGroups="=case.agency"/>'
    flow = bundle(
        process(
            "p",
            "start > g > a > j > end; g > b > j",
            start(),
            gateway("parallel", "g"),
            user("a", due='=duration("P3D")', zeebe=extra),
            user("b"),
            gateway("parallel", "j"),
            end(),
        )
    )
    play = Play(flow, case={"mediator": "wang", "agency": "street"})
    play.case = {"mediator": "li", "agency": "court"}
    play.now += timedelta(days=1)
    task = play.do("b").task("a")
    assert (task.due_at, task.assignee, task.group) == (MORNING + timedelta(days=3), "wang", "street")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ('=date("2026-11-30")', datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ('=date and time("2026-11-30T12:00:00")', datetime(2026, 11, 30, 4, tzinfo=UTC)),
        ("2026-11-30", datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("P1M", datetime(2026, 12, 23, 1, tzinfo=UTC)),
        ("=null", None),
    ],
)
def test_a_date_ends_at_midnight_in_shanghai(due, expected):
    play = Play(bundle(process("p", "start > a > end", start(), user("a", due=due), end())))
    assert play.task("a").due_at == expected


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ('<zeebe:taskSchedule dueDate="=true"/>', "deadline"),
        ('<zeebe:assignmentDefinition candidateGroups="=[1]"/>', "assignment"),
        ('<zeebe:taskSchedule dueDate="=unknown function(1)"/>', "expression"),
    ],
)
def test_what_a_task_cannot_be_given_is_an_incident_that_names_it(extra, code):
    with pytest.raises(EngineError) as refused:
        Play(bundle(process("p", "start > a > end", start(), user("a", zeebe=extra), end())))
    assert (refused.value.code, refused.value.element_id, refused.value.process_id) == (code, "a", "p")


def test_effects_come_in_order_with_their_arguments_worked_out():
    flow = bundle(
        process(
            "p",
            "start > one > two > a > three > end",
            start(),
            effect("one", "set-status", status="mediating"),
            effect("two", "issue-paper", "sendTask", kind='=if amount > 100 then "long" else "short"'),
            user("a"),
            effect("three", "send-notice", "intermediateThrowEvent", to="=case.mediator"),
            end(),
        )
    )
    play = Play(flow, case={"mediator": "wang"}, amount=500)
    told = [(one.name, dict(one.arguments), one.element_id) for one in play.result.effects]
    assert told == [("set-status", {"status": "mediating"}, "one"), ("issue-paper", {"kind": "long"}, "two")]
    play.do("a")
    assert [(one.name, dict(one.arguments)) for one in play.result.effects] == [("send-notice", {"to": "wang"})]


def test_a_script_task_is_a_feel_expression_with_a_result():
    flow = bundle(
        process("p", "start > sum > a > end", start(), script("sum", "=sum([1, 2, amount])", "total"), user("a"), end())
    )
    assert Play(flow, amount=4).task("a").variables["total"] == 7


def test_case_is_read_when_an_expression_names_it_and_never_stored():
    class Facts(dict):
        def __getitem__(self, key):
            asked.append(key)
            return super().__getitem__(key)

    asked: list[str] = []
    flow = bundle(
        process("p", "start > s > a > end", start(), script("s", "=case.amount * 2", "double"), user("a"), end())
    )
    play = Play(flow, case=Facts(amount=21, secret="never asked"))
    assert (asked, play.task("a").variables) == (["amount"], {"double": 42})


def test_functions_of_the_case_manager_are_offered_to_expressions():
    flow = bundle(process("p", "start > a > b > end", start(), user("a"), user("b", due="=working_days(3)"), end()))
    play = Play(flow)
    play.functions = {"working_days": lambda days: date(2026, 11, 23) + timedelta(days=int(days))}
    assert play.do("a").task("b").due_at == datetime(2026, 11, 26, 16, tzinfo=UTC)


def test_the_log_tells_what_was_passed_entered_and_left():
    play = Play(TWO_STEPS).do("a", amount=1)
    assert [(line.element_id, line.kind, line.event) for line in play.result.log] == [
        ("a", "userTask", "completed"),
        ("b", "userTask", "entered"),
    ]


def test_a_deadline_can_be_moved():
    play = Play(bundle(process("p", "start > a > end", start(), user("a", due="P3D"), end())))
    later = MORNING + timedelta(days=9)
    play.take(runtime.reschedule(play.definition, play.state, play.task("a").id, later, play.world))
    assert play.task("a").due_at == later


def test_a_role_is_found_by_what_the_lane_is_called():
    lane = '<bpmn:lane id="l" name="登记员"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
    lane = f'<bpmn:laneSet id="lanes">{lane}</bpmn:laneSet>'
    roles = '{"clerk": {"name": "登记员", "name_en": "Clerk"}}'
    flow = bundle(process("p", "start > a > end", start(), user("a"), end(), lanes=lane), **{"roles.json": roles})
    assert Play(flow).task("a").role == "clerk"


def test_a_loop_without_people_is_stopped():
    flow = process(
        "p",
        "start > m > s > g > m; g > end [n < 0]",
        start(),
        gateway("exclusive", "m"),
        script("s", "=n + 1", "n"),
        gateway("exclusive", "g", "g-m"),
        end(),
    )
    with pytest.raises(EngineError) as refused:
        Play(bundle(flow), n=1)
    assert refused.value.code == "runaway"


def test_processes_that_call_themselves_for_ever_are_stopped():
    from tests.workflows.engine.drawing import call

    with pytest.raises(EngineError) as refused:
        Play(bundle(process("p", "start > c > end", start(), call("c", "p"), end())))
    assert refused.value.code == "too-deep"


UNSUPPORTED = {
    "a plain task": process("p", "start > t > end", start(), node("task", "t"), end()),
    "two flows from a task": process("p", "start > a > end; a > b", start(), user("a"), user("b"), end()),
    "a condition behind a task": process("p", "start > a; a > end [true]", start(), user("a"), end()),
    "a complex gateway": process("p", "start > g > end", start(), gateway("complex", "g"), end()),
    "a flow without condition": process(
        "p", "start > g > a > end; g > end", start(), gateway("exclusive", "g"), user("a"), end()
    ),
    "a service without effect": process("p", "start > s > end", start(), node("serviceTask", "s"), end()),
    "a signal": process(
        "p", "start > c > end", start(), node("intermediateCatchEvent", "c", "<bpmn:signalEventDefinition/>"), end()
    ),
    "a link": process(
        "p",
        "start > c > end",
        start(),
        node("intermediateThrowEvent", "c", '<bpmn:linkEventDefinition name="x"/>'),
        end(),
    ),
    "an event subprocess": process(
        "p", "start > end", start(), end(), node("subProcess", "s", triggeredByEvent="true")
    ),
    "a loop by count": process(
        "p", "start > a > end", start(), user("a", inside="<bpmn:standardLoopCharacteristics/>"), end()
    ),
}


@pytest.mark.parametrize("drawn", UNSUPPORTED)
def test_what_the_engine_cannot_run_does_not_compile(drawn):
    with pytest.raises(EngineError) as refused:
        compile_bundle(bundle(UNSUPPORTED[drawn]))
    assert refused.value.code == "unsupported"
