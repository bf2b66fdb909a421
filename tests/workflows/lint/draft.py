"""Draws any well-structured process from a shape: sequences, choices, forks and loops within each other."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.workflows.lint import sheet

SHAPES = st.recursive(
    st.just("task"),
    lambda inner: st.tuples(
        st.sampled_from(["sequence", "exclusive", "parallel", "inclusive", "loop"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=8,
)


class Draft:
    """Collects the parts; every method returns the first and the last element of what it drew."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.count = 0

    def name(self) -> str:
        self.count += 1
        return f"e{self.count}"

    def block(self, shape: object) -> tuple[str, str]:
        if shape == "task":
            own = self.name()
            self.parts.append(sheet.user(own))
            return own, own
        kind, inner = shape  # type: ignore[misc]
        if kind == "sequence":
            return self.sequence(inner)
        return self.loop(inner) if kind == "loop" else self.split(kind, inner)

    def sequence(self, inner: list[object]) -> tuple[str, str]:
        blocks = [self.block(one) for one in inner]
        for (_, last), (first, _) in zip(blocks, blocks[1:], strict=False):
            self.parts.append(sheet.flow(last, first))
        return blocks[0][0], blocks[-1][1]

    def split(self, kind: str, inner: list[object]) -> tuple[str, str]:
        fork, join = self.name(), self.name()
        entries = []
        for one in inner:
            first, last = self.block(one)
            entries.append(f"{fork}_{first}")
            condition = "" if kind == "parallel" or len(entries) == 1 else "=case.minors"
            self.parts += [sheet.flow(fork, first, condition), sheet.flow(last, join)]
        default = "" if kind == "parallel" else entries[0]
        self.parts += [sheet.gateway(kind, fork, default), sheet.gateway(kind, join)]
        return fork, join

    def loop(self, inner: list[object]) -> tuple[str, str]:
        again, done, leave = self.name(), self.name(), self.name()
        first, last = self.sequence(inner)
        self.parts += [
            sheet.gateway("exclusive", again),
            sheet.gateway("exclusive", done, f"{done}_{again}"),
            sheet.user(leave),
            sheet.flow(again, first),
            sheet.flow(last, done),
            sheet.flow(done, again),
            sheet.flow(done, leave, "=case.minors"),
        ]
        return again, leave


def drawn(shape: object) -> str:
    """The process."""
    draft = Draft()
    first, last = draft.block(shape)
    return sheet.process(sheet.start(), sheet.end(), sheet.flow("start", first), sheet.flow(last, "end"), *draft.parts)
