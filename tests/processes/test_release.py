"""The shipped release as a whole: lint has nothing to say, forms and flows fit, everything is there in English."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mediation.case_view import CASE_SCHEMA
from mediation.vocabulary import shipped_vocabulary
from tests.processes.journey import FLOWS, FRESH_CASE, shipped
from workflows import bundle
from workflows.diagram import Element, ProcessModel
from workflows.lint import lint

KNOWN = shipped_vocabulary()


def user_tasks() -> Iterator[tuple[ProcessModel, Element]]:
    for model in shipped().processes.values():
        for element in model.elements.values():
            if element.kind == "userTask":
                yield model, element


def test_lint_finds_nothing() -> None:
    assert lint(bundle.read_folder(FLOWS, None), KNOWN) == []


def test_the_case_of_the_journeys_has_the_published_fields() -> None:
    assert set(FRESH_CASE) == set(CASE_SCHEMA)


@pytest.mark.parametrize(("model", "task"), list(user_tasks()), ids=lambda one: getattr(one, "id", ""))
def test_every_task_says_who_by_when_on_what_ground_and_what_then(model: ProcessModel, task: Element) -> None:
    assert shipped().roles.find(task.lane)
    assert task.form_id in shipped().forms
    assert task.due_date.startswith("=")
    assert all(task.properties.get(name) for name in ("ground", "overdue", "next"))
    english = shipped().translations["en"]["processes"][model.id]["elements"][task.id]
    assert all(english.get(name) for name in ("name", "ground", "overdue", "next"))


def test_who_is_told_that_something_is_late_reads_a_step_of_the_flow_in_either_language() -> None:
    told = [
        (model.id, element.headers["step"]) for model in shipped().processes.values() for element in model.elements.values()
        if element.task_type in ("warn-overdue", "remind-agency")
    ]  # fmt: skip
    english = shipped().translations["en"]["processes"]
    assert told
    assert [(flow, step) for flow, step in told if not english[flow]["elements"].get(step, {}).get("name")] == []


def test_what_a_flow_asks_of_an_agency_is_there_in_english() -> None:
    asked = {
        mapping.source.removeprefix('="').removesuffix('"') for model in shipped().processes.values()
        for element in model.elements.values() for mapping in element.inputs
        if mapping.target == "purpose" and mapping.source.startswith('="')
    }  # fmt: skip
    assert asked == set(shipped().translations["en"]["processes"]["referral"]["values"])


def headers(*effects: str, keys: tuple[str, ...]) -> set[str]:
    """The fixed words with which flows cause these effects; neither expressions nor steps of the flow itself."""
    return {
        element.headers[key] for model in shipped().processes.values() for element in model.elements.values()
        if element.task_type in effects for key in keys
        if key in element.headers and not element.headers[key].startswith("=") and element.headers[key] not in model.elements
    }  # fmt: skip


def test_what_a_flow_orders_is_there_in_english() -> None:
    ordered = headers("order-supervision", keys=("step", "reason"))
    assert ordered == set(shipped().translations["en"]["processes"]["supervision"]["values"])


def test_why_a_flow_moves_a_clock_is_there_in_english() -> None:
    moved = headers("pause-clock", "resume-clock", "extend-clock", keys=("reason", "evidence", "authority"))
    assert moved - set(shipped().translations["en"]["decisions"]["clocks"]["values"]) == set()


def test_every_form_has_a_task() -> None:
    assert set(shipped().forms) == {task.form_id for _, task in user_tasks()}


def test_only_the_courts_own_pool_gets_the_courts_tasks() -> None:
    pools = {task.candidate_groups for _, task in user_tasks() if task.lane == "法院联络员"}
    assert pools
    assert all("case.court" in pool or 'agency_for("court")' in pool for pool in pools)


def test_a_mediators_task_is_the_appointed_mediators() -> None:
    own = [task for _, task in user_tasks() if task.lane == "调解员" and task.assignee]
    assert {task.assignee for task in own} == {"=case.mediator"}
    assert {task.candidate_groups for task in own} == {"=case.committee", "=studio"}


def test_nothing_in_the_english_file_is_still_chinese() -> None:
    english = json.loads((FLOWS / "i18n/en.json").read_text())
    english["decisions"] = [_read(one) for one in english["decisions"].values()]
    assert list(_chinese(english)) == []


def _read(decision: dict[str, object]) -> dict[str, object]:
    """What is read of a decision's translation: the keys of `values` are the Chinese texts themselves."""
    values = decision.get("values", {})
    assert isinstance(values, dict)
    return {"name": decision["name"], "values": list(values.values())}


def _chinese(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _chinese(one)
    elif isinstance(value, list):
        for one in value:
            yield from _chinese(one)
    elif isinstance(value, str) and any("\u4e00" <= letter <= "\u9fff" for letter in _without_terms(value)):
        yield value


def _without_terms(text: str) -> str:
    """The two kinds of referral by a court are told apart by their Chinese names only."""
    return text.replace("委派", "").replace("委托", "")
