"""Whoever draws flows in Chinese reads in Chinese what is wrong with an expression."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from workflows import feel
from workflows.problem_texts.feel import in_chinese
from workflows.problems import problem, problem_text

FOLDER = Path(feel.__file__).parent
# Faults of values at run time: they become incidents, and no finding of lint tells of them.
AT_RUN_TIME = {"budget.py", "convert.py"}


def sentences() -> list[str]:
    """Every sentence that parsing an expression may raise, with 7 where something is filled in."""
    found = []
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FeelError":
                found += [] if path.name in AT_RUN_TIME else [_filled(node.args[1])]
    return found


def _filled(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


@pytest.mark.parametrize("sentence", sentences())
def test_every_sentence_about_an_expression_has_its_chinese(sentence: str) -> None:
    said = in_chinese(f"{sentence} (at character 8)")
    assert said is not None
    assert said.startswith("第 8 个字符：")
    assert "{" not in said


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("twenty five", "第 8 个字符：此处是“five”，应为运算符或者结尾"), ("1 +", "此处是结尾，应为一个值"), ("(1", "应为“)”"),
        ("a ， b", "“，”是全角字符，应为半角"), ("[1, 2", "此处是结尾，应为“]”"), ("1 2", "此处是“2”，应为运算符或者结尾"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(expression: str, told: str) -> None:
    with pytest.raises(feel.FeelError) as refused:
        feel.parse(expression).evaluate({})
    found = problem("decision-expression", expression=expression, reason=str(refused.value).rstrip("."))
    said = problem_text(found, "zh")
    assert told in said
    assert said.count("。") == 1
    assert not re.search(r"[a-z]{4}", re.sub("“.*?”", "", said))
