"""An old case is as small and as quick as a new one, and takes the same ways as one that forgets nothing."""

from __future__ import annotations

import random

import pytest

from tests.workflows.engine.drawing import (
    Play,
    boundary,
    bundle,
    call,
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
from workflows import codec, outcome
from workflows.compile import Definition, compile_bundle

ROUNDS = bundle(
    process(
        "p",
        "start > m > c > count > g > m; g > end [n < 0]",
        start(),
        gateway("exclusive", "m"),
        call("c", "q"),
        script("count", "=n + 1", "n"),
        gateway("exclusive", "g", "g-m"),
        end(),
    ),
    process("q", "qs > x > qe", start("qs"), user("x", {"note": "=note"}), end("qe")),
)


def tokens(state: bytes) -> int:
    return sum(len(scope[-1]) for scope in codec.content(state)["scopes"])


def test_two_hundred_rounds_leave_the_state_as_it_was_after_two():
    play = Play(ROUNDS, n=0)
    sizes = []
    for _ in range(200):
        play.do("x", note="yes")
        sizes.append(tokens(play.state))
    assert set(sizes[1:]) == {sizes[1]}
    assert len(play.state) < 700


def test_a_line_of_tasks_leaves_only_where_it_stands_and_the_step_before():
    flow = process(
        "p",
        "start > " + " > ".join(f"t{n}" for n in range(10)) + " > end",
        start(),
        *[user(f"t{n}") for n in range(10)],
        end(),
    )
    play = Play(bundle(flow))
    for n in range(9):
        play.do(f"t{n}")
    assert tokens(play.state) == 3


def test_a_finished_case_keeps_next_to_nothing():
    play = Play(ROUNDS, n=-5).do("x", note="yes")
    assert (play.result.status, tokens(play.state)) == ("completed", 1)


MIXED = bundle(
    process(
        "p",
        "start > m > g; g > a [true]; g > c [x > 3]; g > o [x > 6]; a > j; c > j; o > j; j > count > again > m;"
        " again > last [n > 4]; last > end; late > chief > j; hint > nudge > end2; stop > salvage > j",
        start(),
        gateway("exclusive", "m"),
        gateway("inclusive", "g"),
        user("a", {"x": "=x"}),
        call("c", "q", {"x": "=x"}, {"y": "=y"}),
        user("o", {"opinion": "=x"}, inside=many("=[1, 2, 3]", "item", "all", "=opinion")),
        gateway("inclusive", "j"),
        script("count", "=n + 1", "n"),
        gateway("exclusive", "again", "again-m"),
        user("last"),
        end(),
        boundary("late", "a", timer("Duration", "P3D")),
        user("chief"),
        boundary("hint", "c", timer("Cycle", "R2/P1D"), None, False),
        user("nudge"),
        end("end2"),
        boundary("stop", "c", message("stop"), {"why": "=why"}),
        user("salvage"),
    ),
    process(
        "q",
        "qs > g > x > j > sub > qe; g > z > j",
        start("qs"),
        gateway("parallel", "g"),
        user("x", {"y": "=x"}),
        user("z"),
        gateway("parallel", "j"),
        subprocess("sub", "is > w > ie", start("is"), user("w"), end("ie")),
        end("qe"),
    ),
    names=("stop",),
)


def adventure(seed: int, definition: Definition) -> list[object]:
    """A case played by chance; what was open, waiting and known after each step."""
    chance = random.Random(seed)
    play = Play(definition, n=0, x=5)
    told: list[object] = []
    for _ in range(40):
        if play.result.status != "running":
            break
        choices = [("do", task.element_id) for task in play.result.tasks]
        choices += [("deliver", event.element_id) for event in play.result.waiting if event.kind == "message"]
        what, element_id = chance.choice(sorted(choices * 3, key=str) + [("wait", "")])
        if what == "do":
            play.do(element_id, x=chance.randint(0, 9))
        elif what == "deliver":
            play.deliver(element_id, why="so")
        else:
            play.wait(days=chance.randint(1, 3))
        told.append(
            (
                what,
                element_id,
                sorted(map(str, play.open)),
                sorted(play.waiting),
                [(line.element_id, line.event) for line in play.result.log],
                sorted((task.element_id, str(sorted(task.variables.items(), key=str))) for task in play.result.tasks),
            )
        )
    return told


@pytest.mark.parametrize("seed", range(40))
def test_a_case_that_forgets_takes_the_same_ways_as_one_that_does_not(seed, monkeypatch):
    definition = compile_bundle(MIXED)
    forgetting = adventure(seed, definition)
    monkeypatch.setattr(outcome, "prune", lambda case: None)
    assert adventure(seed, definition) == forgetting


@pytest.mark.parametrize("seed", range(10))
def test_whatever_happens_the_state_stays_small(seed):
    definition = compile_bundle(MIXED)
    chance = random.Random(seed)
    play = Play(definition, n=-1000, x=5)
    for _ in range(120):
        element_id = chance.choice(sorted(play.open))
        play.do(element_id, x=chance.randint(0, 9))
    assert tokens(play.state) < 40
