"""Decision tables: hit policies, outputs, allowed values, null inputs, types (DMN 1.3, chapter 8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.decision_files import decision, definitions, input_data, table
from workflows.decision import DecisionError, decide, explain, load
from workflows.feel import to_json

LEVELS = '"high","middle","low"'


def decided(logic: str, context: dict[str, Any], *parts: str) -> Any:
    """The value of the one decision whose logic this is, as JSON."""
    return to_json(decide(load(definitions(*parts, decision("d", logic))), "d", context))


RISK = ['> 100 | - => "high"', '[50..100] | true => "middle"', '- | false => "low"', '> 80 | true => "high"']
POLICIES = [
    ("FIRST", "", {"a": 90, "b": True}, "middle"),
    ("FIRST", "", {"a": 200, "b": False}, "high"),
    ("FIRST", "", {"a": 1, "b": True}, None),
    ("PRIORITY", "", {"a": 90, "b": True}, "high"),
    ("PRIORITY", "", {"a": 60, "b": True}, "middle"),
    ("RULE ORDER", "", {"a": 90, "b": True}, ["middle", "high"]),
    ("OUTPUT ORDER", "", {"a": 90, "b": True}, ["high", "middle"]),
    ("COLLECT", "", {"a": 90, "b": True}, ["middle", "high"]),
    ("COLLECT", "COUNT", {"a": 90, "b": True}, 2),
    ("UNIQUE", "", {"a": 60, "b": True}, "middle"),
    ("ANY", "", {"a": 110, "b": True}, "high"),
    ("RULE ORDER", "", {"a": 1, "b": True}, None),
    ("COLLECT", "COUNT", {"a": 1, "b": True}, None),
]


@pytest.mark.parametrize(("policy", "aggregation", "context", "expected"), POLICIES)
def test_a_hit_policy_makes_one_result_of_the_hits(
    policy: str, aggregation: str, context: dict[str, Any], expected: Any
) -> None:
    logic = table(
        ["a : number", "b : boolean"], [f"level : string : {LEVELS}"], RISK, policy=policy, aggregation=aggregation
    )
    assert decided(logic, context) == expected


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("SUM", 60), ("MIN", 10), ("MAX", 30), ("COUNT", 3), ("", [10, 20, 30])]
)
def test_collect_aggregates_the_outputs_of_all_hits(aggregation: str, expected: Any) -> None:
    rules = ["> 0 => 10", "> 1 => 20", "> 2 => 30", "> 9 => 99"]
    assert decided(table(["x"], ["n"], rules, policy="COLLECT", aggregation=aggregation), {"x": 5}) == expected


def test_two_hits_under_unique_are_refused_with_the_rules_named() -> None:
    logic = table(["x"], ["n"], ["> 1 => 1", "> 2 => 2", "< 0 => 3"])
    with pytest.raises(DecisionError, match=r"1 \(r1\), 2 \(r2\)") as refusal:
        decided(logic, {"x": 5})
    assert refusal.value.code == "overlap"
    assert decided(logic, {"x": 2}) == 1


def test_any_accepts_equal_outputs_only() -> None:
    logic = table(["x"], ["n"], ["> 1 => 1", "> 2 => 1", "> 3 => 2"], policy="ANY")
    assert decided(logic, {"x": 3}) == 1
    with pytest.raises(DecisionError) as refusal:
        decided(logic, {"x": 4})
    assert refusal.value.code == "any-differs"


def test_several_outputs_are_a_context_and_priority_looks_at_them_in_turn() -> None:
    outputs = ['level : string : "high","low"', 'route : string : "court","mediation"']
    rules = ['> 1 => "low" | "court"', '> 2 => "high" | "mediation"', '> 3 => "high" | "court"']
    assert decided(table(["x"], outputs, rules, policy="PRIORITY"), {"x": 3}) == {"level": "high", "route": "mediation"}
    assert decided(table(["x"], outputs, rules, policy="PRIORITY"), {"x": 4}) == {"level": "high", "route": "court"}
    ordered = decided(table(["x"], outputs, rules, policy="OUTPUT ORDER"), {"x": 4})
    assert [one["route"] for one in ordered] == ["court", "mediation", "court"]
    assert ordered[-1]["level"] == "low"


CELLS = [
    ("-", None, True),
    ("", 5, True),
    ("null", None, True),
    ("null", 5, False),
    ("5", None, False),
    ("< 5", None, False),
    ("not(null)", None, False),
    ('"a","b"', "b", True),
    ('not("a")', "b", True),
    ("[1..10]", 10, True),
    ("]1..10[", 10, False),
    ("true", True, True),
    ("? > limit", 5, True),
    ("limit", 3, True),
    ("< limit", 2, True),
    ('starts with(?, "邻")', "邻里", True),
    ('date("2026-01-01")', "2026-01-01", False),
    ("1, 2, > 8", 9, True),
]


@pytest.mark.parametrize(("cell", "value", "matches"), CELLS)
def test_a_cell_matches_its_input_as_a_unary_test(cell: str, value: Any, matches: bool) -> None:
    assert decided(table(["x"], ["n"], [f"{cell} => 1"]), {"x": value, "limit": 3}) == (1 if matches else None)


def test_a_date_column_takes_iso_text_from_json() -> None:
    logic = table(["day : date"], ["n"], ['[date("2026-01-01")..date("2026-12-31")] => 1'])
    assert decided(logic, {"day": "2026-05-01"}) == 1
    assert decided(logic, {"day": date(2027, 1, 1)}) is None


def test_a_value_outside_the_allowed_ones_is_refused() -> None:
    inputs = table(['x : string : "a","b"'], ["n"], ['"a" => 1', "- => 2"], policy="FIRST")
    outputs = table(["x"], ['n : string : "good","bad"'], ['"a" => "good"', '"b" => "ugly"'])
    assert decided(inputs, {"x": "a"}) == 1
    assert decided(inputs, {"x": None}) == 2
    assert decided(outputs, {"x": "a"}) == "good"
    for logic, value in ((inputs, "c"), (outputs, "b")):
        with pytest.raises(DecisionError) as refusal:
            decided(logic, {"x": value})
        assert refusal.value.code == "not-allowed"


def test_allowed_values_of_a_named_type_hold_too() -> None:
    kind = (
        '<itemDefinition name="tKind"><typeRef>string</typeRef>'
        '<allowedValues><text>"a","b"</text></allowedValues></itemDefinition>'
    )
    logic = table(["x : tKind"], ["n"], ["- => 1"])
    assert decided(logic, {"x": "b"}, kind) == 1
    with pytest.raises(DecisionError):
        decided(logic, {"x": "c"}, kind)


def test_defaults_are_given_where_no_rule_matches() -> None:
    logic = table(["x"], ["n : number : - : 7", 'm : string :  : "none"'], ['1 => 1 | "one"'])
    assert decided(logic, {"x": 5}) == {"n": 7, "m": "none"}
    assert decided(logic, {"x": 1}) == {"n": 1, "m": "one"}


def test_an_output_of_another_type_counts_as_null() -> None:
    assert decided(table(["x"], ["n : number"], ['- => "text"']), {"x": 1}) is None
    assert decided(table(["x"], ["n : number"], ["- => [5]"]), {"x": 1}) == 5


def test_inputs_are_expressions_and_outputs_see_the_scope() -> None:
    logic = table(["a + b", "count(list)"], ["n"], ["> 3 | 2 => a * 10"])
    assert decided(logic, {"a": 2, "b": 2, "list": [1, 2]}) == 20


def test_the_rules_that_matched_are_told_with_what_their_author_wrote() -> None:
    rules = ['"邻里" => "simple" # 邻里纠纷就地化解', '- => "ordinary"']
    file = load(definitions(decision("triage", table(["kind"], ["level"], rules, policy="FIRST"))))
    outcome = explain(file, "triage", {"kind": "邻里"})
    assert outcome.value == "simple"
    hit = outcome.hits[0]
    assert (hit.decision_id, hit.rule_id, hit.number) == ("triage", "r1", 1)
    assert (hit.description, hit.outputs) == ("邻里纠纷就地化解", {"level": "simple"})


def test_a_table_without_rules_or_inputs_still_decides() -> None:
    assert decided('<decisionTable><output name="n"/></decisionTable>', {}) is None
    assert (
        decided(
            '<decisionTable><output name="n"/>'
            '<rule id="r"><outputEntry><text>1</text></outputEntry></rule></decisionTable>',
            {},
        )
        == 1
    )


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_the_format_is_read(namespace: str) -> None:
    file = definitions(
        input_data("x", "number"), decision("d", table(["x"], ["n"], ["> 1 => 5"]), needs=["in:x"]), namespace=namespace
    )
    assert decide(load(file), "d", {"x": 2}) == 5


def test_the_orientation_of_a_table_does_not_matter() -> None:
    logic = table(["x"], ["n"], ["1 => 5"], extra='preferredOrientation="Rule-as-Column" outputLabel="N"')
    assert decided(logic, {"x": 1}) == 5
