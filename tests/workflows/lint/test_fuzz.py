"""Whatever is in a file, lint answers with findings: it never raises, and it finds each break of a sound drawing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.lint import sheet
from workflows import dialect
from workflows.bundle import read_folder
from workflows.lint import lint
from workflows.lint.tokens import play
from workflows.model import Bundle

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


class Draft:
    """Builds a well-structured process: a sequence, a choice, a fork, a loop, nested in any way."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.count = 0

    def name(self) -> str:
        self.count += 1
        return f"e{self.count}"

    def block(self, shape: object) -> tuple[str, str]:
        """Draws a block and returns its first and last element."""
        if shape == "task":
            own = self.name()
            self.parts.append(sheet.user(own))
            return own, own
        kind, inner = shape  # type: ignore[misc]
        if kind == "sequence":
            return self.sequence(inner)
        if kind == "loop":
            return self.loop(inner)
        return self.split(kind, inner)

    def sequence(self, inner: list[object]) -> tuple[str, str]:
        blocks = [self.block(one) for one in inner]
        for (_, last), (first, _) in zip(blocks, blocks[1:], strict=False):
            self.parts.append(sheet.flow(last, first))
        return blocks[0][0], blocks[-1][1]

    def split(self, kind: str, inner: list[object]) -> tuple[str, str]:
        fork, join = self.name(), self.name()
        conditions = []
        for one in inner:
            first, last = self.block(one)
            conditions.append(f"{fork}_{first}")
            condition = "" if kind == "parallel" or len(conditions) == 1 else "=case.minors"
            self.parts += [sheet.flow(fork, first, condition), sheet.flow(last, join)]
        default = "" if kind == "parallel" else conditions[0]
        self.parts += [sheet.gateway(kind, fork, default), sheet.gateway(kind, join)]
        return fork, join

    def loop(self, inner: list[object]) -> tuple[str, str]:
        again, done = self.name(), self.name()
        first, last = self.sequence(inner)
        self.parts += [sheet.gateway("exclusive", again), sheet.gateway("exclusive", done, f"{done}_{again}"),
                       sheet.flow(again, first), sheet.flow(last, done), sheet.flow(done, again)]  # fmt: skip
        leave = self.name()
        self.parts += [sheet.user(leave), sheet.flow(done, leave, "=case.minors")]
        return again, leave


SHAPES = st.recursive(
    st.just("task"),
    lambda inner: st.tuples(
        st.sampled_from(["sequence", "exclusive", "parallel", "inclusive", "loop"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=8,
)


def drawn(shape: object) -> str:
    draft = Draft()
    first, last = draft.block(shape)
    return sheet.process(sheet.start(), sheet.end(), sheet.flow("start", first), sheet.flow(last, "end"), *draft.parts)


@settings(max_examples=80, deadline=None)
@given(SHAPES)
def test_what_is_well_structured_is_clean(shape):
    assert sheet.found(drawn(shape)) == []


@settings(max_examples=50, deadline=None)
@given(SHAPES)
def test_a_wrong_join_in_it_is_found(shape):
    text = drawn(("exclusive", [shape, "task"])).replace('<exclusiveGateway id="e2"/>', '<parallelGateway id="e2"/>')
    model = dialect.read("p", sheet.definitions(text)).processes[0]
    assert "e2" in play(model, None).stuck
