"""Whether a gateway has a way for every answer that a form offers."""

from __future__ import annotations

from collections.abc import Iterator

from workflows import feel
from workflows.diagram import Element, ProcessModel
from workflows.form_model import Form
from workflows.lint.release import Release, at
from workflows.lint.variables import Variables, writes
from workflows.model import Problem

_CHOOSING = ("exclusiveGateway", "inclusiveGateway")


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """Gateways without a default flow whose conditions read one variable, and the answers that they leave out.

    An answer may have been led elsewhere before, so this is a warning.
    """
    variables = Variables(release, process)
    for element in process.elements.values():
        if element.kind not in _CHOOSING or element.default_flow or len(element.outgoing) < 2:
            continue
        conditions = _parsed(process, element)
        read = {name for condition in conditions for name in condition.variables}
        if len(read) != 1 or any(one.ambiguous or one.functions for one in conditions):
            continue
        variable = read.pop()
        for value in _values(release, process, variables, variable):
            if not any(_holds(condition, variable, value) for condition in conditions):
                yield at(process, element, "answer-without-way", variable=variable, value=value)


def _parsed(process: ProcessModel, element: Element) -> list[feel.Expression]:
    texts = [process.flows[flow_id].condition.strip().removeprefix("=") for flow_id in element.outgoing]
    try:
        return [feel.parse(text) for text in texts]
    except feel.FeelError:
        return []  # said by the expressions


def _holds(condition: feel.Expression, variable: str, value: str) -> bool:
    try:
        return feel.evaluate(condition, {variable: value}) is True
    except feel.FeelError:
        return True  # not for this check to say


def _values(release: Release, process: ProcessModel, variables: Variables, variable: str) -> list[str]:
    """All that the variable can be, when every writer keeps a form's choice as it is; otherwise nothing."""
    if variable in variables.inputs:
        return []
    found: list[str] = []
    for element in process.elements.values():
        for one in writes(element):
            if one.variable == variable:
                options = _options(release.forms.get(element.form_id), element, variable)
                if not options:
                    return []
                found += [value for value in options if value not in found]
    return found


def _options(form: Form | None, element: Element, variable: str) -> list[str]:
    sources = [mapping.source for mapping in element.outputs if mapping.target == variable]
    if form is None or element.loop or len(sources) != 1:
        return []
    key = sources[0].strip().removeprefix("=").strip().removeprefix("answers.")
    asked = [one for one in form.fields if one.key == key and one.kind in ("select", "radio")]
    return [option.value for one in asked for option in one.options if not one.options_from]
