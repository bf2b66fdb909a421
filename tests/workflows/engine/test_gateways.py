"""Ways part and meet: conditions are answered, branches never lose what another has written."""

from __future__ import annotations

import itertools

import pytest

from tests.workflows.engine.drawing import Play, bundle, call, end, gateway, process, script, start, user
from workflows.model import EngineError


def choice(kind: str, *conditions: str, default: str = "") -> str:
    ways = "; ".join(f"g > t{n} [{text}]; t{n} > m" for n, text in enumerate(conditions)).replace(" []", "")
    return process(
        "p",
        f"start > g; {ways}; m > last > end",
        start(),
        gateway(kind, "g", default),
        gateway(kind, "m"),
        *[user(f"t{n}") for n in range(len(conditions))],
        user("last"),
        end(),
    )


@pytest.mark.parametrize(("x", "taken"), [(1, ["t0"]), (5, ["t1"]), (50, ["t2"])])
def test_an_exclusive_gateway_takes_the_first_true_way_or_the_default(x, taken):
    play = Play(bundle(choice("exclusive", "x < 3", "x < 10", "", default="g-t2")), x=x)
    assert play.open == taken
    assert play.do(taken[0]).open == ["last"]


@pytest.mark.parametrize(
    ("kind", "x"), [("exclusive", None), ("inclusive", None), ("exclusive", "text"), ("exclusive", 3)]
)
def test_a_condition_that_is_neither_true_nor_false_is_an_incident_and_never_the_default(kind, x):
    condition = "x" if x is not None else "x < 3"
    with pytest.raises(EngineError) as refused:
        Play(bundle(choice(kind, condition, "", default="g-t1")), x=x)
    assert (refused.value.code, refused.value.element_id) == ("condition-not-boolean", "g")
    assert "g-t0" in refused.value.message


@pytest.mark.parametrize("kind", ["exclusive", "inclusive"])
def test_no_true_condition_and_no_default_is_an_incident(kind):
    with pytest.raises(EngineError) as refused:
        Play(bundle(choice(kind, "x < 1", "x > 5")), x=3)
    assert (refused.value.code, refused.value.element_id) == ("no-flow", "g")


@pytest.mark.parametrize("order", [("t0", "t1"), ("t1", "t0")])
def test_an_inclusive_gateway_takes_every_true_way_and_waits_for_all_of_them(order):
    play = Play(bundle(choice("inclusive", "true", "x > 1", "x > 10", "", default="g-t3")), x=5)
    assert sorted(play.open) == ["t0", "t1"]
    assert play.do(order[0]).open == [order[1]]
    assert play.do(order[1]).open == ["last"]
    assert play.do("last").result.status == "completed"


PARALLEL = process(
    "p",
    "start > g > a > j > last > end; g > b > j",
    start(),
    gateway("parallel", "g"),
    gateway("parallel", "j"),
    user("a", {"status": "=status", "mine": "=1"}),
    user("b", {"yours": "=2"}),
    user("last"),
    end(),
)


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_parallel_branches_lose_nothing_that_either_has_written(order):
    """SpiffWorkflow lets the branch that finishes last overwrite the others with what it inherited."""
    play = Play(bundle(PARALLEL), status="old")
    for name in order:
        play.do(name, status="new")
    assert play.task("last").variables == {"status": "new", "mine": 1, "yours": 2}


def test_a_list_that_one_branch_extends_is_not_trimmed_by_the_other():
    flow = process(
        "p",
        "start > g > a > j > last > end; g > b > j",
        start(),
        gateway("parallel", "g"),
        gateway("parallel", "j"),
        user("a", {"notes": '=append(notes, "new")'}),
        user("b"),
        user("last"),
        end(),
    )
    assert Play(bundle(flow), notes=["old"]).do("a").do("b").task("last").variables == {"notes": ["old", "new"]}


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
@pytest.mark.parametrize("orders", list(itertools.product(["ab", "ba"], repeat=3)))
def test_a_join_in_a_loop_waits_for_both_branches_in_every_round(kind, orders):
    ways = "start > m > g; g > a [true]; g > b [true]; a > j; b > j; j > count > more > m; more > end [n >= 3]"
    ways = ways if kind == "inclusive" else ways.replace(" [true]", "")
    flow = process(
        "p",
        ways,
        start(),
        gateway("exclusive", "m"),
        gateway(kind, "g"),
        user("a"),
        user("b"),
        gateway(kind, "j"),
        script("count", "=n + 1", "n"),
        gateway("exclusive", "more", "more-m"),
        end(),
    )
    play = Play(bundle(flow), n=0)
    for order in orders:
        assert sorted(play.open) == ["a", "b"]
        assert play.do(order[0]).open == [order[1]]
        play.do(order[1])
    assert play.result.status == "completed"


def test_an_inclusive_join_waits_for_a_call_that_is_still_under_way():
    """SpiffWorkflow looks for waiting tasks only, and goes on without a call activity in progress."""
    flow = process(
        "p",
        "start > g; g > c [true]; g > b [true]; c > x; x > j [true]; x > other; b > j; j > last > end; other > end2",
        start(),
        gateway("inclusive", "g"),
        call("c", "q"),
        user("b"),
        gateway("exclusive", "x", "x-other"),
        user("other"),
        gateway("inclusive", "j"),
        user("last"),
        end(),
        end("end2"),
    )
    called = process("q", "qs > inside > qe", start("qs"), user("inside"), end("qe"))
    play = Play(bundle(flow, called)).do("b")
    assert play.open == ["inside"]
    assert play.do("inside").open == ["last"]


def test_an_inclusive_join_goes_on_when_the_other_branch_turns_away():
    flow = process(
        "p",
        "start > g; g > a [true]; g > b [true]; a > x; x > j [stay]; x > away; away > end2; b > j; j > last > end",
        start(),
        gateway("inclusive", "g"),
        user("a", {"stay": "=stay"}),
        user("b"),
        gateway("exclusive", "x", "x-away"),
        user("away"),
        gateway("inclusive", "j"),
        user("last"),
        end(),
        end("end2"),
    )
    play = Play(bundle(flow)).do("b")
    assert play.open == ["a"]
    assert sorted(play.do("a", stay=False).open) == ["away", "last"]


def test_a_second_token_on_one_way_does_not_stand_in_for_the_other():
    flow = process(
        "p",
        "start > g > a > m > j > last > end; g > b > m; g > c > j",
        start(),
        gateway("parallel", "g"),
        user("a"),
        user("b"),
        user("c"),
        gateway("exclusive", "m"),
        gateway("parallel", "j"),
        user("last"),
        end(),
    )
    play = Play(bundle(flow)).do("a").do("b")
    assert play.open == ["c"]
    assert play.do("c").open == ["last"]


def test_a_process_ends_when_its_last_branch_has():
    flow = process(
        "p",
        "start > g > a > end; g > b > end2; g > c > end3",
        start(),
        gateway("parallel", "g"),
        user("a"),
        user("b"),
        user("c"),
        end(),
        end("end2"),
        end("end3"),
    )
    play = Play(bundle(flow))
    assert [play.do(name).result.status for name in "bca"] == ["running", "running", "completed"]
