"""Whatever is in a file, lint answers with findings: it never raises, and it finds each break of a sound drawing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workflows.lint import sheet
from tests.workflows.lint.draft import SHAPES, drawn
from workflows import dialect, runtime
from workflows.bundle import read_folder
from workflows.compile import compile_bundle
from workflows.lint import lint
from workflows.lint.tokens import play
from workflows.model import Bundle, Environment

SHIPPED = read_folder(Path(__file__).resolve().parents[3] / "bpmn")
FLOWS = sorted(path for path in SHIPPED.files if path.endswith(".bpmn"))


def broken(path: str, content: bytes) -> Bundle:
    return Bundle({**SHIPPED.files, path: content})


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(FLOWS), st.data())
def test_a_flow_with_bytes_cut_out_or_put_in_is_judged_and_never_a_traceback(path, data):
    content = SHIPPED.files[path]
    place = data.draw(st.integers(0, len(content) - 1))
    length = data.draw(st.integers(0, 60))
    filled = data.draw(st.sampled_from([b"", b"<", b'"', b"=", b"\x00", "调".encode()]))
    found = lint(broken(path, content[:place] + filled + content[place + length :]), only={path})
    assert all(one.message for one in found)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(FLOWS), st.data())
def test_a_flow_with_an_attribute_changed_is_judged_and_never_a_traceback(path, data):
    text = SHIPPED.files[path].decode()
    values = list(re.finditer(r'="([^"]*)"', text.split("<bpmndi:")[0]))
    chosen = data.draw(st.sampled_from(values))
    other = data.draw(st.sampled_from(["", "=", "=1 +", "P", "true", "start", "=case", "typename", "${x}", "子"]))
    changed = text[: chosen.start(1)] + other + text[chosen.end(1) :]
    found = lint(broken(path, changed.encode()), only={path})
    assert all(one.message and one.file == path for one in found)


@pytest.mark.parametrize("path", FLOWS)
def test_a_flow_that_loses_one_connection_is_never_called_clean(path):
    text = SHIPPED.files[path].decode()
    ids = re.findall(r'<bpmn:sequenceFlow id="([^"]+)"', text)
    for own in ids[::7]:
        without = re.sub(
            rf'<bpmn:sequenceFlow id="{own}"[^>]*?(/>|>.*?</bpmn:sequenceFlow>)', "", text, flags=re.DOTALL
        )
        found = lint(broken(path, without.encode()), only={path})
        assert any(one.severity == "error" and one.line for one in found), own


@settings(max_examples=80, deadline=None)
@given(SHAPES)
def test_what_is_well_structured_is_clean(shape):
    assert sheet.found(drawn(shape)) == []


LOOP_WITH_A_CHOICE_BESIDE_WORK = ("loop", ["task", ("parallel", ["task", ("inclusive", ["task", "task"])])])


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.integers(0, 4))
@example(LOOP_WITH_A_CHOICE_BESIDE_WORK, 3)
def test_what_is_clean_plays_to_its_end(shape, patience):
    """Lint and engine mean the same: a drawing without findings is never stuck and leaves no task behind."""
    definition = compile_bundle(sheet.bundle(drawn(shape)))
    result = runtime.start(definition, "p", {}, at(patience > 0))
    for step in range(300):
        if result.status != "running":
            break
        result = runtime.complete(definition, result.state, result.tasks[0].id, {}, at(step < patience))
    assert result.status == "completed"


def at(again: bool) -> Environment:
    return Environment(
        datetime(2026, 11, 21, tzinfo=UTC), {"minors": not again}, {"working_days": lambda n: date(2026, 12, 1)}
    )


@settings(max_examples=50, deadline=None)
@given(SHAPES)
def test_a_wrong_join_in_it_is_found(shape):
    text = drawn(("exclusive", [shape, "task"])).replace('<exclusiveGateway id="e2"/>', '<parallelGateway id="e2"/>')
    model = dialect.read("p", sheet.definitions(text)).processes[0]
    assert "e2" in play(model, None).stuck
