"""Timers, messages, errors: what happens to a case from outside and from within, and whom it reaches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.workflows.engine.drawing import (
    MORNING,
    Play,
    boundary,
    bundle,
    call,
    catch,
    end,
    error,
    escalation,
    gateway,
    message,
    process,
    script,
    start,
    subprocess,
    timer,
    user,
)
from workflows import runtime
from workflows.model import EngineError


def one_timer(kind: str, text: str) -> Play:
    return Play(bundle(process("p", "start > t > a > end", start(), catch("t", timer(kind, text)), user("a"), end())))


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("Duration", "P7D", datetime(2026, 11, 30, 1, tzinfo=UTC)),
        ("Duration", "PT90M", datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
        ("Duration", '=duration("P1M")', datetime(2026, 12, 23, 1, tzinfo=UTC)),
        ("Date", "2026-12-01", datetime(2026, 12, 1, 16, tzinfo=UTC)),
        ("Date", '=date("2026-12-01")', datetime(2026, 12, 1, 16, tzinfo=UTC)),
        ("Date", '=date and time("2026-12-01T09:00:00+08:00")', datetime(2026, 12, 1, 1, tzinfo=UTC)),
        ("Date", '=date("2026-11-23") + duration("P30D")', datetime(2026, 12, 23, 16, tzinfo=UTC)),
        ("Cycle", "R3/P1D", datetime(2026, 11, 24, 1, tzinfo=UTC)),
        ("Cycle", "R2/2026-12-01T00:00:00Z/P1D", datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_timer_says_when_it_falls_due(kind, text, due):
    assert one_timer(kind, text).event("t").due_at == due


def test_a_date_falls_due_at_the_end_of_its_day_in_shanghai_and_not_a_second_earlier():
    play = one_timer("Date", "2026-12-01")
    play.now = datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC)
    assert play.wait().open == []
    assert play.wait(seconds=1).open == ["a"]


def test_a_timer_uses_the_moment_it_is_told_and_not_the_clock_of_the_machine():
    play = one_timer("Duration", "P3650D")
    assert play.wait(days=3650).open == ["a"]


def test_ticking_twice_acts_once():
    play = one_timer("Duration", "P1D").wait(days=1)
    task = play.task("a").id
    assert [one.id for one in play.wait().result.tasks] == [task]


def test_nothing_due_changes_nothing():
    play = one_timer("Duration", "P1D")
    before = play.result.waiting
    assert (play.wait(hours=23).result.waiting, play.result.log) == (before, ())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Duration", "tomorrow"),
        ("Date", "99999-01-01"),
        ("Duration", "P99999Y"),
        ("Duration", "=1"),
        ("Date", "=null"),
        ("Cycle", "R3/PT0S"),
        ("Cycle", "P1D"),
    ],
)
def test_a_timer_without_a_moment_is_an_incident(kind, text):
    with pytest.raises(EngineError) as refused:
        one_timer(kind, text)
    assert (refused.value.code, refused.value.element_id) == ("timer-value", "t")


def test_a_timer_can_be_moved():
    play = one_timer("Duration", "P1D")
    moved = MORNING + timedelta(days=5)
    play.take(runtime.reschedule(play.definition, play.state, play.event("t").id, moved, play.world))
    assert play.event("t").due_at == moved
    assert play.wait(days=4).open == []
    assert play.wait(days=1).open == ["a"]


def clock_bound(follower: str) -> Play:
    """A case whose own clock does not run yet when the flow comes to what follows it."""
    parts = {"t": catch("t", timer("Date", '=clock_due("labour")')), "b": user("b", due='=clock_due("labour")')}
    play = Play(bundle(process("p", f"start > a > {follower} > end", start(), user("a"), parts[follower], end())))
    play.functions = {"clock_due": lambda name: None}
    return play.do("a")


def clock_says(play: Play, due: date | None) -> Play:
    play.functions = {"clock_due": {"labour": due}.get}
    result = runtime.follow_clocks(play.definition, play.state, play.world)
    return play if result is None else play.take(result)


def test_a_timer_is_held_while_its_clock_does_not_run_and_moves_with_it():
    play = clock_bound("t")
    assert (play.event("t").due_at, play.wait(days=40).waiting) == (None, ["t"])
    assert clock_says(play, date(2027, 1, 20)).event("t").due_at == datetime(2027, 1, 20, 16, tzinfo=UTC)
    assert clock_says(play, date(2027, 2, 1)).event("t").due_at == datetime(2027, 2, 1, 16, tzinfo=UTC)
    assert clock_says(play, None).event("t").due_at is None
    assert clock_says(play, date(2027, 1, 4)).wait(days=10).result.status == "completed"


def test_a_deadline_moves_with_the_clock_that_it_names():
    play = clock_bound("b")
    assert play.task("b").due_at is None
    assert clock_says(play, date(2026, 12, 10)).task("b").due_at == datetime(2026, 12, 10, 16, tzinfo=UTC)


def test_nothing_is_stored_anew_when_no_clock_has_moved():
    play = clock_says(clock_bound("t"), date(2027, 1, 20))
    assert runtime.follow_clocks(play.definition, play.state, play.world) is None


def two_timers() -> Play:
    return Play(
        bundle(
            process(
                "p",
                "start > g > slow > a > end; g > fast > b > end; g > word > c > end",
                start(),
                gateway("eventBased", "g"),
                catch("slow", timer("Duration", "PT48H")),
                catch("fast", timer("Duration", "PT1H")),
                catch("word", message("papers"), {"kind": "=kind"}),
                user("a"),
                user("b"),
                user("c"),
                end(),
            ),
            names=("papers",),
        )
    )


def test_two_timers_behind_one_event_gateway_keep_their_own_moments():
    play = two_timers()
    assert [play.event(one).due_at - MORNING for one in ("slow", "fast")] == [timedelta(hours=48), timedelta(hours=1)]
    play.wait(hours=1)
    assert (play.open, play.waiting) == (["b"], [])


def test_after_a_long_silence_the_earliest_timer_wins():
    assert two_timers().wait(hours=100).open == ["b"]


def test_a_message_disarms_the_timers_of_its_event_gateway():
    play = two_timers().deliver("word", kind="census")
    assert (play.open, play.waiting, play.task("c").variables) == (["c"], [], {"kind": "census"})


def referrals() -> Play:
    flow = process(
        "p",
        "start > g; g > m1 > a1 > j > end; g > m2 > a2 > j; g > m3 > a3 > j",
        start(),
        gateway("parallel", "g"),
        *[catch(f"m{n}", message("answer"), {f"answer{n}": "=payload.text"}) + user(f"a{n}") for n in (1, 2, 3)],
        gateway("parallel", "j"),
        end(),
    )
    return Play(bundle(flow, names=("answer",)))


def test_a_message_reaches_one_of_three_that_wait_for_the_same_name():
    play = referrals().deliver("m2", text="taken over")
    assert (play.open, play.waiting) == (["a2"], ["m1", "m3"])
    assert play.task("a2").variables == {"answer2": "taken over"}


def test_a_message_that_nobody_waits_for_is_refused():
    play = referrals()
    waiting_id = play.event("m2").id
    play.deliver("m2", text="once")
    with pytest.raises(EngineError) as refused:
        runtime.deliver(play.definition, play.state, waiting_id, {}, play.world)
    assert refused.value.code == "not-waiting"


def test_a_payload_with_typename_is_refused():
    play = referrals()
    with pytest.raises(EngineError) as refused:
        play.deliver("m1", text={"typename": "x"})
    assert refused.value.code == "typename-key"


def test_only_what_the_event_declares_is_taken_from_a_payload():
    play = referrals().deliver("m1", text="yes", extra="ignored")
    assert play.task("a1").variables == {"answer1": "yes"}


def guarded(event: str, interrupting: bool = True, **outputs: str) -> Play:
    """A call activity with one event on its edge."""
    flow = process(
        "p",
        "start > c > b > end; e > late > end2",
        start(),
        call("c", "q"),
        user("b"),
        user("late"),
        end(),
        boundary("e", "c", event, outputs, interrupting),
        end("end2"),
    )
    called = process("q", "qs > x > qe", start("qs"), user("x"), end("qe"))
    return Play(bundle(flow, called, names=("mediation-ended",), codes=("stop",)))


def test_an_interrupting_timer_cancels_the_call_and_what_runs_in_it():
    play = guarded(timer("Duration", "P30D"))
    assert (play.open, play.task("x").scope) == (["x"], ("c",))
    play.wait(days=30)
    assert (play.open, play.waiting, sorted(play.cancelled)) == (["late"], [], ["c", "x"])


def test_an_interrupting_message_ends_a_call_and_brings_its_reason():
    play = guarded(message("mediation-ended"), reason="=reason")
    assert [(event.name, event.attached_to) for event in play.result.waiting] == [("mediation-ended", "c")]
    play.deliver("e", reason="a party has left")
    assert (play.open, play.task("late").variables) == (["late"], {"reason": "a party has left"})


def test_a_boundary_event_is_disarmed_when_its_activity_is_done():
    play = guarded(timer("Duration", "P30D")).do("x")
    assert (play.open, play.waiting) == (["b"], [])


def test_a_reminder_fires_once_and_leaves_the_work_alone():
    play = guarded(timer("Duration", "P3D"), interrupting=False).wait(days=3)
    assert (sorted(play.open), play.waiting) == (["late", "x"], [])
    assert sorted(play.wait(days=3).open) == ["late", "x"]


def test_a_repeated_reminder_fires_as_often_as_it_says():
    play = guarded(timer("Cycle", "R3/P1D"), interrupting=False)
    counts = []
    for _ in range(5):
        counts.append(play.wait(days=1).open.count("late"))
    assert (counts, play.waiting) == ([1, 2, 3, 3, 3], [])


def test_missed_reminders_come_one_a_tick_and_none_is_lost():
    play = guarded(timer("Cycle", "R3/P1D"), interrupting=False).wait(days=10)
    assert [play.open.count("late"), play.wait().open.count("late"), play.wait().open.count("late")] == [1, 2, 3]
    assert play.waiting == []


def test_a_reminder_goes_on_when_the_work_it_reminds_of_is_done():
    play = guarded(timer("Cycle", "R/P1D"), interrupting=False).wait(days=1).do("x")
    assert (sorted(play.open), play.waiting) == (["b", "late"], [])
    assert play.do("b").do("late").result.status == "completed"


def test_a_message_that_does_not_interrupt_is_heard_every_time():
    play = guarded(message("mediation-ended"), interrupting=False).deliver("e").deliver("e")
    assert sorted(play.open) == ["late", "late", "x"]


def throwing(event: str, *, as_end: bool = True, caught: str = "", interrupting: bool = True) -> Play:
    """A call whose process throws; beside it another call with the same event on its edge."""
    flow = process(
        "p",
        "start > g > c > b > j > end; g > d > j; e > late > j2; f > wrong > j2",
        start(),
        gateway("parallel", "g"),
        call("c", "q"),
        call("d", "r"),
        boundary("e", "c", caught, None, interrupting),
        boundary("f", "d", caught, None, interrupting),
        user("b"),
        user("late"),
        user("wrong"),
        gateway("parallel", "j"),
        end(),
        end("j2"),
    )
    thrower = f'<bpmn:endEvent id="throw">{event}</bpmn:endEvent>'
    path = "qs > x > throw"
    if not as_end:
        thrower = (
            f'<bpmn:intermediateThrowEvent id="throw">{event}</bpmn:intermediateThrowEvent>' + user("y") + end("qe")
        )
        path = "qs > x > throw > y > qe"
    called = process("q", path, start("qs"), user("x"), thrower)
    other = process("r", "rs > z > re", start("rs"), user("z"), end("re"))
    return Play(bundle(flow, called, other, codes=("stop", "other")))


def test_an_error_is_caught_on_the_call_that_threw_it_and_not_on_its_neighbour():
    play = throwing(error("stop"), caught=error("stop")).do("x")
    assert sorted(play.open) == ["late", "z"]


def test_an_error_of_another_code_is_not_caught():
    with pytest.raises(EngineError) as refused:
        throwing(error("other"), caught=error("stop")).do("x")
    assert (refused.value.code, refused.value.element_id, refused.value.process_id) == ("uncaught-error", "throw", "q")


def test_an_error_that_nothing_catches_is_an_incident_and_not_a_normal_end():
    with pytest.raises(EngineError) as refused:
        Play(bundle(process("p", "start > e", start(), end("e", error("stop"))), codes=("stop",)))
    assert refused.value.code == "uncaught-error"


def test_an_escalation_tells_the_caller_and_the_work_goes_on():
    play = throwing(escalation("stop"), as_end=False, caught=escalation("stop"), interrupting=False).do("x")
    assert sorted(play.open) == ["late", "y", "z"]


def test_an_escalation_may_end_the_call():
    play = throwing(escalation("stop"), as_end=False, caught=escalation("stop")).do("x")
    assert sorted(play.open) == ["late", "z"]


def test_an_escalation_that_nobody_hears_is_no_failure():
    assert sorted(throwing(escalation("other"), as_end=False, caught=escalation("stop")).do("x").open) == ["y", "z"]


def test_an_error_passes_through_subprocess_and_call_to_the_first_that_catches_it():
    flow = process(
        "p",
        "start > c > end; e > late > end2",
        start(),
        call("c", "q"),
        end(),
        boundary("e", "c", error("stop")),
        user("late"),
        end("end2"),
    )
    inner = subprocess("sub", "is > x > ie", start("is"), user("x"), end("ie", error("stop")))
    called = process("q", "qs > sub > qe", start("qs"), inner, end("qe"))
    assert Play(bundle(flow, called, codes=("stop",))).do("x").open == ["late"]


def test_an_error_boundary_leads_to_another_try():
    flow = process(
        "p",
        "start > m > c > end; e > again > m",
        start(),
        gateway("exclusive", "m"),
        call("c", "q"),
        end(),
        boundary("e", "c", error("stop")),
        user("again"),
    )
    called = process(
        "q",
        "qs > x > g > qe; g > bad [not(good)]",
        start("qs"),
        user("x", {"good": "=good"}),
        gateway("exclusive", "g", "g-qe"),
        end("qe"),
        end("bad", error("stop")),
    )
    play = Play(bundle(flow, called, codes=("stop",))).do("x", good=False).do("again").do("x", good=False).do("again")
    assert play.do("x", good=True).result.status == "completed"


def test_a_terminate_end_stops_everything_in_its_process_only():
    flow = process("p", "start > c > b > end", start(), call("c", "q"), user("b"), end())
    called = process(
        "q",
        "qs > g > x > stop; g > y > qe",
        start("qs"),
        gateway("parallel", "g"),
        user("x"),
        user("y"),
        end("stop", "<bpmn:terminateEventDefinition/>"),
        end("qe"),
    )
    play = Play(bundle(flow, called)).do("x")
    assert (play.open, play.cancelled) == (["b"], ["y"])


def test_a_receive_task_waits_for_its_message():
    receive = '<bpmn:receiveTask id="r" name="r" messageRef="message_word"/>'
    play = Play(bundle(process("p", "start > r > a > end", start(), receive, user("a"), end()), names=("word",)))
    assert play.deliver("r").open == ["a"]


def test_a_user_task_that_is_late_goes_to_somebody_else():
    flow = process(
        "p",
        "start > a > b > end; late > chief > b",
        start(),
        user("a"),
        user("b"),
        end(),
        user("chief"),
        boundary("late", "a", timer("Duration", "=span")),
    )
    play = Play(bundle(flow), span="P5D").wait(days=5)
    assert (play.open, play.cancelled) == (["chief"], ["a"])


def test_a_script_sees_what_a_message_brought():
    flow = process(
        "p",
        "start > m > s > a > end",
        start(),
        catch("m", message("word"), {"n": "=n"}),
        script("s", "=n * 2", "twice"),
        user("a"),
        end(),
    )
    assert Play(bundle(flow, names=("word",))).deliver("m", n=4).task("a").variables == {"n": 4, "twice": 8}
