"""Decision files: what decisions rest on, functions, boxed logic, types, lint, and files that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.workflows.decision_files import DMN13, decision, definitions, input_data, literal, table, text
from workflows.decision import DecisionError, answer, answer_for, decide, load, problems
from workflows.feel import render, to_json


def decided(wanted: str, context: dict[str, Any], *parts: str) -> Any:
    """The value of a decision of a file with these parts, as JSON."""
    return to_json(decide(load(definitions(*parts)), wanted, context))


def test_decisions_rest_on_decisions_and_inputs_with_spaces_in_their_names() -> None:
    parts = [
        input_data("i1", "number", "争议 金额"),
        decision("d1", literal("争议 金额 * 2"), needs=["in:i1"], name="double amount"),
        decision("d2", literal('if double amount > 100 then "high" else "low"'), needs=["d1"], name="Level"),
    ]
    assert decided("Level", {"争议 金额": 60}, *parts) == "high"
    assert decided("d2", {"争议 金额": 6}, *parts) == "low"
    assert load(definitions(*parts)).variables("d2") == {"争议 金额"}


def test_a_decision_that_is_not_required_is_not_visible() -> None:
    parts = [decision("a", literal("1")), decision("b", literal("a"))]
    assert decided("b", {}, *parts) is None


def test_an_input_without_an_arrow_is_hidden_where_other_arrows_are_drawn() -> None:
    parts = [input_data("x"), input_data("y"), decision("d", literal("[x, y]"), needs=["in:x"])]
    assert decided("d", {"x": 1, "y": 2}, *parts) == [1, None]
    assert [one.code for one in problems(load(definitions(*parts)))] == ["decision-not-required"]


TYPES = [
    ("string", "1 + 1", None),
    ("number", "[5]", 5),
    ("tNumbers", "5", [5]),
    ("tNumbers", '[1, "a"]', None),
    ("tNumbers", "null", None),
    ("tPerson", '{name: "a", age: 1, x: 2}', {"name": "a", "age": 1, "x": 2}),
    ("tPerson", '{name: "a"}', None),
    ("date", '@"2026-01-01"', "2026-01-01"),
    ("dateTime", '@"2026-01-01"', "2026-01-01T00:00:00Z"),
    ("Any", "[1]", [1]),
    ("feel:string", '"a"', "a"),
    ("boolean", "true", True),
    ("tPeople", '{name: "a", age: 1}', [{"name": "a", "age": 1}]),
]
ITEMS = (
    '<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>'
    '<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
    '<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>'
)


@pytest.mark.parametrize(("type_ref", "expression", "expected"), TYPES)
def test_a_value_is_made_to_fit_its_type_or_counts_as_null(type_ref: str, expression: str, expected: Any) -> None:
    assert decided("d", {}, ITEMS, decision("d", literal(expression), type_ref=type_ref)) == expected


def test_inputs_from_json_become_what_their_type_says() -> None:
    item = (
        '<itemDefinition name="tCase"><itemComponent name="due on"><typeRef>date</typeRef></itemComponent>'
        '<itemComponent name="span"><typeRef>dayTimeDuration</typeRef></itemComponent></itemDefinition>'
    )
    parts = [item, input_data("case", "tCase"), decision("d", literal("case.due on + case.span"), needs=["in:case"])]
    assert decided("d", {"case": {"due on": "2026-01-01", "span": "P2D"}}, *parts) == "2026-01-03"


def test_expressions_may_name_the_types_of_the_file() -> None:
    assert decided("d", {}, ITEMS, decision("d", literal('{name: "a", age: 1} instance of tPerson'))) is True


FUNCTION = (
    '<businessKnowledgeModel id="fee" name="court fee"><variable name="court fee"/><encapsulatedLogic>'
    '<formalParameter name="amount" typeRef="number"/>'
    + literal("decimal(amount * 0.025, 2)")
    + "</encapsulatedLogic></businessKnowledgeModel>"
)


def test_a_business_knowledge_model_is_a_function_by_position_and_by_name() -> None:
    logic = literal('[court fee(1000), court fee(amount: 10), court fee("x")]')
    assert decided("d", {}, FUNCTION, decision("d", logic, needs=["fn:fee"])) == [25, 0.25, None]


def test_the_result_of_a_function_fits_the_function_type_of_its_variable() -> None:
    item = '<itemDefinition name="tList"><functionItem outputTypeRef="tNumbers"/></itemDefinition>' + ITEMS
    model = (
        '<businessKnowledgeModel id="f" name="f"><variable name="f" typeRef="tList"/><encapsulatedLogic>'
        + literal("1")
        + "</encapsulatedLogic></businessKnowledgeModel>"
    )
    assert decided("d", {}, item, model, decision("d", literal("f()"), needs=["fn:f"])) == [1]


def test_boxed_invocations_contexts_lists_relations_and_functions_work() -> None:
    call = (
        '<invocation><literalExpression><text>court fee</text></literalExpression><binding><parameter name="amount"/>'
        + literal("2000")
        + "</binding></invocation>"
    )
    context = (
        '<context><contextEntry><variable name="base fee" typeRef="number"/>' + literal("10") + "</contextEntry>"
        "<contextEntry>" + literal("base fee + 1") + "</contextEntry></context>"
    )
    entries = "<context><contextEntry><variable name='a'/>" + literal("1") + "</contextEntry></context>"
    function = (
        "<context><contextEntry><variable name='f'/><functionDefinition><formalParameter name='n'/>"
        + literal("n * 2")
        + "</functionDefinition></contextEntry><contextEntry>"
        + literal("f(4)")
        + "</contextEntry></context>"
    )
    relation = "<relation><column name='a'/><column name='b'/><row>" + literal("1") + literal("2") + "</row></relation>"
    for logic, expected in (
        (call, 50),
        (context, 11),
        (entries, {"a": 1}),
        (function, 8),
        (relation, [{"a": 1, "b": 2}]),
        ("<list>" + literal("1") + literal("2") + "</list>", [1, 2]),
    ):
        assert decided("d", {}, FUNCTION, decision("d", logic, needs=["fn:fee"])) == expected


REFUSED = [
    ("decision-cycle", [decision("a", literal("b"), needs=["b"]), decision("b", literal("a"), needs=["a"])]),
    ("decision-dangling", [decision("a", literal("b"), needs=["b"])]),
    ("decision-expression", [decision("a", literal("1 +"))]),
    ("decision-expression", [decision("a", literal('matches("a", "b")'))]),
    ("decision-no-logic", [decision("a", "")]),
    ("decision-unknown-type", [decision("a", literal("1"), type_ref="tNobody")]),
    ("decision-not-covered", [decision("a", "<conditional/>")]),
    ("decision-not-covered", [decision("a", text("literalExpression", "1", 'expressionLanguage="javascript"'))]),
    ("decision-not-covered", [decision("a", table(["x"], ["n"], ["1 => 1"], policy="BEST"))]),
    (
        "decision-not-covered",
        [decision("a", table(["x"], ["n", "m"], ["1 => 1 | 2"], policy="COLLECT", aggregation="SUM"))],
    ),
    ("decision-entries", [decision("a", table(["x", "y"], ["n"], ["1 => 1"]))]),
    ("decision-output-names", [decision("a", table(["x"], ["n", "n"], ["1 => 1 | 2"]))]),
    (
        "decision-type-cycle",
        ['<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>', decision("a", literal("1"))],
    ),
]


@pytest.mark.parametrize(("code", "parts"), REFUSED)
def test_a_faulty_decision_is_reported_by_lint_and_refused_when_made(code: str, parts: list[str]) -> None:
    file = load(definitions(*parts))
    found = [one for one in problems(file, file="x.dmn") if one.code == code]
    assert found
    assert all(one.file == "x.dmn" and one.line > 0 and one.message for one in found)
    with pytest.raises(DecisionError) as refusal:
        decide(file, "a", {"x": 1})
    assert refusal.value.code == "faulty"


def test_a_fault_in_one_decision_leaves_the_others_usable() -> None:
    file = load(definitions(decision("bad", literal("1 +")), decision("good", literal("1 + 1"))))
    assert decide(file, "good", {}) == 2


LINT = [
    ("decision-overlap", ["> 100 | - => 1", "[0..100] | true => 2", "100 | true => 3"], "UNIQUE"),
    ("", ["> 100 | - => 1", "<= 100 | - => 2"], "UNIQUE"),
    ("decision-overlap", ["- | - => 1", "5 | true => 2"], "UNIQUE"),
    ("", ["1, 2 | - => 1", "3 | - => 2", "not(1,2,3) | - => 3"], "UNIQUE"),
    ("", ["- | true => 1", "- | false => 2"], "UNIQUE"),
    ("decision-overlap", ["(1..5) | - => 1", "(3..4) | - => 2"], "UNIQUE"),
    ("", ["(1..5) | - => 1", "[5..9] | - => 2"], "UNIQUE"),
    ("decision-unreachable", ["> 1 | - => 1", "> 1 | true => 2"], "FIRST"),
    ("", ["> 1 | true => 1", "> 1 | - => 2"], "FIRST"),
    ("decision-no-priority", ["1 | - => 1"], "PRIORITY"),
    ("", ["> other | - => 1", "<= other | - => 2"], "UNIQUE"),
]


@pytest.mark.parametrize(("code", "rules", "policy"), LINT)
def test_lint_finds_overlaps_and_rules_without_effect(code: str, rules: list[str], policy: str) -> None:
    file = load(definitions(decision("d", table(["amount : number", "urgent : boolean"], ["n"], rules, policy=policy))))
    assert {one.code for one in problems(file)} == ({code} if code else set())


def test_an_overlap_is_shown_with_an_example() -> None:
    rules = [">= 100 | - => 1", '[0..100] | "邻里","婚姻" => 2']
    file = load(definitions(decision("d", table(["金额 : number", "类型 : string"], ["n"], rules))))
    found = problems(file)[0]
    assert found.element_id == "r2"
    assert '金额 = 100, 类型 = "邻里"' in found.message


def test_columns_over_the_same_variable_are_not_tried_apart() -> None:
    rules = ["> 10 | - => 1", "- | < 10 => 2"]
    assert problems(load(definitions(decision("d", table(["a", "a"], ["n"], rules))))) == []
    assert problems(load(definitions(decision("d", table(["a", "a * 2"], ["n"], rules))))) == []


def test_names_known_nowhere_are_found_where_names_are_known() -> None:
    parts = [input_data("x"), decision("d", literal("x + nobody + working_days(1)"), needs=["in:x"])]
    found = problems(load(definitions(*parts)))
    assert {(one.code, one.details.get("variable") or one.details.get("function")) for one in found} == {
        ("decision-unknown-variable", "nobody"),
        ("decision-unknown-function", "working_days"),
    }
    assert problems(load(definitions(*parts)), known={"nobody"}, functions={"working_days"}) == []
    assert problems(load(definitions(decision("d", literal("anything"))))) == []


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = [
    (b"", "not-xml"),
    (b"no xml", "not-xml"),
    (b"<definitions/>", "not-dmn"),
    (b"<a xmlns='" + DMN13.encode() + b"'/>", "not-dmn"),
    (BOMB + b"<definitions xmlns='" + DMN13.encode() + b"'>&b;</definitions>", "not-xml"),
    (
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><definitions xmlns="'
        + DMN13.encode()
        + b'">&f;</definitions>',
        "not-xml",
    ),
    (
        b"<definitions xmlns='" + DMN13.encode() + b"'>" + b"<context>" * 200 + b"</context>" * 200 + b"</definitions>",
        "nesting",
    ),
    (b" " * (2 * 1024 * 1024 + 1), "too-long"),
]


@pytest.mark.parametrize(("xml", "code"), HOSTILE)
def test_a_hostile_or_broken_file_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises(DecisionError) as refusal:
        load(xml)
    assert refusal.value.code == code


def test_a_runaway_decision_is_stopped() -> None:
    with pytest.raises(DecisionError) as refusal:
        decided("d", {}, decision("d", literal("for i in 1..1000000 return i")))
    assert refusal.value.code == "iterations"
    assert refusal.value.element_id == "d"


def test_answers_for_the_command_line_are_values_or_errors() -> None:
    xml = definitions(decision("d", literal("1 / 3 * x")))
    third = render(answer_for(xml, {"decision": "d", "context": {"x": 1}}))
    assert third == '{"value": 0.3333333333333333333333333333333333}'
    assert answer_for(xml, {"decision": "d"}) == {"value": None}
    assert answer_for(xml, {"decision": "nope"})["error"].startswith("unknown-decision:")
    assert answer_for(b"<x/>", {"decision": "d"})["error"].startswith("not-dmn:")
    assert "error" in answer_for(xml, {})


def test_a_decision_is_answered_from_a_file_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "规则.dmn"
    file.write_bytes(definitions(decision("d", literal("x + 1"))))
    assert answer({"file": str(file), "decision": "d", "context": {"x": 1}}) == {"value": 2}
    assert answer({"file": str(tmp_path / "none.dmn"), "decision": "d"})["error"].startswith("The file cannot be read")
    assert "error" in answer({"file": "\0", "decision": "d"})
    assert "error" in answer({"decision": "d"})
