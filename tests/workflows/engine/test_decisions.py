"""A business rule task asks a decision of the release with the variables in sight."""

from __future__ import annotations

import pytest

from tests.workflows.engine.drawing import Play, bundle, end, mapping, node, process, start, user
from workflows.compile import compile_bundle
from workflows.model import Bundle, EngineError

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="test">
<decision id="route" name="Route"><decisionTable hitPolicy="UNIQUE">
<input><inputExpression><text>amount</text></inputExpression></input>
<input><inputExpression><text>case.kind</text></inputExpression></input>
<output name="way"/><output name="days"/>
<rule><inputEntry><text>&lt;= 1000</text></inputEntry><inputEntry><text>-</text></inputEntry>
<outputEntry><text>"short"</text></outputEntry><outputEntry><text>3</text></outputEntry></rule>
<rule><inputEntry><text>&gt; {above}</text></inputEntry><inputEntry><text>"0201"</text></inputEntry>
<outputEntry><text>"long"</text></outputEntry><outputEntry><text>30</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def flow(outputs: dict[str, str] | None = None, above: int = 1000, decision: str = "route") -> Bundle:
    called = f'<zeebe:calledDecision decisionId="{decision}" resultVariable="triage"/>' + mapping(None, outputs)
    drawn = process(
        "p", "start > rule > a > end", start(), node("businessRuleTask", "rule", "", called), user("a"), end()
    )
    return bundle(drawn, **{"decisions/triage.dmn": TABLE.replace("{above}", str(above))})


@pytest.mark.parametrize(
    ("amount", "expected"), [(10, {"way": "short", "days": 3}), (5000, {"way": "long", "days": 30})]
)
def test_the_result_of_a_decision_becomes_one_variable(amount, expected):
    play = Play(flow(), case={"kind": "0201"}, amount=amount)
    assert play.task("a").variables == {"amount": amount, "triage": expected}


def test_a_part_of_the_result_can_be_taken():
    play = Play(flow({"way": "=triage.way"}), case={"kind": "0201"}, amount=10)
    assert play.task("a").variables == {"amount": 10, "way": "short"}


def test_two_rules_at_once_are_an_incident():
    with pytest.raises(EngineError) as refused:
        Play(flow(above=500), case={"kind": "0201"}, amount=800)
    assert (refused.value.code, refused.value.element_id) == ("decision", "rule")


def test_a_decision_that_is_not_there_does_not_compile():
    with pytest.raises(EngineError) as refused:
        compile_bundle(flow(decision="other"))
    assert (refused.value.code, refused.value.element_id) == ("missing-decision", "rule")
