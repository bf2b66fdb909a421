"""Cases stored earlier are read today: what a new SpiffWorkflow or a change here would break shows in these files.

The files in `stored/` are never made anew. When the schema of states changes, new ones are added beside them.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.engine.drawing import MORNING
from workflows import runtime
from workflows.compile import Definition, compile_bundle
from workflows.model import Bundle, Environment, StepResult

STORED = sorted((Path(__file__).parent / "stored").glob("*.json"))
WORLD = Environment(MORNING)


def read(path: Path) -> tuple[dict[str, Any], Definition, bytes]:
    told = json.loads(path.read_text(encoding="utf-8"))
    definition = compile_bundle(Bundle({"flows.bpmn": told["flows"].encode()}))
    return told, definition, base64.b64decode(told["state"])


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_stored_case_stands_where_it_stood(path):
    told, definition, state = read(path)
    tasks, waiting = runtime.look(definition, state, WORLD)
    assert told["open"] == [
        [task.id, task.element_id, task.index, list(task.scope), task.due_at and task.due_at.isoformat(), task.previous]
        for task in tasks
    ]
    assert told["waiting"] == [[one.id, one.element_id, one.due_at and one.due_at.isoformat()] for one in waiting]
    assert told["variables"] == repr(sorted(tasks[0].variables.items()))


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_stored_case_goes_on_to_its_end(path):
    _, definition, state = read(path)
    result = StepResult(state, "running", runtime.look(definition, state, WORLD)[0])
    for _ in range(50):
        if result.status == "completed":
            break
        result = runtime.complete(definition, result.state, result.tasks[0].id, {"x": 0}, WORLD)
    assert result.status == "completed"


def test_a_stored_step_back_still_leads_into_the_finished_call():
    _, definition, state = read(next(path for path in STORED if path.stem == "a-step-back-into-a-call"))
    (task,), _ = runtime.look(definition, state, WORLD)
    assert task.previous is not None
    again = runtime.send_back(definition, state, task.previous, WORLD).tasks[0]
    assert (again.element_id, again.scope, again.variables) == ("x", ("c",), {"n": 1})
