"""Decision files for tests, written from a few words each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def text(name: str, content: str, attributes: str = "") -> str:
    """An element that holds an expression."""
    return f"<{name} {attributes}><text>{escape(content)}</text></{name}>"


def definitions(*parts: str, namespace: str = DMN13) -> bytes:
    """A whole file."""
    body = "\n".join(parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{namespace}" id="defs" name="defs" '
        f'namespace="test" xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0" '
        f'xmlns:camunda="http://camunda.org/schema/1.0/dmn">\n{body}\n</definitions>'
    ).encode()


def decision(identifier: str, logic: str, *, needs: Iterable[str] = (), type_ref: str = "", name: str = "") -> str:
    """A decision; `needs` are ids, `in:` before one marks an input, `fn:` a function."""
    kinds = {"in": ("informationRequirement", "requiredInput"), "fn": ("knowledgeRequirement", "requiredKnowledge")}
    arrows = ""
    for need in needs:
        kind, _, target = need.rpartition(":")
        outer, inner = kinds.get(kind, ("informationRequirement", "requiredDecision"))
        arrows += f'<{outer}><{inner} href="#{target}"/></{outer}>'
    variable = f'<variable name={quoteattr(name or identifier)} typeRef="{type_ref}"/>' if type_ref else ""
    return f'<decision id="{identifier}" name={quoteattr(name or identifier)}>{variable}{arrows}{logic}</decision>'


def literal(expression: str, type_ref: str = "") -> str:
    """A literal expression."""
    return text("literalExpression", expression, f'typeRef="{type_ref}"' if type_ref else "")


def input_data(identifier: str, type_ref: str = "", name: str = "") -> str:
    """An input."""
    reference = f' typeRef="{type_ref}"' if type_ref else ""
    return (
        f'<inputData id="{identifier}" name={quoteattr(name or identifier)}>'
        f"<variable name={quoteattr(name or identifier)}{reference}/></inputData>"
    )


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[str],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
    extra: str = "",
) -> str:
    """A decision table.

    An input is `expression : type : allowed`, an output `name : type : allowed : default` (later parts may be left
    out), a rule `test | test => result | result # description`.
    """
    attributes = f'hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    columns = "".join(_input(one, number) for number, one in enumerate(inputs, 1))
    columns += "".join(_output(one, number) for number, one in enumerate(outputs, 1))
    rows = "\n".join(_rule(one, number) for number, one in enumerate(rules, 1))
    return f'<decisionTable id="table" {attributes} {extra}>{columns}\n{rows}</decisionTable>'


def _parts(line: str, count: int) -> list[str]:
    found = [part.strip() for part in line.split(" : ")]
    return found + [""] * (count - len(found))


def _input(line: str, number: int) -> str:
    expression, type_ref, allowed = _parts(line, 3)
    reference = f'typeRef="{type_ref}"' if type_ref else ""
    values = text("inputValues", allowed) if allowed else ""
    return (
        f'<input id="in{number}" camunda:inputVariable="x" biodi:width="90">'
        f"{text('inputExpression', expression, reference)}{values}</input>"
    )


def _output(line: str, number: int) -> str:
    name, type_ref, allowed, default = _parts(line, 4)
    reference = f' typeRef="{type_ref}"' if type_ref else ""
    values = text("outputValues", allowed) if allowed else ""
    entry = text("defaultOutputEntry", default) if default else ""
    return f'<output id="out{number}" name="{name}"{reference}>{values}{entry}</output>'


def _rule(line: str, number: int) -> str:
    cells, _, description = line.partition(" # ")
    tests, _, results = cells.partition("=>")
    said = f"<description>{escape(description)}</description>" if description else ""
    entries = "".join(text("inputEntry", one.strip()) for one in tests.split("|"))
    entries += "".join(text("outputEntry", one.strip()) for one in results.split("|"))
    return f'<rule id="r{number}">{said}{entries}</rule>'
