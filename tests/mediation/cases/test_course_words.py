"""The course of a case is read by people: whatever is written into its chain has words in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from mediation.cases import timeline
from mediation.config import ROOT

RECORDERS = {"record", "note_read", "_record", "_changed"}
COMPOSED = {
    "letter-handed-over", "letter-posted", "letter-refused", "letter-not-found", "notice-sent", "notice-failed",
    "statement-taken", "enquiry-taken", "request-taken", "witness-taken", "process-started", "process-cancelled",
    "process-moved", "task-completed", "task-sent-back", "task-taken-back", "message-delivered", "timer-fired",
    "timer-moved", "timers-moved", "incident-retried", "incident-resolved",
}  # fmt: skip


def recorded() -> Iterator[str]:
    """The actions that the program writes into the chain of a case, as its sources name them."""
    for path in (ROOT / "mediation").rglob("*.py"):
        if path.parent.name == "duty":
            continue  # the roster belongs to no case
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _records_on_a_case(node):
                yield node.args[0].value


def _records_on_a_case(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    named = bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    of_case = name.startswith("_") or "case_id" in {keyword.arg for keyword in call.keywords}
    return named and name in RECORDERS and of_case


@pytest.mark.parametrize("action", sorted(COMPOSED | set(recorded())))
def test_what_is_recorded_of_a_case_has_words(action: str) -> None:
    assert action in timeline._TELLERS
