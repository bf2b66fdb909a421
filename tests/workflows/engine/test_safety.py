"""What must never happen: Python from a flow, states from elsewhere, changed definitions, personal data in a log."""

from __future__ import annotations

import importlib.metadata
import logging
import pathlib
import threading
import zlib
from typing import Any

import pytest
from SpiffWorkflow.bpmn.script_engine import python_environment

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
    process,
    script,
    start,
    timer,
    user,
)
from tests.workflows.engine.test_prune import MIXED, adventure
from workflows import cache, codec, outcome, runtime
from workflows.compile import compile_bundle
from workflows.model import EngineError, Environment
from workflows.spiff_engine import FeelEngine

LINE = bundle(process("p", "start > a > b > end", start(), user("a", {"x": "=x"}), user("b"), end()))
EVIL = '__import__("os").system("touch pwned")'
CLIMB = "().__class__.__base__.__subclasses__()"


def test_the_engine_is_the_version_whose_ways_are_pinned_here():
    assert importlib.metadata.version("SpiffWorkflow") == "3.2.0"


def hostile(text: str) -> dict[str, str]:
    """A Python expression in every place where a flow can hold one."""
    choice = gateway("exclusive", "g", "g-end")
    return {
        "a condition": process(
            "p", f"start > g > end; g > b [{text}]; b > e2", start(), choice, user("b"), end(), end("e2")
        ),
        "a script": process("p", "start > s > end", start(), script("s", f"={text}", "x"), end()),
        "a timer": process("p", "start > t > end", start(), catch("t", timer("Duration", f"={text}")), end()),
        "a timer without =": process("p", "start > t > end", start(), catch("t", timer("Duration", text)), end()),
        "a deadline": process("p", "start > a > end", start(), user("a", due=f"={text}"), end()),
        "an output": process("p", "start > a > end", start(), user("a", {"x": f"={text}"}), end()),
        "a header": process("p", "start > s > end", start(), effect("s", "set-status", status=f"={text}"), end()),
        "a list": process("p", "start > a > end", start(), user("a", inside=many(f"={text}", "x")), end()),
        "an input": process("p", "start > c > end", start(), call("c", "q", {"x": f"={text}"}), end())
        + process("q", "qs > qe", start("qs"), end("qe")),
        "an edge": process(
            "p",
            "start > a > end; e > end2",
            start(),
            user("a"),
            end(),
            end("end2"),
            boundary("e", "a", timer("Cycle", f"={text}")),
        ),
    }


@pytest.mark.parametrize("text", [EVIL, CLIMB, "open('/etc/passwd')"])
@pytest.mark.parametrize("place", hostile(""))
def test_python_in_a_flow_is_refused_and_never_run(place, text, monkeypatch, tmp_path):
    def never(*arguments: Any) -> None:
        raise AssertionError("Python was asked to run a text of the flow")

    monkeypatch.chdir(tmp_path)
    for name in ("eval", "exec"):
        monkeypatch.setattr(python_environment, name, never, raising=False)
    with pytest.raises(EngineError):
        Play(bundle(hostile(text)[place])).do("a")
    assert list(pathlib.Path(tmp_path).iterdir()) == []


def test_a_script_of_the_original_engine_is_not_read():
    drawn = '<bpmn:scriptTask id="s"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'
    with pytest.raises(EngineError) as refused:
        compile_bundle(bundle(process("p", "start > s > end", start(), drawn, end())))
    assert refused.value.code == "unsupported"


def test_a_loaded_case_has_our_script_engine_in_every_process():
    play = Play(MIXED, n=0, x=5)
    engine = FeelEngine(play.world)
    case = codec.decode(play.state, play.definition, engine)
    assert [scope.script_engine for scope in case.scopes()] == [engine] * 2
    for ask in (engine.environment.evaluate, engine.environment.execute):
        with pytest.raises(EngineError):
            ask("1 + 1", {})


def test_a_state_of_another_release_is_refused():
    other = compile_bundle(bundle(process("p", "start > a > end", start(), user("a"), end())))
    play = Play(LINE)
    with pytest.raises(EngineError) as refused:
        runtime.tick(other, play.state, play.world)
    assert refused.value.code == "wrong-release"


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: b"",
        lambda state: b"XXXX" + state[4:],
        lambda state: state[:4] + b"\x09" + state[5:],
        lambda state: state[:60],
        lambda state: state[:37] + zlib.compress(b"{"),
        lambda state: state[:37] + b"garbage",
    ],
)
def test_a_damaged_state_is_refused(damage):
    play = Play(LINE)
    with pytest.raises(EngineError) as refused:
        runtime.tick(play.definition, damage(play.state), play.world)
    assert refused.value.code == "broken-state"


def test_a_state_holds_no_drawings_and_no_copies():
    play = Play(LINE).do("a", x="王小明")
    assert set(codec.content(play.state)) == {"process", "cancelled", "scopes"}
    assert str(codec.content(play.state)).count("王小明") == 1
    assert len(play.state) < 400


def snapshot(definition: Any) -> dict[str, str]:
    return {
        f"{name}:{spec.name}": repr(
            sorted((key, str(value)) for key, value in vars(spec).items() if not key.endswith("_event"))
        )
        + str([vars(spec)[key].n_subscribers() for key in vars(spec) if key.endswith("_event")])
        for name, process_spec in definition.specs.items()
        for spec in process_spec.task_specs.values()
    }


def test_running_cases_never_changes_a_shared_definition():
    definition = compile_bundle(MIXED)
    before = snapshot(definition)
    for seed in range(12):
        adventure(seed, definition)
    assert snapshot(definition) == before


def test_threads_share_one_definition():
    definition = compile_bundle(MIXED)
    expected = [adventure(seed, definition) for seed in range(8)]
    told: dict[int, list[object]] = {}

    def play(seed: int) -> None:
        told[seed] = adventure(seed, definition)

    threads = [threading.Thread(target=play, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [told[seed] for seed in range(8)] == expected


def test_nothing_about_a_case_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    adventure(1, compile_bundle(MIXED))
    assert [record for record in caplog.records if record.name.startswith("spiff")] == []


def test_a_very_long_line_of_steps_is_neither_lost_nor_called_finished():
    """SpiffWorkflow stops looking at 1,000 tasks in a line, and then calls the case completed."""
    flow = process(
        "p",
        "start > m > s > g > m; g > a [n > 2000]; a > end",
        start(),
        gateway("exclusive", "m"),
        script("s", "=n + 1", "n"),
        gateway("exclusive", "g", "g-m"),
        user("a"),
        end(),
    )
    play = Play(bundle(flow), n=0)
    assert (play.open, play.result.status) == (["a"], "running")
    assert play.do("a").result.status == "completed"


def test_more_than_eight_hundred_elements_in_one_line_are_refused(monkeypatch):
    monkeypatch.setattr(outcome, "prune", lambda case: None)
    flow = process(
        "p",
        "start > m > a > g > m; g > end [n > 0]",
        start(),
        gateway("exclusive", "m"),
        user("a"),
        gateway("exclusive", "g", "g-m"),
        end(),
    )
    play = Play(bundle(flow), n=0)
    with pytest.raises(EngineError) as refused:
        play.do(*["a"] * 300)
    assert refused.value.code == "too-deep"


def test_what_breaks_inside_the_engine_becomes_an_incident_that_names_the_element():
    def broken(*arguments: Any) -> Any:
        raise RuntimeError("the holidays are not loaded: 王小明")

    flow = bundle(process("p", "start > a > b > end", start(), user("a"), user("b", due="=working_days(3)"), end()))
    play = Play(flow)
    play.functions = {"working_days": broken}
    with pytest.raises(EngineError) as refused:
        play.do("a")
    assert refused.value.element_id == "b"


def test_an_unforeseen_exception_names_the_element_and_keeps_its_words_to_itself(monkeypatch):
    from workflows.spiff_activities import UserTask

    play = Play(LINE)

    def broken(*arguments: Any) -> None:
        raise KeyError("身份证 110101")

    monkeypatch.setattr(UserTask, "_on_ready", broken)
    with pytest.raises(EngineError) as refused:
        play.do("a", x=1)
    assert (refused.value.code, refused.value.element_id) == ("engine", "a")
    assert "110101" not in refused.value.message


def test_a_moment_without_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        runtime.start(compile_bundle(LINE), "p", {}, Environment(MORNING.replace(tzinfo=None)))


def test_a_release_is_compiled_once_and_the_oldest_unused_is_forgotten():
    cache.clear()
    loaded: list[str] = []

    def release(number: int) -> Any:
        return bundle(
            process("p", "start > a > end", start(), user("a"), end()),
            **{"i18n/en.json": f'{{"n": {number}}}'},
        )

    def get(number: int) -> Any:
        made = release(number)

        def load() -> Any:
            loaded.append(made.hash)
            return made

        return cache.get(made.hash, load)

    first = get(0)
    assert get(0) is first
    assert len(loaded) == 1
    for number in range(1, cache.KEPT + 1):
        get(number)
    assert get(0) is not first
    cache.clear()


def test_files_that_are_not_the_release_are_refused():
    with pytest.raises(EngineError) as refused:
        cache.get("0" * 64, lambda: LINE)
    assert refused.value.code == "wrong-release"


def test_a_process_that_does_not_exist_cannot_be_started():
    with pytest.raises(EngineError) as refused:
        Play(LINE, "nowhere")
    assert refused.value.code == "missing-process"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bad.bpmn", "<bpmn"),
        ("bad.bpmn", '<!DOCTYPE x [<!ENTITY a "b">]><x/>'),
        ("bad.dmn", "<dmn"),
        ("forms/bad.form", "{"),
        ("roles.json", "["),
        ("i18n/en.json", "{"),
    ],
)
def test_broken_files_do_not_compile(path, text):
    with pytest.raises(EngineError) as refused:
        compile_bundle(bundle(process("p", "start > end", start(), end()), **{path: text}))
    assert refused.value.code == "broken-file"
