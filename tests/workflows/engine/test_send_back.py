"""A step back: to the one before, over everything that merely followed, and never over what somebody else has done."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from tests.workflows.engine.drawing import (
    MORNING,
    Play,
    boundary,
    bundle,
    call,
    catch,
    effect,
    end,
    gateway,
    many,
    message,
    process,
    script,
    start,
    subprocess,
    timer,
    user,
)
from tests.workflows.engine.test_prune import MIXED
from workflows import runtime
from workflows.model import EngineError

LINE = process(
    "p",
    "start > a > s > g > b > c > end; g > x [n > 5]; x > c",
    start(),
    user("a", {"n": "=n"}, due="P3D"),
    script("s", "=n + 1", "m"),
    gateway("exclusive", "g", "g-b"),
    user("b", {"k": "=k"}),
    user("x"),
    user("c"),
    end(),
)


def test_a_task_goes_back_to_the_one_before_it():
    play = Play(bundle(LINE)).do("a", n=1)
    before = play.task("b").previous
    play.back("b")
    assert (play.open, play.task("a").id, play.cancelled) == (["a"], before, ["b"])


def test_going_back_restores_what_variables_were():
    play = Play(bundle(LINE), n="first", m="first").do("a", n=1)
    assert play.task("b").variables == {"n": 1, "m": 2}
    assert play.back("b").task("a").variables == {"n": "first", "m": "first"}


def test_a_variable_that_was_not_there_is_not_there_again():
    assert Play(bundle(LINE)).do("a", n=1).back("b").task("a").variables == {}


def test_a_task_opened_again_has_a_new_deadline_and_another_outcome():
    play = Play(bundle(LINE)).do("a", n=1)
    play.now += timedelta(days=2)
    assert play.back("b").task("a").due_at == MORNING + timedelta(days=5)
    assert play.do("a", n=9).open == ["x"]


def test_the_way_back_is_one_task_long():
    play = Play(bundle(LINE)).do("a", n=1).do("b", k=1).back("c")
    assert (play.open, play.task("b").previous) == (["b"], None)


def test_the_first_task_has_nothing_before_it():
    assert Play(bundle(LINE)).task("a").previous is None


def test_a_task_that_is_not_finished_or_not_there_cannot_be_opened_again():
    play = Play(bundle(LINE)).do("a", n=1)
    for task_id in (play.task("b").id, "0" * 32):
        with pytest.raises(EngineError) as refused:
            runtime.send_back(play.definition, play.state, task_id, play.world)
        assert refused.value.code == "cannot-send-back"


def test_a_step_is_taken_back_while_only_a_timer_has_followed():
    play = Play(
        bundle(
            process(
                "p",
                "start > a > t > b > end",
                start(),
                user("a"),
                catch("t", timer("Duration", "P1D")),
                user("b"),
                end(),
            )
        )
    )
    done = play.task("a").id
    play.do("a")
    play.take(runtime.send_back(play.definition, play.state, done, play.world))
    assert (play.open, play.waiting) == (["a"], [])


INTO = bundle(
    process(
        "p", "start > a > c > b > end", start(), user("a"), call("c", "q", outputs={"result": "=y"}), user("b"), end()
    ),
    process(
        "q",
        "qs > x > sub > qe",
        start("qs"),
        user("x", {"x": "=x"}),
        subprocess("sub", "is > y > ie", start("is"), user("y", {"y": "=y"}), end("ie")),
        end("qe"),
    ),
)


def test_the_first_task_of_a_call_goes_back_to_the_caller():
    play = Play(INTO).do("a").back("x")
    assert (play.open, play.cancelled) == (["a"], ["c", "x"])
    assert play.do("a").do("x", x=1).do("y", y=2).do("b").result.status == "completed"


def test_the_task_after_a_call_goes_back_into_it():
    play = Play(INTO, result="old").do("a").do("x", x=1).do("y", y=2)
    assert play.task("b").variables == {"result": 2}
    play.back("b")
    assert (play.open, play.task("y").scope, play.task("y").variables) == (["y"], ("c", "sub"), {"x": 1})
    play.do("y", y=3)
    assert (play.open, play.task("b").variables) == (["b"], {"result": 3})


def test_one_can_go_back_and_forth_without_growing():
    play = Play(INTO).do("a").do("x", x=1)
    sizes = []
    for _ in range(12):
        play.do("y", y=2).back("b")
        sizes.append(len(play.state))
    assert max(sizes[2:]) - min(sizes[2:]) <= 8


def test_a_call_that_only_machines_have_passed_is_no_hindrance():
    flow = process("p", "start > a > c > b > end", start(), user("a"), call("c", "q"), user("b"), end())
    called = process("q", "qs > e > qe", start("qs"), effect("e", "issue-paper", kind="notice"), end("qe"))
    assert Play(bundle(flow, called)).do("a").back("b").open == ["a"]


SPLIT = process(
    "p",
    "start > t > g > a > a2 > j > last > end; g > b > j",
    start(),
    user("t"),
    gateway("parallel", "g"),
    user("a"),
    user("a2"),
    user("b"),
    gateway("parallel", "j"),
    user("last"),
    end(),
)


def test_a_step_is_taken_back_with_both_branches_that_followed():
    play = Play(bundle(SPLIT)).do("t")
    assert {task.previous for task in play.result.tasks} == {play.task("a").previous}
    assert sorted(play.back("a").cancelled) == ["a", "b"]
    assert play.open == ["t"]


@pytest.mark.parametrize("done", ["a", "b"])
def test_nobody_loses_finished_work_to_a_step_back_on_another_branch(done):
    play = Play(bundle(SPLIT)).do("t").do(done)
    other = "b" if done == "a" else "a"
    assert play.task(other).previous is None
    play.do("a" if done == "b" else "a2")
    assert all(task.previous != "t" for task in play.result.tasks)


def test_inside_one_branch_the_way_back_stays_open():
    play = Play(bundle(SPLIT)).do("t").do("a").back("a2")
    assert (sorted(play.open), play.cancelled) == (["a", "b"], ["a2"])


def test_no_step_leads_back_over_a_parallel_join():
    play = Play(bundle(SPLIT)).do("t")
    finished = play.task("b").id
    play.do("b").do("a").do("a2")
    assert (play.open, play.task("last").previous) == (["last"], None)
    with pytest.raises(EngineError) as refused:
        runtime.send_back(play.definition, play.state, finished, play.world)
    assert refused.value.code == "cannot-send-back"


def test_a_join_of_branches_without_people_is_no_way_back_either():
    flow = process(
        "p",
        "start > t > g > x > j > last > end; g > y > j",
        start(),
        user("t"),
        gateway("parallel", "g"),
        script("x", "=1", "x"),
        script("y", "=2", "y"),
        gateway("parallel", "j"),
        user("last"),
        end(),
    )
    assert Play(bundle(flow)).do("t").task("last").previous is None


def test_a_step_leads_back_into_the_branch_of_a_call_that_ended_last():
    flow = process("p", "start > t > c > last > end", start(), user("t"), call("c", "q"), user("last"), end())
    called = process(
        "q",
        "qs > g > x > e1; g > y > e2",
        start("qs"),
        gateway("parallel", "g"),
        user("x"),
        user("y"),
        end("e1"),
        end("e2"),
    )
    play = Play(bundle(flow, called)).do("t").do("x").do("y").back("last")
    assert (play.open, play.task("y").scope) == (["y"], ("c",))
    assert play.do("y").do("last").result.status == "completed"


def test_a_reminder_that_was_sent_beside_a_task_bars_no_way_back_over_the_end_of_its_call():
    flow = process("p", "start > c > last > end", start(), call("c", "q"), user("last"), end())
    called = process(
        "q", "qs > x > e1; soon > remind > e2", start("qs"), user("x"), end("e1"),
        boundary("soon", "x", timer("Duration", "P1D"), interrupting=False), effect("remind", "remind"), end("e2"),
    )  # fmt: skip
    assert Play(bundle(flow, called)).wait(days=2).do("x").back("last").open == ["x"]


def test_no_step_leads_back_over_an_event_that_broke_in():
    flow = process(
        "p",
        "start > t > a > end; late > b > end2",
        start(),
        user("t"),
        user("a"),
        end(),
        boundary("late", "a", timer("Duration", "P1D")),
        user("b"),
        end("end2"),
    )
    assert Play(bundle(flow)).do("t").wait(days=1).task("b").previous is None


def test_events_on_the_edge_are_armed_anew():
    flow = process(
        "p",
        "start > a > b > end; late > x > end2; word > y > end3",
        start(),
        user("a"),
        user("b"),
        end(),
        user("x"),
        end("end2"),
        boundary("late", "a", timer("Duration", "P2D")),
        user("y"),
        end("end3"),
        boundary("word", "a", message("word"), None, False),
    )
    play = Play(bundle(flow, names=("word",))).deliver("word").do("a")
    play.now += timedelta(days=1)
    play.back("b")
    assert (sorted(play.open), sorted(play.waiting)) == (["a", "y"], ["late", "word"])
    assert play.event("late").due_at == MORNING + timedelta(days=3)
    assert sorted(play.wait(days=2).open) == ["x", "y"]


def test_rounds_for_many_are_taken_back_while_none_is_done():
    flow = process(
        "p",
        "start > t > m > last > end",
        start(),
        user("t"),
        user("m", inside=many("=[1, 2]", "x")),
        user("last"),
        end(),
    )
    play = Play(bundle(flow)).do("t")
    assert play.back("m").open == ["t"]
    play.do("t").do("m")
    assert [task.previous for task in play.result.tasks] == [None]
    assert play.do("m").task("last").previous is None


def test_a_task_behind_a_join_can_be_opened_again_but_nothing_before_it():
    flow = process(
        "p",
        "start > g > a > j > b > c > end; g > a2 > j",
        start(),
        gateway("parallel", "g"),
        user("a"),
        user("a2"),
        gateway("parallel", "j"),
        user("b"),
        user("c"),
        end(),
    )
    play = Play(bundle(flow)).do("a").do("a2").do("b").back("c")
    assert (play.open, play.task("b").previous) == (["b"], None)
    assert play.do("b").do("c").result.status == "completed"


def test_a_deadline_on_the_edge_of_a_call_goes_on_when_the_call_does():
    flow = process(
        "p",
        "start > c > b > end; late > x > end2",
        start(),
        call("c", "q"),
        user("b"),
        end(),
        user("x"),
        end("end2"),
        boundary("late", "c", timer("Duration", "P30D")),
    )
    called = process("q", "qs > y > qe", start("qs"), user("y"), end("qe"))
    play = Play(bundle(flow, called))
    play.now += timedelta(days=10)
    play.do("y")
    assert play.waiting == []
    assert play.back("b").event("late").due_at == MORNING + timedelta(days=30)
    assert (play.wait(days=20).open, sorted(play.cancelled)) == (["x"], ["c", "y"])


def position(play: Play) -> list[str]:
    """Where a case stands and what it knows, without ids and moments."""
    tasks = [f"{task.element_id} {task.scope} {sorted(task.variables.items())}" for task in play.result.tasks]
    return sorted(tasks) + sorted(f"{event.element_id} {event.scope}" for event in play.result.waiting)


def take_back(play: Play, task_id: str) -> bool:
    try:
        play.take(runtime.send_back(play.definition, play.state, task_id, play.world))
    except EngineError:
        return False
    return True


def steps_taken_back(seed: int) -> int:
    chance = random.Random(seed)
    play = Play(MIXED, n=0, x=5)
    count = 0
    for _ in range(25):
        if not play.open:
            break
        before, task_id = position(play), chance.choice(sorted(play.result.tasks, key=lambda task: task.element_id)).id
        answers = {"x": chance.randint(0, 9)}
        play.take(runtime.complete(play.definition, play.state, task_id, answers, play.world))
        after = position(play)
        if play.open and take_back(play, task_id):
            assert position(play) == before
            play.take(runtime.complete(play.definition, play.state, task_id, answers, play.world))
            assert position(play) == after
            count += 1
    return count


def test_taking_a_step_back_at_once_is_as_if_it_had_never_been_made():
    assert sum(steps_taken_back(seed) for seed in range(40)) > 100
