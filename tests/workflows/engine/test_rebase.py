"""A case moves to a corrected release where that is certain to be safe, and stays where it is otherwise."""

from __future__ import annotations

import itertools
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
    end,
    gateway,
    many,
    message,
    process,
    script,
    start,
    timer,
    user,
)
from tests.workflows.engine.test_prune import MIXED
from tests.workflows.engine.test_send_back import position
from workflows import rebase
from workflows.compile import compile_bundle
from workflows.model import Bundle, EngineError


def moved(play: Play, new: Bundle) -> Play:
    definition = compile_bundle(new)
    assert rebase.plan(play.definition, definition, play.state) == []
    play.take(rebase.rebase(play.definition, definition, play.state, play.world))
    play.definition = definition
    return play


def line(*names: str, edge: str = "") -> Bundle:
    flows = " > ".join(["start", *names, "end"]) + ("; late > end2" if edge else "")
    tasks = [user(name, {name: f"={name}"}, due="P7D") for name in names]
    return bundle(process("p", flows, start(), *tasks, end(), edge, end("end2") if edge else ""), names=("stop", "go"))


@pytest.mark.parametrize(
    ("new", "path"),
    [
        (line("a", "b", "new", "c"), ["b", "new", "c"]),
        (line("a", "b"), ["b"]),
        (line("new", "a", "b", "c"), ["b", "c"]),
        (line("b", "c", "a"), ["b", "c", "a"]),
    ],
)
def test_a_case_goes_on_as_the_new_release_is_drawn(new, path):
    play = moved(Play(line("a", "b", "c")).do("a", a=1), new)
    for name in path:
        assert play.open == [name]
        play.do(name)
    assert play.result.status == "completed"


def test_ids_deadlines_and_variables_stay():
    play = Play(line("a", "b")).do("a", a=1)
    before = play.result.tasks
    play.now += timedelta(days=3)
    moved(play, line("a", "b", "c"))
    assert play.result.tasks == before
    assert play.task("b").due_at == MORNING + timedelta(days=7)


def test_a_step_back_still_works_after_a_move():
    assert moved(Play(line("a", "b")).do("a", a=1), line("a", "b", "c")).back("b").do("a", a=2).open == ["b"]


def test_no_step_leads_back_to_what_is_no_longer_drawn():
    play = moved(Play(line("a", "b", "c")).do("a", a=1), line("b", "c"))
    assert (play.open, play.task("b").previous) == (["b"], None)


def test_a_timer_under_way_keeps_its_moment():
    def flow(span: str) -> Bundle:
        return bundle(
            process("p", "start > t > a > end", start(), catch("t", timer("Duration", span)), user("a"), end())
        )

    play = Play(flow("P10D"))
    play.now += timedelta(days=4)
    assert moved(play, flow("P30D")).event("t").due_at == MORNING + timedelta(days=10)
    assert play.wait(days=6).open == ["a"]


@pytest.mark.parametrize("one_by_one", [True, False])
def test_rounds_under_way_are_finished_on_the_new_release(one_by_one):
    def flow(*more: str) -> Bundle:
        rounds = user("ask", {"said": "=said"}, inside=many("=[1, 2, 3]", "x", "all", "=said", one_by_one))
        path = " > ".join(["start", "ask", *more, "end"])
        return bundle(process("p", path, start(), rounds, *[user(name) for name in more], end()))

    play = moved(Play(flow("last")).do("ask", said=1), flow("new", "last")).do("ask", said=2).do("ask", said=3)
    assert (play.open, play.task("new").variables) == (["new"], {"all": [1, 2, 3]})


def calling(*inside: str, after: str = "last") -> Bundle:
    called = process("q", " > ".join(["qs", *inside, "qe"]), start("qs"), *[user(name) for name in inside], end("qe"))
    flow = process(
        "p",
        f"start > c > {after} > end; stop > end2",
        start(),
        call("c", "q"),
        user(after),
        end(),
        boundary("stop", "c", message("stop")),
        end("end2"),
    )
    return bundle(flow, called, names=("stop",))


def test_a_call_under_way_goes_on_inside():
    play = moved(Play(calling("x", "y")).do("x"), calling("x", "y", "z", after="new")).do("y")
    assert (play.open, play.waiting) == (["z"], ["stop"])
    assert play.do("z").open == ["new"]


def test_a_message_on_the_edge_still_ends_the_call():
    assert moved(Play(calling("x")), calling("x", "y")).deliver("stop").result.status == "completed"


def test_a_finished_call_that_has_changed_is_no_way_back_any_more():
    play = Play(calling("x")).do("x")
    assert play.task("last").previous is not None
    assert moved(play, calling("y")).task("last").previous is None
    assert play.do("last").result.status == "completed"


def joined(*branches: str) -> Bundle:
    ways = "; ".join(f"g > {name} > j" for name in branches)
    return bundle(
        process(
            "p",
            f"start > g; {ways}; j > last > end",
            start(),
            gateway("parallel", "g"),
            *map(user, branches),
            gateway("parallel", "j"),
            user("last"),
            end(),
        )
    )


EDGE = boundary("late", "b", timer("Duration", "P1D"))
ROUNDS = bundle(process("p", "start > b > end", start(), user("b", inside=many("=[1]", "x")), end()))
WAITING = bundle(process("p", "start > b > end", start(), catch("b", message("stop")), end()), names=("stop",))
UNSAFE = {
    "rebase-element": (line("b"), line("c")),
    "rebase-process": (calling("x"), bundle(process("p", "start > c > end", start(), user("c"), end()))),
    "rebase-kind": (line("b"), bundle(process("p", "start > b > end", start(), script("b", "=1", "x"), end()))),
    "rebase-boundary": (line("b"), line("b", edge=EDGE)),
    "rebase-loop": (
        ROUNDS,
        bundle(process("p", "start > b > end", start(), user("b", inside=many("=[1]", "y")), end())),
    ),
    "rebase-join": (joined("a", "b"), joined("a", "b", "c")),
    "rebase-event": (
        WAITING,
        bundle(process("p", "start > b > end", start(), catch("b", message("go")), end()), names=("go",)),
    ),
}


@pytest.mark.parametrize("code", UNSAFE)
def test_what_is_not_certain_is_refused_and_the_case_stays(code):
    old, new = UNSAFE[code]
    play = Play(old)
    if code == "rebase-join":
        play.do("a")
    definition = compile_bundle(new)
    assert code in {problem.code for problem in rebase.plan(play.definition, definition, play.state)}
    with pytest.raises(EngineError) as refused:
        rebase.rebase(play.definition, definition, play.state, play.world)
    assert refused.value.code == "rebase-refused"


def test_a_loop_drawn_away_from_under_its_rounds_is_refused():
    play, new = Play(ROUNDS), compile_bundle(line("b"))
    assert {"rebase-element", "rebase-kind"} & {
        problem.code for problem in rebase.plan(play.definition, new, play.state)
    }


def test_a_call_to_another_process_is_refused():
    other = calling("x").files["flows.bpmn"].replace(b'processId="q"', b'processId="r"')
    extra = process("r", "rs > re", start("rs"), end("re")).encode()
    new = compile_bundle(Bundle({"flows.bpmn": other.replace(b"</bpmn:definitions>", extra + b"</bpmn:definitions>")}))
    play = Play(calling("x"))
    assert [problem.code for problem in rebase.plan(play.definition, new, play.state)] == ["rebase-call"]


def test_an_ended_case_is_not_moved():
    play = Play(line("a")).do("a")
    assert [one.code for one in rebase.plan(play.definition, compile_bundle(line("a", "b")), play.state)] == [
        "rebase-ended"
    ]


def test_a_case_of_another_release_is_not_moved():
    play = Play(line("a"))
    other = compile_bundle(line("a", "b"))
    assert [one.code for one in rebase.plan(other, play.definition, play.state)] == ["rebase-release"]


def test_moving_to_the_same_release_changes_nothing():
    play = Play(calling("x", "y")).do("x")
    before = (play.result.tasks, play.result.waiting)
    moved(play, calling("x", "y"))
    assert (play.result.tasks, play.result.waiting) == before


def test_moving_back_and_forth_at_any_moment_changes_nothing():
    """The other release holds one process more; the place where the case stands is drawn the same in both."""
    extra = process("extra", "es > ee", start("es"), end("ee")).encode() + b"</bpmn:definitions>"
    more = Bundle({"flows.bpmn": MIXED.files["flows.bpmn"].replace(b"</bpmn:definitions>", extra)})
    releases = itertools.cycle([compile_bundle(more), compile_bundle(MIXED)])
    for seed in range(12):
        chance, play = random.Random(seed), Play(MIXED, n=0, x=5)
        while play.result.status == "running":
            before, tasks = position(play), play.result.tasks
            moved(play, next(releases).bundle)
            assert (position(play), play.result.tasks) == (before, tasks)
            play.do(chance.choice(sorted(play.open)), x=chance.randint(0, 9))
